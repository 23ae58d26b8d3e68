/**
 * From anywhere. 50 seeded starts per data set and scale: N(0, 2²) in every standardised parameter, and in every parameter of
 * the user's scale (linear predictors from −90 to 110). All must end at the certified optimum to 9 digits, and no
 * log-likelihood may be positive on the way or at wilder points.
 */
import { certified } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, Status } from '../src/index.ts';
import { CERTIFIED_MODELS, type CertifiedCase, certifiedCase, leastDigits } from './certified-data.ts';
import { normals, uniforms } from './random.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

/** Mean and standard deviation of each column but the first, the constant. */
function moments({ problem: { n, k, x } }: CertifiedCase): { mean: number[]; sd: number[] } {
  const columns = Array.from({ length: k }, (_, j) => Array.from({ length: n }, (_, i) => x[i * k + j]));
  const mean = columns.map((c) => c.reduce((a, b) => a + b, 0) / n);
  const sd = columns.map((c, j) => Math.sqrt(c.reduce((a, b) => a + (b - mean[j]) ** 2, 0) / n));
  return { mean, sd };
}

/** N(0, scale²) in standardised parameters, in the user's scale. */
function standardisedStart(c: CertifiedCase, p: number, normal: () => number): Float64Array {
  const { mean, sd } = moments(c);
  const start = Float64Array.from({ length: p }, () => 2 * normal());
  for (let j = 1; j < c.problem.k; j++) {
    start[j] /= sd[j];
    start[0] -= start[j] * mean[j];
  }
  return start;
}

describe.each(Object.keys(certified()))('%s', (name) => {
  const c = certifiedCase(name);

  it.each(CERTIFIED_MODELS)('%s finds the certified optimum from 50 random starts in either scale', (model, key) => {
    const expected = c.reference[key];
    const p = expected.coef.length;
    const normal = normals(uniforms(20190508));
    for (let s = 0; s < 50; s++) {
      const starts = [standardisedStart(c, p, normal), Float64Array.from({ length: p }, () => 2 * normal())];
      for (const start of starts) {
        const first = kernels.evaluate(model, c.problem, start);
        expect(first.status).toBe(Status.ok);
        expect(first.loglik).toBeLessThanOrEqual(0);
        const fit = kernels.fit(model, c.problem, { start, scores: false });
        expect(Status[fit.status], `start ${s}: ${start}`).toBe('ok');
        expect(leastDigits(fit.coef, expected.coef), `start ${s}`).toBeGreaterThanOrEqual(9);
      }
    }
  });

  it.each(CERTIFIED_MODELS)('%s is never above 0 at wild points', (model, key) => {
    const p = c.reference[key].coef.length;
    const normal = normals(uniforms(7));
    const constants = [-700, -300, -100, -34.5, -10, 0, 10, 20, 27.6, 34.5, 36.8, 100, 300, 690, 800];
    for (const constant of constants)
      for (const spread of [0, 0.01, 1, 30]) {
        const theta = Float64Array.from({ length: p }, () => spread * normal());
        theta[0] = constant - (c.problem.offset?.[0] ?? 0);
        const { status, loglik } = kernels.evaluate(model, c.problem, theta);
        expect(loglik).toBeLessThanOrEqual(0);
        expect(loglik).not.toBeNaN();
        if (status === Status.ok) expect(loglik).toBeGreaterThan(-Infinity);
        else expect(Status[status]).toBe('etaOverflow');
      }
  });
});

describe('the limit of large λ', () => {
  it('nb-fe tends to the conditional Poisson log-likelihood from below 0, at λ up to 1e15', () => {
    // lnL of fe_pois at its optimum is certified; nb-fe at the same slopes and a large constant must agree with it
    for (const name of ['patents75', 'patents_rdus', 'synth45', 'ships']) {
      const c = certifiedCase(name);
      const expected = c.reference.fe_pois;
      expect(expected).toBeDefined();
      const theta = Float64Array.from([34.5, ...(expected?.coef ?? [])]);
      const { loglik } = kernels.evaluate('nb-fe', c.problem, theta);
      // nb-fe differs by O(Y²/Λ) ≈ 1e-10 there
      expect(Math.abs(loglik / (expected?.lnL ?? 0) - 1)).toBeLessThan(1e-9);
    }
  });
});
