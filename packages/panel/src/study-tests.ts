/** The tests of a study: from what it asks for to results. */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { type Estimation, estimateDesign } from './fit.ts';
import { type DifferenceCovariance, hausmanForms } from './hausman.ts';
import { likelihoodRatio, overdispersion, wald } from './hypothesis.ts';
import { periodChange, reset } from './misspecification.ts';
import { boundaryName, modelOf } from './models/index.ts';
import type { PlannedModel } from './plan.ts';
import { isFit } from './regression-style.ts';
import type { TestSpec } from './study.ts';
import { twinSpec, twinsOf } from './twins.ts';
import type { Design, Failure, Fit, FitResult, FitSpec, Frame, TestResult } from './types.ts';
import { vuong } from './vuong.ts';

/** What a test needs of a run. */
export interface TestWork {
  frame: Frame;
  kernels: Kernels;
  models: PlannedModel[];
  fits: Record<string, FitResult[]>;
  /** Designs of a spec; an error of the study itself is thrown with its place. */
  designs(spec: FitSpec): (Design | Failure)[];
  /** Runs `work`; its PanelError leaves with the place of the test in the study. */
  placed<T>(pointer: string, work: () => T): T;
  /** Covariance of b_a − b_b from resampling both designs, where a run has it. */
  differenceCovariance?(a: Design, b: Design): DifferenceCovariance | undefined;
}

export interface TestOutcome {
  spec: TestSpec;
  /** 1-based column of the model. */
  column: number;
  result: TestResult;
}

const TITLES: Record<TestSpec['kind'], string> = {
  hausman: 'Hausman test',
  wald: 'Wald test',
  lr: 'Likelihood-ratio test',
  overdispersion: 'Overdispersion test',
  reset: 'RESET',
  period: 'Change of the slopes at a period',
  vuong: 'Vuong test',
};

const failed = (kind: TestSpec['kind'], reason: string): TestResult => ({
  kind,
  title: TITLES[kind],
  reason,
  distribution: 'chi2',
  notes: [],
});

const words = ({ code, message }: PanelErrorFields) => `${code}: ${message}`;

/** The last column, unless one is named. @throws PanelError study/no-such-column. */
function columnOf(work: TestWork, model: string, column: number | undefined, pointer: string): number {
  const columns = work.fits[model].length;
  const wanted = column ?? columns;
  if (wanted <= columns) return wanted;
  return work.placed(pointer, () => {
    throw new PanelError({
      code: 'study/no-such-column',
      message: `${model} has ${columns} ${columns === 1 ? 'column' : 'columns'}; column ${wanted} was asked for.`,
      hint: `Choose a column from 1 to ${columns}.`,
    });
  });
}

const plannedOf = (work: TestWork, id: string) => work.models.find((model) => model.id === id)!;

/** The column's design, estimated once more: tests need its rows. */
function estimationOf(work: TestWork, id: string, column: number): Estimation | Failure {
  const design = work.designs(plannedOf(work, id).spec)[column - 1];
  return 'failed' in design ? design : estimateDesign(design, work.kernels);
}

/** The one column of a twin that has the same part of a split. */
function twinOf(work: TestWork, spec: FitSpec, sampleName: string): Estimation | Failure {
  const designs = work.designs(spec);
  const design = designs.find((one) => one.sampleName === sampleName) ?? designs[0];
  return 'failed' in design ? design : estimateDesign(design, work.kernels);
}

/** Mundlak's form takes the study's standard errors where the random-effects model has them. */
function mundlakDesign(work: TestWork, spec: FitSpec, random: FitSpec, sampleName: string): Design | undefined {
  if (!modelOf(random.model).needs.vcov.includes(spec.vcov.type)) return undefined;
  const design = work.designs({ ...random, vcov: spec.vcov }).find((one) => one.sampleName === sampleName);
  return design && !('failed' in design) ? design : undefined;
}

function hausmanOf(work: TestWork, id: string, result: FitResult): TestResult[] {
  const { spec } = plannedOf(work, id);
  const twins = twinsOf(spec.model, result.formula, work.frame.panel!.unit);
  if (!twins) return [failed('hausman', `${spec.model} without effects of units has no twin to be compared with.`)];
  const random = twinSpec(spec, twins.random);
  const a = twinOf(work, twinSpec(spec, twins.fixed), result.sampleName);
  if ('failed' in a) return [failed('hausman', `The fixed-effects side failed, ${words(a.error)}`)];
  const b = twinOf(work, random, result.sampleName);
  if ('failed' in b) return [failed('hausman', `The random-effects side failed, ${words(b.error)}`)];
  const covariance = work.differenceCovariance?.(a.design, b.design);
  const mundlak = mundlakDesign(work, spec, random, result.sampleName);
  return hausmanForms(a, b, work.kernels, { ...(covariance && { covariance }), ...(mundlak && { mundlak }) });
}

/** The pooled Poisson model of the same formula. */
function overdispersionOf(work: TestWork, id: string, column: number): TestResult[] {
  const { like: _, ...spec } = plannedOf(work, id).spec;
  const design = work.designs({ ...spec, model: 'poisson', vcov: { type: 'iid' } })[column - 1];
  if ('failed' in design) return [failed('overdispersion', words(design.error))];
  return [overdispersion(design, work.kernels, 'nb1'), overdispersion(design, work.kernels, 'nb2')];
}

/** Against another column, or Poisson within the model on the same rows. */
function ratioOf(work: TestWork, test: TestSpec & { kind: 'lr' }, index: number, column: number, fit: Fit): TestResult {
  if (test.against !== undefined) {
    const other = columnOf(work, test.against, test.againstColumn, `/tests/${index}/againstColumn`);
    const restricted = work.fits[test.against][other - 1];
    if (!isFit(restricted)) return failed('lr', `The restricted column failed, ${words(restricted.error)}`);
    return restricted.dof > fit.dof ? likelihoodRatio(fit, restricted) : likelihoodRatio(restricted, fit);
  }
  if (boundaryName(fit.model) === undefined) return failed('lr', `${fit.model} has no dispersion to be tested.`);
  const design = work.designs(plannedOf(work, test.of).spec)[column - 1] as Design;
  const { like: _, ...spec } = design.spec;
  const pooled = estimateDesign(
    { ...design, spec: { ...spec, model: 'poisson', vcov: { type: 'iid' } } },
    work.kernels,
  );
  if ('failed' in pooled) return failed('lr', `The Poisson model failed, ${words(pooled.error)}`);
  return likelihoodRatio(pooled.fit, fit);
}

/** The pooled design of a column, without its split. */
function periodOf(work: TestWork, test: TestSpec & { kind: 'period' }, column: number): TestResult {
  const { split, ...spec } = plannedOf(work, test.of).spec;
  const designs = work.designs(spec);
  const design = designs[(column - 1) % designs.length];
  if ('failed' in design) return failed('period', words(design.error));
  const at = test.at ?? (split && 'at' in split ? split.at : undefined);
  if (at === undefined) return failed('period', 'No period was named.');
  const { panel } = work.frame;
  return periodChange(
    design,
    Array.from(design.rows, (row) => panel!.timeOf[row]),
    at,
    panel!.time,
    work.kernels,
  );
}

function vuongOf(work: TestWork, test: TestSpec & { kind: 'vuong' }, index: number, column: number): TestResult {
  const other = columnOf(work, test.against, test.againstColumn, `/tests/${index}/againstColumn`);
  const [a, b] = [estimationOf(work, test.of, column), estimationOf(work, test.against, other)];
  const lost = [a, b].find((one): one is Failure => 'failed' in one);
  if (lost) return failed('vuong', `A column failed, ${words(lost.error)}`);
  return vuong(a as Estimation, b as Estimation, work.kernels);
}

function resultsOf(work: TestWork, test: TestSpec, index: number, column: number): TestResult[] {
  const result = work.fits[test.of][column - 1];
  if (test.kind === 'overdispersion') return overdispersionOf(work, test.of, column);
  if (test.kind === 'period') return [periodOf(work, test, column)];
  if (!isFit(result)) return [failed(test.kind, `The column failed, ${words(result.error)}`)];
  switch (test.kind) {
    case 'wald':
      return [wald(result, test.terms)];
    case 'lr':
      return [ratioOf(work, test, index, column, result)];
    case 'hausman':
      return hausmanOf(work, test.of, result);
    case 'vuong':
      return [vuongOf(work, test, index, column)];
    case 'reset': {
      const found = estimationOf(work, test.of, column);
      return ['failed' in found ? failed('reset', words(found.error)) : reset(found, work.kernels, test.powers)];
    }
  }
}

/**
 * One test of a study: four results for hausman, two for overdispersion, one else. What cannot be computed has a reason.
 * @throws PanelError study/no-such-column, test/unknown-term, with the place in the study.
 */
export function runTest(work: TestWork, test: TestSpec, index: number): TestOutcome[] {
  const column = columnOf(work, test.of, test.column, `/tests/${index}/column`);
  const results = work.placed(`/tests/${index}`, () => resultsOf(work, test, index, column));
  return results.map((result) => ({ spec: test, column, result }));
}
