/** Random numbers of the parametric bootstrap: moments of their laws within 4.5 Monte Carlo standard deviations, and the models' laws. */
import { loadKernels } from '@gravpanel/core-wasm';
import { describe, expect, it } from 'vitest';
import { fitDesign } from '../src/fit.ts';
import {
  binomial,
  logGammaVariate,
  multinomial,
  normal,
  poisson,
  type Source,
  sourceOf,
} from '../src/resample-random.ts';
import type { Fit } from '../src/types.ts';
import { designOf } from './design-of.ts';

const kernels = await loadKernels();
const N = 20_000;

/** Mean and variance of N draws against those of the law; the variance's error from the fourth central moment of the draws. */
function expectMoments(draw: (source: Source) => number, mean: number, variance: number): void {
  const source = sourceOf(kernels, 42, 7);
  const x = Float64Array.from({ length: N }, () => draw(source));
  const m = x.reduce((a, b) => a + b) / N;
  const m2 = x.reduce((sum, one) => sum + (one - m) ** 2, 0) / N;
  const m4 = x.reduce((sum, one) => sum + (one - m) ** 4, 0) / N;
  expect(Math.abs(m - mean)).toBeLessThan(4.5 * Math.sqrt(variance / N));
  expect(Math.abs(m2 - variance)).toBeLessThan(4.5 * Math.sqrt((m4 - m2 * m2) / N));
}

describe('laws', () => {
  it('normal', () => expectMoments(normal, 0, 1));
  it.each([0.05, 0.7, 1, 4, 300])('gamma of shape %d', (shape) =>
    expectMoments((source) => Math.exp(logGammaVariate(source, shape)), shape, shape),
  );
  it.each([0.01, 1, 12, 29.5, 31, 250, 1e5])('Poisson of mean %d', (mean) =>
    expectMoments((source) => poisson(source, mean), mean, mean),
  );
  it.each([
    [5, 0.3],
    [41, 0.5],
    [1000, 0.02],
    [20_000, 0.9],
  ])('binomial of %i and %d', (n, q) => expectMoments((source) => binomial(source, n, q), n * q, n * q * (1 - q)));
  it('multinomial: one cell is binomial, and all balls are in', () => {
    const logs = Float64Array.from([Math.log(2), Math.log(5), Math.log(3)]);
    expectMoments((source) => multinomial(source, 60, logs)[1], 30, 15);
    const source = sourceOf(kernels, 1, 1);
    for (let i = 0; i < 50; i++) expect(multinomial(source, 17, logs).reduce((a, b) => a + b)).toBe(17);
  });
});

describe('streams', () => {
  it('share no word between replicates and seeds', () => {
    const seen = new Set<number>();
    let words = 0;
    for (const seed of [1, 2])
      for (let replicate = 0; replicate < 40; replicate++) {
        const { word } = sourceOf(kernels, seed, replicate);
        // Pairs of words: 2^64 values, so that a repeat by chance is out of question.
        for (let i = 0; i < 300; i++, words++) seen.add(word() * 2 ** 21 + (word() >>> 11));
      }
    expect(seen.size).toBe(words);
  });
});

describe('the parametric bootstrap', () => {
  /** 4 Monte Carlo deviations of 300 draws (16%), and what observed and expected information differ by in 430 rows. */
  it.each(['poisson', 'nb2', 'nb-fe', 'nb-re', 'poisson-re', 'ols', 'ols-re'] as const)(
    'of %s centres on the estimates, each model drawn from its own law',
    (model) => {
      const spec = { type: 'bootstrap', kind: 'parametric', reps: 300 } as const;
      const fit = fitDesign(designOf('synth45', model, { vcov: spec }), kernels) as Fit;
      const { bias, failed } = fit.resampling!;
      expect(failed).toBe(0);
      fit.coefficients.forEach(({ se }, j) => {
        // Estimates of likelihoods are biased by O(1/n): a third of a standard error is far above it and the simulation's 1/√300.
        expect(Math.abs(bias[j])).toBeLessThan(0.35 * se);
      });
    },
  );

  it('has the standard errors of the observed information where the model is true', () => {
    // Outcomes drawn from the fitted nb2 make it the truth; its own information is then what replicates spread by.
    const d = designOf('synth45', 'poisson');
    const source = sourceOf(kernels, 9, 9);
    const eta = fitDesign(d, kernels) as Fit;
    const y = Float64Array.from({ length: d.n }, (_, i) => {
      let index = 0;
      for (let j = 0; j < d.k; j++) index += eta.coefficients[j].estimate * d.x[i * d.k + j];
      return poisson(source, Math.exp(index));
    });
    const truth = fitDesign({ ...d, y }, kernels) as Fit;
    const vcov = { type: 'bootstrap', kind: 'parametric', reps: 1000 } as const;
    const drawn = fitDesign({ ...d, y, spec: { ...d.spec, vcov } }, kernels) as Fit;
    drawn.coefficients.forEach(({ se }, j) => {
      // 4/√2000 of simulation.
      expect(Math.abs(se / truth.coefficients[j].se - 1)).toBeLessThan(0.09);
    });
  });
});
