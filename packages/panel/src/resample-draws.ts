/** Replicates of a job: each a pure function of (job, replicate), whatever chunk or worker it comes in. */
import { type Kernels, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { openCurve } from './resample-curve.ts';
import { openParametric, openPermutation } from './resample-data.ts';
import type { ResampleJob } from './resample-job.ts';
import { hasEstimate, openRefitter, type RefitBatch, type Refitter } from './resample-refit.ts';
import { openScore } from './resample-score.ts';
import { blockWeights, jackknifeWeights, sharedWeights, twoWayWeights } from './resample-weights.ts';
import { openWild } from './resample-wild.ts';

/** Replicates in order, r numbers each. */
export interface Draws {
  count: number;
  /** count × r; NaN in the rows of failed replicates. */
  estimates: Float64Array;
  /** count {@link Status} values. */
  status: Uint8Array;
  /** count: 1 where the fast path was left. */
  fallback: Uint8Array;
  /** count × {@link extraWidth} further numbers. */
  extra?: Float64Array;
  /** How long they took where they were made, without the way there and back. */
  milliseconds?: number;
}

export interface OpenJob {
  /** Replicates first … first + count − 1. */
  run(first: number, count: number): Draws;
  free(): void;
}

/** Further numbers of a replicate: studentised draws (r), t under the null (score: r), its polynomials (wild: 4r). */
export const extraWidth = ({ scheme, studentise, reported: { length: r } }: ResampleJob): number =>
  scheme === 'wild' ? 4 * r : scheme === 'score' || studentise ? r : 0;

/** Room for `count` replicates. */
export function emptyDraws(job: ResampleJob, count: number): Draws {
  const r = job.reported.length;
  const extra = extraWidth(job);
  return {
    count,
    estimates: new Float64Array(count * r).fill(Number.NaN),
    status: new Uint8Array(count).fill(Status.noConvergence),
    fallback: new Uint8Array(count),
    ...(extra > 0 && { extra: new Float64Array(count * extra).fill(Number.NaN) }),
  };
}

/** Puts a chunk where it belongs. */
export function placeDraws(all: Draws, first: number, chunk: Draws, job: ResampleJob): void {
  all.estimates.set(chunk.estimates, first * job.reported.length);
  all.status.set(chunk.status, first);
  all.fallback.set(chunk.fallback, first);
  if (all.extra && chunk.extra) all.extra.set(chunk.extra, first * extraWidth(job));
}

function reportedDraws(job: ResampleJob, batch: RefitBatch, count: number): Draws {
  const { reported, coef } = job;
  const [r, p] = [reported.length, coef.length];
  const out = emptyDraws(job, count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < r; j++) {
      const at = i * p + reported[j];
      out.estimates[i * r + j] = batch.coef[at];
      if (out.extra && batch.se) out.extra[i * r + j] = (batch.coef[at] - coef[reported[j]]) / batch.se[at];
    }
  out.status.set(batch.status);
  out.fallback.set(batch.fallback);
  return out;
}

const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

function openWeighted(
  job: ResampleJob,
  refitter: Refitter,
  codesCount: number,
  weightsOf: (r: number) => Float64Array,
): OpenJob {
  return {
    run(first, count) {
      const weights = new Float64Array(count * codesCount);
      range(first, count).forEach((r, i) => {
        weights.set(weightsOf(r), i * codesCount);
      });
      return reportedDraws(job, refitter.weighted(weights, count, job.studentise ? 'cluster' : 'none'), count);
    },
    free: () => refitter.free(),
  };
}

function refitterOf(
  job: ResampleJob,
  kernels: Kernels,
  { codes, count }: { codes: Int32Array; count: number },
): Refitter {
  const { kernel, absorb, random, problem, factors, coef, seed, method, maxIter } = job;
  return openRefitter({ kernel, absorb, random, problem, factors, coef, codes, count, seed, method, maxIter }, kernels);
}

/**
 * Opens a job on one thread.
 * @throws PanelError resample/not-opened where the core refuses the problem.
 */
export function openJob(job: ResampleJob, kernels: Kernels): OpenJob {
  if (job.curve) return openCurve(job, kernels);
  const [first] = job.clusters;
  switch (job.scheme) {
    case 'pairs': {
      const refitter = refitterOf(job, kernels, first);
      if (job.shared) return openWeighted(job, refitter, first.count, sharedWeights(job, kernels));
      return {
        run: (from, count) =>
          reportedDraws(job, refitter.pairs(from, count, job.studentise ? 'cluster' : 'none'), count),
        free: () => refitter.free(),
      };
    }
    case 'jackknife':
      return openWeighted(job, refitterOf(job, kernels, first), first.count, jackknifeWeights(first.count));
    case 'block':
      return openWeighted(job, refitterOf(job, kernels, job.periods!), job.periods!.count, blockWeights(job, kernels));
    case 'two-way': {
      const { cells, weightsOf } = twoWayWeights(job, kernels);
      return openWeighted(job, refitterOf(job, kernels, cells), cells.count, weightsOf);
    }
    case 'wild':
      return openWild(job, kernels);
    case 'score':
      return openScore(job, kernels);
    case 'parametric':
      return openParametric(job, kernels);
    case 'permutation':
      return openPermutation(job, kernels);
  }
}

/** All replicates of a job on this thread. @throws PanelError resample/all-failed. */
export function drawAll(job: ResampleJob, kernels: Kernels): Draws {
  const open = openJob(job, kernels);
  try {
    const all = emptyDraws(job, job.reps);
    for (let first = 0; first < job.reps; first += 1000) {
      const count = Math.min(1000, job.reps - first);
      placeDraws(all, first, open.run(first, count), job);
    }
    return all;
  } finally {
    open.free();
  }
}

/** Words for what a replicate ended with. */
export const statusWords = (status: number): string =>
  (Status[status] ?? `status ${status}`).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** @throws PanelError resample/all-failed where fewer than two replicates, or less than half of them, have an estimate. */
export function checkDraws(job: ResampleJob, { status }: Draws): void {
  let good = 0;
  for (let r = 0; r < status.length; r++) if (hasEstimate(status[r])) good++;
  if (good >= 2 && good >= status.length / 2) return;
  const worst = new Map<string, number>();
  for (const one of status) if (!hasEstimate(one)) worst.set(statusWords(one), (worst.get(statusWords(one)) ?? 0) + 1);
  const why = [...worst].sort((a, b) => b[1] - a[1])[0];
  throw new PanelError({
    code: 'resample/too-many-failed',
    message: `${status.length - good} of ${status.length} replicates of the ${job.scheme} resampling have no estimate (${why[0]}: ${why[1]}); at least half of them were expected to.`,
    hint: 'Some regressor varies in few clusters only: leave it out, or use --vcov cluster:COLUMN.',
  });
}
