/** A table as a Word document: real cells, decimal tabs, a head that repeats. An entry of its own, for the library behind it is large. */
import {
  AlignmentType,
  BorderStyle,
  Document,
  type IBorderOptions,
  type IParagraphOptions,
  Packer,
  PageOrientation,
  Paragraph,
  TableCell,
  TableLayoutType,
  TabStopType,
  TextRun,
  VerticalAlignTable,
  WidthType,
  TableRow as WordRow,
  Table as WordTable,
} from 'docx';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { Cell, Table, TableRow } from '../types.ts';
import {
  captionOf,
  isAligned,
  isWide,
  labelOf,
  pairsOf,
  panelsOf,
  partsText,
  printedNotes,
  spannerRows,
  spansOf,
  textOf,
} from './cells.ts';
import { displayWidth } from './text-width.ts';
import { type PrintedColumn, type PrintedLayout, printedLayout } from './widths.ts';

/** Twips: A4 with 2 cm margins, and the widths of 9 pt Times. */
const A4 = { width: 11906, height: 16838 };
const MARGIN = 1134;
const DIGIT = 90;
const LETTER = 86;
const STAR = 80;
const PAD = 50;
/** Half-points. */
const SIZE = { caption: 20, table: 18, small: 15, notes: 16 };
const FONT = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia: 'SimSun' };

const line = (size: number, color = '17222B'): IBorderOptions => ({ style: BorderStyle.SINGLE, size, color });
const NONE: IBorderOptions = { style: BorderStyle.NONE, size: 0, color: 'auto' };
const HEAVY = line(12);
const MEDIUM = line(6);
const LIGHT = line(4, '8A949B');

/** The edges of a row: rules, and twips between them and the words. */
interface Rules {
  top?: IBorderOptions;
  bottom?: IBorderOptions;
  above?: number;
  below?: number;
}
interface Page {
  table: Table;
  layout: PrintedLayout;
  /** Twips. */
  stub: number;
  widths: number[];
}

// Characters that XML cannot hold.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const printable = (text: string) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '');

const run = (text: string, rest: object = {}) => new TextRun({ text: printable(text), ...rest });

type Kind = 'left' | 'right' | 'center';

const paragraph = (children: TextRun[], alignment: Kind, rest: Partial<IParagraphOptions> = {}) =>
  new Paragraph({ alignment: AlignmentType[alignment.toUpperCase() as 'LEFT'], children, ...rest });

const cellOf = (paragraphs: Paragraph[], width: number, rules: Rules, rest: object = {}) =>
  new TableCell({
    children: paragraphs,
    width: { size: width, type: WidthType.DXA },
    margins: { left: PAD, right: PAD, top: rules.above ?? 0, bottom: rules.below ?? 0 },
    borders: { top: rules.top ?? NONE, bottom: rules.bottom ?? NONE, left: NONE, right: NONE },
    ...rest,
  });

/** Twips of a column: its numbers with their stars on both sides, so that they stand in its middle, or its words. */
function widthOf({ align, integer, fraction, stars, width, head }: PrintedColumn): number {
  const words = (align === 'decimal' && width === integer + fraction ? 0 : width) * LETTER;
  const heads = Math.max(...head.map(displayWidth)) * LETTER;
  return Math.round(Math.max((integer + fraction) * DIGIT + 2 * stars * STAR, words, heads) + 2 * PAD + 60);
}

/** The decimal tab of a column: integer and fraction together stand in the middle of the cell. */
function tabOf({ integer, fraction }: PrintedColumn, width: number): number {
  return Math.round((width - 2 * PAD - (integer + fraction) * DIGIT) / 2 + integer * DIGIT);
}

const starRun = ({ stars }: Cell) => (stars ? [run(stars)] : []);

/** keepNext holds a pair of rows, and the head and the first row, together. */
function numberCell(page: Page, row: TableRow, k: number, rules: Rules, keepNext: boolean): TableCell {
  const column = page.layout.columns[k];
  const cell = row.cells[column.j];
  const width = page.widths[k];
  const strong = row.tone === 'strong' ? { bold: true } : {};
  if (cell.kind === 'failure')
    return cellOf([paragraph([run(cell.text, { size: SIZE.small })], 'left', { keepNext })], width, rules);
  if (column.align === 'decimal' && isAligned(page.table, cell)) {
    const tabStops = [{ type: TabStopType.DECIMAL, position: tabOf(column, width) }];
    return cellOf(
      [paragraph([run(cell.text, strong), ...starRun(cell)], 'left', { tabStops, keepNext })],
      width,
      rules,
    );
  }
  const text = cell.parts ? partsText(cell) : textOf(page.table, row, column.j);
  const side = column.align === 'decimal' ? 'center' : column.align;
  return cellOf([paragraph([run(text, strong), ...starRun(cell)], side, { keepNext })], width, rules);
}

function cellsOf(page: Page, row: TableRow, rules: Rules, keepNext: boolean): TableCell[] {
  const { table, layout, widths } = page;
  return spansOf(row, table.columns.length).flatMap(({ j, span }) => {
    const here = layout.columns.flatMap((c, k) => (c.j >= j && c.j < j + span ? [k] : []));
    if (here.length === 0) return [];
    if (span === 1) return [numberCell(page, row, here[0], rules, keepNext)];
    const width = here.reduce((sum, k) => sum + widths[k], 0);
    const text = run(textOf(table, row, j));
    return [cellOf([paragraph([text], 'center', { keepNext })], width, rules, { columnSpan: here.length })];
  });
}

function labelCell({ stub }: Page, pair: TableRow[], rules: Rules): TableCell {
  const [first] = pair;
  const strong = first.tone === 'strong' ? { bold: true } : {};
  const unit = first.unit ? run(first.unit, { size: SIZE.small, color: '5D6B75' }) : undefined;
  const label = [run(labelOf(first), strong)];
  if (pair.length === 1) return cellOf([paragraph(unit ? [...label, run('  '), unit] : label, 'left')], stub, rules);
  const lines = [paragraph(label, 'left', { keepNext: true }), ...(unit ? [paragraph([unit], 'left')] : [])];
  return cellOf(lines, stub, { ...rules, below: 0 }, { rowSpan: pair.length });
}

/** One Word row a row of the table; a pair shares its label cell and never parts. */
function pairRows(page: Page, pair: TableRow[], rules: Rules): WordRow[] {
  const [first] = pair;
  if (first.kind === 'heading') {
    const width = page.stub + page.widths.reduce((a, b) => a + b, 0);
    const text = paragraph([run(labelOf(first), { bold: true })], 'left', { keepNext: true });
    return [
      new WordRow({
        cantSplit: true,
        children: [cellOf([text], width, { ...rules, bottom: NONE }, { columnSpan: page.widths.length + 1 })],
      }),
    ];
  }
  return pair.map((row, i) => {
    const { top, above, bottom, below } = rules;
    const own = { ...(i === 0 && { top, above }), ...(i === pair.length - 1 && { bottom, below }) };
    const cells = cellsOf(page, row, own, i < pair.length - 1);
    return new WordRow({ cantSplit: true, children: i === 0 ? [labelCell(page, pair, rules), ...cells] : cells });
  });
}

/** Rows of body and foot, with a rule above each panel and above the foot, and the heavy one at the end. */
function bodyRows(page: Page): WordRow[] {
  const { body, foot } = page.table;
  const blocks = [...panelsOf(body), ...(foot.length > 0 ? [foot] : [])];
  return blocks.flatMap((rows, b) => {
    const pairs = pairsOf(rows);
    return pairs.flatMap((pair, i) =>
      pairRows(page, pair, {
        above: i === 0 ? 70 : pair.length > 1 ? 60 : 10,
        below: i === pairs.length - 1 ? 50 : 0,
        ...(i === 0 && b > 0 && { top: MEDIUM }),
        ...(b === blocks.length - 1 && i === pairs.length - 1 && { bottom: HEAVY }),
      }),
    );
  });
}

function spannerRow(page: Page, heads: ReturnType<typeof spannerRows>[number], rules: Rules): WordRow {
  const cells = heads.flatMap(({ label, from, to }) => {
    const here = page.layout.columns.flatMap(({ j }, k) => (j >= from && j <= to ? [k] : []));
    if (here.length === 0) return [];
    const width = here.reduce((sum, k) => sum + page.widths[k], 0);
    const rest = label ? { border: { bottom: LIGHT }, indent: { left: 40, right: 40 } } : {};
    const text = paragraph([run(label)], 'center', { keepNext: true, ...rest });
    return [cellOf([text], width, rules, here.length > 1 ? { columnSpan: here.length } : {})];
  });
  return new WordRow({
    tableHeader: true,
    cantSplit: true,
    children: [cellOf([paragraph([], 'left', { keepNext: true })], page.stub, rules), ...cells],
  });
}

function headRows(page: Page): WordRow[] {
  const { table, layout, widths, stub } = page;
  const levels = spannerRows(table);
  const spanners = levels.map((heads, i) => spannerRow(page, heads, { above: 50, ...(i === 0 && { top: HEAVY }) }));
  const rules = { bottom: MEDIUM, above: 40, below: 50, ...(levels.length === 0 && { top: HEAVY }) };
  const bottom = { verticalAlign: VerticalAlignTable.BOTTOM };
  const heads = layout.columns.map(({ j, align }, k) => {
    const side = align === 'decimal' ? 'center' : align;
    return cellOf([paragraph([run(table.columns[j].head)], side, { keepNext: true })], widths[k], rules, bottom);
  });
  const label = cellOf([paragraph([run(table.stub)], 'left', { keepNext: true })], stub, rules, bottom);
  return [...spanners, new WordRow({ tableHeader: true, cantSplit: true, children: [label, ...heads] })];
}

/** Columns in twips, words squeezed into what the page leaves. */
function pageOf(table: Table, room: number): Page {
  const layout = printedLayout(table, room / LETTER, 1.9);
  const widths = layout.columns.map(widthOf);
  const left = room - widths.reduce((a, b) => a + b, 0);
  const wanted = layout.stub * LETTER + 2 * PAD + 60;
  return { table, layout, widths, stub: Math.round(Math.max(900, Math.min(wanted, left))) };
}

function wordTable(page: Page): WordTable {
  const columnWidths = [page.stub, ...page.widths];
  return new WordTable({
    layout: TableLayoutType.FIXED,
    width: { size: columnWidths.reduce((a, b) => a + b, 0), type: WidthType.DXA },
    columnWidths,
    alignment: AlignmentType.LEFT,
    borders: { top: NONE, bottom: NONE, left: NONE, right: NONE, insideHorizontal: NONE, insideVertical: NONE },
    rows: [...headRows(page), ...bodyRows(page)],
  });
}

function contentOf(table: Table, room: number) {
  const caption = captionOf(table);
  const notes = printedNotes(table);
  return [
    ...(caption
      ? [paragraph([run(caption, { size: SIZE.caption })], 'left', { keepNext: true, spacing: { after: 80 } })]
      : []),
    wordTable(pageOf(table, room)),
    ...notes.map((note, i) =>
      paragraph([run(note, { size: SIZE.notes })], 'left', { spacing: { before: i === 0 ? 80 : 20 } }),
    ),
  ];
}

/** What differs between two runs of the library: dates. Word's decimal tabs look for the point whatever the reader's country. */
function normalised(bytes: Uint8Array): Uint8Array {
  const files = unzipSync(bytes);
  const edit = (name: string, change: (xml: string) => string) => {
    if (files[name]) files[name] = strToU8(change(strFromU8(files[name])));
  };
  edit('docProps/core.xml', (xml) => xml.replace(/<dcterms:(created|modified)[^>]*>[^<]*<\/dcterms:\1>/g, ''));
  edit('word/settings.xml', (xml) =>
    xml.replace('</w:settings>', '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'),
  );
  const first = '[Content_Types].xml';
  const names = Object.keys(files).sort((a, b) => (a === first ? -1 : b === first ? 1 : a < b ? -1 : 1));
  return zipSync(Object.fromEntries(names.map((name) => [name, files[name]])), {
    mtime: new Date(1980, 0, 1),
    level: 6,
  });
}

/**
 * The table as the bytes of a .docx file, on A4: across where it has more than seven columns or asks for it. Numbers stand on decimal
 * tabs, stars are raised and hang right of them; the head repeats on each page and a pair of rows never parts. The same table gives
 * the same bytes.
 */
export async function renderDocx(table: Table): Promise<Uint8Array> {
  const wide = isWide(table);
  const room = (wide ? A4.height : A4.width) - 2 * MARGIN;
  const margin = { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN };
  const orientation = wide ? PageOrientation.LANDSCAPE : PageOrientation.PORTRAIT;
  const file = new Document({
    creator: 'gravpanel',
    lastModifiedBy: 'gravpanel',
    title: printable(captionOf(table)),
    styles: { default: { document: { run: { font: FONT, size: SIZE.table } } } },
    sections: [{ properties: { page: { size: { ...A4, orientation }, margin } }, children: contentOf(table, room) }],
  });
  return normalised(new Uint8Array(await Packer.toArrayBuffer(file)));
}
