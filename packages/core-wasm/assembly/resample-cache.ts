/**
 * Derivatives of each cluster's log-likelihood at one point, packed for weighted sums: the score (p), the lower triangle of −H, and,
 * where it is wanted, the third derivatives.
 */
import { evaluateSquares } from './squares';
import { alloc, mark, reset } from './memory';
import { evaluate } from './newton';
import { byGroup, get, OK, OLS, OUT_OF_MEMORY, put, Task } from './task';

/** Step of the central differences of −H for third derivatives, in the standardised scale: truncation 1e-8, rounding 1e-12. */
const STEP: f64 = 1e-4;

/** Doubles of score and −H, of third derivatives, each rounded up to whole {@link accumulate} chunks. */
export function lowLength(p: i32): i32 {
  return chunks(p + ((p * (p + 1)) >> 1));
}
export function tensorLength(p: i32): i32 {
  return chunks((p * (p + 1) * (p + 2)) / 6);
}
function chunks(length: i32): i32 {
  return (length + 7) & ~7;
}

/** Clusters as runs of rows and, in group models, of groups: c + 1 offsets each. */
// @ts-ignore: decorator
@unmanaged
export class Clusters {
  count: i32 = 0;
  row: usize = 0;
  group: usize = 0;
}

// @ts-ignore: decorator
@inline
export function offsetAt(a: usize, i: i32): i32 {
  return load<i32>(a + (<usize>i << 2));
}

/** Gradient and −Hessian of any model, without the likelihood; ols: −½ RSS in its place. */
export function derivatives(t: Task, theta: usize): i32 {
  if (t.model == OLS) return evaluateSquares(t, theta);
  t.quiet = true;
  const status = evaluate(t, theta);
  t.quiet = false;
  return status;
}

/** Rows of cluster c of task t as the task v, a copy of t; `group` is room for its group offsets. */
function viewCluster(t: Task, v: Task, s: Clusters, c: i32, group: usize): void {
  const from = offsetAt(s.row, c);
  const bytes = <usize>from << 3;
  v.n = offsetAt(s.row, c + 1) - from;
  v.y = t.y + bytes;
  v.x = t.x + bytes * t.ld;
  v.eta = t.eta + bytes;
  if (t.offset) v.offset = t.offset + bytes;
  if (t.w) v.w = t.w + bytes;
  if (t.m) v.z = t.z + bytes * t.m;
  if (t.decay) v.decay = t.decay + bytes;
  if (!byGroup(t.model)) return;
  v.lambda = t.lambda + bytes;
  const first = offsetAt(s.group, c);
  v.g = offsetAt(s.group, c + 1) - first;
  v.group = group;
  for (let i = 0; i <= v.g; i++) store<i32>(group + (<usize>i << 2), offsetAt(t.group, first + i) - from);
}

/** Fills cache (clusters × stride): score and −H at internal theta, then third derivatives if `tensor`. Returns a status. */
export function cacheClusters(
  t: Task, s: Clusters, theta: usize, cache: usize, stride: i32, tensor: bool,
): i32 {
  const top = mark();
  const view = alloc(<f64>offsetof<Task>());
  const group = alloc(<f64>t.g * 4 + 4);
  const point = alloc(<f64>t.p * 8);
  if (!view || !group || !point) return OUT_OF_MEMORY;
  memory.copy(view, changetype<usize>(t), offsetof<Task>());
  const v = changetype<Task>(view);
  let status = OK;
  for (let c = 0; c < s.count && !status; c++) {
    viewCluster(t, v, s, c, group);
    status = derivatives(v, theta);
    packLow(v, cache + ((<usize>c * stride) << 3));
  }
  for (let k = 0; k < t.p && tensor; k++)
    for (let side = 1; side >= -1 && !status; side -= 2) {
      memory.copy(point, theta, <usize>t.p << 3);
      put(point, k, get(theta, k) + <f64>side * STEP);
      for (let c = 0; c < s.count && !status; c++) {
        viewCluster(t, v, s, c, group);
        status = derivatives(v, point);
        addThird(v, k, -0.5 * <f64>side / STEP, cache + ((<usize>(c * stride + lowLength(t.p))) << 3));
      }
    }
  reset(top);
  return status;
}

function packLow(v: Task, to: usize): void {
  const p = v.p;
  memory.copy(to, v.grad, <usize>p << 3);
  to += <usize>p << 3;
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++, to += 8) store<f64>(to, get(v.neg, i * p + j));
}

/**
 * Adds share · (−H)ᵢⱼ to the packed third derivatives (i, j, k) with i ≥ j ≥ k. Each is stored times a third of the number of its
 * permutations, so that {@link contract} needs no cases.
 */
function addThird(v: Task, k: i32, share: f64, to: usize): void {
  const p = v.p;
  for (let i = k; i < p; i++)
    for (let j = k; j <= i; j++) {
      const times = i == j && j == k ? 1.0 / 3 : i == j || j == k ? 1.0 : 2.0;
      const at = (i * (i + 1) * (i + 2)) / 6 + ((j * (j + 1)) >> 1) + k;
      put(to, at, get(to, at) + times * share * get(v.neg, i * p + j));
    }
}

/** out (p) = half of Σⱼₖ ∂³ℓ/∂i∂j∂k dⱼ dₖ from packed third derivatives. */
export function contract(third: usize, p: i32, d: usize, out: usize): void {
  memory.fill(out, 0, <usize>p << 3);
  for (let i = 0; i < p; i++) {
    const di = 0.5 * get(d, i);
    let own: f64 = 0;
    for (let j = 0; j <= i; j++) {
      const dj = get(d, j);
      const product = di * dj;
      let s: f64 = 0;
      for (let k = 0; k <= j; k++, third += 8) {
        const value = load<f64>(third);
        s += value * get(d, k);
        put(out, k, get(out, k) + value * product);
      }
      own += s * dj;
      put(out, j, get(out, j) + s * di);
    }
    put(out, i, get(out, i) + 0.5 * own);
  }
}

/** matrix (p × p, lower triangle; −H) −= Σₖ ∂³ℓ/∂i∂j∂k dₖ, its change along d. An entry that meets the diagonal counts twice. */
export function moveAlong(third: usize, p: i32, d: usize, matrix: usize): void {
  for (let i = 0; i < p; i++) {
    const row = matrix + ((<usize>i * p) << 3);
    const di = 0.5 * get(d, i);
    for (let j = 0; j <= i; j++) {
      const dj = 0.5 * get(d, j);
      const other = matrix + ((<usize>j * p) << 3);
      let s: f64 = 0;
      for (let k = 0; k <= j; k++, third += 8) {
        const value = load<f64>(third);
        s += value * 0.5 * get(d, k);
        put(row, k, get(row, k) - (k == i ? 2 : 1) * value * dj);
        put(other, k, get(other, k) - (k == j ? 2 : 1) * value * di);
      }
      put(row, j, get(row, j) - (i == j ? 2 : 1) * s);
    }
  }
}

/** out = Σ weight · row over `count` rows of the cache (addresses in `rows`), `length` doubles, a multiple of 8. */
export function accumulate(rows: usize, weights: usize, count: i32, first: i32, length: i32, out: usize): void {
  const end = <usize>count << 2;
  const to = <usize>(first + length) << 3;
  for (let at = <usize>first << 3; at < to; at += 64, out += 64) {
    let a = f64x2.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let i: usize = 0; i < end; i += 4) {
      const row = <usize>load<u32>(rows + i) + at;
      const w = v128.load64_splat(weights + (i << 1));
      a = f64x2.add(a, f64x2.mul(w, v128.load(row)));
      b = f64x2.add(b, f64x2.mul(w, v128.load(row, 16)));
      c = f64x2.add(c, f64x2.mul(w, v128.load(row, 32)));
      d = f64x2.add(d, f64x2.mul(w, v128.load(row, 48)));
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
}
