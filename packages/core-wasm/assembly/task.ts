/** One estimation problem in memory, in the internal scale, and the maps between that scale and the user's. */
import { alloc, allocZeros } from './memory';
import { blockRows, stride } from './matrix';

/** Same order as KernelModel in src/abi.ts. */
export const OLS = 0;
export const POISSON = 1;
export const NB1 = 2;
export const NB2 = 3;
export const NB_FE = 4;
export const NB_RE = 5;

/** Same numbers as Status in src/abi.ts. */
export const OK = 0;
export const NO_CONVERGENCE = 1;
export const NOT_POSITIVE_DEFINITE = 2;
export const BAD_INPUT = 3;
export const ETA_OVERFLOW = 4;
export const NOT_COUNT = 5;
export const POISSON_BOUNDARY = 6;
export const NO_INTERIOR_MAXIMUM = 7;
export const OUT_OF_MEMORY = 8;
export const STEP_FAILED = 9;
export const SEPARATED = 10;

/** |η| beyond this is refused: exp(η) and its products must stay finite doubles. */
export const ETA_MAX: f64 = 700;

/**
 * Shapes: y, offset, w, eta, lambda n; x n × ld (standardised in place, padding zero); group g + 1; grad p; neg p × p = −H.
 * `offset`, `w`, `group`, `scores` are 0 where absent. Internal model: η = xₛ b + offset with
 * xₛ_j = (x_j − center_j)/scale_j; scales are powers of two; centres are 0 unless a constant column exists.
 */
@unmanaged
export class Task {
  model: i32 = 0;
  n: i32 = 0;
  k: i32 = 0;
  ld: i32 = 0;
  p: i32 = 0;
  g: i32 = 0;
  /** Column that is constant and not zero, or −1. */
  constant: i32 = -1;
  /** Rows per block. */
  block: i32 = 0;
  y: usize = 0;
  x: usize = 0;
  offset: usize = 0;
  w: usize = 0;
  group: usize = 0;
  center: usize = 0;
  scale: usize = 0;
  eta: usize = 0;
  lambda: usize = 0;
  /** Block buffers: e, w, c (block), S and D (block × ld). */
  rowE: usize = 0;
  rowW: usize = 0;
  rowC: usize = 0;
  S: usize = 0;
  D: usize = 0;
  /** ld × ld, and ld-vectors. */
  G: usize = 0;
  b: usize = 0;
  tXe: usize = 0;
  tXc: usize = 0;
  mean: usize = 0;
  sum: usize = 0;
  /** What an evaluation leaves behind. */
  loglik: f64 = 0;
  grad: usize = 0;
  neg: usize = 0;
  /** Rows (or groups) × p internal scores, or 0 where they are not wanted. */
  scores: usize = 0;
  /** Constant part of the log-likelihood: −Σ w ln y! and the like. */
  base: f64 = 0;
  /** What a fit leaves behind. */
  iterations: i32 = 0;
  scaledGradient: f64 = 0;
  condition: f64 = 0;
}

/** Number of parameters beside the k coefficients. */
export function auxiliaries(model: i32): i32 {
  return model == NB1 || model == NB2 ? 1 : model == NB_RE ? 2 : 0;
}

export function byGroup(model: i32): bool {
  return model >= NB_FE;
}

// @ts-ignore: decorator
@inline
export function get(a: usize, i: i32): f64 {
  return load<f64>(a + (<usize>i << 3));
}
// @ts-ignore: decorator
@inline
export function put(a: usize, i: i32, v: f64): void {
  store<f64>(a + (<usize>i << 3), v);
}

/** Weight of row i; 1 without weights. */
// @ts-ignore: decorator
@inline
export function weight(t: Task, i: i32): f64 {
  return t.w ? get(t.w, i) : 1.0;
}

/** Room for a task; null where memory is short. Data pointers are set by the caller. */
export function newTask(model: i32, n: i32, k: i32): Task | null {
  const at = allocZeros(<f64>offsetof<Task>() / 8 + 1);
  if (!at) return null;
  const t = changetype<Task>(at);
  t.model = model;
  t.n = n;
  t.k = k;
  t.ld = stride(k);
  t.p = k + auxiliaries(model);
  t.constant = -1;
  t.block = blockRows(t.ld);
  const ld = <f64>t.ld;
  const block = <f64>t.block;
  t.center = allocZeros(ld);
  t.scale = allocZeros(ld);
  t.eta = alloc(<f64>n * 8);
  t.rowE = alloc(block * 8);
  t.rowW = alloc(block * 8);
  t.rowC = alloc(block * 8);
  t.S = alloc(block * ld * 8);
  t.D = alloc(block * ld * 8);
  t.G = alloc(ld * ld * 8);
  t.b = allocZeros(ld);
  t.tXe = allocZeros(ld);
  t.tXc = allocZeros(ld);
  t.mean = allocZeros(ld);
  t.sum = allocZeros(ld);
  t.grad = allocZeros(<f64>t.p);
  t.neg = alloc(<f64>t.p * t.p * 8);
  t.lambda = alloc(<f64>(byGroup(model) ? n : t.block) * 8);
  if (!t.center || !t.scale || !t.eta || !t.rowE || !t.rowW || !t.rowC || !t.S || !t.D || !t.G) return null;
  if (!t.b || !t.tXe || !t.tXc || !t.mean || !t.sum || !t.grad || !t.neg || !t.lambda) return null;
  return t;
}

/** BAD_INPUT for a non-finite number or a negative weight; NOT_COUNT where the model needs counts. */
export function checkRows(t: Task): i32 {
  const counts = t.model != OLS;
  const integers = t.model > POISSON;
  for (let i = 0; i < t.n; i++) {
    const y = get(t.y, i);
    if (!isFinite(y)) return BAD_INPUT;
    if (counts && y < 0) return NOT_COUNT;
    if (integers && y != Math.floor(y)) return NOT_COUNT;
    if (t.w && !(get(t.w, i) >= 0 && isFinite(get(t.w, i)))) return BAD_INPUT;
    if (t.offset && !isFinite(get(t.offset, i))) return BAD_INPUT;
  }
  return OK;
}

/**
 * Spreads the raw n × k values, which the caller has put at the end of the n × ld room at t.x, to rows of stride ld, and
 * standardises them. With a constant column (the first whose values are all equal and not zero) every other column is
 * centred; without one nothing is centred, since the span would change. BAD_INPUT for a non-finite number.
 */
export function standardise(t: Task, center: bool): i32 {
  const raw = t.x + ((<usize>(t.ld - t.k) * t.n) << 3);
  const first = t.mean;
  const least = t.tXe;
  const most = t.tXc;
  const sum = t.sum;
  const square = t.b;
  for (let j = 0; j < t.k; j++) {
    const v = get(raw, j);
    put(first, j, v);
    put(least, j, v);
    put(most, j, v);
    put(sum, j, 0);
    put(square, j, 0);
  }
  let at = raw;
  for (let i = 0; i < t.n; i++)
    for (let j = 0; j < t.k; j++, at += 8) {
      const v = load<f64>(at);
      if (!isFinite(v)) return BAD_INPUT;
      const d = v - get(first, j);
      put(sum, j, get(sum, j) + d);
      put(square, j, get(square, j) + d * d);
      if (v < get(least, j)) put(least, j, v);
      if (v > get(most, j)) put(most, j, v);
    }
  for (let j = 0; j < t.k && t.constant < 0; j++)
    if (get(least, j) == get(most, j) && get(least, j) != 0) t.constant = j;
  center = center && t.constant >= 0;
  for (let j = 0; j < t.k; j++) columnScale(t, j, center);
  spread(t, raw);
  for (let j = 0; j < t.ld; j++) {
    put(t.b, j, 0);
    put(t.mean, j, 0);
  }
  return OK;
}

/** Centre and scale of column j from the shifted sums that {@link standardise} has left. */
function columnScale(t: Task, j: i32, center: bool): void {
  const n = <f64>t.n;
  const shift = get(t.sum, j) / n;
  const m = get(t.mean, j) + shift;
  const isConstant = j == t.constant;
  let variance = get(t.b, j) / n - shift * shift;
  if (!center || isConstant) variance += m * m;
  const spreadOf = sqrt(max(variance, 0.0));
  put(t.center, j, center && !isConstant ? m : 0.0);
  put(t.scale, j, isConstant ? get(t.mean, j) : powerOfTwo(spreadOf));
}

/** The power of two at or below x; 1 for 0 and for numbers whose square leaves the double range. */
function powerOfTwo(x: f64): f64 {
  if (!(x > 1e-150 && x < 1e150)) return 1;
  return reinterpret<f64>(reinterpret<u64>(x) & 0x7ff0000000000000);
}

function spread(t: Task, raw: usize): void {
  const row = t.S;
  let from = raw;
  let to = t.x;
  const bytes = <usize>t.k << 3;
  const step = <usize>t.ld << 3;
  for (let j = 0; j < t.k; j++) put(t.sum, j, 1 / get(t.scale, j));
  for (let i = 0; i < t.n; i++, from += bytes, to += step) {
    memory.copy(row, from, bytes);
    for (let j = 0; j < t.k; j++)
      put(to, j, j == t.constant ? 1.0 : (get(row, j) - get(t.center, j)) * get(t.sum, j));
    for (let j = t.k; j < t.ld; j++) put(to, j, 0);
  }
}

/** User's coefficients → internal ones. `from` may be `to`. */
export function toInternal(t: Task, from: usize, to: usize): void {
  let shift: f64 = 0;
  for (let j = 0; j < t.p; j++) {
    const v = get(from, j);
    if (j < t.k && j != t.constant) {
      shift += v * get(t.center, j);
      put(to, j, v * get(t.scale, j));
    } else put(to, j, v);
  }
  if (t.constant >= 0) put(to, t.constant, get(to, t.constant) * get(t.scale, t.constant) + shift);
}

/** Internal coefficients → the user's. `from` may be `to`. */
export function toUser(t: Task, from: usize, to: usize): void {
  let shift: f64 = 0;
  for (let j = 0; j < t.p; j++) {
    const v = get(from, j);
    if (j < t.k && j != t.constant) {
      put(to, j, v / get(t.scale, j));
      shift += get(to, j) * get(t.center, j);
    } else put(to, j, v);
  }
  if (t.constant >= 0) put(to, t.constant, (get(to, t.constant) - shift) / get(t.scale, t.constant));
}

/** One internal gradient (score) → the user's: β = T b, so ∂/∂b = T'∂/∂β; in place. */
export function gradientToUser(t: Task, g: usize): void {
  const c = t.constant;
  const whole = c >= 0 ? get(g, c) : 0.0;
  for (let j = 0; j < t.k; j++) if (j != c) put(g, j, get(g, j) * get(t.scale, j) + whole * get(t.center, j));
  if (c >= 0) put(g, c, whole * get(t.scale, c));
}

/** Internal p × p Hessian (either sign) → the user's; in place. */
export function hessianToUser(t: Task, h: usize): void {
  const p = t.p;
  for (let i = 0; i < p; i++) gradientToUser(t, h + ((<usize>i * p) << 3));
  transpose(h, p);
  for (let i = 0; i < p; i++) gradientToUser(t, h + ((<usize>i * p) << 3));
}

/** Internal p × p covariance → the user's: T V T'; in place. */
export function covarianceToUser(t: Task, v: usize): void {
  const p = t.p;
  for (let i = 0; i < p; i++) toUser(t, v + ((<usize>i * p) << 3), v + ((<usize>i * p) << 3));
  transpose(v, p);
  for (let i = 0; i < p; i++) toUser(t, v + ((<usize>i * p) << 3), v + ((<usize>i * p) << 3));
  for (let i = 0; i < p; i++)
    for (let j = 0; j < i; j++) {
      const m = 0.5 * (get(v, i * p + j) + get(v, j * p + i));
      put(v, i * p + j, m);
      put(v, j * p + i, m);
    }
}

function transpose(a: usize, p: i32): void {
  for (let i = 0; i < p; i++)
    for (let j = 0; j < i; j++) {
      const u = get(a, i * p + j);
      put(a, i * p + j, get(a, j * p + i));
      put(a, j * p + i, u);
    }
}
