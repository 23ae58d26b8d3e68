/** Column widths of printed pages, in characters: numbers keep theirs, words share what is left and are broken. */
import type { Table } from '../types.ts';
import { isAligned, isOnlyBar, labelOf, partsText, splitNumber, textOf } from './cells.ts';
import { displayWidth, wrap } from './text-width.ts';

/** A head is broken at its spaces beyond this. */
const HEAD = 12;
/** Words are not squeezed below this. */
const LEAST = 9;

export interface PrintedColumn {
  /** Index in the table. */
  j: number;
  align: 'left' | 'right' | 'decimal';
  /** Characters. */
  width: number;
  /** Its cells are broken into lines. */
  broken: boolean;
  /** Characters before and from the decimal point; 0 where nothing is aligned. */
  integer: number;
  fraction: number;
  /** Longest stars. */
  stars: number;
  head: string[];
}
export interface PrintedLayout {
  stub: number;
  /** Labels are broken into lines. */
  stubBroken: boolean;
  columns: PrintedColumn[];
}

const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0);

function columnOf(table: Table, j: number): PrintedColumn {
  const { align, head } = table.columns[j];
  const rows = [...table.body, ...table.foot].filter(({ kind }) => kind !== 'heading');
  const aligned =
    align === 'decimal' ? rows.flatMap((row) => (isAligned(table, row.cells[j]) ? [row.cells[j]] : [])) : [];
  const split = aligned.map(splitNumber);
  const [integer, fraction, stars] = (['integer', 'fraction', 'stars'] as const).map((side) =>
    most(split.map((s) => displayWidth(s[side]))),
  );
  const words = rows.flatMap((row) => {
    const cell = row.cells[j];
    if (cell.span || aligned.includes(cell) || cell.kind === 'failure') return [];
    return [displayWidth(cell.parts ? partsText(cell) : textOf(table, row, j)) + (cell.stars?.length ?? 0)];
  });
  const failed = rows.some((row) => row.cells[j].kind === 'failure');
  const body = most([integer + fraction, failed ? 14 : 0, ...words]);
  const lines = wrap(head, Math.max(HEAD, body));
  const width = Math.max(body, most(lines.map(displayWidth)));
  const printed = align === 'bar' ? ('left' as const) : align;
  return { j, align: printed, width, broken: false, integer, fraction, stars, head: lines };
}

/** The width at which columns of words, cut to it, fill `room`; Infinity where they fit as they are. */
function cutFor(natural: number[], room: number): number {
  const total = (cut: number) => natural.reduce((sum, w) => sum + Math.min(w, cut), 0);
  if (total(Number.POSITIVE_INFINITY) <= room) return Number.POSITIVE_INFINITY;
  let cut = most(natural);
  while (cut > LEAST && total(cut) > room) cut--;
  return cut;
}

/**
 * The columns that a page prints (drawn bars are left out), fitted into `room` characters, `gap` of them between two columns. The
 * labels and columns of words are broken where the table is too wide; numbers never are.
 */
export function printedLayout(table: Table, room: number, gap: number): PrintedLayout {
  const columns = table.columns.flatMap((_, j) => (isOnlyBar(table, j) ? [] : [columnOf(table, j)]));
  const labels = [...table.body, ...table.foot].flatMap((row) =>
    row.kind === 'heading' ? [] : [labelOf(row), row.unit ?? ''],
  );
  const stub = most([table.stub, ...labels].map(displayWidth));
  const words = columns.filter(({ align }) => align === 'left');
  const fixed = columns.filter(({ align }) => align !== 'left').reduce((sum, { width }) => sum + width, 0);
  const cut = cutFor([stub, ...words.map(({ width }) => width)], room - fixed - gap * columns.length);
  for (const column of words)
    if (column.width > cut) {
      Object.assign(column, { width: cut, broken: true, head: wrap(table.columns[column.j].head, cut) });
    }
  return { stub: Math.min(stub, cut), stubBroken: stub > cut, columns };
}
