import { digits, fixtureJson } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import {
  chi2Upper,
  fUpper,
  normalCritical,
  normalQuantile,
  normalUpper,
  tCritical,
  tUpper,
} from '../src/distributions.ts';

type Rows = number[][];
const peer = fixtureJson<Record<string, Rows>>('peers', 'distributions.json');
/**
 * R's own tails carry about 14 digits; where the probability is below 1e-100 its exp() loses two more, and near the
 * centre of the t law with 1e6 degrees of freedom our continued fraction keeps 11.
 */
const BUDGET = 11;
const functions: Record<string, (...args: number[]) => number> = {
  normalUpper,
  tUpper,
  chi2Upper,
  fUpper,
  normalCritical,
  tCritical,
};

describe('distributions against R', () => {
  for (const [name, f] of Object.entries(functions))
    it(`${name} agrees to ${BUDGET} digits over ${peer[name].length} points`, () => {
      for (const row of peer[name]) {
        const args = row.slice(0, -1);
        const expected = row.at(-1)!;
        if (expected < 1e-300) expect(f(...args)).toBeLessThan(1e-290);
        else
          expect(digits(f(...args), expected), `${name}(${args}) = ${f(...args)}, R ${expected}`).toBeGreaterThan(
            BUDGET,
          );
      }
    });
});

describe('far tails', () => {
  it.each([40, 1e3, 788_517.8765, 1e12, 1e200])('are 0, never NaN, at statistics of %d', (x) => {
    expect(normalUpper(x)).toBe(0);
    expect(normalUpper(-x)).toBe(1);
    expect(chi2Upper(x * x, 1)).toBe(0);
    expect(chi2Upper(x * x, 2)).toBe(0);
    for (const df of [1, 5, 1e6]) {
      expect(tUpper(x, df)).toBeLessThan(1 / x);
      expect(fUpper(x * x, 3, df)).toBeGreaterThanOrEqual(0);
    }
  });
  // Φ(−z) to 17 digits from mpmath at 40 digits: erfc(z/√2)/2.
  it.each([
    [8, 6.220960574271784e-16],
    [30, 4.906713927148187e-198],
    [37, 5.725571222524577e-300],
  ])('keeps its digits at z = %s', (z, p) => {
    expect(digits(normalUpper(z), p)).toBeGreaterThan(12.5);
  });
  // Φ⁻¹ to 17 digits from mpmath at 40 digits.
  it.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798407],
    [0.00025, -3.480756404346213],
    [0.025, -1.9599639845400543],
    [0.3, -0.5244005127080408],
    [0.4999999, -2.506628274631027e-7],
  ])('has the quantile of %s on both sides', (p, z) => {
    // 0.4999999 is known to 1e-17, its distance from ½ to 10 digits.
    const wanted = p > 0.49 ? 9 : 14.5;
    expect(digits(normalQuantile(p), z)).toBeGreaterThan(wanted);
    if (p > 1e-4) expect(digits(normalQuantile(1 - p), -z)).toBeGreaterThan(p > 0.49 ? 9 : 12);
  });
  it('underflows to exactly zero, never to a negative number or NaN', () => {
    expect(normalUpper(40)).toBe(0);
    expect(chi2Upper(5000, 3)).toBe(0);
  });
  it('adds up with the lower tail', () => {
    expect(normalUpper(-1.3) + normalUpper(1.3)).toBeCloseTo(1, 15);
    expect(tUpper(-0.4, 9) + tUpper(0.4, 9)).toBeCloseTo(1, 15);
  });
});
