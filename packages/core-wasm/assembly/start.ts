/** Default starting values, in the internal scale. */
import { addGram, addTZe, cholesky, choleskySolve } from './matrix';
import { get, NB1, POISSON_RE, put, Task, weight } from './task';
import { exp1, log1 } from './vmath';

/**
 * One weighted least-squares pass from μ = (y + ȳ)/2 (the start of R's glm and of fixest's fepois, with their mean):
 * b solves X'MX b = X'M z, z = ln μ − offset + (y − μ)/μ. Zeros where X'MX is singular.
 */
export function poissonStart(t: Task, theta: usize): void {
  let total: f64 = 0;
  let weights: f64 = 0;
  for (let i = 0; i < t.n; i++) {
    total += weight(t, i) * get(t.y, i);
    weights += weight(t, i);
  }
  for (let j = 0; j < t.p; j++) put(theta, j, 0);
  const mean = total / weights;
  if (!(mean > 0)) return;
  const ld = t.ld;
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  memory.fill(t.tXe, 0, <usize>ld << 3);
  for (let from = 0; from < t.n; from += t.block) {
    const rows = min(t.block, t.n - from);
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      const y = get(t.y, i);
      const mu = 0.5 * (y + mean);
      const off = t.offset ? get(t.offset, i) : 0.0;
      put(t.rowW, r, weight(t, i) * mu);
      put(t.rowE, r, weight(t, i) * (mu * (log1(mu) - off) + (y - mu)));
    }
    const x = t.x + ((<usize>from * ld) << 3);
    addTZe(x, ld, rows, t.rowE, t.tXe);
    addGram(x, ld, rows, t.rowW, t.S, t.G);
  }
  const k = t.k;
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) put(t.neg, i * k + j, get(t.G, i * ld + j));
  if (cholesky(t.neg, k, t.neg, 1e-12)) choleskySolve(t.neg, k, t.tXe, theta);
}

let unitY: f64 = 0;
let unitMu: f64 = 0;
let unitW: f64 = 0;

/** What has the dispersion: one row, or (poisson-re) the sums of group i. Sets y, μ = exp(t.eta) and the weight. */
function unit(t: Task, model: i32, i: i32): void {
  const grouped = model == POISSON_RE;
  const from = grouped ? load<i32>(t.group + (<usize>i << 2)) : i;
  const to = grouped ? load<i32>(t.group + (<usize>i << 2), 4) : i + 1;
  unitW = from < t.n ? weight(t, from) : 0;
  unitY = 0;
  unitMu = 0;
  for (let a = from; a < to; a++) {
    unitY += get(t.y, a);
    unitMu += exp1(get(t.eta, a));
  }
}

/**
 * ln α (nb2, poisson-re) or ln δ (nb1) by moments at the fitted means exp(t.eta): α from Σ((y − μ)² − μ)/Σ μ², δ from
 * Σ((y − μ)²/μ − 1)/n; kept within [e⁻⁴, e⁶].
 */
export function dispersionStart(t: Task, model: i32): f64 {
  let above: f64 = 0;
  let below: f64 = 0;
  const units = model == POISSON_RE ? t.g : t.n;
  for (let i = 0; i < units; i++) {
    unit(t, model, i);
    if (!(unitMu > 0)) continue;
    const e = (unitY - unitMu) * (unitY - unitMu) - unitMu;
    above += model == NB1 ? unitW * (e / unitMu) : unitW * e;
    below += model == NB1 ? unitW : unitW * unitMu * unitMu;
  }
  const a = above / below;
  return a > 0 ? min(max(log1(a), -4.0), 6.0) : -2.0;
}

/**
 * Slope of the log-likelihood in α (nb2, poisson-re) or δ (nb1) at 0 and the fitted Poisson means: ½ Σ w ((y − μ)² − y),
 * each term over μ for nb1. Not above 0: Poisson is (at least locally) the supremum. (Cameron & Trivedi 1990.)
 */
export function boundarySlope(t: Task, model: i32): f64 {
  let s: f64 = 0;
  const units = model == POISSON_RE ? t.g : t.n;
  for (let i = 0; i < units; i++) {
    unit(t, model, i);
    const e = (unitY - unitMu) * (unitY - unitMu) - unitY;
    s += 0.5 * unitW * (model == NB1 ? e / unitMu : e);
  }
  return s;
}

/** η = 0 at the mean offset and, for nb-re, ln r = ln s = 0. */
export function groupStart(t: Task, theta: usize): void {
  for (let j = 0; j < t.p; j++) put(theta, j, 0);
  if (t.constant < 0 || !t.offset) return;
  let s: f64 = 0;
  for (let i = 0; i < t.n; i++) s += get(t.offset, i);
  put(theta, t.constant, -s / <f64>t.n);
}
