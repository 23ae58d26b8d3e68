/** The public names of the panel package, listed by hand. */

export { auditPublished } from './audit.ts';
export type { Audit, CellReport, Finding } from './audit-findings.ts';
export { isGrid, readGrid } from './audit-grid.ts';
export { type PastedTable, readPaste } from './audit-paste.ts';
export { pasteYaml } from './audit-paste-yaml.ts';
export {
  type FindingGroup,
  findingGroups,
  type Mark,
  type Proof,
  type ProofCell,
  proofsOf,
  type ShownFinding,
  starsWords,
} from './audit-proof.ts';
export { type Published, readLaw, readStars } from './audit-published.ts';
export { readPublished } from './audit-read.ts';
export { auditHeadline, auditTables, unreadWords } from './audit-report.ts';
export { publishedJsonSchema } from './audit-schema.ts';
export { checkTable, tableProblems } from './audit-table.ts';
export { type BootResult, bootTable } from './boot-table.ts';
export { type CheckedColumn, checkStudy, type StudyCheck } from './check.ts';
export { confint, lawOf, twoSided } from './coeftable.ts';
export { compareLabels } from './column-read.ts';
export { companionSpecs } from './companions.ts';
export { type Consequence, consequencesOf, type DesignedModel } from './consequences.ts';
export { derive, filterRows } from './derive.ts';
export { type DescribeContext, describe } from './describe.ts';
export type { CountryBook, RegionsFound } from './describe-regions.ts';
export { describeStudy } from './describe-study.ts';
export { buildDesigns } from './design.ts';
export { duplicateNotes, duplicateWords } from './duplicates.ts';
export * from './errors.ts';
export { exportPlan, writesPanel } from './export/column.ts';
export { exportPython } from './export/python.ts';
export { exportR } from './export/r.ts';
export { exportStata } from './export/stata.ts';
export { evaluateExpression, parseExpression } from './expression.ts';
export { type CoefficientFigureOptions, coefficientFigure } from './figures.ts';
export {
  type BootstrapFigureOptions,
  type BootstrapRecord,
  bootstrapFigure,
  type ColumnFigureOptions,
  columnBootstrapFigure,
} from './figures-bootstrap.ts';
export { curveItems, curveSentence, jointTable, specificationsTable } from './figures-curve.ts';
export { type LagFigureOptions, lagFigures } from './figures-lags.ts';
export { influenceItems, rollingItems } from './figures-moving.ts';
export {
  type Estimation,
  estimateDesign,
  estimateSpec,
  estimateSpecWith,
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
export { fittedCsv } from './fitted-csv.ts';
export { count, decimal, display, fixed, percent, pValue, STAR_LEVELS, scientific, starsOf } from './format.ts';
export { expandFormula, parseFormula } from './formula.ts';
export { setPanel } from './frame.ts';
export { frameCsv } from './frame-csv.ts';
export { efficienciesCsv } from './frontier-csv.ts';
export { frontierFault, frontierOptions } from './frontier-spec.ts';
export {
  hausman,
  hausmanCommonScale,
  hausmanForms,
  hausmanMundlak,
  hausmanResampled,
} from './hausman.ts';
export { likelihoodRatio, overdispersion, wald } from './hypothesis.ts';
export { identificationTable } from './identification-table.ts';
export { identify } from './identify.ts';
export { type InfluenceResult, leaveOneOut, leaveOneOutSpec, type TermInfluence } from './influence.ts';
export { type CountryCode, type JoinSpec, joinFrame } from './join.ts';
export { termLabel, type Variables, variableLabel } from './labels.ts';
export { VERSION } from './later.ts';
export { type Life, life } from './life.ts';
export type { World } from './map-shapes.ts';
export { periodChange, reset } from './misspecification.ts';
export { checkOptions, modelOf, models } from './models/index.ts';
export {
  type CurveResult,
  finishCurve,
  type JobRunner,
  type SpecificationResult,
  type StartedCurve,
  startCurve,
} from './multiverse.ts';
export type { JointStatistic, JointTest } from './multiverse-joint.ts';
export { DEFAULT_CURVE_REPS, type Dimension, type PlannedCurve, planMultiverse } from './multiverse-plan.ts';
export {
  impossible,
  type PlannedModel,
  planStudy,
  type StudyPlan,
} from './plan.ts';
export type { PlannedTable } from './plan-tables.ts';
export { fitted, pearsonDispersion, predict, type ResidualType, residuals } from './predict.ts';
export { ame, elasticity, irr, readingsOf, withReadings } from './readings.ts';
export { packRecord, unpackRecord } from './record-bytes.ts';
export { sampleWords, vcovWords } from './regression-notes.ts';
export { isFit } from './regression-style.ts';
export { type Panel, panelTable, type RegressionTableOptions, regressionTable } from './regression-table.ts';
export { type ReplicatedCell, replicatedCells } from './replicate.ts';
export { expectedTable, testsTable } from './report-tables.ts';
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
export { type DifferenceDraws, type DifferenceJobs, differenceDraws, differenceJobs } from './resample-joint.ts';
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
export { type RollingResult, type RollingWindow, rollWindows } from './rolling.ts';
export { runStudyWith, type StudyTests, testStudy } from './run.ts';
export { deriveStudy, designsOf, placedError } from './run-designs.ts';
export { runStudy } from './run-study.ts';
export type {
  ColumnFailure,
  ColumnResult,
  CompanionFits,
  OnProgress,
  ProgressEvent,
  RunOptions,
  StudyRun,
} from './run-types.ts';
export { resampleSpecOf } from './spec-parts.ts';
export { guessStarter, type Starter, type StarterHints, starterYaml } from './starter.ts';
export { stataDifferences } from './stata-differences.ts';
export {
  type DescribeSpec,
  type ModelSpec,
  type Study,
  studyJsonSchema,
  type TableSpec,
  type TestSpec,
  type VariableSpec,
} from './study.ts';
export type { InfluenceSpec, MultiverseSpec, RollingSpec } from './study-curves.ts';
export { curveStudy, type JointOverrides } from './study-part.ts';
export { placeOf, relocate, type StudySource } from './study-places.ts';
export { parseStudy, type ReadStudy, readStudy } from './study-read.ts';
export {
  openFurtherTables,
  openStudyData,
  openStudyPanel,
  openStudyTable,
  type StudyData,
  type StudyFiles,
} from './study-tables.ts';
export { runTest, type TestOutcome, type TestWork } from './study-tests.ts';
export { type Numbers, parseNumber, parseWritten } from './table-cells.ts';
export {
  type FormatReader,
  type FormatReaders,
  formatOf,
  type OpenOptions,
  openTable,
  type TableFormat,
} from './table-open.ts';
export { type ReadOptions, readTable } from './table-read.ts';
export { checkDelimiter, invalidUtf8At } from './table-text.ts';
export type * from './types.ts';
export { vuong } from './vuong.ts';
