/** The search of a frontier with an effect of the unit: its start, and σ_w → 0, where the frontier of rows is the maximum. */
import { NO_INEFFICIENCY, predict } from './frontier';
import { frontierStart, overInefficiency } from './frontiers';
import { iterations, setIterations } from './newton';
import { effectSlope, withoutEffect } from './random-frontier';
import { get, NO_INTERIOR_MAXIMUM, OK, POISSON_BOUNDARY, put, Task, weight } from './task';
import { log1 } from './vmath';

/** ln(σ_w/σ_v) below which frontiers of rows are looked at; where they are no maximum, below which they are told from it no more. */
const FLOOR: f64 = -4;
const DEEP: f64 = -14;
let floor: f64 = FLOOR;

/** ln(σ_w/σ_v) from which the search goes on where an effect raises the log-likelihood after all. */
export const SMALL: f64 = -2;

/** σ_w of an effect of the unit has shrunk away beside σ_v. */
export function atEffectFloor(t: Task, theta: usize): bool {
  return t.random && !withoutEffect(t, theta) && get(theta, t.k + 1) - get(theta, t.k) < floor;
}

/**
 * Splits the least squares variance in theta (½ ln(RSS/n) at k) between unit and row by the products of residuals within units,
 * Σ (S² − Σ e²)/Σ T(T − 1); the unit gets 5% to 90% of it.
 */
export function splitEffect(t: Task, theta: usize, total: f64): void {
  predict(t, theta);
  let products: f64 = 0;
  let pairs: f64 = 0;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (to == from) continue;
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let i = from; i < to; i++) {
      const e = get(t.y, i) - get(t.eta, i);
      sum += e;
      squares += e * e;
    }
    products += weight(t, from) * (sum * sum - squares);
    pairs += weight(t, from) * <f64>(to - from) * <f64>(to - from - 1);
  }
  const share = min(max(pairs > 0 ? products / pairs / total : 0.5, 0.05), 0.9);
  put(theta, t.k, 0.5 * log1((1 - share) * total));
  put(theta, t.k + 1, 0.5 * log1(share * total));
}

/** The frontier of rows, from its own start. */
function overRows(t: Task, tol: f64, maxIter: i32, theta: usize): i32 {
  put(theta, t.k + 1, NO_INEFFICIENCY);
  if (!t.baseOnly) frontierStart(t, theta);
  return overInefficiency(t, tol, maxIter, theta);
}

/**
 * As overInefficiency. Where σ_w shrinks away the frontier of rows is estimated, and is the maximum unless the log-likelihood rises in
 * σ_w² there; then the search goes on from that point. ln σ_w = −40 says that there is no effect.
 */
export function overEffects(t: Task, tol: f64, maxIter: i32, theta: usize): i32 {
  let used = 0;
  floor = FLOOR;
  if (!withoutEffect(t, theta)) {
    const status = overInefficiency(t, tol, maxIter, theta);
    if (status != NO_INTERIOR_MAXIMUM || !atEffectFloor(t, theta)) return status;
    used = iterations;
  }
  let status = overRows(t, tol, maxIter, theta);
  setIterations(used + iterations);
  if (status != OK && status != POISSON_BOUNDARY) return status;
  t.frozen = status == POISSON_BOUNDARY;
  const rising = effectSlope(t, theta) > 0;
  t.frozen = false;
  if (!rising) return status;
  used = iterations;
  put(theta, t.k + 1, get(theta, t.k) + SMALL);
  if (status == POISSON_BOUNDARY) put(theta, t.k + 2, get(theta, t.k) - 1);
  floor = DEEP;
  status = overInefficiency(t, tol, maxIter, theta);
  floor = FLOOR;
  used += iterations;
  if (status == NO_INTERIOR_MAXIMUM && get(theta, t.k + 1) - get(theta, t.k) < FLOOR) {
    status = overRows(t, tol, maxIter, theta);
    used += iterations;
  }
  setIterations(used);
  return status;
}
