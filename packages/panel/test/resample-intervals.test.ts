/** Intervals against R's boot on its own replicates; standard errors against a bootstrap written by hand in R (peers/bootstrap.R). */
import { loadKernels } from '@gravpanel/core-wasm';
import { fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import {
  acceleration,
  basicInterval,
  bcaInterval,
  percentileInterval,
  percentileP,
  quantile,
  quantileError,
  symmetricP,
} from '../src/resample-intervals.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, Interval } from '../src/types.ts';
import { frameOf } from './make-frame.ts';

interface Hhg {
  terms: string[];
  groups: number;
  reps: number;
  failed: number;
  estimate: number[];
  se: number[];
  mcse: number[];
  lower: number[];
  upper: number[];
}
interface Peer {
  synth45: Hhg;
  patents_rdus: Hhg;
  mtcars: Record<'mpg' | 'wt' | 'hp' | 't0', number[]> & {
    t: number[][];
    ci: { L: number[]; percentile: Interval; basic: Interval; bca: Interval }[];
  };
}
const peer = fixtureJson<Peer>('peers', 'bootstrap.json');
const kernels = await loadKernels();

describe('R boot, least squares of mtcars, 999 replicates of rows', () => {
  const { mpg, wt, hp, t0, t, ci } = peer.mtcars;
  const frame = frameOf(`mpg,wt,hp\n${mpg.map((one, i) => `${one},${wt[i]},${hp[i]}`).join('\n')}\n`);
  const fit = fitSpec(
    frame,
    { id: 'fit', model: 'ols', formula: 'mpg ~ wt + hp', vcov: { type: 'iid' } },
    kernels,
  )[0] as Fit;

  it.each([0, 1, 2])('percentile, basic and BCa of coefficient %i', (j) => {
    const sorted = Float64Array.from(t[j]).sort();
    expect(fit.coefficients[j].estimate).toBeCloseTo(t0[j], 9);
    // boot takes influence values (n − 1)(t0 − left-out estimate) as they are; Efron and Tibshirani, and this package, about their mean.
    const power = (of: number) => ci[j].L.reduce((sum, one) => sum + one ** of, 0);
    const a = power(3) / (6 * power(2) ** 1.5);
    const near = (found: Interval, wanted: Interval) =>
      found.forEach((one, side) => {
        // boot prints its own doubles with 17 digits; both interpolate with qnorm, accurate to 1e-15.
        expect(Math.abs(one - wanted[side])).toBeLessThan(1e-9 * Math.abs(wanted[side]));
      });
    near(percentileInterval(sorted, 0.95), ci[j].percentile);
    near(basicInterval(sorted, t0[j], 0.95), ci[j].basic);
    near(bcaInterval(sorted, t0[j], a, 0.95)!, ci[j].bca);
  });

  it('has the acceleration of leave-one-out fits', () => {
    const left = mpg.map((_, out) => {
      const rows = mpg.flatMap((one, i) => (i === out ? [] : [`${one},${wt[i]},${hp[i]}`]));
      const spec = { id: 'fit', model: 'ols', formula: 'mpg ~ wt + hp', vcov: { type: 'iid' } } as const;
      return (fitSpec(frameOf(`mpg,wt,hp\n${rows.join('\n')}\n`), spec, kernels)[0] as Fit).coefficients[1].estimate;
    });
    expect(acceleration(Float64Array.from(left))).toBeCloseTo(
      acceleration(Float64Array.from(ci[1].L, (one) => -one)),
      3,
    );
  });
});

describe.each(['synth45', 'patents_rdus'] as const)('a bootstrap by hand in R: nb-fe of %s', (name) => {
  const r = peer[name];
  const [unit, panelUnit] = name === 'synth45' ? ['pair', 'pair'] : ['cusip', 'cusip'];
  const frame = setPanel(readTable(fixtureText('data', `${name}.csv`), { name }), [panelUnit], 'year');
  const spec = {
    id: 'fit',
    model: 'nb-fe',
    formula: `patents ~ ${r.terms.slice(1).join(' + ')}`,
    vcov: { type: 'bootstrap', by: [[unit]], reps: 2000, seed: 20190508 },
  } as const;
  const fit = fitSpec(frame, { ...spec, vcov: { ...spec.vcov, by: [[unit]] } }, kernels)[0] as Fit;

  it('agrees in estimates', () => {
    expect(fit.ngroups).toBe(r.groups);
    // R's BFGS stops at a relative change of 1e-14 in the likelihood: 5 to 6 digits of the estimates.
    fit.coefficients.forEach(({ estimate }, j) => {
      expect(Math.abs(estimate / r.estimate[j] - 1)).toBeLessThan(1e-4);
    });
  });

  it('agrees in standard errors and percentile limits, within four Monte Carlo standard deviations', () => {
    expect(r.failed).toBeLessThan(0.05 * r.reps);
    const { monteCarlo, intervals } = fit.resampling!;
    fit.coefficients.forEach(({ se }, j) => {
      expect(Math.abs(se - r.se[j])).toBeLessThan(4 * Math.hypot(monteCarlo.se[j], r.mcse[j]));
      const [low, high] = intervals.percentile![j];
      const [lowError, highError] = monteCarlo.percentile![j];
      expect(Math.abs(low - r.lower[j])).toBeLessThan(4 * Math.SQRT2 * lowError);
      expect(Math.abs(high - r.upper[j])).toBeLessThan(4 * Math.SQRT2 * highError);
    });
  });
});

describe('quantiles and p values', () => {
  const sorted = Float64Array.from({ length: 99 }, (_, i) => i + 1);

  it('are order statistics where (R + 1)p is whole, the extreme ones beyond', () => {
    expect(quantile(sorted, 0.05)).toBe(5);
    expect(quantile(sorted, 0.95)).toBe(95);
    expect(quantile(sorted, 0.001)).toBe(1);
    expect(quantile(sorted, 0.9999)).toBe(99);
  });

  it('count the sample itself', () => {
    expect(percentileP(Float64Array.from({ length: 99 }, (_, i) => i - 0.5))).toBe(0.04);
    expect(symmetricP([1, -2, 3, 0.5], 2, false)).toBe(3 / 5);
    expect(symmetricP([1, -2, 3, 0.5], 2, true)).toBe(1 / 2);
  });

  it('know their Monte Carlo error: that of a normal quantile is √(p(1 − p)/R)/φ', () => {
    // Quantiles of the uniform law as replicates: density 1.
    const uniform = Float64Array.from({ length: 9999 }, (_, i) => (i + 1) / 10_000);
    expect(quantileError(uniform, 0.5)).toBeCloseTo(Math.sqrt(0.25 / 9999), 4);
  });
});
