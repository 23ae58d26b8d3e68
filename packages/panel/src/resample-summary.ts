/** Replicates → covariance, intervals, p values, and how far each figure would move under other seeds. */
import { type Kernels, LN_BOUNDARY } from '@gravpanel/core-wasm';
import { checkDraws, type Draws, openJob, statusWords } from './resample-draws.ts';
import {
  acceleration,
  basicInterval,
  bcaInterval,
  percentileInterval,
  percentileP,
  quantileError,
  spreadError,
  studentisedInterval,
  symmetricP,
} from './resample-intervals.ts';
import type { ResampleJob } from './resample-job.ts';
import { hasEstimate, openRefitter } from './resample-refit.ts';
import { scoreStatistic, scoreSums } from './resample-score.ts';
import { invertWild, wildVariances } from './resample-wild.ts';
import type { Interval, Note, Resampling } from './types.ts';

/** Failed replicates that are listed. */
const MOST_LISTED = 100;
/** Clusters up to which the acceleration comes from exact leave-one-out refits. */
const MOST_EXACT = 1000;
/** Replicates that an approximation is compared with exact refits on. */
export const COMPARED = 200;

/** All runs that one covariance asks for: its own replicates, leave-one-out refits for BCa, exact refits beside an approximation. */
export interface ResampleRuns {
  main: ResampleJob;
  jackknife?: ResampleJob;
  exact?: ResampleJob;
}
export type RunDraws = { [K in keyof ResampleRuns]: Draws };

/** The jobs behind a summary. */
export function runsOf(job: ResampleJob): ResampleRuns {
  const { count } = job.clusters[0];
  const exactly = count <= MOST_EXACT;
  const bca = job.scheme === 'pairs' && (exactly || (job.factors.length === 0 && !job.random));
  return {
    main: job,
    ...(bca && {
      jackknife: {
        ...job,
        scheme: 'jackknife' as const,
        reps: count,
        method: exactly ? ('exact' as const) : ('one-step' as const),
        studentise: false,
      },
    }),
    ...(job.method !== 'exact' && {
      exact: { ...job, method: 'exact' as const, reps: Math.min(COMPARED, job.reps), studentise: false },
    }),
  };
}

/** One flag a replicate, 1: it counts. */
type Mask = Uint8Array;

const estimated = ({ status }: Draws): Mask => status.map((one) => (hasEstimate(one) ? 1 : 0));

/** Column j of the draws where `keep`. */
function columnOf(values: Float64Array, width: number, j: number, keep: Mask): Float64Array {
  const out = new Float64Array(values.length / width);
  let n = 0;
  for (let r = 0; r < out.length; r++) if (keep[r]) out[n++] = values[r * width + j];
  return out.slice(0, n);
}

const meanOf = (x: Float64Array) => x.reduce((sum, one) => sum + one, 0) / x.length;

/** Replicates that say something about each number: with an estimate, and for a dispersion not at its boundary; one mask where all do. */
function usable(draws: Draws, { problem, reported }: ResampleJob): Mask[] {
  const width = reported.length;
  const good = estimated(draws);
  return Array.from(reported, (at, j) => {
    if (at < problem.k) return good;
    const own = good.map((flag, r) => (draws.estimates[r * width + j] === LN_BOUNDARY ? 0 : flag));
    return own.every((flag, r) => flag === good[r]) ? good : own;
  });
}

/**
 * Covariance of the replicates about their mean: 1/(R − 1), the jackknife's (G − 1)/G.
 * @returns r × r, row-major.
 */
export function drawCovariance(job: ResampleJob, draws: Draws): Float64Array {
  const width = job.reported.length;
  const keep = usable(draws, job);
  const centred = (j: number, both: Mask) => {
    const x = columnOf(draws.estimates, width, j, both);
    const mean = meanOf(x);
    return x.map((one) => one - mean);
  };
  const own = keep.map((mask, j) => centred(j, mask));
  const out = new Float64Array(width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      const same = keep[a] === keep[b];
      const both = same ? keep[a] : keep[a].map((one, r) => one & keep[b][r]);
      const [x, y] = same ? [own[a], own[b]] : [centred(a, both), centred(b, both)];
      let sum = 0;
      for (let r = 0; r < x.length; r++) sum += x[r] * y[r];
      const scale = job.scheme === 'jackknife' ? (x.length - 1) / x.length : 1 / (x.length - 1);
      out[a * width + b] = sum * scale;
      out[b * width + a] = sum * scale;
    }
  return out;
}

/** Standard errors at the optimum as the replicates have them. */
function baseErrors(job: ResampleJob, kernels: Kernels): Float64Array {
  const { kernel, absorb, random, problem, factors, coef, seed, maxIter, reported } = job;
  const { codes, count } = job.scheme === 'pairs' ? job.clusters[0] : { codes: new Int32Array(problem.n), count: 1 };
  const spec = {
    kernel,
    absorb,
    random,
    problem,
    factors,
    coef,
    codes,
    count,
    seed,
    method: 'exact' as const,
    maxIter,
  };
  const refitter = openRefitter(spec, kernels);
  const { se } = refitter.weighted(new Float64Array(count).fill(1), 1, job.scheme === 'pairs' ? 'cluster' : 'iid');
  refitter.free();
  return Float64Array.from(reported, (j) => se![j]);
}

interface Parts {
  intervals: Resampling['intervals'];
  p?: number[];
  pRule?: string;
  monteCarlo: Resampling['monteCarlo'];
  notes: Note[];
}

/** What needs no more than the replicates: the schemes whose draws are estimates of new samples. */
function fromEstimates(job: ResampleJob, draws: RunDraws, level: number, kernels: Kernels, k: number): Parts {
  const width = job.reported.length;
  const { main, jackknife } = draws;
  const good = estimated(main);
  const columns = Array.from({ length: k }, (_, j) => columnOf(main.estimates, width, j, good).sort());
  const estimates = columns.map((_, j) => job.coef[job.reported[j]]);
  const intervals: Resampling['intervals'] = {
    percentile: columns.map((sorted) => percentileInterval(sorted, level)),
    basic: columns.map((sorted, j) => basicInterval(sorted, estimates[j], level)),
  };
  const notes: Note[] = [];
  if (jackknife) {
    const leftOut = estimated(jackknife);
    const bca = columns.map((sorted, j) => {
      const left = columnOf(jackknife.estimates, width, j, leftOut);
      return bcaInterval(sorted, estimates[j], acceleration(left), level);
    });
    if (bca.every((one) => one !== undefined)) intervals.bca = bca as Interval[];
    else
      notes.push({
        code: 'no-bca',
        message: 'No BCa intervals: for some coefficient all replicates lie on one side of the estimate.',
      });
  }
  let p = columns.map(percentileP);
  let pRule = 'percentile';
  if (main.extra) {
    const se = baseErrors(job, kernels);
    const t = columns.map((_, j) => columnOf(main.extra!, width, j, good).filter(Number.isFinite).sort());
    intervals.studentised = t.map((sorted, j) => studentisedInterval(sorted, estimates[j], se[j], level));
    p = t.map((sorted, j) => symmetricP(sorted, estimates[j] / se[j], false));
    pRule = 'studentised, symmetric';
  }
  const tails = [(1 - level) / 2, (1 + level) / 2];
  const percentile = columns.map((sorted) => tails.map((one) => quantileError(sorted, one)) as Interval);
  return { intervals, p, pRule, monteCarlo: { se: [], percentile, p: p.map(shareError(job.reps)) }, notes };
}

/** Monte Carlo standard deviation of a share of R draws. */
const shareError = (R: number) => (p: number) => Math.sqrt((p * (1 - p)) / R);

const complete = ({ points, reps, clusters: [{ count }] }: ResampleJob) =>
  points === 'rademacher' && count < 31 && reps === 2 ** count;

function fromSigns(job: ResampleJob, draws: RunDraws, level: number, kernels: Kernels, k: number): Parts {
  const width = job.reported.length;
  const all = complete(job);
  const error = all ? () => 0 : shareError(job.reps);
  if (job.scheme === 'score') {
    const { held } = scoreSums(job, kernels);
    if (held.slice(0, k).some((one) => one === undefined)) return { intervals: {}, monteCarlo: { se: [] }, notes: [] };
    const p = held.slice(0, k).map((a, j) => {
      const t = columnOf(draws.main.extra!, width, j, new Uint8Array(draws.main.count).fill(1));
      return symmetricP(t, scoreStatistic(a!), all);
    });
    return { intervals: {}, p, pRule: 'score, null imposed', monteCarlo: { se: [], p: p.map(error) }, notes: [] };
  }
  const variance = wildVariances(job, kernels);
  const found = Array.from({ length: k }, (_, j) => invertWild(job, draws.main, j, variance[j], level, all));
  const p = found.map((one) => one.p);
  const bounded = found.every((one) => one.interval !== undefined);
  const notes: Note[] = bounded
    ? []
    : [
        {
          code: 'no-inverted-interval',
          message: 'No inverted intervals: with so few clusters the test rejects nothing far away.',
        },
      ];
  return {
    intervals: bounded ? { inverted: found.map((one) => one.interval!) } : {},
    p,
    pRule: 'wild t, null imposed',
    monteCarlo: { se: [], p: p.map(error) },
    notes,
  };
}

/** Error of the approximation in standard errors, over the replicates that both have. */
function approximationOf(
  job: ResampleJob,
  { main, exact }: RunDraws,
  se: number[],
  k: number,
): Resampling['approximation'] {
  if (!exact) return undefined;
  const width = job.reported.length;
  const keep = exact.status.map((one, r) => (hasEstimate(one) && hasEstimate(main.status[r]) ? 1 : 0));
  const short = main.estimates.subarray(0, exact.estimates.length);
  const errors: number[] = [];
  const seRatio = Array.from({ length: k }, (_, j) => {
    const [a, b] = [columnOf(short, width, j, keep), columnOf(exact.estimates, width, j, keep)];
    a.forEach((one, r) => {
      errors.push(Math.abs(one - b[r]) / se[j]);
    });
    const spread = (x: Float64Array) => Math.sqrt(x.reduce((sum, one) => sum + (one - meanOf(x)) ** 2, 0));
    return spread(a) / spread(b);
  });
  errors.sort((a, b) => a - b);
  return {
    replicates: keep.reduce((sum, flag) => sum + flag, 0),
    medianError: errors[Math.floor(errors.length / 2)],
    maxError: errors.at(-1)!,
    seRatio,
  };
}

export interface Resampled {
  /** r × r. */
  covariance: Float64Array;
  resampling: Resampling;
  notes: Note[];
}

function failureNotes(job: ResampleJob, { failures, failed }: Pick<Resampling, 'failures' | 'failed'>): Note[] {
  if (failed === 0) return [];
  const ids = failures.slice(0, 10).map(({ replicate }) => replicate);
  return [
    {
      code: 'failed-replicates',
      message: `${failed} of ${job.reps} replicates have no estimate and are left out (${ids.join(', ')}${failed > ids.length ? ', …' : ''}: ${[...new Set(failures.map(({ status }) => status))].join(', ')}).`,
    },
  ];
}

/** Among the reported numbers, that which is LN_BOUNDARY at a boundary: ln σ_u of a frontier, else the first auxiliary. */
const boundaryPlace = ({ reported, problem, names }: ResampleJob) =>
  problem.frontier ? names.indexOf('ln_sigma_u') : Array.from(reported).findIndex((p) => p >= problem.k);

function boundaryNotes(job: ResampleJob, { status, estimates }: Draws): Note[] {
  const width = job.reported.length;
  const at = boundaryPlace(job);
  if (at < 0) return [];
  let met = 0;
  status.forEach((one, r) => {
    if (hasEstimate(one) && estimates[r * width + at] === LN_BOUNDARY) met++;
  });
  return met === 0
    ? []
    : [
        {
          code: 'boundary-replicates',
          message: `In ${met} of ${job.reps} replicates ${job.problem.frontier ? 'sigma_u' : 'the dispersion'} is 0; its standard error leaves them out.`,
        },
      ];
}

/**
 * Covariance and figures of a finished job.
 * @param k number of coefficients (auxiliaries, after them, get a standard error only).
 * @throws PanelError resample/too-many-failed.
 */
export function summariseDraws(
  runs: ResampleRuns,
  draws: RunDraws,
  k: number,
  level: number,
  kernels: Kernels,
): Resampled {
  const { main: job } = runs;
  checkDraws(job, draws.main);
  const width = job.reported.length;
  const covariance = drawCovariance(job, draws.main);
  const se = Array.from({ length: width }, (_, j) => Math.sqrt(covariance[j * width + j]));
  const none: Parts = { intervals: {}, monteCarlo: { se: [] }, notes: [] };
  const signs = job.scheme === 'wild' || job.scheme === 'score';
  const plain = job.scheme === 'jackknife' || job.scheme === 'permutation';
  const parts = plain ? none : (signs ? fromSigns : fromEstimates)(job, draws, level, kernels, k);
  const good = estimated(draws.main);
  const failures: Resampling['failures'] = [];
  good.forEach((flag, replicate) => {
    if (!flag) failures.push({ replicate, status: statusWords(draws.main.status[replicate]) });
  });
  const columns = Array.from({ length: k }, (_, j) => columnOf(draws.main.estimates, width, j, good));
  const means = columns.map(meanOf);
  const bias = means.map((mean, j) => {
    const off = mean - job.coef[job.reported[j]];
    return job.scheme === 'jackknife' ? (columns[j].length - 1) * off : off;
  });
  const exactly = job.scheme === 'jackknife' || (signs && complete(job));
  const spread = columns.map((x, j) =>
    exactly ? 0 : spreadError(se[j], x.reduce((sum, one) => sum + (one - means[j]) ** 4, 0) / x.length, x.length),
  );
  const approximation = approximationOf(job, draws, se, k);
  const listed = { failed: failures.length, failures: failures.slice(0, MOST_LISTED) };
  return {
    covariance,
    resampling: {
      kind: job.scheme === 'jackknife' ? 'jackknife' : 'bootstrap',
      scheme: job.scheme,
      by: job.permuted?.name ?? job.clusters.map(({ name }) => name).join(' × '),
      clusters: job.clusters[0].count,
      reps: job.reps,
      failed: listed.failed,
      seed: job.seed,
      method: job.method,
      intervals: parts.intervals,
      ...(parts.p && { p: parts.p, pRule: parts.pRule }),
      bias,
      monteCarlo: { ...parts.monteCarlo, se: spread },
      failures: listed.failures,
      fallback: draws.main.fallback.reduce((sum, one) => sum + one, 0),
      ...(approximation && { approximation }),
    },
    notes: [...failureNotes(job, listed), ...boundaryNotes(job, draws.main), ...parts.notes],
  };
}

/** Draws of all runs on this thread. */
export function drawRuns(runs: ResampleRuns, kernels: Kernels): RunDraws {
  const draw = (job: ResampleJob) => {
    const open = openJob(job, kernels);
    try {
      return open.run(0, job.reps);
    } finally {
      open.free();
    }
  };
  return {
    main: draw(runs.main),
    ...(runs.jackknife && { jackknife: draw(runs.jackknife) }),
    ...(runs.exact && { exact: draw(runs.exact) }),
  };
}
