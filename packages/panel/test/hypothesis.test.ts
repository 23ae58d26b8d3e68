import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { certified, digits, fixtureJson } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { chi2Upper, normalUpper } from '../src/distributions.ts';
import { fitDesign } from '../src/fit.ts';
import { hausman } from '../src/hausman.ts';
import { likelihoodRatio, overdispersion, wald } from '../src/hypothesis.ts';
import { quadraticForm, symmetricEigen } from '../src/symmetric.ts';
import type { Fit, ModelKey } from '../src/types.ts';
import { type DesignOptions, designOf } from './design-of.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

function fitOf(data: string, model: ModelKey, o: DesignOptions = {}): Fit {
  const result = fitDesign(designOf(data, model, o), kernels);
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}

/** A fit with only some of its terms, as if the formula had them alone: for tests of term matching. */
const onlyTerms = (fit: Fit, terms: string[]): Fit => ({
  ...fit,
  coefficients: fit.coefficients.filter((c) => terms.includes(c.term)),
});

describe('hausman', () => {
  const sets = certified();
  for (const name of Object.keys(sets)) {
    const want = sets[name].hausman_fe_re.slopes;
    const test = () => hausman(fitOf(name, 'nb-fe'), fitOf(name, 'nb-re'));
    it(`${name}: the smallest eigenvalue is the certified one`, () => {
      expect(digits(test().smallestEigenvalue!, want.min_eig)).toBeGreaterThan(8);
    });
    if (want.positive_definite)
      it(`${name}: χ²(${want.df}) = ${want.chi2.toFixed(4)} to 8 digits, slopes only`, () => {
        const result = test();
        expect(digits(result.statistic!, want.chi2)).toBeGreaterThan(8);
        expect(result.df).toBe(want.df);
        expect(result.p).toBe(chi2Upper(result.statistic!, want.df));
        expect(result.compared!.map((c) => c.term)).toEqual(sets[name].regressors);
      });
    else
      it(`${name}: is not defined, and says why`, () => {
        const result = test();
        expect(result).not.toHaveProperty('statistic');
        expect(result).not.toHaveProperty('p');
        expect(result.reason).toMatch(
          /^V_FE − V_RE is not positive definite \(smallest eigenvalue −.*\): the statistic is not defined\.$/,
        );
      });
  }
  it('compares the observed information whatever standard errors the columns show', () => {
    const clustered: DesignOptions = { vcov: { type: 'cluster', by: [['pair']] }, clusters: ['pair'] };
    const a = hausman(fitOf('synth45', 'nb-fe', clustered), fitOf('synth45', 'nb-re', clustered));
    expect(digits(a.statistic!, certified().synth45.hausman_fe_re.slopes.chi2)).toBeGreaterThan(8);
  });
  it('says that the two samples differ', () => {
    const { notes } = hausman(fitOf('synth45', 'nb-fe'), fitOf('synth45', 'nb-re'));
    expect(notes).toEqual([
      { code: 'different-rows', message: "nb-fe uses 430 rows and nb-re 450: each model's own sample is compared." },
    ]);
  });
  it('has no statistic without common slopes', () => {
    const a = onlyTerms(fitOf('synth45', 'nb-fe'), ['(Intercept)']);
    expect(hausman(a, fitOf('synth45', 'nb-re'))).toMatchObject({ reason: 'The two fits have no slope in common.' });
  });
  it('has no statistic where both fits are the same', () => {
    const fit = fitOf('synth45', 'nb-fe');
    expect(hausman(fit, fit)).toMatchObject({ reason: 'V_FE − V_RE is zero: the two fits are the same.' });
  });
});

interface Peer {
  data: string;
  dropped: string[];
  f: number;
  df1: number;
  df2: number;
  p: number;
  wald: number;
  lr: number;
  overdispersion: number;
}
describe('tests against R (test-fixtures/peers/hypothesis.R)', () => {
  for (const peer of fixtureJson<{ results: Peer[] }>('peers', 'hypothesis.json').results) {
    it(`F test on ${peer.data} is anova()'s, 9 digits`, () => {
      const test = wald(fitOf(peer.data, 'ols'), peer.dropped);
      expect(test).toMatchObject({ distribution: 'F', df: peer.df1, df2: peer.df2 });
      expect(digits(test.statistic!, peer.f)).toBeGreaterThan(9);
      expect(digits(test.p!, peer.p)).toBeGreaterThan(8);
    });
    it(`Wald χ² on ${peer.data} is that of glm, 9 digits`, () => {
      const test = wald(fitOf(peer.data, 'poisson'), peer.dropped);
      expect(test).toMatchObject({ distribution: 'chi2', df: peer.df1 });
      expect(digits(test.statistic!, peer.wald)).toBeGreaterThan(9);
    });
    it(`overdispersion on ${peer.data} is lm's t, 9 digits`, () => {
      const test = overdispersion(designOf(peer.data, 'poisson'), kernels);
      expect(digits(test.statistic!, peer.overdispersion)).toBeGreaterThan(9);
      expect(digits(test.p!, normalUpper(peer.overdispersion))).toBeGreaterThan(7);
    });
  }
});

describe('likelihoodRatio', () => {
  it('tests α = 0 by half of χ²(1), from the certified log-likelihoods', () => {
    const { pois, nb2 } = certified().synth45;
    const test = likelihoodRatio(fitOf('synth45', 'poisson'), fitOf('synth45', 'nb2'));
    expect(digits(test.statistic!, 2 * (nb2.lnL - pois.lnL))).toBeGreaterThan(11);
    expect(test.df).toBe(1);
    expect(digits(test.p!, 0.5 * chi2Upper(2 * (nb2.lnL - pois.lnL), 1))).toBeGreaterThan(9);
    expect(test.notes[0].code).toBe('chi-bar-squared');
  });
  it('refuses fits on different rows', () => {
    const test = likelihoodRatio(fitOf('synth45', 'nb-fe'), fitOf('synth45', 'nb-re'));
    expect(test).not.toHaveProperty('statistic');
    expect(test.reason).toContain('430 and 450');
  });
  it('refuses models of different families', () => {
    expect(likelihoodRatio(fitOf('synth45', 'nb1'), fitOf('synth45', 'nb2')).reason).toBe(
      'nb1 is not a special case of nb2.',
    );
  });
});

describe('wald', () => {
  it('of one term is its squared statistic', () => {
    const fit = fitOf('synth45', 'nb-fe');
    const c = fit.coefficients[1];
    expect(digits(wald(fit, [c.term]).statistic!, c.statistic ** 2)).toBeGreaterThan(13);
    expect(digits(wald(fit, [c.term]).p!, c.p)).toBeGreaterThan(10);
  });
  it('names an unknown term and the nearest', () => {
    expect(() => wald(fitOf('synth45', 'poisson'), ['lgpd'])).toThrow(
      expect.objectContaining({ code: 'test/unknown-term', hint: expect.stringContaining('lgdp') }),
    );
  });
});

describe('small symmetric matrices', () => {
  it('eigenvalues of a 3 × 3 in closed form', () => {
    const { values, vectors } = symmetricEigen(3, [2, -1, 0, -1, 2, -1, 0, -1, 2]);
    [2 - Math.SQRT2, 2, 2 + Math.SQRT2].forEach((want, j) => {
      expect(digits(values[j], want)).toBeGreaterThan(14.5);
    });
    expect(Math.abs(vectors[1])).toBeCloseTo(Math.SQRT1_2, 14);
  });
  it('the quadratic form of a singular matrix uses its rank', () => {
    expect(quadraticForm([1, 1], [1, 1, 1, 1], [1, 1])).toEqual({
      value: expect.closeTo(1, 14),
      rank: 1,
      indefinite: false,
    });
  });
  it('units do not decide the rank', () => {
    const { rank } = quadraticForm([1, 1e-9], [1, 0, 0, 1e-18], [1, 1e-9]);
    expect(rank).toBe(2);
  });
});
