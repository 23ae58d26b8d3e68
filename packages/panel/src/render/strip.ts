/** The interval strip at the right of a regression table: the chosen column's estimates on one shared scale. */
import { display, fixed, separated } from '../format.ts';
import type { Cell, Table, TableRow } from '../types.ts';
import { escapeHtml } from './escape.ts';
import { type Interval, intervalDomain, niceTicks } from './scale.ts';

type Domain = [number, number];

/** The scale of each column; nothing for a column that has no estimate to draw. */
export type Strip = (Domain | undefined)[];

const intervalsOf = (table: Table, j: number): Interval[] =>
  table.body.flatMap(({ cells }) => {
    const interval = cells[j]?.interval;
    return interval ? [{ lo: interval.lo95, hi: interval.hi95 }] : [];
  });

/** The scales of a table's columns, shared where the columns say so, or nothing where there is no estimate to draw. */
export function stripOf(table: Table): Strip | undefined {
  const pooled = new Map<string, Interval[]>();
  const keys = table.columns.map(({ scale }, j) => scale ?? `${j}`);
  keys.forEach((key, j) => {
    pooled.set(key, [...(pooled.get(key) ?? []), ...intervalsOf(table, j)]);
  });
  const domains = new Map([...pooled].flatMap(([key, all]) => (all.length > 0 ? [[key, intervalDomain(all)]] : [])));
  const strip = keys.map((key) => domains.get(key));
  return strip.some(Boolean) ? strip : undefined;
}

/** Where zero stands on a scale, 0 to 1. */
export const zeroAt = (domain: Domain) => (position(0, domain) / 100).toFixed(4);

/** The same of each column's strip, as CSS variables: "--z1:0.4213". */
export const zeros = (strip: Strip) => strip.flatMap((domain, j) => (domain ? [`--z${j + 1}:${zeroAt(domain)}`] : []));

/** Per cent of the scale. */
export function position(x: number, [lo, hi]: Domain): number {
  return ((x - lo) / (hi - lo)) * 100;
}
const clamped = (x: number) => Math.min(100, Math.max(0, x));
const css = (x: number) => `${Number(x.toFixed(2))}%`;

function bar(name: string, lo: number, hi: number, domain: Domain): string {
  const a = clamped(position(lo, domain));
  const b = clamped(position(hi, domain));
  return `<i class="${name}" style="left:${css(a)};width:${css(b - a)}"></i>`;
}

function drawn(cell: Cell, head: string, j: number, domain: Domain): string {
  const { lo90, hi90, lo95, hi95, between } = cell.interval!;
  const number = (x: number) => display(fixed(x, 3));
  const label = `Column ${head}: ${cell.text}, 95% interval ${number(lo95)} to ${number(hi95)}`;
  const at = position(cell.value!, domain);
  const over = [lo95 < domain[0] ? 'left' : '', hi95 > domain[1] ? 'right' : ''].filter(Boolean);
  const off = over.length > 0 ? ` title="${escapeHtml(label)}, runs off the scale"` : '';
  const ring = at >= 0 && at <= 100 ? `<i class="pt" style="left:${css(at)}"></i>` : '';
  const tone = between ? ' grey' : '';
  return `<span class="iv v${j + 1}${tone}" role="img" aria-label="${escapeHtml(label)}"${off}>${bar('w95', lo95, hi95, domain)}${bar('w90', lo90, hi90, domain)}${over.map((side) => `<i class="off ${side}"></i>`).join('')}${ring}</span>`;
}

/** The strip's cell beside one term: one drawing per column, of which the style sheet shows the chosen one. */
export function stripCell(table: Table, row: TableRow, strip: Strip): string {
  const drawings = row.cells.map((cell, j) => {
    const domain = strip[j];
    return cell.interval && domain ? drawn(cell, table.columns[j].head, j, domain) : '';
  });
  return drawings.join('');
}

const label = (tick: number) => display(separated(String(tick)));

/** Width of the strip, px, and of its labels at 12 px with a gap. */
const WIDTH = 185;
const widthOf = (ticks: number[]) => ticks.reduce((sum, tick) => sum + label(tick).length * 6.2 + 9, 0);

/** Round numbers under a strip that do not touch. */
export function ticksOf(domain: Domain): number[] {
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
