/** Correlations of variables and how much each is explained by the others. */
import { columnOf, numbersOf, someRows } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { count, decimal, fixed } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Frame, Table } from './types.ts';

/** A variable counts as explained in full by the others where less than this share of its variance is left. */
const COLLINEAR = 1e-10;

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** Deviations from the mean, of length 1; undefined for a constant. */
function standardised(values: Float64Array): Float64Array | undefined {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const d = values.map((v) => v - mean);
  const length = Math.sqrt(dot(d, d));
  const size = Math.sqrt(dot(values, values));
  return length <= 1e-13 * size || length === 0 ? undefined : d.map((v) => v / length);
}

/** What is left of `x` net of the span of `others` (all of length 1), orthogonalised twice. */
function residualOf(x: Float64Array, others: Float64Array[]): Float64Array {
  const basis: Float64Array[] = [];
  const net = (v: Float64Array) => {
    let r = v.slice();
    for (let pass = 0; pass < 2; pass++)
      for (const b of basis) {
        const c = dot(r, b);
        r = r.map((value, i) => value - c * b[i]);
      }
    return r;
  };
  for (const other of others) {
    const r = net(other);
    const length = Math.sqrt(dot(r, r));
    if (length * length > COLLINEAR) basis.push(r.map((v) => v / length));
  }
  return net(x);
}

export interface Correlations {
  /** k × k Pearson correlations, row-major. */
  r: number[][];
  /** Variance inflation factors 1/(1 − R²ⱼ); undefined where the others explain the variable in full. */
  vif: (number | undefined)[];
}

/**
 * Pearson correlations, and variance inflation factors 1/(1 − R²ⱼ) with R²ⱼ of the regression of variable j on the others
 * and a constant (Belsley, Kuh, Welsch 1980), from orthogonalised columns.
 * @param columns k columns of n values without missing ones.
 * @returns undefined in the place of a constant column (`r` and `vif` of the others do not use it).
 */
export function correlations(columns: Float64Array[]): { of: Correlations; constant: number[] } {
  const standard = columns.map(standardised);
  const constant = standard.flatMap((s, j) => (s ? [] : [j]));
  const used = standard.filter((s) => s !== undefined);
  const r = used.map((a) => used.map((b) => (a === b ? 1 : Math.max(-1, Math.min(1, dot(a, b))))));
  const vif = used.map((x, j) => {
    const left = residualOf(
      x,
      used.filter((_, i) => i !== j),
    );
    const share = dot(left, left);
    return share <= COLLINEAR ? undefined : 1 / share;
  });
  return { of: { r, vif }, constant };
}

function rowsWithAll(frame: Frame, rows: Int32Array, names: string[]): Int32Array {
  const columns = names.map((name) => numbersOf(frame, name));
  return rows.filter((i) => columns.every((values) => !Number.isNaN(values[i])));
}

const EMPTY: Cell = { text: '', kind: 'empty' };

/**
 * Lower triangle of the correlations and the variance inflation factors, at the rows where no variable is missing.
 * @throws PanelError data/unknown-column, data/not-numeric, describe/no-rows, describe/constant, describe/too-few-rows.
 */
export function correlationTable(
  frame: Frame,
  spec: Extract<DescribeSpec, { kind: 'correlation' }>,
  id: string,
  variables: Variables,
): Table {
  for (const name of spec.variables) columnOf(frame, name);
  const given = someRows(frame, spec.where);
  const rows = rowsWithAll(frame, given, spec.variables);
  if (rows.length < 3)
    throw new PanelError({
      code: 'describe/too-few-rows',
      message: `${rows.length} of ${given.length} rows have all of ${spec.variables.join(', ')}; a correlation needs 3.`,
      hint: 'Leave out the variable that is missing most.',
    });
  const { of, constant } = correlations(
    spec.variables.map((name) => {
      const values = numbersOf(frame, name);
      return Float64Array.from(rows, (i) => values[i]);
    }),
  );
  if (constant.length > 0)
    throw new PanelError({
      code: 'describe/constant',
      message: `${constant.map((j) => spec.variables[j]).join(', ')} is the same in all ${rows.length} rows; it has no correlation.`,
      hint: 'Leave it out of variables.',
      at: { variable: spec.variables[constant[0]] },
    });
  const k = spec.variables.length;
  const collinear = spec.variables.filter((_, j) => of.vif[j] === undefined);
  const label = (name: string) => variableLabel(name, variables);
  return {
    kind: 'table',
    id,
    title: spec.title ?? 'Correlations and variance inflation',
    spanners: [],
    stub: 'Variable',
    columns: [
      ...Array.from({ length: k }, (_, j) => ({ head: `(${j + 1})`, align: 'decimal' as const })),
      { head: 'VIF', align: 'decimal' },
    ],
    body: spec.variables.map((name, i) => ({
      label: `(${i + 1}) ${label(name)}`,
      cells: [
        ...of.r[i].map((r, j): Cell => (j > i ? EMPTY : { text: decimal(fixedTo(r), 2), value: r, kind: 'number' })),
        of.vif[i] === undefined
          ? { text: 'collinear', kind: 'text' as const }
          : { text: decimal(of.vif[i], 2), value: of.vif[i], kind: 'number' as const },
      ],
      kind: 'only' as const,
    })),
    foot: [],
    notes: [
      `Pearson correlations over ${count(rows.length)} rows${rows.length < given.length ? `; ${count(given.length - rows.length)} with a missing value are left out` : ''}. VIF = 1/(1 − R²) of each variable on the others.`,
      ...(collinear.length > 0 ? [`The others explain ${collinear.map(label).join(', ')} in full.`] : []),
      ...(spec.where ? [`Rows where ${spec.where}.`] : []),
    ],
  };
}

/** A correlation that prints as zero is zero. */
const fixedTo = (r: number) => (/[1-9]/.test(fixed(r, 2)) ? r : 0);
