/** Column k of a stepwise formula is the single formula, bit for bit, whatever the model and its standard errors. */
import type { Kernels } from '@gravpanel/core-wasm';
import { loadKernels } from '@gravpanel/core-wasm';
import { fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { estimateSpec, fitSpec } from '../src/fit.ts';
import { expandFormula, parseFormula } from '../src/formula.ts';
import { setPanel } from '../src/frame.ts';
import { models } from '../src/models/index.ts';
import { readTable } from '../src/table-read.ts';
import type { FitSpec, ModelKey } from '../src/types.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});
const frame = setPanel(readTable(fixtureText('data', 'synth45.csv'), { name: 'synth45.csv' }), ['pair'], 'year');

const FORMULAS = [
  'patents ~ lgdp + csw0(lrd, lcit, rta)',
  'patents ~ lgdp + sw(lrd, l(lrd, 1)) | year',
  'c(patents, I(patents + 1)) ~ csw(lgdp, lrd)',
];
const bits = (values: ArrayLike<number>) => Array.from(new BigUint64Array(Float64Array.from(values).buffer));

describe.each(Object.keys(models) as ModelKey[])('%s', (model) => {
  it.each(FORMULAS)('%s', (formula) => {
    const spec: FitSpec = { id: 'fit', model, formula, vcov: { type: 'cluster', by: [['pair']] } };
    const all = estimateSpec(frame, spec, kernels);
    const columns = expandFormula(parseFormula(formula));
    expect(all).toHaveLength(columns.length);
    all.forEach((column, k) => {
      if ('failed' in column) throw new Error(`${column.error.code}: ${column.error.message}`);
      const [single] = estimateSpec(frame, { ...spec, formula: columns[k].text }, kernels);
      if ('failed' in single) throw new Error(single.error.message);
      expect(JSON.stringify(single.fit)).toBe(JSON.stringify(column.fit));
      expect(bits(single.eta)).toEqual(bits(column.eta));
      expect(bits(single.fit.covariance)).toEqual(bits(column.fit.covariance));
    });
  });
});

it('fitSpec gives the fits of estimateSpec', () => {
  const spec: FitSpec = { id: 'fit', model: 'nb-fe', formula: FORMULAS[0], vcov: { type: 'iid' } };
  const both = [
    fitSpec(frame, spec, kernels),
    estimateSpec(frame, spec, kernels).map((e) => ('failed' in e ? e : e.fit)),
  ];
  expect(JSON.stringify(both[0])).toBe(JSON.stringify(both[1]));
});
