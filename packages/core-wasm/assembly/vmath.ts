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
  2.7557268459997064e-6, 2.4801521295954376e-5, 2.510038549551032e-8, 2.7620088445409746e-7, 1.0, 708.0,
]);
const LOG = memory.data<f64>([
  4503599627371520.0, 0.69314718036912382, 1.9082149292705877e-10, 0.39999999999899449, 0.66666666666666696,
  0.22222211130560726, 0.28571428626001427, 0.15331711346672997, 0.18182889433757515, 0.14616576421644387, 1.0, 2.0, 0.5,
]);

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
export function expUnchecked(x: v128): v128 {
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
  // 0x4000… − 0x3fe6a09e…: the exponent steps at √½
  const kb = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x00195f6200000000)), 52);
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(kb, i64x2.splat(1024)), 52));
  const k = f64x2.sub(v128.or(kb, i64x2.splat(0x4330000000000000)), c(LOG, 0));
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
  const ok = v128.and(f64x2.ge(x, f64x2.splat(2.2250738585072014e-308)), f64x2.lt(x, f64x2.splat(Infinity)));
  if (i64x2.all_true(ok)) return logNormal(x);
  return f64x2.replace_lane(
    f64x2.splat(log1(f64x2.extract_lane(x, 0))),
    1,
    log1(f64x2.extract_lane(x, 1)),
  );
}

/** out[i] = exp(x[i]) for n doubles; in place is allowed. */
export function expInto(x: usize, out: usize, n: i32): void {
  const pairs = <usize>(n & ~1) << 3;
  for (let i: usize = 0; i < pairs; i += 16) v128.store(out + i, exp2x(v128.load(x + i)));
  if (n & 1) store<f64>(out + pairs, exp1(load<f64>(x + pairs)));
}

/** out[i] = ln(x[i]) for n doubles; in place is allowed. */
export function logInto(x: usize, out: usize, n: i32): void {
  const pairs = <usize>(n & ~1) << 3;
  for (let i: usize = 0; i < pairs; i += 16) v128.store(out + i, log2x(v128.load(x + i)));
  if (n & 1) store<f64>(out + pairs, log1(load<f64>(x + pairs)));
}
