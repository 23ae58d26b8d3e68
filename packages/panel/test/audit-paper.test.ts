/** The audit of the paper that the project starts from: every number here was taken from the paper by hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditPublished } from '../src/audit.ts';
import type { Finding } from '../src/audit-findings.ts';
import { readPublished } from '../src/audit-read.ts';
import { readTable } from '../src/table-read.ts';

const folder = '../../../studies/belt-road-copatents/';
const text = (name: string) => readFileSync(new URL(folder + name, import.meta.url), 'utf8');
const yaml = text('published.yaml');
const file = 'sources/distance_oil.csv';
const sources = { [file]: readTable(text(file), { name: file }) };
const audit = auditPublished(readPublished(yaml, { file: 'published.yaml' }), sources);
const of = (rule: Finding['rule'], table = '') =>
  audit.findings.filter((f) => f.rule === rule && f.table.startsWith(table));
const cells = (table: string) => of('star-p', table).map((f) => `${f.column} ${f.term} ${f.printed}→${f.recomputed}`);

describe('the stars of the paper', () => {
  it('contradict 25 of 60 cells: 14 of 39, 5 of 14, 6 of 7', () => {
    expect(audit.cells).toBe(60);
    expect(of('star-p').every((f) => f.verdict === 'inconsistent')).toBe(true);
    const tables = ['table8', 'table9', 'table10'];
    expect(tables.map((t) => audit.verdicts.filter((v) => v.table.startsWith(`${t}_`)).length)).toEqual([39, 14, 7]);
    expect(tables.map((t) => of('star-p', `${t}_`).length)).toEqual([14, 5, 6]);
  });
  it('are told with the arithmetic', () => {
    expect(cells('table8')).toEqual([
      '(1) lnpatent2 ***→*',
      '(2) lnpatent2 ***→**',
      '(3) lnpatent2 ***→*',
      '(4) lnpatent2 ***→**',
      '(4) gdp ***→',
      '(5) lnpatent2 ***→**',
      '(5) gdp ***→',
      '(5) tig *→',
      '(5) constant **→*',
      '(6) lnpatent2 ***→*',
      '(6) in **→',
      '(6) re **→***',
      '(6) gdp ***→',
      '(6) constant **→',
    ]);
    expect(of('star-p')[0]).toEqual({
      rule: 'star-p',
      verdict: 'inconsistent',
      table: 'table8_full_sample',
      column: '(1)',
      term: 'lnpatent2',
      printed: '***',
      recomputed: '*',
      detail: '0.206/0.116 = 1.78, p = 0.076',
    });
  });
  it('stay the same 25 against t with the printed rows', () => {
    for (const dist of ['t:400', 't:441']) {
      const other = auditPublished(
        readPublished(yaml.replace('  period:', `  dist: ${dist}\n  period:`), { file: 'x' }),
        sources,
      );
      expect(other.findings.filter((f) => f.rule === 'star-p')).toHaveLength(25);
    }
  });
});

describe('the counts of the paper', () => {
  it('Table 1 sums to 1204 over 32 countries, not 1217 over 34', () => {
    expect(of('sum')).toMatchObject([{ table: 'table1_countries', printed: '1217', recomputed: '1204' }]);
    expect(of('sum')[0].detail).toContain('1204 over 32 rows');
    expect(of('text', 'table1_stated')).toMatchObject([
      { term: 'countries_cooperating', printed: '34', recomputed: '32' },
    ]);
  });
  it('India is 189 and 181', () => {
    expect(of('cross-table', 'table1')).toMatchObject([{ term: 'India', printed: '181', recomputed: '189' }]);
    expect(of('cross-table', 'table1')[0].detail).toContain('14.873% of 1217 is 181');
  });
  it('the regions do not add up', () => {
    expect(of('cross-table', 'figure2').map((f) => [f.term, f.printed, f.recomputed])).toEqual([
      ['Southeast Asia', '706', '691'],
      ['South Asia', '185', '193'],
      ['Central and Eastern Europe', '92', '94'],
      ['West Asia and the Middle East', '144', '136'],
    ]);
  });
  it('no printed counts give the top-five share', () => {
    expect(of('share')).toMatchObject([{ term: 'top5', printed: '80.937%', verdict: 'inconsistent' }]);
    expect(of('share')[0].detail).toMatch(/985.*988\/1217 = 81\.183%, 980\/1217 = 80\.526%/);
  });
  it('an increase of 8.72 times is a ratio', () => {
    expect(of('text', 'figure1')).toMatchObject([{ printed: '8.72', recomputed: '7.72' }]);
  });
});

describe('the sample and the tests of the paper', () => {
  it('N = 450 is more than 29 countries and than the lag leave', () => {
    const [conditional, lag] = of('n-feasible', 'table8');
    expect(conditional).toMatchObject({ verdict: 'impossible', printed: '450', recomputed: 'at most 290' });
    expect(conditional.detail).toContain('at most 29 of the 45 units');
    expect(lag).toMatchObject({ verdict: 'inconsistent', recomputed: 'at most 405' });
    expect(of('n-feasible', 'table8')).toHaveLength(2);
    expect(of('n-feasible', 'table10').map((f) => f.recomputed)).toEqual(['at most 405']);
  });
  it('the second period takes its lag from the first', () => {
    const second = of('n-feasible', 'table9').filter((f) => f.column === '2013-2017');
    expect(second.map((f) => f.recomputed)).toEqual(['at most 145']);
  });
  it('the Hausman test has 6 degrees of freedom', () => {
    expect(of('df')).toMatchObject([{ table: 'table7_hausman', recomputed: '6' }]);
  });
  it('lnpatent1 varies only over time', () => {
    expect(of('identification').map((f) => f.term)).toEqual(['lnpatent1']);
  });
  it('the maximum of lngd is out of reach, its minimum is not', () => {
    expect(of('range')).toMatchObject([
      { term: 'lngd', column: 'max', printed: '13.950', recomputed: '13.667', verdict: 'impossible' },
    ]);
  });
  it('signs are told against Table 5', () => {
    expect(of('sign').map((f) => `${f.table} ${f.column} ${f.term}`)).toEqual([
      'table8_full_sample (5) tig',
      'table8_full_sample (6) tig',
      'table9_periods 2008-2012 in',
      'table9_periods 2013-2017 re',
    ]);
  });
  it('steps that the printed errors do not allow', () => {
    expect(of('stability').map((f) => `${f.column} ${f.term}`)).toEqual(['(4) lnpatent1', '(3) lngd']);
  });
});

describe('sentences of the paper', () => {
  it('are told where a cell contradicts them, and only there', () => {
    const claims = of('text').filter((f) => !['figure1_time', 'table1_stated'].includes(f.table));
    expect(claims.map((f) => `${f.term} ${f.printed} ${f.column}`)).toEqual([
      'lnpatent2 significant at 0.01 (1), (2), (3), (4), (5), (6)',
      'in significant at 0.05 (6)',
      'gdp significant at 0.01 (4), (5), (6)',
      'in not significant at 0.10 2008-2012',
      're not significant at 0.10 2013-2017',
      'West Asia and the Middle East 0 ',
    ]);
  });
  it('finds nothing more: 55 in all, and what no rule reads is named', () => {
    expect(audit.findings).toHaveLength(55);
    expect(audit.unread).toEqual(['table3_stated.multinational_enterprises']);
  });
});

describe('the same paper without its errors', () => {
  it('has no finding', () => {
    const repaired = `
meta: { title: Repaired, period: [2008, 2017], estimator: conditional fixed-effects negative binomial lagged one year, stars: {"***": 0.01, "**": 0.05, "*": 0.10} }
figure1_time: { counts: {2008: 25, 2017: 218}, total: 1204, stated: [{text: "an increase of 7.72 times", from: 25, to: 218, times: 7.72}, {text: "a ratio of 8.72", from: 25, to: 218, times: 8.72}] }
table1_countries: { Singapore: 1000, India: 200, Israel: 4, Nepal: 0 }
table1_stated: { countries_cooperating: 3, top2: {Singapore: 1000, India: 200}, shares_percent: {Singapore: 83.06, top2: 99.67} }
table2_regions: { South: [India, Nepal], East: [Singapore], West: [Israel] }
figure2_regions: { South: 200, East: 1000, West: 4 }
table5_variables: { x: {expected: "+"}, z: {expected: "-"} }
sample: { partners_used: 4, years: 10, used: [Singapore, India, Israel, Nepal] }
table7_hausman: { statistic: 20.86, p: 0.002, df: 6 }
table8_main: { "(1)": { x: [0.206, 0.116, "*"], z: [-0.5, 0.1, "***"] }, "(2)": { x: [0.2, 0.116, "*"], z: [-0.5, 0.1, "***"], w: [0.1, 0.1, ""] } }
table8_nobs: 27
`;
    expect(auditPublished(readPublished(repaired, { file: 'x' })).findings).toEqual([]);
  });
});
