/** The worker: owns one instance of the core and answers {@link EngineApi}. */
import { loadKernels } from '@gravpanel/core-wasm';
import { fitSpecWith, type Pool, readTable, setPanel, studyJsonSchema } from '@gravpanel/panel';
import { expose } from 'comlink';
import { createEngine } from './engine/engine.ts';
import { fieldsOf } from './engine/inspect.ts';
import { type Control, control, poolRunner, webPool } from './engine/pool.ts';
import { loadWorld } from './engine/world.ts';
import { holdLine } from './lifeline.ts';
import type { Answer, EngineApi } from './protocol.ts';

const kernels = loadKernels();
const line = holdLine();
const cores = () => Math.max(1, navigator.hardwareConcurrency || 1);

/** Workers for the replicates of whole studies, started by the first that needs them. */
let shared: Pool | undefined;

const engine = createEngine({
  kernels,
  world: loadWorld,
  regions: () => import('@gravpanel/panel/regions'),
  runner: (onDraws) => async (runs, design) => {
    shared ??= webPool(cores());
    let last = 0;
    const runner = poolRunner(shared, await kernels, {
      onDraws: ({ label, done, total }) => {
        const now = performance.now();
        if (now - last < 250 && done < total) return;
        last = now;
        onDraws(label, done, total);
      },
    });
    return runner(runs, design);
  },
});

let boot: Control | undefined;

async function answer<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: fieldsOf(error) };
  }
}

const api: EngineApi = {
  setFiles: (files) =>
    answer(async () => {
      engine.setFiles(files);
      await line;
      return true as const;
    }),
  inspect: (text, onPart) => answer(() => engine.inspect(text, onPart)),
  dropped: (text, model, column) =>
    answer(async () => {
      const { droppedRows } = await import('./engine/dropped.ts');
      return droppedRows(await engine.open(text), model, column, await kernels);
    }),
  schema: () => answer(() => studyJsonSchema()),
  starter: (file, how) => answer(() => engine.starter(file, how)),
  run: (text, onEvent) => answer(() => engine.run(text, onEvent)),
  figure: (figure, width) =>
    answer(async () => {
      const { drawFigure } = await import('./engine/draw.ts');
      return drawFigure(figure, width);
    }),
  take: (request) =>
    answer(async () => {
      const { take } = await import('./engine/take.ts');
      return take(engine, request);
    }),
  fingerprints: (text) => answer(() => engine.fingerprints(text)),
  audit: (request) =>
    answer(async () => {
      const { auditView } = await import('./engine/audit.ts');
      return auditView(request);
    }),
  fits: (text) => answer(() => engine.fits(text)),
  bootStored: (text, request) =>
    answer(async () => {
      const [{ bootJob }, { storedOf }, { jobKey }] = await Promise.all([
        import('./engine/boot.ts'),
        import('./engine/draw-store.ts'),
        import('./engine/job-key.ts'),
      ]);
      const job = bootJob(await engine.open(text), request, await kernels);
      return job ? { job: jobKey(job), stored: await storedOf(job) } : { job: '', stored: 0 };
    }),
  boot: (text, request, threads, onEvent) =>
    answer(async () => {
      const [{ runBoot }, { drawStore }] = await Promise.all([
        import('./engine/boot.ts'),
        import('./engine/draw-store.ts'),
      ]);
      const held = control();
      boot = held;
      let workers = 0;
      const pool = webPool(threads, held, (started) => {
        workers = started;
      });
      try {
        return await runBoot(await engine.open(text), request, {
          kernels: await kernels,
          pool,
          store: drawStore(),
          onEvent: (event) => onEvent({ ...event, workers }),
        });
      } finally {
        pool.stop();
        if (boot === held) boot = undefined;
      }
    }),
  bootControl: (action) =>
    answer(() => {
      boot?.[action]();
      return true as const;
    }),
  fit: ({ csv, name, unit, time, spec }, threads) =>
    answer(async () => {
      const pool = webPool(threads);
      try {
        const frame = setPanel(readTable(csv, { name }), unit, time);
        return await fitSpecWith(frame, spec, await kernels, poolRunner(pool, await kernels));
      } finally {
        pool.stop();
      }
    }),
};
expose(api);
