/** Fits → one regression table (interface.md "Regression tables"; visual.md "Tables"). */
import { pairDecimals, pValue, STAR_LEVELS, shown, starsOf } from './format.ts';
import { lagOf, termLabel, type Variables, variableLabel } from './labels.ts';
import { regressionFoot } from './regression-foot.ts';
import { regressionNotes } from './regression-notes.ts';
import { comparesUnits, isFit, isNamed, type RegressionTableStyle } from './regression-style.ts';
import type { Cell, Coefficient, Fit, FitResult, Table, TableRow } from './types.ts';

export interface RegressionTableOptions {
  id: string;
  /** "Table 2". */
  number?: string;
  title?: string;
  /** p levels, one star each; default 0.1, 0.05, 0.01. */
  stars?: number[] | 'none';
  /** Decimals; default 3. */
  digits?: number;
  /** What stands under the estimate; default the standard error. */
  show?: 'se' | 't' | 'p' | 'ci';
  /** Terms, or variables with all their levels, left out of the rows; the foot or the notes say so. */
  omit?: string[];
  /** Printed after the table's own notes. */
  notes?: string[];
  variables?: Variables;
}

const INTERCEPT = '(Intercept)';

const termsOf = (fit: Fit) => [...fit.coefficients.map((c) => c.term), ...fit.collinear];

function orderedTerms(fits: Fit[], omit: string[]): string[] {
  const all = new Set(fits.flatMap(termsOf));
  const kept = [...all].filter((term) => !isNamed(term, omit));
  return [...kept.filter((t) => t !== INTERCEPT), ...kept.filter((t) => t === INTERCEPT)];
}

function commonLag(fits: Fit[], omit: string[]): number | undefined {
  const specified = new Set(fits.map((fit) => fit.lag));
  if (specified.size === 1 && fits[0].lag) return fits[0].lag;
  const lags = new Set(orderedTerms(fits, omit).flatMap((t) => (t === INTERCEPT ? [] : [lagOf(t)])));
  const [lag] = lags;
  return lags.size === 1 && lag !== undefined && lag > 0 ? lag : undefined;
}

const EMPTY: Cell = { text: '', kind: 'empty' };

function secondCell(c: Coefficient, style: RegressionTableStyle, decimals: ReturnType<typeof pairDecimals>): Cell {
  const { show, digits } = style;
  if (show === 'p') return { text: `(${pValue(c.p)})`, value: c.p, kind: 'se' };
  if (show === 't') return { text: `(${shown(c.statistic, Math.min(digits, 2))})`, value: c.statistic, kind: 'se' };
  if (show === 'ci') {
    const ends = [c.lower, c.upper].map((end) => shown(end, decimals.estimate, digits));
    return { text: `[${ends.join(', ')}]`, kind: 'se' };
  }
  return { text: `(${shown(c.se, decimals.se, digits)})`, value: c.se, kind: 'se' };
}

function pairOfCells(result: FitResult, term: string, style: RegressionTableStyle): [Cell, Cell] {
  if (!isFit(result)) return [EMPTY, EMPTY];
  const c = result.coefficients.find((row) => row.term === term);
  if (!c) return [result.collinear.includes(term) ? { text: 'omitted', kind: 'text' } : EMPTY, EMPTY];
  const decimals = pairDecimals(c.estimate, c.se, style.digits);
  const stars = starsOf(c.p, style.stars);
  const first: Cell = {
    text: shown(c.estimate, decimals.estimate, style.digits),
    value: c.estimate,
    ...(stars && { stars }),
    kind: 'estimate',
  };
  return [first, secondCell(c, style, decimals)];
}

const SECOND = { se: 'se', t: 'statistic', p: 'p', ci: 'ci' } as const;

function rowsOfTerm(results: FitResult[], term: string, style: RegressionTableStyle): TableRow[] {
  const { label, unit } = termLabel(term, style.variables, style.commonLag !== undefined);
  const pairs = results.map((result) => pairOfCells(result, term, style));
  const marked = results.some((r) => isFit(r) && r.coefficients.some((c) => c.term === term && comparesUnits(r, c)));
  const alone = !unit && pairs.every(([, second]) => second.kind === 'empty');
  const rows: TableRow[] = [
    {
      label,
      ...(unit && { unit }),
      ...(marked && { mark: '‡' }),
      cells: pairs.map(([estimate]) => estimate),
      kind: alone ? 'only' : 'first',
      term,
      statistic: 'estimate',
    },
    { label: '', cells: pairs.map(([, second]) => second), kind: 'second', term, statistic: SECOND[style.show] },
  ];
  return alone ? rows.slice(0, 1) : rows;
}

/** The code and one line of why, in the first cell of its column. */
function placeFailures(body: TableRow[], results: FitResult[]): TableRow[] {
  const cells = (body[0]?.cells ?? results.map(() => EMPTY)).map((cell, j): Cell => {
    const result = results[j];
    return isFit(result) ? cell : { text: result.error.code, quiet: result.error.message, kind: 'failure' };
  });
  if (body.length === 0) return [{ label: 'No column was estimated', cells, kind: 'only' }];
  return [{ ...body[0], cells }, ...body.slice(1)];
}

/** Runs of equal neighbours → heads. */
function runs(labels: string[], level: number): Table['spanners'] {
  const out: Table['spanners'] = [];
  labels.forEach((label, j) => {
    const last = out.at(-1);
    if (last && last.label === label) last.to = j;
    else out.push({ label, from: j, to: j, level });
  });
  return out;
}

function spannersOf(results: FitResult[], variables: Variables): Table['spanners'] {
  const depvars = results.map((r) => variableLabel(r.depvar, variables));
  const samples = results.map((r) => r.sampleName);
  const together = runs(
    results.map((r, j) => `${depvars[j]} · ${r.title}`),
    0,
  );
  const titles = results.map((r) => r.title);
  const heads = together.length === 1 ? [together] : [runs(depvars, 0), runs(titles, 1)];
  if (samples.some(Boolean)) heads.push(runs(samples, heads.length));
  return heads.flat().filter(({ label }) => label !== '');
}

/**
 * The regression table of `results`, in their order: one column each, a failed one keeps its place and shows its code.
 * Stars follow from the p value of the SE shown (z for ML, t for OLS). Numbers are printed as {@link pairDecimals} says;
 * every cell keeps its full-precision value.
 */
export function regressionTable(results: FitResult[], o: RegressionTableOptions): Table {
  const fits = results.filter(isFit);
  const variables = o.variables ?? {};
  const style: RegressionTableStyle = {
    stars: o.stars === 'none' ? [] : (o.stars ?? STAR_LEVELS),
    digits: o.digits ?? 3,
    show: o.show ?? 'se',
    omit: o.omit ?? [],
    variables,
    commonLag: commonLag(fits, o.omit ?? []),
  };
  const body = orderedTerms(fits, style.omit).flatMap((term) => rowsOfTerm(results, term, style));
  const depvars = [...new Set(results.map((r) => variableLabel(r.depvar, variables)))];
  return {
    kind: 'table',
    id: o.id,
    ...(o.number && { number: o.number }),
    title: o.title ?? depvars.join(', '),
    spanners: spannersOf(results, variables),
    stub: '',
    columns: results.map((_, j) => ({ head: `(${j + 1})`, align: 'decimal' as const })),
    body: placeFailures(body, results),
    foot: regressionFoot(results, style),
    notes: [...regressionNotes(results, style), ...(o.notes ?? [])],
    fits: results,
  };
}
