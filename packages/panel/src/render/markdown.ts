/** A table as GitHub-flavoured Markdown. */
import type { Table, TableRow } from '../types.ts';
import { captionOf, isOnlyBar, labelOf, notesOf, partsText, spannerRows, textOf } from './cells.ts';

/** Text that Markdown would read as markup stays text: pipes, emphasis, code, links, HTML and entities. */
export const escapeMarkdown = (text: string) =>
  text
    .replace(/[\\`*_{}[\]<>|~#&$]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`))
    .replace(/\s+/g, ' ');

const line = (cells: string[]) => `| ${cells.join(' | ')} |`;

function rowCells(table: Table, row: TableRow): string[] {
  const unit = row.unit ? ` (${row.unit})` : '';
  const label = escapeMarkdown(labelOf(row) + unit);
  const cells = row.cells.map((cell, j) => {
    return escapeMarkdown(cell.parts ? partsText(cell) : textOf(table, row, j) + (cell.stars ?? ''));
  });
  if (row.kind === 'heading') return [`**${label}**`, ...table.columns.map(() => '')];
  return [row.tone === 'strong' && label ? `**${label}**` : label, ...cells];
}

/** Heads over some of the columns are said in each of them; one over all of them stands above the table. */
function heads(table: Table): { over: string[]; columns: string[] } {
  const rows = spannerRows(table);
  const over = rows.filter((labels) => labels.length === 1).map(([{ label }]) => label);
  const columns = table.columns.map(({ head }, j) => {
    const above = rows.flatMap((labels) =>
      labels.length === 1 ? [] : labels.filter((s) => s.from <= j && j <= s.to).map((s) => s.label),
    );
    return [...above, head].filter(Boolean).map(escapeMarkdown).join('<br>');
  });
  return { over, columns };
}

/** The table as a Markdown pipe table with its caption above and its notes below, every text escaped. */
export function renderMarkdown(table: Table): string {
  const keep = table.columns.map((_, j) => j).filter((j) => !isOnlyBar(table, j));
  const pick = (cells: string[]) => [cells[0], ...keep.map((j) => cells[j + 1])];
  const align = ['---', ...table.columns.map((c) => (c.align === 'left' || c.align === 'bar' ? '---' : '---:'))];
  const caption = captionOf(table);
  const { over, columns } = heads(table);
  const body = [...table.body, ...table.foot].map((row) => line(pick(rowCells(table, row))));
  const lines = [
    ...(caption ? [`**${escapeMarkdown(caption)}**`, ''] : []),
    ...over.flatMap((label) => [escapeMarkdown(label), '']),
    line(pick([escapeMarkdown(table.stub), ...columns])),
    line(pick(align)),
    ...body,
    ...(table.parts ? ['', `Shares: ${escapeMarkdown(table.parts.join(' · '))}`] : []),
    ...notesOf(table).flatMap((note) => ['', escapeMarkdown(note)]),
  ];
  return `${lines.join('\n')}\n`;
}
