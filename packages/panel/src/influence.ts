/** Leave-one-unit-out: what each unit does to each coefficient, by exact refits without it. */
import type { Kernels } from '@gravpanel/core-wasm';
import { codeColumn, columnOf, combineCodes } from './column-read.ts';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { startFit } from './fit.ts';
import type { JobRunner } from './multiverse.ts';
import { type Draws, drawAll, statusWords } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { hasEstimate } from './resample-refit.ts';
import type { Design, Failure, Fit, FitSpec, Frame } from './types.ts';

export interface LeftOut {
  unit: string;
  /** By coefficient, in the order of `terms`. */
  estimates: number[];
}

/** One term: its estimate, and the lowest and highest of those without one unit. */
export interface TermInfluence {
  term: string;
  estimate: number;
  se: number;
  lowest: { estimate: number; without: string };
  highest: { estimate: number; without: string };
  /** Units without any of which the estimate has the other sign. */
  otherSign: string[];
}

export interface InfluenceResult {
  of: string;
  /** 1-based column of the model. */
  column: number;
  formula: string;
  /** "partner". */
  by: string;
  terms: TermInfluence[];
  leftOut: LeftOut[];
  /** Units without which there is no estimate. */
  failed: { unit: string; status: string }[];
  error?: PanelErrorFields;
}

/** How a model is estimated without one of its clusters at a time. */
export function leaveOneOutSpec({ like: _, ...spec }: FitSpec, by: string | string[] | undefined): FitSpec {
  const columns = by === undefined ? undefined : [by].flat().map((one) => one.split('^'));
  return { ...spec, vcov: { type: 'jackknife', ...(columns && { by: columns }) } };
}

/** The name of each cluster of a job: the unit, or the values of the columns that make it. */
function namesOf(frame: Frame, design: Design, { clusters: [{ codes, count }] }: ResampleJob): string[] {
  const { vcov } = design.spec;
  const by = vcov.type === 'jackknife' ? vcov.by?.[0] : undefined;
  const { panel } = frame;
  const coded =
    by &&
    combineCodes(
      by.map((name) => codeColumn(columnOf(frame, name))),
      '^',
    );
  const labelOf = (row: number) =>
    coded ? coded.levels[coded.codes[row]] : panel ? panel.units[panel.unitOf[row]] : `row ${frame.line[row]}`;
  const names = new Array<string>(count).fill('');
  codes.forEach((code, i) => {
    if (names[code] === '') names[code] = labelOf(design.rows[i]);
  });
  return names;
}

function termOf(leftOut: LeftOut[], fit: Fit, term: string, j: number): TermInfluence {
  const { estimate, se } = fit.coefficients.find((one) => one.term === term)!;
  const pick = (better: (a: number, b: number) => boolean) => {
    const found = leftOut.reduce((a, b) => (better(b.estimates[j], a.estimates[j]) ? b : a));
    return { estimate: found.estimates[j], without: found.unit };
  };
  return {
    term,
    estimate,
    se,
    lowest: pick((a, b) => a < b),
    highest: pick((a, b) => a > b),
    otherSign: leftOut.filter(({ estimates }) => estimates[j] * estimate < 0).map(({ unit }) => unit),
  };
}

const isDrawn = (term: string) => term !== '(Intercept)' && !term.includes('::');

function resultOf(
  frame: Frame,
  fit: Fit,
  job: ResampleJob,
  draws: Draws,
  design: Design,
  wanted: string[] | undefined,
): Pick<InfluenceResult, 'terms' | 'leftOut' | 'failed'> {
  const names = namesOf(frame, design, job);
  const all = design.terms.map(({ name }) => name);
  const terms = wanted ?? all.filter(isDrawn);
  const unknown = terms.find((term) => !all.includes(term));
  if (unknown !== undefined)
    throw new PanelError({
      code: 'study/unknown-term',
      message: `"${unknown}" is not a term of ${design.formula}.`,
      hint: `Its terms: ${all.filter((term) => term !== '(Intercept)').join(', ')}.`,
    });
  const width = job.reported.length;
  const good = names.map((_, c) => hasEstimate(draws.status[c]));
  const at = terms.map((term) => all.indexOf(term));
  const leftOut = names.flatMap((unit, c) =>
    good[c] ? [{ unit, estimates: at.map((j) => draws.estimates[c * width + j]) }] : [],
  );
  const failed = names.flatMap((unit, c) => (good[c] ? [] : [{ unit, status: statusWords(draws.status[c]) }]));
  if (leftOut.length === 0)
    throw new PanelError({
      code: 'influence/no-estimate',
      message: `Without any one of ${job.clusters[0].name} the model has no estimate (${failed[0].status}).`,
      hint: 'Some regressor varies in one unit only: leave it out.',
    });
  return { terms: terms.map((term, j) => termOf(leftOut, fit, term, j)), leftOut, failed };
}

/**
 * Refits one column without each unit in turn, through the same loop as the jackknife.
 * @param fit the column's own fit; the change of a coefficient is measured in its standard error.
 * @param design the same column by {@link leaveOneOutSpec}.
 */
export async function leaveOneOut(
  frame: Frame,
  { of, column, terms }: { of: string; column: number; terms?: string[] },
  fit: Fit,
  design: Design | Failure,
  kernels: Kernels,
  runJob?: JobRunner,
): Promise<InfluenceResult> {
  const base = { of, column, formula: fit.formula, by: '', terms: [], leftOut: [], failed: [] };
  if ('failed' in design) return { ...base, error: design.error };
  try {
    const { design: used, runs } = startFit(design, kernels);
    const { main } = runs!;
    const draws = runJob ? await runJob(main, `${of} (${column}), without`) : drawAll(main, kernels);
    return { ...base, by: main.clusters[0].name, ...resultOf(frame, fit, main, draws, used, terms) };
  } catch (error) {
    if (!(error instanceof PanelError) || error.code.startsWith('study/')) throw error;
    return { ...base, error: error.toJSON() };
  }
}
