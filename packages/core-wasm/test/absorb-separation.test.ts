/**
 * Separated rows: the 18 certified sets of ppmlhdfe, the five sets of its separation guide (rows by linear programming), planted
 * separation, and its absence. The answer is a set of rows: it is compared exactly.
 */
import { readdirSync } from 'node:fs';
import { fixturePath } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { type AbsorbProblem, type Kernels, loadKernels, Status } from '../src/index.ts';
import { keepRows, randomEffects } from './absorb-data.ts';
import { readColumns } from './certified-data.ts';
import { byRows, uniforms } from './random.ts';

const kernels: Kernels = await loadKernels();

function problemOf(file: string, isFactor: RegExp): { problem: AbsorbProblem; certified: number[] } {
  const columns = readColumns(file);
  const names = Object.keys(columns);
  const n = columns.y.length;
  const factors = names.filter((name) => isFactor.test(name)).map((name) => Int32Array.from(columns[name], Number));
  const regressors = names.filter((name) => /^x/.test(name)).map((name) => Float64Array.from(columns[name], Number));
  // without effects the model has a constant
  const all = factors.length > 0 ? regressors : [new Float64Array(n).fill(1), ...regressors];
  const { k, x } = all.length > 0 ? byRows(all) : { k: 0, x: new Float64Array(0) };
  return {
    problem: { n, k, x, y: Float64Array.from(columns.y, Number), factors },
    certified: flagged(columns.separated?.map(Number) ?? []),
  };
}

/** 1-based rows whose flag is set. */
function flagged(flags: ArrayLike<number>): number[] {
  return Array.from(flags, (flag, i) => (flag ? i + 1 : 0)).filter((row) => row > 0);
}

const sets = readdirSync(fixturePath('data', 'separation')).filter((file) => file.endsWith('.csv'));
const guide: [string, number[]][] = [
  ['sep_example1', [5]],
  ['sep_example2', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['sep_fe1', [5, 8, 14, 15]],
  ['sep_fe2', [1, 2, 3, 4, 5]],
  ['sep_fe3', [5, 6, 7, 8, 9, 11, 12]],
];

describe('separation', () => {
  it('knows 18 certified sets', () => expect(sets).toHaveLength(18));

  it.each(sets)('flags the certified rows of %s and no other', (file) => {
    const { problem, certified } = problemOf(`separation/${file}`, /^id/);
    const { status, separated, count } = kernels.separation(problem);
    expect(status).toBe(Status.ok);
    expect(flagged(separated)).toEqual(certified);
    expect(count).toBe(certified.length);
  });

  it.each(guide)('flags the rows of %s that linear programming finds', (name, rows) => {
    const { problem } = problemOf(`${name}.csv`, /^[ij]$/);
    expect(flagged(kernels.separation(problem).separated)).toEqual(rows);
  });

  it.each([1, 2, 3, 4, 5])('finds a planted dummy that is 1 only where y = 0 (seed %i)', (seed) => {
    const clean = cleanProblem(seed, 2);
    const { n } = clean;
    const uniform = uniforms(seed + 100);
    const planted = Uint8Array.from(clean.y, (y) => (y === 0 && uniform() < 0.3 ? 1 : 0));
    const x = Float64Array.from({ length: 3 * n }, (_, at) =>
      at % 3 === 2 ? 2.5 * planted[Math.floor(at / 3)] : clean.x[2 * Math.floor(at / 3) + (at % 3)],
    );
    const { separated, status } = kernels.separation({ ...clean, k: 3, x });
    expect(status).toBe(Status.ok);
    expect(flagged(separated)).toEqual(flagged(planted));
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('flags nothing that a converged fit needs (seed %i)', (seed) => {
    const problem = cleanProblem(seed, 2);
    expect(kernels.absorbFit('poisson', problem, { separation: false }).status).toBe(Status.ok);
    expect(kernels.separation(problem).count).toBe(0);
  });

  it('does not flag small means: a mean of e⁻²⁰ is an estimate', () => {
    // y > 0 at both ends of x pins the slope; zeros lie far out
    const x = Float64Array.of(0, 1, 2, 3, 24, 25, 26);
    const y = Float64Array.of(8, 3, 1, 0, 0, 0, 1e-9);
    const { k, x: rows } = byRows([x.map(() => 1), x]);
    expect(kernels.separation({ n: 7, k, x: rows, y, factors: [] }).count).toBe(0);
  });

  it('leaves a fit as it would be without the separated rows', () => {
    const { problem } = problemOf('sep_fe1.csv', /^[ij]$/);
    const first = kernels.absorbFit('poisson', problem);
    expect(first.status).toBe(Status.separated);
    const { separated } = kernels.separation(problem);
    const rest = keepRows(problem, separated);
    const { keep } = kernels.absorbedRank(rest.n, rest.k, rest.x, rest.factors);
    const columns = [...keep.keys()].filter((j) => keep[j] === 1);
    const x = byRows(columns.map((j) => Float64Array.from({ length: rest.n }, (_, i) => rest.x[i * rest.k + j]))).x;
    const fit = kernels.absorbFit('poisson', { ...rest, k: columns.length, x });
    expect(fit.status).toBe(Status.ok);
    expect(fit.coef.every((b) => Math.abs(b) < 20)).toBe(true);
  });
});

/** Sparse counts with two sets of effects and no separation: pruned, then cleared of what a first look flags. */
function cleanProblem(seed: number, k: number): AbsorbProblem {
  const sparse = randomEffects('poisson', { seed, n: 400, levels: [14, 9], k, level: 0.8 });
  return keepRows(sparse, kernels.prune(sparse.n, sparse.factors, { singletons: false, y: sparse.y }).reason);
}
