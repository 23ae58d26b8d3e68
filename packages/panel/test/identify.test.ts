import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { residualise } from '../src/absorb.ts';
import { derive } from '../src/derive.ts';
import { identify } from '../src/identify.ts';
import { csvOf, panelOf } from './make-frame.ts';
import { thrown } from './thrown.ts';

const rows = [1, 2, 3].flatMap((id) => [1, 2, 3, 4].map((year) => [id, year, id ** 2, year ** 3, id * year, 7]));
const frame = derive(panelOf(csvOf(['id', 'year', 'dist', 'oil', 'both', 'c'], rows)), {
  lngd: 'log(dist) + log(oil)',
});

describe('identify', () => {
  it('tells what unit, time and both effects absorb', () => {
    const [dist, oil, lngd, both, c] = identify(frame, ['dist', 'oil', 'lngd', 'both', 'c']);
    expect(dist).toEqual({
      variable: 'dist',
      between: 1,
      time: 0,
      within: 0,
      reading: 'Constant within id: id effects absorb it',
    });
    expect(oil).toEqual({
      variable: 'oil',
      between: 0,
      time: 1,
      within: 0,
      reading: 'Varies only over year: year effects absorb it',
    });
    expect(lngd).toMatchObject({
      within: 0,
      reading: 'A part of id and a part of year: id and year effects together absorb it',
    });
    expect(lngd.between + lngd.time).toBeCloseTo(1, 14);
    // id × year, balanced 3 × 4: total 133 = between 50 + time 60·… by hand: Σ over cells of squares about the means.
    const [t, b, w] = [12 * (14 / 3) * (30 / 4) - 12 * 25, 12 * (2 / 3) * 6.25, 12 * 4 * 1.25];
    expect(both.between).toBeCloseTo(b / t, 12);
    expect(both.time).toBeCloseTo(w / t, 12);
    expect(both.reading).toBe('');
    expect(c).toEqual({
      variable: 'c',
      between: 0,
      time: 0,
      within: 0,
      reading: 'It is constant: the intercept absorbs it',
    });
  });

  it('takes out effects of a long column down to its rounding, and stops there', () => {
    const [units, periods] = [12_500, 20];
    const codes = Int32Array.from({ length: units * periods }, (_, i) => Math.floor(i / periods));
    const x = Float64Array.from(codes, (unit) => (unit * 37) % 9973);
    const left = residualise(x, [{ codes, count: units }]);
    const share = left.reduce((sum, v) => sum + v * v, 0) / x.reduce((sum, v) => sum + v * v, 0);
    expect(share).toBeLessThan(1e-24);
  });

  it('shares sum to 1 and are never negative, in any unbalanced panel', () => {
    const cell = fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: -50, max: 50 }));
    const cells = fc.uniqueArray(cell, { minLength: 3, maxLength: 30, selector: ([u, t]) => `${u} ${t}` });
    fc.assert(
      fc.property(cells, (list) => {
        const [{ between, time, within }] = identify(panelOf(csvOf(['id', 'year', 'x'], list)), ['x']);
        const constant = list.every(([, , x]) => x === list[0][2]);
        // The k-way residual is iterated to about 1e-14.
        expect(Math.abs(between + time + within - (constant ? 0 : 1))).toBeLessThan(1e-12);
        for (const share of [between, time, within]) expect(share).toBeGreaterThan(-1e-12);
      }),
    );
  });

  it('reads the right-hand terms of a spec at common rows, lagged', () => {
    const shares = identify(frame, {
      id: 'm',
      model: 'nb-fe',
      formula: 'both ~ dist + csw0(oil, i(year))',
      vcov: { type: 'iid' },
      lag: 1,
      where: 'year > 2',
    });
    expect(shares.map(({ variable, reading }) => [variable, reading])).toEqual([
      ['dist', 'Constant within id: id effects absorb it'],
      ['oil', 'Varies only over year: year effects absorb it'],
    ]);
  });

  it('needs a panel', () => {
    const { panel: _, ...bare } = frame;
    expect(thrown(() => identify(bare, ['dist'])).code).toBe('model/needs-panel');
  });
});

describe('residualise', () => {
  it('is orthogonal to every level and leaves nothing of a sum of effects', () => {
    const code = fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(3), fc.integer({ min: -9, max: 9 })), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(code, (cells) => {
        const factors = [0, 1, 2].map((f) => ({ codes: Int32Array.from(cells, (c) => c[f]), count: 5 }));
        const r = residualise(
          Float64Array.from(cells, (c) => c[3]),
          factors,
        );
        for (const { codes } of factors)
          for (let level = 0; level < 5; level++) {
            const sum = r.reduce((s, v, i) => s + (codes[i] === level ? v : 0), 0);
            expect(Math.abs(sum)).toBeLessThan(1e-10);
          }
        const effects = residualise(
          Float64Array.from(cells, (c) => 3 * c[0] - c[1] + 0.5 * c[2]),
          factors,
        );
        for (const v of effects) expect(Math.abs(v)).toBeLessThan(1e-10);
      }),
    );
  });
});
