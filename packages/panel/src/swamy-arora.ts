/** Random-effects least squares: variance components of Swamy and Arora, then least squares on quasi-demeaned data. */
import { type KernelFit, type Kernels, log, log1p, Status } from '@gravpanel/core-wasm';
import { expandDummies } from './dummies.ts';
import { PanelError } from './errors.ts';
import type { Design, Parameter } from './types.ts';

/** A column counts as constant within units where less than this share of its length is left. */
const ABSORBED = 1e-9;
const LN_2PI = 1.8378770664093453;

/** Variances of y = xβ + uᵢ + eᵢₜ and what they do to each unit. */
export interface Components {
  /** Standard deviations of u and e. */
  sigmaU: number;
  sigmaE: number;
  /** g: θᵢ = 1 − √(σₑ²/(Tᵢσᵤ² + σₑ²)). */
  theta: Float64Array;
}

/** Columns (n × k, row-major) as unit means (g × k). */
function unitMeans(x: Float64Array, k: number, start: Int32Array): Float64Array {
  const g = start.length - 1;
  const out = new Float64Array(g * k);
  for (let i = 0; i < g; i++) {
    for (let row = start[i]; row < start[i + 1]; row++) for (let j = 0; j < k; j++) out[i * k + j] += x[row * k + j];
    for (let j = 0; j < k; j++) out[i * k + j] /= start[i + 1] - start[i];
  }
  return out;
}

/** x less `share` of its unit means: θᵢ for GLS, 1 for the within transform. */
function demeaned(x: Float64Array, k: number, start: Int32Array, share: (unit: number) => number): Float64Array {
  const means = unitMeans(x, k, start);
  const out = x.slice();
  for (let i = 0; i + 1 < start.length; i++) {
    const theta = share(i);
    for (let row = start[i]; row < start[i + 1]; row++)
      for (let j = 0; j < k; j++) out[row * k + j] -= theta * means[i * k + j];
  }
  return out;
}

/** The columns named by `keep`, row-major. */
function columnsOf(x: Float64Array, k: number, keep: number[]): Float64Array {
  const n = k === 0 ? 0 : x.length / k;
  const out = new Float64Array(n * keep.length);
  for (let i = 0; i < n; i++)
    keep.forEach((j, at) => {
      out[i * keep.length + at] = x[i * k + j];
    });
  return out;
}

const squares = (x: Float64Array, k: number) => {
  const out = new Float64Array(k);
  for (let i = 0; i < x.length; i++) out[i % k] += x[i] * x[i];
  return out;
};

function leastSquares(
  kernels: Kernels,
  n: number,
  k: number,
  y: Float64Array,
  x: Float64Array,
  weights?: Float64Array,
): KernelFit {
  const fit = kernels.fit('ols', { n, k, y, x, ...(weights && { weights }) });
  if (fit.status === Status.ok) return fit;
  throw new PanelError({
    code: 'fit/not-identified',
    message: 'ols-re has no estimate: a regression on units’ means or on deviations from them is singular.',
    hint: 'Leave out terms that hardly vary or move together; gravpanel check shows which.',
  });
}

/** How often each unit counts; without it once. */
type Copies = Float64Array | undefined;

const total = (copies: Copies, start: Int32Array, rows: boolean) => {
  if (!copies) return rows ? start[start.length - 1] : start.length - 1;
  return copies.reduce((sum, m, i) => sum + m * (rows ? start[i + 1] - start[i] : 1), 0);
};

/** The copies of each row's unit. */
function ofRows(copies: Copies, start: Int32Array): Copies {
  if (!copies) return undefined;
  const out = new Float64Array(start[start.length - 1]);
  copies.forEach((m, i) => {
    out.fill(m, start[i], start[i + 1]);
  });
  return out;
}

const residualSquares = (y: Float64Array, eta: Float64Array, weight?: Float64Array) =>
  y.reduce((sum, v, i) => sum + (weight ? weight[i] : 1) * (v - eta[i]) ** 2, 0);

/** σₑ²: residual variance of the within regression, RSS/(n − g − K_w). */
function withinVariance(
  kernels: Kernels,
  k: number,
  y: Float64Array,
  x: Float64Array,
  start: Int32Array,
  copies: Copies,
): number {
  const rows = y.length;
  const [n, g] = [total(copies, start, true), total(copies, start, false)];
  const weights = ofRows(copies, start);
  const yw = demeaned(y, 1, start, () => 1);
  const xw = demeaned(x, k, start, () => 1);
  const [all, left] = [squares(x, k), squares(xw, k)];
  const vary = Array.from({ length: k }, (_, j) => j).filter((j) => left[j] > ABSORBED ** 2 * all[j]);
  const candidates = columnsOf(xw, k, vary);
  const { keep } = vary.length > 0 ? kernels.rank(rows, vary.length, candidates, weights) : { keep: new Uint8Array() };
  const kept = vary.filter((_, at) => keep[at] === 1);
  const dof = n - g - kept.length;
  if (dof < 1) tooFew(`${n} rows in ${g} units leave no degree of freedom within units`);
  const xk = columnsOf(xw, k, kept);
  const fitted =
    kept.length > 0 ? leastSquares(kernels, rows, kept.length, yw, xk, weights).eta : new Float64Array(rows);
  const rss = residualSquares(yw, fitted, weights);
  if (rss > 1e-20 * squares(y, 1)[0]) return rss / dof;
  throw new PanelError({
    code: 'fit/no-within-variance',
    message:
      'The regressors reproduce the outcome exactly within units: σ of e is 0, and random effects have no weights.',
    hint: 'Use ols with "| unit", or leave a term out.',
  });
}

function tooFew(why: string): never {
  throw new PanelError({
    code: 'data/too-few-units',
    message: `ols-re needs more units than coefficients and more rows than units: ${why}.`,
    hint: 'Use fewer terms, more units, or ols with standard errors clustered by the unit.',
  });
}

/** σᵤ² from the regression of unit means, each Tᵢ times (Baltagi, Chang 1994, eq. 2.12); below 0 it is 0. */
function betweenVariance(
  kernels: Kernels,
  k: number,
  y: Float64Array,
  x: Float64Array,
  start: Int32Array,
  within: number,
  copies: Copies,
): number {
  const units = start.length - 1;
  const [n, g] = [total(copies, start, true), total(copies, start, false)];
  const times = Float64Array.from({ length: units }, (_, i) => start[i + 1] - start[i]);
  const weights = copies ? times.map((t, i) => t * copies[i]) : times;
  const [ym, xm] = [unitMeans(y, 1, start), unitMeans(x, k, start)];
  const { keep } = kernels.rank(units, k, xm, weights);
  const kept = Array.from({ length: k }, (_, j) => j).filter((j) => keep[j] === 1);
  const r = kept.length;
  if (g <= r) tooFew(`there are ${g} units for ${r} coefficients between them`);
  const xk = columnsOf(xm, k, kept);
  const fit = leastSquares(kernels, units, r, ym, xk, weights);
  let trace = 0;
  for (let i = 0; i < units; i++)
    for (let a = 0; a < r; a++)
      for (let b = 0; b < r; b++) trace += times[i] * weights[i] * xk[i * r + a] * fit.vcov[a * r + b] * xk[i * r + b];
  const variance = (residualSquares(ym, fit.eta, weights) - (g - r) * within) / (n - trace);
  return Math.max(0, variance);
}

/**
 * Variance components of a panel regression.
 * σₑ² = RSS_within/(n − g − K_w); σᵤ² = (RSS_between − (g − K_b)σₑ²)/(n − tr{(Z̄'Z̄)⁻¹Z̄'SZ̄}), Z̄ unit means repeated in each
 * row, S sums over the unit (Swamy, Arora 1972; Baltagi, Chang 1994); K_w, K_b ranks of the two regressions.
 * @param x n × k with the constant. @param start g + 1 unit boundaries. @param copies g: how often each unit counts (default once).
 * @throws PanelError data/too-few-units, fit/no-within-variance, fit/not-identified.
 */
export function swamyArora(
  kernels: Kernels,
  k: number,
  y: Float64Array,
  x: Float64Array,
  start: Int32Array,
  copies?: Float64Array,
): Components {
  const e = withinVariance(kernels, k, y, x, start, copies);
  const u = betweenVariance(kernels, k, y, x, start, e, copies);
  const theta = Float64Array.from(
    { length: start.length - 1 },
    (_, i) => 1 - Math.sqrt(e / ((start[i + 1] - start[i]) * u + e)),
  );
  return { sigmaU: Math.sqrt(u), sigmaE: Math.sqrt(e), theta };
}

/** Scores of rows added up by unit. */
function byUnit(scores: Float64Array, k: number, start: Int32Array): Float64Array {
  const g = start.length - 1;
  const out = new Float64Array(g * k);
  for (let i = 0; i < g; i++)
    for (let row = start[i]; row < start[i + 1]; row++)
      for (let j = 0; j < k; j++) out[i * k + j] += scores[row * k + j];
  return out;
}

/** The Gaussian log-likelihood at these coefficients and variances (not its maximum). */
function gaussian(n: number, rss: number, { sigmaE, theta }: Components): number {
  const determinant = theta.reduce((sum, t) => sum + 2 * log1p(-t), 0);
  return -0.5 * (n * (LN_2PI + 2 * log(sigmaE)) - determinant + rss / sigmaE ** 2);
}

export interface RandomEffectsFit {
  /** Scores are those of units; eta is xβ + offset in the user's scale; vcov is (X*'X*)⁻¹ without σ². */
  fit: KernelFit;
  components: Components;
  /** RSS of the quasi-demeaned regression over n − k. */
  sigma2: number;
  /** n × k regressors as estimated, dummies included, not demeaned. */
  x: Float64Array;
  k: number;
}

/** Quasi-demeaned least squares: scores are those of rows, the sums of squares and n count each unit as often as `copies` says. */
export interface QuasiDemeaned {
  fit: KernelFit;
  components: Components;
  rss: number;
  n: number;
}

/**
 * Least squares of y − θᵢȳᵢ on x − θᵢx̄ᵢ with the variances of {@link swamyArora}.
 * @param copies g: how often each unit counts; with it these are the numbers of the panel that has the copies.
 */
export function quasiDemeaned(
  kernels: Kernels,
  k: number,
  y: Float64Array,
  x: Float64Array,
  start: Int32Array,
  copies?: Float64Array,
): QuasiDemeaned {
  const components = swamyArora(kernels, k, y, x, start, copies);
  const share = (unit: number) => components.theta[unit];
  const [ys, xs] = [demeaned(y, 1, start, share), demeaned(x, k, start, share)];
  const weights = ofRows(copies, start);
  const fit = leastSquares(kernels, y.length, k, ys, xs, weights);
  return { fit, components, rss: residualSquares(ys, fit.eta, weights), n: total(copies, start, true) };
}

/**
 * {@link quasiDemeaned} of a design; effects after "|" are dummy columns.
 * @throws PanelError as swamyArora; data/too-few-rows is checked by the caller.
 */
export function fitRandomEffects(design: Design, kernels: Kernels): RandomEffectsFit {
  const { n, groupStart } = design;
  const start = groupStart!;
  const { x, columns: k } = expandDummies(design, kernels);
  const y = design.offset ? design.y.map((v, i) => v - design.offset![i]) : design.y;
  const { fit, components, rss } = quasiDemeaned(kernels, k, y, x, start);
  const eta = Float64Array.from(y, (_, i) => {
    let sum = design.offset ? design.offset[i] : 0;
    for (let j = 0; j < k; j++) sum += x[i * k + j] * fit.coef[j];
    return sum;
  });
  return {
    fit: {
      ...fit,
      eta,
      scores: byUnit(fit.scores, k, start),
      scoreBy: 'group',
      loglik: gaussian(n, rss, components),
    },
    components,
    sigma2: rss / (n - k),
    x,
    k,
  };
}

/** σ of u and e, and θ: one number in a balanced panel, its range else. None has a standard error. */
export function componentParameters({ sigmaU, sigmaE, theta }: Components): Parameter[] {
  const least = theta.reduce((a, b) => Math.min(a, b));
  const most = theta.reduce((a, b) => Math.max(a, b));
  return [
    { name: 'sigma_u', estimate: sigmaU },
    { name: 'sigma_e', estimate: sigmaE },
    ...(least === most
      ? [{ name: 'theta', estimate: least }]
      : [
          { name: 'theta_min', estimate: least },
          { name: 'theta_max', estimate: most },
        ]),
  ];
}

/** Squared correlations of Stata's xtreg: of xβ and y as deviations from unit means, as unit means, and as they are. */
export function panelR2(design: Design, eta: Float64Array): Record<string, number> {
  const start = design.groupStart!;
  const correlation = (a: Float64Array, b: Float64Array) => {
    const mean = (v: Float64Array) => v.reduce((s, w) => s + w, 0) / v.length;
    const [ma, mb] = [mean(a), mean(b)];
    let [aa, bb, ab] = [0, 0, 0];
    for (let i = 0; i < a.length; i++) {
      aa += (a[i] - ma) ** 2;
      bb += (b[i] - mb) ** 2;
      ab += (a[i] - ma) * (b[i] - mb);
    }
    return (ab * ab) / (aa * bb);
  };
  const inside = (v: Float64Array) => demeaned(v, 1, start, () => 1);
  const found = {
    withinR2: correlation(inside(eta), inside(design.y)),
    betweenR2: correlation(unitMeans(eta, 1, start), unitMeans(design.y, 1, start)),
    overallR2: correlation(eta, design.y),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)));
}
