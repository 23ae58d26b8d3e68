/** Frames as arquero tables and back: joins, group-by and rollups are arquero's. Loaded only where it is used. */
import { type ColumnTable, table } from 'arquero';
import { PanelError } from './errors.ts';
import type { Column, Frame, SourceInfo } from './types.ts';

/** The columns of a frame as an arquero table; the arrays are shared, not copied. Missing: NaN in numbers, null in text. */
export function asTable(frame: Frame): ColumnTable {
  return table(Object.entries(frame.columns).map(([name, column]) => [name, column.values]));
}

function columnFrom(name: string, values: ArrayLike<unknown> & Iterable<unknown>): Column {
  if (values instanceof Float64Array) return { kind: 'number', values };
  const list = Array.from(values);
  const absent = (value: unknown) => value === null || value === undefined;
  if (list.every((value) => absent(value) || typeof value === 'number' || typeof value === 'bigint'))
    return { kind: 'number', values: Float64Array.from(list, (v) => (absent(v) ? Number.NaN : Number(v))) };
  if (list.every((value) => absent(value) || typeof value === 'string'))
    return { kind: 'text', values: list.map((value) => (absent(value) ? null : (value as string))) };
  throw new PanelError({
    code: 'data/column-type',
    message: `Column "${name}" holds neither numbers nor text.`,
    at: { variable: name },
  });
}

/**
 * An arquero table (filters and orders applied) as a frame; `line` counts its rows from 2, as in a file with a header.
 * The panel is not carried over: call setPanel.
 * @throws PanelError data/column-type, data/not-finite.
 */
export function fromTable(source: ColumnTable, info: SourceInfo): Frame {
  const columns: Record<string, Column> = {};
  for (const name of source.columnNames()) {
    const column = columnFrom(name, source.array(name) as unknown[]);
    if (column.kind === 'number') {
      const row = column.values.findIndex((value) => value === Infinity || value === -Infinity);
      if (row >= 0)
        throw new PanelError({
          code: 'data/not-finite',
          message: `${name} is ${column.values[row]} in row ${row + 1}; a finite number was expected.`,
          at: { file: info.name, row: row + 2, variable: name },
        });
    }
    columns[name] = column;
  }
  const rows = source.numRows();
  return { rows, columns, line: Int32Array.from({ length: rows }, (_, i) => i + 2), source: info };
}
