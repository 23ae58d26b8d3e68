/** Printed numbers: the text as it stands on the page, and all values that round to it. */

/** Every real number between two, both ends included. */
export interface Interval {
  lo: number;
  hi: number;
}

/** A number as printed. `digits` are the decimals shown (negative: "1.2e5" has −4). */
export interface Printed {
  text: string;
  value: number;
  digits: number;
  /** "<0.001": a bound, not a value. */
  bound?: '<' | '>';
}

const NUMBER = /^([<>])?\s*([-+]?)(\d+(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?:e([-+]?\d+))?\s*(%)?$/i;

/** Hyphens, minus signs and digits of every script that papers use for numbers → ASCII. */
export const plainDigits = (text: string) =>
  text
    .replace(/[\u2212\u2010-\u2013\ufe63\uff0d]/g, '-')
    .replace(/[\u00a0\u2009\u202f\u2007]/g, ' ')
    .replace(/[\uff10-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/(\d)[' ](?=\d{3}(?:\D|$))/g, '$1')
    .replace(/\uff0e/g, '.')
    .replace(/\u2264|≤/g, '<')
    .trim();

/** A number from its printed text ("−0.176", "1,217", "62.120%", "1.2e-05", "< 0.001"); undefined for anything else. */
export function readPrinted(text: string): Printed | undefined {
  const match = NUMBER.exec(plainDigits(text));
  if (!match) return undefined;
  const [, bound, sign, body, power = '0'] = match;
  const plain = body.replaceAll(',', '');
  const value = Number(`${sign}${plain}e${power}`);
  if (!Number.isFinite(value)) return undefined;
  const decimals = plain.split('.')[1]?.length ?? 0;
  return { text: text.trim(), value, digits: decimals - Number(power), ...(bound && { bound: bound as '<' | '>' }) };
}

/** Half a unit of the last printed digit. */
export const halfUnit = ({ digits }: Printed) => Number(`5e${-digits - 1}`);

/** Room for the rounding of the interval's own ends. */
const SLACK = 1e-12;

/**
 * All values that round to the printed one, whatever happens to ties (up, to even, away from zero): both ends belong to it.
 * A bound "<0.001" is everything from 0 to it.
 */
export function intervalOf(printed: Printed): Interval {
  const { value, bound } = printed;
  if (bound === '<') return { lo: 0, hi: value };
  if (bound === '>') return { lo: value, hi: Number.POSITIVE_INFINITY };
  const half = halfUnit(printed);
  const slack = SLACK * (Math.abs(value) + half);
  return { lo: value - half - slack, hi: value + half + slack };
}

export const contains = ({ lo, hi }: Interval, x: number) => lo <= x && x <= hi;
export const overlap = (a: Interval, b: Interval) => a.lo <= b.hi && b.lo <= a.hi;
export const sumOf = (parts: Interval[]): Interval =>
  parts.reduce((sum, { lo, hi }) => ({ lo: sum.lo + lo, hi: sum.hi + hi }), { lo: 0, hi: 0 });

/** |x| over an interval. */
export function absolute({ lo, hi }: Interval): Interval {
  const most = Math.max(Math.abs(lo), Math.abs(hi));
  return { lo: lo <= 0 && hi >= 0 ? 0 : Math.min(Math.abs(lo), Math.abs(hi)), hi: most };
}

/** a/b for a ≥ 0 and b ≥ 0 where b may reach 0 (the quotient then reaches infinity; 0/0 counts as anything from 0). */
export function quotient(a: Interval, b: Interval): Interval {
  const floor = Math.max(0, b.lo);
  return {
    lo: a.lo === 0 ? 0 : a.lo / Math.max(b.hi, Number.MIN_VALUE),
    hi: floor === 0 ? (a.hi === 0 ? 0 : Number.POSITIVE_INFINITY) : a.hi / floor,
  };
}

/** The least whole number of an interval; undefined where it holds none. */
export function whole(interval: Interval): number | undefined {
  const n = Math.ceil(interval.lo);
  return n <= interval.hi ? n : undefined;
}
