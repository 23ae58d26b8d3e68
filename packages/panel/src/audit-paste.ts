/** A regression table pasted from a PDF or a web page → the published-tables YAML, for checking by eye. */

import { type Line, readLine, type Token } from './audit-paste-lines.ts';
import { beginsNotes, secondInNotes, starsInNotes } from './audit-paste-notes.ts';
import { DEFAULT_STARS, type Second, type StarLevel } from './audit-stars.ts';
import { PanelError } from './errors.ts';

interface PastedCell {
  estimate: Token;
  second?: Token;
  stars: string;
}
interface Row {
  label: string;
  cells: PastedCell[];
  /** Empty cells before the first, where the text shows them. */
  leading: number;
}
/** A table read from a paste. */
export interface PastedTable {
  title: string;
  id: string;
  columns: string[];
  rows: { label: string; cells: (PastedCell | undefined)[] }[];
  foot: { label: string; values: string[] }[];
  stars: StarLevel[];
  starsPrinted: boolean;
  second: Second;
  /** Of a summary that prints it: t:27. */
  law?: string;
  notes: string;
  /** What a reader must compare with the page. */
  doubts: string[];
}

const FOOT =
  /^(?:n|obs\.?|observations?|num(?:ber)?\.? ?(?:of )?obs\w*\.?|no\.? of obs\w*\.?|sample size|(?:adj\w*\.? ?|pseudo ?|within ?|overall ?|between ?)?r[- ]?(?:2|²|sq\w*)\b.*|log[- ]?lik\w*.*|aic|bic|f[- ]?stat\w*.*|wald.*|chi.*|(?:number of )?(?:groups?|clusters?|countries|firms|pairs)|rmse|root mse|s\.?e\.? type|sigma.*|dep\w*\. ?var\w*.*|mean (?:of )?dep.*)$/i;
const isHeading = (label: string) => /:$|^panel [a-z]\b/i.test(label) || /^[\p{Lu}\s]{6,}$/u.test(label);

const isRule = ({ text }: Line) =>
  text.trim() === '' || /^[\s_=\-–—━─|+]+$/.test(text) || /^\\(?:top|mid|bottom|h|c)(?:rule|line)/.test(text.trim());

/** "(1) (2) (3)": the numbers of the columns. */
function columnNumbers({ label, tokens }: Line): string[] | undefined {
  const numbered = tokens.length > 0 && tokens.every((t, i) => t.bracketed && t.text === String(i + 1));
  return numbered && (label === '' || !/\d/.test(label)) ? tokens.map((t) => `(${t.text})`) : undefined;
}

interface Reading {
  rows: Row[];
  current?: Row;
  pending: string;
  pendingSpaces: number;
}

const isEstimate = (t: Token) => !t.bracketed;

/** Bracketed numbers go to the cells above that have none, by tab stop where there are tabs, else in order or by place. */
function giveSeconds(row: Row, seconds: Token[], tabbed: boolean): void {
  const open = row.cells.filter((c) => !c.second);
  for (const [i, token] of seconds.entries()) {
    const byTab = tabbed ? open.find((c) => c.estimate.tab === token.tab && !c.second) : undefined;
    const centre = (t: Token) => (t.from + t.to) / 2;
    const byPlace =
      open.length === seconds.length
        ? open[i]
        : [...open]
            .filter((c) => !c.second)
            .sort(
              (a, b) => Math.abs(centre(a.estimate) - centre(token)) - Math.abs(centre(b.estimate) - centre(token)),
            )[0];
    const cell = byTab ?? byPlace;
    if (!cell) continue;
    cell.second = token;
    cell.stars ||= token.stars;
  }
}

/** One line into the row it belongs to. */
function takeLine(r: Reading, line: Line): void {
  if (line.tokens.length === 0) {
    if (isRule(line)) return;
    r.current = undefined;
    if (isHeading(line.label) || /\S(?: {2,}|\t+)\S/.test(line.text.trim())) {
      r.pending = '';
      return;
    }
    r.pending = [r.pending, line.label].filter(Boolean).join(' ');
    r.pendingSpaces = line.trailing;
    return;
  }
  const estimates = line.tokens.filter(isEstimate);
  if (estimates.length === 0 && line.label === '' && r.rows.length > 0 && r.pending === '') {
    giveSeconds(r.current ?? r.rows.at(-1)!, line.tokens, line.tabbed);
    return;
  }
  if (estimates.length === 0) return;
  if (line.label !== '' || r.pending !== '' || !r.current) {
    const label = FOOT.test(line.label) ? line.label : [r.pending, line.label].filter(Boolean).join(' ');
    r.current = { label, cells: [], leading: line.label === '' ? Math.max(0, r.pendingSpaces - 1) : 0 };
    r.rows.push(r.current);
    r.pending = '';
  }
  for (const token of line.tokens) {
    const last = r.current.cells.at(-1);
    if (!token.bracketed) r.current.cells.push({ estimate: token, stars: token.stars });
    else if (last && !last.second && last.estimate.to <= token.from) {
      last.second = token;
      last.stars ||= token.stars;
    }
  }
}

/** Column of each cell of a short row: by tab stop, by its place under full rows, by the spaces after its label, else to the right. */
function placesOf(
  row: Row,
  full: Row[],
  columns: number,
  aligned: boolean,
  tabbed: boolean,
  doubts: string[],
): number[] {
  const { cells } = row;
  if (cells.length === columns) return cells.map((_, i) => i);
  if (tabbed) {
    const stops = full[0]?.cells.map((c) => c.estimate.tab);
    if (stops) return cells.map((c) => Math.max(0, stops.indexOf(c.estimate.tab)));
  }
  if (aligned && full.length > 0) {
    const centre = ({ estimate }: PastedCell) => (estimate.from + estimate.to) / 2;
    const centres = Array.from(
      { length: columns },
      (_, j) => full.reduce((sum, f) => sum + centre(f.cells[j]), 0) / full.length,
    );
    return cells.map((c) =>
      centres.reduce((best, x, j) => (Math.abs(x - centre(c)) < Math.abs(centres[best] - centre(c)) ? j : best), 0),
    );
  }
  const shift = row.leading > 0 && row.leading + cells.length <= columns ? row.leading : columns - cells.length;
  if (row.leading === 0 || shift !== row.leading)
    doubts.push(`${row.label}: ${cells.length} of ${columns} cells; they were put into the last columns`);
  return cells.map((_, i) => shift + i);
}

/** Words over the columns, where one line above the first row has as many as there are columns. */
function headsOf(lines: Line[], columns: number): string[] {
  for (const line of [...lines].reverse()) {
    const numbers = columnNumbers(line);
    if (numbers?.length === columns) return numbers;
    const text = line.text.trim();
    const parts = line.tabbed ? text.split(/\s*[\t|&]\s*/) : text.split(/\s{2,}/);
    for (const words of [parts, text.split(/\s+/)]) {
      const named = words.length === columns + 1 ? words.slice(1) : words;
      if (named.length === columns && new Set(named).size === columns && columns > 1) return named;
    }
  }
  return Array.from({ length: columns }, (_, i) => `(${i + 1})`);
}

const TITLE = /^\s*(table|tab\.)\s*([a-z]?\d+[a-z]?)/i;

/** Estimate, error, statistic, p in one line: R's summary() and Stata's output. */
const isSummary = (line: Line) => /\b(?:estimate|coef\w*)\.?\b.*\bstd\.?\s*err/i.test(line.text);

function summaryRows(lines: Line[]): Row[] {
  const end = lines.findIndex((line, i) => i > 0 && isRule(line));
  return lines.slice(0, end < 0 ? undefined : end).flatMap((line): Row[] => {
    const numbers = line.tokens;
    if (numbers.length < 2 || line.label === '') return [];
    const last = numbers.at(-1)!;
    const stars = /(?:^|\s)([*.+]+)\s*$/.exec(line.text.slice(last.to))?.[1] ?? last.stars;
    return [{ label: line.label, cells: [{ estimate: numbers[0], second: numbers[1], stars }], leading: 0 }];
  });
}

/** "t value" with "on 27 degrees of freedom" → t:27; "z value" → normal. */
function lawOfSummary(lines: Line[], at: number): string | undefined {
  const text = lines.map((l) => l.text).join('\n');
  if (/\bz(?: value)?\b/i.test(lines[at].text)) return 'normal';
  const df = /on (\d+) degrees of freedom/.exec(text)?.[1];
  return df ? `t:${df}` : undefined;
}

const CAPTION = /^[ \t]*(?=(?:table|tab\.)\s*[a-z]?\d+[a-z]?\s*[.:])/gim;

const noTable = () =>
  new PanelError({
    code: 'audit/no-table',
    message: 'No row with an estimate was found in the paste.',
    hint: 'Copy the rows of the table with their labels, estimates and what stands in brackets.',
  });

/** The text from each caption to the next; what stands before the first belongs to it. */
function captioned(text: string): string[] {
  const [, ...later] = [...text.matchAll(CAPTION)].map(({ index }) => index);
  return [0, ...later].map((from, i) => text.slice(from, later[i]));
}

/**
 * Reads a pasted regression table: of several, the first; the others are named among the doubts.
 * @throws PanelError audit/no-table where no row with an estimate and something in brackets was found.
 */
export function readPaste(text: string): PastedTable {
  const tables = captioned(text).flatMap((part) => {
    try {
      return [readOne(part)];
    } catch (error) {
      if (error instanceof PanelError && error.code === 'audit/no-table') return [];
      throw error;
    }
  });
  const [first, ...others] = tables;
  if (!first) throw noTable();
  if (others.length === 0) return first;
  const names = [...new Set(others.map(({ title }) => TITLE.exec(title)?.[0].trim() ?? title))].join(', ');
  return { ...first, doubts: [`${names}: in the paste too, and not read; paste each by itself`, ...first.doubts] };
}

function readOne(text: string): PastedTable {
  const lines = text.split('\n').map(readLine);
  const notesAt = lines.findIndex((line, i) => i > 0 && beginsNotes(line.text));
  const body = notesAt < 0 ? lines : lines.slice(0, notesAt);
  const notes = (notesAt < 0 ? [] : lines.slice(notesAt))
    .map((l) => l.text.trim())
    .filter(Boolean)
    .join(' ');
  const numbersAt = body.findIndex((line) => columnNumbers(line) !== undefined && columnNumbers(line)!.length > 0);
  const titleAt = body.findIndex((line) => TITLE.test(line.text));
  const summaryAt = body.findIndex(isSummary);
  const isData = (line: Line) => line.tokens.some((t) => isEstimate(t) && /[.]/.test(t.text));
  const dataAt = body.findIndex((line, i) => i > Math.max(numbersAt, titleAt) && isData(line));
  if (dataAt < 0) throw noTable();
  // Labels that stand on lines of their own above the first estimate.
  let start = dataAt;
  if (body[dataAt].label === '')
    while (
      start - 1 > Math.max(numbersAt, titleAt) &&
      body[start - 1].tokens.length === 0 &&
      body[start - 1].text.trim() !== ''
    )
      start--;
  if (body[dataAt].label === '' && start < dataAt - 1) start = dataAt - 1;
  const law = summaryAt >= 0 ? lawOfSummary(lines, summaryAt) : undefined;
  const reading: Reading = { rows: [], pending: '', pendingSpaces: 0 };
  if (summaryAt >= 0) reading.rows = summaryRows(body.slice(summaryAt + 1));
  else for (const line of body.slice(start)) takeLine(reading, line);
  if (!reading.rows.some(({ cells }) => cells.some((cell) => cell.second))) throw noTable();
  const table = tableOf(reading.rows, body, start, numbersAt, titleAt, notes);
  return law ? { ...table, law } : table;
}

function tableOf(
  all: Row[],
  body: Line[],
  start: number,
  numbersAt: number,
  titleAt: number,
  notes: string,
): PastedTable {
  const doubts: string[] = [];
  const footAt = all.findIndex((r) => FOOT.test(r.label) && !r.cells.some((c) => c.second));
  const rows = all.filter((r, i) => r.cells.some((c) => c.second) || footAt < 0 || i < footAt);
  const foot = all.filter((r) => !rows.includes(r));
  const counted = Math.max(...rows.map((r) => r.cells.length));
  const columns = numbersAt >= 0 ? Math.max(counted, columnNumbers(body[numbersAt])!.length) : counted;
  const full = rows.filter((r) => r.cells.length === columns);
  const tabbed = body.slice(start).some((l) => l.tabbed);
  const gaps = body.slice(start).some((l) => l.tokens.length > 1 && /\S {2,}\S/.test(l.text));
  const heads = headsOf(body.slice(Math.max(0, titleAt + 1), start), columns);
  const placed = rows.map((row) => {
    const at = placesOf(row, full, columns, gaps, tabbed, doubts);
    const cells = Array.from({ length: columns }, (_, j): PastedCell | undefined => row.cells[at.indexOf(j)]);
    if (row.label === '') doubts.push('a row without a label');
    for (const [j, cell] of cells.entries())
      if (cell && !cell.second) doubts.push(`${row.label}, ${heads[j]}: nothing in brackets was found`);
    return { label: row.label || 'no label', cells };
  });
  const printed = starsInNotes(notes);
  // R's mark of 10%, or the end of a sentence: its own list of marks tells.
  if (!printed?.some(({ symbol }) => symbol === '.'))
    for (const { label, cells } of rows)
      for (const [j, cell] of cells.entries())
        if (cell.stars === '.') {
          cell.stars = '';
          doubts.push(`${label || 'no label'}, ${heads[j] ?? `(${j + 1})`}: the full stop was read as no mark`);
        }
  const said = secondInNotes(notes);
  const negative = rows.some((r) => r.cells.some((c) => c.second?.text.startsWith('-')));
  if (negative && said === 'se') doubts.push('some numbers in brackets are negative, so all were read as t statistics');
  if (body.some((l) => /cluster/i.test(l.text)))
    doubts.push('errors are clustered; with few clusters add "dist: t:CLUSTERS−1" to the settings');
  const title = titleAt >= 0 ? body[titleAt].text.trim() : '';
  return {
    title,
    id: `table${(TITLE.exec(title)?.[2] ?? '1').toLowerCase()}`,
    columns: heads,
    rows: placed,
    foot: foot.map((r) => ({ label: r.label, values: r.cells.map((c) => c.estimate.text) })),
    stars: printed ?? DEFAULT_STARS,
    starsPrinted: printed !== undefined,
    second: negative && said === 'se' ? 't' : said,
    notes,
    doubts,
  };
}
