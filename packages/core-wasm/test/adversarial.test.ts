/** Bad numbers, separated data, boundaries, odd scales. Every case ends in a status; nothing throws and nothing is NaN. */
import { digits } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type KernelFit,
  type KernelModel,
  type Kernels,
  LN_BOUNDARY,
  loadKernels,
  type Problem,
  Status,
} from '../src/index.ts';
import { leastDigits, readColumns } from './certified-data.ts';
import { byRows, normals, poisson, randomPanel, uniforms } from './random.ts';

const COUNT_MODELS: KernelModel[] = ['poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re', 'poisson-re'];
const MODELS: KernelModel[] = ['ols', ...COUNT_MODELS];

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

function expectNoNaN(fit: KernelFit): void {
  for (const values of [
    fit.coef,
    fit.vcov,
    fit.scores,
    fit.eta,
    [fit.loglik, fit.scaledGradient, fit.hessianCondition],
  ])
    for (const v of values) expect(v).not.toBeNaN();
}

const panel = () => randomPanel({ seed: 5, groups: 40, constant: true, offset: true, level: 5 });

describe('bad numbers', () => {
  const spoiled: [string, (p: Problem) => Partial<Problem>][] = [
    ['NaN in y', (p) => ({ y: p.y.with(3, Number.NaN) })],
    ['∞ in x', (p) => ({ x: p.x.with(5, Infinity) })],
    ['NaN in x', (p) => ({ x: p.x.with(p.x.length - 1, Number.NaN) })],
    ['−∞ in the offset', (p) => ({ offset: p.y.with(0, -Infinity) })],
    ['a negative weight', (p) => ({ weights: p.y.with(0, -1) })],
    ['no rows', () => ({ n: 0 })],
    ['groups that end before the rows do', (p) => ({ groupStart: Int32Array.of(0, p.n - 1) })],
  ];
  for (const [title, spoil] of spoiled)
    it.each(MODELS)(`%s answers badInput to ${title}`, (model) => {
      const problem = panel();
      const fit = kernels.fit(model, { ...problem, ...spoil(problem) });
      const groups = title.startsWith('groups') && !['nb-fe', 'nb-re', 'poisson-re'].includes(model);
      expect(Status[fit.status]).toBe(groups ? 'ok' : 'badInput');
      expectNoNaN(fit);
    });

  it.each(COUNT_MODELS)('%s answers notCount to a negative count, and to a fraction unless it is poisson', (model) => {
    const problem = panel();
    expect(Status[kernels.fit(model, { ...problem, y: problem.y.with(1, -1) }).status]).toBe('notCount');
    const fraction = kernels.fit(model, { ...problem, y: problem.y.with(1, 0.5) });
    expect(Status[fraction.status]).toBe(model === 'poisson' ? 'ok' : 'notCount');
  });

  it.each(COUNT_MODELS)('%s refuses starts that are not numbers and reports those that overflow', (model) => {
    const problem = panel();
    const p = kernels.fit(model, problem).coef.length;
    const start = new Float64Array(p);
    expect(Status[kernels.fit(model, problem, { start: start.with(0, Number.NaN) }).status]).toBe('badInput');
    expect(Status[kernels.fit(model, problem, { start: start.subarray(1) }).status]).toBe('badInput');
    const far = kernels.fit(model, problem, { start: start.with(0, 5000) });
    expect(Status[far.status]).toBe('etaOverflow');
    expectNoNaN(far);
  });

  it('answers outOfMemory where linear memory cannot hold the problem', () => {
    const empty = new Float64Array(0);
    const huge = { n: 2 ** 28, k: 40, y: { length: 2 ** 28, subarray: () => empty }, x: { length: 2 ** 28 * 40 } };
    const fit = kernels.fit('poisson', huge as unknown as Problem);
    expect(Status[fit.status]).toBe('outOfMemory');
    expect(Status[kernels.fit('poisson', panel()).status]).toBe('ok');
  });
});

describe('identification', () => {
  it.each(MODELS)('%s answers notPositiveDefinite to collinear columns', (model) => {
    const { n, k, x, y, groupStart } = panel();
    const column = (j: number) => Float64Array.from({ length: n }, (_, i) => x[i * k + j]);
    const twice = column(1).map((v) => 2 * v + 1);
    const fit = kernels.fit(model, { ...byRows([column(0), column(1), twice]), y, groupStart });
    expect(Status[fit.status]).toBe('notPositiveDefinite');
    expectNoNaN(fit);
  });

  it.each(['sep_example1', 'sep_example2', 'sep_fe1', 'sep_fe2', 'sep_fe3'])('%s is separated', (name) => {
    const columns = readColumns(`${name}.csv`);
    const dummies = (labels: string[] = []) =>
      [...new Set(labels)].slice(1).map((level) => labels.map((v) => Number(v === level)));
    const regressors = Object.keys(columns).filter((c) => c.startsWith('x'));
    const all = byRows([
      columns.y.map(() => 1),
      ...regressors.map((c) => columns[c].map(Number)),
      ...dummies(columns.i),
      ...dummies(columns.j),
    ]);
    const { keep } = kernels.rank(all.n, all.k, all.x);
    const kept = [...keep].flatMap((flag, j) =>
      flag ? [Array.from({ length: all.n }, (_, i) => all.x[i * all.k + j])] : [],
    );
    for (const model of ['poisson', 'nb1', 'nb2'] as const) {
      const fit = kernels.fit(model, { ...byRows(kept), y: Float64Array.from(columns.y, Number) });
      expect(Status[fit.status], model).toBe('separated');
      expectNoNaN(fit);
    }
  });

  it('a regressor that is 1 only where y = 0 separates the group models too', () => {
    const problem = panel();
    const { n, k, x, y, groupStart } = problem;
    const columns = Array.from({ length: k }, (_, j) => Float64Array.from({ length: n }, (_, i) => x[i * k + j]));
    const flag = Float64Array.from(y, (v, i) => Number(v === 0 && i % 2 === 0));
    expect(flag.some((v) => v > 0)).toBe(true);
    for (const model of ['nb-fe', 'nb-re', 'poisson-re'] as const)
      expect(Status[kernels.fit(model, { ...byRows([...columns, flag]), y, groupStart }).status]).toBe('separated');
  });

  it('data far from separation with tiny fitted means are not called separated', () => {
    // η from −40 to 5: zeros far below every positive count, identified by the slope among the positive ones
    const a = Array.from({ length: 400 }, (_, i) => -40 + (45 * i) / 399);
    const uniform = uniforms(3);
    const y = Float64Array.from(a, (v) => poisson(Math.exp(v), uniform));
    const fit = kernels.fit('poisson', { ...byRows([a.map(() => 1), a]), y });
    expect(Status[fit.status]).toBe('ok');
    expect(fit.eta[0]).toBeLessThan(-35);
  });
});

describe('boundaries', () => {
  const normal = normals(uniforms(11));
  const a = Array.from({ length: 200 }, () => normal());
  const x = byRows([a.map(() => 1), a]);
  const groupStart = Int32Array.from({ length: 41 }, (_, g) => 5 * g);
  const rounded = Float64Array.from(a, (v) => Math.round(Math.exp(2 + 0.5 * v)));

  it.each(['nb1', 'nb2'] as const)(
    '%s of underdispersed counts is poissonBoundary with the Poisson estimates',
    (model) => {
      const fit = kernels.fit(model, { ...x, y: rounded });
      const limit = kernels.fit('poisson', { ...x, y: rounded });
      expect(Status[fit.status]).toBe('poissonBoundary');
      expect([...fit.coef]).toEqual([...limit.coef, LN_BOUNDARY]);
      expect(fit.loglik).toBe(limit.loglik);
      expect([fit.vcov[0], fit.vcov[1], fit.vcov[4]]).toEqual([limit.vcov[0], limit.vcov[1], limit.vcov[3]]);
      expect([fit.vcov[2], fit.vcov[5], fit.vcov[8]]).toEqual([0, 0, 0]);
      expect([...fit.scores.subarray(0, 3)]).toEqual([...limit.scores.subarray(0, 2), 0]);
    },
  );

  it.each(['nb1', 'nb2'] as const)(
    '%s finds an interior dispersion near 0, where the slope at 0 is positive',
    (model) => {
      const uniform = uniforms(4);
      const noise = normals(uniform);
      const y = Float64Array.from(a, (v) => poisson(Math.exp(2 + 0.5 * v + 0.12 * noise()), uniform));
      const fit = kernels.fit(model, { ...x, y });
      expect(Status[fit.status]).toBe('ok');
      expect(fit.coef[2]).toBeLessThan(0);
      expect(fit.loglik).toBeGreaterThan(kernels.fit('poisson', { ...x, y }).loglik);
    },
  );

  it.each(['nb1', 'nb2'] as const)('%s goes from the boundary to e⁻²⁰ and up as one outlier gains weight', (model) => {
    const y = rounded.with(7, 4 * rounded[7] + 9);
    const at = (w: number) => kernels.fit(model, { ...x, y, weights: new Float64Array(200).fill(1).with(7, w) });
    let [low, high] = [0, 1000];
    expect(Status[at(low).status]).toBe('poissonBoundary');
    expect(Status[at(high).status]).toBe('ok');
    for (let i = 0; i < 40; i++) {
      const middle = 0.5 * (low + high);
      if (at(middle).status === Status.poissonBoundary) low = middle;
      else high = middle;
    }
    let last = -Infinity;
    for (const above of [1e-9, 1e-7, 1e-5, 1e-3, 1e-1]) {
      const fit = at(high * (1 + above));
      expect(Status[fit.status], `${above}`).toBe('ok');
      expect(fit.coef[2]).toBeGreaterThan(last);
      last = fit.coef[2];
    }
    expect(at(high * (1 + 1e-9)).coef[2]).toBeLessThan(-17);
  });

  it('poisson-re without effects of units is poissonBoundary with the Poisson estimates and group scores', () => {
    const fit = kernels.fit('poisson-re', { ...x, y: rounded, groupStart });
    const limit = kernels.fit('poisson', { ...x, y: rounded });
    expect(Status[fit.status]).toBe('poissonBoundary');
    expect([...fit.coef]).toEqual([...limit.coef, LN_BOUNDARY]);
    expect(digits(fit.loglik, limit.loglik)).toBeGreaterThan(14);
    expect(
      leastDigits([fit.vcov[0], fit.vcov[1], fit.vcov[4]], [limit.vcov[0], limit.vcov[1], limit.vcov[3]]),
    ).toBeGreaterThan(13);
    expect([fit.vcov[2], fit.vcov[5], fit.vcov[8]]).toEqual([0, 0, 0]);
    const sums = [0, 0, 0];
    for (let i = 0; i < 10; i++) sums[i % 2] += limit.scores[i];
    // sums of five scores of size 10: absolute
    expect(fit.scores.length).toBe(40 * 3);
    sums.forEach((v, j) => {
      expect(Math.abs(fit.scores[j] - v)).toBeLessThan(1e-12);
    });
  });

  it('poisson-re finds small effects of units, and goes continuously to the boundary', () => {
    const uniform = uniforms(4);
    const noise = normals(uniform);
    const effects = Array.from({ length: 40 }, noise);
    const draw = (sd: number) =>
      kernels.fit('poisson-re', {
        ...x,
        y: Float64Array.from(a, (v, i) => Math.round(Math.exp(5 + 0.5 * v + sd * effects[Math.floor(i / 5)]))),
        groupStart,
      });
    let last = Infinity;
    for (const sd of [0.3, 0.1, 0.05, 0.04]) {
      const fit = draw(sd);
      expect(Status[fit.status], `${sd}`).toBe('ok');
      expect(fit.coef[2]).toBeLessThan(last);
      last = fit.coef[2];
    }
    expect(Status[draw(0.02).status]).toBe('poissonBoundary');
  });

  it.each(['nb-fe', 'nb-re'] as const)('%s of underdispersed counts has no interior maximum', (model) => {
    const fit = kernels.fit(model, { ...x, y: rounded, groupStart });
    expect(Status[fit.status]).toBe('noInteriorMaximum');
    expectNoNaN(fit);
  });
});

describe('scales', () => {
  it.each(MODELS)('%s does not depend on the unit of a regressor (10⁻⁶ … 10⁶) nor on its origin', (model) => {
    const { n, k, x, y, offset, groupStart } = panel();
    const columns = Array.from({ length: k }, (_, j) => Float64Array.from({ length: n }, (_, i) => x[i * k + j]));
    const base = kernels.fit(model, { ...byRows(columns), y, offset, groupStart });
    const p = base.coef.length;
    expect(Status[base.status]).toBe('ok');
    for (const unit of [1e-6, 1e6])
      for (const origin of [0, 2010]) {
        const moved = byRows([columns[0], columns[1].map((v) => (v + origin) * unit), columns[2]]);
        const fit = kernels.fit(model, { ...moved, y, offset, groupStart });
        expect(Status[fit.status]).toBe('ok');
        // (v + 2010) carries 2e-13 of rounding in v
        const need = origin ? 10 : 12;
        expect(digits(fit.loglik, base.loglik)).toBeGreaterThan(need);
        expect(digits(fit.coef[1] * unit, base.coef[1])).toBeGreaterThan(need);
        expect(digits(Math.sqrt(fit.vcov[p + 1]) * unit, Math.sqrt(base.vcov[p + 1]))).toBeGreaterThan(need);
        expect(digits(fit.coef[0] + origin * unit * fit.coef[1], base.coef[0])).toBeGreaterThan(need - 2);
      }
  });

  it('counts of 10¹⁰ keep their digits in poisson: exponent and intercept of exact data', () => {
    const a = Array.from({ length: 60 }, (_, i) => (i - 30) / 20);
    const y = Float64Array.from(a, (v) => Math.round(Math.exp(23 + 0.5 * v)));
    const fit = kernels.fit('poisson', { ...byRows([a.map(() => 1), a]), y });
    expect(Status[fit.status]).toBe('ok');
    // rounding to integers moves ln y by 5e-11
    expect(leastDigits(fit.coef, [23, 0.5])).toBeGreaterThan(9);
    // ½ ln(2π y) per row is what is left of terms of 2e11
    const exact = y.reduce((sum, v) => sum - 0.5 * Math.log(2 * Math.PI * v) - 1 / (12 * v), 0);
    expect(digits(fit.loglik, exact)).toBeGreaterThan(11);
  });

  it.each(['nb1', 'nb2', 'nb-fe'] as const)('%s fits overdispersed counts of 10¹⁰', (model) => {
    const uniform = uniforms(8);
    const a = Array.from({ length: 200 }, (_, i) => (i % 20) / 10 - 1);
    const y = Float64Array.from(a, (v) => Math.round(Math.exp(23 + 0.5 * v) * (0.5 + uniform())));
    const groupStart = Int32Array.from({ length: 41 }, (_, g) => 5 * g);
    const fit = kernels.fit(model, { ...byRows([a.map(() => 1), a]), y, groupStart });
    expect(Status[fit.status]).toBe('ok');
    expect(fit.loglik).toBeLessThan(0);
    // exact for the slope of multiplicative noise with mean 1 up to its standard error
    expect(Math.abs(fit.coef[1] - 0.5)).toBeLessThan(4 * Math.sqrt(fit.vcov[fit.coef.length + 1]));
  });

  it('poisson-re fits counts of 10¹⁰ with effects of units: the exponent of exact data', () => {
    const uniform = uniforms(8);
    const effect = Array.from({ length: 40 }, () => 0.5 + uniform());
    const a = Array.from({ length: 200 }, (_, i) => (i % 20) / 10 - 1);
    const y = Float64Array.from(a, (v, i) => Math.round(Math.exp(23 + 0.5 * v) * effect[Math.floor(i / 5)]));
    const groupStart = Int32Array.from({ length: 41 }, (_, g) => 5 * g);
    const fit = kernels.fit('poisson-re', { ...byRows([a.map(() => 1), a]), y, groupStart });
    expect(Status[fit.status]).toBe('ok');
    // units with the same regressors: within them the slope is exact up to rounding to integers, 5e-11 of y
    expect(Math.abs(fit.coef[1] - 0.5)).toBeLessThan(1e-9);
    expect(Math.exp(fit.coef[2])).toBeGreaterThan(0.01);
    expect(fit.scaledGradient).toBeLessThan(1e-3);
  });
});

describe('nearly collinear columns', () => {
  it.each(COUNT_MODELS)('%s: a column plus ε of another gives the estimates of the two apart', (model) => {
    const { n, k, x, y, offset, groupStart } = panel();
    const column = (j: number) => Float64Array.from({ length: n }, (_, i) => x[i * k + j]);
    const noise = normals(uniforms(2));
    const z = Float64Array.from({ length: n }, () => noise());
    const apart = kernels.fit(model, { ...byRows([column(0), column(1), z]), y, offset, groupStart });
    expect(Status[apart.status]).toBe('ok');
    const p = apart.coef.length;
    for (const size of [1e-3, 1e-5, 1e-7]) {
      const mixed = z.map((v, i) => column(1)[i] + size * v);
      const fit = kernels.fit(model, { ...byRows([column(0), column(1), mixed]), y, offset, groupStart });
      // the sum rounds at 1e-16, of which the part that tells the columns apart is `size`
      const need = 15 + Math.log10(size) - 1;
      expect(Status[fit.status], `${size}`).toBe('ok');
      expect(fit.scaledGradient).toBeLessThan(1e-9);
      expect(digits(fit.coef[2] * size, apart.coef[2]), `${size}`).toBeGreaterThan(need);
      expect(digits(fit.coef[1] + fit.coef[2], apart.coef[1]), `${size}`).toBeGreaterThan(need - 1);
      expect(digits(Math.sqrt(fit.vcov[2 * p + 2]) * size, Math.sqrt(apart.vcov[2 * p + 2]))).toBeGreaterThan(need);
      expect(digits(fit.loglik, apart.loglik)).toBeGreaterThan(need + 2);
    }
  });
});

describe('very large λ', () => {
  it.each(['nb-fe', 'nb-re'] as const)('%s has finite derivatives up to η = 690', (model) => {
    const { n, k, x, y, groupStart } = panel();
    const p = kernels.fit(model, { n, k, x, y, groupStart }).coef.length;
    for (const constant of [100, 300, 360, 500, 690]) {
      const at = kernels.evaluate(model, { n, k, x, y, groupStart }, new Float64Array(p).with(0, constant));
      expect(Status[at.status], `${constant}`).toBe('ok');
      for (const v of [...at.gradient, ...at.hessian]) expect(Number.isFinite(v), `${constant}`).toBe(true);
    }
  });
});
