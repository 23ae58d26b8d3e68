/**
 * What other tools get wrong on data that we have seen, each as a test that passes here. Beside them: core-wasm/test/certified.test.ts
 * (all digits of every model), core-wasm/test/absorb-separation.test.ts (the rows of the 23 separation sets), vcov.test.ts (R's tools).
 */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { certified, digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitDesign, fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { hausman } from '../src/hausman.ts';
import { irr } from '../src/readings.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitResult, FitSpec, ModelKey } from '../src/types.ts';
import { type DesignOptions, designOf } from './design-of.ts';
import { thrown } from './thrown.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const sets = certified();
function asFit(result: FitResult): Fit {
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}
const fit = (data: string, model: ModelKey, o: DesignOptions = {}) =>
  asFit(fitDesign(designOf(data, model, o), kernels));
const estimates = (f: Fit) => f.coefficients.map((c) => c.estimate);
const ses = (f: Fit) => f.coefficients.map((c) => c.se);
const least = (ours: number[], theirs: number[]) => Math.min(...ours.map((v, j) => digits(v, theirs[j])));

interface Peer {
  data: string;
  tool: string;
  model: ModelKey;
  vcov: string;
  formula: string;
  coef: number[];
  se: (number | null)[];
  loglik: number | null;
  error?: string;
  message?: string;
}
const peers = fixtureJson<{ results: Peer[] }>('peers', 'presets.json').results;

/** Rows of a fixture with its panel, as a user's file. */
function frameOf(csv: string, unit: string, time: string) {
  const text = fixtureText('data', csv);
  return setPanel(readTable(text, { name: csv }), [unit], time);
}
const spec = (model: ModelKey, formula: string, o: Partial<FitSpec> = {}): FitSpec => ({
  id: 'fit',
  model,
  formula,
  vcov: { type: 'iid' },
  ...o,
});

describe('1. the likelihood as a difference of lgamma runs off to a false maximum (pglm, bfgs)', () => {
  const runaway = peers.filter((p) => p.tool === 'pglm bfgs' && p.loglik !== null && p.loglik > 0);
  it('is seen in R: log-likelihoods of counts above 0, "successful convergence"', () => {
    expect(runaway.length).toBeGreaterThanOrEqual(5);
    for (const { message } of runaway) expect(message).toContain('successful convergence');
  });
  it.each(runaway.map((p) => [p.model, p.data] as const))('%s on %s ends at the certified maximum', (model, data) => {
    const want = model === 'nb-fe' ? sets[data].fe_nb.lnL : sets[data].re_nb.lnL;
    expect(digits(fit(data, model).loglik, want)).toBeGreaterThan(12);
  });
  it.each([10, 20, 25])('at λ times e^%i the likelihood nears the multinomial one from below', (shift) => {
    const design = designOf('synth45', 'nb-fe');
    const { n, k, y, x, groupStart } = design;
    const beta = Float64Array.from(sets.synth45.fe_nb.coef);
    beta[0] += shift;
    const { loglik } = kernels.evaluate('nb-fe', { n, k, y, x, groupStart }, beta);
    // ln Y! − Σ ln y! + Σ y ln p, with ln y! as a sum of logarithms.
    const lnFactorial = (m: number) => Array.from({ length: m }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
    const eta = (i: number) => beta.reduce((sum, b, j) => sum + b * x[i * k + j], 0);
    let limit = 0;
    for (let g = 0; g + 1 < groupStart!.length; g++) {
      const rows = Array.from({ length: groupStart![g + 1] - groupStart![g] }, (_, t) => groupStart![g] + t);
      const total = Math.log(rows.reduce((sum, i) => sum + Math.exp(eta(i)), 0));
      limit += lnFactorial(rows.reduce((sum, i) => sum + y[i], 0));
      for (const i of rows) limit += y[i] * (eta(i) - total) - lnFactorial(y[i]);
    }
    expect(loglik).toBeLessThan(0);
    // The distance falls with Y²/Λ.
    expect(Math.abs(loglik - limit)).toBeLessThan(5e4 * Math.exp(-shift));
  });
});

describe('2. Newton with step control converges on every set and from every start', () => {
  it.each(Object.keys(sets))('%s: nb-fe and nb-re in a few iterations, three starts of three', (data) => {
    for (const model of ['nb-fe', 'nb-re'] as const)
      for (const seed of [1, 2, 3]) {
        const design = designOf(data, model);
        const found = asFit(fitDesign({ ...design, spec: { ...design.spec, seed } }, kernels));
        expect(found.iterations).toBeLessThanOrEqual(15);
        expect([found.certificate.starts, found.certificate.agreeing]).toEqual([3, 3]);
      }
  });
});

describe('3. pglm’s Newton fails on nb-re with "NA in Hessian"', () => {
  const failed = peers.filter((p) => p.tool === 'pglm nr' && p.model === 'nb-re' && p.error);
  it('is seen in R, and has the certified estimate here', () => {
    expect(failed.map((p) => p.data)).toEqual(['synth45']);
    for (const { data } of failed) {
      expect(least(estimates(fit(data, 'nb-re')), sets[data].re_nb.coef)).toBeGreaterThan(10);
      expect(least(ses(fit(data, 'nb-re')), sets[data].re_nb.se_oim)).toBeGreaterThan(9);
    }
  });
});

describe('4. offsets ignored, and a sandwich of rows for a likelihood of units', () => {
  it('an offset changes nb-fe and nb-re to the certified values', () => {
    for (const [model, key] of [
      ['nb-fe', 'fe_nb'],
      ['nb-re', 're_nb'],
    ] as const) {
      const design = designOf('ships', model);
      const { offset: _, ...without } = design;
      const moved = asFit(fitDesign(without, kernels)).coefficients[1].estimate;
      expect(least(estimates(fit('ships', model)), sets.ships[key].coef)).toBeGreaterThan(9);
      expect(digits(moved, sets.ships[key].coef[1])).toBeLessThan(2);
    }
  });
  it('row-wise errors are refused; clusters of units have the certified ones', () => {
    const frame = frameOf('synth45.csv', 'pair', 'year');
    for (const model of ['nb-fe', 'nb-re', 'poisson-re'] as const)
      expect(thrown(() => fitSpec(frame, spec(model, 'patents ~ lgdp', { vcov: { type: 'hc0' } }), kernels)).code).toBe(
        'model/option-not-supported',
      );
    const clustered = fit('synth45', 'nb-fe', { vcov: { type: 'cluster', by: [['pair']] }, clusters: ['pair'] });
    expect(least(ses(clustered), sets.synth45.fe_nb.se_cluster_group_raw)).toBeGreaterThan(9);
  });
});

describe('5. all-zero and one-row groups', () => {
  it('move no coefficient; only the rows used tell of them', () => {
    const frame = frameOf('synth45.csv', 'pair', 'year');
    const rows = fixtureText('data', 'synth45.csv').trim();
    const zero = rows
      .split('\n')
      .filter((l) => l.startsWith('1,'))
      .map((l) => l.replace(/^1,(\d+,\d+,\d+),\d+/, '9001,$1,0'));
    const lone = rows.split('\n')[5].replace(/^\d+/, '9002');
    const more = setPanel(readTable([rows, ...zero, lone].join('\n'), { name: 'more.csv' }), ['pair'], 'year');
    const [a, b] = [frame, more].map((f) => asFit(fitSpec(f, spec('nb-fe', 'patents ~ lgdp + lrd + rta'), kernels)[0]));
    expect(estimates(b)).toEqual(estimates(a));
    expect(b.nobs).toBe(a.nobs);
    const lost = (f: Fit) => Object.fromEntries(f.sample.dropped.map((d) => [d.reason, d.rows]));
    expect(lost(b)).toEqual({ 'one-row group': 1, 'all-zero group': lost(a)['all-zero group'] + zero.length });
  });
  it('are counted in Stata’s order: 265 groups of one row, then 666 without a count (Cameron, Trivedi)', () => {
    const frame = frameOf('healthins.csv', 'id', 'year');
    const found = asFit(fitSpec(frame, spec('nb-fe', 'mdu ~ age + lfam + child'), kernels)[0]);
    expect(found.sample.dropped.map(({ reason, groups }) => [reason, groups?.length])).toEqual([
      ['one-row group', 265],
      ['all-zero group', 666],
    ]);
    expect([found.nobs, found.ngroups]).toEqual([17791, 4977]);
  });
});

describe('6. a negative Hausman statistic', () => {
  it.each(['patents75', 'ships'])('%s: V_FE − V_RE is not positive definite, so there is none', (data) => {
    const test = hausman(fit(data, 'nb-fe'), fit(data, 'nb-re'));
    expect(test.statistic).toBeUndefined();
    expect(test.reason).toContain('smallest eigenvalue −');
    expect(digits(test.smallestEigenvalue!, sets[data].hausman_fe_re.slopes.min_eig)).toBeGreaterThan(7);
    expect(sets[data].hausman_fe_re.slopes.chi2 < 0 || !sets[data].hausman_fe_re.slopes.positive_definite).toBe(true);
  });
  it('never compares constants', () => {
    const { compared } = hausman(fit('patents_rdus', 'nb-fe'), fit('patents_rdus', 'nb-re'));
    expect(compared!.map((c) => c.term)).not.toContain('(Intercept)');
  });
});

describe('7. which log-likelihood, and which model', () => {
  it('fixed-effects Poisson: the one with dummies, which is the conditional one less a constant of the data, and says so', () => {
    const found = fit('synth45', 'poisson', { fixef: ['pair'] });
    const { y, groupStart } = designOf('synth45', 'poisson', { fixef: ['pair'] });
    let constant = 0;
    for (let g = 0; g + 1 < groupStart!.length; g++) {
      const total = y.subarray(groupStart![g], groupStart![g + 1]).reduce((a, b) => a + b, 0);
      constant += total * Math.log(total) - total;
      for (let m = 2; m <= total; m++) constant -= Math.log(m);
    }
    expect(digits(found.loglik, sets.synth45.fe_pois!.lnL + constant)).toBeGreaterThan(11);
    expect(found.notes.map((n) => n.code)).toContain('dummy-likelihood');
  });
  it('NB2 with unit dummies is not the conditional model', () => {
    // −1174.7 (glm.nb with factor(pair)) against −1011.8.
    expect(fit('synth45', 'nb2', { fixef: ['pair'] }).loglik).toBeCloseTo(-1174.7, 1);
    expect(fit('synth45', 'nb-fe').loglik).toBeCloseTo(-1011.8, 1);
  });
  it('Stata’s printed xtpoisson, fe on the ships (manual): rate ratios and errors to every digit', () => {
    const published = fixtureJson<{ id: string; irr: Record<string, number>; irr_se: Record<string, number> }[]>(
      'certified',
      'published.json',
    ).find(({ id }) => id === 'ships_xtpoisson_fe')!;
    const lines = fixtureText('data', 'ships.csv').trim().split(/\r?\n/);
    const numbered = lines.map((line, i) => `${line},${i === 0 ? 'row' : i}`).join('\n');
    const frame = setPanel(readTable(numbered, { name: 'ships.csv' }), ['ship'], 'row');
    const formula = `accident ~ ${Object.keys(published.irr).join(' + ')} | ship`;
    const { rows } = irr(asFit(fitSpec(frame, spec('poisson', formula, { exposure: 'service' }), kernels)[0]));
    for (const { term, estimate, se } of rows) {
      expect(Math.abs(estimate - published.irr[term]), term).toBeLessThan(6e-7 * Math.max(1, estimate));
      expect(Math.abs(se - published.irr_se[term]), term).toBeLessThan(6e-8);
    }
  });
});

describe('8. factors that are applied without a name', () => {
  it('are named: none by default, fixest’s (n−1)/(n−K) and Stata’s and ppmlhdfe’s G/(G−1) on request', () => {
    const cluster = { vcov: { type: 'cluster' as const, by: [['pair']] }, clusters: ['pair'] };
    const rule = (o: DesignOptions) => fit('synth45', 'poisson', o).vcovInfo.factorRule;
    expect([rule({}), rule({ like: 'fixest' }), rule(cluster)]).toEqual(['none', '(n−1)/(n−K)', 'none']);
    expect([rule({ ...cluster, like: 'fixest' }), rule({ ...cluster, like: 'stata' })]).toEqual([
      'G/(G−1)·(n−1)/(n−K)',
      'G/(G−1)',
    ]);
  });
});

describe('9. separation that is taken for convergence', () => {
  interface Apart extends Omit<Peer, 'se'> {
    separated: number[];
    terms: string[];
    se: number[];
  }
  const apart = fixtureJson<{ results: Apart[] }>('peers', 'separated.json').results;
  const columnOf = (name: string, model: ModelKey) => {
    const frame = readTable(fixtureText('data', `${name}.csv`), { name: `${name}.csv` });
    const x = Object.keys(frame.columns).filter((c) => /^x/.test(c));
    return fitSpec(frame, spec(model, `y ~ ${x.join(' + ')}${name.includes('_fe') ? ' | i + j' : ''}`), kernels)[0];
  };
  const linesOut = ({ sample }: Fit) =>
    sample.dropped.flatMap((d) => (/^separated$|^all-zero/.test(d.reason) ? (d.lines ?? []) : [])).map((l) => l - 1);

  // glm stops at a change of the deviance of 1e-12: half the digits and more of the coefficients.
  it.each(apart)('$data: the rows of linear programming leave, and R’s glm agrees on the rest', (want) => {
    const found = asFit(columnOf(want.data, 'poisson'));
    expect(linesOut(found).sort((a, b) => a - b)).toEqual(want.separated);
    const ours = want.terms.map((term) => found.coefficients.find((c) => c.term === term)!);
    expect(found.coefficients.filter(({ term }) => term !== '(Intercept)')).toHaveLength(ours.length);
    ours.forEach(({ estimate, se }, j) => {
      expect(digits(estimate, want.coef[j])).toBeGreaterThan(7);
      expect(digits(se, want.se[j])).toBeGreaterThan(5);
    });
    expect(digits(found.loglik, want.loglik!)).toBeGreaterThan(11);
  });
  it.each([
    ['sep_example2', /^9 rows are separated/],
    // its rows 1 to 5 are all-zero levels, which leave before
    ['sep_fe2', /^Use fewer terms or effects/],
  ])('%s: nothing can be estimated from the rows that are left, and the error says so', (name, hint) => {
    const result = columnOf(name, 'poisson');
    if (!('failed' in result)) throw new Error('an estimate from too few rows');
    expect(result.error.code).toBe('data/too-few-rows');
    expect(result.error.message).toMatch(/^3 rows are used/);
    expect(result.error.hint).toMatch(hint);
  });
  it('negative binomials leave the same rows out', () => {
    for (const model of ['nb1', 'nb2'] as const)
      expect(linesOut(asFit(columnOf('sep_example1', model)))).toEqual(apart[0].separated);
  });
});

describe('10. errors of negative binomials', () => {
  it('NB2: joint with the dispersion, certified; glm.nb, with θ held, agrees to 1 to 3 digits only', () => {
    for (const data of ['synth45', 'patents75', 'patents_rdus']) {
      const ours = fit(data, 'nb2');
      expect(least(ses(ours), sets[data].nb2.se_oim)).toBeGreaterThan(9);
      const glmNb = peers.find((p) => p.tool === 'glm.nb' && p.data === data)!;
      expect(least(glmNb.se as number[], sets[data].nb2.se_oim)).toBeLessThan(3.5);
    }
  });
  it('NB1: certified coefficients and dispersion to 10 digits', () => {
    for (const data of ['synth45', 'patents75', 'ships']) {
      const ours = fit(data, 'nb1');
      const want = sets[data].nb1.coef;
      expect(least(estimates(ours), want)).toBeGreaterThan(9.5);
      expect(digits(Math.log(ours.parameters[0].estimate), want.at(-1)!)).toBeGreaterThan(9);
    }
  });
  it('the Poisson boundary is said, not passed over with θ = 10000', () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${Math.round(Math.exp(1 + (i % 7) / 7))},${(i % 7) / 7}`);
    const frame = readTable(['id,y,x', ...rows].join('\n'), { name: 'even.csv' });
    const found = asFit(fitSpec(frame, spec('nb2', 'y ~ x'), kernels)[0]);
    expect(found.notes.map((n) => n.code)).toContain('poisson-boundary');
    expect(found.parameters).toEqual([{ name: 'alpha', estimate: 0, se: 0 }]);
  });
});

it('11. errors after a Poisson fit carry the digits of the estimate (fixest’s default: 5 to 8)', () => {
  for (const data of ['synth45', 'patents75', 'patents_rdus'])
    expect(least(ses(fit(data, 'poisson')), sets[data].pois.se_oim)).toBeGreaterThan(9);
});

it('12. a count above 2³¹ stays a number', () => {
  const frame = readTable(fixtureText('data', 'trade.csv'), { name: 'trade.csv' });
  const euros = frame.columns.Euros;
  if (euros.kind !== 'number') throw new Error('Euros is no number');
  const largest = euros.values.reduce((a, b) => Math.max(a, b), 0);
  expect(largest).toBeGreaterThan(2 ** 31);
  // The sum of fitted values of a Poisson model with a constant is the sum of y.
  const found = asFit(fitSpec(frame, spec('poisson', 'Euros ~ ldist'), kernels)[0]);
  expect(found.coefficients.every((c) => Number.isFinite(c.estimate) && c.se > 0)).toBe(true);
  const top = fixtureText('data', 'trade.csv')
    .split('\n')
    .map((line) => Number(line.split(',')[5]))
    .filter(Number.isFinite);
  expect(largest).toBe(Math.max(...top));
});
