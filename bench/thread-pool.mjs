/** Replicates on worker threads of Node, the program's own, as the page has them on its workers. */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { answerValue, createPool, emptyDraws, openJob, placeDraws } from '../packages/panel/dist/index.js';

const cli = (path) => fileURLToPath(new URL(`../packages/cli/${path}`, import.meta.url));
const { resolve } = createRequire(cli('package.json'));
const { releaseProxy, wrap } = await import(pathToFileURL(resolve('comlink')).href);
const { default: endpoint } = await import(pathToFileURL(resolve('comlink/dist/esm/node-adapter.mjs')).href);

function startWorker() {
  const worker = new Worker(cli('dist/worker.cjs'));
  const api = wrap(endpoint(worker));
  return {
    open: async (job) => void answerValue(await api.open(job)),
    run: async (first, count) => answerValue(await api.run(first, count)),
    gone: new Promise((gone) => worker.on('exit', (code) => gone(`it ended with code ${code}`))),
    stop: () => {
      api[releaseProxy]();
      void worker.terminate();
    },
  };
}

/** A pool of `threads` workers, and what draws the replicates of a design on it. */
export function threadPool(threads) {
  const pool = createPool({
    threads,
    start: startWorker,
    now: () => performance.now(),
    breathe: () => new Promise((next) => setImmediate(next)),
  });
  const runner = (kernels) => async (runs) => {
    const all = {};
    let used = 1;
    for (const [key, job] of Object.entries(runs)) {
      const draws = emptyDraws(job, job.reps);
      const place = (first, chunk) => placeDraws(draws, first, chunk, job);
      used = Math.max(used, await pool.run(job, [{ first: 0, count: job.reps }], () => openJob(job, kernels), place));
      all[key] = draws;
    }
    return { ...all, threads: used };
  };
  return { runner, stop: () => pool.stop() };
}
