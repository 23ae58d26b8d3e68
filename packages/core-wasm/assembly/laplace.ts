/**
 * Approximate Cholesky factor of the bipartite Laplacian of the base and the second factor (edge = cell, weight = Σ w),
 * after Kyng & Sachdeva (2016) and Gao, Kyng & Spielman (2023, arXiv:2303.00709). Vertices go in order of (approximate)
 * degree; degrees up to EXACT are eliminated exactly, a larger star is replaced by a sampled tree on its leaves whose
 * expectation is the exact clique. Edges end with weights ≥ 0, so the factor of a connected graph is definite on 1⊥.
 * The generator is seeded by a constant: the same problem gives the same factor.
 */
import { Plan, codesOf } from './absorb-plan';
import { alloc, mark } from './memory';

const EXACT = 8;
const KEYS = 1024;

/** Vertices: second-factor levels first, then base levels. Edge e has the two list entries 2e and 2e + 1. */
// @ts-ignore: decorator
@unmanaged
export class Laplacian {
  vertices: i32 = 0;
  edges: i32 = 0;
  capacity: i32 = 0;
  /** First free edge, or −1; freed edges are chained through `value` slots as integers. */
  free: i32 = 0;
  fresh: i32 = 0;
  head: usize = 0;
  next: usize = 0;
  row: usize = 0;
  value: usize = 0;
  degree: usize = 0;
  /** Doubly linked buckets by degree. */
  bucket: usize = 0;
  up: usize = 0;
  down: usize = 0;
  least: i32 = 0;
  seen: usize = 0;
  active: usize = 0;
  /** Leaves of the star in work: vertex, weight, entry, running sum. */
  leaf: usize = 0;
  weight: usize = 0;
  entry: usize = 0;
  sum: usize = 0;
  /** The factor: vertex and column start in elimination order, pivots, then 16-byte entries {f, row} and y. */
  order: usize = 0;
  column: usize = 0;
  pivot: usize = 0;
  columns: i32 = 0;
  entries: usize = 0;
  room: i32 = 0;
  filled: i32 = 0;
  y: usize = 0;
  random: u64 = 0;
}

// @ts-ignore: decorator
@inline
function geti(a: usize, i: i32): i32 {
  return load<i32>(a + (<usize>i << 2));
}
// @ts-ignore: decorator
@inline
function puti(a: usize, i: i32, v: i32): void {
  store<i32>(a + (<usize>i << 2), v);
}
// @ts-ignore: decorator
@inline
function getf(a: usize, i: i32): f64 {
  return load<f64>(a + (<usize>i << 3));
}
// @ts-ignore: decorator
@inline
function putf(a: usize, i: i32, v: f64): void {
  store<f64>(a + (<usize>i << 3), v);
}

/** Uniform in [0, 1): splitmix64. */
function uniform(lap: Laplacian): f64 {
  lap.random += 0x9e3779b97f4a7c15;
  let z = lap.random;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return <f64>((z ^ (z >> 31)) >> 11) * 1.1102230246251565e-16;
}

/** Number of cells base × second: rows are sorted by both. */
function countCells(plan: Plan): i32 {
  const codes = codesOf(plan, 1);
  let cells = 0;
  for (let i = 0; i < plan.base; i++) {
    let last = -1;
    for (let row = geti(plan.starts, i); row < geti(plan.starts, i + 1); row++) {
      const code = geti(codes, row);
      if (code != last) cells++;
      last = code;
    }
  }
  return cells;
}

function create(plan: Plan): usize {
  const cells = countCells(plan);
  const n = plan.second + plan.base;
  const at = alloc(<f64>offsetof<Laplacian>());
  if (!at) return 0;
  memory.fill(at, 0, offsetof<Laplacian>());
  const lap = changetype<Laplacian>(at);
  lap.vertices = n;
  lap.edges = cells;
  lap.capacity = cells + (cells >> 1) + 64;
  lap.head = alloc(<f64>n * 4);
  lap.next = alloc(<f64>lap.capacity * 8);
  lap.row = alloc(<f64>lap.capacity * 8);
  lap.value = alloc(<f64>lap.capacity * 8);
  lap.degree = alloc(<f64>n * 4);
  lap.bucket = alloc(KEYS * 4);
  lap.up = alloc(<f64>n * 4);
  lap.down = alloc(<f64>n * 4);
  lap.seen = alloc(<f64>n * 4);
  lap.active = alloc(<f64>n);
  lap.leaf = alloc(<f64>n * 4);
  lap.weight = alloc(<f64>n * 8);
  lap.entry = alloc(<f64>n * 4);
  lap.sum = alloc(<f64>n * 8);
  lap.order = alloc(<f64>n * 4);
  lap.column = alloc(<f64>(n + 1) * 4);
  lap.pivot = alloc(<f64>n * 8);
  if (!lap.head || !lap.next || !lap.row || !lap.value || !lap.pivot) return 0;
  lap.entries = mark();
  return at;
}

/** Room for `needed` entries of the factor, which is the last thing in the arena; false where memory is short. */
function grow(lap: Laplacian, needed: i32): bool {
  if (needed <= lap.room) return true;
  const more = (max(needed - lap.room, max(4096, lap.room >> 1)) + 3) & ~3;
  const at = alloc(<f64>more * 16);
  if (!at || at != lap.entries + (<usize>lap.room << 4)) return false;
  lap.room += more;
  return true;
}

function append(lap: Laplacian, f: f64, row: i32): bool {
  if (!grow(lap, lap.filled + 1)) return false;
  const at = lap.entries + (<usize>lap.filled << 4);
  store<f64>(at, f);
  store<i32>(at, row, 8);
  lap.filled++;
  return true;
}

// @ts-ignore: decorator
@inline
function key(degree: i32): i32 {
  return min(degree, KEYS - 1);
}

function enqueue(lap: Laplacian, v: i32): void {
  const k = key(geti(lap.degree, v));
  const first = geti(lap.bucket, k);
  puti(lap.up, v, -1);
  puti(lap.down, v, first);
  if (first >= 0) puti(lap.up, first, v);
  puti(lap.bucket, k, v);
  if (k < lap.least) lap.least = k;
}

function dequeue(lap: Laplacian, v: i32, k: i32): void {
  const above = geti(lap.up, v);
  const below = geti(lap.down, v);
  if (above >= 0) puti(lap.down, above, below);
  else puti(lap.bucket, k, below);
  if (below >= 0) puti(lap.up, below, above);
}

function setDegree(lap: Laplacian, v: i32, degree: i32): void {
  const old = key(geti(lap.degree, v));
  puti(lap.degree, v, degree);
  if (key(degree) == old) return;
  dequeue(lap, v, old);
  enqueue(lap, v);
}

function link(lap: Laplacian, entry: i32, owner: i32, to: i32): void {
  puti(lap.row, entry, to);
  puti(lap.next, entry, geti(lap.head, owner));
  puti(lap.head, owner, entry);
}

/** Fills the lists from the rows of the plan. */
function fillGraph(plan: Plan, lap: Laplacian): void {
  memory.fill(lap.head, 0xff, <usize>lap.vertices << 2);
  memory.fill(lap.seen, 0xff, <usize>lap.vertices << 2);
  memory.fill(lap.bucket, 0xff, KEYS * 4);
  memory.fill(lap.degree, 0, <usize>lap.vertices << 2);
  memory.fill(lap.active, 1, plan.second);
  memory.fill(lap.active + plan.second, 0, plan.base);
  const codes = codesOf(plan, 1);
  let edge = 0;
  for (let i = 0; i < plan.base; i++) {
    const v = plan.second + i;
    const to = geti(plan.starts, i + 1);
    let row = geti(plan.starts, i);
    while (row < to) {
      const code = geti(codes, row);
      let w: f64 = 0;
      while (row < to && geti(codes, row) == code) w += getf(plan.w, row++);
      if (!(w > 0)) continue;
      link(lap, edge << 1, v, code);
      link(lap, (edge << 1) | 1, code, v);
      putf(lap.value, edge, w);
      puti(lap.degree, v, geti(lap.degree, v) + 1);
      puti(lap.degree, code, geti(lap.degree, code) + 1);
      edge++;
    }
  }
  lap.fresh = edge;
  lap.free = -1;
  lap.least = KEYS - 1;
  for (let v = lap.vertices - 1; v >= 0; v--) enqueue(lap, v);
}

function kill(lap: Laplacian, entry: i32): void {
  putf(lap.value, entry >> 1, 0);
}

/** Takes v's list off: merges parallel edges into the leaf arrays; returns the number of leaves. */
function star(lap: Laplacian, v: i32): i32 {
  let d = 0;
  let entry = geti(lap.head, v);
  while (entry >= 0) {
    const following = geti(lap.next, entry);
    const edge = entry >> 1;
    const w = getf(lap.value, edge);
    const to = geti(lap.row, entry);
    if (w == 0) {
      store<i32>(lap.value + (<usize>edge << 3), 0);
      puti(lap.next, edge << 1, lap.free);
      lap.free = edge;
    } else if (geti(lap.seen, to) >= 0) {
      const t = geti(lap.seen, to);
      putf(lap.weight, t, getf(lap.weight, t) + w);
      kill(lap, entry);
      setDegree(lap, to, geti(lap.degree, to) - 1);
    } else {
      puti(lap.seen, to, d);
      puti(lap.leaf, d, to);
      putf(lap.weight, d, w);
      puti(lap.entry, d, entry);
      d++;
    }
    entry = following;
  }
  for (let t = 0; t < d; t++) puti(lap.seen, geti(lap.leaf, t), -1);
  return d;
}

// @ts-ignore: decorator
@inline
function swap(lap: Laplacian, a: i32, b: i32): void {
  const leaf = geti(lap.leaf, a);
  const weight = getf(lap.weight, a);
  const entry = geti(lap.entry, a);
  puti(lap.leaf, a, geti(lap.leaf, b));
  putf(lap.weight, a, getf(lap.weight, b));
  puti(lap.entry, a, geti(lap.entry, b));
  puti(lap.leaf, b, leaf);
  putf(lap.weight, b, weight);
  puti(lap.entry, b, entry);
}

/** Leaves by ascending weight: heapsort. */
function sortLeaves(lap: Laplacian, d: i32): void {
  for (let build = (d >> 1) - 1; build >= 0; build--) sift(lap, build, d);
  for (let last = d - 1; last > 0; last--) {
    swap(lap, 0, last);
    sift(lap, 0, last);
  }
}

function sift(lap: Laplacian, from: i32, to: i32): void {
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= to) return;
    if (child + 1 < to && getf(lap.weight, child + 1) > getf(lap.weight, child)) child++;
    if (getf(lap.weight, child) <= getf(lap.weight, at)) return;
    swap(lap, at, child);
    at = child;
  }
}

/** A spare edge for fill, or −1. */
function spare(lap: Laplacian): i32 {
  if (lap.free >= 0) {
    const edge = lap.free;
    lap.free = geti(lap.next, edge << 1);
    return edge;
  }
  return lap.fresh < lap.capacity ? lap.fresh++ : -1;
}

/** Replaces the star by its clique, weights w_s w_t / total: each leaf's edge becomes one to the next leaf, others are spare. */
function clique(lap: Laplacian, d: i32, total: f64): void {
  for (let s = 0; s < d; s++) {
    const t = s + 1 == d ? 0 : s + 1;
    const entry = geti(lap.entry, s);
    if (d == 2 && s == 1) {
      kill(lap, entry);
      break;
    }
    link(lap, entry, geti(lap.leaf, t), geti(lap.leaf, s));
    puti(lap.row, entry ^ 1, geti(lap.leaf, t));
    putf(lap.value, entry >> 1, (getf(lap.weight, s) * getf(lap.weight, t)) / total);
  }
  for (let s = 0; s < d - 2; s++)
    for (let t = s + 2; t < d; t++) {
      if (s == 0 && t == d - 1) continue;
      const edge = spare(lap);
      link(lap, edge << 1, geti(lap.leaf, s), geti(lap.leaf, t));
      link(lap, (edge << 1) | 1, geti(lap.leaf, t), geti(lap.leaf, s));
      putf(lap.value, edge, (getf(lap.weight, s) * getf(lap.weight, t)) / total);
    }
  for (let s = 0; s < d; s++) {
    const v = geti(lap.leaf, s);
    setDegree(lap, v, geti(lap.degree, v) + d - 2);
  }
}

/** Replaces the star by a random tree: leaf t is joined to a heavier leaf s with probability ∝ w_s; E = clique. */
function sample(lap: Laplacian, d: i32, total: f64): void {
  sortLeaves(lap, d);
  let running: f64 = 0;
  for (let t = 0; t < d; t++) {
    running += getf(lap.weight, t);
    putf(lap.sum, t, running);
  }
  for (let t = 0; t < d - 1; t++) {
    const below = getf(lap.sum, t);
    const rest = running - below;
    const target = below + uniform(lap) * rest;
    let low = t + 1;
    let high = d - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (getf(lap.sum, middle) > target) high = middle;
      else low = middle + 1;
    }
    const entry = geti(lap.entry, t);
    const to = geti(lap.leaf, low);
    link(lap, entry, to, geti(lap.leaf, t));
    puti(lap.row, entry ^ 1, to);
    putf(lap.value, entry >> 1, (getf(lap.weight, t) * rest) / total);
    setDegree(lap, to, geti(lap.degree, to) + 1);
  }
  kill(lap, geti(lap.entry, d - 1));
  const last = geti(lap.leaf, d - 1);
  setDegree(lap, last, geti(lap.degree, last) - 1);
}

function hasSpare(lap: Laplacian, needed: i32): bool {
  let edge = lap.free;
  let found = lap.capacity - lap.fresh;
  while (edge >= 0 && found < needed) {
    found++;
    edge = geti(lap.next, edge << 1);
  }
  return found >= needed;
}

/** Stores v's column {w / total} where v can carry a right-hand side from the second factor. */
function storeColumn(lap: Laplacian, v: i32, d: i32, total: f64): bool {
  const c = lap.columns++;
  puti(lap.order, c, v);
  puti(lap.column, c, lap.filled);
  putf(lap.pivot, c, total > 0 ? 1 / total : 0);
  for (let t = 0; t < d; t++) {
    store<u8>(lap.active + geti(lap.leaf, t), 1);
    if (!append(lap, getf(lap.weight, t) / total, geti(lap.leaf, t))) return false;
  }
  return true;
}

/** Builds (or rebuilds, for new weights) the factor; 0 where memory is short. */
export function laplaceBuild(plan: Plan): bool {
  if (!plan.laplace) plan.laplace = create(plan);
  if (!plan.laplace) return false;
  const lap = changetype<Laplacian>(plan.laplace);
  fillGraph(plan, lap);
  lap.columns = 0;
  lap.filled = 0;
  lap.random = 20190508;
  for (let done = 0; done < lap.vertices; done++) {
    while (geti(lap.bucket, lap.least) < 0) lap.least++;
    const v = geti(lap.bucket, lap.least);
    dequeue(lap, v, lap.least);
    const d = star(lap, v);
    let total: f64 = 0;
    for (let t = 0; t < d; t++) total += getf(lap.weight, t);
    if (load<u8>(lap.active + v) && !storeColumn(lap, v, d, total)) {
      plan.laplace = 0;
      return false;
    }
    if (d == 1) {
      kill(lap, geti(lap.entry, 0));
      const only = geti(lap.leaf, 0);
      setDegree(lap, only, geti(lap.degree, only) - 1);
    } else if (d > 1) {
      if (d <= 3 || (d <= EXACT && hasSpare(lap, (d * (d - 3)) >> 1))) clique(lap, d, total);
      else sample(lap, d, total);
    }
  }
  puti(lap.column, lap.columns, lap.filled);
  if (number(plan, lap)) return true;
  plan.laplace = 0;
  return false;
}

/** Rows of the factor by elimination order instead of by vertex, and the work vector behind its entries. */
function number(plan: Plan, lap: Laplacian): bool {
  const at = lap.head;
  for (let c = 0; c < lap.columns; c++) puti(at, geti(lap.order, c), c);
  for (let e = 0; e < lap.filled; e++) {
    const row = lap.entries + (<usize>e << 4) + 8;
    store<i32>(row, geti(at, load<i32>(row)));
  }
  const needed = lap.filled + <i32>((<usize>lap.columns * <usize>plan.stride) >> 1) + 1;
  if (!grow(lap, needed)) return false;
  lap.y = lap.entries + (<usize>lap.filled << 4);
  return true;
}

/** z = (M⁻¹)₂₂ r for the second factor's levels, M the approximate Laplacian. */
export function laplaceSolve(plan: Plan): void {
  const lap = changetype<Laplacian>(plan.laplace);
  const bytes = <usize>plan.stride << 3;
  const y = lap.y;
  const at = lap.head;
  for (let c = 0; c < lap.columns; c++) {
    const v = geti(lap.order, c);
    if (v < plan.second) memory.copy(y + <usize>c * bytes, plan.r + <usize>v * bytes, bytes);
    else memory.fill(y + <usize>c * bytes, 0, bytes);
  }
  for (let c = 0; c < lap.columns; c++) {
    const v = y + <usize>c * bytes;
    const pivot = v128.load64_splat(lap.pivot + (<usize>c << 3));
    const to = lap.entries + (<usize>geti(lap.column, c + 1) << 4);
    for (let entry = lap.entries + (<usize>geti(lap.column, c) << 4); entry < to; entry += 16) {
      const f = v128.load64_splat(entry);
      const row = y + <usize>load<i32>(entry, 8) * bytes;
      for (let j: usize = 0; j < bytes; j += 16)
        v128.store(row + j, f64x2.add(v128.load(row + j), f64x2.mul(f, v128.load(v + j))));
    }
    for (let j: usize = 0; j < bytes; j += 16) v128.store(v + j, f64x2.mul(v128.load(v + j), pivot));
  }
  for (let c = lap.columns - 1; c >= 0; c--) {
    const v = y + <usize>c * bytes;
    const to = lap.entries + (<usize>geti(lap.column, c + 1) << 4);
    for (let entry = lap.entries + (<usize>geti(lap.column, c) << 4); entry < to; entry += 16) {
      const f = v128.load64_splat(entry);
      const row = y + <usize>load<i32>(entry, 8) * bytes;
      for (let j: usize = 0; j < bytes; j += 16)
        v128.store(v + j, f64x2.add(v128.load(v + j), f64x2.mul(f, v128.load(row + j))));
    }
  }
  for (let l = 0; l < plan.second; l++)
    memory.copy(plan.z + <usize>l * bytes, y + <usize>geti(at, l) * bytes, bytes);
}
