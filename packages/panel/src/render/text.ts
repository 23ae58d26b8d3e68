/** A table for the terminal: 80 to 160 columns, cut into blocks of columns where it is wider. */
import type { Cell, Table, TableRow } from '../types.ts';
import { captionOf, isAligned, labelOf, spannerRows, splitNumber, textOf } from './cells.ts';
import { centre, displayWidth, padEnd, padStart, wrap } from './text-width.ts';

export interface TextOptions {
  /** Terminal columns; default 80. */
  width?: number;
  /** ANSI colours; default none. */
  color?: boolean;
  /** Rules as box-drawing lines (default) or as = and -. */
  rules?: 'box' | 'plain';
}

const GAP = 2;
const STUB_MOST = 36;
const BAR = 20;

type Paint = (style: 'bold' | 'dim' | 'red' | 'yellow', text: string) => string;
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] } as const;
const painter = (on: boolean): Paint =>
  on
    ? (style, text) => (text.trim() ? `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m` : text)
    : (_, t) => t;

interface ColumnLayout {
  width: number;
  /** Columns before the decimal point. */
  integer: number;
  /** Columns from the point on, without stars. */
  fraction: number;
  stars: number;
}

const max = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0);
const longestWord = (text: string) => max(text.split(' ').map(displayWidth));
const barText = (cell: Cell) =>
  cell.parts
    ? cell.parts.map((share) => `${Math.round(share * 100)}%`).join(' · ')
    : '█'.repeat(Math.round((cell.bar ?? 0) * BAR));

function layoutColumn(table: Table, j: number): ColumnLayout {
  const rows = [...table.body, ...table.foot];
  const aligned = rows
    .map((row) => row.cells[j])
    .filter((cell) => isAligned(table, cell))
    .map(splitNumber);
  const integer = max(aligned.map((s) => displayWidth(s.integer)));
  const fraction = max(aligned.map((s) => displayWidth(s.fraction)));
  const stars = max(aligned.map((s) => s.stars.length));
  const others = rows.map((row) => {
    const cell = row.cells[j];
    if (isAligned(table, cell)) return 0;
    return cell.bar !== undefined || cell.parts
      ? Math.max(displayWidth(barText(cell)), 4)
      : displayWidth(textOf(table, row, j));
  });
  const heads = table.spanners.filter((s) => s.from === j && s.to === j).map((s) => longestWord(s.label));
  const least = Math.max(displayWidth(table.columns[j].head), max(heads), max(others));
  return { width: Math.max(integer + fraction + stars, least), integer, fraction, stars };
}

function alignedCell(cell: Cell, { width, integer, fraction, stars }: ColumnLayout): string {
  const split = splitNumber(cell);
  const body = padStart(split.integer, integer) + padEnd(split.fraction + split.stars, fraction + stars);
  const left = Math.floor((width - integer - fraction - stars) / 2);
  return padEnd(' '.repeat(Math.max(0, left)) + body, width);
}

function cellText(table: Table, row: TableRow, j: number, layout: ColumnLayout): string {
  const cell = row.cells[j];
  const align = table.columns[j].align;
  if (cell.bar !== undefined || cell.parts) return padEnd(barText(cell), layout.width);
  if (align === 'decimal' && isAligned(table, cell)) return alignedCell(cell, layout);
  const text = textOf(table, row, j);
  if (align === 'left') return padEnd(text, layout.width);
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

/** Columns per block, so that stub and columns stay within `width`: as few blocks as that allows, of even length. */
function blocksOf(layouts: ColumnLayout[], stub: number, width: number): number[][] {
  const fill = (most: number) => {
    const blocks: number[][] = [];
    let room = -1;
    layouts.forEach((layout, j) => {
      if (layout.width + GAP > room || blocks[blocks.length - 1].length === most) {
        blocks.push([]);
        room = width - stub;
      }
      blocks[blocks.length - 1].push(j);
      room -= layout.width + GAP;
    });
    return blocks;
  };
  const greedy = fill(layouts.length);
  const even = fill(Math.ceil(layouts.length / greedy.length));
  return even.length === greedy.length ? even : greedy;
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

/** Stub lines of a row or a pair: the label, wrapped, and its unit on a line of its own under it. */
function rowLines(block: Block, rows: TableRow[]): string[] {
  const { table, columns, layouts, stub, paint } = block;
  const [first] = rows;
  const label = first.label ? wrap(labelOf(first), stub) : [''];
  const stubs = [...label.map((text) => ({ text, quiet: false }))];
  if (first.unit) stubs.push(...wrap(first.unit, stub).map((text) => ({ text, quiet: true })));
  const height = Math.max(stubs.length, rows.length);
  return Array.from({ length: height }, (_, i) => {
    const row = rows[i];
    const head = padEnd(stubs[i]?.text ?? '', stub);
    const cells = columns.map((j) => {
      if (!row) return ' '.repeat(layouts[j].width + GAP);
      const text = gap + cellText(table, row, j, layouts[j]);
      if (row.cells[j].kind === 'failure') return paint('red', text);
      return row.kind === 'second' || row.tone === 'quiet' ? paint('dim', text) : text;
    });
    const shownHead = stubs[i]?.quiet ? paint('dim', head) : row?.tone === 'strong' ? paint('bold', head) : head;
    return shownHead.replace('‡', paint('yellow', '‡')) + cells.join('');
  });
}

const pairsOf = (rows: TableRow[]) =>
  rows.reduce<TableRow[][]>((pairs, row) => {
    if (row.kind === 'second' && pairs.length > 0) pairs[pairs.length - 1].push(row);
    else pairs.push([row]);
    return pairs;
  }, []);

function blockLines(block: Block): string[] {
  const { table, columns, layouts, stub, paint, rules } = block;
  const width = columns.reduce((sum, j) => sum + layouts[j].width + GAP, stub);
  const head = columns.map((j) => {
    const { align, head: text } = table.columns[j];
    const pad = align === 'left' || align === 'bar' ? padEnd : align === 'right' ? padStart : undefined;
    return gap + (pad ? pad(text, layouts[j].width) : centreUnder(text, layouts[j]));
  });
  return [
    rules.heavy.repeat(width),
    ...spannerLines(block),
    paint('bold', padEnd(table.stub, stub) + head.join('')),
    rules.medium.repeat(width),
    ...pairsOf(table.body).flatMap((rows) => rowLines(block, rows)),
    ...(table.foot.length > 0 ? [rules.medium.repeat(width)] : []),
    ...pairsOf(table.foot).flatMap((rows) => rowLines(block, rows)),
    rules.heavy.repeat(width),
  ].map((line) => line.trimEnd());
}

/** The table as monospaced text, decimals aligned, notes below; no line is wider than `width` (at least 40). */
export function renderText(table: Table, o: TextOptions = {}): string {
  const width = Math.max(40, o.width ?? 80);
  const paint = painter(o.color ?? false);
  const layouts = table.columns.map((_, j) => layoutColumn(table, j));
  const labels = [...table.body, ...table.foot].flatMap((row) => [labelOf(row), row.unit ?? '']);
  const widest = max(layouts.map((l) => l.width)) + GAP;
  const stub = Math.max(8, Math.min(STUB_MOST, max([table.stub, ...labels].map(displayWidth)), width - widest));
  const rules = o.rules === 'plain' ? { heavy: '=', medium: '-' } : { heavy: '━', medium: '─' };
  const blocks = blocksOf(layouts, stub, width).map((columns) =>
    blockLines({ table, columns, layouts, stub, paint, rules }).join('\n'),
  );
  const caption = captionOf(table);
  const lines = [
    ...(caption ? wrap(caption, width).map((line) => paint('bold', line)) : []),
    blocks.join('\n\n'),
    ...(table.parts ? [`Shares: ${table.parts.join(' · ')}`] : []),
    ...table.notes.flatMap((note) => wrap(note, width)).map((line) => paint('dim', line)),
  ];
  return `${lines.join('\n').replaceAll('\u00a0', ' ')}\n`;
}
