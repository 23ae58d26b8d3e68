/** Columns of other tables joined to a panel by key: many rows to one, nothing dropped, everything unmatched reported. */
import { columnOf, numbersOf, rowPlace } from './column-read.ts';
import { derive, filterRows } from './derive.ts';
import { nearestHint, PanelError, type PanelErrorFields, type Place } from './errors.ts';
import { parseNumber } from './table-cells.ts';
import type { Column, Frame, JoinLog } from './types.ts';

/** What a study says under data.join, without the path. */
export interface JoinSpec {
  /** One row a unit and a column a year → one row a unit and year: columns whose names are whole numbers. */
  wide?: { time: string; value: string };
  derive?: Record<string, string | number>;
  where?: string;
  /** Columns of the same name on both sides, or left → right. */
  on: string | string[] | Record<string, string>;
  /** The key (as named on the left) that holds countries: compared as ISO 3166 codes, however each side writes them. */
  country?: string;
  /** Right-hand spellings of that key → country, for what the source writes in its own way. */
  alias?: Record<string, string>;
  /** Columns to take, or new name → column; all but the keys by default. */
  take?: string[] | Record<string, string>;
}

/** How countries are read: the alpha-3 code, or the error that says why not. Injected, so that its tables load only where needed. */
export type CountryCode = (text: string, at?: Place) => { iso3: string } | { error: PanelErrorFields };

const SHOWN = 20;
const WHOLE = /^-?\d+$/;

const pairsOf = (on: JoinSpec['on']): [left: string, right: string][] =>
  typeof on === 'string' ? [[on, on]] : Array.isArray(on) ? on.map((name) => [name, name]) : Object.entries(on);

function repeated(column: Column, rows: Int32Array): Column {
  return column.kind === 'number'
    ? { kind: 'number', values: Float64Array.from(rows, (i) => column.values[i]) }
    : { kind: 'text', values: Array.from(rows, (i) => column.values[i]) };
}

/** Columns named by whole numbers become rows. @throws PanelError join/not-wide, data/text-in-number. */
function lengthen(frame: Frame, { time, value }: { time: string; value: string }): Frame {
  const periods = Object.keys(frame.columns).filter((name) => WHOLE.test(name));
  if (periods.length === 0)
    throw new PanelError({
      code: 'join/not-wide',
      message: `No column of "${frame.source.name}" is named by a whole number; wide needs a column a period.`,
      hint: `Leave wide out, or count the lines before the header under skip. Columns: ${Object.keys(frame.columns).slice(0, 8).join(', ')}.`,
      at: { file: frame.source.name },
    });
  const allMissing = ({ kind, values }: Column) => kind === 'text' && values.every((v) => v === null);
  const cells = periods.map((name) =>
    allMissing(frame.columns[name]) ? new Float64Array(frame.rows).fill(Number.NaN) : numbersOf(frame, name),
  );
  const rows = Int32Array.from({ length: frame.rows * periods.length }, (_, i) => Math.floor(i / periods.length));
  const of = (f: (row: number, period: number) => number) =>
    Float64Array.from(rows, (row, i) => f(row, i % periods.length));
  const others = Object.entries(frame.columns).filter(([name]) => !WHOLE.test(name));
  return {
    rows: rows.length,
    columns: {
      ...Object.fromEntries(others.map(([name, column]) => [name, repeated(column, rows)])),
      [time]: { kind: 'number', values: of((_, p) => Number(periods[p])) },
      [value]: { kind: 'number', values: of((row, p) => cells[p][row]) },
    },
    line: rows.map((row) => frame.line[row]),
    source: frame.source,
  };
}

function filtered(frame: Frame, where: string, place: Place): Frame {
  const mask = filterRows(frame, where, place);
  const rows = Int32Array.from({ length: frame.rows }, (_, i) => i).filter((i) => mask[i] === 1);
  const columns = Object.entries(frame.columns).map(([name, column]) => [name, repeated(column, rows)] as const);
  return { ...frame, rows: rows.length, columns: Object.fromEntries(columns), line: rows.map((i) => frame.line[i]) };
}

type Cells = (number | string | null)[];

const cellsOf = ({ kind, values }: Column): Cells =>
  kind === 'number' ? Array.from(values, (v) => (Number.isNaN(v) ? null : v)) : values;

/** Numbers and numbers, or text and text: a code read as a number on one side only would never match. */
function checkKinds(left: Frame, right: Frame, [a, b]: [string, string]): void {
  const [x, y] = [columnOf(left, a, 'join key'), columnOf(right, b, 'join key')];
  if (x.kind === y.kind) return;
  const [number, text] = x.kind === 'number' ? [a, b] : [b, a];
  const example = (x.kind === 'text' ? x : (y as Column & { kind: 'text' })).values.find(
    (v) => v !== null && parseNumber(v as string) === undefined,
  );
  throw new PanelError({
    code: 'join/key-types',
    message: `The key ${number} holds numbers and ${text} text${example ? `, for example "${example}"` : ''}; both sides must be of one kind.`,
    hint: `Where ${text} is a date, derive its year under the join: year(${text}).`,
    at: { file: right.source.name, variable: b },
  });
}

interface Keys {
  /** Key of each row; undefined where a part is missing or no country. */
  keys: (string | undefined)[];
  /** Spellings that are no country, with their rows. */
  unresolved: Map<string, number>;
}

function countryCells(cells: Cells, read: (text: string, row: number) => string | undefined): Keys {
  const known = new Map<string, string | undefined>();
  const unresolved = new Map<string, number>();
  const keys = cells.map((cell, row) => {
    if (cell === null) return undefined;
    const text = String(cell);
    if (!known.has(text)) known.set(text, read(text, row));
    const code = known.get(text);
    if (code === undefined) unresolved.set(text, (unresolved.get(text) ?? 0) + 1);
    return code;
  });
  return { keys, unresolved };
}

/** Keys of all rows, the parts in the order of `on`. */
function keysOf(columns: Cells[], countryAt: number, country: (cells: Cells) => Keys): Keys {
  const resolved = countryAt < 0 ? undefined : country(columns[countryAt]);
  const parts = columns.map((cells, i) => (i === countryAt ? resolved!.keys : cells));
  const keys = (parts[0] as unknown[]).map((_, row) => {
    const key = parts.map((cells) => cells[row]);
    return key.some((part) => part === null || part === undefined) ? undefined : key.join('\u0000');
  });
  return { keys, unresolved: resolved?.unresolved ?? new Map() };
}

const shownKey = (key: string) => key.split('\u0000').join(', ');

/** Right row of every key. @throws PanelError join/duplicate-keys with the lines. */
function indexOf(right: Frame, keys: Keys['keys'], names: string): Map<string, number> {
  const index = new Map<string, number>();
  const twice = new Map<string, number[]>();
  keys.forEach((key, row) => {
    if (key === undefined) return;
    const before = index.get(key);
    if (before === undefined) index.set(key, row);
    else twice.set(key, [...(twice.get(key) ?? [right.line[before]]), right.line[row]]);
  });
  if (twice.size === 0) return index;
  const [[key, lines]] = twice;
  throw new PanelError({
    code: 'join/duplicate-keys',
    message: `${names} = ${shownKey(key)} stands on lines ${lines.slice(0, 4).join(', ')} of "${right.source.name}"${twice.size > 1 ? ` (${twice.size} such keys)` : ''}; one row a key was expected.`,
    hint: 'Narrow the table with where, or add a column to on.',
    at: { file: right.source.name, row: lines[1] },
    details: { keys: [...twice].slice(0, SHOWN).map(([k, at]) => ({ key: k.split('\u0000'), lines: at })) },
  });
}

/** New name → column of the right table. @throws PanelError join/column-exists, data/unknown-column. */
function takenOf(left: Frame, right: Frame, spec: JoinSpec, rightKeys: string[]): [name: string, column: Column][] {
  const { take } = spec;
  const wanted: [string, string][] = Array.isArray(take)
    ? take.map((name) => [name, name])
    : take
      ? Object.entries(take)
      : Object.keys(right.columns)
          .filter((name) => !rightKeys.includes(name))
          .map((name) => [name, name]);
  return wanted.map(([name, from]) => {
    if (Object.hasOwn(left.columns, name))
      throw new PanelError({
        code: 'join/column-exists',
        message: `"${name}" is already a column of "${left.source.name}".`,
        hint: `Take it under another name: take: { ${name}_2: ${from} }.`,
        at: { file: right.source.name, variable: name },
      });
    return [name, columnOf(right, from, 'taken by the join')];
  });
}

function noMatch(left: Keys, right: Keys, names: string, file: string): PanelError {
  const some = ({ keys }: Keys) =>
    [...new Set(keys.filter((key) => key !== undefined))].slice(0, 3).map(shownKey).join('; ') || 'none';
  return new PanelError({
    code: 'join/no-match',
    message: `No row finds a match in "${file}" by ${names}: ${some(left)} against ${some(right)}.`,
    hint: 'Compare the keys; country: KEY compares names and codes of countries as ISO 3166.',
    at: { file },
  });
}

function unknownCountryKey(spec: JoinSpec, lefts: string[]): PanelError {
  return new PanelError({
    code: 'join/country-not-a-key',
    message: `country is "${spec.country}", which is not a key of the join.`,
    hint: nearestHint(spec.country!, lefts),
  });
}

/** The right-hand table as the spec wants it: long, derived, filtered. */
function prepared(right: Frame, { wide, derive: defs, where }: JoinSpec): Frame {
  const long = wide ? lengthen(right, wide) : right;
  const derived = defs ? derive(long, defs) : long;
  return where === undefined ? derived : filtered(derived, where, { file: 'where' });
}

/**
 * The frame with columns of `right` beside its own: a left join on equal keys, at most one right row a key.
 * Rows without a match get missing values; the log lists their keys.
 * @param country reads names and codes where spec.country is set; spellings of the right side that are no country are logged.
 * @throws PanelError join/duplicate-keys, join/no-match, join/key-types, join/column-exists, join/not-wide,
 * join/country-not-a-key, country/… (left side), data/unknown-column, and those of derive and where.
 */
export function joinFrame(left: Frame, right: Frame, spec: JoinSpec, country?: CountryCode): Frame {
  const table = prepared(right, spec);
  const pairs = pairsOf(spec.on);
  const lefts = pairs.map(([a]) => a);
  const rights = pairs.map(([, b]) => b);
  const countryAt = spec.country === undefined ? -1 : lefts.indexOf(spec.country);
  if (spec.country !== undefined && (countryAt < 0 || !country)) throw unknownCountryKey(spec, lefts);
  pairs.forEach((pair, i) => {
    if (i !== countryAt) checkKinds(left, table, pair);
  });
  const columnsOf = (frame: Frame, names: string[]) => names.map((name) => cellsOf(columnOf(frame, name, 'join key')));
  const leftKeys = keysOf(columnsOf(left, lefts), countryAt, (cells) =>
    countryCells(cells, (text, row) => {
      const reading = country!(text, rowPlace(left, row, lefts[countryAt]));
      if ('error' in reading) throw new PanelError(reading.error);
      return reading.iso3;
    }),
  );
  const rightKeys = keysOf(columnsOf(table, rights), countryAt, (cells) =>
    countryCells(cells, (text) => {
      const reading = country!(spec.alias?.[text] ?? text);
      return 'iso3' in reading ? reading.iso3 : undefined;
    }),
  );
  const names = pairs.map(([a, b]) => (a === b ? a : `${a} = ${b}`)).join(', ');
  const index = indexOf(table, rightKeys.keys, rights.join(', '));
  const match = Int32Array.from(leftKeys.keys, (key) => (key === undefined ? -1 : (index.get(key) ?? -1)));
  const matched = match.reduce((n, row) => n + (row >= 0 ? 1 : 0), 0);
  if (matched === 0) throw noMatch(leftKeys, rightKeys, names, right.source.name);
  const taken = takenOf(left, table, spec, rights);
  const columns = taken.map(([name, column]): [string, Column] => [
    name,
    column.kind === 'number'
      ? { kind: 'number', values: Float64Array.from(match, (row) => (row < 0 ? Number.NaN : column.values[row])) }
      : { kind: 'text', values: Array.from(match, (row) => (row < 0 ? null : column.values[row])) },
  ]);
  const log: JoinLog = {
    name: right.source.name,
    ...(right.source.sha256 && { sha256: right.source.sha256 }),
    bytes: right.source.bytes,
    rows: right.rows,
    on: names,
    columns: taken.map(([name]) => name),
    matched,
    unmatched: left.rows - matched,
    unmatchedKeys: lostKeys(leftKeys.keys, match),
    unresolved: [...rightKeys.unresolved.keys()].slice(0, SHOWN),
  };
  return { ...left, columns: { ...left.columns, ...Object.fromEntries(columns) }, joins: [...(left.joins ?? []), log] };
}

function lostKeys(keys: Keys['keys'], match: Int32Array): JoinLog['unmatchedKeys'] {
  const lost = new Map<string, number>();
  keys.forEach((key, row) => {
    if (match[row] >= 0) return;
    const shown = key === undefined ? '(missing)' : shownKey(key);
    lost.set(shown, (lost.get(shown) ?? 0) + 1);
  });
  return [...lost].slice(0, SHOWN).map(([key, rows]) => ({ key, rows }));
}
