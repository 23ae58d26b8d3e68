/**
 * Random-effects Poisson against 40-digit Newton (certified_poisson_re.json): coefficients ≥ 10 digits, SEs ≥ 9, cluster SEs
 * ≥ 9, log-likelihood 1e-13; and against pglm, whose own digits are counted in docs/accuracy.md.
 */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { type CertifiedFit, certified, digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { derive } from '../src/derive.ts';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { likelihoodRatio } from '../src/hypothesis.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec, Frame, ModelKey } from '../src/types.ts';

const sets = certified();
const gamma = fixtureJson<Record<string, { re_pois: CertifiedFit }>>('certified', 'certified_poisson_re.json');

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

function frameOf(name: string): Frame {
  const set = sets[name];
  const table = readTable(fixtureText('data', set.csv), { name: set.csv });
  const ships = name === 'ships';
  return setPanel(ships ? derive(table, { t: 'year * 100 + period' }) : table, [set.group], ships ? 't' : 'year');
}

function fitOf(name: string, o: Partial<FitSpec> = {}, frame = frameOf(name), model: ModelKey = 'poisson-re'): Fit {
  const { y, regressors, offset } = sets[name];
  const spec: FitSpec = {
    id: 'fit',
    model,
    formula: `${y} ~ ${regressors.join(' + ')}`,
    vcov: { type: 'iid' },
    ...(offset && { offset }),
    ...o,
  };
  const [fit] = fitSpec(frame, spec, kernels);
  if ('failed' in fit) throw new Error(`${fit.error.code}: ${fit.error.message}`);
  return fit;
}

const errorsOf = ({ covariance, parameterNames: { length: p } }: Fit) =>
  Array.from({ length: p }, (_, j) => Math.sqrt(covariance[j * p + j]));
const least = (actual: number[], expected: number[]) => {
  expect(actual).toHaveLength(expected.length);
  return Math.min(...expected.map((v, j) => digits(actual[j], v)));
};

describe.each(Object.keys(sets))('%s', (name) => {
  const want = gamma[name].re_pois;

  it('has the certified estimates, SEs and log-likelihood, and reports ln α as Stata does', () => {
    const fit = fitOf(name);
    const [parameter] = fit.parameters;
    expect(fit.parameters).toHaveLength(1);
    expect(parameter.name).toBe('lnalpha');
    expect(least([...fit.coefficients.map((c) => c.estimate), parameter.estimate], want.coef)).toBeGreaterThanOrEqual(
      10,
    );
    expect(least(errorsOf(fit), want.se_oim)).toBeGreaterThanOrEqual(9);
    expect(digits(fit.loglik, want.lnL)).toBeGreaterThanOrEqual(13);
    expect(fit.parameterNames).toEqual(want.params);
    expect([fit.certificate.starts, fit.certificate.agreeing]).toEqual([3, 3]);
    expect(fit.nobs).toBe(sets[name].n_total);
  });

  it('has the certified cluster SEs', () => {
    const fit = fitOf(name, { vcov: { type: 'cluster', by: [[sets[name].group]] } });
    expect(least(errorsOf(fit), want.se_cluster_group_raw)).toBeGreaterThanOrEqual(9);
  });
});

describe('pglm', () => {
  interface Peer {
    data: string;
    tool: string;
    model: string;
    coef: number[];
    se: number[];
    loglik: number;
  }
  const peers = fixtureJson<{ results: Peer[] }>('peers', 'presets.json').results.filter(
    (p) => p.model === 'poisson-re' && p.tool === 'pglm nr',
  );
  it('agrees to the digits that its Newton reaches; its sigma is θ = 1/α', () => {
    expect(peers.map((p) => p.data)).toEqual(['patents75', 'synth45', 'patents_rdus']);
    for (const { data, coef, se, loglik } of peers) {
      const fit = fitOf(data);
      expect(digits(loglik, fit.loglik), data).toBeGreaterThan(11);
      const estimates = [...fit.coefficients.map((c) => c.estimate), Math.exp(-fit.parameters[0].estimate)];
      estimates.forEach((v, j) => {
        expect(Math.abs(coef[j] - v), data).toBeLessThan(1e-4 * se[j]);
      });
      expect(digits(se[1], fit.coefficients[1].se)).toBeGreaterThan(4);
    }
  });
});

describe('without effects of units', () => {
  const lines = ['id,year,y,x'];
  for (let i = 0; i < 40; i++)
    for (let t = 0; t < 5; t++) {
      const x = ((i * 7 + t * 13) % 20) / 10;
      lines.push(`${i},${t},${Math.round(Math.exp(1 + 0.5 * x))},${x}`);
    }
  const frame = () => setPanel(readTable(lines.join('\n'), { name: 'even.csv' }), ['id'], 'year');
  const fit = (model: ModelKey, o: Partial<FitSpec> = {}) =>
    fitOf('synth45', { formula: 'y ~ x', ...o }, frame(), model);

  it('is the Poisson model, says so, and reports alpha = 0 instead of an infinite logarithm', () => {
    const limit = fit('poisson');
    for (const vcov of [{ type: 'iid' }, { type: 'cluster', by: [['id']] }] satisfies FitSpec['vcov'][]) {
      const random = fit('poisson-re', { vcov });
      const pooled = vcov.type === 'iid' ? limit : fit('poisson', { vcov });
      expect(random.parameters).toEqual([{ name: 'alpha', estimate: 0, se: 0 }]);
      expect(random.notes.find((n) => n.code === 'poisson-boundary')?.message).toContain('units do not differ');
      expect(digits(random.loglik, limit.loglik)).toBeGreaterThan(13);
      pooled.coefficients.forEach((c, j) => {
        expect(digits(random.coefficients[j].estimate, c.estimate)).toBeGreaterThan(12);
        expect(digits(random.coefficients[j].se, c.se)).toBeGreaterThan(10);
      });
    }
  });

  it('has a likelihood-ratio test with p = 1, and half the χ²(1) tail elsewhere', () => {
    expect(likelihoodRatio(fit('poisson'), fit('poisson-re'))).toMatchObject({
      title: 'Likelihood-ratio test, alpha = 0',
      statistic: 0,
      p: 1,
    });
    const test = likelihoodRatio(fitOf('ships', {}, frameOf('ships'), 'poisson'), fitOf('ships'));
    expect(test.statistic).toBeCloseTo(2 * (gamma.ships.re_pois.lnL - sets.ships.pois.lnL), 9);
    expect(test.notes.map((n) => n.code)).toEqual(['chi-bar-squared']);
  });
});
