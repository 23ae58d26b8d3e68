/** Fields by their largest partners: a row a field, with what the field is. */
import { op, table } from 'arquero';
import { assertAddsUp, countsOf, someRows, wordsOf } from './describe-rows.ts';
import { holdings } from './describe-shares.ts';
import { PanelError } from './errors.ts';
import { amount, count } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import { fieldTitle } from './patent-fields.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Frame, Table, TableRow } from './types.ts';

const DEFAULT_TOP = 3;
const DEFAULT_LIMIT = 10;

interface Pair {
  row: string;
  column: string;
  total: number;
}

/** Sums by (row, column), missing counts as nothing. */
function pairsOf(rows: string[], columns: string[], counts: number[]): Pair[] {
  const sums = table({ row: rows, column: columns, count: counts })
    .groupby('row', 'column')
    .rollup({ total: op.sum('count') })
    .objects() as unknown as Pair[];
  return sums.map(({ row, column, total }) => ({ row, column, total: total ?? 0 }));
}

/**
 * The `limit` largest rows (default 10) by total, each with its total and its `top` largest columns (default 3) as
 * "India 88": Table 4 of co-patents, fields × partners. `definitions` adds what an IPC or CPC subclass is. Row totals are
 * checked against the grand total.
 * @throws PanelError data/unknown-column, describe/missing-label, describe/negative-count, describe/no-rows, describe/no-counts.
 */
export function crosstabTable(
  frame: Frame,
  spec: Extract<DescribeSpec, { kind: 'crosstab' }>,
  id: string,
  variables: Variables,
): Table {
  const rows = someRows(frame, spec.where);
  const values = countsOf(frame, spec.count, rows);
  const [rowOf, columnOf] = [spec.rows, spec.columns].map((name) => wordsOf(frame, name, rows));
  const labels = Array.from(rows, rowOf);
  const counts = Array.from(rows, (i) => values[i]);
  const pairs = pairsOf(labels, Array.from(rows, columnOf), counts);
  const held = holdings(labels, counts).filter(({ total }) => total > 0);
  const total = pairs.reduce((sum, p) => sum + p.total, 0);
  assertAddsUp(
    held.map((h) => h.total),
    total,
    'crosstab',
  );
  if (held.length === 0)
    throw new PanelError({
      code: 'describe/no-counts',
      message: `"${spec.count}" is zero or missing in all ${rows.length} rows.`,
      hint: 'Check the filter and the column.',
      at: { variable: spec.count },
    });
  const top = spec.top ?? DEFAULT_TOP;
  const limit = Math.min(spec.limit ?? DEFAULT_LIMIT, held.length);
  const largestOf = (row: string) =>
    pairs
      .filter((p) => p.row === row && p.total > 0)
      .sort((a, b) => b.total - a.total || (a.column < b.column ? -1 : 1))
      .slice(0, top);
  const [label, row, column] = [spec.count, spec.rows, spec.columns].map((name) => variableLabel(name, variables));
  const cellsOf = ({ label: name, total: sum }: { label: string; total: number }): Cell[] => [
    ...(spec.definitions ? [{ text: fieldTitle(name) ?? '', kind: 'text' as const }] : []),
    { text: amount(sum), value: sum, kind: 'count' },
    {
      text: largestOf(name)
        .map((p) => `${p.column} ${amount(p.total)}`)
        .join(', '),
      kind: 'text',
    },
  ];
  const shown = held.slice(0, limit);
  const unknown = spec.definitions ? shown.filter((h) => fieldTitle(h.label) === undefined).map((h) => h.label) : [];
  const rest = held.slice(limit);
  const restSum = rest.reduce((sum, h) => sum + h.total, 0);
  const foot: TableRow = {
    label: `${count(rest.length)} others`,
    cells: [
      ...(spec.definitions ? [{ text: '', kind: 'empty' as const }] : []),
      { text: amount(restSum), value: restSum, kind: 'count' },
      { text: '', kind: 'empty' },
    ],
    kind: 'only',
    tone: 'quiet',
  };
  return {
    kind: 'table',
    id,
    title: spec.title ?? `${label} by ${row}: the ${limit} largest and their main partners`,
    spanners: [],
    stub: row,
    columns: [
      ...(spec.definitions ? [{ head: 'What it is', align: 'left' as const }] : []),
      { head: label, align: 'right' },
      { head: `${column}, the ${top} largest`, align: 'left' },
    ],
    body: shown.map((h) => ({ label: h.label, cells: cellsOf(h), kind: 'only' })),
    foot: rest.length > 0 ? [foot] : [],
    notes: [
      `A record in several of them counts in each, so the rows add up to ${amount(total)}, not to the number of records.`,
      ...(unknown.length > 0 ? [`No title is known for ${unknown.join(', ')}.`] : []),
      ...(spec.where ? [`Rows where ${spec.where}.`] : []),
    ],
  };
}
