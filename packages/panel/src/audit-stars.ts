/** Stars against the estimate and what is printed beside it: the rule star-p. */
import { log } from '@gravpanel/core-wasm';
import { absolute, type Interval, intervalOf, type Printed, quotient } from './audit-number.ts';
import { normalUpper, tUpper } from './distributions.ts';

/** A symbol and the p value below which it is printed. */
export interface StarLevel {
  symbol: string;
  level: number;
}

export const DEFAULT_STARS: StarLevel[] = [
  { symbol: '***', level: 0.01 },
  { symbol: '**', level: 0.05 },
  { symbol: '*', level: 0.1 },
];

/** The law of the statistic; undefined where nothing says it. */
export type Law = { kind: 'normal' } | { kind: 't'; df: number };

export type CellVerdict = 'consistent' | 'only if the p-value came from elsewhere' | 'inconsistent' | 'impossible';

/** What stands beside the estimate. */
export type Second = 'se' | 't' | 'p';

export interface StarCell {
  estimate: Printed;
  second: Printed;
  stars: string;
}

export interface StarRule {
  levels: StarLevel[];
  second: Second;
  /** Laws that count as the table's own: one where it is known, else the normal law and t with rows − terms. */
  laws: Law[];
  /** The law was stated, so that no other is considered. */
  stated: boolean;
  /** Estimates are exp(b), their errors by the delta method. */
  exponentiated?: boolean;
}

export interface StarFinding {
  verdict: CellVerdict;
  /** Statistic and p of the printed values themselves. */
  statistic?: number;
  p?: number;
  /** Stars that follow, where not the printed ones; several where rounding leaves several. */
  follows: string[];
}

/** Fewest degrees of freedom that a t law of few clusters is granted where the law is not stated. */
export const FEWEST_DF = 7;

const tail = (law: Law, z: number) => {
  if (z === Number.POSITIVE_INFINITY) return 0;
  return Math.min(1, 2 * (law.kind === 'normal' ? normalUpper(z) : tUpper(z, law.df)));
};

/** b·|ln b|, which over the standard error of exp(b) is |z|; least 0 at b = 1, a maximum at 1/e below it. */
function exponentiatedSize({ lo, hi }: Interval): Interval {
  const size = (b: number) => (b <= 0 ? 0 : b * Math.abs(log(b)));
  const INVERSE_E = 0.36787944117144233;
  const ends = [size(lo), size(hi), ...(lo < INVERSE_E && INVERSE_E < hi ? [INVERSE_E] : [])];
  return { lo: lo <= 1 && 1 <= hi ? 0 : Math.min(...ends), hi: Math.max(...ends) };
}

/** |b| or its counterpart for exp(b), over everything that rounds to the print. */
const sizeOf = (estimate: Printed, exponentiated: boolean | undefined): Interval =>
  exponentiated ? exponentiatedSize(intervalOf(estimate)) : absolute(intervalOf(estimate));

/** |statistic| over everything that rounds to the printed estimate and standard error (or is the printed t). */
export function statisticOf(
  { estimate, second }: StarCell,
  rule: Pick<StarRule, 'second' | 'exponentiated'>,
): Interval {
  if (rule.second === 't') return absolute(intervalOf(second));
  return quotient(sizeOf(estimate, rule.exponentiated), absolute(intervalOf(second)));
}

/** The same from the printed values as they stand. */
function centre({ estimate, second }: StarCell, rule: StarRule): number {
  if (rule.second === 't') return Math.abs(second.value);
  const b = Math.abs(estimate.value);
  const size = rule.exponentiated ? b * Math.abs(log(b)) : b;
  return second.value === 0 ? (size === 0 ? 0 : Number.POSITIVE_INFINITY) : size / Math.abs(second.value);
}

const ascending = (levels: StarLevel[]) => [...levels].sort((a, b) => a.level - b.level);

/** Symbols that some p of [lo, hi] earns; a p on a level itself earns either side. */
function symbolsOver({ lo, hi }: Interval, levels: StarLevel[]): string[] {
  const edges = [0, ...ascending(levels).map((l) => l.level), 1];
  const symbols = [...ascending(levels).map((l) => l.symbol), ''];
  return symbols.filter((_, i) => lo <= edges[i + 1] && edges[i] <= hi);
}

const symbolAt = (p: number, levels: StarLevel[]) => ascending(levels).find((l) => p < l.level)?.symbol ?? '';

function pInterval(cell: StarCell, rule: StarRule, law: Law): Interval {
  if (rule.second === 'p') {
    const { lo, hi } = intervalOf(cell.second);
    return { lo: Math.max(0, lo), hi: Math.min(1, hi) };
  }
  const z = statisticOf(cell, rule);
  return { lo: tail(law, z.hi), hi: tail(law, z.lo) };
}

/**
 * The verdict on one cell: its stars are consistent when some estimate and some standard error that round to the printed ones
 * give a p value that earns them. Where the law is not stated, fewer stars than the table's own law gives are granted to a t law
 * of FEWEST_DF or more degrees of freedom, as few clusters give: "only if the p-value came from elsewhere".
 * A standard error below zero, or a p outside [0, 1], is impossible.
 */
export function judgeStars(cell: StarCell, rule: StarRule): StarFinding {
  const beside = intervalOf(cell.second);
  if (rule.second !== 't' && beside.hi < 0) return { verdict: 'impossible', follows: [] };
  if (rule.second === 'p' && beside.lo > 1) return { verdict: 'impossible', follows: [] };
  if (rule.exponentiated && intervalOf(cell.estimate).hi < 0) return { verdict: 'impossible', follows: [] };
  const follows = symbolsOver(pInterval(cell, rule, rule.laws[0]), rule.levels);
  const statistic = rule.second === 'p' ? undefined : centre(cell, rule);
  const p = rule.second === 'p' ? cell.second.value : tail(rule.laws[0], statistic!);
  const numbers = { ...(statistic !== undefined && { statistic }), p };
  const earned = rule.laws.some((law) => symbolsOver(pInterval(cell, rule, law), rule.levels).includes(cell.stars));
  if (earned) return { verdict: 'consistent', ...numbers, follows };
  const central = symbolAt(p, rule.levels);
  const sorted = [central, ...follows.filter((s) => s !== central)];
  // Between the own law and t(FEWEST_DF) every law's p is passed, so stars in that span are some law's.
  const few = pInterval(cell, rule, { kind: 't', df: FEWEST_DF });
  const own = pInterval(cell, rule, rule.laws[0]);
  const span = symbolsOver({ lo: own.lo, hi: few.hi }, rule.levels);
  const elsewhere = !rule.stated && rule.second !== 'p' && span.includes(cell.stars);
  return {
    verdict: elsewhere ? 'only if the p-value came from elsewhere' : 'inconsistent',
    ...numbers,
    follows: sorted,
  };
}
