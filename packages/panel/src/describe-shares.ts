/** Who holds the counts: shares by unit, concentration, and the units with none. */
import { op, table } from 'arquero';
import { assertAddsUp, countsOf, describedRows, labelsOf, missingNote, textsOf } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { amount, count, fixed, percent } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { BarsPlot, Cell, Figure, Frame, Table, TableRow } from './types.ts';

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

/**
 * Gini coefficient over all holders, those with none included: Σᵢ(2i − n − 1)x₍ᵢ₎/(nΣx), x ascending; 0 for equal holders,
 * (n − 1)/n where one holds everything.
 */
export function gini(held: Holding[]): number {
  const n = held.length;
  const ascending = held.map((h) => h.total).sort((a, b) => a - b);
  const total = ascending.reduce((sum, x) => sum + x, 0);
  return ascending.reduce((sum, x, i) => sum + (2 * (i + 1) - n - 1) * x, 0) / (n * total);
}

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

/** Everyone, or twice the top n where more than one further is left to stand together. */
const shownOf = (held: Holding[], top: number, every: boolean) =>
  every || held.length <= 2 * top + 1 ? held.length : 2 * top;

function bodyOf(held: Holding[], none: number, top: number, every: boolean): TableRow[] {
  const scale = { total: held.reduce((sum, h) => sum + h.total, 0), largest: held[0].total };
  const shown = shownOf(held, top, every);
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

/** Records by label, each id once. */
function recordsBy(records: Frame, id: string, by: string): Map<string, string[]> {
  const [ids, labels] = [textsOf(records, id), textsOf(records, by)];
  const found = new Map<string, Set<string>>();
  for (let i = 0; i < records.rows; i++) {
    const [label, one] = [labels(i), ids(i)];
    if (label === undefined || one === undefined) continue;
    found.set(label, (found.get(label) ?? new Set()).add(one));
  }
  return new Map([...found].map(([label, set]) => [label, [...set]]));
}

/** The rows open their records; a count of whole records must be the number of its records. @throws PanelError describe/records-differ. */
function opened(rows: TableRow[], records: Map<string, string[]>, what: string): TableRow[] {
  return rows.map((row) => {
    const ids = records.get(row.label);
    if (!ids) return row;
    const value = row.cells[0].value!;
    if (Number.isInteger(value) && value !== ids.length)
      throw new PanelError({
        code: 'describe/records-differ',
        message: `${row.label} has a count of ${count(value)}, but ${count(ids.length)} records in "${what}".`,
        hint: 'Take the counts and the records of the same build.',
      });
    return { ...row, opens: { label: what, ids } };
  });
}

/** Names in a sentence; the first 40. */
function namesOf(labels: string[]): string {
  const shown = labels.slice(0, 40);
  return shown.join(', ') + (labels.length > shown.length ? ` and ${count(labels.length - shown.length)} more` : '');
}

interface Held {
  rows: Int32Array;
  values: Float64Array;
  name: string;
  /** Everyone, largest first, and those above zero. */
  all: Holding[];
  held: Holding[];
  total: number;
}

function heldBy(frame: Frame, spec: SharesSpec): Held {
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
  return { rows, values, name, all, held, total: held.reduce((sum, h) => sum + h.total, 0) };
}

type SharesSpec = Extract<DescribeSpec, { kind: 'shares' }>;

function notesOf(
  frame: Frame,
  spec: SharesSpec,
  variables: Variables,
  top: number,
  topShare: number,
  h: Held,
): string[] {
  const { all, held, rows, values, name } = h;
  const label = variableLabel(spec.count, variables);
  const hhi = herfindahl(held);
  const none = all.filter((one) => one.total === 0).map((one) => one.label);
  return [
    `${label} by ${variableLabel(name, variables)}${spanOf(frame, rows)}. Concentration: top ${top} ${percent(topShare)}% (CR${top}), Herfindahl index ${fixed(hhi, 3)} (as ${fixed(1 / hhi, 1)} equal ones), Gini ${fixed(gini(all), 3)} over all ${count(all.length)}.`,
    ...(none.length > 0 ? [`None: ${namesOf(none)}.`] : []),
    ...(spec.where ? [`Rows where ${spec.where}.`] : []),
    ...missingNote(values, rows, label),
  ];
}

/** The bars of the table's rows: those without any count one by one where all are few, else together. */
function barsIn({ all, held }: Held, top: number, every: boolean): BarsPlot['bars'] {
  const shown = shownOf(held, top, every);
  const bar = ({ label, total }: Holding) => ({ label, value: total });
  const rest = held.slice(shown);
  if (rest.length === 0 && (every || all.length <= 2 * top + 1)) return all.map(bar);
  const none = all.length - held.length;
  return [
    ...held.slice(0, shown).map(bar),
    ...(rest.length > 0
      ? [{ label: othersLabel(rest), value: rest.reduce((sum, one) => sum + one.total, 0), together: true as const }]
      : []),
    ...(none > 0 ? [{ label: `${count(none)} with none`, value: 0 }] : []),
  ];
}

function barsOf(
  spec: SharesSpec,
  title: string,
  id: string,
  variables: Variables,
  table: Table,
  h: Held,
  top: number,
): Figure {
  const bars = barsIn(h, top, spec.all ?? false);
  const label = variableLabel(spec.count, variables);
  return {
    kind: 'figure',
    plot: 'bars',
    id: `${id}-bars`,
    title,
    subtitle: `${label} by ${variableLabel(h.name, variables)}, and the share of all ${amount(h.total)}.`,
    source: variables[spec.count]?.source ?? '',
    total: h.total,
    bars,
    table: { ...table, id: `${id}-bars-data` },
  };
}

/**
 * Count, bar, share and cumulative share by unit: the top n named strong, as many again named (`all`: every one), the rest
 * together, and the units with zero in a row of their own. CRn, the Herfindahl index, Gini and the names of those with none
 * in the notes. Parts are checked against totals, and counts against `records`, which the rows then open.
 * `figure` adds bars.
 * @throws PanelError data/unknown-column, data/not-numeric, describe/negative-count, describe/no-counts, describe/records-differ.
 */
export function sharesItems(
  frame: Frame,
  spec: SharesSpec,
  id: string,
  variables: Variables,
  records?: Frame,
): (Table | Figure)[] {
  const h = heldBy(frame, spec);
  const { all, held, total, name } = h;
  const top = Math.min(spec.top ?? DEFAULT_TOP, held.length);
  const topShare = held.slice(0, top).reduce((sum, one) => sum + one.total, 0) / total;
  const label = variableLabel(spec.count, variables);
  const rows = bodyOf(held, all.length - held.length, top, spec.all ?? false);
  const holders = top === 1 ? `${held[0].label} holds` : `the top ${top} of ${count(all.length)} hold`;
  const heading = top < held.length ? `${label}: ${holders} ${percent(topShare)}%` : undefined;
  const title = spec.title ?? heading ?? `${label} by ${variableLabel(name, variables)}`;
  const { from, id: key, by } = spec.records ?? { from: '', id: '', by: undefined };
  const table: Table = {
    kind: 'table',
    id,
    title,
    spanners: [],
    stub: variableLabel(name, variables),
    columns: [
      { head: label, align: 'right' },
      { head: '', align: 'bar' },
      { head: 'Share, %', align: 'decimal' },
      { head: 'Cumulative, %', align: 'decimal' },
    ],
    body: records ? opened(rows, recordsBy(records, key, by ?? spec.by), from) : rows,
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
    notes: notesOf(frame, spec, variables, top, topShare, h),
  };
  return spec.figure ? [barsOf(spec, title, id, variables, table, h, top)] : [table];
}
