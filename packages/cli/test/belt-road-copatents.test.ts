/** studies/belt-road-copatents: its chain from bulk tables of patents to the report, with the simulated tables and with others. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: a script of the study, without types
import { realStudy } from '../../../studies/belt-road-copatents/real-study.mjs';
import { type Workspace, workspace } from './program.ts';

const study = fileURLToPath(new URL('../../../studies/belt-road-copatents', import.meta.url));
const shipped = (name: string) => readFileSync(`${study}/${name}`, 'utf8');
const script = (name: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [`${study}/${name}`, ...args], { encoding: 'utf8' });
  return { status, stderr };
};
const records = (text: string, delimiter = ',') =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(delimiter));

let w: Workspace;
beforeAll(() => {
  w = workspace();
});
afterAll(() => w.remove());

describe('the chain of belt-road-copatents', () => {
  const table = (name: string) => records(readFileSync(w.path(`bulk/${name}.tsv`), 'utf8'), '\t');

  test('goes from the simulated bulk tables through patents build to the tables that ship, byte for byte', () => {
    expect(script('simulate.mjs', w.path('bulk'))).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(w.path('bulk'))).toHaveLength(5);
    expect(script('build.mjs', '--tables', w.path('bulk'), '-o', w.path('again'))).toEqual({ status: 0, stderr: '' });
    const files = ['panel', 'partners', 'copatents', 'applicants', 'fields'].map((name) => `data/${name}.csv`);
    for (const name of [
      ...files,
      ...files.filter((f) => !f.includes('partners')).map((f) => f.replace('/', '/records/')),
    ])
      expect(readFileSync(w.path(`again/${name}`), 'utf8') === shipped(name), name).toBe(true);
    const manifest = (text: string) => {
      const { steps, outputs, inputs } = JSON.parse(text);
      return { steps, outputs, inputs };
    };
    expect(manifest(readFileSync(w.path('again/data/records/manifest.json'), 'utf8'))).toEqual(
      manifest(shipped('data/records/manifest.json')),
    );
  });

  test('counts what a plain walk over the bulk tables counts', () => {
    const iso2 = new Map(table('g_location_disambiguated').map((row) => [row[0], row[3]]));
    const year = new Map(table('g_patent').flatMap((row) => (row[6] === '0' ? [[row[0], row[2].slice(0, 4)]] : [])));
    const countries = new Map<string, Set<string>>();
    for (const [id, , , , , , place] of table('g_inventor_disambiguated'))
      if (iso2.has(place)) countries.set(id, (countries.get(id) ?? new Set()).add(iso2.get(place)!));
    const totals = new Map<string, number>();
    const add = (key: string) => totals.set(key, (totals.get(key) ?? 0) + 1);
    for (const [id, set] of countries)
      for (const code of set) {
        add(`${code} ${year.get(id)}`);
        if (set.has('CN')) add(`CN+${code} ${year.get(id)}`);
      }
    const panel = new Map(records(shipped('data/records/panel.csv')).map(([iso3, when, ...n]) => [iso3 + when, n]));
    for (const [iso3, code] of [
      ['SGP', 'SG'],
      ['MYS', 'MY'],
      ['IND', 'IN'],
      ['BTN', 'BT'],
    ])
      for (const when of ['2008', '2012', '2017'])
        expect(panel.get(iso3 + when)!.map(Number), `${iso3} ${when}`).toEqual(
          [`CN+${code}`, 'CN', code].map((what) => totals.get(`${what} ${when}`) ?? 0),
        );
  });

  test('leaves out what is not to count: withdrawn patents, other years, inventors of patents that are not listed', () => {
    const { steps } = JSON.parse(shipped('data/records/manifest.json'));
    expect(steps.find((s: { step: string }) => s.step === 'patents').dropped).toEqual([
      { reason: 'withdrawn patent', rows: 12 },
      { reason: 'outside 2008–2017', rows: 20 },
    ]);
    expect(steps.find((s: { step: string }) => s.step === 'inventors').dropped).toContainEqual({
      reason: 'of a patent that g_patent does not list',
      rows: 5,
    });
  });

  test('another path gives the real study: only the index and the relation level are called simulated', () => {
    const { code, stderr } = w.run(['run', 'again/study.yaml', '-o', 'report', '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = readFileSync(w.path('report/report.html'), 'utf8');
    expect(report).toContain('Simulated, not measured: Innovation index; Relation level.');
    expect(report).not.toContain('simulated from the paper');
    expect(report).toContain('PatentsView, bulk tables');
  });

  test('a partner without any patent in a year gets ln (1 + patents), and a note says so', () => {
    const zeros = shipped('data/panel.csv').replace(/^(Bhutan,.*?,\d{4},0,\d+),\d+/gm, '$1,0');
    const text: string = realStudy(shipped('study.yaml'), zeros);
    w.write('again/zeros.yaml', text.replace(/^ *sha256:.*\n/m, '').replace('data/panel.csv', 'data/zeros.csv'));
    w.write('again/data/zeros.csv', zeros);
    expect(text).toContain('lnpatent2: log(1 + patent2)');
    expect(text).toContain('In 10 rows the partner has no patent');
    expect(w.run(['check', 'again/zeros.yaml']).code).toBe(0);
  });

  test('refuses to write over this study or another, and passes on what the build refuses', () => {
    expect(script('build.mjs', '--tables', w.path('bulk')).stderr).toContain('Name another folder');
    expect(script('build.mjs', '-o', w.path('again')).stderr).toContain('holds a study');
    const { status, stderr } = script('build.mjs', '--tables', w.path('report'), '-o', w.path('none'));
    expect(status).toBe(3);
    expect(stderr).toContain('has no g_location_disambiguated.tsv');
  });
});
