/** studies/patentsview-sample: its tables are made again from the records, and its words counted in plain JavaScript. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Workspace, workspace } from './program.ts';

const study = fileURLToPath(new URL('../../../studies/patentsview-sample', import.meta.url));
const text = (name: string) => readFileSync(`${study}/${name}`, 'utf8');
/** Cells of a table; none of those read here holds a quote. */
const rows = (name: string, delimiter = '\t') =>
  text(name)
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(delimiter));

let w: Workspace;
beforeAll(() => {
  w = workspace();
});
afterAll(() => w.remove());

describe('patentsview-sample', () => {
  const place = new Map(rows('data/records/g_location_disambiguated.tsv').map((row) => [row[0], row[3]]));
  const countries = new Map<string, Set<string>>();
  for (const row of rows('data/records/g_inventor_disambiguated.tsv')) {
    const country = place.get(row[6]);
    if (country) countries.set(row[0], (countries.get(row[0]) ?? new Set()).add(country));
  }
  const chinese = [...countries.values()].filter((set) => set.has('CN'));
  const pairs = chinese.flatMap((set) => [...set].filter((country) => country !== 'CN'));

  test('holds what its source says: 221 patents of China, 71 with the United States, 8 with Taiwan, 5 with Japan', () => {
    const count = (code: string) => pairs.filter((country) => country === code).length;
    expect(chinese).toHaveLength(221);
    expect(['US', 'TW', 'JP', 'GB', 'DE', 'CZ', 'IN', 'SG', 'TR', 'KR', 'NZ', 'IE'].map(count)).toEqual([
      71, 8, 5, 3, 3, 2, 1, 1, 1, 1, 1, 1,
    ]);
  });

  test('has tables that the records give again, byte for byte', () => {
    const args = [
      '--home',
      'CN',
      '--partners',
      `${study}/partners.yaml`,
      '--years',
      '1976:2025',
      '-o',
      'again',
      '--quiet',
    ];
    const { stderr, code } = w.run(['patents', 'build', `${study}/data/records`, ...args]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    for (const name of ['copatents', 'panel', 'applicants', 'fields'])
      expect(readFileSync(w.path(`again/${name}.csv`), 'utf8')).toBe(text(`data/copatents/${name}.csv`));
  });

  test('has a panel whose cells are those of a plain count', () => {
    const year = new Map(rows('data/records/g_patent.tsv').map((row) => [row[0], row[2].slice(0, 4)]));
    const count = (want: (set: Set<string>) => boolean, when: string) =>
      [...countries].filter(([id, set]) => year.get(id) === when && want(set)).length;
    const alpha2: Record<string, string> = {
      USA: 'US',
      TWN: 'TW',
      JPN: 'JP',
      CZE: 'CZ',
      SGP: 'SG',
      IND: 'IN',
      PRT: 'PT',
    };
    const panel = rows('data/copatents/panel.csv', ',').filter(([partner]) => alpha2[partner]);
    expect(panel).toHaveLength(7 * 50);
    for (const [partner, when, ...cells] of panel) {
      const theirs = alpha2[partner];
      const expected = [
        count((set) => set.has('CN') && set.has(theirs), when),
        count((set) => set.has('CN'), when),
        count((set) => set.has(theirs), when),
      ];
      expect(cells.map(Number), `${partner} ${when}`).toEqual(expected);
    }
  });

  test('says in its first words what the records hold', () => {
    const both = chinese.filter((set) => set.size > 1).length;
    const partners = new Set(pairs).size;
    const lede = text('study.yaml').replace(/\s+/g, ' ');
    expect(lede).toContain(
      `${chinese.length} of 4,704 sampled US patents have an inventor in China, and ${both} of them`,
    );
    expect(lede).toContain(
      '71 with the United States, 8 with Taiwan, 5 with Japan, and 18 pairs with eleven other countries',
    );
    expect([pairs.length - 71 - 8 - 5, partners - 3]).toEqual([18, 11]);
    expect(lede).toContain(`${54 - partners} of the 54 partners have none`);
  });

  test('runs: its notes stand under the data, since it estimates nothing', () => {
    const { code, stderr } = w.run(['run', `${study}/study.yaml`, '-o', 'report', '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = readFileSync(w.path('report/report.html'), 'utf8');
    expect(report).toContain('The sample was drawn by year;');
    expect(readFileSync(w.path('report/tables/shares-copatents.csv'), 'utf8')).toMatch(/^USA,[^,]*,71/m);
  });
});
