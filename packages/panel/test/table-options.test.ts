/** What a study asks of its tables: quantities, order, groups, panels, statistics; and what is refused. */
import { describe, expect, it } from 'vitest';
import { tableProblems } from '../src/audit-table.ts';
import { PanelError } from '../src/errors.ts';
import { fitSpec } from '../src/fit.ts';
import { planStudy } from '../src/plan.ts';
import { panelTable, regressionTable } from '../src/regression-table.ts';
import { renderCsv } from '../src/render/csv.ts';
import { renderTableHtml } from '../src/render/html.ts';
import { renderMarkdown } from '../src/render/markdown.ts';
import { renderText } from '../src/render/text.ts';
import { displayWidth } from '../src/render/text-width.ts';
import { runStudy } from '../src/run-study.ts';
import { readStudy } from '../src/study-read.ts';
import type { Fit, Table } from '../src/types.ts';
import { csvOf, frameOf, panelOf } from './make-frame.ts';
import { failure, fitOf, paperVariables, table8, table8Fits, table9Fits } from './paper-fits.ts';
import { kernels } from './study-of.ts';

const variables = paperVariables;
const labels = (table: Table) => table.body.filter(({ label }) => label !== '').map(({ label }) => label);
const rowOf = (table: Table, label: string) => table.body.find((row) => row.label === label)!;

describe('quantities', () => {
  it('give the rate ratio with its delta-method standard error and the limits of the interval', () => {
    const table = regressionTable([table8Fits[5]], { id: 't', variables, as: ['irr'], show: 'se' });
    const [b, se] = table8[5].lngd;
    const cell = rowOf(table, 'Distance × oil price').cells[0];
    expect(cell.value).toBeCloseTo(Math.exp(b), 14);
    expect(table.body[table.body.indexOf(rowOf(table, 'Distance × oil price')) + 1].cells[0].value).toBeCloseTo(
      Math.exp(b) * se,
      14,
    );
    const ci = regressionTable([table8Fits[5]], { id: 't', variables, as: ['irr'], show: 'ci' });
    // exp(−0.157 ± qnorm(0.975) 0.174) in R 4.2: 0.60772, 1.20206.
    expect(ci.body[ci.body.indexOf(rowOf(ci, 'Distance × oil price')) + 1].cells[0].text).toBe('[0.608, 1.202]');
    expect(table.notes.join(' ')).toContain('IRR: exp(b)');
  });

  it('keep the stars of b, and stand beside it under the number of the fit', () => {
    const table = regressionTable(table8Fits.slice(4), { id: 't', variables, as: ['estimate', 'irr'] });
    expect(table.columns.map(({ head }) => head)).toEqual(['b', 'IRR', 'b', 'IRR']);
    expect(table.spanners.filter(({ label }) => /^\(\d\)$/.test(label))).toEqual([
      { label: '(1)', from: 0, to: 1, level: 1 },
      { label: '(2)', from: 2, to: 3, level: 1 },
    ]);
    const [b, irr] = rowOf(table, 'Patents of China').cells;
    expect(irr.stars).toBe(b.stars);
    expect(table.foot[0].cells[0].span).toBe(2);
  });

  it('give elasticities at the mean of the sample, and b itself for a logarithm', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [1 + (i % 7), ((i * 7) % 11) / 2, 1 + ((i * 5) % 13)]);
    const frame = frameOf(csvOf(['y', 'x', 'z'], rows));
    const [fit] = fitSpec(
      frame,
      { id: 'a', model: 'poisson', formula: 'y ~ x + log(z) + x:z', vcov: { type: 'iid' } },
      kernels,
    );
    const table = regressionTable([fit], { id: 't', as: ['elasticity'] });
    const mean = rows.reduce((sum, [, x]) => sum + x, 0) / rows.length;
    const [b, log] = ['x', 'log(z)'].map((term) => (fit as Fit).coefficients.find((c) => c.term === term)!);
    expect(rowOf(table, 'x').cells[0].value).toBeCloseTo(b.estimate * mean, 12);
    expect(table.body[table.body.indexOf(rowOf(table, 'x')) + 1].cells[0].value).toBeCloseTo(b.se * mean, 12);
    expect(rowOf(table, 'log(z)').cells[0].value).toBe(log.estimate);
    expect(table.body.find(({ term }) => term === 'x:z')!.cells[0].kind).toBe('empty');
    expect(rowOf(table, 'Constant').cells[0].kind).toBe('empty');
  });
});

describe('layout and rows', () => {
  it('puts the SE into a column of its own, whatever the format', () => {
    const table = regressionTable(table8Fits.slice(4), { id: 't', variables, layout: 'beside' });
    expect(table.columns.map(({ head }) => head)).toEqual(['Estimate', 'SE', 'Estimate', 'SE']);
    expect(table.body.every(({ kind }) => kind === 'only')).toBe(true);
    expect(renderText(table, { width: 100 })).toMatch(
      /Patents of China +0\.723\*\*\* +\(0\.160\) +0\.718\*\*\* +\(0\.145\)/,
    );
    expect(renderMarkdown(table)).toContain('| 0.723\\*\\*\\* | (0.160) | 0.718\\*\\*\\* | (0.145) |');
    expect(renderTableHtml(table)).toContain('colspan="2"');
    for (const line of renderText(table, { width: 60 }).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  it('orders and leaves out rows, and prints only the statistics asked for', () => {
    const table = regressionTable(table8Fits, {
      id: 't',
      variables,
      order: ['gdp', 'in'],
      omit: ['(Intercept)'],
      stats: ['loglik', 'rows'],
    });
    expect(labels(table).slice(0, 3)).toEqual(['GDP', 'Innovation index', 'Patents of China']);
    expect(labels(table)).not.toContain('Constant');
    expect(table.foot.map(({ label }) => label)).toEqual(['Log-likelihood', 'Rows used / given']);
    expect(table.notes.join(' ')).toContain('Not shown: Constant.');
  });

  it('heads groups of columns above all else', () => {
    const table = regressionTable(table8Fits, { id: 't', variables, groups: [{ label: 'Short', from: 1, to: 3 }] });
    expect(table.spanners[0]).toEqual({ label: 'Short', from: 0, to: 2, level: 0 });
    expect(table.spanners[1].level).toBe(1);
  });
});

describe('the audit of written tables', () => {
  const beside = regressionTable(table8Fits, { id: 't', variables, layout: 'beside' });

  it('reads errors in a column of their own, and rate ratios as what they are', () => {
    expect(tableProblems(beside)).toEqual([]);
    expect(tableProblems(regressionTable(table8Fits, { id: 't', variables, as: ['irr'] }))).toEqual([]);
    expect(tableProblems(regressionTable(table8Fits, { id: 't', variables, as: ['estimate', 'irr'] }))).toEqual([]);
  });

  it('finds a star too many beside its error', () => {
    const wrong = structuredClone(beside);
    rowOf(wrong, 'GDP').cells[6].stars = '***';
    // 0.056/0.281 = 0.20.
    expect(tableProblems(wrong)).toEqual([expect.stringMatching(/^GDP, Estimate: 0\.056\*\*\* over \(0\.281\)/)]);
  });
});

describe('panelTable', () => {
  const panels = [
    { title: 'Panel A. Whole sample', results: [...table8Fits.slice(4), failure] },
    { title: 'Panel B. Periods', results: table9Fits },
  ];
  const table = panelTable(panels, { id: 'p', variables, stats: ['rows'] });

  it('sets coefficients and statistics of each panel under its heading, shorter panels filled up', () => {
    const headings = table.body.filter(({ kind }) => kind === 'heading').map(({ label }) => label);
    expect(headings.map((label) => label.slice(0, 7))).toEqual(['Panel A', 'Panel B']);
    for (const row of table.body.filter(({ kind }) => kind !== 'heading')) expect(row.cells).toHaveLength(3);
    expect(table.body.filter(({ label }) => label === 'Rows used / given')).toHaveLength(2);
    expect(table.body.find(({ cells }) => cells[0]?.text === '2008–2012')).toBeDefined();
  });

  it('stays a rectangle in CSV and Markdown, one table body a panel in HTML', () => {
    const lines = renderCsv(table).trimEnd().split('\r\n');
    expect(new Set(lines.map((line) => line.replace(/"[^"]*"/g, '').split(',').length)).size).toBe(1);
    expect(renderMarkdown(table)).toMatch(/\| \*\*Panel B.*\*\* \| {2}\| {2}\| {2}\|/);
    const html = renderTableHtml(table);
    expect(html.match(/<tbody>/g)).toHaveLength(2);
    expect(html.match(/<th scope="rowgroup" colspan="4">/g)).toHaveLength(2);
  });

  it('says a note of one panel with its name', () => {
    expect(table.notes.some((note) => note.startsWith('Panel A: (3) failed'))).toBe(true);
  });
});

describe('a spreadsheet', () => {
  it.each(['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1+1', '\r=1', ' =1+1', '＝1+1'])(
    'takes the label %j as text',
    (label) => {
      const csv = renderCsv(
        regressionTable([fitOf({ x: [1, 0.5] })], { id: 't', variables: { x: { label, unit: label } } }),
      );
      const cells = csv.split('\r\n').flatMap((line) => line.split(',').map((cell) => cell.replace(/^"/, '')));
      expect(cells.filter((cell) => cell.includes('1'))).not.toHaveLength(0);
      for (const cell of cells) expect(/^\s*[=+@＝]|^\s*-(?!\d+(\.\d+)?$)/.test(cell), cell).toBe(false);
    },
  );
});

describe('tables of a study', () => {
  const HEAD =
    'version: 1\ntitle: A\ndata: { path: a.csv, unit: id, time: year }\nmodels:\n  a: { model: poisson, formula: "y ~ csw(x, z)" }\n  o: { model: ols, formula: y ~ x }\n';
  const csv = csvOf(
    ['id', 'year', 'y', 'x', 'z'],
    Array.from({ length: 60 }, (_, i) => [Math.floor(i / 6), i % 6, (i * 7) % 5, (i * 3) % 7, (i * 5) % 9]),
  );
  const run = async (tables: string) => {
    const { study, source } = readStudy(`${HEAD}tables:\n  t: ${tables}\n`, { file: 's.yaml' });
    return runStudy(study, panelOf(csv), kernels, undefined, { source });
  };
  const refusal = async (tables: string) => {
    const error = await run(tables).catch((e: unknown) => e);
    if (!(error instanceof PanelError)) throw new Error(`not refused: ${tables}`);
    return error;
  };

  it.each([
    ['{ models: [a], panels: [{ title: A, models: [a] }, { title: B, models: [a] }] }', 'study/models-and-panels', 8],
    ['{ title: nothing }', 'study/no-models', 8],
    ['{ models: [o], as: [irr] }', 'study/no-ratio', 8],
    ['{ models: [a], order: [w] }', 'study/unknown-term', 8],
    ['{ models: [a], omit: [xx] }', 'study/unknown-term', 8],
    ['{ models: [a], labels: { w: W } }', 'study/unknown-term', 8],
    ['{ models: [a], groups: [{ label: G, columns: "1:3" }] }', 'study/wrong-group', 8],
    ['{ models: [a], groups: [{ label: G, columns: "1:2" }, { label: H, columns: 2 }] }', 'study/wrong-group', 8],
    ['{ panels: [{ title: A, models: [a] }, { title: B, models: [b] }] }', 'study/unknown-model', 8],
    ['{ models: [a], stats: [rsq] }', 'study/wrong-value', 8],
  ])('refuses %s with its place', async (tables, code, line) => {
    const error = await refusal(tables);
    expect(error.code).toBe(code);
    expect(error.at?.line).toBe(line);
    expect(error.hint).toBeTruthy();
  });

  it('come out as asked', async () => {
    const { report } = await run(
      '{ panels: [{ title: "Panel A. Steps", models: [a] }, { title: "Panel B. Linear", models: [o] }], labels: { x: "Exposure ($)" }, order: [z], landscape: true, stats: [rows] }',
    );
    const table = report.sections[0].items[0] as Table;
    expect(labels(table)).toEqual([
      'Panel A. Steps: y · Poisson',
      'z',
      'Exposure ($)',
      'Constant',
      'Rows used / given',
      'Panel B. Linear: y · least squares',
      'Exposure ($)',
      'Constant',
      'Rows used / given',
    ]);
    expect(table.landscape).toBe(true);
  });

  it('plan without data', () => {
    const { study } = readStudy(`${HEAD}tables:\n  t: { models: [a], groups: [{ label: G, columns: 2 }] }\n`, {
      file: 's.yaml',
    });
    expect(planStudy(study).tables[0]).toMatchObject({ id: 't', models: ['a'] });
  });
});
