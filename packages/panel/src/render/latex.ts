/** A table as LaTeX: booktabs and threeparttable, one file that compiles as it is and can be \input into a paper. */
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
import { escapeLatex as tex } from './latex-escape.ts';
import { wrap } from './text-width.ts';
import { type PrintedColumn, type PrintedLayout, printedLayout } from './widths.ts';

/** Characters of \footnotesize on a line of an article; a turned page has more. */
const LINE = 92;
const TURNED = 140;
const GAP = 2.5;
/** Lines beyond which a table runs over pages. */
const LONG = 50;

/** Lines of the whole table, broken labels and words counted. */
function linesOf({ body, foot }: Table, { stub, stubBroken, columns }: PrintedLayout): number {
  const broken = columns.filter((c) => c.broken);
  const lines = (text: string, width: number) => Math.ceil(text.length / width);
  return [...body, ...foot].reduce(
    (sum, row) =>
      sum +
      Math.max(
        1,
        stubBroken && row.kind === 'only' ? lines(labelOf(row), stub) : 1,
        ...broken.map(({ j, width }) => lines(row.cells[j]?.text ?? '', width)),
      ),
    0,
  );
}

interface Page {
  table: Table;
  layout: PrintedLayout;
  room: number;
  long: boolean;
}

/** Words in a box of their own: broken lines without hyphens, whatever packages the document loads. */
const boxed = (text: string, width: number, room: number) =>
  text ? `\\parbox[t]{${Math.min(0.95, width / room).toFixed(3)}\\linewidth}{\\raggedright ${text}\\strut}` : '';

const SIDES = { decimal: 'c', right: 'r', left: 'l' };

const specOf = ({ layout }: Page) => `l${layout.columns.map(({ align }) => SIDES[align]).join('')}`;

const stacked = (lines: string[], side: string, at = 'b') =>
  lines.length < 2
    ? tex(lines[0] ?? '')
    : `\\begin{tabular}[${at}]{@{}${side}@{}}${lines.map(tex).join('\\\\')}\\end{tabular}`;

const over = (columns: number, side: string, text: string) =>
  columns === 1 && !text ? '' : `\\multicolumn{${columns}}{${side}}{${text}}`;

/** A number in mathematics: "-0.176", "1{,}234.5", "1.2\mathrm{e}{-7}". */
const numberTex = (text: string) =>
  text
    .replaceAll('\u2212', '-')
    .replaceAll(',', '{,}')
    .replace(/e(-?\d+)/, '\\mathrm{e}{$1}');

/** Code of a failed column, in its first cell; the notes say why. */
const failureText = ({ text }: Cell) => `{\\scriptsize ${tex(text)}}`;

function cellTex({ table, room }: Page, row: TableRow, { j, align, width, broken }: PrintedColumn): string {
  const cell = row.cells[j];
  if (cell.kind === 'failure') return failureText(cell);
  if (align === 'decimal' && isAligned(table, cell)) return `\\gvd{${numberTex(cell.text)}}{${cell.stars ?? ''}}`;
  const plain = tex(cell.parts ? partsText(cell) : textOf(table, row, j));
  const text = row.tone === 'strong' && plain ? `\\textbf{${plain}}` : plain;
  const starred = text + (cell.stars ? `\\gvstars{${cell.stars}}` : '');
  return broken ? boxed(starred, width, room) : starred;
}

/** The cells of a row, the label aside; a cell over several columns is centred over them. */
function cellsTex(page: Page, row: TableRow): string[] {
  const { table, layout } = page;
  return spansOf(row, table.columns.length).flatMap(({ j, span }) => {
    const here = layout.columns.filter((c) => c.j >= j && c.j < j + span);
    if (here.length === 0) return [];
    if (span === 1) return [cellTex(page, row, here[0])];
    const cell = row.cells[j];
    return [over(here.length, 'c', cell.kind === 'failure' ? failureText(cell) : tex(textOf(table, row, j)))];
  });
}

const unitTex = (text: string) => (text ? `{\\scriptsize ${tex(text)}}` : '');

/** Label lines beside a pair: the first beside the estimate, the rest and the unit beside the SE. */
function labelsTex({ layout, room }: Page, pair: TableRow[]): string[] {
  const [first] = pair;
  const strong = (text: string) => (first.tone === 'strong' ? `\\textbf{${text}}` : text);
  if (pair.length === 1) {
    const unit = first.unit ? `${layout.stubBroken ? ' ' : '~'}${unitTex(first.unit)}` : '';
    const text = strong(tex(labelOf(first))) + unit;
    return [layout.stubBroken ? boxed(text, layout.stub, room) : text];
  }
  const [line, ...rest] = wrap(labelOf(first), layout.stub);
  const below = [...rest.map(tex), ...(first.unit ? wrap(first.unit, layout.stub + 4).map(unitTex) : [])];
  const lines = below.length > 1 ? `\\begin{tabular}[t]{@{}l@{}}${below.join('\\\\')}\\end{tabular}` : (below[0] ?? '');
  return [strong(tex(line)), lines];
}

/** The heading of a panel, broken at the width of the table. */
function headingTex({ layout }: Page, row: TableRow): string {
  const width = layout.columns.reduce((sum, c) => sum + c.width + GAP, layout.stub);
  const lines = wrap(labelOf(row), Math.max(30, Math.floor(width * 0.85))).map((line) => `\\textbf{${tex(line)}}`);
  const text = lines.length > 1 ? `\\begin{tabular}[t]{@{}l@{}}${lines.join('\\\\')}\\end{tabular}` : lines[0];
  return `${over(layout.columns.length + 1, 'l', text)} \\\\*`;
}

function partTex(page: Page, rows: TableRow[]): string[] {
  return pairsOf(rows).flatMap((pair, i) => {
    if (pair[0].kind === 'heading') return [headingTex(page, pair[0])];
    const labels = labelsTex(page, pair);
    const lines = pair.map((row, k) => {
      const end = pair.length > k + 1 ? '\\\\*' : '\\\\';
      return `${labels[k]} & ${cellsTex(page, row).join(' & ')} ${end}`;
    });
    return pair.length > 1 && i > 0 ? ['\\addlinespace[3pt]', ...lines] : lines;
  });
}

function spannersTex({ table, layout }: Page): string[] {
  return spannerRows(table).flatMap((heads) => {
    let at = 2;
    const rules: string[] = [];
    const cells = heads.flatMap(({ label, from, to }) => {
      const here = layout.columns.filter(({ j }) => j >= from && j <= to);
      const width = here.length;
      if (width === 0) return [];
      if (label) rules.push(`\\cmidrule(lr){${at}-${at + width - 1}}`);
      at += width;
      const chars = 1.15 * here.reduce((sum, c) => sum + c.width + GAP, 0);
      return [over(width, 'c', stacked(wrap(label, Math.max(10, Math.floor(chars))), 'c'))];
    });
    return [` & ${cells.join(' & ')} \\\\`, rules.join(' ')];
  });
}

function headTex(page: Page): string[] {
  const { table, layout } = page;
  const heads = layout.columns.map((c) => stacked(c.head, SIDES[c.align]));
  return [...spannersTex(page), `${tex(table.stub)} & ${heads.join(' & ')} \\\\`];
}

function bodyTex(page: Page): string[] {
  const { body, foot } = page.table;
  const panels = panelsOf(body).flatMap((rows, i) => [...(i > 0 ? ['\\midrule'] : []), ...partTex(page, rows)]);
  return [...panels, ...(foot.length > 0 ? ['\\midrule', ...partTex(page, foot)] : [])];
}

function captionTex({ table }: Page): string {
  const label = `\\label{tab:${slug(table.id)}}`;
  return table.title ? `\\caption{${tex(table.title)}}${label}` : label;
}

/** Width of digits, minus and parentheses in digits, for choosing the widest part. */
const inDigits = (text: string) =>
  [...text].reduce((sum, c) => sum + (c === '\u2212' ? 1.55 : /\d/.test(c) ? 1 : /[()]/.test(c) ? 0.78 : 0.56), 0);

/** The widest integer part and the widest fraction of the table: what every number is padded to. */
function paddingTex({ table, layout }: Page): string {
  const cells = [...table.body, ...table.foot].flatMap((row) =>
    layout.columns.flatMap(({ j, align }) =>
      align === 'decimal' && row.cells[j] && isAligned(table, row.cells[j]) ? [splitNumber(row.cells[j])] : [],
    ),
  );
  if (cells.length === 0) return '';
  const widest = (side: 'integer' | 'fraction') =>
    numberTex(cells.map((c) => c[side]).reduce((a, b) => (inDigits(b) > inDigits(a) ? b : a)));
  return `\\def\\gvint{${widest('integer')}}\\def\\gvfrac{${widest('fraction')}}`;
}

/** A float that holds its notes at the width of the table. */
function floatTex(page: Page): string[] {
  const notes = printedNotes(page.table);
  return [
    '\\begin{table}[htbp]',
    `\\centering\\footnotesize\\setlength{\\tabcolsep}{5pt}${paddingTex(page)}`,
    '\\begin{threeparttable}',
    captionTex(page),
    `\\begin{tabular}{${specOf(page)}}`,
    '\\toprule',
    ...headTex(page),
    '\\midrule',
    ...bodyTex(page),
    '\\bottomrule',
    '\\end{tabular}',
    ...(notes.length > 0
      ? [
          '\\begin{tablenotes}[flushleft]\\scriptsize',
          ...notes.map((note) => `\\item ${tex(note)}`),
          '\\end{tablenotes}',
        ]
      : []),
    '\\end{threeparttable}',
    '\\end{table}',
  ];
}

/** A table over several pages, its head on each of them. */
function longTex(page: Page): string[] {
  const head = ['\\toprule', ...headTex(page), '\\midrule'];
  const caption = page.table.title ? [`${captionTex(page)}\\\\`] : [];
  return [
    `{\\footnotesize\\setlength{\\tabcolsep}{5pt}${paddingTex(page)}`,
    `\\begin{longtable}{${specOf(page)}}`,
    ...caption,
    ...head,
    '\\endfirsthead',
    ...head,
    '\\endhead',
    '\\bottomrule',
    '\\endfoot',
    ...bodyTex(page),
    '\\end{longtable}',
    ...printedNotes(page.table).map((note) => `\\noindent{\\scriptsize ${tex(note)}\\par}`),
    '}',
  ];
}

/** Fonts for what pdflatex has no letter for, in engines that read Unicode; the first that is installed. */
const UNICODE_FONTS = [
  'Noto Serif CJK SC',
  'Source Han Serif SC',
  'Noto Sans CJK SC',
  'Songti SC',
  'SimSun',
  'FandolSong',
];

function preamble({ table, long }: Page): string[] {
  const fonts = UNICODE_FONTS.reduceRight(
    (rest, font) => `\\IfFontExistsTF{${font}}{\\newfontfamily\\gvfont{${font}}}{${rest}}`,
    '',
  );
  const number = /^Table (\d+)$/.exec(table.number ?? '')?.[1];
  return [
    '\\expandafter\\ifx\\csname @classoptionslist\\endcsname\\relax',
    '\\documentclass[10pt]{article}',
    `\\usepackage[a4paper,margin=2cm${isWide(table) ? ',landscape' : ''}]{geometry}`,
    '\\usepackage{booktabs}',
    `\\usepackage{${long ? 'longtable' : 'threeparttable'}}`,
    '\\ifdefined\\pdfoutput\\IfFileExists{lmodern.sty}{\\usepackage[T1]{fontenc}\\usepackage{lmodern}}{}\\else',
    '\\usepackage{fontspec}',
    fonts,
    // Without such a font: the code points, as in pdflatex.
    '\\ifdefined\\gvfont\\newcommand{\\gvunicode}[2]{{\\gvfont #1}}\\else\\newcommand{\\gvunicode}[2]{{\\ttfamily #2}}\\fi',
    '\\fi',
    '\\pagestyle{empty}',
    `\\newcommand{\\gvalone}{}`,
    ...(number ? [`\\setcounter{table}{${Number(number) - 1}}`] : []),
    '\\begin{document}',
    '\\fi',
  ];
}

/**
 * The table as a .tex file. Compiled by itself it is a page; \input into a document it is the table alone, and the document loads
 * booktabs and threeparttable (longtable for more than 50 lines). Decimals are aligned by a small macro (\\gvd) and stars hang in the gap, so that no package
 * has an opinion about numbers and every number stands whole in the source; every text is escaped (escapeLatex). A table of more than seven
 * columns stands across its own page, in a paper where pdflscape is loaded.
 */
export function renderLatex(table: Table): string {
  const wide = isWide(table);
  const room = wide ? TURNED : LINE;
  const layout = printedLayout(table, room, GAP);
  const long = linesOf(table, layout) > LONG;
  const page: Page = { table, layout, room, long };
  const turn = (what: string) =>
    wide ? [`\\ifdefined\\gvalone\\else\\ifdefined\\landscape\\${what}{landscape}\\fi\\fi`] : [];
  const packages = long ? 'booktabs, longtable' : 'booktabs, threeparttable';
  return `${[
    `% Compiles as it is. In a paper: \\usepackage{${packages.replace(' ', '')}}${wide ? ' (and pdflscape to turn it)' : ''}, then \\input this file.`,
    ...preamble(page),
    '\\providecommand{\\gvstars}[1]{\\rlap{$^{#1}$}}',
    // Number and stars: the integer part ends and the fraction begins at the same place in every row.
    '\\providecommand{\\gvd}[2]{\\gvsplit#1..\\relax{#2}}',
    '\\def\\gvsplit#1.#2.#3\\relax#4{\\hphantom{$\\gvint$}\\llap{$#1$}\\if\\relax\\detokenize{#2}\\relax\\rlap{$^{#4}$}\\else\\rlap{$.#2^{#4}$}\\fi\\hphantom{$\\gvfrac$}}',
    '\\providecommand{\\gvunicode}[2]{\\ifdefined\\XeTeXversion #1\\else\\ifdefined\\directlua #1\\else{\\ttfamily #2}\\fi\\fi}',
    ...turn('begin'),
    ...(long ? longTex(page) : floatTex(page)),
    ...turn('end'),
    '\\ifdefined\\gvalone\\def\\gvend{\\end{document}}\\else\\let\\gvend\\relax\\fi\\gvend',
  ].join('\n')}\n`;
}
