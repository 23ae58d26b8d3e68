/** Rank of the effects against the numeric rank of the dummies, and iterative dropping of rows. */
import { describe, expect, it } from 'vitest';
import { DropCode, type Kernels, loadKernels } from '../src/index.ts';
import { dummyColumns, randomEffects } from './absorb-data.ts';
import { byRows } from './random.ts';

const kernels: Kernels = await loadKernels();

function numericRank(n: number, factors: Int32Array[]): number {
  const { k, x } = byRows(dummyColumns({ n, k: 0, x: new Float64Array(0), y: new Float64Array(n), factors }));
  return kernels.rank(n, k, x).rank;
}

describe('effectsRank', () => {
  it.each([
    { seed: 1, n: 60, levels: [9] },
    { seed: 2, n: 60, levels: [15, 9] },
    { seed: 3, n: 40, levels: [18, 12], components: 3 },
    { seed: 4, n: 30, levels: [16, 16] },
    { seed: 5, n: 25, levels: [20, 20] },
  ])('is the rank of one or two sets of dummies: $levels', (shape) => {
    const { n, factors } = randomEffects('ols', { ...shape, k: 0 });
    expect(kernels.effectsRank(n, factors)).toBe(numericRank(n, [...factors]));
  });

  it('is the rank of the gravity effects e^t + m^t + e^m, in any order', () => {
    const [a, b, t] = [5, 4, 3];
    const n = a * b * t;
    const factor = (f: (e: number, m: number, y: number) => number) =>
      Int32Array.from({ length: n }, (_, i) => f(Math.floor(i / (b * t)), Math.floor(i / t) % b, i % t));
    const et = factor((e, _, y) => e * t + y);
    const mt = factor((_, m, y) => m * t + y);
    const em = factor((e, m) => e * b + m);
    const want = numericRank(n, [et, mt, em]);
    expect(kernels.effectsRank(n, [et, mt, em])).toBe(want);
    expect(kernels.effectsRank(n, [em, mt, et])).toBe(want);
  });

  it.each([6, 7, 8, 9, 10, 11])('is never below the rank of three and four sets (seed %i)', (seed) => {
    const { n, factors } = randomEffects('ols', { seed, n: 40, levels: [12, 10, 6, 5], k: 0 });
    for (const count of [3, 4]) {
      const some = factors.slice(0, count);
      const levels = some.reduce((sum, codes) => sum + new Set(codes).size, 0);
      expect(kernels.effectsRank(n, some)).toBeGreaterThanOrEqual(numericRank(n, [...some]));
      expect(kernels.effectsRank(n, some)).toBeLessThanOrEqual(levels - count + 1);
    }
  });

  it('counts only levels that occur', () => {
    expect(kernels.effectsRank(4, [Int32Array.of(3, 9, 3, 9)])).toBe(2);
  });
});

describe('prune', () => {
  // row 4 is alone in its level of b; without it level 2 of a has one row left (row 3), then b's level 1 too (row 2)
  const a = Int32Array.of(0, 0, 0, 2, 2);
  const b = Int32Array.of(0, 0, 1, 1, 3);

  it('drops one-row levels until none is left', () => {
    const { reason, kept, singletons, rounds } = kernels.prune(5, [a, b], { singletons: true });
    expect([...reason]).toEqual([0, 0, 1, 1, 1]);
    expect({ kept, singletons }).toEqual({ kept: 2, singletons: 3 });
    expect(rounds).toBeGreaterThan(1);
  });

  it('drops levels with y = 0 throughout until none is left', () => {
    // level 2 of a is all 0; without it b's level 1 is too
    const y = Float64Array.of(1, 2, 0, 0, 0);
    const { reason, allZero } = kernels.prune(5, [a, b], { singletons: false, y });
    expect([...reason]).toEqual([0, 0, DropCode.allZero, DropCode.allZero, DropCode.allZero]);
    expect(allZero).toBe(3);
  });

  it('does not count rows of weight 0', () => {
    const weights = Float64Array.of(1, 1, 0, 1, 1);
    const { reason } = kernels.prune(5, [a], { singletons: true, weights });
    expect([...reason]).toEqual([0, 0, 0, 0, 0]);
    expect([...kernels.prune(5, [b], { singletons: true, weights }).reason]).toEqual([0, 0, 1, 1, 1]);
  });

  it('keeps everything where nothing is to drop', () => {
    const { kept, rounds } = kernels.prune(4, [Int32Array.of(0, 0, 1, 1)], {
      singletons: true,
      y: Float64Array.of(1, 0, 0, 2),
    });
    expect({ kept, rounds }).toEqual({ kept: 4, rounds: 1 });
  });

  it('refuses codes that index nothing', () => {
    expect(() => kernels.prune(2, [Int32Array.of(0, -1)], { singletons: true })).toThrow(/integers ≥ 0/);
  });
});
