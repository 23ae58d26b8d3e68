/** Is the curve as a whole more than chance? The three statistics of Simonsohn, Simmons and Nelson against curves under the null. */
import { type Law, twoSided } from './coeftable.ts';
import { normalQuantile } from './distributions.ts';
import { PanelError } from './errors.ts';
import type { CurveResult } from './multiverse.ts';
import type { PlannedCurve } from './multiverse-plan.ts';
import type { Draws } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';

export interface JointStatistic {
  kind: 'median' | 'share' | 'stouffer';
  observed: number;
  /** Median of the statistic over the curves under the null. */
  expected: number;
  p: number;
  /** Monte Carlo standard deviation of p: √(p(1 − p)/R). */
  monteCarlo: number;
}

export interface JointTest {
  kind: 'bootstrap' | 'permutation';
  /** "partner", "histories of partner", "rows within year". */
  by: string;
  /** bootstrap: clusters drawn; permutation: rows that cannot move. */
  count: number;
  reps: number;
  /** Curves without any estimate, left out. */
  lost: number;
  /** Specifications of single replicates without an estimate. */
  failed: number;
  seed: number;
  alpha: number;
  /** Towards the sign that was expected, or two-sided. */
  side: '+' | '-' | 'both';
  statistics: JointStatistic[];
}

/** One curve: its estimates and the z of each, those that there are. */
interface Curve {
  estimates: number[];
  z: number[];
}

const LARGEST_Z = 37;

/** The normal deviate with the two-sided p of a statistic, its sign kept. */
export function deviate(statistic: number, law: Law): number {
  if (law.distribution === 'z') return statistic;
  const tail = twoSided(statistic, law) / 2;
  const size = tail > 0 ? Math.min(LARGEST_Z, -normalQuantile(Math.min(0.5, tail))) : LARGEST_Z;
  return statistic < 0 ? -size : size;
}

/** Middle of an odd number, mean of the middle two of an even one. */
export function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * median effect; share of the K specifications with an estimate that are significant in one direction (the expected one, or the one
 * with more); Stouffer's Σz/√K. Signs are turned so that more is further from the null.
 */
function statisticsOf({ estimates, z }: Curve, side: JointTest['side'], critical: number): number[] {
  const K = z.length;
  const turn = side === '-' ? -1 : 1;
  const above = z.reduce((sum, one) => sum + (turn * one >= critical ? 1 : 0), 0);
  const below = z.reduce((sum, one) => sum + (turn * one <= -critical ? 1 : 0), 0);
  const middle = turn * median(estimates);
  const stouffer = (turn * z.reduce((sum, one) => sum + one, 0)) / Math.sqrt(K);
  return side === 'both'
    ? [Math.abs(middle), Math.max(above, below) / K, Math.abs(stouffer)]
    : [middle, above / K, stouffer];
}

/** As they are shown: with their own signs. */
function observedOf(curve: Curve, side: JointTest['side'], critical: number): number[] {
  const [, share] = statisticsOf(curve, side, critical);
  return [median(curve.estimates), share, curve.z.reduce((sum, one) => sum + one, 0) / Math.sqrt(curve.z.length)];
}

/**
 * p = (1 + #{null curves at least as far})/(R + 1) for each statistic, one-sided towards an expected sign, else two-sided.
 * @throws PanelError multiverse/too-many-failed where less than half of the replicates have a curve.
 */
export function jointTest(
  { specifications, alpha, sign }: CurveResult,
  { reps, seed, clusters: [{ name, count }] }: ResampleJob,
  laws: Law[],
  { estimates, extra }: Draws,
  joint: NonNullable<PlannedCurve['joint']>,
): JointTest {
  const side = sign ?? 'both';
  const critical = -normalQuantile(alpha / 2);
  const good = specifications.filter((one) => one.estimate !== undefined);
  const own: Curve = {
    estimates: good.map((one) => one.estimate!),
    z: good.map((one, s) => deviate(one.statistic!, laws[s])),
  };
  const K = good.length;
  const nulls: number[][] = [];
  let failed = 0;
  for (let r = 0; r < reps; r++) {
    const curve: Curve = { estimates: [], z: [] };
    for (let s = 0; s < K; s++) {
      const [b, t] = [estimates[r * K + s], extra![r * K + s]];
      if (!Number.isFinite(b) || !Number.isFinite(t)) continue;
      curve.estimates.push(b);
      curve.z.push(deviate(t, laws[s]));
    }
    failed += K - curve.z.length;
    if (curve.z.length > 0) nulls.push(statisticsOf(curve, side, critical));
  }
  const R = nulls.length;
  if (R < reps / 2 || failed > (K * reps) / 2)
    throw new PanelError({
      code: 'multiverse/too-many-failed',
      message: `${failed} of ${K * reps} estimates under the null failed; at least half of them were expected to succeed.`,
      hint: 'Some regressor varies in few clusters only: leave it out of the curve, or choose the other kind.',
    });
  const mine = statisticsOf(own, side, critical);
  const shown = observedOf(own, side, critical);
  const statistics = (['median', 'share', 'stouffer'] as const).map((kind, j): JointStatistic => {
    const least = mine[j] - 1e-12 * Math.abs(mine[j]);
    const p = (1 + nulls.reduce((sum, one) => sum + (one[j] >= least ? 1 : 0), 0)) / (R + 1);
    return {
      kind,
      observed: shown[j],
      expected: median(nulls.map((one) => one[j])),
      p,
      monteCarlo: Math.sqrt((p * (1 - p)) / R),
    };
  });
  return { kind: joint.kind, by: name, count, reps, lost: reps - R, failed, seed, alpha, side, statistics };
}
