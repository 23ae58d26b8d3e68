/** Specification tests against R: recorded in test-fixtures/peers/tests.json, and run again where Rscript is found. */
import { execFileSync } from 'node:child_process';
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { digits, fixtureJson, fixturePath, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { withUnitMeans } from '../src/augment.ts';
import { buildDesigns } from '../src/design.ts';
import { type Estimation, estimateDesign, fitDesign } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { hausmanCommonScale, hausmanForms, hausmanMundlak, hausmanResampled } from '../src/hausman.ts';
import { likelihoodRatio, overdispersion, wald } from '../src/hypothesis.ts';
import { periodChange, reset } from '../src/misspecification.ts';
import { pearsonDispersion } from '../src/predict.ts';
import { readTable } from '../src/table-read.ts';
import type { Design, Fit, FitSpec, Frame } from '../src/types.ts';
import { contributions, vuong } from '../src/vuong.ts';

interface Hausman {
  classic: number;
  common: number;
  s2: [number, number];
  mundlak?: number;
  mundlak_cluster?: number;
}
interface Peers {
  wald: { f: number; chisq: number; cluster: number };
  lr: { statistic: number; p: number };
  alpha0: { statistic: number; p: number };
  dispersion: Record<'nb1' | 'nb2', [estimate: number, se: number, t: number]>;
  reset_lm: { f: number; df: [number, number]; p: number };
  reset_poisson: { iid: number; cluster: number };
  period: { lm: number; poisson: number; cluster: number };
  vuong: Record<'poisson' | 'nb2' | 'ols', [raw: number, aic: number, bic: number]>;
  hausman: Record<'grunfeld' | 'empluk', Hausman>;
}
const recorded = fixtureJson<Peers>('peers', 'tests.json');

let kernels: Kernels;
const frames: Record<string, Frame> = {};
beforeAll(async () => {
  kernels = await loadKernels();
  for (const [name, unit] of [
    ['synth45', 'pair'],
    ['grunfeld', 'firm'],
    ['empluk', 'firm'],
    ['patents75', 'id'],
  ])
    frames[name] = setPanel(readTable(fixtureText('data', `${name}.csv`), { name: `${name}.csv` }), [unit], 'year');
});

const X = 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta';
const CLUSTER: FitSpec['vcov'] = { type: 'cluster', by: [['pair']] };

function designFor(o: Partial<FitSpec>, data = 'synth45'): Design {
  const spec: FitSpec = { id: 'fit', model: 'poisson', formula: X, vcov: { type: 'iid' }, ...o };
  const [design] = buildDesigns(frames[data], spec, kernels);
  if ('failed' in design) throw new Error(design.error.message);
  return design;
}
function estimate(o: Partial<FitSpec>, data?: string): Estimation {
  const found = estimateDesign(designFor(o, data), kernels);
  if ('failed' in found) throw new Error(`${found.error.code}: ${found.error.message}`);
  return found;
}
const fit = (o: Partial<FitSpec>, data?: string): Fit => estimate(o, data).fit;
const times = (design: Design) => Array.from(design.rows, (row) => frames.synth45.panel!.timeOf[row]);

/** Every number of R beside ours, with the digits that R's own arithmetic keeps. */
function compare(r: Peers): [name: string, ours: number, theirs: number, digits: number][] {
  const dropped = ['lrd', 'lmig'];
  const less = 'patents ~ lgdp + lprox + lcit + rta';
  const pois = fit({});
  const dispersion = (form: 'nb1' | 'nb2') => {
    const { steps, statistic } = overdispersion(designFor({}), kernels, form);
    return [steps![0].value, steps![1].value, statistic!];
  };
  const resetOf = (o: Partial<FitSpec>) => reset(estimate(o), kernels).statistic!;
  const period = (o: Partial<FitSpec>) => {
    const design = designFor(o);
    return periodChange(design, times(design), 2006, 'year', kernels).statistic!;
  };
  const vuongOf = (model: FitSpec['model']) => {
    const [a, b] = ['patents ~ lgdp + lrd + lprox', 'patents ~ lcit + lmig'].map((formula) =>
      estimate({ model, formula }),
    );
    const { statistic, steps } = vuong(a, b, kernels);
    const step = (name: string) => steps!.find((s) => s.name.endsWith(name))!.value;
    return [statistic!, step('by AIC'), step('by BIC')];
  };
  const haus = (data: 'grunfeld' | 'empluk', formula: string) => {
    const a = estimate({ model: 'ols', formula: `${formula} | firm` }, data);
    const b = estimate({ model: 'ols-re', formula }, data);
    const [classic, common, , mundlak] = hausmanForms(a, b, kernels);
    const clustered = designFor({ model: 'ols-re', formula, vcov: { type: 'cluster', by: [['firm']] } }, data);
    return { classic, common, mundlak, cluster: hausmanMundlak(clustered, kernels) };
  };
  const grunfeld = haus('grunfeld', 'inv ~ value + capital');
  const empluk = haus('empluk', 'log(emp) ~ log(wage) + log(capital) + log(output) + sector');
  return [
    ['waldtest F', wald(fit({ model: 'ols' }), dropped).statistic!, r.wald.f, 9],
    ['waldtest χ²', wald(pois, dropped).statistic!, r.wald.chisq, 7],
    ['waldtest χ², clustered', wald(fit({ vcov: CLUSTER }), dropped).statistic!, r.wald.cluster, 7],
    ['lrtest', likelihoodRatio(fit({ formula: less }), pois).statistic!, r.lr.statistic, 10],
    ['lrtest p', likelihoodRatio(fit({ formula: less }), pois).p!, r.lr.p, 8],
    ['α = 0', likelihoodRatio(pois, fit({ model: 'nb2' })).statistic!, r.alpha0.statistic, 9],
    ...(['nb1', 'nb2'] as const).flatMap((form) =>
      dispersion(form).map((x, j): [string, number, number, number] => [
        `dispersiontest ${form}`,
        x,
        r.dispersion[form][j],
        9,
      ]),
    ),
    ['resettest F', resetOf({ model: 'ols' }), r.reset_lm.f, 7],
    ['resettest p', reset(estimate({ model: 'ols' }), kernels).p!, r.reset_lm.p, 7],
    ['RESET of Poisson', resetOf({}), r.reset_poisson.iid, 7],
    ['RESET of Poisson, clustered', resetOf({ vcov: CLUSTER }), r.reset_poisson.cluster, 7],
    ['Chow F', period({ model: 'ols' }), r.period.lm, 8],
    ['period, Poisson', period({}), r.period.poisson, 7],
    ['period, Poisson, clustered', period({ vcov: CLUSTER }), r.period.cluster, 7],
    ...(['poisson', 'nb2', 'ols'] as const).flatMap((model) =>
      // glm.nb stops at a relative change of θ of 1e-8.
      vuongOf(model).map((x, j): [string, number, number, number] => [
        `vuong ${model}`,
        x,
        r.vuong[model][j],
        model === 'nb2' ? 5 : 9,
      ]),
    ),
    ['phtest Grunfeld', grunfeld.classic.statistic!, r.hausman.grunfeld.classic, 6],
    ['one scale, Grunfeld', grunfeld.common.statistic!, r.hausman.grunfeld.common, 6],
    ['Mundlak, Grunfeld', grunfeld.mundlak.statistic!, r.hausman.grunfeld.mundlak!, 7],
    ['Mundlak clustered, Grunfeld', grunfeld.cluster.statistic!, r.hausman.grunfeld.mundlak_cluster!, 7],
    ['one scale, EmplUK', empluk.common.statistic!, r.hausman.empluk.common, 6],
    ['variance, EmplUK', empluk.common.steps![1].value, r.hausman.empluk.s2[1], 9],
  ];
}

function check(r: Peers): void {
  for (const [name, ours, theirs, wanted] of compare(r)) expect(digits(ours, theirs), name).toBeGreaterThan(wanted);
}

it('every test has R’s number, as recorded', () => check(recorded));

it('and as R says now, where Rscript is found', () => {
  let text: string;
  try {
    text = execFileSync('Rscript', ['tests.R'], { cwd: fixturePath('peers'), encoding: 'utf8', timeout: 60_000 });
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    console.log(
      'specification-tests.test.ts: Rscript (with plm and lmtest) is not here; the comparison with R was not run.',
    );
    return;
  }
  check(JSON.parse(text) as Peers);
}, 60_000);

describe('hausman in four forms', () => {
  it('stands side by side: classic, one scale, resampled, Mundlak', () => {
    const forms = hausmanForms(estimate({ model: 'nb-fe' }), estimate({ model: 'nb-re' }), kernels);
    expect(forms.map((t) => t.form)).toEqual(['classic', 'common-scale', 'bootstrap', 'mundlak']);
    for (const test of forms.slice(0, 2)) expect(test.compared!.map((c) => c.term)).toHaveLength(6);
    expect(forms[2].reason).toBe('No draws of both models were given.');
    expect(forms[3]).toMatchObject({ df: 6, distribution: 'chi2' });
  });
  it('counts: the common-scale statistic is the classic one over the Pearson dispersion of the efficient model', () => {
    const [a, b] = [estimate({ formula: `${X} | pair` }), estimate({ model: 'poisson-re' })];
    const [classic, common] = hausmanForms(a, b, kernels);
    expect(digits(common.statistic!, classic.statistic! / pearsonDispersion(b))).toBeGreaterThan(10);
    expect(common.notes.at(-1)!.message).toContain('Pearson dispersion of poisson-re');
  });
  it('one scale is never indefinite for linear models', () => {
    const test = hausmanCommonScale(
      estimate({ model: 'ols', formula: 'log(1 + patents) ~ lgdp + lrd + lprox + i(year) | pair' }),
      estimate({ model: 'ols-re', formula: 'log(1 + patents) ~ lgdp + lrd + lprox + i(year)' }),
    );
    // Year dummies are estimated alike by both sides: their directions are 0 up to rounding.
    expect(test.smallestEigenvalue!).toBeGreaterThan(-1e-12);
    expect(test.statistic!).toBeGreaterThan(0);
  });
  it('nb-re: the dispersion is that given the totals of units', () => {
    const [a, b] = [estimate({ model: 'nb-fe' }), estimate({ model: 'nb-re' })];
    const test = hausmanCommonScale(a, b);
    const { eta, design } = b;
    const lambda = eta.map(Math.exp);
    let [square, df] = [0, -7];
    for (let g = 0; g < design.groups!.length; g++) {
      const rows = Array.from({ length: 10 }, (_, t) => 10 * g + t);
      const [total, sum] = [rows.reduce((s, i) => s + design.y[i], 0), rows.reduce((s, i) => s + lambda[i], 0)];
      if (total > 0) df += 9;
      for (const i of total > 0 ? rows : []) {
        const p = lambda[i] / sum;
        square += (design.y[i] - total * p) ** 2 / ((total * p * (1 - p) * (total + sum)) / (1 + sum));
      }
    }
    expect(digits(test.steps![0].value, square / df)).toBeGreaterThan(12);
  });
  it('EmplUK: phtest’s 62.98 comes from an indefinite matrix, and is not shown', () => {
    const formula = 'log(emp) ~ log(wage) + log(capital) + log(output) + sector';
    const a = estimate({ model: 'ols', formula: `${formula} | firm` }, 'empluk');
    const [classic] = hausmanForms(a, estimate({ model: 'ols-re', formula }, 'empluk'), kernels);
    expect(classic.smallestEigenvalue!).toBeLessThan(0);
    expect(classic.reason).toContain('not positive definite');
  });
  it('takes a covariance of the difference from outside', () => {
    const [a, b] = [fit({ model: 'nb-fe' }), fit({ model: 'nb-re' })];
    const terms = a.coefficients.map((c) => c.term).slice(1);
    const covariance = Float64Array.from({ length: 36 }, (_, at) => (at % 7 === 0 ? 4 : 0));
    const drawn = { terms, covariance, reps: 99, failed: 2, seed: 1, by: 'pair', clusters: 45 };
    const test = hausmanResampled(a, b, drawn);
    const square = test.compared!.reduce((sum, c) => sum + c.difference ** 2 / 4, 0);
    expect(digits(test.statistic!, square)).toBeGreaterThan(12);
    expect(test.compared![0].se).toBe(2);
    expect(test.notes.at(-1)!.message).toBe(
      'Covariance of the difference over 99 draws of 45 clusters (pair), seed 1, both models refitted in each. 2 of them lack an estimate of one model and are left out.',
    );
  });
  it('a negative statistic is not defined, with why, the eigenvalue and the coefficients compared', () => {
    const formula = 'patents ~ logr0 + logr1 + logr2 + logr3 + logr4 + logr5 + i(year)';
    const [classic] = hausmanForms(
      estimate({ model: 'nb-fe', formula }, 'patents75'),
      estimate({ model: 'nb-re', formula }, 'patents75'),
      kernels,
    );
    expect(classic.statistic).toBeUndefined();
    expect(classic.reason).toMatch(/^V_FE − V_RE is not positive definite \(smallest eigenvalue −/);
    expect(classic.smallestEigenvalue!).toBeLessThan(0);
    expect(classic.compared!.length).toBeGreaterThan(5);
  });
});

describe('Mundlak’s design', () => {
  it('is what cre() writes', () => {
    const own = withUnitMeans(designFor({ model: 'ols-re', formula: 'patents ~ lgdp + lrd + ldist' }), kernels);
    const written = designFor({ model: 'ols-re', formula: 'patents ~ cre(lgdp) + cre(lrd) + ldist' });
    expect(own.added).toEqual(['mean(lgdp)', 'mean(lrd)']);
    const [a, b] = [fitDesign(own.design, kernels), fitDesign(written, kernels)] as Fit[];
    for (const c of b.coefficients)
      expect(digits(a.coefficients.find((x) => x.term === c.term)!.estimate, c.estimate), c.term).toBeGreaterThan(10);
  });
  // Mundlak (1978); Wooldridge (2019, proposition 2.1) for unbalanced panels: the coefficients of x are the within ones.
  it.each([
    ['grunfeld', 'inv ~ value + capital'],
    ['empluk', 'log(emp) ~ log(wage) + log(capital) + log(output) + sector'],
  ])('has the within coefficients, %s', (data, formula) => {
    const { design } = withUnitMeans(designFor({ model: 'ols-re', formula }, data), kernels);
    const random = fitDesign(design, kernels) as Fit;
    const pooled = fitDesign({ ...design, spec: { ...design.spec, model: 'ols' } }, kernels) as Fit;
    for (const c of fit({ model: 'ols', formula: `${formula} | firm` }, data).coefficients)
      for (const other of [random, pooled])
        expect(digits(other.coefficients.find((x) => x.term === c.term)!.estimate, c.estimate), c.term).toBeGreaterThan(
          8,
        );
  });
});

describe('vuong says where it does not hold', () => {
  it.each([
    ['poisson within nb2', { model: 'poisson' }, { model: 'nb2' }, 'on the boundary of its parameters'],
    ['nested terms', { formula: 'patents ~ lgdp' }, {}, 'Use the likelihood-ratio test'],
    ['a density and counts', { model: 'ols' }, {}, 'do not compare'],
    ['counts given totals', { model: 'nb-fe', where: 'pair > 2' }, { model: 'nb-re' }, 'different outcomes or rows'],
    ['other rows', { where: 'year > 2003' }, { formula: 'patents ~ lcit' }, 'different outcomes or rows'],
  ] as [string, Partial<FitSpec>, Partial<FitSpec>, string][])('%s', (_, a, b, words) => {
    const test = vuong(estimate(a), estimate(b), kernels);
    expect(test.statistic).toBeUndefined();
    expect(test.reason).toContain(words);
  });
  it('compares units where a likelihood has units: its parts add up to the log-likelihood', () => {
    for (const model of ['nb-fe', 'nb-re', 'poisson-re', 'poisson', 'nb1', 'nb2', 'ols'] as const) {
      const found = estimate({ model });
      const sum = contributions(found, kernels).reduce((a, b) => a + b, 0);
      expect(digits(sum, found.fit.loglik), model).toBeGreaterThan(11);
    }
    const test = vuong(estimate({ model: 'nb-re' }), estimate({ model: 'poisson-re' }), kernels);
    expect(test.steps!.find((s) => s.name === 'units')?.value).toBe(45);
    expect(test.statistic!).toBeGreaterThan(0);
  });
});

describe('reset, period and few clusters', () => {
  it('an offset is no part of the powers, and scale and place of xβ do not matter', () => {
    const plain = reset(estimate({}), kernels).statistic!;
    const moved = reset(
      estimate({ formula: 'patents ~ I(1000 * lgdp + 5) + lrd + lprox + lcit + lmig + rta' }),
      kernels,
    );
    expect(digits(moved.statistic!, plain)).toBeGreaterThan(6);
    expect(reset(estimate({ offset: 'ldist' }), kernels).statistic!).toBeGreaterThan(0);
  });
  it('absorbed effects are part of the linear predictor', () => {
    const test = reset(estimate({ formula: `${X} | pair` }), kernels);
    expect(test.df).toBe(2);
  });
  it('a saturated model has no power left to add', () => {
    const test = reset(estimate({ model: 'ols', formula: 'patents ~ rta' }), kernels);
    expect(test.reason).toBe('The regressors span every power of the linear predictor already.');
  });
  it('a period outside the sample is named', () => {
    const design = designFor({});
    expect(periodChange(design, times(design), 1990, 'year', kernels).reason).toBe('All 450 rows are from 1990 on.');
    expect(periodChange(design, times(design), 2050, 'year', kernels).reason).toBe('All 450 rows are before 2050.');
  });
  it('year dummies that exist in one period only are left out, and said', () => {
    const design = designFor({ formula: `${X} + i(year)` });
    const test = periodChange(design, times(design), 2006, 'year', kernels);
    expect(test.df).toBe(6);
    expect(test.notes.find((n) => n.code === 'spanned-terms')!.message).toMatch(
      /^Other terms span year::2002:year ≥ 2006.* and \d+ more/,
    );
  });
  it('more directions than clusters less one are named', () => {
    const few = fit({ model: 'ols', vcov: { type: 'cluster', by: [['year']] } });
    expect(wald(few, ['lgdp', 'lrd']).notes.map((n) => n.code)).toContain('few-clusters');
    const three = fit({ model: 'ols', where: 'year <= 2003', vcov: { type: 'cluster', by: [['year']] } });
    const { notes } = wald(three, ['lgdp', 'lrd', 'lprox', 'lcit']);
    expect(notes.map((n) => n.code)).toContain('reduced-rank');
  });
});
