/**
 * Separation of count data by regressors: is there γ with Xγ = 0 where y > 0, Xγ ≥ 0 where y = 0, and Xγ > 0 somewhere?
 * Then the likelihood rises without bound along −γ (Correia, Guimarães & Zylkin 2019, arXiv:1903.01633, Prop. 1).
 *
 * With z = Xγ, the minimum of ½ Σ_{y=0} [(z − 1)² + K min(z, 0)²] + ½ K Σ_{y>0} z² tends, as K grows, to the projection of
 * the vector of ones on the cone of such z, which is 0 only if the cone is. The function is convex and piecewise quadratic:
 * Newton's method with the weights 1, 1 + K and K of the current signs ends after a few regressions.
 */
import { addGram, addTZe, cholesky, choleskySolve, gemvInto } from './matrix';
import { alloc, mark, reset } from './memory';
import { FRONTIER_GAUSS, get, NB_FE, put, Task, weight } from './task';

const HEAVY: f64 = 1e8;
/** A certificate: the largest z is above this, and no constraint is violated by more than SLACK of it. */
const LEAST: f64 = 1e-4;
const SLACK: f64 = 1e-5;

let z: usize = 0;
let trial: usize = 0;
let kind: usize = 0;
let factor: usize = 0;
let target: usize = 0;

/** Whether some y = 0 row is so far below the others that the estimates may be on their way to infinity. */
export function suspectSeparation(t: Task): bool {
  if (t.model == FRONTIER_GAUSS) return false;
  let least: f64 = Infinity;
  let zeros: f64 = Infinity;
  for (let i = 0; i < t.n; i++) {
    if (weight(t, i) == 0) continue;
    if (get(t.y, i) > 0) least = min(least, get(t.eta, i));
    else zeros = min(zeros, get(t.eta, i));
  }
  return zeros < least - 8 && zeros < -8;
}

/** Whether a non-zero γ as above exists. Rows of zero weight and, in nb-fe, groups that contribute nothing take no part. */
export function isSeparated(t: Task): bool {
  if (t.model == FRONTIER_GAUSS) return false;
  const top = mark();
  z = alloc(<f64>t.n * 8);
  trial = alloc(<f64>t.n * 8);
  kind = alloc(<f64>t.n);
  factor = alloc(<f64>t.k * t.k * 8);
  target = alloc(<f64>t.ld * 8);
  const room = z != 0 && trial != 0 && kind != 0 && factor != 0 && target != 0;
  const found = room && search(t);
  reset(top);
  return found;
}

/** kind: 0 takes no part, 1 y = 0, 2 y > 0. */
function classify(t: Task): void {
  for (let i = 0; i < t.n; i++)
    store<u8>(kind + <usize>i, weight(t, i) == 0 ? 0 : get(t.y, i) > 0 ? 2 : 1);
  if (t.model != NB_FE) return;
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    let total: f64 = 0;
    for (let i = from; i < to; i++) total += get(t.y, i);
    if (total == 0 || to - from < 2) memory.fill(kind + <usize>from, 0, <usize>(to - from));
  }
}

function search(t: Task): bool {
  classify(t);
  memory.fill(target, 0, <usize>t.ld << 3);
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    for (let r = 0; r < rows; r++) put(t.rowE, r, load<u8>(kind + <usize>(from + r)) == 1 ? 1.0 : 0.0);
    addTZe(t.x + ((<usize>from * t.ld) << 3), t.ld, rows, t.rowE, target);
  }
  for (let i = 0; i < t.n; i++) put(z, i, 0);
  let value = penalty(t, z);
  for (let round = 0; round < 60; round++) {
    if (!regress(t)) return false;
    let next = penalty(t, trial);
    for (let halving = 0; next > value && halving < 30; halving++) {
      for (let i = 0; i < t.n; i++) put(trial, i, 0.5 * (get(trial, i) + get(z, i)));
      next = penalty(t, trial);
    }
    memory.copy(z, trial, <usize>t.n << 3);
    if (!(next < value * (1 - 1e-12))) break;
    value = next;
  }
  return certificate(t);
}

/** trial = X γ, γ the minimiser for the signs of z. False where X is singular. */
function regress(t: Task): bool {
  const k = t.k;
  const ld = t.ld;
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    for (let r = 0; r < rows; r++) {
      const what = load<u8>(kind + <usize>(from + r));
      const low = get(z, from + r) < 0;
      put(t.rowW, r, what == 0 ? 0.0 : what == 2 ? HEAVY : low ? 1 + HEAVY : 1.0);
    }
    addGram(t.x + ((<usize>from * ld) << 3), ld, rows, t.rowW, t.S, t.G);
  }
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) put(factor, i * k + j, get(t.G, i * ld + j));
  if (!cholesky(factor, k, factor, 1e-15)) return false;
  memory.fill(t.b, 0, <usize>ld << 3);
  choleskySolve(factor, k, target, t.b);
  gemvInto(t.x, ld, t.n, t.b, trial);
  return true;
}

/** The function of the head of this file, twice. */
function penalty(t: Task, a: usize): f64 {
  let s: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    const what = load<u8>(kind + <usize>i);
    const v = get(a, i);
    if (what == 2) s += HEAVY * v * v;
    else if (what == 1) s += (v - 1) * (v - 1) + (v < 0 ? HEAVY * v * v : 0.0);
  }
  return s;
}

function certificate(t: Task): bool {
  let most: f64 = 0;
  let worst: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    const what = load<u8>(kind + <usize>i);
    const v = get(z, i);
    if (what == 1) most = max(most, v);
    if (what == 2) worst = max(worst, abs(v));
    if (what == 1) worst = max(worst, -v);
  }
  return most > LEAST && worst < SLACK * most;
}
