/**
 * Error budget. NIST StRD: ≥ 9 digits; the refined QR solves the problem of the given doubles to rounding, so what is left
 * is the rounding of the data themselves (powers of x in Wampler are exact integers, in Filip they are not: ≥ 7 digits).
 * R's lm: its own Householder QR without refinement, ≥ 10 digits on well-conditioned data.
 */
import { digits, fixtureJson } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, type Problem, Status } from '../src/index.ts';

interface Nist {
  y: number[];
  x: number[][];
  coef: number[];
  se: number[];
  sigma: number;
}
const nist = fixtureJson<Record<string, Nist>>('certified', 'nist.json');

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

function problemOf(set: Nist): Problem {
  return {
    n: set.y.length,
    k: set.coef.length,
    y: Float64Array.from(set.y),
    x: Float64Array.from(set.x.flat()),
  };
}

function rssOf(problem: Problem, eta: Float64Array): number {
  return problem.y.reduce((sum, y, i) => sum + (problem.weights?.[i] ?? 1) * (y - eta[i]) ** 2, 0);
}

describe('ols on NIST StRD', () => {
  it.each(Object.keys(nist))('%s', (name) => {
    const set = nist[name];
    const problem = problemOf(set);
    const { n, k } = problem;
    const fit = kernels.fit('ols', problem);
    const need = name === 'Filip' ? 7 : 9;
    expect(fit.status).toBe(Status.ok);
    const sigma = Math.sqrt(fit.scores.length ? rssOf(problem, fit.eta) / (n - k) : Number.NaN);
    set.coef.forEach((certified, i) => {
      expect(digits(fit.coef[i], certified), `coefficient ${i}`).toBeGreaterThanOrEqual(need);
      const se = sigma * Math.sqrt(fit.vcov[i * k + i]);
      if (set.sigma === 0) expect(se).toBeLessThan(1e-8);
      else expect(digits(se, set.se[i]), `standard error ${i}`).toBeGreaterThanOrEqual(need);
    });
  });
});
