/** Shapes that the absorbed fits share. */
import type { Status } from './abi.ts';
import type { AbsorbFit } from './abi-absorb.ts';
import { type AbsorbExports, alloc, doubles } from './absorb-workspace.ts';
import type { Factor } from './dense.ts';

/** Zeros of the right sizes; −Infinity for the log-likelihood: what a fit that ended early carries. */
export function emptyFit(status: Status, p: number): AbsorbFit {
  return {
    status,
    iterations: 0,
    coef: new Float64Array(p),
    loglik: Number.NEGATIVE_INFINITY,
    vcov: new Float64Array(p * p),
    scores: new Float64Array(0),
    scoreBy: 'row',
    eta: new Float64Array(0),
    scaledGradient: Number.POSITIVE_INFINITY,
    hessianCondition: Number.POSITIVE_INFINITY,
    deviance: Number.POSITIVE_INFINITY,
    effectsRank: 0,
    effectLevels: [],
    innerIterations: 0,
    withinResidual: Number.POSITIVE_INFINITY,
  };
}

/** 2-norm condition number of a after scaling to a unit diagonal; 1 for an empty matrix. */
export function conditionNumber(core: AbsorbExports, { k, scale }: Factor, a: Float64Array): number {
  if (k === 0) return 1;
  const top = core.mark();
  const at = alloc(core, k * k * 8);
  const values = alloc(core, k * 8);
  const vectors = alloc(core, k * k * 8);
  const scaled = doubles(core, at, k * k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) scaled[i * k + j] = a[i * k + j] * scale[i] * scale[j];
  core.symEigen(k, at, values, vectors);
  const eigen = doubles(core, values, k);
  const condition = eigen[k - 1] / Math.max(eigen[0], 1e-300);
  core.reset(top);
  return condition;
}
