/** The worker: owns one instance of the core and answers {@link EngineApi}. */
import { loadFrontierKernels as loadKernels } from '@gravpanel/core-wasm/frontier';
import { fitSpecWith, readTable, setPanel } from '@gravpanel/panel';
import { expose } from 'comlink';
import { createEngine } from './engine/engine.ts';
import { fieldsOf } from './engine/inspect.ts';
import { poolRunner, webPool } from './engine/pool.ts';
import { loadWorld } from './engine/world.ts';
import type { Answer, EngineApi } from './protocol.ts';

const kernels = loadKernels();
const engine = createEngine({ kernels, world: loadWorld, regions: () => import('@gravpanel/panel/regions') });

async function answer<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: fieldsOf(error) };
  }
}

const api: EngineApi = {
  setFiles: (files) =>
    answer(() => {
      engine.setFiles(files);
      return true as const;
    }),
  inspect: (text) => answer(() => engine.inspect(text)),
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
