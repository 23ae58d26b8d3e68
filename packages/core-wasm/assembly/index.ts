/** The flat ABI: the only exports that JavaScript sees. src/index.ts makes typed calls of them. */
import { symEigen as eigen } from './eigen';
import { maximise } from './fit';
import { addGram, blockRows, cholesky, choleskyInverse, stride } from './matrix';
import { alloc, mark, reset } from './memory';
import { evaluate as evaluateTask, newtonRoom } from './newton';
import { fitOls } from './ols';
import { orthogonalise } from './orthogonal';
import { poissonBase } from './rows';
import { efficiencies } from './efficiency';
import { tail, tailC, tailK, tailW } from './normal';
import { digamma, lgamma, log1p, trigamma, trigammaDifference } from './special';
import { lgammaSteps, stepSums, sumE } from './steps';
import {
  covarianceToUser, gradientToUser, hessianToUser, standardise, toInternal, toUser,
} from './scale';
import { byGroup, checkRows, get, newTask, OK, OLS, OUT_OF_MEMORY, POISSON, put, setShape, Task } from './task';
import { expInto, logInto } from './vmath';

export { alloc, mark, reset, stride };
export { rankColumns } from './rank';
export {
  arrange, arrangeNone, countScores, fillWeights, gatherDoubles, gatherRows, olsScores, scatterCodes, scatterDoubles,
  scatterColumn, scatterRows, olsFitted,
} from './absorb-arrange';
export { components, denseCodes } from './effects';
export { philoxInto } from './rng';
export { resampleDraw, resampleOpen, resampleRun } from './resample';
export { planCreate, planLaplace, planWeights } from './absorb-plan';
export { apply, centre, remaining } from './demean';
export { project } from './project';
export {
  moveBack, nb2Mean, nb2Summary, nb2Work, olsResidual, poissonMean, poissonSummary, poissonWork, proportionalFit, takeStep,
} from './absorb-rows';

let task: Task | null = null;

/**
 * Takes the problem; x holds n × k values at the end of n × stride(k) room. Pointers are 0 where absent.
 * Returns a status; the task serves the following {@link fit} or {@link evaluate}.
 */
export function prepare(
  model: i32, n: i32, k: i32, g: i32, y: usize, x: usize, offset: usize, w: usize, group: usize,
): i32 {
  const t = newTask(model, n, k);
  task = t;
  if (!t) return OUT_OF_MEMORY;
  t.g = g;
  t.y = y;
  t.x = x;
  t.offset = offset;
  t.w = w;
  t.group = group;
  let status = checkRows(t);
  if (!status) status = standardise(t, model != OLS);
  if (!status && model != OLS && !orthogonalise(t)) return OUT_OF_MEMORY;
  return status;
}

/**
 * Fits the prepared task. Outputs: theta p, vcov p × p, scores rows × p or 0, eta n,
 * scalars {log-likelihood, iterations, scaled gradient, condition}; all in the user's scale.
 */
export function fit(
  start: usize, tol: f64, maxIter: i32, theta: usize, vcov: usize, scores: usize, eta: usize, scalars: usize,
): i32 {
  const t = task!;
  const p = t.p;
  const status =
    t.model == OLS ? fitOls(t, theta, vcov, scores) : maximise(t, start, tol, maxIter, theta, vcov, scores);
  put(scalars, 0, t.loglik);
  put(scalars, 1, <f64>t.iterations);
  put(scalars, 2, t.scaledGradient);
  put(scalars, 3, t.condition);
  memory.copy(eta, t.eta, <usize>t.n << 3);
  toUser(t, theta, theta);
  covarianceToUser(t, vcov);
  const rows = byGroup(t.model) ? t.g : t.n;
  if (scores) for (let i = 0; i < rows; i++) gradientToUser(t, scores + ((<usize>i * p) << 3));
  return status;
}

/** Log-likelihood (scalars[0]), gradient p and Hessian p × p of the prepared task at the user's theta. */
export function evaluate(theta: usize, gradient: usize, hessian: usize, scalars: usize): i32 {
  const t = task!;
  const p = t.p;
  if (!newtonRoom(p)) return OUT_OF_MEMORY;
  if (t.model == POISSON) t.base = poissonBase(t);
  toInternal(t, theta, theta);
  const status = evaluateTask(t, theta);
  if (status) return status;
  put(scalars, 0, t.loglik);
  memory.copy(gradient, t.grad, <usize>p << 3);
  for (let i = 0; i < p * p; i++) put(hessian, i, -get(t.neg, i));
  gradientToUser(t, gradient);
  hessianToUser(t, hessian);
  return OK;
}

/**
 * What the frontiers prepared from now on are: law of u, n × m regressors z of μ (0 for none), n distances to the last period (0: no
 * decay), noise of counts, an effect of the unit, nodes of the quadrature, whether a fit is to be that without inefficiency. The pointers are read until the problem is done with.
 */
export function frontierShape(law: i32, m: i32, z: usize, decay: usize, noise: i32, random: i32, nodes: i32, baseOnly: i32): void {
  setShape(law, m, z, decay, noise != 0, random != 0, nodes, baseOnly != 0);
}

/**
 * For each unit of the prepared frontier at the user's theta (p): E(u), E(e⁻ᵘ), and the limits of e⁻ᵘ between which it lies with
 * probability `level`; 4 numbers a row into out, then, with an effect of the unit, E(w) of each row. A status.
 */
export function efficiency(theta: usize, level: f64, out: usize): i32 {
  const t = task!;
  toInternal(t, theta, theta);
  return efficiencies(t, theta, level, out);
}

/** X'WX into out (k × k, full); x as for {@link prepare}; w may be 0. */
export function crossprod(n: i32, k: i32, x: usize, w: usize, out: usize): i32 {
  const t = newTask(OLS, n, k);
  if (!t) return OUT_OF_MEMORY;
  const ld = t.ld;
  const raw = x + ((<usize>(ld - k) * n) << 3);
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  memory.fill(t.D, 0, (<usize>t.block * ld) << 3);
  for (let from = 0; from < n; from += t.block) {
    const rows = min(t.block, n - from);
    for (let r = 0; r < rows; r++) {
      memory.copy(t.D + ((<usize>r * ld) << 3), raw + ((<usize>(from + r) * k) << 3), <usize>k << 3);
      put(t.rowW, r, w ? get(w, from + r) : 1.0);
    }
    addGram(t.D, ld, rows, t.rowW, t.S, t.G);
  }
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      put(out, i * k + j, get(t.G, i * ld + j));
      put(out, j * k + i, get(t.G, i * ld + j));
    }
  return OK;
}

/** Inverse of symmetric positive definite a (k × k, destroyed) into out; 0 where it is not positive definite. */
export function inverse(k: i32, a: usize, out: usize): i32 {
  if (!cholesky(a, k, a, 1e-15)) return 0;
  choleskyInverse(a, k, out);
  return 1;
}

/** Eigenvalues (k, ascending) and eigenvectors (columns of k × k) of symmetric a, which is destroyed. */
export function symEigen(k: i32, a: usize, values: usize, vectors: usize): void {
  eigen(a, k, values, vectors);
}

/** out[i] = f(x[i]); which: 0 exp, 1 log, 2 log1p, 3 lgamma, 4 digamma, 5 trigamma. */
export function special(which: i32, n: i32, x: usize, out: usize): void {
  if (which == 0) expInto(x, out, n);
  else if (which == 1) logInto(x, out, n);
  else
    for (let i = 0; i < n; i++) {
      const v = get(x, i);
      if (which > 5) {
        tail(v);
        put(out, i, which == 6 ? tailW : which == 7 ? tailK : tailC);
      } else put(out, i, which == 2 ? log1p(v) : which == 3 ? lgamma(v) : which == 4 ? digamma(v) : trigamma(v));
    }
}

/** out[i] = difference of lnΓ (order 0), ψ (1) or ψ′ (2) between x[i] + y[i] and x[i]. */
export function gammaDifference(order: i32, n: i32, x: usize, y: usize, out: usize): void {
  for (let i = 0; i < n; i++) {
    const a = get(x, i);
    const b = get(y, i);
    if (!(a > 0 && b >= 0)) put(out, i, NaN);
    else if (order == 0) put(out, i, lgammaSteps(a, b));
    else if (order == 2) put(out, i, b < 1 ? 0.0 : -trigammaDifference(a, b));
    else {
      stepSums(a, b);
      put(out, i, sumE / a);
    }
  }
}
