/** The pool of panel on worker threads, which are loaded only where one starts. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { answerValue, createPool, type Pool, type PoolWorker, type ResampleWorkerApi } from '@gravpanel/panel';

/** All cores, unless --threads says otherwise. */
export const threadsOf = (flag: number | undefined): number => flag ?? availableParallelism();

function startWorker(): PoolWorker {
  const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');
  const comlink = require('comlink') as typeof import('comlink');
  const { default: nodeEndpoint } =
    require('comlink/dist/esm/node-adapter.mjs') as typeof import('comlink/dist/esm/node-adapter.mjs');
  const worker = new Worker(path.join(__dirname, 'worker.cjs'));
  const api = comlink.wrap<ResampleWorkerApi>(nodeEndpoint(worker as never));
  let reason = '';
  worker.on('error', (error) => {
    reason = error.message;
  });
  return {
    open: async (job) => {
      answerValue(await api.open(job));
    },
    run: async (first, count) => answerValue(await api.run(first, count)),
    gone: new Promise((resolve) => {
      worker.on('exit', (code) => resolve(reason || `it ended with code ${code}`));
    }),
    stop: () => {
      api[comlink.releaseProxy]();
      void worker.terminate();
    },
  };
}

export function nodePool(threads: number): Pool {
  return createPool({
    threads,
    start: startWorker,
    now: () => performance.now(),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  });
}
