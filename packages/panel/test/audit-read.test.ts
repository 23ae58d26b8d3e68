import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { auditPublished } from '../src/audit.ts';
import { readGrid } from '../src/audit-grid.ts';
import { readPublished } from '../src/audit-read.ts';
import { publishedJsonSchema, publishedSchema } from '../src/audit-schema.ts';
import { thrown } from './thrown.ts';

const read = (text: string) => readPublished(text, { file: 'tables.yaml' });
const findings = (text: string) => auditPublished(read(text)).findings;

describe('a published-tables file', () => {
  it('keeps the digits as printed', () => {
    const [table] = read('t: { "(1)": { x: [0.150, .20, "*"], z: ["−1,200.50", 1e-05, ""] } }').regressions;
    expect(table.columns[0].cells.map((c) => [c.estimate.text, c.estimate.digits, c.second?.digits])).toEqual([
      ['0.150', 3, 2],
      ['−1,200.50', 2, 5],
    ]);
  });
  it('is read from JSON too, and from the shape of its sections', () => {
    const json = JSON.stringify({ main: { x: { estimate: '0.50', se: '0.10', stars: '***' } }, main_nobs: 50 });
    const [table] = read(json).regressions;
    expect(table).toMatchObject({ id: 'main', columns: [{ name: '(1)', nobs: { value: 50 } }] });
  });
  it('takes stars, law and what stands in brackets from its settings', () => {
    expect(
      findings('t1_a: { x: [0.5, 2.2, "*"] }\nt1_settings: { second: t, dist: normal, stars: {"*": 0.05} }'),
    ).toEqual([]);
    expect(
      findings('t1_a: { x: [0.5, 2.2, "*"] }\nt1_settings: { second: t, dist: "t:4", stars: {"*": 0.05} }'),
    ).toHaveLength(1);
  });
  it('does not take a table without any star for one whose cells all earned none', () => {
    const audit = auditPublished(read('t: { x: [5.0, 0.1] }'));
    expect([audit.cells, audit.unread]).toEqual([0, ['stars of t (none printed)']]);
    expect(findings('t: { x: [5.0, 0.1, ""] }')).toHaveLength(1);
  });
  test.each([
    ['t: { x: [0.5, 0.1, "*"', 'audit/syntax'],
    ['', 'audit/not-tables'],
    ['- 1', 'audit/not-tables'],
    ['a: &x { b: [1.0, 0.1, "*"] }\nc: *x', 'audit/alias'],
    ['t: { "(1)": { x: [0.5, 0.1, "*"], z: [abc, 0.1, ""] } }', 'audit/wrong-value'],
    ['t: { x: [0.5, 0.1, "*"], z: [0.5, 0.1, "", 7] }', 'audit/wrong-value'],
    ['meta: { stars: {"*": high} }\nt: { x: [0.5, 0.1, "*"] }', 'audit/wrong-value'],
    ['t: { x: [0.5, 0.1, "*"] }\nt_settings: { sceond: t }', 'audit/unknown-key'],
    ['sample: { used: [a], partner: 3 }', 'audit/unknown-key'],
  ])('%s is an error with its place', (text, code) => {
    const error = thrown(() => read(text));
    expect(error.code).toBe(code);
    expect(error.at).toMatchObject({ file: 'tables.yaml', line: expect.any(Number) });
    expect(error.hint).toBeTruthy();
  });
  it('with a star that has no level is an error, not a guess', () => {
    expect(thrown(() => findings('t: { x: [0.5, 0.1, "+"] }')).code).toBe('audit/unknown-stars');
  });
  it('has a JSON Schema, which the paper’s own file fits', () => {
    const schema = publishedJsonSchema() as { properties: Record<string, unknown>; additionalProperties: unknown };
    expect(Object.keys(schema.properties)).toEqual(['meta', 'sample', 'sources', 'claims']);
    expect(schema.additionalProperties).toBeTruthy();
    expect(publishedSchema).toBeInstanceOf(z.ZodObject);
    const paper = read(
      readFileSync(new URL('../../../studies/belt-road-copatents/published.yaml', import.meta.url), 'utf8'),
    );
    expect(paper.regressions.map((r) => r.id)).toEqual([
      'table8_full_sample',
      'table9_periods',
      'table10_ols_robustness',
    ]);
  });
  it('checks tests, summaries and sentences of other papers', () => {
    const text = `
hausman: { statistic: 12.5, p: 0.50, df: 4 }
summary_stats: { x: [100, 2.5, 0.4, 3.0, 4.0], y: [100, 3.5, 9.0, 3.0, 4.0], z: [100, 3.5, 0.4, 3.0, 4.0] }
table2_main: { a: [0.50, 0.10, "***"] }
claims:
  - { text: "sales doubled", from: 100, to: 150, times: 2.0 }
  - { text: "30 of 80, 40%", part: 30, whole: 80, percent: 40 }
  - { text: "a is above 0.6", table: table2, term: a, above: 0.6 }
`;
    expect(findings(text).map((f) => `${f.rule} ${f.term}`)).toEqual([
      'df df',
      'range x',
      'range y',
      'text times',
      'text percent',
      'text a',
    ]);
  });
});

describe('a CSV grid', () => {
  it('keeps its tables, columns and rows, with or without optional columns', () => {
    const grid = readGrid(
      'table,column,term,estimate,se,stars,nobs\na,(1),x,0.206,0.116,***,450\na,(2),x,0.5,(0.1),***,\nb,(1),z,1.0**,0.4,,',
      { file: 'g.csv' },
    );
    expect(grid.regressions.map((t) => [t.id, t.columns.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(grid.regressions[1].columns[0].cells[0]).toMatchObject({ stars: '**', estimate: { text: '1.0' } });
    expect(auditPublished(grid).findings).toMatchObject([
      { table: 'a', column: '(1)', term: 'x', printed: '***', recomputed: '*' },
    ]);
    expect(auditPublished(readGrid('term;estimate;p;stars\nx;1.0;0.03;**', { file: 'g' })).cells).toBe(1);
  });
  test.each([
    ['term,estimte,se\nx,1,2', 'audit/unknown-column'],
    ['term,se\nx,1', 'audit/missing-column'],
    ['term,estimate,se\nx,n/a,0.1', 'audit/wrong-value'],
    ['term,estimate,se\nx,1', 'audit/syntax'],
  ])('%s is an error', (text, code) => {
    expect(thrown(() => readGrid(text, { file: 'g.csv' }))).toMatchObject({
      code,
      at: { file: 'g.csv', row: expect.any(Number) },
    });
  });
});
