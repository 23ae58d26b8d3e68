/**
 * Error budget against 40-digit Newton (certified.json). Log-likelihood: log-probabilities that do not cancel, each good to
 * about 1e-15, and a compensated sum: 1e-13 relative. Coefficients ≥ 10 digits: a gradient with rounding ε·Σ|terms| divided
 * by the information; patents75 poisson (six lags of R&D, correlation 0.99, counts to 600) is the worst with 11. Standard
 * errors ≥ 9 digits. Cluster standard errors ≥ 9 digits: scores of a group are sums of large row scores that cancel.
 */
import { certified, digits } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, Status } from '../src/index.ts';
import { keepRows } from './absorb-data.ts';
import { CERTIFIED_MODELS, certifiedCase, groupScores, leastDigits, sandwich } from './certified-data.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

describe.each(Object.keys(certified()))('%s', (name) => {
  const { problem, reference, groupStart } = certifiedCase(name);

  it.each(CERTIFIED_MODELS)('%s reaches the certified optimum', (model, key) => {
    const expected = reference[key];
    const fit = kernels.fit(model, problem);
    const p = fit.coef.length;
    const diagonal = (v: Float64Array) => Float64Array.from({ length: p }, (_, i) => Math.sqrt(v[i * p + i]));
    expect(fit.status).toBe(Status.ok);
    expect(fit.iterations).toBeLessThanOrEqual(12);
    expect(fit.scaledGradient).toBeLessThan(1e-10);
    expect(digits(fit.loglik, expected.lnL)).toBeGreaterThanOrEqual(13);
    expect(leastDigits(fit.coef, expected.coef)).toBeGreaterThanOrEqual(10);
    expect(leastDigits(diagonal(fit.vcov), expected.se_oim)).toBeGreaterThanOrEqual(9);
    const scores = groupScores(fit, groupStart);
    const clustered = sandwich(kernels, fit.vcov, scores, p);
    expect(leastDigits(diagonal(clustered), expected.se_cluster_group_raw)).toBeGreaterThanOrEqual(9);
    if (expected.se_hc0) {
      expect(fit.scoreBy).toBe('row');
      expect(leastDigits(diagonal(sandwich(kernels, fit.vcov, fit.scores, p)), expected.se_hc0)).toBeGreaterThan(9);
    }
  });

  it.each(CERTIFIED_MODELS)(
    '%s has the certified log-likelihood and a zero gradient at the certified point',
    (model, key) => {
      const expected = reference[key];
      const at = kernels.evaluate(model, problem, Float64Array.from(expected.coef));
      expect(at.status).toBe(Status.ok);
      expect(digits(at.loglik, expected.lnL)).toBeGreaterThanOrEqual(13);
      // g'Vg in squared standard errors; the certified doubles are themselves off by ½ ulp
      const p = expected.coef.length;
      let decrement = 0;
      for (let i = 0; i < p; i++)
        for (let j = 0; j < p; j++) decrement += at.gradient[i] * expected.vcov_oim[i][j] * at.gradient[j];
      expect(Math.sqrt(Math.abs(decrement))).toBeLessThan(1e-9);
    },
  );

  const fixed = reference.fe_pois;
  if (fixed)
    it('poisson with absorbed effects of the groups reaches the certified optimum of the conditional model', () => {
      const { n, k, x, y, offset } = problem;
      const codes = new Int32Array(n);
      for (let g = 0; g + 1 < groupStart.length; g++) codes.fill(g, groupStart[g], groupStart[g + 1]);
      const slopes = x.filter((_, at) => at % k > 0);
      const whole = { n, k: k - 1, x: slopes, y, offset, factors: [codes] };
      const used = keepRows(whole, kernels.prune(n, [codes], { singletons: false, y }).reason);
      const fit = kernels.absorbFit('poisson', used);
      expect(fit.status).toBe(Status.ok);
      expect(leastDigits(fit.coef, fixed.coef)).toBeGreaterThanOrEqual(10);
      const diagonal = (v: Float64Array) => fixed.coef.map((_, i) => Math.sqrt(v[i * (k - 1) + i]));
      expect(leastDigits(diagonal(fit.vcov), fixed.se_oim)).toBeGreaterThanOrEqual(9);
      // the likelihood with dummies exceeds the conditional one by ln P(Y; Y) of each group, a constant of the data
      const sums = new Map<number, number>();
      used.factors[0].forEach((g, i) => {
        sums.set(g, (sums.get(g) ?? 0) + used.y[i]);
      });
      const totals = Float64Array.from(sums.values());
      const lnFactorials = kernels.special(
        'lgamma',
        totals.map((Y) => Y + 1),
      );
      const extra = totals.reduce((sum, Y, g) => sum + Y * Math.log(Y) - Y - lnFactorials[g], 0);
      expect(digits(fit.loglik - extra, fixed.lnL)).toBeGreaterThanOrEqual(13);
    });

  it.each(CERTIFIED_MODELS)('%s gives the same estimates without scores', (model) => {
    const whole = kernels.fit(model, problem);
    const lean = kernels.fit(model, problem, { scores: false });
    expect(lean.scores.length).toBe(0);
    expect(lean.loglik).toBe(whole.loglik);
    expect(lean.coef).toEqual(whole.coef);
    expect(lean.vcov).toEqual(whole.vcov);
  });
});
