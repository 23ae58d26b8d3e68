/** Replicates on several workers: chunks, a dead worker replaced, nothing lost and nothing done twice. */
import { PanelError } from './errors.ts';
import { type Life, life } from './life.ts';
import type { Draws, OpenJob } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';

/** Replicates first … first + count − 1. */
export interface Range {
  first: number;
  count: number;
}

/** One worker, as the pool sees it. */
export interface PoolWorker {
  /** @throws PanelError what openJob throws there. */
  open(job: ResampleJob): Promise<void>;
  run(first: number, count: number): Promise<Draws>;
  /** Resolves with a reason when the worker is gone, whatever took it. */
  gone: Promise<string>;
  stop(): void;
}

export interface PoolHost {
  /** Starts a worker. */
  start(): PoolWorker;
  /** Monotonic milliseconds. */
  now(): number;
  /** Lets timers and signals in. */
  breathe(): Promise<void>;
  /** Workers at most; 1: everything here. */
  threads: number;
}

/** Length of a chunk here and on a worker: short enough to be stopped between two, long enough to cost nothing. */
const HERE = 30;
const THERE = 100;
/** Work left beyond which workers are worth their start. */
const WORTH_WORKERS = 400;
/** Deaths of workers on one chunk after which it is the chunk's fault. */
const MOST_DEATHS = 3;
const MOST_CHUNK = 50_000;

/** The ranges still to do, given out in pieces. */
class Todo {
  private readonly ranges: Range[];
  left: number;

  constructor(ranges: Range[]) {
    this.ranges = ranges.map((range) => ({ ...range }));
    this.left = ranges.reduce((sum, { count }) => sum + count, 0);
  }

  take(most: number): Range | undefined {
    const range = this.ranges[0];
    if (!range) return undefined;
    const count = Math.min(most, range.count);
    const taken = { first: range.first, count };
    range.first += count;
    range.count -= count;
    if (range.count === 0) this.ranges.shift();
    this.left -= count;
    return taken;
  }

  giveBack(range: Range): void {
    this.ranges.unshift({ ...range });
    this.left += range.count;
  }
}

export interface Pool {
  /**
   * Runs the ranges; `onDraws` gets every replicate once, in any order. @returns how many threads worked.
   * @throws PanelError resample/worker-died, and what the job or onDraws throws.
   */
  run(
    job: ResampleJob,
    ranges: Range[],
    open: () => OpenJob,
    onDraws: (first: number, draws: Draws) => void,
  ): Promise<number>;
  stop(): void;
}

const chunkOf = (rate: number, length: number) => Math.max(1, Math.min(MOST_CHUNK, Math.round(rate * length)));

/** A pool that starts workers only where the work is worth it, and keeps them for the next job. */
export function createPool(host: PoolHost): Pool {
  const idle: Tended[] = [];
  const all = new Set<Tended>();
  let stopped = false;
  const begin = () => {
    const worker = host.start();
    const tended = { worker, life: life() };
    all.add(tended);
    worker.gone.then((reason) => {
      all.delete(tended);
      tended.life.end(new WorkerGone(reason));
    });
    return tended;
  };

  /** Here, for a while or to the end. @returns replicates per millisecond. */
  async function here(
    todo: Todo,
    open: OpenJob,
    onDraws: (first: number, draws: Draws) => void,
    stay: (rate: number) => boolean,
  ) {
    let [rate, size] = [0, 4];
    for (let chunk = todo.take(size); chunk; chunk = todo.take(size)) {
      const start = host.now();
      onDraws(chunk.first, open.run(chunk.first, chunk.count));
      // Of the last chunk: the first ones run code that is not compiled for speed yet.
      rate = chunk.count / Math.max(1e-3, host.now() - start);
      size = Math.min(4 * size, chunkOf(rate, HERE));
      await host.breathe();
      if (!stay(rate)) break;
    }
    return rate;
  }

  /** One of the workers: takes chunks until none is left or another one failed; a death gives its chunk back. */
  async function tend(
    job: ResampleJob,
    todo: Todo,
    firstRate: number,
    onDraws: (first: number, draws: Draws) => void,
    over: () => boolean,
  ) {
    let rate = firstRate;
    let tended: Tended | undefined;
    for (let deaths = 0; todo.left > 0 && !over(); ) {
      const chunk = todo.take(chunkOf(rate, THERE));
      if (!chunk) break;
      try {
        if (!tended) {
          tended = idle.pop() ?? begin();
          await tended.life.during(tended.worker.open(job));
        }
        const start = host.now();
        const draws = await tended.life.during(tended.worker.run(chunk.first, chunk.count));
        // The way to the worker and back may take longer than a small chunk: it must not keep the next one small.
        rate = chunk.count / Math.max(1, draws.milliseconds ?? host.now() - start);
        deaths = 0;
        if (!over()) onDraws(chunk.first, draws);
      } catch (error) {
        if (!(error instanceof WorkerGone)) throw error;
        if (over()) return;
        tended = undefined;
        todo.giveBack(chunk);
        if (++deaths >= MOST_DEATHS)
          throw new PanelError({
            code: 'resample/worker-died',
            message: `${deaths} workers in a row ended at replicate ${chunk.first}: ${error.message}.`,
            hint: 'Most often the machine is short of memory: use fewer --threads.',
          });
      }
    }
    if (tended) idle.push(tended);
  }

  return {
    async run(job, ranges, open, onDraws) {
      const todo = new Todo(ranges);
      const local = open();
      let rate = 1;
      try {
        const worth = (now: number) => host.threads > 1 && todo.left / now > WORTH_WORKERS;
        rate = await here(todo, local, onDraws, (now) => !worth(now));
      } finally {
        local.free();
      }
      if (todo.left === 0) return 1;
      // What fails one of them ends the others at their next chunk, before the error is thrown: nothing goes on behind it.
      let failed = false;
      const ends = await Promise.allSettled(
        Array.from({ length: host.threads }, () =>
          tend(job, todo, rate, onDraws, () => failed || stopped).catch((error: unknown) => {
            failed = true;
            throw error;
          }),
        ),
      );
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return host.threads;
    },
    stop() {
      stopped = true;
      for (const { worker } of all) worker.stop();
      all.clear();
      idle.length = 0;
    },
  };
}

class WorkerGone extends Error {}

interface Tended {
  worker: PoolWorker;
  life: Life;
}
