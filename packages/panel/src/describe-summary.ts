/** Summary statistics of a panel: between and within as Stata's xtsum, and where the extremes are. */
import { op, table } from 'arquero';
import { describedRows, missingNote, numbersOf } from './describe-rows.ts';
import { count, decimal } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Frame, Table, TableRow } from './types.ts';

/** Statistics of one variable over the rows where it is not missing. */
export interface Summary {
  n: number;
  mean: number;
  /** n − 1 divisor; undefined for one row. */
  sd?: number;
  /** SD of the unit means (divisor units − 1), each unit once: xtsum's "between". */
  between?: number;
  /** SD of x_it − x̄_i (divisor n − 1): xtsum's "within". */
  within?: number;
  min: number;
  median: number;
  max: number;
  /** Rows at which the extremes are reached. */
  minRows: number[];
  maxRows: number[];
}

/** SD from a sum of squares about the mean; undefined below two. */
const sdOf = (squares: number, n: number) => (n > 1 ? Math.sqrt(squares / (n - 1)) : undefined);

const squaresAbout = (values: number[], centre: (i: number) => number) =>
  values.reduce((sum, v, i) => sum + (v - centre(i)) ** 2, 0);

/** Summary of `values` at `rows`; `unitOf` gives the between and within parts. Undefined where every value is missing. */
export function summarise(values: Float64Array, rows: Int32Array, unitOf?: Int32Array): Summary | undefined {
  const used = Array.from(rows).filter((i) => !Number.isNaN(values[i]));
  if (used.length === 0) return undefined;
  const x = used.map((i) => values[i]);
  const all = table({ x }).rollup({ mean: op.mean('x'), min: op.min('x'), median: op.median('x'), max: op.max('x') });
  const { mean, min, median, max } = all.object() as { mean: number; min: number; median: number; max: number };
  const base: Summary = {
    n: x.length,
    mean,
    sd: sdOf(
      squaresAbout(x, () => mean),
      x.length,
    ),
    min,
    median,
    max,
    minRows: used.filter((i) => values[i] === min),
    maxRows: used.filter((i) => values[i] === max),
  };
  if (!unitOf) return base;
  const unit = used.map((i) => unitOf[i]);
  const means = table({ unit, x })
    .groupby('unit')
    .rollup({ mean: op.mean('x') })
    .objects() as { unit: number; mean: number }[];
  const meanOf = new Map(means.map((row) => [row.unit, row.mean]));
  // Counted from the first, so that means which are all the same have a spread of exactly 0.
  const [first] = means;
  const centre = first.mean + means.reduce((sum, row) => sum + (row.mean - first.mean), 0) / means.length;
  return {
    ...base,
    between: sdOf(
      squaresAbout(
        means.map((row) => row.mean),
        () => centre,
      ),
      means.length,
    ),
    within: sdOf(
      squaresAbout(x, (i) => meanOf.get(unit[i])!),
      x.length,
    ),
  };
}

const shownNumber = (x: number) => (Number.isInteger(x) && Math.abs(x) < 1e9 ? count(x) : decimal(x, 3));

const cell = (x: number | undefined): Cell =>
  x === undefined ? { text: '', kind: 'empty' } : { text: shownNumber(x), value: x, kind: 'number' };

/** Always with decimals, so that a column of means lines up. */
const mean = (x: number | undefined): Cell =>
  x === undefined ? { text: '', kind: 'empty' } : { text: decimal(x, 3), value: x, kind: 'number' };

/** "Singapore 2017", "3 rows" where an extreme is reached more than once, "line 17" without a panel. */
function placeOf(frame: Frame, rows: number[]): Cell {
  const [first] = rows;
  const { panel } = frame;
  const text =
    rows.length > 1
      ? `${count(rows.length)} rows`
      : panel
        ? `${panel.units[panel.unitOf[first]]} ${panel.timeOf[first]}`
        : `line ${frame.line[first]}`;
  return { text, kind: 'text' };
}

function rowOf(frame: Frame, name: string, rows: Int32Array, variables: Variables): { row: TableRow; notes: string[] } {
  const values = numbersOf(frame, name);
  const label = variableLabel(name, variables);
  const unit = variables[name]?.unit;
  const s = summarise(values, rows, frame.panel?.unitOf);
  // Means of one common series differ by rounding alone: no spread between units.
  const between = s?.between !== undefined && s.between <= 1e-13 * Math.abs(s.mean) ? 0 : s?.between;
  const spread = frame.panel ? [mean(s?.sd), mean(between), mean(s?.within)] : [mean(s?.sd)];
  const cells: Cell[] = s
    ? [
        { text: count(s.n), value: s.n, kind: 'count' },
        mean(s.mean),
        ...spread,
        cell(s.min),
        placeOf(frame, s.minRows),
        cell(s.median),
        cell(s.max),
        placeOf(frame, s.maxRows),
      ]
    : [
        { text: '0', value: 0, kind: 'count' },
        ...Array.from({ length: 6 + spread.length }, (): Cell => ({ text: '', kind: 'empty' })),
      ];
  return { row: { label, ...(unit && { unit }), cells, kind: 'only' }, notes: missingNote(values, rows, label) };
}

/** Every numeric column that is not an identifier of the panel. */
function defaultVariables(frame: Frame): string[] {
  const ids = new Set(frame.panel ? [...frame.panel.unit, frame.panel.time] : []);
  return Object.keys(frame.columns).filter((name) => frame.columns[name].kind === 'number' && !ids.has(name));
}

/**
 * Rows, mean, SD (overall, between, within), minimum, median and maximum with the unit and period that attain them.
 * @throws PanelError data/unknown-column, data/not-numeric.
 */
export function summaryTable(
  frame: Frame,
  spec: Extract<DescribeSpec, { kind: 'summary' }>,
  id: string,
  variables: Variables,
): Table {
  const rows = describedRows(frame, spec.where);
  const made = (spec.variables ?? defaultVariables(frame)).map((name) => rowOf(frame, name, rows, variables));
  const { panel } = frame;
  const spread = panel ? ['overall', 'between', 'within'] : ['SD'];
  const heads = ['Rows', 'Mean', ...spread, 'Minimum', 'at', 'Median', 'Maximum', 'at'];
  return {
    kind: 'table',
    id,
    title: spec.title ?? 'Summary statistics',
    spanners: panel ? [{ label: 'Standard deviation', from: 2, to: 4 }] : [],
    stub: 'Variable',
    columns: heads.map((head) => ({
      head,
      align: head === 'at' ? ('left' as const) : head === 'Rows' ? ('right' as const) : ('decimal' as const),
    })),
    body: made.map(({ row }) => row),
    foot: [],
    notes: [
      ...(panel
        ? [
            'Between: standard deviation of the units’ means, each unit once. Within: of the deviations from the unit’s mean.',
          ]
        : []),
      ...(spec.where ? [`Rows where ${spec.where}.`] : []),
      ...made.flatMap(({ notes }) => notes),
    ],
  };
}
