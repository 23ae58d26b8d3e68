/** Score bootstrap of likelihood models (Kline & Santos 2012): signs of the clusters' scores, no refits. */
import { exp, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import type { Draws, OpenJob } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { signsOf } from './resample-weights.ts';

/** clusters × p scores with the p × p inverse information. */
interface Point {
  scores: Float64Array;
  bread: Float64Array;
}

const failed = (what: string) =>
  new PanelError({
    code: 'resample/not-opened',
    message: `The score bootstrap found no maximum ${what}.`,
    hint: 'Use --boot-kind pairs.',
  });

/** The rows of each cluster as problems of their own, groups kept whole. */
function clusterProblems({ problem, clusters: [{ codes, count }] }: ResampleJob): Problem[] {
  const { n, k, x, y, offset, weights, groupStart } = problem;
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < n; i++) members[codes[i]].push(i);
  const groupOf = new Int32Array(n);
  for (let g = 0; groupStart && g + 1 < groupStart.length; g++) groupOf.fill(g, groupStart[g], groupStart[g + 1]);
  return members.map((rows) => {
    const take = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]);
    const part = new Float64Array(rows.length * k);
    rows.forEach((row, i) => {
      part.set(x.subarray(row * k, row * k + k), i * k);
    });
    const starts = rows.flatMap((row, i) => (i === 0 || groupOf[row] !== groupOf[rows[i - 1]] ? [i] : []));
    return {
      n: rows.length,
      k,
      y: take(y),
      x: part,
      ...(offset && { offset: take(offset) }),
      ...(weights && { weights: take(weights) }),
      ...(groupStart && { groupStart: Int32Array.from([...starts, rows.length]) }),
    };
  });
}

function pointAt(job: ResampleJob, theta: Float64Array, parts: Problem[], kernels: Kernels): Point {
  const p = theta.length;
  const scores = new Float64Array(parts.length * p);
  const information = new Float64Array(p * p);
  parts.forEach((part, c) => {
    const { status, gradient, hessian } = kernels.evaluate(job.kernel, part, theta);
    if (status !== Status.ok) throw failed('at the estimates');
    scores.set(gradient, c * p);
    for (let j = 0; j < p * p; j++) information[j] -= hessian[j];
  });
  const bread = kernels.inverse(p, information);
  if (!bread) throw failed('with a regular information matrix');
  return { scores, bread };
}

const without = (x: Float64Array, n: number, k: number, j: number) =>
  Float64Array.from({ length: n * (k - 1) }, (_, at) => {
    const [i, m] = [Math.floor(at / (k - 1)), at % (k - 1)];
    return x[i * k + m + (m >= j ? 1 : 0)];
  });

/** The optimum with coefficient j at zero, as a point of the full model. */
function restricted(job: ResampleJob, j: number, parts: Problem[], kernels: Kernels): Point {
  const { problem, coef } = job;
  const { n, k, x } = problem;
  const smaller: Problem = { ...problem, k: k - 1, x: without(x, n, k, j) };
  const fit = kernels.fit(job.kernel, smaller, { start: coef.filter((_, m) => m !== j), scores: false });
  if (fit.status !== Status.ok && fit.status !== Status.poissonBoundary) throw failed(`without ${job.names[j]}`);
  const theta = new Float64Array(coef.length);
  for (let m = 0; m < theta.length; m++) theta[m] = m === j ? 0 : fit.coef[m < j ? m : m - 1];
  return pointAt(job, theta, parts, kernels);
}

/** Poisson with absorbed effects: scores (y − μ)x̃ of regressors net of the effects by weights μ. */
function absorbedPoint(job: ResampleJob, eta: Float64Array, kernels: Kernels): Point {
  const { n, k, x, y, weights } = job.problem;
  const mu = eta.map((value, i) => exp(value) * (weights ? weights[i] : 1));
  const { columns } = kernels.within(n, k, x, job.factors, mu, 1e-13);
  const { codes, count } = job.clusters[0];
  const scores = new Float64Array(count * k);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < k; j++)
      scores[codes[i] * k + j] += columns[i * k + j] * ((weights ? weights[i] : 1) * y[i] - mu[i]);
  const bread = kernels.inverse(k, kernels.crossprod(n, k, columns, mu));
  if (!bread) throw failed('with a regular information matrix');
  return { scores, bread };
}

function absorbedRestricted(job: ResampleJob, j: number, kernels: Kernels): Point {
  const { n, k, x, y, weights, offset } = job.problem;
  const { factors } = job;
  const task = {
    n,
    k: k - 1,
    y,
    x: without(x, n, k, j),
    factors,
    ...(weights && { weights }),
    ...(offset && { offset }),
  };
  const fit = kernels.absorbFit('poisson', task, { withinTol: 1e-13, scores: false });
  if (fit.status !== Status.ok) throw failed(`without ${job.names[j]}`);
  return absorbedPoint(job, fit.eta, kernels);
}

/** Influence on number j, by cluster: e_j'H⁻¹ of its scores. */
function influence({ scores, bread }: Point, p: number, j: number): Float64Array {
  const out = new Float64Array(scores.length / p);
  for (let c = 0; c < out.length; c++) for (let m = 0; m < p; m++) out[c] += bread[j * p + m] * scores[c * p + m];
  return out;
}

/** Σv a over the root of Σ(v a − mean)²: the statistic of Kline & Santos (2012), eq. (9), for one coefficient. */
export function scoreStatistic(a: Float64Array, v?: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c] * (v ? v[c] : 1);
  let square = 0;
  for (let c = 0; c < a.length; c++) square += (a[c] * (v ? v[c] : 1) - sum / a.length) ** 2;
  return sum / Math.sqrt(square);
}

interface ScoreSums {
  /** By reported number: influence at the estimates, and with a coefficient held at zero (none for auxiliaries). */
  free: Float64Array[];
  held: (Float64Array | undefined)[];
}

/** @throws PanelError resample/not-defined, resample/not-opened. */
export function scoreSums(job: ResampleJob, kernels: Kernels): ScoreSums {
  const { problem, absorb } = job;
  if (absorb && absorb !== 'poisson')
    throw new PanelError({
      code: 'resample/not-defined',
      message: `score is not defined here for ${absorb} with absorbed effects.`,
      hint: 'Use poisson, or write the effects as i(…).',
    });
  const p = job.coef.length;
  const parts = absorb ? [] : clusterProblems(job);
  const point = absorb ? absorbedPoint(job, job.eta, kernels) : pointAt(job, job.coef, parts, kernels);
  return {
    free: Array.from(job.reported, (j) => influence(point, p, j)),
    held: Array.from(job.reported, (j) => {
      if (j >= problem.k || problem.k < 2) return undefined;
      const held = absorb ? absorbedRestricted(job, j, kernels) : restricted(job, j, parts, kernels);
      return influence(held, p, j);
    }),
  };
}

/**
 * Replicates β̂ + H⁻¹Σ_c v_c s_c(β̂) for the covariance; extra: the statistic under the null that the coefficient is zero, from
 * scores at the restricted maximum (NaN for auxiliaries, which have no such null).
 */
export function openScore(job: ResampleJob, kernels: Kernels): OpenJob {
  const { free, held } = scoreSums(job, kernels);
  const signs = signsOf(job, kernels);
  const r = free.length;
  return {
    run(first, count) {
      const out: Draws = {
        count,
        estimates: new Float64Array(count * r),
        status: new Uint8Array(count),
        fallback: new Uint8Array(count),
        extra: new Float64Array(count * r).fill(Number.NaN),
      };
      for (let i = 0; i < count; i++) {
        const v = signs(first + i);
        for (let j = 0; j < r; j++) {
          let sum = 0;
          for (let c = 0; c < v.length; c++) sum += v[c] * free[j][c];
          out.estimates[i * r + j] = job.coef[job.reported[j]] + sum;
          if (held[j]) out.extra![i * r + j] = scoreStatistic(held[j]!, v);
        }
      }
      return out;
    },
    free: () => {},
  };
}
