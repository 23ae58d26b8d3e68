/** Values of other formats → columns: what is a number, what is text, and what can be neither. */
import { PanelError } from './errors.ts';
import { MISSING } from './table-cells.ts';
import type { OpenOptions } from './table-open.ts';
import type { Column, ColumnMeta, Frame } from './types.ts';

type Plain = number | bigint | boolean | string | Date | null | undefined;

const absent = (value: unknown) => value === null || value === undefined;

/** "2011-05-08", with the time where there is one. */
function dateText(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}

const asText = (value: Exclude<Plain, null | undefined>) => (value instanceof Date ? dateText(value) : String(value));

/**
 * Numbers, booleans (1 and 0) and integers up to 2⁵³ make a number column; text, dates (ISO 8601) and longer integers a text
 * column. `missing` cells of text are missing.
 * @throws PanelError data/column-type for lists, structures and bytes; data/not-finite.
 */
export function columnOfValues(
  name: string,
  values: ArrayLike<unknown>,
  { name: file, missing = [] }: OpenOptions,
): Column {
  const list = Array.from(values);
  const other = list.find((v) => !absent(v) && typeof v === 'object' && !(v instanceof Date));
  if (other !== undefined)
    throw new PanelError({
      code: 'data/column-type',
      message: `Column "${name}" of "${file}" holds ${Array.isArray(other) || ArrayBuffer.isView(other) ? 'lists' : 'structures'}; numbers, text or dates were expected.`,
      hint: 'Unfold it, or leave it out.',
      at: { file, variable: name },
    });
  const number = (v: unknown) =>
    absent(v) ||
    typeof v === 'number' ||
    typeof v === 'boolean' ||
    (typeof v === 'bigint' && Number.isSafeInteger(Number(v)));
  if (list.every(number)) {
    const numbers = Float64Array.from(list, (v) => (absent(v) ? Number.NaN : Number(v)));
    const row = numbers.findIndex((v) => v === Infinity || v === -Infinity);
    if (row >= 0)
      throw new PanelError({
        code: 'data/not-finite',
        message: `${name} is ${numbers[row]} in row ${row + 1} of "${file}"; a finite number was expected.`,
        at: { file, row: row + 1, variable: name },
      });
    return { kind: 'number', values: numbers };
  }
  const none = new Set([...MISSING, ...missing]);
  return {
    kind: 'text',
    values: list.map((v) => {
      if (absent(v)) return null;
      const text = asText(v as Exclude<Plain, null | undefined>);
      return none.has(text) || none.has(text.trim()) ? null : text;
    }),
  };
}

/** Columns with what the caller knows of the file; rows count from 1. @throws PanelError data/header-only. */
export function frameOf(
  columns: Record<string, Column>,
  rows: number,
  bytes: Uint8Array,
  { name, sha256 }: OpenOptions,
  meta?: Record<string, ColumnMeta>,
): Frame {
  if (rows === 0)
    throw new PanelError({
      code: 'data/header-only',
      message: `"${name}" has columns and no rows; one row a unit and period was expected.`,
      hint: 'Check what wrote the file: a filter may have taken every row.',
      at: { file: name },
    });
  return {
    rows,
    columns,
    line: Int32Array.from({ length: rows }, (_, i) => i + 1),
    source: { name, bytes: bytes.length, delimiter: '', ...(sha256 && { sha256 }) },
    ...(meta && Object.keys(meta).length > 0 && { meta }),
  };
}
