/** One column over windows of periods that move through the panel: each a fit of its own. */
import { PanelError, type PanelErrorFields } from './errors.ts';
import { printName } from './expression-print.ts';
import { isFit } from './regression-style.ts';
import { bothFilters } from './spec-parts.ts';
import type { Design, Failure, Fit, FitResult, FitSpec, Frame } from './types.ts';

export interface RollingWindow {
  from: number;
  to: number;
  /** The filter that makes the window. */
  where: string;
  fit?: Fit;
  error?: PanelErrorFields;
}

export interface RollingResult {
  of: string;
  /** 1-based column of the model. */
  column: number;
  formula: string;
  width: number;
  step: number;
  /** Name of the time column. */
  time: string;
  terms: string[];
  windows: RollingWindow[];
}

const wrong = (message: string, hint: string) => new PanelError({ code: 'study/wrong-rolling', message, hint });

/**
 * Windows of `width` periods each, `step` periods apart, over the periods of the rows that the whole column uses.
 * @throws PanelError study/wrong-rolling.
 */
export function windowsOf(
  frame: Frame,
  design: Design,
  spec: FitSpec,
  { width, step = 1 }: { width: number; step?: number },
): { from: number; to: number; spec: FitSpec }[] {
  const { panel } = frame;
  if (!panel) throw wrong('Windows of periods need a panel; none was declared.', 'Name unit and time.');
  if (spec.split)
    throw wrong(
      `${spec.id} is split by ${spec.split.by}; windows are made of one whole sample.`,
      'Write the model without split as a model of its own.',
    );
  const periods = [...new Set(Array.from(design.rows, (row) => panel.timeOf[row]))].sort((a, b) => a - b);
  if (width >= periods.length)
    throw wrong(
      `The window is ${width} periods wide; the rows used have ${periods.length}.`,
      `Choose a width below ${periods.length}.`,
    );
  const time = printName(panel.time);
  const { common: _, commonWith: __, ...rest } = spec;
  const starts = Array.from({ length: Math.floor((periods.length - width) / step) + 1 }, (_, w) => w * step);
  return starts.map((start) => {
    const [from, to] = [periods[start], periods[start + width - 1]];
    const where = bothFilters(spec.where, `${time} >= ${from} and ${time} <= ${to}`)!;
    return { from, to, spec: { ...rest, formula: design.formula, where } };
  });
}

const isDrawn = (term: string) => term !== '(Intercept)' && !term.includes('::');

/** The windows, each fitted by `fitAll`. @throws PanelError study/wrong-rolling. */
export async function rollWindows(
  frame: Frame,
  asked: { of: string; column: number; width: number; step?: number; terms?: string[] },
  spec: FitSpec,
  design: Design | Failure,
  fitAll: (spec: FitSpec) => FitResult | Promise<FitResult>,
): Promise<RollingResult> {
  if ('failed' in design) throw PanelError.fromJSON(design.error);
  const names = design.terms.map(({ name }) => name);
  const terms = asked.terms ?? names.filter(isDrawn);
  const unknown = terms.find((term) => !names.includes(term));
  if (unknown !== undefined)
    throw wrong(
      `"${unknown}" is not a term of ${design.formula}.`,
      `Its terms: ${names.filter((name) => name !== '(Intercept)').join(', ')}.`,
    );
  const windows: RollingWindow[] = [];
  for (const { from, to, spec: own } of windowsOf(frame, design, spec, asked)) {
    const result = await fitAll(own);
    windows.push({ from, to, where: own.where!, ...(isFit(result) ? { fit: result } : { error: result.error }) });
  }
  const { of, column, width, step = 1 } = asked;
  return { of, column, formula: design.formula, width, step, time: frame.panel!.time, terms, windows };
}
