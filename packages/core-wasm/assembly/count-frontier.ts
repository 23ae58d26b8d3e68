/**
 * Count frontiers (Fé, Hofler 2013): y ~ Poisson or NB2 with mean exp(xβ + offset + w), w of inefficiency.ts shared by the rows of a
 * unit (groups of one row: by each row alone). Parameters: β, ln α (nb-frontier), ln σ_v (with noise), ln σ_u. With S = ∂ ln(joint)/∂θ
 * and −H₀ its information, score = E(S | y) and −H = E(H₀ | y) − Var(S | y) (Louis 1982), by the same quadrature as the likelihood.
 * Frozen, ln σ_u = −40: the count model without inefficiency.
 */
import { A, B, bend, composed, EXPONENTIAL, SIX, slope } from './composed';
import { NO_INEFFICIENCY, predict } from './frontier';
import { integrate, nodeP, nodeT, nodeW, setNodes, setShift } from './inefficiency';
import { addGram, axpyInto } from './matrix';
import { alloc, mark, reset } from './memory';
import { useRule } from './quadrature';
import { logExcess } from './special';
import { stepSums, sumE, sumV, sumW } from './steps';
import { sumAdd, sumEnd, sumStart } from './sum';
import { ETA_MAX, ETA_OVERFLOW, get, NB_FRONTIER, OK, OUT_OF_MEMORY, put, Task, weight } from './task';
import { exp1, expInto } from './vmath';

/** Values of each channel of S at the nodes: `stride` doubles a channel; their means and covariances. */
let channels: usize = 0;
let stride: i32 = 0;
let means: usize = 0;
let covariances: usize = 0;
let rowInformation: usize = 0;
let rowCross: usize = 0;
let shape: f64 = 0;
let lnU: f64 = 0;
/** E(H₀) of the auxiliaries: ln α; ln σ_v, their cross term, ln σ_u. */
let ownAlpha: f64 = 0;
let ownA: f64 = 0;
let ownAB: f64 = 0;
let ownB: f64 = 0;

function largestUnit(t: Task): i32 {
  let most = 1;
  for (let g = 0; g < t.g; g++)
    most = max(most, load<i32>(t.group + (<usize>g << 2), 4) - load<i32>(t.group + (<usize>g << 2)));
  return most;
}

// @ts-ignore: decorator
@inline
function add(a: usize, i: i32, v: f64): void {
  put(a, i, get(a, i) + v);
}

// @ts-ignore: decorator
@inline
function channel(c: i32): usize {
  return channels + ((<usize>(c * stride)) << 3);
}

/** Linear predictors, means and the law of w at internal theta; ETA_OVERFLOW beyond ±700. */
export function shiftAt(t: Task, theta: usize): i32 {
  predict(t, theta);
  let widest: f64 = 0;
  for (let i = 0; i < t.n; i++) widest = max(widest, abs(get(t.eta, i)));
  if (!(widest <= ETA_MAX)) return ETA_OVERFLOW;
  expInto(t.eta, t.lambda, t.n);
  let at = t.k;
  shape = t.model == NB_FRONTIER ? exp1(-get(theta, at++)) : 0.0;
  const a = t.noise ? get(theta, at++) : 0.0;
  const b = t.frozen ? NO_INEFFICIENCY : get(theta, at);
  if (!(abs(a) < 100 && abs(b) < 100 && (shape == 0 ? t.model != NB_FRONTIER : shape < Infinity))) return ETA_OVERFLOW;
  lnU = b;
  setShift(t, shape, a, b);
  return OK;
}

/** No quadrature: the limit model without noise. */
export function isFlat(t: Task): bool {
  return t.frozen && !t.noise;
}

/** Log-likelihood, gradient and −Hessian at internal theta; fills t.scores (g × p) where it is set. */
export function evaluateCount(t: Task, theta: usize): i32 {
  const p = t.p;
  const status = shiftAt(t, theta);
  if (status) return status;
  const nodes = isFlat(t) ? 1 : t.nodes;
  if (nodes > 1) useRule(t.noise ? nodes >> 1 : nodes);
  const most = largestUnit(t);
  const grouped = t.model == NB_FRONTIER ? most : 1;
  const count = grouped + 3;
  const top = mark();
  stride = (nodes + 2) & ~1;
  channels = alloc(<f64>count * stride * 8);
  means = alloc(<f64>count * 8);
  covariances = alloc(<f64>count * count * 8);
  rowInformation = alloc(<f64>most * 8);
  rowCross = alloc(<f64>most * 8);
  const room = alloc(<f64>(nodes + 1) * 32);
  if (!channels || !means || !covariances || !rowInformation || !rowCross || !room) {
    reset(top);
    return OUT_OF_MEMORY;
  }
  setNodes(room, nodes);
  memory.fill(t.G, 0, (<usize>t.ld * t.ld) << 3);
  memory.fill(t.grad, 0, <usize>p << 3);
  memory.fill(t.neg, 0, (<usize>p * p) << 3);
  sumStart();
  let waiting = 0;
  let done = 0;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (t.scores) memory.fill(t.scores + ((<usize>g * p) << 3), 0, <usize>p << 3);
    if (to == from) continue;
    const w = weight(t, from);
    const ll = integrate(from, to, nodes, nodes == 1);
    if (w != 0) sumAdd(w * ll);
    const rows = fillChannels(t, from, to, nodes);
    moments(rows + auxiliaryChannels(t), nodes);
    const single = to - from == 1;
    for (let i = from; i < to; i++) {
      if (waiting == t.block) {
        addGram(t.x + ((<usize>done * t.ld) << 3), t.ld, waiting, t.rowW, t.S, t.G);
        done += waiting;
        waiting = 0;
      }
      const basis = shape == 0 ? get(t.lambda, i) : 1.0;
      const folded = single ? basis * basis * get(covariances, 0) : 0.0;
      put(t.rowW, waiting++, w * (get(rowInformation, i - from) - folded));
    }
    addUnit(t, g, from, to, w, single, rows);
  }
  if (waiting > 0) addGram(t.x + ((<usize>done * t.ld) << 3), t.ld, waiting, t.rowW, t.S, t.G);
  reset(top);
  t.loglik = min(sumEnd(), 0.0);
  for (let i = 0; i < t.k; i++) for (let j = 0; j <= i; j++) add(t.neg, i * p + j, get(t.G, i * t.ld + j));
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) put(t.neg, j * p + i, get(t.neg, i * p + j));
  return t.loglik == t.loglik && abs(t.loglik) < Infinity ? OK : ETA_OVERFLOW;
}

/** ln α, then ln σ_v, then ln σ_u, as far as they are parameters. */
function auxiliaryChannels(t: Task): i32 {
  return (shape == 0 ? 0 : 1) + (t.noise ? 1 : 0) + (t.frozen ? 0 : 1);
}

/** S at the nodes, and the expected information of the rows and auxiliaries. Returns the channels of η: 1 (poisson), rows (nb). */
function fillChannels(t: Task, from: i32, to: i32, nodes: i32): i32 {
  let next = 1;
  if (shape == 0) {
    const to0 = channel(0);
    let mean: f64 = 0;
    for (let k = 0; k < nodes; k++) {
      put(to0, k, -get(nodeT, k));
      mean += get(nodeP, k) * get(nodeT, k);
    }
    for (let i = from; i < to; i++) put(rowInformation, i - from, get(t.lambda, i) * mean);
  } else {
    next = to - from;
    fillNegbin(t, from, to, nodes);
    next++;
  }
  fillLaw(t, next, nodes);
  return shape == 0 ? 1 : to - from;
}

/** As nb2Block of rows.ts, at each node. */
function fillNegbin(t: Task, from: i32, to: i32, nodes: i32): void {
  const rows = to - from;
  const alpha = channel(rows);
  memory.fill(alpha, 0, <usize>nodes << 3);
  ownAlpha = 0;
  const m = shape;
  for (let r = 0; r < rows; r++) {
    const y = get(t.y, from + r);
    const lambda = get(t.lambda, from + r);
    const at = channel(r);
    stepSums(m, y);
    let information: f64 = 0;
    let cross: f64 = 0;
    for (let k = 0; k < nodes; k++) {
      const p = get(nodeP, k);
      const mu = lambda * get(nodeT, k);
      const f = mu / (m + mu);
      const q = m / (m + mu);
      const gap = m * logExcess(mu / m);
      const e = (y - mu) * q;
      put(at, k, e);
      information += p * (f * q * (m + y));
      cross += p * (e * f);
      add(alpha, k, (m < y ? y * q - sumE : sumV - y * f) + gap);
      ownAlpha -= p * (sumW - gap + m * f * f - y * f * q);
    }
    put(rowInformation, r, information);
    put(rowCross, r, cross);
  }
}

/** Channels of the law of w: ∂ ln f/∂ ln σ. */
function fillLaw(t: Task, next: i32, nodes: i32): void {
  ownA = ownAB = ownB = 0;
  if (t.noise) {
    const onA = channel(next);
    const onB = channel(next + 1);
    for (let k = 0; k < nodes; k++) {
      const w = get(nodeW, k);
      const p = get(nodeP, k);
      composed(1, 0, w * w, w, 1);
      put(onA, k, get(slope, A));
      put(onB, k, get(slope, B));
      ownA -= p * get(bend, A * SIX + A);
      ownAB -= p * get(bend, A * SIX + B);
      ownB -= p * get(bend, B * SIX + B);
    }
    return;
  }
  if (t.frozen) return;
  const at = channel(next);
  const exponential = t.law == EXPONENTIAL;
  const scale = exp1(-lnU);
  for (let k = 0; k < nodes; k++) {
    const s = get(nodeW, k) * scale;
    const q = exponential ? -s : s * s;
    put(at, k, q - 1);
    ownB += get(nodeP, k) * (exponential ? q : 2 * q);
  }
}

/** Posterior means, and covariances in two passes. */
function moments(count: i32, nodes: i32): void {
  for (let c = 0; c < count; c++) {
    const at = channel(c);
    let s: f64 = 0;
    for (let k = 0; k < nodes; k++) s += get(nodeP, k) * get(at, k);
    put(means, c, s);
    for (let k = 0; k < nodes; k++) put(at, k, get(at, k) - s);
  }
  for (let c = 0; c < count; c++)
    for (let d = 0; d <= c; d++) {
      const a = channel(c);
      const b = channel(d);
      let s = f64x2.splat(0);
      let k = 0;
      for (; k + 1 < nodes; k += 2) {
        const at = <usize>k << 3;
        s = f64x2.add(s, f64x2.mul(v128.load(nodeP + at), f64x2.mul(v128.load(a + at), v128.load(b + at))));
      }
      let v = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
      if (k < nodes) v += get(nodeP, k) * get(a, k) * get(b, k);
      put(covariances, c * count + d, v);
      put(covariances, d * count + c, v);
    }
}

/** Gradient, the part of −H that is no Gram of single rows, and the score of one unit. */
function addUnit(t: Task, g: i32, from: i32, to: i32, w: f64, single: bool, rows: i32): void {
  const k = t.k;
  const p = t.p;
  const own = auxiliaryChannels(t);
  const count = rows + own;
  const score = t.scores ? t.scores + ((<usize>g * p) << 3) : 0;
  const poisson = shape == 0;
  // t.tXe: Σ E(e) x; t.tXc: Σ λ x, the basis of the one Poisson channel
  memory.fill(t.tXe, 0, <usize>t.ld << 3);
  memory.fill(t.tXc, 0, <usize>t.ld << 3);
  for (let i = from; i < to; i++) {
    const x = t.x + ((<usize>i * t.ld) << 3);
    const lambda = get(t.lambda, i);
    axpyInto(poisson ? get(t.y, i) + lambda * get(means, 0) : get(means, i - from), x, t.tXe, t.ld);
    if (poisson) axpyInto(lambda, x, t.tXc, t.ld);
  }
  for (let j = 0; j < k; j++) {
    add(t.grad, j, w * get(t.tXe, j));
    if (score) put(score, j, w * get(t.tXe, j));
  }
  if (!single && poisson) {
    const v = w * get(covariances, 0);
    for (let j = 0; j < k; j++) for (let i = 0; i <= j; i++) add(t.neg, j * p + i, -v * get(t.tXc, i) * get(t.tXc, j));
  }
  if (!single && !poisson) {
    for (let r = 0; r < rows; r++) {
      memory.fill(t.mean, 0, <usize>t.ld << 3);
      for (let s = 0; s < rows; s++)
        axpyInto(get(covariances, r * count + s), t.x + ((<usize>(from + s) * t.ld) << 3), t.mean, t.ld);
      const x = t.x + ((<usize>(from + r) * t.ld) << 3);
      for (let j = 0; j < k; j++) for (let i = 0; i <= j; i++) add(t.neg, j * p + i, -w * get(x, j) * get(t.mean, i));
    }
  }
  for (let a = 0; a < own; a++) {
    const at = k + a;
    const c = rows + a;
    add(t.grad, at, w * get(means, c));
    if (score) put(score, at, w * get(means, c));
    // Cov(S of the auxiliary, S of β)
    memory.fill(t.mean, 0, <usize>t.ld << 3);
    if (poisson) axpyInto(get(covariances, c * count), t.tXc, t.mean, t.ld);
    else
      for (let i = from; i < to; i++) {
        const extra = a == 0 ? get(rowCross, i - from) : 0.0;
        axpyInto(get(covariances, c * count + i - from) - extra, t.x + ((<usize>i * t.ld) << 3), t.mean, t.ld);
      }
    for (let j = 0; j < k; j++) add(t.neg, at * p + j, -w * get(t.mean, j));
    for (let b = 0; b <= a; b++) add(t.neg, at * p + k + b, w * (information(t, a, b) - get(covariances, c * count + rows + b)));
  }
}

/** E(H₀) between auxiliaries a and b of the task. */
function information(t: Task, a: i32, b: i32): f64 {
  if (shape != 0) {
    if (a == 0 && b == 0) return ownAlpha;
    if (a == 0 || b == 0) return 0;
    a--;
    b--;
  }
  if (!t.noise) return ownB;
  return a == 1 ? (b == 1 ? ownB : ownAB) : ownA;
}
