/** One replicate: cluster weights → coefficients, status and, where they are wanted, a covariance. */
import { climb, climbFast, climbRoom, setUsed, used } from './climb';
import { Clusters, derivatives, offsetAt } from './resample-cache';
import { maximise } from './fit';
import { cached, EXACT, freeStep, openCache } from './free-step';
import { cholesky, choleskyInverse } from './matrix';
import { alloc, mark, reset } from './memory';
import { nbfeRoom } from './nbfe';
import { gatherLayout, layOut, Layout } from './nbfe-layout';
import { fitOls } from './ols';
import { Draw, gather, roomLike } from './replicate';
import { clusterCovariance, sandwichRoom } from './sandwich';
import { covarianceToUser, toInternal } from './scale';
import { spanned } from './spanned';
import {
  BAD_INPUT, byGroup, ETA_OVERFLOW, get, NB_FE, NOT_POSITIVE_DEFINITE, OK, OLS, OUT_OF_MEMORY, POISSON_BOUNDARY, put, SEPARATED,
  Task,
} from './task';

/** Same order as ReplicateOptions.se. */
export const SE_NONE = 0;
export const SE_CLUSTER = 2;

/** Tolerance and iterations of the damped path. */
const DAMPED: f64 = 1e-11;
const DAMPED_STEPS = 100;

let whole: Task | null = null;
let part: Task | null = null;
let clusters: Clusters | null = null;
/** nb-fe: the rows for the fast evaluation, or null where groups.ts has to do. */
let layout: Layout | null = null;
let method: i32 = EXACT;
/** The full sample is at the Poisson boundary: every replicate starts afresh. */
let fresh: bool = false;
/** Full-sample optimum: internal, and the user's. */
let optimum: usize = 0;
let userOptimum: usize = 0;
let start: usize = 0;
let step: usize = 0;
let factor: usize = 0;
/** Scores of the rows (groups) of `part`, once they are asked for. */
let scores: usize = 0;

/** Results of {@link refit}: internal coefficients, the user's covariance, and whether it went the damped way. */
export let theta: usize = 0;
export let covariance: usize = 0;
export let damped: bool = false;

/** Prepares refits of t (standardised, sorted by cluster) from the user's optimum. Returns a status. */
export function openRefit(
  t: Task, s: Clusters, optimumAt: usize, boundary: bool, how: i32, tol: f64, maxIter: i32,
): i32 {
  const p = <f64>t.p;
  whole = t;
  clusters = s;
  method = how;
  fresh = boundary;
  userOptimum = optimumAt;
  part = roomLike(t);
  optimum = alloc(p * 8);
  start = alloc(p * 8);
  step = alloc(p * 8);
  theta = alloc(p * 8);
  factor = alloc(p * p * 8);
  covariance = alloc(p * p * 8);
  if (part == null || !optimum || !start || !step || !theta || !factor || !covariance) return OUT_OF_MEMORY;
  if (!climbRoom(t, optimum, tol, maxIter)) return OUT_OF_MEMORY;
  toInternal(t, userOptimum, optimum);
  if (fresh) return method == EXACT ? OK : POISSON_BOUNDARY;
  if (t.model == NB_FE && method == EXACT && nbfeRoom(t.k)) layout = layOut(t, s);
  const status = openCache(t, s, optimum, method);
  return status || cached() ? status : derivatives(t, optimum);
}

/** Room for scores; false where memory is short. */
export function scoresRoom(): bool {
  const t = whole!;
  if (scores) return true;
  scores = alloc(<f64>(byGroup(t.model) ? t.g : t.n) * t.p * 8);
  return scores != 0 && sandwichRoom(t.p);
}

/** Status of the replicate with the weights of `draw`; {@link theta} and, for `kind` other than SE_NONE, {@link covariance}. */
export function refit(draw: Draw, kind: i32): i32 {
  const t = whole!;
  const c = part!;
  const approximate = method != EXACT && t.model != OLS;
  damped = false;
  setUsed(0);
  if (approximate && kind != SE_NONE) return BAD_INPUT;
  const started = !fresh && (!cached() || freeStep(draw, t.model, step));
  if (started) depart(t);
  if (approximate) return started ? OK : NOT_POSITIVE_DEFINITE;
  if (started && cached() && t.model == OLS && kind == SE_NONE) return OK;
  let status: i32 = started ? ETA_OVERFLOW : NOT_POSITIVE_DEFINITE;
  if (started && layout) {
    gatherLayout(layout!, draw);
    status = climbFast(c, layout!, theta);
    if (status == OK && kind == SE_NONE) return OK;
    if (status == ETA_OVERFLOW) depart(t);
  }
  gather(t, c, clusters!, draw);
  if (c.n == 0) return NOT_POSITIVE_DEFINITE;
  if (status == ETA_OVERFLOW) status = t.model == OLS && cached() ? OK : climb(c, theta);
  if (status) return refitDamped(c, draw, kind);
  return kind == SE_NONE ? OK : informationAt(c, draw, kind);
}

/** theta = the optimum of the full sample, one free step on where there is one. */
function depart(t: Task): void {
  for (let j = 0; j < t.p; j++) put(theta, j, get(optimum, j) + (cached() ? get(step, j) : 0));
}

/** The way of Kernels.fit: from the optimum of the full sample, and, where that gets nowhere, from the model's own start. */
function refitDamped(c: Task, draw: Draw, kind: i32): i32 {
  damped = true;
  const top = mark();
  const wanted = kind == SE_CLUSTER ? scores : 0;
  let status: i32;
  if (c.model == OLS) {
    setUsed(1);
    status = fitOls(c, theta, covariance, wanted);
  } else if (spanned(c)) status = NOT_POSITIVE_DEFINITE;
  else {
    memory.copy(start, userOptimum, <usize>c.p << 3);
    status = maximise(c, fresh ? 0 : start, DAMPED, DAMPED_STEPS, theta, covariance, wanted);
    setUsed(used + c.iterations);
    if (!fresh && status != OK && status != POISSON_BOUNDARY && status != SEPARATED) {
      reset(top);
      status = maximise(c, 0, DAMPED, DAMPED_STEPS, theta, covariance, wanted);
      setUsed(used + c.iterations);
    }
  }
  reset(top);
  c.scores = 0;
  if (kind == SE_NONE || (status != OK && status != POISSON_BOUNDARY)) return status;
  if (c.model == OLS) return informationAt(c, draw, kind);
  finishCovariance(c, draw, kind);
  return status;
}

/** Evaluates c at theta and makes the covariance of that. */
function informationAt(c: Task, draw: Draw, kind: i32): i32 {
  c.scores = kind == SE_CLUSTER ? scores : 0;
  const status = derivatives(c, theta);
  c.scores = 0;
  if (status) return status;
  if (!cholesky(c.neg, c.p, factor, 0)) return NOT_POSITIVE_DEFINITE;
  choleskyInverse(factor, c.p, covariance);
  finishCovariance(c, draw, kind);
  return OK;
}

/** From the inverse information of c in `covariance`, and its scores, to the covariance asked for in the user's scale. */
function finishCovariance(c: Task, draw: Draw, kind: i32): void {
  const p = c.p;
  if (kind == SE_CLUSTER) clusterCovariance(p, scores, draw, covariance);
  else if (c.model == OLS) {
    // −2ℓ of squares.ts is RSS
    const s2 = (-2 * c.loglik) / (observations(c, draw) - p);
    for (let i = 0; i < p * p; i++) put(covariance, i, s2 * get(covariance, i));
  }
  covarianceToUser(whole!, covariance);
}

/** Rows with a positive weight of their own, each as often as its cluster. */
function observations(c: Task, draw: Draw): f64 {
  let sum: f64 = 0;
  for (let a = 0; a < draw.count; a++)
    for (let i = offsetAt(draw.bounds, a); i < offsetAt(draw.bounds, a + 1); i++) if (get(c.w, i) > 0) sum += get(draw.weights, a);
  return sum;
}
