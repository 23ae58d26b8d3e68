/** Histograms that grow, against counting and sorting all replicates at once. */
import { type Draws, emptyDraws, placeDraws, type ResampleJob } from '@gravpanel/panel';
import { describe, expect, test } from 'vitest';
import { BARS, liveDraws } from '../src/engine/live-draws.ts';

const N = 4000;
const NAMES = ['(Intercept)', 'x', 'year::2', 'z', 'ln_alpha'];
const job = {
  scheme: 'pairs',
  reported: Int32Array.of(0, 1, 2, 3, 4),
  names: NAMES,
  coef: Float64Array.of(0, 1, 2, -3, 4),
  studentise: false,
} as unknown as ResampleJob;

/** Uniform numbers, the same in every run (Lehmer, 48271 mod 2³¹ − 1). */
function uniform(): () => number {
  let state = 12345;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
/** x: sums of uniforms whose spread grows tenfold, so that the first scale is too narrow; z: lopsided; every 97th fails. */
function chunks(size: number): Draws[] {
  const next = uniform();
  return Array.from({ length: N / size }, (_, c) => {
    const chunk = emptyDraws(job, size);
    for (let i = 0; i < size; i++) {
      const at = c * size + i;
      if (at % 97 === 0) continue;
      const spread = at < 200 ? 0.1 : 1;
      const sum = next() + next() + next() - 1.5;
      chunk.estimates.set([0, 1 + spread * sum, 0, -3 + next() * next() * next(), 0], i * NAMES.length);
    }
    return chunk;
  });
}
const shown = (name: string) => name === 'x' || name === 'z';

describe('liveDraws', () => {
  test.each([50, 500])('counts every replicate once, in chunks of %i, and has the percentiles of all', (size) => {
    const live = liveDraws(job, shown, 0.95);
    const all = emptyDraws(job, N);
    expect(live.now()).toBeUndefined();
    chunks(size).forEach((chunk, c) => {
      placeDraws(all, c * size, chunk, job);
      live.add(chunk, all);
    });
    const { panels, level, failed } = live.now()!;
    expect(failed).toBe(Math.ceil(N / 97));
    expect([level, panels.map(({ term, estimate }) => [term, estimate])]).toEqual([
      0.95,
      [
        ['x', 1],
        ['z', -3],
      ],
    ]);
    for (const { term, from, to, bars, interval } of panels) {
      const j = NAMES.indexOf(term);
      const values = Array.from({ length: N }, (_, i) => all.estimates[i * NAMES.length + j]).filter(Number.isFinite);
      const counted = new Array<number>(BARS).fill(0);
      for (const value of values) {
        const bar = Math.floor(((value - from) / (to - from)) * BARS);
        if (bar >= 0 && bar < BARS) counted[bar]++;
      }
      expect([...bars]).toEqual(counted);
      // The scale was set anew: at most a hundredth lies beyond it.
      expect(values.length - counted.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(0.01 * values.length);
      const sorted = values.sort((a, b) => a - b);
      // Within a cell (1/704 of the scale), and what may lie beyond the scale at one end.
      interval.forEach((value, side) => {
        const share = side === 0 ? 0.025 : 0.975;
        const near = [share - 0.01, share + 0.01].map((s) => sorted[Math.round(s * (sorted.length - 1))]);
        expect(value).toBeGreaterThan(near[0] - (to - from) / 704);
        expect(value).toBeLessThan(near[1] + (to - from) / 704);
      });
    }
  });

  test('draws nothing of a job whose replicates all fail', () => {
    const live = liveDraws(job, shown, 0.9);
    const all = emptyDraws(job, 100);
    live.add(emptyDraws(job, 100), all);
    expect(live.now()?.panels ?? []).toEqual([]);
  });
});
