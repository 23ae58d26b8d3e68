/** What a frontier reads beside its formula: regressors of μ, and the distance of each row to its unit's last period. */

import { packed } from './collinear.ts';
import { type ColumnReading, readColumn } from './column-reading.ts';
import { PanelError } from './errors.ts';
import { expandFormula } from './formula-expand.ts';
import { parseFormula } from './formula-parse.ts';
import { columnsOfTerm, type TermReader } from './terms.ts';
import type { Design, FitSpec, Frame } from './types.ts';

/** The columns of `effects`, read as the right-hand side of the outcome's own formula. @throws PanelError formula/…, data/…. */
export function readEffects(
  frame: Frame,
  spec: FitSpec,
  depvar: string,
  reader: TermReader,
): ColumnReading | undefined {
  const effects = spec.frontier?.effects;
  if (effects === undefined) return undefined;
  const [column, ...others] = expandFormula(parseFormula(`${depvar} ~ ${effects}`));
  if (others.length > 0 || column.fixef.length > 0 || column.offsets.length > 0)
    throw new PanelError({
      code: 'formula/effects',
      message: `"${effects}" is not one list of terms; regressors of inefficiency were expected.`,
      hint: "Write them as a right-hand side without steps, offsets or effects: 'openness + log(distance)'.",
    });
  return readColumn(frame, { ...spec, offset: undefined, exposure: undefined, vcov: { type: 'iid' } }, column, reader);
}

/** z with its names, t − T of the rows used: they are sorted by unit and time. */
export function frontierColumns(
  frame: Frame,
  spec: FitSpec,
  effects: ColumnReading | undefined,
  rows: Int32Array,
  groupStart: Int32Array | undefined,
): Design['frontier'] {
  const options = spec.frontier ?? {};
  const n = rows.length;
  const ones = new Float64Array(n).fill(1);
  if (effects) {
    const columns = effects.terms.flatMap((term) => columnsOfTerm(term, rows, frame.panel));
    const named = [...(effects.column.intercept ? [{ name: '(Intercept)', values: ones }] : []), ...columns];
    const z = packed(
      named.map(({ values }) => values),
      n,
    );
    return { z, zTerms: named.map(({ name }) => name) };
  }
  const location = options.distribution === 'truncated-normal' && { z: ones, zTerms: ['(Intercept)'] };
  if (options.inefficiency !== 'decay' || !groupStart) return { ...location };
  const { timeOf } = frame.panel!;
  const decay = new Float64Array(n);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const last = timeOf[rows[groupStart[g + 1] - 1]];
    for (let i = groupStart[g]; i < groupStart[g + 1]; i++) decay[i] = timeOf[rows[i]] - last;
  }
  return { ...location, decay };
}
