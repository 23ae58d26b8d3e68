/**
 * Newton's method for one replicate from where its free step has led, without the likelihood. It ends well where the error that the
 * last steps predict is below `tol`; whatever looks doubtful is left to the damped path. Steps are in the standardised scale.
 */
import { contract, derivatives, moveAlong } from './resample-cache';
import { largestCount } from './boundary';
import { largest, PIVOT, SQUARES_PIVOT, thirdDerivatives } from './free-step';
import { cholesky, choleskySolve } from './matrix';
import { alloc } from './memory';
import { nbfeDerivatives, nbfeScore } from './nbfe';
import { Layout } from './nbfe-layout';
import { dispersed, get, NB_RE, NO_CONVERGENCE, NOT_POSITIVE_DEFINITE, OK, OLS, put, Task } from './task';
import { log1 } from './vmath';

/** Longest step, and half of the longest way from the optimum of the full sample. */
const LONGEST: f64 = 4;
/** ln α below this less the log of the largest count, |ln r| or |ln s| above RUNAWAY: for the damped path to judge. */
const FLOOR: f64 = -10;
const RUNAWAY: f64 = 15;
/** First step, and contraction, above which a score with an old −Hessian does not do. */
const SLOW: f64 = 0.05;
/** The first chord step contracts at most this many times as much as Newton's step before it did. */
const FIRST: f64 = 3;
/** Predicted errors below this share of the smallest coefficient, for coefficients near 0. */
const SHARE: f64 = 1e-10;

let tol: f64 = 0;
let maxIter: i32 = 0;
let floor: f64 = 0;
let optimum: usize = 0;
let step: usize = 0;
let extra: usize = 0;
let factor: usize = 0;

/** Evaluations of the current replicate. */
export let used: i32 = 0;
export function setUsed(count: i32): void {
  used = count;
}

export function climbRoom(t: Task, from: usize, tolerance: f64, steps: i32): bool {
  const p = <f64>t.p;
  optimum = from;
  tol = tolerance;
  maxIter = steps;
  if (dispersed(t.model)) floor = FLOOR - log1(largestCount(t));
  step = alloc(p * 8);
  extra = alloc(p * 8);
  factor = alloc(p * p * 8);
  return step != 0 && extra != 0 && factor != 0;
}

/** Any model, on the rows of the replicate; ols takes one step. */
export function climb(c: Task, theta: usize): i32 {
  const p = c.p;
  let before: f64 = 0;
  while (used < maxIter) {
    const status = derivatives(c, theta);
    if (status) return status;
    used++;
    if (!cholesky(c.neg, p, factor, c.model == OLS ? SQUARES_PIVOT : PIVOT)) return NOT_POSITIVE_DEFINITE;
    choleskySolve(factor, p, c.grad, step);
    const size = take(c, theta);
    if (c.model == OLS) return OK;
    if (!(size >= 0)) return NO_CONVERGENCE;
    if (done(c, theta, newtonError(size, before))) return OK;
    before = size;
  }
  return NO_CONVERGENCE;
}

/**
 * nb-fe, on the fast evaluation. One −Hessian, moved along its own step by the third derivatives, serves the scores of the steps
 * that follow. ETA_OVERFLOW: groups.ts has to do it.
 */
export function climbFast(c: Task, s: Layout, theta: usize): i32 {
  const p = c.p;
  let before: f64 = 0;
  let whole = true;
  let contraction: f64 = 0;
  while (used < maxIter) {
    const status = whole ? nbfeDerivatives(c, s, theta) : nbfeScore(c, s, theta);
    if (status) return status;
    used++;
    if (whole && !cholesky(c.neg, p, factor, PIVOT)) return NOT_POSITIVE_DEFINITE;
    choleskySolve(factor, p, c.grad, step);
    if (whole) bend(p);
    const size = take(c, theta);
    if (!(size >= 0)) return NO_CONVERGENCE;
    const ratio = before > 0 ? size / before : 0;
    if (whole) {
      if (done(c, theta, newtonError(size, before))) return OK;
      whole = size > SLOW || !moveHessian(c);
      contraction = 0;
    } else {
      contraction = contraction > 0 ? ratio : FIRST * ratio;
      if (size <= 1e-14 || done(c, theta, size * contraction)) return OK;
      whole = ratio > SLOW;
    }
    before = size;
  }
  return NO_CONVERGENCE;
}

/** Moves theta by `step`; its size, or NaN where it is too long or has led astray. */
function take(c: Task, theta: usize): f64 {
  for (let j = 0; j < c.p; j++) put(theta, j, get(theta, j) + get(step, j));
  const size = largest(step, c.p);
  return size < LONGEST && !strayed(c, theta) ? size : NaN;
}

/** Far from the full-sample optimum, or where an auxiliary may be on its way to a boundary. */
function strayed(c: Task, theta: usize): bool {
  for (let j = 0; j < c.p; j++) if (!(abs(get(theta, j) - get(optimum, j)) < 2 * LONGEST)) return true;
  if (dispersed(c.model)) return get(theta, c.k) < floor;
  return c.model == NB_RE && max(abs(get(theta, c.k)), abs(get(theta, c.k + 1))) > RUNAWAY;
}

/** Error after a Newton step of `size` that followed one of `before` (0: none): their curvature, or 10, times the square. */
function newtonError(size: f64, before: f64): f64 {
  const curvature = before > 0 ? min(max(size / (before * before), 1.0), 1e4) : 10.0;
  return size * size * curvature;
}

/** Whether `left` is below tol, and below a share of every coefficient unless it is rounding, as it must be in a basis of x. */
function done(c: Task, theta: usize, left: f64): bool {
  if (!(left <= tol)) return false;
  if (left <= 1e-15) return true;
  if (c.basis) return false;
  for (let j = 0; j < c.p; j++) if (j != c.constant && left > SHARE * abs(get(theta, j))) return false;
  return true;
}

/** Adds to a Newton step what the third derivatives say about it (Chebyshev's step), unless that is more than half of it. */
function bend(p: i32): void {
  const third = thirdDerivatives();
  if (!third) return;
  contract(third, p, step, extra);
  choleskySolve(factor, p, extra, extra);
  if (!(largest(extra, p) <= 0.5 * largest(step, p))) return;
  for (let j = 0; j < p; j++) put(step, j, get(step, j) + get(extra, j));
}

/** The factor of −H one step on; false where it is not positive definite. */
function moveHessian(c: Task): bool {
  const third = thirdDerivatives();
  if (!third) return true;
  moveAlong(third, c.p, step, c.neg);
  return cholesky(c.neg, c.p, factor, PIVOT);
}
