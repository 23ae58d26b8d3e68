/** Which columns are linear combinations of earlier ones: Gram–Schmidt in column order, every projection done twice. */
import { alloc, mark, reset } from './memory';
import { axpyColumns, dotColumns } from './qr';
import { stride } from './matrix';
import { get, put } from './task';

/** A residual below this share of the whole column is rounding, whatever the tolerance. */
const ROUNDING: f64 = 1e-13;

/**
 * keep[j] = 1 where the part of column j outside the span of the kept columns to its left is longer than tol times the
 * column (centred, once a constant column is kept). Lengths are weighted by w where it is given. Scale-free.
 * x: n × k values at the end of n × stride(k) room. Returns the rank, or −1 where memory is short.
 */
export function rankColumns(n: i32, k: i32, x: usize, w: usize, tol: f64, keep: usize): i32 {
  const raw = x + ((<usize>(stride(k) - k) * n) << 3);
  const top = mark();
  const q = alloc(<f64>n * k * 8);
  if (!q) return -1;
  let rank = 0;
  let constant = -1;
  for (let j = 0; j < k; j++) {
    const column = q + ((<usize>rank * n) << 3);
    const flat = copyColumn(raw, n, k, j, w, column);
    const kept = addColumn(q, n, rank, constant, tol);
    store<u8>(keep + j, kept ? 1 : 0);
    if (!kept) continue;
    rank++;
    if (flat && constant < 0) constant = rank - 1;
  }
  reset(top);
  return rank;
}

/** Column j times √w, scaled to a largest entry in [1, 2); whether it is constant (before weighting). */
function copyColumn(raw: usize, n: i32, k: i32, j: i32, w: usize, out: usize): bool {
  let most: f64 = 0;
  let flat = true;
  const first = get(raw, j);
  for (let i = 0; i < n; i++) {
    const v = load<f64>(raw + ((<usize>i * k + j) << 3));
    most = max(most, abs(v));
    if (v != first) flat = false;
  }
  const scale = most > 1e-300 && most < 1e300 ? reinterpret<f64>(reinterpret<u64>(most) & 0x7ff0000000000000) : 1.0;
  for (let i = 0; i < n; i++) {
    const v = load<f64>(raw + ((<usize>i * k + j) << 3)) / scale;
    put(out, i, w ? v * sqrt(get(w, i)) : v);
  }
  return flat;
}

/** column −= q_m (q_m'column). */
function project(q: usize, n: i32, m: i32, column: usize): void {
  const other = q + ((<usize>m * n) << 3);
  axpyColumns(-dotColumns(other, column, n), other, column, n);
}

/** Orthogonalises column `rank` of q against those before it; normalised and true where enough is left. */
function addColumn(q: usize, n: i32, rank: i32, constant: i32, tol: f64): bool {
  const column = q + ((<usize>rank * n) << 3);
  const whole = sqrt(dotColumns(column, column, n));
  if (constant >= 0) project(q, n, constant, column);
  const reference = constant >= 0 ? sqrt(dotColumns(column, column, n)) : whole;
  for (let pass = 0; pass < 2; pass++)
    for (let m = 0; m < rank; m++) project(q, n, m, column);
  const left = sqrt(dotColumns(column, column, n));
  if (!(left > tol * reference) || !(left > ROUNDING * whole)) return false;
  const c = 1 / left;
  for (let i = 0; i < n; i++) put(column, i, get(column, i) * c);
  return true;
}
