/** What can be said of a study and its files before anything is estimated. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  type Column,
  type ColumnMeta,
  checkStudy,
  type Frame,
  type Numbers,
  PanelError,
  type PanelErrorFields,
  parseWritten,
  type Study,
  type StudySource,
  setPanel,
} from '@gravpanel/panel';
import type { ColumnSummary, Inspection, PanelShape, TableSummary } from '../protocol.ts';
import type { OpenStudy } from './open.ts';

const PREVIEW_ROWS = 12;
const EXAMPLES = 3;

const textOf = (column: Column, row: number): string => {
  const value = column.values[row];
  return value === null || (typeof value === 'number' && Number.isNaN(value)) ? '' : String(value);
};

/** Cells that keep a column from being numbers: at most this many kinds, in at most this share of the rows. */
const FEW = { kinds: 5, share: 0.2 };

/** Distinct cells that are no number, where nearly all of a text column is; none where all of it is. */
function strayCells({ values }: Column & { kind: 'text' }, way: Numbers = '1234.5'): string[] | undefined {
  const stray = new Set<string>();
  let [cells, rows] = [0, 0];
  for (const value of values) {
    if (value === null) continue;
    cells++;
    if (parseWritten(value, way) !== undefined) continue;
    rows++;
    stray.add(value);
    if (stray.size > FEW.kinds) return undefined;
  }
  return rows < cells && rows <= FEW.share * cells ? [...stray] : undefined;
}

/** The table as it will be once its stray cells are missing: a first study is guessed from that. */
export const asMended = (frame: Frame, way: Numbers = '1234.5'): Frame => ({
  ...frame,
  columns: Object.fromEntries(
    Object.entries(frame.columns).map(([name, column]): [string, Column] => {
      if (column.kind === 'number' || !strayCells(column, way)) return [name, column];
      const numbers = Float64Array.from(column.values, (value) => parseWritten(value ?? '', way) ?? Number.NaN);
      return [name, { kind: 'number', values: numbers }];
    }),
  ),
});

/** How many numbers differ: sorting them is several times as fast as a set of as many. */
function distinctNumbers(values: Float64Array): number {
  const sorted = values.slice().sort();
  let distinct = sorted.length > 0 && !Number.isNaN(sorted[0]) ? 1 : 0;
  for (let i = 1; i < sorted.length && !Number.isNaN(sorted[i]); i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

const isMissing = (value: number | string | null) =>
  value === null || (typeof value === 'number' && Number.isNaN(value));

/** The first few values that differ. */
function examplesOf({ values }: Column): string[] {
  const found = new Set<string>();
  for (const value of values) {
    if (!isMissing(value)) found.add(String(value));
    if (found.size === EXAMPLES) break;
  }
  return [...found];
}

const DATE = /^(\d{4}[-/.]\d{1,2}([-/.].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{4})$/;
const SOME = 50;
/** By the first of its cells. */
function isDates(values: (string | null)[]): boolean {
  const some = values
    .slice(0, 20 * SOME)
    .filter((value) => value !== null)
    .slice(0, SOME);
  return some.length > 0 && some.every((value) => DATE.test(value.trim()));
}

/** `text`: of a text table, whose cells a study can mark as missing. `way`: how its numbers were read. */
function summaryOf(name: string, column: Column, text: boolean, way: Numbers): ColumnSummary {
  const { kind } = column;
  const base = { name, kind, examples: examplesOf(column) };
  if (kind === 'text') {
    const distinct = new Set(column.values);
    distinct.delete(null);
    const missing = column.values.reduce((sum, value) => sum + (value === null ? 1 : 0), 0);
    const numbers = writtenAs(column, way);
    const notNumbers = numbers.length > 0 ? undefined : strayCells(column, way);
    return {
      ...base,
      missing,
      distinct: distinct.size,
      ...(numbers.length > 0 && { numbers }),
      ...(notNumbers && notNumbers.length > 0 && { notNumbers }),
      ...(isDates(column.values) && { dates: true }),
    };
  }
  let [missing, lo, hi] = [0, Infinity, -Infinity];
  for (const value of column.values) {
    if (Number.isNaN(value)) missing++;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  const code = text ? codeIn(column.values, lo) : undefined;
  return { ...base, missing, distinct: distinctNumbers(column.values), range: [lo, hi], ...(code && { code }) };
}

function metaOf(meta: ColumnMeta | undefined) {
  if (!meta) return {};
  const { label, values, missing } = meta;
  return {
    ...(label && { label }),
    ...(values && { values }),
    ...(missing && {
      missingKinds: missing.map(({ code, label: word, rows }) => ({
        code,
        ...(word && { label: word }),
        rows: rows.length,
      })),
    }),
  };
}

const COMMAS: Numbers[] = ['1.234,5', '1,234.5'];
/** Ways of writing that make more cells of a text column numbers than the one it was read in. */
function writtenAs(column: Column & { kind: 'text' }, way: Numbers): Numbers[] {
  return COMMAS.filter(
    (other) =>
      other !== way &&
      strayCells(column, other) &&
      column.values.some(
        (cell) => cell !== null && parseWritten(cell, way) === undefined && parseWritten(cell, other) !== undefined,
      ),
  );
}

/** A number that surveys write for a missing one: the only one below zero. */
function codeIn(values: Float64Array, lo: number): string | undefined {
  if (!CODES.includes(lo)) return undefined;
  return values.every((value) => !(value < 0) || value === lo) ? String(lo) : undefined;
}
const CODES = [-9, -99, -999, -9999];

/** Types, missing values and the first rows of a table. */
export function tableSummary({ source, rows, columns, meta = {} }: Frame, way: Numbers = '1234.5'): TableSummary {
  const all = Object.entries(columns);
  const { name, bytes, sha256, sheets } = source;
  return {
    name,
    rows,
    bytes,
    ...(sha256 && { sha256 }),
    ...(sheets && { sheets }),
    columns: all.map(([column, values]) => ({
      ...summaryOf(column, values, source.delimiter !== '', way),
      ...metaOf(meta[column]),
    })),
    preview: Array.from({ length: Math.min(rows, PREVIEW_ROWS) }, (_, row) =>
      all.map(([, column]) => textOf(column, row)),
    ),
  };
}

const NO_ROW = -1;
/** Lines of the map at most: more than a screen has for it. */
const MOST_LINES = 1000;

/** The fuller of what a cell has and a further count; a missing one is more than no row. */
function fuller(cell: number, count: number): number {
  if (cell === NO_ROW || Number.isNaN(cell)) return count;
  return Number.isNaN(count) ? cell : Math.max(cell, count);
}

/** Lines of the panel map, the units with the most of the count first: `order` of the units, and the line of each. */
export function linesOf({ panel, columns }: Frame, count?: string) {
  const { units, unitOf } = panel!;
  const column = count === undefined ? undefined : columns[count];
  const values = column?.kind === 'number' ? column.values : undefined;
  const totals = new Float64Array(units.length);
  for (let row = 0; row < unitOf.length; row++) {
    const value = values ? values[row] : 1;
    if (value > 0) totals[unitOf[row]] += value;
  }
  const order = units.map((_, i) => i).sort((a, b) => totals[b] - totals[a] || a - b);
  const lines = Math.min(units.length, MOST_LINES);
  const lineOf = new Int32Array(units.length);
  order.forEach((unit, rank) => {
    lineOf[unit] = Math.floor((rank * lines) / units.length);
  });
  return { order, lineOf, lines, values };
}

/** Units × periods with the count in each cell, the units with the most of it first. `again` marks the rows that are not alone. */
export function panelShape(frame: Frame, count?: string, again?: Uint8Array): PanelShape | undefined {
  const { panel } = frame;
  if (!panel) return undefined;
  const { units, periods, unitOf, timeOf, gaps } = panel;
  const { order, lineOf, lines, values } = linesOf(frame, count);
  const at = new Map(periods.map((period, i) => [period, i]));
  const cells = new Float64Array(lines * periods.length).fill(NO_ROW);
  const repeated = new Set<number>();
  for (let row = 0; row < unitOf.length; row++) {
    const cell = lineOf[unitOf[row]] * periods.length + at.get(timeOf[row])!;
    cells[cell] = fuller(cells[cell], values ? values[row] : 1);
    if (again?.[row]) repeated.add(cell);
  }
  return {
    units: units.length,
    first: units[order[0]],
    periods,
    ...(values && { count }),
    lines,
    cells,
    gaps: gaps.length,
    ...(again && { repeated: { at: Int32Array.from(repeated), cells: again.reduce((sum, one) => sum + one, 0) } }),
  };
}

/** The shape of a panel in which rows repeat: the first row of each, and which of them are not alone. */
function shapeOfRepeated(table: Frame, study: Study): PanelShape | undefined {
  const { unit, time } = study.data;
  const [first, last] = (['first', 'last'] as const).map((duplicates) =>
    setPanel(table, [unit].flat(), time, { duplicates }),
  );
  const again = new Uint8Array(first.rows);
  first.panel!.order.forEach((row, i) => {
    again[row] = first.line[row] === last.line[last.panel!.order[i]] ? 0 : 1;
  });
  return panelShape(first, countOf(study), again);
}

export const fieldsOf = (error: unknown): PanelErrorFields => {
  if (error instanceof PanelError) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal/error', message, hint: 'This is a fault of gravpanel, not of the data: report it.' };
};

/** The count that the panel map shows: the outcome of the first model. */
export const countOf = ({ models = {} }: Study) =>
  /^\s*(?:c\(\s*)?([\p{L}_.][\p{L}\p{N}_.]*)/u.exec(Object.values(models)[0]?.formula ?? '')?.[1];

/** A reader who waits longer than this, ms, sees what there is so far. */
const SOON = 200;

/** As far as the study and its files allow; the first thing that is wrong ends it and is told. */
export async function inspect(
  read: () => { study: Study; source: StudySource },
  opened: (study: Study, source: StudySource) => OpenStudy,
  kernels: Kernels,
  onPart: (found: Inspection) => void = () => {},
): Promise<Inspection> {
  const start = performance.now();
  const found: Inspection = {};
  let table: Frame | undefined;
  const tell = () => {
    if (performance.now() - start > SOON) onPart({ ...found });
  };
  try {
    const { study, source } = read();
    found.study = study;
    const data = opened(study, source);
    table = await data.table();
    found.table = tableSummary(table, study.data.numbers);
    tell();
    const frame = await data.panel();
    found.panel = panelShape(frame, countOf(study));
    tell();
    await data.tables();
    found.check = checkStudy(study, frame, kernels, source);
  } catch (error) {
    found.error = fieldsOf(error);
    if (found.error.code === 'data/duplicate-rows' && table && found.study)
      found.panel = shapeOfRepeated(table, found.study);
  }
  return found;
}
