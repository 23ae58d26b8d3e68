/** Wild cluster bootstrap of least squares, from sums by cluster. */
import { type Kernels, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import type { Draws, OpenJob } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { signsOf } from './resample-weights.ts';

/** Doubles that the cluster sums may take. */
const MOST_CELLS = 2e7;

interface Sums {
  g: number;
  k: number;
  /** k × k (X'WX)⁻¹. */
  q: Float64Array;
  /** g × k × k cluster sums X_c'WX_c, g × k cluster sums X_c'Wû. */
  cross: Float64Array;
  scores: Float64Array;
}

/** Regressors and residuals net of absorbed effects. @throws PanelError resample/not-defined. */
function netOf(job: ResampleJob, kernels: Kernels): { x: Float64Array; e: Float64Array } {
  const { n, k, x, y, weights } = job.problem;
  const e = Float64Array.from(y, (value, i) => value - job.eta[i]);
  if (job.factors.length === 0) return { x, e };
  const { codes } = job.clusters[0];
  for (const factor of job.factors) {
    const home = new Map<number, number>();
    for (let i = 0; i < n; i++) {
      if (!home.has(factor[i])) home.set(factor[i], codes[i]);
      if (home.get(factor[i]) !== codes[i])
        throw new PanelError({
          code: 'resample/not-defined',
          message: `wild needs absorbed effects whose levels lie within the clusters of ${job.clusters[0].name}; some level has rows in several.`,
          hint: 'Write these effects as i(…) before the "|".',
        });
    }
  }
  const { columns } = kernels.within(n, k, x, job.factors, weights, 1e-13);
  return { x: columns, e };
}

function sumsOf(job: ResampleJob, kernels: Kernels): Sums {
  const { n, k, weights } = job.problem;
  const { codes, count: g } = job.clusters[0];
  if (g * k * k > MOST_CELLS)
    throw new PanelError({
      code: 'resample/too-many',
      message: `${g} clusters × ${k}² regressors are more sums than the wild bootstrap holds.`,
      hint: 'Use --boot-kind pairs, or cluster:COLUMN standard errors: so many clusters need no wild bootstrap.',
    });
  const { x, e } = netOf(job, kernels);
  const cross = new Float64Array(g * k * k);
  const scores = new Float64Array(g * k);
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i] : 1;
    for (let a = 0; a < k; a++) {
      const xa = w * x[i * k + a];
      scores[codes[i] * k + a] += xa * e[i];
      for (let b = 0; b < k; b++) cross[(codes[i] * k + a) * k + b] += xa * x[i * k + b];
    }
  }
  return { g, k, q: job.bread, cross, scores };
}

function times(q: Float64Array, v: Float64Array, k: number): Float64Array {
  const out = new Float64Array(k);
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) out[a] += q[a * k + b] * v[b];
  return out;
}

/** What one coefficient needs: its row of Q, and by cluster its influence, and that row times X_c'WX_c. */
interface Column {
  row: Float64Array;
  /** g: influence of the cluster's residual, and of the part that a null of one unit less would add to it. */
  a: Float64Array;
  b: Float64Array;
  /** g × k. */
  leverage: Float64Array;
}

function columnOf({ g, k, q, cross, scores }: Sums, j: number): Column {
  const row = q.slice(j * k, j * k + k);
  const leverage = new Float64Array(g * k);
  const [a, b] = [new Float64Array(g), new Float64Array(g)];
  for (let c = 0; c < g; c++) {
    for (let m = 0; m < k; m++) for (let l = 0; l < k; l++) leverage[c * k + m] += row[l] * cross[(c * k + l) * k + m];
    for (let m = 0; m < k; m++) {
      a[c] += row[m] * scores[c * k + m];
      b[c] += (leverage[c * k + m] * q[m * k + j]) / q[j * k + j];
    }
  }
  return { row, a, b, leverage };
}

/**
 * Replicates of the wild cluster bootstrap (Cameron, Gelbach & Miller 2008; cluster sums as in Roodman, MacKinnon, Nielsen &
 * Webb 2019). With residuals ũ(δ) = û + δ M₋ⱼxⱼ, δ = β̂ⱼ − β₀, that hold coefficient j at β₀, the replicate's numerator is
 * N(δ) = Σ_c v_c (a_c + δ b_c) and its cluster-robust variance D(δ) = Σ_c (v_c(a_c + δb_c) − ℓ_c'Q Σ_h v_h s_h(δ))². Estimates:
 * β̂ + N(0), unrestricted. Extra: the slope of N, and the three coefficients of the quadratic D, by coefficient.
 */
export function openWild(job: ResampleJob, kernels: Kernels): OpenJob {
  const sums = sumsOf(job, kernels);
  const { g, k, q, cross, scores } = sums;
  const columns = Array.from(job.reported, (j) => columnOf(sums, j));
  const r = columns.length;
  const signs = signsOf(job, kernels);
  /** q_j-weighted cluster sums: X_c'WX_c Q e_j / Q_jj. */
  const shift = Array.from(job.reported, (j) => {
    const out = new Float64Array(g * k);
    for (let c = 0; c < g; c++)
      for (let a = 0; a < k; a++) {
        for (let b = 0; b < k; b++) out[c * k + a] += cross[(c * k + a) * k + b] * q[b * k + j];
        out[c * k + a] /= q[j * k + j];
      }
    return out;
  });
  const weightedSum = (v: Float64Array, by: Float64Array) => {
    const out = new Float64Array(k);
    for (let c = 0; c < g; c++) for (let a = 0; a < k; a++) out[a] += v[c] * by[c * k + a];
    return times(q, out, k);
  };
  const one = (v: Float64Array, out: Draws, i: number) => {
    const base = weightedSum(v, scores);
    columns.forEach(({ a, b, leverage }, j) => {
      const slope = weightedSum(v, shift[j]);
      let [n0, n1, d0, d1, d2] = [0, 0, 0, 0, 0];
      for (let c = 0; c < g; c++) {
        let [e0, e1] = [v[c] * a[c], v[c] * b[c]];
        n0 += e0;
        n1 += e1;
        for (let m = 0; m < k; m++) {
          e0 -= leverage[c * k + m] * base[m];
          e1 -= leverage[c * k + m] * slope[m];
        }
        d0 += e0 * e0;
        d1 += 2 * e0 * e1;
        d2 += e1 * e1;
      }
      out.estimates[i * r + j] = job.coef[job.reported[j]] + n0;
      out.extra!.set([n1, d0, d1, d2], (i * r + j) * 4);
    });
    out.status[i] = Status.ok;
  };
  return {
    run(first, count) {
      const out: Draws = {
        count,
        estimates: new Float64Array(count * r),
        status: new Uint8Array(count),
        fallback: new Uint8Array(count),
        extra: new Float64Array(count * r * 4),
      };
      for (let i = 0; i < count; i++) one(signs(first + i), out, i);
      return out;
    },
    free: () => {},
  };
}

/** By coefficient: the cluster-robust variance of the estimate without factor, as D(δ) above has it. */
export function wildVariances(job: ResampleJob, kernels: Kernels): Float64Array {
  const sums = sumsOf(job, kernels);
  return Float64Array.from(job.reported, (j) => columnOf(sums, j).a.reduce((sum, one) => sum + one * one, 0));
}

/** Two-sided p of coefficient j at zero, and the values that the test does not reject at `level` (undefined: unbounded). */
export function invertWild(
  job: ResampleJob,
  { estimates, extra, count }: Draws,
  j: number,
  variance: number,
  level: number,
  all: boolean,
): { p: number; interval?: [number, number] } {
  const r = job.reported.length;
  const estimate = job.coef[job.reported[j]];
  const pAt = (delta: number) => {
    const least = (delta * delta * (1 - 1e-10)) / variance;
    let reached = 0;
    for (let i = 0; i < count; i++) {
      const at = (i * r + j) * 4;
      const n = estimates[i * r + j] - estimate + delta * extra![at];
      const d = extra![at + 1] + delta * extra![at + 2] + delta * delta * extra![at + 3];
      if (n * n >= least * d) reached++;
    }
    return all ? reached / count : (1 + reached) / (count + 1);
  };
  const alpha = 1 - level;
  const limit = (side: number): number | undefined => {
    const se = Math.sqrt(variance);
    let [inside, outside] = [0, 2 * se];
    while (pAt(side * outside) > alpha) {
      inside = outside;
      outside *= 2;
      if (outside > 1e6 * se) return undefined;
    }
    for (let i = 0; i < 60; i++) {
      const middle = (inside + outside) / 2;
      if (pAt(side * middle) > alpha) inside = middle;
      else outside = middle;
    }
    return side * inside;
  };
  const [below, above] = [limit(1), limit(-1)];
  return {
    p: pAt(estimate),
    ...(below !== undefined &&
      above !== undefined && { interval: [estimate - below, estimate - above] as [number, number] }),
  };
}
