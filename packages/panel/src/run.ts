/** Study × Frame → fits, tests and the report. Free of any environment: data come in, progress goes out by callback. */
import type { Kernels } from '@gravpanel/core-wasm';
import { companionSpecs } from './companions.ts';
import { consequencesOf, type DesignedModel } from './consequences.ts';
import { diagnoseLead } from './diagnose-lead.ts';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { columnBootstrapFigure } from './figures-bootstrap.ts';
import { drawsHere, fitDesignWith, type ResampleRunner } from './fit.ts';
import { identify } from './identify.ts';
import { modelOf } from './models/index.ts';
import { planStudy, type StudyPlan } from './plan.ts';
import { checkRequest } from './plan-tables.ts';
import { isFit } from './regression-style.ts';
import { assembleReport } from './report.ts';
import type { Draws } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { type CurveParts, runCurveParts } from './run-curves.ts';
import { deriveStudy, designsOf, placedError, variablesOf } from './run-designs.ts';
import type {
  ColumnFailure,
  CompanionFits,
  Describing,
  OnProgress,
  ProgressEvent,
  RunOptions,
  StudyRun,
} from './run-types.ts';
import type { Study } from './study.ts';
import { relocate, type StudySource } from './study-places.ts';
import { runTest, type TestOutcome, type TestWork } from './study-tests.ts';
import type { Design, Failure, Figure, Fit, FitResult, Frame, Table } from './types.ts';

interface Work {
  study: Study;
  frame: Frame;
  kernels: Kernels;
  plan: StudyPlan;
  source?: StudySource;
  runner?: ResampleRunner;
  onColumn?: RunOptions['onColumn'];
  step: (stage: ProgressEvent['stage'], label: string, detail?: string) => Promise<void>;
}

/** A variable that no right-hand side may lack: descriptive outputs and tests say where they were asked for. */
function inStudy<T>({ source }: Work, pointer: string, work: () => T): T {
  const fail = (error: unknown): never => {
    if (error instanceof PanelError && source)
      throw new PanelError(relocate(error.toJSON(), source, error.at?.pointer ?? pointer));
    throw error;
  };
  try {
    const made = work();
    return made instanceof Promise ? (made.catch(fail) as T) : made;
  } catch (error) {
    return fail(error);
  }
}

/** Gets the replicates of a resampled column. */
type OnReplicates = (column: number, fit: Fit, job: ResampleJob, draws: Draws) => void;

async function fitAll(
  work: Work,
  label: string,
  designs: (Design | Failure)[],
  { model, onReplicates }: { model?: string; onReplicates?: OnReplicates } = {},
): Promise<FitResult[]> {
  const results: FitResult[] = [];
  for (const [i, design] of designs.entries()) {
    await work.step('model', label, designs.length > 1 ? `column ${i + 1} of ${designs.length}` : undefined);
    let drawn: { job: ResampleJob; draws: Draws } | undefined;
    const run = work.runner ?? drawsHere(work.kernels);
    const runner: ResampleRunner = async (runs, resampled) => {
      const found = await run(runs, resampled);
      drawn = { job: runs.main, draws: found.main };
      return found;
    };
    const result = 'failed' in design ? design : await fitDesignWith(design, work.kernels, runner);
    if (drawn && isFit(result)) onReplicates?.(i + 1, result, drawn.job, drawn.draws);
    results.push(result);
    await work.onColumn?.({ label, ...(model !== undefined && { model }), column: i + 1, of: designs.length, result });
  }
  return results;
}

function testWorkOf(work: Work, fits: Record<string, FitResult[]>): TestWork {
  const { study, frame, kernels, plan, source, runner } = work;
  return {
    frame,
    kernels,
    models: plan.models,
    fits,
    designs: (spec) => designsOf(study, frame, spec, kernels, source),
    placed: (pointer, task) => inStudy(work, pointer, task),
    ...(study.boot && { boot: study.boot }),
    ...(runner && { runner }),
  };
}

function failuresOf(work: Work, fits: Record<string, FitResult[]>): ColumnFailure[] {
  return Object.entries(fits).flatMap(([model, results]) =>
    results.flatMap((result, i) =>
      isFit(result) ? [] : [{ model, column: i + 1, error: placedError(result.error, model, work.study, work.source) }],
    ),
  );
}

/** Specifications of curves that have no estimate, and joint tests that could not be made. */
function curveFailures({ study, source }: Work, { curves, influence }: CurveParts): ColumnFailure[] {
  const place = (error: PanelErrorFields, pointer: string) => (source ? relocate(error, source, pointer) : error);
  const lost = curves.flatMap(({ id, specifications, jointError }) => [
    ...specifications
      .flatMap(({ number, error }) => (error ? [{ column: number, error }] : []))
      .map((one) => ({
        model: `multiverse.${id}`,
        column: one.column,
        error: place(one.error, `/multiverse/${id}`),
      })),
    ...(jointError
      ? [{ model: `multiverse.${id}`, column: 0, error: place(jointError, `/multiverse/${id}/joint`) }]
      : []),
  ]);
  const kept = influence.flatMap(({ result: { error, of, column } }, i) =>
    error && study.influence ? [{ model: of, column, error: place(error, `/influence/${i}`) }] : [],
  );
  return [...lost, ...kept];
}

/** Tests of a study without its report. */
export interface StudyTests {
  tests: TestOutcome[];
  failures: ColumnFailure[];
}

/**
 * Estimates the models that `study.tests` names, and makes the tests.
 * @throws PanelError as {@link runStudy}.
 */
export async function testStudy(
  study: Study,
  frame: Frame,
  kernels: Kernels,
  onProgress: OnProgress = () => {},
  o: RunOptions = {},
): Promise<StudyTests> {
  const plan = planStudy(study, o.source);
  const used = new Set(plan.tests.flatMap((test) => [test.of, ...('against' in test ? [test.against] : [])]));
  const models = plan.models.filter(({ id }) => used.has(id));
  const progress = { done: 0, total: models.length + plan.tests.length };
  const step: Work['step'] = async (stage, label, detail) => {
    await onProgress({ stage, label, ...(detail && { detail }), ...progress });
  };
  const derived = deriveStudy(study, frame, o.source);
  const work: Work = {
    study,
    frame: derived,
    kernels,
    plan,
    step,
    ...(o.source && { source: o.source }),
    ...(o.runner && { runner: o.runner }),
  };
  const fits: Record<string, FitResult[]> = {};
  for (const { id, spec } of models) {
    fits[id] = await fitAll(work, id, designsOf(study, derived, spec, kernels, o.source));
    progress.done++;
  }
  const testing = testWorkOf(work, fits);
  const tests: TestOutcome[] = [];
  for (const [i, test] of plan.tests.entries()) {
    await step('test', `${test.kind} of ${test.of}`);
    tests.push(...(await runTest(testing, test, i)));
    progress.done++;
  }
  return { tests, failures: failuresOf(work, fits) };
}

/**
 * Runs a study on its table: derive, describe, estimate, test, assemble the report.
 * A model that fails keeps its place as a Failure and the others proceed; what is wrong with the study itself is thrown
 * before anything is estimated.
 * @param describing the descriptive parts ({@link runStudy} has them at hand).
 * @param frame the table of study.data with its panel index (setPanel).
 * @param onProgress called before each piece of work; where it returns a promise, the run waits for it.
 * @throws PanelError of planStudy, derive, describe and the designs, with the place in the study where o.source is given.
 */
export async function runStudyWith(
  describing: () => Describing | Promise<Describing>,
  study: Study,
  frame: Frame,
  kernels: Kernels,
  onProgress: OnProgress = () => {},
  o: RunOptions = {},
): Promise<StudyRun> {
  const plan = planStudy(study, o.source);
  const progress = { done: 0, total: 0 };
  const step: Work['step'] = async (stage, label, detail) => {
    await onProgress({ stage, label, ...(detail && { detail }), ...progress });
    progress.done++;
  };
  const columns = plan.models.reduce((sum, model) => sum + model.columns.length * (model.companions ? 3 : 1), 0);
  const parts = plan.influence.length + plan.rolling.length + plan.curves.length;
  progress.total = 3 + plan.describe.length + columns + plan.tests.length + parts;
  await step('data', 'derived columns and designs');
  const derived = deriveStudy(study, frame, o.source);
  const work: Work = {
    study,
    frame: derived,
    kernels,
    plan,
    step,
    ...(o.source && { source: o.source }),
    ...(o.runner && { runner: o.runner }),
    ...(o.onColumn && { onColumn: o.onColumn }),
  };
  const planned = plan.models.map((model) => ({
    model,
    designs: designsOf(study, derived, model.spec, kernels, o.source),
    companions: model.companions ? companionSpecs(model.spec, derived) : [],
  }));
  const columnsOf = Object.fromEntries(planned.map(({ model, designs }) => [model.id, designs]));
  const besideOf = Object.fromEntries(
    planned.map(({ model, designs, companions: specs }) => [model.id, designs.length * specs.length]),
  );
  for (const table of plan.tables) checkRequest(table, columnsOf, besideOf, o.source);
  const described: (Table | Figure)[] = [];
  const { contextOf, describe } = await describing();
  const context = await contextOf(study, plan.describe, o);
  for (const [i, spec] of plan.describe.entries()) {
    await step('describe', spec.kind);
    described.push(...inStudy(work, `/describe/${i}`, () => describe(derived, spec, study.variables ?? {}, context)));
  }
  progress.total +=
    planned.reduce((sum, { designs, companions }) => sum + designs.length * (1 + companions.length), 0) - columns;
  const designed: DesignedModel[] = [];
  const fits: Record<string, FitResult[]> = {};
  const companions: Record<string, CompanionFits[]> = {};
  const replicates: Record<string, Figure> = {};
  for (const { model, designs, companions: specs } of planned) {
    designed.push({ id: model.id, spec: model.spec, designs });
    const omit = plan.tables.find(({ models }) => models.includes(model.id))?.omit;
    fits[model.id] = await fitAll(work, model.id, designs, {
      model: model.id,
      onReplicates: (column, fit, job, draws) => {
        const figure = columnBootstrapFigure(fit, job, draws, {
          id: `${model.id}-bootstrap`,
          where: `column (${column}) of ${model.id}`,
          ...(study.variables && { variables: study.variables }),
          ...(omit && { omit }),
        });
        if (figure) replicates[`${model.id} ${column}`] = figure;
      },
    });
    for (const spec of specs) {
      const beside = designsOf(study, derived, { ...spec, id: model.id }, kernels, o.source);
      designed.push({ id: `${model.id} · ${spec.model}`, spec, designs: beside });
      const results = await fitAll(work, `${model.id} · ${modelOf(spec.model).title}`, beside);
      companions[model.id] = [...(companions[model.id] ?? []), { spec, results }];
    }
  }
  const tests: TestOutcome[] = [];
  const testing = testWorkOf(work, fits);
  for (const [i, test] of plan.tests.entries()) {
    await step('test', `${test.kind} of ${test.of}`);
    tests.push(...(await runTest(testing, test, i)));
  }
  const more = await runCurveParts({
    ...work,
    fits,
    ...(o.runJob && { runJob: o.runJob }),
    // Their own steps are not counted before they are known.
    step: async (label, detail) => onProgress({ stage: 'curve', label, ...(detail && { detail }), ...progress }),
    designs: (spec) => designsOf(study, derived, spec, kernels, o.source),
    placed: (pointer, task) => inStudy(work, pointer, task),
  });
  progress.done += plan.influence.length + plan.rolling.length + plan.curves.length;
  await step('report', 'identification and report');
  const variables = variablesOf(planned.flatMap(({ designs }) => designs));
  const shares = derived.panel ? identify(derived, variables) : [];
  const consequences = consequencesOf(designed, study.variables);
  const failures = [...failuresOf(work, fits), ...curveFailures(work, more)];
  const diagnostics = diagnoseLead(plan, fits, columnsOf, derived, kernels);
  const found = {
    study,
    plan,
    frame: derived,
    fits,
    companions,
    described,
    shares,
    consequences,
    tests,
    failures,
    replicates,
    ...more,
    ...(diagnostics && { diagnostics }),
  };
  const report = await assembleReport(found, o);
  return { plan, fits, companions, described, shares, consequences, tests, failures, ...more, report };
}
