/**
 * Stochastic frontier on a continuous outcome, y = xβ + offset + v − h u: one u a row (groups of one row), or one u a unit with
 * h = exp(−η d), d = t − T_i (Battese, Coelli 1992; h = 1 without decay). Parameters: β, ln σ_v, ln σ_u, δ (truncated normal: μ = z δ;
 * Battese, Coelli 1995), η. Frozen, ln σ_u = LN_BOUNDARY and only β, ln σ_v are parameters: least squares.
 */
import { A, B, bend, composed, E, G, H, HALF_NORMAL, MU, setScales, SIX, slope, TRUNCATED } from './composed';
import { addGram, axpyInto, gemvInto } from './matrix';
import { sumAdd, sumEnd, sumStart } from './sum';
import { ETA_OVERFLOW, get, OK, put, Task, weight } from './task';
import { exp1 } from './vmath';

/** ln σ_u of a model without inefficiency. */
export const NO_INEFFICIENCY: f64 = -40;

/** Gradients of ln σ_v, ln σ_u, μ and η in the six numbers of composed.ts (4 × 6), and what they give. */
const own = memory.data(192, 16);
const cross = memory.data(32, 16);

let statE: f64 = 0;
let statH: f64 = 0;
let statG: f64 = 0;
/** η alone: Σ d h ε, Σ d² h ε, Σ d h², Σ d² h². */
let decayH: f64 = 0;
let decayHH: f64 = 0;
let decayG: f64 = 0;
let decayGG: f64 = 0;

/** xβ + offset into t.eta, with the coefficients of theta. */
export function predict(t: Task, theta: usize): void {
  memory.copy(t.b, theta, <usize>t.k << 3);
  gemvInto(t.x, t.ld, t.n, t.b, t.eta);
  if (t.offset) for (let i = 0; i < t.n; i++) put(t.eta, i, get(t.eta, i) + get(t.offset, i));
}

/** η of a task at theta; 0 without decay. */
export function decayOf(t: Task, theta: usize): f64 {
  return t.decay && !t.frozen ? get(theta, t.p - 1) : 0.0;
}

/** μ of row i. */
export function locationOf(t: Task, theta: usize, i: i32): f64 {
  if (t.law != TRUNCATED || t.frozen) return 0;
  let mu: f64 = 0;
  for (let j = 0; j < t.m; j++) mu += get(t.z, i * t.m + j) * get(theta, t.k + 2 + j);
  return mu;
}

/** E, H and G of rows from … to, and their derivatives in η. h of each row into t.lambda. */
export function statistics(t: Task, from: i32, to: i32, eta: f64): void {
  statE = statH = statG = decayH = decayHH = decayG = decayGG = 0;
  for (let i = from; i < to; i++) {
    const e = get(t.y, i) - get(t.eta, i);
    const d = t.decay ? get(t.decay, i) : 0.0;
    const h = d != 0 && eta != 0 ? exp1(-eta * d) : 1.0;
    put(t.lambda, i, h);
    statE += e * e;
    statH += h * e;
    statG += h * h;
    decayH += d * h * e;
    decayHH += d * d * h * e;
    decayG += d * h * h;
    decayGG += d * d * h * h;
  }
}
export function unitH(): f64 {
  return statH;
}
export function unitG(): f64 {
  return statG;
}

/** Log-likelihood, gradient and −Hessian at internal theta; fills t.scores (g × p) where it is set. */
export function evaluateFrontier(t: Task, theta: usize): i32 {
  const p = t.p;
  predict(t, theta);
  memory.fill(t.G, 0, (<usize>t.ld * t.ld) << 3);
  memory.fill(t.grad, 0, <usize>p << 3);
  memory.fill(t.neg, 0, (<usize>p * p) << 3);
  const lnV = get(theta, t.k);
  const lnU = t.frozen ? NO_INEFFICIENCY : get(theta, t.k + 1);
  const eta = decayOf(t, theta);
  if (!(abs(lnV) < 300 && abs(lnU) < 300)) return ETA_OVERFLOW;
  setScales(t.frozen ? HALF_NORMAL : t.law, lnV, lnU);
  sumStart();
  let waiting = 0;
  let first = 0;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (t.scores) memory.fill(t.scores + ((<usize>g * p) << 3), 0, <usize>p << 3);
    if (to == from) continue;
    const w = weight(t, from);
    statistics(t, from, to, eta);
    const ll = composed(<f64>(to - from), locationOf(t, theta, from), statE, statH, statG);
    if (w != 0) sumAdd(w * ll);
    const single = to - from == 1;
    const rowWeight = -2 * get(slope, E) - (single ? get(bend, H * SIX + H) * get(t.lambda, from) * get(t.lambda, from) : 0.0);
    for (let i = from; i < to; i++) {
      if (waiting == t.block) {
        addGram(t.x + ((<usize>first * t.ld) << 3), t.ld, waiting, t.rowW, t.S, t.G);
        first += waiting;
        waiting = 0;
      }
      put(t.rowW, waiting++, w * rowWeight);
    }
    addUnit(t, g, from, to, w, single);
  }
  if (waiting > 0) addGram(t.x + ((<usize>first * t.ld) << 3), t.ld, waiting, t.rowW, t.S, t.G);
  t.loglik = sumEnd();
  finish(t);
  return t.loglik == t.loglik && abs(t.loglik) < Infinity ? OK : ETA_OVERFLOW;
}

/** −Hessian of β from G, and the upper triangle of the rest. */
function finish(t: Task): void {
  const p = t.p;
  for (let i = 0; i < t.k; i++) for (let j = 0; j <= i; j++) put(t.neg, i * p + j, get(t.neg, i * p + j) + get(t.G, i * t.ld + j));
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) put(t.neg, j * p + i, get(t.neg, i * p + j));
}

// @ts-ignore: decorator
@inline
function add(a: usize, i: i32, v: f64): void {
  put(a, i, get(a, i) + v);
}

/** t.tXe = ∂E/∂β, t.tXc = ∂H/∂β, t.mean = ∂(Σ d h ε)/∂β, all with the sign of −x. */
function regressors(t: Task, from: i32, to: i32): void {
  memory.fill(t.tXe, 0, <usize>t.ld << 3);
  memory.fill(t.tXc, 0, <usize>t.ld << 3);
  memory.fill(t.mean, 0, <usize>t.ld << 3);
  for (let i = from; i < to; i++) {
    const x = t.x + ((<usize>i * t.ld) << 3);
    axpyInto(2 * (get(t.eta, i) - get(t.y, i)), x, t.tXe, t.ld);
    axpyInto(-get(t.lambda, i), x, t.tXc, t.ld);
    if (t.decay) axpyInto(-get(t.decay, i) * get(t.lambda, i), x, t.mean, t.ld);
  }
}

/** Everything of one unit but its rows' part of the Gram. */
function addUnit(t: Task, g: i32, from: i32, to: i32, w: f64, single: bool): void {
  const k = t.k;
  const p = t.p;
  const score = t.scores ? t.scores + ((<usize>g * p) << 3) : 0;
  regressors(t, from, to);
  const sE = get(slope, E);
  const sH = get(slope, H);
  const hh = get(bend, H * SIX + H);
  for (let j = 0; j < k; j++) {
    const s = w * (sE * get(t.tXe, j) + sH * get(t.tXc, j));
    add(t.grad, j, s);
    if (score) put(score, j, s);
    if (!single) for (let i = 0; i <= j; i++) add(t.neg, j * p + i, -w * hh * get(t.tXc, i) * get(t.tXc, j));
  }
  memory.fill(own, 0, 192);
  put(own, A, 1);
  put(own, SIX + B, 1);
  put(own, 2 * SIX + MU, 1);
  put(own, 3 * SIX + H, -decayH);
  put(own, 3 * SIX + G, -2 * decayG);
  for (let a = k; a < p; a++) {
    const which = kind(t, a);
    const share = shareOf(t, a, from);
    const row = own + ((<usize>(which * SIX)) << 3);
    let s: f64 = 0;
    let onE: f64 = 0;
    let onH: f64 = 0;
    for (let v = 0; v < SIX; v++) {
      const c = get(row, v);
      if (c == 0) continue;
      s += c * get(slope, v);
      onE += c * get(bend, v * SIX + E);
      onH += c * get(bend, v * SIX + H);
    }
    add(t.grad, a, w * share * s);
    if (score) put(score, a, w * share * s);
    for (let j = 0; j < k; j++) {
      let v = share * (onE * get(t.tXe, j) + onH * get(t.tXc, j));
      if (which == 3) v -= sH * get(t.mean, j);
      add(t.neg, a * p + j, -w * v);
    }
    for (let b = k; b <= a; b++) add(t.neg, a * p + b, -w * share * shareOf(t, b, from) * between(which, kind(t, b)));
    if (which == 3) add(t.neg, a * p + a, -w * (sH * decayHH + get(slope, G) * 4 * decayGG));
  }
}

/** Which of ln σ_v, ln σ_u, μ, η parameter a stands for. */
function kind(t: Task, a: i32): i32 {
  const place = a - t.k;
  if (place < 2) return place;
  return t.decay && a == t.p - 1 ? 3 : 2;
}

/** ∂μ/∂δ; 1 for the others. */
function shareOf(t: Task, a: i32, row: i32): f64 {
  return kind(t, a) == 2 ? get(t.z, row * t.m + a - t.k - 2) : 1.0;
}

function between(a: i32, b: i32): f64 {
  let s: f64 = 0;
  for (let v = 0; v < SIX; v++) {
    const c = get(own, a * SIX + v);
    if (c == 0) continue;
    for (let u = 0; u < SIX; u++) s += c * get(own, b * SIX + u) * get(bend, v * SIX + u);
  }
  return s;
}
