/**
 * Error budget against 40-digit Newton (certified.json). Log-likelihood: log-probabilities that do not cancel, each good to
 * about 1e-15, and a compensated sum: 1e-13 relative. Coefficients ≥ 10 digits: a gradient with rounding ε·Σ|terms| divided
 * by the information; patents75 poisson (six lags of R&D, correlation 0.99, counts to 600) is the worst with 11. Standard
 * errors ≥ 9 digits. Cluster standard errors ≥ 9 digits: scores of a group are sums of large row scores that cancel.
 */
import { certified, digits } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, Status } from '../src/index.ts';
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

  it.each(CERTIFIED_MODELS)('%s gives the same estimates without scores', (model) => {
    const whole = kernels.fit(model, problem);
    const lean = kernels.fit(model, problem, { scores: false });
    expect(lean.scores.length).toBe(0);
    expect(lean.loglik).toBe(whole.loglik);
    expect(lean.coef).toEqual(whole.coef);
    expect(lean.vcov).toEqual(whole.vcov);
  });
});
