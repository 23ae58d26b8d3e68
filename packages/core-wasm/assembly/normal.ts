/**
 * The normal law far into its tails, as composed errors need it: W(z) = ln Φ(z) + z²/2, κ = W′ = z + φ(z)/Φ(z) > 0 and W″ = 1 − κ φ/Φ.
 * erfc by the rational approximations of Cody (1969, Math. Comp. 23, tables I, II); below z = −5 by Laplace's continued fraction
 * φ/Φ = x + 1/(x + 2/(x + 3/…)), x = −z, in which neither κ nor W″ cancels. Relative error of κ ≤ 2e-14, of W″ ≤ 1e-13, of W ≤ 1e-15 max(|W|, 1)
 * (against mpmath in test-fixtures/certified/normal.json).
 */
import { log1p } from './special';
import { exp1, log1 } from './vmath';

const ERF_TOP = memory.data<f64>([
  3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3, 1.85777706184603153e-1,
]);
const ERF_BELOW = memory.data<f64>([
  2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
]);
const ERFC_TOP = memory.data<f64>([
  5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
  1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3, 2.15311535474403846e-8,
]);
const ERFC_BELOW = memory.data<f64>([
  1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
  4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
]);
const ROOT_HALF: f64 = 0.70710678118654752440;
/** √(2/π). */
export const ROOT_2_PI: f64 = 0.79788456080286535588;
/** Below −FAR the continued fraction serves. */
const FAR: f64 = 5;
/** Terms of the fraction that leave 1e-20 of it, from 44 at x = 5: LEAST + MORE/x. */
const LEAST: f64 = 6;
const MORE: f64 = 190;

/** Results of {@link tail}: W, W′, W″. */
export let tailW: f64 = 0;
export let tailK: f64 = 0;
export let tailC: f64 = 0;

/** e^{x²} erfc(x) for 0 ≤ x ≤ 4. */
function erfcx(x: f64): f64 {
  if (x > 0.46875) {
    let top = load<f64>(ERFC_TOP, 64) * x;
    let below = x;
    for (let i = 0; i < 7; i++) {
      top = (top + load<f64>(ERFC_TOP + (<usize>i << 3))) * x;
      below = (below + load<f64>(ERFC_BELOW + (<usize>i << 3))) * x;
    }
    return (top + load<f64>(ERFC_TOP, 56)) / (below + load<f64>(ERFC_BELOW, 56));
  }
  const y = x * x;
  let top = load<f64>(ERF_TOP, 32) * y;
  let below = y;
  for (let i = 0; i < 3; i++) {
    top = (top + load<f64>(ERF_TOP + (<usize>i << 3))) * y;
    below = (below + load<f64>(ERF_BELOW + (<usize>i << 3))) * y;
  }
  const erf = (x * (top + load<f64>(ERF_TOP, 24))) / (below + load<f64>(ERF_BELOW, 24));
  return exp1(y) * (1 - erf);
}

/** 2/(x + 3/(x + 4/…)), so that φ/Φ(−x) = x + 1/(x + this). */
function fraction(x: f64): f64 {
  let c: f64 = 0;
  for (let n = Math.floor(LEAST + MORE / x); n > 1; n--) c = n / (x + c);
  return c;
}

/** Sets {@link tailW}, {@link tailK}, {@link tailC} at z. */
export function tail(z: f64): void {
  if (z < -FAR) {
    const x = -z;
    const c = fraction(x);
    tailK = 1 / (x + c);
    tailC = tailK * (c - tailK);
    // Φ(z) = φ(z)/(x + κ)
    tailW = -0.91893853320467274178 - log1(x + tailK);
    return;
  }
  if (z <= 0) {
    const e = erfcx(-z * ROOT_HALF);
    const mills = ROOT_2_PI / e;
    tailK = z + mills;
    tailC = 1 - mills * tailK;
    tailW = log1(0.5 * e);
    return;
  }
  const square = 0.5 * z * z;
  const x = z * ROOT_HALF;
  const e = x <= 4 ? erfcx(x) : 0.56418958354775628695 / x;
  const density = exp1(-square);
  const above = 1 - 0.5 * density * e;
  const mills = (0.5 * ROOT_2_PI * density) / above;
  tailK = z + mills;
  tailC = 1 - mills * tailK;
  tailW = square + log1p(-0.5 * density * e);
}

/** Φ(z), relative accuracy in both tails. */
export function normalBelow(z: f64): f64 {
  tail(z);
  return exp1(tailW - 0.5 * z * z);
}

/**
 * x with ln Φ(x) = l < 0, by Newton's method on ln Φ from −√(−2l) (concave, so that it comes down from the left); for l near 0 the
 * upper tail is asked for instead: see {@link normalQuantile}.
 */
function lowerQuantile(l: f64): f64 {
  let x = -sqrt(-2 * l);
  for (let round = 0; round < 40; round++) {
    tail(x);
    const step = (tailW - 0.5 * x * x - l) / (tailK - x);
    x -= step;
    if (abs(step) <= 1e-14 * (1 + abs(x))) break;
  }
  return x;
}

/** x with Φ(x) = p, given ln p and ln(1 − p). */
export function normalQuantile(logBelow: f64, logAbove: f64): f64 {
  return logBelow <= logAbove ? lowerQuantile(logBelow) : -lowerQuantile(logAbove);
}
