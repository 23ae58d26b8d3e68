/** Two estimators under the same draws: the covariance of their difference, for a Hausman test that needs no efficient one. */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import type { StartedFit } from './fit.ts';
import type { ResampleJob } from './resample-job.ts';
import { hasEstimate, openRefitter, type Refitter } from './resample-refit.ts';

export interface DifferenceDraws {
  /** Terms that both have, the constant left out. */
  terms: string[];
  /** q × q covariance of b_a − b_b over the replicates that both have. */
  covariance: Float64Array;
  reps: number;
  failed: number;
}

const refitterOf = (job: ResampleJob, kernels: Kernels): Refitter => {
  const [{ codes, count }] = job.clusters;
  return openRefitter({ ...job, codes, count }, kernels);
};

/** For each cluster of a its number among those of b, by the rows that both use. @throws PanelError resample/different-rows. */
function clusterMap(a: StartedFit, b: StartedFit): Int32Array {
  const [{ codes, count }] = a.runs!.main.clusters;
  const ofB = new Map(Array.from(b.design.rows, (row, i) => [row, b.runs!.main.clusters[0].codes[i]]));
  const map = new Int32Array(count).fill(-1);
  a.design.rows.forEach((row, i) => {
    const found = ofB.get(row);
    if (found !== undefined && map[codes[i]] < 0) map[codes[i]] = found;
  });
  if (map.every((code) => code >= 0)) return map;
  throw new PanelError({
    code: 'resample/different-rows',
    message: `Some cluster of ${a.design.spec.model} has no row that ${b.design.spec.model} uses; the second model was expected to use all rows of the first.`,
    hint: 'Give the model that drops rows first.',
  });
}

/**
 * Draws clusters of b, refits both under the same draw, and gives the covariance of b_a − b_b (Cameron & Trivedi 2005, section
 * 8.4.1: the Hausman test without the assumption that b is efficient).
 * @param a the fit on fewer rows (nb-fe drops units without counts), @param b that on all; both started with vcov bootstrap,
 * pairs of the same clusters. The seed and replicates are b's.
 * @throws PanelError resample/different-rows, resample/not-opened, resample/too-many-failed.
 */
export function differenceDraws(a: StartedFit, b: StartedFit, kernels: Kernels): DifferenceDraws {
  const [jobA, jobB] = [a.runs!.main, b.runs!.main];
  const terms = jobA.names.filter(
    (name, j) => jobA.reported[j] < a.design.k && name !== '(Intercept)' && jobB.names.includes(name),
  );
  const at = (job: ResampleJob) => terms.map((term) => job.reported[job.names.indexOf(term)]);
  const [atA, atB] = [at(jobA), at(jobB)];
  const map = clusterMap(a, b);
  const [refitA, refitB] = [refitterOf(jobA, kernels), refitterOf(jobB, kernels)];
  const differences: number[][] = [];
  for (let r = 0; r < jobB.reps; r++) {
    const drawn = refitB.drawWeights(r);
    const weights = Float64Array.from(map, (code) => drawn[code]);
    const [one, two] = [refitA.weighted(weights, 1, 'none'), refitB.pairs(r, 1, 'none')];
    if (hasEstimate(one.status[0]) && hasEstimate(two.status[0]))
      differences.push(terms.map((_, j) => one.coef[atA[j]] - two.coef[atB[j]]));
  }
  refitA.free();
  refitB.free();
  const n = differences.length;
  if (n < 2 || n < jobB.reps / 2)
    throw new PanelError({
      code: 'resample/too-many-failed',
      message: `${jobB.reps - n} of ${jobB.reps} replicates have no estimate of both models; at least half of them were expected to.`,
      hint: 'Some regressor varies in few clusters only: leave it out.',
    });
  const q = terms.length;
  const mean = terms.map((_, j) => differences.reduce((sum, d) => sum + d[j], 0) / n);
  const covariance = new Float64Array(q * q);
  for (const d of differences)
    for (let i = 0; i < q; i++)
      for (let j = 0; j < q; j++) covariance[i * q + j] += ((d[i] - mean[i]) * (d[j] - mean[j])) / (n - 1);
  return { terms, covariance, reps: jobB.reps, failed: jobB.reps - n };
}
