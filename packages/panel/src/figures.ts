/** Fits → the coefficient plot. Series figures come from describe.ts. */
import { decimal } from './format.ts';
import { intervals } from './intervals.ts';
import { termLabel, type Variables } from './labels.ts';
import { comparesUnits, isFit, isNamed } from './regression-style.ts';
import type { Cell, CoefficientPlot, Figure, Fit, FitResult, Table, TableRow } from './types.ts';

export interface CoefficientFigureOptions {
  id: string;
  number?: string;
  /** The finding where the numbers bear it, else the question. */
  title: string;
  subtitle?: string;
  source?: string;
  variables?: Variables;
  /** One per fit; default the sample's name, or the column number. */
  labels?: string[];
  /** Terms drawn, in order; default all but the constant and those that `omit` names. */
  terms?: string[];
  /** As in a regression table: terms, or variables with all their levels. */
  omit?: string[];
}

type Series = CoefficientPlot['series'][number];

function seriesOf(fit: Fit, label: string, o: CoefficientFigureOptions): Series {
  const omit = ['(Intercept)', ...(o.omit ?? [])];
  const wanted = o.terms ?? fit.coefficients.map((c) => c.term).filter((term) => !isNamed(term, omit));
  const points = wanted.flatMap((term) => {
    const c = fit.coefficients.find((row) => row.term === term);
    if (!c) return [];
    return [
      {
        term,
        ...termLabel(term, o.variables),
        within: !comparesUnits(fit, c),
        estimate: c.estimate,
        ...intervals(fit, c),
      },
    ];
  });
  return { label, points };
}

const number = (value: number): Cell => ({ text: decimal(value), value, kind: 'number' });

const HEADS = ['Estimate', '90% from', '90% to', '95% from', '95% to'];

/** One row a term and series, in the order of the drawing. */
function tableOf(series: Series[], o: CoefficientFigureOptions): Table {
  const several = series.length > 1;
  const terms = [...new Set(series.flatMap((s) => s.points.map((p) => p.term)))];
  const body = terms.flatMap((term) =>
    series.flatMap(({ label: name, points }): TableRow[] => {
      const p = points.find((point) => point.term === term);
      if (!p) return [];
      const cells = [p.estimate, p.lo90, p.hi90, p.lo95, p.hi95].map(number);
      const mark = !p.within && { mark: '‡' };
      return [
        {
          label: p.label,
          ...mark,
          cells: [...(several ? [{ text: name, kind: 'text' as const }] : []), ...cells],
          kind: 'only',
        },
      ];
    }),
  );
  const columns = HEADS.map((head) => ({ head, align: 'decimal' as const }));
  return {
    kind: 'table',
    id: `${o.id}-data`,
    title: `Numbers of “${o.title}”`,
    spanners: [],
    stub: 'Term',
    columns: several ? [{ head: 'Column', align: 'left' }, ...columns] : columns,
    body,
    foot: [],
    notes: [],
  };
}

/**
 * Estimates with 90% and 95% intervals (z, or t for OLS) from the SE of each fit, one series a fit. Failed fits are left out of
 * the drawing; their table says why. Throws RangeError when none is left.
 */
export function coefficientFigure(results: FitResult[], o: CoefficientFigureOptions): Figure {
  const series = results.flatMap((result, j) => {
    if (!isFit(result)) return [];
    return [seriesOf(result, o.labels?.[j] ?? (result.sampleName || `(${j + 1})`), o)];
  });
  if (series.every((s) => s.points.length === 0))
    throw new RangeError('a coefficient figure needs one estimate to draw');
  const marked = series.some((s) => s.points.some((p) => !p.within));
  const how = 'Coefficients with 90% (thick) and 95% (thin) intervals.';
  return {
    kind: 'figure',
    plot: 'coefficients',
    id: o.id,
    ...(o.number && { number: o.number }),
    title: o.title,
    subtitle: o.subtitle ?? (marked ? `${how} ‡ compares units with each other.` : how),
    source: o.source ?? '',
    series,
    table: tableOf(series, o),
  };
}
