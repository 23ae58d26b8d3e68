/** Effects after "|" as dummy columns, for what the core cannot absorb (up to MAX_LEVELS levels). */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { count } from './format.ts';
import type { Design, FixefFactor } from './types.ts';

/** Dummy columns that one fit may carry. */
export const MAX_LEVELS = 1500;
/** Doubles that one design matrix may hold (400 MB). */
const MAX_CELLS = 5e7;

/** x with the dummies of all factors appended, and which level columns stand there. */
export interface Expanded {
  x: Float64Array;
  /** Columns of x: the k of the design, then the dummies. */
  columns: number;
  /** Dummy columns that the factors could have: Σ levels. */
  levels: number;
}

function refuse(message: string): never {
  throw new PanelError({
    code: 'fit/too-many-levels',
    message,
    hint: 'This model carries effects as dummy columns; ols, poisson and nb2 absorb them (with iid, hc0, hc1 and cluster).',
  });
}

/** Level columns in use: all of the first factor (unless a constant stands in x), all but one of the others. */
function dummyLevels(fixef: FixefFactor[], hasIntercept: boolean): { factor: number; level: number }[] {
  return fixef.flatMap(({ levels }, factor) =>
    levels.map((_, level) => ({ factor, level })).slice(factor === 0 && !hasIntercept ? 0 : 1),
  );
}

function fill(design: Design, columns: { factor: number; level: number }[]): Float64Array {
  const { n, k, fixef } = design;
  const width = k + columns.length;
  const x = new Float64Array(n * width);
  const at = fixef.map(({ levels }) => new Int32Array(levels.length).fill(-1));
  columns.forEach(({ factor, level }, j) => {
    at[factor][level] = k + j;
  });
  for (let i = 0; i < n; i++) {
    x.set(design.x.subarray(i * k, i * k + k), i * width);
    for (let f = 0; f < fixef.length; f++) {
      const column = at[f][fixef[f].codes[i]];
      if (column >= 0) x[i * width + column] = 1;
    }
  }
  return x;
}

/**
 * n × (k + d) regressors: the design's own columns, then a dummy for each level that is not redundant.
 * With two or more factors a rank pass removes levels that earlier ones span.
 * @throws PanelError fit/too-many-levels.
 */
export function expandDummies(design: Design, kernels: Kernels): Expanded {
  const { n, k, fixef } = design;
  if (fixef.length === 0) return { x: design.x, columns: k, levels: 0 };
  const levels = fixef.reduce((sum, f) => sum + f.levels.length, 0);
  const names = fixef.map((f) => f.name).join(' + ');
  if (levels > MAX_LEVELS) refuse(`${names} has ${levels} levels; ${MAX_LEVELS} are the limit.`);
  if (n * (k + levels) > MAX_CELLS)
    refuse(`${count(n)} rows × ${count(levels)} levels of ${names} do not fit into memory.`);
  let columns = dummyLevels(fixef, design.hasIntercept);
  let x = fill(design, columns);
  if (fixef.length > 1) {
    const { keep } = kernels.rank(n, k + columns.length, x, design.weights);
    const kept = columns.filter((_, j) => keep[k + j] === 1);
    if (kept.length < columns.length) {
      columns = kept;
      x = fill(design, columns);
    }
  }
  return { x, columns: k + columns.length, levels };
}
