/** A design at its maximum → what its covariance is made of. */
import { sumsOfSquares } from './fit-statistics.ts';
import type { Estimated } from './maximise.ts';
import { reportedAuxiliaries } from './models/model.ts';
import type { Design, FixefFactor } from './types.ts';
import type { VcovInput } from './vcov.ts';

/** Estimated parameters: coefficients, effects, auxiliaries. */
export const dofOf = ({ k }: Design, { effects, model }: Estimated) => k + effects + model.auxiliaries.length;

/** Whether every level of a factor lies in one cluster. */
function isWithin({ codes, levels }: FixefFactor, cluster: Int32Array): boolean {
  const home = new Int32Array(levels.length).fill(-1);
  for (let i = 0; i < codes.length; i++) {
    if (home[codes[i]] === -1) home[codes[i]] = cluster[i];
    else if (home[codes[i]] !== cluster[i]) return false;
  }
  return true;
}

/**
 * Parameters as fixest 0.14 counts them (its ssc with K.fixef = "nonnested"): levels of all factors less one for each factor after
 * the first; effects nested in a cluster count as one. A factor is nested where it is, or contains by a^b, a clustering variable;
 * where some clustering variable is no factor, also where its levels lie within clusters.
 */
function dofFixest({ k, fixef, clusters }: Design, auxiliaries: number): number {
  if (fixef.length === 0) return k;
  const sizes = fixef.map(({ levels }) => levels.length);
  const sum = (pick: (f: number) => boolean) => sizes.reduce((total, size, f) => total + (pick(f) ? size : 0), 0);
  const full = k + sum(() => true) - (fixef.length - 1);
  if (clusters.length === 0) return full;
  const names = clusters.map(({ name }) => name);
  const named = fixef.map(({ name }) => [name, ...name.split('^')].some((part) => names.includes(part)));
  const look = !names.every((name) => fixef.some((factor) => factor.name === name));
  const nested = fixef.map(
    (factor, f) => named[f] || (look && clusters.some((cluster) => isWithin(factor, cluster.codes))),
  );
  const count = nested.filter(Boolean).length;
  const less = count === fixef.length ? k + 1 : full - (sum((f) => nested[f]) - count);
  return Math.max(less, k + auxiliaries + 1);
}

/** What the covariance of a design at its maximum is made of. */
export function vcovInput(design: Design, estimated: Estimated, dof: number): VcovInput {
  const { fit, model, problem, auxiliaryAt, boundary } = estimated;
  const p = fit.coef.length;
  const auxiliaries = reportedAuxiliaries(model, boundary).length;
  const reported = Int32Array.from([
    ...Array.from({ length: design.k }, (_, j) => j),
    ...Array.from({ length: auxiliaries }, (_, a) => auxiliaryAt + a),
  ]);
  const ols = model.kernel === 'ols';
  return {
    spec: design.spec.vcov,
    like: design.spec.like,
    ols,
    n: design.n,
    dof,
    dofNested: dofFixest(design, auxiliaries),
    p,
    reported,
    bread: fit.vcov,
    scores: fit.scores,
    scoreBy: fit.scoreBy,
    sigma2: estimated.sigma2 ?? (ols ? sumsOfSquares(design, fit.eta).rss / (design.n - dof) : 1),
    x: problem.x,
    weights: problem.weights,
    design,
  };
}
