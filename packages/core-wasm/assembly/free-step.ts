/**
 * The first step of a replicate, which costs no look at the data. With sₖ, Hₖ, Tₖ the clusters' scores, Hessians and third derivatives at
 * the optimum of the full sample, w their weights, g = Σ w s, N = −Σ w H and T = Σ w T: d = N⁻¹g (one-step), or the root near it of
 * g − N d + ½ T[d, d] = 0 (second-order; off by O(d³)).
 */
import { accumulate, cacheClusters, Clusters, contract, lowLength, moveAlong, tensorLength } from './resample-cache';
import { cholesky, choleskySolve } from './matrix';
import { alloc, allocZeros } from './memory';
import { Draw } from './replicate';
import { get, OK, OLS, OUT_OF_MEMORY, put, Task } from './task';

/** Same order as ResampleMethod in src/abi-resample.ts. */
export const EXACT = 0;
export const SECOND_ORDER = 1;

/** Pivots of −H below this share of their diagonal entry are left to the damped path. */
export const PIVOT: f64 = 1e-10;
/** The same for normal equations, which the QR of ols.ts does not need. */
export const SQUARES_PIVOT: f64 = 1e-6;
/** Doubles that cached third derivatives may take in the exact method. */
const TENSOR_ROOM: f64 = 8388608;

/** Clusters × stride doubles, or 0 where nothing is cached; whether third derivatives are among them. */
let cache: usize = 0;
let stride: i32 = 0;
let tensor: bool = false;
let careful: bool = false;

let p: i32 = 0;
let low: i32 = 0;
let sums: usize = 0;
let factor: usize = 0;
let half: usize = 0;
let extra: usize = 0;

export function cached(): bool {
  return cache != 0;
}

/** Third derivatives of the current replicate, or 0. */
export function thirdDerivatives(): usize {
  return tensor ? sums + (<usize>low << 3) : 0;
}

/**
 * Decides what is worth caching at the internal optimum, and fills it. Sums over cached entries must cost less than the evaluation
 * that they spare; the approximations have no choice.
 */
export function openCache(t: Task, clusters: Clusters, optimum: usize, method: i32): i32 {
  p = t.p;
  low = lowLength(p);
  careful = method == EXACT;
  const count = <f64>clusters.count;
  const evaluation = <f64>t.n * (60 + 0.4 * <f64>(p * p));
  const worth = method != EXACT || count * low <= evaluation;
  const third = count * tensorLength(p);
  if (!worth) return OK;
  tensor = t.model != OLS && (method == SECOND_ORDER || (method == EXACT && third <= min(evaluation, TENSOR_ROOM)));
  stride = low + (tensor ? tensorLength(p) : 0);
  cache = allocZeros(count * stride);
  sums = alloc(<f64>stride * 8);
  factor = alloc(<f64>p * p * 8);
  half = alloc(<f64>p * 8);
  extra = alloc(<f64>p * 8);
  if (!cache || !sums || !factor || !half || !extra) return OUT_OF_MEMORY;
  return cacheClusters(t, clusters, optimum, cache, stride, tensor);
}

/** Address of the cached derivatives of cluster c. */
// @ts-ignore: decorator
@inline
export function cacheRow(c: i32): usize {
  return cache + ((<usize>c * stride) << 3);
}

/** N of the head of this file into `factor`, lower triangle. */
function unpack(): void {
  let at = sums + (<usize>p << 3);
  for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++, at += 8) put(factor, i * p + j, load<f64>(at));
}

/** step (p) = d of the head of this file; false where N is not safely positive definite. */
export function freeStep(draw: Draw, model: i32, step: usize): bool {
  accumulate(draw.rows, draw.weights, draw.count, 0, stride, sums);
  unpack();
  if (!cholesky(factor, p, factor, model == OLS ? SQUARES_PIVOT : PIVOT)) return false;
  choleskySolve(factor, p, sums, step);
  if (tensor) bend(step);
  return true;
}

/** One fixed-point step N⁻¹(g + ½T[d, d]), then Newton's on what that leaves, ½(T[d, d] − T[d₁, d₁]); each unless it is too long. */
function bend(step: usize): void {
  const third = thirdDerivatives();
  contract(third, p, step, half);
  choleskySolve(factor, p, half, extra);
  if (!careful || largest(extra, p) <= largest(step, p)) add(extra, step);
  contract(third, p, step, extra);
  for (let j = 0; j < p; j++) put(extra, j, get(extra, j) - get(half, j));
  unpack();
  moveAlong(third, p, step, factor);
  if (!cholesky(factor, p, factor, PIVOT)) return;
  choleskySolve(factor, p, extra, extra);
  if (largest(extra, p) <= largest(step, p)) add(extra, step);
}

function add(a: usize, to: usize): void {
  for (let j = 0; j < p; j++) put(to, j, get(to, j) + get(a, j));
}

/** maxⱼ |aⱼ|, NaN left out. */
export function largest(a: usize, length: i32): f64 {
  let m: f64 = 0;
  for (let j = 0; j < length; j++) m = max(m, abs(get(a, j)));
  return m;
}
