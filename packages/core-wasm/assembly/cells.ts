/**
 * ψ(λ + y) − ψ(λ) and ψ′(λ + y) − ψ′(λ) for lists of cells (byte offset of λ, integer y ≥ 1), two at a time.
 *
 * y ≤ 24: with P = Π (λ + j) the differences are P′/P and P″/P − (P′/P)², by one recurrence and one division. Above: eight steps of it,
 * then Stirling's series at both ends, whose logarithms meet in ln(1 + (y − 8)/(λ + 8)) so that λ ≫ y keeps its digits. Relative
 * error of the first ≤ 3e-15; the second cancels by a factor λ/y at most (it steers Newton's method, it decides no result).
 */
import { log2x, logOneMore } from './vmath';

/** Counts up to here are small; cells of a list are all small or all large. */
export const SMALL_COUNT = 24;
const SHIFT = 8;

/** −S₁ and S₂ without their leading terms: Σ B₂ₖ/(2k) z⁻²ᵏ and Σ B₂ₖ z⁻²ᵏ⁻¹ (Abramowitz & Stegun 6.3.18, 6.4.12). */
const SERIES = memory.data<f64>([
  0.08333333333333333, 0.008333333333333333, 0.003968253968253968, 0.004166666666666667, 0.007575757575757576,
  0.021092796092796094, 0.08333333333333333, 0.16666666666666666, 0.03333333333333333, 0.023809523809523808,
  0.03333333333333333, 0.07575757575757576, 0.2531135531135531, 1.1666666666666667, 0.5, 1.0, 8.0,
]);

// @ts-ignore: decorator
@inline
function c(i: i32): v128 {
  return v128.load64_splat(SERIES + (<usize>i << 3));
}
// @ts-ignore: decorator
@inline
function minus(a: v128, b: v128, d: v128): v128 {
  return f64x2.sub(a, f64x2.mul(b, d));
}

/** ½v + Σ B₂ₖ/(2k) v²ᵏ = ln z − ψ(z) at v = 1/z, q = v². */
// @ts-ignore: decorator
@inline
function psiSeries(v: v128, q: v128): v128 {
  const s = minus(c(0), q, minus(c(1), q, minus(c(2), q, minus(c(3), q, minus(c(4), q, minus(c(5), q, c(6)))))));
  return f64x2.add(f64x2.mul(c(14), v), f64x2.mul(q, s));
}

/** v + ½v² + Σ B₂ₖ v²ᵏ⁺¹ = ψ′(z). */
// @ts-ignore: decorator
@inline
function triSeries(v: v128, q: v128): v128 {
  const s = minus(c(7), q, minus(c(8), q, minus(c(9), q, minus(c(10), q, minus(c(11), q, minus(c(12), q, c(13)))))));
  return f64x2.add(v, f64x2.mul(q, f64x2.add(c(14), f64x2.mul(v, s))));
}

/** A pair of doubles at base + the offsets in two cells. */
// @ts-ignore: decorator
@inline
function pick(base: usize, cell: usize): v128 {
  return v128.load64_lane(base + load<u32>(cell, 8), v128.load64_zero(base + load<u32>(cell)), 1);
}
// @ts-ignore: decorator
@inline
function place(base: usize, cell: usize, v: v128): void {
  v128.store64_lane(base + load<u32>(cell), v, 0);
  v128.store64_lane(base + load<u32>(cell, 8), v, 1);
}

/** Cells of 1 ≤ y ≤ SMALL_COUNT in ascending order of y, an even number; d2 = 0 leaves the second difference out. */
export function smallCells(cells: usize, count: i32, lambda: usize, d1: usize, d2: usize): void {
  if (d2) smallInto(cells, count, lambda, d1, d2, true);
  else smallInto(cells, count, lambda, d1, d2, false);
}

// @ts-ignore: decorator
@inline
function smallInto(cells: usize, count: i32, lambda: usize, d1: usize, d2: usize, second: bool): void {
  const one = c(15);
  for (let end = cells + (<usize>count << 3); cells < end; cells += 16) {
    let a = pick(lambda, cells);
    const low = load<i32>(cells, 4);
    const high = load<i32>(cells, 12);
    let P = a;
    let P1 = one;
    let P2 = f64x2.splat(0);
    a = f64x2.add(a, one);
    for (let j = 1; j < low; j++) {
      if (second) P2 = f64x2.add(f64x2.mul(P2, a), f64x2.add(P1, P1));
      P1 = f64x2.add(f64x2.mul(P1, a), P);
      P = f64x2.mul(P, a);
      a = f64x2.add(a, one);
    }
    if (high > low) {
      // lane 0 is done
      let p = f64x2.extract_lane(P, 1);
      let p1 = f64x2.extract_lane(P1, 1);
      let p2 = f64x2.extract_lane(P2, 1);
      let b = f64x2.extract_lane(a, 1);
      for (let j = low; j < high; j++) {
        if (second) p2 = p2 * b + (p1 + p1);
        p1 = p1 * b + p;
        p = p * b;
        b += 1;
      }
      P = f64x2.replace_lane(P, 1, p);
      P1 = f64x2.replace_lane(P1, 1, p1);
      P2 = f64x2.replace_lane(P2, 1, p2);
    }
    const inverse = f64x2.div(one, P);
    const e = f64x2.mul(P1, inverse);
    place(d1, cells, e);
    if (second) place(d2, cells, f64x2.sub(f64x2.mul(P2, inverse), f64x2.mul(e, e)));
  }
}

/** Cells of y > SMALL_COUNT in any order, an even number; d2 = 0 leaves the second difference out. */
export function largeCells(cells: usize, count: i32, lambda: usize, d1: usize, d2: usize): void {
  if (d2) largeInto(cells, count, lambda, d1, d2, true);
  else largeInto(cells, count, lambda, d1, d2, false);
}

// @ts-ignore: decorator
@inline
function largeInto(cells: usize, count: i32, lambda: usize, d1: usize, d2: usize, second: bool): void {
  const one = c(15);
  for (let end = cells + (<usize>count << 3); cells < end; cells += 16) {
    let a = pick(lambda, cells);
    // the counts of both cells as doubles, less SHIFT
    const y = f64x2.convert_low_i32x4_s(i8x16.shuffle(v128.load(cells), v128.load(cells), 4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15));
    const rest = f64x2.sub(y, c(16));
    let P = a;
    let P1 = one;
    let P2 = f64x2.splat(0);
    a = f64x2.add(a, one);
    for (let j = 1; j < SHIFT; j++) {
      if (second) P2 = f64x2.add(f64x2.mul(P2, a), f64x2.add(P1, P1));
      P1 = f64x2.add(f64x2.mul(P1, a), P);
      P = f64x2.mul(P, a);
      a = f64x2.add(a, one);
    }
    const z = f64x2.add(a, rest);
    // one division for the three inverses
    const az = f64x2.mul(a, z);
    const all = f64x2.div(one, f64x2.mul(P, az));
    const inverse = f64x2.mul(all, az);
    const both = f64x2.mul(all, P);
    const u = f64x2.mul(both, z);
    const v = f64x2.mul(both, a);
    const e = f64x2.mul(P1, inverse);
    const u2 = f64x2.mul(u, u);
    const v2 = f64x2.mul(v, v);
    const ratio = f64x2.mul(rest, u);
    const near = f64x2.lt(ratio, f64x2.splat(0.41));
    let log: v128;
    if (i64x2.all_true(near)) log = logOneMore(ratio);
    else if (!v128.any_true(near)) log = log2x(f64x2.add(one, ratio));
    else log = v128.bitselect(logOneMore(ratio), log2x(f64x2.add(one, ratio)), near);
    place(d1, cells, f64x2.add(e, f64x2.add(log, f64x2.sub(psiSeries(u, u2), psiSeries(v, v2)))));
    if (second) {
      const d = f64x2.sub(f64x2.mul(P2, inverse), f64x2.mul(e, e));
      place(d2, cells, f64x2.add(d, f64x2.sub(triSeries(v, v2), triSeries(u, u2))));
    }
  }
}
