/** A table as CSV (RFC 4180), for a spreadsheet or another program. */
import type { Cell, Table, TableRow } from '../types.ts';
import { captionOf } from './cells.ts';

const quote = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * A text that a spreadsheet would run as a formula is kept text by a leading apostrophe (OWASP, CSV injection): =, +, -, @ and their
 * full-width forms, also after blanks, and a leading tab or line break.
 */
const inert = (text: string) =>
  /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/.test(text) && !/^\s*-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i.test(text)
    ? `'${text}`
    : text;

function cellValue(cell: Cell): string {
  if (cell.value !== undefined) return String(cell.value);
  if (cell.kind === 'se') return inert(cell.text.replaceAll('\u2212', '-').replace(/^[([]|[)\]]$/g, ''));
  return inert(
    cell.kind === 'empty' ? '' : cell.text + (cell.kind === 'failure' ? `: ${cell.quiet ?? ''}` : (cell.quiet ?? '')),
  );
}

function headsOf(table: Table): string[] {
  return table.columns.map(({ head }, j) => {
    const above = table.spanners.filter((s) => s.from <= j && j <= s.to);
    return [...above.sort((a, b) => (a.level ?? 0) - (b.level ?? 0)).map((s) => s.label), head]
      .filter(Boolean)
      .join(' ');
  });
}

function cells(table: Table, row: TableRow): string[] {
  if (row.kind === 'heading')
    return table.columns.flatMap(({ align }) => (align === 'bar' ? (table.parts ?? []) : ['']).map(() => ''));
  return row.cells.flatMap((cell, j) => {
    if (table.columns[j].align !== 'bar') return [cellValue(cell)];
    return table.parts ? table.parts.map((_, k) => String(cell.parts?.[k] ?? '')) : [];
  });
}

/** "Rows used / given" with "261/450" is two rows, so that no cell looks like a date. */
function unpaired(row: TableRow): TableRow[] {
  const [first, second] = row.label.split(' / ');
  const quiet = row.cells.map((cell) => (cell.quiet ?? '').replace(/[/,]/g, ''));
  if (second === undefined || row.cells.every((cell) => !cell.quiet?.startsWith('/'))) return [row];
  const rest = row.cells.map((_, j): Cell => ({ text: quiet[j], kind: quiet[j] ? 'count' : 'empty' }));
  return [
    { ...row, label: first, cells: row.cells.map(({ quiet: _quiet, ...cell }) => cell) },
    { ...row, label: `${first.split(' ')[0]} ${second}`, cells: rest },
  ];
}

/**
 * Full-precision numbers with a hyphen-minus and no separators; the columns are label, unit, statistic (regression tables:
 * estimate, se, …) and the table's own. Stars are left out: they follow from the numbers. Every line ends in CRLF.
 */
export function renderCsv(table: Table): string {
  const statistic = table.body.some((row) => row.statistic);
  const heads = headsOf(table).flatMap((head, j) => (table.columns[j].align === 'bar' ? (table.parts ?? []) : [head]));
  const lines = [[inert(table.stub || 'term'), 'unit', ...(statistic ? ['statistic'] : []), ...heads.map(inert)]];
  let label = '';
  let unit = '';
  for (const row of [...table.body, ...table.foot].flatMap(unpaired)) {
    if (row.kind !== 'second') [label, unit] = [row.label, row.unit ?? ''];
    lines.push([inert(label), inert(unit), ...(statistic ? [row.statistic ?? ''] : []), ...cells(table, row)]);
  }
  return lines.map((line) => `${line.map(quote).join(',')}\r\n`).join('');
}

/** File name for a table: "table-2-main". */
export const fileStem = (table: { id: string; number?: string; title: string }) =>
  `${table.number ? `${table.number.toLowerCase()}-` : ''}${table.id || captionOf(table)}`
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|-+$/g, '');
