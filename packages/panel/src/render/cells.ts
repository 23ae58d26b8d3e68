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
  (cell.kind === 'estimate' || cell.kind === 'se' || (cell.kind === 'number' && !table.fits)) &&
  !cell.text.includes(', ');

export function splitNumber(cell: Cell): SplitNumber {
  const match = /^([([]?[−-]?[\d,]+)(.*)$/u.exec(cell.text);
  const [integer, fraction] = match ? [match[1], match[2]] : [cell.text, ''];
  return { integer, fraction, stars: cell.stars ?? '' };
}

/** Text exports say "–" for a term that is not in a column's model; a failed column stays empty under its code. */
export function textOf(table: Table, row: TableRow, column: number): string {
  const cell = row.cells[column];
  if (cell.kind !== 'empty') return cell.text + (cell.kind === 'failure' ? '' : (cell.quiet ?? ''));
  const fit = table.fits?.[column];
  return fit && !('failed' in fit) && row.kind === 'first' && !row.term?.startsWith('/') ? '–' : '';
}

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
