/** The absorbed factors of one problem, in memory: rows sorted by the factor with most levels ("base"), whose effects are
 * eliminated exactly; the levels of all other factors stand one after another in "rest" vectors (level × column). */
import { alloc } from './memory';

// @ts-ignore: decorator
@unmanaged
export class Plan {
  n: i32 = 0;
  /** Number of factors, the base included. */
  factors: i32 = 0;
  /** Columns of x and of every rest vector, even. */
  stride: i32 = 0;
  /** Levels of the base factor, and of all others together. */
  base: i32 = 0;
  rest: i32 = 0;
  /** Levels of the second factor (the first in rest). */
  second: i32 = 0;
  /** n sorted positions of the problem's rows, or 0 where those are sorted. */
  place: usize = 0;
  /** base + 1 row numbers. */
  starts: usize = 0;
  /** Table of (factors − 1) pointers, each to n rest-level numbers. */
  codes: usize = 0;
  /** n weights. */
  w: usize = 0;
  /** base inverse weight sums; rest weight sums; rest inverse of the preconditioner's diagonal. */
  baseInverse: usize = 0;
  restWeight: usize = 0;
  diagonalInverse: usize = 0;
  /** base × 2 means of the first two columns taken off by the last centre(). */
  baseMean: usize = 0;
  /** rest × stride vectors: solution, residual, preconditioned residual, direction, S·direction. */
  v: usize = 0;
  r: usize = 0;
  z: usize = 0;
  p: usize = 0;
  q: usize = 0;
  /** stride squared norms of the centred columns, and stride work scalars × 8. */
  norm: usize = 0;
  scalars: usize = 0;
  /** Laplacian preconditioner: 0 none. */
  laplace: usize = 0;
  /** Steps of the last solve with it. */
  lastSteps: i32 = 0;
}

// @ts-ignore: decorator
@inline
export function codesOf(plan: Plan, q: i32): usize {
  return load<usize>(plan.codes + (<usize>(q - 1) << 2));
}

/**
 * Allocates a plan; absorb-arrange.ts fills it.
 * Returns 0 where memory is short.
 */
export function planCreate(n: i32, factors: i32, stride: i32, base: i32, rest: i32, second: i32): usize {
  const at = alloc(<f64>offsetof<Plan>());
  if (!at) return 0;
  const plan = changetype<Plan>(at);
  plan.n = n;
  plan.factors = factors;
  plan.stride = stride;
  plan.base = base;
  plan.rest = rest;
  plan.second = second;
  plan.laplace = 0;
  plan.lastSteps = 0;
  plan.place = 0;
  plan.starts = alloc(<f64>(base + 1) * 4);
  plan.codes = alloc(64);
  for (let q = 1; q < factors; q++) {
    const codes = alloc(<f64>n * 4);
    if (!codes) return 0;
    store<usize>(plan.codes + (<usize>(q - 1) << 2), codes);
  }
  plan.w = alloc(<f64>n * 8);
  plan.baseInverse = alloc(<f64>base * 8);
  plan.restWeight = alloc(<f64>rest * 8);
  plan.diagonalInverse = alloc(<f64>rest * 8);
  plan.baseMean = alloc(<f64>base * 16);
  const vector = <f64>rest * stride * 8;
  plan.v = alloc(vector);
  plan.r = alloc(vector);
  plan.z = alloc(vector);
  plan.p = alloc(vector);
  plan.q = alloc(vector);
  plan.norm = alloc(<f64>stride * 8);
  plan.scalars = alloc(<f64>stride * 64);
  return plan.w && plan.baseMean && plan.v && plan.r && plan.z && plan.p && plan.q && plan.scalars ? at : 0;
}
/** Address of the n weights. */
export function planWeights(plan: usize): usize {
  return changetype<Plan>(plan).w;
}
/** Whether the Laplacian preconditioner is on. */
export function planLaplace(plan: usize): i32 {
  return changetype<Plan>(plan).laplace ? 1 : 0;
}
