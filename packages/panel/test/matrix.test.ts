/**
 * The R tools of test-fixtures/peers/matrix.R that are installed here, run now, against the certified values. Budgets are the digits that the
 * tools have (docs/accuracy.md says why, and shows gravpanel's): they stop on their own criteria.
 */
import { execFileSync } from 'node:child_process';
import { fixturePath } from '@gravpanel/test-fixtures';
import { expect, it } from 'vitest';
import { countRows, type Matrix, matrix, nistRows, olsRows, type Row } from './accuracy-rows.ts';

/** Base R and its recommended packages: wherever Rscript is. */
const ALWAYS = ['lm', 'glm', 'glm.nb'];
/** Fewest digits of coefficients and of standard errors on synth45 and ships. */
const BUDGET: Record<string, [coef: number, se: number]> = {
  lm: [10, 10],
  glm: [8, 5],
  'glm.nb': [5, 0],
  feols: [9, 9],
  fepois: [8, 4],
  fenegbin: [6, 4],
};

function runR(): Matrix | undefined {
  try {
    const text = execFileSync('Rscript', ['matrix.R', 'live'], {
      ...{ cwd: fixturePath('peers'), encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'ignore'] },
    });
    return JSON.parse(text) as Matrix;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || process.env.CI === 'true') throw error;
    return undefined;
  }
}

it('the tools of R that are here agree to their own precision, and as recorded', { timeout: 150_000 }, () => {
  const live = runR();
  if (!live) {
    console.log('matrix.test.ts: Rscript is not on this machine; the comparison with R was not run.');
    return;
  }
  const tools = new Set(live.results.map(({ tool }) => tool));
  for (const tool of ALWAYS) expect(tools, `${tool} of R`).toContain(tool);
  const rowsOf = (peers: Matrix) =>
    [
      ...countRows(undefined, peers.results),
      ...olsRows(undefined, peers.results),
      ...nistRows(undefined, peers.results),
    ].filter(({ tool, model, data }) => has(live, tool, model, data));
  const now = rowsOf(live);
  const recorded = rowsOf(matrix());
  const key = ({ tool, model, data }: Row) => `${tool}, ${model}, ${data}`;
  for (const row of now.filter(({ data }) => data === 'synth45' || data === 'ships')) {
    const [coef, se] = BUDGET[row.tool];
    expect(row.coef, key(row)).toBeGreaterThanOrEqual(coef);
    if (row.se !== undefined) expect(row.se, key(row)).toBeGreaterThanOrEqual(se);
    // glm.nb holds θ fixed: a difference of the method, not of precision
    if (row.tool === 'glm.nb') expect(row.se, key(row)).toBeLessThanOrEqual(3);
  }
  // other versions and other BLAS move the last digits
  const MOVES = 3;
  for (const row of now) {
    const then = recorded.find((r) => key(r) === key(row));
    expect(then, key(row)).toBeDefined();
    expect(Math.abs((row.coef ?? 0) - (then?.coef ?? 0)), key(row)).toBeLessThanOrEqual(MOVES);
  }
});

const has = (live: Matrix, tool: string, model: string, data: string) =>
  live.results.some((r) => r.tool === tool && r.model === model && r.data === data);
