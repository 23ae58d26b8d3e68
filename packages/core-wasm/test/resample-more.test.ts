/** Draws, standard errors, approximations and refusals of the resampler. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type KernelModel, type Kernels, loadKernels, type ResampleProblem, Status } from '../src/index.ts';
import { certifiedCase, groupScores, sandwich } from './certified-data.ts';
import { randomPanel } from './random.ts';
import { copied, fitAndOpen, groupClusters, reweighted } from './resample-data.ts';

const MODELS: KernelModel[] = ['ols', 'poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re', 'poisson-re'];

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const panel = (seed = 31) => randomPanel({ seed, groups: 30, constant: true, offset: true, level: 8 });

describe('draws', () => {
  it('are Lemire’s bounded integers of the Philox words of stream 0', () => {
    const problem = panel();
    const { resampler } = fitAndOpen(kernels, 'poisson', problem, groupClusters(problem), { seed: 2 ** 40 + 9 });
    for (const replicate of [0, 1, 12345, 2 ** 45]) {
      const words = [...kernels.philox(2 ** 40 + 9, replicate, 0, 64)];
      const counts = new Int32Array(30);
      for (let drawn = 0, at = 0; drawn < 30; at++) {
        const product = BigInt(words[at]) * 30n;
        if ((product & 0xffffffffn) < 2n ** 32n % 30n) continue;
        counts[Number(product >> 32n)]++;
        drawn++;
      }
      expect(resampler.drawWeights(replicate)).toEqual(counts);
    }
  });

  it('reach every cluster equally often, independently over replicates', () => {
    const problem = panel();
    const { resampler } = fitAndOpen(kernels, 'poisson', problem, groupClusters(problem), { seed: 3 });
    const draws = Array.from({ length: 4000 }, (_, r) => resampler.drawWeights(r));
    // 120,000 multinomial draws on 30 cells: χ² with 29 degrees of freedom, 99.99 % point 63.2
    const total = draws.reduce((sum, row) => sum.map((v, c) => v + row[c]), new Int32Array(30));
    expect(total.reduce((sum, v) => sum + (v - 4000) ** 2 / 4000, 0)).toBeLessThan(63.2);
    // covariance of neighbouring replicates' counts: 0 with standard error 1/√(4000·30) per cell on average
    let cross = 0;
    for (let r = 1; r < draws.length; r++)
      for (let c = 0; c < 30; c++) cross += (draws[r][c] - 1) * (draws[r - 1][c] - 1);
    expect(Math.abs(cross / (3999 * 30))).toBeLessThan(4 / Math.sqrt(3999 * 30));
    expect(new Set(draws.map((row) => row.join())).size).toBe(4000);
  });
});

describe.each(MODELS)('standard errors of %s', (model) => {
  // 1e-7: both sides invert information matrices at points that differ by rounding
  it('are those of a fit of the copied rows', () => {
    const problem = panel(38);
    const clusters = groupClusters(problem);
    const { resampler } = fitAndOpen(kernels, model, problem, clusters);
    const iid = resampler.pairs(0, 6, { se: 'iid' });
    const clustered = resampler.pairs(0, 6, { se: 'cluster' });
    expect(clustered.coef).toEqual(resampler.pairs(0, 6).coef);
    for (let r = 0; r < 6; r++) {
      const { copies, owner } = copied(problem, clusters, resampler.drawWeights(r));
      const fit = kernels.fit(model, copies);
      expect(Status[fit.status]).toBe('ok');
      const p = fit.coef.length;
      const starts = [0];
      for (let i = 1; i <= owner.length; i++) if (owner[i] !== owner[i - 1]) starts.push(i);
      const scores = groupScores(
        fit,
        fit.scoreBy === 'group' ? Int32Array.from(copies.groupStart ?? []) : Int32Array.from(starts),
      );
      const robust = sandwich(kernels, fit.vcov, scores, p);
      let rss = 0;
      for (let i = 0; i < copies.n; i++) rss += (copies.y[i] - fit.eta[i]) ** 2;
      const s2 = model === 'ols' ? rss / (copies.n - p) : 1;
      for (let j = 0; j < p; j++) {
        expect((iid.se?.[r * p + j] ?? 0) / Math.sqrt(s2 * fit.vcov[j * p + j])).toBeCloseTo(1, 7);
        expect((clustered.se?.[r * p + j] ?? 0) / Math.sqrt(robust[j * p + j])).toBeCloseTo(1, 7);
      }
    }
  });
});

describe.each(['poisson', 'nb2', 'nb-fe', 'nb-re'] as const)('%s with a dummy of two units', (model) => {
  it('has no estimate, at once, where neither was drawn, and is the cold fit of the copied rows elsewhere', () => {
    const base = panel(41);
    const { n, groupStart } = base;
    const k = base.k + 1;
    const x = new Float64Array(n * k);
    for (let i = 0; i < n; i++) {
      x.set(base.x.subarray(i * base.k, (i + 1) * base.k), i * k);
      x[i * k + base.k] = i >= groupStart[4] && i < groupStart[6] ? 1 : 0;
    }
    const problem = { ...base, k, x };
    const clusters = groupClusters(problem);
    const { resampler } = fitAndOpen(kernels, model, problem, clusters);
    const { status, iterations } = resampler.pairs(0, 60);
    let without = 0;
    for (let r = 0; r < 60; r++) {
      const weights = resampler.drawWeights(r);
      if (weights[4] + weights[5] === 0) {
        without++;
        expect([Status[status[r]], iterations[r]]).toEqual(['notPositiveDefinite', 0]);
      } else if (r < 25) {
        const cold = kernels.fit(model, copied(problem, clusters, weights).copies);
        if (cold.status === Status.ok) expect(Status[status[r]]).toBe('ok');
      }
    }
    // (28/30)^30 = 0.126 of them: 7.6 ± 2.6.
    expect(without).toBeGreaterThan(1);
  });
});

describe('approximations', () => {
  it('one-step is one Newton step from the full sample', () => {
    const problem = panel(33);
    const clusters = groupClusters(problem);
    for (const model of MODELS.slice(1)) {
      const { fit, resampler } = fitAndOpen(kernels, model, problem, clusters, { method: 'one-step' });
      const batch = resampler.pairs(0, 5);
      const p = fit.coef.length;
      for (let r = 0; r < 5; r++) {
        const weighted = reweighted(problem, clusters, resampler.drawWeights(r));
        const { gradient, hessian } = kernels.evaluate(model, weighted, fit.coef);
        const inverse = kernels.inverse(
          p,
          hessian.map((v) => -v),
        );
        for (let j = 0; j < p; j++) {
          let step = 0;
          for (let m = 0; m < p; m++) step += (inverse?.[j * p + m] ?? Number.NaN) * gradient[m];
          expect(Math.abs(batch.coef[r * p + j] - fit.coef[j] - step)).toBeLessThan(1e-8 * (1 + Math.abs(step)));
        }
      }
    }
  });

  it.each(MODELS.slice(1))('%s: second-order is much nearer to exact than one-step', (model) => {
    const { problem, groupStart } = certifiedCase('patents_rdus');
    const clusters = groupClusters({ ...problem, groupStart });
    const median = (method: ResampleProblem['method']) => {
      const { fit, resampler } = fitAndOpen(kernels, model, problem, clusters, { method });
      const p = fit.coef.length;
      const exact = fitAndOpen(kernels, model, problem, clusters).resampler.pairs(0, 8);
      const { coef } = resampler.pairs(0, 8);
      const errors = Array.from({ length: 8 }, (_, r) => {
        let most = 0;
        for (let j = 0; j < p; j++)
          most = Math.max(most, Math.abs(coef[r * p + j] - exact.coef[r * p + j]) / Math.sqrt(fit.vcov[j * p + j]));
        return most;
      });
      return errors.sort((a, b) => a - b)[4];
    };
    expect(median('second-order')).toBeLessThan(0.35 * median('one-step'));
  });

  it('have no standard errors, except for ols', () => {
    const problem = panel();
    for (const model of MODELS) {
      const { resampler } = fitAndOpen(kernels, model, problem, groupClusters(problem), { method: 'second-order' });
      const { status, coef } = resampler.pairs(0, 2, { se: 'iid' });
      expect(Status[status[0]]).toBe(model === 'ols' ? 'ok' : 'badInput');
      expect(Number.isNaN(coef[0])).toBe(model !== 'ols');
    }
  });
});

describe('refusals', () => {
  const spoiled: [string, (spec: ResampleProblem) => Partial<ResampleProblem>, string][] = [
    ['a negative seed', () => ({ seed: -1 }), 'badInput'],
    ['a seed that is no integer', () => ({ seed: 0.5 }), 'badInput'],
    ['a seed beyond 2⁵³', () => ({ seed: 2 ** 53 }), 'badInput'],
    ['a code without rows', (s) => ({ clusters: { ...s.clusters, count: s.clusters.count + 1 } }), 'badInput'],
    ['a code out of range', (s) => ({ clusters: { ...s.clusters, count: s.clusters.count - 1 } }), 'badInput'],
    ['codes of other rows', (s) => ({ clusters: { ...s.clusters, codes: s.clusters.codes.subarray(1) } }), 'badInput'],
    ['coefficients of another model', (s) => ({ coef: s.coef.subarray(1) }), 'badInput'],
    ['coefficients that are no numbers', (s) => ({ coef: s.coef.with(0, Number.NaN) }), 'badInput'],
    ['coefficients far out', (s) => ({ coef: s.coef.with(0, 5000) }), 'etaOverflow'],
    ['a negative count', (s) => ({ problem: { ...s.problem, y: s.problem.y.with(0, -1) } }), 'notCount'],
    ['x that is no number', (s) => ({ problem: { ...s.problem, x: s.problem.x.with(0, Number.NaN) } }), 'badInput'],
  ];
  it.each(spoiled)('nb-fe refuses %s', (_, spoil, status) => {
    const problem = panel();
    const { coef } = kernels.fit('nb-fe', problem);
    const spec: ResampleProblem = { model: 'nb-fe', problem, coef, clusters: groupClusters(problem), seed: 1 };
    const made = kernels.resampler({ ...spec, ...spoil(spec) });
    expect('status' in made && Status[made.status]).toBe(status);
  });

  it('refuses a cluster that splits a group, in group models only', () => {
    const problem = panel();
    const codes = Int32Array.from({ length: problem.n }, (_, i) => i % 2);
    for (const model of MODELS) {
      const { coef } = kernels.fit(model, problem);
      const made = kernels.resampler({ model, problem, coef, clusters: { codes, count: 2 }, seed: 1 });
      expect('status' in made).toBe(['nb-fe', 'nb-re', 'poisson-re'].includes(model));
    }
  });

  it('throws after free()', () => {
    const problem = panel();
    const { resampler } = fitAndOpen(kernels, 'poisson', problem, groupClusters(problem));
    resampler.free();
    expect(() => resampler.pairs(0, 1)).toThrow('freed');
    expect(resampler.memoryBytes()).toBe(0);
  });
});
