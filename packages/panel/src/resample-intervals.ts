/** Intervals and p values from replicates of one number. Replicates come sorted, finite ones only. */
import { normalQuantile, normalUpper } from './distributions.ts';
import type { Interval } from './types.ts';

/** Where the quantile of a level lies among sorted numbers: at `k` of them, or `share` of the way to the next. */
interface QuantilePlace {
  k: number;
  share: number;
}

function placeOf(R: number, p: number): QuantilePlace {
  const rank = (R + 1) * p;
  const k = Math.trunc(rank);
  if (k < 1) return { k: 1, share: 0 };
  if (k >= R) return { k: R, share: 0 };
  if (k === rank) return { k, share: 0 };
  const [z, low, high] = [p, k / (R + 1), (k + 1) / (R + 1)].map(normalQuantile);
  return { k, share: (z - low) / (high - low) };
}

function atPlace(sorted: Float64Array, { k, share }: QuantilePlace): number {
  return share === 0 ? sorted[k - 1] : sorted[k - 1] + share * (sorted[k] - sorted[k - 1]);
}

export type Quantile = (sorted: Float64Array, p: number) => number;

/**
 * The (R + 1)p-th order statistic, between two of them by interpolation on the normal scale (Davison & Hinkley 1997, eq. 5.8,
 * as R's boot does); the extreme one where p lies beyond.
 */
export const quantile: Quantile = (sorted, p) => atPlace(sorted, placeOf(sorted.length, p));

/** {@link quantile} for many columns of the same length: what depends on length and level alone is found once. */
export function sharedQuantile(): Quantile {
  const known = new Map<string, QuantilePlace>();
  return (sorted, p) => {
    const key = `${sorted.length} ${p}`;
    const place = known.get(key) ?? placeOf(sorted.length, p);
    known.set(key, place);
    return atPlace(sorted, place);
  };
}

/** How many of the sorted numbers are below `value`, or with `equal` not above it. */
function countBelow(sorted: Float64Array, value: number, equal: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < value || (equal && sorted[middle] === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}

const tails = (level: number): [number, number] => [(1 - level) / 2, (1 + level) / 2];

/** Quantiles of the replicates (Efron 1979). */
export const percentileInterval = (sorted: Float64Array, level: number, at: Quantile = quantile): Interval => {
  const [low, high] = tails(level);
  return [at(sorted, low), at(sorted, high)];
};

/** Quantiles of the error: [2b − q₁₋ₐ, 2b − qₐ]. */
export const basicInterval = (sorted: Float64Array, estimate: number, level: number, at = quantile): Interval => {
  const [low, high] = percentileInterval(sorted, level, at);
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
  const below = countBelow(sorted, estimate, false);
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
  const below = countBelow(sorted, 0, true);
  const above = sorted.length - countBelow(sorted, 0, false);
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
export function quantileError(sorted: Float64Array, p: number, at: Quantile = quantile): number {
  const R = sorted.length;
  const reach = Math.sqrt((p * (1 - p)) / R);
  return (at(sorted, Math.min(1, p + reach)) - at(sorted, Math.max(0, p - reach))) / 2;
}

/** Monte Carlo standard deviation of a standard deviation s of R numbers with fourth central moment m4. */
export const spreadError = (s: number, m4: number, R: number): number =>
  s > 0 ? Math.sqrt(Math.max(0, m4 - s * s * (s * s)) / R) / (2 * s) : 0;
