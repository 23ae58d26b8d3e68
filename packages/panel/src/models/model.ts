/** What every entry of the registry says about its estimator. */

import type { AbsorbModel, KernelModel, Kernels, Problem } from '@gravpanel/core-wasm';
import { exp, log } from '@gravpanel/core-wasm';
import type { FrontierSpec, Like, ModelKey, VcovSpec } from '../types.ts';

/** A parameter beside the coefficients, on the scale it is estimated on, and the scale it is read on. */
export interface Auxiliary {
  /** Name in `parameterNames`: "ln_alpha". */
  estimated: string;
  /** Name in `parameters`: "alpha". */
  shown: string;
  /** shown = exp(estimated), its SE by the delta method; or the same number. */
  scale: 'exp' | 'identity';
  /** Name of the dispersion that is 0 where the Poisson model is the maximum; `shown` without it. */
  atBoundary?: string;
}

/** What a model asks of the data and which options it can use. An option it cannot use is an error, never ignored. */
export interface ModelNeeds {
  /** Needs --panel: units with several rows. */
  panel: boolean;
  /** What y must be. */
  counts: 'integer' | 'nonnegative' | 'any';
  offset: boolean;
  exposure: boolean;
  weights: boolean;
  /** Effects after "|". */
  fixef: boolean;
  vcov: readonly VcovSpec['type'][];
  like: readonly Like[];
}

export interface Model {
  key: ModelKey;
  kernel: KernelModel;
  /** The core's absorbing estimator for effects after "|"; dummy columns without one. */
  absorb?: AbsorbModel;
  /** Words of the table head. */
  title: string;
  /** Equation and source in one line, for docs and --help. */
  summary: string;
  needs: ModelNeeds;
  auxiliaries: readonly Auxiliary[];
  /** Frontiers: how many auxiliaries stay where there is no inefficiency. */
  base?: number;
  /** Frontiers: what their options change in this entry; zTerms: names of the regressors of μ, once they are known. */
  variant?: (spec: FrontierSpec, zTerms?: readonly string[]) => Partial<Model>;
  distribution: 'z' | 't';
  /** Starting points whose optima are compared: 1, where the log-likelihood is concave. */
  starts: 1 | 3;
  /** Starts beyond those, where the likelihood has more than one hill. */
  furtherStarts?(problem: Problem, kernels: Kernels): Float64Array[];
  /** Whether the units of the panel are the groups of the likelihood. */
  grouped: boolean;
  /** The plain start, in the user's scale: no slopes, the constant at its mean where that has a meaning. */
  plainStart(problem: Problem): Float64Array;
  /** Whether rows that separation sends to 0 are left out (separated.ts); without it the fit fails at them. */
  leavesSeparated?: true;
}

/** The auxiliaries that a fit reports; at a boundary those that have a meaning there. */
export const reportedAuxiliaries = ({ auxiliaries, base = 0 }: Model, boundary: boolean): readonly Auxiliary[] =>
  boundary ? auxiliaries.slice(0, base) : auxiliaries;

/** Index of a column of ones, or −1. */
export function constantColumn({ n, k, x }: Problem): number {
  for (let j = 0; j < k; j++) {
    let i = 0;
    while (i < n && x[i * k + j] === 1) i++;
    if (i === n) return j;
  }
  return -1;
}

const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Zero slopes and auxiliaries; the constant at ln(mean y / mean exp(offset)). */
export function meanStart(problem: Problem, auxiliaries: number): Float64Array {
  const start = new Float64Array(problem.k + auxiliaries);
  const constant = constantColumn(problem);
  const exposure = problem.offset ? mean(problem.offset.map(exp)) : 1;
  const level = log(mean(problem.y) / exposure);
  if (constant >= 0 && Number.isFinite(level)) start[constant] = level;
  return start;
}

/** Zero slopes and auxiliaries; the constant takes back the mean offset, so that λ starts near 1. */
export function unitStart(problem: Problem, auxiliaries: number): Float64Array {
  const start = new Float64Array(problem.k + auxiliaries);
  const constant = constantColumn(problem);
  if (constant >= 0 && problem.offset) start[constant] = -mean(problem.offset);
  return start;
}
