/** A planned curve × Frame → every specification's estimate, and the resampling that judges them together. */
import type { Kernels } from '@gravpanel/core-wasm';
import { type Law, lawOf } from './coeftable.ts';
import { buildDesigns } from './design.ts';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { failureAt, finishFit, type StartedFit, startFit } from './fit.ts';
import { checkOptions } from './models/index.ts';
import { curveJob } from './multiverse-job.ts';
import { type JointTest, jointTest } from './multiverse-joint.ts';
import type { Dimension, PlannedCurve } from './multiverse-plan.ts';
import { type Draws, drawAll } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { relocate, type StudySource } from './study-places.ts';
import type { Design, Failure, Fit, FitSpec, Frame, ModelKey } from './types.ts';

/** One specification of a curve, estimated or failed. */
export interface SpecificationResult {
  /** 1-based, in the order of the declaration. */
  number: number;
  /** By dimension, the indexes of the options taken. */
  choices: number[][];
  model: ModelKey;
  formula: string;
  vcov: string;
  where?: string;
  lag?: number;
  estimate?: number;
  se?: number;
  statistic?: number;
  p?: number;
  lower?: number;
  upper?: number;
  nobs?: number;
  ngroups?: number;
  /** false: not identified from within-unit variation. */
  within?: boolean;
  error?: PanelErrorFields;
}

export interface CurveResult {
  id: string;
  title?: string;
  of: string;
  sign?: '+' | '-';
  outcome: string;
  level: number;
  /** The level of "significant" in the counts. */
  alpha: number;
  dimensions: Dimension[];
  excluded: number;
  specifications: SpecificationResult[];
  joint?: JointTest;
  /** Why there is no joint test although it was asked for. */
  jointError?: PanelErrorFields;
}

/** A specification with what the resampling needs of it. */
export interface EstimatedSpecification {
  result: SpecificationResult;
  started?: StartedFit;
  fit?: Fit;
}

/** Runs the replicates of a job, on whatever threads there are. */
export type JobRunner = (job: ResampleJob, label: string) => Promise<Draws>;

/** What a whole study must have wrong to be stopped by one specification. */
const WRONG = /^(formula|expression|study)\/|^data\/unknown-/;

const leftOut = (of: string, { collinear, leftOut: why = [] }: Design) =>
  new PanelError({
    code: 'multiverse/term-left-out',
    message: `${of} is left out of this specification: ${why.find(({ term }) => term === of)?.why ?? (collinear.includes(of) ? 'it is collinear' : 'it is not among its terms')}.`,
    hint: 'The effects or other terms span it: leave the combination out by exclude.',
  });

/** The one design of a specification; a failure is thrown as its error. */
function designOf(frame: Frame, spec: FitSpec, of: string, kernels: Kernels): Design {
  checkOptions(spec);
  const [design] = buildDesigns(frame, spec, kernels);
  if ('failed' in design) throw PanelError.fromJSON((design as Failure).error);
  if (!design.terms.some(({ name }) => name === of)) throw leftOut(of, design);
  return design;
}

function numbersOf(fit: Fit, of: string): Partial<SpecificationResult> {
  const { estimate, se, statistic, p, lower, upper, within } = fit.coefficients.find(({ term }) => term === of)!;
  return {
    estimate,
    se,
    statistic,
    p,
    lower,
    upper,
    nobs: fit.nobs,
    ...(fit.ngroups !== undefined && { ngroups: fit.ngroups }),
    within,
  };
}

const vcovWords = ({ vcov }: FitSpec) =>
  vcov.type === 'cluster' ? `cluster:${vcov.by.map((columns) => columns.join('^')).join('+')}` : vcov.type;

/** Estimates one specification by the path of any other fit; what goes wrong is its result. */
export function estimateSpecification(
  frame: Frame,
  curve: PlannedCurve,
  index: number,
  kernels: Kernels,
): EstimatedSpecification {
  const { choices, spec } = curve.specifications[index];
  const { model, formula, where, lag } = spec;
  const plain = {
    number: index + 1,
    choices,
    model,
    formula,
    vcov: vcovWords(spec),
    ...(where && { where }),
    ...(lag && { lag }),
  };
  let design: Design | undefined;
  try {
    design = designOf(frame, spec, curve.of, kernels);
    const started = startFit(design, kernels);
    const fit = finishFit(started, undefined, kernels);
    return { result: { ...plain, ...numbersOf(fit, curve.of) }, started, fit };
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    const { error: fields } = design ? failureAt(design, error) : { error: error.toJSON() };
    return { result: { ...plain, error: fields } };
  }
}

/** @throws PanelError of the first specification where the curve itself is wrong, or none has an estimate. */
function checkCurve(curve: PlannedCurve, all: EstimatedSpecification[], source?: StudySource): void {
  const errors = all.flatMap(({ result }) => (result.error ? [result.error] : []));
  const fatal = errors.find(({ code }) => WRONG.test(code)) ?? (errors.length === all.length ? errors[0] : undefined);
  if (!fatal) return;
  const of = errors.length === all.length && !WRONG.test(fatal.code);
  const message = of ? `No specification of ${curve.id} has an estimate; the first: ${fatal.message}` : fatal.message;
  const fields = { ...fatal, message };
  throw new PanelError(source ? relocate(fields, source, `/multiverse/${curve.id}`) : fields);
}

/** Builds the design of every specification, without estimating. @throws PanelError of one that is wrong in what it names. */
export function checkDesigns(frame: Frame, curve: PlannedCurve, kernels: Kernels, source?: StudySource): void {
  const seen = new Set<string>();
  for (const { spec } of curve.specifications) {
    // what differs only in its standard errors has the same design
    const key = JSON.stringify([spec.model, spec.formula, spec.where, spec.lag]);
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      designOf(frame, spec, curve.of, kernels);
    } catch (error) {
      if (!(error instanceof PanelError)) throw error;
      const fields = error.toJSON();
      if (WRONG.test(fields.code))
        throw new PanelError(source ? relocate(fields, source, `/multiverse/${curve.id}`) : fields);
    }
  }
}

/** Everything up to the replicates: what a plan for a cluster stores. */
export interface StartedCurve {
  result: CurveResult;
  /** The replicates of the joint test, and the law of each t in them. */
  job?: ResampleJob;
  laws: Law[];
}

export type OnSpecification = (done: number, total: number) => void | Promise<void>;

/**
 * Estimates every specification and prepares the joint test.
 * @throws PanelError where the curve itself is wrong or no specification has an estimate, with the place in the study.
 */
export async function startCurve(
  frame: Frame,
  curve: PlannedCurve,
  kernels: Kernels,
  o: { source?: StudySource; onSpecification?: OnSpecification } = {},
): Promise<StartedCurve> {
  const all: EstimatedSpecification[] = [];
  for (let i = 0; i < curve.specifications.length; i++) {
    await o.onSpecification?.(i, curve.specifications.length);
    all.push(estimateSpecification(frame, curve, i, kernels));
  }
  checkCurve(curve, all, o.source);
  const good = all.filter((one) => one.fit);
  const result: CurveResult = {
    id: curve.id,
    ...(curve.title && { title: curve.title }),
    of: curve.of,
    ...(curve.sign && { sign: curve.sign }),
    outcome: curve.outcome,
    level: curve.level,
    alpha: curve.joint?.alpha ?? 0.05,
    dimensions: curve.dimensions,
    excluded: curve.excluded,
    specifications: all.map((one) => one.result),
  };
  const laws = good.map(({ fit }) => lawOf(fit!));
  if (!curve.joint) return { result, laws };
  try {
    return { result, laws, job: curveJob(frame, curve, good) };
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    return { result: { ...result, jointError: error.toJSON() }, laws };
  }
}

/** The curve with its joint test. */
export function finishCurve(
  { result, job, laws }: StartedCurve,
  draws: Draws | undefined,
  curve: JointPlan,
): CurveResult {
  if (!job || !draws) return result;
  try {
    return { ...result, joint: jointTest(result, job, laws, draws, curve) };
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    return { ...result, jointError: error.toJSON() };
  }
}

type JointPlan = NonNullable<PlannedCurve['joint']>;

/** {@link startCurve}, its replicates, {@link finishCurve}. */
export async function runCurve(
  frame: Frame,
  curve: PlannedCurve,
  kernels: Kernels,
  o: { source?: StudySource; onSpecification?: OnSpecification; runJob?: JobRunner } = {},
): Promise<CurveResult> {
  const started = await startCurve(frame, curve, kernels, o);
  const { job } = started;
  if (!job) return started.result;
  const draws = o.runJob ? await o.runJob(job, curve.id) : drawAll(job, kernels);
  return finishCurve(started, draws, curve.joint!);
}
