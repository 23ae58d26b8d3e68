/** Replicates of fit, run and boot: on the pool, with progress and, where asked for, a checkpoint. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  type Draws,
  drawBytes,
  emptyDraws,
  extraWidth,
  openJob,
  PanelError,
  type Pool,
  placeDraws,
  type Range,
  type ResampleJob,
  type ResampleRunner,
  type RunDraws,
} from '@gravpanel/panel';
import type { Checkpoint } from './checkpoint.ts';
import type { DrawProgress } from './draw-progress.ts';

/** Bytes of draws that are said before the start. */
const WORTH_SAYING = 1e8;

export interface RunnerOptions {
  kernels: Kernels;
  pool: Pool;
  progress: DrawProgress;
  /** "full (3)"; default the id of the spec. */
  label?: string;
  checkpoint?: Checkpoint;
  /** Says on stderr what is worth knowing before a start. */
  say?: (text: string) => void;
  /** Gets the draws of the main job. */
  onDone?: (job: ResampleJob, draws: Draws) => void;
}

/** What `done` does not hold of replicates from … from + count − 1. */
export function holes(done: Range[], from: number, count: number): Range[] {
  const out: Range[] = [];
  let next = from;
  for (const range of [...done].sort((a, b) => a.first - b.first)) {
    if (range.first > next) out.push({ first: next, count: range.first - next });
    next = Math.max(next, range.first + range.count);
  }
  if (next < from + count) out.push({ first: next, count: from + count - next });
  return out;
}

/** Draws of this many bytes are refused where the machine has not so much to give. @throws PanelError resample/no-memory. */
function checkMemory(bytes: number, count: number): void {
  const free = process.availableMemory();
  if (bytes <= free) return;
  const gigabytes = (n: number) => `${(n / 1e9).toPrecision(3)} GB`;
  throw new PanelError({
    code: 'resample/no-memory',
    message: `${count.toLocaleString('en-US')} replicates take ${gigabytes(bytes)} of memory; ${gigabytes(free)} are free.`,
    hint: `Use fewer (-B): ${Math.floor((0.8 * count * free) / bytes).toLocaleString('en-US')} fit; 9999 give intervals to the second digit.`,
  });
}

/** The draws of one job, or of a part of it; those of the checkpoint are taken from it. */
export async function runJob(
  job: ResampleJob,
  label: string,
  o: RunnerOptions,
  part: Range = { first: 0, count: job.reps },
): Promise<{ draws: Draws; threads: number }> {
  const { first: from, count } = part;
  const bytes = drawBytes(count, job.reported.length + extraWidth(job));
  if (bytes > WORTH_SAYING)
    o.say?.(`${label}: ${count.toLocaleString('en-US')} replicates take ${Math.round(bytes / 1e6)} MB of memory.\n`);
  checkMemory(bytes, count);
  const draws = emptyDraws(job, count);
  const place = (first: number, chunk: Draws) => placeDraws(draws, first - from, chunk, job);
  const done = o.checkpoint?.begin(job, place) ?? [];
  const todo = holes(done, from, count);
  let fresh = 0;
  let finished = count - todo.reduce((sum, range) => sum + range.count, 0);
  if (todo.length === 0) return { draws, threads: 1 };
  const open = () => openJob(job, o.kernels);
  const threads = await o.pool.run(job, todo, open, (first, chunk) => {
    place(first, chunk);
    o.checkpoint?.add(first, chunk);
    fresh += chunk.count;
    finished += chunk.count;
    o.progress.show(label, finished, count, fresh);
  });
  return { draws, threads };
}

export function resampleRunner(o: RunnerOptions): ResampleRunner {
  return async (runs, design) => {
    const start = performance.now();
    const label = o.label ?? design.spec.id;
    let most = 1;
    const all = {} as RunDraws;
    for (const [name, job] of Object.entries(runs) as [keyof RunDraws, ResampleJob][]) {
      const { draws, threads } = await runJob(job, name === 'main' ? label : `${label}, ${name}`, o);
      all[name] = draws;
      most = Math.max(most, threads);
      if (name === 'main') o.onDone?.(job, draws);
    }
    o.progress.end();
    return { ...all, threads: most, seconds: Math.round(performance.now() - start) / 1000 };
  };
}
