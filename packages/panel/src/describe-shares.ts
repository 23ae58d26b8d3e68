/** Who holds the counts: shares by unit, concentration, and the units with none. */
import { op, table } from 'arquero';
import { assertAddsUp, countsOf, describedRows, labelsOf, missingNote } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { count, decimal, fixed, percent } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Frame, Table, TableRow } from './types.ts';

const DEFAULT_TOP = 5;

/** Total of one unit. */
export interface Holding {
  label: string;
  total: number;
}

/** Totals by label, largest first, ties by label. Missing counts add nothing. */
export function holdings(labels: string[], counts: number[]): Holding[] {
  const sums = table({ label: labels, count: counts })
    .groupby('label')
    .rollup({ total: op.sum('count') })
    .objects() as unknown as Holding[];
  return sums
    .map(({ label, total }) => ({ label, total: total ?? 0 }))
    .sort((a, b) => b.total - a.total || (a.label < b.label ? -1 : 1));
}

/** Σ (share)²; 1/k for k equal holders, 1 for one. */
export function herfindahl(held: Holding[]): number {
  const total = held.reduce((sum, h) => sum + h.total, 0);
  return held.reduce((sum, h) => sum + (h.total / total) ** 2, 0);
}

const amount = (x: number) => (Number.isInteger(x) ? count(x) : decimal(x, 1));

interface Scale {
  total: number;
  /** The largest single unit, with the full bar; a sum of many that exceeds it has none. */
  largest: number;
}

function shareRow(
  label: string,
  value: number,
  cumulative: number,
  { total, largest }: Scale,
  tone?: TableRow['tone'],
): TableRow {
  const share = value / total;
  const cells: Cell[] = [
    { text: amount(value), value, kind: 'count' },
    { text: '', kind: 'number', value: share, ...(value <= largest && { bar: value / largest }) },
    { text: percent(share), value: share * 100, kind: 'number' },
    { text: percent(cumulative / total), value: (cumulative / total) * 100, kind: 'number' },
  ];
  return { label, cells, kind: 'only', ...(tone && { tone }) };
}

const EMPTY: Cell = { text: '', kind: 'empty' };

/** "22 others, 1–9 each". */
function othersLabel(rest: Holding[]): string {
  const [most, least] = [rest[0].total, rest[rest.length - 1].total];
  return `${count(rest.length)} others, ${most === least ? amount(most) : `${amount(least)}–${amount(most)}`} each`;
}

function bodyOf(held: Holding[], none: number, top: number): TableRow[] {
  const scale = { total: held.reduce((sum, h) => sum + h.total, 0), largest: held[0].total };
  const shown = held.length <= 2 * top + 1 ? held.length : 2 * top;
  let cumulative = 0;
  const rows = held.slice(0, shown).map((h, j) => {
    cumulative += h.total;
    return shareRow(h.label, h.total, cumulative, scale, j < top ? 'strong' : undefined);
  });
  const rest = held.slice(shown);
  if (rest.length > 0) {
    const sum = rest.reduce((s, h) => s + h.total, 0);
    rows.push(shareRow(othersLabel(rest), sum, cumulative + sum, scale, 'quiet'));
  }
  if (none > 0)
    rows.push({
      label: `${count(none)} with none`,
      cells: [{ text: '0', value: 0, kind: 'count' }, EMPTY, EMPTY, EMPTY],
      kind: 'only',
      tone: 'quiet',
    });
  assertAddsUp(
    rows.map((row) => row.cells[0].value!),
    scale.total,
    'shares',
  );
  return rows;
}

/** "2008 to 2017" of the rows used; empty without a panel. */
function spanOf({ panel }: Frame, rows: Int32Array): string {
  if (!panel || rows.length === 0) return '';
  const periods = Array.from(rows, (i) => panel.timeOf[i]);
  const [first, last] = [periods.reduce((a, b) => Math.min(a, b)), periods.reduce((a, b) => Math.max(a, b))];
  return first === last ? `, ${first}` : `, ${first} to ${last}`;
}

/**
 * Count, bar, share and cumulative share by unit: the top n named strong, as many again named, the rest together, and
 * the units with zero in a row of their own. CRn and the Herfindahl index in the notes. Parts are checked against totals.
 * @throws PanelError data/unknown-column, data/not-numeric, describe/negative-count, describe/no-counts.
 */
export function sharesTable(
  frame: Frame,
  spec: Extract<DescribeSpec, { kind: 'shares' }>,
  id: string,
  variables: Variables,
): Table {
  const rows = describedRows(frame, spec.where);
  const values = countsOf(frame, spec.count, rows);
  const { labels, name } = labelsOf(frame, spec.by);
  const all = holdings(
    Array.from(rows, labels),
    Array.from(rows, (i) => values[i]),
  );
  const held = all.filter((h) => h.total > 0);
  if (held.length === 0)
    throw new PanelError({
      code: 'describe/no-counts',
      message: `"${spec.count}" is zero or missing in all ${rows.length} rows; shares need a total above zero.`,
      hint: 'Check the filter and the column.',
      at: { variable: spec.count },
    });
  const top = Math.min(spec.top ?? DEFAULT_TOP, held.length);
  const total = held.reduce((sum, h) => sum + h.total, 0);
  const topShare = held.slice(0, top).reduce((sum, h) => sum + h.total, 0) / total;
  const label = variableLabel(spec.count, variables);
  const body = bodyOf(held, all.length - held.length, top);
  const heading =
    top < held.length ? `${label}: the top ${top} of ${count(all.length)} hold ${percent(topShare)}%` : undefined;
  return {
    kind: 'table',
    id,
    title: spec.title ?? heading ?? `${label} by ${variableLabel(name, variables)}`,
    spanners: [],
    stub: variableLabel(name, variables),
    columns: [
      { head: label, align: 'right' },
      { head: '', align: 'bar' },
      { head: 'Share, %', align: 'decimal' },
      { head: 'Cumulative, %', align: 'decimal' },
    ],
    body,
    foot: [
      {
        label: 'Total',
        cells: [
          { text: amount(total), value: total, kind: 'count' },
          EMPTY,
          { text: percent(1), value: 100, kind: 'number' },
          EMPTY,
        ],
        kind: 'only',
      },
    ],
    notes: [
      `${label} by ${variableLabel(name, variables)}${spanOf(frame, rows)}. Concentration: top ${top} ${percent(topShare)}% (CR${top}), Herfindahl index ${fixed(herfindahl(held), 3)}.`,
      ...(spec.where ? [`Rows where ${spec.where}.`] : []),
      ...missingNote(values, rows, label),
    ],
  };
}
