/** The within transform against its definition: group means vanish, and what is taken off lies in the span of the dummies. */
import { describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, Status } from '../src/index.ts';
import { dummyColumns, randomEffects } from './absorb-data.ts';
import { byRows, normals, uniforms } from './random.ts';

const kernels: Kernels = await loadKernels();

/** Largest |Σ w x| over levels, relative to the column's length, in every factor and column. */
function groupMeans(n: number, m: number, x: Float64Array, factors: readonly Int32Array[], w: Float64Array): number {
  let worst = 0;
  for (let j = 0; j < m; j++) {
    let length = 0;
    for (let i = 0; i < n; i++) length += w[i] * x[i * m + j] ** 2;
    for (const codes of factors) {
      const sums = new Float64Array(Math.max(...codes) + 1);
      for (let i = 0; i < n; i++) sums[codes[i]] += w[i] * x[i * m + j];
      worst = Math.max(worst, ...sums.map((sum) => Math.abs(sum) / Math.sqrt(length)));
    }
  }
  return worst;
}

/** A chain of workers over firms: each worker is at one or two neighbouring firms (weakly connected, hard for projections). */
function chain(workers: number, firms: number, seed: number) {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const n = workers * 8;
  const worker = new Int32Array(n);
  const firm = new Int32Array(n);
  const period = new Int32Array(n);
  const x = new Float64Array(n * 3);
  for (let w = 0; w < workers; w++) {
    let f = Math.floor((w * firms) / workers);
    for (let t = 0; t < 8; t++) {
      const i = w * 8 + t;
      if (t > 0 && uniform() < 0.05) f = Math.min(firms - 1, f + 1);
      worker[i] = w;
      firm[i] = f;
      period[i] = t;
      for (let j = 0; j < 3; j++) x[i * 3 + j] = normal() + 0.1 * f + 0.01 * w * j;
    }
  }
  return { n, x, factors: [worker, firm, period] };
}

describe('within', () => {
  it.each([
    { levels: [20], m: 1 },
    { levels: [20, 12], m: 3 },
    { levels: [20, 12, 7], m: 4 },
    { levels: [20, 12, 7, 5], m: 7 },
    { levels: [20, 12], m: 11 },
    { levels: [20, 12, 7], m: 17 },
  ])('takes every group mean off $m columns: $levels levels', ({ levels, m }) => {
    const { n, x, factors, weights } = randomEffects('ols', { seed: 21, n: 500, levels, k: m, weights: true });
    const w = weights ?? new Float64Array(0);
    const net = kernels.within(n, m, x, factors, w, 1e-13);
    expect(net.status).toBe(Status.ok);
    expect(groupMeans(n, m, net.columns, factors, w)).toBeLessThan(1e-12);
    expect(net.withinResidual).toBeLessThan(1e-12);
    // what was taken off is a combination of dummies: regressing it on them leaves nothing
    const dummies = dummyColumns({ n, k: m, x, y: w, factors });
    const y = Float64Array.from({ length: n }, (_, i) => x[i * m] - net.columns[i * m]);
    const all = byRows(dummies);
    const { keep } = kernels.rank(n, all.k, all.x);
    const fit = kernels.fit('ols', { ...byRows(dummies.filter((_, j) => keep[j] === 1)), y });
    for (let i = 0; i < n; i++) expect(Math.abs(fit.eta[i] - y[i])).toBeLessThan(1e-11);
  });

  it('is one pass over balanced panels', () => {
    const [a, b, t] = [12, 10, 5];
    const n = a * b * t;
    const factor = (f: (i: number) => number) => Int32Array.from({ length: n }, (_, i) => f(i));
    const pair = factor((i) => Math.floor(i / t));
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i));
    expect(kernels.within(n, 1, x, [pair, factor((i) => i % t)]).iterations).toBeLessThanOrEqual(1);
  });

  it.each([2, 3])('needs few steps on a weakly connected graph: %i factors', (count) => {
    const { n, x, factors } = chain(4000, 200, 5);
    const net = kernels.within(n, 3, x, factors.slice(0, count));
    expect(net.status).toBe(Status.ok);
    expect(net.withinResidual).toBeLessThan(1e-9);
    // plain conjugate gradients take several hundred
    expect(net.iterations).toBeLessThan(60);
    const tight = kernels.within(n, 3, x, factors.slice(0, count), undefined, 1e-13);
    let off = 0;
    for (let at = 0; at < x.length; at++) off = Math.max(off, Math.abs(net.columns[at] - tight.columns[at]));
    expect(off).toBeLessThan(1e-8);
  });

  it('equals dummies on a weakly connected graph', () => {
    const { n, x, factors } = chain(120, 40, 6);
    const y = Float64Array.from({ length: n }, (_, i) => x[3 * i] + x[3 * i + 1] ** 2);
    const problem = { n, k: 3, x, y, factors: factors.slice(0, 2) };
    const dummies = byRows([
      ...[0, 1, 2].map((j) => Float64Array.from({ length: n }, (_, i) => x[3 * i + j])),
      ...dummyColumns(problem),
    ]);
    const { keep } = kernels.rank(n, dummies.k, dummies.x);
    const columns = [...keep.keys()].filter((j) => keep[j] === 1);
    const kept = columns.map((j) => Float64Array.from({ length: n }, (_, i) => dummies.x[i * dummies.k + j]));
    const fit = kernels.fit('ols', { ...byRows(kept), y });
    const absorbed = kernels.absorbFit('ols', problem);
    for (let j = 0; j < 3; j++) expect(absorbed.coef[j] / fit.coef[j]).toBeCloseTo(1, 10);
    expect(absorbed.effectsRank).toBe(columns.length - 3);
  });

  it('gives zeros for a column that the effects span, and for a constant', () => {
    const { n, factors } = randomEffects('ols', { seed: 22, n: 300, levels: [14, 9], k: 0 });
    const x = Float64Array.from({ length: 2 * n }, (_, at) => (at % 2 === 0 ? 1000 : factors[1][at >> 1] * 7.5));
    const net = kernels.within(n, 2, x, factors);
    expect(net.status).toBe(Status.ok);
    for (const value of net.columns) expect(Math.abs(value)).toBeLessThan(1e-9);
  });

  it('says what it cannot use', () => {
    const x = Float64Array.of(1, 2, 3);
    expect(kernels.within(3, 1, x, [Int32Array.of(0, 0)]).status).toBe(Status.badInput);
    expect(kernels.within(3, 1, Float64Array.of(1, Number.NaN, 3), [Int32Array.of(0, 0, 1)]).status).toBe(
      Status.badInput,
    );
    expect(kernels.within(3, 1, x, new Array(17).fill(Int32Array.of(0, 0, 1))).status).toBe(Status.badInput);
  });
});
