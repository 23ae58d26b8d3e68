/** u and e⁻ᵘ of each unit given its rows: means (Jondrow et al. 1982; Battese, Coelli 1988) and equal-tailed intervals (Horrace, Schmidt 1996). */
import { precision, pull, setScales } from './composed';
import { shiftAt } from './count-frontier';
import { decayOf, locationOf, predict, statistics, unitG, unitH } from './frontier';
import { below, integrate, nodeP, nodeT, nodeW, setNodes, windowLow, windowTotal } from './inefficiency';
import { alloc, mark, reset } from './memory';
import { normalQuantile, tail, tailK, tailW } from './normal';
import { useRule } from './quadrature';
import { residualsAt, withoutEffect } from './random-frontier';
import { log1p } from './special';
import { FRONTIER_GAUSS, get, OK, OUT_OF_MEMORY, put, Task } from './task';
import { exp1, log1 } from './vmath';

/** u ~ N(mean, sd²) truncated at 0: its mean, the mean of e^(−h u), and limits of e^(−h u). */
let meanOfU: f64 = 0;
let efficient: f64 = 0;
let least: f64 = 0;
let most: f64 = 0;

/** ln Φ(z). */
function lnBelow(z: f64): f64 {
  tail(z);
  return tailW - 0.5 * z * z;
}

/** u at which P(u > ·) = share. */
function upperPoint(mean: f64, sd: f64, share: f64): f64 {
  // P(u > x) = Φ((mean − x)/sd)/Φ(mean/sd)
  const l = log1(share) + lnBelow(mean / sd);
  return max(mean - sd * normalQuantile(l, l > -0.6 ? log1(max(1 - exp1(l), 1e-300)) : log1p(-exp1(l))), 0.0);
}

function truncated(mean: f64, sd: f64, h: f64, level: f64): void {
  const z = mean / sd;
  tail(z);
  const w = tailW;
  meanOfU = sd * tailK;
  const s = h * sd;
  tail(z - s);
  // e^{s²/2 − z s} Φ(z − s)/Φ(z) = e^{W(z − s) − W(z)}
  efficient = exp1(tailW - w);
  if (!(level > 0)) return;
  least = exp1(-h * upperPoint(mean, sd, 0.5 - 0.5 * level));
  most = exp1(-h * upperPoint(mean, sd, 0.5 + 0.5 * level));
}

function report(out: usize, i: i32, u: f64, e: f64, low: f64, high: f64): void {
  put(out, 4 * i, u);
  put(out, 4 * i + 1, e);
  put(out, 4 * i + 2, low);
  put(out, 4 * i + 3, high);
}

/**
 * n × 4 numbers, one set a row (rows of a unit differ under decay only): E(h u), E(e^(−h u)), and the limits of e^(−h u) that hold with
 * probability `level`. With an effect w of the unit n numbers E(w) follow.
 */
export function efficiencies(t: Task, theta: usize, level: f64, out: usize): i32 {
  if (t.random) return besideEffect(t, theta, level, out);
  return t.model == FRONTIER_GAUSS ? continuous(t, theta, level, out) : counted(t, theta, level, out);
}

function continuous(t: Task, theta: usize, level: f64, out: usize): i32 {
  predict(t, theta);
  const eta = decayOf(t, theta);
  setScales(t.law, get(theta, t.k), get(theta, t.k + 1));
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (to == from) continue;
    statistics(t, from, to, eta);
    const P = precision(unitG());
    const mean = pull(locationOf(t, theta, from), unitH()) / P;
    for (let i = from; i < to; i++) {
      const h = get(t.lambda, i);
      truncated(mean, 1 / sqrt(P), h, level);
      report(out, i, h * meanOfU, efficient, least, most);
    }
  }
  return OK;
}

/** u of each row, mixed over the effect of its unit given all of its rows. */
function besideEffect(t: Task, theta: usize, level: f64, out: usize): i32 {
  const status = residualsAt(t, theta);
  if (status) return status;
  const flat = withoutEffect(t, theta);
  const n = flat ? 1 : t.nodes;
  const top = mark();
  const room = alloc(<f64>(n + 1) * 32);
  const given = alloc(<f64>n * 16);
  if (!room || !given) {
    reset(top);
    return OUT_OF_MEMORY;
  }
  setNodes(room, n);
  const P = precision(1);
  const sd = 1 / sqrt(P);
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (to == from) continue;
    integrate(from, to, n, flat);
    memory.copy(given + ((<usize>n) << 3), nodeP, (<usize>n) << 3);
    let shared: f64 = 0;
    for (let k = 0; k < n; k++) shared += get(nodeP, k) * get(nodeW, k);
    for (let i = from; i < to; i++) {
      let u: f64 = 0;
      let e: f64 = 0;
      for (let k = 0; k < n; k++) {
        const mean = pull(0, get(t.lambda, i) - get(nodeW, k)) / P;
        truncated(mean, sd, 1, 0);
        u += get(nodeP, k) * meanOfU;
        e += get(nodeP, k) * efficient;
        put(given, k, mean);
      }
      noisyLimits(given, n, sd, level);
      report(out, i, u, e, least, most);
      put(out, 4 * t.n + i, shared);
    }
  }
  reset(top);
  return OK;
}

function counted(t: Task, theta: usize, level: f64, out: usize): i32 {
  const status = shiftAt(t, theta);
  if (status) return status;
  const n = t.nodes;
  useRule(t.noise ? n >> 1 : n);
  const top = mark();
  const room = alloc(<f64>(n + 1) * 32);
  const given = alloc(<f64>n * 16);
  if (!room || !given) {
    reset(top);
    return OUT_OF_MEMORY;
  }
  setNodes(room, n);
  const at = t.p - 1;
  if (t.noise) setScales(t.law, get(theta, at - 1), get(theta, at));
  for (let g = 0; g < t.g; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (to == from) continue;
    integrate(from, to, n, false);
    let u: f64 = 0;
    let e: f64 = 0;
    if (t.noise) {
      const sd = 1 / sqrt(precision(1));
      for (let k = 0; k < n; k++) {
        const mean = pull(0, get(nodeW, k)) / precision(1);
        truncated(mean, sd, 1, 0);
        u += get(nodeP, k) * meanOfU;
        e += get(nodeP, k) * efficient;
        put(given, k, mean);
        put(given, n + k, get(nodeP, k));
      }
      noisyLimits(given, n, sd, level);
    } else {
      for (let k = 0; k < n; k++) {
        u -= get(nodeP, k) * get(nodeW, k);
        e += get(nodeP, k) * get(nodeT, k);
      }
      const total = windowTotal(n);
      least = exp1(-point(total, n, 0.5 + 0.5 * level));
      most = exp1(-point(total, n, 0.5 - 0.5 * level));
    }
    for (let i = from; i < to; i++) report(out, i, u, e, least, most);
  }
  reset(top);
  return OK;
}

/** u with P(u ≤ · | y) = share, by bisection and secants over the window. */
function point(total: f64, n: i32, share: f64): f64 {
  let a: f64 = 0;
  let b = -windowLow();
  let fa = -share;
  let fb = 1 - share;
  for (let round = 0; round < 60 && b - a > 1e-13 * (1 + b); round++) {
    let x = 0.5 * (a + b);
    if (round % 3 != 2) x = min(max(b - (fb * (b - a)) / (fb - fa), a + 1e-3 * (b - a)), b - 1e-3 * (b - a));
    const f = below(x, total, n) - share;
    if (abs(f) < 1e-14) return x;
    if (f < 0) {
      a = x;
      fa = f;
    } else {
      b = x;
      fb = f;
    }
  }
  return 0.5 * (a + b);
}

/** The same where u given w is normal(mean, sd²) truncated at 0, mixed over the nodes. */
function noisyLimits(given: usize, n: i32, sd: f64, level: f64): void {
  for (let side = 0; side < 2; side++) {
    const share = side == 0 ? 0.5 - 0.5 * level : 0.5 + 0.5 * level;
    let a: f64 = 0;
    let b: f64 = 0;
    for (let k = 0; k < n; k++) b = max(b, upperPoint(get(given, k), sd, 1e-17));
    for (let round = 0; round < 60; round++) {
      const x = 0.5 * (a + b);
      let above: f64 = 0;
      for (let k = 0; k < n; k++) {
        const mean = get(given, k);
        above += get(given, n + k) * exp1(lnBelow((mean - x) / sd) - lnBelow(mean / sd));
      }
      if (1 - above < share) a = x;
      else b = x;
    }
    const e = exp1(-0.5 * (a + b));
    if (side == 0) most = e;
    else least = e;
  }
}
