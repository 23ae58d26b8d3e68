/** Delimited text → Frame. */
import Papa from 'papaparse';
import { PanelError } from './errors.ts';
import { MISSING, type Numbers, typeColumn } from './table-cells.ts';
import { checkDelimiter, decodeText, type Encoding, sniffDelimiter } from './table-text.ts';
import type { Column, Frame } from './types.ts';

/** What the caller knows about a table. */
export interface ReadOptions {
  /** Path or name, for messages. */
  name: string;
  /** One character; found from the header and the first rows where absent. */
  delimiter?: string;
  /** Of the bytes; UTF-8 where absent. */
  encoding?: Encoding;
  /** How numbers are written; "1234.5" where absent. */
  numbers?: Numbers;
  /** Further cells that mean missing, beside "", "NA" and ".". */
  missing?: string[];
  /** Lines before the header; blank lines count. */
  skip?: number;
  /** Hex SHA-256 of the bytes, kept in the source. */
  sha256?: string;
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let i = 0; i < Math.min(index, text.length); i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}

function newlinesIn(row: string[]): number {
  let count = 0;
  for (const cell of row) for (let i = cell.indexOf('\n'); i >= 0; i = cell.indexOf('\n', i + 1)) count++;
  return count;
}

interface Rows {
  rows: string[][];
  /** 1-based line on which each row starts. */
  lines: number[];
}

/** Fields of all lines. Without a quote in the text a line is its fields: no parser is needed, which is worth 5 % of a small fit. */
function fieldsOf(text: string, delimiter: string, name: string): string[][] {
  if (!text.includes('"')) return text.split('\n').map((line) => line.split(delimiter));
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n' });
  const quotes = errors.find(({ type }) => type === 'Quotes');
  if (quotes) {
    const start = quotes.index ?? 0;
    const line = lineAt(text, start);
    throw new PanelError({
      code: 'data/quotes',
      message:
        quotes.code === 'MissingQuotes'
          ? `A quoted field that starts on line ${line} of "${name}" does not end.`
          : `A quoted field on line ${line} of "${name}" goes on after its closing quote.`,
      hint: 'A quote inside a quoted field is written twice: "".',
      at: { file: name, line },
    });
  }
  return data;
}

/** All rows with their lines; blank lines are left out, except in the body of a one-column table, where they are missing. */
function parseRows(text: string, delimiter: string, name: string): Rows {
  const data = fieldsOf(text, delimiter, name);
  const quoted = text.includes('"');
  const rows: string[][] = [];
  const lines: number[] = [];
  let line = 1;
  for (let i = 0; i < data.length; i++) {
    const row = data[i];
    const blank = row.length === 1 && row[0].trim() === '';
    if (!blank || (rows.length > 0 && rows[0].length === 1 && i < data.length - 1)) {
      rows.push(row);
      lines.push(line);
    }
    line += 1 + (quoted ? newlinesIn(row) : 0);
  }
  return { rows, lines };
}

/** @throws PanelError data/empty-name, data/duplicate-column. */
export function checkHeader(header: string[], line: number, name: string): void {
  const at = { file: name, line };
  const empty = header.indexOf('');
  if (empty >= 0)
    throw new PanelError({
      code: 'data/empty-name',
      message: `Column ${empty + 1} of "${name}" has no name; every column needs one in the header.`,
      hint: empty === 0 ? 'R writes row names there: use write.csv(…, row.names = FALSE).' : 'Name it or remove it.',
      at,
    });
  const twice = header.find((column, i) => header.indexOf(column) < i);
  if (twice !== undefined)
    throw new PanelError({
      code: 'data/duplicate-column',
      message: `"${twice}" names columns ${header.flatMap((c, i) => (c === twice ? [i + 1] : [])).join(' and ')} of "${name}"; names must differ.`,
      hint: 'Rename one of them.',
      at: { ...at, variable: twice },
    });
}

function checkWidths(rows: string[][], lines: number[], width: number, name: string): void {
  const ragged = rows.findIndex((row) => row.length !== width);
  if (ragged < 0) return;
  const count = rows.filter((row) => row.length !== width).length;
  const row = lines[ragged];
  throw new PanelError({
    code: 'data/ragged',
    message: `Line ${row} of "${name}" has ${rows[ragged].length} fields; the header has ${width}${count > 1 ? ` (${count} such lines)` : ''}.`,
    hint: 'Quote fields that contain the delimiter, and write one field for every column.',
    at: { file: name, line: row, row },
    details: {
      found: rows[ragged].length,
      expected: width,
      lines: lines.filter((_, i) => rows[i].length !== width).slice(0, 20),
    },
  });
}

/** The first lines emptied, so that the others keep their numbers. */
function skipped(text: string, lines: number): string {
  let at = 0;
  for (let i = 0; i < lines && at >= 0; i++) at = text.indexOf('\n', at) + 1 || -1;
  return lines === 0 ? text : '\n'.repeat(lines) + (at < 0 ? '' : text.slice(at));
}

/** A delimiter at the end of every line makes a last column without name and cells, which is none. */
function dropTrailing(header: string[], rows: string[][]): void {
  const last = header.length - 1;
  if (last < 1 || header[last] !== '' || !rows.every((row) => row.length <= last || row[last].trim() === '')) return;
  header.pop();
  for (const row of rows) if (row.length === last + 1) row.pop();
}

/**
 * Reads CSV, TSV, semicolon- or bar-separated text: UTF-8 (or `encoding`) with or without byte order mark, LF or CRLF, RFC 4180 quotes.
 * The first row names the columns. A column is numeric where every cell that is not missing ("", "NA", "." and what
 * `missing` adds) is a decimal number (written as `numbers` says), read to the nearest double; other columns are text.
 * @throws PanelError data/empty, data/header-only, data/ragged, data/quotes, data/empty-name, data/duplicate-column,
 * data/wrong-delimiter, data/encoding, data/not-text; each with its line.
 */
export function readTable(bytes: Uint8Array | string, options: ReadOptions): Frame {
  const { name } = options;
  const decoded = typeof bytes === 'string' ? bytes : decodeText(bytes, name, options.encoding);
  const unmarked = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  const text = skipped(unmarked.includes('\r') ? unmarked.replace(/\r\n?/g, '\n') : unmarked, options.skip ?? 0);
  if (text.trim() === '')
    throw new PanelError({
      code: 'data/empty',
      message: `"${name}" is empty; a header and rows were expected.`,
      hint: 'Check the path, and whether the program that writes the file had ended.',
      at: { file: name },
    });
  const delimiter = options.delimiter ?? sniffDelimiter(text);
  checkDelimiter(text, delimiter, name);
  const { rows, lines } = parseRows(text, delimiter, name);
  const header = rows[0].map((cell) => cell.trim());
  dropTrailing(header, rows);
  checkHeader(header, lines[0], name);
  rows.shift();
  lines.shift();
  if (rows.length === 0)
    throw new PanelError({
      code: 'data/header-only',
      message: `"${name}" has a header and no rows; one row a unit and period was expected.`,
      hint: 'Check what wrote the file: a filter may have taken every row.',
      at: { file: name, line: 1 },
    });
  checkWidths(rows, lines, header.length, name);
  const missing = new Set([...MISSING, ...(options.missing ?? [])]);
  const columns: Record<string, Column> = Object.create(null);
  header.forEach((column, j) => {
    columns[column] = typeColumn(rows, j, missing, options.numbers);
  });
  return {
    rows: rows.length,
    columns: { ...columns },
    line: Int32Array.from(lines),
    source: {
      name,
      bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes).length : bytes.length,
      delimiter,
      ...(options.sha256 && { sha256: options.sha256 }),
    },
  };
}
