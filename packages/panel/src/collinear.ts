/** Which columns of a design are spanned by the constant, the effects and earlier columns. */
import type { Kernels } from '@gravpanel/core-wasm';
import { norm, residualise } from './absorb.ts';
import type { TermColumn } from './terms.ts';
import type { FixefFactor, Note } from './types.ts';

/** A column counts as absorbed where less than this share of its length is left net of the effects. */
const ABSORBED = 1e-9;

export interface Kept {
  columns: TermColumn[];
  /** Names of the columns left out, in the order of the formula. */
  collinear: string[];
  /** Why each of them. */
  leftOut: { term: string; why: string }[];
  notes: Note[];
}

const list = (names: string[]) =>
  names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function note(names: string[], why: string): Note[] {
  if (names.length === 0) return [];
  return [{ code: 'collinear', message: `${list(names)} ${names.length === 1 ? 'is' : 'are'} left out: ${why}.` }];
}

/** Order of the rank pass: as written, but the first level of a full set of dummies after the rest of its set. */
function rankOrder(columns: TermColumn[]): number[] {
  const order: number[] = [];
  let held: { index: number; variables: string[] }[] = [];
  const release = (next?: TermColumn) => {
    order.push(...held.filter((h) => h.variables !== next?.variables).map((h) => h.index));
    held = held.filter((h) => h.variables === next?.variables);
  };
  columns.forEach((column, index) => {
    release(column);
    if (column.baseline) held.push({ index, variables: column.variables });
    else order.push(index);
  });
  release();
  return order;
}

/** Columns side by side, row-major. */
export function packed(columns: Float64Array[], n: number): Float64Array {
  const k = columns.length;
  const x = new Float64Array(n * k);
  columns.forEach((values, j) => {
    for (let i = 0; i < n; i++) x[i * k + j] = values[i];
  });
  return x;
}

/** What a column has of its own must exceed the rounding of its values, of which the effects may have taken nearly all. */
const ROUNDING = 1e-13;

/**
 * Positions of columns whose part net of the effects and of the columns before it is rounding error of the values they had.
 * @param net n each, in the order of the formula, linearly independent. @param lengths of the columns before the effects.
 */
function roundingOnly(net: Float64Array[], lengths: number[]): number[] {
  if (net.every((column, j) => norm(column) > 1e-3 * lengths[j])) return [];
  const basis: Float64Array[] = [];
  return net.flatMap((column, j) => {
    const left = column.slice();
    for (let pass = 0; pass < 2; pass++)
      for (const q of basis) {
        let inner = 0;
        for (let i = 0; i < left.length; i++) inner += q[i] * left[i];
        for (let i = 0; i < left.length; i++) left[i] -= inner * q[i];
      }
    const length = norm(left);
    if (!(length > ROUNDING * lengths[j])) return [j];
    basis.push(left.map((v) => v / length));
    return [];
  });
}

/**
 * Leaves out columns that the effects absorb, and columns that the constant and columns to their left span (a pivot-free
 * rank pass in the core). Of a full set of dummies the first level goes.
 * @param n rows. @param weights n, where the model has weights.
 */
export function dropCollinear(
  columns: TermColumn[],
  fixef: FixefFactor[],
  intercept: boolean,
  n: number,
  kernels: Kernels,
  weights?: Float64Array,
): Kept {
  const factors = fixef.map(({ codes, levels }) => ({ codes, count: levels.length }));
  const net = columns.map(({ values }) => (factors.length > 0 ? residualise(values, factors) : values));
  const absorbed = columns.map(({ values }, j) => factors.length > 0 && norm(net[j]) <= ABSORBED * norm(values));
  const order = rankOrder(columns).filter((j) => !absorbed[j]);
  const lead = intercept ? [new Float64Array(n).fill(1)] : [];
  const width = lead.length + order.length;
  const kept = new Uint8Array(columns.length);
  if (order.length > 0) {
    const x = packed([...lead, ...order.map((j) => net[j])], n);
    const { keep } = kernels.rank(n, width, x, weights);
    order.forEach((j, at) => {
      kept[j] = keep[lead.length + at];
    });
    const own = order.filter((j) => kept[j]);
    const lost = roundingOnly(
      own.map((j) => net[j]),
      own.map((j) => norm(columns[j].values)),
    );
    for (const at of lost) kept[own[at]] = 0;
  }
  const left = (which: (j: number) => boolean) => columns.filter((_, j) => which(j)).map(({ name }) => name);
  const spanned = left((j) => !kept[j] && !absorbed[j]);
  const effects = list(fixef.map(({ name }) => name).concat(fixef.length === 0 ? ['-'] : []));
  const gone = left((j) => absorbed[j]);
  const spannedBy = intercept ? 'the constant and terms before span it' : 'terms before span it';
  return {
    columns: columns.filter((_, j) => kept[j]),
    collinear: left((j) => !kept[j]),
    leftOut: [
      ...gone.map((term) => ({ term, why: `the effects of ${effects} absorb it` })),
      ...spanned.map((term) => ({ term, why: spannedBy })),
    ],
    notes: [
      ...note(gone, `the effects of ${effects} absorb ${gone.length === 1 ? 'it' : 'them'}`),
      ...note(spanned, spannedBy),
    ],
  };
}
