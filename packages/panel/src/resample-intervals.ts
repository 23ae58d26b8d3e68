/** Intervals and p values from replicates of one number. Replicates come sorted, finite ones only. */
import { normalQuantile, normalUpper } from './distributions.ts';
import type { Interval } from './types.ts';

/**
 * The (R + 1)p-th order statistic, between two of them by interpolation on the normal scale (Davison & Hinkley 1997, eq. 5.8,
 * as R's boot does); the extreme one where p lies beyond.
 */
export function quantile(sorted: Float64Array, p: number): number {
  const R = sorted.length;
  const rank = (R + 1) * p;
  const k = Math.trunc(rank);
  if (k < 1) return sorted[0];
  if (k >= R) return sorted[R - 1];
  if (k === rank) return sorted[k - 1];
  const [z, low, high] = [p, k / (R + 1), (k + 1) / (R + 1)].map(normalQuantile);
  return sorted[k - 1] + ((z - low) / (high - low)) * (sorted[k] - sorted[k - 1]);
}

const tails = (level: number): [number, number] => [(1 - level) / 2, (1 + level) / 2];

/** Quantiles of the replicates (Efron 1979). */
export const percentileInterval = (sorted: Float64Array, level: number): Interval => {
  const [low, high] = tails(level);
  return [quantile(sorted, low), quantile(sorted, high)];
};

/** Quantiles of the error: [2b − q₁₋ₐ, 2b − qₐ]. */
export const basicInterval = (sorted: Float64Array, estimate: number, level: number): Interval => {
  const [low, high] = percentileInterval(sorted, level);
  return [2 * estimate - high, 2 * estimate - low];
};

/** [b − q₁₋ₐ(t*)·se, b − qₐ(t*)·se] with t* = (b* − b)/se*. */
export const studentisedInterval = (sortedT: Float64Array, estimate: number, se: number, level: number): Interval => {
  const [low, high] = percentileInterval(sortedT, level);
  return [estimate - high * se, estimate - low * se];
};

/** Σu³/(6(Σu²)^1.5), u the mean of the leave-one-out estimates less each (Efron & Tibshirani 1993, eq. 14.15). */
export function acceleration(leftOut: Float64Array): number {
  const mean = leftOut.reduce((sum, one) => sum + one, 0) / leftOut.length;
  let [square, cube] = [0, 0];
  for (const one of leftOut) {
    const u = mean - one;
    square += u * u;
    cube += u * u * u;
  }
  return square > 0 ? cube / (6 * square * Math.sqrt(square)) : 0;
}

/** The levels whose quantiles are the bias-corrected and accelerated limits (Efron 1987); undefined where all replicates lie on one side. */
export function bcaLevels(sorted: Float64Array, estimate: number, a: number, level: number): Interval | undefined {
  let below = 0;
  while (below < sorted.length && sorted[below] < estimate) below++;
  if (below === 0 || below === sorted.length) return undefined;
  const z0 = normalQuantile(below / sorted.length);
  const [low, high] = tails(level).map((p) => {
    const z = z0 + normalQuantile(p);
    return normalUpper(-(z0 + z / (1 - a * z)));
  });
  return [low, high];
}

export function bcaInterval(sorted: Float64Array, estimate: number, a: number, level: number): Interval | undefined {
  const levels = bcaLevels(sorted, estimate, a, level);
  return levels && [quantile(sorted, levels[0]), quantile(sorted, levels[1])];
}

/** Two-sided p of zero by inversion of the percentile interval: twice the smaller tail, (1 + #)/(R + 1). */
export function percentileP(sorted: Float64Array): number {
  let [below, above] = [0, 0];
  for (const one of sorted) {
    if (one <= 0) below++;
    if (one >= 0) above++;
  }
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (sorted.length + 1));
}

/** Share of |t*| that reach |t|. With all sign vectors the sample's own is among them; else it counts as one more. */
export function symmetricP(draws: ArrayLike<number>, t: number, complete: boolean): number {
  const least = Math.abs(t) * (1 - 1e-10);
  let reached = 0;
  for (let i = 0; i < draws.length; i++) if (Math.abs(draws[i]) >= least) reached++;
  return complete ? reached / draws.length : (1 + reached) / (draws.length + 1);
}

/** Monte Carlo standard deviation of a quantile: half the distance between the order statistics √(Rp(1 − p)) ranks away. */
export function quantileError(sorted: Float64Array, p: number): number {
  const R = sorted.length;
  const reach = Math.sqrt((p * (1 - p)) / R);
  return (quantile(sorted, Math.min(1, p + reach)) - quantile(sorted, Math.max(0, p - reach))) / 2;
}

/** Monte Carlo standard deviation of a standard deviation s of R numbers with fourth central moment m4. */
export const spreadError = (s: number, m4: number, R: number): number =>
  s > 0 ? Math.sqrt(Math.max(0, m4 - s ** 4) / R) / (2 * s) : 0;
