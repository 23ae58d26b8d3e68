/** The replicates number by number: which count, one column of them, their covariance. One column is copied at a time. */
import { LN_BOUNDARY } from '@gravpanel/core-wasm';
import type { Draws } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { hasEstimate } from './resample-refit.ts';

/** One flag a replicate, 1: it counts. */
export type Mask = Uint8Array;

export function estimated({ status }: Draws): Mask {
  const out = new Uint8Array(status.length);
  for (let r = 0; r < out.length; r++) out[r] = hasEstimate(status[r]) ? 1 : 0;
  return out;
}

export function countOf(mask: Mask): number {
  let n = 0;
  for (let r = 0; r < mask.length; r++) n += mask[r];
  return n;
}

/** Column j of the draws where `keep`. */
export function columnOf(values: Float64Array, width: number, j: number, keep: Mask): Float64Array {
  const out = new Float64Array(countOf(keep));
  let n = 0;
  for (let r = 0; r < keep.length; r++) if (keep[r]) out[n++] = values[r * width + j];
  return out;
}

export function meanOf(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i];
  return sum / x.length;
}

/** Mean of the m-th powers of the distances from `mean`, m = 2 or 4. */
export function momentAbout(x: Float64Array, mean: number, m: 2 | 4): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const square = (x[i] - mean) * (x[i] - mean);
    sum += m === 2 ? square : square * square;
  }
  return sum / x.length;
}

/** Replicates that say something about number j: with an estimate, and for a dispersion not at its boundary. */
function usable(draws: Draws, { problem, reported }: ResampleJob, good: Mask, j: number): Mask {
  if (reported[j] < problem.k) return good;
  const width = reported.length;
  let own = good;
  for (let r = 0; r < good.length; r++) {
    if (!good[r] || draws.estimates[r * width + j] !== LN_BOUNDARY) continue;
    if (own === good) own = good.slice();
    own[r] = 0;
  }
  return own;
}

function meansOf(estimates: Float64Array, keep: Mask, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let r = 0, at = 0; r < keep.length; r++, at += width)
    if (keep[r]) for (let j = 0; j < width; j++) sums[j] += estimates[at + j];
  return sums.map((sum) => sum / countOf(keep));
}

/** Sums of products about the means over the replicates of one mask: the lower triangle of `out` (width × width). */
function productsOf({ estimates }: Draws, keep: Mask, width: number, out: Float64Array): void {
  const means = meansOf(estimates, keep, width);
  const off = new Float64Array(width);
  for (let r = 0, at = 0; r < keep.length; r++, at += width) {
    if (!keep[r]) continue;
    for (let j = 0; j < width; j++) off[j] = estimates[at + j] - means[j];
    for (let a = 0; a < width; a++) for (let b = 0; b <= a; b++) out[a * width + b] += off[a] * off[b];
  }
}

/** Entry (a, b) where the two numbers count in different replicates. */
function productOf({ estimates }: Draws, width: number, [a, b]: [number, number], both: Mask): number {
  const [x, y] = [columnOf(estimates, width, a, both), columnOf(estimates, width, b, both)];
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - meanX) * (y[i] - meanY);
  return sum;
}

/**
 * Covariance of the replicates about their mean: 1/(R − 1), the jackknife's (G − 1)/G.
 * @returns r × r, row-major.
 */
export function drawCovariance(job: ResampleJob, draws: Draws): Float64Array {
  const width = job.reported.length;
  const good = estimated(draws);
  const keep = Array.from(job.reported, (_, j) => usable(draws, job, good, j));
  const out = new Float64Array(width * width);
  productsOf(draws, good, width, out);
  const scale = (n: number) => (job.scheme === 'jackknife' ? (n - 1) / n : 1 / (n - 1));
  const whole = scale(countOf(good));
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      const same = keep[a] === good && keep[b] === good;
      const both = same ? good : keep[a].map((one, r) => one & keep[b][r]);
      const value = same ? out[a * width + b] * whole : productOf(draws, width, [a, b], both) * scale(countOf(both));
      out[a * width + b] = value;
      out[b * width + a] = value;
    }
  return out;
}
