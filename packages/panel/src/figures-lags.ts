/** Fits → estimates along time: the lags of a variable, or the periods around an event. */
import { decimal, display } from './format.ts';
import { intervals } from './intervals.ts';
import { lagOf, type Variables, variableLabel } from './labels.ts';
import { isFit } from './regression-style.ts';
import type { Cell, Figure, Fit, FitResult, LagPlot, Table } from './types.ts';

/** Fewer make no course. */
const LEAST = 3;

interface Course {
  /** "logr", or the variable of levels. */
  variable: string;
  kind: 'lags' | 'event';
  /** Term by position. */
  terms: Map<number, string>;
  reference?: number;
}

const LEAD = /^f\((.+), ?(\d+)\)$/;
const LEVEL = /^(.+)::(-?\d+)$/;

/** Position of a term in the course of a variable: lags count forward from the change, leads backward. */
function placeOf(term: string): { variable: string; at: number; kind: Course['kind'] } {
  const lag = lagOf(term);
  if (lag !== undefined) return { variable: term.slice(2, term.lastIndexOf(',')), at: lag, kind: 'lags' };
  const lead = LEAD.exec(term);
  if (lead) return { variable: lead[1], at: -Number(lead[2]), kind: 'lags' };
  const level = LEVEL.exec(term);
  if (level) return { variable: level[1], at: Number(level[2]), kind: 'event' };
  return { variable: term, at: 0, kind: 'lags' };
}

/** i(rel, ref = -1) in the formula. */
function referenceIn(formula: string, variable: string): number | undefined {
  const escaped = variable.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`i\\(\\s*${escaped}\\s*,[^)]*ref\\s*=\\s*(-?\\d+)`).exec(formula);
  return found ? Number(found[1]) : undefined;
}

/** Variables of at least three lags or leads, and level variables that run through zero. */
export function coursesOf({ coefficients, formula }: Fit): Course[] {
  const courses = new Map<string, Course>();
  for (const { term } of coefficients) {
    const { variable, at, kind } = placeOf(term);
    const key = `${kind} ${variable}`;
    const course = courses.get(key) ?? { variable, kind, terms: new Map() };
    course.terms.set(at, term);
    courses.set(key, course);
  }
  return [...courses.values()].flatMap((course): Course[] => {
    const at = [...course.terms.keys()];
    if (course.kind === 'lags') return at.length >= LEAST ? [course] : [];
    const reference = referenceIn(formula, course.variable);
    const through = Math.min(...at) < 0 && Math.max(...at) >= 0;
    return at.length >= LEAST && through ? [{ ...course, ...(reference !== undefined && { reference }) }] : [];
  });
}

const number = (value: number): Cell => ({ text: decimal(value), value, kind: 'number' });

function tableOf(id: string, title: string, stub: string, { series, reference }: LagPlot): Table {
  const several = series.length > 1;
  const heads = ['Estimate', '90% from', '90% to', '95% from', '95% to'];
  const columns = heads.map((head) => ({ head, align: 'decimal' as const }));
  return {
    kind: 'table',
    id: `${id}-data`,
    title: `Numbers of “${title}”`,
    spanners: [],
    stub,
    columns: several ? [{ head: 'Column', align: 'left' }, ...columns] : columns,
    body: series.flatMap(({ label, points }) =>
      points.map(({ x, estimate, lo90, hi90, lo95, hi95 }) => ({
        label: display(String(x)),
        cells: [
          ...(several ? [{ text: label, kind: 'text' as const }] : []),
          ...[estimate, lo90, hi90, lo95, hi95].map(number),
        ],
        kind: 'only' as const,
      })),
    ),
    foot: [],
    notes: reference === undefined ? [] : [`Compared with ${display(String(reference))}.`],
  };
}

/** The finding where the numbers bear it: which positions are told apart from zero. */
function titleOf(
  label: string,
  outcome: string,
  kind: Course['kind'],
  points: LagPlot['series'][number]['points'],
): string {
  const clear = points.filter(({ lo95, hi95 }) => lo95 > 0 || hi95 < 0).map(({ x }) => x);
  const place = (x: number) =>
    kind === 'event' ? `period ${display(String(x))}` : x === 0 ? 'the same period' : x > 0 ? `lag ${x}` : `lead ${-x}`;
  if (clear.length === 0) return `${label}: no ${kind === 'event' ? 'period' : 'lag'} is told apart from zero`;
  if (clear.length <= 2)
    return `${label}: only ${clear.map(place).join(' and ')} ${clear.length === 1 ? 'is' : 'are'} told apart from zero`;
  return `${outcome} and ${label}, ${kind === 'event' ? 'around the event' : 'lag by lag'}`;
}

export interface LagFigureOptions {
  id: string;
  variables?: Variables;
  labels: string[];
}

/** One figure a course of the first fit; the other fits join where they have the same terms. */
export function lagFigures(results: FitResult[], o: LagFigureOptions): Figure[] {
  const fits = results.flatMap((fit, k) => (isFit(fit) ? [{ fit, label: o.labels[k] }] : []));
  if (fits.length === 0) return [];
  return coursesOf(fits[0].fit).map((course, i) => {
    const series = fits.flatMap(({ fit, label }) => {
      const points = [...course.terms].flatMap(([x, term]) => {
        const c = fit.coefficients.find((row) => row.term === term);
        return c ? [{ x, estimate: c.estimate, ...intervals(fit, c) }] : [];
      });
      return points.length >= LEAST ? [{ label, points: points.sort((a, b) => a.x - b.x) }] : [];
    });
    const name = variableLabel(course.variable, o.variables);
    const outcome = variableLabel(fits[0].fit.depvar, o.variables);
    const xLabel = course.kind === 'event' ? `Periods, ${name}` : 'Periods before the outcome';
    const plot: LagPlot = {
      plot: 'lags',
      xLabel,
      series,
      ...(course.reference !== undefined && { reference: course.reference }),
    };
    const id = i === 0 ? o.id : `${o.id}-${i + 1}`;
    const title = titleOf(name, outcome, course.kind, series[0].points);
    return {
      kind: 'figure',
      id,
      title,
      subtitle: `Coefficients of ${name} with 90% (thick) and 95% (thin) intervals. ${
        series.length > 1 ? `The title is about ${series[0].label}.` : ''
      }`.trim(),
      source: '',
      ...plot,
      table: tableOf(id, title, xLabel, plot),
    };
  });
}
