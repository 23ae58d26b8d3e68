/** Householder QR of column-major matrices and dot products in twice the working precision. */
import { get, put } from './task';

/** Σ a[i] b[i] over n doubles. */
export function dotColumns(a: usize, b: usize, n: i32): f64 {
  let s = f64x2.splat(0);
  let t = s;
  const whole = <usize>(n & ~3) << 3;
  for (let i: usize = 0; i < whole; i += 32) {
    s = f64x2.add(s, f64x2.mul(v128.load(a + i), v128.load(b + i)));
    t = f64x2.add(t, f64x2.mul(v128.load(a + i, 16), v128.load(b + i, 16)));
  }
  s = f64x2.add(s, t);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let i = n & ~3; i < n; i++) sum += get(a, i) * get(b, i);
  return sum;
}

/** out[i] += c·x[i] over n doubles. */
export function axpyColumns(c: f64, x: usize, out: usize, n: i32): void {
  const w = f64x2.splat(c);
  const whole = <usize>(n & ~1) << 3;
  for (let i: usize = 0; i < whole; i += 16)
    v128.store(out + i, f64x2.add(v128.load(out + i), f64x2.mul(w, v128.load(x + i))));
  if (n & 1) store<f64>(out + whole, load<f64>(out + whole) + c * load<f64>(x + whole));
}

/**
 * A (n × k, column j at a + 8 n j) → Householder vectors below the diagonal (v_jj included, in place), R above it with its
 * diagonal in `diag`; tau[j] = 2/v'v. Returns false where |r_jj| ≤ tolerance·‖a_j‖ (column j spanned by those before it).
 */
export function householder(a: usize, n: i32, k: i32, diag: usize, tau: usize, tolerance: f64): bool {
  let full = true;
  for (let j = 0; j < k; j++) {
    const column = a + ((<usize>j * n) << 3);
    const v = column + (<usize>j << 3);
    const whole = sqrt(dotColumns(column, column, n));
    const norm = sqrt(dotColumns(v, v, n - j));
    if (!(norm > tolerance * whole)) full = false;
    const head = load<f64>(v);
    const r = head > 0 ? -norm : norm;
    put(diag, j, r);
    store<f64>(v, head - r);
    // v'v = 2 (norm² + |head| norm)
    const half = norm * (norm + abs(head));
    put(tau, j, half > 0 ? 1 / half : 0.0);
    for (let m = j + 1; m < k; m++) reflect(v, get(tau, j), a + ((<usize>m * n + j) << 3), n - j);
  }
  return full;
}

/** x −= tau v (v'x). */
// @ts-ignore: decorator
@inline
function reflect(v: usize, tau: f64, x: usize, n: i32): void {
  axpyColumns(-tau * dotColumns(v, x, n), v, x, n);
}

/** x (n) ← Q'x. */
export function applyTransposed(a: usize, n: i32, k: i32, tau: usize, x: usize): void {
  for (let j = 0; j < k; j++) reflect(a + ((<usize>j * n + j) << 3), get(tau, j), x + (<usize>j << 3), n - j);
}

/** x (n) ← Q x. */
export function applyQ(a: usize, n: i32, k: i32, tau: usize, x: usize): void {
  for (let j = k - 1; j >= 0; j--) reflect(a + ((<usize>j * n + j) << 3), get(tau, j), x + (<usize>j << 3), n - j);
}

/** Solves R x = b (k); x may be b. */
export function backSolve(a: usize, n: i32, k: i32, diag: usize, b: usize, x: usize): void {
  for (let i = k - 1; i >= 0; i--) {
    let s = get(b, i);
    for (let j = i + 1; j < k; j++) s -= get(a, j * n + i) * get(x, j);
    put(x, i, s / get(diag, i));
  }
}

/** Solves R'x = b (k); x may be b. */
export function forwardSolve(a: usize, n: i32, k: i32, diag: usize, b: usize, x: usize): void {
  for (let i = 0; i < k; i++) {
    let s = get(b, i);
    for (let j = 0; j < i; j++) s -= get(a, i * n + j) * get(x, j);
    put(x, i, s / get(diag, i));
  }
}

let high: f64 = 0;
let low: f64 = 0;

/** Starts a sum in twice the working precision (Ogita, Rump & Oishi 2005, Dot2) at x. */
export function wideStart(x: f64): void {
  high = x;
  low = 0;
}

// @ts-ignore: decorator
@inline
export function wideAdd(x: f64): void {
  const t = high + x;
  const z = t - high;
  low += high - (t - z) + (x - z);
  high = t;
}

/** Adds a·b with its rounding error (Dekker's product; |a|, |b| < 1e300). */
// @ts-ignore: decorator
@inline
export function wideMultiplyAdd(a: f64, b: f64): void {
  const p = a * b;
  const ca = 134217729 * a;
  const cb = 134217729 * b;
  const ah = ca - (ca - a);
  const bh = cb - (cb - b);
  const al = a - ah;
  const bl = b - bh;
  wideAdd(p);
  low += al * bl - (p - ah * bh - al * bh - ah * bl);
}

export function wideEnd(): f64 {
  return high + low;
}
