/**
 * Error budget. NIST StRD: ≥ 9 digits; the refined QR solves the problem of the given doubles to rounding, so what is left
 * is the rounding of the data themselves (powers of x in Wampler are exact integers, in Filip they are not: ≥ 7 digits).
 * R's lm: its own Householder QR without refinement, ≥ 10 digits on well-conditioned data.
 */
import { digits, fixtureJson } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, type Problem, Status } from '../src/index.ts';
import { readColumns } from './certified-data.ts';
import { byRows } from './random.ts';

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

interface Peer {
  results: {
    data: string;
    y: string;
    x: string[];
    weights: string;
    offset: string;
    coef: number[];
    se: number[];
    loglik: number;
  }[];
}

describe('ols against R lm', () => {
  it.each(fixtureJson<Peer>('peers', 'ols.json').results)(
    '$data: $y ~ $x, weights "$weights", offset "$offset"',
    ({ data, y, x, weights, offset, coef, se, loglik }) => {
      const columns = readColumns(`${data}.csv`);
      const pick = (name: string) => Float64Array.from(columns[name], Number);
      const regressors = byRows([new Float64Array(columns[y].length).fill(1), ...x.map(pick)]);
      const problem: Problem = { ...regressors, y: pick(y) };
      if (weights) problem.weights = pick(weights);
      if (offset) problem.offset = pick(offset);
      const { n, k } = problem;
      const fit = kernels.fit('ols', problem);
      const sigma = Math.sqrt(rssOf(problem, fit.eta) / (n - k));
      expect(fit.status).toBe(Status.ok);
      // lm does not refine: year (1970–1979, beside a constant) costs it three digits
      coef.forEach((v, i) => {
        expect(digits(fit.coef[i], v)).toBeGreaterThan(10);
        expect(digits(sigma * Math.sqrt(fit.vcov[i * k + i]), se[i])).toBeGreaterThan(10);
      });
      expect(digits(fit.loglik, loglik)).toBeGreaterThan(13);
    },
  );

  it('gives scores w e x that sum to zero', () => {
    const set = nist.Longley;
    const problem = problemOf(set);
    const weights = problem.y.map((_, i) => 1 + (i % 3));
    const { scores, coef, eta } = kernels.fit('ols', { ...problem, weights });
    const k = coef.length;
    for (let j = 0; j < k; j++) {
      let sum = 0;
      let size = 0;
      for (let i = 0; i < problem.n; i++) {
        const score = weights[i] * (problem.y[i] - eta[i]) * problem.x[i * k + j];
        expect(Math.abs(scores[i * k + j] - score)).toBeLessThan(1e-8 * (1 + Math.abs(score)));
        sum += scores[i * k + j];
        size += Math.abs(scores[i * k + j]);
      }
      expect(Math.abs(sum)).toBeLessThan(1e-12 * size);
    }
  });

  it('answers notPositiveDefinite to fewer rows than columns, and fits an exact system', () => {
    const x = Float64Array.of(1, 2, 1, 3);
    expect(Status[kernels.fit('ols', { n: 1, k: 2, y: Float64Array.of(1), x }).status]).toBe('notPositiveDefinite');
    const exact = kernels.fit('ols', { n: 2, k: 2, y: Float64Array.of(5, 7), x });
    expect(Status[exact.status]).toBe('ok');
    expect([...exact.coef]).toEqual([1, 2]);
  });
});
