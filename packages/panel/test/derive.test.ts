import { describe, expect, it } from 'vitest';
import { derive, filterRows, filterStates } from '../src/derive.ts';
import { frameOf, panelOf } from './make-frame.ts';
import { thrown } from './thrown.ts';

const csv = 'id,year,gdp,dist\n1,1,2,10\n1,2,4,10\n2,1,,20\n';

describe('derive', () => {
  it('lets definitions use each other in any order and appends them as written', () => {
    const frame = derive(frameOf(csv), { twice: 'once * 2', once: 'gdp / scale', scale: 2 });
    expect(Object.keys(frame.columns).slice(-3)).toEqual(['twice', 'once', 'scale']);
    expect([...frame.columns.twice.values]).toEqual([2, 4, Number.NaN]);
  });

  it('lags by key join where there is a panel', () => {
    const frame = derive(panelOf(csv), { growth: 'log(gdp) - l(log(gdp))' });
    expect([...frame.columns.growth.values]).toEqual([Number.NaN, Math.log(4) - Math.log(2), Number.NaN]);
  });

  it.each([
    [{ gdp: 'dist' }, 'derive/redefined', '/derive/gdp', undefined],
    [{ a: 'b + 1', b: 'c', c: 'a' }, 'derive/cycle', '/derive/a', undefined],
    [{ a: 'gpd + 1' }, 'expression/unknown-column', '/derive/a', 1],
    [{ a: 'dist +' }, 'expression/syntax', '/derive/a', 7],
    [{ 'a/b': '1 +' }, 'expression/syntax', '/derive/a~1b', 4],
    [{ a: 'log(dist - 10)' }, 'data/not-finite-result', '/derive/a', 1],
  ])('refuses %j as %s', (defs, code, pointer, column) => {
    const error = thrown(() => derive(frameOf(csv), defs));
    expect(error.code).toBe(code);
    expect(error.at?.pointer).toBe(pointer);
    expect(error.at?.column).toBe(column);
  });

  it('shows the circle', () => {
    expect(thrown(() => derive(frameOf(csv), { a: 'b', b: 'a' })).message).toContain('a → b → a');
  });
});

describe('filterRows', () => {
  it('keeps rows where the condition is true, not where it is missing', () => {
    expect(Array.from(filterRows(frameOf(csv), 'gdp > 2'))).toEqual([0, 1, 0]);
    expect(Array.from(filterStates(frameOf(csv), 'gdp > 2'))).toEqual([0, 1, 2]);
  });

  it('places its errors at --where', () => {
    expect(thrown(() => filterRows(frameOf(csv), 'yaer > 1')).at).toMatchObject({
      file: '--where',
      column: 1,
      length: 4,
    });
  });
});
