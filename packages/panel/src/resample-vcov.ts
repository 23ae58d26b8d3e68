/** The covariance of a column from its replicates, with the words that tables use for it. */
import type { Kernels } from '@gravpanel/core-wasm';
import { count } from './format.ts';
import type { Estimated } from './maximise.ts';
import { type ResampleJob, resampleJob } from './resample-job.ts';
import { type Resampled, type RunDraws, runsOf, summariseDraws } from './resample-summary.ts';
import type { Design, ResampleSpec, Resampling, VcovInfo } from './types.ts';
import { fewClusters } from './vcov.ts';

const SCHEMES: Record<ResampleJob['scheme'], string> = {
  pairs: 'bootstrap',
  block: 'moving-block bootstrap',
  'two-way': 'two-way bootstrap',
  wild: 'wild cluster bootstrap',
  score: 'score bootstrap',
  parametric: 'parametric bootstrap',
  permutation: 'permutation',
  jackknife: 'jackknife',
};

const METHODS = { exact: '', 'one-step': ', one-step approximation', 'second-order': ', second-order approximation' };

/** "bootstrap of whole cusip, 999 replicates, seed 1". */
export function resampledWords({
  scheme,
  by,
  clusters,
  reps,
  seed,
  method,
  failed,
}: Omit<Resampling, 'intervals'>): string {
  const lost = failed > 0 ? `, ${count(failed)} of them without an estimate` : '';
  if (scheme === 'jackknife') return `jackknife, leaving out one of ${count(clusters)} clusters (${by}) at a time${lost}`;
  const of = scheme === 'parametric' ? '' : scheme === 'block' ? ' of periods' : ` of ${count(clusters)} clusters (${by})`;
  return `${SCHEMES[scheme]}${of}, ${count(reps)} replicates, seed ${seed}${METHODS[method]}${lost}`;
}

/** @throws PanelError resample/…, vcov/… */
export function resampledVcov(
  design: Design,
  estimated: Estimated,
  draws: RunDraws,
  level: number,
  kernels: Kernels,
): Resampled & { info: VcovInfo } {
  const spec = design.spec.vcov as ResampleSpec;
  const job = resampleJob(design, estimated, spec);
  const { covariance, resampling, notes } = summariseDraws(runsOf(job), draws, design.k, level, kernels);
  const clusters = job.clusters.map((one) => one.count);
  const clustered = job.scheme !== 'parametric' && job.scheme !== 'block' && job.clusters[0].name !== 'rows';
  return {
    covariance,
    resampling,
    notes: [...(clustered ? fewClusters(clusters) : []), ...notes],
    info: {
      type: spec.type,
      ...(clustered && { clusters }),
      factor: 1,
      factorRule: 'none',
      resampled: resampledWords(resampling),
    },
  };
}
