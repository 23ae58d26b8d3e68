/** Small frames for tests. */
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Frame } from '../src/types.ts';

/** A frame from CSV text. */
export const frameOf = (csv: string): Frame => readTable(csv, { name: 'data.csv' });

/** The same with a panel index. */
export const panelOf = (csv: string, unit: string[] = ['id'], time = 'year'): Frame =>
  setPanel(frameOf(csv), unit, time);

/** CSV text from rows of numbers or text; NaN and null become empty cells. */
export function csvOf(header: string[], rows: (number | string | null)[][]): string {
  const cell = (v: number | string | null) => (v === null || Number.isNaN(v) ? '' : String(v));
  return `${header.join(',')}\n${rows.map((row) => row.map(cell).join(',')).join('\n')}\n`;
}
