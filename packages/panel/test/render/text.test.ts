import { describe, expect, it } from 'vitest';
import { regressionTable } from '../../src/regression-table.ts';
import { renderText } from '../../src/render/text.ts';
import { displayWidth, wrap } from '../../src/render/text-width.ts';
import type { Table } from '../../src/types.ts';
import { failure, paperVariables, table8Fits } from '../paper-fits.ts';
import { paperReport } from '../paper-report.ts';

const table = regressionTable(table8Fits, {
  id: 'main',
  number: 'Table 8',
  title: 'Gravity',
  variables: paperVariables,
});
const linesOf = (text: string) => text.split('\n');

describe('renderText', () => {
  it.each([60, 80, 100, 120, 160])('never writes a line wider than %i columns', (width) => {
    for (const line of linesOf(renderText(table, { width }))) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  it('cuts six columns into two even blocks at 80 and none at 120', () => {
    const heads = (width: number) => linesOf(renderText(table, { width })).filter((line) => /\(\d\) *$/.test(line));
    expect(heads(80).map((line) => line.match(/\(\d\)/g))).toEqual([
      ['(1)', '(2)', '(3)'],
      ['(4)', '(5)', '(6)'],
    ]);
    expect(heads(120)).toHaveLength(1);
  });

  it('wraps labels further where that keeps all columns in one block', () => {
    const cells = ['period (2)', 'not defined', 'F(2, 44)', '< 0.001', '−2.8e−5'].map((text) => ({
      text,
      kind: 'text' as const,
    }));
    const heads = ['Model', 'Statistic', 'Law', 'p', 'Smallest eigenvalue'];
    const label = 'Hausman test, conditional fixed against random effects';
    const tests: Table = {
      ...{ kind: 'table', id: 't', title: 'Tests', spanners: [], stub: 'Test', foot: [], notes: [] },
      columns: heads.map((head, j) => ({ head, align: j === 0 || j === 2 ? 'left' : 'right' })),
      body: [{ label, cells, kind: 'only' }],
    };
    const rules = linesOf(renderText(tests, { width: 100 })).filter((line) => line.startsWith('━'));
    expect(rules).toHaveLength(2);
  });

  it('lines the decimal points of every estimate and SE of a column up', () => {
    const block = linesOf(renderText(table, { width: 120 }));
    const from = block.findIndex((line) => line.startsWith('Patents of China'));
    const to = block.findIndex((line, i) => i > from && line.startsWith('─'));
    const points = block.slice(from, to).map((line) => [...line.matchAll(/\d\.\d/g)].map((m) => (m.index ?? 0) + 1));
    const columns = new Set(points.flat());
    expect(columns.size).toBe(6);
  });

  it('prints "–" for a term that is not in the model and the code of a failed column', () => {
    const text = renderText(
      regressionTable([...table8Fits.slice(0, 2), failure], { id: 'x', variables: paperVariables }),
    );
    expect(text).toMatch(/Innovation index +– +0\.568/);
    expect(text).toMatch(/Patents of China +1\.023\*\*\* +0\.910\*\*\* +fit\/no-convergence/);
  });

  it('colours only when asked', () => {
    expect(renderText(table)).not.toContain('\u001b');
    expect(renderText(table, { color: true })).toContain('\u001b[1m');
  });

  it('draws plain rules for terminals without box characters', () => {
    expect(renderText(table, { rules: 'plain' })).not.toMatch(/[━─]/);
  });
});

describe('renderText of words', () => {
  const words = 'Applications of residents at the partner’s own office, not patents granted in the United States';
  const row = (label: string) => ({
    label,
    cells: [
      { text: words, kind: 'text' as const },
      { text: '1,234', value: 1234, kind: 'count' as const },
      { text: words, kind: 'text' as const },
    ],
    kind: 'only' as const,
  });
  const wordy: Table = {
    kind: 'table',
    id: 'w',
    title: 'Variables',
    spanners: [],
    stub: 'Variable',
    columns: [
      { head: 'Meaning', align: 'left' },
      { head: 'full (1)–(4); parts (1)–(2); years; ols (1)–(2)', align: 'right' },
      { head: 'Source', align: 'left' },
    ],
    body: [row('A'), row('B')],
    foot: [],
    notes: [],
  };

  it.each([60, 80, 120])('breaks long cells and heads to stay within %i columns, dropping no word', (width) => {
    const text = renderText(wordy, { width });
    for (const line of linesOf(text)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    for (const word of new Set(words.split(' '))) expect(text.split(word).length - 1).toBeGreaterThanOrEqual(4);
    expect(linesOf(text).filter((line) => line.startsWith('Variable ')).length).toBe(1);
  });

  it.each([60, 80, 120])('keeps tables with bars and shares within %i columns', (width) => {
    for (const item of paperReport.sections.flatMap(({ items }) => items))
      for (const line of item.kind === 'table' ? linesOf(renderText(item, { width })) : [])
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });
});

describe('text widths', () => {
  it('counts East Asian characters as two columns and combining marks as none', () => {
    expect([displayWidth('中国'), displayWidth('e\u0301'), displayWidth('−0.1')]).toEqual([4, 1, 4]);
  });

  it('breaks a word only when it alone is too wide', () => {
    expect(wrap('a verylongword b', 6)).toEqual(['a', 'verylo', 'ngword', 'b']);
  });
});
