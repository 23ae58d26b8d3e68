import { execFileSync } from 'node:child_process';
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { digits, fixtureJson, fixturePath, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { derive } from '../src/derive.ts';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec } from '../src/types.ts';

/** lm and its summary() (test-fixtures/peers/lm.R). */
interface Lm {
  name: string;
  terms: string[];
  coef: number[];
  se: number[];
  t: number[];
  p: number[];
  loglik: number;
  df: number;
  r2: number;
  adj: number;
}

const X = 'lgdp + lrd + lprox + lcit + lmig + rta';
const SPECS: Record<string, Partial<FitSpec>> = {
  plain: {},
  weights: { weights: 'w' },
  offset: { offset: 'lprox' },
  effects: { formula: `patents ~ ${X} | pair` },
  'weighted effects': { formula: `patents ~ ${X} | pair + year`, weights: 'w' },
};
/** Both sides solve an orthogonal problem of condition < 1e3: 11 digits, and 9 of p, which multiplies t's error by t². */
const DIGITS = 11;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

function fitLike({ name }: Lm): Fit {
  const table = readTable(fixtureText('data', 'synth45.csv'), { name: 'synth45.csv' });
  const frame = setPanel(derive(table, { w: '1 + rta + 0.5 * contig' }), ['pair'], 'year');
  const spec: FitSpec = { id: 'fit', model: 'ols', formula: `patents ~ ${X}`, vcov: { type: 'iid' }, ...SPECS[name] };
  const [result] = fitSpec(frame, spec, kernels);
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}

function expectLm(lm: Lm): void {
  const fit = fitLike(lm);
  expect(fit.coefficients.map((c) => c.term)).toEqual(lm.terms);
  fit.coefficients.forEach((c, j) => {
    expect(digits(c.estimate, lm.coef[j]), c.term).toBeGreaterThan(DIGITS);
    expect(digits(c.se, lm.se[j]), c.term).toBeGreaterThan(DIGITS);
    expect(digits(c.statistic, lm.t[j]), c.term).toBeGreaterThan(DIGITS);
    expect(digits(c.p, lm.p[j]), c.term).toBeGreaterThan(9);
  });
  expect(digits(fit.loglik, lm.loglik)).toBeGreaterThan(12);
  expect(fit.dofResidual).toBe(lm.df);
  // summary.lm takes an offset into the fitted values of R²; R² here is that of the outcome.
  if (lm.name !== 'offset') {
    expect(digits(fit.fitStatistics.R2, lm.r2)).toBeGreaterThan(DIGITS);
    expect(digits(fit.fitStatistics.adjR2, lm.adj)).toBeGreaterThan(DIGITS);
  }
}

describe('least squares is R’s lm', () => {
  for (const lm of fixtureJson<{ results: Lm[] }>('peers', 'lm.json').results) it(lm.name, () => expectLm(lm));
});

/** Output of lm.R here and now; undefined where there is no Rscript, which is a failure under CI. */
function runR(): Lm[] | undefined {
  try {
    const text = execFileSync('Rscript', ['lm.R'], { cwd: fixturePath('peers'), encoding: 'utf8', timeout: 60_000 });
    return (JSON.parse(text) as { results: Lm[] }).results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || process.env.CI === 'true') throw error;
    return undefined;
  }
}

it('agrees with R run now, where Rscript is found', () => {
  const results = runR();
  if (!results) {
    console.log('least-squares.test.ts: Rscript is not on this machine; the comparison with R was not run.');
    return;
  }
  expect(results.length).toBe(Object.keys(SPECS).length);
  for (const lm of results) expectLm(lm);
});
