/** Standardised regressors, and the maps between the internal scale of a task and the user's. */
import { fromBasis, gradientFromBasis, toBasis } from './orthogonal';
import { BAD_INPUT, get, OK, put, Task } from './task';

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
  toBasis(t, to);
}

/** Internal coefficients → the user's. `from` may be `to`. */
export function toUser(t: Task, from: usize, to: usize): void {
  let shift: f64 = 0;
  if (to != from) memory.copy(to, from, <usize>t.p << 3);
  fromBasis(t, to);
  for (let j = 0; j < t.k; j++) {
    const v = get(to, j);
    if (j != t.constant) {
      put(to, j, v / get(t.scale, j));
      shift += get(to, j) * get(t.center, j);
    }
  }
  if (t.constant >= 0) put(to, t.constant, (get(to, t.constant) - shift) / get(t.scale, t.constant));
}

/** One internal gradient (score) → the user's: β = T b, so ∂/∂b = T'∂/∂β; in place. */
export function gradientToUser(t: Task, g: usize): void {
  gradientFromBasis(t, g);
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
