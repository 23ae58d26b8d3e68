/** The public names of the panel package, listed by hand. */

export { type CheckedColumn, checkStudy, type StudyCheck } from './check.ts';
export { confint, lawOf, twoSided } from './coeftable.ts';
export { compareLabels } from './column-read.ts';
export { companionSpecs } from './companions.ts';
export { derive, filterRows } from './derive.ts';
export { buildDesigns } from './design.ts';
export * from './errors.ts';
export { evaluateExpression, parseExpression } from './expression.ts';
export { type CoefficientFigureOptions, coefficientFigure } from './figures.ts';
export {
  failureAt,
  finishFit,
  fitDesign,
  fitDesignWith,
  fitSpec,
  fitSpecWith,
  type Ran,
  type ResampleRunner,
  type StartedFit,
  startFit,
} from './fit.ts';
export { count, decimal, display, fixed, percent, pValue, STAR_LEVELS, scientific, starsOf } from './format.ts';
export { expandFormula, parseFormula } from './formula.ts';
export { setPanel } from './frame.ts';
export { hausman, likelihoodRatio, overdispersion, wald } from './hypothesis.ts';
export { identificationTable } from './identification-table.ts';
export { identify } from './identify.ts';
export { termLabel, type Variables, variableLabel } from './labels.ts';
export { laterModels, VERSION } from './later.ts';
export { checkOptions, modelOf, models } from './models/index.ts';
export { type PlannedModel, type PlannedTable, planStudy, resampleSpecOf, type StudyPlan } from './plan.ts';
export { packRecord, unpackRecord } from './record-bytes.ts';
export { sampleWords } from './regression-notes.ts';
export { isFit } from './regression-style.ts';
export { type RegressionTableOptions, regressionTable } from './regression-table.ts';
export {
  checkDraws,
  type Draws,
  emptyDraws,
  extraWidth,
  type OpenJob,
  openJob,
  placeDraws,
  statusWords,
} from './resample-draws.ts';
export { DEFAULT_REPS, drawBytes, isResampled, type ResampleJob, resampleJob } from './resample-job.ts';
export { type DifferenceDraws, differenceDraws } from './resample-joint.ts';
export { createPool, type Pool, type PoolHost, type PoolWorker, type Range } from './resample-pool.ts';
export { hasEstimate } from './resample-refit.ts';
export { type ResampleRuns, type RunDraws, runsOf } from './resample-summary.ts';
export {
  answerValue,
  fieldsOf,
  type ResampleWorkerApi,
  resampleWorkerApi,
  type WorkerAnswer,
} from './resample-worker.ts';
export {
  type ColumnFailure,
  type CompanionFits,
  deriveStudy,
  designsOf,
  type OnProgress,
  type ProgressEvent,
  placedError,
  type RunOptions,
  runStudy,
  type StudyRun,
  type TestOutcome,
} from './run.ts';
export type { DescribeSpec, ModelSpec, Study, TableSpec, TestSpec, VariableSpec } from './study.ts';
export { placeOf, relocate, type StudySource } from './study-places.ts';
export { parseStudy, type ReadStudy, readStudy } from './study-read.ts';
export { type ReadOptions, readTable } from './table-read.ts';
export type * from './types.ts';
