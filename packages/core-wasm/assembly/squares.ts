/** The weighted sum of squares of ols as a log-likelihood: −½ Σ w (y − xb − offset)², its gradient and −Hessian. */
import { addGram, addTZe, gemvInto } from './matrix';
import { ETA_OVERFLOW, get, OK, put, Task, weight } from './task';

export function evaluateSquares(t: Task, theta: usize): i32 {
  const ld = t.ld;
  memory.copy(t.b, theta, <usize>t.k << 3);
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  memory.fill(t.tXe, 0, <usize>ld << 3);
  gemvInto(t.x, ld, t.n, t.b, t.eta);
  let squares: f64 = 0;
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    const x = t.x + ((<usize>from * ld) << 3);
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      const w = weight(t, i);
      const e = get(t.y, i) - get(t.eta, i) - (t.offset ? get(t.offset, i) : 0.0);
      put(t.rowW, r, w);
      put(t.rowE, r, w * e);
      squares += w * e * e;
      if (t.scores) for (let j = 0; j < t.k; j++) put(t.scores, i * t.k + j, w * e * get(x, r * ld + j));
    }
    addTZe(x, ld, rows, t.rowE, t.tXe);
    addGram(x, ld, rows, t.rowW, t.S, t.G);
  }
  t.loglik = -0.5 * squares;
  for (let i = 0; i < t.k; i++) {
    put(t.grad, i, get(t.tXe, i));
    for (let j = 0; j <= i; j++) {
      put(t.neg, i * t.k + j, get(t.G, i * ld + j));
      put(t.neg, j * t.k + i, get(t.G, i * ld + j));
    }
  }
  return squares < Infinity ? OK : ETA_OVERFLOW;
}
