/** From a task to an estimate: start, Newton, boundary and separation, covariance. The six models meet here. */
import { alloc } from './memory';
import { conditionNumber, covarianceInto, evaluate, iterations, newton, newtonRoom, scaledGradient, setAuxiliaryFloor } from './newton';
import { poissonBase } from './rows';
import { isSeparated, suspectSeparation } from './separation';
import { boundarySlope, dispersionStart, groupStart, poissonStart } from './start';
import {
  auxiliaries, byGroup, get, NB1, NB2, NB_FE, NO_CONVERGENCE, NO_INTERIOR_MAXIMUM, NOT_POSITIVE_DEFINITE, OK,
  OUT_OF_MEMORY, POISSON, POISSON_BOUNDARY, put, SEPARATED, STEP_FAILED, Task, toInternal,
} from './task';

/** ln α (nb2) and ln δ (nb1) of a fit at the Poisson boundary. */
export const LN_BOUNDARY: f64 = -40;

/** Estimates a count model; theta (p) gets the internal estimate, vcov (p × p) its internal covariance. */
export function maximise(t: Task, start: usize, tol: f64, maxIter: i32, theta: usize, vcov: usize, scores: usize): i32 {
  if (!newtonRoom(t.p)) return OUT_OF_MEMORY;
  const model = t.model;
  let status: i32;
  if (start) memory.copy(theta, start, <usize>t.p << 3);
  if (start) toInternal(t, theta, theta);
  if (byGroup(model)) {
    if (!start) groupStart(t, theta);
    status = newton(t, theta, tol, maxIter);
  } else if (model == POISSON) {
    t.base = poissonBase(t);
    if (!start) poissonStart(t, theta);
    status = newton(t, theta, tol, maxIter);
  } else status = negbin(t, start != 0, tol, maxIter, theta);
  t.iterations = iterations;
  t.scaledGradient = scaledGradient;
  return finish(t, status, theta, vcov, scores);
}

/** As poisson, on the same task; leaves η at the Poisson means. */
function asPoisson(t: Task, theta: usize, tol: f64, maxIter: i32, fresh: bool): i32 {
  const model = t.model;
  t.model = POISSON;
  t.p = t.k;
  t.base = poissonBase(t);
  if (fresh) poissonStart(t, theta);
  const status = newton(t, theta, tol, maxIter);
  t.model = model;
  t.p = t.k + auxiliaries(model);
  t.base = 0;
  return status;
}

/**
 * nb1 and nb2: from the Poisson estimates and a moment estimate of the dispersion. Where the dispersion shrinks below
 * e⁻¹² of the mean count, the slope at 0 decides: not above 0 is the Poisson boundary, else the search goes on.
 */
function negbin(t: Task, started: bool, tol: f64, maxIter: i32, theta: usize): i32 {
  if (!started) {
    const status = asPoisson(t, theta, 1e-3, maxIter, true);
    if (status != OK && status != NO_CONVERGENCE) return status;
    put(theta, t.k, dispersionStart(t, t.model));
  }
  let most: f64 = 1;
  if (t.model == NB2) for (let i = 0; i < t.n; i++) most = max(most, get(t.y, i));
  setAuxiliaryFloor(-12 - Math.log(most));
  let status = newton(t, theta, tol, maxIter);
  setAuxiliaryFloor(-Infinity);
  if (status != POISSON_BOUNDARY) return status;
  const used = iterations;
  status = asPoisson(t, theta, tol, maxIter, true);
  if (status != OK) return status;
  if (boundarySlope(t, t.model) <= 0) {
    put(theta, t.k, LN_BOUNDARY);
    return POISSON_BOUNDARY;
  }
  put(theta, t.k, -11 - Math.log(most));
  return newton(t, theta, tol, maxIter - used > 10 ? maxIter - used : 10);
}

/** Last evaluation (with scores), covariance, condition; sorts out why a fit did not end well. */
function finish(t: Task, status: i32, theta: usize, vcov: usize, scores: usize): i32 {
  const p = t.p;
  memory.fill(vcov, 0, (<usize>p * p) << 3);
  t.scores = scores;
  if (status == POISSON_BOUNDARY) return finishBoundary(t, theta, vcov, scores);
  const evaluated = evaluate(t, theta);
  if (evaluated) return evaluated;
  if (status <= NOT_POSITIVE_DEFINITE || status == STEP_FAILED || status == NO_INTERIOR_MAXIMUM)
    if (suspectSeparation(t) && isSeparated(t)) return SEPARATED;
  t.condition = conditionNumber(t);
  const ok = covarianceInto(t, vcov);
  if (!ok) memory.fill(vcov, 0, (<usize>p * p) << 3);
  return status == OK && !ok ? NOT_POSITIVE_DEFINITE : status;
}

/** Poisson covariance and scores in the k × k corner; the auxiliary's row and column are 0. */
function finishBoundary(t: Task, theta: usize, vcov: usize, scores: usize): i32 {
  const k = t.k;
  const p = t.p;
  const model = t.model;
  const small = alloc(<f64>k * k * 8);
  if (!small) return OUT_OF_MEMORY;
  t.model = POISSON;
  t.p = k;
  t.base = poissonBase(t);
  evaluate(t, theta);
  t.condition = conditionNumber(t);
  const ok = covarianceInto(t, small);
  t.model = model;
  t.p = p;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) put(vcov, i * p + j, ok ? get(small, i * k + j) : 0.0);
  if (scores) widen(scores, t.n, k, p);
  return ok ? POISSON_BOUNDARY : NOT_POSITIVE_DEFINITE;
}

/** n rows of k doubles → n rows of p doubles, the rest 0; in place, from the last row. */
function widen(a: usize, n: i32, k: i32, p: i32): void {
  for (let i = n - 1; i >= 0; i--) {
    const to = a + ((<usize>i * p) << 3);
    memory.copy(to, a + ((<usize>i * k) << 3), <usize>k << 3);
    for (let j = k; j < p; j++) put(to, j, 0);
  }
}
