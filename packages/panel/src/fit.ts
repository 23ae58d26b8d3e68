/** Design → Fit: estimation, covariance, coefficient table and the numbers of the table's foot. */

import type { KernelFit, Kernels } from '@gravpanel/core-wasm';
import { log } from '@gravpanel/core-wasm';
import { auxiliaryTable, coeftable, lawOf } from './coeftable.ts';
import { buildDesigns } from './design.ts';
import { PanelError } from './errors.ts';
import { fitStatistics, sumsOfSquares } from './fit-statistics.ts';
import { fixed } from './format.ts';
import { frontierNotes, frontierReading, untested } from './frontier-reading.ts';
import { type Estimated, maximise, nullLoglik } from './maximise.ts';
import { boundaryName, checkOptions, type Model, modelOf, modelOfDesign, reportedAuxiliaries } from './models/index.ts';
import { isResampled, resampleJob } from './resample-job.ts';
import { drawRuns, type ResampleRuns, type RunDraws, runsOf } from './resample-summary.ts';
import { resampledVcov } from './resample-vcov.ts';
import { withoutSeparated } from './separated.ts';
import { componentParameters } from './swamy-arora.ts';
import type { Design, Failure, Fit, FitResult, FitSpec, Frame, Note } from './types.ts';
import { computeVcov, iidCovariance, vcovName } from './vcov.ts';
import { dofOf, vcovInput } from './vcov-input.ts';

const DEFAULT_LEVEL = 0.95;

/** @throws PanelError model/needs-panel, model/effects-of-units. */
function checkDesign(design: Design, model: Model): void {
  if (model.needs.panel && !design.groupStart)
    throw new PanelError({
      code: 'model/needs-panel',
      message: `${model.key} needs a panel; none was declared.`,
      hint: 'Name the unit and the time column: --panel ID,TIME.',
    });
  if (!model.grouped) return;
  const { groupStart } = design;
  const units = design.fixef.find(({ codes, levels }) => {
    if (levels.length !== groupStart!.length - 1) return false;
    return groupStart!.subarray(0, -1).every((from, g) => {
      for (let i = from + 1; i < groupStart![g + 1]; i++) if (codes[i] !== codes[from]) return false;
      return true;
    });
  });
  if (units)
    throw new PanelError({
      code: 'model/effects-of-units',
      message: `${model.key} already has an effect of each unit; "| ${units.name}" would add a second one.`,
      hint: `Leave "| ${units.name}" out, or use nb2 or poisson with it.`,
    });
}

function boundaryMessage(model: Model): string {
  const name = boundaryName(model.key);
  const why = model.grouped ? 'units do not differ beyond the regressors' : 'there is no overdispersion';
  return `${name} = 0: ${why}, so ${model.key} is the Poisson model here. ${name} is at its boundary and has no standard error (0 is written).`;
}

function fitNotes(design: Design, { others, boundary, model, fit, certificate, components }: Estimated): Note[] {
  const notes: Note[] = [];
  if (boundary && !model.variant)
    notes.push({
      code: 'poisson-boundary',
      message: boundaryMessage(model),
    });
  if (others.length > 0)
    notes.push({
      code: 'several-optima',
      message: `${certificate.agreeing} of ${certificate.starts} starts reached the log-likelihood shown (${fixed(fit.loglik, 4)}); others ended at ${others.map((value) => fixed(value, 4)).join(', ')}.`,
    });
  if (certificate.hessianCondition > 1e10)
    notes.push({
      code: 'ill-conditioned',
      message: `The information matrix is nearly singular (condition ${certificate.hessianCondition.toExponential(1)}): some coefficients are hardly identified.`,
    });
  if (model.key === 'ols' && sumsOfSquares(design, fit.eta).exact)
    notes.push({
      code: 'perfect-fit',
      message: 'The regressors reproduce the outcome exactly: the standard errors are rounding error.',
    });
  if (components) {
    notes.push({
      code: 'gls-likelihood',
      message: 'The log-likelihood is the Gaussian one at the Swamy–Arora variances, which are not its maximum.',
    });
    if (components.sigmaU === 0)
      notes.push({
        code: 'no-unit-variance',
        message: 'sigma_u = 0: units differ no more than their rows do, so ols-re is pooled least squares here.',
      });
  }
  if (model.key === 'poisson' && design.fixef.length > 0)
    notes.push({
      code: 'dummy-likelihood',
      message: 'The log-likelihood is that of the model with dummies for the effects.',
    });
  return notes;
}

/** Reported coefficients and auxiliaries out of all p. */
const pick = (fit: KernelFit, reported: Int32Array) => Float64Array.from(reported, (j) => fit.coef[j]);

function columnMeans({ n, k, x }: Design): number[] {
  const sums = new Float64Array(k);
  for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) sums[j] += x[i * k + j];
  return Array.from(sums, (sum) => sum / n);
}

function assemble(design: Design, estimated: Estimated, kernels: Kernels, draws?: RunDraws): Fit {
  const { spec, n } = design;
  const { model, fit, boundary } = estimated;
  const dof = dofOf(design, estimated);
  const input = vcovInput(design, estimated, dof);
  const level = spec.level ?? DEFAULT_LEVEL;
  const resampled = draws && resampledVcov(design, estimated, draws, level, kernels);
  const found = resampled ?? computeVcov(input, kernels);
  const { info, notes } = found;
  const covariance = found.covariance ?? iidCovariance(input);
  const estimates = pick(fit, input.reported);
  const base = { distribution: model.distribution, dofResidual: n - dof, vcovInfo: info };
  const nullloglik = nullLoglik(design, estimated, kernels);
  const auxiliaries = reportedAuxiliaries(model, boundary);
  const frontier = frontierReading(design, estimated, kernels, level);
  return {
    id: spec.id,
    model: model.key,
    title: model.title,
    formula: design.formula,
    depvar: design.depvar,
    sampleName: design.sampleName,
    ...(spec.lag && { lag: spec.lag }),
    vcov: resampled ? info.type : vcovName(spec.vcov),
    vcovInfo: info,
    level,
    nobs: n,
    ...(design.groupStart && { ngroups: design.groupStart.length - 1 }),
    iterations: fit.iterations,
    converged: true,
    loglik: fit.loglik,
    ...(nullloglik !== undefined && { nullloglik }),
    aic: -2 * fit.loglik + 2 * dof,
    bic: -2 * fit.loglik + dof * log(n),
    dof,
    dofResidual: n - dof,
    distribution: model.distribution,
    coefficients: coeftable(design.terms, estimates, covariance, lawOf(base), level),
    parameters: estimated.components
      ? componentParameters(estimated.components)
      : [
          ...auxiliaryTable(auxiliaries, estimates, covariance),
          ...(boundary ? [{ name: boundaryName(model.key) ?? 'sigma_u', estimate: 0, se: 0 }] : []),
        ],
    fitStatistics: fitStatistics(design, model, fit, n - dof, nullloglik),
    fixef: design.fixef.map(({ name, levels }) => ({ name, levels: levels.length })),
    collinear: design.collinear,
    sample: design.sample,
    certificate: estimated.certificate,
    notes: [
      ...design.notes,
      ...fitNotes(design, estimated),
      ...frontierNotes(design, estimated),
      ...(frontier ? untested(frontier) : []),
      ...notes,
    ],
    covariance: Array.from(covariance),
    covarianceIid: Array.from(iidCovariance(input)),
    parameterNames: [...design.terms.map(({ name }) => name), ...auxiliaries.map(({ estimated: name }) => name)],
    means: columnMeans(design),
    ...(resampled && { resampling: resampled.resampling }),
    ...(frontier && { frontier }),
  };
}

/** The failed column of a design. */
function failureOf(design: Design, model: Model, error: PanelError): Failure {
  const { spec, formula, depvar, sampleName } = design;
  return {
    id: spec.id,
    model: model.key,
    title: model.title,
    formula,
    depvar,
    sampleName,
    failed: true,
    error: error.toJSON(),
  };
}

/** A fit with the n linear predictors (offset and effects included) behind it. */
export interface Estimation {
  fit: Fit;
  design: Design;
  eta: Float64Array;
}

/** A column at its maximum, and the replicates that its covariance asks for. */
export interface StartedFit {
  design: Design;
  estimated: Estimated;
  runs?: ResampleRuns;
}

/** An error on the rows that separated ones have left says that they have. */
function without<T>(run: () => T, { notes }: Design): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    const why = notes.find(({ code }) => code === 'separated')!.message;
    throw new PanelError({ ...error.toJSON(), hint: [why, error.hint].filter(Boolean).join(' ') });
  }
}

/** The design at its maximum, without separated rows where the model leaves them out. @throws PanelError fit/…, data/…. */
function maximum(given: Design, kernels: Kernels): { design: Design; estimated: Estimated } {
  const model = modelOfDesign(given);
  checkDesign(given, model);
  try {
    return { design: given, estimated: maximise(given, model, kernels) };
  } catch (error) {
    const design = error instanceof PanelError && error.code === 'fit/separated' && withoutSeparated(given, kernels);
    if (!design) throw error;
    return { design, estimated: without(() => maximise(design, model, kernels), design) };
  }
}

/** The first half of {@link fitDesign}, for callers that run the replicates elsewhere. @throws PanelError as a Failure has it. */
export function startFit(given: Design, kernels: Kernels): StartedFit {
  const { design, estimated } = maximum(given, kernels);
  const { vcov } = design.spec;
  return { design, estimated, ...(isResampled(vcov) && { runs: runsOf(resampleJob(design, estimated, vcov)) }) };
}

/** The second half of {@link fitDesign}. @throws PanelError as a Failure has it. */
export const finishFit = ({ design, estimated }: StartedFit, draws: RunDraws | undefined, kernels: Kernels): Fit =>
  assemble(design, estimated, kernels, draws);

/** An error as the failed column; defects of the program are thrown on. */
export function failureAt(design: Design, error: unknown): Failure {
  if (error instanceof PanelError) return failureOf(design, modelOf(design.spec.model), error);
  throw error;
}

/** Runs the replicates of a column, on whatever threads there are. */
export type ResampleRunner = (runs: ResampleRuns, design: Design) => Promise<RunDraws & Ran>;
/** Where they ran and how long, for the record. */
export interface Ran {
  threads?: number;
  seconds?: number;
}

/** Replicates on this thread. */
export const drawsHere =
  (kernels: Kernels): ResampleRunner =>
  async (runs) =>
    drawRuns(runs, kernels);

/** {@link fitDesign}, with the linear predictors that fitted values, residuals and specification tests are made of. */
export function estimateDesign(design: Design, kernels: Kernels): Estimation | Failure {
  try {
    const started = startFit(design, kernels);
    const draws = started.runs && drawRuns(started.runs, kernels);
    return { fit: finishFit(started, draws, kernels), design: started.design, eta: started.estimated.fit.eta };
  } catch (error) {
    return failureAt(design, error);
  }
}

/** {@link estimateDesign} with the replicates run by `runner`. */
export async function estimateDesignWith(
  given: Design,
  kernels: Kernels,
  runner?: ResampleRunner,
): Promise<Estimation | Failure> {
  if (!runner) return estimateDesign(given, kernels);
  try {
    const started = startFit(given, kernels);
    const { design } = started;
    const { eta } = started.estimated.fit;
    if (!started.runs) return { fit: finishFit(started, undefined, kernels), design, eta };
    const { threads, seconds, ...draws } = await runner(started.runs, design);
    const fit = finishFit(started, draws, kernels);
    const ran = { ...(threads && { threads }), ...(seconds !== undefined && { seconds }) };
    return { fit: { ...fit, resampling: { ...fit.resampling!, ...ran } }, design, eta };
  } catch (error) {
    return failureAt(given, error);
  }
}

const resultOf = (found: Estimation | Failure): FitResult => ('failed' in found ? found : found.fit);

/**
 * Estimates one column. What goes wrong with the data or the optimisation becomes a Failure with a stable code;
 * only defects of the program are thrown.
 */
export const fitDesign = (design: Design, kernels: Kernels): FitResult => resultOf(estimateDesign(design, kernels));

/** {@link fitDesign} with the replicates run by `runner`. */
export const fitDesignWith = async (design: Design, kernels: Kernels, runner?: ResampleRunner): Promise<FitResult> =>
  resultOf(await estimateDesignWith(design, kernels, runner));

/** {@link fitSpec}, with what fitted values, readings and tests need of each column. */
export function estimateSpec(frame: Frame, spec: FitSpec, kernels: Kernels): (Estimation | Failure)[] {
  checkOptions(spec);
  return buildDesigns(frame, spec, kernels).map((design) =>
    'failed' in design ? design : estimateDesign(design, kernels),
  );
}

/** {@link estimateSpec} with the replicates run by `runner`. */
export async function estimateSpecWith(
  frame: Frame,
  spec: FitSpec,
  kernels: Kernels,
  runner: ResampleRunner,
): Promise<(Estimation | Failure)[]> {
  checkOptions(spec);
  const found: (Estimation | Failure)[] = [];
  for (const design of buildDesigns(frame, spec, kernels))
    found.push('failed' in design ? design : await estimateDesignWith(design, kernels, runner));
  return found;
}

/**
 * Every column of a specification (csw0, split, several outcomes), in order.
 * @throws PanelError model/unknown, model/option-not-supported, and what buildDesigns throws for the whole spec.
 */
export const fitSpec = (frame: Frame, spec: FitSpec, kernels: Kernels): FitResult[] =>
  estimateSpec(frame, spec, kernels).map(resultOf);

/** {@link fitSpec} with the replicates run by `runner`. */
export const fitSpecWith = async (
  frame: Frame,
  spec: FitSpec,
  kernels: Kernels,
  runner: ResampleRunner,
): Promise<FitResult[]> => (await estimateSpecWith(frame, spec, kernels, runner)).map(resultOf);
