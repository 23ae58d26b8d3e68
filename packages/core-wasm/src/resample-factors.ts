/**
 * Replicates with absorbed effects: one absorbed fit of the rows of the drawn clusters each, from the linear predictor of the full
 * sample. Levels whose y are all 0 in a replicate, and rows that are separated in it, are left out of it, as they are of a fit.
 */
import { Status } from './abi.ts';
import {
  type AbsorbFit,
  type AbsorbKernels,
  type AbsorbModel,
  type AbsorbProblem,
  DropCode,
  type Factors,
} from './abi-absorb.ts';
import type { ReplicateBatch, ReplicateOptions, ResampleProblem, Resampler } from './abi-resample.ts';
import { absorbKernels } from './absorb.ts';
import { emptyFit } from './absorb-result.ts';
import type { CoreExports } from './instantiate.ts';
import { checkPairs, checkWeighted, newBatch, Refused, requireInteger, words } from './replicates.ts';

const MODELS: readonly string[] = ['ols', 'poisson', 'nb2'];
/** How much of the group means may be left in the regressors. */
const WITHIN = 1e-12;
/** Rounds of leaving separated rows out. */
const ROUNDS = 20;

/** The drawn rows of a problem, where they came from, and where a fit of them begins. */
interface Part {
  problem: AbsorbProblem;
  rows: Int32Array;
  start?: { eta: Float64Array; coef: Float64Array };
}

function take(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
  return out;
}

/** The rows of a part whose flag is 0. */
function without(part: Part, dropped: Uint8Array): Part {
  const kept = Int32Array.from(part.rows.keys()).filter((i) => dropped[i] === 0);
  return {
    problem: pickRows(part.problem, kept),
    rows: kept.map((i) => part.rows[i]),
    start: part.start && { ...part.start, eta: take(part.start.eta, kept) },
  };
}

function pickRows(problem: AbsorbProblem, rows: Int32Array): AbsorbProblem {
  const { k, x, y, offset, weights, factors } = problem;
  const columns = new Float64Array(rows.length * k);
  for (let i = 0; i < rows.length; i++) for (let j = 0; j < k; j++) columns[i * k + j] = x[rows[i] * k + j];
  return {
    n: rows.length,
    k,
    x: columns,
    y: take(y, rows),
    offset: offset && take(offset, rows),
    weights: weights && take(weights, rows),
    factors: factors.map((codes) => {
      const out = new Int32Array(rows.length);
      for (let i = 0; i < rows.length; i++) out[i] = codes[rows[i]];
      return out;
    }),
  };
}

class FactorResampler implements Resampler {
  private core: CoreExports | undefined;
  private readonly absorb: AbsorbKernels;
  private readonly spec: ResampleProblem;
  private readonly model: AbsorbModel;
  private readonly problem: AbsorbProblem & { factors: Factors };
  private readonly eta: Float64Array;
  private readonly p: number;

  constructor(core: CoreExports, spec: ResampleProblem, model: AbsorbModel, factors: Factors, eta: Float64Array) {
    this.core = core;
    this.absorb = absorbKernels(core);
    this.spec = spec;
    this.model = model;
    this.problem = { ...spec.problem, factors };
    this.eta = eta;
    this.p = spec.coef.length;
  }

  private open(): CoreExports {
    if (!this.core) throw new Error('the resampler was freed');
    return this.core;
  }

  pairs(first: number, count: number, options?: ReplicateOptions): ReplicateBatch {
    checkPairs(first, count);
    return this.run(count, options, (r) => Float64Array.from(this.drawWeights(first + r)));
  }

  weighted(weights: Float64Array, count: number, options?: ReplicateOptions): ReplicateBatch {
    const clusters = this.spec.clusters.count;
    checkWeighted(weights, count, clusters);
    return this.run(count, options, (r) => weights.subarray(r * clusters, (r + 1) * clusters));
  }

  drawWeights(replicate: number): Int32Array {
    requireInteger('replicate', replicate);
    const core = this.open();
    const { count } = this.spec.clusters;
    const top = core.mark();
    const at = core.alloc(count * 4) >>> 0;
    core.resampleDraw(...words(this.spec.seed), ...words(replicate), count, at);
    const out = new Int32Array(core.memory.buffer, at, count).slice();
    core.reset(top);
    return out;
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
    source: (r: number) => Float64Array,
  ): ReplicateBatch {
    this.open();
    const batch = newBatch(count, this.p, options);
    for (let r = 0; r < count; r++) {
      const weights = source(r);
      const valid = weights.every((w) => w >= 0 && w < Number.POSITIVE_INFINITY) && weights.some((w) => w > 0);
      const { fit, part } = valid
        ? this.refit(weights, options?.se === 'cluster')
        : { fit: undefined, part: undefined };
      batch.status[r] = fit?.status ?? Status.badInput;
      batch.iterations[r] = Math.min(fit?.iterations ?? 0, 255);
      const good = fit && part && (fit.status === Status.ok || fit.status === Status.poissonBoundary);
      const range = [r * this.p, (r + 1) * this.p] as const;
      if (!good) {
        batch.coef.fill(Number.NaN, ...range);
        batch.se?.fill(Number.NaN, ...range);
        continue;
      }
      batch.coef.set(fit.coef, range[0]);
      if (batch.se) batch.se.set(this.errors(fit, part, weights, options?.se === 'cluster'), range[0]);
    }
    return batch;
  }

  /** The rows of clusters of positive weight. */
  private gather(weights: Float64Array): Part {
    const { codes } = this.spec.clusters;
    let n = 0;
    for (const code of codes) if (weights[code] > 0) n++;
    const rows = new Int32Array(n);
    for (let i = 0, at = 0; i < codes.length; i++) if (weights[codes[i]] > 0) rows[at++] = i;
    const problem = pickRows(this.problem, rows);
    problem.weights = Float64Array.from(rows, (row, i) => weights[codes[row]] * (problem.weights?.[i] ?? 1));
    const start = this.model === 'ols' ? undefined : { eta: take(this.eta, rows), coef: this.spec.coef };
    return { problem, rows, start };
  }

  private refit(weights: Float64Array, scores: boolean): { fit: AbsorbFit; part: Part } {
    let part = this.gather(weights);
    if (this.model !== 'ols') {
      const { n, factors, y, weights: own } = part.problem;
      const { reason, allZero } = this.absorb.prune(n, factors, { singletons: false, y, weights: own });
      if (allZero > 0)
        part = without(
          part,
          reason.map((code) => (code === DropCode.allZero ? 1 : 0)),
        );
    }
    for (let round = 0; ; round++) {
      if (part.problem.n === 0) return { fit: emptyFit(Status.separated, this.p), part };
      const { maxIter } = this.spec;
      const options = { scores, start: part.start, withinTol: WITHIN, ...(maxIter ? { maxIter } : {}) };
      const fit = this.absorb.absorbFit(this.model, part.problem, options);
      if (fit.status !== Status.separated || !fit.separated || round === ROUNDS) return { fit, part };
      part = without(part, fit.separated);
    }
  }

  /** Standard errors: from vcov (ols: times RSS/(Σw·rows − k − rank of the effects)), or from its sandwich over clusters. */
  private errors(fit: AbsorbFit, part: Part, weights: Float64Array, clustered: boolean): Float64Array {
    const { p } = this;
    const variance = clustered ? this.sandwich(fit, part, weights) : fit.vcov;
    let s2 = 1;
    if (!clustered && this.model === 'ols') {
      let rows = 0;
      for (let i = 0; i < part.rows.length; i++)
        if ((part.problem.weights?.[i] ?? 1) > 0) rows += weights[this.spec.clusters.codes[part.rows[i]]];
      s2 = fit.deviance / (rows - p - fit.effectsRank);
    }
    return Float64Array.from({ length: p }, (_, j) => Math.sqrt(s2 * variance[j * p + j]));
  }

  private sandwich({ scores, vcov }: AbsorbFit, part: Part, weights: Float64Array): Float64Array {
    const { p } = this;
    const { codes, count } = this.spec.clusters;
    const sums = new Float64Array(count * p);
    for (let i = 0; i < part.rows.length; i++)
      for (let j = 0; j < p; j++) sums[codes[part.rows[i]] * p + j] += scores[i * p + j];
    const out = new Float64Array(p * p);
    const lever = new Float64Array(p);
    for (let c = 0; c < count; c++) {
      if (!(weights[c] > 0)) continue;
      for (let j = 0; j < p; j++) {
        lever[j] = 0;
        for (let m = 0; m < p; m++) lever[j] += vcov[j * p + m] * sums[c * p + m];
      }
      for (let j = 0; j < p; j++) out[j * p + j] += (lever[j] * lever[j]) / weights[c];
    }
    return out;
  }
}

/** Fits the full sample for its linear predictor; throws Refused where the spec or that fit is no good. */
export function openFactorResampler(core: CoreExports, spec: ResampleProblem): Resampler {
  const { model, problem, coef, method = 'exact' } = spec;
  const { factors } = problem;
  const p = problem.k + (model === 'nb2' ? 1 : 0);
  const right = MODELS.includes(model) && method === 'exact' && coef.length === p && coef.every(Number.isFinite);
  if (!right || !factors) throw new Refused(Status.badInput);
  const fit = absorbKernels(core).absorbFit(model as AbsorbModel, { ...problem, factors }, { scores: false });
  if (fit.status !== Status.ok && fit.status !== Status.poissonBoundary) throw new Refused(fit.status);
  return new FactorResampler(core, spec, model as AbsorbModel, factors, fit.eta);
}
