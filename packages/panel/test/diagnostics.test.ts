/** Diagnostics against what they stand for: sums, and real fits without a unit. */
import { fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { buildDesigns } from '../src/design.ts';
import { countBins, diagnose } from '../src/diagnostics.ts';
import { fitDesign } from '../src/fit.ts';
import { isFit } from '../src/regression-style.ts';
import type { Design, FitSpec } from '../src/types.ts';
import { panelOf } from './make-frame.ts';
import { kernels } from './study-of.ts';

const frame = panelOf(fixtureText('data', 'patents_rdus.csv'));
const fitted = (spec: Partial<FitSpec>) => {
  const full: FitSpec = { id: 'a', model: 'nb-fe', formula: 'patents ~ logr', vcov: { type: 'iid' }, ...spec };
  const design = buildDesigns(frame, full, kernels)[0] as Design;
  const fit = fitDesign(design, kernels);
  if (!isFit(fit)) throw new Error(fit.error.message);
  return { design, fit };
};

describe('diagnose', () => {
  it('comes near the fits that leave a unit out, for the units that move the estimate most', () => {
    const { design, fit } = fitted({ where: 'year <= 1972' });
    const { influence } = diagnose(design, fit, kernels);
    const slope = fit.coefficients.findIndex(({ term }) => term === 'logr');
    const strongest = [...influence!]
      .sort((a, b) => Math.abs(b.dfbetas[slope]) - Math.abs(a.dfbetas[slope]))
      .slice(0, 4);
    for (const { unit, dfbetas } of strongest) {
      const without = fitted({ where: `year <= 1972 and id != ${unit}` }).fit.coefficients[slope];
      const moved = (fit.coefficients[slope].estimate - without.estimate) / fit.coefficients[slope].se;
      // One Newton step, so near and not equal.
      expect(moved / dfbetas[slope]).toBeGreaterThan(0.7);
      expect(moved / dfbetas[slope]).toBeLessThan(1.4);
    }
  });

  it('sums scores to zero at the maximum', () => {
    const { design, fit } = fitted({});
    const { influence } = diagnose(design, fit, kernels);
    for (const j of fit.coefficients.keys())
      expect(influence!.reduce((sum, { dfbetas }) => sum + dfbetas[j], 0)).toBeCloseTo(0, 6);
  });

  it('gives absorbed Poisson fits the counts of their sample', () => {
    const { design, fit } = fitted({ model: 'poisson', formula: 'patents ~ logr | id' });
    const { bins, residuals } = diagnose(design, fit, kernels, frame.panel!.timeOf);
    const total = design.y.reduce((a, b) => a + b, 0);
    expect(residuals!.reduce((sum, r) => sum + r.fitted, 0) / total).toBeCloseTo(1, 8);
    expect(bins!.reduce((sum, b) => sum + b.observed, 0)).toBe(design.n);
    expect(bins!.reduce((sum, b) => sum + b.expected, 0)).toBeCloseTo(design.n, 6);
    expect(bins![0].observed).toBe(design.y.filter((y) => y === 0).length);
    expect(residuals![0].label).toMatch(/^\d+, 19\d\d$/);
  });

  it('keeps the totals of units in the conditional model', () => {
    const { design, fit } = fitted({});
    const { residuals, bins } = diagnose(design, fit, kernels);
    const total = design.y.reduce((a, b) => a + b, 0);
    expect(residuals!.reduce((sum, r) => sum + r.fitted, 0) / total).toBeCloseTo(1, 10);
    expect(bins!.reduce((sum, b) => sum + b.expected, 0)).toBeCloseTo(design.n, 6);
  });

  it('has no distribution of counts for least squares', () => {
    const { design, fit } = fitted({ model: 'ols' });
    const { bins, residuals, influence } = diagnose(design, fit, kernels);
    expect([bins, residuals]).toEqual([undefined, undefined]);
    expect(influence!.length).toBe(346);
  });
});

describe('countBins', () => {
  it('counts by ones first and leaves the last bin open', () => {
    const law = { mean: 1, variance: 1, logZero: -1, step: (k: number) => 1 / (k + 1) };
    const y = Float64Array.from([0, 0, 1, 2, 3, 40]);
    const bins = countBins(
      y,
      Array.from(y, () => law),
    );
    expect(bins.slice(0, 3).map(({ from, to, observed }) => [from, to, observed])).toEqual([
      [0, 0, 2],
      [1, 1, 1],
      [2, 2, 1],
    ]);
    expect(bins.at(-1)!.to).toBeUndefined();
    expect(bins[0].expected).toBeCloseTo(6 * Math.exp(-1), 12);
    expect(bins.reduce((sum, b) => sum + b.expected, 0)).toBeCloseTo(6, 10);
  });
});
