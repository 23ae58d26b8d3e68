/** The certified data sets as kernel problems. Test code only. */
import {
  type Certified,
  type CertifiedFit,
  certified,
  digits,
  fixtureJson,
  fixtureText,
} from '@gravpanel/test-fixtures';
import type { KernelFit, KernelModel, Kernels, Problem } from '../src/index.ts';

type CertifiedKey = 'fe_nb' | 're_nb' | 'nb2' | 'nb1' | 'pois' | 're_pois';

/** Model key → name in certified.json and certified_poisson_re.json. */
export const CERTIFIED_MODELS: [KernelModel, CertifiedKey][] = [
  ['nb-fe', 'fe_nb'],
  ['nb-re', 're_nb'],
  ['nb2', 'nb2'],
  ['nb1', 'nb1'],
  ['poisson', 'pois'],
  ['poisson-re', 're_pois'],
];

/** Columns of a CSV file of test-fixtures/data as text. */
export function readColumns(file: string): Record<string, string[]> {
  const [head, ...lines] = fixtureText('data', file).trim().split('\n');
  const names = head.split(',');
  const cells = lines.map((line) => line.split(','));
  return Object.fromEntries(names.map((name, j) => [name, cells.map((row) => row[j])]));
}

export interface CertifiedCase {
  name: string;
  problem: Problem;
  /** g + 1 boundaries (also set in the problem); rows are sorted by group. */
  groupStart: Int32Array;
  reference: Certified & { re_pois: CertifiedFit };
}

/** Constant and regressors of one certified data set, rows sorted by group. */
export function certifiedCase(name: string): CertifiedCase {
  const gamma = fixtureJson<Record<string, { re_pois: CertifiedFit }>>('certified', 'certified_poisson_re.json');
  const reference = { ...certified()[name], re_pois: gamma[name].re_pois };
  const columns = readColumns(reference.csv);
  const labels = columns[reference.group];
  const order = labels.map((_, i) => i).sort((a, b) => Number(labels[a]) - Number(labels[b]) || a - b);
  const n = order.length;
  const k = reference.regressors.length + 1;
  const x = new Float64Array(n * k);
  const starts: number[] = [];
  order.forEach((row, i) => {
    x[i * k] = 1;
    reference.regressors.forEach((column, j) => {
      x[i * k + j + 1] = Number(columns[column][row]);
    });
    if (i === 0 || labels[row] !== labels[order[i - 1]]) starts.push(i);
  });
  const pick = (column: string) => Float64Array.from(order, (row) => Number(columns[column][row]));
  const groupStart = Int32Array.from([...starts, n]);
  const problem: Problem = { n, k, y: pick(reference.y), x, groupStart };
  if (reference.offset) problem.offset = pick(reference.offset);
  return { name, problem, groupStart, reference };
}

/** Fewest correct digits over the entries. */
export function leastDigits(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Math.min(...Array.from(expected, (v, i) => digits(actual[i], v)));
}

/** One score row per group, whatever the fit's scores are by. */
export function groupScores(fit: KernelFit, groupStart: Int32Array): Float64Array {
  if (fit.scoreBy === 'group') return fit.scores;
  const p = fit.coef.length;
  const sums = new Float64Array((groupStart.length - 1) * p);
  for (let g = 0; g + 1 < groupStart.length; g++)
    for (let i = groupStart[g] * p; i < groupStart[g + 1] * p; i++) sums[g * p + (i % p)] += fit.scores[i];
  return sums;
}

/** V S'S V. */
export function sandwich(kernels: Kernels, vcov: Float64Array, scores: Float64Array, p: number): Float64Array {
  const product = (a: Float64Array, b: Float64Array) =>
    Float64Array.from({ length: p * p }, (_, at) => {
      let sum = 0;
      for (let m = 0; m < p; m++) sum += a[Math.floor(at / p) * p + m] * b[m * p + (at % p)];
      return sum;
    });
  return product(product(vcov, kernels.crossprod(scores.length / p, p, scores)), vcov);
}
