/** The Poisson boundary of the dispersed models, and the starts that come from the Poisson fit. */
import { frontierStart } from './frontiers';
import { iterations, newton, setAuxiliaryFloor } from './newton';
import { poissonBase } from './rows';
import { boundarySlope, dispersionStart, groupStart, poissonStart } from './start';
import {
  auxiliaries, dispersed, get, isFrontier, NB1, NO_CONVERGENCE, NOT_POSITIVE_DEFINITE, OK, POISSON, POISSON_BOUNDARY, POISSON_RE, put,
  STEP_FAILED, Task,
} from './task';
import { log1 } from './vmath';

/** ln α (nb2, poisson-re) and ln δ (nb1) of a fit at the Poisson boundary. */
export const LN_BOUNDARY: f64 = -40;

/** Statuses of a search that ended without saying why. */
export function lost(status: i32): bool {
  return status == NO_CONVERGENCE || status == NOT_POSITIVE_DEFINITE || status == STEP_FAILED;
}

/** The model's own start; nb1, nb2 and poisson-re take the Poisson estimates (to three digits) and a moment estimate of the dispersion. */
export function defaultStart(t: Task, theta: usize): i32 {
  if (t.random) put(theta, t.k + 1, 0);
  if (isFrontier(t.model)) return frontierStart(t, theta);
  if (t.model == POISSON) poissonStart(t, theta);
  else if (!dispersed(t.model)) groupStart(t, theta);
  else {
    const status = asPoisson(t, theta, 1e-3, 100);
    if (status != OK && !lost(status)) return status;
    put(theta, t.k, dispersionStart(t, t.model));
  }
  return OK;
}

/** As poisson, on the same task; leaves η at the Poisson means. */
function asPoisson(t: Task, theta: usize, tol: f64, maxIter: i32): i32 {
  const model = t.model;
  t.model = POISSON;
  t.p = t.k;
  t.base = poissonBase(t);
  poissonStart(t, theta);
  const status = newton(t, theta, tol, maxIter);
  t.model = model;
  t.p = t.k + auxiliaries(model);
  t.base = 0;
  return status;
}

/** The largest count that the dispersion multiplies: of a row (nb2) or of a group's sum (poisson-re); 1 for nb1. */
export function largestCount(t: Task): f64 {
  let most: f64 = 1;
  if (t.model == NB1) return most;
  if (t.model != POISSON_RE) for (let i = 0; i < t.n; i++) most = max(most, get(t.y, i));
  else
    for (let g = 0; g < t.g; g++) {
      let sum: f64 = 0;
      const to = load<i32>(t.group + (<usize>g << 2), 4);
      for (let i = load<i32>(t.group + (<usize>g << 2)); i < to; i++) sum += get(t.y, i);
      most = max(most, sum);
    }
  return most;
}

/**
 * nb1, nb2 and poisson-re. Where the dispersion shrinks below e⁻¹² (of the largest count), the slope at 0 decides: not
 * above 0 is the Poisson boundary, else the search goes on.
 */
export function overPoisson(t: Task, tol: f64, maxIter: i32, theta: usize): i32 {
  const most = largestCount(t);
  setAuxiliaryFloor(-12 - log1(most));
  let status = newton(t, theta, tol, maxIter);
  setAuxiliaryFloor(-Infinity);
  if (status != POISSON_BOUNDARY) return status;
  const used = iterations;
  status = asPoisson(t, theta, tol, maxIter);
  if (status != OK) return status;
  if (boundarySlope(t, t.model) <= 0) {
    put(theta, t.k, LN_BOUNDARY);
    return POISSON_BOUNDARY;
  }
  put(theta, t.k, -11 - log1(most));
  return newton(t, theta, tol, maxIter - used > 10 ? maxIter - used : 10);
}
