/** The JSON of a fit is what docs say: each key by name, each type, for every model. */
import { readFileSync } from 'node:fs';
import { fixturePath } from '@gravpanel/test-fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Workspace, workspace } from './program.ts';

let w: Workspace;
beforeAll(() => {
  w = workspace();
});
afterAll(() => w.remove());

const number = expect.any(Number);
const string = expect.any(String);
/** Auxiliary parameters by model, as Stata names them. */
const PARAMETERS: Record<string, string[]> = {
  ols: [],
  poisson: [],
  nb1: ['delta'],
  nb2: ['alpha'],
  'nb-fe': [],
  'nb-re': ['ln_r', 'ln_s'],
  'poisson-re': ['lnalpha'],
  'ols-re': ['sigma_u', 'sigma_e', 'theta'],
};

function columnsOf(args: string[]) {
  const data = ['--data', fixturePath('data', 'synth45.csv'), '--panel', 'pair,year', '--json'];
  const { code, stdout } = w.run(['fit', ...data, ...args]);
  expect(code).toBe(0);
  const value = JSON.parse(stdout);
  expect(Object.keys(value)).toEqual(['schema', 'columns']);
  expect(value.schema).toBe('fit/1');
  return value.columns;
}

it.each(Object.keys(PARAMETERS))('fit/1 of %s', (model) => {
  const formula = 'patents ~ lgdp + l(lgdp, 1) + rta';
  const [column, ...rest] = columnsOf(['--model', model, '--vcov', 'cluster:pair', formula]);
  expect(rest).toEqual([]);
  expect(column).toMatchObject({
    model,
    formula,
    depvar: 'patents',
    vcov: 'cluster:pair',
    nobs: number,
    iterations: number,
    converged: true,
    loglik: number,
    aic: number,
    bic: number,
    dof: number,
    dofResidual: number,
    sample: { rows: 450, used: number },
    certificate: { scaledGradient: number, hessianCondition: number, starts: number, agreeing: number },
  });
  expect(column.ngroups).toEqual(number);
  expect(column.coefficients.map((c: { term: string }) => c.term)).toEqual([
    '(Intercept)',
    'lgdp',
    'l(lgdp, 1)',
    'rta',
  ]);
  for (const c of column.coefficients) {
    expect(Object.keys(c)).toEqual(['term', 'estimate', 'se', 'statistic', 'p', 'lower', 'upper', 'within']);
    expect(typeof c.within).toBe('boolean');
  }
  expect(column.parameters.map((p: { name: string }) => p.name)).toEqual(PARAMETERS[model]);
  for (const p of column.parameters)
    expect(p).toMatchObject({ estimate: number, ...(model !== 'ols-re' && { se: number }) });
  const lag = column.sample.dropped.find((d: { reason: string }) => d.reason === 'lag');
  expect(lag).toMatchObject({ rows: 45, groups: [] });
  expect(column.sample.rows - column.sample.dropped.reduce((s: number, d: { rows: number }) => s + d.rows, 0)).toBe(
    column.nobs,
  );
  for (const n of column.notes) expect(n).toMatchObject({ code: string, message: string });
  for (const key of ['covariance', 'covarianceIid', 'id']) expect(column).not.toHaveProperty(key);
});

it('one entry a column of csw0, split and several outcomes', () => {
  const columns = columnsOf([
    '--model',
    'poisson',
    '--split',
    'rta',
    'c(patents, I(2 * patents)) ~ lgdp + csw0(lrd, lcit)',
  ]);
  expect(
    columns.map((c: { depvar: string; sampleName: string; formula: string }) => [c.sampleName, c.depvar, c.formula]),
  ).toEqual(
    ['0', '1'].flatMap((part) =>
      ['patents', '2 * patents'].flatMap((y) =>
        ['lgdp', 'lgdp + lrd', 'lgdp + lrd + lcit'].map((x) => [part, y, `${y === 'patents' ? y : `I(${y})`} ~ ${x}`]),
      ),
    ),
  );
});

it('a frontier with random effects on real data: the effect, its certificate, the frontier of each row', () => {
  const data = ['--data', fixturePath('data', 'rice.csv'), '--panel', 'FMERCODE,YEARDUM', '--json'];
  const model = ['--model', 'frontier', '--random-effects', '--efficiencies', 'rows.csv'];
  const { code, stdout } = w.run(['fit', ...data, ...model, 'log(PROD) ~ log(AREA) + log(LABOR) + log(NPK)']);
  expect(code).toBe(0);
  const [column] = JSON.parse(stdout).columns;
  // R's own maximum of the same likelihood: test-fixtures/peers/random-frontier.json
  expect(column.loglik).toBeCloseTo(-68.0292203, 6);
  expect(column.parameters.map((p: { name: string }) => p.name)).toEqual(['sigma_v', 'sigma_w', 'sigma_u']);
  expect(column.certificate).toMatchObject({ starts: 6, agreeing: 6, nodes: number, quadratureError: number });
  expect(column.frontier).toMatchObject({ random: true, inefficiency: 'rows', test: { rule: '½χ²(0) + ½χ²(1)' } });
  const rows = readFileSync(w.path('rows.csv'), 'utf8').trim().split('\r\n');
  expect(rows).toHaveLength(345);
});
