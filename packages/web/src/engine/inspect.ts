/** What can be said of a study and its files before anything is estimated. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  type Column,
  type ColumnMeta,
  checkStudy,
  type Frame,
  PanelError,
  type PanelErrorFields,
  parseNumber,
  type Study,
  type StudySource,
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

/** Distinct cells that are no number, where nearly all of a text column is. */
function strayCells({ values }: Column & { kind: 'text' }): string[] | undefined {
  const stray = new Set<string>();
  let [cells, rows] = [0, 0];
  for (const value of values) {
    if (value === null) continue;
    cells++;
    if (parseNumber(value) !== undefined) continue;
    rows++;
    stray.add(value);
    if (stray.size > FEW.kinds) return undefined;
  }
  return rows > 0 && rows < cells && rows <= FEW.share * cells ? [...stray] : undefined;
}

function summaryOf(name: string, column: Column): ColumnSummary {
  const { kind } = column;
  const distinct = new Set<number | string>();
  let missing = 0;
  let lo = Infinity;
  let hi = -Infinity;
  for (const value of column.values) {
    if (value === null || (typeof value === 'number' && Number.isNaN(value))) {
      missing++;
      continue;
    }
    distinct.add(value);
    if (typeof value === 'number') {
      if (value < lo) lo = value;
      if (value > hi) hi = value;
    }
  }
  const examples = [...distinct].slice(0, EXAMPLES).map(String);
  const notNumbers = column.kind === 'text' ? strayCells(column) : undefined;
  return {
    name,
    kind,
    missing,
    distinct: distinct.size,
    examples,
    ...(kind === 'number' && { range: [lo, hi] }),
    ...(notNumbers && { notNumbers }),
  };
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

/** Types, missing values and the first rows of a table. */
export function tableSummary({ source, rows, columns, meta = {} }: Frame): TableSummary {
  const all = Object.entries(columns);
  const { name, bytes, sha256 } = source;
  return {
    name,
    rows,
    bytes,
    ...(sha256 && { sha256 }),
    columns: all.map(([column, values]) => ({ ...summaryOf(column, values), ...metaOf(meta[column]) })),
    preview: Array.from({ length: Math.min(rows, PREVIEW_ROWS) }, (_, row) =>
      all.map(([, column]) => textOf(column, row)),
    ),
  };
}

const NO_ROW = -1;

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
  const lines = units.length;
  const lineOf = new Int32Array(units.length);
  order.forEach((unit, rank) => {
    lineOf[unit] = Math.floor((rank * lines) / units.length);
  });
  return { order, lineOf, lines, values };
}

/** Units × periods with the count in each cell, the units with the most of it first. */
export function panelShape(frame: Frame, count?: string): PanelShape | undefined {
  const { panel } = frame;
  if (!panel) return undefined;
  const { units, periods, unitOf, timeOf, gaps, balanced } = panel;
  const { order, lineOf, lines, values } = linesOf(frame, count);
  const at = new Map(periods.map((period, i) => [period, i]));
  const cells = new Float64Array(lines * periods.length).fill(NO_ROW);
  for (let row = 0; row < unitOf.length; row++)
    cells[lineOf[unitOf[row]] * periods.length + at.get(timeOf[row])!] = values ? values[row] : 1;
  return {
    units: order.map((i) => units[i]),
    periods,
    ...(values && { count }),
    cells,
    gaps,
    balanced,
  };
}

export const fieldsOf = (error: unknown): PanelErrorFields => {
  if (error instanceof PanelError) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal/error', message, hint: 'This is a fault of gravpanel, not of the data: report it.' };
};

/** The count that the panel map shows: the outcome of the first model. */
export const countOf = ({ models = {} }: Study) =>
  /^\s*(?:c\(\s*)?([\p{L}_.][\p{L}\p{N}_.]*)/u.exec(Object.values(models)[0]?.formula ?? '')?.[1];

/** As far as the study and its files allow; the first thing that is wrong ends it and is told. */
export async function inspect(
  read: () => { study: Study; source: StudySource },
  opened: (study: Study, source: StudySource) => OpenStudy,
  kernels: Kernels,
): Promise<Inspection> {
  const found: Inspection = {};
  try {
    const { study, source } = read();
    found.study = study;
    const data = opened(study, source);
    found.table = tableSummary(await data.table());
    const frame = await data.panel();
    found.panel = panelShape(frame, countOf(study));
    await data.tables();
    found.check = checkStudy(study, frame, kernels, source);
  } catch (error) {
    found.error = fieldsOf(error);
  }
  return found;
}
