/** Columns of a frame as the descriptive tables need them: checked, filtered, by row. */
import { filterRows } from './derive.ts';
import { nearestHint, PanelError } from './errors.ts';
import type { Frame } from './types.ts';

/** Row numbers that a descriptive part uses. */
export function describedRows(frame: Frame, where?: string): Int32Array {
  const all = Int32Array.from({ length: frame.rows }, (_, i) => i);
  if (where === undefined) return all;
  const mask = filterRows(frame, where);
  return all.filter((i) => mask[i] === 1);
}

/** Rows that a part uses, at least one. @throws PanelError describe/no-rows. */
export function someRows(frame: Frame, where?: string): Int32Array {
  const rows = describedRows(frame, where);
  if (rows.length > 0) return rows;
  throw new PanelError({
    code: 'describe/no-rows',
    message: `No row of "${frame.source.name}" is left${where ? ` where ${where}` : ''}.`,
    hint: 'Check the filter.',
  });
}

/** A column by name. @throws PanelError data/unknown-column. */
export function columnOf(frame: Frame, name: string) {
  if (Object.hasOwn(frame.columns, name)) return frame.columns[name];
  throw new PanelError({
    code: 'data/unknown-column',
    message: `"${name}" is not a column of "${frame.source.name}".`,
    hint: nearestHint(name, Object.keys(frame.columns)),
    at: { variable: name },
  });
}

/** A numeric column by name. @throws PanelError data/unknown-column, data/not-numeric. */
export function numbersOf(frame: Frame, name: string): Float64Array {
  const column = columnOf(frame, name);
  if (column.kind === 'number') return column.values;
  throw new PanelError({
    code: 'data/not-numeric',
    message: `"${name}" holds text; numbers were expected.`,
    hint: 'Describe a numeric column, or turn it into a number under derive.',
    at: { variable: name },
  });
}

/** Counts to be added up: numeric and nowhere negative. @throws PanelError describe/negative-count. */
export function countsOf(frame: Frame, name: string, rows: Int32Array): Float64Array {
  const values = numbersOf(frame, name);
  const bad = rows.find((i) => values[i] < 0);
  if (bad === undefined) return values;
  throw new PanelError({
    code: 'describe/negative-count',
    message: `"${name}" is ${values[bad]} at line ${frame.line[bad]}; shares and series add up counts ≥ 0.`,
    hint: 'Describe it with kind: summary.',
    at: { row: frame.line[bad], variable: name },
  });
}

/** The text of each row; numbers as they are written, undefined where missing. */
export function textsOf(frame: Frame, name: string): (i: number) => string | undefined {
  const column = columnOf(frame, name);
  if (column.kind === 'text') return (i) => column.values[i] ?? undefined;
  return (i) => (Number.isNaN(column.values[i]) ? undefined : String(column.values[i]));
}

/** A text that no row may lack. @throws PanelError describe/missing-label. */
export function wordsOf(frame: Frame, name: string, rows: Int32Array): (i: number) => string {
  const text = textsOf(frame, name);
  const empty = rows.find((i) => text(i) === undefined);
  if (empty === undefined) return (i) => text(i)!;
  throw new PanelError({
    code: 'describe/missing-label',
    message: `"${name}" is missing on line ${frame.line[empty]} of "${frame.source.name}"; every row needs one here.`,
    hint: 'Fill the cell, or leave such rows out with where:.',
    at: { row: frame.line[empty], variable: name },
  });
}

/** The period of each row: the panel's, or the whole numbers of a column. */
export interface Clock {
  name: string;
  at: (i: number) => number;
}

/** @throws PanelError describe/needs-panel, data/unknown-column, data/not-numeric, data/time-not-integer. */
export function clockOf(frame: Frame, rows: Int32Array, time?: string): Clock {
  const { panel } = frame;
  if (time === undefined || panel?.time === time) {
    if (panel) return { name: panel.time, at: (i) => panel.timeOf[i] };
    throw new PanelError({
      code: 'describe/needs-panel',
      message: 'A series needs a time column; no panel is declared.',
      hint: 'Name the column with time:, or the unit and the time under data:.',
    });
  }
  const values = numbersOf(frame, time);
  const odd = rows.find((i) => !Number.isSafeInteger(values[i]));
  if (odd === undefined) return { name: time, at: (i) => values[i] };
  const found = Number.isNaN(values[odd]) ? 'missing' : String(values[odd]);
  throw new PanelError({
    code: 'data/time-not-integer',
    message: `${time} is ${found} on line ${frame.line[odd]} of "${frame.source.name}"; a whole number was expected.`,
    hint: 'Correct the cell, or leave such rows out with where:.',
    at: { row: frame.line[odd], variable: time },
  });
}

/** The label by which each row is grouped: a column, or (undefined) the unit of the panel. Missing becomes "(missing)". */
export function labelsOf(frame: Frame, by: string | undefined): { name: string; labels: (i: number) => string } {
  const { panel } = frame;
  if (by === undefined || (panel && panel.unit.length === 1 && panel.unit[0] === by)) {
    if (!panel)
      throw new PanelError({
        code: 'describe/needs-panel',
        message: 'No unit is declared to group by.',
        hint: 'Name a column with by:, or the unit and time under data:.',
      });
    return { name: by ?? panel.unit.join(' × '), labels: (i) => panel.units[panel.unitOf[i]] };
  }
  const column = columnOf(frame, by);
  if (column.kind === 'text') return { name: by, labels: (i) => column.values[i] ?? '(missing)' };
  return { name: by, labels: (i) => (Number.isNaN(column.values[i]) ? '(missing)' : String(column.values[i])) };
}

/** Sums are exact integers here; a difference between a total and its parts is a defect, not a rounding. */
export function assertAddsUp(parts: number[], total: number, what: string): void {
  const sum = parts.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - total) > 1e-9 * Math.abs(total))
    throw new Error(`${what}: the parts add up to ${sum}, not ${total}`);
}

/** Sentence on rows without a value; empty when there is none. */
export function missingNote(values: Float64Array, rows: Int32Array, label: string): string[] {
  const missing = rows.reduce((n, i) => n + (Number.isNaN(values[i]) ? 1 : 0), 0);
  return missing === 0 ? [] : [`${label} is missing in ${missing} of ${rows.length} rows, which are left out.`];
}
