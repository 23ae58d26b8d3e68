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
  STREAM_PAIRS,
  Status,
} from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
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

/** One full fit of a problem like `p.problem`, from its optimum: for replicates with new data. */
export function refitOnce(p: RefitProblem, problem: Problem, kernels: Kernels): KernelFit {
  if (p.absorb) return absorbRefit(kernels, { ...p, problem }, problem.weights ?? new Float64Array(problem.n).fill(1));
  return kernels.fit(p.kernel, problem, { tol: p.tol, maxIter: p.maxIter, start: p.coef, scores: false });
}

function emptyBatch(count: number, width: number, se: ReplicateErrors): RefitBatch {
  return {
    coef: new Float64Array(count * width).fill(Number.NaN),
    status: new Uint8Array(count),
    fallback: new Uint8Array(count),
    ...(se !== 'none' && { se: new Float64Array(count * width).fill(Number.NaN) }),
  };
}

/** Refits with absorbed effects, one kernel call each. */
function absorbRefitter(p: RefitProblem, kernels: Kernels): Refitter {
  const width = p.coef.length;
  const { n } = p.problem;
  const drawer = drawing(p, kernels);
  const batch = (count: number, weightsOf: (r: number) => ArrayLike<number>, se: ReplicateErrors): RefitBatch => {
    if (se === 'cluster' || (se === 'iid' && p.absorb === 'ols'))
      throw notOpened('standard errors of each replicate are not computed with absorbed effects');
    const out = emptyBatch(count, width, se);
    for (let r = 0; r < count; r++) {
      const drawn = weightsOf(r);
      const weights = new Float64Array(n);
      for (let i = 0; i < n; i++) weights[i] = drawn[p.codes[i]] * (p.problem.weights?.[i] ?? 1);
      const fit = absorbRefit(kernels, p, weights);
      out.status[r] = fit.status;
      if (!hasEstimate(fit.status)) continue;
      out.coef.set(fit.coef, r * width);
      for (let j = 0; out.se && j < width; j++) out.se[r * width + j] = Math.sqrt(fit.vcov[j * width + j]);
    }
    return out;
  };
  return {
    pairs: (first, count, se) => batch(count, (r) => drawer(first + r), se),
    weighted: (weights, count, se) => batch(count, (r) => weights.subarray(r * p.count, (r + 1) * p.count), se),
    drawWeights: drawer,
    free: () => {},
  };
}

/** How often each cluster is drawn in a replicate of pairs. */
function drawing({ seed, count }: RefitProblem, kernels: Kernels) {
  return (replicate: number): Int32Array => {
    const out = new Int32Array(count);
    for (const word of kernels.philox(seed, replicate, STREAM_PAIRS, count))
      out[Math.floor((word / 2 ** 32) * count)]++;
    return out;
  };
}

const notOpened = (why: string) =>
  new PanelError({
    code: 'resample/not-opened',
    message: `These refits cannot be made: ${why}.`,
    hint: 'Leave --studentise and --approximate out, or use --vcov cluster:COLUMN.',
  });

/** Opens the refits of one problem. @throws PanelError resample/not-opened. */
export function openRefitter(p: RefitProblem, kernels: Kernels): Refitter {
  if (p.absorb) {
    if (p.method !== 'exact') throw notOpened(`${p.method} is not available with absorbed effects`);
    return absorbRefitter(p, kernels);
  }
  const { kernel, problem, coef, codes, count, seed, method } = p;
  const opened = kernels.resampler({ model: kernel, problem, coef, clusters: { codes, count }, seed, method });
  if (!isResampler(opened)) throw notOpened(`the core answers ${Status[opened.status]}`);
  return {
    pairs: (first, many, se) => opened.pairs(first, many, { se }),
    weighted: (weights, many, se) => opened.weighted(weights, many, { se }),
    drawWeights: (replicate) => opened.drawWeights(replicate),
    free: () => opened.free(),
  };
}
