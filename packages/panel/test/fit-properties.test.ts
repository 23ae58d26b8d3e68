import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { digits, fixtureText } from '@gravpanel/test-fixtures';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandDummies } from '../src/dummies.ts';
import { fitDesign, fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitResult, FitSpec, ModelKey } from '../src/types.ts';
import { designOf } from './design-of.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const [head, ...lines] = fixtureText('data', 'synth45.csv').trim().split(/\r?\n/);
const spec = (model: ModelKey, o: Partial<FitSpec> = {}): FitSpec => ({
  id: 'fit',
  model,
  formula: 'patents ~ l(lgdp, 1) + lrd + lcit',
  vcov: { type: 'cluster', by: [['pair']] },
  ...o,
});
function asFit(result: FitResult): Fit {
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}
const fitText = (rows: string[], model: ModelKey, o?: Partial<FitSpec>) => {
  const frame = setPanel(readTable(`${[head, ...rows].join('\n')}\n`, { name: 'rows.csv' }), ['pair'], 'year');
  return asFit(fitSpec(frame, spec(model, o), kernels)[0]);
};

describe('nb-fe', () => {
  it('is the same, bit for bit, in any order of the rows', () => {
    const plain = fitText(lines, 'nb-fe');
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (rows) => {
        const shuffled = fitText(rows, 'nb-fe');
        expect(shuffled.coefficients).toEqual(plain.coefficients);
        expect(shuffled.loglik).toBe(plain.loglik);
      }),
      { numRuns: 10 },
    );
  });
  it('is the same with added all-zero units, which are logged', () => {
    const zeros = Array.from(
      { length: 10 },
      (_, t) => `9999,1,2,${2001 + t},0,${(12 + t / 7).toFixed(3)},0.1,0.2,0.3,0.4,0,7,0`,
    );
    const [plain, more] = [fitText(lines, 'nb-fe'), fitText([...lines, ...zeros], 'nb-fe')];
    expect(more.coefficients).toEqual(plain.coefficients);
    expect(more.nobs).toBe(plain.nobs);
    expect(more.sample.rows).toBe(plain.sample.rows + 10);
    expect(more.sample.dropped.find((d) => d.reason === 'all-zero group')?.groups).toContain('9999');
  });
  it('moves with the unit of a regressor as a coefficient must', () => {
    const scaled = fitText(lines, 'nb-fe', { formula: 'patents ~ l(lgdp, 1) + I(lrd * 1000) + lcit' });
    const plain = fitText(lines, 'nb-fe');
    expect(digits(scaled.coefficients[2].estimate * 1000, plain.coefficients[2].estimate)).toBeGreaterThan(11);
    expect(digits(scaled.coefficients[2].statistic, plain.coefficients[2].statistic)).toBeGreaterThan(11);
    expect(digits(scaled.loglik, plain.loglik)).toBeGreaterThan(14);
  });
});

describe('absorbed effects are those of dummy columns', () => {
  for (const model of ['ols', 'poisson', 'nb2'] as const)
    for (const fixef of [['pair'], ['pair', 'year']])
      it(`${model} with ${fixef.join(' and ')}, iid and cluster`, () => {
        for (const vcov of [{ type: 'iid' }, { type: 'cluster', by: [['pair']] }] as const) {
          const o = { fixef, clusters: vcov.type === 'iid' ? [] : ['pair'], vcov: { ...vcov } as FitSpec['vcov'] };
          const design = designOf('synth45', model, o);
          const absorbed = asFit(fitDesign(design, kernels));
          const { x, columns } = expandDummies(design, kernels);
          const terms = Array.from({ length: columns }, (_, j) => design.terms[j] ?? { name: `d${j}`, variables: [] });
          const dummies = asFit(fitDesign({ ...design, x, k: columns, terms, fixef: [] }, kernels));
          absorbed.coefficients.forEach((c, j) => {
            expect(digits(c.estimate, dummies.coefficients[j].estimate), c.term).toBeGreaterThan(9);
            expect(digits(c.se, dummies.coefficients[j].se), c.term).toBeGreaterThan(9);
          });
          expect(digits(absorbed.loglik, dummies.loglik)).toBeGreaterThan(12);
          expect(absorbed.dof).toBe(dummies.dof);
          absorbed.parameters.forEach((p, j) => {
            expect(digits(p.estimate, dummies.parameters[j].estimate)).toBeGreaterThan(9);
          });
        }
      });
});
