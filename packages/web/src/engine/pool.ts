/** Replicates on the cores of the machine that the page is on: workers of the worker. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  answerValue,
  createPool,
  emptyDraws,
  openJob,
  type Pool,
  type PoolWorker,
  placeDraws,
  type ResampleRunner,
  type ResampleWorkerApi,
  type RunDraws,
} from '@gravpanel/panel';
import { releaseProxy, wrap } from 'comlink';

function startWorker(): PoolWorker {
  const worker = new Worker(new URL('../resample-worker.ts', import.meta.url), { type: 'module' });
  const api = wrap<ResampleWorkerApi>(worker);
  return {
    open: async (job) => {
      answerValue(await api.open(job));
    },
    run: async (first, count) => answerValue(await api.run(first, count)),
    gone: new Promise((resolve) => {
      worker.onerror = ({ message }) => resolve(message || 'it stopped');
    }),
    stop: () => {
      api[releaseProxy]();
      worker.terminate();
    },
  };
}

export const webPool = (threads: number): Pool =>
  createPool({
    threads,
    start: startWorker,
    now: () => performance.now(),
    breathe: () => new Promise((resolve) => setTimeout(resolve)),
  });

/** Called with the replicates that are there, of all of a job. */
export type OnDraws = (label: string, done: number, total: number) => void;

/** Runs the replicates of a design on the pool; small jobs run where they are asked for. */
export const poolRunner =
  (pool: Pool, kernels: Kernels, onDraws: OnDraws = () => {}): ResampleRunner =>
  async (runs, design) => {
    const all = {} as RunDraws;
    let used = 1;
    for (const [key, job] of Object.entries(runs)) {
      const draws = emptyDraws(job, job.reps);
      let done = 0;
      const place = (first: number, chunk: typeof draws) => {
        placeDraws(draws, first, chunk, job);
        done += chunk.count;
        onDraws(design.spec.id, done, job.reps);
      };
      used = Math.max(used, await pool.run(job, [{ first: 0, count: job.reps }], () => openJob(job, kernels), place));
      all[key as keyof RunDraws] = draws;
    }
    return { ...all, threads: used };
  };
