/** A sheet of a workbook (xlsx, xls, ods) → Frame: as a text table whose first row names the columns. */
import { read, utils } from '@e965/xlsx';
import { nearestHint, PanelError } from './errors.ts';
import { MISSING, typeColumn } from './table-cells.ts';
import type { OpenOptions } from './table-open.ts';
import { checkHeader } from './table-read.ts';
import type { Column, Frame } from './types.ts';

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
  }
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}

function sheetOf(bytes: Uint8Array, { name, sheet }: OpenOptions): { rows: unknown[][]; sheets: string[] } {
  const book = read(bytes, { type: 'array', cellDates: true, UTC: true, dense: true });
  const found = sheet ?? book.SheetNames[0];
  if (!book.SheetNames.includes(found))
    throw new PanelError({
      code: 'data/no-sheet',
      message: `"${name}" has no sheet "${found}".`,
      hint: nearestHint(found, book.SheetNames),
      at: { file: name },
    });
  const rows = utils.sheet_to_json<unknown[]>(book.Sheets[found], {
    header: 1,
    raw: true,
    defval: null,
    blankrows: true,
    UTC: true,
  });
  return { rows, sheets: book.SheetNames };
}

/** The error values of a spreadsheet, which are no data. */
const FAULT = /^#(DIV\/0!|N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!)$/;

function checkFaults(rows: string[][], lines: number[], header: string[], name: string): void {
  rows.forEach((row, i) => {
    const j = row.findIndex((cell) => FAULT.test(cell));
    if (j < 0) return;
    throw new PanelError({
      code: 'data/spreadsheet-error',
      message: `${header[j]} is ${row[j]} in row ${lines[i]} of "${name}"; a value was expected.`,
      hint: `Mend the formula, or mark the cell as missing: missing: ["${row[j]}"].`,
      at: { file: name, row: lines[i], variable: header[j] },
    });
  });
}

/**
 * The first sheet, or the one named. Numbers keep full precision, dates become ISO 8601 text, booleans 1 and 0, formulas their
 * stored results.
 * @throws PanelError data/no-sheet, data/empty, data/header-only, data/empty-name, data/duplicate-column, data/spreadsheet-error.
 */
export function readXlsx(bytes: Uint8Array, options: OpenOptions): Frame {
  const { name, skip = 0, missing = [], sha256 } = options;
  const { rows: found, sheets } = sheetOf(bytes, options);
  const all = found
    .map((cells, i) => ({ line: i + 1, cells: cells.map(cellText) }))
    .slice(skip)
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [head, ...body] = all;
  if (!head)
    throw new PanelError({
      code: 'data/empty',
      message: `The sheet of "${name}" is empty; a header and rows were expected.`,
      hint: 'Name another sheet under data: sheet.',
      at: { file: name },
    });
  const width =
    Math.max(
      head.cells.findLastIndex((cell) => cell.trim() !== ''),
      ...body.map(({ cells }) => cells.findLastIndex((cell) => cell.trim() !== '')),
    ) + 1;
  const padded = (cells: string[]) => Array.from({ length: width }, (_, j) => cells[j] ?? '');
  const header = padded(head.cells).map((cell) => cell.trim());
  checkHeader(header, head.line, name);
  if (body.length === 0)
    throw new PanelError({
      code: 'data/header-only',
      message: `"${name}" has a header and no rows; one row a unit and period was expected.`,
      hint: 'Name another sheet under data: sheet.',
      at: { file: name, line: head.line },
    });
  const rows = body.map(({ cells }) => padded(cells));
  const lines = body.map(({ line }) => line);
  const none = new Set([...MISSING, ...missing]);
  checkFaults(
    rows.map((row) => row.map((cell) => (none.has(cell) ? '' : cell))),
    lines,
    header,
    name,
  );
  const columns: Record<string, Column> = Object.create(null);
  header.forEach((column, j) => {
    columns[column] = typeColumn(rows, j, none);
  });
  return {
    rows: rows.length,
    columns: { ...columns },
    line: Int32Array.from(lines),
    source: {
      name,
      bytes: bytes.length,
      delimiter: '',
      ...(sheets.length > 1 && { sheets }),
      ...(sha256 && { sha256 }),
    },
  };
}
