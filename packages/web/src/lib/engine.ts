/** The page's side of the worker: started when it is first asked, replaced when it is stopped in the middle of its work. */
import { type Figure, type Life, life, type PanelErrorFields } from '@gravpanel/panel';
import { proxy, type Remote, wrap } from 'comlink';
import { lineName, whenGone } from '../lifeline.ts';
import type {
  Answer,
  AuditRequest,
  AuditView,
  BootEvent,
  BootRequest,
  BootView,
  DroppedRows,
  EngineApi,
  Fingerprint,
  Inspection,
  ReadAs,
  RunEvent,
  RunView,
  StudyFileMap,
  TakenFile,
  TakeRequest,
} from '../protocol.ts';

/** An answer that was an error: its fields, as they crossed the boundary. */
export class EngineError extends Error {
  readonly fields: PanelErrorFields;
  constructor(fields: PanelErrorFields) {
    super(fields.message);
    this.fields = fields;
  }
}

/** What the caller gets in place of an answer when the worker was stopped before it came. */
export class Stopped extends Error {}

interface Running {
  worker: Worker;
  api: Remote<EngineApi>;
  life: Life;
}

let running: Running | undefined;
let files: StudyFileMap = {};

function start(): Running {
  const name = lineName();
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name });
  const api = wrap<EngineApi>(worker);
  const made = { worker, api, life: life() };
  const fail = (message: string) => {
    if (running === made) running = undefined;
    worker.terminate();
    made.life.end(
      new EngineError({
        code: 'internal/worker-stopped',
        message: `The worker stopped${message ? `: ${message}` : ''}.`,
        hint: 'Most often the tab is short of memory. The study is kept: try again.',
      }),
    );
  };
  worker.onerror = ({ message }) => fail(message);
  void api.setFiles(files).then(() => whenGone(name, () => fail('')));
  return made;
}

function current(): Running {
  running ??= start();
  return running;
}

async function call<T>(work: (api: Remote<EngineApi>) => Promise<Answer<T>>): Promise<T> {
  const { api, life: until } = current();
  const answer = await until.during(work(api));
  if (answer.ok) return answer.value;
  throw new EngineError(answer.error);
}

/** Starts the worker before it is needed. */
export const warmUp = (): void => void current();

export async function setFiles(map: StudyFileMap): Promise<void> {
  files = map;
  await call((api) => api.setFiles(map));
}

/** `onPart` gets what is known so far where the rest takes its time. */
export const inspectStudy = (text: string, onPart: (found: Inspection) => void): Promise<Inspection> =>
  call((api) => api.inspect(text, proxy(onPart)));

export const droppedOf = (text: string, model: string, column: number): Promise<DroppedRows> =>
  call((api) => api.dropped(text, model, column));

/** JSON Schema of a study. */
export const studySchema = (): Promise<unknown> => call((api) => api.schema());

/** A first study for one of the files. */
export const starterOf = (file: string, how: ReadAs): Promise<string> => call((api) => api.starter(file, how));

export const runStudyText = (text: string, onEvent: (event: RunEvent) => void): Promise<RunView> =>
  call((api) => api.run(text, proxy(onEvent)));

export const bootStored = (text: string, request: BootRequest): Promise<{ job: string; stored: number }> =>
  call((api) => api.bootStored(text, request));

/** Replicates on all cores. */
export const runBoot = (text: string, request: BootRequest, onEvent: (event: BootEvent) => void): Promise<BootView> =>
  call((api) => api.boot(text, request, Math.max(1, navigator.hardwareConcurrency || 1), proxy(onEvent)));

export const controlBoot = (action: 'pause' | 'resume' | 'cancel'): Promise<true> =>
  call((api) => api.bootControl(action));

export const drawFigure = (figure: Figure, width: number): Promise<string> => call((api) => api.figure(figure, width));

export const takeFile = (request: TakeRequest): Promise<TakenFile> => call((api) => api.take(request));

export const fingerprintsOf = (text: string): Promise<Fingerprint[]> => call((api) => api.fingerprints(text));

export const auditTables = (request: AuditRequest): Promise<AuditView> => call((api) => api.audit(request));

/** Ends whatever the worker does, at once; the next call starts another one with the same files. */
export function stopEngine(): void {
  const { worker, life: until } = running ?? {};
  running = undefined;
  worker?.terminate();
  until?.end(new Stopped());
}

export const errorFields = (error: unknown): PanelErrorFields =>
  error instanceof EngineError
    ? error.fields
    : { code: 'internal/error', message: error instanceof Error ? error.message : String(error) };

/** The worker's calls as they are: for the tests and for the console. */
export const engineApi = (): Remote<EngineApi> => current().api;
