import { op } from 'arquero';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbersOf } from '../src/column-read.ts';
import { setPanel } from '../src/frame.ts';
import { asTable, fromTable } from '../src/frame-table.ts';
import { lagRows } from '../src/lag.ts';
import { csvOf, frameOf, panelOf } from './make-frame.ts';
import { thrown } from './thrown.ts';

describe('setPanel', () => {
  it('sorts numeric units as numbers and rows by unit and time', () => {
    const { panel } = panelOf('id,year\n10,2\n9,2\n10,1\n9,1\n');
    expect(panel!.units).toEqual(['9', '10']);
    expect(Array.from(panel!.order)).toEqual([3, 1, 2, 0]);
    expect(panel!.periods).toEqual([1, 2]);
    expect(panel!.balanced).toBe(true);
  });

  it('sorts text units by code point and joins pairs', () => {
    const { panel } = panelOf('i,j,year\nÉ,a,1\nZ,b,1\nZ,a,1\n', ['i', 'j']);
    expect(panel!.units).toEqual(['Z × a', 'Z × b', 'É × a']);
    expect(Array.from(panel!.unitOf)).toEqual([2, 1, 0]);
  });

  it('lists the missing periods of each unit, in steps of the panel', () => {
    const { panel } = panelOf('id,year\n1,2000\n1,2015\n2,2005\n2,2010\n2,2015\n');
    expect(panel!.gaps).toEqual([{ unit: '1', missing: [2005, 2010] }]);
    expect(panel!.balanced).toBe(false);
  });

  it('lists duplicates with their lines', () => {
    const error = thrown(() => panelOf('id,year,y\n1,1,0\n2,1,0\n1,1,5\n1,1,6\n2,2,0\n'));
    expect(error.code).toBe('data/duplicate-rows');
    expect(error.message).toContain('1, 1 (lines 2, 4, 5)');
    expect(error.details).toEqual({ pairs: 1, extraRows: 2, duplicates: [{ unit: '1', time: 1, lines: [2, 4, 5] }] });
  });

  it.each([
    ['id,year\n1,2008\n,2009\n', 'data/missing-index', 3],
    ['id,year\n1,2008\n1,\n', 'data/missing-index', 3],
    ['id,year\n1,2008.5\n', 'data/time-not-integer', 2],
    ['id,year\n1,2008Q1\n', 'data/time-not-integer', 2],
    ['id,year\n1,2008\n1,oops\n', 'data/text-in-number', 3],
  ])('refuses %j as %s', (csv, code, row) => {
    const error = thrown(() => panelOf(csv));
    expect(error.code).toBe(code);
    expect(error.at?.row).toBe(row);
    expect(error.hint).toBeTruthy();
  });

  it('suggests the nearest column', () => {
    const error = thrown(() => setPanel(frameOf('firm,year\n1,1\n'), ['frim'], 'year'));
    expect(error.code).toBe('data/unknown-column');
    expect(error.hint).toBe('Nearest: firm.');
  });
});

describe('numbersOf', () => {
  it('names file, line, column and value of a text cell among numbers', () => {
    const error = thrown(() => numbersOf(frameOf('x,k\n1,1\nabc,2\nn/a,3\n'), 'x'));
    expect(error.code).toBe('data/text-in-number');
    expect(error.message).toBe('x is "abc" on line 3 of "data.csv"; a number was expected (1 more such cell).');
    expect(error.at).toEqual({ file: 'data.csv', row: 3, variable: 'x' });
  });

  it.each(['NaN', 'Inf', '-inf', '1e999'])('refuses %s as not finite', (cell) => {
    const error = thrown(() => numbersOf(frameOf(`x,k\n1,1\n${cell},2\n`), 'x'));
    expect(error.code).toBe('data/not-finite');
    expect(error.message).toContain(`x is ${cell} on line 3`);
  });

  it('hints at decimal commas and thousands separators', () => {
    expect(thrown(() => numbersOf(frameOf('x;k\n1,5;1\n'), 'x')).hint ?? '').not.toBe('');
    expect(thrown(() => numbersOf(frameOf('x;k\n1,5;1\n2;1\n'), 'x')).hint).toContain('Decimal commas');
    expect(thrown(() => numbersOf(frameOf('x;k\n1,500,000;1\n2;1\n'), 'x')).hint).toContain('Thousands');
  });
});

describe('lagRows', () => {
  it('gives no row at a gap, never the previous one', () => {
    const { panel } = panelOf('id,year\n1,1\n1,2\n1,4\n2,3\n');
    expect(Array.from(lagRows(panel!, 1))).toEqual([-1, 0, -1, -1]);
    expect(Array.from(lagRows(panel!, 2))).toEqual([-1, -1, 1, -1]);
    expect(Array.from(lagRows(panel!, -1))).toEqual([1, -1, -1, -1]);
  });

  it('equals a map from (unit, time) to row, for any panel, row order and lag', () => {
    const key = fc.tuple(fc.nat(4), fc.integer({ min: -6, max: 6 }));
    const rows = fc.uniqueArray(key, { minLength: 1, maxLength: 40, selector: ([u, t]) => `${u} ${t}` });
    fc.assert(
      fc.property(rows, fc.integer({ min: -4, max: 4 }), (cells, k) => {
        const { panel } = panelOf(csvOf(['id', 'year'], cells));
        const at = new Map(cells.map(([u, t], row) => [`${u} ${t}`, row]));
        expect(Array.from(lagRows(panel!, k))).toEqual(cells.map(([u, t]) => at.get(`${u} ${t - k}`) ?? -1));
      }),
    );
  });
});

describe('asTable', () => {
  it('shares the columns and comes back after a rollup and a filter', () => {
    const frame = frameOf('id,x,t\n1,2,a\n1,3,b\n2,5,\n');
    const table = asTable(frame);
    expect(table.getter('x')(1)).toBe(3);
    expect(table.data().x).toBe(frame.columns.x.values);
    const sums = fromTable(table.groupby('id').rollup({ total: op.sum('x') }), frame.source);
    expect([...sums.columns.total.values]).toEqual([5, 5]);
    const back = fromTable(
      table.filter((d: { x: number }) => d.x > 2),
      frame.source,
    );
    expect([...back.columns.x.values]).toEqual([3, 5]);
    expect(back.columns.t).toEqual({ kind: 'text', values: ['b', null] });
    expect(back.columns.id.kind).toBe('number');
  });
});
