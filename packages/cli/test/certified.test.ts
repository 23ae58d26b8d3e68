/**
 * `gravpanel fit --json` gives the certified numbers (40-digit Newton, test-fixtures/certified): log-likelihood to 1e-13
 * relative, 10 digits of every coefficient and auxiliary parameter, 9 of every standard error (observed information and
 * cluster sandwich). NIST StRD: 9 digits, 7 on Filip, whose powers of x are not exact in double precision.
 */
import {
  type Certified,
  type CertifiedFit,
  certified,
  digits,
  fixtureJson,
  fixturePath,
  fixtureText,
} from '@gravpanel/test-fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Workspace, workspace } from './program.ts';

let w: Workspace;
beforeAll(() => {
  w = workspace({ 'ships.csv': numbered(fixtureText('data', 'ships.csv')) });
});
afterAll(() => w.remove());

/** The ships have no period; the number of the row stands in for it. Groups, not periods, enter the likelihoods. */
const numbered = (csv: string) =>
  csv
    .trim()
    .split(/\r?\n/)
    .map((line, i) => `${line},${i === 0 ? 'row' : i}`)
    .join('\n');

const DIGITS = { loglik: 13, estimate: 10, se: 9 };

interface Row {
  term: string;
  estimate: number;
  se: number;
}

interface Column {
  loglik: number;
  converged: boolean;
  nobs: number;
  coefficients: Row[];
  parameters: { name: string; estimate: number; se: number }[];
  vcovInfo: { factor: number };
  certificate: { scaledGradient: number };
}

function fitJson(...args: string[]): Column {
  const { code, stdout, stderr } = w.run(['fit', ...args, '--json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { schema, columns } = JSON.parse(stdout);
  expect(schema).toBe('fit/1');
  expect(columns).toHaveLength(1);
  return columns[0];
}

/** @param want what is certified, by term. */
function expectRows(rows: Row[], want: Record<string, { estimate: number; se: number }>, need = DIGITS): void {
  expect(rows.map(({ term }) => term).sort()).toEqual(Object.keys(want).sort());
  for (const { term, estimate, se } of rows) {
    expect(digits(estimate, want[term].estimate), `${term} ${estimate}`).toBeGreaterThanOrEqual(need.estimate);
    expect(digits(se, want[term].se), `se of ${term} ${se}`).toBeGreaterThanOrEqual(need.se);
  }
}

const MODELS: [model: string, key: 'fe_nb' | 're_nb' | 'nb2' | 'nb1' | 'pois' | 're_pois'][] = [
  ['nb-fe', 'fe_nb'],
  ['nb-re', 're_nb'],
  ['nb2', 'nb2'],
  ['nb1', 'nb1'],
  ['poisson', 'pois'],
  ['poisson-re', 're_pois'],
];

/** Auxiliary parameters are estimated on these scales and, but for three, shown as they are. */
const SHOWN: Record<string, { name: string; exp: boolean }> = {
  ln_r: { name: 'ln_r', exp: false },
  ln_s: { name: 'ln_s', exp: false },
  ln_alpha: { name: 'alpha', exp: true },
  lnalpha: { name: 'lnalpha', exp: false },
  ln_delta: { name: 'delta', exp: true },
};

/** Everything certified, auxiliaries on the scale shown with delta-method standard errors. */
function wanted({ params, coef }: CertifiedFit, se: number[]): Record<string, { estimate: number; se: number }> {
  return Object.fromEntries(
    params.map((name, j) => {
      const shown = SHOWN[name];
      const scale = shown?.exp ? Math.exp(coef[j]) : 1;
      return [shown?.name ?? name, { estimate: shown?.exp ? scale : coef[j], se: scale * se[j] }];
    }),
  );
}

/** Coefficients and parameters; "raw" in the certificate means no small-sample factor, so the program's own is taken out. */
function shownRows({ coefficients, parameters, vcovInfo }: Column): Row[] {
  expect(vcovInfo.factor).toBeGreaterThanOrEqual(1);
  const all = [...coefficients, ...parameters.map(({ name, ...rest }) => ({ term: name, ...rest }))];
  return all.map((row) => ({ ...row, se: row.se / Math.sqrt(vcovInfo.factor) }));
}

const gamma = fixtureJson<Record<string, { re_pois: CertifiedFit }>>('certified', 'certified_poisson_re.json');

describe.each(Object.entries(certified()))('%s', (name, data: Certified) => {
  const file = () => (name === 'ships' ? 'ships.csv' : fixturePath('data', data.csv));
  const flags = (model: string, vcov: string) => [
    ...['--data', file(), '--model', model, '--vcov', vcov],
    ...['--panel', `${data.group},${name === 'ships' ? 'row' : 'year'}`],
    ...(data.offset ? ['--offset', data.offset] : []),
  ];
  const formula = `${data.y} ~ ${data.regressors.join(' + ')}`;

  it.each(MODELS)('%s reaches the certified optimum', (model, key) => {
    const reference = { ...data, ...gamma[name] }[key];
    const column = fitJson(...flags(model, 'iid'), formula);
    expect(column.loglik).toBeLessThanOrEqual(0);
    expect(digits(column.loglik, reference.lnL)).toBeGreaterThanOrEqual(DIGITS.loglik);
    expect(column.converged).toBe(true);
    expect(column.certificate.scaledGradient).toBeLessThan(1e-8);
    // Stata's names for the gamma model are ours; the certificate calls its parameter as nb2's
    const params = reference.params.map((term) => (model === 'poisson-re' && term === 'ln_alpha' ? 'lnalpha' : term));
    expectRows(shownRows(column), wanted({ ...reference, params }, reference.se_oim));
    const clustered = fitJson(...flags(model, `cluster:${data.group}`), formula);
    expectRows(shownRows(clustered), wanted({ ...reference, params }, reference.se_cluster_group_raw));
  });

  const fixed = data.fe_pois;
  if (fixed)
    it('poisson with effects of units reaches the certified optimum of the conditional model', () => {
      const within = `${data.y} ~ ${data.fe_poisson_regressors?.join(' + ')} | ${data.group}`;
      const column = fitJson(...flags('poisson', 'iid'), within);
      expectRows(shownRows(column), wanted(fixed, fixed.se_oim));
      const clustered = fitJson(...flags('poisson', `cluster:${data.group}`), within);
      expectRows(shownRows(clustered), wanted(fixed, fixed.se_cluster_group_raw));
    });
});

interface CertifiedPpml {
  names: string[];
  coef: number[];
  se_oim: number[];
  se_hc0: number[];
  lnL: number;
  n_used: number;
  [cluster: string]: unknown;
}

describe('PPML with two and four effects', () => {
  const FTA = 'trade ~ ln_distw + contig + colony + comlang_off + comleg + fta | isoimp^year + isoexp^year';
  const cases: [string, string[], string, Record<string, string>][] = [
    [
      'trade/ppml_2fe',
      ['trade.csv'],
      'Euros ~ ldist | Origin + Destination',
      {
        se_cluster_pair_raw: 'cluster:Origin^Destination',
        se_cluster_twoway_Origin_Destination_raw: 'cluster:Origin+Destination',
      },
    ],
    [
      'trade/ppml_4fe',
      ['trade.csv'],
      'Euros ~ ldist | Origin + Destination + Product + Year',
      { se_cluster_Origin_raw: 'cluster:Origin' },
    ],
    [
      'trade_fta/ppml_2fe_gravity',
      ['trade_fta.csv', '--where', 'category == "TOTAL"'],
      FTA,
      { se_cluster_pair_raw: 'cluster:isoexp^isoimp', se_cluster_twoway_exp_imp_raw: 'cluster:isoexp+isoimp' },
    ],
  ];
  const all = fixtureJson<Record<string, CertifiedPpml>>('certified', 'certified_multi.json');
  it.each(cases)('%s', (name, [csv, ...where], formula, clusters) => {
    const want = all[name];
    const rows = (se: number[]) =>
      Object.fromEntries(want.names.map((term, j) => [term, { estimate: want.coef[j], se: se[j] }]));
    const run = (vcov: string) =>
      fitJson('--data', fixturePath('data', csv), ...where, '--model', 'poisson', '--vcov', vcov, formula);
    const plain = run('iid');
    expect(plain.nobs).toBe(want.n_used);
    expect(digits(plain.loglik, want.lnL)).toBeGreaterThanOrEqual(DIGITS.loglik);
    expectRows(shownRows(plain), rows(want.se_oim));
    expectRows(shownRows(run('hc0')), rows(want.se_hc0));
    for (const [key, vcov] of Object.entries(clusters)) expectRows(shownRows(run(vcov)), rows(want[key] as number[]));
  });
});

interface Nist {
  y: number[];
  x: number[][];
  coef: number[];
  se: number[];
  sigma: number;
}

describe('NIST StRD, as a user would type it', () => {
  const sets = fixtureJson<Record<string, Nist>>('certified', 'nist.json');

  /** Terms of the formula after the constant, and the columns of the file behind them. */
  function asTyped(name: string, { x, coef }: Nist): { formula: string; columns: Record<string, number[]> } {
    const column = (j: number) => x.map((row) => row[j]);
    if (name.startsWith('NoInt')) return { formula: 'y ~ 0 + x', columns: { x: column(0) } };
    if (name === 'Longley') {
      const names = ['deflator', 'gnp', 'unemployed', 'forces', 'population', 'year'];
      return {
        formula: `y ~ ${names.join(' + ')}`,
        columns: Object.fromEntries(names.map((v, j) => [v, column(j + 1)])),
      };
    }
    const powers = Array.from({ length: coef.length - 2 }, (_, j) => `I(x^${j + 2})`);
    return { formula: `y ~ ${['x', ...powers].join(' + ')}`, columns: { x: column(1) } };
  }

  it.each(Object.keys(sets))('%s', (name) => {
    const set = sets[name];
    const { formula, columns } = asTyped(name, set);
    const names = Object.keys(columns);
    const lines = set.y.map((y, i) => [y, ...names.map((v) => columns[v][i])].join());
    w.write(`${name}.csv`, `${['y', ...names].join()}\n${lines.join('\n')}\n`);
    const { coefficients } = fitJson('--data', `${name}.csv`, '--model', 'ols', formula);
    expect(coefficients).toHaveLength(set.coef.length);
    const need = name === 'Filip' ? 7 : 9;
    coefficients.forEach(({ term, estimate, se }, j) => {
      expect(digits(estimate, set.coef[j]), term).toBeGreaterThanOrEqual(need);
      // Wampler1 and 2 are exact: their certified standard errors are 0
      if (set.sigma === 0) expect(se, term).toBeLessThan(1e-9);
      else expect(digits(se, set.se[j]), term).toBeGreaterThanOrEqual(need);
    });
  });
});
