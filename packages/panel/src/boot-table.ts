/** A resampled column as a table: standard errors with their Monte Carlo error, intervals by construction, p by inversion. */
import { count, display, fixed, pValue } from './format.ts';
import { termLabel, type Variables } from './labels.ts';
import type { Cell, Fit, Interval, Resampling, Table, TableRow } from './types.ts';

export interface BootResult {
  model: string;
  column: number;
  fit: Fit;
}

const NAMES: Record<string, string> = {
  percentile: 'percentile',
  basic: 'basic',
  bca: 'BCa',
  studentised: 'studentised',
  inverted: 'inverted',
};

/** Digits after the point that show three significant ones of the standard error. */
const decimalsOf = (se: number) => (se > 0 ? Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(se)))) : 3);

/** The basic interval stands in the JSON where a better one takes its room here. */
const shownKinds = ({ intervals }: Resampling) =>
  (Object.keys(intervals) as (keyof typeof intervals)[]).filter((kind) => kind !== 'basic' || !intervals.bca);

function rowsOf({ fit }: BootResult, variables?: Variables): TableRow[] {
  const { coefficients } = fit;
  const resampling = fit.resampling!;
  const kinds = shownKinds(resampling);
  return coefficients.map((c, j) => {
    const decimals = decimalsOf(c.se);
    const number = (value: number): Cell => ({ text: display(fixed(value, decimals)), value, kind: 'number' });
    const interval = ([low, high]: Interval): Cell => ({
      text: `[${display(fixed(low, decimals))}, ${display(fixed(high, decimals))}]`,
      kind: 'text',
    });
    const p = resampling.p?.[j];
    return {
      label: c.term === '(Intercept)' ? 'Constant' : variables ? termLabel(c.term, variables).label : c.term,
      ...(c.within ? {} : { mark: '‡' }),
      kind: 'only',
      cells: [
        { ...number(c.estimate), kind: 'estimate' },
        { ...number(c.se), kind: 'se' },
        ...(resampling.test ? [] : [number(resampling.monteCarlo.se[j]), number(resampling.bias[j])]),
        ...kinds.map((kind) => interval(resampling.intervals[kind]![j])),
        ...(p === undefined ? [] : [{ text: pValue(p), value: p, kind: 'number' } satisfies Cell]),
      ],
    };
  });
}

function notesOf({ fit }: BootResult): string[] {
  const { resampling: r, vcovInfo, level } = fit;
  const rule = r!.pRule ? ` p: ${r!.pRule}.` : '';
  const notes = r!.test
    ? []
    : [
        `From the ${vcovInfo.resampled}. Intervals at ${fixed(level * 100, 0)}%. MC: how far the standard error would move under another seed.${rule}`,
      ];
  if (r!.approximation) {
    const { replicates, medianError, maxError } = r!.approximation;
    notes.push(
      `${r!.method} replicates against exact ones, ${count(replicates)} of them: median error ${medianError.toPrecision(2)}, largest ${maxError.toPrecision(2)} standard errors.`,
    );
  }
  if (fit.coefficients.some(({ within }) => !within)) notes.push('‡ Not identified from change within units.');
  return [...notes, ...fit.notes.map(({ message }) => message)];
}

/** One table a column of results; rows are named as in the formula, or by the labels of `variables`. */
export function bootTable(result: BootResult, variables?: Variables): Table {
  const { fit, model, column } = result;
  const { resampling: r } = fit;
  const right = (head: string) => ({ head, align: 'right' as const });
  const kinds = shownKinds(r!).map((kind) => right(NAMES[kind] ?? kind));
  return {
    kind: 'table',
    id: `${model}-${column}`,
    title: `${model} (${column}): ${fit.title}, ${fit.formula}${fit.sampleName ? `, ${fit.sampleName}` : ''}`,
    spanners: [],
    stub: '',
    columns: [
      right('Estimate'),
      right('SE'),
      ...(r!.test ? [] : [right('MC'), right('Bias')]),
      ...kinds,
      ...(r!.p ? [right('p')] : []),
    ],
    body: rowsOf(result, variables),
    foot: [],
    notes: notesOf(result),
  };
}
