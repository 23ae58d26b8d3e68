/** The folder of a run: what is in it, that it repeats, and what a failed column does to it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { certified, fixtureText } from '@gravpanel/test-fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPanel, goodStudy, studyPath, type Workspace, workspace } from './program.ts';

let w: Workspace;
beforeAll(() => {
  w = workspace({ 'panel.csv': goodPanel() });
});
afterAll(() => w.remove());

function filesBelow(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => `${entry.parentPath}/${entry.name}`).sort();
  const encoding = (path: string) => (/\.(png|docx)$/.test(path) ? 'latin1' : 'utf8');
  return Object.fromEntries(paths.map((path) => [path.slice(dir.length + 1), readFileSync(path, encoding(path))]));
}

describe.each(['hhg-patents', 'china-copublications', 'belt-road-copatents'])('the run of %s', (name) => {
  let files: Record<string, string>;
  beforeAll(() => {
    const { code, stderr } = w.run(['run', studyPath(name), '-o', name, '--quiet']);
    expect([code, stderr]).toEqual([0, '']);
    files = filesBelow(w.path(name));
  }, 60_000);

  it('has every table in seven forms and every figure in three', () => {
    const { outputs } = JSON.parse(files['manifest.json']);
    expect(outputs.tables.length).toBeGreaterThan(8);
    expect(outputs.figures.length).toBeGreaterThan(1);
    const expected = [
      ...outputs.tables.flatMap((id: string) =>
        ['csv', 'docx', 'html', 'json', 'md', 'tex', 'txt'].map((e) => `tables/${id}.${e}`),
      ),
      ...outputs.figures.flatMap((id: string) => ['json', 'png', 'svg'].map((e) => `figures/${id}.${e}`)),
      'fits.json',
      'manifest.json',
      'report.html',
      ...outputs.tables
        .filter((id: string) => id.startsWith('network'))
        .flatMap((id: string) => ['.graphml', '-map.txt', '-network.txt'].map((end) => `networks/${id}${end}`)),
      'study.yaml',
    ];
    expect(Object.keys(files).sort()).toEqual(expected.sort());
  });

  it('has one self-contained page: no script, nothing loaded from anywhere', () => {
    const page = files['report.html'];
    expect(page).not.toMatch(/<script|<link\b|@import|<iframe/i);
    expect(page.match(/\b(?:src|href)=["'](?!#|data:)[^"']*/g) ?? []).toEqual([]);
    expect(page.match(/url\((?!['"]?(?:data:|#))[^)]*/g) ?? []).toEqual([]);
    expect(page.match(/<table\b/g)!.length).toBeGreaterThan(8);
    expect(page.match(/<svg\b/g)!.length).toBeGreaterThan(1);
    expect(page.length).toBeLessThan(2_000_000);
  });

  it('stays under two megabytes, with the magic bytes of each kind of file', () => {
    expect(files['report.html'].length).toBeLessThan(2e6);
    for (const [path, bytes] of Object.entries(files)) {
      if (path.endsWith('.png')) expect(bytes.startsWith('\x89PNG\r\n'), path).toBe(true);
      if (path.endsWith('.docx')) expect(bytes.startsWith('PK\x03\x04'), path).toBe(true);
    }
  });

  it('records the hash of the data, the versions, seeds and a certificate of every column', () => {
    const manifest = JSON.parse(files['manifest.json']);
    const study = readFileSync(studyPath(name), 'utf8');
    const data = readFileSync(studyPath(name).replace('study.yaml', /path: (.*)/.exec(study)![1]));
    expect(manifest.inputs[0].sha256).toBe(createHash('sha256').update(data).digest('hex'));
    expect(manifest).toMatchObject({
      schema: 'manifest/1',
      gravpanel: expect.stringMatching(/^\d/),
      seeds: { starts: 1 },
    });
    expect(manifest.versions.node).toBe(process.versions.node);
    expect(manifest.runHash).toMatch(/^[0-9a-f]{64}$/);
    for (const model of manifest.models) expect(model.certificate.scaledGradient).toBeLessThan(1e-7);
  });

  it('repeats byte for byte', () => {
    expect(w.run(['run', studyPath(name), '-o', `${name}-again`, '--quiet']).code).toBe(0);
    const again = filesBelow(w.path(`${name}-again`));
    expect(Object.keys(again)).toEqual(Object.keys(files));
    for (const [path, text] of Object.entries(files)) expect(again[path] === text, path).toBe(true);
  }, 60_000);
});

describe('a column that fails', () => {
  const study = goodStudy('  bad: { model: nb2, formula: "y ~ l(x, 50)" }\n  slow: { model: ols, formula: y ~ x }');

  it('is told on stderr with its place; the rest is written; the exit code says so', () => {
    w.write('study.yaml', study);
    const { code, stdout, stderr } = w.run(['run', 'study.yaml', '-o', 'partly', '--quiet']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: bad, column 1: /);
    expect(stderr).toMatch(/at: study\.yaml:5:\d+/);
    expect(stdout).toMatch(/1 column estimated, 1 failed/);
    expect(filesBelow(w.path('partly'))['tables/slow.txt']).toMatch(/R²/);
    expect(filesBelow(w.path('partly'))['tables/bad.txt']).toMatch(/data\/|fit\//);
  });

  it('stands in the JSON of a run', () => {
    const { code, stdout } = w.run(['run', 'study.yaml', '-o', 'partly-json', '--json']);
    const { schema, failures, columns, files } = JSON.parse(stdout);
    expect([code, schema, failures.length, columns.length]).toEqual([3, 'run/1', 1, 2]);
    expect(failures[0]).toMatchObject({ model: 'bad', column: 1, error: { code: expect.any(String) } });
    expect(files).toContain('report.html');
  });

  it('of several keeps its place in the table of fit', () => {
    const { code, stdout, stderr } = w.run([
      'fit',
      '--data',
      'panel.csv',
      '--panel',
      'id,year',
      '--model',
      'nb2',
      'y ~ x + sw(z, l(z, 50))',
    ]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/\(1\)[\s\S]*\(2\)[\s\S]*Log-likelihood/);
    expect(stderr).toMatch(/^error: /);
  });
});

describe('the JSON of fit', () => {
  it('has exactly what the interface names, in full precision', () => {
    w.write('patents_rdus.csv', fixtureText('data', 'patents_rdus.csv'));
    const args = [
      'fit',
      '--data',
      'patents_rdus.csv',
      '--panel',
      'id,year',
      '--model',
      'nb-re',
      '--json',
      'patents ~ logr',
    ];
    const { columns } = JSON.parse(w.run(args).stdout);
    const [column] = columns;
    const names =
      'model formula depvar vcov nobs ngroups iterations converged loglik aic bic dof dofResidual coefficients parameters sample certificate notes';
    expect(Object.keys(column)).toEqual(expect.arrayContaining(names.split(' ')));
    expect(column).toMatchObject({
      model: 'nb-re',
      formula: 'patents ~ logr',
      depvar: 'patents',
      vcov: 'iid',
      nobs: 3460,
      ngroups: 346,
    });
    expect(Object.keys(column.coefficients[1])).toEqual([
      'term',
      'estimate',
      'se',
      'statistic',
      'p',
      'lower',
      'upper',
      'within',
    ]);
    expect(column.parameters.map(({ name }: { name: string }) => name)).toEqual(['ln_r', 'ln_s']);
    expect(column.aic).toBeCloseTo(-2 * column.loglik + 2 * column.dof, 6);
    expect(column.sample).toMatchObject({ rows: 3460, used: 3460, dropped: [] });
    expect(Object.keys(column.certificate)).toEqual(['scaledGradient', 'hessianCondition', 'starts', 'agreeing']);
    expect(String(column.coefficients[1].estimate).length).toBeGreaterThan(15);
  });

  it('names the groups that were dropped', () => {
    const args = [
      'fit',
      '--data',
      'patents_rdus.csv',
      '--panel',
      'id,year',
      '--model',
      'nb-fe',
      '--json',
      'patents ~ logr',
    ];
    const { sample, nobs, ngroups } = JSON.parse(w.run(args).stdout).columns[0];
    const { n_used, groups_used, n_total } = certified().patents_rdus;
    expect([nobs, ngroups, sample.rows, sample.used]).toEqual([n_used, groups_used, n_total, n_used]);
    const [zero] = sample.dropped;
    expect(zero).toMatchObject({ reason: 'all-zero group', rows: n_total - n_used });
    expect(zero.groups).toHaveLength(346 - groups_used);
  });

  it('gives one column for each step, part and outcome', () => {
    const run = (...args: string[]) =>
      JSON.parse(w.run(['fit', '--data', 'patents_rdus.csv', '--panel', 'id,year', '--json', ...args]).stdout).columns;
    expect(run('--model', 'poisson', 'patents ~ csw0(logr, logk)')).toHaveLength(3);
    const split = run('--model', 'ols', '--split', 'scisect', 'c(patents, logk) ~ logr');
    expect(split.map((c: { sampleName: string; depvar: string }) => `${c.sampleName} ${c.depvar}`)).toHaveLength(4);
    const lagged = run('--model', 'poisson', '--lag', '1', '--where', 'year >= 1975', 'patents ~ logr');
    expect(lagged[0].nobs).toBe(346 * 5);
    expect(lagged[0].lag).toBe(1);
    const args = ['fit', '--data', 'patents_rdus.csv', '--panel', 'id,year', '--model', 'poisson', '--lag', '1'];
    expect(w.run([...args, 'patents ~ logr']).stdout).toMatch(/All explanatory variables are lagged one period/);
  });
});

describe('check', () => {
  it('reports panel, samples and variance shares without estimating', () => {
    const { code, stdout, stderr } = w.run(['check', studyPath('hhg-patents'), '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const check = JSON.parse(stdout);
    expect(check).toMatchObject({
      schema: 'check/1',
      ok: true,
      data: { rows: 3460, units: 346, balanced: true, gaps: [] },
    });
    expect(check.models.flatMap((m: { columns: unknown[] }) => m.columns)).toHaveLength(14);
    for (const { between, time, within } of check.variables) expect(between + time + within).toBeCloseTo(1, 10);
    expect(stdout).not.toMatch(/loglik|estimate"/);
  });

  it('names gaps', () => {
    const lines = goodPanel().split('\n');
    w.write('gaps.csv', lines.filter((line) => !line.startsWith('3,2004') && !line.startsWith('7,2002')).join('\n'));
    w.write('gaps.yaml', goodStudy('  a: { model: nb2, formula: "y ~ l(x, 1)" }').replace('panel.csv', 'gaps.csv'));
    const { code, stdout } = w.run(['check', 'gaps.yaml']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Gaps +2 units/);
    expect(stdout).toMatch(/note: 3 lacks 2004; 7 lacks 2002\. A lag across a gap is missing/);
  });

  it('names the column that cannot be estimated, and exits 3', () => {
    w.write(
      'cannot.yaml',
      goodStudy('  a: { model: nb2, formula: "y ~ l(x, 50)" }\n  b: { model: nb2, formula: y ~ x }'),
    );
    const { code, stdout, stderr } = w.run(['check', 'cannot.yaml', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stderr).error.at).toMatchObject({ file: 'cannot.yaml', line: 5 });
    const { ok, models } = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(models[0].columns[0].error.code).toMatch(/^data\//);
    expect(models[1].columns[0].nobs).toBe(72);
  });
});
