/** A first study for a table: which columns make the panel, what is counted, what may explain it. */
import { nearestHint, PanelError } from './errors.ts';
import type { Column, Frame } from './types.ts';

/** What the user has said of the table; the rest is guessed. */
export interface StarterHints {
  unit?: string[];
  time?: string;
  count?: string;
  /** Where nothing fits the best guess is taken, to be mended: rows may repeat unit and period. */
  loose?: boolean;
}

/** The guess, as the columns of the study. */
export interface Starter {
  unit: string[];
  time: string;
  count: string;
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

function guessTime(numbers: Numeric[], rows: number, loose = false): string {
  const candidates = numbers
    .filter((column) => isWhole(column) && distinct(column.values) >= 2 && distinct(column.values) < rows)
    .map((column) => ({ name: column.name, score: timeScore(column) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const whole = numbers.find((column) => isWhole(column) && distinct(column.values) >= 2);
  if (candidates.length === 0 && loose && whole) return whole.name;
  if (candidates.length === 0) throw cannotGuess('a period (whole numbers such as years)', '--panel UNIT,TIME');
  return candidates[0].name;
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
  const nearest = candidates
    .slice(0, 8)
    .map(({ name, score }) => ({ name, score, extra: extraRows(frame, [name, time]) }))
    .sort((a, b) => b.score - a.score || a.extra - b.extra);
  if (loose && nearest.length > 0) return [nearest[0].name];
  throw cannotGuess(`a unit: none names each row once together with "${time}"`, '--panel UNIT,TIME or A+B,TIME');
}

function guessCount(numbers: Numeric[]): string {
  const counts = numbers.filter(
    (column) => isWhole(column) && column.values.every((v) => v >= 0) && distinct(column.values) > 2,
  );
  const named = counts.find(({ name }) => COUNT_NAMES.test(name));
  const found = named ?? counts[0];
  if (!found) throw cannotGuess('a count (whole numbers from 0)', '--count COLUMN');
  return found.name;
}

function regressorsOf(numbers: Numeric[], taken: Set<string>): Starter['regressors'] {
  return numbers
    .filter(({ name, values }) => !taken.has(name) && !IDENTIFIERS.test(name) && distinct(values) >= 2)
    .slice(0, MOST_REGRESSORS)
    .map(({ name, values }) => {
      const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
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
  const complete = numbers.filter(({ values }) => values.every((value) => !Number.isNaN(value)));
  const time =
    hints.time === undefined ? guessTime(complete, frame.rows, hints.loose) : requireColumn(frame, hints.time);
  const unit = hints.unit?.map((name) => requireColumn(frame, name)) ?? guessUnit(frame, time, hints.loose);
  const keys = new Set([time, ...unit]);
  const left = complete.filter(({ name }) => !keys.has(name));
  const count = hints.count === undefined ? guessCount(left) : requireColumn(frame, hints.count);
  return { unit, time, count, regressors: regressorsOf(left, new Set([count, ...keys])) };
}

const plain = (name: string) => /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name);
const inFormula = (name: string) => (plain(name) ? name : `\`${name}\``);
const inYaml = (text: string) =>
  /^[\p{L}\p{N}_./ -]+$/u.test(text) && !/^\s|\s$/.test(text) ? text : JSON.stringify(text);

/**
 * The study as commented YAML.
 * @param path of the table, from the study's folder.
 */
export function starterYaml({ unit, time, count, regressors }: Starter, path: string): string {
  const [first, ...rest] = regressors.map(({ name }) => inFormula(name));
  const steps = rest.length > 0 ? ` + csw0(${rest.join(', ')})` : '';
  const rhs = first === undefined ? '1' : `${first}${steps}`;
  const logs = regressors.filter(({ log }) => log);
  const units = unit.map(inYaml).join(', ');
  return `# yaml-language-server: $schema=./study.schema.json
# Written by gravpanel init: a guess to start from. gravpanel schema -o study.schema.json gives an editor the keys.
version: 1
title: ${inYaml(`${count} by ${unit.join(' and ')}`)}
question: What drives ${inYaml(count).replace(/^"|"$/g, '')}?
data: { path: ${inYaml(path)}, unit: [${units}], time: ${inYaml(time)} }
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
