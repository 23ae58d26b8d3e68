/**
 * exp, log, log1p and pow with the same bits in every JavaScript engine: Math.exp and its kin may differ in the last place
 * (V8 11 and V8 15 do), and one such bit moves estimates in their 13th digit. Only + − × ÷ and exact bit operations here.
 * Error below 1 ulp.
 *
 * After FDLIBM (e_exp.c, e_log.c, s_log1p.c, e_pow.c): Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights
 * reserved. Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice
 * is preserved.
 */
const word = new Float64Array(1);
const halves = new Int32Array(word.buffer);
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

function high(x: number): number {
  word[0] = x;
  return halves[HIGH];
}
function withHigh(x: number, h: number): number {
  word[0] = x;
  halves[HIGH] = h;
  return word[0];
}
function withoutLow(x: number): number {
  word[0] = x;
  halves[LOW] = 0;
  return word[0];
}

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;
const TWO54 = 2 ** 54;
const LG1 = 0.6666666666666735;
const LG2 = 0.3999999999940942;
const LG3 = 0.2857142874366239;
const LG4 = 0.22222198432149784;
const LG5 = 0.1818357216161805;
const LG6 = 0.15313837699209373;
const LG7 = 0.14798198605116586;

/** Natural logarithm. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  let k = 0;
  let h = high(x);
  if (h < 0x00100000) {
    k = -54;
    h = high(x * TWO54);
  }
  const scaled = word[0];
  k += (h >> 20) - 1023;
  h &= 0xfffff;
  const shift = (h + 0x95f64) & 0x100000;
  k += shift >> 20;
  const f = withHigh(scaled, h | (shift ^ 0x3ff00000)) - 1;
  if ((0xfffff & (2 + h)) < 3) {
    if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
    const r = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const r = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7))) + w * (LG2 + w * (LG4 + w * LG6));
  if (((h - 0x6147a) | (0x6b851 - h)) > 0) {
    const half = 0.5 * f * f;
    return k === 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** ln(1 + x) without loss at small x. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  const h = high(x);
  const size = h & 0x7fffffff;
  if (size < 0x3e200000) return size < 0x3c900000 ? x : x - x * x * 0.5;
  let k = 0;
  let f = x;
  let hu = 1;
  let c = 0;
  if (!(h < 0x3fda827a && (h > 0 || h <= (0xbfd2bec4 | 0)))) {
    let u = h < 0x43400000 ? 1 + x : x;
    hu = high(u);
    k = (hu >> 20) - 1023;
    if (h < 0x43400000) c = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u;
    hu &= 0xfffff;
    if (hu < 0x6a09e) u = withHigh(u, hu | 0x3ff00000);
    else {
      k += 1;
      u = withHigh(u, hu | 0x3fe00000);
      hu = (0x100000 - hu) >> 2;
    }
    f = u - 1;
  }
  const half = 0.5 * f * f;
  if (hu === 0) {
    if (f === 0) return k * LN2_HIGH + (c + k * LN2_LOW);
    const r = half * (1 - 0.6666666666666666 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - (k * LN2_LOW + c) - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const r = z * (LG1 + z * (LG2 + z * (LG3 + z * (LG4 + z * (LG5 + z * (LG6 + z * LG7))))));
  return k === 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + (k * LN2_LOW + c)) - f);
}

const P1 = 0.16666666666666602;
const P2 = -0.0027777777777015593;
const P3 = 0.00006613756321437934;
const P4 = -0.0000016533902205465252;
const P5 = 4.1381367970572385e-8;

/** y · 2^k, k in −1075 … 1024, rounded once. */
function scale(y: number, k: number): number {
  if (k === 1024) return y * 2 * withHigh(0, 0x7fe00000);
  if (k >= -1021) return y * withHigh(0, (1023 + k) << 20);
  return y * withHigh(0, (2023 + k) << 20) * withHigh(0, 23 << 20);
}

/** e^x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const size = high(x) & 0x7fffffff;
  if (size < 0x3e300000) return 1 + x;
  let k = 0;
  let a = x;
  let b = 0;
  if (size > 0x3fd62e42) {
    if (x === 1) return Math.E;
    const sign = x < 0 ? -1 : 1;
    k = size < 0x3ff0a2b2 ? sign : Math.trunc(INVERSE_LN2 * x + 0.5 * sign);
    a = x - k * LN2_HIGH;
    b = k * LN2_LOW;
  }
  const r = a - b;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  return scale(1 - (b - (r * c) / (2 - c) - a), k);
}

const CP = 0.9617966939259756;
const CP_HIGH = 0.9617967009544373;
const CP_LOW = -7.028461650952758e-9;
const DP_HIGH = 0.5849624872207642;
const DP_LOW = 1.350039202129749e-8;
const LN2 = Math.LN2;
const LN2_PART = 0.6931471824645996;
const LN2_REST = -1.904654299957768e-9;

/** log2 of x > 0 as a sum of two doubles, the first with its low 32 bits clear. */
function log2Parts(x: number): [number, number] {
  let n = 0;
  let h = high(x);
  if (h < 0x00100000) {
    n = -54;
    h = high(x * TWO54);
  }
  const scaled = word[0];
  n += (h >> 20) - 0x3ff;
  const j = h & 0xfffff;
  let top = j | 0x3ff00000;
  let k = 0;
  if (j > 0x3988e && j < 0xbb67a) k = 1;
  else if (j >= 0xbb67a) {
    n += 1;
    top -= 0x00100000;
  }
  const a = withHigh(scaled, top);
  const bp = k === 0 ? 1 : 1.5;
  const u = a - bp;
  const v = 1 / (a + bp);
  const s = u * v;
  const sh = withoutLow(s);
  let th = withHigh(0, ((top >> 1) | 0x20000000) + 0x00080000 + (k << 18));
  let tl = a - (th - bp);
  const sl = v * (u - sh * th - sh * tl);
  const s2 = s * s;
  const series =
    0.5999999999999946 +
    s2 *
      (0.4285714285785502 +
        s2 * (0.33333332981837743 + s2 * (0.272728123808534 + s2 * (0.23066074577556175 + s2 * 0.20697501780033842))));
  const r = s2 * s2 * series + sl * (sh + s);
  const sh2 = sh * sh;
  th = withoutLow(3 + sh2 + r);
  tl = r - (th - 3 - sh2);
  const p = sh * th;
  const q = sl * th + tl * s;
  const ph = withoutLow(p + q);
  const pl = q - (ph - p);
  const zh = CP_HIGH * ph;
  const zl = CP_LOW * ph + pl * CP + (k === 1 ? DP_LOW : 0);
  const dp = k === 1 ? DP_HIGH : 0;
  const first = withoutLow(zh + zl + dp + n);
  return [first, zl - (first - n - dp - zh)];
}

/** 2^(h + l), |h + l| ≤ 1075. */
function exp2Parts(h: number, l: number): number {
  const sum = h + l;
  const n = Math.abs(sum) > 0.5 ? Math.trunc(sum + (sum < 0 ? -0.5 : 0.5)) : 0;
  const rest = h - n;
  const t = withoutLow(l + rest);
  const u = t * LN2_PART;
  const v = (l - (t - rest)) * LN2 + t * LN2_REST;
  const z = u + v;
  const w = v - (z - u);
  const zz = z * z;
  const c = z - zz * (P1 + zz * (P2 + zz * (P3 + zz * (P4 + zz * P5))));
  return scale(1 - ((z * c) / (c - 2) - (w + z * w) - z), n);
}

/** x^y as `x ** y` defines its special cases. */
export function pow(x: number, y: number): number {
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === -1) return 1 / x;
  // Exact in every engine: no rounding is involved.
  if (y === 0 || x === 0 || x === 1 || !Number.isFinite(x) || !Number.isFinite(y)) return x ** y;
  if (x < 0 && !Number.isInteger(y)) return Number.NaN;
  if (y === 0.5) return Math.sqrt(x);
  const sign = x < 0 && Math.abs(y % 2) === 1 ? -1 : 1;
  const a = Math.abs(x);
  if (a === 1) return sign;
  // Beyond 2^53·2^11 any base other than 1 leaves the range of doubles.
  if (Math.abs(y) > 2 ** 64) return a < 1 === y < 0 ? sign * Infinity : sign * 0;
  const [t1, t2] = log2Parts(a);
  const y1 = withoutLow(y);
  const l = (y - y1) * t1 + y * t2;
  const h = y1 * t1;
  if (h + l >= 1024) return sign * Infinity;
  if (h + l < -1075) return sign * 0;
  return sign * exp2Parts(h, l);
}
