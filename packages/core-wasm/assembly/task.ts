/** One estimation problem in memory, in the internal scale; status and model codes. */
import { alloc, allocZeros } from './memory';
import { blockRows, stride } from './matrix';

/** Same order as KernelModel in src/abi.ts. */
export const OLS = 0;
export const POISSON = 1;
export const NB1 = 2;
export const NB2 = 3;
export const NB_FE = 4;
export const NB_RE = 5;
export const POISSON_RE = 6;
export const FRONTIER_GAUSS = 7;
export const POISSON_FRONTIER = 8;
export const NB_FRONTIER = 9;

/** Same numbers as Status in src/abi.ts. */
export const OK = 0;
export const NO_CONVERGENCE = 1;
export const NOT_POSITIVE_DEFINITE = 2;
export const BAD_INPUT = 3;
export const ETA_OVERFLOW = 4;
export const NOT_COUNT = 5;
export const POISSON_BOUNDARY = 6;
export const NO_INTERIOR_MAXIMUM = 7;
export const OUT_OF_MEMORY = 8;
export const STEP_FAILED = 9;
export const SEPARATED = 10;

/** |η| beyond this is refused: exp(η) and its products must stay finite doubles. */
export const ETA_MAX: f64 = 700;

/**
 * Shapes: y, offset, w, eta, lambda n; x n × ld (standardised in place, padding zero); group g + 1; grad p; neg p × p = −H.
 * `offset`, `w`, `group`, `scores` are 0 where absent. Internal model: η = xₛ b + offset with
 * xₛ_j = (x_j − center_j)/scale_j; scales are powers of two; centres are 0 unless a constant column exists.
 */
@unmanaged
export class Task {
  model: i32 = 0;
  n: i32 = 0;
  k: i32 = 0;
  ld: i32 = 0;
  p: i32 = 0;
  g: i32 = 0;
  /** Column that is constant and not zero, or −1. */
  constant: i32 = -1;
  /** Rows per block. */
  block: i32 = 0;
  y: usize = 0;
  x: usize = 0;
  offset: usize = 0;
  w: usize = 0;
  group: usize = 0;
  center: usize = 0;
  scale: usize = 0;
  /** k × k R of orthogonal.ts, or 0 where x is as standardised. */
  basis: usize = 0;
  eta: usize = 0;
  lambda: usize = 0;
  /** Block buffers: e, w, c (block), S and D (block × ld). */
  rowE: usize = 0;
  rowW: usize = 0;
  rowC: usize = 0;
  S: usize = 0;
  D: usize = 0;
  /** ld × ld, and ld-vectors. */
  G: usize = 0;
  b: usize = 0;
  tXe: usize = 0;
  tXc: usize = 0;
  mean: usize = 0;
  sum: usize = 0;
  /** What an evaluation leaves behind. */
  loglik: f64 = 0;
  grad: usize = 0;
  neg: usize = 0;
  /** Rows (or groups) × p internal scores, or 0 where they are not wanted. */
  scores: usize = 0;
  /** Derivatives alone: the log-likelihood is not wanted, and is left at 0. */
  quiet: bool = false;
  /** Constant part of the log-likelihood: −Σ w ln y! and the like. */
  base: f64 = 0;
  /**
   * Frontiers: law of u (composed.ts), n × m regressors z of μ, n distances d to the last period (0: no decay), whether counts have
   * noise v, nodes of the quadrature; frozen: without inefficiency; base only: the fit sought is that without inefficiency.
   */
  law: i32 = 0;
  m: i32 = 0;
  z: usize = 0;
  decay: usize = 0;
  noise: bool = false;
  /** frontier: w ~ N(0, σ_w²) of the unit beside v and u of each row (random-frontier.ts). */
  random: bool = false;
  nodes: i32 = 0;
  frozen: bool = false;
  baseOnly: bool = false;
  /** What a fit leaves behind. */
  iterations: i32 = 0;
  scaledGradient: f64 = 0;
  condition: f64 = 0;
}

let law_: i32 = 0;
let m_: i32 = 0;
let z_: usize = 0;
let decay_: usize = 0;
let noise_: bool = false;
let random_: bool = false;
let nodes_: i32 = 0;
let baseOnly_: bool = false;

/** What a frontier is, for the tasks made from now on; see the fields of {@link Task}. */
export function setShape(law: i32, m: i32, z: usize, decay: usize, noise: bool, random: bool, nodes: i32, baseOnly: bool): void {
  law_ = law;
  m_ = m;
  z_ = z;
  decay_ = decay;
  noise_ = noise;
  random_ = random;
  nodes_ = nodes;
  baseOnly_ = baseOnly;
}

export function isFrontier(model: i32): bool {
  return model >= FRONTIER_GAUSS;
}

/** Auxiliaries of a frontier that stay where there is no inefficiency: ln σ_v and, with an effect, ln σ_w; ln α and, with noise, ln σ_v. */
export function baseAuxiliaries(t: Task): i32 {
  return t.model == FRONTIER_GAUSS ? (t.random ? 2 : 1) : (t.model == NB_FRONTIER ? 1 : 0) + (t.noise ? 1 : 0);
}

/** Number of parameters beside the k coefficients. */
export function auxiliaries(model: i32): i32 {
  if (model == FRONTIER_GAUSS) return 2 + (random_ ? 1 : 0) + (law_ == 2 ? m_ : 0) + (decay_ ? 1 : 0);
  if (isFrontier(model)) return (model == NB_FRONTIER ? 1 : 0) + (noise_ ? 1 : 0) + 1;
  return dispersed(model) ? 1 : model == NB_RE ? 2 : 0;
}

/** Models with one dispersion as their only auxiliary, whose limit at 0 is the Poisson model. */
export function dispersed(model: i32): bool {
  return model == NB1 || model == NB2 || model == POISSON_RE;
}

export function byGroup(model: i32): bool {
  return model >= NB_FE;
}

// @ts-ignore: decorator
@inline
export function get(a: usize, i: i32): f64 {
  return load<f64>(a + (<usize>i << 3));
}
// @ts-ignore: decorator
@inline
export function put(a: usize, i: i32, v: f64): void {
  store<f64>(a + (<usize>i << 3), v);
}

/** Weight of row i; 1 without weights. */
// @ts-ignore: decorator
@inline
export function weight(t: Task, i: i32): f64 {
  return t.w ? get(t.w, i) : 1.0;
}

/** Room for a task; null where memory is short. Data pointers are set by the caller. */
export function newTask(model: i32, n: i32, k: i32): Task | null {
  const at = allocZeros(<f64>offsetof<Task>() / 8 + 1);
  if (!at) return null;
  const t = changetype<Task>(at);
  t.model = model;
  t.n = n;
  t.k = k;
  t.ld = stride(k);
  t.p = k + auxiliaries(model);
  t.constant = -1;
  if (isFrontier(model)) {
    t.law = law_;
    t.m = m_;
    t.z = z_;
    t.decay = decay_;
    t.noise = noise_;
    t.random = random_;
    t.nodes = nodes_;
    t.baseOnly = baseOnly_;
  }
  t.block = blockRows(t.ld);
  const ld = <f64>t.ld;
  const block = <f64>t.block;
  t.center = allocZeros(ld);
  t.scale = allocZeros(ld);
  t.eta = alloc(<f64>n * 8);
  t.rowE = alloc(block * 8);
  t.rowW = alloc(block * 8);
  t.rowC = alloc(block * 8);
  t.S = alloc(block * ld * 8);
  t.D = alloc(block * ld * 8);
  t.G = alloc(ld * ld * 8);
  t.b = allocZeros(ld);
  t.tXe = allocZeros(ld);
  t.tXc = allocZeros(ld);
  t.mean = allocZeros(ld);
  t.sum = allocZeros(ld);
  t.grad = allocZeros(<f64>t.p);
  t.neg = alloc(<f64>t.p * t.p * 8);
  t.lambda = alloc(<f64>(byGroup(model) ? n : t.block) * 8);
  if (!t.center || !t.scale || !t.eta || !t.rowE || !t.rowW || !t.rowC || !t.S || !t.D || !t.G) return null;
  if (!t.b || !t.tXe || !t.tXc || !t.mean || !t.sum || !t.grad || !t.neg || !t.lambda) return null;
  return t;
}

/** BAD_INPUT for a non-finite number or a negative weight; NOT_COUNT where the model needs counts. */
export function checkRows(t: Task): i32 {
  const counts = t.model != OLS && t.model != FRONTIER_GAUSS;
  const integers = counts && t.model > POISSON;
  for (let i = 0; i < t.n; i++) {
    const y = get(t.y, i);
    if (!isFinite(y)) return BAD_INPUT;
    if (counts && y < 0) return NOT_COUNT;
    if (integers && y != Math.floor(y)) return NOT_COUNT;
    if (t.w && !(get(t.w, i) >= 0 && isFinite(get(t.w, i)))) return BAD_INPUT;
    if (t.offset && !isFinite(get(t.offset, i))) return BAD_INPUT;
  }
  return OK;
}
