/**
 * The law of a composed error (Aigner, Lovell, Schmidt 1977; Meeusen, van den Broeck 1977; Stevenson 1980; Battese, Coelli 1992): rows
 * ε_t = v_t − h_t u of one unit, v ~ N(0, σ_v²), u half-normal or truncated normal N⁺(μ, σ_u²), or exponential with mean σ_u.
 * It depends on the rows through E = Σ ε², H = Σ h ε and G = Σ h². With τ = σ_v⁻², P = p₀ + G τ and N = q₀ − H τ, z = N/√P:
 *   ℓ = c − T ln σ_v − ½ ln P − ½ E τ + W(z),   W of normal.ts,
 * p₀ = σ_u⁻², q₀ = μ σ_u⁻² and c = −½ T ln 2π − ln σ_u − W(μ/σ_u) (normal); p₀ = 0, q₀ = −1/σ_u and c = −½ (T − 1) ln 2π − ln σ_u
 * (exponential). u given the rows is N(N/P, 1/P) truncated at 0.
 */
import { HALF_LN_2PI } from './special';
import { tail, tailC, tailK, tailW } from './normal';
import { get, put } from './task';
import { exp1, log1 } from './vmath';

/** Codes of {@link FrontierShape.law} in src/abi.ts. */
export const HALF_NORMAL = 0;
export const EXPONENTIAL = 1;
export const TRUNCATED = 2;

/** ln σ_v, ln σ_u, μ, E, H, G: the places in {@link slope} and {@link bend}. */
export const A = 0;
export const B = 1;
export const MU = 2;
export const E = 3;
export const H = 4;
export const G = 5;
export const SIX = 6;

/** ∂ℓ (6) and ∂²ℓ (6 × 6) of the last unit. */
export const slope = memory.data(48, 16);
export const bend = memory.data(288, 16);
const N1 = memory.data(48, 16);
const P1 = memory.data(48, 16);
const N2 = memory.data(288, 16);
const P2 = memory.data(288, 16);

let law: i32 = 0;
let tau: f64 = 0;
let spread: f64 = 0;
let lnV: f64 = 0;
let lnU: f64 = 0;
/** W, W′, W″ at μ/σ_u, for the last μ. */
let lastMu: f64 = NaN;
let muW: f64 = 0;
let muK: f64 = 0;
let muC: f64 = 0;

/** ln σ_v and ln σ_u of the units that follow. */
export function setScales(which: i32, a: f64, b: f64): void {
  law = which;
  lnV = a;
  lnU = b;
  tau = exp1(-2 * a);
  spread = exp1(-b);
  lastMu = NaN;
}

function standardise(mu: f64): void {
  if (mu == lastMu) return;
  tail(mu * spread);
  lastMu = mu;
  muW = tailW;
  muK = tailK;
  muC = tailC;
}

// @ts-ignore: decorator
@inline
function set(a: usize, i: i32, j: i32, v: f64): void {
  put(a, i * SIX + j, v);
  put(a, j * SIX + i, v);
}

/** N and P of a unit: mean N/P and variance 1/P of u before truncation. */
export function precision(g: f64): f64 {
  return (law == EXPONENTIAL ? 0.0 : spread * spread) + g * tau;
}
export function pull(mu: f64, h: f64): f64 {
  return (law == EXPONENTIAL ? -spread : mu * spread * spread) - h * tau;
}

/** ℓ of one row of error w without its derivatives, to the same bits as {@link composed}(1, 0, w², w, 1). */
export function composedLevel(w: f64): f64 {
  const normal = law != EXPONENTIAL;
  const P = precision(1);
  tail(pull(0, w) / sqrt(P));
  const level = tailW;
  let constant = -lnU;
  if (normal) {
    standardise(0);
    constant -= muW + HALF_LN_2PI;
  }
  return constant - lnV - 0.5 * log1(P) - 0.5 * (w * w * tau) + level;
}

/** ℓ of a unit of T rows; its derivatives in {@link slope} and {@link bend}. */
export function composed(T: f64, mu: f64, e: f64, h: f64, g: f64): f64 {
  const normal = law != EXPONENTIAL;
  const p0 = normal ? spread * spread : 0.0;
  const q0 = normal ? mu * p0 : -spread;
  const P = p0 + g * tau;
  const N = q0 - h * tau;
  const root = sqrt(P);
  const z = N / root;
  memory.fill(N2, 0, 288);
  memory.fill(P2, 0, 288);
  put(N1, A, 2 * h * tau);
  put(N1, B, normal ? -2 * q0 : -q0);
  put(N1, MU, p0);
  put(N1, E, 0);
  put(N1, H, -tau);
  put(N1, G, 0);
  put(P1, A, -2 * g * tau);
  put(P1, B, -2 * p0);
  put(P1, MU, 0);
  put(P1, E, 0);
  put(P1, H, 0);
  put(P1, G, tau);
  set(N2, A, A, -4 * h * tau);
  set(N2, A, H, 2 * tau);
  set(N2, B, B, normal ? 4 * q0 : q0);
  set(N2, B, MU, -2 * p0);
  set(P2, A, A, 4 * g * tau);
  set(P2, A, G, -2 * tau);
  set(P2, B, B, 4 * p0);
  tail(z);
  const k = tailK;
  const c = tailC;
  const w = tailW;
  for (let i = 0; i < SIX; i++) {
    const ri = get(P1, i) / P;
    const zi = get(N1, i) / root - 0.5 * z * ri;
    put(slope, i, k * zi - 0.5 * ri);
    for (let j = 0; j <= i; j++) {
      const rj = get(P1, j) / P;
      const zj = get(N1, j) / root - 0.5 * z * rj;
      const rij = get(P2, i * SIX + j) / P;
      const zij =
        get(N2, i * SIX + j) / root - (0.5 / root) * (get(N1, i) * rj + get(N1, j) * ri) + z * (0.75 * ri * rj - 0.5 * rij);
      set(bend, i, j, c * zi * zj + k * zij - 0.5 * (rij - ri * rj));
    }
  }
  // the terms outside W and ½ ln P
  const et = e * tau;
  put(slope, A, get(slope, A) - T + et);
  put(slope, E, -0.5 * tau);
  put(bend, A * SIX + A, get(bend, A * SIX + A) - 2 * et);
  set(bend, A, E, tau);
  put(slope, B, get(slope, B) - 1);
  let constant = -lnU;
  if (normal) {
    standardise(mu);
    const s = mu * spread;
    constant -= muW + HALF_LN_2PI * T;
    put(slope, B, get(slope, B) + muK * s);
    put(slope, MU, get(slope, MU) - muK * spread);
    put(bend, B * SIX + B, get(bend, B * SIX + B) - muC * s * s - muK * s);
    set(bend, B, MU, get(bend, B * SIX + MU) + spread * (muC * s + muK));
    put(bend, MU * SIX + MU, get(bend, MU * SIX + MU) - muC * spread * spread);
  } else constant -= HALF_LN_2PI * (T - 1);
  return constant - T * lnV - 0.5 * log1(P) - 0.5 * et + w;
}
