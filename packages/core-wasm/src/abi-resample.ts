/**
 * The part of the ABI that refits a model under many sets of cluster weights: problems, results, and the typed calls.
 *
 * Replicate r is a pure function of (problem, seed, r): it does not depend on the chunk it came in, on earlier replicates, on the
 * number of workers or on the engine. No call throws for numbers; a replicate that fails says so by its status.
 */
import type { KernelModel, Problem, Status } from './abi.ts';
import type { Factors } from './abi-absorb.ts';

/**
 * exact: the optimum of the reweighted likelihood. second-order and one-step: approximations that do not look at the data
 * again, from derivatives of the clusters' log-likelihoods at the full-sample optimum (third and second derivatives; O(1/n²)
 * and O(1/n) off in the coefficients). For ols all three are the same numbers. The approximations are not available with factors.
 */
export type ResampleMethod = 'exact' | 'second-order' | 'one-step';

/** What is refitted, how, and from which random numbers. */
export interface ResampleProblem {
  model: KernelModel;
  /**
   * As for Kernels.fit; its weights, where it has some, are multiplied with the replicate's. With `factors` (ols, poisson,
   * nb2) as for AbsorbKernels.absorbFit: these effects are absorbed in every replicate.
   */
  problem: Problem & { factors?: Factors };
  /** p: the full-sample optimum in the user's scale (KernelFit.coef of a fit with status ok or poissonBoundary). */
  coef: Float64Array;
  /**
   * n cluster codes 0 … count − 1 of the rows, in any order; every code occurs. For nb-fe, nb-re and poisson-re all rows of a
   * group have the same code.
   */
  clusters: { codes: Int32Array; count: number };
  /** Integer, 0 … 2⁵³ − 1: the key of Philox is (seed mod 2³², ⌊seed / 2³²⌋). */
  seed: number;
  /** Default exact. At the Poisson boundary (ln α = LN_BOUNDARY) only exact, and every replicate then starts afresh. */
  method?: ResampleMethod;
  /**
   * exact: the error that a replicate may be left with, in the standardised scale of the core (regressors of unit spread),
   * as predicted from the last steps; besides, it is below 1e-10 of the smallest coefficient. Default 1e-12.
   */
  tol?: number;
  /** exact: Newton steps of the fast path (default 12), after which the damped path with the likelihood takes over. */
  maxIter?: number;
}

/** Standard errors of each replicate, for studentised intervals. */
export interface ReplicateOptions {
  /**
   * iid: from the observed information (ols: s² = RSS/(N − k − rank of the effects), N = Σ cluster weight × rows of positive own weight). cluster: from the sandwich over the replicate's clusters, in which a
   * cluster of weight m counts as m clusters, without a small-sample factor. Not available with one-step and second-order
   * (status badInput), where there is no optimum to take it at; ols allows it always. Default none.
   */
  se?: 'none' | 'iid' | 'cluster';
}

/** Replicates first … first + count − 1, or the rows of the given weights. */
export interface ReplicateBatch {
  /** count × p in the user's scale. The row of a replicate whose status is neither ok nor poissonBoundary is NaN. */
  coef: Float64Array;
  /** count {@link Status} values. */
  status: Uint8Array;
  /** count flags: 1 where the fast path did not end well and the damped path with the likelihood was used. */
  fallback: Uint8Array;
  /** count: evaluations of the data (0 for the approximations and ols); 255 stands for more. */
  iterations: Uint8Array;
  /** count × p where they were asked for; the row is NaN where coef is. */
  se?: Float64Array;
}

/**
 * The replicate loop of one problem. It owns its memory, which does not grow with the number of replicates; at most one call at a
 * time. After free() no call is allowed.
 */
export interface Resampler {
  /**
   * Pairs cluster bootstrap: each replicate draws `clusters.count` clusters with replacement. first is an integer from 0 to
   * 2⁵³ − 1 − count.
   */
  pairs(first: number, count: number, options?: ReplicateOptions): ReplicateBatch;
  /** Any finite cluster weights ≥ 0, count × clusters.count: jackknife, blocks, two-way. A row of zeros ends in badInput. */
  weighted(weights: Float64Array, count: number, options?: ReplicateOptions): ReplicateBatch;
  /** The integer weights of pairs replicate r: how often each cluster was drawn; they add up to clusters.count. */
  drawWeights(replicate: number): Int32Array;
  /** Bytes of linear memory in use by this resampler. */
  memoryBytes(): number;
  free(): void;
}

/** Streams of random words by use: the second word of the Philox counter. Below 256: this package; from 256: callers. */
export const STREAM_PAIRS = 0;

export interface ResampleKernels {
  /**
   * Checks and lays out a problem, and caches the clusters' derivatives at `coef`. On failure the status says why: badInput (codes, seed,
   * shapes, a group split between clusters, a model that takes no factors), notCount, etaOverflow, outOfMemory, poissonBoundary (an
   * approximation asked for where coef is at the boundary); with factors, what the fit of the full sample says.
   */
  resampler(spec: ResampleProblem): Resampler | { status: Status };
  /**
   * Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011): `count` 32-bit words. Key (seed lo, seed hi), counter (block, stream, replicate
   * lo, replicate hi), block = 0, 1, … in steps of four words. Throws a RangeError for numbers that are not integers in range.
   */
  philox(seed: number, replicate: number, stream: number, count: number): Uint32Array;
}

/** Whether a {@link ResampleKernels.resampler} call gave a resampler. */
export function isResampler(made: Resampler | { status: Status }): made is Resampler {
  return 'pairs' in made;
}
