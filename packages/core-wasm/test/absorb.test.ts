/**
 * Absorbed effects against dummy columns fitted by the plain kernels. Both stop at a scaled gradient of about 1e-10, so
 * coefficients agree to about 1e-10 of a standard error: 1e-9 relative is asked of coefficients and 1e-8 of covariances.
 */
import { digits } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { type AbsorbFit, type AbsorbModel, type KernelFit, type Kernels, loadKernels, Status } from '../src/index.ts';
import { type EffectShape, keepRows, randomEffects, withDummies } from './absorb-data.ts';

const kernels: Kernels = await loadKernels();

/** Leading k × k (and, for nb2, the last row and column) of a covariance of p parameters. */
function block(matrix: ArrayLike<number>, p: number, keep: number[]): number[] {
  return keep.flatMap((i) => keep.map((j) => matrix[i * p + j]));
}

/** V S'S V from row scores. */
function sandwich(fit: KernelFit, n: number, p: number): number[] {
  const meat = new Float64Array(p * p);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < p; a++)
      for (let b = 0; b < p; b++) meat[a * p + b] += fit.scores[i * p + a] * fit.scores[i * p + b];
  const half = new Float64Array(p * p);
  const out = new Array<number>(p * p).fill(0);
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) for (let c = 0; c < p; c++) half[a * p + b] += fit.vcov[a * p + c] * meat[c * p + b];
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) for (let c = 0; c < p; c++) out[a * p + b] += half[a * p + c] * fit.vcov[c * p + b];
  return out;
}

/** Largest difference relative to the largest entry. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let off = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    off = Math.max(off, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  }
  return off / size;
}

function bothWays(
  model: AbsorbModel,
  shape: EffectShape,
): { absorbed: AbsorbFit; dummies: KernelFit; n: number; p: number } {
  const whole = randomEffects(model, shape);
  const reason =
    model === 'ols'
      ? new Uint8Array(whole.n)
      : kernels.prune(whole.n, whole.factors, { singletons: false, y: whole.y }).reason;
  const problem = keepRows(whole, reason);
  const expanded = withDummies(kernels, problem);
  return {
    absorbed: kernels.absorbFit(model, problem),
    dummies: kernels.fit(model, expanded),
    n: problem.n,
    p: expanded.k + (model === 'nb2' ? 1 : 0),
  };
}

const shapes: [string, EffectShape][] = [
  ['one factor', { seed: 1, n: 240, levels: [12], k: 2 }],
  ['one factor, weights and offset', { seed: 2, n: 240, levels: [12], k: 2, weights: true, offset: true }],
  ['two factors', { seed: 3, n: 300, levels: [15, 9], k: 3 }],
  ['two factors, weights and offset', { seed: 4, n: 300, levels: [15, 9], k: 3, weights: true, offset: true }],
  ['two factors in three unconnected parts', { seed: 5, n: 360, levels: [18, 12], k: 2, components: 3 }],
  ['three factors', { seed: 6, n: 400, levels: [14, 9, 6], k: 2, weights: true }],
  ['three factors in two unconnected parts', { seed: 7, n: 400, levels: [14, 10, 6], k: 1, components: 2 }],
  ['four factors', { seed: 8, n: 500, levels: [10, 9, 7, 5], k: 2, offset: true }],
  ['nine regressors', { seed: 9, n: 500, levels: [12, 10], k: 9, weights: true }],
];

for (const model of ['ols', 'poisson', 'nb2'] as const)
  describe(`${model} with absorbed effects`, () => {
    it.each(shapes)('equals dummies: %s', (_, shape) => {
      const { absorbed, dummies, n, p } = bothWays(model, shape);
      expect(dummies.status).toBe(Status.ok);
      expect(absorbed.status).toBe(Status.ok);
      const keep = [...Array(shape.k).keys(), ...(model === 'nb2' ? [p - 1] : [])];
      const q = keep.length;
      expect(
        distance(
          absorbed.coef,
          keep.map((j) => dummies.coef[j]),
        ),
      ).toBeLessThan(1e-9);
      expect(distance(absorbed.vcov, block(dummies.vcov, p, keep))).toBeLessThan(1e-8);
      expect(distance(sandwich(absorbed, n, q), block(sandwich(dummies, n, p), p, keep))).toBeLessThan(1e-8);
      expect(distance(absorbed.eta, dummies.eta)).toBeLessThan(1e-8);
      expect(digits(absorbed.loglik, dummies.loglik)).toBeGreaterThan(12);
      expect(absorbed.scaledGradient).toBeLessThan(1e-8);
      expect(absorbed.withinResidual).toBeLessThan(1e-8);
      expect(absorbed.effectsRank).toBe(p - shape.k - (model === 'nb2' ? 1 : 0));
    });
  });

describe('absorbFit', () => {
  const shape: EffectShape = { seed: 11, n: 300, levels: [15, 9], k: 2 };

  it('does not depend on the order of rows or factors, nor on the numbering of levels', () => {
    const problem = randomEffects('poisson', shape);
    const { n, k, x, y, factors } = problem;
    const turned = {
      n,
      k,
      y: y.slice().reverse(),
      x: Float64Array.from({ length: n * k }, (_, at) => x[(n - 1 - Math.floor(at / k)) * k + (at % k)]),
      factors: [...factors].reverse().map((codes) =>
        codes
          .slice()
          .reverse()
          .map((code) => 5 * code + 3),
      ),
    };
    const a = kernels.absorbFit('poisson', problem);
    const b = kernels.absorbFit('poisson', turned);
    expect(distance(a.coef, b.coef)).toBeLessThan(1e-11);
    expect(distance(a.eta, b.eta.slice().reverse())).toBeLessThan(1e-9);
    expect(distance(a.scores.slice(0, k), b.scores.slice((n - 1) * k))).toBeLessThan(1e-8);
  });

  it('repeats bit for bit', () => {
    const problem = randomEffects('nb2', shape);
    const [a, b] = [kernels.absorbFit('nb2', problem), kernels.absorbFit('nb2', problem)];
    expect(a.coef).toEqual(b.coef);
    expect(a.vcov).toEqual(b.vcov);
  });

  it('takes a weight of two for two equal rows', () => {
    const problem = randomEffects('poisson', shape);
    const twice = (values: Float64Array, width: number) =>
      Float64Array.from(
        { length: 2 * values.length },
        (_, at) => values[width * (Math.floor(at / width) >> 1) + (at % width)],
      );
    const doubled = {
      n: 2 * problem.n,
      k: problem.k,
      y: twice(problem.y, 1),
      x: twice(problem.x, problem.k),
      factors: problem.factors.map((codes) => Int32Array.from({ length: 2 * problem.n }, (_, i) => codes[i >> 1])),
    };
    const a = kernels.absorbFit('poisson', { ...problem, weights: new Float64Array(problem.n).fill(2) });
    const b = kernels.absorbFit('poisson', doubled);
    expect(distance(a.coef, b.coef)).toBeLessThan(1e-11);
    expect(distance(a.vcov, b.vcov)).toBeLessThan(1e-10);
    expect(digits(a.loglik, b.loglik)).toBeGreaterThan(12);
  });

  it('leaves rows of weight 0 out of the estimates', () => {
    const problem = randomEffects('poisson', shape);
    const weights = Float64Array.from(problem.y, (_, i) => (i % 7 === 0 ? 0 : 1));
    const a = kernels.absorbFit('poisson', { ...problem, weights });
    const b = kernels.absorbFit(
      'poisson',
      keepRows(
        problem,
        Uint8Array.from(weights, (w) => 1 - w),
      ),
    );
    expect(a.status).toBe(Status.ok);
    expect(distance(a.coef, b.coef)).toBeLessThan(1e-10);
    expect(distance(a.vcov, b.vcov)).toBeLessThan(1e-9);
    expect(a.scores.every(Number.isFinite)).toBe(true);
  });

  it('fits effects alone', () => {
    const problem = { ...randomEffects('poisson', { ...shape, k: 0 }) };
    const fit = kernels.absorbFit('poisson', problem);
    expect(fit.status).toBe(Status.ok);
    const sums = new Float64Array(15);
    for (let i = 0; i < problem.n; i++) sums[problem.factors[0][i]] += problem.y[i] - Math.exp(fit.eta[i]);
    // the first-order conditions of the effects
    expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-7);
  });

  it('names the columns that effects and earlier columns span', () => {
    const problem = randomEffects('ols', shape);
    const { n } = problem;
    const x = new Float64Array(3 * n);
    for (let i = 0; i < n; i++) x.set([problem.x[2 * i], problem.factors[0][i] ** 2, 3 - problem.x[2 * i]], 3 * i);
    for (const model of ['ols', 'poisson'] as const) {
      const fit = kernels.absorbFit(model, {
        ...problem,
        y: problem.y.map((v) => Math.max(0, Math.round(v))),
        x,
        k: 3,
      });
      expect(fit.status).toBe(Status.notPositiveDefinite);
      expect(fit.keep).toEqual(Uint8Array.of(1, 0, 0));
    }
    expect(kernels.absorbedRank(n, 3, x, problem.factors)).toEqual({ rank: 1, keep: Uint8Array.of(1, 0, 0) });
  });

  it('reports the Poisson boundary of nb2 with the Poisson coefficients', () => {
    const problem = randomEffects('ols', { ...shape, n: 600 });
    // counts with less than Poisson variance
    const y = problem.y.map((value) => Math.round(5 + Math.max(-4, Math.min(9, value))));
    const fit = kernels.absorbFit('nb2', { ...problem, y });
    const limit = kernels.absorbFit('poisson', { ...problem, y });
    expect(fit.status).toBe(Status.poissonBoundary);
    expect(fit.coef.slice(0, 2)).toEqual(limit.coef);
    expect(fit.loglik).toBe(limit.loglik);
  });

  it('answers bad numbers with a status and without NaN', () => {
    const good = randomEffects('poisson', shape);
    const broken = (change: object) => kernels.absorbFit('poisson', { ...good, ...change });
    const spoil = (values: Float64Array, value: number) => values.map((v, i) => (i === 17 ? value : v));
    expect(broken({ y: spoil(good.y, Number.NaN) }).status).toBe(Status.badInput);
    expect(broken({ x: spoil(good.x, Number.POSITIVE_INFINITY) }).status).toBe(Status.badInput);
    expect(broken({ weights: spoil(good.y, -1) }).status).toBe(Status.badInput);
    expect(broken({ factors: [good.factors[0].map((c, i) => (i === 3 ? -1 : c))] }).status).toBe(Status.badInput);
    expect(broken({ y: spoil(good.y, -2) }).status).toBe(Status.notCount);
    expect(kernels.absorbFit('nb2', { ...good, y: spoil(good.y, 1.5) }).status).toBe(Status.notCount);
    expect(broken({ offset: spoil(good.y, 1e4) }).status).toBe(Status.etaOverflow);
    expect(broken({ y: spoil(good.y, Number.NaN) }).coef).toEqual(new Float64Array(2));
  });

  it.each([
    // α·Σy²/Σy, which decides the form of the sums, is far above 1 in the first two and 40 in the third
    ['amounts from 0 to 10⁹', (y: number, i: number) => Math.round(y * 10 ** (i % 9))],
    ['amounts above 65,536 alone', (y: number, i: number) => Math.round((y + 1) * 10 ** (5 + (i % 5)))],
    ['large counts near the Poisson', (y: number, i: number) => 4_000_000 + 3000 * (y - 3) + (i % 7)],
  ])('keeps the digits of nb2 in large counts: %s', (_, amount) => {
    const problem = randomEffects('nb2', { seed: 4, n: 400, levels: [9, 6, 4], k: 2, weights: true });
    const y = problem.y.map(amount);
    const expanded = withDummies(kernels, { ...problem, y });
    const [mine, dummies] = [kernels.absorbFit('nb2', { ...problem, y }), kernels.fit('nb2', expanded)];
    expect([Status[mine.status], Status[dummies.status]]).toEqual(['ok', 'ok']);
    const k = problem.k;
    const p = dummies.coef.length;
    const keep = [...Array.from({ length: k }, (_, j) => j), p - 1];
    expect(
      distance(
        mine.coef,
        keep.map((j) => dummies.coef[j]),
      ),
    ).toBeLessThan(1e-9);
    expect(distance(mine.vcov, block(dummies.vcov, p, keep))).toBeLessThan(1e-8);
    const meat = block(sandwich(dummies, problem.n, p), p, keep);
    expect(distance(sandwich(mine, problem.n, k + 1), meat)).toBeLessThan(1e-7);
    expect(digits(mine.loglik, dummies.loglik)).toBeGreaterThan(12);
  });

  it('keeps counts above 2³¹', () => {
    const problem = randomEffects('poisson', { ...shape, level: 40 });
    const scaled = kernels.absorbFit('poisson', { ...problem, y: problem.y.map((v) => v * 2 ** 32) });
    const plain = kernels.absorbFit('poisson', problem);
    expect(distance(scaled.coef, plain.coef)).toBeLessThan(1e-10);
    const counts = kernels.absorbFit('nb2', { ...problem, y: problem.y.map((v) => v * 100_000) });
    const dummies = kernels.fit('nb2', withDummies(kernels, { ...problem, y: problem.y.map((v) => v * 100_000) }));
    expect(counts.status).toBe(Status.ok);
    expect(
      distance(counts.coef, [dummies.coef[0], dummies.coef[1], dummies.coef[dummies.coef.length - 1]]),
    ).toBeLessThan(1e-8);
    expect(digits(counts.loglik, dummies.loglik)).toBeGreaterThan(10);
  });
});
