/** The pool of panel on worker threads. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { answerValue, createPool, type Pool, type PoolWorker, type ResampleWorkerApi } from '@gravpanel/panel';
import { releaseProxy, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

/** All cores, unless --threads says otherwise. */
export const threadsOf = (flag: number | undefined): number => flag ?? availableParallelism();

function startWorker(): PoolWorker {
  const worker = new Worker(path.join(__dirname, 'worker.cjs'));
  const api = wrap<ResampleWorkerApi>(nodeEndpoint(worker as never));
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
      api[releaseProxy]();
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
