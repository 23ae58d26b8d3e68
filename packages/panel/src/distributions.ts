/**
 * Upper tails and quantiles of the normal, t, chi-squared and F laws, accurate far out (never 1 − cdf).
 * Written here because start-up counts: @stdlib's normal, t and chi-squared modules take 0.26–0.46 s to load (Node 20,
 * measured), more than a whole `gravpanel fit` may. The tests compare every function with R.
 */
import { exp, log, log1p } from '@gravpanel/core-wasm';

const SQRT_TAU = 2.5066282746310007; // √(2π)

/** Standard normal density; the exponent is split so that exp() does not magnify the rounding of z². */
function normalDensity(z: number): number {
  const high = Math.fround(z);
  return (exp(-0.5 * high * high) * exp(-0.5 * (z - high) * (z + high))) / SQRT_TAU;
}

/** Laplace's continued fraction z + 1/(z + 2/(z + 3/…)) of the Mills ratio, evaluated from its tail. */
function millsRatio(z: number): number {
  let tail = z;
  for (let j = Math.ceil(20 + 600 / (z * z)); j > 0; j--) tail = z + j / tail;
  return 1 / tail;
}

/** Φ(z) − ½ for small z: φ(z)·Σ z^(2n+1)/(2n+1)!!. */
function normalCentre(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return normalDensity(z) * sum;
}

/**
 * P(Z > z) of the standard normal law (Abramowitz & Stegun 1964, 26.2.11 and 26.2.14). Relative error ≤ 1e-14 until
 * the result underflows (z > 38.5).
 */
export function normalUpper(z: number): number {
  if (z < 0) return 1 - normalUpper(-z);
  if (z > 39) return 0;
  return z < 1.75 ? 0.5 - normalCentre(z) : normalDensity(z) * millsRatio(z);
}

/** lnΓ(x) − [(x − ½)ln x − x + ½ln 2π] for x ≥ 15 (Stirling's series; error < 1e-17). */
function stirlingTail(x: number): number {
  const r = 1 / (x * x);
  return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / x;
}

/** lnΓ(x + h) − lnΓ(x), x > 0, h > 0, without forming either where x is large. */
function lnGammaStep(x: number, h: number): number {
  let shift = 0;
  while (x < 15) {
    shift += log(x / (x + h));
    x += 1;
  }
  return shift + (x + h - 0.5) * log1p(h / x) + h * log(x) - h + stirlingTail(x + h) - stirlingTail(x);
}

/** lnΓ(x), x > 0. */
function lnGamma(x: number): number {
  let shift = 0;
  while (x < 15) {
    shift += log(x);
    x += 1;
  }
  return (x - 0.5) * log(x) - x + log(SQRT_TAU) + stirlingTail(x) - shift;
}

/** Lentz's evaluation of the continued fraction of I_x(a, b); converges fast for x < (a + 1)/(a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const guard = (v: number) => (Math.abs(v) < 1e-300 ? 1e-300 : v);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) break;
  }
  return value;
}

/**
 * Regularised incomplete beta I_x(a, b) with x = u/(u + v) given by its two parts, so that neither x nor 1 − x is
 * rounded to 0 or 1 (Press et al. 2007, 6.4); `direct`: by the fraction of I_x itself, not of its complement.
 */
function betaIncomplete(
  u: number,
  v: number,
  a: number,
  b: number,
  direct = u / (u + v) < (a + 1) / (a + b + 2),
): number {
  if (u === 0) return 0;
  if (v === 0) return 1;
  const lnX = -log1p(v / u);
  const lnY = -log1p(u / v);
  const lnBeta = a > b ? lnGamma(b) - lnGammaStep(a, b) : lnGamma(a) - lnGammaStep(b, a);
  const front = exp(a * lnX + b * lnY - lnBeta);
  return direct ? (front * betaFraction(u / (u + v), a, b)) / a : 1 - (front * betaFraction(v / (u + v), b, a)) / b;
}

/** P(T > t) of Student's law with `df` > 0 degrees of freedom: ½ I_{df/(df + t²)}(df/2, ½), by its complement for small t. */
export function tUpper(t: number, df: number): number {
  if (t < 0) return 1 - tUpper(-t, df);
  if (t * t < Math.min(9, df)) return 0.5 - 0.5 * betaIncomplete(t * t, df, 0.5, df / 2, true);
  return 0.5 * betaIncomplete(df, t * t, df / 2, 0.5);
}

/** P(F > f) with d1 and d2 degrees of freedom. */
export function fUpper(f: number, d1: number, d2: number): number {
  return f <= 0 ? 1 : betaIncomplete(d2, d1 * f, d2 / 2, d1 / 2);
}

/**
 * P(χ² > x) with a whole number `df` ≥ 1 of degrees of freedom, as the finite sum of Abramowitz & Stegun 26.4.4–5:
 * positive terms only; from the highest power down where the lowest would underflow. Relative error ≤ 1e-13.
 */
export function chi2Upper(x: number, df: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const half = x / 2;
  const least = df % 2 === 1 ? 0.5 : 0;
  const top = df / 2 - 1;
  let sum = least > 0 ? 2 * normalUpper(Math.sqrt(x)) : 0;
  if (top < least) return sum;
  const upwards = half < 600;
  const from = upwards ? least : top;
  let term = exp(from * log(half) - half - lnGamma(from + 1));
  for (let j = from; j >= least && j <= top; j += upwards ? 1 : -1) {
    sum += term;
    term *= upwards ? half / (j + 1) : j / half;
  }
  return Math.min(1, sum);
}

/** x with upper(x) = p for a law symmetric about 0, 0 < p ≤ ½: Newton on ln p, started from the normal law's tail. */
function upperQuantile(p: number, upper: (x: number) => number, density: (x: number) => number): number {
  let low = 0;
  let high = 1;
  while (upper(high) > p) {
    low = high;
    high *= 2;
  }
  let x = low + (high - low) / 2;
  for (let i = 0; i < 200; i++) {
    const tail = upper(x);
    if (tail > p) low = x;
    else high = x;
    const newton = x + (log(tail / p) * tail) / density(x);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 2e-16 * Math.abs(next)) return next;
    x = next;
  }
  return x;
}

/** z with P(|Z| ≤ z) = level. */
export function normalCritical(level: number): number {
  return upperQuantile((1 - level) / 2, normalUpper, normalDensity);
}

/** t with P(|T| ≤ t) = level at `df` degrees of freedom. */
export function tCritical(level: number, df: number): number {
  const lnScale = lnGammaStep(df / 2, 0.5) - 0.5 * log(Math.PI * df);
  const density = (t: number) => exp(lnScale - ((df + 1) / 2) * log1p((t * t) / df));
  return upperQuantile((1 - level) / 2, (t) => tUpper(t, df), density);
}

/** z with P(Z ≤ z) = p, 0 < p < 1: Newton on ln p from Abramowitz & Stegun 26.2.22, whose error is below 0.0045. */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * log(tail));
  let z = t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t);
  for (let i = 0; i < 6; i++) {
    const now = normalUpper(z);
    if (now === 0) break;
    const step = (log(now / tail) * now) / normalDensity(z);
    z += step;
    // The next step would be of the order of this one's square.
    if (Math.abs(step) <= 1e-9 * Math.abs(z)) break;
  }
  return p < 0.5 ? -z : z;
}
