/** Rows that carry no information for a model: one-row and all-zero units, all-zero levels of effects. */
import { type Coded, codesAt } from './column-read.ts';
import { PanelError } from './errors.ts';
import { modelFor, modelOf } from './models/index.ts';
import { lose, usedRows, type Waterfall } from './sample.ts';
import type { FitSpec } from './types.ts';

/** A factor after "|", coded by frame row. */
export interface FixefReading {
  name: string;
  coded: Coded;
}

function unitTotals({ frame, lost }: Waterfall, y: Float64Array) {
  const { units, unitOf } = frame.panel!;
  const rows = new Int32Array(units.length);
  const positive = new Uint8Array(units.length);
  for (let row = 0; row < lost.length; row++) {
    if (lost[row] !== 0) continue;
    rows[unitOf[row]]++;
    if (y[row] > 0) positive[unitOf[row]] = 1;
  }
  return { rows, positive };
}

/** Units of one row, then units without a count above zero (the order of Stata's xtnbreg). Returns the rows lost. */
function loseUnits(w: Waterfall, y: Float64Array): number {
  const { unitOf } = w.frame.panel!;
  const { rows } = unitTotals(w, y);
  const single = lose(w, 'one-row group', (row) => rows[unitOf[row]] === 1);
  const { positive } = unitTotals(w, y);
  return single + lose(w, 'all-zero group', (row) => positive[unitOf[row]] === 0);
}

/** Levels whose outcomes are all zero: their effect would be −∞. Returns the rows lost; repeats until none is left. */
function loseLevels(w: Waterfall, y: Float64Array, fixef: FixefReading[]): number {
  const reason = 'all-zero fixed effect';
  const gone = w.labels.get(reason) ?? [];
  let total = 0;
  for (let before = -1; before !== total; ) {
    before = total;
    for (const { name, coded } of fixef) {
      const positive = new Uint8Array(coded.levels.length);
      const rows = usedRows(w);
      for (const row of rows) if (y[row] > 0) positive[coded.codes[row]] = 1;
      const zero = codesAt(
        coded,
        rows.filter((row) => positive[coded.codes[row]] === 0),
      ).levels;
      if (zero.length === 0) continue;
      for (const label of zero) gone.push(fixef.length > 1 ? `${name} ${label}` : label);
      total += lose(w, reason, (row) => positive[coded.codes[row]] === 0);
    }
  }
  if (gone.length > 0) w.labels.set(reason, gone);
  return total;
}

/**
 * Takes out what the model cannot use: nb-fe units of one row and all-zero units, and for count models all-zero levels
 * of effects, in turns until nothing changes.
 */
export function loseUninformative(w: Waterfall, spec: FitSpec, y: Float64Array, fixef: FixefReading[]): void {
  if (modelOf(spec.model).needs.counts === 'any') return;
  let lost = -1;
  while (lost !== 0) {
    lost = spec.model === 'nb-fe' ? loseUnits(w, y) : 0;
    if (fixef.length > 0) lost += loseLevels(w, y, fixef);
  }
}

const countOf = (w: Waterfall, reason: string) => {
  const code = w.reasons.indexOf(reason) + 1;
  return code === 0 ? 0 : w.lost.reduce((sum, lost) => sum + (lost === code ? 1 : 0), 0);
};

/** @throws PanelError data/no-rows, saying what took them. */
export function requireRows(w: Waterfall, sampleName: string): void {
  if (w.lost.includes(0)) return;
  const taken = w.reasons
    .map((reason) => ({ reason, rows: countOf(w, reason) }))
    .filter(({ rows }) => rows > 0)
    .map(({ reason, rows }) => `${reason} (${rows})`);
  throw new PanelError({
    code: 'data/no-rows',
    message: `No row of ${w.frame.rows} is left${sampleName ? ` in ${sampleName}` : ''}: ${taken.join(', ')}.`,
    hint: 'Check the filter, the lags, and the variables with missing values (gravpanel check).',
    at: { file: w.frame.source.name },
  });
}

/** @throws PanelError data/all-zero, data/one-group. */
export function requireGroups(w: Waterfall, spec: FitSpec, depvar: string): void {
  const at = { file: w.frame.source.name, variable: depvar };
  const left = usedRows(w).length;
  if (left === 0) {
    const single = countOf(w, 'one-row group');
    const zero = countOf(w, 'all-zero group') + countOf(w, 'all-zero fixed effect');
    if (zero === 0)
      throw new PanelError({
        code: 'data/one-group',
        message: `Every unit has one row only (${single} rows); ${spec.model} needs two or more in a unit.`,
        hint: 'Check --panel: is the unit column right? Pooled models: nb2, poisson.',
        at,
      });
    throw new PanelError({
      code: 'data/all-zero',
      message: `${depvar} is 0 in every row of every unit with two or more rows${single > 0 ? ` (${single} units of one row aside)` : ''}; some count above 0 was expected.`,
      hint: 'Check the outcome column and the filter.',
      at,
    });
  }
  if (!modelFor(spec).grouped) return;
  const { unitOf, units } = w.frame.panel!;
  const used = new Set(usedRows(w).map((row) => unitOf[row]));
  if (used.size >= 2) return;
  throw new PanelError({
    code: 'data/one-group',
    message: `Only one unit (${units[[...used][0]]}) can be used; ${spec.model} needs two or more.`,
    hint: 'Check --panel and the filter; units of one row and all-zero units say nothing here.',
    at,
    details: { dropped: w.reasons.map((reason) => ({ reason, rows: countOf(w, reason) })) },
  });
}
