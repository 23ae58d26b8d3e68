/** The interval strip at the right of a regression table: the chosen column's estimates on one shared scale. */
import { display, fixed, separated } from '../format.ts';
import { intervals } from '../intervals.ts';
import { comparesUnits, isFit } from '../regression-style.ts';
import type { Coefficient, Fit, Table } from '../types.ts';
import { escapeHtml } from './escape.ts';
import { type Interval, intervalDomain, niceTicks } from './scale.ts';

type Domain = [number, number];

/** The scale of each column; nothing for a column that has no estimate to draw. */
export type Strip = (Domain | undefined)[];

const INTERCEPT = '(Intercept)';

function intervalsOf(fit: Fit, terms: Set<string | undefined>): Interval[] {
  const drawn = fit.coefficients.filter((c) => c.term !== INTERCEPT && terms.has(c.term));
  return drawn.map((c) => {
    const { lo95, hi95 } = intervals(fit, c);
    return { lo: lo95, hi: hi95 };
  });
}

/** Coefficients of the same outcome on the same link share a scale. */
const scaleKey = ({ depvar, model }: Fit) => `${model === 'ols' || model === 'ols-re'} ${depvar}`;

/** The scales of a table, or nothing where there is no estimate to draw. */
export function stripOf(table: Table): Strip | undefined {
  const terms = new Set(table.body.map((row) => row.term));
  const pooled = new Map<string, Interval[]>();
  for (const fit of (table.fits ?? []).filter(isFit))
    pooled.set(scaleKey(fit), [...(pooled.get(scaleKey(fit)) ?? []), ...intervalsOf(fit, terms)]);
  const domains = new Map([...pooled].flatMap(([key, all]) => (all.length > 0 ? [[key, intervalDomain(all)]] : [])));
  const strip = (table.fits ?? []).map((fit) => (isFit(fit) ? domains.get(scaleKey(fit)) : undefined));
  return strip.some(Boolean) ? strip : undefined;
}

/** Where zero stands in each column's strip, as CSS variables: "--z1:0.4213". */
export const zeros = (strip: Strip) =>
  strip.flatMap((domain, j) => (domain ? [`--z${j + 1}:${(position(0, domain) / 100).toFixed(4)}`] : []));

function position(x: number, [lo, hi]: Domain): number {
  return ((x - lo) / (hi - lo)) * 100;
}
const clamped = (x: number) => Math.min(100, Math.max(0, x));
const css = (x: number) => `${Number(x.toFixed(2))}%`;

function bar(name: string, lo: number, hi: number, domain: Domain): string {
  const a = clamped(position(lo, domain));
  const b = clamped(position(hi, domain));
  return `<i class="${name}" style="left:${css(a)};width:${css(b - a)}"></i>`;
}

function drawn(fit: Fit, c: Coefficient, j: number, domain: Domain): string {
  const { lo90, hi90, lo95, hi95 } = intervals(fit, c);
  const number = (x: number) => display(fixed(x, 3));
  const label = `Column (${j + 1}): ${number(c.estimate)}, 95% interval ${number(lo95)} to ${number(hi95)}`;
  const at = position(c.estimate, domain);
  const over = [lo95 < domain[0] ? 'left' : '', hi95 > domain[1] ? 'right' : ''].filter(Boolean);
  const off = over.length > 0 ? ` title="${escapeHtml(label)}, runs off the scale"` : '';
  const ring = at >= 0 && at <= 100 ? `<i class="pt" style="left:${css(at)}"></i>` : '';
  const tone = comparesUnits(fit, c) ? ' grey' : '';
  return `<span class="iv v${j + 1}${tone}" role="img" aria-label="${escapeHtml(label)}"${off}>${bar('w95', lo95, hi95, domain)}${bar('w90', lo90, hi90, domain)}${over.map((side) => `<i class="off ${side}"></i>`).join('')}${ring}</span>`;
}

/** The strip's cell beside one term: one drawing per column, of which the style sheet shows the chosen one. */
export function stripCell(table: Table, term: string | undefined, strip: Strip): string {
  const drawings = (table.fits ?? []).map((fit, j) => {
    const c = isFit(fit) && term !== INTERCEPT ? fit.coefficients.find((row) => row.term === term) : undefined;
    const domain = strip[j];
    return c && domain && isFit(fit) ? drawn(fit, c, j, domain) : '';
  });
  return drawings.join('');
}

const label = (tick: number) => display(separated(String(tick)));

/** Width of the strip, px, and of its labels at 12 px with a gap. */
const WIDTH = 185;
const widthOf = (ticks: number[]) => ticks.reduce((sum, tick) => sum + label(tick).length * 6.2 + 9, 0);

function ticksOf(domain: Domain): number[] {
  const inside = (tick: number) => position(tick, domain) > 3 && position(tick, domain) < 97;
  const fitting = [6, 4, 3].map((wanted) => niceTicks(domain[0], domain[1], wanted).filter(inside));
  return fitting.find((ticks) => widthOf(ticks) <= WIDTH) ?? niceTicks(domain[0], domain[1], 2).filter(inside);
}

/** Ticks under the strip, of each column's own scale. */
export function stripAxis(strip: Strip): string {
  const axes = strip.map((domain, j) => {
    if (!domain) return '';
    const ticks = ticksOf(domain);
    const main = new Set([ticks[0], 0, ticks.at(-1)]);
    const labels = ticks.map((tick) => {
      const minor = main.has(tick) ? '' : ' class="minor"';
      return `<i${minor} style="left:${css(position(tick, domain))}">${label(tick)}</i>`;
    });
    return `<span class="axis v${j + 1}" aria-hidden="true">${labels.join('')}</span>`;
  });
  return axes.join('');
}
