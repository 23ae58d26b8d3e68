/**
 * Replicates with absorbed effects against cold fits of the copied rows with dummy columns. 1e-9 relative: both sides stop at a
 * scaled gradient of 1e-10, the within transform leaves 1e-12 of the group means.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type AbsorbModel, type AbsorbProblem, type Kernels, loadKernels, Status } from '../src/index.ts';
import { type EffectShape, keepRows, randomEffects, withDummies } from './absorb-data.ts';
import { sandwich } from './certified-data.ts';
import { copied, openResampler, rowError } from './resample-data.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const SHAPES: EffectShape[] = [
  { seed: 1, n: 240, levels: [12], k: 2 },
  { seed: 2, n: 300, levels: [14, 6], k: 2, weights: true, offset: true },
  { seed: 3, n: 300, levels: [10, 8, 4], k: 1, level: 15 },
];

/** Clusters are the levels of the first factor; those of later factors cross them. */
function setting(model: AbsorbModel, shape: EffectShape) {
  const drawn = randomEffects(model, shape);
  const { reason } = kernels.prune(drawn.n, drawn.factors, {
    singletons: false,
    y: model === 'ols' ? undefined : drawn.y,
  });
  const problem = keepRows(drawn, reason);
  const levels = [...new Set(problem.factors[0])];
  const codes = problem.factors[0].map((code) => levels.indexOf(code));
  const clusters = { codes, count: levels.length };
  const { coef } = kernels.absorbFit(model, problem);
  return { problem, clusters, coef };
}

/** The copied rows, with copies of the level codes; rows of levels without y > 0 left out. */
function copiedEffects(
  model: AbsorbModel,
  problem: AbsorbProblem,
  clusters: Parameters<typeof copied>[1],
  weights: Int32Array,
) {
  const { copies, owner } = copied(problem, clusters, weights);
  const rows = copied({ ...problem, y: Float64Array.from({ length: problem.n }, (_, i) => i) }, clusters, weights)
    .copies.y;
  const factors = problem.factors.map((codes) => Int32Array.from(rows, (i) => codes[i]));
  const all = { ...copies, factors };
  const { reason } = kernels.prune(all.n, factors, { singletons: false, y: model === 'ols' ? undefined : all.y });
  return { problem: keepRows(all, reason), owner: owner.filter((_, i) => reason[i] === 0) };
}

describe.each(['ols', 'poisson', 'nb2'] as const)('%s', (model) => {
  it.each(SHAPES)('equals fits of the copied rows with dummies (%o)', (shape) => {
    const { problem, clusters, coef } = setting(model, shape);
    const resampler = openResampler(kernels, { model, problem, clusters, coef, seed: 5 });
    const batch = resampler.pairs(0, 4, { se: 'cluster' });
    const iid = resampler.pairs(0, 4, { se: 'iid' });
    for (let r = 0; r < 4; r++) {
      const whole = copiedEffects(model, problem, clusters, resampler.drawWeights(r));
      const dummies = withDummies(kernels, whole.problem);
      const cold = kernels.fit(model, dummies);
      expect(Status[batch.status[r]]).toBe(Status[cold.status]);
      const { k } = problem;
      const aux = model === 'nb2' ? 1 : 0;
      const expected = Float64Array.of(
        ...cold.coef.subarray(0, k),
        ...cold.coef.subarray(cold.coef.length - aux || cold.coef.length),
      );
      expect(rowError(batch.coef, r, expected)).toBeLessThan(1e-9);
      const p = cold.coef.length;
      const sums: number[] = [];
      let last = -1;
      for (let i = 0; i < dummies.n; i++) {
        if (whole.owner[i] !== last) sums.push(...new Array(p).fill(0));
        last = whole.owner[i];
        for (let j = 0; j < p; j++) sums[sums.length - p + j] += cold.scores[i * p + j];
      }
      const robust = sandwich(kernels, cold.vcov, Float64Array.from(sums), p);
      let rss = 0;
      for (let i = 0; i < dummies.n; i++) rss += (dummies.weights?.[i] ?? 1) * (dummies.y[i] - cold.eta[i]) ** 2;
      const s2 = model === 'ols' ? rss / (dummies.n - p) : 1;
      for (let j = 0; j < k; j++) {
        expect((batch.se?.[r * (k + aux) + j] ?? 0) / Math.sqrt(robust[j * p + j])).toBeCloseTo(1, 6);
        expect((iid.se?.[r * (k + aux) + j] ?? 0) / Math.sqrt(s2 * cold.vcov[j * p + j])).toBeCloseTo(1, 6);
      }
    }
  });

  it('gives the same bits for any chunking, and refuses what it cannot do', () => {
    const { problem, clusters, coef } = setting(model, SHAPES[0]);
    const spec = { model, problem, clusters, coef, seed: 6 };
    const resampler = openResampler(kernels, spec);
    const all = resampler.pairs(0, 6);
    expect(resampler.pairs(4, 2).coef).toEqual(all.coef.slice(4 * coef.length));
    const weights = Float64Array.from(Array.from({ length: 6 }, (_, r) => [...resampler.drawWeights(r)]).flat());
    expect(openResampler(kernels, spec).weighted(weights, 6).coef).toEqual(all.coef);
    expect([...resampler.weighted(new Float64Array(clusters.count), 1).coef]).toEqual(
      Array(coef.length).fill(Number.NaN),
    );
    expect(kernels.resampler({ ...spec, method: 'one-step' })).toEqual({ status: Status.badInput });
    expect(kernels.resampler({ ...spec, coef: coef.subarray(1) })).toEqual({ status: Status.badInput });
    resampler.free();
    expect(() => resampler.pairs(0, 1)).toThrow('freed');
  });
});

it('models without absorbed effects refuse factors', () => {
  const { problem, clusters } = setting('poisson', SHAPES[0]);
  const spec = { model: 'nb1' as const, problem, clusters, coef: new Float64Array(3), seed: 6 };
  expect(kernels.resampler(spec)).toEqual({ status: Status.badInput });
});
