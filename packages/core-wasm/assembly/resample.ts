/**
 * The replicate loop: cluster weights → refit from the full-sample optimum → p numbers and a status.
 *
 * The first step costs no look at the data: with sₖ, Hₖ, Tₖ the clusters' scores, Hessians and third derivatives at the optimum θ̂ and w
 * their weights, N = −Σ w H and g = Σ w s give d = N⁻¹g (one-step), and N⁻¹(g + ½ Σ w T[d, d]) is good to O(d³) (second-order).
 * Newton steps without the likelihood follow on the rows of the replicate until the error that the last two steps predict is
 * below `tol`. A replicate for which this does not end well goes the damped way of fit.ts, and says so.
 */
import {
  accumulate, cacheClusters, Clusters, contract, derivatives, lowLength, offsetAt, shiftHessian, tensorLength,
} from './resample-cache';
import { largestCount } from './boundary';
import { maximise } from './fit';
import { cholesky, choleskyInverse, choleskySolve } from './matrix';
import { nbfeDerivatives, nbfeRoom, nbfeScore } from './nbfe';
import { gatherLayout, layOut, Layout } from './nbfe-layout';
import { alloc, allocZeros, mark, reset } from './memory';
import { fitOls } from './ols';
import { gather, roomLike } from './replicate';
import { drawCounts, startStream } from './rng';
import { covarianceToUser, standardise, toInternal, toUser } from './scale';
import { clusterCovariance, sandwichRoom } from './sandwich';
import {
  BAD_INPUT, byGroup, checkRows, dispersed, ETA_OVERFLOW, get, NB_FE, NB_RE, newTask, NO_CONVERGENCE, NOT_POSITIVE_DEFINITE, OK, OLS, OUT_OF_MEMORY,
  POISSON_BOUNDARY, put, SEPARATED, Task,
} from './task';
import { log1 } from './vmath';

/** Same order as ResampleMethod in src/abi-resample.ts. */
const EXACT = 0;
const SECOND_ORDER = 1;

/** Same order as ReplicateOptions.se. */
const SE_NONE = 0;
const SE_CLUSTER = 2;

/** Pivots of −H below this share of their diagonal entry are left to the damped path. */
const PIVOT: f64 = 1e-10;
/** As PIVOT for normal equations, which the full QR of ols.ts does not need. */
const SQUARES_PIVOT: f64 = 1e-6;
/** Contraction above which a score alone does not do. */
const SLOW: f64 = 0.05;
const FIRST: f64 = 3;
/** No step of the fast path may be longer, in the standardised scale. */
const LONGEST: f64 = 4;
/** ln α below this less the log of the largest count, |ln r| or |ln s| above RUNAWAY: for the damped path to judge. */
const FLOOR: f64 = -10;
const RUNAWAY: f64 = 15;
/** Tolerance of the damped path. */
const DAMPED: f64 = 1e-11;
/** Bytes that cached third derivatives may take in the exact method. */
const TENSOR_ROOM: f64 = 67108864;

let whole: Task | null = null;
let part: Task | null = null;
let clusters: Clusters | null = null;
/** nb-fe: the rows for the fast evaluation, or null where groups.ts has to do. */
let layout: Layout | null = null;
let method: i32 = EXACT;
let tol: f64 = 0;
let maxIter: i32 = 0;
/** Full-sample optimum: internal, and the user's. */
let optimum: usize = 0;
let userOptimum: usize = 0;
/** Clusters × stride cached doubles, or 0; third derivatives among them; squares per cluster (ols). */
let cache: usize = 0;
let stride: i32 = 0;
let tensor: bool = false;
let floor: f64 = 0;
/** The full sample is at the Poisson boundary: every replicate starts afresh. */
let fresh: bool = false;

/** Of the current replicate: draws, clusters of positive weight with their weights and cache rows. */
let counts: usize = 0;
let list: usize = 0;
let weights: usize = 0;
let rows: usize = 0;
/** Where each of them begins among the rows (groups) of `part`: active + 1 offsets. */
let bounds: usize = 0;
/** Scores of the rows (groups) of `part`, once they are asked for. */
let scores: usize = 0;
let active: i32 = 0;

/** p-vectors and p × p matrices of the current replicate. */
let sums: usize = 0;
let theta: usize = 0;
let step: usize = 0;
let extra: usize = 0;
let free: usize = 0;
let factor: usize = 0;
let covariance: usize = 0;
let start: usize = 0;
/** Evaluations of the current replicate, and whether it went the damped way. */
let used: i32 = 0;
let damped: bool = false;

/**
 * Takes a problem whose rows (and groups) are sorted by cluster; pointers as for `prepare`. `optimumAt` holds p user's coefficients;
 * `groupOf` is 0 for row models. Returns a status.
 */
export function resampleOpen(
  model: i32, n: i32, k: i32, g: i32, y: usize, x: usize, offset: usize, w: usize, group: usize, count: i32, rowOf: usize,
  groupOf: usize, optimumAt: usize, boundary: i32, how: i32, tolerance: f64, steps: i32,
): i32 {
  const t = newTask(model, n, k);
  const s = alloc(<f64>offsetof<Clusters>());
  if (!t || !s) return OUT_OF_MEMORY;
  whole = t;
  t.g = g;
  t.y = y;
  t.x = x;
  t.offset = offset;
  t.w = w;
  t.group = group;
  clusters = changetype<Clusters>(s);
  clusters!.count = count;
  clusters!.row = rowOf;
  clusters!.group = groupOf;
  method = how;
  tol = tolerance;
  maxIter = steps;
  fresh = boundary != 0;
  userOptimum = optimumAt;
  let status = checkRows(t);
  if (!status) status = standardise(t, true);
  if (!status && !room(t)) status = OUT_OF_MEMORY;
  if (status) return status;
  toInternal(t, userOptimum, optimum);
  if (dispersed(model)) floor = FLOOR - log1(largestCount(t));
  if (model == NB_FE && method == EXACT && nbfeRoom(k)) layout = layOut(t, clusters!);
  if (fresh) return method == EXACT ? OK : POISSON_BOUNDARY;
  return fillCache(t);
}

function room(t: Task): bool {
  const p = <f64>t.p;
  const count = <f64>clusters!.count;
  part = roomLike(t);
  counts = alloc(count * 4);
  list = alloc(count * 4);
  weights = alloc(count * 8);
  rows = alloc(count * 4);
  optimum = alloc(p * 8);
  sums = alloc(<f64>(lowLength(t.p) + tensorLength(t.p)) * 8);
  theta = alloc(p * 8);
  step = alloc(p * 8);
  extra = alloc(p * 8);
  free = allocZeros(p);
  start = alloc(p * 8);
  factor = alloc(p * p * 8);
  covariance = alloc(p * p * 8);
  bounds = alloc(count * 4 + 4);
  if (part == null || !counts || !list || !weights || !rows || !bounds || !optimum || !sums || !theta || !step) return false;
  return extra != 0 && free != 0 && start != 0 && factor != 0 && covariance != 0;
}

/**
 * Decides what is worth caching and fills it. Sums over cached entries must cost less than the evaluation that they spare; the
 * approximations and ols have no choice.
 */
function fillCache(t: Task): i32 {
  const s = clusters!;
  const p = <f64>t.p;
  const evaluation = <f64>t.n * (60 + 0.4 * p * p);
  const low = <f64>s.count * lowLength(t.p);
  const high = <f64>s.count * tensorLength(t.p);
  const cached = method != EXACT || low <= evaluation;
  tensor = t.model != OLS && (method == SECOND_ORDER || (cached && method == EXACT && high <= min(evaluation, TENSOR_ROOM / 8)));
  if (!cached) return derivatives(t, optimum);
  stride = lowLength(t.p) + (tensor ? tensorLength(t.p) : 0);
  cache = allocZeros(<f64>s.count * stride);
  if (!cache) return OUT_OF_MEMORY;
  return cacheClusters(t, s, optimum, cache, stride, tensor);
}

/** How often each cluster is drawn in pairs replicate (low, high). */
export function resampleDraw(seedLow: u32, seedHigh: u32, low: u32, high: u32, out: usize): void {
  startStream(seedLow, seedHigh, 0, low, high);
  drawCounts(clusters!.count, out);
}

/**
 * Refits `count` replicates: with the weights of `given` (count × clusters), or, where that is 0, pairs replicates from (low, high)
 * on. Outputs as in ReplicateBatch; `se` is 0 where `kind` is SE_NONE. Returns OUT_OF_MEMORY where room for scores is missing.
 */
export function resampleRun(
  given: usize, seedLow: u32, seedHigh: u32, low: u32, high: u32, count: i32, coef: usize, status: usize, fallback: usize,
  iterations: usize, kind: i32, se: usize,
): i32 {
  const t = whole!;
  if (kind == SE_CLUSTER && scores == 0) {
    scores = alloc(<f64>(byGroup(t.model) ? t.g : t.n) * t.p * 8);
    if (!scores || !sandwichRoom(t.p)) return OUT_OF_MEMORY;
  }
  const bytes = <usize>t.p << 3;
  for (let r = 0; r < count; r++, coef += bytes, se += kind == SE_NONE ? 0 : bytes) {
    let result: i32 = OK;
    if (given) result = takeWeights(given + ((<usize>r * clusters!.count) << 3));
    else {
      const now = low + <u32>r;
      resampleDraw(seedLow, seedHigh, now, now < low ? high + 1 : high, counts);
      takeCounts();
    }
    used = 0;
    damped = false;
    if (!result) result = refit(t, kind);
    store<u8>(status + <usize>r, <u8>result);
    store<u8>(fallback + <usize>r, <u8>damped);
    store<u8>(iterations + <usize>r, <u8>min(used, 255));
    const good = result == OK || result == POISSON_BOUNDARY;
    if (good) toUser(t, theta, coef);
    for (let j = 0; j < t.p && !good; j++) put(coef, j, NaN);
    for (let j = 0; j < t.p && kind != SE_NONE; j++) put(se, j, good ? sqrt(max(get(covariance, j * t.p + j), 0.0)) : NaN);
  }
  return OK;
}

function takeCounts(): void {
  active = 0;
  const all = clusters!.count;
  for (let c = 0; c < all; c++) {
    const m = load<i32>(counts + (<usize>c << 2));
    if (m > 0) take(c, <f64>m);
  }
}

function takeWeights(given: usize): i32 {
  active = 0;
  const all = clusters!.count;
  for (let c = 0; c < all; c++) {
    const m = get(given, c);
    if (!(m >= 0 && m < Infinity)) return BAD_INPUT;
    if (m > 0) take(c, m);
  }
  return active > 0 ? OK : BAD_INPUT;
}

// @ts-ignore: decorator
@inline
function take(c: i32, m: f64): void {
  store<i32>(list + (<usize>active << 2), c);
  put(weights, active, m);
  store<u32>(rows + (<usize>active << 2), cache + ((<usize>c * stride) << 3));
  active++;
}

/** theta = optimum + the step of the head of this file; false where N is not safely positive definite. */
function freeStep(t: Task): bool {
  const p = t.p;
  accumulate(rows, weights, active, 0, stride, sums);
  let at = sums + (<usize>p << 3);
  for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++, at += 8) put(factor, i * p + j, load<f64>(at));
  if (!cholesky(factor, p, factor, t.model == OLS ? SQUARES_PIVOT : PIVOT)) return false;
  choleskySolve(factor, p, sums, step);
  if (tensor) {
    // d = N⁻¹(g + ½T[d₁, d₁]), then a Newton step on g − Nd + ½T[d, d] = 0, where ½(T[d, d] − T[d₁, d₁]) is left
    const third = sums + (<usize>lowLength(p) << 3);
    contract(third, p, step, start);
    choleskySolve(factor, p, start, extra);
    if (method == SECOND_ORDER || largest(extra, p) <= largest(step, p))
      for (let j = 0; j < p; j++) put(step, j, get(step, j) + get(extra, j));
    contract(third, p, step, extra);
    for (let j = 0; j < p; j++) put(extra, j, get(extra, j) - get(start, j));
    at = sums + (<usize>p << 3);
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++, at += 8) put(factor, i * p + j, load<f64>(at));
    shiftHessian(third, p, step, factor);
    if (cholesky(factor, p, factor, PIVOT)) {
      choleskySolve(factor, p, extra, extra);
      if (largest(extra, p) <= largest(step, p)) for (let j = 0; j < p; j++) put(step, j, get(step, j) + get(extra, j));
    }
  }
  memory.copy(free, step, <usize>p << 3);
  for (let j = 0; j < p; j++) put(theta, j, get(optimum, j) + get(step, j));
  return true;
}

/** Newton's method from theta on the rows of the replicate, without the likelihood; false where the damped path has to judge. */
function climb(c: Task): bool {
  const p = c.p;
  let before: f64 = 0;
  while (used < maxIter) {
    if (derivatives(c, theta)) return false;
    used++;
    if (!cholesky(c.neg, p, factor, c.model == OLS ? SQUARES_PIVOT : PIVOT)) return false;
    choleskySolve(factor, p, c.grad, step);
    for (let j = 0; j < p; j++) put(theta, j, get(theta, j) + get(step, j));
    if (c.model == OLS) return true;
    const size = largest(step, p);
    if (!(size < LONGEST) || strayed(c)) return false;
    const curvature = before > 0 ? min(max(size / (before * before), 1.0), 1e4) : 10.0;
    if (size * size * curvature <= tol) return true;
    before = size;
  }
  return false;
}

/**
 * As {@link climb} on the fast evaluation. One −Hessian, moved along its own step by the third derivatives, serves the scores of the
 * following steps. ETA_OVERFLOW: for groups.ts.
 */
function climbFast(c: Task, s: Layout): i32 {
  const p = c.p;
  let before: f64 = 0;
  let whole = true;
  let contraction: f64 = 0;
  while (used < maxIter) {
    const status = whole ? nbfeDerivatives(c, s, theta) : nbfeScore(c, s, theta);
    if (status) return status;
    used++;
    if (whole && !cholesky(c.neg, p, factor, PIVOT)) return NOT_POSITIVE_DEFINITE;
    choleskySolve(factor, p, c.grad, step);
    if (whole && tensor) bend(c, 0.5);
    for (let j = 0; j < p; j++) put(theta, j, get(theta, j) + get(step, j));
    const size = largest(step, p);
    if (!(size < LONGEST) || strayed(c)) return NO_CONVERGENCE;
    const ratio = before > 0 ? size / before : 0;
    if (whole) {
      const curvature = before > 0 ? min(max(size / (before * before), 1.0), 1e4) : 10.0;
      if (size * size * curvature <= tol) return OK;
      whole = size > SLOW || !moveHessian(c);
      contraction = 0;
    } else {
      // a chord step contracts as the one before it; the first one, at most as Newton's own step did
      contraction = contraction > 0 ? ratio : FIRST * ratio;
      if (size * contraction <= tol || size <= 1e-14) return OK;
      whole = ratio > SLOW;
    }
    before = size;
  }
  return NO_CONVERGENCE;
}

/** Adds to a Newton step what the third derivatives say about it (Chebyshev's step), unless that is more than `most` of it. */
function bend(c: Task, most: f64): void {
  const p = c.p;
  contract(sums + (<usize>lowLength(p) << 3), p, step, extra);
  choleskySolve(factor, p, extra, extra);
  if (!(largest(extra, p) <= most * largest(step, p))) return;
  for (let j = 0; j < p; j++) put(step, j, get(step, j) + get(extra, j));
}

/** The factor of −H one step on, by the third derivatives of the replicate; false where it is not positive definite. */
function moveHessian(c: Task): bool {
  if (!tensor) return true;
  shiftHessian(sums + (<usize>lowLength(c.p) << 3), c.p, step, c.neg);
  return cholesky(c.neg, c.p, factor, PIVOT);
}

function largest(a: usize, p: i32): f64 {
  let m: f64 = 0;
  for (let j = 0; j < p; j++) m = max(m, abs(get(a, j)));
  return m;
}

/** Far from the full-sample optimum, or where an auxiliary may be on its way to a boundary. */
function strayed(c: Task): bool {
  for (let j = 0; j < c.p; j++) if (!(abs(get(theta, j) - get(optimum, j)) < 2 * LONGEST)) return true;
  if (dispersed(c.model)) return get(theta, c.k) < floor;
  return c.model == NB_RE && max(abs(get(theta, c.k)), abs(get(theta, c.k + 1))) > RUNAWAY;
}

function refit(t: Task, kind: i32): i32 {
  const c = part!;
  if (kind != SE_NONE && method != EXACT && t.model != OLS) return BAD_INPUT;
  memory.copy(theta, optimum, <usize>t.p << 3);
  let started = !fresh && (cache == 0 || freeStep(t));
  let settled = cache != 0 && (t.model == OLS || method != EXACT);
  if (settled && started && kind == SE_NONE) return OK;
  if (method != EXACT && t.model != OLS) return NOT_POSITIVE_DEFINITE;
  if (started && layout) {
    gatherLayout(layout!, list, weights, active);
    const status = climbFast(c, layout!);
    if (status == OK && kind == SE_NONE) return OK;
    started = status == ETA_OVERFLOW;
    if (started) for (let j = 0; j < c.p; j++) put(theta, j, get(optimum, j) + get(free, j));
    settled = status == OK;
    started = started || settled;
  }
  gather(t, c, clusters!, list, weights, active, bounds);
  if (c.n == 0) return NOT_POSITIVE_DEFINITE;
  if (!started || !(settled || climb(c))) return refitDamped(c, kind);
  if (kind == SE_NONE) return OK;
  c.scores = kind == SE_CLUSTER ? scores : 0;
  const status = derivatives(c, theta);
  c.scores = 0;
  if (status) return status;
  if (!cholesky(c.neg, c.p, factor, 0)) return NOT_POSITIVE_DEFINITE;
  choleskyInverse(factor, c.p, covariance);
  finishCovariance(c, kind, -2 * c.loglik);
  return OK;
}

/** The way of Kernels.fit: from the optimum of the full sample, and, where that gets nowhere, from the model's own start. */
function refitDamped(c: Task, kind: i32): i32 {
  damped = true;
  const top = mark();
  const wanted = kind == SE_CLUSTER ? scores : 0;
  let status: i32;
  if (c.model == OLS) {
    used = 1;
    status = fitOls(c, theta, covariance, wanted);
  } else {
    memory.copy(start, userOptimum, <usize>c.p << 3);
    status = maximise(c, fresh ? 0 : start, DAMPED, 100, theta, covariance, wanted);
    used += c.iterations;
    if (!fresh && status != OK && status != POISSON_BOUNDARY && status != SEPARATED) {
      reset(top);
      status = maximise(c, 0, DAMPED, 100, theta, covariance, wanted);
      used += c.iterations;
    }
  }
  reset(top);
  c.scores = 0;
  if (kind == SE_NONE || (status != OK && status != POISSON_BOUNDARY)) return status;
  if (c.model != OLS) finishCovariance(c, kind, 0);
  else {
    const failed = derivatives(c, theta);
    if (failed) return failed;
    finishCovariance(c, kind, -2 * c.loglik);
  }
  return status;
}

/** From the inverse information of c in `covariance`, and its scores, to the covariance asked for in the user's scale. */
function finishCovariance(c: Task, kind: i32, rss: f64): void {
  const p = c.p;
  if (kind == SE_CLUSTER) clusterCovariance(p, scores, bounds, weights, active, covariance);
  else if (c.model == OLS) {
    let observations: f64 = 0;
    for (let a = 0; a < active; a++)
      for (let i = offsetAt(bounds, a); i < offsetAt(bounds, a + 1); i++) if (get(c.w, i) > 0) observations += get(weights, a);
    const s2 = observations > p ? rss / (observations - p) : NaN;
    for (let i = 0; i < p * p; i++) put(covariance, i, s2 * get(covariance, i));
  }
  covarianceToUser(whole!, covariance);
}
