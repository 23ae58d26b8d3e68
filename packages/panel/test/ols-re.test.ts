/** Random-effects least squares against R's plm (test-fixtures/peers/random-effects.R). */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { hausman } from '../src/hausman.ts';
import { likelihoodRatio } from '../src/hypothesis.ts';
import { regressionTable } from '../src/regression-table.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec, Frame, ModelKey } from '../src/types.ts';
import { csvOf, panelOf } from './make-frame.ts';

interface Peer {
  name: string;
  csv: string;
  index: [string, string];
  n: number;
  units: number;
  coef: number[];
  se: number[];
  se_cluster: number[];
  sigma_u: number;
  sigma_e: number;
  theta: [number, number];
  loglik: number;
  within: number;
  between: number;
  overall: number;
  hausman: number;
  hausman_df: number;
}

const FORMULAS: Record<string, { formula: string; where?: string; within?: string }> = {
  grunfeld: { formula: 'inv ~ value + capital' },
  grunfeld_years: { formula: 'inv ~ value + capital + i(year, ref = 1935)' },
  grunfeld_holes: {
    formula: 'inv ~ value + capital',
    where: 'firm * year - 7 * floor(firm * year / 7) != 0 and firm * year - 7 * floor(firm * year / 7) != 3',
  },
  empluk: { formula: 'log(emp) ~ log(wage) + log(capital) + log(output) + sector' },
  empluk_1980: { formula: 'log(emp) ~ log(wage) + log(capital) + I(year == 1980)' },
  rdus: { formula: 'patents ~ logr + logk + scisect' },
};

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

function one(frame: Frame, o: Partial<FitSpec> & { formula: string; model?: ModelKey }): Fit {
  const [result] = fitSpec(frame, { id: 'fit', model: 'ols-re', vcov: { type: 'iid' }, ...o }, kernels);
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}

const peers = fixtureJson<{ results: Peer[] }>('peers', 'random-effects.json').results;
const frameOf = ({ csv, index }: Peer) =>
  setPanel(readTable(fixtureText('data', csv), { name: csv }), [index[0]], index[1]);

describe('plm, random.method = "swar"', () => {
  it.each(peers.map((peer) => [peer.name, peer] as const))(
    '%s: coefficients, SEs, variances, log-likelihood',
    (name, peer) => {
      const fit = one(frameOf(peer), FORMULAS[name]);
      expect([fit.nobs, fit.ngroups]).toEqual([peer.n, peer.units]);
      // R writes 15 digits and inverts X'X by Cholesky: 9 are asked for.
      fit.coefficients.forEach((c, j) => {
        expect(digits(c.estimate, peer.coef[j]), c.term).toBeGreaterThan(9);
        expect(digits(c.se, peer.se[j]), c.term).toBeGreaterThan(9);
      });
      const found = Object.fromEntries(fit.parameters.map((p) => [p.name, p.estimate]));
      expect(digits(found.sigma_u, peer.sigma_u)).toBeGreaterThan(9);
      expect(digits(found.sigma_e, peer.sigma_e)).toBeGreaterThan(10);
      expect(digits(found.theta ?? found.theta_min, peer.theta[0])).toBeGreaterThan(9);
      expect(digits(found.theta ?? found.theta_max, peer.theta[1])).toBeGreaterThan(9);
      expect(digits(fit.loglik, peer.loglik)).toBeGreaterThan(10);
      const { withinR2, betweenR2, overallR2 } = fit.fitStatistics;
      expect(digits(withinR2, peer.within)).toBeGreaterThan(9);
      expect(digits(betweenR2, peer.between)).toBeGreaterThan(9);
      expect(digits(overallR2, peer.overall)).toBeGreaterThan(9);
    },
  );

  it.each(peers.map((peer) => [peer.name, peer] as const))(
    '%s: SEs clustered by unit are vcovHC(type = "sss")',
    (name, peer) => {
      const fit = one(frameOf(peer), { ...FORMULAS[name], vcov: { type: 'cluster', by: [[peer.index[0]]] } });
      fit.coefficients.forEach((c, j) => {
        expect(digits(c.se, peer.se_cluster[j]), c.term).toBeGreaterThan(8);
      });
      expect(fit.vcovInfo.factorRule).toBe('G/(G−1)·(n−1)/(n−k)');
    },
  );

  it.each(peers.filter(({ name }) => !['empluk_1980'].includes(name)).map((peer) => [peer.name, peer] as const))(
    '%s: the classic Hausman test against within is phtest()',
    (name, peer) => {
      const { formula, where } = FORMULAS[name];
      const within = one(frameOf(peer), { formula: `${formula} | ${peer.index[0]}`, where, model: 'ols' });
      const test = hausman(within, one(frameOf(peer), { formula, where }));
      if (peer.hausman > 0 && test.statistic !== undefined) {
        expect(digits(test.statistic, peer.hausman)).toBeGreaterThan(6);
        expect(test.df).toBe(peer.hausman_df);
      } else expect(test.reason).toContain('not positive definite');
    },
  );
});

describe('ols-re by its definition', () => {
  const grunfeld = () => frameOf(peers[0]);
  it('is ols where units do not differ, and says so', () => {
    // Unit means of the residuals are all 0: σᵤ² comes out below 0.
    const rows = [1, 2, 3, 4, 5].flatMap((id) => [1, 2, 3, 4].map((t) => [id, t, [1, -1, -1, 1][t - 1] + id, id]));
    const frame = panelOf(csvOf(['id', 'year', 'y', 'x'], rows));
    const fit = one(frame, { formula: 'y ~ x' });
    const pooled = one(frame, { formula: 'y ~ x', model: 'ols' });
    expect(fit.notes.map(({ code }) => code)).toContain('no-unit-variance');
    expect(fit.parameters.find(({ name }) => name === 'sigma_u')).toEqual({ name: 'sigma_u', estimate: 0 });
    fit.coefficients.forEach((c, j) => {
      expect(c.estimate).toBeCloseTo(pooled.coefficients[j].estimate, 12);
    });
  });
  it('an offset is taken from the outcome', () => {
    const a = one(grunfeld(), { formula: 'inv ~ value', offset: 'capital' });
    const b = one(grunfeld(), { formula: 'I(inv - capital) ~ value' });
    a.coefficients.forEach((c, j) => {
      expect(digits(c.estimate, b.coefficients[j].estimate)).toBeGreaterThan(12);
      expect(digits(c.se, b.coefficients[j].se)).toBeGreaterThan(12);
    });
  });
  it('effects after "|" are the dummies', () => {
    const a = one(grunfeld(), { formula: 'inv ~ value + capital | year' });
    const b = one(grunfeld(), { formula: 'inv ~ value + capital + i(year)' });
    expect(digits(a.coefficients[0].se, b.coefficients[1].se)).toBeGreaterThan(10);
    expect(a.fixef).toEqual([{ name: 'year', levels: 20 }]);
  });
  it('cannot be compared by a likelihood-ratio test: it is no maximum', () => {
    const a = one(grunfeld(), { formula: 'inv ~ value' });
    expect(likelihoodRatio(a, one(grunfeld(), { formula: 'inv ~ value + capital' })).reason).toContain('ols-re');
  });
  it('shows its variances in the foot, without standard errors', () => {
    const table = regressionTable([one(grunfeld(), { formula: 'inv ~ value + capital' })], { id: 't' });
    const rows = Object.fromEntries(table.foot.map(({ label, cells }) => [label, cells[0].text]));
    expect(rows).toMatchObject({
      'SD of unit effects σᵤ': '84.201',
      'SD of the rest σₑ': '52.768',
      'Share of unit means taken out θ': '0.861',
    });
  });
  it.each([
    ['fewer units than coefficients', { formula: 'inv ~ value + capital', where: 'firm <= 3' }, 'data/too-few-units'],
    ['effects of units', { formula: 'inv ~ value | firm' }, 'model/effects-of-units'],
    ['rows of one unit each', { formula: 'inv ~ value', where: 'year == 1940' }, 'data/too-few-units'],
    ['an outcome that the regressors reproduce', { formula: 'I(2 * value + firm) ~ value' }, 'fit/no-within-variance'],
    [
      'clusters that split units',
      { formula: 'inv ~ value', vcov: { type: 'cluster', by: [['year']] } },
      'vcov/split-unit',
    ],
  ] as [string, Partial<FitSpec> & { formula: string }, string][])('refuses %s by name', (_, o, code) => {
    let found: string | undefined;
    try {
      const [result] = fitSpec(grunfeld(), { id: 'fit', model: 'ols-re', vcov: { type: 'iid' }, ...o }, kernels);
      found = 'failed' in result ? result.error.code : undefined;
    } catch (error) {
      found = (error as { code: string }).code;
    }
    expect(found).toBe(code);
  });
});
