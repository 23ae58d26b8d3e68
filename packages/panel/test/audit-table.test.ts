/** gravpanel's own tables pass its audit, and one that was changed does not. */
import { loadKernels } from '@gravpanel/core-wasm';
import { fixtureText } from '@gravpanel/test-fixtures';
import { expect, test } from 'vitest';
import { checkTable, tableProblems } from '../src/audit-table.ts';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { panelTable, type RegressionTableOptions, regressionTable } from '../src/regression-table.ts';
import { readTable } from '../src/table-read.ts';
import type { FitSpec } from '../src/types.ts';
import { thrown } from './thrown.ts';

const kernels = await loadKernels();
const frame = setPanel(readTable(fixtureText('data', 'patents_rdus.csv'), { name: 'rdus' }), ['id'], 'year');
const spec = (rest: Partial<FitSpec>): FitSpec => ({
  id: 'a',
  model: 'ols',
  formula: 'patents ~ csw0(logr, logk, scisect)',
  vcov: { type: 'iid' },
  ...rest,
});
const results = [
  ...fitSpec(frame, spec({}), kernels),
  ...fitSpec(frame, spec({ vcov: { type: 'cluster', by: [['year']] } }), kernels),
  ...fitSpec(frame, spec({ model: 'nb2' }), kernels),
];

const STYLES: Partial<RegressionTableOptions>[] = [
  {},
  { digits: 1 },
  { digits: 6 },
  { show: 't' },
  { show: 'p' },
  { show: 'ci' },
  { stars: 'none' },
  { stars: [0.05, 0.001] },
];
test.each(STYLES)('a table with %j passes', (style) => {
  expect(tableProblems(regressionTable(results, { id: 't', ...style }))).toEqual([]);
});

const panels = [
  { title: 'Panel A. Least squares', results: results.slice(0, 4) },
  { title: 'Panel B. Negative binomial', results: results.slice(8) },
];
test.each(STYLES.slice(0, 5))('panels with %j pass', (style) => {
  expect(tableProblems(panelTable(panels, { id: 't', ...style }))).toEqual([]);
});

test.each([0, 1])('a wrong star in panel %i is a defect', (k) => {
  const table = panelTable(panels, { id: 't' });
  const from = table.body.findIndex((row) => row.label.startsWith(panels[k].title));
  const cell = table.body
    .slice(from)
    .flatMap((row) => row.cells)
    .find((c) => c.kind === 'estimate' && c.stars === '***')!;
  cell.stars = '**';
  expect(tableProblems(table)).toHaveLength(1);
});

test.each(['se', 't', 'p'] as const)('a star too many over %s is a defect', (show) => {
  const table = regressionTable(results, { id: 't', show });
  const cell = table.body.flatMap((row) => row.cells).find((c) => c.kind === 'estimate' && c.stars === '***')!;
  cell.stars = '*';
  expect(tableProblems(table)).toHaveLength(1);
  expect(thrown(() => checkTable(table)).code).toBe('internal/table-contradicts-itself');
});
