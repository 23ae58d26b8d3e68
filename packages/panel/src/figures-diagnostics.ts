/** Diagnostics of the main column → figures: observed and expected counts, residuals, influence of units. */
import type { CountBin, Diagnostics, ResidualRow, UnitInfluence } from './diagnostics.ts';
import { count, decimal, display, fixed } from './format.ts';
import { termLabel, type Variables, variableLabel } from './labels.ts';
import { comparesUnits } from './regression-style.ts';
import type { Cell, Figure, Fit, ResidualPlot, Table, TableRow } from './types.ts';

const number = (value: number, digits = 3): Cell => ({ text: decimal(value, digits), value, kind: 'number' });
const whole = (value: number): Cell => ({ text: count(value), value, kind: 'count' });

const dataTable = (
  id: string,
  title: string,
  stub: string,
  heads: string[],
  body: TableRow[],
  notes: string[] = [],
): Table => ({
  kind: 'table',
  id: `${id}-data`,
  title: `Numbers of “${title}”`,
  spanners: [],
  stub,
  columns: heads.map((head) => ({ head, align: 'right' })),
  body,
  foot: [],
  notes,
});

const row = (label: string, cells: Cell[]): TableRow => ({ label, cells, kind: 'only' });

const binLabel = ({ from, to }: CountBin) =>
  to === undefined ? `${from}+` : to === from ? String(from) : `${from}–${to}`;

export interface DiagnosticOptions {
  /** Beginning of the ids. */
  id: string;
  /** "column (6)", "column (6) of Table 1". */
  where: string;
  variables?: Variables;
  /** Terms left out of the influence plot. */
  omit?: string[];
  /** Influence: the units were really left out, not by one step from the estimate. */
  exact?: boolean;
}

/** Observed counts hang from the expected ones (Tukey 1977; Kleiber and Zeileis 2016, hanging rootogram). */
export function rootogramFigure(bins: CountBin[], fit: Fit, o: DiagnosticOptions): Figure {
  const [zero] = bins;
  const outcome = variableLabel(fit.depvar, o.variables);
  const title = `${count(zero.observed)} zeros observed, ${count(Math.round(zero.expected))} expected: ${outcome}, ${o.where}`;
  const id = `${o.id}-rootogram`;
  return {
    kind: 'figure',
    plot: 'rootogram',
    id,
    title,
    subtitle:
      'Rows by count (bins widen with it), square-root scale: bars of observed rows hang from the expected ones (line). A bar that ends above zero: fewer rows than expected; below: more.',
    source: fit.model === 'nb-fe' ? 'Expected given the total of each unit.' : '',
    xLabel: outcome,
    bins: bins.map((bin) => ({ label: binLabel(bin), observed: bin.observed, expected: bin.expected })),
    table: dataTable(
      id,
      title,
      outcome,
      ['Observed', 'Expected'],
      bins.map((bin) => row(binLabel(bin), [whole(bin.observed), number(bin.expected, 1)])),
    ),
  };
}

const BINS = 12;
const NAMED = 6;
/** Residuals beyond are drawn by themselves. */
const FAR = 3;

const quantile = (sorted: number[], share: number) => sorted[Math.round(share * (sorted.length - 1))];

/** Bins of equal numbers of rows along the fitted count. */
function residualBins(rows: ResidualRow[]): ResidualPlot['bins'] {
  const sorted = [...rows].sort((a, b) => a.fitted - b.fitted);
  const bins = Math.min(BINS, Math.max(1, Math.floor(sorted.length / 20)));
  return Array.from({ length: bins }, (_, b) => {
    const part = sorted.slice(Math.floor((b * sorted.length) / bins), Math.floor(((b + 1) * sorted.length) / bins));
    const residuals = part.map((r) => r.residual).sort((x, y) => x - y);
    return {
      from: part[0].fitted,
      to: part[part.length - 1].fitted,
      x: part[Math.floor(part.length / 2)].fitted,
      lo: quantile(residuals, 0.1),
      middle: quantile(residuals, 0.5),
      hi: quantile(residuals, 0.9),
      rows: part.length,
    };
  });
}

/** Pearson residuals along the fitted count: their middle 80% and median by bins, rows beyond ±3 by themselves. */
export function residualFigure(rows: ResidualRow[], fit: Fit, o: DiagnosticOptions): Figure | undefined {
  if (rows.length < 20) return undefined;
  const bins = residualBins(rows);
  const far = rows.filter(({ residual }) => Math.abs(residual) > FAR);
  const named = [...far].sort((a, b) => Math.abs(b.residual) - Math.abs(a.residual));
  const outcome = variableLabel(fit.depvar, o.variables);
  const share = display(fixed((100 * far.length) / rows.length, 1));
  const title = `${count(far.length)} of ${count(rows.length)} rows (${share}%) lie more than 3 standard deviations off: ${outcome}, ${o.where}`;
  const id = `${o.id}-residuals`;
  return {
    kind: 'figure',
    plot: 'residuals',
    id,
    title,
    subtitle:
      'Pearson residuals against the fitted count: middle 80% (band) and median (ring) of rows with similar fitted counts; dots are the rows beyond ±3.',
    source: '',
    xLabel: 'Fitted count, log scale',
    bins,
    outliers: named.slice(0, 200).map(({ label, fitted, residual }) => ({ label, x: fitted, y: residual })),
    table: dataTable(
      id,
      title,
      'Fitted count',
      ['Rows', '10%', 'Median', '90%'],
      [
        ...bins.map((b) =>
          row(`${decimal(b.from, 2)} to ${decimal(b.to, 2)}`, [
            whole(b.rows),
            number(b.lo),
            number(b.middle),
            number(b.hi),
          ]),
        ),
        ...named
          .slice(0, NAMED)
          .map(({ label, fitted, residual }) =>
            row(`${label}: ${decimal(fitted, 2)}`, [
              whole(1),
              { text: '', kind: 'empty' as const },
              number(residual),
              { text: '', kind: 'empty' as const },
            ]),
          ),
      ],
      named.length > 0 ? [`Last rows: the ${Math.min(NAMED, named.length)} largest residuals by name.`] : [],
    ),
  };
}

/** Units drawn of each term, at most: those that move it most. */
const MOST_UNITS = 400;

/** DFBETAS by unit, one step or exact, one row a coefficient. */
export function influenceFigure(units: UnitInfluence[], fit: Fit, o: DiagnosticOptions): Figure | undefined {
  const omit = o.omit ?? [];
  const rows = fit.coefficients.flatMap(({ term }, j) => {
    if (term === '(Intercept)' || term.includes('::') || omit.includes(term)) return [];
    const points = units
      .map(({ unit, dfbetas }) => ({ unit, change: -dfbetas[j] }))
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
    const { label } = termLabel(term, o.variables);
    const mark = comparesUnits(fit, fit.coefficients[j]) ? '\u00a0‡' : '';
    return [{ term, label: label + mark, points: points.slice(0, MOST_UNITS) }];
  });
  if (rows.length === 0) return undefined;
  const worst = rows.reduce((a, b) => (Math.abs(b.points[0].change) > Math.abs(a.points[0].change) ? b : a));
  const [top] = worst.points;
  const title = `Without ${top.unit}, ${worst.label} ${o.exact ? 'moves' : 'would move'} by ${display(fixed(Math.abs(top.change), 2))} standard errors; no unit moves a coefficient more`;
  const id = `${o.id}-influence`;
  const named = [...new Set(rows.flatMap(({ points }) => points.slice(0, 3).map(({ unit }) => unit)))];
  return {
    kind: 'figure',
    plot: 'influence',
    id,
    title,
    subtitle: `Each dot is a unit: the change of the coefficient, in standard errors, where the unit is left out (${o.exact ? 'estimated without it' : 'one step from the estimate'}); ${o.where}.`,
    source: '',
    rows,
    table: dataTable(
      id,
      title,
      'Unit',
      rows.map(({ label }) => label),
      named.map((unit) => {
        const found = units.find((u) => u.unit === unit)!;
        const cells = rows.map(({ term }) =>
          number(-found.dfbetas[fit.coefficients.findIndex((c) => c.term === term)]),
        );
        return row(unit, cells);
      }),
      ['The three units that move each coefficient most.'],
    ),
  };
}

/** All that the diagnostics bear. */
export function diagnosticFigures(
  { bins, residuals, influence }: Diagnostics,
  fit: Fit,
  o: DiagnosticOptions,
): Figure[] {
  const figures = [
    bins && rootogramFigure(bins, fit, o),
    influence && influenceFigure(influence, fit, o),
    residuals && residualFigure(residuals, fit, o),
  ];
  return figures.filter((figure) => figure !== undefined);
}
