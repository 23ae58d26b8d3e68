/** The one study that is worked on: its text is the source of truth; everything else follows from it and its files. */
import type { PanelErrorFields } from '@gravpanel/panel';
import firstUrl from '../../generated/first.json?url';
import restUrl from '../../generated/first-rest.json?url';
import { SHIPPED } from '../../generated/studies.ts';
import type { FirstRest, FirstVisit } from '../engine/first.ts';
import type { Inspection, ReadAs, RunEvent, RunView, StudyFileMap, TableView } from '../protocol.ts';
import { errorFields, inspectStudy, runStudyText, Stopped, setFiles, starterOf, stopEngine, warmUp } from './engine.ts';
import type { Path } from './study-edit.ts';

export type RunState = 'none' | 'running' | 'done' | 'stopped' | 'failed';
type Step = Extract<RunEvent, { kind: 'step' }>;

/** A text at rest this long is inspected. */
const REST = 250;

let name = $state('');
let text = $state('');
let held = $state.raw<StudyFileMap>({});
/** Where files and text come from, while the files are those of a study that ships. */
let shipped = $state.raw<{ name: string; text: string }>();
let opened = $state(0);
let fileNames = $state.raw<string[]>([]);
let inspection = $state.raw<Inspection>({});
let inspecting = $state(false);
let openError = $state.raw<PanelErrorFields>();
let run = $state.raw<RunView>();
let builtIn = $state(false);
let otherData = $state(false);
let runState = $state<RunState>('none');
let step = $state.raw<Step>();
let soFar = $state.raw<Record<string, TableView>>({});
let draws = $state.raw<Extract<RunEvent, { kind: 'draws' }>>();
let runError = $state.raw<PanelErrorFields>();

export const session = {
  /** Short name of the study. */
  get name() {
    return name;
  },
  get text() {
    return text;
  },
  /** Counts the studies that were opened: two may have one name. */
  get opened() {
    return opened;
  },
  get title() {
    return inspection.study?.title ?? run?.report.title ?? name;
  },
  get fileNames() {
    return fileNames;
  },
  /** The files themselves; of a study that ships they can be fetched again. */
  get files() {
    return held;
  },
  /** The study that ships whose data these are, with its own text. */
  get shipped() {
    return shipped;
  },
  get inspection() {
    return inspection;
  },
  get inspecting() {
    return inspecting;
  },
  /** Why a study could not be opened. */
  get openError() {
    return openError;
  },
  get run() {
    return run;
  },
  /** Whether the run shown was made when the page was built. */
  get builtIn() {
    return builtIn;
  },
  /** Whether other files took the place of those of the run shown. */
  get otherData() {
    return otherData;
  },
  /** Whether the study was edited, or got other files, since the run shown. */
  get stale() {
    return run !== undefined && (otherData || run.text !== text);
  },
  get runState() {
    return runState;
  },
  get step() {
    return step;
  },
  /** Tables of the columns that are there while a run goes on, by model. */
  get soFar() {
    return soFar;
  },
  /** Replicates of the column that is being resampled. */
  get draws() {
    return draws;
  },
  get runError() {
    return runError;
  },
};

let serial = 0;
/** Settles when the files of the study are with the worker. */
let ready: Promise<unknown> = Promise.resolve();
let timer: ReturnType<typeof setTimeout> | undefined;

async function inspectNow(): Promise<void> {
  const mine = ++serial;
  inspecting = true;
  try {
    await ready;
    const found = await inspectStudy(text, (part) => {
      if (mine === serial && inspecting) inspection = { ...inspection, ...part };
    });
    // What an unfinished edit cannot say stays as it was: a pane that blinks empty at each key is of no use.
    if (mine === serial) inspection = found.error ? { ...inspection, ...found } : found;
  } catch (error) {
    if (mine === serial && !(error instanceof Stopped)) inspection = { ...inspection, error: errorFields(error) };
  } finally {
    if (mine === serial) inspecting = false;
  }
}

/** Edits of a form: values of the text, one after another; the library that makes them is loaded with the first one. */
export async function editAll(changes: [path: Path, value: unknown][]): Promise<void> {
  const { setValue } = await import('./study-edit.ts');
  edit(changes.reduce((made, [path, value]) => setValue(made, path, value), text));
}
export const editAt = (path: Path, value: unknown): Promise<void> => editAll([[path, value]]);

/** Puts a new text in place; it is inspected when it has been at rest for a moment. */
export function edit(next: string): void {
  if (next === text) return;
  text = next;
  clearTimeout(timer);
  timer = setTimeout(() => void inspectNow(), REST);
}

function forget(): void {
  serial++;
  opened++;
  clearTimeout(timer);
  if (runState === 'running') cancelRun();
  inspection = {};
  run = undefined;
  builtIn = false;
  otherData = false;
  runState = 'none';
  step = undefined;
  soFar = {};
  runError = undefined;
  openError = undefined;
  shipped = undefined;
  alone = undefined;
}

/** A run that was made before: with the page, or of other files than those that are open. */
interface Finished {
  finished?: RunView;
  builtIn?: boolean;
  otherData?: boolean;
}
/** Opens a study with its files; `from`: its own text where it ships, `finished`: its last run. */
export async function openStudy(
  named: string,
  studyText: string,
  files: StudyFileMap,
  { from, finished, ...of }: Finished & { from?: { name: string; text: string } } = {},
): Promise<void> {
  forget();
  shipped = from;
  run = finished;
  builtIn = of.builtIn === true;
  otherData = of.otherData === true;
  runState = finished ? 'done' : 'none';
  name = named;
  text = studyText;
  held = files;
  fileNames = Object.keys(files);
  ready = setFiles(files);
  await inspectNow();
}

/** The table that came without a study, and the one that was written for it: as long as nobody touched that, it is written again. */
let alone: { table: string; how: ReadAs; text: string } | undefined;

/** A study of its own for a table that came without one. */
export async function openTableAlone(files: StudyFileMap, table: string, how: ReadAs = {}): Promise<void> {
  forget();
  alone = { table, how, text: '' };
  held = files;
  fileNames = Object.keys(files);
  name = table.replace(/\.[^.]*$/, '');
  text = '';
  ready = setFiles(files);
  inspecting = true;
  try {
    await ready;
    text = await starterOf(table, how);
    alone = { table, how, text };
  } catch (error) {
    inspecting = false;
    openError = errorFields(error);
    return;
  }
  await inspectNow();
}

/** Reads the study's table in another way, which is written into the study. */
export async function readAs(how: ReadAs): Promise<void> {
  if (alone && alone.text === text) return openTableAlone(held, alone.table, { ...alone.how, ...how });
  await editAll(Object.entries(how).map(([key, value]): [Path, unknown] => [['data', key], value]));
}

/** Further files beside those that are open; a file of the same path takes the place of the older one. */
export async function addFiles(files: StudyFileMap): Promise<void> {
  held = { ...held, ...files };
  shipped = undefined;
  otherData = run !== undefined;
  fileNames = Object.keys(held);
  ready = setFiles(held);
  await inspectNow();
}

const fetched = async (url: string) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
};

async function shippedFiles({ files }: (typeof SHIPPED)[number]): Promise<StudyFileMap> {
  const entries = Object.entries(files).map(async ([path, url]) => [path, await (await fetched(url)).blob()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Opens a study that ships with the page; with `other`, that text over its data: a link carries the text alone, and what is kept on
 * this device is no more than that.
 */
export async function openShipped(
  wanted: string,
  { text: other, ...made }: Finished & { text?: string } = {},
): Promise<void> {
  const found = SHIPPED.find((study) => study.name === wanted);
  if (!found) return;
  try {
    const [own, files] = await Promise.all([
      fetched(found.study).then((response) => response.text()),
      shippedFiles(found),
    ]);
    const from = { name: found.name, text: own };
    await openStudy(found.name, other ?? own, files, {
      ...made,
      from,
    });
  } catch (error) {
    openError = { code: 'data/file-not-read', message: errorFields(error).message };
  }
}

/** The first study with the result that came with the page; its files and the worker follow when the page is at rest. */
export async function openFirst(): Promise<void> {
  const [first] = SHIPPED;
  try {
    const { inspection: found, run: finished } = (await (await fetched(firstUrl)).json()) as FirstVisit;
    const { panel, ...rest } = found;
    forget();
    name = first.name;
    text = finished.text;
    inspection = { ...rest, ...(panel && { panel: { ...panel, cells: Float64Array.from(panel.cells) } }) };
    run = finished;
    shipped = { name, text };
    builtIn = true;
    runState = 'done';
    fileNames = Object.keys(first.files);
    ready = shippedFiles(first).then((files) => {
      if (name !== first.name) return undefined;
      held = files;
      return setFiles(files);
    });
    await ready;
    warmUp();
    const { sections } = (await (await fetched(restUrl)).json()) as FirstRest;
    if (run === finished) run = { ...finished, report: { ...finished.report, sections } };
  } catch (error) {
    openError = { code: 'data/file-not-read', message: errorFields(error).message };
  }
}

function onEvent(event: RunEvent): void {
  if (event.kind === 'step') {
    step = event;
    draws = undefined;
  } else if (event.kind === 'draws') draws = event;
  else if (event.table && event.model) soFar = { ...soFar, [event.model]: event.table };
}

/** Runs the study as it stands. */
export async function startRun(): Promise<void> {
  if (runState === 'running') return;
  runState = 'running';
  step = undefined;
  soFar = {};
  runError = undefined;
  try {
    await ready;
    run = await runStudyText(text, onEvent);
    builtIn = false;
    otherData = false;
    runState = 'done';
  } catch (error) {
    if (error instanceof Stopped) return;
    runError = errorFields(error);
    runState = 'failed';
  }
}

/** Stops a run at once; the columns that are there stay. */
export function cancelRun(): void {
  if (runState !== 'running') return;
  stopEngine();
  runState = 'stopped';
}
