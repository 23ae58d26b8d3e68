/** Replicates → covariance, intervals, p values, and how far each figure would move under other seeds. */
import { type Kernels, LN_BOUNDARY } from '@gravpanel/core-wasm';
import { columnOf, countOf, drawCovariance, estimated, type Mask, meanOf, momentAbout } from './resample-columns.ts';
import { checkDraws, type Draws, openJob, statusWords } from './resample-draws.ts';
import {
  acceleration,
  basicInterval,
  bcaInterval,
  percentileInterval,
  percentileP,
  type Quantile,
  quantileError,
  sharedQuantile,
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

/** Intervals, p and its Monte Carlo error of one number from its sorted replicates. */
interface Single {
  percentile: Interval;
  basic: Interval;
  bca?: Interval;
  error: Interval;
  p: number;
}

function singleOf(
  sorted: Float64Array,
  estimate: number,
  leftOut: Float64Array | undefined,
  level: number,
  at: Quantile,
): Single {
  const bca = leftOut && bcaInterval(sorted, estimate, acceleration(leftOut), level);
  return {
    percentile: percentileInterval(sorted, level, at),
    basic: basicInterval(sorted, estimate, level, at),
    ...(bca && { bca }),
    error: [(1 - level) / 2, (1 + level) / 2].map((one) => quantileError(sorted, one, at)) as Interval,
    p: percentileP(sorted),
  };
}

/** What needs no more than the replicates: the schemes whose draws are estimates of new samples. */
function fromEstimates(job: ResampleJob, draws: RunDraws, level: number, kernels: Kernels, k: number): Parts {
  const width = job.reported.length;
  const { main, jackknife } = draws;
  const good = estimated(main);
  const leftOut = jackknife && estimated(jackknife);
  const at = sharedQuantile();
  const estimates = Array.from({ length: k }, (_, j) => job.coef[job.reported[j]]);
  const all = estimates.map((estimate, j) => {
    const left = leftOut && columnOf(jackknife!.estimates, width, j, leftOut);
    return singleOf(columnOf(main.estimates, width, j, good).sort(), estimate, left, level, at);
  });
  const intervals: Resampling['intervals'] = {
    percentile: all.map(({ percentile }) => percentile),
    basic: all.map(({ basic }) => basic),
  };
  const notes: Note[] = [];
  if (jackknife && all.every(({ bca }) => bca !== undefined)) intervals.bca = all.map(({ bca }) => bca!);
  else if (jackknife)
    notes.push({
      code: 'no-bca',
      message: 'No BCa intervals: for some coefficient all replicates lie on one side of the estimate.',
    });
  let p = all.map((one) => one.p);
  let pRule = 'percentile';
  if (main.extra) {
    const se = baseErrors(job, kernels);
    const found = estimates.map((estimate, j) => {
      const t = columnOf(main.extra!, width, j, good).filter(Number.isFinite).sort();
      return {
        interval: studentisedInterval(t, estimate, se[j], level),
        p: symmetricP(t, estimate / se[j], false),
      };
    });
    intervals.studentised = found.map(({ interval }) => interval);
    p = found.map((one) => one.p);
    pRule = 'studentised, symmetric';
  }
  const percentile = all.map(({ error }) => error);
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
    return Math.sqrt(momentAbout(a, meanOf(a), 2) / momentAbout(b, meanOf(b), 2));
  });
  errors.sort((a, b) => a - b);
  return {
    replicates: countOf(keep),
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

/** Among the reported numbers, those that are LN_BOUNDARY at a boundary: ln σ_u and ln σ_w of a frontier, else the first auxiliary. */
function boundaryPlaces({ reported, problem, names }: ResampleJob): [at: number, name: string][] {
  const found: [number, string][] = problem.frontier
    ? ['sigma_u', 'sigma_w'].map((name) => [names.indexOf(`ln_${name}`), name])
    : [[Array.from(reported).findIndex((p) => p >= problem.k), 'the dispersion']];
  return found.filter(([at]) => at >= 0);
}

function boundaryNotes(job: ResampleJob, { status, estimates }: Draws): Note[] {
  const width = job.reported.length;
  return boundaryPlaces(job).flatMap(([at, name]) => {
    let met = 0;
    for (let r = 0; r < status.length; r++)
      if (hasEstimate(status[r]) && estimates[r * width + at] === LN_BOUNDARY) met++;
    if (met === 0) return [];
    const message = `In ${met} of ${job.reps} replicates ${name} is 0; its standard error leaves them out.`;
    return [{ code: 'boundary-replicates', message }];
  });
}

/** The replicates without an estimate: how many, and the first of them. */
function failuresOf({ status }: Draws, good: Mask): Pick<Resampling, 'failures' | 'failed'> {
  const failures: Resampling['failures'] = [];
  for (let r = 0; r < good.length && failures.length < MOST_LISTED; r++)
    if (!good[r]) failures.push({ replicate: r, status: statusWords(status[r]) });
  return { failures, failed: good.length - countOf(good) };
}

/** Bias of each coefficient, and the Monte Carlo error of its standard error. */
function momentsOf(job: ResampleJob, draws: Draws, good: Mask, se: number[], k: number) {
  const width = job.reported.length;
  const exactly = job.scheme === 'jackknife' || ((job.scheme === 'wild' || job.scheme === 'score') && complete(job));
  return Array.from({ length: k }, (_, j) => {
    const x = columnOf(draws.estimates, width, j, good);
    const mean = meanOf(x);
    const off = mean - job.coef[job.reported[j]];
    return {
      bias: job.scheme === 'jackknife' ? (x.length - 1) * off : off,
      spread: exactly ? 0 : spreadError(se[j], momentAbout(x, mean, 4), x.length),
    };
  });
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
  const listed = failuresOf(draws.main, good);
  const moments = momentsOf(job, draws.main, good, se, k);
  const approximation = approximationOf(job, draws, se, k);
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
      bias: moments.map(({ bias }) => bias),
      monteCarlo: { ...parts.monteCarlo, se: moments.map(({ spread }) => spread) },
      failures: listed.failures,
      fallback: countOf(draws.main.fallback),
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
