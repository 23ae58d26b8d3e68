/**
 * Models whose log-likelihood is a sum over rows: poisson, nb1, nb2. Each family turns a block of rows into per-row
 * derivatives (e: score in η; w: −∂²ℓ/∂η²; c: ∂²ℓ/∂η∂a for the auxiliary a) and the driver forms the sums.
 */
import { addGram, addTZe, gemvInto } from './matrix';
import { excess, lgamma, log1p, logExcess } from './special';
import { lnNegbin, lnPoissonSaturated, stepSums, sumE, sumV, sumW } from './steps';
import { sumAdd, sumEnd, sumStart } from './sum';
import { ETA_MAX, ETA_OVERFLOW, get, NB1, OK, POISSON, put, Task, weight } from './task';
import { exp1, expInto, log1 } from './vmath';

/** Counts from here on take the deviance form of the Poisson log-likelihood, which does not cancel. */
const LARGE_COUNT: f64 = 64;

let auxScore: f64 = 0;
let auxCurvature: f64 = 0;

/**
 * η of all rows into t.eta; ETA_OVERFLOW where |η| > 700 or η is NaN (poisson: η > 700, since a mean of 0 does no harm
 * there). t.b holds the coefficients.
 */
export function linearPredictor(t: Task): i32 {
  gemvInto(t.x, t.ld, t.n, t.b, t.eta);
  let widest: f64 = 0;
  const below = t.model == POISSON;
  for (let i = 0; i < t.n; i++) {
    let v = get(t.eta, i);
    if (t.offset) {
      v += get(t.offset, i);
      put(t.eta, i, v);
    }
    widest = max(widest, below ? v : abs(v));
  }
  return widest <= ETA_MAX ? OK : ETA_OVERFLOW;
}

/**
 * Log-likelihood, gradient and −Hessian of a row model at internal theta; fills t.scores where it is set.
 * Returns ETA_OVERFLOW where the linear predictor leaves ±700.
 */
export function evaluateRows(t: Task, theta: usize): i32 {
  memory.copy(t.b, theta, <usize>t.k << 3);
  if (linearPredictor(t)) return ETA_OVERFLOW;
  const ld = t.ld;
  const aux = t.p > t.k;
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  memory.fill(t.tXe, 0, <usize>ld << 3);
  memory.fill(t.tXc, 0, <usize>ld << 3);
  auxScore = 0;
  auxCurvature = 0;
  sumStart();
  const a = aux ? exp1(get(theta, t.k)) : 0.0;
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    const x = t.x + ((<usize>from * ld) << 3);
    expInto(t.eta + (<usize>from << 3), t.lambda, rows);
    if (t.model == POISSON) poissonBlock(t, from, rows);
    else if (t.model == NB1) nb1Block(t, from, rows, a);
    else nb2Block(t, from, rows, 1 / a);
    addTZe(x, ld, rows, t.rowE, t.tXe);
    if (aux) addTZe(x, ld, rows, t.rowC, t.tXc);
    addGram(x, ld, rows, t.rowW, t.S, t.G);
    if (t.scores) storeScores(t, from, rows);
  }
  t.loglik = min(sumEnd() + t.base, 0.0);
  assemble(t);
  return t.loglik == t.loglik && abs(t.loglik) < Infinity ? OK : ETA_OVERFLOW;
}

function assemble(t: Task): void {
  const k = t.k;
  const p = t.p;
  for (let i = 0; i < k; i++) {
    put(t.grad, i, get(t.tXe, i));
    for (let j = 0; j <= i; j++) {
      const v = get(t.G, i * t.ld + j);
      put(t.neg, i * p + j, v);
      put(t.neg, j * p + i, v);
    }
    if (p > k) {
      put(t.neg, i * p + k, -get(t.tXc, i));
      put(t.neg, k * p + i, -get(t.tXc, i));
    }
  }
  if (p > k) {
    put(t.grad, k, auxScore);
    put(t.neg, k * p + k, -auxCurvature);
  }
}

function storeScores(t: Task, from: i32, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    const to = t.scores + ((<usize>(from + r) * t.p) << 3);
    const x = t.x + ((<usize>(from + r) * t.ld) << 3);
    const e = get(t.rowE, r);
    for (let j = 0; j < t.k; j++) put(to, j, e * get(x, j));
    if (t.p > t.k) put(to, t.k, get(t.D, r));
  }
}

/**
 * What the Poisson blocks leave out: −ln y! below LARGE_COUNT, where they add y η − μ; from there the saturated
 * −ln y! + y ln y − y, where they add −y φ((μ − y)/y).
 */
export function poissonBase(t: Task): f64 {
  sumStart();
  for (let i = 0; i < t.n; i++) {
    const y = get(t.y, i);
    if (y > 0) sumAdd(weight(t, i) * (y < LARGE_COUNT ? -lgamma(y + 1) : lnPoissonSaturated(y)));
  }
  return sumEnd();
}

/** y ln(y/μ) + μ − y without cancellation near μ = y. */
function largeDeviance(y: f64, mu: f64, eta: f64): f64 {
  const t = (mu - y) / y;
  return t > -0.5 && t < 1 ? y * excess(t) : y * (log1(y) - eta) + (mu - y);
}

/** ℓ = y η − μ − lnΓ(y + 1); e = y − μ; w = μ. */
function poissonBlock(t: Task, from: i32, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    const i = from + r;
    const y = get(t.y, i);
    const mu = get(t.lambda, r);
    const w = weight(t, i);
    const e = y - mu;
    put(t.rowE, r, w * e);
    put(t.rowW, r, w * mu);
    if (w == 0 || t.quiet) continue;
    sumAdd(w * (y < LARGE_COUNT ? y * get(t.eta, i) - mu : -largeDeviance(y, mu, get(t.eta, i))));
  }
}

/**
 * NB1: shape m = λ/δ, mean λ. With l = ln(1 + δ), h = δ/(1 + δ) and E, V, W of steps.ts at (m, y):
 * e = E − m l; −∂² = m l − W; ∂/∂ln δ = V − y h + m (l − h) = y (1 − h) − E + m (l − h); its η-derivative −W + m (l − h);
 * its own derivative W − y h (1 − h) − m (l − h) + m h². Every term vanishes with δ, so the Poisson limit keeps its digits.
 */
function nb1Block(t: Task, from: i32, rows: i32, delta: f64): void {
  const l = log1p(delta);
  const h = delta / (1 + delta);
  const gap = logExcess(delta);
  for (let r = 0; r < rows; r++) {
    const i = from + r;
    const y = get(t.y, i);
    const mu = get(t.lambda, r);
    const w = weight(t, i);
    const m = mu / delta;
    stepSums(m, y);
    put(t.rowE, r, w * (sumE - m * l));
    put(t.rowW, r, w * (m * l - sumW));
    put(t.rowC, r, w * (m * gap - sumW));
    const s = w * ((m < y ? y / (1 + delta) - sumE : sumV - y * h) + m * gap);
    put(t.D, r, s);
    auxScore += s;
    auxCurvature += w * (sumW - y * h * (1 - h) - m * gap + m * h * h);
    if (w != 0 && !t.quiet) sumAdd(w * lnNegbin(y, m, mu));
  }
}

/**
 * NB2: shape m = 1/α, mean μ. With f = μ/(m + μ): e = (y − μ)(1 − f); −∂² = f (1 − f)(m + y);
 * ∂/∂ln α = V − y f + m (ln(1 + μ/m) − f) = y (1 − f) − E + …; its η-derivative −(y − μ) f (1 − f); its own derivative
 * W − m (ln(1 + μ/m) − f) + m f² − y f (1 − f).
 */
function nb2Block(t: Task, from: i32, rows: i32, m: f64): void {
  for (let r = 0; r < rows; r++) {
    const i = from + r;
    const y = get(t.y, i);
    const mu = get(t.lambda, r);
    const w = weight(t, i);
    const f = mu / (m + mu);
    const q = m / (m + mu);
    stepSums(m, y);
    const gap = m * logExcess(mu / m);
    put(t.rowE, r, w * (y - mu) * q);
    put(t.rowW, r, w * f * q * (m + y));
    put(t.rowC, r, -w * (y - mu) * f * q);
    const s = w * ((m < y ? y * q - sumE : sumV - y * f) + gap);
    put(t.D, r, s);
    auxScore += s;
    auxCurvature += w * (sumW - gap + m * f * f - y * f * q);
    if (w != 0 && !t.quiet) sumAdd(w * lnNegbin(y, m, mu));
  }
}
