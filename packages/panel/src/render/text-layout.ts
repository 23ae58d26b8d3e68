/** How wide the columns of a text table are, and which of them fit on a line. */
import type { Cell, Table } from '../types.ts';
import { isAligned, partsText, splitNumber, textOf } from './cells.ts';
import { displayWidth } from './text-width.ts';

export const GAP = 2;
const BAR = 20;
/** A longer head is broken at its spaces. */
const HEAD = 16;
/** Columns of words are not broken below this. */
const WORDS = 14;

export interface ColumnLayout {
  width: number;
  /** Columns before the decimal point. */
  integer: number;
  /** Columns from the point on, without stars. */
  fraction: number;
  stars: number;
}

export const max = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0);
const longestWord = (text: string) => max(text.split(' ').map(displayWidth));
export const barText = (cell: Cell) => (cell.parts ? partsText(cell) : '█'.repeat(Math.round((cell.bar ?? 0) * BAR)));

export function layoutColumn(table: Table, j: number): ColumnLayout {
  const rows = [...table.body, ...table.foot].filter(({ kind }) => kind !== 'heading');
  const aligned = rows
    .map((row) => row.cells[j])
    .filter((cell) => isAligned(table, cell))
    .map(splitNumber);
  const integer = max(aligned.map((s) => displayWidth(s.integer)));
  const fraction = max(aligned.map((s) => displayWidth(s.fraction)));
  const stars = max(aligned.map((s) => s.stars.length));
  const others = rows.map((row) => {
    const cell = row.cells[j];
    if (isAligned(table, cell) || cell.span) return 0;
    return cell.bar !== undefined || cell.parts
      ? Math.max(displayWidth(barText(cell)), 4)
      : displayWidth(textOf(table, row, j));
  });
  const heads = table.spanners.filter((s) => s.from === j && s.to === j).map((s) => longestWord(s.label));
  const { head } = table.columns[j];
  const least = Math.max(longestWord(head), Math.min(displayWidth(head), HEAD), max(heads), max(others));
  return { width: Math.max(integer + fraction + stars, least), integer, fraction, stars };
}

/** Narrows columns of words, widest first, until a line holds the whole table; their cells are broken at spaces. */
export function shrinkWords(table: Table, layouts: ColumnLayout[], stub: number, width: number): ColumnLayout[] {
  const words = layouts.filter((_, j) => table.columns[j].align === 'left');
  const total = (most: number) =>
    layouts.reduce((sum, l) => sum + GAP + (words.includes(l) ? Math.min(l.width, most) : l.width), stub);
  let most = max(words.map((l) => l.width));
  while (most > WORDS && total(most) > width) most--;
  return layouts.map((l) => (words.includes(l) ? { ...l, width: Math.min(l.width, most) } : l));
}

/** Columns per block, so that stub and columns stay within `width`: as few blocks as that allows, of even length. */
export function blocksOf(layouts: ColumnLayout[], stub: number, width: number): number[][] {
  const fill = (most: number) => {
    const blocks: number[][] = [];
    let room = -1;
    layouts.forEach((layout, j) => {
      if (layout.width + GAP > room || blocks[blocks.length - 1].length === most) {
        blocks.push([]);
        room = width - stub;
      }
      blocks[blocks.length - 1].push(j);
      room -= layout.width + GAP;
    });
    return blocks;
  };
  const greedy = fill(layouts.length);
  const even = fill(Math.ceil(layouts.length / greedy.length));
  return even.length === greedy.length ? even : greedy;
}
