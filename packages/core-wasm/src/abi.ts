/**
 * The ABI: every kernel that JavaScript can call, its shapes and its status codes.
 *
 * Inputs and outputs are plain typed arrays; nothing here throws for bad numbers: a kernel returns a {@link Status}.
 * Matrices are row-major. n rows, k columns of x, g groups, p = k + number of auxiliary parameters.
 */
import type { AbsorbKernels } from './abi-absorb.ts';
import type { ResampleKernels } from './abi-resample.ts';

/** Estimators of the core. Field names as in docs/methods.md. */
export type KernelModel =
  | 'ols'
  | 'poisson'
  | 'nb1'
  | 'nb2'
  | 'nb-fe'
  | 'nb-re'
  | 'poisson-re'
  | 'frontier'
  | 'poisson-frontier'
  | 'nb-frontier';

/** What a kernel says about its own result; 0 is success. The order is part of the ABI. */
export enum Status {
  ok = 0,
  /** maxIter was reached with a scaled gradient above tol. */
  noConvergence = 1,
  /** The negative Hessian is not positive definite at the last point: not a maximum, or not identified. */
  notPositiveDefinite = 2,
  /** A non-finite number in y, x, offset or weights. */
  badInput = 3,
  /** |η| left the range where exp(η) is a finite double (beyond ±700). */
  etaOverflow = 4,
  /** y is negative or not an integer where the model counts. */
  notCount = 5,
  /**
   * The dispersion ran to its boundary (nb1, nb2, poisson-re; α, δ → 0): the Poisson model is the supremum. Coefficients,
   * log-likelihood, vcov and scores are the Poisson ones; the last coefficient is LN_BOUNDARY (−40, α = 4e-18: read it as
   * α = 0) and its row and column of vcov and scores are 0. Frontiers: σ_u → 0, the model without inefficiency is the supremum;
   * ln σ_u is LN_BOUNDARY, the other parameters of u are 0, and so are their rows and columns.
   */
  poissonBoundary = 6,
  /**
   * nb-re: ln r or ln s ran off to infinity; nb-fe: the constant did (counts no more dispersed than multinomial ones, so FE
   * Poisson is the limit). The likelihood has no interior maximum.
   */
  noInteriorMaximum = 7,
  /** Linear memory could not grow to what the problem needs. */
  outOfMemory = 8,
  /** No step along the Newton direction improves the log-likelihood and the gradient is not small. */
  stepFailed = 9,
  /** Some coefficient grows without bound: a combination of regressors is 0 where y > 0 and has one sign where y = 0. */
  separated = 10,
}

/**
 * What a frontier is beside its rows. Parameters of frontier: β, ln σ_v, ln σ_w (random), ln σ_u, δ (truncated-normal), η (decay); of the count frontiers:
 * β, ln α (nb-frontier), ln σ_v (noise), ln σ_u.
 */
export interface FrontierShape {
  /** Law of u; truncated-normal with frontier only. */
  law: 'half-normal' | 'exponential' | 'truncated-normal';
  /** One u a unit (groups of the problem) in place of one a row. */
  units?: boolean;
  /** truncated-normal: n × m regressors of its location, the constant included; one u a row only, or one column of ones. */
  z?: Float64Array;
  m?: number;
  /** n distances to the unit's last period, t − T: u falls as exp(−η (t − T)) (frontier with units). */
  decay?: Float64Array;
  /** Count frontiers: normal noise v beside u in the linear predictor. */
  noise?: boolean;
  /**
   * frontier: a normal effect w of the unit beside v and u of each row; half-normal or exponential. Where σ_w → 0 the frontier of rows is
   * the supremum: the status is that of its fit, ln σ_w is LN_BOUNDARY and its row and column of vcov and scores are 0.
   */
  random?: boolean;
  /** Count frontiers, and random: nodes of the quadrature, a multiple of 4, at most 512. Default 32. */
  nodes?: number;
  /** Fits: the model without inefficiency (with the noise, if any), as at the boundary: {@link Status.poissonBoundary}. */
  baseOnly?: boolean;
}

/** One estimation problem. Rows are sorted so that each group is contiguous. */
export interface Problem {
  n: number;
  k: number;
  /** n outcomes. */
  y: Float64Array;
  /** n × k regressors, row-major, the constant included as a column of ones where it is wanted. */
  x: Float64Array;
  /** n; added to η with coefficient 1. */
  offset?: Float64Array;
  /**
   * n weights ≥ 0. ols, poisson, nb1, nb2: a weight multiplies the row's log-likelihood (ols: its squared residual). nb-fe,
   * nb-re, poisson-re: equal for all rows of a group (the first row's is read), it multiplies the group's log-likelihood;
   * an integer m means the group m times. Scores carry the weight once.
   */
  weights?: Float64Array;
  /** g + 1 offsets: group i holds rows groupStart[i] … groupStart[i + 1] − 1. Required by nb-fe, nb-re and poisson-re. */
  groupStart?: Int32Array;
  /** Frontiers only. */
  frontier?: FrontierShape;
}

export interface KernelOptions {
  /**
   * Convergence: scaled gradient √(g'H⁻¹g) ≤ tol. Default 1e-10. Also ok: a Newton step at rounding level, or a scaled
   * gradient that rounding keeps from falling (only with counts of 10⁹ and more); `scaledGradient` then says how much is left.
   */
  tol?: number;
  /** Newton iterations from one start. Default 100. */
  maxIter?: number;
  /**
   * p starting values in the user's scale; default: the model's own start. A search that gets lost on a plateau far out is
   * repeated from halfway to the default start, at most four times; iterations count all of them.
   */
  start?: Float64Array;
  /** Whether scores are wanted; without them `scores` is empty and n × p numbers are saved. Default true. */
  scores?: boolean;
}

/** Result of one estimation from one start. All arrays are copies: they stay valid after the next call. */
export interface KernelFit {
  status: Status;
  iterations: number;
  /** p = k + aux: β, then the auxiliaries as estimated (nb1 ln δ; nb2 and poisson-re ln α; nb-re ln r, ln s; {@link FrontierShape}). */
  coef: Float64Array;
  /** Log-likelihood with all constants (ols: the Gaussian one at σ² = RSS/n). */
  loglik: number;
  /** p × p inverse of the negative Hessian at coef (ols: (X'WX)⁻¹, without σ²). */
  vcov: Float64Array;
  /** rows × p scores: per observation (scoreBy 'row') or per group ('group': nb-fe, nb-re, poisson-re); ols: w·e·x. */
  scores: Float64Array;
  scoreBy: 'row' | 'group';
  /** n linear predictors, offset included. */
  eta: Float64Array;
  /** √(g'H⁻¹g) at coef: how far, in standard errors, the optimum can still be. */
  scaledGradient: number;
  /** 2-norm condition number of the negative Hessian after internal scaling of x. */
  hessianCondition: number;
}

/** Result of {@link Kernels.rank}: which columns of x are linear combinations of earlier ones. */
export interface RankResult {
  rank: number;
  /** k flags: 1 keeps the column, 0 is collinear with kept columns to its left. */
  keep: Uint8Array;
}

export interface SymEigen {
  /** k eigenvalues, ascending. */
  values: Float64Array;
  /** k × k, eigenvector j in column j (row-major storage). */
  vectors: Float64Array;
}

/** Special functions that tests and callers may evaluate elementwise; each states its error in ulp in assembly/. */
export type SpecialFunction =
  | 'exp'
  | 'log'
  | 'log1p'
  | 'lgamma'
  | 'digamma'
  | 'trigamma'
  /** ln Φ(z) + z²/2 and its first two derivatives; with frontiers only. */
  | 'normalW'
  | 'normalK'
  | 'normalC';

/** The typed calls. One instance owns one linear memory; it is not re-entrant and not shared between workers. */
export interface Kernels extends AbsorbKernels, ResampleKernels {
  /** Fits one model. Never throws for numbers; see {@link Status}. */
  fit(model: KernelModel, problem: Problem, options?: KernelOptions): KernelFit;
  /**
   * Log-likelihood, p gradient and p × p Hessian of a count model at theta, in the user's scale (for tests, certificates and
   * profiles). ols: badInput. A status other than ok comes with −Infinity and zeros.
   */
  evaluate(
    model: KernelModel,
    problem: Problem,
    theta: Float64Array,
  ): { status: Status; loglik: number; gradient: Float64Array; hessian: Float64Array };
  /**
   * Inefficiency of each row of a frontier given the data at theta: n × 4 numbers E(u), E(e⁻ᵘ) and the limits between which e⁻ᵘ lies with
   * probability `level` (rows of a unit repeat it); with `random` n numbers E(w) follow. undefined where theta is out of range.
   */
  efficiency(model: KernelModel, problem: Problem, theta: Float64Array, level: number): Float64Array | undefined;
  /**
   * Rank-revealing pass over the columns of x in their order (weighted where weights are given). A column is kept if its part
   * outside the span of the kept ones to its left is longer than tol (default 1e-9) times the column, centred once a constant
   * is kept. Throws a RangeError only where memory is short, as crossprod does.
   */
  rank(n: number, k: number, x: Float64Array, weights?: Float64Array, tol?: number): RankResult;
  /** X'WX (k × k, symmetric, full). */
  crossprod(n: number, k: number, x: Float64Array, weights?: Float64Array): Float64Array;
  /** Inverse of a symmetric positive definite k × k matrix by Cholesky; undefined where it is not positive definite. */
  inverse(k: number, a: Float64Array): Float64Array | undefined;
  /** Eigen decomposition of a symmetric k × k matrix (cyclic Jacobi). */
  symEigen(k: number, a: Float64Array): SymEigen;
  /** f(x) elementwise. */
  special(name: SpecialFunction, x: Float64Array): Float64Array;
  /**
   * Differences at integer steps: order 0: lnΓ(x+y) − lnΓ(x); 1: ψ(x+y) − ψ(x); 2: ψ′(x+y) − ψ′(x); x > 0, y ≥ 0 integer.
   * Never formed as a difference of two lgamma values.
   */
  gammaDifference(order: 0 | 1 | 2, x: Float64Array, y: Float64Array): Float64Array;
}
