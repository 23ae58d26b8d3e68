import { digits } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { auxiliaryTable, coeftable, confint, criticalValue, lawOf, twoSided } from '../src/coeftable.ts';
import type { Fit } from '../src/types.ts';

const terms = [
  { name: 'a', variables: ['a'], within: true },
  { name: 'b', variables: ['b'], within: false },
];

describe('coeftable', () => {
  it('divides, doubles the upper tail and adds the critical value', () => {
    const [a, b] = coeftable(
      terms,
      Float64Array.of(1, -30),
      Float64Array.of(0.25, 0, 0, 1),
      { distribution: 'z' },
      0.95,
    );
    expect(a).toMatchObject({ term: 'a', estimate: 1, se: 0.5, statistic: 2, within: true });
    // 2(1 − Φ(2)) and z.975 from R: 2 * pnorm(2, lower = FALSE), qnorm(0.975).
    expect(digits(a.p, 0.045500263896358417)).toBeGreaterThan(14);
    expect(digits(a.upper, 1 + 0.5 * 1.959963984540054)).toBeGreaterThan(14);
    expect(digits(b.p, 2 * 4.906713927148187e-198)).toBeGreaterThan(12);
    expect(b.within).toBe(false);
  });
  it('leaves an unknown share of within variation unmarked', () => {
    const [a] = coeftable(
      [{ name: 'a', variables: [] }],
      Float64Array.of(1),
      Float64Array.of(1),
      { distribution: 'z' },
      0.9,
    );
    expect(a.within).toBe(true);
  });
  it.each([[0], [-1e-9], [Number.NaN], [Number.POSITIVE_INFINITY]])('refuses a variance of %s', (variance) => {
    expect(() =>
      coeftable([terms[0]], Float64Array.of(1), Float64Array.of(variance), { distribution: 'z' }, 0.95),
    ).toThrow(expect.objectContaining({ code: 'vcov/no-standard-error' }));
  });
});

describe('the law of the statistics', () => {
  const vcovInfo = { type: 'iid', factor: 1, factorRule: 'none' };
  it('is normal for ML, t with n − k for OLS, t with the fewest clusters − 1 where they are clustered', () => {
    expect(lawOf({ distribution: 'z', dofResidual: 9, vcovInfo })).toEqual({ distribution: 'z' });
    expect(lawOf({ distribution: 't', dofResidual: 9, vcovInfo })).toEqual({ distribution: 't', df: 9 });
    expect(lawOf({ distribution: 't', dofResidual: 99, vcovInfo: { ...vcovInfo, clusters: [40, 12] } }).df).toBe(11);
  });
  it('p of t and its critical value are R’s', () => {
    // 2 * pt(2.5, 11, lower = FALSE); qt(0.95, 11)
    expect(digits(twoSided(-2.5, { distribution: 't', df: 11 }), 0.029506374087364146)).toBeGreaterThan(12);
    expect(digits(criticalValue(0.9, { distribution: 't', df: 11 }), 1.7958848187040435)).toBeGreaterThan(12);
  });
  it('confint recomputes limits at another level', () => {
    const fit = {
      distribution: 'z',
      dofResidual: 9,
      vcovInfo,
      coefficients: [{ estimate: 2, se: 1 }],
    } as Fit;
    expect(confint(fit, 0.9)[0][1]).toBeCloseTo(2 + 1.6448536269514722, 13);
  });
});

it('auxiliaries are read on their own scale, with the delta method', () => {
  const covariance = Float64Array.of(1, 0, 0, 0, 0.04, 0, 0, 0, 0.09);
  const table = auxiliaryTable(
    [
      { estimated: 'ln_alpha', shown: 'alpha', scale: 'exp' },
      { estimated: 'ln_r', shown: 'ln_r', scale: 'identity' },
    ],
    Float64Array.of(5, Math.log(2), -1),
    covariance,
  );
  expect(table).toEqual([
    { name: 'alpha', estimate: expect.closeTo(2, 14), se: expect.closeTo(0.4, 14) },
    { name: 'ln_r', estimate: -1, se: 0.3 },
  ]);
});
