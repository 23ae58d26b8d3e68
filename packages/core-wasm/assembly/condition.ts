/** Condition number of the information matrix. */
import { symEigen } from './eigen';
import { cholesky, choleskySolve, dotSmall } from './matrix';
import { alloc, mark, reset } from './memory';
import { informationFromBasis } from './orthogonal';
import { get, put, Task } from './task';

/** Up to this many parameters the eigenvalues are computed; beyond, the two extreme ones by power iterations (6 digits). */
const MANY = 64;

/**
 * 2-norm condition number of −H as last evaluated, for the standardised regressors (whatever basis the search used); ∞ where it
 * is singular or memory is short.
 */
export function conditionNumber(t: Task): f64 {
  const p = t.p;
  const top = mark();
  const a = alloc(<f64>p * p * 8);
  const vectors = alloc(<f64>p * p * 8);
  const u = alloc(<f64>p * 8);
  const v = alloc(<f64>p * 8);
  const h = t.basis ? alloc(<f64>p * p * 8) : t.neg;
  let condition = Infinity;
  if (a != 0 && vectors != 0 && u != 0 && v != 0 && h != 0) {
    if (t.basis) {
      memory.copy(h, t.neg, (<usize>p * p) << 3);
      informationFromBasis(t, h);
    }
    memory.copy(a, h, (<usize>p * p) << 3);
    condition = p <= MANY ? byEigenvalues(a, p, u, vectors) : byPowers(h, a, p, u, v);
  }
  reset(top);
  return condition;
}

function byEigenvalues(a: usize, p: i32, values: usize, vectors: usize): f64 {
  symEigen(a, p, values, vectors);
  let least = Infinity;
  let most: f64 = 0;
  for (let i = 0; i < p; i++) {
    least = min(least, abs(get(values, i)));
    most = max(most, abs(get(values, i)));
  }
  return least > 0 ? most / least : Infinity;
}

function byPowers(matrix: usize, factor: usize, p: i32, u: usize, v: usize): f64 {
  if (!cholesky(factor, p, factor, 0)) return Infinity;
  return largestEigenvalue(matrix, 0, p, u, v) * largestEigenvalue(0, factor, p, u, v);
}

/** Of `matrix`, or of the inverse of what `factor` is the Cholesky factor of; at most 200 power iterations. */
function largestEigenvalue(matrix: usize, factor: usize, p: i32, u: usize, v: usize): f64 {
  for (let i = 0; i < p; i++) put(u, i, 1 + 0.01 * <f64>(i % 7));
  let norm: f64 = 0;
  for (let round = 0; round < 200; round++) {
    if (factor) choleskySolve(factor, p, u, v);
    else for (let i = 0; i < p; i++) put(v, i, dotSmall(matrix + ((<usize>i * p) << 3), u, p));
    const now = sqrt(dotSmall(v, v, p));
    for (let i = 0; i < p; i++) put(u, i, get(v, i) / now);
    if (abs(now - norm) <= 1e-6 * now) return now;
    norm = now;
  }
  return norm;
}
