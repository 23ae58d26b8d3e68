/**
 * Error budget. exp ≤ 1.1 ulp and log ≤ 1 ulp are what a degree-11 polynomial (a degree-7 odd series) with one rounding
 * per step can do; log1p ≤ 1 ulp is fdlibm's. lgamma, digamma and trigamma add a handful of roundings: ≤ 6 ulp (near the
 * negative-slope crossing of digamma below 1 there is none). Differences: every form is a sum of positive terms, at most
 * about 30 of them: 1e-14 relative (45 ulp); order 0 crosses zero in x < 1, where it is measured against
 * |result| + x·derivative, the sensitivity to one rounding of x.
 */
import { fixtureJson } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels, type SpecialFunction } from '../src/index.ts';

/** Those of the normal law are in frontier.test.ts. */
type GammaFamily = Exclude<SpecialFunction, 'normalW' | 'normalK' | 'normalC'>;

interface Reference {
  functions: Record<GammaFamily, [x: number, hi: number, lo: number][]>;
  differences: (number | null)[][];
}
const reference = fixtureJson<Reference>('certified', 'special.json');
const BUDGET: Record<GammaFamily, number> = { exp: 1.1, log: 1, log1p: 1, lgamma: 6, digamma: 6, trigamma: 6 };

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

/** Distance from hi to the next double. */
function ulp(hi: number): number {
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(hi))));
  return 2 ** (exponent - 52);
}

const errorInUlp = (value: number, hi: number, lo: number) => (value === hi ? 0 : Math.abs(value - hi - lo) / ulp(hi));

describe('special', () => {
  it.each(Object.keys(BUDGET) as GammaFamily[])('%s stays within its error in ulp', (name) => {
    const rows = reference.functions[name];
    const values = kernels.special(
      name,
      Float64Array.from(rows, (row) => row[0]),
    );
    expect(rows.length).toBeGreaterThan(250);
    const errors = rows.map(([x, hi, lo], i) => ({ x, error: errorInUlp(values[i], hi, lo) }));
    const worst = errors.reduce((a, b) => (b.error > a.error ? b : a));
    expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(BUDGET[name]);
  });

  it('exp and log follow IEEE at the edges, in either SIMD lane', () => {
    const edges = [Number.NaN, Infinity, -Infinity, 0, -0, 1, 710, -746, 5e-324, -1];
    for (const shift of [0, 1]) {
      const x = Float64Array.from([...new Array(shift).fill(1), ...edges]);
      expect([...kernels.special('exp', x)].slice(shift)).toEqual([
        Number.NaN,
        Infinity,
        0,
        1,
        1,
        expect.closeTo(Math.E, 14),
        Infinity,
        0,
        1,
        expect.closeTo(Math.exp(-1), 14),
      ]);
      const logs = [...kernels.special('log', x)].slice(shift);
      expect(logs.slice(0, 6)).toEqual([Number.NaN, Infinity, Number.NaN, -Infinity, -Infinity, 0]);
      expect(logs[9]).toBeNaN();
      expect(logs[8]).toBeCloseTo(-744.4400719213812, 10);
    }
  });

  it('gives the same bits alone and in a long array', () => {
    const x = Float64Array.from({ length: 101 }, (_, i) => 0.37 * i - 15);
    const together = kernels.special('exp', x);
    x.forEach((v, i) => {
      expect(kernels.special('exp', Float64Array.of(v))[0]).toBe(together[i]);
    });
  });
});

describe('gammaDifference', () => {
  it.each([0, 1, 2] as const)('order %d holds 1e-14 over the whole (x, y) plane', (order) => {
    const rows = reference.differences.filter((row) => row[2 + 2 * order] !== null) as number[][];
    const x = Float64Array.from(rows, (row) => row[0]);
    const y = Float64Array.from(rows, (row) => row[1]);
    const values = kernels.gammaDifference(order, x, y);
    expect(rows.length).toBeGreaterThan(1200);
    const errors = rows.map((row, i) => {
      const [hi, lo] = [row[2 + 2 * order], row[3 + 2 * order]];
      const size = Math.abs(hi) + (order === 0 ? x[i] * row[4] : 0);
      return { at: [x[i], y[i]], error: hi === values[i] ? 0 : Math.abs(values[i] - hi - lo) / size };
    });
    const worst = errors.reduce((a, b) => (b.error > a.error ? b : a));
    expect(worst.error, `at ${worst.at}`).toBeLessThanOrEqual(1e-14);
  });

  it('is NaN outside its domain and never throws', () => {
    const values = kernels.gammaDifference(1, Float64Array.of(-1, 0, Number.NaN, 1), Float64Array.of(1, 1, 1, -2));
    expect([...values]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });
});
