/** The studies that ship: what their first words claim is what their numbers say. */
import { beforeAll, describe, expect, test } from 'vitest';
import { fitSpec } from '../src/fit.ts';
import { frontierOrders } from '../src/frontier-orders.ts';
import { frontierRanking, type UnitReach } from '../src/frontier-ranking.ts';
import { isFit } from '../src/regression-style.ts';
import { deriveStudy } from '../src/run-designs.ts';
import { runStudy } from '../src/run-study.ts';
import type { StudyRun } from '../src/run-types.ts';
import type { Coefficient, Figure, Fit, FitResult, Table } from '../src/types.ts';
import { kernels, shippedStudy, textOf } from './study-of.ts';

async function run(name: string) {
  const { study, frame, options } = shippedStudy(name);
  return { study, frame, run: await runStudy(study, frame, kernels, undefined, options) };
}

/** A model's columns with those of its companions. */
const withCompanions = ({ fits, companions }: StudyRun, id: string): Fit[] =>
  [...fits[id], ...(companions[id] ?? []).flatMap(({ results }) => results)].filter((r: FitResult): r is Fit =>
    isFit(r),
  );
const coefficients = (fits: Fit[], term: string): Coefficient[] =>
  fits.flatMap((fit) => fit.coefficients.filter((c) => c.term === term));
/** Smallest and largest estimate, to the two decimals of the words. */
const range = (list: Coefficient[]) => [Math.min, Math.max].map((f) => f(...list.map((c) => c.estimate)).toFixed(2));
const words = (text = '') => text.trim().split(/\s+/).length;

describe('hhg-patents', () => {
  let found: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    found = await run('hhg-patents');
  }, 60_000);

  test('estimates every column', () => {
    expect(found.run.failures).toEqual([]);
    expect(words(found.study.lede)).toBeLessThanOrEqual(60);
  });

  test('elasticities are 0.22 to 0.48 across the conditional and firm-effects count models', () => {
    const fits = ['lags', 'base', 'period'].flatMap((id) => withCompanions(found.run, id));
    expect(fits).toHaveLength(27);
    expect(range(coefficients(fits, 'logr'))).toEqual(['0.22', '0.48']);
    expect(found.study.lede).toContain('0.22 to 0.48');
  });

  test('none of the five earlier years is told apart from zero, even at 10%', () => {
    const lags = [1, 2, 3, 4, 5].flatMap((k) => coefficients(withCompanions(found.run, 'lags'), `l(logr, ${k})`));
    expect(lags).toHaveLength(45);
    expect(Math.min(...lags.map(({ p }) => p))).toBeGreaterThan(0.1);
  });

  test('size and sector carry ‡ in every conditional column and none in the companions', () => {
    for (const term of ['logk', 'scisect']) {
      const marked = coefficients(withCompanions(found.run, 'lags'), term);
      expect(marked).toHaveLength(6);
      expect(marked.every(({ within }) => !within)).toBe(true);
    }
  });
});

describe('china-copublications', () => {
  let found: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    found = await run('china-copublications');
  }, 120_000);

  test('estimates every column', () => {
    expect(found.run.failures).toEqual([]);
    expect(words(found.study.lede)).toBeLessThanOrEqual(60);
  });

  test("the partner's publications have an elasticity of 0.75 to 1.17 in every count model of the whole span", () => {
    const fits = ['full', 'parts', 'years'].flatMap((id) => withCompanions(found.run, id));
    const list = coefficients(fits, 'lnown2');
    expect(list).toHaveLength(12 + 6 + 1);
    expect(range(list)).toEqual(['0.75', '1.17']);
    expect(Math.max(...list.map(({ p }) => p))).toBeLessThan(0.01);
  });

  test('distance × oil price and GDP take both signs', () => {
    for (const term of ['lngd', 'lngdp']) {
      const signs = coefficients(
        ['full', 'patents'].flatMap((id) => withCompanions(found.run, id)),
        term,
      ).map(({ estimate }) => Math.sign(estimate));
      expect(new Set(signs)).toEqual(new Set([-1, 1]));
    }
  });

  test('within partners distance × oil price is the oil price alone: the same slope to the last digits', () => {
    for (const { results } of found.run.companions.parts) {
      const [product, parts] = results as Fit[];
      const a = coefficients([product], 'lngd')[0].estimate;
      const b = coefficients([parts], 'lnoil')[0].estimate;
      // Two Newton runs to a scaled gradient of 1e-10 agree to that many standard errors.
      expect(Math.abs(a - b)).toBeLessThan(1e-9);
      expect(parts.collinear).toContain('lndist');
    }
  });

  test('the frontiers order partners as the reading says, and rest on a skewness that the logarithms do not have', () => {
    const [[reach], [reachnb]] = ['reach', 'reachnb'].map((id) => found.run.fits[id] as Fit[]);
    const [poisson, nb] = [reach, reachnb].map(frontierRanking);
    const [inPoisson, inNb] = [poisson, nb].map((all) => all.map(({ unit }) => unit));
    const least = ['Brazil', 'Malaysia', 'Spain', 'India'];
    expect(inPoisson.slice(0, 4)).toEqual(least);
    const efficiencies = (all: UnitReach[]) =>
      least.map((unit) => all.find((one) => one.unit === unit)!.efficiency).sort((a, b) => a - b);
    expect([poisson, nb].map((all) => efficiencies(all).map((x) => x.toFixed(2))).map((x) => [x[0], x[3]])).toEqual([
      ['0.17', '0.20'],
      ['0.26', '0.31'],
    ]);
    for (const order of [inPoisson, inNb])
      expect(order.slice(-4)).toEqual(expect.arrayContaining(['Australia', 'Pakistan', 'Japan']));
    // Spearman 1 − 6 Σd²/(n(n² − 1)).
    const n = inPoisson.length;
    const squares = inPoisson.reduce((sum, unit, i) => sum + (i - inNb.indexOf(unit)) ** 2, 0);
    expect((1 - (6 * squares) / (n * (n * n - 1))).toFixed(2)).toBe('0.91');
    const spec = { ...found.run.plan.models.find(({ id }) => id === 'reach')!.spec, model: 'frontier' as const };
    const logs = { ...spec, formula: spec.formula.replace('copubs', 'log(copubs)'), frontier: {} };
    const [byRow] = fitSpec(deriveStudy(found.study, found.frame), logs, kernels) as Fit[];
    expect(byRow.frontier!.skewness!.value.toFixed(2)).toBe('0.10');
    expect(byRow.frontier!.efficiencies).toEqual([]);
    const section = found.run.report.sections.find(({ id }) => id === 'frontier')!;
    expect(section.items.map(({ id }) => id)).toEqual([
      'reach',
      'frontier-reach-1-map',
      'frontier-reach-1-reach',
      'frontier-reach-1',
      'frontier-reach-1-periods-shades',
      'frontier-reach-1-periods',
      'frontier-reach-orders-lines',
      'frontier-reach-orders',
    ]);
    const ids = ['reach', 'reachexp', 'reachnb', 'reachlog', 'reachtn'];
    const { correlations } = frontierOrders(ids.map((id) => (found.run.fits[id] as Fit[])[0]))!;
    expect(correlations[0].slice(1).map((x) => x.toFixed(2))).toEqual(['1.00', '0.91', '0.82', '0.73']);
    const [noise] = found.run.fits.reachnoise as Fit[];
    expect(noise.parameters.find(({ name }) => name === 'sigma_u')!.estimate).toBe(0);
    expect(noise.frontier!.test).toMatchObject({ statistic: 0, p: 1 });
    for (const id of ['reach', 'reachexp'])
      expect(noise.loglik).toBeGreaterThan((found.run.fits[id] as Fit[])[0].loglik);
  });

  test("agrees with R's fixest on the partner and year effects: 1.078 and -0.197", () => {
    const [fit] = withCompanions(found.run, 'years');
    // fepois(copubs ~ lnown2 + lngdp | partner + year), fixest 0.14.2, as printed.
    expect(coefficients([fit], 'lnown2')[0].estimate.toFixed(3)).toBe('1.078');
    expect(coefficients([fit], 'lngdp')[0].estimate.toFixed(4)).toBe('-0.1972');
  });
});

describe('belt-road-copatents', () => {
  let found: Awaited<ReturnType<typeof run>>;
  let items: Record<string, Table | Figure>;
  beforeAll(async () => {
    found = await run('belt-road-copatents');
    const all = found.run.report.sections.flatMap((section) => section.items);
    items = Object.fromEntries(all.map((item) => [item.id, item]));
  });
  const truth: Record<string, number> = {
    // W. Huan (2019), Table 8, column (6).
    lnpatent1: 0.718,
    lnpatent2: 0.203,
    lngd: -0.157,
    in: 0.427,
    re: 0.437,
    gdp: 0.08,
    tig: -1.58,
    lan: 1.613,
    '(Intercept)': -6.167,
  };
  const sixth = () => withCompanions(found.run, 'full')[5];
  test('its frontiers are what the reading says: nothing is told from noise of the partner', () => {
    const ids = ['reach', 'reachexp', 'reachnb', 'reachnoise'];
    const fits = ids.map((id) => (found.run.fits[id] as Fit[])[0]);
    expect([fits[0], fits[3]].map(({ frontier }) => frontier!.test!.statistic.toFixed(2))).toEqual(['189.29', '0.94']);
    expect(fits[3].frontier!.test!.p.toFixed(2)).toBe('0.17');
    const { units, correlations } = frontierOrders(fits)!;
    expect(units.slice(0, 4)).toEqual(['Latvia', 'Lithuania', 'Slovenia', 'Saudi Arabia']);
    expect(units.slice(-2)).toEqual(['Singapore', 'Philippines']);
    const off = correlations.flatMap((row, a) => row.slice(a + 1));
    expect([Math.min(...off), Math.max(...off)].map((x) => x.toFixed(2))).toEqual(['0.95', '0.99']);
  });
  const table = (id: string) => items[id] as Table;
  const values = (id: string) => Object.fromEntries(table(id).body.map((row) => [row.label, row.cells[0].value]));

  test('estimates every column', () => {
    expect(found.run.failures).toEqual([]);
    expect(words(found.study.lede)).toBeLessThanOrEqual(60);
  });

  test('all nine true values lie in the 95% intervals of column (6)', () => {
    for (const { term, lower, upper } of sixth().coefficients) {
      expect(truth[term], term).toBeGreaterThan(lower);
      expect(truth[term], term).toBeLessThan(upper);
    }
    expect(sixth().coefficients).toHaveLength(9);
  });

  test("only China's patents and the partner's GDP are told apart from zero at 5%, the constant aside", () => {
    const clear = sixth().coefficients.filter(({ p, term }) => p < 0.05 && term !== '(Intercept)');
    expect(clear.map(({ term }) => term)).toEqual(['lnpatent1', 'gdp']);
  });

  test('border and language only compare partners: ‡ in nb-fe, omitted beside it', () => {
    for (const term of ['tig', 'lan']) expect(coefficients([sixth()], term)[0].within).toBe(false);
    for (const { results } of found.run.companions.full)
      expect((results.at(-1) as Fit).collinear).toEqual(['tig', 'lan']);
  });

  test('one lag costs 45 rows and 16 partners without co-patents 144: 261 rows, 29 partners', () => {
    expect(sixth()).toMatchObject({ nobs: 261, ngroups: 29 });
    expect(sixth().sample.dropped.map(({ rows }) => rows)).toEqual([45, 144]);
  });

  test("the counts are those of the paper's Table 1: 1,204 over 32 partners, the top five 82.1%", () => {
    expect(table('shares-collaboration').foot[0].cells[0].value).toBe(1204);
    expect(values('shares-collaboration')).toMatchObject({
      Singapore: 539,
      India: 189,
      Israel: 93,
      Russia: 90,
      Malaysia: 77,
    });
    expect(table('shares-collaboration').body.filter((row) => row.opens)).toHaveLength(32);
    // 988 of 1,204.
    expect(table('shares-collaboration').title).toContain('82.1%');
  });

  test("fields and applicants are those of the paper's Tables 3 and 4", () => {
    expect(table('top-assignee').body).toHaveLength(16);
    expect(values('top-assignee')).toMatchObject({
      'Huawei Technologies Co., Ltd.': 51,
      'General Electric Company': 37,
    });
    const partners = Object.fromEntries(
      table('field-by-partner').body.map((row) => [row.label, row.cells.at(-1)!.text]),
    );
    expect(partners).toMatchObject({
      G06F: 'India 88, Singapore 70, Israel 54',
      H01L: 'Singapore 97, Malaysia 24, Philippines 9',
      H04W: 'Russia 73, Singapore 57, Israel 17',
      C07D: 'Israel 18, Singapore 9, India 5',
      G01N: 'Singapore 8, India 4, Russia 3',
    });
  });

  test("the ranges are those of the paper's Table 6, where its sources can give them", () => {
    const range = (label: string) => {
      const { cells } = table('summary').body.find((row) => row.label === label)!;
      return [cells[5], cells[8]].map((cell) => cell.text);
    };
    expect(range('Patents of China')).toEqual(['8.087', '9.803']);
    expect(range('Patents of the partner')).toEqual(['0', '7.301']);
    expect(range('Innovation index')).toEqual(['2.670', '5.530']);
    expect(range('Relation level')).toEqual(['0', '2']);
    // The paper prints 10.834 and 13.950, 0.068 and 26.290: the notes of the study say what is possible.
    expect(range('Distance × oil price')).toEqual(['10.834', '13.554']);
    expect(range('GDP of the partner')).toEqual(['0.013', '26.231']);
    const notes = found.study.notes!.join(' ');
    for (const number of ['10.834', '13.554', '0.013', '261 rows', '29 partners']) expect(notes).toContain(number);
  });

  test('says at the top and at every table and figure what is simulated', () => {
    const { report } = found.run;
    expect(report.provenance).toEqual([
      'Simulated, not measured: Co-patents with China; Patents of China; Patents of the partner; Innovation index; Relation level; table “partners”; table “records”; table “applicants”; table “fields”.',
      'Real: Distance × oil price; GDP of the partner; Common border; Common language; table “regions”.',
    ]);
    for (const item of Object.values(items))
      expect(item.provenance, item.id).toMatch(/Simulated: |simulated|^Real data\.$/);
    expect(items['mapping-region'].provenance).toBe('Real data.');
    expect(items.full.provenance).toContain('Co-patents with China');
  });

  test('the Monte Carlo says that the estimates recover the truth', () => {
    const { replicates, failures, tables } = JSON.parse(textOf('studies/belt-road-copatents/monte-carlo.json'));
    expect(replicates).toBe(2000);
    expect(Object.keys(failures)).toEqual(['fit/no-interior-maximum']);
    const [nbfe] = tables as {
      rows: { term: string; truth: number; bias: number; sd: number; mcse: number; coverage: number }[];
    }[];
    for (const { term, truth: value, bias, sd, coverage } of nbfe.rows) {
      expect(value).toBe(truth[term === 'constant' ? '(Intercept)' : term]);
      // Within a tenth of a standard deviation of the estimate, and intervals that hold 91 to 99 %.
      expect(Math.abs(bias), term).toBeLessThan(0.1 * sd);
      expect(coverage, term).toBeGreaterThan(0.91);
    }
  });
});
