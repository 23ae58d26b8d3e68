/** Checks of outcomes, exposures and weights at the rows a model would use. */
import { rowPlace } from './column-read.ts';
import { PanelError } from './errors.ts';
import { modelOf } from './models/index.ts';
import type { FitSpec, Frame } from './types.ts';

const EXACT = 2 ** 53;

/**
 * What the model asks of y: integer counts (nb…), y ≥ 0 (poisson), anything (ols); not all zero for counts.
 * @param y by frame row. @param rows the rows that count.
 * @throws PanelError data/not-a-count, data/count-too-large, data/all-zero, naming row and value.
 */
export function checkOutcome(frame: Frame, spec: FitSpec, depvar: string, y: Float64Array, rows: Int32Array): void {
  const { counts } = modelOf(spec.model).needs;
  if (counts === 'any') return;
  const refuse = (code: string, row: number, expected: string, hint: string) => {
    const at = rowPlace(frame, row, depvar);
    throw new PanelError({
      code,
      message: `${depvar} is ${y[row]} on line ${at.row} of "${at.file}"; ${expected}.`,
      hint,
      at,
      details: { value: y[row], line: at.row },
    });
  };
  for (const row of rows) {
    if (y[row] < 0)
      refuse(
        'data/not-a-count',
        row,
        `${spec.model} needs values of 0 or more`,
        'Correct the cell, filter it (--where), or use ols.',
      );
    if (counts === 'integer' && !Number.isInteger(y[row]))
      refuse(
        'data/not-a-count',
        row,
        `${spec.model} needs whole counts`,
        'Use poisson (PPML), which takes fractions, or count again.',
      );
    if (y[row] > EXACT)
      refuse(
        'data/count-too-large',
        row,
        'counts above 2^53 are not exact',
        'Count in thousands, or use poisson or ols on a scaled outcome.',
      );
  }
  if (rows.length > 0 && rows.every((row) => y[row] === 0))
    throw new PanelError({
      code: 'data/all-zero',
      message: `${depvar} is 0 in all ${rows.length} rows; some count above 0 was expected.`,
      hint: 'Check the outcome column and the filter.',
      at: { file: frame.source.name, variable: depvar },
    });
}

/** @throws PanelError data/bad-exposure, data/bad-weight at the first value below the least one. */
export function checkPositive(
  frame: Frame,
  role: 'exposure' | 'weight',
  name: string,
  values: Float64Array,
  rows: Int32Array,
): void {
  const row = rows.find((r) => (role === 'exposure' ? !(values[r] > 0) : values[r] < 0));
  if (row === undefined) return;
  const at = rowPlace(frame, row, name);
  throw new PanelError({
    code: `data/bad-${role}`,
    message: `${name} (${role}) is ${values[row]} on line ${at.row} of "${at.file}"; ${role === 'exposure' ? 'a number above 0' : 'a number of 0 or more'} was expected.`,
    hint: 'Correct the cell or filter the row (--where).',
    at,
  });
}
