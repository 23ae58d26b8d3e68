/**
 * SIMD exp and log. Constants are loaded from memory: `f64x2.splat(const)` in a loop costs 1.5 times as much.
 *
 * exp: x = n ln 2 + r by magic-number rounding with a two-part ln 2 (32-bit head), degree-11 Estrin polynomial on
 * |r| ≤ ln 2 / 2, exponent added as an integer. At most 1.1 ulp. log: mantissa centred on √½, s = f/(2 + f), odd series
 * of degree 7 in s² (the form of FreeBSD msun e_log.c), two-part ln 2. At most 1 ulp. Both follow IEEE at ±0, ±∞, NaN and
 * subnormals.
 */

const EXP = memory.data<f64>([
  6755399441055744.0, 1.4426950408889634, 0.69314718036912382, 1.9082149292705877e-10, 0.16666666666666669,
  0.50000000000000011, 0.0083333333333300615, 0.041666666666624129, 0.00019841269863053618, 0.0013888888917213717,
  2.7557268459997064e-6, 2.4801521295954376e-5, 2.510038549551032e-8, 2.7620088445409746e-7, 1.0, 708.0, 501264.0,
]);
const LOG = memory.data<f64>([
  4503599627371520.0, 0.69314718036912382, 1.9082149292705877e-10, 0.39999999999899449, 0.66666666666666696,
  0.22222211130560726, 0.28571428626001427, 0.15331711346672997, 0.18182889433757515, 0.14616576421644387, 1.0, 2.0, 0.5,
  2.2250738585072014e-308, Infinity,
]);
/** 0x4000… − 0x3fe6a09e…, so that the exponent steps at √½; its bias; the exponent of 2⁵². */
const BITS = memory.data<i64>([0x00195f6200000000, 1024, 0x4330000000000000]);

// @ts-ignore: decorator
@inline
function c(table: usize, i: i32): v128 {
  return v128.load64_splat(table + (<usize>i << 3));
}
// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, d: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), d);
}

/** e^r·2^0 and n of x = n ln 2 + r are combined here: valid for |x| ≤ 708 only. */
// @ts-ignore: decorator
@inline
function expUnchecked(x: v128): v128 {
  const kd = fma(x, c(EXP, 1), c(EXP, 0));
  return v128.add<i64>(expReduced(x, f64x2.sub(kd, c(EXP, 0))), i64x2.shl(kd, 52));
}

// @ts-ignore: decorator
@inline
function expReduced(x: v128, n: v128): v128 {
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, c(EXP, 2))), f64x2.mul(n, c(EXP, 3)));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const ab = fma(fma(c(EXP, 6), r, c(EXP, 7)), r2, fma(c(EXP, 4), r, c(EXP, 5)));
  const cd = fma(fma(c(EXP, 10), r, c(EXP, 11)), r2, fma(c(EXP, 8), r, c(EXP, 9)));
  const e = fma(c(EXP, 12), r, c(EXP, 13));
  const q = fma(fma(e, r4, cd), r4, ab);
  return f64x2.add(c(EXP, 14), fma(q, r2, r));
}

/** exp outside ±708, ∞ and NaN: the power of two is applied in two halves so that subnormal results round once. */
function expSpecial(x: f64): f64 {
  if (x != x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const n = nearest<f64>(x * 1.4426950408889634);
  const p = f64x2.extract_lane(expReduced(f64x2.splat(x), f64x2.splat(n)), 0);
  const half = <i64>n >> 1;
  const a = reinterpret<f64>((half + 1023) << 52);
  const b = reinterpret<f64>((<i64>n - half + 1023) << 52);
  return p * a * b;
}

/** exp of two doubles. */
// @ts-ignore: decorator
@inline
export function exp2x(x: v128): v128 {
  const ok = f64x2.le(f64x2.abs(x), c(EXP, 15));
  if (i64x2.all_true(ok)) return expUnchecked(x);
  return f64x2.replace_lane(
    f64x2.splat(exp1(f64x2.extract_lane(x, 0))),
    1,
    exp1(f64x2.extract_lane(x, 1)),
  );
}

/** exp of one double: the same bits as a lane of {@link exp2x}. */
export function exp1(x: f64): f64 {
  if (abs(x) <= 708) return f64x2.extract_lane(expUnchecked(f64x2.splat(x)), 0);
  return expSpecial(x);
}

/** ln(1 + f) for f in [√½ − 1, √2 − 1]: as the mantissa part of {@link logNormal}, relative to f. At most 1 ulp. */
// @ts-ignore: decorator
@inline
export function logOneMore(f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(c(LOG, 11), f));
  const h = f64x2.mul(c(LOG, 12), f64x2.mul(f, f));
  return f64x2.sub(f, f64x2.sub(h, f64x2.mul(s, f64x2.add(h, logSeries(s)))));
}

/** R of the log: Σ 2 z^i/(2i + 1) in z = s², i ≥ 1. */
// @ts-ignore: decorator
@inline
function logSeries(s: v128): v128 {
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const p01 = fma(c(LOG, 3), z, c(LOG, 4));
  const p23 = fma(c(LOG, 5), z, c(LOG, 6));
  const p45 = fma(c(LOG, 7), z, c(LOG, 8));
  return f64x2.mul(z, fma(fma(fma(c(LOG, 9), z2, p45), z2, p23), z2, p01));
}

// @ts-ignore: decorator
@inline
function logNormal(x: v128): v128 {
  const kb = i64x2.shr_u(i64x2.add(x, c(BITS, 0)), 52);
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(kb, c(BITS, 1)), 52));
  const k = f64x2.sub(v128.or(kb, c(BITS, 2)), c(LOG, 0));
  const f = f64x2.sub(m, c(LOG, 10));
  const s = f64x2.div(f, f64x2.add(c(LOG, 11), f));
  const h = f64x2.mul(c(LOG, 12), f64x2.mul(f, f));
  const low = f64x2.add(f64x2.mul(k, c(LOG, 2)), f64x2.mul(s, f64x2.add(h, logSeries(s))));
  return f64x2.sub(f64x2.mul(k, c(LOG, 1)), f64x2.sub(f64x2.sub(h, low), f));
}

/** Natural logarithm of one double: the same bits as a lane of {@link log2x}. */
export function log1(x: f64): f64 {
  if (x >= 2.2250738585072014e-308 && x < Infinity) return f64x2.extract_lane(logNormal(f64x2.splat(x)), 0);
  if (x != x || x == Infinity) return x;
  if (x == 0) return -Infinity;
  if (x < 0) return NaN;
  // 36.04… = 52 ln 2, added in two parts as inside logNormal
  return f64x2.extract_lane(logNormal(f64x2.splat(x * 4503599627370496.0)), 0) - 36.043653389117154;
}

/** Natural logarithm of two doubles. */
// @ts-ignore: decorator
@inline
export function log2x(x: v128): v128 {
  const ok = v128.and(f64x2.ge(x, c(LOG, 13)), f64x2.lt(x, c(LOG, 14)));
  if (i64x2.all_true(ok)) return logNormal(x);
  return f64x2.replace_lane(
    f64x2.splat(log1(f64x2.extract_lane(x, 0))),
    1,
    log1(f64x2.extract_lane(x, 1)),
  );
}

/** Bytes of a block, and what the passes over it hand on: r, the shifted n, and the upper half of the polynomial. */
const BLOCK: usize = 1024;
const rest = memory.data(1024, 16);
const shifted = memory.data(1024, 16);
const upper = memory.data(1024, 16);

/**
 * exp of `bytes` ≤ BLOCK (a multiple of 16) from x to out, in passes whose constants stay in registers; false, and nothing done, where
 * some |x| is above 708 or NaN. The same bits as {@link expUnchecked}.
 */
function expBlock(x: usize, out: usize, bytes: usize): bool {
  return reduceBlock(x, bytes) && upperBlock(bytes) && lowerBlock(out, bytes);
}

function reduceBlock(x: usize, bytes: usize): bool {
  const scale = c(EXP, 1);
  const shift = c(EXP, 0);
  const high = c(EXP, 2);
  const low = c(EXP, 3);
  const most = c(EXP, 16);
  let good = f64x2.eq(most, most);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    good = v128.and(good, f64x2.le(f64x2.mul(v, v), most));
    const k = fma(v, scale, shift);
    const n = f64x2.sub(k, shift);
    v128.store(shifted + i, k);
    v128.store(rest + i, f64x2.sub(f64x2.sub(v, f64x2.mul(n, high)), f64x2.mul(n, low)));
  }
  return i64x2.all_true(good);
}

function upperBlock(bytes: usize): bool {
  const c8 = c(EXP, 8);
  const c9 = c(EXP, 9);
  const c10 = c(EXP, 10);
  const c11 = c(EXP, 11);
  const c12 = c(EXP, 12);
  const c13 = c(EXP, 13);
  for (let i: usize = 0; i < bytes; i += 16) {
    const r = v128.load(rest + i);
    const s = f64x2.mul(r, r);
    const cd = fma(fma(c10, r, c11), s, fma(c8, r, c9));
    v128.store(upper + i, fma(fma(c12, r, c13), f64x2.mul(s, s), cd));
  }
  return true;
}

function lowerBlock(out: usize, bytes: usize): bool {
  const c4 = c(EXP, 4);
  const c5 = c(EXP, 5);
  const c6 = c(EXP, 6);
  const c7 = c(EXP, 7);
  const one = c(EXP, 14);
  for (let i: usize = 0; i < bytes; i += 16) {
    const r = v128.load(rest + i);
    const s = f64x2.mul(r, r);
    const ab = fma(fma(c6, r, c7), s, fma(c4, r, c5));
    const q = fma(v128.load(upper + i), f64x2.mul(s, s), ab);
    const p = f64x2.add(one, fma(q, s, r));
    v128.store(out + i, v128.add<i64>(p, i64x2.shl(v128.load(shifted + i), 52)));
  }
  return true;
}

/** out[i] = exp(x[i]) for n doubles; in place is allowed. */
export function expInto(x: usize, out: usize, n: i32): void {
  const end = <usize>(n & ~1) << 3;
  for (let from: usize = 0; from < end; from += BLOCK) {
    const bytes = min(BLOCK, end - from);
    if (expBlock(x + from, out + from, bytes)) continue;
    for (let i = from; i < from + bytes; i += 16) v128.store(out + i, exp2x(v128.load(x + i)));
  }
  if (n & 1) store<f64>(out + end, exp1(load<f64>(x + end)));
}

/** ln of the four normal positive doubles at `from`: as {@link logNormal}, two vectors sharing the loads of the constants. */
// @ts-ignore: decorator
@inline
function logFour(from: usize, to: usize): void {
  const x = v128.load(from);
  const y = v128.load(from, 16);
  const bias = c(BITS, 0);
  const zero = c(BITS, 1);
  const ex = i64x2.shr_u(i64x2.add(x, bias), 52);
  const ey = i64x2.shr_u(i64x2.add(y, bias), 52);
  let k = c(LOG, 10);
  const fx = f64x2.sub(i64x2.sub(x, i64x2.shl(i64x2.sub(ex, zero), 52)), k);
  const fy = f64x2.sub(i64x2.sub(y, i64x2.shl(i64x2.sub(ey, zero), 52)), k);
  k = c(LOG, 11);
  const sx = f64x2.div(fx, f64x2.add(k, fx));
  const sy = f64x2.div(fy, f64x2.add(k, fy));
  const zx = f64x2.mul(sx, sx);
  const zy = f64x2.mul(sy, sy);
  k = c(LOG, 9);
  let qx = f64x2.mul(k, f64x2.mul(zx, zx));
  let qy = f64x2.mul(k, f64x2.mul(zy, zy));
  k = c(LOG, 7);
  let l = c(LOG, 8);
  qx = f64x2.add(qx, fma(k, zx, l));
  qy = f64x2.add(qy, fma(k, zy, l));
  k = c(LOG, 5);
  l = c(LOG, 6);
  qx = fma(qx, f64x2.mul(zx, zx), fma(k, zx, l));
  qy = fma(qy, f64x2.mul(zy, zy), fma(k, zy, l));
  k = c(LOG, 3);
  l = c(LOG, 4);
  qx = f64x2.mul(zx, fma(qx, f64x2.mul(zx, zx), fma(k, zx, l)));
  qy = f64x2.mul(zy, fma(qy, f64x2.mul(zy, zy), fma(k, zy, l)));
  k = c(LOG, 12);
  const hx = f64x2.mul(k, f64x2.mul(fx, fx));
  const hy = f64x2.mul(k, f64x2.mul(fy, fy));
  qx = f64x2.mul(sx, f64x2.add(hx, qx));
  qy = f64x2.mul(sy, f64x2.add(hy, qy));
  k = c(BITS, 2);
  l = c(LOG, 0);
  const nx = f64x2.sub(v128.or(ex, k), l);
  const ny = f64x2.sub(v128.or(ey, k), l);
  k = c(LOG, 2);
  const lx = f64x2.add(f64x2.mul(nx, k), qx);
  const ly = f64x2.add(f64x2.mul(ny, k), qy);
  k = c(LOG, 1);
  v128.store(to, f64x2.sub(f64x2.mul(nx, k), f64x2.sub(f64x2.sub(hx, lx), fx)));
  v128.store(to, f64x2.sub(f64x2.mul(ny, k), f64x2.sub(f64x2.sub(hy, ly), fy)), 16);
}

/** Whether all four doubles at `at` are positive, normal and finite. */
// @ts-ignore: decorator
@inline
function normal(at: usize): bool {
  const least = c(LOG, 13);
  const above = c(LOG, 14);
  const x = v128.load(at);
  const y = v128.load(at, 16);
  const low = v128.and(f64x2.ge(x, least), f64x2.ge(y, least));
  return i64x2.all_true(v128.and(low, v128.and(f64x2.lt(x, above), f64x2.lt(y, above))));
}

/** out[i] = ln(x[i]) for n doubles; in place is allowed. */
export function logInto(x: usize, out: usize, n: i32): void {
  const fours = <usize>(n & ~3) << 3;
  const pairs = <usize>(n & ~1) << 3;
  let i: usize = 0;
  while (i < fours) {
    for (; i < fours && normal(x + i); i += 32) logFour(x + i, out + i);
    for (const end = min(i + 32, fours); i < end; i += 16) v128.store(out + i, log2x(v128.load(x + i)));
  }
  for (; i < pairs; i += 16) v128.store(out + i, log2x(v128.load(x + i)));
  if (n & 1) store<f64>(out + pairs, log1(load<f64>(x + pairs)));
}
