/**
 * The law of composed.ts for many rows of their own error e = v − u under the same scales: ℓ(e) and its derivatives in e, ln σ_v and
 * ln σ_u. With τ = σ_v⁻², P = p₀ + τ, N = q₀ − e τ and z = N/√P, ℓ = c − ln σ_v − ½ ln P − ½ e² τ + W(z).
 */
import { EXPONENTIAL, precision, pull, setScales } from './composed';
import { tail, tailC, tailK, tailW } from './normal';
import { HALF_LN_2PI } from './special';
import { exp1, log1 } from './vmath';

let tau: f64 = 0;
let P: f64 = 0;
let root: f64 = 0;
let constant: f64 = 0;
/** z and its derivatives as far as they do not depend on e; P_A/P, P_B/P, P_BB/P; N_B, N_BB (A = ln σ_v, B = ln σ_u). */
let zE: f64 = 0;
let zEA: f64 = 0;
let zEB: f64 = 0;
let rA: f64 = 0;
let rB: f64 = 0;
let rBB: f64 = 0;
let nB: f64 = 0;
let nBB: f64 = 0;

/** ∂ℓ and ∂²ℓ of the last row. */
export let rowE: f64 = 0;
export let rowEE: f64 = 0;
export let rowA: f64 = 0;
export let rowB: f64 = 0;
export let rowEA: f64 = 0;
export let rowEB: f64 = 0;
export let rowAA: f64 = 0;
export let rowAB: f64 = 0;
export let rowBB: f64 = 0;

/** ln σ_v and ln σ_u of the rows that follow; half-normal or exponential. */
export function setRowScales(law: i32, a: f64, b: f64): void {
  setScales(law, a, b);
  const normal = law != EXPONENTIAL;
  const spread = exp1(-b);
  tau = exp1(-2 * a);
  P = precision(1);
  root = sqrt(P);
  rA = (-2 * tau) / P;
  rB = normal ? (-2 * spread * spread) / P : 0.0;
  rBB = -2 * rB;
  nB = normal ? 0.0 : spread;
  nBB = -nB;
  zE = -tau / root;
  zEA = -zE * (2 + 0.5 * rA);
  zEB = -0.5 * zE * rB;
  constant = -a - b - 0.5 * log1(P);
  // W(0) = −ln 2
  if (normal) constant += 0.69314718055994530942 - HALF_LN_2PI;
}

/** 1/σ_v², which −∂²ℓ/∂e² does not exceed. */
export function rowPrecision(): f64 {
  return tau;
}

/** ℓ(e). */
export function rowLevel(e: f64): f64 {
  tail(pull(0, e) / root);
  return constant - 0.5 * e * e * tau + tailW;
}

/** {@link rowE} and {@link rowEE}. */
export function rowSlopes(e: f64): void {
  tail(pull(0, e) / root);
  rowE = tailK * zE - e * tau;
  rowEE = tailC * zE * zE - tau;
}

/** All derivatives. */
export function rowDerivatives(e: f64): void {
  const z = pull(0, e) / root;
  tail(z);
  const k = tailK;
  const c = tailC;
  const et = e * tau;
  const nA = 2 * et;
  const zA = nA / root - 0.5 * z * rA;
  const zB = nB / root - 0.5 * z * rB;
  const zAA = (-2 * nA - nA * rA) / root + z * (0.75 * rA * rA + rA);
  const zAB = (-0.5 * (nA * rB + nB * rA)) / root + z * (0.75 * rA * rB);
  const zBB = (nBB - nB * rB) / root + z * (0.75 * rB * rB - 0.5 * rBB);
  rowE = k * zE - et;
  rowEE = c * zE * zE - tau;
  rowA = e * et - 1 - 0.5 * rA + k * zA;
  rowB = -1 - 0.5 * rB + k * zB;
  rowEA = nA + c * zE * zA + k * zEA;
  rowEB = c * zE * zB + k * zEB;
  rowAA = -2 * e * et + c * zA * zA + k * zAA + rA + 0.5 * rA * rA;
  rowAB = c * zA * zB + k * zAB + 0.5 * rA * rB;
  rowBB = c * zB * zB + k * zBB - 0.5 * (rBB - rB * rB);
}
