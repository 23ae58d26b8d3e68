/**
 * Frontiers against R (test-fixtures/peers/frontier.R): the closed forms with R's own pnorm, found there by Newton on numeric
 * derivatives, to 1e-9 in the log-likelihood and 6 digits in the coefficients; R's frontier (FRONTIER 4.1), whose distribution function
 * has about 7 digits and whose search stops early, to what that leaves: 1e-5 in the log-likelihood and 1e-3 standard errors; R's sfaR to
 * 1e-9 in the log-likelihood, 6 digits in the coefficients and 1e-6 in efficiencies, inefficiencies and limits.
 */
import { exp, type Kernels, loadKernels, log } from '@gravpanel/core-wasm';
import { fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { estimateSpec, fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { efficienciesCsv } from '../src/frontier-csv.ts';
import { readingsOf } from '../src/readings.ts';
import { regressionTable } from '../src/regression-table.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec, FrontierSpec } from '../src/types.ts';
import { panelOf } from './make-frame.ts';

interface Old {
  coef: Record<string, number>;
  se: Record<string, number>;
  loglik: number;
  base: number;
  efficiency: number[];
}
interface Sfa {
  loglik: number;
  coef: Record<string, number>;
  efficiency: number[];
  inefficiency: number[];
  lower: number[];
  upper: number[];
  gradient: number;
}
const peers = fixtureJson<{
  frontier: Record<string, Old>;
  closed: Record<string, { par: number[]; loglik: number; gradient: number }>;
  sfaR?: Record<string, Sfa>;
}>('peers', 'frontier.json');

const COBB = 'log(PROD) ~ log(AREA) + log(LABOR) + log(NPK)';
const front41 = () => readTable(fixtureText('data', 'front41.csv'), { name: 'front41.csv' });
const rice = () => setPanel(readTable(fixtureText('data', 'rice.csv'), { name: 'rice.csv' }), ['FMERCODE'], 'YEARDUM');

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const specOf = (name: string): FitSpec => {
  const [data, ...words] = name.split(' ');
  const frontier: FrontierSpec = {};
  for (const word of words) {
    if (word === 'units' || word === 'decay') frontier.inefficiency = word;
    else if (word === 'effects') frontier.effects = 'EDYRS + BANRAT';
    else frontier.distribution = word as 'exponential';
  }
  const formula = data === 'rice' ? COBB : 'log(output) ~ log(capital) + log(labour)';
  return { id: 'fit', model: 'frontier', formula, vcov: { type: 'iid' }, frontier };
};
const frameOf = (name: string) => (name.startsWith('rice') ? rice() : front41());

function one(name: string): Fit {
  const [result] = fitSpec(frameOf(name), specOf(name), kernels);
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}
const parameter = (fit: Fit, name: string) => fit.parameters.find((p) => p.name === name)!;

describe('closed forms with pnorm', () => {
  it.each(Object.entries(peers.closed))('%s', (name, { par, loglik, gradient }) => {
    const fit = one(name);
    expect(Math.abs(fit.loglik - loglik)).toBeLessThan(1e-9);
    expect(fit.certificate.scaledGradient).toBeLessThan(Math.max(gradient, 1e-10));
    const k = fit.coefficients.length;
    fit.coefficients.forEach(({ estimate, se }, j) => {
      expect(Math.abs(estimate - par[j]) / se).toBeLessThan(1e-6);
    });
    expect(Math.abs(log(parameter(fit, 'sigma_v').estimate) - par[k])).toBeLessThan(1e-6);
    expect(Math.abs(log(parameter(fit, 'sigma_u').estimate) - par[k + 1])).toBeLessThan(1e-5);
  });
});

describe("R's frontier", () => {
  it.each(Object.entries(peers.frontier))('%s: the same maximum, as far as it goes', (name, peer) => {
    const fit = one(name);
    const short = name === 'front41 truncated-normal';
    // its search stops short on the ridge of this one
    expect(Math.abs(fit.loglik - peer.loglik)).toBeLessThan(short ? 0.02 : 1e-5);
    expect(fit.loglik).toBeGreaterThan(peer.loglik - 1e-5);
    expect(fit.frontier!.test!.loglik).toBeCloseTo(peer.base, 9);
    if (short) return;
    fit.coefficients.forEach(({ term, estimate, se }) => {
      expect(Math.abs(estimate - peer.coef[term]) / se, term).toBeLessThan(2e-3);
    });
    expect(fit.frontier!.gamma).toBeCloseTo(peer.coef.gamma, 4);
    if (fit.frontier!.inefficiency === 'decay') expect(parameter(fit, 'eta').estimate).toBeCloseTo(peer.coef.time, 5);
    const own = fit.frontier!.efficiencies.map(({ efficiency }) => efficiency);
    const distinct = fit.frontier!.inefficiency === 'units' ? own.filter((_, i) => i % 8 === 0) : own;
    const order = distinct.length === peer.efficiency.length;
    expect(order).toBe(true);
    distinct.forEach((value, i) => {
      expect(Math.abs(value - peer.efficiency[i])).toBeLessThan(5e-5);
    });
  });

  it('its estimates have the larger gradient of the same likelihood', () => {
    for (const name of ['front41 half-normal', 'rice half-normal']) {
      const [found] = estimateSpec(frameOf(name), specOf(name), kernels);
      if ('failed' in found) throw new Error(found.error.message);
      const { design, fit } = found;
      const { sigmaSq, gamma } = peers.frontier[name].coef;
      const theirs = [
        ...fit.coefficients.map(({ term }) => peers.frontier[name].coef[term]),
        log(sigmaSq * (1 - gamma)) / 2,
        log(sigmaSq * gamma) / 2,
      ];
      const ours = [
        ...fit.coefficients.map(({ estimate }) => estimate),
        log(parameter(fit, 'sigma_v').estimate),
        log(parameter(fit, 'sigma_u').estimate),
      ];
      const problem = { n: design.n, k: design.k, y: design.y, x: design.x, frontier: { law: 'half-normal' as const } };
      const largest = (theta: number[]) =>
        Math.max(...kernels.evaluate('frontier', problem, Float64Array.from(theta)).gradient.map(Math.abs));
      expect(largest(ours)).toBeLessThan(1e-9);
      expect(largest(theirs)).toBeGreaterThan(1e-4);
    }
  });
});

describe.runIf(peers.sfaR)("R's sfaR", () => {
  it.each(Object.entries(peers.sfaR ?? {}))('%s', (name, peer) => {
    const fit = one(name);
    expect(Math.abs(fit.loglik - peer.loglik)).toBeLessThan(1e-9);
    expect(fit.certificate.scaledGradient).toBeLessThan(peer.gradient);
    fit.coefficients.forEach(({ term, estimate }) => {
      expect(Math.abs(estimate / peer.coef[term] - 1), term).toBeLessThan(1e-6);
    });
    const rows = fit.frontier!.efficiencies;
    rows.forEach((row, i) => {
      expect(Math.abs(row.efficiency - peer.efficiency[i])).toBeLessThan(1e-6);
      expect(Math.abs(row.inefficiency - peer.inefficiency[i])).toBeLessThan(1e-6);
      expect(Math.abs(row.lower - peer.lower[i])).toBeLessThan(1e-6);
      expect(Math.abs(row.upper - peer.upper[i])).toBeLessThan(1e-6);
    });
  });
});

describe('marginal effects of regressors of inefficiency', () => {
  /** E(u) and E(e⁻ᵘ) of N⁺(μ, σ²) by Simpson's rule on 2,000 panels over μ ± 12 σ, cut at 0. */
  function moments(mu: number, sigma: number): [number, number] {
    const [from, to] = [Math.max(0, mu - 12 * sigma), Math.max(0, mu) + 12 * sigma];
    const h = (to - from) / 2000;
    const sums = [0, 0, 0];
    for (let i = 0; i <= 2000; i++) {
      const u = from + i * h;
      const w = (i === 0 || i === 2000 ? 1 : i % 2 ? 4 : 2) * Math.exp(-0.5 * ((u - mu) / sigma) ** 2);
      sums[0] += w;
      sums[1] += w * u;
      sums[2] += w * Math.exp(-u);
    }
    return [sums[1] / sums[0], sums[2] / sums[0]];
  }

  it('are those of brute force: moments by quadrature, differenced in the regressor, errors by the numeric delta method', () => {
    const [found] = estimateSpec(rice(), specOf('rice effects'), kernels);
    if ('failed' in found) throw new Error(found.error.message);
    const { fit, design } = found;
    const { rows } = readingsOf('efficiency', fit, design, kernels);
    expect(rows.map(({ term }) => term)).toEqual(
      ['EDYRS', 'BANRAT'].flatMap((name) => [`${name} on E(u)`, `${name} on E(exp(−u))`]),
    );
    const z = design.frontier!.z!;
    const names = ['ln_sigma_u', 'mu:(Intercept)', 'mu:EDYRS', 'mu:BANRAT'];
    const places = names.map((name) => fit.parameterNames.indexOf(name));
    const theta = [log(parameter(fit, 'sigma_u').estimate), ...names.slice(1).map((n) => parameter(fit, n).estimate)];
    // Every fourth row: the rest would take seconds and show no more.
    const few = Array.from({ length: design.n >> 2 }, (_, i) => 4 * i);
    const thin = {
      ...design,
      n: few.length,
      frontier: { ...design.frontier!, z: Float64Array.from(few.flatMap((i) => [...z.subarray(3 * i, 3 * i + 3)])) },
    };
    const ours = readingsOf('efficiency', fit, thin, kernels).rows;
    const average = (p: number[], j: number, which: 0 | 1) =>
      few.reduce((sum, i) => {
        const at = (by: number) =>
          p[1] + p[2] * (z[3 * i + 1] + (j === 1 ? by : 0)) + p[3] * (z[3 * i + 2] + (j === 2 ? by : 0));
        const [up, down] = [1e-3, -1e-3].map((by) => moments(at(by), Math.exp(p[0]))[which]);
        return sum + (up - down) / 2e-3 / few.length;
      }, 0);
    [1, 2].forEach((j) => {
      ([0, 1] as const).forEach((which) => {
        const row = ours[2 * (j - 1) + which];
        const value = average(theta, j, which);
        expect(Math.abs(row.estimate / value - 1), row.term).toBeLessThan(1e-5);
        const gradient = theta.map((t, a) => {
          const h = 1e-4 * Math.max(1, Math.abs(t));
          const [up, down] = [h, -h].map((by) =>
            average(
              theta.map((v, b) => (a === b ? v + by : v)),
              j,
              which,
            ),
          );
          return (up - down) / (2 * h);
        });
        const width = fit.parameterNames.length;
        let variance = 0;
        places.forEach((a, s) => {
          places.forEach((b, t) => {
            variance += gradient[s] * fit.covariance[a * width + b] * gradient[t];
          });
        });
        expect(Math.abs(row.se / Math.sqrt(variance) - 1), row.term).toBeLessThan(1e-4);
      });
    });
  });

  it('are refused where nothing moves inefficiency', () => {
    const [found] = estimateSpec(rice(), specOf('rice half-normal'), kernels);
    if ('failed' in found) throw new Error(found.error.message);
    expect(() => readingsOf('efficiency', found.fit, found.design, kernels)).toThrow(
      expect.objectContaining({ code: 'readings/not-defined' }),
    );
  });
});

/** 40 units × 6 years of counts that fall short of exp(1 + 0.5 x). */
function counts() {
  let state = 7;
  const uniform = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const rows = ['id,year,y,x,z'];
  for (let id = 0; id < 40; id++)
    for (let t = 0; t < 6; t++) {
      const x = normal();
      const mean = Math.exp(1.5 + 0.5 * x - Math.abs(0.9 * normal()));
      let [y, p] = [-1, 1];
      for (const least = Math.exp(-mean); p > least; y++) p *= uniform();
      rows.push(`${id},${2000 + t},${y},${x},${normal()}`);
    }
  return panelOf(`${rows.join('\n')}\n`, ['id'], 'year');
}

describe('counts', () => {
  const count = (o: Partial<FitSpec>) =>
    fitSpec(
      counts(),
      { id: 'fit', model: 'poisson-frontier', formula: 'y ~ x', vcov: { type: 'iid' }, ...o },
      kernels,
    )[0];

  it('carry the nodes of the quadrature and its error in the certificate', () => {
    for (const frontier of [
      {},
      { distribution: 'exponential' },
      { inefficiency: 'units' },
      { noise: true },
    ] as FrontierSpec[]) {
      const fit = count({ frontier }) as Fit;
      expect(fit.certificate.quadratureError, JSON.stringify(frontier)).toBeLessThan(1e-9);
      expect(fit.certificate.nodes).toBeGreaterThanOrEqual(32);
      expect(fit.certificate.scaledGradient).toBeLessThan(1e-10);
    }
  });

  it('the test beside noise is against the Poisson-lognormal model, half of a χ² with one degree', () => {
    const fit = count({ frontier: { noise: true } }) as Fit;
    const { test } = fit.frontier!;
    expect(test!.rule).toBe('½χ²(0) + ½χ²(1)');
    expect(test!.statistic).toBeCloseTo(Math.max(0, 2 * (fit.loglik - test!.loglik)), 12);
    // P(χ²₁ > s) = erfc(√(s/2)), by its own integral.
    const from = Math.sqrt(test!.statistic);
    let above = 0;
    for (let i = 0; i < 20000; i++)
      above += (Math.exp(-0.5 * (from + (i + 0.5) * 5e-4) ** 2) * 5e-4) / Math.sqrt(2 * Math.PI);
    expect(test!.p).toBeCloseTo(test!.statistic > 0 ? above : 1, 6);
    expect(test!.loglik).toBeGreaterThan((count({}) as Fit).frontier!.test!.loglik);
  });

  it('efficiencies lie inside their limits, and rows of a unit share theirs', () => {
    const fit = count({ frontier: { inefficiency: 'units' } }) as Fit;
    const rows = fit.frontier!.efficiencies;
    for (const { lower, efficiency, upper } of rows) {
      expect(lower).toBeLessThan(efficiency);
      expect(efficiency).toBeLessThan(upper);
      expect(upper).toBeLessThan(1);
    }
    expect(new Set(rows.slice(0, 6).map(({ efficiency }) => efficiency)).size).toBe(1);
    expect(efficienciesCsv([fit], 'poisson-frontier').split('\r\n').length).toBe(rows.length + 2);
  });

  it('the mean of the efficiencies is near that of the law, 2 exp(σ²/2) Φ(−σ)', () => {
    const fit = count({}) as Fit;
    const s = parameter(fit, 'sigma_u').estimate;
    // Φ(−s) by its own integral
    let below = 0;
    for (let i = 0; i < 20000; i++) {
      const x = s + (i + 0.5) * 0.0005;
      below += (exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * 0.0005;
    }
    expect(fit.frontier!.summary!.mean).toBeCloseTo(2 * exp((s * s) / 2) * below, 2);
  });

  it('bootstrap replicates give standard errors near those of the information', () => {
    const fit = count({ vcov: { type: 'bootstrap', reps: 200, by: [['id']] } }) as Fit;
    const iid = count({}) as Fit;
    expect(fit.resampling!.failed).toBe(0);
    fit.coefficients.forEach(({ se }, j) => {
      expect(se / iid.coefficients[j].se).toBeGreaterThan(0.7);
      expect(se / iid.coefficients[j].se).toBeLessThan(1.4);
    });
  });
});

describe('outcomes with a name', () => {
  it('residuals skewed to the right: least squares, said so', () => {
    const spec = { ...specOf('front41'), formula: 'I(-log(output)) ~ log(capital) + log(labour)' };
    const [fit] = fitSpec(front41(), spec, kernels) as Fit[];
    expect(fit.notes.map(({ code }) => code)).toContain('no-inefficiency');
    expect(parameter(fit, 'sigma_u')).toEqual({ name: 'sigma_u', estimate: 0, se: 0 });
    expect(parameter(fit, 'sigma_v').se).toBeGreaterThan(0);
    expect(fit.frontier!.skewness!.value).toBeGreaterThan(0);
    expect(fit.frontier!.test!.p).toBe(1);
    expect(fit.frontier!.efficiencies).toEqual([]);
  });

  it.each(['half-normal', 'exponential', 'truncated-normal'] as const)(
    'a %s on such residuals is least squares too, not a point on the ridge beside it',
    (distribution) => {
      const formula = 'I(-log(PROD)) ~ log(AREA) + log(LABOR) + log(NPK)';
      const [fit] = fitSpec(rice(), { ...specOf('rice'), formula, frontier: { distribution } }, kernels) as Fit[];
      expect(fit.notes.map(({ code }) => code)).toContain('no-inefficiency');
      const [ols] = fitSpec(
        rice(),
        { ...specOf('rice'), model: 'ols', formula, frontier: undefined },
        kernels,
      ) as Fit[];
      expect(Math.abs(fit.loglik - ols.loglik)).toBeLessThan(1e-9);
      expect(fit.certificate.scaledGradient).toBeLessThan(1e-8);
    },
  );

  it.each([
    [{ model: 'poisson-frontier', frontier: { distribution: 'truncated-normal' } }, 'model/option-not-supported'],
    [{ model: 'ols', frontier: { distribution: 'exponential' } }, 'model/option-not-supported'],
    [{ model: 'frontier', frontier: { noise: true } }, 'model/option-not-supported'],
    [{ model: 'frontier', frontier: { effects: 'EDYRS', inefficiency: 'units' } }, 'model/option-not-supported'],
    [{ model: 'frontier', weights: 'AGE' }, 'model/option-not-supported'],
  ] as [Partial<FitSpec>, string][])('%o is refused', (o, code) => {
    expect(() => fitSpec(rice(), { ...specOf('rice'), ...o }, kernels)).toThrow(expect.objectContaining({ code }));
  });

  it('too few rows are too few', () => {
    const [result] = fitSpec(front41(), { ...specOf('front41'), where: 'firm <= 4' }, kernels);
    expect(result).toMatchObject({ failed: true, error: { code: 'data/too-few-rows' } });
  });

  it('a regressor that is non-zero only where y = 0 is separated', () => {
    const csv = ['y,d,x'];
    for (let i = 0; i < 60; i++) csv.push(`${i % 4 === 0 ? 0 : 1 + (i % 5)},${i % 4 === 0 ? 1 : 0},${(i * 7) % 11}`);
    const frame = readTable(`${csv.join('\n')}\n`, { name: 'x.csv' });
    const spec: FitSpec = { id: 'fit', model: 'poisson-frontier', formula: 'y ~ d + x', vcov: { type: 'iid' } };
    expect(fitSpec(frame, spec, kernels)[0]).toMatchObject({ failed: true, error: { code: 'fit/separated' } });
  });

  it('a table names the inefficiency and its test', () => {
    const table = JSON.stringify(regressionTable([one('rice decay')], { id: 't' }));
    for (const words of ['Inefficiency σᵤ', 'Mean efficiency', 'No inefficiency: LR', 'Decay of inefficiency η'])
      expect(table).toContain(words);
  });
});
