/** The interval strip at the right of a regression table: the chosen column's estimates on one shared scale. */
import { display, fixed, separated } from '../format.ts';
import { intervals } from '../intervals.ts';
import { comparesUnits, isFit } from '../regression-style.ts';
import type { Coefficient, FitResult, Table } from '../types.ts';
import { escapeHtml } from './escape.ts';
import { intervalDomain, niceTicks } from './scale.ts';

export interface Strip {
  /** Per cent of the width at which zero stands. */
  zero: number;
  domain: [number, number];
}

const INTERCEPT = '(Intercept)';

/** The scale of all columns together, or nothing where there is no estimate to draw. */
export function stripOf(table: Table): Strip | undefined {
  const drawnTerms = new Set(table.body.map((row) => row.term));
  const all = (table.fits ?? []).filter(isFit).flatMap((fit) =>
    fit.coefficients
      .filter((c) => c.term !== INTERCEPT && drawnTerms.has(c.term))
      .map((c) => {
        const { lo95, hi95 } = intervals(fit, c);
        return { lo: lo95, hi: hi95 };
      }),
  );
  if (all.length === 0) return undefined;
  const domain = intervalDomain(all);
  return { domain, zero: position(0, domain) };
}

const position = (x: number, [lo, hi]: [number, number]) => ((x - lo) / (hi - lo)) * 100;
const clamped = (x: number) => Math.min(100, Math.max(0, x));
const css = (x: number) => `${Number(x.toFixed(2))}%`;

function bar(name: string, lo: number, hi: number, domain: [number, number]): string {
  const a = clamped(position(lo, domain));
  const b = clamped(position(hi, domain));
  return `<i class="${name}" style="left:${css(a)};width:${css(b - a)}"></i>`;
}

function drawn(fit: Extract<FitResult, { nobs: number }>, c: Coefficient, j: number, { domain }: Strip): string {
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
    return c && isFit(fit) ? drawn(fit, c, j, strip) : '';
  });
  return drawings.join('');
}

const label = (tick: number) => display(separated(String(tick)));

/** Ticks under the strip. */
export function stripAxis({ domain }: Strip): string {
  const many = niceTicks(domain[0], domain[1], 6);
  const all = many.some((tick) => label(tick).length > 4) ? niceTicks(domain[0], domain[1], 2) : many;
  const ticks = all.filter((tick) => position(tick, domain) > 3 && position(tick, domain) < 97);
  const main = new Set([ticks[0], 0, ticks.at(-1)]);
  const labels = ticks.map(
    (tick) =>
      `<i${main.has(tick) ? '' : ' class="minor"'} style="left:${css(position(tick, domain))}">${label(tick)}</i>`,
  );
  return `<span class="axis" aria-hidden="true">${labels.join('')}</span>`;
}
