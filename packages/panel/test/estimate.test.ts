import {
  type KernelFit,
  type KernelOptions,
  type Kernels,
  loadKernels,
  type Problem,
  Status,
} from '@gravpanel/core-wasm';
import { describe, expect, it } from 'vitest';
import { estimate } from '../src/estimate.ts';
import { models } from '../src/models/index.ts';
import { designOf } from './design-of.ts';

const problem: Problem = {
  n: 3,
  k: 1,
  y: Float64Array.of(1, 2, 0),
  x: Float64Array.of(1, 1, 1),
  groupStart: Int32Array.of(0, 3),
};
const result = (loglik: number, coef: number, status = Status.ok): KernelFit => ({
  status,
  iterations: 4,
  coef: Float64Array.of(coef),
  loglik,
  vcov: Float64Array.of(0.01),
  scores: new Float64Array(0),
  scoreBy: 'group',
  eta: new Float64Array(3),
  scaledGradient: 1e-12,
  hessianCondition: 1,
});
/** Kernels whose fit answers in turn: the default start, the plain one, the perturbed one, then again. */
function answering(...answers: KernelFit[]) {
  const asked: (KernelOptions | undefined)[] = [];
  const kernels = {
    fit: (_: string, __: Problem, options?: KernelOptions) => {
      asked.push(options);
      return answers[Math.min(asked.length, answers.length) - 1];
    },
  } as unknown as Kernels;
  return { kernels, asked };
}
const nbFe = models['nb-fe'];

describe('estimate', () => {
  it('counts the starts that agree in log-likelihood and coefficients', () => {
    const { kernels } = answering(result(-5, 1), result(-5 + 1e-12, 1 + 1e-9), result(-5, 1));
    expect(estimate(nbFe, problem, kernels).certificate).toMatchObject({ starts: 3, agreeing: 3 });
  });
  it('takes the highest optimum and reports the others', () => {
    const { kernels } = answering(result(-5, 1), result(-4, 2), result(-5, 1));
    const { fit, certificate, others } = estimate(nbFe, problem, kernels);
    expect(fit.loglik).toBe(-4);
    expect(certificate).toMatchObject({ starts: 3, agreeing: 1 });
    expect(others).toEqual([-5, -5]);
  });
  it('does not call equal log-likelihoods at different coefficients an agreement', () => {
    const { kernels } = answering(result(-5, 1), result(-5, 1.5), result(-5, 1));
    expect(estimate(nbFe, problem, kernels).certificate.agreeing).toBe(2);
  });
  it('survives a failed default start', () => {
    const { kernels } = answering(result(-9, 0, Status.noConvergence), result(-5, 1), result(-5, 1));
    expect(estimate(nbFe, problem, kernels)).toMatchObject({
      fit: { loglik: -5 },
      certificate: { starts: 3, agreeing: 2 },
    });
  });
  it('fails with the first status when every start fails', () => {
    const { kernels } = answering(result(-9, 0, Status.noConvergence), result(-8, 0, Status.stepFailed));
    expect(estimate(nbFe, problem, kernels).fit.status).toBe(Status.noConvergence);
  });
  it('asks once where the data are bad', () => {
    const { kernels, asked } = answering(result(-9, 0, Status.badInput));
    estimate(nbFe, problem, kernels);
    expect(asked).toHaveLength(1);
  });
  it('fetches the scores of the optimum only, from where it is', () => {
    const { kernels, asked } = answering(result(-5, 1), result(-4, 2), result(-5, 1), result(-4, 2));
    estimate(nbFe, problem, kernels, { scores: true });
    expect(asked.map((o) => o?.scores)).toEqual([true, false, false, true]);
    expect(asked[3]?.start).toEqual(Float64Array.of(2));
  });
  it('moves the third start with the seed, repeatably', () => {
    const third = (seed: number) => {
      const { kernels, asked } = answering(result(-5, 1));
      estimate(nbFe, problem, kernels, { seed });
      return asked[2]?.start;
    };
    expect(third(1)).toEqual(third(1));
    expect(third(1)).not.toEqual(third(2));
  });
  it('reaches one optimum from 20 seeds on real data', async () => {
    const kernels = await loadKernels();
    const { n, k, x, y, groupStart } = designOf('patents75', 'nb-re');
    for (let seed = 1; seed <= 20; seed++)
      expect(estimate(models['nb-re'], { n, k, x, y, groupStart }, kernels, { seed }).certificate.agreeing).toBe(3);
  });
});
