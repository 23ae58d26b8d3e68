/** One model on one problem from several starts, with the evidence that the best of them is the maximum. */
import { exp, type KernelFit, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import { constantColumn, type Model } from './models/model.ts';
import type { Certificate } from './types.ts';

export const DEFAULT_TOL = 1e-10;
export const DEFAULT_MAX_ITER = 100;
export const DEFAULT_SEED = 1;
/** Multiply-adds of one Newton iteration beyond which a model whose optimum is rarely in doubt gets one start. */
const MANY_STARTS_WORK = 5e7;

export interface EstimateOptions {
  tol?: number;
  maxIter?: number;
  seed?: number;
  /** One start only: null models and effects as dummies. */
  single?: boolean;
  /** A point close to the maximum: where the search from it succeeds there is no other. */
  near?: Float64Array;
  /** Whether the fit returned must carry its scores. Default false. */
  scores?: boolean;
}

export interface Estimate {
  fit: KernelFit;
  certificate: Certificate;
  /** Log-likelihoods of starts that ended elsewhere. */
  others: number[];
}

/** Uniform numbers in [0, 1) from a 32-bit seed (Steele, Lea, Flood 2014: SplitMix, 32-bit finaliser). */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The plain start with each coefficient moved by up to ±½ (of the outcome's spread, where it is not a logarithm's) per root-mean-square of its column, auxiliaries by up to ±1. */
function perturbed(start: Float64Array, { n, k, x }: Problem, seed: number, unit: number): Float64Array {
  const draw = uniform(seed);
  return start.map((value, j) => {
    let square = 0;
    for (let i = 0; j < k && i < n; i++) square += x[i * k + j] ** 2;
    const size = j < k ? (Math.sqrt(square / n) || 1) / unit : 0.5;
    return value + (draw() - 0.5) / size;
  });
}

/** Standard deviation of y. */
function spread({ n, y }: Problem): number {
  const mean = y.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
}

/** Further starts where some unit is at its Poisson limit already, and the work up to which they are made. */
const SCATTERED = 12;
const SCATTERED_WORK = 1e6;
/** Λ beyond this multiple of (1 + Y)² is the Poisson limit to three digits. */
const LIMIT = 1e3;

/**
 * Whether λ of some unit is so large that nb-fe is Poisson there. Its likelihood then has several maxima, at infinity too, in the
 * directions that raise λ of some units and not of others.
 */
function atLimit({ y, groupStart }: Problem, eta: Float64Array): boolean {
  for (let g = 0; g + 1 < (groupStart?.length ?? 0); g++) {
    let [counts, means] = [1, 0];
    for (let i = groupStart![g]; i < groupStart![g + 1]; i++) {
      counts += y[i];
      means += exp(eta[i]);
    }
    if (means > LIMIT * counts * counts) return true;
  }
  return false;
}

/** Slopes of about ±2 per standard deviation of their columns, and η = 10 at the means: a start with λ far apart. */
function scattered({ n, k, x }: Problem, constant: number, p: number, draw: () => number): Float64Array {
  const start = new Float64Array(p);
  let level = 10;
  for (let j = 0; j < k; j++) {
    if (j === constant) continue;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) sum += x[i * k + j];
    for (let i = 0; i < n; i++) squares += (x[i * k + j] - sum / n) ** 2;
    start[j] = (8 * (draw() - 0.5)) / (Math.sqrt(squares / n) || 1);
    level -= (start[j] * sum) / n;
  }
  if (constant >= 0) start[constant] = level;
  return start;
}

/** Same maximum: log-likelihood within 1e-9 relative and every parameter within 1e-5 standard errors. */
function agrees(a: KernelFit, b: KernelFit): boolean {
  if (Math.abs(a.loglik - b.loglik) > 1e-9 * Math.max(1, Math.abs(b.loglik))) return false;
  const p = b.coef.length;
  return b.coef.every(
    (value, j) => Math.abs(a.coef[j] - value) <= 1e-5 * Math.sqrt(b.vcov[j * p + j]) + 1e-9 * Math.abs(value),
  );
}

/** Boundary fits of NB1 and NB2 are results too. */
const succeeded = (fit: KernelFit) => fit.status === Status.ok || fit.status === Status.poissonBoundary;

/**
 * A start that found ℓ rising to infinity (or, where no start succeeded, any that says why), no lower than the best point:
 * that point is no maximum then.
 */
const unbounded = (fits: KernelFit[], top: KernelFit) =>
  fits.find(
    ({ status, loglik }) =>
      (status === Status.noInteriorMaximum || status === Status.separated) &&
      (!succeeded(top) || loglik >= top.loglik - 1e-9 * Math.max(1, Math.abs(top.loglik))),
  );

const certificateOf = (
  { scaledGradient, hessianCondition }: KernelFit,
  starts: number,
  agreeing: number,
): Certificate => ({ scaledGradient, hessianCondition, starts, agreeing });

/**
 * The best of up to three optima: from the kernel's own start, the plain start, and one perturbed by `seed`.
 * @returns the fit of highest log-likelihood (a failed one if every start failed, or one of them found
 * no bound below that height) and its certificate.
 */
export function estimate(model: Model, problem: Problem, kernels: Kernels, options: EstimateOptions = {}): Estimate {
  const { tol = DEFAULT_TOL, maxIter = DEFAULT_MAX_ITER, seed = DEFAULT_SEED } = options;
  const run = (start?: Float64Array, scores = false) =>
    kernels.fit(model.kernel, problem, { tol, maxIter, scores, ...(start && { start }) });
  const close = options.near && run(options.near, options.scores);
  if (close && succeeded(close)) return { fit: close, certificate: certificateOf(close, 1, 1), others: [] };
  const first = run(undefined, options.scores);
  const work = problem.n * problem.k * problem.k;
  const hopeless =
    first.status === Status.badInput || first.status === Status.notCount || first.status === Status.outOfMemory;
  const fits = [first];
  if (model.starts > 1 && !options.single && !hopeless && (model.grouped || work < MANY_STARTS_WORK)) {
    const plain = model.plainStart(problem);
    fits.push(run(plain), run(perturbed(plain, problem, seed, model.kernel === 'frontier' ? spread(problem) : 1)));
    for (const start of model.furtherStarts?.(problem, kernels) ?? []) fits.push(run(start));
  }
  if (
    model.key === 'nb-fe' &&
    fits.length > 1 &&
    work < SCATTERED_WORK &&
    fits.some((fit) => succeeded(fit) && atLimit(problem, fit.eta))
  ) {
    const draw = uniform(seed);
    const constant = constantColumn(problem);
    for (let more = 0; more < SCATTERED; more++) fits.push(run(scattered(problem, constant, first.coef.length, draw)));
  }
  const reached = fits.filter(succeeded);
  const top = reached.reduce((a, b) => (b.loglik > a.loglik + 1e-9 * Math.abs(a.loglik) ? b : a), reached[0] ?? first);
  const best = unbounded(fits, top) ?? top;
  const same = reached.filter((fit) => agrees(fit, best));
  const fit = best !== first && options.scores && succeeded(best) ? run(best.coef, true) : best;
  return {
    fit,
    certificate: certificateOf(best, fits.length, same.length),
    others: reached.filter((fit) => !same.includes(fit)).map((fit) => fit.loglik),
  };
}
