/** The patents of the years asked for: dates checked, withdrawn ones left out, ids unique. */
import { PanelError } from '@gravpanel/panel';
import { csvError } from './csv-error.ts';
import type { Database } from './duckdb.ts';
import { type Input, scan } from './inputs.ts';
import { linesOf, walkColumn } from './locate.ts';
import type { BuildOptions, TableName } from './tables.ts';

/** Why a patent is not used. */
export enum Use {
  used = 0,
  withdrawn = 1,
  otherYear = 2,
  noFilingDate = 3,
  badDate = 4,
}

/** Opens a table and hands it to `work`. */
export type ReadTable = <T>(table: TableName, work: (input: Input) => Promise<T>) => Promise<T>;

export interface PatentCounts {
  rows: number;
  used: number;
  withdrawn: number;
  otherYear: number;
  noFilingDate: number;
  badDate: number;
  /** Rows of g_application. */
  applications?: number;
  /** First and last year of the patents that are not withdrawn. */
  first?: number;
  last?: number;
}

/** First United States patent act; a date before it is a slip. */
const FIRST_YEAR = 1790;
const lastYear = () => new Date().getUTCFullYear() + 1;

/** The year of an ISO date, NULL for anything else and for years that cannot be. */
function yearOf(column: string): string {
  const year = `CASE WHEN length(trim(${column})) = 10 THEN year(TRY_CAST(${column} AS DATE)) END`;
  return `CASE WHEN (${year}) BETWEEN ${FIRST_YEAR} AND ${lastYear()} THEN (${year})::SMALLINT END`;
}

async function load(db: Database, input: Input, sql: string): Promise<void> {
  try {
    await db.run(sql);
  } catch (error) {
    throw csvError(error, input);
  }
}

async function checkUnique(db: Database, input: Input, table: string): Promise<void> {
  const [{ extra }] = await db.rows<{ extra: number }>(
    `SELECT count(*) - count(DISTINCT hash(patent_id)) AS extra FROM ${table} WHERE patent_id <> ''`,
  );
  const [{ empty }] = await db.rows<{ empty: number }>(`SELECT count(*) AS empty FROM ${table} WHERE patent_id = ''`);
  const column = input.columns.indexOf('patent_id');
  if (empty > 0) {
    const [first] = linesOf(input.plain, column, new Set(['']), 1);
    throw new PanelError({
      code: 'patents/no-id',
      message: `patent_id is empty on line ${first?.line ?? '?'} of "${input.file}"${empty > 1 ? ` (${empty} such lines)` : ''}.`,
      hint: 'Every patent needs its number.',
      at: { file: input.file, row: first?.line, variable: 'patent_id' },
    });
  }
  if (extra === 0) return;
  // Hashes of different ids may meet, once in millions of such files: the ids themselves decide.
  const twice = await db.rows<{ id: string }>(
    `SELECT patent_id AS id FROM ${table} GROUP BY patent_id HAVING count(*) > 1 ORDER BY 1 LIMIT 5`,
  );
  if (twice.length === 0) return;
  const ids = twice.map(({ id }) => id);
  const lines = linesOf(input.plain, column, new Set(ids.slice(0, 1)), 4).map(({ line }) => line);
  throw new PanelError({
    code: 'patents/duplicate-patent',
    message: `patent_id "${ids[0]}" stands on lines ${lines.join(', ')} of "${input.file}"; one line a patent was expected${extra > 1 ? ` (${extra} lines too many: ${ids.join(', ')}${ids.length < extra ? ', …' : ''})` : ''}.`,
    hint: 'Remove the repeated lines; a file that was joined to itself has them.',
    at: { file: input.file, row: lines[1], variable: 'patent_id' },
    details: { extra, ids },
  });
}

const WITHDRAWN = `CASE withdrawn WHEN '0' THEN 0 WHEN '1' THEN 1 ELSE CASE lower(trim(coalesce(withdrawn, ''))) WHEN '' THEN 0 WHEN '0' THEN 0 WHEN 'false' THEN 0 WHEN 'f' THEN 0 WHEN '0.0' THEN 0 WHEN '1' THEN 1 WHEN 'true' THEN 1 WHEN 't' THEN 1 WHEN '1.0' THEN 1 END END`;

/** The first cell of a column that `bad` says is wrong. */
function firstBad(input: Input, column: string, bad: (value: string) => boolean) {
  let found: { value: string; line: number } | undefined;
  walkColumn(input.plain, input.columns.indexOf(column), (value, line) => {
    if (bad(value)) found = { value, line };
    return found === undefined;
  });
  return found;
}

function isDate(value: string): boolean {
  const [, y, , m, d] = /^(\d{4})([-/ \\])(\d{2})\2(\d{2})$/.exec(value) ?? [];
  if (y === undefined || Number(y) < FIRST_YEAR || Number(y) > lastYear()) return false;
  const date = new Date(`${y}-${m}-${d}T00:00:00Z`);
  return date.getUTCMonth() + 1 === Number(m) && date.getUTCDate() === Number(d);
}

function dateError(input: Input, column: string, cells: number): PanelError {
  const found = firstBad(input, column, (value) => !isDate(value.trim()));
  return new PanelError({
    code: 'patents/bad-date',
    message: `${column} is "${found?.value ?? ''}" on line ${found?.line ?? '?'} of "${input.file}"; a date from ${FIRST_YEAR}-01-01 to ${lastYear()}-12-31 as YYYY-MM-DD was expected${cells > 1 ? ` (${cells} such cells)` : ''}.`,
    hint: 'Correct the cell, or leave such patents out and have them counted with --bad-dates drop.',
    at: { file: input.file, row: found?.line, variable: column },
    details: { cells },
  });
}

async function checkDates(db: Database, input: Input, table: string, column: string, o: BuildOptions): Promise<void> {
  if (o.badDates === 'drop') return;
  const [{ bad }] = await db.rows<{ bad: number }>(`SELECT count(*) AS bad FROM ${table} WHERE year IS NULL`);
  if (bad > 0) throw dateError(input, column, bad);
}

async function readGranted(db: Database, input: Input, o: BuildOptions): Promise<void> {
  await load(
    db,
    input,
    `CREATE TABLE granted AS SELECT coalesce(patent_id, '') AS patent_id, ${yearOf('patent_date')} AS year, (${WITHDRAWN})::TINYINT AS withdrawn FROM ${scan(input)}`,
  );
  await checkUnique(db, input, 'granted');
  const [{ bad }] = await db.rows<{ bad: number }>('SELECT count(*) AS bad FROM granted WHERE withdrawn IS NULL');
  if (bad > 0) {
    const found = firstBad(input, 'withdrawn', (value) => !/^(|0|1|0\.0|1\.0|true|false|t|f)$/i.test(value.trim()));
    throw new PanelError({
      code: 'patents/bad-flag',
      message: `withdrawn is "${found?.value}" on line ${found?.line} of "${input.file}"; 0 or 1 was expected.`,
      hint: 'Compare the columns of the header with those of the line.',
      at: { file: input.file, row: found?.line, variable: 'withdrawn' },
    });
  }
  await checkDates(db, input, 'granted', 'patent_date', o);
}

async function readFiled(db: Database, input: Input, o: BuildOptions): Promise<void> {
  await load(
    db,
    input,
    `CREATE TABLE filed AS SELECT coalesce(patent_id, '') AS patent_id, ${yearOf('filing_date')} AS year FROM ${scan(input)}`,
  );
  await checkUnique(db, input, 'filed');
  await checkDates(db, input, 'filed', 'filing_date', o);
}

/**
 * Reads g_patent (and g_application for application dates): `patent(patent_id, year, use)`, one row a patent; elsewhere a patent's
 * id is its rowid in this table.
 * @throws PanelError patents/duplicate-patent, patents/no-id, patents/bad-date, patents/bad-flag, data/….
 */
export async function readPatents(db: Database, read: ReadTable, o: BuildOptions): Promise<PatentCounts> {
  const filed = o.date === 'application';
  await read('g_patent', (input) => readGranted(db, input, o));
  if (filed) await read('g_application', (input) => readFiled(db, input, o));
  const year = filed ? 'filed.year' : 'granted.year';
  const join = filed ? 'LEFT JOIN filed ON filed.patent_id = granted.patent_id' : '';
  const use = [
    `WHEN withdrawn = 1 THEN ${Use.withdrawn}`,
    ...(filed ? [`WHEN filed.patent_id IS NULL THEN ${Use.noFilingDate}`] : []),
    `WHEN ${year} IS NULL THEN ${Use.badDate}`,
    `WHEN ${year} NOT BETWEEN ${o.years.from} AND ${o.years.to} THEN ${Use.otherYear}`,
  ];
  await db.run(
    `CREATE TABLE patent AS SELECT granted.patent_id, ${year} AS year, (CASE ${use.join(' ')} ELSE ${Use.used} END)::TINYINT AS use FROM granted ${join}`,
  );
  await db.run('DROP TABLE granted');
  const [{ applications }] = filed
    ? await db.rows<{ applications: number }>('SELECT count(*) AS applications FROM filed')
    : [{ applications: undefined }];
  if (filed) await db.run('DROP TABLE filed');
  const list = await db.rows<{ use: number; n: number }>('SELECT use, count(*) AS n FROM patent GROUP BY use');
  const of = (wanted: Use) => list.find(({ use: found }) => found === wanted)?.n ?? 0;
  const [span] = await db.rows<{ first: number | null; last: number | null }>(
    `SELECT min(year) AS first, max(year) AS last FROM patent WHERE use <> ${Use.withdrawn}`,
  );
  return {
    rows: list.reduce((sum, { n }) => sum + n, 0),
    used: of(Use.used),
    withdrawn: of(Use.withdrawn),
    otherYear: of(Use.otherYear),
    noFilingDate: of(Use.noFilingDate),
    badDate: of(Use.badDate),
    ...(applications !== undefined && { applications }),
    ...(span.first !== null && { first: span.first, last: span.last! }),
  };
}
