/** A table for the terminal: 80 to 160 columns, cut into blocks of columns where it is wider. */
import type { Cell, Table, TableRow } from '../types.ts';
import { captionOf, isAligned, labelOf, notesOf, pairsOf, spannerRows, spansOf, splitNumber, textOf } from './cells.ts';
import { barText, blocksOf, type ColumnLayout, GAP, layoutColumn, max, shrinkWords } from './text-layout.ts';
import { centre, displayWidth, padEnd, padStart, wrap } from './text-width.ts';

export interface TextOptions {
  /** Terminal columns; default 80. */
  width?: number;
  /** ANSI colours; default none. */
  color?: boolean;
  /** Rules as box-drawing lines (default) or as = and -. */
  rules?: 'box' | 'plain';
}

const STUB_MOST = 36;
/** Labels are wrapped down to this where that keeps all columns in one block. */
const STUB_LEAST = 24;

type Paint = (style: 'bold' | 'dim' | 'red' | 'yellow', text: string) => string;
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] } as const;
const painter = (on: boolean): Paint =>
  on
    ? (style, text) => (text.trim() ? `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m` : text)
    : (_, t) => t;

function alignedCell(cell: Cell, { width, integer, fraction, stars }: ColumnLayout): string {
  const split = splitNumber(cell);
  const body = padStart(split.integer, integer) + padEnd(split.fraction + split.stars, fraction + stars);
  const left = Math.floor((width - integer - fraction - stars) / 2);
  return padEnd(' '.repeat(Math.max(0, left)) + body, width);
}

/** The lines of one cell, each as wide as its column. */
function cellLines(table: Table, row: TableRow, j: number, layout: ColumnLayout): string[] {
  const cell = row.cells[j];
  const align = table.columns[j].align;
  if (cell.bar !== undefined || cell.parts) return [padEnd(barText(cell), layout.width)];
  if (align === 'decimal' && isAligned(table, cell)) return [alignedCell(cell, layout)];
  return wrap(textOf(table, row, j), layout.width).map((text) => placed(text, align, layout));
}

function placed(text: string, align: Table['columns'][number]['align'], layout: ColumnLayout): string {
  if (align === 'left' || align === 'bar') return padEnd(text, layout.width);
  return align === 'right' ? padStart(text, layout.width) : centreUnder(text, layout);
}

/** Words and counts stand under the numbers, not under their stars. */
function centreUnder(text: string, { width, integer, fraction, stars }: ColumnLayout): string {
  const numbers = integer + fraction;
  const left = Math.floor((width - numbers - stars) / 2);
  const shift = left + Math.floor((numbers - displayWidth(text)) / 2);
  const fits = numbers > 0 && shift >= 0 && shift + displayWidth(text) <= width;
  return fits ? padEnd(' '.repeat(shift) + text, width) : centre(text, width);
}

interface Block {
  table: Table;
  columns: number[];
  layouts: ColumnLayout[];
  stub: number;
  paint: Paint;
  rules: { heavy: string; medium: string };
}

const gap = ' '.repeat(GAP);

function spannerLines({ table, columns, layouts, stub, paint, rules }: Block): string[] {
  return spannerRows(table).flatMap((heads) => {
    const parts = heads.flatMap(({ label, from, to }) => {
      const inside = columns.filter((j) => j >= from && j <= to);
      if (inside.length === 0) return [];
      const width = inside.reduce((sum, j) => sum + layouts[j].width, GAP * (inside.length - 1));
      return [{ width, lines: label ? wrap(label, width) : [''] }];
    });
    const height = max(parts.map((p) => p.lines.length));
    const line = (draw: (part: (typeof parts)[number]) => string) =>
      ' '.repeat(stub) + parts.map((part) => gap + draw(part)).join('');
    const words = Array.from({ length: height }, (_, i) =>
      line(({ lines, width }) => centre(lines[i - (height - lines.length)] ?? '', width)),
    );
    const many =
      parts.some(({ lines }) => lines[0] !== '') && parts.some(({ width }, k) => width > layouts[columns[k]]?.width);
    return many
      ? [
          ...words,
          paint(
            'dim',
            line(({ lines, width }) => (lines[0] ? rules.medium : ' ').repeat(width)),
          ),
        ]
      : words;
  });
}

/** The cells of one row that stand in this block; a cell over several columns is centred over those that are here. */
function coveredCells({ table, columns, layouts }: Block, row: TableRow) {
  return spansOf(row, table.columns.length).flatMap(({ j, span }) => {
    const here = columns.filter((c) => c >= j && c < j + span);
    if (here.length === 0) return [];
    const width = here.reduce((sum, c) => sum + layouts[c].width, GAP * (here.length - 1));
    const lines =
      span === 1
        ? cellLines(table, row, j, layouts[j])
        : wrap(textOf(table, row, j), width).map((text) => centre(text, width));
    return [{ j, width, lines }];
  });
}

/** The heading of a panel, over the whole width. */
function headingLines({ table, columns, layouts, stub, paint }: Block, row: TableRow): string[] {
  const width = columns.reduce((sum, j) => sum + layouts[j].width + GAP, stub);
  const blank = table.body[0] === row ? [] : [''];
  return [...blank, ...wrap(labelOf(row), width).map((line) => paint('bold', line))];
}

/** Lines of a row or a pair: the label, wrapped, and its unit on a line of its own under it; cells beside them. */
function rowLines(block: Block, rows: TableRow[]): string[] {
  const { columns, layouts, stub, paint } = block;
  const [first] = rows;
  if (first.kind === 'heading') return headingLines(block, first);
  const stubs = (first.label ? wrap(labelOf(first), stub) : ['']).map((text) => ({ text, quiet: false }));
  if (first.unit) stubs.push(...wrap(first.unit, stub).map((text) => ({ text, quiet: true })));
  const lines = rows.flatMap((row) => {
    const cells = coveredCells(block, row);
    return Array.from({ length: max(cells.map((c) => c.lines.length)) }, (_, i) => ({
      row,
      cells: cells.map((c) => ({ ...c, text: c.lines[i] })),
    }));
  });
  return Array.from({ length: Math.max(stubs.length, lines.length) }, (_, i) => {
    const line = lines[i];
    const cells = (line?.cells ?? columns.map((j) => ({ j, width: layouts[j].width, text: undefined }))).map((cell) => {
      const text = gap + (cell.text ?? ' '.repeat(cell.width));
      if (line?.row.cells[cell.j].kind === 'failure') return paint('red', text);
      return line?.row.kind === 'second' || line?.row.tone === 'quiet' ? paint('dim', text) : text;
    });
    const head = padEnd(stubs[i]?.text ?? '', stub);
    const strong = first.tone === 'strong' && i < stubs.length;
    const painted = stubs[i]?.quiet ? paint('dim', head) : strong ? paint('bold', head) : head;
    return painted.replace('‡', paint('yellow', '‡')) + cells.join('');
  });
}

function blockLines(block: Block): string[] {
  const { table, columns, layouts, stub, paint, rules } = block;
  const width = columns.reduce((sum, j) => sum + layouts[j].width + GAP, stub);
  const heads = columns.map((j) => wrap(table.columns[j].head, layouts[j].width));
  const height = max(heads.map((h) => h.length));
  const headLines = Array.from({ length: height }, (_, i) => {
    const words = columns.map((j, k) =>
      placed(heads[k][i - height + heads[k].length] ?? '', table.columns[j].align, layouts[j]),
    );
    return paint('bold', padEnd(i === height - 1 ? table.stub : '', stub) + words.map((word) => gap + word).join(''));
  });
  return [
    rules.heavy.repeat(width),
    ...spannerLines(block),
    ...headLines,
    rules.medium.repeat(width),
    ...pairsOf(table.body).flatMap((rows) => rowLines(block, rows)),
    ...(table.foot.length > 0 ? [rules.medium.repeat(width)] : []),
    ...pairsOf(table.foot).flatMap((rows) => rowLines(block, rows)),
    rules.heavy.repeat(width),
  ].map((line) => line.trimEnd());
}

/** A head over few narrow columns gets this much room where there is some, before its words are broken. */
const SPANNER_ROOM = 30;

/** Columns made wider for the heads above them, as far as `room` goes; tables of several blocks stay as they are. */
function underSpanners({ spanners }: Table, layouts: ColumnLayout[], room: number): ColumnLayout[] {
  const total = (columns: ColumnLayout[]) => columns.reduce((sum, { width }) => sum + GAP + width, 0);
  return spanners.reduce((wide, { label, from, to }) => {
    const inside = wide.slice(from, to + 1);
    const lack = Math.min(displayWidth(label), SPANNER_ROOM) - (total(inside) - GAP);
    const spare = Math.min(lack, room - total(wide));
    if (spare <= 0) return wide;
    const each = Math.ceil(spare / inside.length);
    if (total(wide) + each * inside.length > room) return wide;
    return wide.map((layout, j) => (j >= from && j <= to ? { ...layout, width: layout.width + each } : layout));
  }, layouts);
}

/** The table as monospaced text, decimals aligned, notes below; no line is wider than `width` (at least 40). */
export function renderText(table: Table, o: TextOptions = {}): string {
  const width = Math.max(40, o.width ?? 80);
  const paint = painter(o.color ?? false);
  const natural = table.columns.map((_, j) => layoutColumn(table, j));
  const labels = [...table.body, ...table.foot].flatMap((row) =>
    row.kind === 'heading' ? [] : [labelOf(row), row.unit ?? ''],
  );
  const most = Math.min(STUB_MOST, max([table.stub, ...labels].map(displayWidth)));
  const widest = max(shrinkWords(table, natural, most, width).map((l) => l.width)) + GAP;
  const beside = shrinkWords(table, natural, STUB_LEAST, width).reduce((sum, l) => sum + GAP + l.width, 0);
  const together = width - beside >= Math.min(most, STUB_LEAST) ? width - beside : most;
  const stub = Math.max(8, Math.min(most, width - widest, together));
  const layouts = underSpanners(table, shrinkWords(table, natural, stub, width), width - stub);
  const rules = o.rules === 'plain' ? { heavy: '=', medium: '-' } : { heavy: '━', medium: '─' };
  const blocks = blocksOf(layouts, stub, width).map((columns) =>
    blockLines({ table, columns, layouts, stub, paint, rules }).join('\n'),
  );
  const caption = captionOf(table);
  const lines = [
    ...(caption ? wrap(caption, width).map((line) => paint('bold', line)) : []),
    blocks.join('\n\n'),
    ...(table.parts ? [`Shares: ${table.parts.join(' · ')}`] : []),
    ...notesOf(table)
      .flatMap((note) => wrap(note, width))
      .map((line) => paint('dim', line)),
  ];
  return `${lines.join('\n').replaceAll('\u00a0', ' ')}\n`;
}
