/** Fits → one regression table (interface.md "Regression tables"; visual.md "Tables"). */
import { STAR_LEVELS } from './format.ts';
import { lagOf, type Variables, variableLabel } from './labels.ts';
import { QUANTITY_HEADS } from './quantities.ts';
import { regressionFoot } from './regression-foot.ts';
import { regressionNotes } from './regression-notes.ts';
import { columnsPerFit, EMPTY, INTERCEPT, orderedTerms, rowsOfTerm, spread } from './regression-rows.ts';
import { isFit, type Quantity, type RegressionTableStyle, STATISTICS, type Statistic } from './regression-style.ts';
import type { Cell, Fit, FitResult, Table, TableColumn, TableRow } from './types.ts';

export interface RegressionTableOptions {
  id: string;
  /** "Table 2". */
  number?: string;
  title?: string;
  /** p levels, one star each; default 0.1, 0.05, 0.01. */
  stars?: number[] | 'none';
  /** Decimals; default 3. */
  digits?: number;
  /** What stands with the estimate; default the standard error. */
  show?: 'se' | 't' | 'p' | 'ci';
  /** Under its estimate (default), or in a column of its own. */
  layout?: 'below' | 'beside';
  /** What stands for the coefficients, one column each; default the estimate. */
  as?: Quantity[];
  /** Rows of the foot, in order; default all that the fits have. */
  stats?: readonly Statistic[];
  /** Terms, or variables with all their levels, left out of the rows; the foot or the notes say so. */
  omit?: string[];
  /** Terms, or variables with all their levels, that come first. */
  order?: string[];
  /** Heads over some of the columns: 1-based, both ends included. */
  groups?: { label: string; from: number; to: number }[];
  landscape?: boolean;
  /** Variables that are logarithms, for elasticities. */
  logs?: string[];
  /** Printed after the table's own notes. */
  notes?: string[];
  variables?: Variables;
}

/** Fits one under the other: a heading, and one result a column. */
export interface Panel {
  title: string;
  results: FitResult[];
}

function commonLag(fits: Fit[], omit: string[]): number | undefined {
  const specified = new Set(fits.map((fit) => fit.lag));
  if (specified.size === 1 && fits[0].lag) return fits[0].lag;
  const terms = orderedTerms(fits, { omit, order: [] });
  const lags = new Set(terms.flatMap((t) => (t === INTERCEPT ? [] : [lagOf(t)])));
  const [lag] = lags;
  return lags.size === 1 && lag !== undefined && lag > 0 ? lag : undefined;
}

/** The code and one line of why, in the first cell of its column. */
function placeFailures(body: TableRow[], results: FitResult[], style: RegressionTableStyle): TableRow[] {
  const wide = columnsPerFit(style);
  const failures = spread(
    results.map((r): Cell => (isFit(r) ? EMPTY : { text: r.error.code, quiet: r.error.message, kind: 'failure' })),
    style,
  );
  if (body.length === 0) return [{ label: 'No column was estimated', cells: failures, kind: 'only' }];
  const cells = body[0].cells.map((cell, j) => (isFit(results[Math.floor(j / wide)]) ? cell : failures[j]));
  return [{ ...body[0], cells }, ...body.slice(1)];
}

/** Runs of equal neighbours → heads, in table columns. */
function runs(labels: string[], level: number, wide: number): Table['spanners'] {
  const out: Table['spanners'] = [];
  labels.forEach((label, j) => {
    const last = out.at(-1);
    const to = (j + 1) * wide - 1;
    if (last && last.label === label) last.to = to;
    else out.push({ label, from: j * wide, to, level });
  });
  return out;
}

function fitHeads(results: FitResult[], variables: Variables, wide: number): Table['spanners'][] {
  const depvars = results.map((r) => variableLabel(r.depvar, variables));
  const samples = results.map((r) => r.sampleName);
  const titles = results.map((r) => r.title);
  const together = runs(
    results.map((_, j) => `${depvars[j]} · ${titles[j]}`),
    0,
    wide,
  );
  const heads = together.length === 1 ? [together] : [runs(depvars, 0, wide), runs(titles, 1, wide)];
  return samples.some(Boolean) ? [...heads, runs(samples, heads.length, wide)] : heads;
}

/** Groups on top, then outcome, estimator and sample, then the numbers of the fits where each has several columns. */
function spannersOf(results: FitResult[], style: RegressionTableStyle, o: RegressionTableOptions): Table['spanners'] {
  const wide = columnsPerFit(style);
  const groups = (o.groups ?? [])
    .filter(({ from }) => from <= results.length)
    .map(({ label, from, to }) => ({
      label,
      from: (from - 1) * wide,
      to: Math.min(to, results.length) * wide - 1,
      level: 0,
    }));
  const levels = [...(groups.length > 0 ? [groups] : []), ...fitHeads(results, style.variables, wide)];
  if (wide > 1)
    levels.push(
      runs(
        results.map((_, j) => `(${j + 1})`),
        0,
        wide,
      ),
    );
  return levels
    .flatMap((heads, level) => heads.map((head) => ({ ...head, level })))
    .filter(({ label }) => label !== '');
}

const SECOND_HEADS = { se: 'SE', t: 'Statistic', p: 'p', ci: 'Interval' };

const scaleOf = (result: FitResult) =>
  isFit(result) ? { scale: `${result.model === 'ols' || result.model === 'ols-re'} ${result.depvar}` } : {};

function columnsOf(results: FitResult[], style: RegressionTableStyle): TableColumn[] {
  const decimal = (head: string, rest: object = {}) => ({ head, align: 'decimal' as const, ...rest });
  if (columnsPerFit(style) === 1) return results.map((result, j) => decimal(`(${j + 1})`, scaleOf(result)));
  return results.flatMap((result) =>
    style.as.flatMap((quantity) => [
      decimal(
        style.as.length === 1 && quantity === 'estimate' ? 'Estimate' : QUANTITY_HEADS[quantity],
        scaleOf(result),
      ),
      ...(style.layout === 'beside' ? [decimal(SECOND_HEADS[style.show])] : []),
    ]),
  );
}

function styleOf(fits: Fit[], o: RegressionTableOptions): RegressionTableStyle {
  return {
    stars: o.stars === 'none' ? [] : (o.stars ?? STAR_LEVELS),
    digits: o.digits ?? 3,
    show: o.show ?? 'se',
    layout: o.layout ?? 'below',
    as: o.as ?? ['estimate'],
    stats: o.stats ?? STATISTICS,
    omit: o.omit ?? [],
    order: o.order ?? [],
    logs: o.logs ?? [],
    variables: o.variables ?? {},
    commonLag: commonLag(fits, o.omit ?? []),
  };
}

function bodyOf(results: FitResult[], style: RegressionTableStyle): TableRow[] {
  const rows = orderedTerms(results.filter(isFit), style).flatMap((term) => rowsOfTerm(results, term, style));
  return placeFailures(rows, results, style);
}

function tableOf(results: FitResult[], style: RegressionTableStyle, o: RegressionTableOptions) {
  const depvars = [...new Set(results.map((r) => variableLabel(r.depvar, style.variables)))];
  return {
    kind: 'table' as const,
    id: o.id,
    ...(o.number && { number: o.number }),
    title: o.title ?? depvars.join(', '),
    stub: '',
    regression: true as const,
    ...(o.landscape !== undefined && { landscape: o.landscape }),
  };
}

/** One fit a column of the table. */
const fitsByColumn = (results: FitResult[], style: RegressionTableStyle) =>
  results.flatMap((result) => Array.from({ length: columnsPerFit(style) }, () => result));

/**
 * The regression table of `results`, in their order: one column each (several, where a quantity or what is shown with it has a
 * column of its own); a failed one keeps its place and shows its code. Stars follow from the p value of the SE shown (z for ML,
 * t for OLS). Numbers are printed as {@link pairDecimals} says; every cell keeps its full-precision value.
 */
export function regressionTable(results: FitResult[], o: RegressionTableOptions): Table {
  const style = styleOf(results.filter(isFit), o);
  return {
    ...tableOf(results, style, o),
    spanners: spannersOf(results, style, o),
    columns: columnsOf(results, style),
    body: bodyOf(results, style),
    foot: regressionFoot(results, style),
    notes: [...regressionNotes(results, style), ...(o.notes ?? [])],
    fits: fitsByColumn(results, style),
  };
}

const distinct = (texts: string[]) => [...new Set(texts)];

/** Outcome and estimator, where all columns of a panel have the same. */
function headWords({ results }: Panel, { variables }: RegressionTableStyle): string {
  const outcomes = distinct(results.map((r) => variableLabel(r.depvar, variables)));
  const titles = distinct(results.map((r) => r.title));
  return [outcomes, titles].flatMap((words) => (words.length === 1 ? words : [])).join(' · ');
}

/** What the heads of a panel's own columns say: rows of words, where they differ within the panel. */
function headRows({ results }: Panel, style: RegressionTableStyle): TableRow[] {
  const words = [
    results.map((r) => variableLabel(r.depvar, style.variables)),
    results.map((r) => r.title),
    results.map((r) => r.sampleName),
  ];
  return words.flatMap((texts, k): TableRow[] => {
    if (texts.every((text) => text === '') || (k < 2 && distinct(texts).length === 1)) return [];
    const cells = texts.map((text): Cell => (text ? { text, kind: 'text' } : EMPTY));
    return [{ label: '', cells: spread(cells, style), kind: 'only' }];
  });
}

/** Rows of one panel, filled up with empty cells to `width` columns. */
function panelRows(panel: Panel, style: RegressionTableStyle, width: number, heads: boolean): TableRow[] {
  const { title, results } = panel;
  const rows = [...(heads ? headRows(panel, style) : []), ...bodyOf(results, style), ...regressionFoot(results, style)];
  const padded = rows.map((row) => ({
    ...row,
    cells: [...row.cells, ...Array.from({ length: width - row.cells.length }, () => EMPTY)],
  }));
  return [{ label: title, cells: [], kind: 'heading' }, ...padded];
}

/**
 * Several sets of fits one under the other (panels A, B, …), each with its own coefficients and statistics; a set of fewer columns
 * leaves the last ones empty. Heads that all sets share stand above, the others in the panel's heading.
 */
export function panelTable(panels: Panel[], o: RegressionTableOptions): Table {
  const all = panels.flatMap(({ results }) => results);
  const style = styleOf(all.filter(isFit), o);
  const longest = panels.reduce((a, b) => (b.results.length > a.results.length ? b : a)).results;
  const columns = columnsOf(longest, style).map(({ scale: _, ...column }) => column);
  const heads = panels.map(({ results }) => JSON.stringify(spannersOf(results, style, { ...o, groups: [] })));
  const shared = heads.every((head) => head === heads[0]);
  const own = spannersOf(longest, style, o);
  const kept = shared ? own : own.filter(({ label, level }) => /^\(\d+\)$/.test(label) || (o.groups && level === 0));
  const named = panels.map((panel) =>
    shared ? panel : { ...panel, title: [panel.title, headWords(panel, style)].filter(Boolean).join(': ') },
  );
  const notes = panels.flatMap(({ title, results }) =>
    regressionNotes(results, style).map((note) => ({ title: title.split(/[.:]/)[0], note })),
  );
  const same = (note: string) => notes.filter((n) => n.note === note).length === panels.length;
  const merged = [...new Set(notes.map(({ title, note }) => (same(note) ? note : `${title}: ${note}`)))];
  return {
    ...tableOf(all, style, o),
    spanners: kept,
    columns,
    body: named.flatMap((panel) =>
      panelRows(panel, style, columns.length, !shared).map((row) =>
        row.cells.some((c) => c.interval) ? { ...row, cells: row.cells.map(({ interval: _, ...cell }) => cell) } : row,
      ),
    ),
    foot: [],
    notes: [...merged, ...(o.notes ?? [])],
    panelFits: panels.map(({ results }) => fitsByColumn(results, style)),
  };
}
