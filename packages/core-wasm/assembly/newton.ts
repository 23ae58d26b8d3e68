/**
 * Newton's method on a log-likelihood with analytic derivatives: |eigenvalue|-modified where −H is not positive definite
 * (Greenstadt 1967), steps capped in the standardised scale and halved until the log-likelihood does not fall.
 */
import { symEigen } from './eigen';
import { atFloor, evaluateFrontiers, runsAway } from './frontiers';
import { evaluateGroups } from './groups';
import { cholesky, choleskySolve, dotSmall } from './matrix';
import { alloc } from './memory';
import { evaluateRows } from './rows';
import { isSeparated, suspectSeparation } from './separation';
import {
  byGroup, dispersed, get, isFrontier, NB_RE, NO_CONVERGENCE, NO_INTERIOR_MAXIMUM, NOT_POSITIVE_DEFINITE, OK,
  POISSON_BOUNDARY, put, SEPARATED, STEP_FAILED, Task,
} from './task';

/** Pivots of the diagonally scaled −H below this are not told from 0. */
const PIVOT: f64 = 1e-13;
/** Largest first step in any standardised parameter; doubles after full steps. */
const FIRST_CAP: f64 = 2;
const LAST_CAP: f64 = 16;
/** A Newton step of this size in a standardised parameter is no convergence, however flat the likelihood. */
const RUNNING: f64 = 0.1;
const STALL = 4;
/** After this many iterations rows that are being sent to μ = 0 are looked at. */
const LOOK = 15;
/** Gains below this share of the rounding of ℓ are not looked for. */
const UNSEEN: f64 = 0.1;
/** Below this the scaled gradient is rounding. */
const POLISHED: f64 = 1e-12;
/** Above this many parameters a Jacobi eigenproblem takes too long. */
const MANY = 64;

let diagonal: usize = 0;
let factor: usize = 0;
let vectors: usize = 0;
let values: usize = 0;
let step: usize = 0;
let trial: usize = 0;
let work: usize = 0;

/** Set by {@link newton}. */
export let iterations: i32 = 0;
export let scaledGradient: f64 = 0;
export let positiveDefinite: bool = false;
/** What a search in several parts has used. */
export function setIterations(value: i32): void {
  iterations = value;
}
/** Of the search that is kept, where another came after it. */
export function setScaledGradient(value: f64): void {
  scaledGradient = value;
}

/** Room for problems of p parameters; false where memory is short. */
export function newtonRoom(p: i32): bool {
  const square = <f64>p * p * 8;
  diagonal = alloc(<f64>p * 8);
  factor = alloc(square);
  vectors = alloc(square);
  values = alloc(<f64>p * 8);
  step = alloc(<f64>p * 8);
  trial = alloc(<f64>p * 8);
  work = alloc(<f64>p * 8);
  return diagonal != 0 && factor != 0 && vectors != 0 && values != 0 && step != 0 && trial != 0 && work != 0;
}

/** Log-likelihood, gradient and −Hessian of the task at internal theta. */
export function evaluate(t: Task, theta: usize): i32 {
  if (isFrontier(t.model)) return evaluateFrontiers(t, theta);
  return byGroup(t.model) ? evaluateGroups(t, theta) : evaluateRows(t, theta);
}

/** D^-½ (−H) D^-½ into `factor`, D = |diag(−H)|; its Cholesky factor where it is positive definite. */
function factorise(t: Task): bool {
  const p = t.p;
  for (let i = 0; i < p; i++) {
    const d = sqrt(abs(get(t.neg, i * p + i)));
    put(diagonal, i, d > 0 ? 1 / d : 1.0);
  }
  scaleInto(t, factor);
  return cholesky(factor, p, factor, PIVOT);
}

function scaleInto(t: Task, out: usize): void {
  const p = t.p;
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++)
      put(out, i * p + j, get(t.neg, i * p + j) * get(diagonal, i) * get(diagonal, j));
}

/** Newton step into `step`; sets {@link scaledGradient} and {@link positiveDefinite}. */
function newtonStep(t: Task): void {
  const p = t.p;
  positiveDefinite = factorise(t);
  for (let i = 0; i < p; i++) put(work, i, get(t.grad, i) * get(diagonal, i));
  if (positiveDefinite) choleskySolve(factor, p, work, step);
  else if (p <= MANY) eigenStep(t);
  else liftedStep(t);
  if (positiveDefinite || p <= MANY) for (let i = 0; i < p; i++) put(step, i, get(step, i) * get(diagonal, i));
  scaledGradient = sqrt(max(dotSmall(t.grad, step, p), 0.0));
}

/** As {@link eigenStep} for many parameters: the smallest multiple of the diagonal that makes −H positive definite. */
function liftedStep(t: Task): void {
  for (let shift: f64 = 1e-3; shift < 1e4; shift *= 10) if (shiftedStep(t, shift)) return;
  memory.fill(step, 0, <usize>t.p << 3);
}

/** step = V |λ|⁻¹ V' g in the scaled space; directions with |λ| at rounding level are left alone. */
function eigenStep(t: Task): void {
  const p = t.p;
  scaleInto(t, factor);
  symEigen(factor, p, values, vectors);
  const floor = 1e-14 * max(abs(get(values, 0)), abs(get(values, p - 1)));
  for (let i = 0; i < p; i++) put(step, i, 0);
  for (let j = 0; j < p; j++) {
    const lambda = abs(get(values, j));
    if (!(lambda > floor)) continue;
    let z: f64 = 0;
    for (let i = 0; i < p; i++) z += get(vectors, i * p + j) * get(work, i);
    z /= lambda;
    for (let i = 0; i < p; i++) put(step, i, get(step, i) + z * get(vectors, i * p + j));
  }
}

/** Direction of least curvature of the last evaluation into out (p); false where that takes too long. */
export function flattest(t: Task, out: usize): bool {
  const p = t.p;
  if (p > MANY) return false;
  factorise(t);
  scaleInto(t, factor);
  symEigen(factor, p, values, vectors);
  let least = 0;
  for (let j = 1; j < p; j++) if (abs(get(values, j)) < abs(get(values, least))) least = j;
  for (let i = 0; i < p; i++) put(out, i, get(vectors, i * p + least) * get(diagonal, i));
  return true;
}

function largest(a: usize, p: i32): f64 {
  let m: f64 = 0;
  for (let i = 0; i < p; i++) m = max(m, abs(get(a, i)));
  return m;
}

/** nb-re: |ln r| or |ln s| beyond this has run away. */
export let auxiliaryCeiling: f64 = Infinity;
export function setAuxiliaryCeiling(value: f64): void {
  auxiliaryCeiling = value;
}

function runaway(t: Task, theta: usize): bool {
  const k = t.k;
  if (isFrontier(t.model)) return runsAway(t, theta);
  return t.model == NB_RE && max(abs(get(theta, k)), abs(get(theta, k + 1))) > auxiliaryCeiling;
}

/** The gradient has died away while the Newton step has not: the supremum is at infinity. */
function awayStatus(t: Task): i32 {
  return byGroup(t.model) ? NO_INTERIOR_MAXIMUM : NO_CONVERGENCE;
}

let best: f64 = 0;
let rounds: i32 = 0;

/** The scaled gradient, below 10⁻³ and worth less than the rounding of ℓ, has not halved for STALL iterations. */
function stalled(t: Task): bool {
  if (scaledGradient < 0.5 * best) {
    best = scaledGradient;
    rounds = 0;
    return false;
  }
  rounds++;
  return rounds >= STALL && scaledGradient < 1e-3 && scaledGradient * scaledGradient < 1e-13 * (1 + abs(t.loglik));
}

/** Where nb1, nb2 and poisson-re are told from Poisson no more without a look at the boundary: ln α below this is suspect. */
export let auxiliaryFloor: f64 = -Infinity;
export function setAuxiliaryFloor(value: f64): void {
  auxiliaryFloor = value;
}

/**
 * Maximises from theta (internal, changed in place). Converged: √(g'H⁻¹g) ≤ tol, or a Newton step at rounding level, or a
 * scaled gradient that rounding keeps from falling further; and in each case a small Newton step.
 * Up to two further Newton steps polish the optimum. Afterwards the task holds the evaluation at theta.
 */
export function newton(t: Task, theta: usize, tol: f64, maxIter: i32): i32 {
  const p = t.p;
  iterations = 0;
  scaledGradient = Infinity;
  best = Infinity;
  rounds = 0;
  let status = evaluate(t, theta);
  if (status) return status;
  let cap = FIRST_CAP;
  while (true) {
    newtonStep(t);
    if (positiveDefinite && (scaledGradient <= tol || atRounding(theta, p) || stalled(t)))
      return largest(step, p) < RUNNING ? polish(t, theta) : awayStatus(t);
    if (!positiveDefinite && scaledGradient <= tol) return NOT_POSITIVE_DEFINITE;
    if (dispersed(t.model) && get(theta, t.k) < auxiliaryFloor) return POISSON_BOUNDARY;
    if (isFrontier(t.model) && atFloor(t, theta)) return POISSON_BOUNDARY;
    if (runaway(t, theta)) return NO_INTERIOR_MAXIMUM;
    if (iterations == LOOK && suspectSeparation(t) && isSeparated(t)) return SEPARATED;
    if (iterations >= maxIter) return NO_CONVERGENCE;
    iterations++;
    const taken = advance(t, theta, cap);
    if (taken == 0) return positiveDefinite ? STEP_FAILED : NOT_POSITIVE_DEFINITE;
    cap = taken == 1 ? min(2 * cap, LAST_CAP) : max(FIRST_CAP, 0.5 * cap);
  }
}

/**
 * One accepted move along `step`, or along steps shifted towards the scaled gradient (Levenberg–Marquardt) where that
 * fails. Returns the share of the capped length that was taken, 0 where nothing improves (the task is then back at theta).
 */
function advance(t: Task, theta: usize, cap: f64): f64 {
  const p = t.p;
  for (let shift: f64 = 0; shift < 1e4; shift = shift == 0 ? 1e-8 : 100 * shift) {
    if (shift > 0 && (evaluate(t, theta) || !shiftedStep(t, shift))) continue;
    const size = largest(step, p);
    if (!(size > 0 && size < Infinity)) continue;
    const invisible = !positiveDefinite && dotSmall(t.grad, step, p) < 1e-13 * (1 + abs(t.loglik));
    const scale = size > cap || invisible ? cap / size : 1.0;
    const taken = search(t, theta, scale);
    if (taken > 0) return taken / scale;
  }
  evaluate(t, theta);
  return 0;
}

/** step = (−H + shift D)⁻¹ g; false where the matrix is still not positive definite. */
function shiftedStep(t: Task, shift: f64): bool {
  const p = t.p;
  factorise(t);
  scaleInto(t, factor);
  for (let i = 0; i < p; i++) put(factor, i * p + i, get(factor, i * p + i) + shift);
  if (!cholesky(factor, p, factor, PIVOT)) return false;
  for (let i = 0; i < p; i++) put(work, i, get(t.grad, i) * get(diagonal, i));
  choleskySolve(factor, p, work, step);
  for (let i = 0; i < p; i++) put(step, i, get(step, i) * get(diagonal, i));
  return true;
}

/** The Newton step changes no standardised parameter by more than rounding does. */
function atRounding(theta: usize, p: i32): bool {
  return largest(step, p) <= 1e-13 * (1 + largest(theta, p));
}

/**
 * Moves theta along `step` from length `scale`, halving until the log-likelihood rises, or stays within its rounding
 * while the slope along the step does not turn against it. Returns the length taken, 0 if none.
 */
function search(t: Task, theta: usize, scale: f64): f64 {
  const p = t.p;
  const before = t.loglik;
  const noise = 1e-13 * (1 + abs(before));
  const slope = dotSmall(t.grad, step, p);
  if (!(slope > 0)) return 0;
  for (let length = scale; length > 1e-10 * scale; length *= 0.5) {
    // What is left to gain is far below what can be seen.
    if (length < scale && length * slope < UNSEEN * noise) return 0;
    for (let i = 0; i < p; i++) put(trial, i, get(theta, i) + length * get(step, i));
    if (evaluate(t, trial)) continue;
    const better = t.loglik > before + noise;
    if (better || (t.loglik >= before - noise && dotSmall(t.grad, step, p) >= -slope)) {
      memory.copy(theta, trial, <usize>p << 3);
      return length;
    }
  }
  return 0;
}

/** At most two more Newton steps, each kept only if it lowers the scaled gradient. */
function polish(t: Task, theta: usize): i32 {
  const p = t.p;
  for (let round = 0; round < 2; round++) {
    const before = scaledGradient;
    if (before == 0 || (round > 0 && before < POLISHED)) break;
    for (let i = 0; i < p; i++) put(trial, i, get(theta, i) + get(step, i));
    const status = evaluate(t, trial);
    if (status == OK) newtonStep(t);
    if (status == OK && positiveDefinite && scaledGradient < before) {
      memory.copy(theta, trial, <usize>p << 3);
      continue;
    }
    evaluate(t, theta);
    newtonStep(t);
    break;
  }
  return OK;
}

/** (−H)⁻¹ of the last evaluation into out through the diagonally scaled Cholesky factor; false where it is not positive definite. */
export function covarianceInto(t: Task, out: usize): bool {
  const p = t.p;
  if (!factorise(t)) return false;
  for (let j = 0; j < p; j++) {
    for (let i = 0; i < p; i++) put(work, i, i == j ? 1.0 : 0.0);
    choleskySolve(factor, p, work, step);
    for (let i = 0; i < p; i++) put(out, i * p + j, get(step, i) * get(diagonal, i) * get(diagonal, j));
  }
  return true;
}
