/** The seam between resampling and the core: many refits of one problem under cluster weights. */
import {
  type AbsorbModel,
  DropCode,
  type Factors,
  isResampler,
  type KernelFit,
  type KernelModel,
  type Kernels,
  type Problem,
  Status,
} from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { openRandomRefitter, randomRefit } from './resample-random-effects.ts';
import type { ReplicateMethod } from './types.ts';

/** One problem to be refitted, at its full-sample optimum. */
export interface RefitProblem {
  kernel: KernelModel;
  /** Set where `factors` are absorbed. */
  absorb?: AbsorbModel;
  /** Random-effects least squares. */
  random?: { sigmaU: number; sigmaE: number };
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

function rowsWhere(n: number, keep: (i: number) => boolean): Int32Array {
  return Int32Array.from(Array.from({ length: n }, (_, i) => i).filter(keep));
}

/** One fit of new data with absorbed effects, on the rows that carry weight; levels without any count leave. */
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

/** One full fit of a problem like `p.problem`, from its optimum: for replicates with new data. */
export function refitOnce(p: RefitProblem, problem: Problem, kernels: Kernels): KernelFit {
  if (p.random) return randomRefit(problem, kernels);
  if (p.absorb) return absorbRefit(kernels, { ...p, problem }, problem.weights ?? new Float64Array(problem.n).fill(1));
  return kernels.fit(p.kernel, problem, { tol: p.tol, maxIter: p.maxIter, start: p.coef, scores: false });
}

const notOpened = (why: string) =>
  new PanelError({
    code: 'resample/not-opened',
    message: `These refits cannot be made: ${why}.`,
    hint: 'Leave --studentise and --approximate out, or use --vcov cluster:COLUMN.',
  });

/** Opens the refits of one problem. @throws PanelError resample/not-opened. */
export function openRefitter(p: RefitProblem, kernels: Kernels): Refitter {
  const { kernel, factors, coef, codes, count, seed, method } = p;
  if (p.random && method !== 'exact')
    throw notOpened(`${method} is not available with random effects of least squares`);
  if (p.random) return openRandomRefitter(p, kernels);
  if (p.absorb && method !== 'exact') throw notOpened(`${method} is not available with absorbed effects`);
  const problem = p.absorb ? { ...p.problem, factors } : p.problem;
  const opened = kernels.resampler({ model: kernel, problem, coef, clusters: { codes, count }, seed, method });
  if (!isResampler(opened)) throw notOpened(`the core answers ${Status[opened.status]}`);
  return {
    pairs: (first, many, se) => opened.pairs(first, many, { se }),
    weighted: (weights, many, se) => opened.weighted(weights, many, { se }),
    drawWeights: (replicate) => opened.drawWeights(replicate),
    free: () => opened.free(),
  };
}
