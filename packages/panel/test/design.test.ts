import { readFileSync } from 'node:fs';
import { loadKernels } from '@gravpanel/core-wasm';
import { certified, fixturePath } from '@gravpanel/test-fixtures';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildDesigns } from '../src/design.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Design, Failure, FitSpec, Frame, ModelKey } from '../src/types.ts';
import { csvOf, frameOf, panelOf } from './make-frame.ts';
import { thrown } from './thrown.ts';

type Kernels = Awaited<ReturnType<typeof loadKernels>>;
let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const build = (frame: Frame, formula: string, o: Partial<FitSpec> = {}) =>
  buildDesigns(frame, { id: 'fit', model: 'ols', formula, vcov: { type: 'iid' }, ...o }, kernels);
const isDesign = (one: Design | Failure): one is Design => !('failed' in one);
function designs(frame: Frame, formula: string, o: Partial<FitSpec> = {}): Design[] {
  return build(frame, formula, o).map((one) => {
    if (!isDesign(one)) throw new Error(`${one.error.code}: ${one.error.message}`);
    return one;
  });
}
const design = (frame: Frame, formula: string, o: Partial<FitSpec> = {}) => designs(frame, formula, o)[0];
function failed(frame: Frame, formula: string, o: Partial<FitSpec> = {}) {
  const [one] = build(frame, formula, o);
  if (isDesign(one)) return expect.fail('the design did not fail');
  return one.error;
}
const column = ({ n, k, x, terms }: Design, name: string) => {
  const j = terms.findIndex((term) => term.name === name);
  return j < 0 ? expect.fail(`no term ${name}`) : Array.from({ length: n }, (_, i) => x[i * k + j]);
};
const names = ({ terms }: Design) => terms.map(({ name }) => name);
const drops = ({ sample }: Design) =>
  sample.dropped.map(({ reason, rows, groups }) => [reason, rows, ...(groups ?? [])]);

// R: d <- data.frame(g, a, b); the expected columns are those of model.matrix (R 4).
const small = 'g,a,b,y\nb,1,2,1\na,2,1,4\nc,3,0,2\na,4,1,0\nb,5,3,7\nc,7,2,3\n';

describe('terms', () => {
  it('crosses two numbers as model.matrix(~ a * b)', () => {
    const d = design(frameOf(small), 'y ~ a * b');
    expect(names(d)).toEqual(['(Intercept)', 'a', 'b', 'a:b']);
    expect(column(d, 'a:b')).toEqual([2, 2, 0, 4, 15, 14]);
    expect(Array.from(d.y)).toEqual([1, 4, 2, 0, 7, 3]);
  });

  it('codes i(g) as model.matrix(~ a + factor(g)): the first level goes, and is named', () => {
    const d = design(frameOf(small), 'y ~ a + i(g)');
    expect(names(d)).toEqual(['(Intercept)', 'a', 'g::b', 'g::c']);
    expect(column(d, 'g::b')).toEqual([1, 0, 0, 0, 1, 0]);
    expect(column(d, 'g::c')).toEqual([0, 0, 1, 0, 0, 1]);
    expect(d.collinear).toEqual(['g::a']);
    expect(d.notes).toEqual([
      { code: 'collinear', message: 'g::a is left out: the constant and terms before span it.' },
    ]);
  });

  it('keeps every level without a constant, and leaves out ref', () => {
    expect(names(design(frameOf(small), 'y ~ 0 + i(g)'))).toEqual(['g::a', 'g::b', 'g::c']);
    const d = design(frameOf(small), 'y ~ i(g, ref = "b")');
    expect(names(d)).toEqual(['(Intercept)', 'g::a', 'g::c']);
    expect(d.collinear).toEqual([]);
  });

  it('gives slopes by level as model.matrix(~ a + g:b − 1)', () => {
    const d = design(frameOf(small), 'y ~ 0 + a + i(g, b)');
    expect(names(d)).toEqual(['a', 'g::a:b', 'g::b:b', 'g::c:b']);
    expect(column(d, 'g::a:b')).toEqual([0, 1, 0, 1, 0, 0]);
    expect(column(d, 'g::b:b')).toEqual([2, 0, 0, 0, 3, 0]);
    expect(column(d, 'g::c:b')).toEqual([0, 0, 0, 0, 0, 2]);
  });

  it('crosses two factors over the pairs that occur', () => {
    const d = design(frameOf('g,h,y\na,1,1\na,2,2\nb,1,3\na,1,3\nb,1,4\n'), 'y ~ 0 + i(g, i.h)');
    expect(names(d)).toEqual(['g::a:h::1', 'g::a:h::2', 'g::b:h::1']);
  });

  it('refuses a ref that is no value, naming the values', () => {
    expect(failed(frameOf(small), 'y ~ i(g, ref = z)')).toMatchObject({
      code: 'formula/unknown-level',
      at: { column: 7 },
    });
  });

  it('adds unit means of the used rows with cre()', () => {
    const d = design(panelOf('id,year,x,y\n1,1,1,1\n1,2,3,2\n1,3,9,\n2,1,5,0\n2,2,6,7\n'), 'y ~ cre(x)');
    expect(column(d, 'mean(x)')).toEqual([2, 2, 5.5, 5.5]);
    expect(d.terms.map(({ within }) => within)).toEqual([false, true, false]);
  });

  it('keeps text columns out of plain terms', () => {
    expect(failed(frameOf(small), 'y ~ g')).toMatchObject({ code: 'data/text-in-number', at: { variable: 'g' } });
  });
});

const panel =
  'id,year,x,z,y\n1,1,1,5,1\n1,2,2,5,0\n1,3,4,5,3\n1,5,8,5,2\n2,1,3,6,0\n2,2,,6,1\n2,3,6,6,4\n3,1,1,7,0\n3,2,1,7,0\n4,2,9,8,1\n';

const wide = `id,year,x,z,y
1,1,1,5,1\n1,2,2,5,0\n1,3,4,5,3\n1,5,8,5,2\n1,6,3,5,1\n2,1,3,6,0\n2,2,,6,1\n2,3,6,6,4\n2,4,2,7,2\n2,5,7,6,9
3,2,1,7,1\n3,3,5,7,0\n3,4,1,8,2\n3,5,2,7,5\n4,1,9,8,1\n4,2,2,9,1\n4,3,4,9,0\n`;

describe('rows', () => {
  it('lags over the full panel before the filter, and tells a missing row from a missing value', () => {
    const d = design(panelOf(panel), 'y ~ l(x, 1)', { where: 'year >= 2' });
    expect(column(d, 'l(x, 1)')).toEqual([1, 2, 3, 1]);
    expect(drops(d)).toEqual([
      ['filter', 3],
      ['lag', 2, '4'],
      ['missing x', 1],
    ]);
    expect(d.sample).toMatchObject({ rows: 10, used: 4, units: 4, unitsUsed: 3 });
  });

  it('lags every right-hand variable with spec.lag, names as written; offset and effects stay', () => {
    const d = design(panelOf(wide), 'y ~ x + log(z) + offset(x)', { lag: 1 });
    const by = design(panelOf(wide), 'y ~ l(x) + l(log(z)) + offset(x)');
    expect(names(d)).toEqual(['(Intercept)', 'x', 'log(z)']);
    expect(Array.from(d.x)).toEqual(Array.from(by.x));
    expect(Array.from(d.offset!)).toEqual(Array.from(by.offset!));
    expect(Array.from(d.rows)).toEqual(Array.from(by.rows));
    expect(d.formula).toBe('y ~ x + log(z) + offset(x)');
  });

  it('does not lag the panel’s own time in i()', () => {
    const d = design(panelOf(wide), 'y ~ x + i(year, ref = 2)', { lag: 1 });
    expect(names(d)).toEqual(['(Intercept)', 'x', 'year::3', 'year::4', 'year::5', 'year::6']);
  });

  it('takes the log only where the filter keeps the row', () => {
    const frame = frameOf('x,y\n0,1\n1,2\n2,3\n4,4\n');
    expect(column(design(frame, 'y ~ log(x)', { where: 'x > 0' }), 'log(x)')).toEqual([0, Math.log(2), Math.log(4)]);
    expect(failed(frame, 'y ~ log(x)')).toMatchObject({ code: 'data/not-finite-result', at: { row: 2, column: 5 } });
  });

  it('sorts by unit and time; the design does not depend on the order of the file', () => {
    const cells = wide
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const header = ['id', 'year', 'x', 'z', 'y'];
    const reference = design(panelOf(wide), 'y ~ x + d(x) + i(year)');
    fc.assert(
      fc.property(fc.shuffledSubarray(cells, { minLength: cells.length }), (shuffled) => {
        const d = design(panelOf(csvOf(header, shuffled)), 'y ~ x + d(x) + i(year)');
        expect([...d.x, ...d.y]).toEqual([...reference.x, ...reference.y]);
        expect(d.groups).toEqual(reference.groups);
        expect(drops(d)).toEqual(drops(reference));
      }),
      { numRuns: 30 },
    );
  });

  it('accounts for every row, whatever is missing, filtered and lagged', () => {
    const cell = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null, freq: 4 });
    const row = fc.tuple(fc.nat(3), fc.nat(5), cell, cell, cell);
    const rows = fc.uniqueArray(row, { minLength: 4, maxLength: 30, selector: ([u, t]) => `${u} ${t}` });
    fc.assert(
      fc.property(rows, fc.nat(2), fc.constantFrom<ModelKey>('ols', 'poisson', 'nb-fe', 'nb2'), (cells, lag, model) => {
        const frame = panelOf(csvOf(['id', 'year', 'x', 'z', 'y'], cells));
        for (const d of build(frame, 'y ~ x + csw0(l(z))', { lag, model, where: 'year > 0 or x == 1' })) {
          if (!isDesign(d)) {
            expect(d.error.code).toMatch(/^data\//);
            continue;
          }
          expect(d.sample.used).toBe(d.n);
          expect(d.sample.used + d.sample.dropped.reduce((sum, { rows: r }) => sum + r, 0)).toBe(cells.length);
          expect(d.x.every(Number.isFinite) && d.y.every(Number.isFinite)).toBe(true);
          expect(d.groupStart!.at(-1)).toBe(d.n);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives csw columns their own rows, or the common ones', () => {
    const text = 'x,z,y\n1,,1\n2,1,2\n3,5,4\n4,2,4\n5,9,7\n';
    expect(designs(frameOf(text), 'y ~ csw(x, z)').map(({ n }) => n)).toEqual([5, 4]);
    const common = designs(frameOf(text), 'y ~ csw(x, z)', { common: true });
    expect(common.map(({ n }) => n)).toEqual([4, 4]);
    expect(drops(common[0])).toEqual([['missing z', 1]]);
  });

  it('column k of csw equals the single formula bit for bit', () => {
    const all = designs(panelOf(wide), 'y ~ csw0(x, z, d(x))');
    expect(all.map(({ formula }) => formula)).toEqual(['y ~ 1', 'y ~ x', 'y ~ x + z', 'y ~ x + z + d(x, 1)']);
    for (const d of all)
      expect(design(panelOf(wide), d.formula)).toEqual({ ...d, spec: { ...d.spec, formula: d.formula } });
  });
});

describe('split', () => {
  it('names periods by their range and logs the rest; lags cross the boundary', () => {
    const parts = designs(panelOf(panel), 'y ~ 1', { split: { by: 'year', at: 3 } });
    expect(parts.map(({ sampleName }) => sampleName)).toEqual(['1–2', '3–5']);
    expect(parts.map((d) => drops(d)[0].slice(0, 2))).toEqual([
      ['outside 1–2', 3],
      ['outside 3–5', 7],
    ]);
    const [, late] = designs(panelOf(wide), 'y ~ l(x)', { split: { by: 'year', at: 3 } });
    expect(column(late, 'l(x, 1)').slice(0, 3)).toEqual([2, 8, 6]);
    expect(drops(late)).toEqual([
      ['outside 3–6', 7],
      ['lag', 1],
      ['missing x', 1],
    ]);
  });

  it('splits by the values of a column, samples slowest', () => {
    const parts = designs(frameOf('g,x,y\nb,1,1\nb,2,2\nb,3,1\na,1,4\na,2,2\na,4,4\n,1,1\n'), 'y ~ csw0(x)', {
      split: { by: 'g' },
    });
    expect(parts.map(({ sampleName, formula }) => [sampleName, formula])).toEqual([
      ['a', 'y ~ 1'],
      ['a', 'y ~ x'],
      ['b', 'y ~ 1'],
      ['b', 'y ~ x'],
    ]);
    expect(drops(parts[0])).toEqual([
      ['missing g', 1],
      ['outside a', 3],
    ]);
  });
});

describe('what a model cannot use', () => {
  it('nb-fe loses one-row groups first, then all-zero ones, with their labels', () => {
    const d = design(panelOf(panel), 'y ~ z', { model: 'nb-fe' });
    expect(drops(d)).toEqual([
      ['one-row group', 1, '4'],
      ['all-zero group', 2, '3'],
    ]);
    expect(d.groups).toEqual(['1', '2']);
    expect(Array.from(d.groupStart!)).toEqual([0, 4, 7]);
  });

  it.each(Object.entries(certified()))('%s: uses the rows and groups of the certified fit', (_, set) => {
    const bytes = readFileSync(fixturePath('data', set.csv));
    const full = readTable(bytes, { name: set.csv });
    const rows = Array.from({ length: full.rows }, (_unused, i) => i + 1);
    const time: Frame = {
      ...full,
      columns: { ...full.columns, '.row': { kind: 'number', values: Float64Array.from(rows) } },
    };
    const offset = set.offset ? ` + offset(${set.offset})` : '';
    const formula = `${set.y} ~ ${set.regressors.filter((r) => r !== '(Intercept)').join(' + ')}${offset}`;
    const d = design(setPanel(time, [set.group], '.row'), formula, { model: 'nb-fe' });
    expect(d.n).toBe(set.n_used);
    expect(d.groups).toHaveLength(set.groups_used);
    expect(names(d)).toEqual(set.fe_nb.params);
    expect(d.collinear).toEqual([]);
  });

  it('count models lose all-zero levels of effects until none is left; ols does not', () => {
    const text = 'id,year,y,x\n1,1,0,1\n1,2,0,4\n2,1,0,2\n2,2,3,7\n2,3,1,1\n3,2,2,5\n3,3,5,2\n';
    const d = design(panelOf(text), 'y ~ x | id + year', { model: 'poisson' });
    expect(drops(d)).toEqual([['all-zero fixed effect', 3, 'id 1', 'year 1']]);
    expect(d.fixef.map(({ name, levels }) => [name, ...levels])).toEqual([
      ['id', '2', '3'],
      ['year', '2', '3'],
    ]);
    expect(d.hasIntercept).toBe(false);
    expect(design(panelOf(text), 'y ~ x | id + year').n).toBe(7);
  });

  it('drops what effects absorb, and names it', () => {
    const d = design(panelOf(panel), 'y ~ x + z + I(z + 2*year) | id + year');
    expect(names(d)).toEqual(['x']);
    expect(d.collinear).toEqual(['z', 'I(z + 2 * year)']);
    expect(d.notes[0].message).toBe('z and I(z + 2 * year) are left out: the effects of id and year absorb them.');
  });

  it('drops constants and combinations, or fails where nothing is left', () => {
    const frame = frameOf('x,c,y\n1,5,1\n2,5,2\n3,5,2\n4,5,9\n');
    const d = design(frame, 'y ~ x + c + I(2*x + 3)');
    expect(names(d)).toEqual(['(Intercept)', 'x']);
    expect(d.collinear).toEqual(['c', 'I(2 * x + 3)']);
    expect(names(design(frame, 'y ~ 0 + c'))).toEqual(['c']);
    const error = failed(frame, 'y ~ c');
    expect(error.code).toBe('data/all-collinear');
    expect(error.message).toContain('c is left out');
  });

  it.each<[string, string, Partial<FitSpec>, string, object]>([
    [
      'a negative count',
      'id,year,y,x\n1,1,-1,1\n1,2,2,3\n2,1,1,1\n2,2,0,5\n',
      { model: 'nb2' },
      'data/not-a-count',
      { row: 2 },
    ],
    [
      'a fractional count',
      'id,year,y,x\n1,1,1,1\n1,2,2.5,3\n2,1,1,1\n2,2,0,5\n',
      { model: 'nb-fe' },
      'data/not-a-count',
      { row: 3 },
    ],
    [
      'a negative outcome',
      'id,year,y,x\n1,1,1,1\n1,2,-2.5,3\n2,1,1,1\n2,2,0,5\n',
      { model: 'poisson' },
      'data/not-a-count',
      { row: 3 },
    ],
    [
      'an inexact count',
      'id,year,y,x\n1,1,1,1\n1,2,9007199254740994,3\n2,1,1,1\n',
      { model: 'nb1' },
      'data/count-too-large',
      { row: 3 },
    ],
    [
      'all zero',
      'id,year,y,x\n1,1,0,1\n1,2,0,3\n2,1,0,1\n2,2,0,5\n',
      { model: 'nb-fe' },
      'data/all-zero',
      { variable: 'y' },
    ],
    ['one row a unit', 'id,year,y,x\n1,1,1,1\n2,2,2,3\n3,1,1,1\n4,2,1,5\n', { model: 'nb-fe' }, 'data/one-group', {}],
    ['one unit', 'id,year,y,x\n1,1,1,1\n1,2,2,3\n1,3,1,1\n1,4,1,5\n', { model: 'nb-re' }, 'data/one-group', {}],
    ['one useful unit', 'id,year,y,x\n1,1,1,1\n1,2,2,3\n2,1,0,1\n2,2,0,5\n', { model: 'nb-fe' }, 'data/one-group', {}],
    ['no row', 'id,year,y,x\n1,1,1,1\n1,2,2,3\n', { where: 'year > 9' }, 'data/no-rows', {}],
    ['too few rows', 'id,year,y,x\n1,1,1,1\n1,2,2,3\n', {}, 'data/too-few-rows', {}],
    ['a text cell', 'id,year,y,x\n1,1,1,1\n1,2,2,abc\n2,1,1,1\n', {}, 'data/text-in-number', { row: 3 }],
    ['an infinite cell', 'id,year,y,x\n1,1,1,1\n1,2,2,Inf\n2,1,1,1\n', {}, 'data/not-finite', { row: 3 }],
    [
      'exposure 0',
      'id,year,y,x\n1,1,1,1\n1,2,2,0\n2,1,1,1\n',
      { model: 'poisson', exposure: 'x' },
      'data/bad-exposure',
      { row: 3 },
    ],
    ['a negative weight', 'id,year,y,x\n1,1,1,1\n1,2,2,-2\n2,1,1,1\n', { weights: 'x' }, 'data/bad-weight', { row: 3 }],
  ])('fails with %s', (_, text, o, code, at) => {
    const error = failed(panelOf(text), 'y ~ x', o);
    expect(error.code).toBe(code);
    expect(error.at ?? {}).toMatchObject(at);
    expect(error.hint).toBeTruthy();
  });

  it('takes counts above 2³¹ and fractions in poisson', () => {
    const frame = frameOf('x,y\n1,3000000000\n2,1\n3,4\n5,2.5\n');
    expect(design(frame, 'y ~ x', { model: 'poisson' }).y[0]).toBe(3_000_000_000);
    expect(design(frame, 'y ~ x', { model: 'nb2', where: 'y != 2.5' }).y[0]).toBe(3_000_000_000);
  });
});

describe('options', () => {
  it('adds offset, offset() and the log of the exposure; leaves out rows of weight 0', () => {
    const d = design(frameOf('x,y,o,e,w\n1,1,1,2,1\n2,2,0,1,0\n3,5,2,4,2\n4,4,1,1,1\n'), 'y ~ x + offset(o)', {
      model: 'poisson',
      offset: 'o',
      exposure: 'e',
      weights: 'w',
    });
    expect(Array.from(d.offset!)).toEqual([2 + Math.log(2), 4 + Math.log(4), 2]);
    expect(Array.from(d.weights!)).toEqual([1, 2, 1]);
    expect(drops(d)).toEqual([['zero weight', 1]]);
  });

  it('codes clusters and their combinations, and drops rows without one', () => {
    const d = design(frameOf('x,y,a,b\n1,1,u,1\n2,2,v,1\n3,5,v,1\n4,4,u,2\n5,1,,1\n'), 'y ~ x', {
      vcov: { type: 'cluster', by: [['a'], ['a', 'b']] },
    });
    expect(d.clusters.map(({ name, codes, count }) => [name, [...codes], count])).toEqual([
      ['a', [0, 1, 1, 0], 2],
      ['a^b', [0, 2, 2, 1], 3],
    ]);
    expect(drops(d)).toEqual([['missing a', 1]]);
  });

  it.each<[string, Partial<FitSpec>, string, object]>([
    ['y ~ xx', {}, 'formula/unknown-variable', { column: 5, length: 2 }],
    ['y ~ x | di', {}, 'formula/unknown-variable', { column: 9 }],
    ['y ~ x', { where: 'yaer > 2' }, 'expression/unknown-column', { file: '--where' }],
    ['y ~ x', { offset: 'oo' }, 'data/unknown-column', {}],
    ['y ~ x', { vcov: { type: 'cluster', by: [['firm']] } }, 'data/unknown-column', {}],
    ['y ~ x', { split: { by: 'firm' } }, 'data/unknown-column', {}],
    ['y ~ x | id', { model: 'nb-fe' }, 'model/effects-of-units', { column: 9 }],
    ['y ~ x', { model: 'nope' as ModelKey }, 'model/unknown', {}],
  ])('refuses %s %j as %s for all columns', (formula, o, code, at) => {
    const error = thrown(() => build(panelOf(panel), formula, o));
    expect(error.code).toBe(code);
    expect(error.at ?? {}).toMatchObject(at);
  });

  it.each<[string, Partial<FitSpec>, string]>([
    ['y ~ x', { model: 'nb-fe' }, 'model/needs-panel'],
    ['y ~ x', { lag: 1 }, 'model/needs-panel'],
    ['y ~ cre(x)', {}, 'model/needs-panel'],
    ['y ~ log(l(x) + 1)', {}, 'formula/no-panel'],
  ])('%s %j needs a panel', (formula, o, code) => {
    expect(thrown(() => build(frameOf('x,y\n1,2\n2,3\n'), formula, o)).code).toBe(code);
  });

  it('suggests the nearest names', () => {
    expect(thrown(() => build(frameOf('lngdp,y\n1,2\n'), 'y ~ lngpd')).hint).toBe('Nearest: lngdp.');
  });

  it('keeps one failing column from the others', () => {
    const result = build(frameOf('x,t,y\n1,a,1\n2,2,2\n3,1,5\n'), 'y ~ csw(x, t)');
    expect(result.map(isDesign)).toEqual([true, false]);
  });
});
