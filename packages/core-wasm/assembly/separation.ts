/**
 * Separation of count data by regressors: is there γ with Xγ = 0 where y > 0, Xγ ≥ 0 where y = 0, and Xγ > 0 somewhere?
 * Then the likelihood rises without bound along −γ. The iterative rectifier of Correia, Guimarães & Zylkin (2019,
 * arXiv:1903.01633, §3): regress u (1 where y = 0, else 0) on X with weight K on y > 0, replace u by max(fitted, 0), repeat.
 */
import { addGram, addTZe, cholesky, choleskySolve, gemvInto } from './matrix';
import { alloc, mark, reset } from './memory';
import { get, put, Task, weight } from './task';

const HEAVY: f64 = 1e8;
const TINY: f64 = 1e-5;

/** 1 where some y = 0 row is so far below the others that the estimates may be on their way to infinity. */
export function suspectSeparation(t: Task): bool {
  let least: f64 = Infinity;
  let zeros: f64 = Infinity;
  for (let i = 0; i < t.n; i++) {
    if (weight(t, i) == 0) continue;
    if (get(t.y, i) > 0) least = min(least, get(t.eta, i));
    else zeros = min(zeros, get(t.eta, i));
  }
  return zeros < least - 8 && zeros < -8;
}

/** Whether the rectifier ends at a certificate: a non-zero u ≥ 0 in the span of X that vanishes where y > 0. */
export function isSeparated(t: Task): bool {
  const top = mark();
  const u = alloc(<f64>t.n * 8);
  const fitted = alloc(<f64>t.n * 8);
  const factor = alloc(<f64>t.k * t.k * 8);
  const found = u != 0 && fitted != 0 && factor != 0 && rectify(t, u, fitted, factor);
  reset(top);
  return found;
}

function heavy(t: Task, i: i32): f64 {
  return weight(t, i) == 0 ? 0.0 : get(t.y, i) > 0 ? HEAVY : 1.0;
}

function rectify(t: Task, u: usize, fitted: usize, factor: usize): bool {
  const k = t.k;
  const ld = t.ld;
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    for (let r = 0; r < rows; r++) put(t.rowW, r, heavy(t, from + r));
    addGram(t.x + ((<usize>from * ld) << 3), ld, rows, t.rowW, t.S, t.G);
  }
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) put(factor, i * k + j, get(t.G, i * ld + j));
  if (!cholesky(factor, k, factor, 1e-15)) return false;
  for (let i = 0; i < t.n; i++) put(u, i, get(t.y, i) == 0 && weight(t, i) > 0 ? 1.0 : 0.0);
  for (let round = 0; round < 200; round++) {
    project(t, u, fitted, factor);
    let off: f64 = 0;
    let most: f64 = 0;
    for (let i = 0; i < t.n; i++) {
      const f = get(fitted, i);
      if (weight(t, i) == 0) continue;
      off = max(off, abs(f - get(u, i)));
      most = max(most, f);
    }
    if (most < TINY) return false;
    if (off < TINY * most) return true;
    for (let i = 0; i < t.n; i++) {
      const f = get(fitted, i);
      put(u, i, get(t.y, i) == 0 && weight(t, i) > 0 && f > 0 ? f : 0.0);
    }
  }
  return false;
}

/** Weighted least-squares fit of u on X. */
function project(t: Task, u: usize, fitted: usize, factor: usize): void {
  const ld = t.ld;
  memory.fill(t.tXe, 0, <usize>ld << 3);
  memory.fill(t.b, 0, <usize>ld << 3);
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    for (let r = 0; r < rows; r++) put(t.rowE, r, heavy(t, from + r) * get(u, from + r));
    addTZe(t.x + ((<usize>from * ld) << 3), ld, rows, t.rowE, t.tXe);
  }
  choleskySolve(factor, t.k, t.tXe, t.b);
  gemvInto(t.x, ld, t.n, t.b, fitted);
}
