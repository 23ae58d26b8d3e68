/** Units left out and windows of periods → tables and figures. */
import type { UnitInfluence } from './diagnostics.ts';
import { influenceFigure } from './figures-diagnostics.ts';
import { count, decimal, display, pValue } from './format.ts';
import type { InfluenceResult } from './influence.ts';
import { intervals } from './intervals.ts';
import { termLabel, type Variables, variableLabel } from './labels.ts';
import type { RollingResult, RollingWindow } from './rolling.ts';
import type { Cell, Figure, Fit, LagPlot, Table, TableRow } from './types.ts';

const text = (value: string): Cell => (value ? { text: value, kind: 'text' } : { text: '', kind: 'empty' });
const number = (value: number): Cell => ({ text: decimal(value), value, kind: 'number' });
const whole = (value: number): Cell => ({ text: count(value), value, kind: 'count' });

const nameOf = ({ of, column }: { of: string; column: number }) => `${of} (${column})`;
const idOf = (kind: string, { of, column }: { of: string; column: number }, k: number) =>
  `${kind}-${of}-${column}${k > 1 ? `-${k}` : ''}`;

function influenceTable(result: InfluenceResult, id: string, variables: Variables | undefined): Table {
  const { terms, failed, leftOut, by, error } = result;
  const failures = failed.map(({ unit, status }) => `${unit} (${status})`);
  return {
    kind: 'table',
    id,
    title: `Without one ${variableLabel(by || 'unit', variables)} at a time: ${nameOf(result)}`,
    spanners: [],
    stub: 'Term',
    columns: [
      { head: 'Estimate', align: 'decimal' },
      { head: 'SE', align: 'decimal' },
      { head: 'Lowest', align: 'decimal' },
      { head: 'without', align: 'left' },
      { head: 'Highest', align: 'decimal' },
      { head: 'without', align: 'left' },
      { head: 'Other sign', align: 'right' },
    ],
    body: terms.map(
      ({ term, estimate, se, lowest, highest, otherSign }): TableRow => ({
        label: termLabel(term, variables).label,
        kind: 'only',
        cells: [
          number(estimate),
          number(se),
          number(lowest.estimate),
          text(lowest.without),
          number(highest.estimate),
          text(highest.without),
          whole(otherSign.length),
        ],
      }),
    ),
    foot: [],
    notes: error
      ? [`Not made, ${error.code}: ${error.message}`]
      : [
          `${count(leftOut.length)} estimates, each to its own maximum. Other sign: how many of them have one.`,
          ...(failures.length > 0 ? [`Without an estimate: ${failures.join(', ')}.`] : []),
        ],
  };
}

/** Table and figure of one column without each of its units. */
export function influenceItems(
  result: InfluenceResult,
  fit: Fit,
  k: number,
  variables?: Variables,
): (Table | Figure)[] {
  const id = idOf('influence', result, k);
  const { terms, leftOut } = result;
  const rows = terms.map(({ term }) => term);
  const units: UnitInfluence[] = leftOut.map(({ unit, estimates }) => ({
    unit,
    dfbetas: fit.coefficients.map(({ term, estimate, se }) => {
      const j = rows.indexOf(term);
      return j < 0 ? 0 : (estimate - estimates[j]) / se;
    }),
  }));
  const figure =
    units.length > 0
      ? influenceFigure(units, fit, {
          id: id.replace(/^influence-/, 'left-out-'),
          where: nameOf(result),
          exact: true,
          ...(variables && { variables }),
          omit: fit.coefficients.map(({ term }) => term).filter((term) => !rows.includes(term)),
        })
      : undefined;
  return [...(figure ? [figure] : []), influenceTable(result, id, variables)];
}

const windowWords = ({ from, to }: RollingWindow) =>
  from === to ? display(String(from)) : `${display(String(from))}–${display(String(to))}`;

function rollingTable(result: RollingResult, id: string, variables: Variables | undefined): Table {
  const { windows, terms, width } = result;
  const empty = text('');
  const row = (window: RollingWindow, term: string): TableRow => {
    const { fit, error } = window;
    const found = fit?.coefficients.find((one) => one.term === term);
    if (!fit || !found) {
      const why = error ? error.code : 'left out: collinear';
      return { label: windowWords(window), kind: 'only', cells: [empty, empty, empty, empty, empty, empty, text(why)] };
    }
    const { lo95, hi95 } = intervals(fit, found);
    return {
      label: windowWords(window),
      ...(found.within ? {} : { mark: '‡' }),
      kind: 'only',
      cells: [
        number(found.estimate),
        number(found.se),
        { text: pValue(found.p), value: found.p, kind: 'number' },
        number(lo95),
        number(hi95),
        whole(fit.nobs),
        text('ok'),
      ],
    };
  };
  const failures = new Map<string, string[]>();
  for (const window of windows)
    if (window.error) {
      const words = `${window.error.code}: ${window.error.message}`;
      failures.set(words, [...(failures.get(words) ?? []), windowWords(window)]);
    }
  const marked = windows.some(({ fit }) => fit?.coefficients.some((c) => terms.includes(c.term) && !c.within));
  return {
    kind: 'table',
    id,
    title: `${nameOf(result)} in windows of ${width} periods (${variableLabel(result.time, variables)})`,
    spanners: [],
    stub: 'Window',
    columns: [
      ...['Estimate', 'SE'].map((head) => ({ head, align: 'decimal' as const })),
      { head: 'p', align: 'right' },
      ...['95% from', '95% to'].map((head) => ({ head, align: 'decimal' as const })),
      { head: 'Rows', align: 'right' },
      { head: 'Status', align: 'left' },
    ],
    body: terms.flatMap((term): TableRow[] => [
      { label: termLabel(term, variables).label, kind: 'heading', cells: [] },
      ...windows.map((window) => row(window, term)),
    ]),
    foot: [],
    notes: [
      'Each window is estimated by itself; lags reach back before it.',
      ...(marked ? ['‡ Not identified from change within units.'] : []),
      ...[...failures].map(([words, names]) => `${names.join(', ')}: ${words}`),
    ],
  };
}

/** What the windows say of one term. */
function courseTitle(label: string, points: LagPlot['series'][number]['points'], width: number): string {
  const above = points.filter(({ lo95 }) => lo95 > 0).length;
  const below = points.filter(({ hi95 }) => hi95 < 0).length;
  const windows = `${count(points.length)} windows of ${width} periods`;
  if (above > 0 && below > 0) return `${label}: clearly above zero in ${above} and below it in ${below} of ${windows}`;
  if (above + below > 0)
    return `${label}: clearly ${above > 0 ? 'above' : 'below'} zero in ${above + below} of ${windows}`;
  return `${label}: told apart from zero in none of ${windows}`;
}

function courseFigure(
  result: RollingResult,
  term: string,
  id: string,
  variables: Variables | undefined,
): Figure | undefined {
  const points = result.windows.flatMap(({ to, fit }) => {
    const c = fit?.coefficients.find((one) => one.term === term);
    return fit && c ? [{ x: to, estimate: c.estimate, ...intervals(fit, c) }] : [];
  });
  if (points.length < 2) return undefined;
  const { label } = termLabel(term, variables);
  const title = courseTitle(label, points, result.width);
  const xLabel = `Last ${variableLabel(result.time, variables).toLowerCase()} of the window`;
  return {
    kind: 'figure',
    plot: 'lags',
    id,
    title,
    subtitle: `${nameOf(result)}, each window estimated by itself, with 90% (thick) and 95% (thin) intervals.`,
    source: '',
    xLabel,
    series: [{ label, points }],
    table: {
      kind: 'table',
      id: `${id}-data`,
      title: `Numbers of “${title}”`,
      spanners: [],
      stub: xLabel,
      columns: ['Estimate', '90% from', '90% to', '95% from', '95% to'].map((head) => ({ head, align: 'decimal' })),
      body: points.map(({ x, estimate, lo90, hi90, lo95, hi95 }) => ({
        label: display(String(x)),
        kind: 'only',
        cells: [estimate, lo90, hi90, lo95, hi95].map(number),
      })),
      foot: [],
      notes: [],
    },
  };
}

/** Figures of the terms over the windows, then the table. */
export function rollingItems(result: RollingResult, k: number, variables?: Variables): (Table | Figure)[] {
  const id = idOf('rolling', result, k);
  const figures = result.terms.map((term, j) => courseFigure(result, term, `${id}-course-${j + 1}`, variables));
  return [...figures.filter((figure) => figure !== undefined), rollingTable(result, id, variables)];
}
