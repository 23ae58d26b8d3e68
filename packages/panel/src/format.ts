/** Numbers as text: exact rounding, true minus signs, stars. Everything printed in a table passes through here. */

/** A finite double as the exact fraction `num / 2^shift`, sign apart. */
function exactly(x: number): { negative: boolean; num: bigint; shift: bigint } {
  if (!Number.isFinite(x)) throw new RangeError(`${x} has no decimal expansion`);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const num = exponent === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(exponent, 1) - 1075;
  const negative = high >>> 31 === 1;
  return power >= 0 ? { negative, num: num << BigInt(power), shift: 0n } : { negative, num, shift: BigInt(-power) };
}

/** num / den to the nearest integer, ties to even. */
function divideToEven(num: bigint, den: bigint): bigint {
  const quotient = num / den;
  const twice = 2n * (num % den);
  return twice > den || (twice === den && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/**
 * `x` with `digits` decimals: the exact binary value rounded to nearest, ties to even, as C's `printf("%.*f")` and R do
 * (Number.prototype.toFixed rounds ties up and gives up at 1e21). Hyphen-minus; "-0.000" for a negative that rounds to zero.
 * Throws RangeError for NaN and infinities: a table cell never holds one.
 */
export function fixed(x: number, digits: number): string {
  const { negative, num, shift } = exactly(x);
  const text = divideToEven(num * 10n ** BigInt(digits), 1n << shift)
    .toString()
    .padStart(digits + 1, '0');
  const body = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return negative ? `-${body}` : body;
}

/** `x` as d.ddde±xx with `digits` decimals in the mantissa: C's `printf("%.*e")`, same rounding as {@link fixed}. */
export function scientific(x: number, digits: number): string {
  const { negative, num, shift } = exactly(x);
  if (num === 0n) return `${fixed(x, digits)}e+00`;
  const den = 1n << shift;
  const scaled = (e: number) =>
    e > digits
      ? divideToEven(num, den * 10n ** BigInt(e - digits))
      : divideToEven(num * 10n ** BigInt(digits - e), den);
  let exponent = Number(Math.abs(x).toExponential(17).split('e')[1]);
  let mantissa = scaled(exponent).toString();
  if (mantissa.length > digits + 1) mantissa = scaled(++exponent).toString();
  const body = digits === 0 ? mantissa : `${mantissa[0]}.${mantissa.slice(1)}`;
  const power = `${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
  return `${negative ? '-' : ''}${body}e${power}`;
}

/** For the eye: hyphen-minus becomes U+2212, "1.2e-07" becomes "1.2e−7" (the serif has no superscript minus). */
export function display(text: string): string {
  const [mantissa, power] = text.split('e');
  const minus = (t: string) => t.replace('-', '\u2212');
  return power === undefined ? minus(mantissa) : `${minus(mantissa)}e${minus(String(Number(power)))}`;
}

const isZeroText = (text: string) => !/[1-9]/.test(text);

/** Decimals that show `significant` digits of a number smaller than 1. */
export const decimalsFor = (x: number, significant: number) =>
  significant - 1 - Math.floor(Math.log10(Math.abs(x)) + Number.EPSILON);

/**
 * Decimals of an estimate and its SE in a table: `digits`, unless one of them would print as zero without being zero.
 * A too small SE widens both to its own two significant digits; a too small estimate is widened alone, to one
 * (−0.0002 (0.150), not −0.000). Beyond `digits` + 4 decimals, or from 1e9, the answer is 'scientific'.
 */
export function pairDecimals(
  estimate: number,
  se: number,
  digits: number,
): { estimate: number | 'scientific'; se: number | 'scientific' } {
  const tiny = (x: number) => x !== 0 && isZeroText(fixed(x, digits));
  const bounded = (x: number, wanted: number) =>
    Math.abs(x) >= 1e9 || wanted > digits + 4 ? ('scientific' as const) : wanted;
  const seDigits = bounded(se, tiny(se) ? decimalsFor(se, 2) : digits);
  const common = seDigits === 'scientific' ? digits : seDigits;
  const needs = estimate !== 0 && isZeroText(fixed(estimate, common));
  return { estimate: bounded(estimate, needs ? decimalsFor(estimate, 1) : common), se: seDigits };
}

/** A number with the decimals that {@link pairDecimals} gave, for the eye. */
export const shown = (x: number, decimals: number | 'scientific', digits = 3) =>
  display(decimals === 'scientific' ? scientific(x, digits - 1) : fixed(x, decimals));

/**
 * One number of a descriptive table, for the eye: `digits` decimals and thousands separators; a number that would print
 * as zero without being zero gets two significant digits, or scientific form beyond `digits` + 4 decimals; from 1e9 scientific.
 */
export function decimal(x: number, digits = 3): string {
  const size = Math.abs(x);
  if (size >= 1e9) return display(scientific(x, 2));
  if (x === 0 || !isZeroText(fixed(x, digits))) return display(separated(fixed(x, digits)));
  const wanted = decimalsFor(x, 2);
  return display(wanted > digits + 4 ? scientific(x, 1) : fixed(x, wanted));
}

/** "12345.6" → "12,345.6". */
export function separated(text: string): string {
  const [whole, ...rest] = text.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}

/** A count with thousands separators, for the eye. */
export const count = (n: number) => display(separated(fixed(n, 0)));

/** A count, or with one decimal where it is fractional. */
export const amount = (x: number) => (Number.isInteger(x) ? count(x) : decimal(x, 1));

/** A p value: three decimals, "< 0.001" below what they can show. */
export const pValue = (p: number) => (p < 0.001 ? '< 0.001' : fixed(p, 3));

/** A share (0–1) as a percentage with `digits` decimals, without the sign. */
export const percent = (share: number, digits = 1) => display(fixed(share * 100, digits));

/** The default star levels: * 0.1, ** 0.05, *** 0.01. */
export const STAR_LEVELS = [0.1, 0.05, 0.01];

/** One star per level that p is below. */
export const starsOf = (p: number, levels: number[] = STAR_LEVELS) =>
  '*'.repeat(levels.filter((level) => p < level).length);

/** "* p < 0.10, ** p < 0.05, *** p < 0.01": the rule that a table prints, held together by no-break spaces. */
export function starRule(levels: number[] = STAR_LEVELS): string {
  const descending = [...levels].sort((a, b) => b - a);
  return descending
    .map((level, i) => `${'*'.repeat(i + 1)}\u00a0p\u00a0<\u00a0${String(level).padEnd(4, '0')}`)
    .join(', ');
}

/** The text with a capital at its start. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
