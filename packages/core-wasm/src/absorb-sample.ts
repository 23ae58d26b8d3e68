/** What the sample and the effects look like before any fit: level codes without gaps, rank of the dummies, dropped rows. */
import { DropCode, type Factors, type PruneResult } from './abi-absorb.ts';
import { type AbsorbExports, alloc } from './absorb-workspace.ts';

/** Codes 0 … levels − 1 without gaps, in the order of the given codes. */
export interface DenseCodes {
  codes: Int32Array;
  levels: number;
}

/** Copies codes into linear memory at `at`. */
function putCodes(core: AbsorbExports, at: number, codes: Int32Array, n: number): void {
  new Int32Array(core.memory.buffer, at, n).set(codes.length === n ? codes : codes.subarray(0, n));
}

/**
 * Numbers the levels that occur from 0; the given array itself where it has no gaps. Undefined for codes that no kernel takes:
 * negative, beyond 2²⁸, or fewer than n.
 */
function denseCodes(core: AbsorbExports, codes: Int32Array, n: number): DenseCodes | undefined {
  if (codes.length < n) return undefined;
  const top = core.mark();
  const at = alloc(core, n * 4);
  putCodes(core, at, codes, n);
  const levels = core.denseCodes(at, n);
  const out = levels > 0 ? new Int32Array(core.memory.buffer, at, n).slice() : codes;
  core.reset(top);
  return levels === 0 ? undefined : { codes: out, levels: Math.abs(levels) };
}

/** Dense codes of every factor; undefined where one cannot be used. */
export function denseFactors(core: AbsorbExports, n: number, factors: Factors): DenseCodes[] | undefined {
  const out: DenseCodes[] = [];
  for (const codes of factors) {
    const dense = denseCodes(core, codes, n);
    if (!dense) return undefined;
    out.push(dense);
  }
  return out;
}

/** Component number of each level of `a` in the graph whose edges are the rows (a, b). */
function components(core: AbsorbExports, n: number, a: DenseCodes, b: DenseCodes): DenseCodes {
  const top = core.mark();
  const [atA, atB, parent] = [alloc(core, n * 4), alloc(core, n * 4), alloc(core, (a.levels + b.levels) * 4)];
  putCodes(core, atA, a.codes, n);
  putCodes(core, atB, b.codes, n);
  core.components(n, atA, a.levels, atB, b.levels, parent);
  const levels = core.denseCodes(parent, a.levels);
  const codes = new Int32Array(core.memory.buffer, parent, a.levels).slice();
  core.reset(top);
  return { codes, levels: Math.abs(levels) };
}

/** See AbsorbKernels.effectsRank. */
export function rankOf(core: AbsorbExports, n: number, factors: DenseCodes[]): number {
  let rank = 0;
  for (let q = 0; q < factors.length; q++) {
    const earlier = factors.slice(0, q).map((factor) => components(core, n, factors[q], factor));
    rank += factors[q].levels - rankOf(core, factors[q].levels, earlier);
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
