/** Terms of a formula as columns of numbers: evaluated over the whole panel, lagged by key, taken at the used rows. */
import { type Coded, codeColumn, codesAt, columnOf } from './column-read.ts';
import { nearestHint } from './errors.ts';
import { evaluateNumbers, maskThrough } from './expression-eval.ts';
import { type SourceText, sourceError } from './expression-lex.ts';
import { children, type Node, namesIn } from './expression-tree.ts';
import { expressionName, type Term } from './formula-expand.ts';
import type { Factor } from './formula-tree.ts';
import { lagRows } from './lag.ts';
import type { Frame, PanelIndex } from './types.ts';

/** What stands in a frame row: a value, nothing, or nothing because the row it is taken from does not exist. */
export enum State {
  present = 0,
  missing = 1,
  lag = 2,
}

/** Something that a model reads, by frame row. */
export interface Reading {
  /** "lrnd" in the reason "missing lrnd". */
  label: string;
  state: Uint8Array;
}
interface NumberReading extends Reading {
  kind: 'number' | 'mean';
  values: Float64Array;
}
interface LevelReading extends Reading {
  kind: 'levels';
  coded: Coded;
  by?: { numbers: Float64Array } | { coded: Coded };
}
export type FactorReading = NumberReading | LevelReading;

/** A term with its factors read. */
export interface TermReading {
  term: Term;
  factors: FactorReading[];
}

/** One column of x before collinear ones go. */
export interface TermColumn {
  name: string;
  variables: string[];
  values: Float64Array;
  /** First of a full set of dummies: the one to leave out where the set is collinear. */
  baseline: boolean;
}

/** Periods back of every value behind a node, lags inside lags added up. */
function offsetsIn(node: Node, outer: number): number[] {
  const offsets: number[] = [];
  const visit = (inner: Node, at: number): void => {
    const now = inner.type === 'lag' ? at + (inner.op === 'f' ? -inner.from : inner.from) : at;
    if (now !== at) offsets.push(now);
    for (const child of children(inner)) visit(child, now);
  };
  visit(node, outer);
  return outer === 0 ? offsets : [outer, ...offsets];
}

function stateOf(absent: (row: number) => boolean, panel: PanelIndex | undefined, offsets: number[], rows: number) {
  const sources = panel ? offsets.map((k) => lagRows(panel, k)) : [];
  const state = new Uint8Array(rows).fill(State.present);
  for (let row = 0; row < rows; row++)
    if (absent(row)) state[row] = sources.some((from) => from[row] < 0) ? State.lag : State.missing;
  return state;
}

/** Reads factors of one frame; `lag` periods back, errors only for the rows of `mask` that need the value. */
export interface TermReader {
  factor(factor: Factor): FactorReading;
  /** A single expression, not lagged: outcome, offset, exposure, weights. */
  numbers(node: Node, text?: SourceText): NumberReading;
}

/** @param text the formula, for the places of errors. */
export function termReader(frame: Frame, text: SourceText, lag: number, mask: Uint8Array | undefined): TermReader {
  const cache = new Map<string, FactorReading>();
  const { panel, rows } = frame;
  const index = panel ? [...panel.unit, panel.time] : [];
  const shiftOf = (names: string[]) => (names.every((name) => index.includes(name)) ? 0 : lag);

  function read(node: Node, source: SourceText, shift: number): NumberReading {
    const from = shift === 0 || !panel ? undefined : lagRows(panel, shift);
    const raw = evaluateNumbers(frame, { text: source, node }, from && mask ? maskThrough(from, mask) : mask);
    const values = from ? Float64Array.from(from, (row) => (row < 0 ? Number.NaN : raw[row])) : raw;
    const names = namesIn(node);
    const state = stateOf((row) => Number.isNaN(values[row]), panel, offsetsIn(node, shift), rows);
    return { kind: 'number', label: names.length === 1 ? names[0] : expressionName(node), values, state };
  }

  function coded(name: string, shift: number): Coded {
    const all = codeColumn(columnOf(frame, name));
    if (shift === 0 || !panel) return all;
    const from = lagRows(panel, shift);
    return { ...all, codes: Int32Array.from(from, (row) => (row < 0 ? -1 : all.codes[row])) };
  }

  function levels(factor: Factor & { type: 'i' }): LevelReading {
    const { variable, by } = factor;
    const main = coded(variable.name, shiftOf([variable.name]));
    let other: LevelReading['by'];
    if (by) {
      const shift = shiftOf([by.name]);
      const crossed = factor.byFactor || columnOf(frame, by.name).kind === 'text';
      other = crossed ? { coded: coded(by.name, shift) } : { numbers: read(by, text, shift).values };
    }
    checkRefs(factor, main, text);
    const absent = (row: number) =>
      main.codes[row] < 0 ||
      (other !== undefined && ('coded' in other ? other.coded.codes[row] < 0 : Number.isNaN(other.numbers[row])));
    const shifts = [variable, ...(by ? [by] : [])].map(({ name }) => shiftOf([name])).filter((shift) => shift !== 0);
    return {
      kind: 'levels',
      label: by && by.name !== variable.name ? `${variable.name} or ${by.name}` : variable.name,
      state: stateOf(absent, panel, shifts, rows),
      coded: main,
      ...(other && { by: other }),
    };
  }

  return {
    factor(factor) {
      const key = JSON.stringify([factor], (k, v) => (k === 'start' || k === 'end' ? undefined : v));
      let found = cache.get(key);
      if (!found) {
        if (factor.type === 'i') found = levels(factor);
        else {
          const reading = read(factor.node, text, shiftOf(namesIn(factor.node)));
          found = factor.type === 'mean' ? { ...reading, kind: 'mean' } : reading;
        }
        cache.set(key, found);
      }
      return found;
    },
    numbers: (node, source = text) => read(node, source, 0),
  };
}

const isLevel = (coded: Coded, level: number, ref: string) =>
  coded.levels[level] === ref || (coded.numbers !== undefined && coded.numbers[level] === Number(ref));

function checkRefs({ variable, refs }: Factor & { type: 'i' }, coded: Coded, text: SourceText): void {
  const unknown = refs.find((ref) => !coded.levels.some((_, level) => isLevel(coded, level, ref)));
  if (unknown === undefined) return;
  throw sourceError(text, variable.start, variable.end, {
    code: 'unknown-level',
    message: `${unknown} is not a value of ${variable.name}; ref must be one.`,
    hint: nearestHint(unknown, coded.levels),
  });
}

interface Part {
  name: string;
  values: Float64Array;
  baseline: boolean;
}

function dummyParts(factor: Factor & { type: 'i' }, reading: LevelReading, rows: Int32Array): Part[] {
  const { coded, by } = reading;
  const here = codesAt(coded, rows);
  const other = by && 'coded' in by ? codesAt(by.coded, rows) : undefined;
  const parts: Part[] = [];
  here.levels.forEach((label, level) => {
    if (factor.refs.some((ref) => isLevel(here, level, ref))) return;
    const head = `${factor.variable.name}::${label}`;
    const baseline = level === 0 && factor.refs.length === 0;
    const dummy = (value: (i: number) => number) => {
      const values = new Float64Array(rows.length);
      for (let i = here.codes.indexOf(level); i >= 0; i = here.codes.indexOf(level, i + 1)) values[i] = value(i);
      return values;
    };
    if (!by) parts.push({ name: head, values: dummy(() => 1), baseline });
    else if ('numbers' in by)
      parts.push({ name: `${head}:${factor.by!.name}`, values: dummy((i) => by.numbers[rows[i]]), baseline });
    else
      other!.levels.forEach((second, code) => {
        const values = dummy((i) => (other!.codes[i] === code ? 1 : 0));
        const name = `${head}:${factor.by!.name}::${second}`;
        if (values.some((v) => v !== 0)) parts.push({ name, values, baseline: baseline && code === 0 });
      });
  });
  return parts;
}

/** Mean over the used rows of each unit (Wooldridge 2019 for unbalanced panels), in each of its rows. */
function unitMeans(values: Float64Array, rows: Int32Array, panel: PanelIndex): Float64Array {
  const sums = new Float64Array(panel.units.length);
  const counts = new Float64Array(panel.units.length);
  for (const row of rows) {
    sums[panel.unitOf[row]] += values[row];
    counts[panel.unitOf[row]]++;
  }
  return Float64Array.from(rows, (row) => sums[panel.unitOf[row]] / counts[panel.unitOf[row]]);
}

function partsOf(factor: Factor, reading: FactorReading, rows: Int32Array, panel: PanelIndex | undefined): Part[] {
  if (reading.kind === 'levels') return dummyParts(factor as Factor & { type: 'i' }, reading, rows);
  const name = expressionName((factor as Factor & { type: 'mean' }).node);
  if (reading.kind === 'mean')
    return [{ name: `mean(${name})`, values: unitMeans(reading.values, rows, panel!), baseline: false }];
  return [{ name, values: Float64Array.from(rows, (row) => reading.values[row]), baseline: false }];
}

/** Columns of a term at the used rows: one, or one for each level that occurs in them. */
export function columnsOfTerm({ term, factors }: TermReading, rows: Int32Array, panel?: PanelIndex): TermColumn[] {
  const parts = term.factors.map((factor, f) => partsOf(factor, factors[f], rows, panel));
  return parts
    .reduce((left, right) =>
      left.flatMap((a) =>
        right.map((b) => ({
          name: `${a.name}:${b.name}`,
          values: a.values.map((v, i) => v * b.values[i]),
          baseline: a.baseline || b.baseline,
        })),
      ),
    )
    .map((part) => ({ ...part, variables: term.variables }));
}
