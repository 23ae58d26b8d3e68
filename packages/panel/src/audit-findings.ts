/** What an audit says: findings with their arithmetic, and the verdict on each cell. */

import type { CellVerdict } from './audit-stars.ts';
import { display, fixed } from './format.ts';

export type Rule =
  | 'star-p'
  | 'sum'
  | 'share'
  | 'cross-table'
  | 'n-feasible'
  | 'df'
  | 'range'
  | 'identification'
  | 'sign'
  | 'stability'
  | 'text';

/** caution: nothing is contradicted, but a reader should know. */
export type Verdict = Exclude<CellVerdict, 'consistent'> | 'caution';

export interface Finding {
  rule: Rule;
  verdict: Verdict;
  /** Name of the section. */
  table: string;
  column: string;
  term: string;
  printed: string;
  recomputed: string;
  /** The arithmetic. */
  detail: string;
}

export interface CellReport {
  table: string;
  column: string;
  term: string;
  verdict: CellVerdict;
  estimate: string;
  se: string;
  stars: string;
  /** The stars that follow; the printed ones where the cell is consistent. */
  follows: string;
  statistic?: number;
  p?: number;
}

/** The "audit/1" object. */
export interface Audit {
  schema: 'audit/1';
  /** Cells whose stars could be judged. */
  cells: number;
  findings: Finding[];
  verdicts: CellReport[];
  /** Sections and statements that no rule reads. */
  unread: string[];
}

export const finding = (rule: Rule, verdict: Verdict, table: string, rest: Partial<Finding>): Finding => ({
  rule,
  verdict,
  table,
  column: '',
  term: '',
  printed: '',
  recomputed: '',
  detail: '',
  ...rest,
});

/** "1.78", with a hyphen for a minus: details are data. */
export const num = (x: number, digits = 2) => (Number.isFinite(x) ? fixed(x, digits) : 'infinite');

/** A whole number without separators, or with its decimals where it has some. */
export const plain = (x: number, digits = 3) => (Number.isInteger(x) ? String(x) : fixed(x, digits));

/** A p value that never rounds to 0. */
export const pWords = (p: number) => (p < 0.0005 ? (p < 1e-12 ? '< 1e-12' : fixedSmall(p)) : fixed(p, 3));
const fixedSmall = (p: number) => (p < 0.00005 ? p.toExponential(0) : fixed(p, 4));

/** For the eye: true minus. */
export const shownText = (text: string) =>
  text.replace(/(^|[\s(=/])-(?=[\d.])/g, (_, before) => `${before}${display('-')}`);
