/**
 * Least squares: Householder QR of the weighted, scaled regressors (Golub & Van Loan 2013, §5.2) and Björck's (1967)
 * refinement of coefficients and residuals together, with residuals in twice the working precision. Full precision is
 * reached as long as the condition number stays below about 1e12 (NIST Filip included).
 */
import { alloc } from './memory';
import { conditionNumber } from './condition';
import {
  applyQ, applyTransposed, axpyColumns, backSolve, dotColumns, forwardSolve, householder, wideAdd, wideEnd,
  wideMultiplyAdd, wideStart,
} from './qr';
import { linearPredictor } from './rows';
import { get, NOT_POSITIVE_DEFINITE, OK, OUT_OF_MEMORY, put, Task, weight } from './task';
import { log1 } from './vmath';

/** |r_jj|/‖a_j‖ at or below this is not told from 0. */
const RANK: f64 = 1e-14;
const LARGE: f64 = 1e5;
/** Variance of the rounding of a double relative to its square: ε²/12. */
const ROUNDED: f64 = 4.1e-33;

let a: usize = 0;
let diag: usize = 0;
let tau: usize = 0;
let y: usize = 0;
let root: usize = 0;
let r: usize = 0;
let f: usize = 0;
let g: usize = 0;
let h: usize = 0;

/** theta (p) = b, vcov (p × p) = (X'WX)⁻¹, scores (n × p or 0) = w e x, all internal; t.eta = fitted values. */
export function fitOls(t: Task, theta: usize, vcov: usize, scores: usize): i32 {
  const n = t.n;
  const k = t.k;
  if (!room(n, k)) return OUT_OF_MEMORY;
  memory.fill(theta, 0, <usize>k << 3);
  memory.fill(vcov, 0, (<usize>k * k) << 3);
  memory.fill(t.eta, 0, <usize>n << 3);
  fill(t);
  t.loglik = -Infinity;
  if (n < k || !householder(a, n, k, diag, tau, RANK)) return NOT_POSITIVE_DEFINITE;
  inverseInto(k, n, vcov);
  informationInto(t);
  t.condition = conditionNumber(t);
  solve(t, theta);
  if (t.condition > 1e6 || <f64>n * k < LARGE) refine(t, theta);
  return finish(t, theta, scores);
}

function room(n: i32, k: i32): bool {
  a = alloc(<f64>n * k * 8);
  diag = alloc(<f64>k * 8);
  tau = alloc(<f64>k * 8);
  y = alloc(<f64>n * 8);
  root = alloc(<f64>n * 8);
  r = alloc(<f64>n * 8);
  f = alloc(<f64>n * 8);
  g = alloc(<f64>k * 8);
  h = alloc(<f64>k * 8);
  return a != 0 && diag != 0 && tau != 0 && y != 0 && root != 0 && r != 0 && f != 0 && g != 0 && h != 0;
}

/** √w x by columns into a, √w (y − offset) into y, √w into root. */
function fill(t: Task): void {
  for (let i = 0; i < t.n; i++) {
    const w = t.w ? sqrt(weight(t, i)) : 1.0;
    put(root, i, w);
    put(y, i, w * (t.offset ? get(t.y, i) - get(t.offset, i) : get(t.y, i)));
    for (let j = 0; j < t.k; j++) put(a, j * t.n + i, w * get(t.x, i * t.ld + j));
  }
}

function solve(t: Task, theta: usize): void {
  memory.copy(f, y, <usize>t.n << 3);
  applyTransposed(a, t.n, t.k, tau, f);
  backSolve(a, t.n, t.k, diag, f, theta);
  for (let j = t.k; j < t.n; j++) put(r, j, get(f, j));
  for (let j = 0; j < t.k; j++) put(r, j, 0);
  applyQ(a, t.n, t.k, tau, r);
}

/** Solves r + A b = y, A'r = 0 by correction until the corrections stop shrinking. */
function refine(t: Task, theta: usize): void {
  const n = t.n;
  const k = t.k;
  let last = Infinity;
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < n; i++) put(f, i, rowResidual(t, theta, i));
    for (let j = 0; j < k; j++) put(g, j, columnProduct(t, j));
    forwardSolve(a, n, k, diag, g, h);
    applyTransposed(a, n, k, tau, f);
    for (let j = 0; j < k; j++) put(g, j, get(f, j) - get(h, j));
    backSolve(a, n, k, diag, g, g);
    let change: f64 = 0;
    for (let j = 0; j < k; j++) change = max(change, abs(get(g, j)) / (abs(get(theta, j)) + 1e-300));
    if (!(change < 0.5 * last)) return;
    last = change;
    for (let j = 0; j < k; j++) put(theta, j, get(theta, j) + get(g, j));
    memory.copy(f, h, <usize>k << 3);
    applyQ(a, n, k, tau, f);
    axpyColumns(1, f, r, n);
    if (change < 1e-17) return;
  }
}

/** y − r − A b of one row, in twice the working precision. */
function rowResidual(t: Task, theta: usize, i: i32): f64 {
  const w = get(root, i);
  wideStart(get(y, i));
  wideAdd(-get(r, i));
  for (let j = 0; j < t.k; j++) wideMultiplyAdd(-(w * get(t.x, i * t.ld + j)), get(theta, j));
  return wideEnd();
}

/** −a_j'r in twice the working precision. */
function columnProduct(t: Task, j: i32): f64 {
  wideStart(0);
  for (let i = 0; i < t.n; i++) wideMultiplyAdd(-(get(root, i) * get(t.x, i * t.ld + j)), get(r, i));
  return wideEnd();
}

/** (R'R)⁻¹ = R⁻¹ R⁻ᵀ. */
function inverseInto(k: i32, n: i32, out: usize): void {
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < k; i++) put(g, i, i == j ? 1.0 : 0.0);
    forwardSolve(a, n, k, diag, g, g);
    backSolve(a, n, k, diag, g, g);
    for (let i = 0; i < k; i++) put(out, i * k + j, get(g, i));
  }
}

/** X'WX = R'R into t.neg, for the condition number. */
function informationInto(t: Task): void {
  const k = t.k;
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      let s: f64 = 0;
      for (let m = 0; m <= j; m++) s += upper(m, i, t.n) * upper(m, j, t.n);
      put(t.neg, i * k + j, s);
      put(t.neg, j * k + i, s);
    }
}

// @ts-ignore: decorator
@inline
function upper(i: i32, j: i32, n: i32): f64 {
  return i == j ? get(diag, i) : get(a, j * n + i);
}

/** Gaussian log-likelihood at σ² = RSS/n over rows of positive weight, scores, scaled gradient, fitted values. */
function finish(t: Task, theta: usize, scores: usize): i32 {
  const n = t.n;
  const k = t.k;
  let used: f64 = 0;
  let logs: f64 = 0;
  for (let i = 0; i < n; i++) {
    if (get(root, i) == 0) continue;
    used += 1;
    if (t.w) logs += log1(get(t.w, i));
  }
  // y is a double, known to ε|y|/√12 on average: an exact fit leaves that
  const rss = max(dotColumns(r, r, n), ROUNDED * dotColumns(y, y, n));
  t.loglik = 0.5 * (logs - used * (log1((6.283185307179586 * rss) / used) + 1));
  for (let j = 0; j < k; j++) put(g, j, columnProduct(t, j));
  forwardSolve(a, n, k, diag, g, g);
  const sigma = max(sqrt(rss / used), 1e-16 * sqrt(dotColumns(y, y, n)));
  t.scaledGradient = sigma > 0 ? sqrt(dotColumns(g, g, k)) / sigma : 0;
  t.iterations = 1;
  if (scores)
    for (let i = 0; i < n; i++) {
      const e = get(root, i) * get(r, i);
      for (let j = 0; j < k; j++) put(scores, i * k + j, e * get(t.x, i * t.ld + j));
    }
  memory.copy(t.b, theta, <usize>k << 3);
  linearPredictor(t);
  return OK;
}
