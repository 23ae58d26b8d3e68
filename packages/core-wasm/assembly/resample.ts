/** The replicate loop as JavaScript sees it: cluster weights in (or drawn here), count × p numbers and a status each out. */
import { used } from './climb';
import { cached, cacheRow } from './free-step';
import { alloc } from './memory';
import { covariance, damped, openRefit, refit, scoresRoom, SE_CLUSTER, SE_NONE, theta } from './refit';
import { Draw, newDraw } from './replicate';
import { orthogonalise } from './orthogonal';
import { Clusters, offsetAt } from './resample-cache';
import { drawCounts, startStream } from './rng';
import { standardise, toUser } from './scale';
import { BAD_INPUT, checkRows, get, newTask, OK, OLS, OUT_OF_MEMORY, POISSON_BOUNDARY, put, Task } from './task';

let task: Task | null = null;
let clusters: Clusters | null = null;
let draw: Draw | null = null;
let counts: usize = 0;

/**
 * Takes a problem whose rows (and groups) are sorted by cluster; pointers as for `prepare`. `rowOf` and `groupOf` (0 for row models) hold
 * count + 1 offsets, `optimum` p user's coefficients; `boundary` is 1 where they are at the Poisson boundary. Returns a status.
 */
export function resampleOpen(
  model: i32, n: i32, k: i32, g: i32, y: usize, x: usize, offset: usize, w: usize, group: usize, count: i32, rowOf: usize,
  groupOf: usize, optimum: usize, boundary: i32, method: i32, tol: f64, maxIter: i32,
): i32 {
  const t = newTask(model, n, k);
  const room = alloc(<f64>offsetof<Clusters>());
  counts = alloc(<f64>count * 4);
  draw = newDraw(count);
  if (!t || !room || !counts || draw == null) return OUT_OF_MEMORY;
  task = t;
  t.g = g;
  t.y = y;
  t.x = x;
  t.offset = offset;
  t.w = w;
  t.group = group;
  const s = changetype<Clusters>(room);
  clusters = s;
  s.count = count;
  s.row = rowOf;
  s.group = groupOf;
  let status = checkRows(t);
  if (!status) status = standardise(t, true);
  if (!status && model != OLS && !orthogonalise(t)) return OUT_OF_MEMORY;
  return status ? status : openRefit(t, s, optimum, boundary != 0, method, tol, maxIter);
}

/** How often each of `count` clusters is drawn in pairs replicate (low, high): `count` integers. */
export function resampleDraw(seedLow: u32, seedHigh: u32, low: u32, high: u32, count: i32, out: usize): void {
  startStream(seedLow, seedHigh, 0, low, high);
  drawCounts(count, out);
}

/**
 * Refits `count` replicates: with the weights of `given` (count × clusters), or, where that is 0, pairs replicates from (low, high)
 * on. Outputs as in ReplicateBatch; `se` is 0 where `kind` is SE_NONE. Returns OUT_OF_MEMORY where room for scores is missing.
 */
export function resampleRun(
  given: usize, seedLow: u32, seedHigh: u32, low: u32, high: u32, count: i32, coef: usize, status: usize, fallback: usize,
  iterations: usize, kind: i32, se: usize,
): i32 {
  const t = task!;
  if (kind == SE_CLUSTER && !scoresRoom()) return OUT_OF_MEMORY;
  for (let r = 0; r < count; r++) {
    let result: i32 = OK;
    if (given) result = takeWeights(given + ((<usize>r * clusters!.count) << 3));
    else {
      const now = low + <u32>r;
      resampleDraw(seedLow, seedHigh, now, now < low ? high + 1 : high, clusters!.count, counts);
      takeCounts();
    }
    const wrong = result != OK;
    if (!wrong) result = refit(draw!, kind);
    store<u8>(status + <usize>r, <u8>result);
    store<u8>(fallback + <usize>r, <u8>(damped && !wrong));
    store<u8>(iterations + <usize>r, <u8>(wrong ? 0 : min(used, 255)));
    report(t, result == OK || result == POISSON_BOUNDARY, coef + ((<usize>r * t.p) << 3), kind, se + ((<usize>r * t.p) << 3));
  }
  return OK;
}

function report(t: Task, good: bool, coef: usize, kind: i32, se: usize): void {
  if (good) toUser(t, theta, coef);
  else for (let j = 0; j < t.p; j++) put(coef, j, NaN);
  if (kind == SE_NONE) return;
  for (let j = 0; j < t.p; j++) put(se, j, good ? sqrt(max(get(covariance, j * t.p + j), 0.0)) : NaN);
}

function takeCounts(): void {
  const d = draw!;
  d.count = 0;
  for (let c = 0; c < clusters!.count; c++) {
    const m = offsetAt(counts, c);
    if (m > 0) take(d, c, <f64>m);
  }
}

function takeWeights(given: usize): i32 {
  const d = draw!;
  d.count = 0;
  for (let c = 0; c < clusters!.count; c++) {
    const m = get(given, c);
    if (!(m >= 0 && m < Infinity)) return BAD_INPUT;
    if (m > 0) take(d, c, m);
  }
  return d.count > 0 ? OK : BAD_INPUT;
}

// @ts-ignore: decorator
@inline
function take(d: Draw, c: i32, m: f64): void {
  const at = <usize>d.count << 2;
  store<i32>(d.list + at, c);
  put(d.weights, d.count, m);
  if (cached()) store<u32>(d.rows + at, <u32>cacheRow(c));
  d.count++;
}
