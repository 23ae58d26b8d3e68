/** Suprema at infinity: λ → ∞ in nb-fe, r and s → ∞ in nb-re. The limits are models of their own. */
import { defaultStart, LN_BOUNDARY, lost, overPoisson } from './boundary';
import { dot } from './matrix';
import { alloc, mark, reset } from './memory';
import { idle } from './replicate';
import { evaluate, flattest, iterations, newton, setAuxiliaryCeiling, setIterations } from './newton';
import {
  get, NB1, NB_RE, NO_INTERIOR_MAXIMUM, OK, OUT_OF_MEMORY, POISSON_BOUNDARY, POISSON_RE, put, Task,
} from './task';
import { log1 } from './vmath';

/** How far in η the log-likelihood is looked at for a rise. */
const AWAY: f64 = 5;
/** A direction along which η changes by less than this share of its length (columns have unit size) is collinearity. */
const COLLINEAR: f64 = 1e-9;
const EDGE: f64 = 600;
/** ln r or ln s this far above the log of the mean group sum: the limits of nb-re are looked at; it has run away. */
const SUSPECT: f64 = 7;
const FAR: f64 = 20;

/**
 * nb-fe: whether ℓ does not fall from here on along the constant (λ → ∞ is FE Poisson) or along the flattest direction
 * (the same in some units only, or λ → 0), if η changes along it at all.
 */
function risesOutwards(t: Task, theta: usize): bool {
  const p = t.p;
  const direction = alloc(<f64>t.ld * 8);
  const to = alloc(<f64>p * 8);
  if (!direction || !to || evaluate(t, theta)) return false;
  const here = t.loglik;
  for (let which = 0; which < 2; which++) {
    memory.fill(direction, 0, <usize>t.ld << 3);
    if (which == 1 && !flattest(t, direction)) return false;
    if (which == 0 && t.constant >= 0) put(direction, t.constant, 1);
    const size = reach(t, direction);
    if (!(size > COLLINEAR * length(direction, p))) continue;
    for (let sign = -1; sign < 2; sign += 2) {
      for (let j = 0; j < p; j++) put(to, j, get(theta, j) + ((<f64>sign * AWAY) / size) * get(direction, j));
      if (evaluate(t, to) == OK && t.loglik >= here - 1e-10 * (1 + abs(here))) return true;
    }
    evaluate(t, theta);
  }
  return false;
}

/** Whether the search ran into the edge of what exp() can do: λ as large or as small as that is no maximum. */
function atEdge(t: Task): bool {
  let widest: f64 = 0;
  for (let i = 0; i < t.n; i++) widest = max(widest, abs(get(t.eta, i)));
  return widest > EDGE;
}

/** Σ |aⱼ| over p. */
function length(a: usize, p: i32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < p; j++) sum += abs(get(a, j));
  return sum;
}

/** Largest change of η along a direction (ld), in the groups that say something. */
function reach(t: Task, direction: usize): f64 {
  let most: f64 = 0;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (idle(t, from, to) || (t.w && get(t.w, from) == 0)) continue;
    for (let i = from; i < to; i++) most = max(most, abs(dot(t.x + ((<usize>i * t.ld) << 3), direction, t.ld)));
  }
  return most;
}

/**
 * nb-fe after a search that ended with `status`: NO_INTERIOR_MAXIMUM where the log-likelihood rises to infinity. Where it comes
 * down to its limit (FE Poisson, λ → ∞), as seen from the limit, there is a maximum on the way, and the search is repeated
 * from there; else, with `again`, from where Σ λ = Σ y.
 */
export function atInfinity(t: Task, status: i32, tol: f64, maxIter: i32, theta: usize, again: bool): i32 {
  if (lost(status) && (risesOutwards(t, theta) || atEdge(t))) status = NO_INTERIOR_MAXIMUM;
  if (status != NO_INTERIOR_MAXIMUM || t.constant < 0 || evaluate(t, theta)) return status;
  const limit = t.loglik;
  const far = get(theta, t.constant);
  let best = limit + 1e-9 * (1 + abs(limit));
  let at = far;
  for (let back: f64 = 2; back < 80; back += 2) {
    put(theta, t.constant, far - back);
    if (evaluate(t, theta) || t.loglik < limit - 10) break;
    if (t.loglik <= best) continue;
    best = t.loglik;
    at = far - back;
  }
  if (at != far) return repeat(t, at, tol, maxIter, theta);
  put(theta, t.constant, far);
  if (!again || evaluate(t, theta)) return status;
  return matched(t, limit, tol, maxIter, theta) ? OK : status;
}

/** Newton from theta with another constant; iterations add up. */
function repeat(t: Task, constant: f64, tol: f64, maxIter: i32, theta: usize): i32 {
  const used = iterations;
  put(theta, t.constant, constant);
  const status = newton(t, theta, tol, maxIter);
  setIterations(used + iterations);
  return status;
}

/** Once more from where Σ λ = Σ y, in case a long step went over a maximum; theta stays where that ends no higher than `limit`. */
function matched(t: Task, limit: f64, tol: f64, maxIter: i32, theta: usize): bool {
  let counts: f64 = 0;
  let means: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    counts += get(t.y, i);
    means += get(t.lambda, i);
  }
  const far = alloc(<f64>t.p * 8);
  if (!far) return false;
  memory.copy(far, theta, <usize>t.p << 3);
  const status = repeat(t, get(theta, t.constant) - log1(means / counts), tol, maxIter, theta);
  if (status == OK && t.loglik > limit + 1e-9 * (1 + abs(limit))) return true;
  memory.copy(theta, far, <usize>t.p << 3);
  return false;
}

/** Log-likelihood of the limits of nb-re, where they were looked at and are not exceeded; −∞ else. */
export let supremum: f64 = -Infinity;

/** ln κ of the points on the way to a limit of nb-re that are looked at. */
const NEAREST: f64 = 12;

/**
 * nb-re. With r → ∞ it tends to poisson-re (s = 1/α, its constant less ln(r/s)), with r and s → ∞ to nb1 (δ = s/r, its constant
 * plus ln δ).
 * Where an auxiliary is far out the limits are fitted. If neither the point reached nor any on the way to a limit is above
 * them, they are the supremum; else the search goes on from the highest.
 */
export function withinLimits(t: Task, tol: f64, maxIter: i32, theta: usize): i32 {
  supremum = -Infinity;
  let total: f64 = 0;
  for (let i = 0; i < t.n; i++) total += get(t.y, i);
  const size = log1(1 + total / <f64>t.g);
  if (t.constant < 0) {
    setAuxiliaryCeiling(FAR + size);
    return newton(t, theta, tol, maxIter);
  }
  setAuxiliaryCeiling(SUSPECT + size);
  let status = newton(t, theta, tol, maxIter);
  if (status != NO_INTERIOR_MAXIMUM && !lost(status)) return status;
  const used = iterations;
  const top = mark();
  const best = alloc(<f64>t.p * 8);
  const room = alloc(<f64>t.p * 8);
  if (!room) return OUT_OF_MEMORY;
  memory.copy(best, theta, <usize>t.p << 3);
  let highest = evaluate(t, theta) ? -Infinity : t.loglik;
  for (let which = 0; which < 2; which++) {
    const limit = limitOf(t, which == 0 ? POISSON_RE : NB1, tol, maxIter, room);
    supremum = max(supremum, limit);
    if (limit > -Infinity) highest = towards(t, which == 0 ? POISSON_RE : NB1, room, highest, best);
  }
  const none = supremum == -Infinity;
  const inside = none || highest > supremum + 1e-9 * (1 + abs(supremum));
  if (inside) memory.copy(theta, best, <usize>t.p << 3);
  reset(top);
  setIterations(used);
  if (!inside) return NO_INTERIOR_MAXIMUM;
  if (none && lost(status)) return status;
  supremum = -Infinity;
  setAuxiliaryCeiling(FAR + size);
  status = newton(t, theta, tol, maxIter);
  setIterations(used + iterations);
  return status;
}

/** Log-likelihood of a limit of nb-re, its estimates in theta; −∞ where it has none. */
function limitOf(t: Task, model: i32, tol: f64, maxIter: i32, theta: usize): f64 {
  t.model = model;
  t.p = t.k + 1;
  let status = defaultStart(t, theta);
  if (status == OK) status = overPoisson(t, tol, maxIter, theta);
  const found = status == OK || status == POISSON_BOUNDARY ? t.loglik : -Infinity;
  t.model = NB_RE;
  t.p = t.k + 2;
  return found;
}

/** Points of nb-re on the way to the limit `from`: the highest log-likelihood so far, its point into best. */
function towards(t: Task, model: i32, from: usize, highest: f64, best: usize): f64 {
  const k = t.k;
  const c = t.constant;
  const aux = get(from, k);
  const level = get(from, c);
  if (aux <= LN_BOUNDARY) return highest;
  for (let size = NEAREST; size >= 0; size -= 1.5) {
    // s/r = δ of nb1, or s = 1/α of poisson-re
    put(from, k, size);
    put(from, k + 1, model == NB1 ? size + aux : -aux);
    put(from, c, model == NB1 ? level - aux : level + size + aux);
    if (evaluate(t, from) || !(t.loglik > highest)) continue;
    highest = t.loglik;
    memory.copy(best, from, <usize>t.p << 3);
  }
  return highest;
}
