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
  runStudyWith,
  type Study,
  type StudyFiles,
  type StudyRun,
  type StudySource,
  starterYaml,
  type World,
} from '@gravpanel/panel';
import type { Fingerprint, Inspection, ReadAs, RunEvent, RunView, StudyFileMap, StudyFits } from '../protocol.ts';
import { countryBookOf, type RegionsModule } from './country-book.ts';
import { hashOf, memoryFiles, namedFiles } from './files.ts';
import { asMended, inspect } from './inspect.ts';
import { type OpenStudy, studyOpener } from './open.ts';
import { reportView, tableView } from './views.ts';

export interface EngineHost {
  kernels: Promise<Kernels>;
  /** Boundaries of all countries; asked for only by a study with a map. */
  world: () => Promise<World>;
  /** Countries and region schemes; asked for only by a study with a map or regions. */
  regions: () => Promise<RegionsModule>;
  /** Runs replicates; gets what tells how far they are. */
  runner?: (onDraws: (label: string, done: number, total: number) => void) => ResampleRunner;
}

/** A run with all that was made on the way. */
export interface Finished {
  text: string;
  study: Study;
  source: StudySource;
  frame: Frame;
  run: StudyRun;
}

export interface Engine {
  setFiles(files: StudyFileMap): void;
  /** `onPart` gets what is known so far where the rest takes its time. */
  inspect(text: string, onPart?: (found: Inspection) => void): Promise<Inspection>;
  /** A first study for a table, as text: what can be told from names and values, the rest to be mended. */
  starter(file: string, how?: ReadAs): Promise<string>;
  run(text: string, onEvent: (event: RunEvent) => void | Promise<void>): Promise<RunView>;
  fits(text: string): Promise<StudyFits>;
  /** The study of a text with its panel. @throws PanelError study/…, data/… */
  open(text: string): Promise<{ study: Study; source: StudySource; frame: Frame }>;
  /** The last run where it was of this text; else it is run now. */
  finished(text: string): Promise<Finished>;
  /** Hash and size of every file that a study names. */
  fingerprints(text: string): Promise<Fingerprint[]>;
  /** The files that are open. */
  files(): StudyFiles;
}

const FILE = 'study.yaml';

/** With the first run: the first load does without. */
const describing = () => import('@gravpanel/panel/describe');

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
  let last: Finished | undefined;

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
      last = undefined;
    },

    async starter(file, how = {}) {
      const { bytes } = await files.read(file, 'data file');
      const frame = await openTable(bytes, { name: file, sha256: await files.sha256(bytes), ...how }, files.formats);
      opener = studyOpener(files, { path: file, ...how, frame });
      return starterYaml(guessStarter(asMended(frame, how.numbers), { loose: true }), file, how);
    },
    files: () => files,

    inspect: async (text, onPart) => inspect(() => readStudy(text, { file: FILE }), opener, await host.kernels, onPart),

    async run(text, onEvent) {
      const start = performance.now();
      const kernels = await host.kernels;
      const { study, source } = readStudy(text, { file: FILE });
      const { frame, tables } = await dataOf(study, opener(study, source));
      const results: Record<string, FitResult[]> = {};
      const run = await runStudyWith(
        describing,
        study,
        frame,
        kernels,
        (event) => onEvent({ kind: 'step', ...event }),
        {
          source,
          name: FILE,
          sha256: hashOf,
          tables,
          world: host.world,
          countries: async () => countryBookOf(await host.regions(), study, files),
          ...(host.runner && {
            runner: host.runner((label, done, total) => void onEvent({ kind: 'draws', label, done, total })),
          }),
          onColumn: async ({ label, model, column, of, result }) => {
            if (model !== undefined) results[model] = [...(results[model] ?? []), result];
            const table = model === undefined ? undefined : tableSoFar(study, model, results[model]);
            await onEvent({ kind: 'column', label, ...(model && { model }), column, of, ...(table && { table }) });
          },
        },
      );
      last = { text, study, source, frame, run };
      return {
        text,
        report: reportView(run.report),
        columns: run.report.manifest.models.length,
        failed: run.failures.length,
        seconds: Math.round(performance.now() - start) / 1000,
      };
    },

    async finished(text) {
      if (last?.text !== text) await this.run(text, () => {});
      return last!;
    },

    async fingerprints(text) {
      const { study, source } = readStudy(text, { file: FILE });
      // Other data than the study expects are known by their hash too.
      const table = await opener(study, source)
        .table()
        .catch(() => undefined);
      const named = namedFiles(study).map(async (path): Promise<Fingerprint> => {
        const { bytes } = await files.read(path, 'data file');
        const rows = table && path === study.data.path && { rows: table.rows };
        return { path, sha256: await files.sha256(bytes), bytes: bytes.length, ...rows };
      });
      return Promise.all(named);
    },

    async fits(text) {
      const { study, source } = readStudy(text, { file: FILE });
      const { frame } = await dataOf(study, opener(study, source));
      const { fits, companions } = await runStudyWith(
        describing,
        { ...study, describe: [] },
        frame,
        await host.kernels,
        () => {},
        {
          source,
        },
      );
      const beside = Object.entries(companions).flatMap(([id, list]) =>
        list.map(({ spec, results }) => [`${id} · ${spec.model}`, results]),
      );
      return { ...fits, ...Object.fromEntries(beside) };
    },
  };
}
