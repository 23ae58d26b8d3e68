/** Probabilities of counts: R 4.2 (dnbinom; integrate over dbeta), exact fractions, and their own moments. */
import { describe, expect, it } from 'vitest';
import { countLaws, probabilities } from '../src/count-laws.ts';
import type { Design, Fit, ModelKey } from '../src/types.ts';

const lawsOf = (model: ModelKey, lambda: number[], parameters: [string, number][] = [], y = lambda) => {
  const fit = { model, parameters: parameters.map(([name, estimate]) => ({ name, estimate, se: 1 })) } as Fit;
  const design = { y: Float64Array.from(y), groupStart: Int32Array.of(0, y.length) } as Design;
  return countLaws(design, fit, Float64Array.from(lambda, Math.log))!;
};
const at = (law: ReturnType<typeof lawsOf>[number], ks: number[]) => {
  const { upTo } = probabilities(law, Math.max(...ks));
  return ks.map((k) => upTo[k]);
};
/** Largest relative difference. */
const off = (a: number[], b: number[]) => Math.max(...a.map((x, i) => Math.abs(x / b[i] - 1)));

describe('countLaws', () => {
  it('are those of R for NB2 and NB1', () => {
    const [nb2] = lawsOf('nb2', [4.2], [['alpha', 0.7]]);
    expect(off(at(nb2, [0, 3, 10]), [0.141023377464213, 0.116160702573089, 0.0235395893775302])).toBeLessThan(1e-13);
    const [nb1] = lawsOf('nb1', [4.2], [['delta', 0.7]]);
    expect(off(at(nb1, [0, 3, 10]), [0.041429192807279, 0.161972712282152, 0.0174322317240894])).toBeLessThan(1e-13);
  });

  it('integrate the beta effects of nb-re', () => {
    const [law] = lawsOf(
      'nb-re',
      [1.7],
      [
        ['ln_r', Math.log(3.2)],
        ['ln_s', Math.log(2.1)],
      ],
    );
    // integrate() of R to 1e-12.
    expect(off(at(law, [0, 3, 10]), [0.45092102317689, 0.0675924131752455, 0.00441541712898045])).toBeLessThan(1e-11);
  });

  it('are hypergeometric given the total of a unit: exact fractions of C(k+1, k) C(6−k, 4−k) / 70', () => {
    const [law] = lawsOf('nb-fe', [2, 3], [], [1, 3]);
    expect(
      off(
        at(law, [0, 1, 2, 3, 4]),
        [15, 20, 18, 12, 5].map((n) => n / 70),
      ),
    ).toBeLessThan(1e-14);
  });

  it.each<[ModelKey, [string, number][]]>([
    ['poisson', []],
    ['nb1', [['delta', 1.3]]],
    ['nb2', [['alpha', 0.4]]],
    ['poisson-re', [['lnalpha', -0.5]]],
    [
      'nb-re',
      [
        ['ln_r', 2.5],
        ['ln_s', 0.4],
      ],
    ],
    ['nb-fe', []],
  ])('of %s sum to one and have the mean and variance that they say', (model, parameters) => {
    for (const law of lawsOf(model, [0.3, 5, 40], parameters, [0, 9, 31])) {
      const { upTo, more } = probabilities(law, 4000);
      const moment = (of: (k: number) => number) => upTo.reduce((sum, p, k) => sum + p * of(k), 0);
      expect(moment(() => 1) + more).toBeCloseTo(1, 12);
      expect(moment((k) => k) / law.mean).toBeCloseTo(1, 8);
      // The beta negative binomial has a long tail beyond 4,000.
      expect(moment((k) => (k - law.mean) ** 2) / law.variance).toBeCloseTo(1, model === 'nb-re' ? 2 : 8);
    }
  });

  it('stay finite where P(0) underflows', () => {
    const [law] = lawsOf('poisson', [2000]);
    const { upTo, more } = probabilities(law, 2000);
    expect(upTo[0]).toBe(0);
    // Normal approximation of a Poisson count at its mean.
    expect(upTo[2000] * Math.sqrt(2 * Math.PI * 2000)).toBeCloseTo(1, 3);
    expect(more).toBeCloseTo(0.5, 1);
  });

  it('are not given for least squares', () => {
    expect(lawsOf('ols', [1])).toBeUndefined();
  });
});
