/** The parts of a study that estimate one column many times: specification curves, units left out, windows of periods. */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { curveItems } from './figures-curve.ts';
import { influenceItems, rollingItems } from './figures-moving.ts';
import { fitDesignWith, type ResampleRunner } from './fit.ts';
import { type InfluenceResult, leaveOneOut, leaveOneOutSpec } from './influence.ts';
import { type CurveResult, type JobRunner, runCurve } from './multiverse.ts';
import type { StudyPlan } from './plan.ts';
import { isFit } from './regression-style.ts';
import { type RollingResult, rollWindows } from './rolling.ts';
import type { Study } from './study.ts';
import type { StudySource } from './study-places.ts';
import type { Design, Failure, Figure, Fit, FitResult, FitSpec, Frame, Table } from './types.ts';

export interface CurveWork {
  study: Study;
  frame: Frame;
  kernels: Kernels;
  plan: StudyPlan;
  fits: Record<string, FitResult[]>;
  source?: StudySource;
  runner?: ResampleRunner;
  runJob?: JobRunner;
  step: (label: string, detail?: string) => Promise<void>;
  designs(spec: FitSpec): (Design | Failure)[];
  placed<T>(pointer: string, work: () => T): T;
}

/** What those parts found. */
export interface CurveParts {
  curves: CurveResult[];
  influence: { result: InfluenceResult; fit?: Fit }[];
  rolling: RollingResult[];
}

/** Runs promises whose errors belong to a place of the study. */
async function placedAt<T>({ placed }: CurveWork, pointer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return placed(pointer, () => {
      throw error;
    });
  }
}

/** The column asked for, the last one without it. */
function columnOf({ fits, placed }: CurveWork, of: string, column: number | undefined, pointer: string): number {
  const columns = fits[of].length;
  if ((column ?? columns) <= columns) return column ?? columns;
  return placed(pointer, () => {
    throw new PanelError({
      code: 'study/no-such-column',
      message: `${of} has ${columns} ${columns === 1 ? 'column' : 'columns'}; column ${column} was asked for.`,
      hint: `Choose a column from 1 to ${columns}.`,
    });
  });
}

const specOf = ({ plan }: CurveWork, of: string) => plan.models.find(({ id }) => id === of)!.spec;

async function influenceOf(work: CurveWork, i: number): Promise<CurveParts['influence'][number]> {
  const { of, column: asked, by, terms } = work.plan.influence[i];
  const pointer = `/influence/${i}`;
  const column = columnOf(work, of, asked, `${pointer}/column`);
  const fit = work.fits[of][column - 1];
  await work.step(`influence of ${of}`, 'one unit left out at a time');
  const none = { of, column, formula: fit.formula, by: '', terms: [], leftOut: [], failed: [] };
  if (!isFit(fit)) return { result: { ...none, error: fit.error } };
  const result = await placedAt(work, pointer, async () => {
    const design = work.designs(leaveOneOutSpec(specOf(work, of), by))[column - 1];
    return leaveOneOut(work.frame, { of, column, ...(terms && { terms }) }, fit, design, work.kernels, work.runJob);
  });
  return { result, fit };
}

async function rollingOf(work: CurveWork, i: number): Promise<RollingResult> {
  const { column: asked, ...rest } = work.plan.rolling[i];
  const pointer = `/rolling/${i}`;
  const column = columnOf(work, rest.of, asked, `${pointer}/column`);
  const spec = specOf(work, rest.of);
  const fitWindow = async (own: FitSpec): Promise<FitResult> => {
    await work.step(`rolling ${rest.of}`, own.where);
    const [design] = work.designs(own);
    return 'failed' in design ? design : fitDesignWith(design, work.kernels, work.runner);
  };
  return placedAt(work, pointer, () =>
    rollWindows(work.frame, { ...rest, column }, spec, work.designs(spec)[column - 1], fitWindow),
  );
}

/** All of them, in the order of the study. @throws PanelError with the place in the study. */
export async function runCurveParts(work: CurveWork): Promise<CurveParts> {
  const { frame, kernels, plan, source, runJob } = work;
  const influence: CurveParts['influence'] = [];
  for (let i = 0; i < plan.influence.length; i++) influence.push(await influenceOf(work, i));
  const rolling: RollingResult[] = [];
  for (let i = 0; i < plan.rolling.length; i++) rolling.push(await rollingOf(work, i));
  const curves: CurveResult[] = [];
  for (const curve of plan.curves) {
    const label = `specification curve ${curve.id}`;
    await work.step(label);
    const onSpecification = (done: number, total: number) =>
      done > 0 ? work.step(label, `specification ${done + 1} of ${total}`) : undefined;
    curves.push(
      await runCurve(frame, curve, kernels, { onSpecification, ...(source && { source }), ...(runJob && { runJob }) }),
    );
  }
  return { curves, influence, rolling };
}

/** Tables and figures of the curves. */
export const curveSections = ({ curves }: CurveParts, { variables }: Study): (Table | Figure)[] =>
  curves.flatMap((curve) => curveItems(curve, variables));

/** Tables and figures of what is left out and of the windows; ids stay apart where one column is asked for twice. */
export function movingItems({ influence, rolling }: CurveParts, { variables }: Study): (Table | Figure)[] {
  const times = new Map<string, number>();
  const nth = (key: string) => {
    times.set(key, (times.get(key) ?? 0) + 1);
    return times.get(key)!;
  };
  return [
    ...influence.flatMap(({ result, fit }) =>
      fit ? influenceItems(result, fit, nth(`i ${result.of} ${result.column}`), variables) : [],
    ),
    ...rolling.flatMap((result) => rollingItems(result, nth(`r ${result.of} ${result.column}`), variables)),
  ];
}
