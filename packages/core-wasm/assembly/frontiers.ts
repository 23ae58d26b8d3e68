/** What the frontiers share: evaluation, starting values, the boundary at which there is no inefficiency. */
import { lost } from './boundary';
import { conditionNumber } from './condition';
import { EXPONENTIAL, TRUNCATED } from './composed';
import { evaluateCount } from './count-frontier';
import { widen } from './fit';
import { evaluateFrontier, NO_INEFFICIENCY, predict } from './frontier';
import { addGram, addTZe, cholesky, choleskySolve } from './matrix';
import { alloc } from './memory';
import { covarianceInto, evaluate, iterations, newton, scaledGradient, setIterations, setScaledGradient } from './newton';
import { ROOT_2_PI } from './normal';
import { evaluateRandom, withoutEffect } from './random-frontier';
import { atEffectFloor, SMALL, splitEffect } from './random-search';
import { isSeparated, suspectSeparation } from './separation';
import { dispersionStart, poissonStart } from './start';
import {
  baseAuxiliaries, FRONTIER_GAUSS, get, NB2, NO_INTERIOR_MAXIMUM, NB_FRONTIER, NOT_POSITIVE_DEFINITE, OK, OUT_OF_MEMORY, POISSON_BOUNDARY, put,
  SEPARATED, Task, weight,
} from './task';
import { exp1, log1, expInto } from './vmath';

/** ln(σ_u/σ_v), or ln σ_u of counts, below which inefficiency is looked for no further. */
const FLOOR: f64 = -6;
/** The same beside an effect of the unit, whose evaluations are dear: what lies below raises ℓ by 1e-10 a row at most. */
const EFFECT_FLOOR: f64 = -4;
/** ln(σ_u/σ_v) above which there is no noise left (beside an effect, none that its quadrature could see), |μ|/σ_u beyond which the truncated normal is its limit. */
const NO_NOISE: f64 = 9;
const NO_NOISE_SEEN: f64 = 6;
const FAR_LOCATION: f64 = 30;
/** A truncated normal that raises the log-likelihood by less than this is none. */
const NO_GAIN: f64 = 1e-6;

export function evaluateFrontiers(t: Task, theta: usize): i32 {
  if (t.random) return evaluateRandom(t, theta);
  return t.model == FRONTIER_GAUSS ? evaluateFrontier(t, theta) : evaluateCount(t, theta);
}

/** Place of ln σ_u among the parameters. */
// @ts-ignore: decorator
@inline
function placeOfU(t: Task): i32 {
  return t.k + baseAuxiliaries(t);
}

export function atFloor(t: Task, theta: usize): bool {
  if (t.frozen) return false;
  const b = get(theta, placeOfU(t));
  return b - (t.model == FRONTIER_GAUSS ? get(theta, t.k) : 0.0) < (t.random ? EFFECT_FLOOR : FLOOR);
}

/** σ_v → 0 beside σ_u, α → 0, or μ/σ_u out of bounds. */
export function runsAway(t: Task, theta: usize): bool {
  if (t.model != FRONTIER_GAUSS) {
    const a = get(theta, t.k);
    return (t.model == NB_FRONTIER || t.noise) && a < -14;
  }
  if (atEffectFloor(t, theta)) return true;
  if (t.frozen) return get(theta, t.k) < -30;
  const b = get(theta, placeOfU(t));
  if (b - get(theta, t.k) > (t.random ? NO_NOISE_SEEN : NO_NOISE)) return true;
  return t.law == TRUNCATED && abs(meanLocation(t, theta)) > FAR_LOCATION * exp1(b);
}

function meanLocation(t: Task, theta: usize): f64 {
  let s: f64 = 0;
  for (let i = 0; i < t.n; i++) for (let j = 0; j < t.m; j++) s += get(t.z, i * t.m + j) * get(theta, t.k + 2 + j);
  return s / <f64>t.n;
}

/** The model without inefficiency, by Newton from theta. */
function asFrozen(t: Task, theta: usize, tol: f64, maxIter: i32): i32 {
  const p = t.p;
  t.frozen = true;
  t.p = t.k + baseAuxiliaries(t);
  const status = newton(t, theta, tol, maxIter);
  t.frozen = false;
  t.p = p;
  return status;
}

/** Least squares into theta, ½ ln(RSS/n) after it. */
function leastSquares(t: Task, theta: usize): void {
  const k = t.k;
  memory.fill(t.G, 0, (<usize>t.ld * t.ld) << 3);
  memory.fill(t.tXe, 0, <usize>t.ld << 3);
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    for (let r = 0; r < rows; r++) {
      const w = weight(t, from + r);
      put(t.rowW, r, w);
      put(t.rowE, r, w * (get(t.y, from + r) - (t.offset ? get(t.offset, from + r) : 0.0)));
    }
    const x = t.x + ((<usize>from * t.ld) << 3);
    addTZe(x, t.ld, rows, t.rowE, t.tXe);
    addGram(x, t.ld, rows, t.rowW, t.S, t.G);
  }
  const bare = t.random && withoutEffect(t, theta);
  for (let j = 0; j < t.p; j++) put(theta, j, 0);
  if (bare) put(theta, k + 1, NO_INEFFICIENCY);
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) put(t.neg, i * k + j, get(t.G, i * t.ld + j));
  if (cholesky(t.neg, k, t.neg, 1e-13)) choleskySolve(t.neg, k, t.tXe, theta);
  predict(t, theta);
  let squares: f64 = 0;
  let weights: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    const e = get(t.y, i) - get(t.eta, i);
    squares += weight(t, i) * e * e;
    weights += weight(t, i);
  }
  put(theta, k, 0.5 * log1(squares / weights));
  if (t.random && !bare) splitEffect(t, theta, squares / weights);
}

/** Third central moment of residuals over the cube of their spread (with an effect, of σ_v), at the base fit in theta. */
function skewness(t: Task, theta: usize): f64 {
  predict(t, theta);
  let weights: f64 = 0;
  let mean: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    weights += weight(t, i);
    mean += weight(t, i) * (get(t.y, i) - get(t.eta, i));
  }
  mean /= weights;
  let two: f64 = 0;
  let three: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    const e = get(t.y, i) - get(t.eta, i) - mean;
    two += weight(t, i) * e * e;
    three += weight(t, i) * e * e * e;
  }
  const spread = t.random ? exp1(get(theta, t.k)) : sqrt(two / weights);
  return three / weights / (spread * spread * spread);
}

/** Puts inefficiency of standard deviation parameter s into a base fit: ln σ_u, and its mean into the constant. */
function withInefficiency(t: Task, theta: usize, s: f64): void {
  const at = placeOfU(t);
  for (let j = at; j < t.p; j++) put(theta, j, 0);
  put(theta, at, log1(s));
  if (t.constant >= 0) put(theta, t.constant, get(theta, t.constant) + s * (t.law == EXPONENTIAL ? 1.0 : ROOT_2_PI));
}

/** σ_u and σ_v of a base fit by the second and third moments of its residuals (Olson, Schmidt, Waldman 1980), with bounds. */
function momentStart(t: Task, theta: usize, share: f64): void {
  const spread = exp1(get(theta, t.k));
  const exponential = t.law == EXPONENTIAL;
  const s = spread * share;
  const rest = spread * spread - s * s * (exponential ? 1.0 : 1 - ROOT_2_PI * ROOT_2_PI);
  put(theta, t.k, 0.5 * log1(max(rest, 0.05 * spread * spread)));
  withInefficiency(t, theta, s);
}

/** σ_u over the residuals' spread that gives the skewness g < 0. */
function shareOfSkewness(t: Task, g: f64): f64 {
  const cube = t.law == EXPONENTIAL ? 2.0 : ROOT_2_PI * (2 * ROOT_2_PI * ROOT_2_PI - 1);
  const share = exp1(log1(max(-g, 1e-6) / cube) / 3);
  return min(max(share, 0.1), t.law == EXPONENTIAL ? 0.95 : 1.5);
}

/** σ_u of counts from the overdispersion at the base means: Var(u) ≈ ln(1 + α). */
function dispersed_(t: Task): f64 {
  const a = exp1(dispersionStart(t, NB2));
  const variance = log1(1 + a);
  return min(max(sqrt(t.law == EXPONENTIAL ? variance : variance / (1 - ROOT_2_PI * ROOT_2_PI)), 0.05), 3.0);
}

/** The base fit into theta; a status. */
function baseInto(t: Task, theta: usize, tol: f64, maxIter: i32): i32 {
  if (t.model == FRONTIER_GAUSS) leastSquares(t, theta);
  else {
    poissonStart(t, theta);
    for (let j = t.k; j < t.p; j++) put(theta, j, t.noise && j == t.k + baseAuxiliaries(t) - 1 ? -0.5 : -1.0);
  }
  return asFrozen(t, theta, tol, maxIter);
}

/** The default start: the base fit with inefficiency of the size its moments say. */
export function frontierStart(t: Task, theta: usize): i32 {
  const status = baseInto(t, theta, 1e-3, 100);
  if (atEffectFloor(t, theta)) put(theta, t.k + 1, get(theta, t.k) + SMALL);
  else if (status != OK && !lost(status)) return status;
  if (t.model == FRONTIER_GAUSS) momentStart(t, theta, shareOfSkewness(t, skewness(t, theta)));
  else {
    predict(t, theta);
    withInefficiency(t, theta, dispersed_(t));
    if (t.model == NB_FRONTIER || t.noise) put(theta, t.k, get(theta, t.k) - 0.5);
  }
  return OK;
}

/** Ends a search: its evaluations in all, and the slope at the theta that is kept. */
function keep(status: i32, used: i32, slope: f64): i32 {
  setIterations(used);
  setScaledGradient(slope);
  return status;
}

/**
 * Newton from theta. Where σ_u shrinks away, or the search gets lost although residuals are skewed the wrong way (Waldman 1982: least
 * squares is a local maximum then), one more search from a large σ_u; unless that ends higher, the base fit is the maximum; where a search
 * that found no maximum stands above it, there is none to report. Where rows have a second spread (α, or noise) a maximum may lie below the
 * base fit; then one more search from a small σ_u.
 */
export function overInefficiency(t: Task, tol: f64, maxIter: i32, theta: usize): i32 {
  if (t.baseOnly) {
    const found = baseInto(t, theta, tol, maxIter);
    if (found == OK) withoutInefficiency(t, theta);
    return found == OK ? POISSON_BOUNDARY : found;
  }
  const status = newton(t, theta, tol, maxIter);
  const located = t.model == FRONTIER_GAUSS && t.law == TRUNCATED;
  if (status == OK && !(t.model == NB_FRONTIER || t.noise || t.random || located)) return OK;
  if (status == NO_INTERIOR_MAXIMUM && atEffectFloor(t, theta)) return status;
  const reached = t.loglik;
  const slope = scaledGradient;
  let used = iterations;
  const base = alloc(<f64>t.p * 8);
  const lostAt = alloc(<f64>t.p * 8);
  if (!base || !lostAt) return OUT_OF_MEMORY;
  memory.copy(base, theta, <usize>t.p << 3);
  const atBase = baseInto(t, base, tol, maxIter);
  used += iterations;
  if (atBase == NO_INTERIOR_MAXIMUM && status != OK && atEffectFloor(t, base)) {
    memory.copy(theta, base, <usize>t.p << 3);
    return keep(atBase, used, slope);
  }
  if (atBase != OK && status != OK) return keep(lost(status) ? atBase : status, used, slope);
  const limit = t.loglik;
  const baseSlope = scaledGradient;
  const rounding = 1e-12 * (1 + abs(limit));
  const wrong = t.model != FRONTIER_GAUSS || skewness(t, base) >= 0;
  // a truncated normal may creep along its ridge, μ → −∞, to no inefficiency
  const nothing = located && reached < limit + NO_GAIN;
  const done =
    status == OK ? atBase != OK || (reached >= limit - rounding && !nothing) : status != POISSON_BOUNDARY && !(lost(status) && wrong) && !(status == NO_INTERIOR_MAXIMUM && nothing);
  if (done) {
    evaluate(t, theta);
    return keep(status, used, slope);
  }
  memory.copy(lostAt, theta, <usize>t.p << 3);
  memory.copy(theta, base, <usize>t.p << 3);
  if (t.model == FRONTIER_GAUSS) momentStart(t, theta, 1);
  else withInefficiency(t, theta, status == OK ? 0.3 : 1);
  const again = newton(t, theta, tol, maxIter);
  used += iterations;
  if (again != POISSON_BOUNDARY && t.loglik > limit + (located ? NO_GAIN : 1e3 * rounding)) return keep(again, used, scaledGradient);
  if (lost(status) && reached > limit + 1e3 * rounding) {
    memory.copy(theta, lostAt, <usize>t.p << 3);
    return keep(status, used, slope);
  }
  memory.copy(theta, base, <usize>t.p << 3);
  withoutInefficiency(t, theta);
  return keep(POISSON_BOUNDARY, used, baseSlope);
}

function withoutInefficiency(t: Task, theta: usize): void {
  const at = placeOfU(t);
  for (let j = at; j < t.p; j++) put(theta, j, 0);
  put(theta, at, NO_INEFFICIENCY);
}

/** Covariance and scores of the base fit; rows and columns of the inefficiency's parameters are 0. */
export function finishFrozen(t: Task, theta: usize, vcov: usize, scores: usize): i32 {
  const p = t.p;
  const q = placeOfU(t);
  const small = alloc(<f64>q * q * 8);
  if (!small) return OUT_OF_MEMORY;
  t.frozen = true;
  t.p = q;
  const status = evaluate(t, theta);
  t.condition = conditionNumber(t);
  const ok = status == OK && covarianceInto(t, small);
  t.frozen = false;
  t.p = p;
  if (status) return status;
  if (suspectSeparation(t) && isSeparated(t)) return SEPARATED;
  if (scores) widen(scores, t.g, q, p);
  for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) put(vcov, i * p + j, ok ? get(small, i * q + j) : 0.0);
  return ok ? POISSON_BOUNDARY : NOT_POSITIVE_DEFINITE;
}
