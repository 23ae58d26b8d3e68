/**
 * Frontiers with a normal effect of the unit. Log-likelihoods and scores at fixed parameters against mpmath (test-fixtures/certified/random-frontier.py):
 * 1e-10 relative, as the docs promise, for scores (in which a digit or two cancel) 1e-9 and for efficiencies 1e-8. Maxima on real data against R (test-fixtures/peers/random-frontier.R): its
 * own Newton leaves 1e-7 standard errors. Limits: at σ_w = 0 the frontier of rows and at σ_u = 0 nlme's maximum, 1e-8; units of one row are the frontier of rows at
 * σ_v² + σ_w², with rounding.
 */
import { type Kernels, LN_BOUNDARY, loadKernels, log, type Problem, Status } from '@gravpanel/core-wasm';
import { fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawsOf } from '../../../test-fixtures/panels.mjs';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { regressionTable } from '../src/regression-table.ts';
import { stataDifferences } from '../src/stata-differences.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec, FrontierSpec } from '../src/types.ts';
import { panelOf } from './make-frame.ts';

type Law = 'half-normal' | 'exponential';
interface Case {
  law: Law;
  sigma_v: number;
  sigma_w: number;
  sigma_u: number;
  loglik: number[];
  score: number[][];
  rows: { effect: number; u: number[]; efficiency: number[] }[];
}
interface Peer {
  par: number[];
  se: number[];
  loglik: number;
}
const certified = fixtureJson<{ units: number[][]; cases: Case[] }>('certified', 'random-frontier.json');
const peers = fixtureJson<
  Record<Law, Peer> & { nlme: { coef: number[]; loglik: number; sigma_v: number; sigma_w: number } }
>('peers', 'random-frontier.json');

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const COBB = 'log(PROD) ~ log(AREA) + log(LABOR) + log(NPK)';
const rice = () => setPanel(readTable(fixtureText('data', 'rice.csv'), { name: 'rice.csv' }), ['FMERCODE'], 'YEARDUM');
const specOf = (o: Partial<FitSpec> = {}, frontier: FrontierSpec = {}): FitSpec => ({
  ...{ id: 'fit', model: 'frontier', formula: COBB, vcov: { type: 'iid' } },
  frontier: { random: true, ...frontier },
  ...o,
});
function fitted(spec: FitSpec): Fit {
  const [result] = fitSpec(rice(), spec, kernels);
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}
const parameter = (fit: Fit, name: string) => fit.parameters.find((p) => p.name === name)!;
const codes = (fit: Fit) => fit.notes.map(({ code }) => code);

/** Residuals of one unit as a problem with a constant of 0. */
const unitProblem = (residuals: number[], law: Law, nodes = 256): Problem => ({
  n: residuals.length,
  k: 1,
  y: Float64Array.from(residuals),
  x: new Float64Array(residuals.length).fill(1),
  groupStart: Int32Array.of(0, residuals.length),
  frontier: { law, random: true, nodes },
});

/** 30 units × 6 years, y = 1 + 0.5 x₁ + w + v − u. */
function panel(seed: number, sigma: { v: number; w: number; u: number }, law: Law = 'half-normal'): Problem {
  const d = drawsOf(seed);
  const [units, years] = [30, 6];
  const [x, y] = [new Float64Array(2 * units * years), new Float64Array(units * years)];
  for (let g = 0; g < units; g++) {
    const w = sigma.w * d.normal();
    for (let i = g * years; i < (g + 1) * years; i++) {
      x.set([1, d.normal()], 2 * i);
      const u = sigma.u * (law === 'half-normal' ? Math.abs(d.normal()) : d.gamma(1));
      y[i] = 1 + 0.5 * x[2 * i + 1] + w + sigma.v * d.normal() - u;
    }
  }
  const groupStart = Int32Array.from({ length: units + 1 }, (_, g) => g * years);
  return { n: units * years, k: 2, x, y, groupStart, frontier: { law, random: true, nodes: 64 } };
}
const ofRows = (problem: Problem): Problem => ({ ...problem, frontier: { law: problem.frontier!.law } });

describe('at fixed parameters, against brute force', () => {
  it.each(certified.cases.map((one) => [`${one.law} ${one.sigma_v} ${one.sigma_w} ${one.sigma_u}`, one] as const))(
    '%s',
    (_name, { law, sigma_v, sigma_w, sigma_u, loglik, score, rows }) => {
      const theta = Float64Array.of(0, log(sigma_v), log(sigma_w), log(sigma_u));
      certified.units.forEach((residuals, g) => {
        const problem = unitProblem(residuals, law);
        const found = kernels.evaluate('frontier', problem, theta);
        expect(found.status).toBe(Status.ok);
        expect(Math.abs(found.loglik / loglik[g] - 1)).toBeLessThan(1e-10);
        score[g].forEach((value, j) => {
          expect(Math.abs(found.gradient[j] - value) / (1 + Math.abs(value)), `score ${j}`).toBeLessThan(1e-9);
        });
        const efficiency = kernels.efficiency('frontier', problem, theta, 0.95)!;
        residuals.forEach((_, i) => {
          expect(Math.abs(efficiency[4 * i] - rows[g].u[i])).toBeLessThan(1e-8);
          expect(Math.abs(efficiency[4 * i + 1] - rows[g].efficiency[i])).toBeLessThan(1e-8);
          expect(Math.abs(efficiency[4 * residuals.length + i] - rows[g].effect)).toBeLessThan(1e-8);
        });
      });
    },
  );

  it.each(['half-normal', 'exponential'] as const)('%s: −Hessian is the slope of the score', (law) => {
    const problem = panel(1, { v: 0.3, w: 0.5, u: 0.8 }, law);
    const theta = Float64Array.of(0.8, 0.6, -1, -0.6, -0.4);
    const { hessian } = kernels.evaluate('frontier', problem, theta);
    theta.forEach((value, j) => {
      const at = (by: number) => kernels.evaluate('frontier', problem, theta.with(j, value + by)).gradient;
      const [up, down] = [at(1e-5), at(-1e-5)];
      up.forEach((one, i) => {
        const entry = hessian[5 * i + j];
        expect(Math.abs((one - down[i]) / 2e-5 - entry) / (1 + Math.abs(entry))).toBeLessThan(1e-7);
      });
    });
  });

  it.each(['half-normal', 'exponential'] as const)(
    '%s: units of one row are the frontier of rows at σ_v² + σ_w²',
    (law) => {
      const { y, x, n, k } = panel(2, { v: 0.3, w: 0.4, u: 0.8 }, law);
      const groupStart = Int32Array.from({ length: n + 1 }, (_, i) => i);
      const problem: Problem = { n, k, y, x, groupStart, frontier: { law, random: true, nodes: 128 } };
      const [b0, b1, u] = [0.9, 0.5, log(0.8)];
      const theta = Float64Array.of(b0, b1, log(0.3), log(0.4), u);
      const same = Float64Array.of(b0, b1, log(0.5), u);
      const rows = { ...problem, frontier: { law } };
      expect(kernels.evaluate('frontier', problem, theta).loglik).toBeCloseTo(
        kernels.evaluate('frontier', rows, same).loglik,
        9,
      );
      const ours = kernels.efficiency('frontier', problem, theta, 0.9)!;
      kernels.efficiency('frontier', rows, same, 0.9)!.forEach((value, i) => {
        expect(Math.abs(ours[i] - value)).toBeLessThan(1e-9);
      });
    },
  );
});

describe('maxima', () => {
  it.each(['half-normal', 'exponential'] as const)('rice, %s: the likelihood written in R has the same', (law) => {
    const fit = fitted(specOf({}, { distribution: law }));
    const { par, se, loglik } = peers[law];
    expect(Math.abs(fit.loglik - loglik)).toBeLessThan(1e-8);
    fit.coefficients.forEach((c, j) => {
      expect(Math.abs(c.estimate - par[j]) / c.se, c.term).toBeLessThan(1e-6);
      expect(Math.abs(c.se / se[j] - 1), c.term).toBeLessThan(1e-5);
    });
    ['sigma_v', 'sigma_w', 'sigma_u'].forEach((name, a) => {
      const p = parameter(fit, name);
      expect(Math.abs(log(p.estimate) - par[4 + a]), name).toBeLessThan(1e-6);
      expect(Math.abs(p.se! / p.estimate / se[4 + a] - 1), name).toBeLessThan(1e-5);
    });
    const { certificate, frontier } = fit;
    expect(certificate).toMatchObject({ starts: 6, agreeing: 6 });
    expect(certificate.scaledGradient).toBeLessThan(1e-10);
    expect(certificate.quadratureError).toBeLessThan(1e-9);
    expect(frontier!.test).toMatchObject({ rule: '½χ²(0) + ½χ²(1)' });
    expect(frontier!.test!.loglik).toBeCloseTo(peers.nlme.loglik, 8);
    for (const { lower, efficiency, upper, potential, outcome, effect } of frontier!.efficiencies) {
      expect(lower < efficiency && efficiency < upper && upper < 1).toBe(true);
      expect(Number.isFinite(potential + outcome + effect!)).toBe(true);
    }
  });

  it("at σ_u = 0 it is nlme's random-effects model, said so", () => {
    const fit = fitted(specOf({ formula: COBB.replace('log(PROD)', 'I(-log(PROD))') }));
    const { coef, loglik, sigma_v, sigma_w } = peers.nlme;
    expect(codes(fit)).toContain('no-inefficiency');
    expect(fit.loglik).toBeCloseTo(loglik, 8);
    fit.coefficients.forEach(({ estimate, se }, j) => {
      // nlme stops at 1e-8 of its coefficients
      expect(Math.abs(estimate - coef[j]) / se).toBeLessThan(1e-6);
    });
    expect(parameter(fit, 'sigma_v').estimate).toBeCloseTo(sigma_v, 7);
    expect(parameter(fit, 'sigma_w').estimate).toBeCloseTo(sigma_w, 7);
    expect(parameter(fit, 'sigma_u')).toEqual({ name: 'sigma_u', estimate: 0, se: 0 });
    expect(fit.frontier!.efficiencies).toEqual([]);
    expect(fit.frontier!.test!.p).toBe(1);
  });

  it('at σ_w = 0 it is the frontier of rows, and where σ_u is 0 too least squares', () => {
    const met = { effect: 0, both: 0 };
    for (let seed = 1; seed <= 8; seed++) {
      const problem = panel(seed, { v: 0.3, w: 0, u: seed % 2 ? 0.8 : 0 });
      const fit = kernels.fit('frontier', problem);
      const rows = kernels.fit('frontier', ofRows(problem));
      expect([Status.ok, Status.poissonBoundary], `seed ${seed}`).toContain(fit.status);
      expect(fit.loglik).toBeGreaterThan(rows.loglik - 1e-8);
      if (fit.coef[3] !== LN_BOUNDARY) continue;
      met.effect++;
      if (fit.status === Status.poissonBoundary) met.both++;
      expect(fit.status).toBe(rows.status);
      expect(Math.abs(fit.loglik - rows.loglik)).toBeLessThan(1e-8);
      [0, 1, 2, 4].forEach((j, i) => {
        expect(Math.abs(fit.coef[j] - rows.coef[i])).toBeLessThan(1e-8);
        expect(Math.abs(fit.vcov[5 * j + j] - rows.vcov[4 * i + i])).toBeLessThan(1e-8);
      });
      expect(fit.vcov.slice(15, 20)).toEqual(new Float64Array(5));
    }
    expect(met.effect).toBeGreaterThan(3);
    expect(met.both).toBeGreaterThan(0);
  });

  it('a panel without an effect of its units says so, with the numbers of the frontier of rows', () => {
    const { n, x, y } = panel(3, { v: 0.3, w: 0, u: 0.8 });
    const lines = Array.from({ length: n }, (_, i) => `${Math.floor(i / 6)},${i % 6},${y[i]},${x[2 * i + 1]}`);
    const frame = panelOf(`id,year,y,x\n${lines.join('\n')}\n`, ['id'], 'year');
    const [fit, rows] = [{ random: true }, {}].map(
      (frontier) => fitSpec(frame, specOf({ formula: 'y ~ x', frontier }), kernels)[0] as Fit,
    );
    expect(codes(fit)).toContain('no-unit-variance');
    expect(parameter(fit, 'sigma_w')).toEqual({ name: 'sigma_w', estimate: 0, se: 0 });
    expect(fit.loglik).toBeCloseTo(rows.loglik, 8);
    expect(fit.frontier!.summary!.mean).toBeCloseTo(rows.frontier!.summary!.mean, 8);
  });
});

describe('as any other model', () => {
  it('replicates are refits with their weights', () => {
    const problem = panel(3, { v: 0.3, w: 0.5, u: 0.8 });
    const clusters = { codes: Int32Array.from({ length: problem.n }, (_, i) => Math.floor(i / 6)), count: 30 };
    const { coef } = kernels.fit('frontier', problem);
    const resampler = kernels.resampler({ model: 'frontier', problem, coef, clusters, seed: 1 });
    if ('status' in resampler) throw new Error(`status ${resampler.status}`);
    const batch = resampler.pairs(0, 8);
    let fine = 0;
    for (let r = 0; r < 8; r++) {
      const drawn = resampler.drawWeights(r);
      const weights = Float64Array.from(clusters.codes, (code) => drawn[code]);
      const cold = kernels.fit('frontier', { ...problem, weights }, { tol: 1e-11 });
      expect(batch.status[r]).toBe(cold.status);
      if (cold.status !== Status.ok) continue;
      fine++;
      cold.coef.forEach((value, j) => {
        expect(batch.coef[r * coef.length + j]).toBeCloseTo(value, 7);
      });
    }
    // in the eighth sigma_v runs to 0: no maximum inside, in both
    expect(fine).toBe(7);
  });

  it('clusters, a table, Stata: the effect has its place in each', () => {
    const fit = fitted(specOf({ vcov: { type: 'cluster', by: [['FMERCODE']] } }));
    expect(fit.coefficients.every(({ se }) => se > 0)).toBe(true);
    expect(JSON.stringify(regressionTable([fit], { id: 't' }))).toContain('SD of unit effects σ_w');
    expect(stataDifferences(fit)[0]).toBe('Stata has no command for this estimator.');
  });

  it.each([
    [{}, { distribution: 'truncated-normal' }],
    [{}, { effects: 'EDYRS' }],
    [{}, { inefficiency: 'units' }],
    [{ model: 'poisson-frontier' }, {}],
    [{ model: 'ols' }, {}],
    [{ vcov: { type: 'hc1' } }, {}],
  ] as [Partial<FitSpec>, FrontierSpec][])('%o %o is refused', (o, frontier) => {
    expect(() => fitSpec(rice(), specOf(o, frontier), kernels)).toThrow(
      expect.objectContaining({ code: 'model/option-not-supported' }),
    );
  });

  it('are called by their name where a model has no inefficiency', () => {
    expect(() => fitSpec(rice(), specOf({ model: 'ols' }), kernels)).toThrow('ols cannot use random effects');
  });

  it('units of one row, and effects of the same units, are refused by name', () => {
    expect(fitSpec(rice(), specOf({ where: 'YEARDUM == 1' }), kernels)[0]).toMatchObject({
      failed: true,
      error: { code: 'data/one-row-units' },
    });
    expect(() => fitSpec(rice(), specOf({ formula: `${COBB} | FMERCODE` }), kernels)).toThrow(
      expect.objectContaining({ code: 'model/effects-of-units' }),
    );
  });
});
