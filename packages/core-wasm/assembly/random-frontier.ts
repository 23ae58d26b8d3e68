/**
 * Frontier with a normal effect of the unit ("true" random effects, Greene 2005): y = xβ + offset + w + v − u, w ~ N(0, σ_w²) of the unit,
 * v and u of each row. Parameters: β, ln σ_v, ln σ_w, ln σ_u. With S = ∂ ln(joint)/∂θ given w and −H₀ its information, score = E(S | y)
 * and −H = E(H₀ | y) − Var(S | y) (Louis 1982), by the same quadrature over w as the likelihood (inefficiency.ts).
 * ln σ_w = −40: no effect, the frontier of rows; its row of −H is then that of ln σ_v's diagonal, so that Newton leaves it alone.
 */
import { HALF_NORMAL } from './composed';
import {
  rowA, rowAA, rowAB, rowB, rowBB, rowDerivatives, rowE, rowEA, rowEB, rowEE, rowLevel, rowSlopes, setRowScales,
} from './composed-row';
import { NO_INEFFICIENCY, predict } from './frontier';
import { integrate, nodeP, nodeW, setEffect, setNodes } from './inefficiency';
import { addGram, axpyInto } from './matrix';
import { alloc, mark, reset } from './memory';
import { sumAdd, sumEnd, sumStart } from './sum';
import { ETA_OVERFLOW, get, OK, OUT_OF_MEMORY, put, Task, weight } from './task';
import { exp1, log1 } from './vmath';

/** ln(σ_u/σ_v) at which the quadrature no longer sees where the rows' densities turn. */
const UNSEEN: f64 = 8;
const ROOT_3: f64 = 1.7320508075688772935;

/** S at the nodes: per node β (ld, padded), ln σ_v, ln σ_w, ln σ_u; its mean; 4 doubles wider than ld. */
let table: usize = 0;
let mean: usize = 0;
let width: i32 = 0;
/** E(H₀) of ln σ_v and ln σ_u. */
let ownAA: f64 = 0;
let ownAB: f64 = 0;
let ownBB: f64 = 0;

// @ts-ignore: decorator
@inline
function add(a: usize, i: i32, v: f64): void {
  put(a, i, get(a, i) + v);
}

/** Whether theta is without an effect of the unit. */
export function withoutEffect(t: Task, theta: usize): bool {
  return get(theta, t.k + 1) == NO_INEFFICIENCY;
}

/** Residuals into t.lambda, and the laws of theta; ETA_OVERFLOW where they are out of range. */
export function residualsAt(t: Task, theta: usize): i32 {
  predict(t, theta);
  for (let i = 0; i < t.n; i++) put(t.lambda, i, get(t.y, i) - get(t.eta, i));
  const a = get(theta, t.k);
  const c = get(theta, t.k + 1);
  const b = t.frozen ? NO_INEFFICIENCY : get(theta, t.k + 2);
  if (!(abs(a) < 100 && abs(b) < 100 && abs(c) < 100 && b - a < UNSEEN)) return ETA_OVERFLOW;
  setRowScales(t.frozen ? HALF_NORMAL : t.law, a, b);
  setEffect(t, c);
  return OK;
}

/** Log-likelihood, gradient and −Hessian at internal theta; fills t.scores (g × p) where it is set. */
export function evaluateRandom(t: Task, theta: usize): i32 {
  const p = t.p;
  const k = t.k;
  const status = residualsAt(t, theta);
  if (status) return status;
  const flat = withoutEffect(t, theta);
  const nodes = flat ? 1 : t.frozen ? 3 : t.nodes;
  width = t.ld + 4;
  const top = mark();
  table = alloc(<f64>nodes * width * 8);
  mean = alloc(<f64>width * 8);
  const room = alloc(<f64>(nodes + 1) * 32);
  if (!table || !mean || !room) {
    reset(top);
    return OUT_OF_MEMORY;
  }
  setNodes(room, nodes);
  memory.fill(t.G, 0, (<usize>t.ld * t.ld) << 3);
  memory.fill(t.grad, 0, <usize>p << 3);
  memory.fill(t.neg, 0, (<usize>p * p) << 3);
  const precisionW = exp1(-2 * get(theta, k + 1));
  sumStart();
  let waiting = 0;
  let done = 0;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (t.scores) memory.fill(t.scores + ((<usize>g * p) << 3), 0, <usize>p << 3);
    if (to == from) continue;
    const w = weight(t, from);
    const ll = t.frozen && !flat ? integrateNormal(t, from, to, get(theta, k + 1)) : integrate(from, to, nodes, flat);
    if (w != 0) sumAdd(w * ll);
    startTable(t, nodes, flat ? 0 : precisionW);
    for (let i = from; i < to; i++) {
      if (waiting == t.block) {
        addGram(t.x + ((<usize>done * t.ld) << 3), t.ld, waiting, t.rowW, t.S, t.G);
        done += waiting;
        waiting = 0;
      }
      put(t.rowW, waiting++, w * addRow(t, i, nodes));
    }
    addUnit(t, g, w, nodes, flat);
  }
  if (waiting > 0) addGram(t.x + ((<usize>done * t.ld) << 3), t.ld, waiting, t.rowW, t.S, t.G);
  reset(top);
  t.loglik = sumEnd();
  if (flat) put(t.neg, (k + 1) * p + k + 1, get(t.neg, k * p + k));
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) add(t.neg, i * p + j, get(t.G, i * t.ld + j));
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) put(t.neg, j * p + i, get(t.neg, i * p + j));
  return t.loglik == t.loglik && abs(t.loglik) < Infinity ? OK : ETA_OVERFLOW;
}

/**
 * Without inefficiency w given the rows is normal and S a square in it: Hermite's three nodes have E(S) and Var(S) exactly, ℓ is the
 * integrand at its top times √(2π) over its curvature.
 */
function integrateNormal(t: Task, from: i32, to: i32, c: f64): f64 {
  const precisionW = exp1(-2 * c);
  let first: f64 = 0;
  let second = -precisionW;
  for (let i = from; i < to; i++) {
    rowSlopes(get(t.lambda, i));
    first -= rowE;
    second += rowEE;
  }
  const top = -first / second;
  const spread = 1 / sqrt(-second);
  for (let m = 0; m < 3; m++) {
    put(nodeW, m, top + ROOT_3 * <f64>(m - 1) * spread);
    put(nodeP, m, m == 1 ? 2.0 / 3 : 1.0 / 6);
  }
  let s: f64 = -0.5 * top * top * precisionW - c + log1(spread);
  for (let i = from; i < to; i++) s += rowLevel(get(t.lambda, i) - top);
  return s;
}

/** Empty sums of a unit, but for S of ln σ_w: (w/σ_w)² − 1, 0 without an effect. */
function startTable(t: Task, nodes: i32, precisionW: f64): void {
  memory.fill(table, 0, (<usize>(nodes * width)) << 3);
  ownAA = ownAB = ownBB = 0;
  memory.fill(mean, 0, <usize>width << 3);
  memory.fill(t.tXe, 0, <usize>t.ld << 3);
  memory.fill(t.tXc, 0, <usize>t.ld << 3);
  if (precisionW == 0) return;
  const at = width - 3;
  for (let m = 0; m < nodes; m++) put(table, m * width + at, get(nodeW, m) * get(nodeW, m) * precisionW - 1);
}

/** A row's part of S, of E(H₀) of the auxiliaries, and of t.tXe, t.tXc = Σ E(∂²ℓ/∂e∂ ln σ) x, σ of v and of u; returns its information on η. */
function addRow(t: Task, i: i32, nodes: i32): f64 {
  const x = t.x + ((<usize>i * t.ld) << 3);
  const residual = get(t.lambda, i);
  let information: f64 = 0;
  let onA: f64 = 0;
  let onB: f64 = 0;
  for (let m = 0; m < nodes; m++) {
    const p = get(nodeP, m);
    const at = table + ((<usize>(m * width)) << 3);
    rowDerivatives(residual - get(nodeW, m));
    axpyInto(-rowE, x, at, t.ld);
    add(at, t.ld, rowA);
    add(at, t.ld + 2, rowB);
    information -= p * rowEE;
    onA += p * rowEA;
    onB += p * rowEB;
    ownAA -= p * rowAA;
    ownAB -= p * rowAB;
    ownBB -= p * rowBB;
  }
  axpyInto(onA, x, t.tXe, t.ld);
  axpyInto(onB, x, t.tXc, t.ld);
  return information;
}

/** Column of parameter j in the table. */
// @ts-ignore: decorator
@inline
function column(t: Task, j: i32): i32 {
  return j < t.k ? j : t.ld + j - t.k;
}

/** Gradient, score and the part of −H that is no Gram of single rows. */
function addUnit(t: Task, g: i32, w: f64, nodes: i32, flat: bool): void {
  const p = t.p;
  const k = t.k;
  for (let m = 0; m < nodes; m++) axpyInto(get(nodeP, m), table + ((<usize>(m * width)) << 3), mean, width);
  for (let j = 0; j < p; j++) {
    const s = w * get(mean, column(t, j));
    add(t.grad, j, s);
    if (t.scores) put(t.scores, g * p + j, s);
  }
  // H₀ of ln σ_w is 2 (w/σ_w)², whose mean is 2 (1 + E S)
  if (!flat) add(t.neg, (k + 1) * p + k + 1, w * 2 * (1 + get(mean, t.ld + 1)));
  add(t.neg, k * p + k, w * ownAA);
  for (let j = 0; j < k; j++) add(t.neg, k * p + j, w * get(t.tXe, j));
  if (p > k + 2) {
    const last = (k + 2) * p;
    add(t.neg, last + k, w * ownAB);
    add(t.neg, last + k + 2, w * ownBB);
    for (let j = 0; j < k; j++) add(t.neg, last + j, w * get(t.tXc, j));
  }
  if (flat) return;
  for (let m = 0; m < nodes; m++) {
    const at = table + ((<usize>(m * width)) << 3);
    axpyInto(-1, mean, at, width);
    const share = w * get(nodeP, m);
    for (let i = 0; i < p; i++) {
      const s = share * get(at, column(t, i));
      for (let j = 0; j <= i; j++) add(t.neg, i * p + j, -s * get(at, column(t, j)));
    }
  }
}

/**
 * ∂ℓ/∂σ_w² at σ_w = 0, ½ Σ [(Σ ∂ℓ/∂e)² + Σ ∂²ℓ/∂e²] over the units: whether an effect raises the log-likelihood of the frontier of rows
 * at theta.
 */
export function effectSlope(t: Task, theta: usize): f64 {
  if (residualsAt(t, theta)) return 0;
  let total: f64 = 0;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    let one: f64 = 0;
    let two: f64 = 0;
    for (let i = from; i < to; i++) {
      rowSlopes(get(t.lambda, i));
      one += rowE;
      two += rowEE;
    }
    if (to > from) total += 0.5 * weight(t, from) * (one * one + two);
  }
  return total;
}
