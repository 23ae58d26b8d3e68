/** `gravpanel test`, and the readings and rows of `gravpanel fit`, as a user meets them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { certified, digits, fixturePath, fixtureText } from '@gravpanel/test-fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPanel, goodStudy, type Workspace, workspace } from './program.ts';

let w: Workspace;
const MODELS = `  fe: { model: nb-fe, formula: y ~ x + z }
  other: { model: nb2, formula: y ~ x }
  third: { model: nb1, formula: y ~ z }
  within: { model: ols, formula: "y ~ x | id" }`;
beforeAll(() => {
  w = workspace({ 'panel.csv': goodPanel(), 'study.yaml': goodStudy(MODELS) });
  const { code } = w.run(['run', 'study.yaml', '-o', 'out', '--quiet']);
  expect(code).toBe(0);
});
afterAll(() => w.remove());

interface Json {
  schema: string;
  tests: { kind: string; form?: string; of: string; column: number; statistic?: number; p?: number; reason?: string }[];
  skipped: { kind: string; of: string }[];
}
const json = (args: string[]): Json => {
  const { code, stdout, stderr } = w.run(['test', ...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};
const errorOf = (args: string[]) => {
  const { code, stdout, stderr } = w.run([...args, '--json']);
  expect(stdout).toBe('');
  return { exit: code, ...JSON.parse(stderr).error };
};

describe('gravpanel test', () => {
  it('makes the named tests of every model of a run that can have them', () => {
    const { schema, tests, skipped } = json(['out', 'hausman,dispersion,reset']);
    expect(schema).toBe('test/1');
    expect(tests.map((t) => [t.kind, t.form, t.of].filter(Boolean).join(' '))).toEqual([
      ...['classic', 'common-scale', 'bootstrap', 'mundlak'].map((form) => `hausman ${form} fe`),
      ...['classic', 'common-scale', 'bootstrap', 'mundlak'].map((form) => `hausman ${form} within`),
      ...['fe', 'other', 'third'].flatMap((of) => [`overdispersion nb1 ${of}`, `overdispersion nb2 ${of}`]),
      ...['fe', 'other', 'third', 'within'].map((of) => `reset ${of}`),
    ]);
    expect(skipped.map((s) => `${s.kind} ${s.of}`)).toEqual([
      'hausman other',
      'hausman third',
      'overdispersion within',
    ]);
    for (const t of tests) if (t.statistic === undefined) expect(t.reason).toBeTruthy();
  });
  it('draws the resampled Hausman form as -B and --seed say', () => {
    const third = (args: string[]) =>
      json(['out', 'hausman', '--of', 'fe', ...args]).tests.find(
        (t) => t.form === 'bootstrap',
      ) as Json['tests'][number] & {
        notes: { message: string }[];
      };
    const one = third(['-B', '60', '--seed', '5']);
    expect(one.statistic).toEqual(expect.any(Number));
    expect(one.notes.at(-1)!.message).toMatch(/over 60 draws of \d+ clusters \(id\), seed 5/);
    expect(third(['-B', '60', '--seed', '5', '--threads', '3'])).toEqual(one);
    expect(third(['-B', '60', '--seed', '6']).statistic).not.toBe(one.statistic);
  });
  it('takes a study file as well, and every kind with its flags', () => {
    const one = (args: string[]) => json(['study.yaml', ...args]).tests;
    expect(one(['vuong', '--of', 'other', '--against', 'third'])[0].statistic).toEqual(expect.any(Number));
    expect(one(['lr', '--of', 'other'])[0].p).toEqual(expect.any(Number));
    expect(one(['wald', '--of', 'fe', '--terms', 'x,z'])[0]).toMatchObject({ df: 2 });
    expect(one(['period', '--of', 'fe', '--at', '2004'])[0]).toMatchObject({ kind: 'period', df: 2 });
    expect(one(['reset', '--of', 'fe', '--powers', '2'])[0]).toMatchObject({ df: 1 });
  });
  it('without names makes the tests of the study', () => {
    w.write('own.yaml', goodStudy(MODELS, 'tests: [{ kind: lr, of: other }, { kind: reset, of: within }]\n'));
    expect(json(['own.yaml']).tests.map((t) => t.kind)).toEqual(['lr', 'reset']);
    expect(errorOf(['test', 'study.yaml'])).toMatchObject({ exit: 2, code: 'usage/missing-argument' });
  });
  it('prints a table, what it is made of, and what was not made', () => {
    const { code, stdout } = w.run(['test', 'out', 'dispersion']);
    expect(code).toBe(0);
    expect(stdout).toContain('Overdispersion (Cameron–Trivedi), μ + αμ²');
    expect(stdout).toContain('Made of:');
    expect(stdout).toContain('Not made:\n  overdispersion of within');
  });
  it('has the certified Hausman test', () => {
    const { csv, y, group, regressors, hausman_fe_re } = certified().patents_rdus;
    const study = `version: 1\ntitle: T\ndata: { path: ${fixturePath('data', csv)}, unit: ${group}, time: year }\nmodels:\n  fe: { model: nb-fe, formula: "${y} ~ ${regressors.join(' + ')}" }\n`;
    w.write('certified.yaml', study);
    const [classic] = json(['certified.yaml', 'hausman']).tests;
    expect(digits(classic.statistic!, hausman_fe_re.slopes.chi2)).toBeGreaterThan(8);
  });
  it.each([
    [['test', 'out', 'hausmann'], 2, 'usage/wrong-value'],
    [['test', 'out', 'vuong'], 2, 'usage/missing-flag'],
    [['test', 'out', 'reset', '--terms', 'x'], 2, 'usage/unused-flag'],
    [['test', 'out', 'reset', '-B', '99'], 2, 'usage/unused-flag'],
    [['test', 'out', 'hausman', '-B', '0'], 2, 'usage/wrong-value'],
    [['test', 'out', 'reset', '--of', 'nobody'], 2, 'usage/wrong-value'],
    [['test', 'out', 'hausman', '--of', 'other'], 3, 'study/test-not-possible'],
    [['test', 'out', 'reset', '--column', '7', '--of', 'fe'], 3, 'study/no-such-column'],
    [['test', 'out', 'wald', '--terms', 'q', '--of', 'fe'], 3, 'test/unknown-term'],
    [['test', 'out', 'period', '--of', 'fe'], 3, 'study/test-not-possible'],
    [['test', '.', 'reset'], 3, 'run/not-a-run'],
    [['test', 'nowhere', 'reset'], 3, 'data/file-missing'],
  ])('%j exits with %i, %s', (args, exit, code) => {
    expect(errorOf(args as string[])).toMatchObject({ exit, code });
  });
  it('refuses a run whose study or data have changed, or are gone', () => {
    const v = workspace({ 'panel.csv': goodPanel(), 'study.yaml': goodStudy(MODELS) });
    v.run(['run', 'study.yaml', '-o', 'out', '--quiet']);
    const codeOf = () => JSON.parse(v.run(['test', 'out', 'reset', '--json']).stderr).error.code;
    v.write('panel.csv', goodPanel().replace('2001', '2001 '));
    expect(codeOf()).toBe('run/data-changed');
    v.write('panel.csv', goodPanel());
    v.write('study.yaml', goodStudy(`${MODELS}\n`));
    expect(codeOf()).toBe('run/study-changed');
    const manifest = JSON.parse(readFileSync(v.path('out/manifest.json'), 'utf8'));
    const moved = { ...manifest, studyFile: { ...manifest.studyFile, path: '../gone.yaml' } };
    writeFileSync(v.path('out/manifest.json'), JSON.stringify(moved));
    expect(codeOf()).toBe('run/study-missing');
    v.remove();
  });
});

describe('gravpanel fit --show, --fitted', () => {
  const data = () => ['--data', fixturePath('data', 'synth45.csv'), '--panel', 'pair,year'];
  const { regressors, fe_nb } = certified().synth45;
  const formula = `patents ~ ${regressors.join(' + ')}`;
  it('rate ratios are exp of the certified coefficients; coefficients stay beside them', () => {
    const { stdout } = w.run(['fit', ...data(), '--model', 'nb-fe', '--show', 'irr', '--json', formula]);
    const [column] = JSON.parse(stdout).columns;
    fe_nb.params.forEach((name, j) => {
      const term = name === 'const' || name === '_cons' ? '(Intercept)' : name;
      const { rows } = column.readings;
      const row = rows.find((r: { term: string }) => r.term === term) ?? rows[j];
      expect(digits(row.estimate, Math.exp(fe_nb.coef[j])), name).toBeGreaterThan(9);
      expect(digits(row.se, Math.exp(fe_nb.coef[j]) * fe_nb.se_oim[j]), name).toBeGreaterThan(8);
      expect(digits(column.coefficients[rows.indexOf(row)].estimate, fe_nb.coef[j])).toBeGreaterThan(9);
    });
  });
  it('writes a line for each row used, with residuals that are y less fitted', () => {
    const { code } = w.run(['fit', ...data(), '--model', 'poisson', '--fitted', 'rows.csv', `${formula} | pair`]);
    expect(code).toBe(0);
    const [head, ...lines] = readFileSync(w.path('rows.csv'), 'utf8').trim().split('\r\n');
    expect(head).toBe('column,line,unit,time,y,fitted,residual,pearson,deviance');
    expect(lines).toHaveLength(430);
    const source = fixtureText('data', 'synth45.csv').trim().split('\n');
    let total = 0;
    for (const line of lines) {
      const [, at, unit, time, y, fitted, residual] = line.split(',');
      const [pair, , , year, patents] = source[Number(at) - 1].split(',');
      expect([unit, time, y]).toEqual([pair, year, patents]);
      expect(Number(residual)).toBeCloseTo(Number(y) - Number(fitted), 12);
      total += Number(residual);
    }
    // The score of the effects: residuals of a Poisson model with effects add up to 0.
    expect(Math.abs(total)).toBeLessThan(1e-8);
  });
  it.each([
    [['--model', 'ols', '--show', 'irr'], 'readings/not-defined'],
    [['--model', 'nb-fe', '--show', 'ame'], 'readings/not-defined'],
    [['--model', 'poisson', '--logged', 'lgdp'], 'usage/unused-flag'],
    [['--model', 'poisson', '--fitted', '-'], 'usage/wrong-value'],
    [['--model', 'poisson', '--show', 'odds'], 'usage/wrong-value'],
  ])('%j is refused, %s', (flags, code) => {
    expect(errorOf(['fit', ...data(), ...(flags as string[]), formula])).toMatchObject({ exit: 2, code });
  });
});
