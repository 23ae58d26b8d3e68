/** A first study for a table: which columns make the panel, what is counted, what may explain it. */
import { nearestHint, PanelError } from './errors.ts';
import type { Column, Frame } from './types.ts';

/** What the user has said of the table; the rest is guessed. */
export interface StarterHints {
  unit?: string[];
  time?: string;
  count?: string;
  /** Where nothing fits the best guess is taken, to be mended: rows may repeat unit and period, and there may be no count. */
  loose?: boolean;
}

/** The guess, as the columns of the study. */
export interface Starter {
  unit: string[];
  time: string;
  /** Absent where no column looks like one and the guess is loose. */
  count?: string;
  regressors: { name: string; column: string; log: boolean }[];
}

const TIME_NAMES = /^(year|yr|time|period|date|quarter|month|wave|t)$/i;
const UNIT_NAMES = /(^|_)(id|firm|company|country|partner|pair|unit|iso\d?|name|code|state|region)($|_)/i;
const COUNT_NAMES = /patent|count|collab|publi|paper|article|cite|event|visit|accident|trade|export|number|^n_|^y$/i;
/** Numbers that only name something. */
const IDENTIFIERS = /(^|_)(id|code|key|nr|no|cusip|gvkey|permno|sic|isic|naics|zip)\d*($|_)/i;
const MOST_REGRESSORS = 4;
/** Rows that a unit has on average, at least. */
const LEAST_ROWS = 1.5;
/** Rows that repeat unit and period in a panel that is only dirty, at most this share. */
const MOST_REPEATED = 0.2;
/** Cells that a regressor may lack, at most this share: the rows without it go. */
const MOST_MISSING = 0.2;
/** 2001-12-31, 2001/12, 31.12.2001, 12/31/2001. */
const DATE = /^\s*(\d{4}[-/]\d{1,2}([-/]\d{1,2})?|\d{1,2}[./-]\d{1,2}[./-]\d{4})\b/;
/** A regressor whose largest value is this many times its smallest is taken in logarithms. */
const LOG_RANGE = 50;

interface Numeric {
  name: string;
  values: Float64Array;
}

type Values = Column['values'];

const counted = new WeakMap<Values, number>();
/** How many values differ; counted once a column. */
function distinct(values: Values): number {
  const size = counted.get(values) ?? (values instanceof Float64Array ? steps(values) : new Set(values).size);
  counted.set(values, size);
  return size;
}
/** Of numbers: sorting them is several times as fast as a set of as many. */
function steps(values: Float64Array): number {
  const sorted = values.slice().sort();
  let size = Math.min(1, sorted.length);
  // What is missing sorts last, and counts as one.
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1] && !Number.isNaN(sorted[i - 1])) size++;
  return size;
}
const isWhole = ({ values }: Numeric) => values.every(Number.isInteger);
/** Whole numbers from 0, some of which may be missing. */
const couldCount = ({ values }: Numeric) =>
  values.every((value) => Number.isNaN(value) || (Number.isInteger(value) && value >= 0));
const missingIn = ({ values }: Numeric) => values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);

const coded = new WeakMap<Values, Float64Array>();
/** Position of each row's value among the distinct ones. */
function codesOf({ values }: Column): Float64Array {
  const known = coded.get(values);
  if (known) return known;
  const seen = new Map<unknown, number>();
  const codes = new Float64Array(values.length);
  for (let row = 0; row < codes.length; row++) {
    const value = values[row];
    let code = seen.get(value);
    if (code === undefined) {
      code = seen.size;
      seen.set(value, code);
    }
    codes[row] = code;
  }
  coded.set(values, codes);
  counted.set(values, seen.size);
  return codes;
}

/** Combinations of the columns that come once or more. */
function combinations(frame: Frame, names: string[]): number {
  let keys = codesOf(frame.columns[names[0]]);
  for (const name of names.slice(1)) {
    const next = codesOf(frame.columns[name]);
    const width = distinct(frame.columns[name].values);
    keys = codesOf({ kind: 'number', values: keys.map((key, row) => key * width + next[row]) });
  }
  return steps(keys);
}

/** Whether the columns together name each row once. */
const isKey = (frame: Frame, names: string[]) => combinations(frame, names) === frame.rows;

function requireColumn(frame: Frame, name: string): string {
  if (Object.hasOwn(frame.columns, name)) return name;
  throw new PanelError({
    code: 'data/unknown-column',
    message: `"${name}" is not a column of "${frame.source.name}".`,
    hint: nearestHint(name, Object.keys(frame.columns)),
  });
}

function cannotGuess(what: string, flag: string): PanelError {
  return new PanelError({
    code: 'init/not-found',
    message: `No column looks like ${what}.`,
    hint: `Name it: ${flag}.`,
  });
}

/** The better the name and the range, the higher; a time column has whole numbers that repeat. */
function timeScore({ name, values }: Numeric): number {
  const years = values.every((value) => value >= 1500 && value <= 2200);
  return (TIME_NAMES.test(name) ? 4 : 0) + (/year/i.test(name) ? 2 : 0) + (years ? 3 : 0);
}

/** The column that a reader would call the time, whether it can be one or not. */
function nearestTime(frame: Frame): string {
  const dated = ({ values }: Column) => values.some((value) => typeof value === 'string' && DATE.test(value));
  const scored = Object.entries(frame.columns).map(([name, column], i) => ({
    name,
    i,
    score:
      (column.kind === 'text' ? (dated(column) ? 5 : 0) : timeScore({ name, values: column.values })) +
      (TIME_NAMES.test(name) ? 2 : 0) +
      (column.kind === 'number' && isWhole({ name, values: column.values }) ? 1 : 0),
  }));
  return scored.sort((a, b) => b.score - a.score || a.i - b.i)[0].name;
}

function guessTime(frame: Frame, numbers: Numeric[], loose = false): string {
  const candidates = numbers
    .filter((column) => isWhole(column) && distinct(column.values) >= 2 && distinct(column.values) < frame.rows)
    .map((column) => ({ name: column.name, score: timeScore(column) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  if (candidates.length > 0) return candidates[0].name;
  if (loose) return nearestTime(frame);
  throw cannotGuess('a period (whole numbers such as years)', '--panel UNIT,TIME');
}

/** Rows beside the first of their key. */
const extraRows = (frame: Frame, names: string[]) => frame.rows - combinations(frame, names);

/** Text or whole numbers that come back from period to period: amounts are no names. */
function namesUnits(column: Column, rows: number): boolean {
  const whole = column.kind === 'text' || column.values.every((value) => Number.isInteger(value));
  return whole && LEAST_ROWS * distinct(column.values) <= rows;
}

function guessUnit(frame: Frame, time: string, loose = false): string[] {
  const candidates = Object.keys(frame.columns)
    .filter((name) => name !== time && distinct(frame.columns[name].values) >= 2)
    .filter((name) => namesUnits(frame.columns[name], frame.rows))
    .map((name) => ({
      name,
      score: (UNIT_NAMES.test(name) ? 2 : 0) + (frame.columns[name].kind === 'text' ? 1 : 0),
    }))
    .sort((a, b) => b.score - a.score);
  const single = candidates.find(({ name }) => isKey(frame, [name, time]));
  if (single) return [single.name];
  const named = candidates.filter(({ score }) => score > 0).slice(0, 8);
  for (const [i, a] of named.entries())
    for (const b of named.slice(i + 1)) if (isKey(frame, [a.name, b.name, time])) return [a.name, b.name];
  if (loose) return nearestUnit(frame, time, candidates.slice(0, 8), named);
  throw cannotGuess(`a unit: none names each row once together with "${time}"`, '--panel UNIT,TIME or A+B,TIME');
}

/** The column, or the pair, with which the fewest rows repeat; where too many do, the one with the best name. */
function nearestUnit(
  frame: Frame,
  time: string,
  single: { name: string; score: number }[],
  named: { name: string }[],
): string[] {
  const judged = single.map(({ name, score }) => ({ names: [name], score, extra: extraRows(frame, [name, time]) }));
  const pairs = named.flatMap((a, i) =>
    named.slice(i + 1).map((b) => ({
      names: [a.name, b.name],
      score: 0,
      extra: extraRows(frame, [a.name, b.name, time]),
    })),
  );
  for (const some of [judged, pairs]) {
    const [best] = [...some].sort((a, b) => a.extra - b.extra || b.score - a.score);
    if (best && best.extra <= MOST_REPEATED * frame.rows) return best.names;
  }
  const [first] = [...judged].sort((a, b) => b.score - a.score || a.extra - b.extra);
  if (first) return first.names;
  const others = Object.keys(frame.columns).filter((name) => name !== time);
  return [others.find((name) => frame.columns[name].kind === 'text') ?? others[0] ?? time];
}

/** A name that says so, then what changes within a unit: a code of a unit is no count of it. */
function guessCount(frame: Frame, unit: string[], numbers: Numeric[], loose = false): string | undefined {
  const counts = numbers.filter((column) => couldCount(column) && distinct(column.values) > 2);
  const named = counts.find(({ name }) => COUNT_NAMES.test(name));
  const varies = ({ name }: Numeric) => combinations(frame, [...unit, name]) > combinations(frame, unit);
  const likely = counts.filter(({ name }) => !IDENTIFIERS.test(name));
  const found = named ?? likely.find(varies) ?? likely[0] ?? counts[0];
  if (!found && !loose) throw cannotGuess('a count (whole numbers from 0)', '--count COLUMN');
  return found?.name;
}

function regressorsOf(numbers: Numeric[], taken: Set<string>): Starter['regressors'] {
  return numbers
    .filter(({ name, values }) => !taken.has(name) && !IDENTIFIERS.test(name) && distinct(values) >= 2)
    .slice(0, MOST_REGRESSORS)
    .map(({ name, values }) => {
      const known = values.filter((value) => !Number.isNaN(value));
      const [least, most] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
      const log = least > 0 && most > LOG_RANGE * least;
      return { name: log ? `ln_${name}` : name, column: name, log };
    });
}

/**
 * Guesses panel, count and regressors of a table from names and values.
 * @throws PanelError init/not-found, data/unknown-column.
 */
export function guessStarter(frame: Frame, hints: StarterHints = {}): Starter {
  const numbers = Object.entries(frame.columns).flatMap(([name, column]) =>
    column.kind === 'number' ? [{ name, values: column.values }] : [],
  );
  const complete = numbers.filter((column) => missingIn(column) === 0);
  const time = hints.time === undefined ? guessTime(frame, complete, hints.loose) : requireColumn(frame, hints.time);
  const unit = hints.unit?.map((name) => requireColumn(frame, name)) ?? guessUnit(frame, time, hints.loose);
  const keys = new Set([time, ...unit]);
  const left = numbers.filter((column) => !keys.has(column.name) && missingIn(column) <= MOST_MISSING * frame.rows);
  const count =
    hints.count === undefined ? guessCount(frame, unit, left, hints.loose) : requireColumn(frame, hints.count);
  if (count === undefined) return { unit, time, regressors: [] };
  return { unit, time, count, regressors: regressorsOf(left, new Set([count, ...keys])) };
}

const plain = (name: string) => /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name);
const inFormula = (name: string) => (plain(name) ? name : `\`${name}\``);
const inYaml = (text: string) =>
  /^[\p{L}\p{N}_./ -]+$/u.test(text) && !/^\s|\s$/.test(text) ? text : JSON.stringify(text);

/**
 * The study as commented YAML.
 * @param path of the table, from the study's folder.
 * @param how the table is read, as keys of `data`.
 */
export function starterYaml(
  { unit, time, count, regressors }: Starter,
  path: string,
  how: Record<string, string> = {},
): string {
  const file = [['path', path], ...Object.entries(how)].map(([key, value]) => `${key}: ${inYaml(value)}`).join(', ');
  const [first, ...rest] = regressors.map(({ name }) => inFormula(name));
  const steps = rest.length > 0 ? ` + csw0(${rest.join(', ')})` : '';
  const rhs = first === undefined ? '1' : `${first}${steps}`;
  const logs = regressors.filter(({ log }) => log);
  const units = unit.map(inYaml).join(', ');
  if (count === undefined)
    return `# yaml-language-server: $schema=./study.schema.json
# No column looks like a count: name what is counted, and what may explain it, in a first model.
version: 1
title: ${inYaml(path.replace(/^.*\/|\.[^.]*$/g, '') || path)}
data: { ${file}, unit: [${units}], time: ${inYaml(time)} }
`;
  return `# yaml-language-server: $schema=./study.schema.json
# Written by gravpanel init: a guess to start from. gravpanel schema -o study.schema.json gives an editor the keys.
version: 1
title: ${inYaml(`${count} by ${unit.join(' and ')}`)}
question: What drives ${inYaml(count).replace(/^"|"$/g, '')}?
data: { ${file}, unit: [${units}], time: ${inYaml(time)} }
${logs.length > 0 ? `derive:\n${logs.map(({ name, column }) => `  ${inYaml(name)}: ${JSON.stringify(`log(${inFormula(column)})`)}\n`).join('')}` : ''}variables:
${[count, ...regressors.map(({ name }) => name)].map((name) => `  ${inYaml(name)}: { label: ${inYaml(name)} }\n`).join('')}# Standard errors that allow for dependence within a unit.
vcov: { type: cluster, by: [${units}] }
describe:
  - { kind: series, count: ${inYaml(count)} }
  - { kind: summary }
models:
  # Conditional negative binomial with unit effects, column by column; companions puts nb2 and FE Poisson beside it.
  main: { model: nb-fe, formula: ${JSON.stringify(`${inFormula(count)} ~ ${rhs}`)}, lag: 1, companions: true }
tests:
  - { kind: hausman, of: main }
`;
}
