/**
 * Models of Hausman, Hall & Griliches (1984) whose log-likelihood is a sum over groups: nb-fe (conditional on the group's
 * sum Y), nb-re (1/(1 + dispersion) ~ beta(r, s)) and poisson-re (effects ~ gamma(θ, θ), α = 1/θ). λ = exp(η), Λ = Σ λ,
 * p = λ/Λ.
 *
 * Log-likelihood of a group, written with log-probabilities so that nothing cancels at any size of λ or y:
 *   nb-fe  Σ ln NB(y; λ, λ Y/Λ) − ln NB(Y; Λ, Y)
 *   nb-re  Σ ln NB(y; λ, λ b/a) − D₀(r) − D₀(s) + ½ ln(M r s/(a b c)) + δ(a) + δ(b) − δ(M) − δ(r) − δ(s) + δ(c)
 *   poisson-re  Σ ln Poisson(y; p Y) − ln Poisson(Y; Y) + ln NB(Y; θ, Λ)
 * with a = r + Λ, b = s + Y, c = r + s, M = a + b, D₀ the deviance parts at r − c a/M = (r Y − s Λ)/M and its negative,
 * δ the Stirling error. (ln NB(y; m, μ): shape m, mean μ. The probabilities cancel from the sum because Σ λ = Λ.)
 *
 * Derivatives use E, V, W of steps.ts and group-centred regressors d = x − x̄, x̄ = Σ p x, so that the direction of the
 * constant, along which the likelihood flattens, carries full relative accuracy too.
 */
import { addGram, addSymmetricOuter, axpyInto } from './matrix';
import { linearPredictor } from './rows';
import { digammaDifference, logExcess, stirlingError, trigamma, trigammaDifference } from './special';
import { deviancePart, lnNegbin, lnPoisson, stepSums, sumE, sumV, sumW } from './steps';
import { sumAdd, sumEnd, sumStart } from './sum';
import { auxiliaries, ETA_OVERFLOW, get, NB_FE, NB_RE, OK, POISSON_RE, put, Task, weight } from './task';
import { exp1, expInto, log1 } from './vmath';

let r_: f64 = 0;
let s_: f64 = 0;
let constants: f64 = 0;
/** poisson-re: θ = 1/α, and −∂²ℓ/∂η² of a row per unit of p, f(θ + Y) with f = Λ/(θ + Λ). */
let theta_: f64 = 0;
let rowInformation: f64 = 0;
/**
 * Group level: ΛA = ∂ℓ/∂ln Λ, its uncentred score and curvature of the constant direction, and the terms of the auxiliaries
 * (ln r, ln s; poisson-re: ln α in the place of ln r).
 */
let slope: f64 = 0;
let common: f64 = 0;
let curvature: f64 = 0;
let gradR: f64 = 0;
let gradS: f64 = 0;
let crossR: f64 = 0;
let crossS: f64 = 0;
let negRR: f64 = 0;
let negRS: f64 = 0;
let negSS: f64 = 0;
/** Rows now waiting in t.D for the next Gram update. */
let waiting: i32 = 0;

/**
 * Log-likelihood, gradient and −Hessian of nb-fe, nb-re or poisson-re at internal theta; fills t.scores (g × p) where it is set.
 * Groups with one row or Y = 0 contribute 0 to nb-fe. Integer weights, constant within a group, multiply its contribution.
 */
export function evaluateGroups(t: Task, theta: usize): i32 {
  memory.copy(t.b, theta, <usize>t.k << 3);
  if (linearPredictor(t)) return ETA_OVERFLOW;
  expInto(t.eta, t.lambda, t.n);
  memory.fill(t.G, 0, (<usize>t.ld * t.ld) << 3);
  memory.fill(t.grad, 0, <usize>t.p << 3);
  memory.fill(t.neg, 0, (<usize>t.p * t.p) << 3);
  waiting = 0;
  if (t.model == POISSON_RE) theta_ = exp1(-get(theta, t.k));
  if (t.model == NB_RE) {
    r_ = exp1(get(theta, t.k));
    s_ = exp1(get(theta, t.k + 1));
    if (!(r_ > 1e-100 && r_ < 1e100 && s_ > 1e-100 && s_ < 1e100)) return ETA_OVERFLOW;
    constants = stirlingError(r_ + s_) - stirlingError(r_) - stirlingError(s_);
  }
  sumStart();
  for (let i = 0; i < t.g; i++) {
    const from = load<i32>(t.group + (<usize>i << 2));
    const to = load<i32>(t.group + (<usize>i << 2), 4);
    if (t.scores) memory.fill(t.scores + ((<usize>i * t.p) << 3), 0, <usize>t.p << 3);
    if (to > from) evaluateGroup(t, i, from, to);
  }
  flush(t);
  t.loglik = min(sumEnd(), 0.0);
  for (let i = 0; i < t.k; i++)
    for (let j = 0; j <= i; j++) {
      const v = get(t.G, i * t.ld + j);
      put(t.neg, i * t.p + j, v);
      put(t.neg, j * t.p + i, v);
    }
  return t.loglik == t.loglik && abs(t.loglik) < Infinity ? OK : ETA_OVERFLOW;
}

function evaluateGroup(t: Task, i: i32, from: i32, to: i32): void {
  const w = weight(t, from);
  let Y: f64 = 0;
  let L: f64 = 0;
  for (let a = from; a < to; a++) {
    Y += get(t.y, a);
    L += get(t.lambda, a);
  }
  if (w == 0 || (t.model == NB_FE && (Y == 0 || to - from < 2))) return;
  if (t.model == NB_RE) betaTerms(L, Y);
  else if (t.model == POISSON_RE) gammaTerms(L, Y);
  else fixedTerms(L, Y);
  weightedMean(t, from, to, L);
  const ll = t.model == POISSON_RE ? poissonRows(t, from, to, L, Y, w) : negbinRows(t, from, to, L, Y, w);
  sumAdd(w * min(ll, 0.0));
  finishGroup(t, i, w);
}

/** x̄ = Σ p x into t.mean, as x₁ + Σ p (x − x₁), so that what is constant in the group has d = 0 exactly. */
function weightedMean(t: Task, from: i32, to: i32, L: f64): void {
  const bytes = <usize>t.ld << 3;
  const first = t.x + <usize>from * bytes;
  memory.fill(t.mean, 0, bytes);
  for (let a = from + 1; a < to; a++) {
    const share = f64x2.splat(get(t.lambda, a) / L);
    const x = t.x + <usize>a * bytes;
    for (let j: usize = 0; j < bytes; j += 16) {
      const d = f64x2.sub(v128.load(x + j), v128.load(first + j));
      v128.store(t.mean + j, f64x2.add(v128.load(t.mean + j), f64x2.mul(share, d)));
    }
  }
  for (let j: usize = 0; j < bytes; j += 16)
    v128.store(t.mean + j, f64x2.add(v128.load(t.mean + j), v128.load(first + j)));
}

/** nb-fe: ℓ depends on Λ through −[lnΓ(Λ + Y) − lnΓ(Λ)]. */
function fixedTerms(L: f64, Y: f64): void {
  stepSums(L, Y);
  slope = -sumE;
  common = sumV;
  curvature = -sumW;
}

/** nb-re: derivatives of ln B(r + Λ, s + Y) − ln B(r, s) in ln Λ, ln r and ln s. */
function betaTerms(L: f64, Y: f64): void {
  const a = r_ + L;
  const b = s_ + Y;
  const c = r_ + s_;
  const A = L * digammaDifference(a, b);
  const A2 = L * trigammaDifference(a, b);
  const all = digammaDifference(c, L + Y);
  const allT = trigammaDifference(c, L + Y);
  slope = -A;
  curvature = L * A2 - A;
  gradR = r_ * (digammaDifference(r_, L) - all);
  gradS = s_ * (digammaDifference(s_, Y) - all);
  crossR = r_ * A2;
  crossS = -s_ * (L * trigamma(a + b));
  negRR = -(gradR + r_ * r_ * (allT - trigammaDifference(r_, L)));
  negSS = -(gradS + s_ * s_ * (allT - trigammaDifference(s_, Y)));
  negRS = -(r_ * s_ * allT);
}

/**
 * poisson-re: derivatives of ln NB(Y; θ, Λ), as for nb2 in rows.ts, in ln Λ and ln α; q = θ/(θ + Λ). With d the centred
 * regressors −∂²ℓ/∂β∂β' = f(θ + Y)(Σ p d d' + q x̄ x̄'). Every term in ln α vanishes with α.
 */
function gammaTerms(L: f64, Y: f64): void {
  const f = L / (theta_ + L);
  const q = theta_ / (theta_ + L);
  stepSums(theta_, Y);
  const gap = theta_ * logExcess(L / theta_);
  rowInformation = q * L + f * Y;
  slope = -Y;
  common = (Y - L) * q;
  curvature = -q * rowInformation;
  gradR = (theta_ < Y ? Y * q - sumE : sumV - Y * f) + gap;
  crossR = -(Y - L) * f * q;
  negRR = -(sumW - gap + theta_ * f * f - Y * f * q);
}

/** d = x − x̄ of row a into the next waiting row of t.D, with weight v for the Gram update. */
function centre(t: Task, a: i32, v: f64): usize {
  const bytes = <usize>t.ld << 3;
  const d = t.D + <usize>waiting * bytes;
  const x = t.x + <usize>a * bytes;
  for (let j: usize = 0; j < bytes; j += 16)
    v128.store(d + j, f64x2.sub(v128.load(x + j), v128.load(t.mean + j)));
  put(t.rowW, waiting, v);
  waiting++;
  return d;
}

/** poisson-re: returns ℓ of the group, leaves Σ y d in t.tXe and 0 in t.tXc. */
function poissonRows(t: Task, from: i32, to: i32, L: f64, Y: f64, w: f64): f64 {
  memory.fill(t.tXe, 0, <usize>t.ld << 3);
  memory.fill(t.tXc, 0, <usize>t.ld << 3);
  let ll = t.quiet ? 0.0 : lnNegbin(Y, theta_, L) - lnPoisson(Y, Y);
  for (let a = from; a < to; a++) {
    if (waiting == t.block) flush(t);
    const y = get(t.y, a);
    const share = get(t.lambda, a) / L;
    const d = centre(t, a, w * rowInformation * share);
    axpyInto(y + share * slope, d, t.tXe, t.ld);
    if (!t.quiet) ll += lnPoisson(y, share * Y);
  }
  return ll;
}

/** nb-fe, nb-re: returns ℓ of the group, leaves Σ e d in t.tXe and Σ W d in t.tXc. */
function negbinRows(t: Task, from: i32, to: i32, L: f64, Y: f64, w: f64): f64 {
  const ld = t.ld;
  const random = t.model == NB_RE;
  memory.fill(t.tXe, 0, <usize>ld << 3);
  memory.fill(t.tXc, 0, <usize>ld << 3);
  const odds = random ? (s_ + Y) / (r_ + L) : Y / L;
  let ll = t.quiet ? 0.0 : random ? betaTerm(L, Y) : -lnNegbin(Y, L, Y);
  let rowsV: f64 = 0;
  let rowsE: f64 = 0;
  let rowsW: f64 = 0;
  for (let a = from; a < to; a++) {
    if (waiting == t.block) flush(t);
    const y = get(t.y, a);
    const lambda = get(t.lambda, a);
    const share = lambda / L;
    stepSums(lambda, y);
    const d = centre(t, a, -w * (sumW + share * slope));
    axpyInto(sumE + share * slope, d, t.tXe, ld);
    axpyInto(sumW, d, t.tXc, ld);
    rowsE += sumE;
    rowsV += sumV;
    rowsW += sumW;
    if (!t.quiet) ll += lnNegbin(y, lambda, lambda * odds);
  }
  // ΣE − E(Λ, Y) in the form that is small where Λ ≫ Y, or where Λ ≪ Y
  common = random || L < Y ? rowsE + slope : common - rowsV;
  curvature += rowsW;
  return ll;
}

/** The part of the nb-re log-likelihood that is not a sum over rows; see the head of this file. */
function betaTerm(L: f64, Y: f64): f64 {
  const a = r_ + L;
  const b = s_ + Y;
  const c = r_ + s_;
  const M = a + b;
  const d = r_ * (Y / M) - s_ * (L / M);
  const parts = deviancePart(r_, d, c * (a / M)) + deviancePart(s_, -d, c * (b / M));
  const root = 0.5 * (log1(M / a / b) + log1((r_ / c) * s_));
  return constants + (stirlingError(a) + stirlingError(b) - stirlingError(M)) + root - parts;
}

/** Adds the group's gradient, its rank-two part of −H, the auxiliary terms and its score row. */
function finishGroup(t: Task, i: i32, w: f64): void {
  const k = t.k;
  const p = t.p;
  const own = auxiliaries(t.model);
  // −[x̄ v' + v x̄' + curvature x̄ x̄'] = x̄ u' + u x̄', u = −(v + ½ curvature x̄)
  for (let j = 0; j < k; j++) put(t.sum, j, -w * (get(t.tXc, j) + 0.5 * curvature * get(t.mean, j)));
  addSymmetricOuter(t.mean, t.sum, t.ld, t.G);
  const score = t.scores ? t.scores + ((<usize>i * p) << 3) : 0;
  for (let j = 0; j < k; j++) {
    const s = get(t.tXe, j) + common * get(t.mean, j);
    add(t.grad, j, w * s);
    if (score) put(score, j, w * s);
    if (own > 0) add(t.neg, k * p + j, -w * crossR * get(t.mean, j));
    if (own > 1) add(t.neg, (k + 1) * p + j, -w * crossS * get(t.mean, j));
  }
  if (own > 0) finishAuxiliary(t, k, score, w * gradR, w * negRR);
  if (own > 1) {
    add(t.neg, (k + 1) * p + k, w * negRS);
    finishAuxiliary(t, k + 1, score, w * gradS, w * negSS);
  }
}

// @ts-ignore: decorator
@inline
function add(a: usize, i: i32, v: f64): void {
  put(a, i, get(a, i) + v);
}

/** Score and curvature of auxiliary j, and the upper triangle of its row. */
function finishAuxiliary(t: Task, j: i32, score: usize, slope: f64, information: f64): void {
  const p = t.p;
  add(t.grad, j, slope);
  if (score) put(score, j, slope);
  add(t.neg, j * p + j, information);
  for (let i = 0; i < j; i++) put(t.neg, i * p + j, get(t.neg, j * p + i));
}

/** G += D' diag(w) D over the waiting rows. */
function flush(t: Task): void {
  if (waiting > 0) addGram(t.D, t.ld, waiting, t.rowW, t.S, t.G);
  waiting = 0;
}
