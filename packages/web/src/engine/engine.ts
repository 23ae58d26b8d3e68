/** The whole pipeline behind the worker's calls; free of worker and DOM, so that Node runs the same code when the page is built. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  type FitResult,
  type Frame,
  guessStarter,
  openTable,
  type ResampleRunner,
  readStudy,
  regressionTable,
  runStudy,
  type Study,
  type StudySource,
  starterYaml,
  type World,
} from '@gravpanel/panel';
import type { Inspection, RunEvent, RunView, StudyFileMap, StudyFits } from '../protocol.ts';
import { hashOf, memoryFiles } from './files.ts';
import { inspect } from './inspect.ts';
import { type OpenStudy, studyOpener } from './open.ts';
import { reportView, tableView } from './views.ts';

export interface EngineHost {
  kernels: Promise<Kernels>;
  /** Boundaries of all countries; asked for only by a study with a map. */
  world: () => Promise<World>;
  /** Runs replicates; gets what tells how far they are. */
  runner?: (onDraws: (label: string, done: number, total: number) => void) => ResampleRunner;
}

export interface Engine {
  setFiles(files: StudyFileMap): void;
  inspect(text: string): Promise<Inspection>;
  /** A first study for a table, as text: what can be told from names and values, the rest to be mended. */
  starter(file: string): Promise<string>;
  run(text: string, onEvent: (event: RunEvent) => void | Promise<void>): Promise<RunView>;
  fits(text: string): Promise<StudyFits>;
  /** The study of a text with its panel. @throws PanelError study/…, data/… */
  open(text: string): Promise<{ study: Study; source: StudySource; frame: Frame }>;
}

const FILE = 'study.yaml';

/** The columns of a model that are there so far, as a table; the study's own table replaces it at the end. */
function tableSoFar(study: Study, id: string, results: FitResult[]) {
  return tableView(
    regressionTable(results, {
      id,
      ...(study.variables && { variables: study.variables }),
      ...(study.models?.[id]?.title && { title: study.models[id].title }),
    }),
  );
}

export function createEngine(host: EngineHost): Engine {
  let files = memoryFiles({});
  let opener = studyOpener(files);

  async function dataOf(study: Study, opened: OpenStudy) {
    return { frame: await opened.panel(), tables: study.data.tables ? await opened.tables() : {} };
  }

  async function open(text: string) {
    const { study, source } = readStudy(text, { file: FILE });
    return { study, source, frame: await opener(study, source).panel() };
  }

  return {
    open,
    setFiles(map) {
      files = memoryFiles(map);
      opener = studyOpener(files);
    },

    async starter(file) {
      const { bytes } = await files.read(file, 'data file');
      const frame = await openTable(bytes, { name: file }, files.formats);
      return starterYaml(guessStarter(frame, { loose: true }), file);
    },

    inspect: async (text) => inspect(() => readStudy(text, { file: FILE }), opener, await host.kernels),

    async run(text, onEvent) {
      const start = performance.now();
      const kernels = await host.kernels;
      const { study, source } = readStudy(text, { file: FILE });
      const { frame, tables } = await dataOf(study, opener(study, source));
      const results: Record<string, FitResult[]> = {};
      const run = await runStudy(study, frame, kernels, (event) => onEvent({ kind: 'step', ...event }), {
        source,
        name: FILE,
        sha256: hashOf,
        tables,
        world: host.world,
        ...(host.runner && {
          runner: host.runner((label, done, total) => void onEvent({ kind: 'draws', label, done, total })),
        }),
        onColumn: async ({ label, model, column, of, result }) => {
          if (model !== undefined) results[model] = [...(results[model] ?? []), result];
          const table = model === undefined ? undefined : tableSoFar(study, model, results[model]);
          await onEvent({ kind: 'column', label, ...(model && { model }), column, of, ...(table && { table }) });
        },
      });
      return {
        text,
        report: reportView(run.report),
        columns: run.report.manifest.models.length,
        failed: run.failures.length,
        seconds: Math.round(performance.now() - start) / 1000,
      };
    },

    async fits(text) {
      const { study, source } = readStudy(text, { file: FILE });
      const { frame } = await dataOf(study, opener(study, source));
      const { fits, companions } = await runStudy({ ...study, describe: [] }, frame, await host.kernels, () => {}, {
        source,
      });
      const beside = Object.entries(companions).flatMap(([id, list]) =>
        list.map(({ spec, results }) => [`${id} · ${spec.model}`, results]),
      );
      return { ...fits, ...Object.fromEntries(beside) };
    },
  };
}
