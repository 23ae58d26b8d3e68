/** A table as Typst: a figure with table, header that repeats, decimals aligned, notes below. */
import type { Cell, Table, TableRow } from '../types.ts';
import {
  isAligned,
  isWide,
  labelOf,
  pairsOf,
  panelsOf,
  partsText,
  printedNotes,
  spannerRows,
  spansOf,
  splitNumber,
  textOf,
} from './cells.ts';
import { slug } from './escape.ts';
import { type PrintedColumn, type PrintedLayout, printedLayout } from './widths.ts';

interface Page {
  table: Table;
  layout: PrintedLayout;
}

/** A string literal of Typst: nothing in it is markup. */
export function typstString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are written as code points
  const inner = text.replace(/[\\"\u0000-\u001f\u007f]/g, (c) =>
    c === '\\' || c === '"' ? `\\${c}` : `\\u{${c.codePointAt(0)!.toString(16)}}`,
  );
  return `"${inner.replace(/\p{Cs}/gu, '')}"`;
}

const str = typstString;

/** Characters of 9 pt text on a line of A4, upright and across. */
const LINE = 104;
const TURNED = 160;
const GAP = 2;
/** Width of a letter, em. */
const LETTER = 0.49;

const small = (text: string) => `text(size: 0.83em, fill: luma(90), ${str(text)})`;
const strong = (row: TableRow, text: string) => (row.tone === 'strong' ? `strong(${str(text)})` : str(text));

/** Columns before and from the point in the widest number, in digits. */
function numberCode(cell: Cell, { integer, fraction }: PrintedColumn): string {
  const split = splitNumber(cell);
  const stars = split.stars ? `, stars: ${str(split.stars)}` : '';
  return `num(${integer}, ${fraction}, ${str(split.integer)}, ${str(split.fraction)}${stars})`;
}

function cellCode({ table }: Page, row: TableRow, column: PrintedColumn): string {
  const cell = row.cells[column.j];
  if (cell.kind === 'failure') return small(cell.text);
  if (column.align === 'decimal' && isAligned(table, cell)) return numberCode(cell, column);
  const text = cell.parts ? partsText(cell) : textOf(table, row, column.j);
  return text ? strong(row, text + (cell.stars ?? '')) : '[]';
}

function cellsCode(page: Page, row: TableRow): string[] {
  const { table, layout } = page;
  return spansOf(row, table.columns.length).flatMap(({ j, span }) => {
    const here = layout.columns.filter((c) => c.j >= j && c.j < j + span);
    if (here.length === 0) return [];
    if (span === 1) return [cellCode(page, row, here[0])];
    return [`table.cell(colspan: ${here.length}, align: center, ${str(textOf(table, row, j))})`];
  });
}

function labelCode(pair: TableRow[]): string {
  const [first] = pair;
  const label = strong(first, labelOf(first));
  const unit = first.unit ? ` + ${pair.length > 1 ? 'linebreak()' : 'h(0.4em)'} + ${small(first.unit)}` : '';
  return pair.length > 1 ? `table.cell(rowspan: ${pair.length}, ${label}${unit})` : `${label}${unit}`;
}

function rowsCode(page: Page, rows: TableRow[]): string[] {
  return pairsOf(rows).flatMap((pair) => {
    if (pair[0].kind === 'heading')
      return [`table.cell(colspan: ${page.layout.columns.length + 1}, strong(${str(labelOf(pair[0]))})),`];
    return pair.map((row, i) => {
      const inset = pair.length > 1 ? `pair.at(${i})` : 'single';
      const cells = cellsCode(page, row).map((code) =>
        code.startsWith('table.cell(') ? code : `table.cell(inset: ${inset}, ${code})`,
      );
      return `${[...(i === 0 ? [labelCode(pair)] : []), ...cells].join(', ')},`;
    });
  });
}

function headCode({ table, layout }: Page): string[] {
  const spanners = spannerRows(table).flatMap((heads) => {
    let at = 1;
    const rules: string[] = [];
    const cells = heads.flatMap(({ label, from, to }) => {
      const here = layout.columns.filter(({ j }) => j >= from && j <= to).length;
      if (here === 0) return [];
      if (label) rules.push(`table.hline(start: ${at}, end: ${at + here}, stroke: 0.4pt),`);
      at += here;
      return [`table.cell(colspan: ${here}, align: center, ${label ? str(label) : '[]'})`];
    });
    return [`[], ${cells.join(', ')},`, ...rules];
  });
  const heads = layout.columns.map(({ j }) => str(table.columns[j].head));
  return [...spanners, `${[str(table.stub), ...heads].join(', ')},`];
}

const ALIGN = { decimal: 'center', right: 'right', left: 'left' };

function tableCode(page: Page): string[] {
  const { table, layout } = page;
  const width = (broken: boolean, chars: number) => (broken ? `${(chars * LETTER).toFixed(1)}em` : 'auto');
  const columns = [width(layout.stubBroken, layout.stub), ...layout.columns.map((c) => width(c.broken, c.width))];
  const aligns = ['left', ...layout.columns.map(({ align }) => ALIGN[align])];
  const rule = (weight: string) => `table.hline(stroke: ${weight}),`;
  const blocks = [...panelsOf(table.body), ...(table.foot.length > 0 ? [table.foot] : [])];
  return [
    'table(',
    `columns: (${columns.join(', ')}),`,
    `align: (${aligns.map((a) => `${a} + top`).join(', ')}),`,
    'stroke: none, inset: (x: 4pt, y: 2.5pt),',
    rule('1.1pt'),
    `table.header(`,
    ...headCode(page),
    rule('0.6pt'),
    '),',
    ...blocks.flatMap((rows, b) => [...(b > 0 ? [rule('0.6pt')] : []), ...rowsCode(page, rows)]),
    rule('1.1pt'),
    ')',
  ];
}

/**
 * The table as a .typ file: a page of its own, or `#include` in a document. Numbers are set by a small function in boxes as wide as the
 * widest integer part and fraction of their column; stars hang right of them. Every text is a string, so nothing in it is markup.
 */
export function renderTypst(table: Table): string {
  const wide = isWide(table);
  const page: Page = { table, layout: printedLayout(table, wide ? TURNED : LINE, GAP) };
  const notes = printedNotes(table);
  const number = /^Table (\d+)$/.exec(table.number ?? '')?.[1];
  const caption = table.title ? [`caption: figure.caption(position: top, ${str(table.title)}),`] : [];
  return `${[
    `#set page(paper: "a4", margin: 2cm${wide ? ', flipped: true' : ''})`,
    '#set text(size: 9pt, number-width: "tabular")',
    '#let digit = 0.5em',
    '#let num(before, after, integer, fraction, stars: "") = box({',
    '  box(width: before * digit, align(right, integer))',
    '  box(width: after * digit, align(left, fraction + box(width: 0pt, stars)))',
    '})',
    '#let pair = ((x: 4pt, top: 4pt, bottom: 1pt), (x: 4pt, top: 0pt, bottom: 2pt))',
    '#let single = (x: 4pt, y: 2.5pt)',
    ...(number ? [`#counter(figure.where(kind: table)).update(${Number(number) - 1})`] : []),
    '#show figure: set block(breakable: true)',
    '#show figure: set align(left)',
    '#figure(',
    ...caption,
    'kind: table, supplement: [Table],',
    '{',
    ...tableCode(page),
    ...(notes.length > 0 ? ['v(1pt)'] : []),
    ...notes.map((note) => `block(width: 100%, spacing: 0.5em, align(left, text(size: 0.85em, ${str(note)})))`),
    '}',
    `) <tab-${slug(table.id)}>`,
  ].join('\n')}\n`;
}
