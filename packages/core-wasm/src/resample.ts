/** Typed calls of the resampling kernels. */
import { Status } from './abi.ts';
import type {
  ReplicateBatch,
  ReplicateOptions,
  ResampleKernels,
  ResampleMethod,
  ResampleProblem,
  Resampler,
} from './abi-resample.ts';
import { type ClusterRows, sortByCluster } from './cluster-rows.ts';
import { frontierScale } from './frontier-scale.ts';
import { type CoreExports, type CoreModule, instantiateAgain } from './instantiate.ts';
import { auxiliariesOf, boundariesAt, isFrontier, modelCode, putShape } from './models.ts';
import { alloc, checkPairs, checkWeighted, newBatch, Refused, requireInteger, TWO32, words } from './replicates.ts';
import { openFactorResampler } from './resample-factors.ts';

/** Functions of assembly/{rng,resample}.ts; pointers are byte offsets. */
export interface ResampleExports {
  philoxInto(
    seedLow: number,
    seedHigh: number,
    from: number,
    stream: number,
    low: number,
    high: number,
    count: number,
    out: number,
  ): void;
  resampleOpen(
    model: number,
    n: number,
    k: number,
    g: number,
    y: number,
    x: number,
    offset: number,
    w: number,
    group: number,
    count: number,
    rowOf: number,
    groupOf: number,
    optimum: number,
    boundary: number,
    method: number,
    tol: number,
    maxIter: number,
  ): number;
  resampleDraw(seedLow: number, seedHigh: number, low: number, high: number, count: number, out: number): void;
  resampleRun(
    given: number,
    seedLow: number,
    seedHigh: number,
    low: number,
    high: number,
    count: number,
    coef: number,
    status: number,
    fallback: number,
    iterations: number,
    kind: number,
    se: number,
  ): number;
}

/** Orders = codes of assembly/resample.ts. */
const METHODS: readonly ResampleMethod[] = ['exact', 'second-order', 'one-step'];
const KINDS: readonly NonNullable<ReplicateOptions['se']>[] = ['none', 'iid', 'cluster'];
/** ln α of a fit at the Poisson boundary, as in index.ts. */
const LN_BOUNDARY = -40;
/** Replicates per call of the core: its output buffers. */
const CHUNK = 512;
function philox(core: CoreExports, seed: number, replicate: number, stream: number, count: number): Uint32Array {
  requireInteger('seed', seed);
  requireInteger('replicate', replicate);
  requireInteger('stream', stream, TWO32 - 1);
  requireInteger('count', count, TWO32 / 16);
  const top = core.mark();
  const at = core.alloc(count * 4) >>> 0;
  if (at === 0) throw new RangeError(`no memory for ${count} random words`);
  core.philoxInto(...words(seed), 0, stream, ...words(replicate), count, at);
  const out = new Uint32Array(core.memory.buffer, at, count).slice();
  core.reset(top);
  return out;
}

function putDoubles(core: CoreExports, values: Float64Array | undefined): number {
  if (!values) return 0;
  const at = alloc(core, values.length * 8);
  new Float64Array(core.memory.buffer, at, values.length).set(values);
  return at;
}

function putIntegers(core: CoreExports, values: Int32Array | undefined): number {
  if (!values) return 0;
  const at = alloc(core, values.length * 4);
  new Int32Array(core.memory.buffer, at, values.length).set(values);
  return at;
}

/** Lays the problem out in its own instance and caches what the replicates start from. */
function open(core: CoreExports, spec: ResampleProblem, sorted: ClusterRows): void {
  const { model, coef } = spec;
  const { n, k, y, x, offset, weights, groupStart } = sorted.problem;
  const p = k + auxiliariesOf(model, sorted.problem);
  if (coef.length !== p || !coef.every(Number.isFinite)) throw new Refused(Status.badInput);
  const yAt = putDoubles(core, y);
  const room = n * core.stride(k);
  const xAt = alloc(core, room * 8);
  new Float64Array(core.memory.buffer, xAt + (room - n * k) * 8, n * k).set(x);
  if (isFrontier(model) && !putShape(core, model, sorted.problem, (values) => putDoubles(core, values)))
    throw new Refused(Status.badInput);
  const status = core.resampleOpen(
    modelCode(model),
    n,
    k,
    groupStart ? groupStart.length - 1 : 0,
    yAt,
    xAt,
    putDoubles(core, offset),
    putDoubles(core, weights),
    putIntegers(core, groupStart),
    sorted.rowStart.length - 1,
    putIntegers(core, sorted.rowStart),
    putIntegers(core, sorted.clusterGroups),
    putDoubles(core, coef),
    boundariesAt(model, sorted.problem).some((at) => coef[at] === LN_BOUNDARY) ? 1 : 0,
    METHODS.indexOf(spec.method ?? 'exact'),
    spec.tol ?? 1e-12,
    spec.maxIter ?? 12,
  );
  if (status !== Status.ok) throw new Refused(status);
}

/** One problem laid out in an instance of the core, with the buffers that its replicates pass through. */
class ClusterResampler implements Resampler {
  private core: CoreExports | undefined;
  private readonly p: number;
  private readonly clusters: number;
  private readonly seed: [number, number];
  private readonly coef: number;
  private readonly se: number;
  private readonly bytes: number;
  private readonly weights: number;
  private readonly chunk: number;

  constructor(core: CoreExports, spec: ResampleProblem) {
    this.core = core;
    this.p = spec.coef.length;
    this.clusters = spec.clusters.count;
    this.seed = words(spec.seed);
    this.chunk = Math.max(1, Math.min(CHUNK, Math.floor(2 ** 20 / this.clusters)));
    this.coef = alloc(core, this.chunk * this.p * 8);
    this.se = alloc(core, this.chunk * this.p * 8);
    this.bytes = alloc(core, 3 * CHUNK);
    this.weights = alloc(core, this.chunk * this.clusters * 8);
  }

  private open(): CoreExports {
    if (!this.core) throw new Error('the resampler was freed');
    return this.core;
  }

  pairs(first: number, count: number, options?: ReplicateOptions): ReplicateBatch {
    checkPairs(first, count);
    return this.run(count, options, (from) => ({ given: 0, replicate: words(first + from) }));
  }

  weighted(weights: Float64Array, count: number, options?: ReplicateOptions): ReplicateBatch {
    checkWeighted(weights, count, this.clusters);
    const core = this.open();
    return this.run(count, options, (from, to) => {
      const part = weights.subarray(from * this.clusters, to * this.clusters);
      new Float64Array(core.memory.buffer, this.weights, part.length).set(part);
      return { given: this.weights, replicate: [0, 0] };
    });
  }

  drawWeights(replicate: number): Int32Array {
    requireInteger('replicate', replicate);
    const core = this.open();
    core.resampleDraw(...this.seed, ...words(replicate), this.clusters, this.weights);
    return new Int32Array(core.memory.buffer, this.weights, this.clusters).slice();
  }

  memoryBytes(): number {
    return this.core?.memory.buffer.byteLength ?? 0;
  }

  free(): void {
    this.core = undefined;
  }

  private run(
    count: number,
    options: ReplicateOptions | undefined,
    source: (from: number, to: number) => { given: number; replicate: [number, number] },
  ): ReplicateBatch {
    const core = this.open();
    const kind = KINDS.indexOf(options?.se ?? 'none');
    const batch = newBatch(count, this.p, options);
    const bytes = [this.bytes, this.bytes + CHUNK, this.bytes + 2 * CHUNK] as const;
    for (let from = 0; from < count; from += this.chunk) {
      const to = Math.min(count, from + this.chunk);
      const { given, replicate } = source(from, to);
      const failed = core.resampleRun(
        given,
        ...this.seed,
        ...replicate,
        to - from,
        this.coef,
        ...bytes,
        kind,
        kind > 0 ? this.se : 0,
      );
      if (failed) throw new RangeError(`no memory for the scores of the replicates`);
      const { buffer } = core.memory;
      batch.coef.set(new Float64Array(buffer, this.coef, (to - from) * this.p), from * this.p);
      batch.se?.set(new Float64Array(buffer, this.se, (to - from) * this.p), from * this.p);
      [batch.status, batch.fallback, batch.iterations].forEach((out, i) => {
        out.set(new Uint8Array(buffer, bytes[i], to - from), from);
      });
    }
    return batch;
  }
}

/** The resampling calls; each resampler gets an instance of `module` of its own. */
export function resampleKernels(module: CoreModule, core: CoreExports): ResampleKernels {
  return {
    resampler: (spec) => {
      if (!Number.isInteger(spec.seed) || spec.seed < 0 || spec.seed > Number.MAX_SAFE_INTEGER)
        return { status: Status.badInput };
      try {
        const sorted = sortByCluster(spec);
        if (!sorted) return { status: Status.badInput };
        const own = instantiateAgain(module);
        if (spec.problem.factors && spec.problem.factors.length > 0) return openFactorResampler(own, spec);
        const scale = frontierScale(spec.model, sorted.problem);
        if (!scale) {
          open(own, spec, sorted);
          return new ClusterResampler(own, spec);
        }
        const scaled = { ...spec, coef: scale.toCore(spec.coef) };
        open(own, scaled, { ...sorted, problem: scale.problem });
        return scale.resamplerToUser(new ClusterResampler(own, scaled));
      } catch (error) {
        if (error instanceof Refused) return { status: error.status };
        throw error;
      }
    },
    philox: (seed, replicate, stream, count) => philox(core, seed, replicate, stream, count),
  };
}
