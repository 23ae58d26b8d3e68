/** Parts of a split sample: the values of a column, or before and from a period. */
import { codeColumn, columnOf, numbersOf } from './column-read.ts';
import type { Frame, SplitSpec } from './types.ts';

/** A part of the sample: its name ("" for the whole), and the part of each row. */
export interface Part {
  name: string;
  includes(row: number): boolean;
}

/** "2008–2012", or "2008" where both ends are one. */
const span = (values: number[]): string => {
  const from = values.reduce((a, b) => Math.min(a, b));
  const to = values.reduce((a, b) => Math.max(a, b));
  return from === to ? String(from) : `${from}–${to}`;
};

/**
 * The parts of a split, among rows that `kept` says are in the sample, in ascending order of the column.
 * With `at`: the rows below it and the rows from it on, named by the range of the column in each.
 * Rows without a value belong to no part.
 */
export function splitParts(frame: Frame, split: SplitSpec | undefined, kept: (row: number) => boolean): Part[] {
  if (!split) return [{ name: '', includes: () => true }];
  if ('at' in split && split.at !== undefined) {
    const values = numbersOf(frame, split.by, 'split');
    const { at } = split;
    return [(v: number) => v < at, (v: number) => v >= at].flatMap((side) => {
      const inside = Array.from(values).filter((v, row) => side(v) && kept(row));
      return inside.length === 0 ? [] : [{ name: span(inside), includes: (row: number) => side(values[row]) }];
    });
  }
  const { codes, levels } = codeColumn(columnOf(frame, split.by, 'split'));
  const used = new Set<number>();
  codes.forEach((code, row) => {
    if (code >= 0 && kept(row)) used.add(code);
  });
  return levels.flatMap((name, level) =>
    used.has(level) ? [{ name, includes: (row: number) => codes[row] === level }] : [],
  );
}
