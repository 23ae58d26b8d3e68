/** Data: tables in memory and where they came from. */

/** One column of a table. Missing is NaN in numbers and null in text. */
export type Column = { kind: 'number'; values: Float64Array } | { kind: 'text'; values: (string | null)[] };

/** Where a table came from. */
export interface SourceInfo {
  /** Path or name as the user gave it. */
  name: string;
  /** Hex SHA-256 of the bytes, where the loader computed it. */
  sha256?: string;
  bytes: number;
  delimiter: string;
  /** Of a workbook with several. */
  sheets?: string[];
}

/** Position of the rows in units × periods. */
export interface PanelIndex {
  /** The column or columns that make a unit. */
  unit: string[];
  /** The time column. */
  time: string;
  /** Labels of the units, sorted; several columns are joined with " × ". */
  units: string[];
  /** Unit code of each row (index into `units`). */
  unitOf: Int32Array;
  /** Period of each row (an integer). */
  timeOf: Float64Array;
  /** Distinct periods, ascending. */
  periods: number[];
  /** Row numbers sorted by (unit, time). */
  order: Int32Array;
  /** Units with a hole between their first and last period, and the missing periods. */
  gaps: { unit: string; missing: number[] }[];
  /** Whether every unit has every period. */
  balanced: boolean;
}

/** What one join of another table did. */
export interface JoinLog {
  name: string;
  sha256?: string;
  bytes: number;
  /** Of the other table, as it was read. */
  rows: number;
  /** "partner = iso3, year". */
  on: string;
  /** Columns taken. */
  columns: string[];
  /** Rows of the panel with and without a match. */
  matched: number;
  unmatched: number;
  /** Up to 20 keys without a match. */
  unmatchedKeys: { key: string; rows: number }[];
  /** Up to 20 spellings of the other table that are no country, where a key holds countries. */
  unresolved: string[];
}

/** How rows that repeat unit and period become one. */
export type DuplicateRule = 'first' | 'last' | 'sum';
/** What that did. */
export interface DuplicateLog {
  rule: DuplicateRule;
  /** Cells of the panel that had several rows, and rows that went. */
  pairs: number;
  rows: number;
  /** File lines of the first of these cells. */
  lines: number[][];
  /** sum: the columns in which numbers were added. */
  added?: string[];
}

/** What a file says of a column beside its values. */
export interface ColumnMeta {
  label?: string;
  /** Words for single values. */
  values?: { value: number; label: string }[];
  /** Missing values of several kinds (Stata's .a to .z), each with its rows (0-based) and, where there is one, its word. */
  missing?: { code: string; label?: string; rows: number[] }[];
}

/** A table in memory, with its panel index once one has been declared. */
export interface Frame {
  rows: number;
  /** In file order; derived columns after. */
  columns: Record<string, Column>;
  /** 1-based file line of each row, for messages. */
  line: Int32Array;
  source: SourceInfo;
  panel?: PanelIndex;
  /** Joins in the order in which they were made. */
  joins?: JoinLog[];
  /** Where rows were merged by data.duplicates. */
  duplicates?: DuplicateLog;
  /** Labels that the file brought with it, by column. */
  meta?: Record<string, ColumnMeta>;
}
