/** Cells of text tables → typed columns. */
import type { Column } from './types.ts';

const X = 120;
const B = 98;
const O = 111;

/** Zeros as decimal text. */
const ZERO = /^\s*[+-]?(0+\.?0*|\.0+|\d*\.?\d*e[+-]?\d+)\s*$/i;

/** The nearest double to a decimal number; undefined for anything else (hex, separators, NaN, Inf, overflow, empty). */
export function parseNumber(cell: string): number | undefined {
  const value = Number(cell);
  if (value === 0) return cell === '0' || ZERO.test(cell) ? value : undefined;
  if (!Number.isFinite(value)) return undefined;
  const first = cell.charCodeAt(0);
  if (first > 48) return value;
  // Number() also reads 0x1f, 0b1 and 0o7; a sign before them it refuses.
  const text = first <= 32 ? cell.trim() : cell;
  const second = text.charCodeAt(1) | 32;
  return second === X || second === B || second === O ? undefined : value;
}

/** How numbers are written, by an example: the point is the decimal sign; a comma is; a point is and commas group thousands. */
export const NUMBERS = ['1234.5', '1.234,5', '1,234.5'] as const;
export type Numbers = (typeof NUMBERS)[number];

/** Spaces are those of typesetting too: "1 234,5". */
const COMMA = /^\s*[+-]?(\d+|\d{1,3}([. \u00a0\u2009\u202f]\d{3})+)?(,\d*)?(e[+-]?\d+)?\s*$/i;
const GROUPED = /^\s*[+-]?\d{1,3}(,\d{3})+(\.\d*)?\s*$/;

/** A cell as a number in one of the ways of writing; undefined for anything else. */
export function parseWritten(cell: string, numbers: Numbers): number | undefined {
  if (numbers === '1.234,5')
    return COMMA.test(cell)
      ? parseNumber(
          cell
            .trim()
            .replace(/[. \u00a0\u2009\u202f]/g, '')
            .replace(',', '.'),
        )
      : undefined;
  if (numbers === '1,234.5' && GROUPED.test(cell)) return parseNumber(cell.replaceAll(',', ''));
  return parseNumber(cell);
}

/** Cells that mean missing in every table; the reader's option adds to them. */
export const MISSING = ['', 'NA', '.'];

/** Whether a cell is missing, blanks around it aside. */
export function isMissingCell(cell: string, missing: Set<string>): boolean {
  return missing.has(cell) || missing.has(cell.trim());
}

/**
 * Column j of `rows`: numeric where every cell that is not missing is a number, else text. Short rows must not occur.
 * Missing is NaN in numbers, null in text.
 */
export function typeColumn(rows: string[][], j: number, missing: Set<string>, numbers: Numbers = '1234.5'): Column {
  const read = numbers === '1234.5' ? parseNumber : (cell: string) => parseWritten(cell, numbers);
  const n = rows.length;
  const values = new Float64Array(n);
  const numericTokens = [...missing].some((token) => read(token) !== undefined);
  for (let i = 0; i < n; i++) {
    const cell = rows[i][j];
    const value = read(cell);
    if (value !== undefined && !(numericTokens && isMissingCell(cell, missing))) values[i] = value;
    else if (isMissingCell(cell, missing)) values[i] = Number.NaN;
    else return { kind: 'text', values: rows.map((row) => (isMissingCell(row[j], missing) ? null : row[j])) };
  }
  return { kind: 'number', values };
}
