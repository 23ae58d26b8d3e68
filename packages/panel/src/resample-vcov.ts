/** The covariance of a column from its replicates, with the words that tables use for it. */
import type { Kernels } from '@gravpanel/core-wasm';
import { count, fixed, pValue } from './format.ts';
import type { Estimated } from './maximise.ts';
import { symmetricP } from './resample-intervals.ts';
import { type ResampleJob, resampleJob } from './resample-job.ts';
import { type Resampled, type RunDraws, runsOf, summariseDraws } from './resample-summary.ts';
import type { Design, Note, ResampleSpec, Resampling, VcovInfo } from './types.ts';
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
  if (scheme === 'jackknife')
    return `jackknife, leaving out one of ${count(clusters)} clusters (${by}) at a time${lost}`;
  const of =
    scheme === 'parametric' ? '' : scheme === 'block' ? ' of periods' : ` of ${count(clusters)} clusters (${by})`;
  return `${SCHEMES[scheme]}${of}, ${count(reps)} replicates, seed ${seed}${METHODS[method]}${lost}`;
}

/** A permutation is a test of one term; it says nothing on the spread of the estimates, whose covariance stays as it is. */
function permutationTest(
  job: ResampleJob,
  { main }: RunDraws,
  resampling: Resampling,
  notes: Note[],
): Omit<Resampled, 'covariance'> & { info: VcovInfo } {
  const { column, name } = job.permuted!;
  const at = job.reported.indexOf(column);
  const width = job.reported.length;
  const t = Array.from({ length: main.count }, (_, r) => main.extra![r * width + at]).filter(Number.isFinite);
  const statistic = job.coef[column] / (job.spread * Math.sqrt(job.bread[column * (job.coef.length + 1)]));
  const test = { term: job.names[at], statistic, p: symmetricP(t, statistic, false) };
  const words = `Permutation of ${test.term} within ${name}, ${count(job.reps)} replicates, seed ${job.seed}: t = ${fixed(statistic, 3)}, p = ${pValue(test.p)}.`;
  return {
    resampling: { ...resampling, test, bias: [], monteCarlo: { se: [] } },
    notes: [...notes, { code: 'permutation', message: words }],
    info: { type: 'iid', factor: 1, factorRule: 'none' },
  };
}

/** @throws PanelError resample/…, vcov/… */
export function resampledVcov(
  design: Design,
  estimated: Estimated,
  draws: RunDraws,
  level: number,
  kernels: Kernels,
): Omit<Resampled, 'covariance'> & { covariance?: Float64Array; info: VcovInfo } {
  const spec = design.spec.vcov as ResampleSpec;
  const job = resampleJob(design, estimated, spec);
  const { covariance, resampling, notes } = summariseDraws(runsOf(job), draws, design.k, level, kernels);
  if (job.scheme === 'permutation') return permutationTest(job, draws, resampling, notes);
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
