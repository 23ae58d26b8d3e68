/** Columns as the numbers or labels that a computation asks for, with errors that name the cell. */
import { nearestHint, PanelError, type PanelErrorFields } from './errors.ts';
import { parseNumber } from './table-cells.ts';
import type { Column, Frame } from './types.ts';

/** File and line of a frame row. */
export const rowPlace = (frame: Frame, row: number, variable?: string) => ({
  file: frame.source.name,
  row: frame.line[row],
  ...(variable !== undefined && { variable }),
});

/** @throws PanelError data/unknown-column with the nearest names. */
export function columnOf(frame: Frame, name: string, use = 'column'): Column {
  if (Object.hasOwn(frame.columns, name)) return frame.columns[name];
  throw new PanelError({
    code: 'data/unknown-column',
    message: `"${name}" (${use}) is not a column of "${frame.source.name}".`,
    hint: nearestHint(name, Object.keys(frame.columns)),
    at: { file: frame.source.name, variable: name },
  });
}

const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
/** A number beyond the largest double, such as 1e999. */
const OVERFLOW = /^[+-]?\d+\.?\d*e\+?\d+$/i;

function cellHint(value: string, name: string): string {
  if (/^[+-]?\d+,\d+$/.test(value)) return 'Decimal commas are not read: write a point.';
  if (/^[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?$/.test(value)) return 'Thousands separators are not read: remove them.';
  return `Correct the cell, or say that "${value}" means missing (data.missing); text belongs into i(${name}).`;
}

/** The first cell that keeps a text column from being numeric, as an error. */
function textError(frame: Frame, name: string, values: (string | null)[]): PanelErrorFields {
  const numeric = values.filter((v) => v !== null && parseNumber(v) !== undefined).length;
  const bad = values.findIndex((v) => v !== null && parseNumber(v) === undefined);
  const value = values[bad] ?? '';
  const others = values.filter((v) => v !== null && parseNumber(v) === undefined).length - 1;
  const at = rowPlace(frame, bad, name);
  if (NOT_FINITE.test(value.trim()) || OVERFLOW.test(value.trim()))
    return {
      code: 'data/not-finite',
      message: `${name} is ${value} on line ${at.row} of "${at.file}"; a finite number was expected.`,
      hint: `Correct the cell, leave it empty, or say that "${value}" means missing (data.missing).`,
      at,
    };
  return {
    code: 'data/text-in-number',
    message:
      numeric > 0
        ? `${name} is "${value}" on line ${at.row} of "${at.file}"; a number was expected${others > 0 ? ` (${others} more such cell${others === 1 ? '' : 's'})` : ''}.`
        : `${name} is a text column of "${at.file}" ("${value}" on line ${at.row}); numbers were expected.`,
    hint: numeric > 0 ? cellHint(value, name) : `Text belongs into i(${name}) or after "|".`,
    at,
    details: { value, line: at.row, cells: others + 1 },
  };
}

/** Numbers of a column; missing is NaN. @throws PanelError data/unknown-column, data/text-in-number, data/not-finite. */
export function numbersOf(frame: Frame, name: string, use?: string): Float64Array {
  const column = columnOf(frame, name, use);
  if (column.kind === 'number') return column.values;
  throw new PanelError(textError(frame, name, column.values));
}

/** Distinct values of a column as sorted levels, and the code of each row (−1: missing). */
export interface Coded {
  codes: Int32Array;
  levels: string[];
  /** The numbers behind the levels of a numeric column. */
  numbers?: number[];
}

/** Order of labels: by Unicode code point, independent of any locale. */
export function compareLabels(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  let i = 0;
  while (i < n && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === n) return a.length - b.length;
  // Surrogates (code points above U+FFFF) sort after the rest of the basic plane.
  const lift = (c: number) => (c >= 0xe000 ? c - 0x800 : c >= 0xd800 ? c + 0x2000 : c);
  return lift(a.charCodeAt(i)) - lift(b.charCodeAt(i));
}

/** Codes of a column's values: numeric order for numbers, code point order for text. */
export function codeColumn(column: Column): Coded {
  const seen = new Map<number | string, number>();
  const codes = new Int32Array(column.values.length);
  for (let i = 0; i < codes.length; i++) {
    const value = column.values[i];
    if (value === null || Number.isNaN(value)) {
      codes[i] = -1;
      continue;
    }
    let code = seen.get(value);
    if (code === undefined) {
      code = seen.size;
      seen.set(value, code);
    }
    codes[i] = code;
  }
  const values = [...seen.keys()];
  const rank = values.map((_, i) => i);
  if (column.kind === 'number') rank.sort((a, b) => (values[a] as number) - (values[b] as number));
  else rank.sort((a, b) => compareLabels(values[a] as string, values[b] as string));
  const place = new Int32Array(rank.length);
  rank.forEach((old, now) => {
    place[old] = now;
  });
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) codes[i] = place[codes[i]];
  return {
    codes,
    levels: rank.map((old) => String(values[old])),
    ...(column.kind === 'number' && { numbers: rank.map((old) => values[old] as number) }),
  };
}

/** Levels of the combination of several codings, in lexicographic order; labels joined by `separator`. */
export function combineCodes(parts: Coded[], separator: string): Coded {
  if (parts.length === 1) return parts[0];
  return parts.slice(1).reduce((left, right) => pairCodes(left, right, separator), parts[0]);
}

function pairCodes(left: Coded, right: Coded, separator: string): Coded {
  const width = right.levels.length;
  const key = Float64Array.from(left.codes, (code, i) =>
    code < 0 || right.codes[i] < 0 ? Number.NaN : code * width + right.codes[i],
  );
  const { codes, numbers } = codeColumn({ kind: 'number', values: key });
  const levels = numbers!.map((k) => `${left.levels[Math.floor(k / width)]}${separator}${right.levels[k % width]}`);
  return { codes, levels };
}

/** Codes restricted to some rows: only levels that occur there, in the same order. */
export function codesAt(coded: Coded, rows: Int32Array): Coded {
  const used = new Uint8Array(coded.levels.length);
  for (const row of rows) if (coded.codes[row] >= 0) used[coded.codes[row]] = 1;
  const place = new Int32Array(used.length).fill(-1);
  let count = 0;
  for (let level = 0; level < used.length; level++) if (used[level]) place[level] = count++;
  const kept = (_: unknown, level: number) => used[level] === 1;
  return {
    codes: Int32Array.from(rows, (row) => (coded.codes[row] < 0 ? -1 : place[coded.codes[row]])),
    levels: coded.levels.filter(kept),
    ...(coded.numbers && { numbers: coded.numbers.filter(kept) }),
  };
}
