/** The part of the ABI that absorbs fixed effects: problems, results, and the typed calls. */
import type { KernelFit, RankResult, Status } from './abi.ts';

/** Models that can be fitted with absorbed effects. */
export type AbsorbModel = 'ols' | 'poisson' | 'nb2';

/** Effects of one factor each: n level codes ≥ 0 (gaps allowed), as in Design.fixef. At most 16 factors. */
export type Factors = readonly Int32Array[];

/** One estimation problem with absorbed effects. Rows in any order. */
export interface AbsorbProblem {
  n: number;
  k: number;
  /** n outcomes. */
  y: Float64Array;
  /** n × k regressors, row-major, without a constant and without columns that the effects span; k = 0 is allowed. */
  x: Float64Array;
  /** n; added to η with coefficient 1. */
  offset?: Float64Array;
  /** n row weights ≥ 0: each multiplies the row's log-likelihood (ols: its squared residual). */
  weights?: Float64Array;
  factors: Factors;
}

export interface AbsorbOptions {
  /** Scaled gradient √(g'H⁻¹g) of the reported coefficients. Default 1e-10, or rounding error where that is larger. */
  tol?: number;
  /** Newton iterations. Default 100. */
  maxIter?: number;
  /** Group means left in the within transform, relative to the transformed column. Default 1e-10. */
  withinTol?: number;
  /** Whether row scores are wanted. Default true. */
  scores?: boolean;
  /**
   * Where poisson and nb2 begin: n linear predictors (offset and effects included) and the p coefficients in them; ln α is estimated
   * from them where it is not finite. Default: effects fitted without the regressors.
   */
  start?: { eta: Float64Array; coef: Float64Array };
  /** Whether separated rows are looked for (poisson, nb2). Default true. */
  separation?: boolean;
}

/**
 * Result of one fit with absorbed effects. coef, vcov, scores, eta, loglik as in KernelFit: p = k (nb2: k + 1, ln α last);
 * vcov is the p × p inverse of the observed information with the effects concentrated out (ols: (X̃'WX̃)⁻¹, without σ²);
 * scores are n × p, net of the effects (x̃·score); loglik has all constants.
 */
export interface AbsorbFit extends KernelFit {
  /** ols: weighted residual sum of squares. */
  deviance: number;
  /** Number of estimable effects: see effectsRank. */
  effectsRank: number;
  /** Levels with at least one row, by factor. */
  effectLevels: number[];
  /** Conjugate-gradient steps over all Newton iterations. */
  innerIterations: number;
  /** Largest over columns of √(Σ (group sum)²/group weight) / column norm: how much of the group means is left. */
  withinResidual: number;
  /** With status separated: n flags of the separated rows (leave them out and fit again). */
  separated?: Uint8Array;
  /** With status notPositiveDefinite: k flags, 0 for a column that effects and earlier columns span. */
  keep?: Uint8Array;
}

/** Result of {@link AbsorbKernels.within}. */
export interface WithinResult {
  status: Status;
  /** n × m columns net of the effects. */
  columns: Float64Array;
  iterations: number;
  /** As AbsorbFit.withinResidual. */
  withinResidual: number;
}

/** Why {@link AbsorbKernels.prune} drops a row. */
export enum DropCode {
  kept = 0,
  /** The only row of its level in some factor. */
  singleton = 1,
  /** All y of its level in some factor are 0. */
  allZero = 2,
}
export interface PruneResult {
  /** n {@link DropCode}s. */
  reason: Uint8Array;
  kept: number;
  singletons: number;
  allZero: number;
  /** Passes until nothing more went. */
  rounds: number;
}

export interface SeparationResult {
  status: Status;
  /** n flags. */
  separated: Uint8Array;
  count: number;
}

/** The typed calls; none throws for numbers. */
export interface AbsorbKernels {
  /**
   * Fits with the effects of all factors absorbed. ols: one within transform; poisson, nb2: Newton steps on
   * effects and coefficients together, each by a within transform whose tolerance follows the step (Correia, Guimarães & Zylkin
   * 2020), and a last one at withinTol with the converged weights. Rows of levels with y = 0 throughout make poisson and nb2
   * end with Status.separated: prune first.
   */
  absorbFit(model: AbsorbModel, problem: AbsorbProblem, options?: AbsorbOptions): AbsorbFit;
  /** Weighted within transform of m columns (n × m, row-major). */
  within(
    n: number,
    m: number,
    columns: Float64Array,
    factors: Factors,
    weights?: Float64Array,
    tol?: number,
  ): WithinResult;
  /** Columns of x that the effects and earlier columns span: keep flags as in Kernels.rank (tol: relative length, 1e-9). */
  absorbedRank(
    n: number,
    k: number,
    x: Float64Array,
    factors: Factors,
    weights?: Float64Array,
    tol?: number,
  ): RankResult;
  /**
   * Rank of the dummies of all factors together. One factor: levels; two: levels less connected components (exact); each
   * further factor q adds its levels less the rank of its components against each earlier factor, taken the same way on
   * its levels: exact for nested and crossed gravity effects (e^t + m^t + e^m), else an upper bound (as reghdfe's, never above).
   */
  effectsRank(n: number, factors: Factors): number;
  /** Drops one-row levels and, with y, levels with y = 0 throughout, again and again until none is left. */
  prune(
    n: number,
    factors: Factors,
    options: { singletons: boolean; y?: Float64Array; weights?: Float64Array },
  ): PruneResult;
  /**
   * Rows with y = 0 that some combination of regressors and effects can send to μ = 0 while it leaves all y > 0 rows where they
   * are (Correia, Guimarães & Zylkin 2019): a Poisson fit proposes, the iterative rectifier decides; each flagged row has a
   * certificate z = Xγ + Dα with z = 0 on the kept rows and z > 0 on it. x must hold the constant where it is wanted and there
   * are no factors.
   */
  separation(problem: AbsorbProblem): SeparationResult;
}
