/** Replicates on the cores of the machine that the page is on: workers of the worker, which can be held and stopped between chunks. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  answerValue,
  createPool,
  type Draws,
  emptyDraws,
  life,
  openJob,
  PanelError,
  type Pool,
  type PoolWorker,
  placeDraws,
  type Range,
  type ResampleJob,
  type ResampleRunner,
  type ResampleWorkerApi,
  type RunDraws,
} from '@gravpanel/panel';
import { releaseProxy, wrap } from 'comlink';
import { lineName, whenGone } from '../lifeline.ts';

/** Holds and stops what runs on a pool. */
export interface Control {
  pause(): void;
  resume(): void;
  /** Stops all workers now; what runs ends with run/cancelled. */
  cancel(): void;
  /** Settles at once, or when the pause ends. @throws PanelError run/cancelled. */
  gate(): Promise<void>;
  onCancel(then: () => void): void;
}

const cancelled = () =>
  new PanelError({
    code: 'run/cancelled',
    message: 'Stopped.',
    hint: 'What was finished is kept: it goes on from there.',
  });

export function control(): Control {
  let stopped = false;
  let held: Promise<void> | undefined;
  let release = () => {};
  const listeners: (() => void)[] = [];
  return {
    pause() {
      held ??= new Promise((resolve) => {
        release = resolve;
      });
    },
    resume() {
      held = undefined;
      release();
    },
    cancel() {
      stopped = true;
      for (const listener of listeners) listener();
      this.resume();
    },
    async gate() {
      if (held) await held;
      if (stopped) throw cancelled();
    },
    onCancel: (then) => void listeners.push(then),
  };
}

function startWorker(held: Control): PoolWorker {
  const name = lineName();
  const worker = new Worker(new URL('../resample-worker.ts', import.meta.url), { type: 'module', name });
  const api = wrap<ResampleWorkerApi>(worker);
  const until = life();
  held.onCancel(() => {
    worker.terminate();
    until.end(cancelled());
  });
  let end: (reason: string) => void = () => {};
  const gone = new Promise<string>((resolve) => {
    end = resolve;
  });
  worker.onerror = (event) => {
    // Not the fault of the worker that started it, which would be ended with it.
    event.preventDefault();
    // It may live on, in a state that nobody knows.
    worker.terminate();
    end(event.message || 'it stopped');
  };
  whenGone(name, () => end('it was ended'));
  return {
    open: async (job) => void answerValue(await until.during(api.open(job))),
    run: async (first, count) => {
      await held.gate();
      return answerValue(await until.during(api.run(first, count)));
    },
    gone,
    stop: () => {
      api[releaseProxy]();
      worker.terminate();
    },
  };
}

/** @param onStart gets how many workers were started so far. */
export function webPool(
  threads: number,
  held: Control = control(),
  onStart: (workers: number) => void = () => {},
): Pool {
  let started = 0;
  return createPool({
    threads,
    start: () => {
      onStart(++started);
      return startWorker(held);
    },
    now: () => performance.now(),
    breathe: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      await held.gate();
    },
  });
}

/** Finished replicates kept while a job goes on. */
export interface DrawStore {
  /** Hands over what is kept of a job, and says which replicates they are. */
  begin(job: ResampleJob, onDraws: (first: number, draws: Draws) => void): Promise<Range[]>;
  add(job: ResampleJob, first: number, draws: Draws): void;
  remove(job: ResampleJob): Promise<void>;
}

/** What `done` does not hold of `count` replicates. */
export function holes(done: Range[], count: number): Range[] {
  const out: Range[] = [];
  let next = 0;
  for (const range of [...done].sort((a, b) => a.first - b.first)) {
    if (range.first > next) out.push({ first: next, count: range.first - next });
    next = Math.max(next, range.first + range.count);
  }
  if (next < count) out.push({ first: next, count: count - next });
  return out;
}

export interface DrawProgress {
  label: string;
  /** Replicates that are there, of all, and of them those made now. */
  done: number;
  total: number;
  fresh: number;
}
export interface RunnerOptions {
  onDraws?: (progress: DrawProgress, draws: Draws, job: ResampleJob) => void;
  /** Gets every chunk once, kept ones first, with all replicates so far; before onDraws. */
  onChunk?: (chunk: Draws, draws: Draws, job: ResampleJob, key: keyof RunDraws) => void;
  store?: DrawStore;
  /** Gets the draws of the main job when they are all there. */
  onDone?: (job: ResampleJob, draws: Draws) => void;
}

/** Runs the replicates of a design on the pool; small jobs run where they are asked for. */
export const poolRunner =
  (pool: Pool, kernels: Kernels, { onDraws, onChunk, store, onDone }: RunnerOptions = {}): ResampleRunner =>
  async (runs, design) => {
    const all = {} as RunDraws;
    let used = 1;
    for (const [key, job] of Object.entries(runs) as [keyof RunDraws, ResampleJob][]) {
      const draws = emptyDraws(job, job.reps);
      const place = (first: number, chunk: Draws) => {
        placeDraws(draws, first, chunk, job);
        onChunk?.(chunk, draws, job, key);
      };
      const kept = (await store?.begin(job, place)) ?? [];
      const todo = holes(kept, job.reps);
      const progress = {
        label: design.spec.id,
        done: job.reps - todo.reduce((sum, { count }) => sum + count, 0),
        total: job.reps,
        fresh: 0,
      };
      onDraws?.(progress, draws, job);
      if (todo.length > 0)
        used = Math.max(
          used,
          await pool.run(
            job,
            todo,
            () => openJob(job, kernels),
            (first, chunk) => {
              place(first, chunk);
              store?.add(job, first, chunk);
              progress.done += chunk.count;
              progress.fresh += chunk.count;
              onDraws?.({ ...progress }, draws, job);
            },
          ),
        );
      if (key === 'main') onDone?.(job, draws);
      all[key] = draws;
    }
    return { ...all, threads: used };
  };
