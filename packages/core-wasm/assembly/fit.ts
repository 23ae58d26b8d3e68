/** From a task to an estimate: start, Newton, boundary and separation, covariance. The models meet here. */
import { alloc } from './memory';
import { finishFrozen, overInefficiency } from './frontiers';
import { defaultStart, lost, overPoisson } from './boundary';
import { conditionNumber } from './condition';
import { atInfinity, supremum, withinLimits } from './limits';
import { covarianceInto, evaluate, iterations, newton, newtonRoom, scaledGradient } from './newton';
import { overEffects } from './random-search';
import { withoutEffect } from './random-frontier';
import { poissonBase } from './rows';
import { isSeparated, suspectSeparation } from './separation';
import {
  dispersed, ETA_OVERFLOW, get, isFrontier, NB_FE, NB_RE, NO_INTERIOR_MAXIMUM, NOT_POSITIVE_DEFINITE, OK, OUT_OF_MEMORY, POISSON,
  POISSON_BOUNDARY, POISSON_RE, put, SEPARATED, Task,
} from './task';
import { toInternal } from './scale';

/** A start from which the search gets lost is pulled this many times halfway to the default start. */
const PULLS = 4;
/**
 * Estimates a count model; theta (p) gets the internal estimate, vcov (p × p) its internal covariance. `start` (p, in the
 * user's scale) or 0 for the default start. Far out, likelihoods have plateaus on which double precision sees no slope (nb-fe
 * at large λ); a search that ends there is repeated from halfway to the default start.
 */
export function maximise(t: Task, start: usize, tol: f64, maxIter: i32, theta: usize, vcov: usize, scores: usize): i32 {
  if (!newtonRoom(t.p)) return OUT_OF_MEMORY;
  t.condition = Infinity;
  if (t.model == POISSON) t.base = poissonBase(t);
  let status: i32;
  let used = 0;
  if (start) {
    toInternal(t, start, start);
    memory.copy(theta, start, <usize>t.p << 3);
    status = climb(t, tol, maxIter, theta, false);
    if (lost(status) && isSeparated(t)) status = SEPARATED;
    for (let pull = 0; pull < PULLS && lost(status) && !t.random; pull++) {
      used += iterations;
      defaultStart(t, theta);
      for (let j = 0; j < t.p; j++) {
        put(start, j, 0.5 * (get(start, j) + get(theta, j)));
        put(theta, j, get(start, j));
      }
      status = climb(t, tol, maxIter, theta, false);
    }
  } else {
    status = defaultStart(t, theta);
    if (status == OK) status = climb(t, tol, maxIter, theta, true);
    if (status == ETA_OVERFLOW && isSeparated(t)) status = SEPARATED;
  }
  t.iterations = used + iterations;
  t.scaledGradient = scaledGradient;
  status = finish(t, status, theta, vcov, scores);
  if (t.random && withoutEffect(t, theta)) {
    const at = t.k + 1;
    for (let j = 0; j < t.p; j++) {
      put(vcov, at * t.p + j, 0);
      put(vcov, j * t.p + at, 0);
    }
  }
  return status;
}

/** @param first from the model's own start. */
function climb(t: Task, tol: f64, maxIter: i32, theta: usize, first: bool): i32 {
  if (t.random) return overEffects(t, tol, maxIter, theta);
  if (isFrontier(t.model)) return overInefficiency(t, tol, maxIter, theta);
  if (dispersed(t.model)) return overPoisson(t, tol, maxIter, theta);
  if (t.model == NB_RE) return withinLimits(t, tol, maxIter, theta);
  const status = newton(t, theta, tol, maxIter);
  return t.model == NB_FE ? atInfinity(t, status, tol, maxIter, theta, first) : status;
}

/** Last evaluation (with scores), covariance, condition; sorts out why a fit did not end well. */
function finish(t: Task, status: i32, theta: usize, vcov: usize, scores: usize): i32 {
  const p = t.p;
  memory.fill(vcov, 0, (<usize>p * p) << 3);
  t.scores = scores;
  if (status == POISSON_BOUNDARY && isFrontier(t.model)) return finishFrozen(t, theta, vcov, scores);
  if (status == POISSON_BOUNDARY) return finishBoundary(t, theta, vcov, scores);
  // newton leaves the evaluation at theta behind; only scores need another
  const evaluated = scores || status >= NOT_POSITIVE_DEFINITE ? evaluate(t, theta) : OK;
  if (evaluated) t.loglik = -Infinity;
  if (status == NO_INTERIOR_MAXIMUM && t.model == NB_RE) t.loglik = max(t.loglik, supremum);
  if (evaluated && status != SEPARATED) return evaluated;
  if (status == SEPARATED || ((status != OK || suspectSeparation(t)) && isSeparated(t))) return SEPARATED;
  t.condition = conditionNumber(t);
  const ok = covarianceInto(t, vcov);
  if (!ok) memory.fill(vcov, 0, (<usize>p * p) << 3);
  return status == OK && !ok ? NOT_POSITIVE_DEFINITE : status;
}

/**
 * Poisson covariance and scores in the k × k corner; the auxiliary's row and column are 0. poisson-re is evaluated as itself
 * at α = 4e-18, where it is Poisson to the last bit, since its scores are by group.
 */
function finishBoundary(t: Task, theta: usize, vcov: usize, scores: usize): i32 {
  const k = t.k;
  const p = t.p;
  const model = t.model;
  const small = alloc(<f64>k * k * 8);
  if (!small) return OUT_OF_MEMORY;
  if (model != POISSON_RE) {
    t.model = POISSON;
    t.p = k;
    t.base = poissonBase(t);
  }
  const status = evaluate(t, theta);
  if (status) return status;
  if (model == POISSON_RE) {
    for (let i = 0; i < k; i++) memory.copy(t.neg + ((<usize>i * k) << 3), t.neg + ((<usize>i * p) << 3), <usize>k << 3);
    t.p = k;
    if (scores) for (let g = 0; g < t.g; g++) put(scores, g * p + k, 0);
  } else if (scores) widen(scores, t.n, k, p);
  t.condition = conditionNumber(t);
  const ok = covarianceInto(t, small);
  t.model = model;
  t.p = p;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) put(vcov, i * p + j, ok ? get(small, i * k + j) : 0.0);
  return ok ? POISSON_BOUNDARY : NOT_POSITIVE_DEFINITE;
}

/** n rows of k doubles → n rows of p doubles, the rest 0; in place, from the last row. */
export function widen(a: usize, n: i32, k: i32, p: i32): void {
  for (let i = n - 1; i >= 0; i--) {
    const to = a + ((<usize>i * p) << 3);
    memory.copy(to, a + ((<usize>i * k) << 3), <usize>k << 3);
    for (let j = k; j < p; j++) put(to, j, 0);
  }
}
