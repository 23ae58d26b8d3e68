/** Refits of random-effects least squares: each replicate has variance components of its own. */
import { type KernelFit, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import type { RefitBatch, RefitProblem, Refitter, ReplicateErrors } from './resample-refit.ts';
import { pairsWeights } from './resample-weights.ts';
import { type QuasiDemeaned, quasiDemeaned } from './swamy-arora.ts';

/** The units that count, put together. */
interface Drawn {
  y: Float64Array;
  x: Float64Array;
  start: Int32Array;
  copies: Float64Array;
  /** Cluster of each unit. */
  codes: Int32Array;
}

function drawn(
  { n, k, x, groupStart }: Problem,
  y: Float64Array,
  codes: Int32Array,
  weights: ArrayLike<number>,
): Drawn {
  const start = groupStart!;
  const units = Array.from({ length: start.length - 1 }, (_, g) => g).filter(
    (g) => start[g + 1] > start[g] && weights[codes[start[g]]] > 0,
  );
  const bounds = Int32Array.from([0, ...units]);
  const out = {
    y: new Float64Array(n),
    x: new Float64Array(n * k),
    start: bounds,
    copies: Float64Array.from(units, (g) => weights[codes[start[g]]]),
    codes: Int32Array.from(units, (g) => codes[start[g]]),
  };
  let rows = 0;
  units.forEach((g, i) => {
    out.y.set(y.subarray(start[g], start[g + 1]), rows);
    out.x.set(x.subarray(start[g] * k, start[g + 1] * k), rows * k);
    rows += start[g + 1] - start[g];
    bounds[i + 1] = rows;
  });
  return { ...out, y: out.y.subarray(0, rows), x: out.x.subarray(0, rows * k) };
}

/** Why there is no estimate, as a status of the core. */
function statusOf(error: unknown): Status {
  if (error instanceof PanelError) return Status.notPositiveDefinite;
  throw error;
}

/** σ²(X*'X*)⁻¹, or with whole clusters the sandwich of their summed scores X*'e*, a copy of a cluster being one more; no factor. */
function errorsOf(
  { fit, rss, n }: QuasiDemeaned,
  k: number,
  d: Drawn,
  weights: ArrayLike<number>,
  kind: ReplicateErrors,
): Float64Array {
  const { vcov, scores } = fit;
  if (kind === 'iid') return Float64Array.from({ length: k }, (_, j) => Math.sqrt((rss / (n - k)) * vcov[j * (k + 1)]));
  const count = weights.length;
  const sums = new Float64Array(count * k);
  d.codes.forEach((code, g) => {
    for (let row = d.start[g]; row < d.start[g + 1]; row++)
      for (let j = 0; j < k; j++) sums[code * k + j] += scores[row * k + j];
  });
  return Float64Array.from({ length: k }, (_, j) => {
    let meat = 0;
    for (let c = 0; c < count; c++) {
      let influence = 0;
      for (let m = 0; m < k; m++) influence += vcov[j * k + m] * sums[c * k + m];
      if (weights[c] > 0) meat += (influence * influence) / weights[c];
    }
    return Math.sqrt(meat);
  });
}

const lessOffset = ({ y, offset }: Problem) => (offset ? y.map((v, i) => v - offset[i]) : y);

/** Refits with weights of clusters of whole units: the estimates of the panel in which each unit stands as often as it was drawn. */
export function openRandomRefitter({ problem, codes, count, seed }: RefitProblem, kernels: Kernels): Refitter {
  const { k } = problem;
  const y = lessOffset(problem);
  const batch = (many: number, kind: ReplicateErrors, weightsOf: (i: number) => ArrayLike<number>): RefitBatch => {
    const out: RefitBatch = {
      coef: new Float64Array(many * k).fill(Number.NaN),
      status: new Uint8Array(many),
      fallback: new Uint8Array(many),
      ...(kind !== 'none' && { se: new Float64Array(many * k).fill(Number.NaN) }),
    };
    for (let i = 0; i < many; i++) {
      const weights = weightsOf(i);
      const d = drawn(problem, y, codes, weights);
      try {
        const found = quasiDemeaned(kernels, k, d.y, d.x, d.start, d.copies);
        out.coef.set(found.fit.coef, i * k);
        out.se?.set(errorsOf(found, k, d, weights, kind), i * k);
      } catch (error) {
        out.status[i] = statusOf(error);
      }
    }
    return out;
  };
  return {
    pairs: (first, many, kind) => batch(many, kind, (i) => pairsWeights(kernels, seed, first + i, count)),
    weighted: (weights, many, kind) => batch(many, kind, (i) => weights.subarray(i * count, (i + 1) * count)),
    drawWeights: (replicate) => Int32Array.from(pairsWeights(kernels, seed, replicate, count)),
    free: () => {},
  };
}

/** One fit of a problem with new data; its vcov has σ² in it. */
export function randomRefit(problem: Problem, kernels: Kernels): KernelFit {
  const { k, x, groupStart } = problem;
  try {
    const { fit, rss, n } = quasiDemeaned(kernels, k, lessOffset(problem), x, groupStart!);
    return { ...fit, vcov: fit.vcov.map((v) => (v * rss) / (n - k)) };
  } catch (error) {
    return { status: statusOf(error) } as KernelFit;
  }
}
