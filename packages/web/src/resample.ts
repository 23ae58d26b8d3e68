/** Replicates on the cores of the machine that the page is on. */
import { loadFrontierKernels as loadKernels } from '@gravpanel/core-wasm/frontier';
import {
  answerValue,
  createPool,
  emptyDraws,
  type FitResult,
  fieldsOf,
  fitSpecWith,
  openJob,
  type Pool,
  type PoolWorker,
  placeDraws,
  type ResampleRunner,
  type ResampleWorkerApi,
  type RunDraws,
  readTable,
  setPanel,
} from '@gravpanel/panel';
import { releaseProxy, wrap } from 'comlink';
import type { Answer, FitRequest } from './protocol.ts';

function startWorker(): PoolWorker {
  const worker = new Worker(new URL('./resample-worker.ts', import.meta.url), { type: 'module' });
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
export type OnDraws = (done: number, total: number) => void;

/** As fitTable, with the replicates on `threads` workers. Small jobs run on the page's own thread. */
export async function fitResampled(
  { csv, name, unit, time, spec }: FitRequest,
  threads: number = navigator.hardwareConcurrency,
  onDraws: OnDraws = () => {},
): Promise<Answer<FitResult[]>> {
  const pool = webPool(threads);
  try {
    const kernels = await loadKernels();
    const runner: ResampleRunner = async (runs) => {
      const all = {} as RunDraws;
      let used = 1;
      for (const [key, job] of Object.entries(runs)) {
        const draws = emptyDraws(job, job.reps);
        let done = 0;
        const place = (first: number, chunk: typeof draws) => {
          placeDraws(draws, first, chunk, job);
          done += chunk.count;
          onDraws(done, job.reps);
        };
        used = Math.max(used, await pool.run(job, [{ first: 0, count: job.reps }], () => openJob(job, kernels), place));
        all[key as keyof RunDraws] = draws;
      }
      return { ...all, threads: used };
    };
    const frame = setPanel(readTable(csv, { name }), unit, time);
    return { ok: true, value: await fitSpecWith(frame, spec, kernels, runner) };
  } catch (error) {
    return { ok: false, error: fieldsOf(error) };
  } finally {
    pool.stop();
  }
}
