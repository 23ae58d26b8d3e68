/**
 * Every replicate against Kernels.fit from its own start with the replicate's weights at tolerance 1e-11, which the certified tests
 * hold against 40-digit optima. 1e-9 relative: the error predicted by the last steps is below 1e-12 and 1e-10 of each coefficient;
 * the rest is the room that rounding takes where −H is badly conditioned.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type KernelModel, type Kernels, loadKernels, type Problem, Status } from '../src/index.ts';
import { certifiedCase } from './certified-data.ts';
import { byRows, normals, poisson, randomPanel, uniforms } from './random.ts';
import { type Clusters, fitAndOpen, groupClusters, openResampler, reweighted, rowError } from './resample-data.ts';

const MODELS: KernelModel[] = ['ols', 'poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re', 'poisson-re'];
const EXACT = 1e-9;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

/** Compares `count` pairs replicates with cold fits; returns the statuses seen and how many went the damped way. */
function compare(model: KernelModel, problem: Problem, clusters: Clusters, count: number, least = 0) {
  const { resampler } = fitAndOpen(kernels, model, problem, clusters);
  const batch = resampler.pairs(0, count);
  const seen = new Set<string>();
  for (let r = 0; r < count; r++) {
    const cold = kernels.fit(model, reweighted(problem, clusters, resampler.drawWeights(r)), {
      tol: 1e-11,
      scores: false,
    });
    const good = cold.status === Status.ok || cold.status === Status.poissonBoundary;
    expect(`${r}: ${Status[batch.status[r]]}`).toBe(`${r}: ${Status[cold.status]}`);
    seen.add(Status[cold.status]);
    if (good) expect(rowError(batch.coef, r, cold.coef, least)).toBeLessThan(EXACT);
    else expect(batch.coef.subarray(r * cold.coef.length, (r + 1) * cold.coef.length).every(Number.isNaN)).toBe(true);
  }
  return { seen, fallback: batch.fallback.reduce((sum, flag) => sum + flag, 0) };
}

describe.each(MODELS)('%s', (model) => {
  it.each([
    ['synth45', 40],
    ['patents_rdus', 6],
  ])('equals cold refits on %s', (name, count) => {
    const { problem, groupStart } = certifiedCase(name);
    const { seen } = compare(model, problem, groupClusters({ ...problem, groupStart }), count);
    expect([...seen]).toEqual(['ok']);
  });

  it.each([1, 4])(
    'equals cold refits on unbalanced panels with offsets and weights, %i groups a cluster',
    (together) => {
      const problem = randomPanel({ seed: 11, groups: 60, constant: true, offset: true, level: 6 });
      const weights = new Float64Array(problem.n);
      for (let g = 0; g < 60; g++) weights.fill(0.5 + (g % 4) / 2, problem.groupStart[g], problem.groupStart[g + 1]);
      compare(model, { ...problem, weights }, groupClusters(problem, together), 25);
    },
  );

  it('takes clusters in any order of rows', () => {
    const problem = randomPanel({ seed: 12, groups: 40, constant: true, offset: false, level: 6 });
    const { codes, count } = groupClusters(problem);
    const shuffled = codes.map((c) => (c * 17) % count);
    compare(model, problem, { codes: shuffled, count }, 10);
  });

  it('answers to weights with the cold refit: jackknife, fractions, and zeros', () => {
    const problem = randomPanel({ seed: 13, groups: 30, constant: true, offset: false, level: 8 });
    const clusters = groupClusters(problem);
    const { count } = clusters;
    const { resampler } = fitAndOpen(kernels, model, problem, clusters);
    const rows = [0, 7, 29].map((left) => Float64Array.from({ length: count }, (_, c) => (c === left ? 0 : 1)));
    rows.push(Float64Array.from({ length: count }, (_, c) => 0.25 + (c % 5) / 3));
    const batch = resampler.weighted(Float64Array.from(rows.flatMap((row) => [...row])), rows.length);
    rows.forEach((row, r) => {
      const cold = kernels.fit(model, reweighted(problem, clusters, row), { tol: 1e-11 });
      expect(Status[batch.status[r]]).toBe(Status[cold.status]);
      expect(rowError(batch.coef, r, cold.coef)).toBeLessThan(EXACT);
    });
    const whole = resampler.weighted(new Float64Array(count).fill(1), 1);
    expect(rowError(whole.coef, 0, kernels.fit(model, problem).coef)).toBeLessThan(EXACT);
  });

  it('answers badInput to weights that are no weights, and goes on', () => {
    const problem = randomPanel({ seed: 14, groups: 20, constant: true, offset: false, level: 8 });
    const { resampler } = fitAndOpen(kernels, model, problem, groupClusters(problem));
    const one = new Float64Array(20).fill(1);
    const rows = [one.with(3, -1), one.with(3, Number.NaN), one.with(3, Infinity), new Float64Array(20), one];
    const batch = resampler.weighted(Float64Array.from(rows.flatMap((row) => [...row])), 5);
    expect([...batch.status].map((s) => Status[s])).toEqual(['badInput', 'badInput', 'badInput', 'badInput', 'ok']);
    expect(() => resampler.weighted(one, 2)).toThrow(RangeError);
  });

  it('gives the same bits for any chunking, order and instance', () => {
    const problem = randomPanel({ seed: 15, groups: 25, constant: true, offset: true, level: 5 });
    const clusters = groupClusters(problem);
    const { resampler, fit } = fitAndOpen(kernels, model, problem, clusters);
    const all = resampler.pairs(0, 60);
    const other = openResampler(kernels, { model, problem, clusters, coef: fit.coef, seed: 42 });
    const p = fit.coef.length;
    for (const [first, count] of [
      [37, 23],
      [0, 1],
      [1, 36],
    ]) {
      const part = other.pairs(first, count);
      expect(part.coef).toEqual(all.coef.slice(first * p, (first + count) * p));
      expect(part.status).toEqual(all.status.slice(first, first + count));
      expect(part.iterations).toEqual(all.iterations.slice(first, first + count));
    }
    const weights = Array.from({ length: 60 }, (_, r) => [...resampler.drawWeights(r)]).flat();
    expect(other.weighted(Float64Array.from(weights), 60).coef).toEqual(all.coef);
    const otherSeed = openResampler(kernels, { model, problem, clusters, coef: fit.coef, seed: 43 });
    expect(otherSeed.drawWeights(0)).not.toEqual(resampler.drawWeights(0));
  });

  it('keeps its memory whatever the number of replicates', () => {
    const problem = randomPanel({ seed: 16, groups: 12, constant: true, offset: false, level: 4 });
    const { resampler } = fitAndOpen(kernels, model, problem, groupClusters(problem));
    resampler.pairs(0, 200, { se: 'cluster' });
    const before = resampler.memoryBytes();
    const { fallback } = resampler.pairs(200, 300, { se: 'cluster' });
    if (model === 'nb-fe') expect(fallback.some((flag) => flag === 1)).toBe(true);
    expect(resampler.memoryBytes()).toBe(before);
  });
});

/** A dummy that is 1 in three clusters only, where some replicates have no y > 0, or no row at all. */
function fragile(seed: number) {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const groups = 14;
  const starts = [0];
  const [a, b, y]: number[][] = [[], [], []];
  for (let g = 0; g < groups; g++) {
    for (let t = 0; t < 3 + (g % 3); t++) {
      a.push(normal());
      b.push(g < 3 ? 1 : 0);
      y.push(g === 1 || g === 2 ? 0 : poisson(3 * Math.exp(0.3 * a[a.length - 1] + 0.5 * normal()), uniform));
    }
    starts.push(a.length);
  }
  const columns = byRows([a.map(() => 1), a, b]);
  return { ...columns, y: Float64Array.from(y), groupStart: Int32Array.from(starts) };
}

describe('replicates without estimates', () => {
  it.each(['poisson', 'nb1', 'nb2'] as const)('%s reports separated and collinear ones', (model) => {
    const problem = fragile(3);
    const { seen, fallback } = compare(model, problem, groupClusters(problem), 60, 1e-3);
    expect(seen).toContain('separated');
    expect(seen).toContain('notPositiveDefinite');
    expect(fallback).toBeGreaterThan(0);
  });

  it.each(['nb-fe', 'nb-re', 'poisson-re'] as const)('%s reports them as the cold fit does', (model) => {
    const problem = fragile(4);
    const { seen } = compare(model, problem, groupClusters(problem), 40, 1e-3);
    expect(seen.size).toBeGreaterThan(1);
  });

  it('ols reports collinear ones', () => {
    const problem = fragile(3);
    expect(compare('ols', problem, groupClusters(problem), 60).seen).toContain('notPositiveDefinite');
  });

  it.each(['nb1', 'nb2', 'poisson-re'] as const)(
    '%s starts afresh where the whole sample is at the Poisson boundary',
    (model) => {
      const uniform = uniforms(9);
      const groups = 20;
      const x = Array.from({ length: groups * 4 }, () => normals(uniform)());
      const y = x.map((v) => poisson(4 * Math.exp(0.2 * v), uniform));
      const flat = {
        ...byRows([x.map(() => 1), x]),
        y: Float64Array.from(y, (v, i) => (i % 2 ? v : Math.round(4 + v / 4))),
      };
      const problem = { ...flat, groupStart: Int32Array.from({ length: groups + 1 }, (_, g) => 4 * g) };
      expect(Status[kernels.fit(model, problem).status]).toBe('poissonBoundary');
      const clusters = groupClusters(problem);
      expect(compare(model, problem, clusters, 20).seen).toContain('poissonBoundary');
      const coef = kernels.fit(model, problem).coef;
      const refused = kernels.resampler({ model, problem, clusters, coef, seed: 1, method: 'one-step' });
      expect(refused).toEqual({ status: Status.poissonBoundary });
    },
  );

  it('nb-fe keeps its digits where λ ≫ y', () => {
    // nearly multinomial counts: the constant runs far up, or off to infinity
    const panel = randomPanel({ seed: 21, groups: 40, constant: true, offset: false, level: 20 });
    const uniform = uniforms(5);
    const normal = normals(uniform);
    const y = panel.y.map((_, i) => poisson(15 * Math.exp(0.1 * panel.x[i * 3 + 1] + 0.14 * normal()), uniform));
    const { seen } = compare('nb-fe', { ...panel, y }, groupClusters(panel), 30, 1);
    expect([...seen].sort()).toEqual(['noInteriorMaximum', 'ok']);
  });
});
