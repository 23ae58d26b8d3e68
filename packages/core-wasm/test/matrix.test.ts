/** Error budget: sums of n products, ≤ n ε of the sum of absolute values in the worst case; 1e-13 here. */
import { fixtureJson } from '@gravpanel/test-fixtures';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels } from '../src/index.ts';
import { byRows, normals, uniforms } from './random.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const sizes = fc.record({
  n: fc.integer({ min: 1, max: 700 }),
  k: fc.integer({ min: 1, max: 21 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

function gaussian(n: number, seed: number): Float64Array {
  const normal = normals(uniforms(seed));
  return Float64Array.from({ length: n }, () => normal());
}

describe('crossprod', () => {
  it('is X′WX for any shape, with and without weights', () => {
    fc.assert(
      fc.property(sizes, ({ n, k, seed }) => {
        const x = gaussian(n * k, seed);
        const w = gaussian(n, seed + 1).map(Math.abs);
        for (const weights of [undefined, w]) {
          const product = kernels.crossprod(n, k, x, weights);
          for (let i = 0; i < k; i++)
            for (let j = 0; j < k; j++) {
              let sum = 0;
              let size = 0;
              for (let r = 0; r < n; r++) {
                const term = (weights?.[r] ?? 1) * x[r * k + i] * x[r * k + j];
                sum += term;
                size += Math.abs(term);
              }
              expect(Math.abs(product[i * k + j] - sum)).toBeLessThanOrEqual(1e-13 * size);
            }
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});

describe('inverse', () => {
  it('inverts a positive definite matrix and leaves others undefined', () => {
    const k = 12;
    const a = kernels.crossprod(40, k, gaussian(40 * k, 3));
    const b = kernels.inverse(k, a);
    expect(b).toBeDefined();
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) {
        let sum = 0;
        for (let m = 0; m < k; m++) sum += a[i * k + m] * (b as Float64Array)[m * k + j];
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 13);
      }
    expect(kernels.inverse(2, Float64Array.of(1, 2, 2, 1))).toBeUndefined();
    expect(kernels.inverse(2, Float64Array.of(1, 1, 1, 1))).toBeUndefined();
    expect(kernels.inverse(1, Float64Array.of(Number.NaN))).toBeUndefined();
  });
});

describe('symEigen', () => {
  it('finds the eigenvalues 2 − 2 cos(jπ/(k + 1)) of the second-difference matrix', () => {
    const k = 15;
    const a = new Float64Array(k * k);
    for (let i = 0; i < k; i++) {
      a[i * k + i] = 2;
      if (i > 0) {
        a[i * k + i - 1] = -1;
        a[(i - 1) * k + i] = -1;
      }
    }
    const { values, vectors } = kernels.symEigen(k, a);
    values.forEach((v, j) => {
      expect(v).toBeCloseTo(2 - 2 * Math.cos(((j + 1) * Math.PI) / (k + 1)), 13);
    });
    for (let j = 0; j < k; j++)
      for (let i = 0; i < k; i++) {
        let image = 0;
        for (let m = 0; m < k; m++) image += a[i * k + m] * vectors[m * k + j];
        expect(image).toBeCloseTo(values[j] * vectors[i * k + j], 13);
      }
  });
});

describe('rank', () => {
  const n = 60;
  const u = gaussian(n, 1);
  const v = gaussian(n, 2);
  const e = gaussian(n, 3);
  const one = new Float64Array(n).fill(1);
  const rankOf = (columns: ArrayLike<number>[], weights?: Float64Array) => {
    const { k, x } = byRows(columns);
    return kernels.rank(n, k, x, weights);
  };

  it('drops later columns that earlier ones span, at any scale', () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const { rank, keep } = rankOf([
        one,
        u,
        u.map((a) => scale * (3 * a - 2)),
        v,
        v.map((b, i) => scale * (b + u[i])),
      ]);
      expect([...keep]).toEqual([1, 1, 0, 1, 0]);
      expect(rank).toBe(3);
    }
  });

  it('takes a relative difference of 1e-10 for collinear and one of 1e-7 for not', () => {
    const near = (d: number) => u.map((a, i) => 2 * a + v[i] + d * e[i]);
    expect([...rankOf([one, u, v, near(1e-10)]).keep]).toEqual([1, 1, 1, 0]);
    expect([...rankOf([one, u, v, near(1e-7)]).keep]).toEqual([1, 1, 1, 1]);
  });

  it('drops zero columns, second constants and dummies that sum to the constant', () => {
    const dummy = (level: number) => one.map((_, i) => Number(i % 3 === level));
    const columns = [new Float64Array(n), one, one.map(() => 7), dummy(0), dummy(1), dummy(2)];
    expect([...rankOf(columns).keep]).toEqual([0, 1, 0, 1, 1, 0]);
  });

  it('keeps what varies little around a large origin, in either order with the constant', () => {
    const year = one.map((_, i) => 1e9 + (i % 10));
    expect([...rankOf([one, year]).keep]).toEqual([1, 1]);
    expect([...rankOf([one.map(() => 1e-6), u.map((a) => 1e6 * a), year]).keep]).toEqual([1, 1, 1]);
  });

  it('sees only rows of positive weight', () => {
    const weights = one.map((_, i) => Number(i < 30));
    const late = one.map((_, i) => Number(i >= 30));
    expect([...rankOf([one, u, late], weights).keep]).toEqual([1, 1, 0]);
  });

  it.each(['Longley', 'Wampler1', 'Pontius', 'Filip'])('keeps every column of NIST %s', (name) => {
    const set = fixtureJson<Record<string, { x: number[][] }>>('certified', 'nist.json')[name];
    const k = set.x[0].length;
    expect(kernels.rank(set.x.length, k, Float64Array.from(set.x.flat())).rank).toBe(k);
  });
});
