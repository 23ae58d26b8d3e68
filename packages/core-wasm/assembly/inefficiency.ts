/**
 * One unit of a count frontier, y ~ Poisson or NB2 with mean exp(η + w): its log-likelihood as an integral over the shift w it shares.
 * Without noise w = −u ≤ 0, u half-normal or exponential; with noise w = v − u, v ~ N(0, σ_v²), whose density is that of composed.ts.
 * Also of a frontier with an effect w ~ N(0, σ_w²) of the unit: rows of composed-row.ts at their residual less w.
 * The integrand is log-concave: it is laid under a Gauss–Legendre rule over the window in which it exceeds e⁻³⁷ of its maximum.
 */
import { bend, composed, composedLevel, E, EXPONENTIAL, H, setScales, SIX, slope } from './composed';
import { rowE, rowEE, rowLevel, rowPrecision, rowSlopes } from './composed-row';
import { HALF_LN_2PI, log1p } from './special';
import { positions, shares } from './quadrature';
import { lnNegbin, lnPoisson } from './steps';
import { get, put, Task } from './task';
import { exp1, expInto, log1 } from './vmath';

const DROP: f64 = 37;
const SLACK: f64 = 6;
const LN_2: f64 = 0.69314718055994530942;

/** The unit: rows from … to of t, λ = exp(η) in t.lambda; Σ y and Σ λ; m = 1/α of NB2, or 0. */
let t_: Task = changetype<Task>(0);
let from_: i32 = 0;
let to_: i32 = 0;
let counts: f64 = 0;
let means: f64 = 0;
let shape: f64 = 0;
/** Whether w is the effect of a unit on a frontier, with residuals in t.lambda. */
let effect: bool = false;
/** The law of w; with noise (or as an effect) it has both signs. */
let noise: bool = false;
let law: i32 = 0;
let sigma: f64 = 0;
let lnSigma: f64 = 0;

/** Derivatives of the log integrand in w. */
let first: f64 = 0;
let second: f64 = 0;
/** The maximum, roughly, and the window. */
let mode: f64 = 0;
let atMode: f64 = 0;
let low: f64 = 0;
let high: f64 = 0;
let priorAtMode: f64 = 0;
/** Σ ℓ of the rows of a frontier at the mode. */
let levelAtMode: f64 = 0;

/** Law of w for the units that follow: ln σ_v (with noise) and ln σ_u. */
export function setShift(t: Task, alpha: f64, a: f64, b: f64): void {
  t_ = t;
  effect = false;
  shape = alpha;
  noise = t.noise;
  law = t.law;
  lnSigma = b;
  sigma = exp1(b);
  if (noise) setScales(law, a, b);
}

/** w ~ N(0, e^{2c}) of a frontier whose residuals stand in t.lambda. */
export function setEffect(t: Task, c: f64): void {
  t_ = t;
  effect = true;
  noise = true;
  lnSigma = c;
  sigma = exp1(c);
}

/** Σ ℓ of the rows of a frontier at w. */
function rowsLevel(w: f64): f64 {
  let s: f64 = 0;
  for (let i = from_; i < to_; i++) s += rowLevel(get(t_.lambda, i) - w);
  return s;
}

/** ln f(w). */
function prior(w: f64): f64 {
  if (effect) {
    const s = w / sigma;
    return -HALF_LN_2PI - lnSigma - 0.5 * s * s;
  }
  if (noise) return composedLevel(w);
  if (law == EXPONENTIAL) return w / sigma - lnSigma;
  const s = w / sigma;
  return LN_2 - HALF_LN_2PI - lnSigma - 0.5 * s * s;
}

/** ln of the rows' probability at w less that at the mode. */
function likelihood(w: f64): f64 {
  if (effect) return rowsLevel(w) - levelAtMode;
  const d = w - mode;
  if (shape == 0) return counts * d - means * (exp1(w) - atMode);
  let s = counts * d;
  const change = exp1(w) - atMode;
  for (let i = from_; i < to_; i++) {
    const lambda = get(t_.lambda, i);
    s -= (get(t_.y, i) + shape) * log1p((lambda * change) / (shape + lambda * atMode));
  }
  return s;
}

function slopes(w: f64): void {
  if (effect) {
    second = -1 / (sigma * sigma);
    first = w * second;
    for (let i = from_; i < to_; i++) {
      rowSlopes(get(t_.lambda, i) - w);
      first -= rowE;
      second += rowEE;
    }
    return;
  }
  const e = exp1(w);
  first = 0;
  second = 0;
  if (shape == 0) {
    first = counts - means * e;
    second = -means * e;
  } else
    for (let i = from_; i < to_; i++) {
      const mu = get(t_.lambda, i) * e;
      const y = get(t_.y, i);
      const q = shape / (shape + mu);
      first += (y - mu) * q;
      second -= (mu / (shape + mu)) * q * (shape + y);
    }
  if (noise) {
    composed(1, 0, w * w, w, 1);
    first += 2 * w * get(slope, E) + get(slope, H);
    second += 2 * get(slope, E) + get(bend, H * SIX + H);
  } else if (law == EXPONENTIAL) first += 1 / sigma;
  else {
    first -= w / (sigma * sigma);
    second -= 1 / (sigma * sigma);
  }
}

/** Sets the mode to a hundredth of a standard deviation: safeguarded Newton from 0. */
function findMode(): void {
  let w: f64 = 0;
  let least: f64 = -Infinity;
  let most: f64 = noise ? Infinity : 0;
  slopes(0);
  for (let round = 0; round < 80 && !(!noise && w == 0 && first >= 0); round++) {
    if (abs(first) <= 0.01 * sqrt(-second)) break;
    if (first > 0) least = w;
    else most = w;
    let next = w - first / second;
    if (!(next > least && next < most)) {
      if (first > 0) next = most < Infinity ? 0.5 * (w + most) : w + 1;
      else next = least > -Infinity ? 0.5 * (w + least) : w - 1 - abs(w);
    }
    w = next;
    slopes(w);
  }
  mode = w;
  atMode = exp1(w);
  priorAtMode = prior(w);
  if (effect) levelAtMode = rowsLevel(w);
}

/** How far from the mode, in the direction `side`, the log integrand has fallen by DROP. */
function reach(side: f64, slopeThere: f64, curvature: f64): f64 {
  const g = abs(slopeThere);
  let x = (2 * DROP) / (g + sqrt(g * g - 2 * DROP * curvature));
  for (let round = 0; round < 80; round++) {
    const w = mode + side * x;
    if (side > 0 && !noise && w >= 0) {
      if (priorAtMode - prior(0) - likelihood(0) <= DROP + SLACK) return -mode;
    }
    const fallen = priorAtMode - prior(w) - likelihood(w);
    if (fallen >= DROP && fallen <= DROP + SLACK) break;
    slopes(w);
    const rate = -side * first;
    const next = x - (fallen - (DROP + 0.5 * SLACK)) / rate;
    x = rate > 0 && next > 0 && next < Infinity ? next : 2 * x;
  }
  return x;
}

function findWindow(): void {
  findMode();
  const g = first;
  const c = second;
  low = mode - reach(-1, max(g, 0.0), c);
  high = !noise && mode == 0 ? 0.0 : mode + reach(1, max(-g, 0.0), c);
}

/** Node arrays (n each): w, e^w, posterior weights; the log integrand. */
export let nodeW: usize = 0;
export let nodeT: usize = 0;
export let nodeP: usize = 0;
let nodeL: usize = 0;
export function setNodes(at: usize, n: i32): void {
  const bytes = (<usize>n + 1) << 3;
  nodeW = at;
  nodeT = at + bytes;
  nodeP = nodeT + bytes;
  nodeL = nodeP + bytes;
}

/** ln of the rows' probability at w = mode. */
function rowsAtMode(): f64 {
  if (effect) return rowsLevel(mode);
  let s: f64 = 0;
  for (let i = from_; i < to_; i++) {
    const mu = get(t_.lambda, i) * atMode;
    s += shape == 0 ? lnPoisson(get(t_.y, i), mu) : lnNegbin(get(t_.y, i), shape, mu);
  }
  return s;
}

function take(from: i32, to: i32): void {
  from_ = from;
  to_ = to;
  counts = 0;
  means = 0;
  if (effect) return;
  for (let i = from; i < to; i++) {
    counts += get(t_.y, i);
    means += get(t_.lambda, i);
  }
}

/** A rule of n nodes over [a, b], its weights times the integrand over that at the mode, into the node arrays; returns the sum. */
function layOver(a: f64, b: f64, n: i32): f64 {
  const half = 0.5 * (b - a);
  for (let k = 0; k < n; k++) {
    put(nodeW, k, a + half * (1 + get(positions, k)));
    put(nodeP, k, half * get(shares, k));
  }
  return weigh(n);
}

/**
 * With noise the density turns within σ_v of its top and may fall slowly from there: half of the nodes on either side of the mode, where
 * they are dense.
 */
function layOnBothSides(n: i32): f64 {
  const m = n >> 1;
  const left = 0.5 * (mode - low);
  const right = 0.5 * (high - mode);
  for (let k = 0; k < m; k++) {
    put(nodeW, k, low + left * (1 + get(positions, k)));
    put(nodeP, k, left * get(shares, k));
    put(nodeW, m + k, mode + right * (1 + get(positions, k)));
    put(nodeP, m + k, right * get(shares, k));
  }
  return weigh(n);
}

/** δ of {@link layBySinh} over the least spread that w can have given its rows. */
const NEAR: f64 = 4;

function asinh(x: f64): f64 {
  return x < 0 ? -log1(sqrt(x * x + 1) - x) : log1(x + sqrt(x * x + 1));
}

/**
 * The effect of a unit: w = c + δ sinh t, the trapezoidal rule in t. The integrand is entire and dies away at both ends; where a small σ_v makes
 * it turn within σ_v/√T is where w comes down to the highest residual, or its top if that is lower: there nodes are dense.
 */
function layBySinh(n: i32): f64 {
  const d = NEAR / sqrt(rowPrecision() * <f64>(to_ - from_) + 1 / (sigma * sigma));
  let c = -Infinity;
  for (let i = from_; i < to_; i++) c = max(c, get(t_.lambda, i));
  c = max(min(c, mode), low);
  const start = asinh((low - c) / d);
  const step = (asinh((high - c) / d) - start) / (n - 1);
  for (let k = 0; k < n; k++) {
    const e = exp1(start + step * k);
    put(nodeW, k, c + 0.5 * d * (e - 1 / e));
    put(nodeP, k, 0.5 * d * (e + 1 / e) * step);
  }
  return weigh(n);
}

/** Multiplies the rule's weights in nodeP by the integrand over that at the mode; returns the sum. */
function weigh(n: i32): f64 {
  expInto(nodeW, nodeT, n);
  if (shape == 0 && !noise) plainLogs(n);
  else for (let k = 0; k < n; k++) put(nodeL, k, likelihood(get(nodeW, k)) + prior(get(nodeW, k)) - priorAtMode);
  expInto(nodeL, nodeL, n);
  let total: f64 = 0;
  for (let k = 0; k < n; k++) {
    const p = get(nodeP, k) * get(nodeL, k);
    put(nodeP, k, p);
    total += p;
  }
  return total;
}

/** The log integrand of Poisson rows without noise, two nodes at a time. */
function plainLogs(n: i32): void {
  const exponential = law == EXPONENTIAL;
  const square = f64x2.splat(exponential ? 0.0 : -0.5 / (sigma * sigma));
  const linear = f64x2.splat(counts + (exponential ? 1 / sigma : 0.0));
  const level = f64x2.splat(means);
  const constant = f64x2.splat(
    means * atMode - counts * mode - (exponential ? mode / sigma : (-0.5 * mode * mode) / (sigma * sigma)),
  );
  const end = <usize>n << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(nodeW + at);
    const s = f64x2.sub(f64x2.mul(w, f64x2.add(linear, f64x2.mul(square, w))), f64x2.mul(level, v128.load(nodeT + at)));
    v128.store(nodeL + at, f64x2.add(s, constant));
  }
}

/** Log-likelihood of rows from … to with n nodes; the posterior of w in the node arrays. One node at 0 where `flat` (no inefficiency, no noise). */
export function integrate(from: i32, to: i32, n: i32, flat: bool): f64 {
  take(from, to);
  if (flat) {
    mode = 0;
    atMode = 1;
    put(nodeW, 0, 0);
    put(nodeT, 0, 1);
    put(nodeP, 0, 1);
    return rowsAtMode();
  }
  findWindow();
  const total = effect ? layBySinh(n) : noise ? layOnBothSides(n) : layOver(low, high, n);
  for (let k = 0; k < n; k++) put(nodeP, k, get(nodeP, k) / total);
  return rowsAtMode() + priorAtMode + log1(total);
}

/** P(u ≤ x | y) of the unit last integrated, without noise: total is the integral over the window. */
export function below(x: f64, total: f64, n: i32): f64 {
  return -x <= low ? 1.0 : layOver(max(-x, low), high, n) / total;
}
export function windowTotal(n: i32): f64 {
  return layOver(low, high, n);
}
export function windowLow(): f64 {
  return low;
}
