/**
 * Row passes of the likelihoods with absorbed effects. `w` carries the mean μ between a mean pass and a work pass, and the
 * working weight after it. Prior weights `prior` may be 0 (absent). x is n × stride: working columns first, then regressors.
 */
import { Plan, codesOf } from './absorb-plan';
import { log1p } from './special';
import { deviancePart, lnNegbin, lnPoissonSaturated } from './steps';
import { sumAdd, sumEnd, sumStart } from './sum';
import { expInto, logInto } from './vmath';

const CHUNK = 512;
const buffer = memory.data(4096, 16);

// @ts-ignore: decorator
@inline
function getf(a: usize, i: i32): f64 {
  return load<f64>(a + (<usize>i << 3));
}
// @ts-ignore: decorator
@inline
function putf(a: usize, i: i32, v: f64): void {
  store<f64>(a + (<usize>i << 3), v);
}

/**
 * Start for a log-link model: eta = ln of the fitted values after `sweeps` rounds of proportional fitting, which matches the
 * sums of y by every level of every factor in turn. `eta` holds the offset on entry (0s where there is none). plan.v is used.
 */
export function proportionalFit(plan: Plan, y: usize, prior: usize, eta: usize, sweeps: i32): void {
  const n = plan.n;
  expInto(eta, eta, n);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < plan.base; i++) {
      const from = load<i32>(plan.starts + (<usize>i << 2));
      const to = load<i32>(plan.starts + (<usize>i << 2), 4);
      let wanted: f64 = 0;
      let have: f64 = 0;
      for (let row = from; row < to; row++) {
        const a: f64 = prior ? getf(prior, row) : 1;
        wanted += a * getf(y, row);
        have += a * getf(eta, row);
      }
      const ratio: f64 = have > 0 && wanted > 0 ? wanted / have : 1;
      for (let row = from; row < to; row++) putf(eta, row, getf(eta, row) * ratio);
    }
    for (let q = 1; q < plan.factors; q++) fitFactor(plan, codesOf(plan, q), y, prior, eta);
  }
  logInto(eta, eta, n);
}

function fitFactor(plan: Plan, codes: usize, y: usize, prior: usize, mu: usize): void {
  const have = plan.restWeight;
  const wanted = plan.diagonalInverse;
  memory.fill(have, 0, <usize>plan.rest << 3);
  memory.fill(wanted, 0, <usize>plan.rest << 3);
  for (let row = 0; row < plan.n; row++) {
    const at = <usize>load<i32>(codes + (<usize>row << 2)) << 3;
    const a: f64 = prior ? getf(prior, row) : 1;
    store<f64>(have + at, load<f64>(have + at) + a * getf(mu, row));
    store<f64>(wanted + at, load<f64>(wanted + at) + a * getf(y, row));
  }
  for (let l = 0; l < plan.rest; l++) {
    const h = getf(have, l);
    const t = getf(wanted, l);
    putf(have, l, h > 0 && t > 0 ? t / h : 1);
  }
  for (let row = 0; row < plan.n; row++)
    putf(mu, row, getf(mu, row) * getf(have, load<i32>(codes + (<usize>row << 2))));
}

/** w ← μ = e^eta; returns Σ prior (y·eta − μ). */
export function poissonMean(plan: Plan, y: usize, prior: usize, eta: usize): f64 {
  const mu = plan.w;
  let total: f64 = 0;
  for (let from = 0; from < plan.n; from += CHUNK) {
    const to = min(plan.n, from + CHUNK);
    expInto(eta + (<usize>from << 3), mu + (<usize>from << 3), to - from);
    let part: f64 = 0;
    for (let i = from; i < to; i++) {
      const term = getf(y, i) * getf(eta, i) - getf(mu, i);
      part += prior ? getf(prior, i) * term : term;
    }
    total += part;
  }
  return total;
}

/** Working residual (y − μ)/μ into column 0 of x, and w ← prior·μ. */
export function poissonWork(plan: Plan, y: usize, prior: usize, x: usize): void {
  const w = plan.w;
  const bytes = <usize>plan.stride << 3;
  for (let i = 0; i < plan.n; i++) {
    const mu = getf(w, i);
    store<f64>(x + <usize>i * bytes, getf(y, i) / mu - 1);
    if (prior) putf(w, i, mu * getf(prior, i));
  }
}

/** Counts above this are outside the table of src/count-sums.ts. */
const LARGE: f64 = 65536;

/** The log-likelihood of a centred row outside the table, but for constants and what all of them share (in src/count-sums.ts). */
function centredPart(alpha: f64, y: f64, mu: f64, lnUp: f64): f64 {
  const end = 1 + alpha * y;
  const lnEnd = log1p(alpha * y);
  return (lnEnd - lnUp) / alpha - y * log1p((y - mu) / (mu * end)) - lnEnd / 2 + alpha / end / 12;
}

/** Its derivative by ln α, but for the shared part. */
export function centredSlope(alpha: f64, y: f64, mu: f64): f64 {
  const up = 1 + alpha * mu;
  const end = 1 + alpha * y;
  return (y - mu) / up - log1p((alpha * (y - mu)) / up) / alpha + 1 / (2 * end) + alpha / (12 * end * end);
}

/** 1 − ln(1 + t)/t, without cancellation. Beside share = t/(1 + t), whose difference from it is taken in another way for large t. */
export function logDeficit(t: f64, log: f64): f64 {
  if (t > 0.03) return 1 - log / t;
  let sum: f64 = 0;
  for (let j = 11; j > 1; j--) sum = t * (1 / <f64>j - sum);
  return sum;
}

/**
 * w ← μ = e^eta and sums of the NB2 log-likelihood that depend on μ, t = αμ, a = ln α:
 * out = {Σ prior (y·eta − (y + 1/α) ln(1 + t)), its derivative by a, its second derivative by a}. What depends on y and α only
 * (Σ ln(1 + αj), j < y, and derivatives) is added by the caller.
 */
export function nb2Mean(
  plan: Plan, y: usize, prior: usize, eta: usize, alpha: f64, centred: i32, out: usize,
): void {
  const mu = plan.w;
  let total: f64 = 0;
  let first: f64 = 0;
  let second: f64 = 0;
  for (let from = 0; from < plan.n; from += CHUNK) {
    const to = min(plan.n, from + CHUNK);
    expInto(eta + (<usize>from << 3), mu + (<usize>from << 3), to - from);
    for (let i = from; i < to; i++) putf(buffer, i - from, 1 + alpha * getf(mu, i));
    logInto(buffer, buffer, to - from);
    let part0: f64 = 0;
    let part1: f64 = 0;
    let part2: f64 = 0;
    for (let i = from; i < to; i++) {
      const m = getf(mu, i);
      const yi = getf(y, i);
      const t = alpha * m;
      const up = 1 + t;
      const log = getf(buffer, i - from) + (t - (up - 1)) / up;
      const share = t / up;
      const gap = t > 1 ? log / t - 1 / up : share - logDeficit(t, log);
      const a: f64 = prior ? getf(prior, i) : 1;
      if (centred && yi > LARGE) {
        part0 += a * centredPart(alpha, yi, m, log);
        part1 += a * centredSlope(alpha, yi, m);
      } else {
        part0 += a * (yi * (getf(eta, i) - log) - log / alpha);
        part1 += a * (m * gap + (centred ? yi / up : -yi * share));
      }
      part2 -= a * (m * gap + ((yi - m) * share) / up);
    }
    total += part0;
    first += part1;
    second += part2;
  }
  store<f64>(out, total);
  store<f64>(out, first, 8);
  store<f64>(out, second, 16);
}

/**
 * NB2 working columns: u = score / w into column 0, c = (∂²ℓ/∂η∂ln α) / w into column 1, w ← prior·μ(1 + αy)/(1 + αμ)² (the
 * observed information). out = {Σ w c u, Σ w c²}.
 */
export function nb2Work(plan: Plan, y: usize, prior: usize, x: usize, alpha: f64, out: usize): void {
  const w = plan.w;
  const bytes = <usize>plan.stride << 3;
  let cu: f64 = 0;
  let cc: f64 = 0;
  for (let i = 0; i < plan.n; i++) {
    const mu = getf(w, i);
    const yi = getf(y, i);
    const up = 1 + alpha * mu;
    const curve = 1 + alpha * yi;
    const u = ((yi - mu) * up) / (mu * curve);
    const c = (-(yi - mu) * alpha) / curve;
    let weight = (mu * curve) / (up * up);
    if (prior) weight *= getf(prior, i);
    const at = x + <usize>i * bytes;
    store<f64>(at, u);
    store<f64>(at, c, 8);
    putf(w, i, weight);
    cu += weight * c * u;
    cc += weight * c * c;
  }
  store<f64>(out, cu);
  store<f64>(out, cc, 8);
}

/** Σ_j x_j b_j of one row: `bytes` long, a multiple of 16. */
// @ts-ignore: decorator
@inline
function rowDot(at: usize, b: usize, bytes: usize): f64 {
  let sum = f64x2.mul(v128.load(at), v128.load(b));
  for (let j: usize = 16; j < bytes; j += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(at + j), v128.load(b + j)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * The Newton step of each row into column 0, s = Σ_j x_j b_j (b: stride values; the first columns of x as apply() left them), and
 * eta += s. out = {Σ w s², Σ w, max |s|}.
 */
export function takeStep(plan: Plan, x: usize, eta: usize, b: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  let squares: f64 = 0;
  let weights: f64 = 0;
  let largest: f64 = 0;
  for (let i = 0; i < plan.n; i++) {
    const at = x + <usize>i * bytes;
    const s = rowDot(at, b, bytes);
    store<f64>(at, s);
    putf(eta, i, getf(eta, i) + s);
    const w = getf(plan.w, i);
    squares += w * s * s;
    weights += w;
    largest = max(largest, abs(s));
  }
  store<f64>(out, squares);
  store<f64>(out, weights, 8);
  store<f64>(out, largest, 16);
}

/** eta += factor × column 0 of x: takes part of the last step back. */
export function moveBack(plan: Plan, x: usize, eta: usize, factor: f64): void {
  const bytes = <usize>plan.stride << 3;
  for (let i = 0; i < plan.n; i++) putf(eta, i, getf(eta, i) + factor * load<f64>(x + <usize>i * bytes));
}

const FACTORIALS = 256;
const saturated = memory.data(2048, 16);
let ready = false;

/** {@link lnPoissonSaturated} with the values of small integers kept. */
function saturatedAt(y: f64): f64 {
  if (!ready) {
    for (let j = 0; j < FACTORIALS; j++) putf(saturated, j, lnPoissonSaturated(<f64>j));
    ready = true;
  }
  return y < FACTORIALS && y == Math.floor(y) ? getf(saturated, <i32>y) : lnPoissonSaturated(y);
}

/** w ← μ; out = {log-likelihood with all constants, deviance} of the Poisson model at eta, summed with compensation. */
export function poissonSummary(plan: Plan, y: usize, prior: usize, eta: usize, out: usize): void {
  poissonMean(plan, y, prior, eta);
  let half: f64 = 0;
  let lost: f64 = 0;
  sumStart();
  for (let i = 0; i < plan.n; i++) {
    const yi = getf(y, i);
    const mu = getf(plan.w, i);
    const a: f64 = prior ? getf(prior, i) : 1;
    const part = yi > 0 ? deviancePart(yi, yi - mu, mu) : mu;
    const term = a * part - lost;
    const next = half + term;
    lost = next - half - term;
    half = next;
    sumAdd(a * (saturatedAt(yi) - part));
  }
  store<f64>(out, sumEnd());
  store<f64>(out, 2 * half, 8);
}

/** The same for NB2 at α: deviance = 2 Σ prior [y ln(y/μ) − (y + 1/α) ln((1 + αy)/(1 + αμ))]. */
export function nb2Summary(plan: Plan, y: usize, prior: usize, eta: usize, alpha: f64, out: usize): void {
  poissonMean(plan, y, prior, eta);
  const m = 1 / alpha;
  let deviance: f64 = 0;
  sumStart();
  for (let i = 0; i < plan.n; i++) {
    const yi = getf(y, i);
    const mu = getf(plan.w, i);
    const a: f64 = prior ? getf(prior, i) : 1;
    const n = yi + m;
    const d = (m * (yi - mu)) / (m + mu);
    const parts =
      (yi > 0 ? deviancePart(yi, d, (mu * n) / (m + mu)) : 0) + deviancePart(m, -d, (m * n) / (m + mu));
    deviance += a * (yi > 0 ? parts : m * log1p(mu / m));
    sumAdd(a * lnNegbin(yi, m, mu));
  }
  store<f64>(out, sumEnd());
  store<f64>(out, 2 * deviance, 8);
}

/**
 * Column 0 of x ← e = Σ_j x_j b_j (b = 1, −β, 0 … : stride values); gradient (stride values, from index 1) = Σ w e x_j;
 * returns Σ w e².
 */
export function olsResidual(plan: Plan, x: usize, b: usize, gradient: usize): f64 {
  const bytes = <usize>plan.stride << 3;
  let rss: f64 = 0;
  memory.fill(gradient, 0, bytes);
  for (let i = 0; i < plan.n; i++) {
    const at = x + <usize>i * bytes;
    const e = rowDot(at, b, bytes);
    store<f64>(at, e);
    const weighted = getf(plan.w, i) * e;
    rss += weighted * e;
    const wide = f64x2.splat(weighted);
    for (let j: usize = 0; j < bytes; j += 16)
      v128.store(gradient + j, f64x2.add(v128.load(gradient + j), f64x2.mul(wide, v128.load(at + j))));
  }
  return rss;
}
