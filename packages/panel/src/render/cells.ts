/** What every renderer needs to know about a cell. */
import type { Cell, Table, TableRow } from '../types.ts';

/** A number cut at its decimal point, the parenthesis of an SE with the integer part: "(0" and ".150)". */
export interface SplitNumber {
  integer: string;
  fraction: string;
  stars: string;
}

/**
 * Estimates and SEs are aligned at the point, in descriptive tables plain numbers too; counts and words, and the statistics in the
 * foot of a regression table, are centred under them.
 */
export const isAligned = (table: Table, cell: Cell) =>
  cell.bar === undefined &&
  !cell.parts &&
  !cell.span &&
  (cell.kind === 'estimate' || cell.kind === 'se' || (cell.kind === 'number' && !table.regression)) &&
  !cell.text.includes(', ');

export function splitNumber(cell: Cell): SplitNumber {
  const match = /^([([]?[−-]?[\d,]+)(.*)$/u.exec(cell.text);
  const [integer, fraction] = match ? [match[1], match[2]] : [cell.text, ''];
  return { integer, fraction, stars: cell.stars ?? '' };
}

/** A column whose fit failed: its code stands in the first row of its panel. */
const failed = (table: Table, column: number) => table.body.some((row) => row.cells[column]?.kind === 'failure');

/** Text exports say "–" for a term that is not in a column's model; a failed column stays empty under its code. */
export function textOf(table: Table, row: TableRow, column: number): string {
  const cell = row.cells[column];
  if (cell.kind !== 'empty') return cell.text + (cell.kind === 'failure' ? '' : (cell.quiet ?? ''));
  const termRow = table.regression && row.statistic === 'estimate' && !row.term?.startsWith('/');
  return termRow && !failed(table, column) ? '–' : '';
}

/** The columns that an earlier cell of the row does not cover, with how many each cell takes. */
export function spansOf(row: TableRow, columns: number): { j: number; span: number }[] {
  const out: { j: number; span: number }[] = [];
  for (let j = 0; j < columns; ) {
    const span = row.cells[j]?.span ?? 1;
    out.push({ j, span });
    j += span;
  }
  return out;
}

/** Rows of a part, cut where a heading opens a panel. */
export const panelsOf = (rows: TableRow[]) =>
  rows.reduce<TableRow[][]>((parts, row) => {
    if (row.kind === 'heading' || parts.length === 0) parts.push([]);
    parts[parts.length - 1].push(row);
    return parts;
  }, []);

/** Rows that stay together: a pair of estimate and SE, or one row. */
export const pairsOf = (rows: TableRow[]) =>
  rows.reduce<TableRow[][]>((pairs, row) => {
    if (row.kind === 'second' && pairs.length > 0) pairs[pairs.length - 1].push(row);
    else pairs.push([row]);
    return pairs;
  }, []);

/** A column of drawn bars has no text to export; its number stands in another column. */
export const isOnlyBar = (table: Table, j: number) =>
  table.columns[j].align === 'bar' && table.body.every(({ cells }) => !cells[j]?.text && !cells[j]?.parts);

/** Parts of a stacked bar in words: "91% · 8% · 1%". */
export const partsText = ({ parts = [] }: Cell) => parts.map((share) => `${Math.round(share * 100)}%`).join(' · ');

/** Columns beyond which a table is turned. */
const MOST_UPRIGHT = 7;

export const isWide = ({ landscape, columns }: Table) => landscape ?? columns.length > MOST_UPRIGHT;

/** Label with its mark, held together by a no-break space. */
export const labelOf = (row: TableRow) => (row.mark ? `${row.label}\u00a0${row.mark}` : row.label);

/** "Table 2. Title". */
export const captionOf = ({ number, title }: { number?: string; title: string }) =>
  [number && `${number}.`, title].filter(Boolean).join(' ');

/** Heads above the columns, as rows of labels by level: one entry a column group, gaps included as ''. */
export function spannerRows(table: Table): { label: string; from: number; to: number }[][] {
  const levels = [...new Set(table.spanners.map((s) => s.level ?? 0))].sort((a, b) => a - b);
  return levels.map((level) => {
    const heads = table.spanners.filter((s) => (s.level ?? 0) === level).sort((a, b) => a.from - b.from);
    const out: { label: string; from: number; to: number }[] = [];
    let next = 0;
    for (const { label, from, to } of heads) {
      if (from > next) out.push({ label: '', from: next, to: from - 1 });
      out.push({ label, from, to });
      next = to + 1;
    }
    if (next < table.columns.length) out.push({ label: '', from: next, to: table.columns.length - 1 });
    return out;
  });
}

/** Notes under a table, what is simulated in it first. */
export const notesOf = ({ notes, provenance }: Table) => (provenance ? [provenance, ...notes] : notes);

/** The notes of a printed page: the names of the parts of bars stand before them. */
export const printedNotes = (table: Table) => [
  ...(table.parts ? [`Shares: ${table.parts.join(' · ')}`] : []),
  ...notesOf(table),
];
