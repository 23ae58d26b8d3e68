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
