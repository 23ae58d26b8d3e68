import { describe, expect, it, test } from 'vitest';
import { intervalOf, readPrinted } from '../src/audit-number.ts';
import { plainStars, readLaw, readStars } from '../src/audit-published.ts';
import { DEFAULT_STARS, judgeStars, type StarRule } from '../src/audit-stars.ts';
import { thrown } from './thrown.ts';

const rule = (rest: Partial<StarRule> = {}): StarRule => ({
  levels: DEFAULT_STARS,
  second: 'se',
  laws: [{ kind: 'normal' }],
  stated: true,
  ...rest,
});
const judge = (estimate: string, second: string, stars: string, rest: Partial<StarRule> = {}) =>
  judgeStars({ estimate: readPrinted(estimate)!, second: readPrinted(second)!, stars }, rule(rest));

describe('printed numbers', () => {
  test.each([
    ['0.203', 0.2025, 0.2035],
    ['−0.176', -0.1765, -0.1755],
    ['1,217', 1216.5, 1217.5],
    ['1.2e-05', 1.15e-5, 1.25e-5],
    ['.5', 0.45, 0.55],
    ['<0.001', 0, 0.001],
    ['0.000', -0.0005, 0.0005],
  ])('%s is everything from %d to %d', (text, lo, hi) => {
    const interval = intervalOf(readPrinted(text)!);
    expect(interval.lo).toBeCloseTo(lo, 8);
    expect(interval.hi).toBeCloseTo(hi, 8);
    expect(interval.lo).toBeLessThanOrEqual(lo);
    expect(interval.hi).toBeGreaterThanOrEqual(hi);
  });
  test.each(['', 'n/a', '1.2.3', '0x10', '1 234 5', '12,34'])('"%s" is none', (text) => {
    expect(readPrinted(text)).toBeUndefined();
  });
});

describe('a cell', () => {
  it('is inconsistent only where no value that rounds to the print earns its stars', () => {
    // Quantiles 1.6449, 1.9600 and 2.5758 of the normal law, to four decimals.
    expect(judge('0.164', '0.100', '*').verdict).toBe('consistent');
    expect(judge('0.164', '0.100', '').verdict).toBe('consistent');
    expect(judge('0.160', '0.100', '*').verdict).toBe('inconsistent');
    expect(judge('0.2', '0.1', '***').verdict).toBe('consistent');
    expect(judge('0.200', '0.100', '***').verdict).toBe('inconsistent');
  });
  it('with a standard error that may be zero can be anything large', () => {
    expect(judge('0.012', '0.000', '***').verdict).toBe('consistent');
    expect(judge('0.012', '0.000', '').verdict).toBe('inconsistent');
    expect(judge('0.000', '0.000', '').verdict).toBe('consistent');
    expect(judge('0.000', '0.000', '**').verdict).toBe('consistent');
  });
  it('on a level itself may have either stars', () => {
    expect(judge('1', '0.050', '**', { second: 'p' }).verdict).toBe('consistent');
    expect(judge('1', '0.050', '*', { second: 'p' }).verdict).toBe('consistent');
    expect(judge('1', '0.051', '**', { second: 'p' }).verdict).toBe('inconsistent');
    expect(judge('1', '<0.001', '***', { second: 'p' }).verdict).toBe('consistent');
  });
  it('with a negative standard error, or a p above one, is impossible', () => {
    expect(judge('1.0', '-0.20', '').verdict).toBe('impossible');
    expect(judge('1.0', '1.20', '', { second: 'p' }).verdict).toBe('impossible');
  });
  it('that lacks stars is granted to a law of few clusters, where no law is stated', () => {
    // t(7) has 5% at 2.3646, the normal law at 1.9600.
    expect(judge('2.200', '1.000', '*', { stated: false }).verdict).toBe('only if the p-value came from elsewhere');
    expect(judge('2.500', '1.000', '*', { stated: false }).verdict).toBe('inconsistent');
    expect(judge('2.200', '1.000', '*').verdict).toBe('inconsistent');
    expect(judge('2.200', '1.000', '***', { stated: false }).verdict).toBe('inconsistent');
  });
  it('is judged by the law that is stated', () => {
    expect(judge('2.000', '1.000', '*', { laws: [{ kind: 't', df: 10 }] }).verdict).toBe('consistent');
    expect(judge('2.000', '1.000', '**', { laws: [{ kind: 't', df: 10 }] }).verdict).toBe('inconsistent');
  });
});

describe('stars and laws in words', () => {
  it('reads levels and asterisks of any kind', () => {
    expect(readStars('***=0.01,**=0.05,*=0.10')).toEqual(DEFAULT_STARS);
    expect(plainStars('∗∗∗')).toBe('***');
    expect(plainStars('^{＊＊}')).toBe('**');
    expect(readLaw('t:44')).toEqual({ kind: 't', df: 44 });
  });
  test.each(['', '*', '*=2', '*=0.1,*=0.05'])('refuses "%s" for levels', (text) => {
    expect(thrown(() => readStars(text)).code).toBe('audit/wrong-value');
  });
  test.each(['t', 't:0', 't:x', 'cauchy'])('refuses "%s" for a law', (text) => {
    expect(thrown(() => readLaw(text)).code).toBe('audit/wrong-value');
  });
});
