/**
 * Gamma differences at integer steps, and the log-probabilities built on them.
 *
 * For an integer y ≥ 0, lnΓ(x + y) − lnΓ(x) = Σ_{j<y} ln(x + j). Its derivatives in ln x are the sums
 *   E = Σ x/(x + j)          (first),  E = y − V
 *   V = Σ j/(x + j)
 *   W = Σ x j/(x + j)²       (second), W = E − Σ (x/(x + j))²
 * All terms are positive. Up to SMALL steps they are summed directly; beyond, at most 16 direct terms shift x to z ≥ 16 and
 * the rest is a difference of digamma (trigamma) asymptotic series written so that x ≫ y does not cancel
 * (u = y/x: V = x(u − ln(1+u)) − …). Relative error ≤ 1e-14 for E, V and W over 1e-300 ≤ x ≤ 1e15, 0 ≤ y ≤ 1e15.
 */
import { HALF_LN_2PI, excess, lgamma, log1p, logExcess, psiTail, stirlingError, trigammaTail } from './special';
import { log1 } from './vmath';

const SMALL: f64 = 24;
const PAIR = memory.data<f64>([1.0, 2.0]);

/** Results of {@link stepSums}. */
export let sumE: f64 = 0;
export let sumV: f64 = 0;
export let sumW: f64 = 0;

/** E, V and W over j = 1 … count − 1, plus the term j = 0 (E = 1, V = W = 0); count ≥ 1. */
function directSums(x: f64, count: i32): void {
  const vx = f64x2.splat(x);
  let j = v128.load(PAIR);
  let e = f64x2.splat(0);
  let v = e;
  let w = e;
  for (let m = count - 1; m > 1; m -= 2) {
    const t = f64x2.div(f64x2.splat(1), f64x2.add(vx, j));
    const a = f64x2.mul(vx, t);
    const b = f64x2.mul(j, t);
    e = f64x2.add(e, a);
    v = f64x2.add(v, b);
    w = f64x2.add(w, f64x2.mul(a, b));
    j = f64x2.add(j, f64x2.splat(2));
  }
  sumE = 1 + (f64x2.extract_lane(e, 0) + f64x2.extract_lane(e, 1));
  sumV = f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
  sumW = f64x2.extract_lane(w, 0) + f64x2.extract_lane(w, 1);
  if ((count & 1) == 0) {
    const last = <f64>(count - 1);
    const a = x / (x + last);
    const b = last / (x + last);
    sumE += a;
    sumV += b;
    sumW += a * b;
  }
}

/** Sets {@link sumE}, {@link sumV}, {@link sumW} for x > 0 and integer y ≥ 0. */
export function stepSums(x: f64, y: f64): void {
  if (y <= SMALL) {
    if (y < 1) {
      sumE = 0;
      sumV = 0;
      sumW = 0;
    } else directSums(x, <i32>y);
    return;
  }
  if (x >= y) largeBase(x, y);
  else largeStep(x, y);
}

/** x ≥ y > SMALL. */
function largeBase(x: f64, y: f64): void {
  const u = y / x;
  const z = x + y;
  const f = y / z;
  const q = x / z;
  const tail = x * (psiTail(x) - psiTail(z));
  sumV = x * excess(u) - 0.5 * f - tail;
  sumE = y - sumV;
  sumW = x * logExcess(u) - 0.5 * f * q + tail - x * (x * (trigammaTail(x) - trigammaTail(z)));
}

/** y > SMALL, x < y. */
function largeStep(x: f64, y: f64): void {
  let e: f64 = 0;
  let w: f64 = 0;
  let d = y;
  let z = x;
  if (x < 16) {
    const shift = <i32>Math.ceil(16 - x);
    directSums(x, shift);
    e = sumE;
    w = sumW;
    d -= <f64>shift;
    z += <f64>shift;
  }
  const end = z + d;
  const f = d / end;
  const psi = log1p(d / z) + ((0.5 * f) / z + (psiTail(z) - psiTail(end)));
  const tri = f / z + ((0.5 * f * ((z + end) / end)) / (z * z) + (trigammaTail(z) - trigammaTail(end)));
  sumE = e + x * psi;
  sumV = y - sumE;
  sumW = w + x * (psi - x * tri);
}

/** Π_{j<y} (x + j) for y ≤ SMALL, as mantissa; the power of two taken out is left in {@link productExponent}. */
let productExponent: f64 = 0;
function risingProduct(x: f64, y: i32): f64 {
  let p: f64 = 1;
  let shift: f64 = 0;
  for (let j = 0; j < y; j++) {
    p *= x + <f64>j;
    if (p > 1.3407807929942597e154) {
      p *= 7.458340731200207e-155;
      shift += 512;
    } else if (p < 7.458340731200207e-155) {
      p *= 1.3407807929942597e154;
      shift -= 512;
    }
  }
  productExponent = shift;
  return p;
}

/** lnΓ(x + y) − lnΓ(x), x > 0, integer y ≥ 0. Relative error ≤ 1e-14 (of |result| + x·derivative near its zero in x < 1). */
export function lgammaSteps(x: f64, y: f64): f64 {
  if (y < 1) return 0;
  if (y <= SMALL) {
    const p = risingProduct(x, <i32>y);
    return log1(p) + productExponent * 0.6931471805599453;
  }
  let head: f64 = 0;
  let d = y;
  let z = x;
  if (x < 16) {
    const shift = <i32>Math.ceil(16 - x);
    const p = risingProduct(x, shift);
    head = log1(p) + productExponent * 0.6931471805599453;
    d -= <f64>shift;
    z += <f64>shift;
  }
  const end = z + d;
  const u = d / z;
  // (z − ½) ln(1 + u) + d ln(end) − d, with z ln(1 + u) − d = −z φ(u)
  const main = u < 0.5 ? d * log1(end) - (z * excess(u) + 0.5 * log1p(u)) : d * (log1(end) - 1) + (z - 0.5) * log1p(u);
  return head + (main + (stirlingError(end) - stirlingError(z)));
}

/** x ln(x/m) + m − x ≥ 0 with m = x − d, d given by the caller without cancellation; x > 0, m > 0. (Loader 2000, D₀.) */
export function deviancePart(x: f64, d: f64, m: f64): f64 {
  const t = -d / x;
  return t > -0.5 && t < 1e10 ? x * excess(t) : x * (log1(x) - log1(m)) - d;
}

/**
 * ln P(y) of a negative binomial with shape m and mean mu: Γ(m+y)/(Γ(m) y!) (mu/(m+mu))^y (m/(m+mu))^m; m, mu > 0,
 * integer y ≥ 0. Product of y ratios for y ≤ 24, saddle point (Loader 2000) beyond. Error ≤ 1e-14 (1 + |result|); never
 * above 0.
 */
export function lnNegbin(y: f64, m: f64, mu: f64): f64 {
  const s = m + mu;
  const ratio = mu / m;
  const zero = ratio < 1e16 ? -m * log1p(ratio) : m * (log1(m) - log1(s));
  if (y < 1) return zero;
  if (y <= SMALL) {
    const p = mu / s;
    let q: f64 = 1;
    for (let j = <i32>y - 1; j >= 0; j--) q *= ((m + <f64>j) * p) / <f64>(j + 1);
    if (q > 1e-290 && q < 1e290) return min(log1(q) + zero, 0.0);
  }
  const n = y + m;
  const d = m * ((y - mu) / s);
  const parts = deviancePart(y, d, mu * (n / s)) + deviancePart(m, -d, m * (n / s));
  const stirling = stirlingError(n) - stirlingError(y) - stirlingError(m);
  // ½ ln(m / (2π y n))
  return min(0.5 * (log1(m / n) - log1(y)) - HALF_LN_2PI + stirling - parts, 0.0);
}

/** −ln y! + y ln y − y for y > 0 (0 at 0): what the saturated Poisson model gives one row. Any real y ≥ 0. */
export function lnPoissonSaturated(y: f64): f64 {
  if (y == 0) return 0;
  return y < 10 ? y * log1(y) - y - lgamma(y + 1) : -0.5 * log1(y) - HALF_LN_2PI - stirlingError(y);
}

/** ln P(y) of a Poisson variable with mean mu ≥ 0; integer or real y ≥ 0. Error ≤ 1e-14 (1 + |result|); never above 0. */
export function lnPoisson(y: f64, mu: f64): f64 {
  if (y == 0) return -mu;
  return min(lnPoissonSaturated(y) - deviancePart(y, y - mu, mu), 0.0);
}
