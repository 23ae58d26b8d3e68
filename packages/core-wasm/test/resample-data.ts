/** Resampling problems and what a replicate must equal: a cold fit with the replicate's weights. Test code only. */
import {
  isResampler,
  type KernelFit,
  type KernelModel,
  type Kernels,
  type Problem,
  type ResampleProblem,
  type Resampler,
  Status,
} from '../src/index.ts';

export type GroupedProblem = Problem & { groupStart: Int32Array };
export type Clusters = ResampleProblem['clusters'];

/** Each group its own cluster, or `together` neighbouring groups one. */
export function groupClusters({ n, groupStart }: GroupedProblem, together = 1): Clusters {
  const codes = new Int32Array(n);
  const groups = groupStart.length - 1;
  for (let g = 0; g < groups; g++) codes.fill(Math.floor(g / together), groupStart[g], groupStart[g + 1]);
  return { codes, count: Math.ceil(groups / together) };
}

export function openResampler(kernels: Kernels, spec: ResampleProblem): Resampler {
  const made = kernels.resampler(spec);
  if (!isResampler(made)) throw new Error(`resampler: ${Status[made.status]}`);
  return made;
}

/** Fits the whole sample and opens a resampler on it. */
export function fitAndOpen(
  kernels: Kernels,
  model: KernelModel,
  problem: Problem,
  clusters: Clusters,
  more: Partial<ResampleProblem> = {},
): { fit: KernelFit; resampler: Resampler } {
  const fit = kernels.fit(model, problem);
  const spec = { model, problem, clusters, coef: fit.coef, seed: 42, ...more };
  return { fit, resampler: openResampler(kernels, spec) };
}

/** The problem with the weights of its clusters multiplied into its own. */
export function reweighted(problem: Problem, { codes }: Clusters, weights: ArrayLike<number>): Problem {
  return { ...problem, weights: Float64Array.from(codes, (c, i) => weights[c] * (problem.weights?.[i] ?? 1)) };
}

/** The rows of a problem as often as their cluster's integer weight says, and the cluster (a new one for each copy) of each. */
export function copied(problem: Problem, { codes, count }: Clusters, weights: ArrayLike<number>) {
  const rows: number[] = [];
  const owner: number[] = [];
  const starts = [0];
  let clusters = 0;
  for (let c = 0; c < count; c++)
    for (let m = 0; m < weights[c]; m++, clusters++) {
      for (let i = 0; i < problem.n; i++) {
        if (codes[i] !== c) continue;
        rows.push(i);
        owner.push(clusters);
        if (problem.groupStart?.includes(i + 1)) starts.push(rows.length);
      }
    }
  const { k, x } = problem;
  const pick = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]);
  const copies: Problem = {
    n: rows.length,
    k,
    y: pick(problem.y),
    x: Float64Array.from(rows.flatMap((i) => [...x.subarray(i * k, i * k + k)])),
    offset: problem.offset && pick(problem.offset),
    weights: problem.weights && pick(problem.weights),
    groupStart: problem.groupStart && Int32Array.from(starts),
  };
  return { copies, owner, clusters };
}

/** Largest |a − b| / max(|b|, least) over one row of a batch; NaN counts as ∞. */
export function rowError(actual: Float64Array, row: number, expected: Float64Array, least = 0): number {
  const p = expected.length;
  let worst = 0;
  for (let j = 0; j < p; j++) {
    const error = Math.abs(actual[row * p + j] - expected[j]) / Math.max(Math.abs(expected[j]), least);
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst;
}
