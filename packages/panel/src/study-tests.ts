/** The tests of a study: from what it asks for to results. */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { type Estimation, estimateDesign, type ResampleRunner } from './fit.ts';
import { likelihoodRatio, overdispersion, wald } from './hypothesis.ts';
import { periodChange, reset } from './misspecification.ts';
import { boundaryName } from './models/index.ts';
import type { PlannedModel } from './plan.ts';
import { isFit } from './regression-style.ts';
import type { BootSpec, TestSpec } from './study.ts';
import { studyHausman } from './study-hausman.ts';
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
  /** Runs `work`; its PanelError leaves with the place of the test in the study, from a promise too. */
  placed<T>(pointer: string, work: () => T): T;
  /** The study's boot: replicates of Hausman's third form. */
  boot?: BootSpec;
  /** Runs replicates; without it they run here. */
  runner?: ResampleRunner;
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

async function resultsOf(work: TestWork, test: TestSpec, index: number, column: number): Promise<TestResult[]> {
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
      return studyHausman(work, plannedOf(work, test.of).spec, test, result);
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
export async function runTest(work: TestWork, test: TestSpec, index: number): Promise<TestOutcome[]> {
  const column = columnOf(work, test.of, test.column, `/tests/${index}/column`);
  const results = await work.placed(`/tests/${index}`, () => resultsOf(work, test, index, column));
  return results.map((result) => ({ spec: test, column, result }));
}
