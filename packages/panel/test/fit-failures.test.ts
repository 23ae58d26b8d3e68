import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_LEVELS } from '../src/dummies.ts';
import { fitDesign, fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Failure, Fit, FitSpec, Frame, ModelKey } from '../src/types.ts';
import { designOf } from './design-of.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const panel = (csv: string): Frame => setPanel(readTable(csv, { name: 'small.csv' }), ['id'], 'year');
const fit = (frame: Frame, model: ModelKey, formula: string, o: Partial<FitSpec> = {}) =>
  fitSpec(frame, { id: 'fit', model, formula, vcov: { type: 'iid' }, ...o }, kernels)[0];
const failure = (frame: Frame, model: ModelKey, formula: string, o: Partial<FitSpec> = {}) => {
  const result = fit(frame, model, formula, o);
  expect(result).toMatchObject({ failed: true, model, id: 'fit' });
  return (result as Failure).error;
};
const rows = (n: number, line: (i: number) => (string | number)[]) =>
  Array.from({ length: n }, (_, i) => line(i).join()).join('\n');

/** Six units × five years of spread-out counts. */
const ordinary = () =>
  panel(
    `id,year,y,x,marker\n${rows(30, (i) => [i % 6, 2000 + Math.floor(i / 6), (i * 7) % 5, Math.sin(i).toFixed(5), i === 5 ? 1 : 0])}\n`,
  );

describe('a failed column keeps its place, with a code, a message and a hint', () => {
  it('separation names the term that is non-zero only where y = 0', () => {
    const frame = ordinary();
    const error = failure(frame, 'poisson-re', 'y ~ x + marker');
    expect(error).toEqual({
      code: 'fit/separated',
      message: 'poisson-re has no finite maximum: some combination of regressors predicts y = 0 perfectly.',
      hint: 'marker is non-zero in 1 row, all with y = 0: drop it.',
    });
  });
  it('poisson and pooled negative binomials leave separated rows out, list them, and omit what they alone identify', () => {
    for (const model of ['poisson', 'nb2'] as const) {
      const result = fit(ordinary(), model, 'y ~ x + marker');
      const plain = fit(ordinary(), model, 'y ~ x', { where: 'marker == 0' });
      if ('failed' in result || 'failed' in plain) throw new Error('not estimated');
      expect(result.sample.dropped).toEqual([{ reason: 'separated', rows: 1, lines: [7] }]);
      expect(result).toMatchObject({ nobs: 29, ngroups: 6, collinear: ['marker'] });
      expect(result.notes.map(({ code }) => code).slice(0, 2)).toEqual(['separated', 'collinear']);
      expect([result.loglik, ...result.coefficients]).toEqual([plain.loglik, ...plain.coefficients]);
    }
  });
  it('too few iterations', () => {
    const error = failure(ordinary(), 'nb-fe', 'y ~ x', { maxIter: 1 });
    expect(error.code).toBe('fit/no-convergence');
    expect(error.message).toMatch(/^nb-fe stopped after 1 iterations, scaled gradient \d.*\(tolerance 1\.0e-10\)\.$/);
  });
  it('η beyond the range of exp, where an offset spans too much', () => {
    const frame = panel(
      `id,year,y,x\n${rows(30, (i) => [i % 6, 2000 + Math.floor(i / 6), (i * 7) % 5, Math.sin(i).toFixed(5)])}\n`,
    );
    const error = failure(frame, 'poisson', 'y ~ 1', { offset: '2000 * x' });
    expect(error.code).toBe('fit/eta-overflow');
  });
  it('a negative or fractional count, with the row', () => {
    const csv = (bad: string) =>
      panel(`id,year,y,x\n${rows(12, (i) => [i % 3, 2000 + Math.floor(i / 3), i === 4 ? bad : i % 4, i * i])}\n`);
    expect(failure(csv('1.5'), 'nb-fe', 'y ~ x').message).toContain('1.5');
    expect(failure(csv('-2'), 'poisson', 'y ~ x').message).toContain('-2');
    expect(fit(csv('1.5'), 'poisson', 'y ~ x')).not.toHaveProperty('failed');
  });
  it('more parameters than rows, dummies and auxiliaries counted', () => {
    const frame = panel(
      `id,year,y,x\n${rows(6, (i) => [i % 3, 2000 + Math.floor(i / 3), 1 + (i % 4), Math.sin(i).toFixed(4)])}\n`,
    );
    const error = failure(frame, 'nb1', 'y ~ x | id + year');
    expect(error.code).toBe('data/too-few-rows');
    expect(error.message).toBe('6 rows are used for 6 parameters; more rows than parameters were expected.');
  });
  it('more levels than dummies can carry, naming the limit', () => {
    const n = 2 * (MAX_LEVELS + 1);
    const frame = panel(`id,year,y,x\n${rows(n, (i) => [i >> 1, i % 2, 1 + (i % 3), Math.sin(i).toFixed(5)])}\n`);
    const error = failure(frame, 'nb1', 'y ~ x | id');
    expect(error.code).toBe('fit/too-many-levels');
    expect(error.message).toBe(`id has ${MAX_LEVELS + 1} levels; ${MAX_LEVELS} are the limit.`);
  });
  it('an exact fit is noted: its standard errors are rounding error', () => {
    const frame = panel(`id,year,y,x\n${rows(12, (i) => [i % 3, 2000 + Math.floor(i / 3), 2 * i, i])}\n`);
    const result = fit(frame, 'ols', 'y ~ x');
    if ('failed' in result) throw new Error(result.error.message);
    expect(result.coefficients[1].estimate).toBeCloseTo(2, 12);
    expect(result.notes.map((n) => n.code)).toContain('perfect-fit');
  });
  it('nb-re without differences between units has no interior maximum', () => {
    // Every unit has the same counts, so the beta law of the units degenerates.
    const frame = panel(
      `id,year,y,x\n${rows(40, (i) => [i % 8, 2000 + Math.floor(i / 8), [1, 2, 1, 2, 1][Math.floor(i / 8)], Math.floor(i / 8) % 3])}\n`,
    );
    const error = failure(frame, 'nb-re', 'y ~ x');
    expect(error.code).toBe('fit/no-interior-maximum');
    expect(error.hint).toContain('poisson-re');
  });
  it('never reports a log-likelihood above 0 or a number that is not finite', () => {
    for (const model of ['poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re'] as ModelKey[]) {
      const result = fit(ordinary(), model, 'y ~ x');
      if ('failed' in result) continue;
      expect(result.loglik).toBeLessThanOrEqual(0);
      for (const c of result.coefficients)
        for (const value of [c.estimate, c.se, c.statistic, c.p, c.lower, c.upper])
          expect(Number.isFinite(value)).toBe(true);
    }
  });
});

describe('the Poisson boundary of NB2 and NB1', () => {
  // Underdispersed counts: the variance is below the mean in every cell.
  const frame = () =>
    panel(`id,year,y,x\n${rows(60, (i) => [i % 6, 2000 + Math.floor(i / 6), 3 + (i % 2), Math.sin(i).toFixed(5)])}\n`);
  for (const [model, name] of [
    ['nb2', 'alpha'],
    ['nb1', 'delta'],
  ] as const)
    it(`${model} is reported as Poisson with ${name} = 0 and a note, never as an error`, () => {
      const nb = fit(frame(), model, 'y ~ x', { vcov: { type: 'cluster', by: [['id']] } }) as Fit;
      const poisson = fit(frame(), 'poisson', 'y ~ x', { vcov: { type: 'cluster', by: [['id']] } }) as Fit;
      expect(nb).not.toHaveProperty('failed');
      nb.coefficients.forEach((c, j) => {
        expect(c.estimate).toBeCloseTo(poisson.coefficients[j].estimate, 9);
        expect(c.se).toBeCloseTo(poisson.coefficients[j].se, 9);
      });
      expect(nb.loglik).toBeCloseTo(poisson.loglik, 9);
      expect(nb.parameters).toEqual([{ name, estimate: 0, se: 0 }]);
      expect(nb.parameterNames).toEqual(['(Intercept)', 'x']);
      expect(nb.dof).toBe(poisson.dof + 1);
      expect(nb.notes.find((n) => n.code === 'poisson-boundary')?.message).toContain('no standard error');
    });
});

describe('effects as dummies', () => {
  it('two factors lose their redundant levels, and least squares is that of one regression on dummies', () => {
    const design = designOf('synth45', 'ols', { fixef: ['pair', 'year'] });
    const result = fitDesign(design, kernels);
    expect(result).not.toHaveProperty('failed');
    expect((result as Fit).dof).toBe(6 + 45 + 10 - 1);
  });
  it('disconnected factors lose one level a component', () => {
    // Units 0–2 are seen in years 2000–2003 only, units 3–5 in 2004–2007 only: two components.
    const frame = panel(
      `id,year,y,x\n${rows(24, (i) => [
        i % 6,
        2000 + 4 * +(i % 6 > 2) + Math.floor(i / 6),
        1 + ((i * 5) % 7),
        Math.sin(i).toFixed(5),
      ])}\n`,
    );
    const result = fit(frame, 'ols', 'y ~ x | id + year') as Fit;
    expect(result).not.toHaveProperty('failed');
    expect(result.dof).toBe(1 + 6 + 8 - 2);
  });
});
