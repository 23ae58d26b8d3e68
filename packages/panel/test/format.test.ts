import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  count,
  decimal,
  display,
  fixed,
  pairDecimals,
  pValue,
  scientific,
  separated,
  starRule,
  starsOf,
} from '../src/format.ts';

// Expected strings are what C's printf gives (glibc 2.36, through CPython 3.11's % operator); exact, no tolerance.
const C_FIXED: [number, number, string][] = [
  [2.675, 2, '2.67'],
  [1.005, 2, '1.00'],
  [0.5, 0, '0'],
  [1.5, 0, '2'],
  [2.5, 0, '2'],
  [-0.5, 0, '-0'],
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  [1e21, 2, '1000000000000000000000.00'],
  [1e22, 0, '10000000000000000000000'],
  [2 ** 67, 3, '147573952589676412928.000'],
  [-0.0004, 3, '-0.000'],
  [0, 3, '0.000'],
  [5e-324, 3, '0.000'],
  [0.1, 3, '0.100'],
  [-8107.89965, 3, '-8107.900'],
  [0.0005, 3, '0.001'],
  [0.1, 20, '0.10000000000000000555'],
];
const C_SCIENTIFIC: [number, number, string][] = [
  [9.995, 0, '1e+01'],
  [9.995, 1, '1.0e+01'],
  [9.995, 2, '9.99e+00'],
  [0.0000012345, 2, '1.23e-06'],
  [123456, 1, '1.2e+05'],
  [1e22, 2, '1.00e+22'],
  [9.9999e-5, 1, '1.0e-04'],
  [2.5, 0, '2e+00'],
  [5e-324, 1, '4.9e-324'],
  [-0.00123, 0, '-1e-03'],
];

describe('fixed', () => {
  it.each(C_FIXED)('prints %d with %i decimals as C does', (x, digits, text) => {
    expect(fixed(x, digits)).toBe(text);
  });

  it('agrees with toFixed wherever there is no tie (toFixed is exact below 1e21 but rounds ties up)', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e20, max: 1e20 }), fc.integer({ min: 0, max: 12 }), (x, digits) => {
        const scaled = x
          .toFixed(Math.min(digits + 60, 100))
          .split('.')[1]
          .slice(digits);
        fc.pre(!/^50*$/.test(scaled) && !Object.is(x, -0) && !/^-0\.?0*$/.test(x.toFixed(digits)));
        expect(fixed(x, digits).replace(/^-(0\.?0*)$/, '$1')).toBe(x.toFixed(digits).replace(/^-(0\.?0*)$/, '$1'));
      }),
    );
  });

  it('sends every exact tie to the even neighbour', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (n) => {
        expect(BigInt(fixed(n + 0.5, 0)) % 2n).toBe(0n);
      }),
    );
  });

  it('refuses NaN and infinities', () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => fixed(x, 2)).toThrow(RangeError);
  });
});

describe('scientific', () => {
  it.each(C_SCIENTIFIC)('prints %d with %i mantissa decimals as C does', (x, digits, text) => {
    expect(scientific(x, digits)).toBe(text);
  });
});

describe('numbers for the eye', () => {
  it('uses a true minus, also in the exponent', () => {
    expect(display('-0.176')).toBe('−0.176');
    expect(display('-1.2e-07')).toBe('−1.2e−7');
    expect(display('1.00e+12')).toBe('1.00e12');
  });

  it('never prints a number that is not zero as zero', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        fc.pre(x !== 0);
        expect(decimal(x)).toMatch(/[1-9]/);
      }),
    );
    expect(decimal(0.00042)).toBe('0.00042');
    expect(decimal(-0.00000000042)).toBe('−4.2e−10');
    expect(decimal(1234567.8914, 2)).toBe('1,234,567.89');
    expect(decimal(2.5e12)).toBe('2.50e12');
  });

  it('widens an estimate and its SE together when the SE would vanish', () => {
    expect(pairDecimals(1.023, 0.15, 3)).toEqual({ estimate: 3, se: 3 });
    expect(pairDecimals(0.00042, 0.00011, 3)).toEqual({ estimate: 5, se: 5 });
    expect(pairDecimals(-0.0002, 0.15, 3)).toEqual({ estimate: 4, se: 3 });
    expect(pairDecimals(3e-9, 1e-9, 3)).toEqual({ estimate: 'scientific', se: 'scientific' });
    expect(pairDecimals(0, 0.1, 3)).toEqual({ estimate: 3, se: 3 });
  });

  it('separates thousands', () => {
    expect([999, 1000, 3460, 1234567, -1234].map(count)).toEqual(['999', '1,000', '3,460', '1,234,567', '−1,234']);
    expect(separated('12345.678901')).toBe('12,345.678901');
  });

  it('prints small p values as a bound', () => {
    expect([0.5, 0.05, 0.001, 0.0009999, 0].map(pValue)).toEqual(['0.500', '0.050', '0.001', '< 0.001', '< 0.001']);
  });
});

describe('stars', () => {
  it('gives one star per level that p is strictly below', () => {
    expect([0.2, 0.1, 0.0999, 0.05, 0.049, 0.01, 0.0099].map((p) => starsOf(p))).toEqual([
      '',
      '',
      '*',
      '*',
      '**',
      '**',
      '***',
    ]);
    expect(starsOf(0.0005, [0.05, 0.01, 0.001])).toBe('***');
  });

  it('prints its rule', () => {
    expect(starRule().replaceAll('\u00a0', ' ')).toBe('* p < 0.10, ** p < 0.05, *** p < 0.01');
    expect(starRule([0.001, 0.025]).replaceAll('\u00a0', ' ')).toBe('* p < 0.025, ** p < 0.001');
  });
});
