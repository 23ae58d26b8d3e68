/** Descriptive parts by a region scheme. */
import { describe, expect, test } from 'vitest';
import { describe as describePanel } from '../src/describe.ts';
import { countryBook, readScheme, shippedScheme } from '../src/regions.ts';
import type { DescribeSpec } from '../src/study.ts';
import { readTable } from '../src/table-read.ts';
import type { Figure, Table } from '../src/types.ts';
import { textOf } from './study-of.ts';
import { thrown } from './thrown.ts';

const CSV = `who,year,n
Singapore,2010,5
Laos,2010,1
India,2010,3
Germany,2010,2
Singapore,2011,7
Laos,2011,0
India,2011,4
Germany,2011,1
`;
const own = readScheme('title: Two halves\nregions:\n  East: [SG, Laos]\n  South: [India, Nepal]\n', 'halves.yaml');
const book = countryBook((name) => (name === 'halves.yaml' ? own : shippedScheme(name)));
const made = (spec: object, csv = CSV) =>
  describePanel(readTable(csv, { name: 'rows.csv' }), spec as DescribeSpec, {}, { countries: book })[0];
const rows = (table: Table) => table.body.map((row) => [row.label, row.cells[0].value]);

describe('regions of a descriptive part', () => {
  test('add up countries by region, and name those in none', () => {
    const table = made({ kind: 'shares', count: 'n', by: 'who', regions: 'halves.yaml' }) as Table;
    // 5 + 1 + 7 + 0, 3 + 4, 2 + 1.
    expect(rows(table)).toEqual([
      ['East', 13],
      ['South', 7],
      ['In no region', 3],
    ]);
    expect(table.stub).toBe('Region');
    expect(table.notes).toContain('Regions: Two halves.');
    expect(table.notes).toContain('In no region: Germany.');
  });

  test('give the same numbers as a column of regions: the shipped scheme and the study of the paper', () => {
    const csv = textOf('studies/belt-road-copatents/data/partners.csv');
    const spec = { kind: 'shares', count: 'collaboration' };
    const scheme = made({ ...spec, by: 'partner', regions: 'belt-road' }, csv) as Table;
    const column = made({ ...spec, by: 'region' }, csv) as Table;
    expect(rows(scheme)).toEqual(rows(column));
    expect(scheme.notes.join(' ')).not.toContain('In no region');
  });

  test('make a mapping, which also names what the table lacks', () => {
    const table = made({ kind: 'mapping', unit: 'who', regions: 'halves.yaml' }) as Table;
    expect(table.id).toBe('mapping-region');
    expect(table.body.map((row) => [row.label, row.cells[1].text])).toEqual([
      ['East', 'Singapore, Laos'],
      ['South', 'India'],
      ['In no region', 'Germany'],
    ]);
    expect(table.notes).toContain('Of the scheme, but not in the table: Nepal.');
  });

  test('make series and crosstabs', () => {
    const series = made({ kind: 'series', count: 'n', by: 'who', time: 'year', regions: 'halves.yaml' }) as Figure;
    expect(series.table.columns.map(({ head }) => head)).toEqual(['Total', 'East', 'South', 'In no region']);
    const crosstab = made({
      kind: 'crosstab',
      count: 'n',
      rows: 'year',
      columns: 'who',
      regions: 'halves.yaml',
    }) as Table;
    expect(crosstab.body.map((row) => row.cells.at(-1)!.text)).toEqual([
      'East 7, South 4, In no region 1',
      'East 6, South 3, In no region 2',
    ]);
  });

  test('stop at a name that is no country or several, at a scheme that is none, and without the book', () => {
    const shares = { kind: 'shares', count: 'n', by: 'who', regions: 'belt-road' };
    expect(thrown(() => made(shares, 'who,n\nAtlantis,1\n'))).toMatchObject({ code: 'country/unknown' });
    expect(thrown(() => made(shares, 'who,n\nKorea,1\n'))).toMatchObject({ code: 'country/ambiguous' });
    expect(thrown(() => made({ ...shares, regions: 'belt-raod' }))).toMatchObject({
      code: 'countries/unknown-scheme',
      hint: expect.stringContaining('belt-road'),
    });
    expect(thrown(() => made({ ...shares, by: undefined })).code).toBe('describe/regions-without-by');
    expect(thrown(() => made({ kind: 'mapping', unit: 'who' })).code).toBe('describe/mapping-without-group');
    const table = readTable(CSV, { name: 'rows.csv' });
    expect(thrown(() => describePanel(table, shares as DescribeSpec)).code).toBe('describe/no-countries');
  });

  test('a country in two regions is an error of the scheme', () => {
    expect(thrown(() => readScheme('regions: { A: [SG, IN], B: [Singapore] }', 'two.yaml'))).toMatchObject({
      code: 'countries/two-regions',
      message: expect.stringContaining('SGP stands in two regions'),
    });
  });
});
