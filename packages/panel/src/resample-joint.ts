/** Two estimators under the same draws: the covariance of their difference, for a Hausman test that needs no efficient one. */
import { PanelError } from './errors.ts';
import type { StartedFit } from './fit.ts';
import type { Draws } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { hasEstimate } from './resample-refit.ts';

/** Replicate r of both draws the same clusters. */
export interface DifferenceJobs {
  a: ResampleJob;
  b: ResampleJob;
}

export interface DifferenceDraws {
  /** Terms that both have, the constant left out. */
  terms: string[];
  /** q × q covariance of b_a − b_b over the replicates that both have. */
  covariance: Float64Array;
  reps: number;
  failed: number;
  seed: number;
  /** What was drawn, and how many there are. */
  by: string;
  clusters: number;
}

/** For each cluster of a its number among those of b, by the rows that both use. @throws PanelError resample/different-rows. */
function sharedClusters(a: StartedFit, b: StartedFit): NonNullable<ResampleJob['shared']> {
  const [drawn] = b.runs!.main.clusters;
  const ofRow = new Map(Array.from(b.design.rows, (row, i) => [row, drawn.codes[i]]));
  const [{ codes, count }] = a.runs!.main.clusters;
  const ofCluster = new Int32Array(count).fill(-1);
  a.design.rows.forEach((row, i) => {
    const found = ofRow.get(row);
    if (found !== undefined && ofCluster[codes[i]] < 0) ofCluster[codes[i]] = found;
  });
  if (ofCluster.some((code) => code < 0))
    throw new PanelError({
      code: 'resample/different-rows',
      message: `Some cluster of ${a.design.spec.model} has no row that ${b.design.spec.model} uses; the second model was expected to use all rows of the first.`,
      hint: 'Give the model that drops rows first.',
    });
  return { count: drawn.count, of: ofCluster };
}

/**
 * Pairs bootstraps of two fits with one set of draws, those of b.
 * @param a the fit on fewer rows (nb-fe drops units without counts), @param b that on all; both started with vcov bootstrap,
 * pairs of the same clusters. Seed and replicates are b's.
 * @throws PanelError resample/different-rows.
 */
export function differenceJobs(a: StartedFit, b: StartedFit): DifferenceJobs {
  const main = b.runs!.main;
  const { reps, seed } = main;
  return { a: { ...a.runs!.main, shared: sharedClusters(a, b), reps, seed }, b: main };
}

/** Columns of the terms that both jobs have among their reported numbers. */
function sharedTerms({ a, b }: DifferenceJobs): { terms: string[]; atA: number[]; atB: number[] } {
  const isTerm = ({ reported, problem }: ResampleJob, j: number) => j >= 0 && reported[j] < problem.k;
  const terms = a.names.filter((name, j) => name !== '(Intercept)' && isTerm(a, j) && isTerm(b, b.names.indexOf(name)));
  return { terms, atA: terms.map((t) => a.names.indexOf(t)), atB: terms.map((t) => b.names.indexOf(t)) };
}

/**
 * Covariance of b_a − b_b over the replicates that both have, 1/(R − 1) about their mean (Cameron, Trivedi 2005, section
 * 21.4.3: the Hausman test without the assumption that b is efficient).
 * @throws PanelError resample/too-many-failed.
 */
export function differenceDraws(jobs: DifferenceJobs, a: Draws, b: Draws): DifferenceDraws {
  const { terms, atA, atB } = sharedTerms(jobs);
  const { reps, seed, clusters } = jobs.b;
  const [widthA, widthB] = [jobs.a.reported.length, jobs.b.reported.length];
  const differences: number[][] = [];
  for (let r = 0; r < reps; r++)
    if (hasEstimate(a.status[r]) && hasEstimate(b.status[r]))
      differences.push(terms.map((_, j) => a.estimates[r * widthA + atA[j]] - b.estimates[r * widthB + atB[j]]));
  const n = differences.length;
  if (n < 2 || n < reps / 2)
    throw new PanelError({
      code: 'resample/too-many-failed',
      message: `${reps - n} of ${reps} replicates have no estimate of both models; at least half of them were expected to.`,
      hint: 'Some regressor varies in few clusters only: leave it out.',
    });
  const q = terms.length;
  const mean = terms.map((_, j) => differences.reduce((sum, d) => sum + d[j], 0) / n);
  const covariance = new Float64Array(q * q);
  for (const d of differences)
    for (let i = 0; i < q; i++)
      for (let j = 0; j < q; j++) covariance[i * q + j] += ((d[i] - mean[i]) * (d[j] - mean[j])) / (n - 1);
  return { terms, covariance, reps, failed: reps - n, seed, by: clusters[0].name, clusters: clusters[0].count };
}
