/** The prepared data of the studies: reproducible bytes, and agreement with an independent assembly. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const study = new URL('../../../studies/china-copublications/', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, study));
const text = (name: string) => readFileSync(path(name), 'utf8');

function records(csv: string): Record<string, string>[] {
  const [head, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
}
const panel = records(text('data/panel.csv'));

/** Columns of the independent assembly (rows of 2017) that say the same as ours (rows of 2018). */
const SAME: [ours: string, theirs: string][] = [
  ['dist_km', 'dist_km'],
  ['distw_km', 'distw_km'],
  ['contig', 'contig'],
  ['comlang_off', 'comlang_off'],
  ['wti_lag1', 'wti_usd_bbl'],
  ['brent_lag1', 'brent_usd_bbl'],
  ['gdp_partner_lag1', 'gdp_const2015_usd'],
  ['population_partner_lag1', 'population'],
  ['patents_china_lag1', 'office_resident_china'],
  ['patents_partner_lag1', 'office_resident_partner'],
  ['articles_china_lag1', 'sci_articles_china'],
  ['articles_partner_lag1', 'sci_articles_partner'],
];

describe('studies/china-copublications/data', () => {
  test('panel.csv is what prepare.mjs makes of data/raw, byte for byte', () => {
    const made = execFileSync(process.execPath, [path('prepare.mjs'), '--stdout']);
    expect(made.equals(readFileSync(path('data/panel.csv')))).toBe(true);
  });

  test('each study names the hash of its data', () => {
    for (const [folder, file] of [
      ['china-copublications', 'panel.csv'],
      ['hhg-patents', 'patents_rdus.csv'],
      ['belt-road-copatents', 'panel.csv'],
    ]) {
      const hash = createHash('sha256')
        .update(readFileSync(path(`../${folder}/data/${file}`)))
        .digest('hex');
      expect(text(`../${folder}/study.yaml`)).toContain(`sha256: ${hash}`);
    }
  });

  test('the joined values of 2018 equal an independent assembly of the same sources', () => {
    const theirs = records(text('data/check/china_bri_2017.csv'));
    const shared = panel.filter((row) => row.year === '2018' && theirs.some((t) => t.iso3 === row.iso3));
    expect(shared).toHaveLength(14);
    for (const row of shared) {
      const other = theirs.find((t) => t.iso3 === row.iso3)!;
      for (const [ours, name] of SAME) {
        const at = `${row.iso3} ${ours}`;
        // They print 15 significant digits; we copy the source's text.
        if (other[name] === '') expect(row[ours], at).toBe('');
        else
          expect(
            Math.abs(Number(row[ours]) / Number(other[name] || 1) - 1) <= 1e-14 || row[ours] === other[name],
            at,
          ).toBe(true);
      }
    }
  });

  test('holds 219 real counts, none of them zero, and never more than the whole of either side', () => {
    expect(panel).toHaveLength(219);
    expect(new Set(panel.map((row) => row.partner)).size).toBe(46);
    for (const row of panel) {
      expect(Number(row.copubs)).toBeGreaterThan(0);
      expect(Number(row.intl_china_others)).toBe(Number(row.intl_china) - Number(row.copubs));
      expect(Number(row.intl_partner_others)).toBeGreaterThan(0);
    }
  });

  test('leaves empty what the sources lack: Taiwan in the World Bank, 12 patent counts, articles before 2003', () => {
    const empty = (column: string) => panel.filter((row) => row[column] === '');
    expect(new Set(empty('gdp_partner_lag1').map((row) => row.iso3))).toEqual(new Set(['TWN']));
    expect(empty('gdp_partner_lag1')).toHaveLength(5);
    expect(empty('patents_partner_lag1')).toHaveLength(12);
    expect(new Set(empty('articles_china_lag1').map((row) => row.year))).toEqual(new Set(['1996', '2003']));
  });
});

describe('studies/belt-road-copatents/data', () => {
  const here = new URL('../../../studies/belt-road-copatents/', import.meta.url);
  const at = (name: string) => fileURLToPath(new URL(name, here));
  const bytes = (names: string[]) => Buffer.concat(names.map((name) => readFileSync(at(`data/${name}`))));
  const made = (script: string) => execFileSync(process.execPath, [at(script), '--stdout']);
  const read = (name: string) => records(readFileSync(at(`data/${name}`), 'utf8'));

  test('the covariates without a source are what simulate.mjs draws, byte for byte', () => {
    expect(made('simulate.mjs').equals(bytes(['simulated.csv']))).toBe(true);
  });

  test('the tables are what prepare.mjs makes of the records, byte for byte', () => {
    const names = ['panel', 'partners', 'copatents', 'applicants', 'fields'].map((name) => `${name}.csv`);
    expect(made('prepare.mjs').equals(bytes(names))).toBe(true);
  });

  test('the real covariates equal an independent assembly of the same sources', () => {
    const theirs = new Map(read('check/china_bri_panel.csv').map((row) => [`${row.iso3} ${row.year}`, row]));
    const rows = read('panel.csv');
    expect(rows).toHaveLength(450);
    for (const row of rows) {
      const other = theirs.get(`${row.iso3} ${row.year}`)!;
      expect([row.dist_km, row.tig, row.lan].map(Number)).toEqual(
        [other.dist_km, other.contig, other.comlang_off].map(Number),
      );
      expect(Number(row.wti)).toBe(Number(other.wti_usd_bbl));
      // They print ln(distance × WTI) with 10 decimals, GDP with 8.
      expect(Math.abs(Math.log(Number(row.dist_km) * Number(row.wti)) - Number(other.ln_dist_wti))).toBeLessThan(6e-11);
      expect(Math.abs(Number(row.gdp) - Number(other.gdp_linked_100bn))).toBeLessThan(6e-9);
    }
  });

  test('a patent is counted once a partner, and never more often than the partner has patents', () => {
    const pairs = read('records/copatents.csv').map((row) => `${row.patent_id} ${row.partner}`);
    expect(new Set(pairs).size).toBe(1204);
    for (const row of read('records/panel.csv')) expect(Number(row.copatents)).toBeLessThanOrEqual(Number(row.patent2));
  });
});
