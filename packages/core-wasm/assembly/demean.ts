/**
 * Row passes of the weighted within transform: x is n × stride row-major, rows sorted by the base factor. Without factors the
 * plan has one base level that holds all rows and whose mean is not taken off. Up to eight columns stay in registers.
 */
import { addRowsGram } from './absorb-gram';
import { Plan, codesOf } from './absorb-plan';

const zero = f64x2.splat(0);
const BLOCK = 256;
const removed = memory.data(4096, 16);

// @ts-ignore: decorator
@inline
function startOf(plan: Plan, level: i32): i32 {
  return load<i32>(plan.starts + (<usize>level << 2));
}

/** 1 / Σ w of the level's rows (0 for none), which it also stores. */
// @ts-ignore: decorator
@inline
function inverseWeight(plan: Plan, level: i32, from: i32, to: i32): f64 {
  let total: f64 = 0;
  for (let row = from; row < to; row++) total += load<f64>(plan.w + (<usize>row << 3));
  const inverse: f64 = total > 0 && plan.factors > 0 ? 1 / total : 0;
  store<f64>(plan.baseInverse + (<usize>level << 3), inverse);
  return inverse;
}

// @ts-ignore: decorator
@inline
function centreLevel(plan: Plan, x: usize, level: i32, at: usize, nv: i32): void {
  const bytes = <usize>plan.stride << 3;
  const from = startOf(plan, level);
  const to = startOf(plan, level + 1);
  let m0 = zero;
  let m1 = zero;
  let m2 = zero;
  let m3 = zero;
  let row = x + <usize>from * bytes + at;
  for (let i = from; i < to; i++) {
    const w = v128.load64_splat(plan.w + (<usize>i << 3));
    m0 = f64x2.add(m0, f64x2.mul(w, v128.load(row)));
    if (nv > 1) m1 = f64x2.add(m1, f64x2.mul(w, v128.load(row, 16)));
    if (nv > 2) m2 = f64x2.add(m2, f64x2.mul(w, v128.load(row, 32)));
    if (nv > 3) m3 = f64x2.add(m3, f64x2.mul(w, v128.load(row, 48)));
    row += bytes;
  }
  const inverse = v128.load64_splat(plan.baseInverse + (<usize>level << 3));
  m0 = f64x2.mul(m0, inverse);
  m1 = f64x2.mul(m1, inverse);
  m2 = f64x2.mul(m2, inverse);
  m3 = f64x2.mul(m3, inverse);
  if (at == 0) v128.store(plan.baseMean + (<usize>level << 4), m0);
  const norm = plan.norm + at;
  let n0 = v128.load(norm);
  let n1 = nv > 1 ? v128.load(norm, 16) : zero;
  let n2 = nv > 2 ? v128.load(norm, 32) : zero;
  let n3 = nv > 3 ? v128.load(norm, 48) : zero;
  row = x + <usize>from * bytes + at;
  for (let i = from; i < to; i++) {
    const w = v128.load64_splat(plan.w + (<usize>i << 3));
    const v0 = f64x2.sub(v128.load(row), m0);
    const v1 = nv > 1 ? f64x2.sub(v128.load(row, 16), m1) : zero;
    const v2 = nv > 2 ? f64x2.sub(v128.load(row, 32), m2) : zero;
    const v3 = nv > 3 ? f64x2.sub(v128.load(row, 48), m3) : zero;
    const w0 = f64x2.mul(w, v0);
    const w1 = f64x2.mul(w, v1);
    const w2 = f64x2.mul(w, v2);
    const w3 = f64x2.mul(w, v3);
    v128.store(row, v0);
    n0 = f64x2.add(n0, f64x2.mul(w0, v0));
    if (nv > 1) {
      v128.store(row, v1, 16);
      n1 = f64x2.add(n1, f64x2.mul(w1, v1));
    }
    if (nv > 2) {
      v128.store(row, v2, 32);
      n2 = f64x2.add(n2, f64x2.mul(w2, v2));
    }
    if (nv > 3) {
      v128.store(row, v3, 48);
      n3 = f64x2.add(n3, f64x2.mul(w3, v3));
    }
    for (let q = 1; q < plan.factors; q++) {
      const into = plan.r + <usize>load<i32>(codesOf(plan, q) + (<usize>i << 2)) * bytes + at;
      v128.store(into, f64x2.add(v128.load(into), w0));
      if (nv > 1) v128.store(into, f64x2.add(v128.load(into, 16), w1), 16);
      if (nv > 2) v128.store(into, f64x2.add(v128.load(into, 32), w2), 32);
      if (nv > 3) v128.store(into, f64x2.add(v128.load(into, 48), w3), 48);
    }
    row += bytes;
  }
  v128.store(norm, n0);
  if (nv > 1) v128.store(norm, n1, 16);
  if (nv > 2) v128.store(norm, n2, 32);
  if (nv > 3) v128.store(norm, n3, 48);
}

function centre1(plan: Plan, x: usize, level: i32, at: usize): void {
  centreLevel(plan, x, level, at, 1);
}
function centre2(plan: Plan, x: usize, level: i32, at: usize): void {
  centreLevel(plan, x, level, at, 2);
}
function centre3(plan: Plan, x: usize, level: i32, at: usize): void {
  centreLevel(plan, x, level, at, 3);
}
function centre4(plan: Plan, x: usize, level: i32, at: usize): void {
  centreLevel(plan, x, level, at, 4);
}

/**
 * Takes the base factor's weighted means off every column and gathers, for the other factors, r = Σ w x per level (rest × stride);
 * sets the weight sums, and norm = Σ w x² per column after centring. The means of the first two columns are kept for apply().
 */
export function centre(plan: Plan, x: usize): void {
  const bytes = <usize>plan.stride << 3;
  memory.fill(plan.norm, 0, bytes);
  memory.fill(plan.r, 0, <usize>plan.rest * bytes);
  memory.fill(plan.restWeight, 0, <usize>plan.rest << 3);
  for (let q = 1; q < plan.factors; q++) {
    const codes = codesOf(plan, q);
    for (let row = 0; row < plan.n; row++) {
      const sum = plan.restWeight + (<usize>load<i32>(codes + (<usize>row << 2)) << 3);
      store<f64>(sum, load<f64>(sum) + load<f64>(plan.w + (<usize>row << 3)));
    }
  }
  for (let i = 0; i < plan.base; i++) {
    inverseWeight(plan, i, startOf(plan, i), startOf(plan, i + 1));
    for (let at: usize = 0; at < bytes; at += 64) {
      const left = <i32>((bytes - at) >> 4);
      if (left == 1) centre1(plan, x, i, at);
      else if (left == 2) centre2(plan, x, i, at);
      else if (left == 3) centre3(plan, x, i, at);
      else centre4(plan, x, i, at);
    }
  }
}

/** diagonalInverse = 1 / diag(S), S = D − B'D₀⁻¹B the weighted Gram matrix of the rest effects net of the base effects. */
export function diagonal(plan: Plan): void {
  const out = plan.diagonalInverse;
  memory.copy(out, plan.restWeight, <usize>plan.rest << 3);
  for (let q = 1; q < plan.factors; q++) {
    const codes = codesOf(plan, q);
    for (let i = 0; i < plan.base; i++) {
      const to = startOf(plan, i + 1);
      const inverse = load<f64>(plan.baseInverse + (<usize>i << 3));
      let row = startOf(plan, i);
      while (row < to) {
        const level = load<i32>(codes + (<usize>row << 2));
        let cell: f64 = 0;
        while (row < to && load<i32>(codes + (<usize>row << 2)) == level) {
          cell += load<f64>(plan.w + (<usize>row << 3));
          row++;
        }
        const at = out + (<usize>level << 3);
        store<f64>(at, load<f64>(at) - cell * cell * inverse);
      }
    }
  }
  for (let l = 0; l < plan.rest; l++) {
    const d = load<f64>(out + (<usize>l << 3));
    const whole = load<f64>(plan.restWeight + (<usize>l << 3));
    store<f64>(out + (<usize>l << 3), d > 1e-12 * whole ? 1 / d : 0);
  }
}

// @ts-ignore: decorator
@inline
function effect(plan: Plan, row: i32, at: usize, bytes: usize, v: usize): v128 {
  let u = v128.load(v + <usize>load<i32>(codesOf(plan, 1) + (<usize>row << 2)) * bytes + at);
  for (let q = 2; q < plan.factors; q++)
    u = f64x2.add(u, v128.load(v + <usize>load<i32>(codesOf(plan, q) + (<usize>row << 2)) * bytes + at));
  return u;
}

/** mean = Σ w (rest effects) / Σ w over the level, for every column. */
// @ts-ignore: decorator
@inline
function effectMean(plan: Plan, from: i32, to: i32, level: i32, mean: usize, bytes: usize): void {
  const inverse = v128.load64_splat(plan.baseInverse + (<usize>level << 3));
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum = zero;
    for (let row = from; row < to; row++)
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(plan.w + (<usize>row << 3)), effect(plan, row, at, bytes, plan.v)));
    v128.store(mean + at, f64x2.mul(sum, inverse));
  }
}

/**
 * x ← x − (rest effects v − their base means), the second half of the transform, and gram += x'Wx (stride × stride, upper part).
 * The first `keep` (0–2) columns are afterwards overwritten by what centre() and this pass took off them.
 */
export function apply(plan: Plan, x: usize, gram: usize, keep: i32): void {
  const bytes = <usize>plan.stride << 3;
  const mean = plan.scalars;
  for (let i = 0; i < plan.base; i++) {
    const start = startOf(plan, i);
    const end = startOf(plan, i + 1);
    const kept = v128.load(plan.baseMean + (<usize>i << 4));
    if (plan.factors > 1) effectMean(plan, start, end, i, mean, bytes);
    for (let from = start; from < end; from += BLOCK) {
      const to = min(end, from + BLOCK);
      for (let row = from; row < to; row++) v128.store(removed + (<usize>(row - from) << 4), kept);
      if (plan.factors > 1) subtractRows(plan, x, from, to, mean, bytes);
      addRowsGram(x + <usize>from * bytes, plan.w + (<usize>from << 3), to - from, bytes, gram);
      if (keep) keepRemoved(x + <usize>from * bytes, to - from, bytes, keep);
    }
  }
}

function subtractRows(plan: Plan, x: usize, from: i32, to: i32, mean: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const m = v128.load(mean + at);
    for (let row = from; row < to; row++) {
      const u = f64x2.sub(effect(plan, row, at, bytes, plan.v), m);
      const cell = x + <usize>row * bytes + at;
      v128.store(cell, f64x2.sub(v128.load(cell), u));
      if (at == 0) {
        const into = removed + (<usize>(row - from) << 4);
        v128.store(into, f64x2.add(v128.load(into), u));
      }
    }
  }
}

function keepRemoved(x: usize, rows: i32, bytes: usize, keep: i32): void {
  for (let i = 0; i < rows; i++) {
    const at = x + <usize>i * bytes;
    const value = v128.load(removed + (<usize>i << 4));
    if (keep == 1) store<f64>(at, f64x2.extract_lane(value, 0));
    else v128.store(at, value);
  }
}

/**
 * What is left of the group means: out[c] = Σ over factors and levels of (Σ w x)² / Σ w, and out[stride + c] = Σ w x²; their
 * ratio's root is the certificate of a within transform.
 */
export function remaining(plan: Plan, x: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  const total = out + bytes;
  memory.fill(out, 0, bytes << 1);
  memory.fill(plan.r, 0, <usize>plan.rest * bytes);
  for (let i = 0; i < plan.base; i++) {
    const inverse = v128.load64_splat(plan.baseInverse + (<usize>i << 3));
    const to = startOf(plan, i + 1);
    for (let j: usize = 0; j < bytes; j += 16) {
      let sum = zero;
      let squares = zero;
      for (let row = startOf(plan, i); row < to; row++) {
        const value = v128.load(x + <usize>row * bytes + j);
        const weighted = f64x2.mul(v128.load64_splat(plan.w + (<usize>row << 3)), value);
        sum = f64x2.add(sum, weighted);
        squares = f64x2.add(squares, f64x2.mul(weighted, value));
        for (let q = 1; q < plan.factors; q++) {
          const into = plan.r + <usize>load<i32>(codesOf(plan, q) + (<usize>row << 2)) * bytes + j;
          v128.store(into, f64x2.add(v128.load(into), weighted));
        }
      }
      v128.store(total + j, f64x2.add(v128.load(total + j), squares));
      addSquares(out + j, sum, inverse);
    }
  }
  for (let l = 0; l < plan.rest; l++) {
    const w = load<f64>(plan.restWeight + (<usize>l << 3));
    if (!(w > 0)) continue;
    for (let j: usize = 0; j < bytes; j += 16)
      addSquares(out + j, v128.load(plan.r + <usize>l * bytes + j), f64x2.splat(1 / w));
  }
}

// @ts-ignore: decorator
@inline
function addSquares(out: usize, sum: v128, inverse: v128): void {
  v128.store(out, f64x2.add(v128.load(out), f64x2.mul(inverse, f64x2.mul(sum, sum))));
}
