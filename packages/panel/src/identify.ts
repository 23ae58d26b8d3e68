/** What a panel can tell about each variable: how much of it differs between units, moves with time, or does neither. */
import { type Effects, norm, residualise } from './absorb.ts';
import { filterStates, Keep } from './derive.ts';
import { PanelError } from './errors.ts';
import { parseExpression } from './expression.ts';
import { expandFormula, expressionName } from './formula-expand.ts';
import { parseFormula } from './formula-parse.ts';
import { UNIT_SEPARATOR } from './frame.ts';
import { loseMissing, usedRows, waterfall } from './sample.ts';
import { columnsOfTerm, type Reading, termReader } from './terms.ts';
import type { FitSpec, Frame, PanelIndex, VariableShares } from './types.ts';

/** A variable counts as absorbed where less than this share of its variance is left. */
const NOTHING = 1e-12;

interface Variable {
  name: string;
  values: Float64Array;
}

function effectsOf(of: ArrayLike<number>, rows: Int32Array): Effects {
  const seen = new Map<number, number>();
  const codes = Int32Array.from(rows, (row) => {
    const value = of[row];
    if (!seen.has(value)) seen.set(value, seen.size);
    return seen.get(value)!;
  });
  return { codes, count: seen.size };
}

function readingOf(left: { unit: number; time: number; both: number }, panel: PanelIndex): string {
  const unit = panel.unit.join(UNIT_SEPARATOR);
  if (left.unit <= NOTHING) return `Constant within ${unit}: ${unit} effects absorb it`;
  if (left.time <= NOTHING) return `Varies only over ${panel.time}: ${panel.time} effects absorb it`;
  return left.both <= NOTHING
    ? `A part of ${unit} and a part of ${panel.time}: ${unit} and ${panel.time} effects together absorb it`
    : '';
}

function sharesOf({ name, values }: Variable, rows: Int32Array, panel: PanelIndex): VariableShares {
  const unit = effectsOf(panel.unitOf, rows);
  const time = effectsOf(panel.timeOf, rows);
  const one: Effects = { codes: new Int32Array(rows.length), count: 1 };
  const squares = (factors: Effects[]) => norm(residualise(values, factors)) ** 2;
  const total = squares([one]);
  if (total <= (1e-14 * norm(values)) ** 2)
    return { variable: name, between: 0, time: 0, within: 0, reading: 'It is constant: the intercept absorbs it' };
  const left = { unit: squares([unit]) / total, time: squares([time]) / total, both: squares([unit, time]) / total };
  const reading = readingOf(left, panel);
  if (left.unit <= NOTHING) return { variable: name, between: 1, time: 0, within: 0, reading };
  if (left.time <= NOTHING) return { variable: name, between: 0, time: 1, within: 0, reading };
  const within = left.both <= NOTHING ? 0 : left.both;
  return { variable: name, between: 1 - left.unit, time: left.unit - within, within, reading };
}

function requirePanel(frame: Frame): PanelIndex {
  if (frame.panel) return frame.panel;
  throw new PanelError({
    code: 'model/needs-panel',
    message: 'The identification report needs a panel; none was declared.',
    hint: 'Name the unit and the time column: --panel ID,TIME.',
  });
}

/** Right-hand terms of all columns of a spec, at the rows that every one of them can use (before drops of a model). */
function ofSpec(frame: Frame, spec: FitSpec, panel: PanelIndex): VariableShares[] {
  const formula = parseFormula(spec.formula);
  const columns = expandFormula(formula);
  const states = spec.where === undefined ? undefined : filterStates(frame, spec.where);
  const mask = states?.map((state) => (state === Keep.yes ? 1 : 0));
  const reader = termReader(frame, formula.text, spec.lag ?? 0, mask);
  const terms = new Map(columns.flatMap(({ terms }) => terms).map((term) => [term.text, term]));
  const read = [...terms.values()].map((term) => ({ term, factors: term.factors.map((f) => reader.factor(f)) }));
  const outcomes = columns.map(({ lhs }) => reader.numbers(lhs));
  const w = waterfall(frame);
  if (mask) for (let row = 0; row < w.lost.length; row++) if (mask[row] === 0) w.lost[row] = 1;
  if (mask) w.reasons.push('filter');
  loseMissing(w, [...outcomes, ...read.flatMap(({ factors }) => factors as Reading[])]);
  const rows = usedRows(w);
  if (rows.length === 0) return [];
  return read
    .filter(({ term }) => term.factors.every(({ type }) => type === 'expression'))
    .flatMap((reading) => columnsOfTerm(reading, rows, panel))
    .map((column) => sharesOf(column, rows, panel));
}

function ofVariable(frame: Frame, source: string, panel: PanelIndex): VariableShares {
  const parsed = Object.hasOwn(frame.columns, source)
    ? {
        node: { type: 'name' as const, name: source, start: 0, end: source.length },
        text: { source, area: 'expression' as const },
      }
    : parseExpression(source);
  const { values } = termReader(frame, parsed.text, 0, undefined).numbers(parsed.node);
  const rows = panel.order.filter((row) => !Number.isNaN(values[row]));
  const variable = { name: expressionName(parsed.node), values: Float64Array.from(rows, (row) => values[row]) };
  return sharesOf(variable, rows, panel);
}

/**
 * Variance shares of each variable, summing to 1: `between`, the variance of unit means; `time`, what period effects
 * explain of the rest (given unit effects); `within`, what two-way effects leave. In a balanced panel the order does not
 * matter; in an unbalanced one unit effects come first, except that a variable which period effects absorb alone counts as
 * time = 1. A constant has shares 0. `reading` says which effects absorb the variable, in the panel's own column names.
 * @param what a specification: the right-hand terms (without i()) at the rows that all of its columns can use; or columns
 * and expressions, each at its own rows.
 * @throws PanelError model/needs-panel, formula/…, expression/…, data/….
 */
export function identify(frame: Frame, what: FitSpec | string[]): VariableShares[] {
  const panel = requirePanel(frame);
  return Array.isArray(what) ? what.map((source) => ofVariable(frame, source, panel)) : ofSpec(frame, what, panel);
}
