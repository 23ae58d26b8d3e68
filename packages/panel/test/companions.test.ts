import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { certified, digits, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { companionSpecs, withUnitEffects } from '../src/companions.ts';
import { fitSpec } from '../src/fit.ts';
import { parseFormula } from '../src/formula.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec } from '../src/types.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const frame = setPanel(readTable(fixtureText('data', 'synth45.csv'), { name: 'synth45.csv' }), ['pair'], 'year');
const spec: FitSpec = {
  id: 'full',
  model: 'nb-fe',
  formula: 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta',
  vcov: { type: 'cluster', by: [['pair']] },
};

describe('companionSpecs', () => {
  it('gives nb2 and poisson with unit effects, all else equal', () => {
    expect(companionSpecs({ ...spec, lag: 1, where: 'year > 2002' }, frame)).toEqual(
      (['nb2', 'poisson'] as const).map((model) => ({
        ...spec,
        id: `full.${model}`,
        model,
        lag: 1,
        where: 'year > 2002',
        formula: `${spec.formula} | pair`,
      })),
    );
  });
  it('is empty for other models and without a panel', () => {
    expect(companionSpecs({ ...spec, model: 'poisson' }, frame)).toEqual([]);
    expect(companionSpecs(spec, { ...frame, panel: undefined })).toEqual([]);
  });
  it('the columns use the rows of nb-fe: all-zero units drop out of all three', () => {
    const [own] = fitSpec(frame, spec, kernels) as Fit[];
    const beside = companionSpecs(spec, frame).map((s) => fitSpec(frame, s, kernels)[0] as Fit);
    expect(own.nobs).toBe(430);
    expect(beside.map((fit) => fit.nobs)).toEqual([430, 430]);
    expect(beside.map((fit) => fit.model)).toEqual(['nb2', 'poisson']);
  });
  it('the Poisson companion is the certified fixed-effects Poisson', () => {
    const [, poisson] = companionSpecs(spec, frame);
    const [fit] = fitSpec(frame, poisson, kernels) as Fit[];
    fit.coefficients.forEach((c, j) => {
      expect(digits(c.estimate, certified().synth45.fe_pois!.coef[j])).toBeGreaterThan(9);
    });
  });
});

describe('withUnitEffects', () => {
  it.each([
    ['y ~ x', ['id'], 'y ~ x | id'],
    ['y ~ x | year', ['id'], 'y ~ x | id + year'],
    ['y ~ x', ['from', 'to'], 'y ~ x | from^to'],
    ['y ~ x', ['Land Nr'], 'y ~ x | `Land Nr`'],
    ['y ~ `a|b` + x', ['id'], 'y ~ `a|b` + x | id'],
    ['y ~ x + csw0(a, b) | sw(year, region)', ['id'], 'y ~ x + csw0(a, b) | id + sw(year, region)'],
  ])('%s with %o is %s', (formula, unit, wanted) => {
    expect(withUnitEffects(formula, unit)).toBe(wanted);
    expect(() => parseFormula(wanted)).not.toThrow();
  });
});
