/** A design and its optimum → what is resampled: a plain record, the whole input of every replicate. */
import type { AbsorbModel, KernelModel, Problem } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { DEFAULT_MAX_ITER, DEFAULT_SEED } from './estimate.ts';
import type { Estimated } from './maximise.ts';
import { reportedAuxiliaries } from './models/model.ts';
import type { CurveReplicates } from './resample-curve.ts';
import type { BootKind, Design, ReplicateMethod, ResampleSpec, VcovSpec } from './types.ts';

export const DEFAULT_REPS = 999;
/** Replicates of one job: their draws are held as doubles. */
const MOST_DOUBLES = 2 ** 29;

/** One factor that is drawn. */
export interface ResampleClusters {
  name: string;
  /** n codes 0 … count − 1; every code occurs. */
  codes: Int32Array;
  count: number;
}

/** Everything that replicates 0 … reps − 1 depend on. It crosses to workers and into shard files unchanged. */
export interface ResampleJob {
  scheme: BootKind | 'jackknife';
  kernel: KernelModel;
  absorb?: AbsorbModel;
  /** Random-effects least squares at these standard deviations; each replicate has its own. */
  random?: { sigmaU: number; sigmaE: number };
  problem: Problem;
  factors: Int32Array[];
  /** p: the optimum. */
  coef: Float64Array;
  /** p × p inverse of the negative Hessian at it. */
  bread: Float64Array;
  /** n linear predictors. */
  eta: Float64Array;
  /** Positions of the r reported numbers among the p, and their names. */
  reported: Int32Array;
  names: string[];
  /** What is drawn; two entries for two-way. */
  clusters: ResampleClusters[];
  /** pairs: drawn are `count` clusters of another job; cluster c of this one is number of[c] there. */
  shared?: { count: number; of: Int32Array };
  reps: number;
  seed: number;
  method: ReplicateMethod;
  points: 'rademacher' | 'webb';
  /** block: periods of the rows as 0 … T − 1, and the length of a block. */
  periods?: { codes: Int32Array; count: number; length: number };
  /** permutation: the column of x that moves, and the stratum of each row. */
  permuted?: { column: number; strata: Int32Array; count: number; name: string };
  studentise: boolean;
  /** Residual standard deviation of least squares at the optimum; 1 for likelihoods. */
  spread: number;
  maxIter: number;
  /** A whole specification curve in place of one problem: r specifications, estimates centred under the null, their t as extra. */
  curve?: CurveReplicates;
}

/** Whether a covariance comes from replicates. */
export const isResampled = (vcov: VcovSpec): vcov is ResampleSpec =>
  vcov.type === 'bootstrap' || vcov.type === 'jackknife';

/** The columns that a covariance clusters by, one entry a dimension. */
export const clusterColumns = (vcov: VcovSpec): string[][] =>
  vcov.type === 'cluster' ? vcov.by : isResampled(vcov) ? (vcov.by ?? []) : [];

const refuse = (code: string, message: string, hint: string) => new PanelError({ code, message, hint });

/** The units of the panel, or the rows. */
function defaultClusters({ groupStart, n, unit }: Design): ResampleClusters {
  if (!groupStart) return { name: 'rows', codes: Int32Array.from({ length: n }, (_, i) => i), count: n };
  const codes = new Int32Array(n);
  for (let g = 0; g + 1 < groupStart.length; g++) codes.fill(g, groupStart[g], groupStart[g + 1]);
  return { name: unit ?? 'units', codes, count: groupStart.length - 1 };
}

/** Codes in order of first appearance, so that every code occurs. */
function dense({ name, codes }: ResampleClusters): ResampleClusters {
  const seen = new Map<number, number>();
  const out = codes.map((code) => {
    const known = seen.get(code);
    if (known !== undefined) return known;
    seen.set(code, seen.size);
    return seen.size - 1;
  });
  return { name, codes: out, count: seen.size };
}

/** @throws PanelError vcov/split-unit, vcov/one-cluster. */
function checkClusters({ groupStart, groups }: Design, grouped: boolean, { name, codes, count }: ResampleClusters) {
  if (count < 2)
    throw refuse(
      'vcov/one-cluster',
      `${name} has one cluster in the rows used; at least two were expected.`,
      'Resample a finer variable: --by COLUMN.',
    );
  for (let g = 0; grouped && g + 1 < groupStart!.length; g++)
    for (let i = groupStart![g] + 1; i < groupStart![g + 1]; i++)
      if (codes[i] !== codes[i - 1])
        throw refuse(
          'vcov/split-unit',
          `Unit ${groups?.[g] ?? g + 1} has rows in several clusters of ${name}; the likelihood does not come apart within a unit.`,
          'Resample the unit, or something that contains whole units.',
        );
}

function clustersOf(design: Design, grouped: boolean, spec: ResampleSpec): ResampleClusters[] {
  const named = design.clusters.map(dense);
  const found = named.length > 0 ? named : [defaultClusters(design)];
  for (const one of found) checkClusters(design, grouped, one);
  const wanted = spec.kind === 'two-way' ? 2 : 1;
  if (found.length !== wanted)
    throw refuse(
      'resample/dimensions',
      `${spec.kind ?? (spec.type === 'jackknife' ? 'The jackknife' : 'pairs')} draws ${wanted === 1 ? 'one factor' : 'two factors'}; ${found.length} ${found.length === 1 ? 'was' : 'were'} given.`,
      wanted === 1 ? 'For two factors at once use --boot-kind two-way; a^b combines two columns.' : 'Write --by a+b.',
    );
  return found;
}

/** Enumerates the sign vectors where they are fewer than the draws asked for. */
function repsOf(spec: ResampleSpec, clusters: ResampleClusters[]): number {
  if (spec.type === 'jackknife') return clusters[0].count;
  const reps = spec.reps ?? DEFAULT_REPS;
  const signs = (spec.kind === 'wild' || spec.kind === 'score') && (spec.points ?? 'rademacher') === 'rademacher';
  return signs && clusters[0].count < 31 && 2 ** clusters[0].count <= reps ? 2 ** clusters[0].count : reps;
}

/** Bytes that the draws of a job take. */
export const drawBytes = (reps: number, width: number) => reps * (8 * width + 2);

function checkSize(reps: number, width: number): void {
  if (reps * width <= MOST_DOUBLES) return;
  throw refuse(
    'resample/too-many',
    `${reps} replicates of ${width} numbers take ${(drawBytes(reps, width) / 1e9).toPrecision(3)} GB; at most ${((8 * MOST_DOUBLES) / 1e9).toPrecision(2)} GB are held.`,
    `Use at most ${Math.floor(MOST_DOUBLES / width)} replicates; 9999 give intervals to the second digit.`,
  );
}

/** T^⅓ to the nearest whole number, at least 1. */
function cubeRoot(periods: number): number {
  let length = 1;
  while ((length + 0.5) * (length + 0.5) * (length + 0.5) < periods) length++;
  return length;
}

function periodsOf(design: Design, grouped: boolean, spec: ResampleSpec): ResampleJob['periods'] {
  if (spec.kind !== 'block') return undefined;
  if (grouped)
    throw refuse(
      'vcov/split-unit',
      'Blocks of periods cut units apart, and this likelihood does not come apart within a unit.',
      'Use --boot-kind pairs, which keeps whole units.',
    );
  const { times } = design;
  if (!times)
    throw refuse('model/needs-panel', 'Blocks of periods need a panel; none was declared.', 'Write --panel ID,TIME.');
  const periods = [...new Set(times)].sort((a, b) => a - b);
  const at = new Map(periods.map((period, t) => [period, t]));
  const length = spec.block ?? cubeRoot(periods.length);
  if (periods.length < 2 || length >= periods.length)
    throw refuse(
      'resample/block-too-long',
      `Blocks of ${length} were asked for; the rows used have ${periods.length} ${periods.length === 1 ? 'period' : 'periods'}.`,
      'Blocks must be shorter than the panel: --block 2.',
    );
  return { codes: Int32Array.from(times, (time) => at.get(time)!), count: periods.length, length };
}

function permutedOf(design: Design, spec: ResampleSpec): ResampleJob['permuted'] {
  if (spec.kind !== 'permutation') return undefined;
  const names = design.terms.map(({ name }) => name);
  const column = names.indexOf(spec.permute ?? '');
  if (column < 0)
    throw refuse(
      'resample/unknown-term',
      spec.permute === undefined
        ? 'A permutation moves one term; none was named.'
        : `"${spec.permute}" is not a term of ${design.formula}.`,
      `Write --permute with one of ${names.filter((name) => name !== '(Intercept)').join(', ')}.`,
    );
  const strata = design.strata ?? { name: 'all rows', codes: new Int32Array(design.n), count: 1 };
  return { column, strata: strata.codes, count: strata.count, name: strata.name };
}

/** @throws PanelError resample/not-defined. */
function checkKind(design: Design, { model, problem }: Estimated, spec: ResampleSpec): void {
  const not = (why: string, hint: string) => {
    throw refuse('resample/not-defined', `${spec.kind ?? spec.method} is not defined for ${model.key}: ${why}.`, hint);
  };
  if (model.variant && !['pairs', 'two-way', 'block', undefined].includes(spec.kind))
    not('its inefficiency is drawn with its rows', 'Use --boot-kind pairs.');
  if (model.variant && spec.studentise && design.spec.frontier?.effects !== undefined)
    not('its replicates have no standard errors of their own', 'Leave --studentise out.');
  if (spec.kind === 'wild' && model.key !== 'ols')
    not(
      'it flips the residuals of least squares',
      model.key === 'ols-re' ? 'Use --boot-kind pairs or parametric.' : 'Use --boot-kind score, which flips scores.',
    );
  if (spec.kind === 'score' && model.key === 'ols-re')
    not('its variances are no part of a score', 'Use --boot-kind pairs or parametric.');
  if (spec.kind === 'score' && model.key === 'ols') not('least squares has residuals', 'Use --boot-kind wild.');
  if (spec.kind === 'parametric' && problem.weights)
    not('row weights are no part of a distribution of outcomes', 'Leave the weights out, or use --boot-kind pairs.');
  if (spec.kind === 'parametric' && !problem.y.every((y) => model.key === 'ols' || Number.isInteger(y)))
    not('the outcome has values that no count model draws', 'Use --boot-kind pairs.');
  if (spec.kind === 'permutation' && design.fixef.length > 0 && model.absorb)
    not('effects after "|" are absorbed', 'Write the effects as i(…), or use --boot-kind pairs.');
  if ((spec.method ?? 'exact') !== 'exact' && !['pairs', 'two-way', 'block', undefined].includes(spec.kind))
    not(`${spec.method} approximates reweighted fits`, 'Leave --approximate out.');
  if ((spec.method ?? 'exact') !== 'exact' && model.key === 'ols-re')
    not(`${spec.method} would keep the variances of the full sample`, 'Leave --approximate out.');
}

function spreadOf({ n, k }: Design, { model, problem, fit, effects, sigma2 }: Estimated): number {
  if (sigma2 !== undefined) return Math.sqrt(sigma2);
  if (model.key !== 'ols') return 1;
  const { y, weights } = problem;
  const rss = y.reduce((sum, value, i) => sum + (weights ? weights[i] : 1) * (value - fit.eta[i]) ** 2, 0);
  return Math.sqrt(rss / (n - k - effects));
}

/**
 * What `spec` resamples of a design at its optimum.
 * @throws PanelError vcov/one-cluster, vcov/split-unit, resample/dimensions, resample/not-defined, resample/too-many, …
 */
export function resampleJob(design: Design, estimated: Estimated, spec: ResampleSpec): ResampleJob {
  const { model, problem, fit, auxiliaryAt, boundary, components } = estimated;
  if (spec.type === 'bootstrap') checkKind(design, estimated, spec);
  const clusters = clustersOf(design, model.grouped, spec);
  const auxiliaries = reportedAuxiliaries(model, boundary);
  const reported = [...design.terms.map((_, j) => j), ...auxiliaries.map((_, a) => auxiliaryAt + a)];
  const reps = repsOf(spec, clusters);
  const seed = spec.seed ?? design.spec.seed ?? DEFAULT_SEED;
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw refuse('resample/seed', `The seed is ${seed}; a whole number from 0 was expected.`, 'Write --seed 1.');
  checkSize(reps, reported.length);
  const periods = periodsOf(design, model.grouped, spec);
  const permuted = permutedOf(design, spec);
  const factors = design.fixef.length > 0 && model.absorb ? design.fixef.map(({ codes }) => codes) : [];
  return {
    scheme: spec.type === 'jackknife' ? 'jackknife' : (spec.kind ?? 'pairs'),
    kernel: model.kernel,
    ...(factors.length > 0 && { absorb: model.absorb }),
    ...(components && { random: { sigmaU: components.sigmaU, sigmaE: components.sigmaE } }),
    problem,
    factors,
    coef: fit.coef,
    bread: fit.vcov,
    eta: fit.eta,
    reported: Int32Array.from(reported),
    names: [...design.terms.map(({ name }) => name), ...auxiliaries.map(({ estimated: name }) => name)],
    clusters,
    reps,
    seed,
    method: spec.method ?? 'exact',
    points: spec.points ?? 'rademacher',
    ...(periods && { periods }),
    ...(permuted && { permuted }),
    studentise: spec.studentise ?? spec.kind === 'permutation',
    spread: spreadOf(design, estimated),
    maxIter: design.spec.maxIter ?? DEFAULT_MAX_ITER,
  };
}
