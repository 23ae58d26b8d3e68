/** Replicates of a whole specification curve under the null: in each one every specification sees the same draw. */
import { type AbsorbModel, DropCode, type KernelModel, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { maximise } from './maximise.ts';
import { modelOf } from './models/index.ts';
import type { Draws, OpenJob } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { sourceOf } from './resample-random.ts';
import { hasEstimate, openRefitter, type Refitter } from './resample-refit.ts';
import { indexBelow, STREAM } from './resample-weights.ts';
import type { Design } from './types.ts';
import { computeVcov } from './vcov.ts';
import { dofOf, vcovInput } from './vcov-input.ts';

/** One specification of the curve. */
export interface CurvePart {
  /** Its coefficient in the sample, and the position of that among the p parameters. */
  estimate: number;
  column: number;
  /** p: the optimum. */
  coef: Float64Array;
  /** bootstrap: cluster of each row as 0 … count − 1, and which of the curve's clusters each of them is. */
  clusters?: { codes: Int32Array; count: number; of: Int32Array };
  /** The refit inside the core, and which of its standard errors, times √factor, is the specification's own. */
  refit?: {
    kernel: KernelModel;
    absorb?: AbsorbModel;
    problem: Problem;
    factors: Int32Array[];
    se: 'iid' | 'cluster';
    factor: number;
  };
  /** Without `refit`: the design that is drawn from or changed, and estimated as any other. */
  design?: Design;
  /** permutation: for each row the place in `moved.rows` that its value comes from. */
  source?: Int32Array;
}

/** What the replicates of a curve depend on beside the seed. */
export interface CurveReplicates {
  parts: CurvePart[];
  /** bootstrap: clusters drawn with replacement. */
  drawn?: number;
  /**
   * permutation: values of the regressor, class after class; a class has `members` that change places among each other, of `length`
   * values each.
   */
  moved?: { values: Float64Array; members: Int32Array; lengths: Int32Array };
}

/** Specifications whose refits stay open between chunks: each holds a memory of its own. */
const MOST_OPEN = 256;

/** Draws of `count` of `count` clusters with replacement. */
export function drawnClusters(kernels: Kernels, seed: number, replicate: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (const word of kernels.philox(seed, replicate, STREAM.first, count)) out[indexBelow(word, count)]++;
  return out;
}

/** For each place the place whose value moves there: Fisher–Yates over the members of each class. */
export function permutedPlaces(
  { members, lengths }: NonNullable<CurveReplicates['moved']>,
  kernels: Kernels,
  seed: number,
  replicate: number,
): Int32Array {
  const { uniform } = sourceOf(kernels, seed, replicate);
  const places: number[] = [];
  for (let c = 0; c < members.length; c++) {
    const order = Array.from({ length: members[c] }, (_, m) => m);
    for (let m = order.length - 1; m > 0; m--) {
      const other = Math.floor(uniform() * (m + 1));
      [order[m], order[other]] = [order[other], order[m]];
    }
    const start = places.length;
    for (const from of order) for (let t = 0; t < lengths[c]; t++) places.push(start + from * lengths[c] + t);
  }
  return Int32Array.from(places);
}

/** A level of one factor lies in one cluster. */
function nestedIn(codes: Int32Array, cluster: Int32Array): boolean {
  const home = new Map<number, number>();
  return codes.every((code, i) => {
    const known = home.get(code);
    if (known === undefined) home.set(code, cluster[i]);
    return known === undefined || known === cluster[i];
  });
}

/** Keeps rows of a design, in the given order; groups as `starts` cuts them. */
function rowsOf(design: Design, from: number[], starts: number[], copy: Int32Array): Design {
  const { k, x } = design;
  const rows = new Float64Array(from.length * k);
  from.forEach((row, i) => {
    rows.set(x.subarray(row * k, row * k + k), i * k);
  });
  const take = (values: Float64Array) => Float64Array.from(from, (row) => values[row]);
  const codesAt = (codes: Int32Array) => Int32Array.from(from, (row) => codes[row]);
  return {
    ...design,
    n: from.length,
    y: take(design.y),
    x: rows,
    ...(design.offset && { offset: take(design.offset) }),
    ...(design.weights && { weights: take(design.weights) }),
    fixef: design.fixef.map((factor) => compact(codesAt(factor.codes), factor)),
    rows: codesAt(design.rows),
    ...(design.groupStart && { groupStart: Int32Array.from([...starts, from.length]), groups: undefined }),
    clusters: design.clusters.map(({ name, codes, count }, d) => {
      const own = codesAt(codes);
      if (!copy[d]) return { name, codes: own, count };
      // The copies of a drawn cluster are clusters of their own.
      const seen = new Map<string, number>();
      const split = own.map((code, i) => {
        const key = `${code} ${copy[design.clusters.length + i]}`;
        if (!seen.has(key)) seen.set(key, seen.size);
        return seen.get(key)!;
      });
      return { name, codes: split, count: seen.size };
    }),
  };
}

/** Levels that are left, as 0, 1, … */
function compact(codes: Int32Array, { name, levels }: Design['fixef'][number]): Design['fixef'][number] {
  const used = [...new Set(codes)].sort((a, b) => a - b);
  const at = new Map(used.map((code, i) => [code, i]));
  return { name, codes: codes.map((code) => at.get(code)!), levels: used.map((code) => levels[code]) };
}

/** Rows of levels without any count say nothing and leave, as they do from the sample. */
function pruned(design: Design, kernels: Kernels): Design {
  if (design.fixef.length === 0 || modelOf(design.spec.model).needs.counts === 'any') return design;
  const { reason, kept } = kernels.prune(
    design.n,
    design.fixef.map(({ codes }) => codes),
    { singletons: false, y: design.y },
  );
  if (kept === design.n) return design;
  const from = Array.from({ length: design.n }, (_, i) => i).filter((i) => reason[i] === DropCode.kept);
  const group = new Int32Array(design.n);
  const { groupStart } = design;
  for (let g = 0; groupStart && g + 1 < groupStart.length; g++) group.fill(g, groupStart[g], groupStart[g + 1]);
  const starts = from.flatMap((row, i) => (i === 0 || group[row] !== group[from[i - 1]] ? [i] : []));
  return rowsOf(design, from, starts, new Int32Array(design.clusters.length));
}

/** The design with each row as often as its cluster was drawn; a unit that came twice is two units. */
export function resampledDesign(design: Design, codes: Int32Array, weights: ArrayLike<number>): Design {
  const { groupStart, n } = design;
  const edges = groupStart ?? Int32Array.from({ length: n + 1 }, (_, i) => i);
  const [from, starts, copies]: number[][] = [[], [], []];
  for (let g = 0; g + 1 < edges.length; g++) {
    const own = Array.from({ length: edges[g + 1] - edges[g] }, (_, i) => edges[g] + i);
    const most = Math.max(...own.map((row) => weights[codes[row]]));
    for (let m = 0; m < most; m++) {
      starts.push(from.length);
      for (const row of own)
        if (weights[codes[row]] > m) {
          from.push(row);
          copies.push(m);
        }
    }
  }
  const nested = design.clusters.map((one) => (nestedIn(one.codes, codes) ? 1 : 0));
  return rowsOf(design, from, starts, Int32Array.from([...nested, ...copies]));
}

/** Coefficient and standard error of one design, by the path of any fit; undefined where there are none. */
function estimateOf(design: Design, { column, coef }: CurvePart, kernels: Kernels): [number, number] | undefined {
  try {
    const model = modelOf(design.spec.model);
    const estimated = maximise(design, model, kernels, coef);
    const input = vcovInput(design, estimated, dofOf(design, estimated));
    const { covariance } = computeVcov(input, kernels);
    const variance = covariance[column * (input.reported.length + 1)];
    const found = estimated.fit.coef[column];
    return variance > 0 && Number.isFinite(found) ? [found, Math.sqrt(variance)] : undefined;
  } catch (error) {
    if (error instanceof PanelError) return undefined;
    throw error;
  }
}

/** Estimate and standard error of `count` replicates of one specification, NaN where there are none. */
type Pairs = Float64Array;

function refitted(part: CurvePart, refitter: Refitter, master: Float64Array[]): Pairs {
  const { clusters, refit, column, coef } = part;
  const { of, count } = clusters!;
  const weights = new Float64Array(master.length * count);
  master.forEach((drawn, i) => {
    for (let c = 0; c < count; c++) weights[i * count + c] = drawn[of[c]];
  });
  const { coef: found, se, status } = refitter.weighted(weights, master.length, refit!.se);
  const p = coef.length;
  const scale = Math.sqrt(refit!.factor);
  const out = new Float64Array(2 * master.length).fill(Number.NaN);
  for (let i = 0; i < master.length; i++)
    if (hasEstimate(status[i])) out.set([found[i * p + column], scale * se![i * p + column]], 2 * i);
  return out;
}

function refitterOf({ refit, coef, clusters }: CurvePart, job: ResampleJob, kernels: Kernels): Refitter {
  const { kernel, absorb, problem, factors } = refit!;
  const { codes, count } = clusters!;
  const { seed, maxIter } = job;
  return openRefitter(
    { kernel, ...(absorb && { absorb }), problem, factors, coef, codes, count, seed, method: 'exact', maxIter },
    kernels,
  );
}

function moved(part: CurvePart, values: Float64Array, places: Int32Array): Design {
  const design = part.design!;
  const x = design.x.slice();
  for (let i = 0; i < design.n; i++) x[i * design.k + part.column] = values[places[part.source![i]]];
  return { ...design, x };
}

/**
 * Under the null (Simonsohn, Simmons & Nelson 2020). bootstrap: clusters of the whole curve are drawn, the estimate of each replicate
 * is centred on that of the sample, b* − b; for least squares that is the regression of y − b x on the drawn rows, which has no
 * effect of x by construction. permutation: the regressor's values change places, in every specification the same ones.
 */
export function openCurve(job: ResampleJob, kernels: Kernels): OpenJob {
  const { parts, drawn, moved: pool } = job.curve!;
  const K = parts.length;
  const open = new Map<number, Refitter>();
  const byRefit = (s: number, master: Float64Array[]): Pairs => {
    const kept = open.get(s) ?? refitterOf(parts[s], job, kernels);
    if (open.size < MOST_OPEN || open.has(s)) open.set(s, kept);
    const out = refitted(parts[s], kept, master);
    if (!open.has(s)) kept.free();
    return out;
  };
  const byDesign = (part: CurvePart, designOf: (i: number) => Design, count: number): Pairs => {
    const out = new Float64Array(2 * count).fill(Number.NaN);
    for (let i = 0; i < count; i++) {
      const found = estimateOf(designOf(i), part, kernels);
      if (found) out.set(found, 2 * i);
    }
    return out;
  };
  return {
    run(first, count) {
      const out: Draws = {
        count,
        estimates: new Float64Array(count * K).fill(Number.NaN),
        status: new Uint8Array(count).fill(Status.noConvergence),
        fallback: new Uint8Array(count),
        extra: new Float64Array(count * K).fill(Number.NaN),
      };
      const numbers = Array.from({ length: count }, (_, i) => first + i);
      const master = drawn === undefined ? [] : numbers.map((r) => drawnClusters(kernels, job.seed, r, drawn));
      const places = pool ? numbers.map((r) => permutedPlaces(pool, kernels, job.seed, r)) : [];
      parts.forEach((part, s) => {
        const pairs = part.refit
          ? byRefit(s, master)
          : byDesign(
              part,
              (i) => (pool ? moved(part, pool.values, places[i]) : pruned(weightedDesign(part, master[i]), kernels)),
              count,
            );
        const centre = pool ? 0 : part.estimate;
        for (let i = 0; i < count; i++) {
          const [b, se] = [pairs[2 * i] - centre, pairs[2 * i + 1]];
          if (!Number.isFinite(b) || !(se > 0)) continue;
          out.estimates[i * K + s] = b;
          out.extra![i * K + s] = b / se;
          out.status[i] = Status.ok;
        }
      });
      return out;
    },
    free() {
      for (const refitter of open.values()) refitter.free();
      open.clear();
    },
  };
}

function weightedDesign({ design, clusters }: CurvePart, master: Float64Array): Design {
  const { codes, of } = clusters!;
  return resampledDesign(
    design!,
    codes,
    Array.from(of, (c) => master[c]),
  );
}
