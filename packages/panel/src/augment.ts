/** Designs with further columns: what tests of a specification add to it. */
import type { Kernels } from '@gravpanel/core-wasm';
import { dropCollinear, packed } from './collinear.ts';
import type { TermColumn } from './terms.ts';
import type { Design } from './types.ts';

const INTERCEPT = '(Intercept)';

export interface Augmented {
  design: Design;
  /** Names of the columns added, and of those that the design spans already. */
  added: string[];
  spanned: string[];
}

/** Names for a note, the first few of many. */
export const listed = (names: string[]) =>
  names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

export const columnAt = ({ n, k, x }: Design, j: number) => Float64Array.from({ length: n }, (_, i) => x[i * k + j]);

/** The design with the columns that it and its effects do not span already, at the right. */
export function augmented(
  design: Design,
  columns: { name: string; values: Float64Array }[],
  kernels: Kernels,
): Augmented {
  const { n, terms, fixef, hasIntercept, weights } = design;
  const own: TermColumn[] = terms.flatMap(({ name, variables }, j) =>
    name === INTERCEPT ? [] : [{ name, variables, values: columnAt(design, j), baseline: false }],
  );
  const more: TermColumn[] = columns.map((c) => ({ ...c, variables: [], baseline: false }));
  const kept = new Set(dropCollinear([...own, ...more], fixef, hasIntercept, n, kernels, weights).columns);
  const extra = more.filter((column) => kept.has(column));
  const all = [...terms.map((_, j) => columnAt(design, j)), ...extra.map(({ values }) => values)];
  return {
    design: {
      ...design,
      k: all.length,
      x: packed(all, n),
      terms: [...terms, ...extra.map(({ name }) => ({ name, variables: [], within: true }))],
    },
    added: extra.map(({ name }) => name),
    spanned: more.filter((column) => !kept.has(column)).map(({ name }) => name),
  };
}

/**
 * Mundlak's (1978) design: the mean over the rows used of each unit (Wooldridge 2019 for unbalanced panels) beside every
 * regressor that changes within units. For plain terms it is what cre() writes.
 */
export function withUnitMeans(design: Design, kernels: Kernels): Augmented {
  const { groupStart, n } = design;
  const columns = design.terms.flatMap(({ name, within }, j) => {
    if (name === INTERCEPT || !within || name.startsWith('mean(')) return [];
    const values = new Float64Array(n);
    const x = columnAt(design, j);
    for (let g = 0; g + 1 < groupStart!.length; g++) {
      const [from, to] = [groupStart![g], groupStart![g + 1]];
      values.fill(x.subarray(from, to).reduce((sum, v) => sum + v, 0) / (to - from), from, to);
    }
    return [{ name: `mean(${name})`, values }];
  });
  return augmented(design, columns, kernels);
}
