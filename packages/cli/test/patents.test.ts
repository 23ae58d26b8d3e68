/** `patents build` through the program: hand-made tables, the real sample, and generated ones with their own counts. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpcTable, goodTables } from './patent-tables.ts';
import { bin, type Workspace, workspace } from './program.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const YEARS = ['--years', '2010:2011'];
const HOME = ['--home', 'CN', '--partners', 'partners.yaml'];

let w: Workspace;
beforeAll(() => {
  w = workspace();
  for (const [name, text] of Object.entries(goodTables())) w.write(name === 'partners.yaml' ? name : `t/${name}`, text);
});
afterAll(() => w.remove());

const read = (name: string) => readFileSync(w.path(name), 'utf8');
const lines = (name: string) => read(name).trimEnd().split('\n');
function build(out: string, ...args: string[]) {
  const result = w.run(['patents', 'build', 't', ...HOME, ...YEARS, '-o', out, '--quiet', ...args]);
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  return result;
}

describe('hand-made tables', () => {
  test('give co-patents, a panel with true zeros, applicants and fields', () => {
    build('whole');
    expect(lines('whole/copatents.csv')).toEqual([
      'patent_id,partner,year,weight',
      'P1,SGP,2010,1',
      'P2,SGP,2010,1',
      'P2,IND,2010,1',
      'P3,SGP,2011,1',
    ]);
    expect(lines('whole/panel.csv')).toEqual([
      'partner,year,copatents,patent1,patent2',
      'SGP,2010,2,2,2',
      'SGP,2011,1,3,2',
      'IND,2010,1,2,1',
      'IND,2011,0,3,1',
      'BTN,2010,0,2,0',
      'BTN,2011,0,3,0',
    ]);
    expect(lines('whole/applicants.csv')).toEqual([
      'assignee,type,country,patents',
      'Acme Pte. Ltd.,foreign company,SGP,2',
      'Li Wei,"foreign individual, part interest",CHN,1',
    ]);
    expect(lines('whole/fields.csv')).toEqual(['field,partner,patents', 'G06F,IND,1', 'G06F,SGP,2', 'H04W,SGP,1']);
  });

  test('have a manifest with hashes, rows at each step and every reason', () => {
    const manifest = JSON.parse(read('whole/manifest.json'));
    expect(manifest).toMatchObject({
      schema: 'patents/1',
      options: { home: 'CHN', years: '2010:2011', count: 'whole' },
    });
    const step = (name: string) => manifest.steps.find((s: { step: string }) => s.step === name);
    expect(step('patents')).toMatchObject({
      read: 9,
      used: 7,
      dropped: [
        { reason: 'withdrawn patent', rows: 1 },
        { reason: 'outside 2010–2011', rows: 1 },
      ],
    });
    expect(step('inventors')).toMatchObject({
      read: 23,
      used: 13,
      dropped: [
        { reason: 'of a withdrawn patent', rows: 2 },
        { reason: 'of a patent outside 2010–2011', rows: 2 },
        { reason: 'of a patent that g_patent does not list', rows: 2 },
        { reason: 'no location', rows: 1 },
        { reason: 'location that the location table does not list', rows: 1 },
        { reason: 'location without a country', rows: 1 },
        { reason: 'unknown country', rows: 1, examples: ['Korea: 1'] },
      ],
    });
    expect(step('co-patents')).toMatchObject({ read: 7, used: 3 });
    for (const { read: all, used, dropped } of manifest.steps)
      expect(used + dropped.reduce((sum: number, d: { rows: number }) => sum + d.rows, 0)).toBe(all);
    const input = manifest.inputs.find(({ table }: { table: string }) => table === 'g_patent');
    const sum = spawnSync('sha256sum', [w.path('t/g_patent.tsv')], { encoding: 'utf8' }).stdout.slice(0, 64);
    expect(input).toMatchObject({ file: 'g_patent.tsv', sha256: sum, rows: 9 });
    expect(readdirSync(w.path('whole')).sort()).toEqual(
      ['applicants.csv', 'copatents.csv', 'fields.csv', 'manifest.json', 'panel.csv'].sort(),
    );
  });

  test('fractional: a country counts its share of all inventors of the patent', () => {
    build('parts', '--count', 'fractional');
    // P3 has three inventors, one of them nowhere: Singapore's share is 1/3.
    const rows = lines('parts/copatents.csv').map((line) => line.split(','));
    expect(rows.slice(1).map(([id, partner, , weight]) => [id, partner, Number(weight)])).toEqual([
      ['P1', 'SGP', 1 / 3],
      ['P2', 'SGP', 1 / 4],
      ['P2', 'IND', 1 / 4],
      ['P3', 'SGP', 1 / 3],
    ]);
    const panel = lines('parts/panel.csv')
      .slice(1)
      .map((line) => line.split(','));
    const cells = panel.map((row) => row.slice(2).map(Number));
    const expected = [
      [1 / 3 + 1 / 4, 2 / 3 + 1 / 4, 1 / 3 + 1 / 4],
      [1 / 3, 1 / 3 + 1 / 2 + 1, 1 / 3 + 1 / 2],
      [1 / 4, 2 / 3 + 1 / 4, 1 / 4],
      [0, 1 / 3 + 1 / 2 + 1, 1 / 2],
      [0, 2 / 3 + 1 / 4, 0],
      [0, 1 / 3 + 1 / 2 + 1, 0],
    ];
    for (const [i, row] of cells.entries())
      for (const [j, cell] of row.entries()) expect(cell).toBeCloseTo(expected[i][j], 14);
  });

  test('by date of application, and without a filing date a patent is left out and counted', () => {
    build('filed', '--date', 'application');
    expect(lines('filed/copatents.csv').slice(1)).toEqual(['P2,SGP,2010,1', 'P2,IND,2010,1', 'P3,SGP,2010,1']);
    const manifest = JSON.parse(read('filed/manifest.json'));
    expect(manifest.inputs.map(({ table }: { table: string }) => table)).toContain('g_application');
    w.write('t/g_application.tsv', goodTables()['g_application.tsv'].replace(/a2.*\n/, ''));
    build('filed2', '--date', 'application');
    w.write('t/g_application.tsv', goodTables()['g_application.tsv']);
    expect(lines('filed2/copatents.csv').slice(1)).toEqual(['P3,SGP,2010,1']);
    expect(read('filed2/manifest.json')).toContain('"reason": "no filing date in g_application"');
  });

  test('by assignees', () => {
    const { code, stderr } = w.run([
      'patents',
      'build',
      't',
      ...HOME,
      ...YEARS,
      '-o',
      'assigned',
      '--role',
      'assignee',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lines('assigned/copatents.csv').slice(1)).toEqual(['P2,SGP,2010,1']);
    expect(lines('assigned/panel.csv')[1]).toBe('SGP,2010,1,1,2');
  });

  test('fields of the CPC where the IPC is not there or on demand; parts may be left out', () => {
    w.write('t/g_cpc_current.tsv', cpcTable());
    build('cpc', '--fields', 'cpc');
    rmSync(w.path('t/g_cpc_current.tsv'));
    expect(lines('cpc/fields.csv')).toEqual(['field,partner,patents', 'H04W,SGP,1']);
    build('few', '--skip', 'applicants,fields');
    expect(readdirSync(w.path('few')).sort()).toEqual(['copatents.csv', 'manifest.json', 'panel.csv']);
  });

  test('gzip, CRLF with a byte order mark, and quotes around everything give the same files', () => {
    for (const [name, text] of Object.entries(goodTables())) {
      if (name === 'partners.yaml') continue;
      const quoted =
        name === 'g_patent.tsv'
          ? text
          : text.replace(/[^\t\n]+/g, (cell) => (cell.startsWith('"') ? cell : `"${cell}"`));
      w.write(`q/${name}`, `\ufeff${quoted.replaceAll('\n', '\r\n')}`);
    }
    const crlf = w.run(['patents', 'build', 'q', ...HOME, ...YEARS, '-o', 'q-out', '--quiet']);
    expect(crlf.stderr).toBe('');
    const dir = w.path('z');
    cpSync(w.path('t'), dir, { recursive: true });
    for (const name of readdirSync(dir)) {
      const packed = gzipSync(readFileSync(join(dir, name)));
      rmSync(join(dir, name));
      spawnSync('sh', ['-c', `cat > "${join(dir, name)}.gz"`], { input: packed });
    }
    expect(w.run(['patents', 'build', 'z', ...HOME, ...YEARS, '-o', 'z-out', '--quiet']).stderr).toBe('');
    for (const name of ['copatents', 'panel', 'applicants', 'fields'])
      for (const out of ['q-out', 'z-out']) expect(read(`${out}/${name}.csv`)).toBe(read(`whole/${name}.csv`));
  });

  test('Parquet holds the same rows', async () => {
    build('pq', '--format', 'parquet');
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const db = await (await DuckDBInstance.create(':memory:')).connect();
    for (const name of ['copatents', 'panel', 'applicants', 'fields']) {
      const rows = (await db.runAndReadAll(`SELECT * FROM '${w.path(`pq/${name}.parquet`)}'`)).getRowsJS();
      const text = rows.map((row) =>
        row.map((cell) => (String(cell).includes(',') ? `"${cell}"` : String(cell))).join(','),
      );
      expect(text).toEqual(lines(`whole/${name}.csv`).slice(1));
    }
  });

  test('home and partners by name, a shipped scheme by its name, --json', () => {
    const args = [
      'patents',
      'build',
      't',
      '--home',
      'china',
      '--partners',
      'belt-road',
      ...YEARS,
      '-o',
      'br',
      '--json',
    ];
    const { stdout, stderr } = w.run(args);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'patents/1', output: 'br' });
    expect(lines('br/panel.csv')).toHaveLength(1 + 65 * 2);
    expect(JSON.parse(read('br/manifest.json')).partners[0]).toEqual({
      iso3: 'MNG',
      written: 'Mongolia',
      region: 'North Asia',
    });
  });

  test('again: refused without --force, byte for byte the same with it, other files stay', () => {
    const first = read('whole/copatents.csv') + read('whole/manifest.json');
    const again = w.run(['patents', 'build', 't', ...HOME, ...YEARS, '-o', 'whole']);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/code: output\/exists/);
    w.write('whole/notes.txt', 'mine');
    build('whole', '--force');
    expect(read('whole/copatents.csv') + read('whole/manifest.json')).toBe(first);
    expect(read('whole/notes.txt')).toBe('mine');
    w.write('other/manifest.json', '{}');
    expect(w.run(['patents', 'build', 't', ...HOME, ...YEARS, '-o', 'other', '--force']).stderr).toMatch(
      /output\/not-a-run/,
    );
  });

  test('without DuckDB the error says what to install', () => {
    const dir = mkdtempSync(join(tmpdir(), 'gravpanel-bare-'));
    cpSync(join(bin, '../../dist'), join(dir, 'dist'), { recursive: true });
    cpSync(bin, join(dir, 'bin/gravpanel.mjs'));
    // A package without its code, in front of any other that this machine may have.
    const broken = join(dir, 'node_modules/@duckdb/node-api');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'package.json'), '{ "name": "@duckdb/node-api", "main": "none.js" }');
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(dir, 'bin/gravpanel.mjs'), ...args], { cwd: w.dir, encoding: 'utf8' });
    const { status, stderr } = run('patents', 'build', 't', ...HOME, ...YEARS, '-o', 'bare');
    expect(stderr).toMatch(/@duckdb\/node-api is not installed/);
    expect(stderr).toMatch(/hint: .*npm install @duckdb\/node-api@1\.5\.6/);
    expect(status).toBe(2);
    expect(existsSync(w.path('bare'))).toBe(false);
    expect(run('--version').status).toBe(0);
    rmSync(dir, { recursive: true });
  });
});

describe('generated tables', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-bulk-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const script = (name: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bench/patents', name), ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  };
  const partners = 'US JP KR DE TW GB FR CA IN IL NL SE CH IT SG RU MY PL HU CZ TR TH UA PH VN EG KZ PK LA BT';
  const run = (source: string, out: string, ...args: string[]) =>
    w.run([
      'patents',
      'build',
      source,
      '--home',
      'CN',
      '--partners',
      'many.yaml',
      '--years',
      '2003:2019',
      '-o',
      join(dir, out),
      '--quiet',
      ...args,
    ]);

  beforeAll(() => {
    w.write('many.yaml', `[${partners.replaceAll(' ', ', ')}]`);
    script('generate.mjs', join(dir, 'plain'), '--scale', '0.001', '--seed', '7');
    cpSync(join(dir, 'plain'), join(dir, 'zip'), { recursive: true });
    script('generate.mjs', join(dir, 'zip'), '--only-pack', '--zip');
  });

  const check = (out: string, ...args: string[]) =>
    Number(script('check.mjs', join(dir, out), join(dir, 'plain/truth.json'), '2003:2019', ...args));

  test('give the counts that were kept while they were drawn', () => {
    expect(run(join(dir, 'plain'), 'whole').stderr).toBe('');
    expect(check('whole')).toBeGreaterThan(1000);
  });

  test('give sums of shares by date of application; from zip archives and with one thread the same bytes', () => {
    const shares = ['--count', 'fractional', '--date', 'application'];
    expect(run(join(dir, 'plain'), 'shares', ...shares).stderr).toBe('');
    expect(check('shares', ...shares)).toBeGreaterThan(1000);
    expect(run(join(dir, 'zip'), 'zipped', '--threads', '1', ...shares).stderr).toBe('');
    for (const name of ['copatents', 'panel', 'applicants', 'fields'])
      expect(readFileSync(join(dir, `zipped/${name}.csv`), 'utf8')).toBe(
        readFileSync(join(dir, `shares/${name}.csv`), 'utf8'),
      );
  });
});
