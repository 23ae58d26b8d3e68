import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { regressionTable } from '../../src/regression-table.ts';
import { fileStem, renderCsv } from '../../src/render/csv.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { Table } from '../../src/types.ts';
import { failure, fitOf, paperVariables, table8, table8Fits } from '../paper-fits.ts';

const table = regressionTable(table8Fits, { id: 'main', number: 'Table 8', variables: paperVariables });
const HOSTILE = '=HYPERLINK("x")|<img src=x onerror=alert(1)>*_`';
const hostile = regressionTable([fitOf({ lngd: [-1, 0.5] })], { id: 'h', variables: { lngd: { label: HOSTILE } } });

const parse = (csv: string) => Papa.parse<string[]>(csv, { skipEmptyLines: true }).data;

describe('renderCsv', () => {
  it('comes back through papaparse as a rectangle with the full-precision numbers', () => {
    const rows = parse(renderCsv(table));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([9]));
    const estimate = rows.find((row) => row[0] === 'Distance × oil price' && row[2] === 'estimate');
    expect(estimate?.slice(3).map(Number)).toEqual(table8.map((printed) => printed.lngd[0]));
    const se = rows.find((row) => row[0] === 'Distance × oil price' && row[2] === 'se');
    expect(se?.slice(3).map(Number)).toEqual(table8.map((printed) => printed.lngd[1]));
  });

  it('writes hyphen-minus, no separators and nothing that looks like a date', () => {
    const csv = renderCsv(table);
    expect(csv).not.toContain('\u2212');
    const rows = parse(csv);
    expect(rows.find((row) => row[0] === 'Rows used')?.[3]).toBe('261');
    expect(rows.find((row) => row[0] === 'Rows given')?.[3]).toBe('450');
    expect(rows.find((row) => row[0] === 'Groups dropped')?.[3]).toBe('16');
  });

  it('keeps a label that a spreadsheet would run as text', () => {
    expect(parse(renderCsv(hostile))[1][0]).toBe(`'${HOSTILE}`);
    expect(parse(renderCsv(hostile))[1][3]).toBe('-1');
  });

  it('says why a column failed', () => {
    const rows = parse(renderCsv(regressionTable([table8Fits[0], failure], { id: 'x' })));
    expect(rows[1][4]).toBe(`${failure.error.code}: ${failure.error.message}`);
  });
});

describe('renderMarkdown', () => {
  it('keeps every row of the pipe table at the same number of cells, whatever the labels', () => {
    const lines = renderMarkdown(hostile)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const cells = lines.map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells).size).toBe(1);
    expect(renderMarkdown(hostile)).not.toMatch(/<img|[^\\]\*_/);
    expect(lines[2]).toContain('\\|&lt;img src=x onerror=alert(1)&gt;\\*\\_\\`');
  });

  it('escapes stars so that they stay stars', () => {
    expect(renderMarkdown(table)).toContain('| Patents of China (ln) | 1.023\\*\\*\\* |');
  });
});

describe('renderJson', () => {
  it('holds the printed text and the full number of each cell', () => {
    const json = JSON.parse(renderJson(table));
    expect(json.schema).toBe('table/1');
    const { interval, ...cell } = json.body[0].cells[0];
    expect(cell).toEqual({ text: '1.023', value: 1.023, stars: '***', kind: 'estimate' });
    // qnorm(0.975) of R 4.2.
    expect(interval.hi95).toBeCloseTo(1.023 + 1.959963985 * 0.15, 8);
    expect(json.fits).toBeUndefined();
  });
});

describe('fileStem', () => {
  it('gives a name that is safe on every file system', () => {
    const named = { id: '../a b/№1', number: 'Table 2', title: '' } as Table;
    expect(fileStem(named)).toBe('table-2-..-a-b-1');
    expect(fileStem(named)).not.toMatch(/[/\\: ]/);
  });
});
