/** The seam between resampling and the core: many refits of one problem under cluster weights. */
import {
  type AbsorbModel,
  DropCode,
  type Factors,
  type KernelModel,
  type Kernels,
  type Problem,
  STREAM_PAIRS,
  Status,
} from '@gravpanel/core-wasm';
import type { ReplicateMethod } from './types.ts';

/** One problem to be refitted, at its full-sample optimum. */
export interface RefitProblem {
  kernel: KernelModel;
  /** Set where `factors` are absorbed. */
  absorb?: AbsorbModel;
  problem: Problem;
  factors: Factors;
  /** p. */
  coef: Float64Array;
  /** Cluster of each row. */
  codes: Int32Array;
  count: number;
  seed: number;
  method: ReplicateMethod;
  tol?: number;
  maxIter?: number;
}

/** Replicates in order: count × p coefficients (NaN where there is none), a {@link Status} each. */
export interface RefitBatch {
  coef: Float64Array;
  status: Uint8Array;
  fallback: Uint8Array;
  /** count × p, where they were asked for. */
  se?: Float64Array;
}

/** Standard errors of each replicate. */
export type ReplicateErrors = 'none' | 'iid' | 'cluster';

export interface Refitter {
  /** Replicates first … first + count − 1 of the pairs cluster bootstrap. */
  pairs(first: number, count: number, se: ReplicateErrors): RefitBatch;
  /** count × clusters weights ≥ 0. */
  weighted(weights: Float64Array, count: number, se: ReplicateErrors): RefitBatch;
  drawWeights(replicate: number): Int32Array;
  free(): void;
}

/** Whether a replicate has an estimate. */
export const hasEstimate = (status: number) => status === Status.ok || status === Status.poissonBoundary;

function drawWeights(kernels: Kernels, seed: number, replicate: number, count: number): Int32Array {
  const out = new Int32Array(count);
  for (const word of kernels.philox(seed, replicate, STREAM_PAIRS, count)) out[Math.floor((word / 2 ** 32) * count)]++;
  return out;
}

function rowsWhere(n: number, keep: (i: number) => boolean): Int32Array {
  return Int32Array.from(Array.from({ length: n }, (_, i) => i).filter(keep));
}

/** One refit with absorbed effects on the rows that carry weight; levels without any count leave. */
function absorbRefit(kernels: Kernels, p: RefitProblem, weights: Float64Array) {
  const { problem, factors, tol, maxIter } = p;
  let rows = rowsWhere(problem.n, (i) => weights[i] > 0);
  const take = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]);
  for (let round = 0; ; round++) {
    const codes = factors.map((f) => Int32Array.from(rows, (i) => f[i]));
    if (p.absorb !== 'ols') {
      const { reason, kept } = kernels.prune(rows.length, codes, { singletons: false, y: take(problem.y) });
      if (kept < rows.length) {
        const from = rows;
        rows = rowsWhere(from.length, (i) => reason[i] === DropCode.kept).map((i) => from[i]);
        continue;
      }
    }
    const { k } = problem;
    const x = new Float64Array(rows.length * k);
    rows.forEach((row, i) => {
      x.set(problem.x.subarray(row * k, row * k + k), i * k);
    });
    const fit = kernels.absorbFit(
      p.absorb!,
      {
        n: rows.length,
        k,
        y: take(problem.y),
        x,
        weights: take(weights),
        factors: codes,
        ...(problem.offset && { offset: take(problem.offset) }),
      },
      { tol, maxIter, withinTol: 1e-13, scores: false },
    );
    if (fit.status !== Status.separated || !fit.separated || round > 5) return fit;
    const from = rows;
    rows = rowsWhere(from.length, (i) => fit.separated![i] === 0).map((i) => from[i]);
  }
}

/** Opens the refits of one problem. */
export function openRefitter(p: RefitProblem, kernels: Kernels): Refitter {
  const width = p.coef.length;
  const { n } = p.problem;
  const one = (w: ArrayLike<number>, offset: number) => {
    const weights = new Float64Array(n);
    for (let i = 0; i < n; i++) weights[i] = w[offset + p.codes[i]] * (p.problem.weights?.[i] ?? 1);
    if (p.absorb) return absorbRefit(kernels, p, weights);
    return kernels.fit(
      p.kernel,
      { ...p.problem, weights },
      { tol: p.tol, maxIter: p.maxIter, start: p.coef, scores: false },
    );
  };
  const batch = (
    count: number,
    weightsOf: (r: number) => [ArrayLike<number>, number],
    se: ReplicateErrors,
  ): RefitBatch => {
    const out: RefitBatch = {
      coef: new Float64Array(count * width).fill(Number.NaN),
      status: new Uint8Array(count),
      fallback: new Uint8Array(count),
      ...(se !== 'none' && { se: new Float64Array(count * width).fill(Number.NaN) }),
    };
    for (let r = 0; r < count; r++) {
      const fit = one(...weightsOf(r));
      out.status[r] = fit.status;
      if (!hasEstimate(fit.status)) continue;
      out.coef.set(fit.coef, r * width);
      for (let j = 0; out.se && j < width; j++) out.se[r * width + j] = Math.sqrt(fit.vcov[j * width + j]);
    }
    return out;
  };
  return {
    pairs: (first, count, se) => batch(count, (r) => [drawWeights(kernels, p.seed, first + r, p.count), 0], se),
    weighted: (weights, count, se) => batch(count, (r) => [weights, r * p.count], se),
    drawWeights: (replicate) => drawWeights(kernels, p.seed, replicate, p.count),
    free: () => {},
  };
}
