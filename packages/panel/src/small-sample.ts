/** Small-sample factors of covariances: gravpanel's own, and those that --like reproduces. */
import type { Like, VcovSpec } from './types.ts';

export interface FactorInput {
  type: VcovSpec['type'];
  like?: Like;
  /** Least squares: σ² already carries RSS/(n − k). */
  ols: boolean;
  /** Rows, estimated parameters (effects and auxiliaries included), fewest clusters of a dimension. */
  n: number;
  k: number;
  g?: number;
  /** Parameters as fixest counts them: effects nested in a cluster count as one; no auxiliaries. */
  kNested: number;
}
export interface Factor {
  factor: number;
  /** The formula in words; "none" where the factor is 1. */
  rule: string;
}

const NONE: Factor = { factor: 1, rule: 'none' };

function clusterFactor({ like, ols, n, k, g = 1, kNested }: FactorInput): Factor {
  const groups = g / (g - 1);
  if (like === 'fixest') return { factor: (groups * (n - 1)) / (n - kNested), rule: 'G/(G−1)·(n−1)/(n−K)' };
  if (ols) return { factor: (groups * (n - 1)) / (n - k), rule: 'G/(G−1)·(n−1)/(n−k)' };
  return like === undefined ? NONE : { factor: groups, rule: 'G/(G−1)' };
}

/**
 * The factor that multiplies a covariance. Default: none for ML models; for OLS G/(G−1)·(n−1)/(n−k) with clusters;
 * HC1 n/(n−k). Stata: ML clusters G/(G−1), ML robust (hc1) n/(n−1). fixest: (n−1)/(n−K) also for ML iid, K with effects
 * nested in the clusters counted once. sandwich: vcovCL's G/(G−1), times (n−1)/(n−k) for lm only.
 */
export function smallSampleFactor(input: FactorInput): Factor {
  const { type, like, ols, n, k, kNested } = input;
  if (type === 'cluster') return clusterFactor(input);
  if (type === 'hc1') {
    if (like === 'stata' && !ols) return { factor: n / (n - 1), rule: 'n/(n−1)' };
    const parameters = like === 'fixest' ? kNested : k;
    return { factor: n / (n - parameters), rule: like === 'fixest' ? 'n/(n−K)' : 'n/(n−k)' };
  }
  if (type === 'iid' && like === 'fixest' && !ols) return { factor: (n - 1) / (n - kNested), rule: '(n−1)/(n−K)' };
  return NONE;
}
