/** What the sample and the effects look like before any fit: level codes without gaps, rank of the dummies, dropped rows. */
import { DropCode, type Factors, type PruneResult } from './abi-absorb.ts';

/** Codes 0 … levels − 1 without gaps, in the order of the given codes. */
export interface DenseCodes {
  codes: Int32Array;
  levels: number;
}

/** Numbers the levels that occur from 0; the given array itself where it has no gaps. Codes must be ≥ 0. */
export function denseCodes(codes: Int32Array, n: number): DenseCodes {
  let most = -1;
  for (let i = 0; i < n; i++) if (codes[i] > most) most = codes[i];
  const number = new Int32Array(most + 1);
  for (let i = 0; i < n; i++) number[codes[i]] = 1;
  let levels = 0;
  for (let l = 0; l <= most; l++) number[l] = number[l] ? levels++ : -1;
  if (levels === most + 1) return { codes, levels };
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = number[codes[i]];
  return { codes: out, levels };
}

/** Dense codes of every factor; undefined where one is too short or has a negative code. */
export function denseFactors(n: number, factors: Factors): DenseCodes[] | undefined {
  const out: DenseCodes[] = [];
  for (const codes of factors) {
    if (codes.length < n) return undefined;
    let all = 0;
    for (let i = 0; i < n; i++) all |= codes[i];
    if (all < 0) return undefined;
    out.push(denseCodes(codes, n));
  }
  return out;
}

function find(parent: Int32Array, v: number): number {
  let at = v;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

/** Component number of each level of `a` in the graph whose edges are the rows (a, b). */
function components(n: number, a: DenseCodes, b: DenseCodes): DenseCodes {
  const parent = new Int32Array(a.levels + b.levels);
  for (let v = 0; v < parent.length; v++) parent[v] = v;
  for (let i = 0; i < n; i++) {
    const v = a.codes[i];
    const w = a.levels + b.codes[i];
    if (parent[v] === parent[w]) continue;
    const s = find(parent, v);
    const t = find(parent, w);
    if (s !== t) parent[Math.max(s, t)] = Math.min(s, t);
  }
  const label = new Int32Array(a.levels);
  for (let v = 0; v < a.levels; v++) label[v] = find(parent, v);
  return denseCodes(label, a.levels);
}

/** See AbsorbKernels.effectsRank. */
export function rankOf(n: number, factors: DenseCodes[]): number {
  let rank = 0;
  for (let q = 0; q < factors.length; q++) {
    const earlier = factors.slice(0, q).map((factor) => components(n, factors[q], factor));
    rank += factors[q].levels - rankOf(factors[q].levels, earlier);
  }
  return rank;
}

/** Marks the kept rows whose level total is 0 (counts or sums) and returns how many it marked. */
function dropLevels(
  codes: Int32Array,
  reason: Uint8Array,
  total: Float64Array,
  value: (row: number) => number,
  drop: (total: number) => boolean,
  code: DropCode,
): number {
  total.fill(0);
  const n = reason.length;
  for (let i = 0; i < n; i++) if (reason[i] === DropCode.kept) total[codes[i]] += value(i);
  let dropped = 0;
  for (let i = 0; i < n; i++)
    if (reason[i] === DropCode.kept && drop(total[codes[i]])) {
      reason[i] = code;
      dropped++;
    }
  return dropped;
}

/** See AbsorbKernels.prune. A row of weight 0 counts neither as a row of its level nor towards its sum. */
export function pruneRows(
  n: number,
  factors: DenseCodes[],
  { singletons, y, weights }: { singletons: boolean; y?: Float64Array; weights?: Float64Array },
): PruneResult {
  const reason = new Uint8Array(n);
  const totals = factors.map(({ levels }) => new Float64Array(levels));
  const result = { reason, kept: n, singletons: 0, allZero: 0, rounds: 0 };
  const one = weights ? (i: number) => (weights[i] > 0 ? 1 : 0) : () => 1;
  const outcome = y && (weights ? (i: number) => (weights[i] > 0 ? y[i] : 0) : (i: number) => y[i]);
  for (let before = -1; before !== result.kept; ) {
    before = result.kept;
    result.rounds++;
    for (let q = 0; q < factors.length; q++) {
      const { codes } = factors[q];
      if (singletons) result.singletons += dropLevels(codes, reason, totals[q], one, (t) => t <= 1, DropCode.singleton);
      if (outcome) result.allZero += dropLevels(codes, reason, totals[q], outcome, (t) => t === 0, DropCode.allZero);
    }
    result.kept = n - result.singletons - result.allZero;
  }
  return result;
}
