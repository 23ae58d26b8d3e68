/** The certified data sets as kernel problems. Test code only. */
import { type Certified, type CertifiedFit, certified, fixtureText } from '@gravpanel/test-fixtures';
import type { KernelModel, Problem } from '../src/index.ts';

/** Model key → name in certified.json. */
export const CERTIFIED_MODELS: [KernelModel, 'fe_nb' | 're_nb' | 'nb2' | 'nb1' | 'pois'][] = [
  ['nb-fe', 'fe_nb'],
  ['nb-re', 're_nb'],
  ['nb2', 'nb2'],
  ['nb1', 'nb1'],
  ['poisson', 'pois'],
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
  reference: Certified;
}

/** Constant and regressors of one certified data set, rows sorted by group. */
export function certifiedCase(name: string): CertifiedCase {
  const reference = certified()[name];
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

export type { CertifiedFit };
