/**
 * Gamma-family functions of one double. Errors are the largest seen against 50-digit mpmath values in
 * test-fixtures/certified/special.json (made by special.py there).
 *
 * Asymptotic series: Abramowitz & Stegun (1964) 6.1.40, 6.3.18, 6.4.12. On [1, 2] lnΓ(x) = (x − 1)(x − 2) R(x) and
 * ψ(x) = (x − x₀) Q(x) with R, Q Chebyshev interpolants of degree 22 (computed at 60 digits, relative error < 3e-18),
 * so that the zeros at 1, 2 and x₀ = 1.4616… keep their relative accuracy.
 */
import { log1 } from './vmath';

export const HALF_LN_2PI: f64 = 0.91893853320467274178;

const LGAMMA = memory.data<f64>([
  0.4831289505409809, -0.14595989591430608, 0.06291140107456494, -0.031308487501009494, 0.016797098631185916,
  -0.009425622448625905, 0.005446457844650585, -0.003212074069736748, 0.0019229161355079497, -0.0011644146716071257,
  0.0007115223848906008, -0.00043799193485690124, 0.00027127505354773154, -0.00016892719402703723,
  0.00010564474884131882, -6.609271409301556e-5, 4.1635136148902716e-5, -2.7356444761067124e-5, 1.734263784459851e-5,
  -8.07952925042159e-6, 5.129828644815147e-6, -7.970873319492813e-6, 5.1046182161001864e-6,
]);
const DIGAMMA = memory.data<f64>([
  0.9510558760318328, -0.4236274212814606, 0.24054248424078697, -0.14840492305388092, 0.09498872445289039,
  -0.06192213327548831, 0.040760833940846085, -0.026975796659787055, 0.017907248317313294, -0.011908220105959716,
  0.007927021796868154, -0.005279937255532708, 0.003518106563802472, -0.0023454947397380833, 0.0015633696313653504,
  -0.0010364584817312839, 0.0006909255761282986, -0.00048595039220036254, 0.00032395945401345196,
  -0.00014480643368061614, 9.653646261410062e-5, -0.0001782188548855923, 0.00011881232908510335,
]);

/** Σ t[i] xⁱ for i = 0 … 22. */
function horner23(table: usize, x: f64): f64 {
  let s = load<f64>(table + 176);
  for (let at = table + 168; at >= table; at -= 8) s = s * x + load<f64>(at);
  return s;
}

/** ln(1 + x), fdlibm's s_log1p.c as shipped with AssemblyScript; < 1 ulp. */
export function log1p(x: f64): f64 {
  return NativeMath.log1p(x);
}

/** φ(t) = t − ln(1 + t) ≥ 0 for t > −1; ≤ 4 ulp: by t = 2r/(1 − r), φ = r t − 2 r³ (1/3 + r²/5 + r⁴/7 + …) for small t. */
export function excess(t: f64): f64 {
  if (t < -0.35 || t > 0.55) return t - log1p(t);
  const r = t / (2 + t);
  const y = r * r;
  let s: f64 = 1.0 / 27;
  s = s * y + 1.0 / 25;
  s = s * y + 1.0 / 23;
  s = s * y + 1.0 / 21;
  s = s * y + 1.0 / 19;
  s = s * y + 1.0 / 17;
  s = s * y + 1.0 / 15;
  s = s * y + 1.0 / 13;
  s = s * y + 1.0 / 11;
  s = s * y + 1.0 / 9;
  s = s * y + 1.0 / 7;
  s = s * y + 1.0 / 5;
  s = s * y + 1.0 / 3;
  return r * (t - 2 * y * s);
}

/** h(u) = ln(1 + u) − u/(1 + u) ≥ 0 for u ≥ 0; ≤ 6 ulp: no cancellation beyond a factor 2 at small u. */
export function logExcess(u: f64): f64 {
  const f = u / (1 + u);
  return u < 0.5 ? u * f - excess(u) : log1p(u) - f;
}

/** Stirling series δ(z) = lnΓ(z) − (z − ½) ln z + z − ½ ln 2π for z ≥ 10; absolute error < 1e-16. */
function stirlingSeries(z: f64): f64 {
  const v = 1 / z;
  const q = v * v;
  let s: f64 = -3617.0 / 122400;
  s = s * q + 1.0 / 156;
  s = s * q - 691.0 / 360360;
  s = s * q + 1.0 / 1188;
  s = s * q - 1.0 / 1680;
  s = s * q + 1.0 / 1260;
  s = s * q - 1.0 / 360;
  return v * (s * q + 1.0 / 12);
}

/** δ(z), the error of Stirling's formula, for z > 0. Absolute error < 4e-15 (relative where z < 10⁻²). */
export function stirlingError(z: f64): f64 {
  return z >= 10 ? stirlingSeries(z) : lgamma(z) - ((z - 0.5) * log1(z) - z + HALF_LN_2PI);
}

/** lnΓ(x) for x > 0 (NaN elsewhere, except +∞ at 0 and +∞); ≤ 5 ulp. */
export function lgamma(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? Infinity : NaN;
  if (x == Infinity) return x;
  if (x >= 10) return (x - 0.5) * (log1(x) - 1) + (HALF_LN_2PI - 0.5 + stirlingSeries(x));
  if (x < 1e-17) return -log1(x);
  if (x < 1) return lgammaNearOne(x, x - 1) - log1(x);
  let product: f64 = 1;
  while (x > 2) {
    x -= 1;
    product *= x;
  }
  const base = lgammaNearOne(x - 1, x - 2);
  return product == 1 ? base : base + log1(product);
}

/** lnΓ(1 + a) for a in [0, 1], b = a − 1. */
function lgammaNearOne(a: f64, b: f64): f64 {
  return a * b * horner23(LGAMMA, a - 0.5);
}

/** ψ(x) for x > 0 (NaN elsewhere); ≤ 5 ulp on x ≥ 1, and of max(|ψ|, 1) below. */
export function digamma(x: f64): f64 {
  if (!(x > 0)) return NaN;
  if (x == Infinity) return x;
  let sum: f64 = 0;
  if (x >= 10) return log1(x) - 0.5 / x - psiTail(x);
  if (x < 1) {
    sum = -1 / x;
    x += 1;
  }
  while (x > 2) {
    x -= 1;
    sum += 1 / x;
  }
  return sum + (x - 1.4616321449683622 - 9.549995429965698e-17) * horner23(DIGAMMA, x - 1.5);
}

/** S(z) = ln z − 1/(2z) − ψ(z) = Σ B₂ₖ/(2k z²ᵏ) for z ≥ 10. */
export function psiTail(z: f64): f64 {
  const q = 1 / (z * z);
  let s: f64 = 3617.0 / 8160;
  s = 1.0 / 12 - s * q;
  s = 691.0 / 32760 - s * q;
  s = 1.0 / 132 - s * q;
  s = 1.0 / 240 - s * q;
  s = 1.0 / 252 - s * q;
  s = 1.0 / 120 - s * q;
  s = 1.0 / 12 - s * q;
  return s * q;
}

/** U(z) = ψ′(z) − 1/z − 1/(2z²) = Σ B₂ₖ/z²ᵏ⁺¹ for z ≥ 10. */
export function trigammaTail(z: f64): f64 {
  const v = 1 / z;
  const q = v * v;
  let s: f64 = 3617.0 / 510;
  s = 7.0 / 6 - s * q;
  s = 691.0 / 2730 - s * q;
  s = 5.0 / 66 - s * q;
  s = 1.0 / 30 - s * q;
  s = 1.0 / 42 - s * q;
  s = 1.0 / 30 - s * q;
  s = 1.0 / 6 - s * q;
  return s * q * v;
}

/** ψ′(x) for x > 0 (NaN elsewhere); ≤ 4 ulp. */
export function trigamma(x: f64): f64 {
  if (!(x > 0)) return NaN;
  let sum: f64 = 0;
  while (x < 10) {
    sum += 1 / (x * x);
    x += 1;
  }
  const v = 1 / x;
  return sum + (v + (0.5 * v * v + trigammaTail(x)));
}

/** ψ(x + t) − ψ(x) for x > 0 and real t ≥ 0; every term is positive, so the relative error stays ≤ 1e-14. */
export function digammaDifference(x: f64, t: f64): f64 {
  let sum: f64 = 0;
  while (x < 16) {
    sum += t / (x + t) / x;
    x += 1;
  }
  const z = x + t;
  return sum + (log1p(t / x) + ((0.5 * (t / z)) / x + (psiTail(x) - psiTail(z))));
}

/** ψ′(x) − ψ′(x + t) ≥ 0 for x > 0 and real t ≥ 0; relative error ≤ 1e-14. */
export function trigammaDifference(x: f64, t: f64): f64 {
  let sum: f64 = 0;
  while (x < 16) {
    const z = x + t;
    sum += (t / z) * ((x + z) / z) / (x * x);
    x += 1;
  }
  const z = x + t;
  const f = t / z;
  return sum + (f / x + ((0.5 * f * ((x + z) / z)) / (x * x) + (trigammaTail(x) - trigammaTail(z))));
}
