/** Inventors (or assignees) → how many of each used patent stand in each country. */
import { csvError } from './csv-error.ts';
import type { Database } from './duckdb.ts';
import { type Input, scan } from './inputs.ts';
import { Use } from './patents-table.ts';
import { NO_COUNTRY, NO_LOCATION, type Places, UNKNOWN, UNLISTED } from './places.ts';

export interface PartyCounts {
  rows: number;
  /** Rows of patents that g_patent does not list. */
  orphans: number;
  withdrawn: number;
  otherYear: number;
  noDate: number;
  /** Rows of used patents. */
  used: number;
  noLocation: number;
  unlisted: number;
  noCountry: number;
  unknown: { country: string; rows: number }[];
  /** Used patents that no row leads to any country. */
  patentsWithoutCountry: number;
  patentsWithoutRows: number;
}

/** Patents that are not used share one negative id a reason. */
const ORPHAN = -10;

/**
 * One pass over the table, grouped by patent and country: `party(id, code, n)`; rows of patents that are not used are only counted.
 * DuckDB streams the table; no row of it reaches JavaScript.
 * @throws PanelError data/….
 */
export async function countParties(db: Database, input: Input, places: Places): Promise<PartyCounts> {
  const id = `CASE WHEN patent.use IS NULL THEN ${ORPHAN} WHEN patent.use <> ${Use.used} THEN -patent.use::INTEGER ELSE patent.rowid::INTEGER END`;
  const located = `coalesce(place.code, CASE WHEN coalesce(party.location_id, '') = '' THEN ${NO_LOCATION} ELSE ${UNLISTED} END)`;
  try {
    await db.stream(
      `CREATE TABLE counted AS SELECT ${id} AS id, CASE WHEN patent.use = ${Use.used} THEN ${located} ELSE 0 END AS code, count(*)::INTEGER AS n FROM (SELECT patent_id, location_id FROM ${scan(input)}) party LEFT JOIN patent ON patent.patent_id = party.patent_id LEFT JOIN place ON place.location_id = CASE WHEN patent.use = ${Use.used} THEN party.location_id END GROUP BY ALL`,
    );
  } catch (error) {
    throw csvError(error, input);
  }
  const out = await db.rows<{ id: number; n: number }>('SELECT id, sum(n) AS n FROM counted WHERE id < 0 GROUP BY id');
  const lost = await db.rows<{ code: number; n: number }>(
    'SELECT code, sum(n) AS n FROM counted WHERE id >= 0 AND code < 0 GROUP BY code',
  );
  await db.run('CREATE TABLE party AS SELECT id, code::SMALLINT AS code, n FROM counted WHERE id >= 0');
  await db.run('DROP TABLE counted');
  await db.run('CREATE TABLE size AS SELECT id, sum(n)::INTEGER AS size, max(code) AS best FROM party GROUP BY id');
  const [sums] = await db.rows<{ used: number | null; patents: number; without: number }>(
    'SELECT sum(size) AS used, count(*) AS patents, count(*) FILTER (best < 0) AS without FROM size',
  );
  const [{ patents }] = await db.rows<{ patents: number }>(
    `SELECT count(*) AS patents FROM patent WHERE use = ${Use.used}`,
  );
  const rowsOf = (wanted: number) => out.find(({ id: found }) => found === wanted)?.n ?? 0;
  const lostTo = (wanted: number) => lost.find(({ code }) => code === wanted)?.n ?? 0;
  const used = sums.used ?? 0;
  return {
    rows: used + out.reduce((sum, { n }) => sum + n, 0),
    orphans: rowsOf(ORPHAN),
    withdrawn: rowsOf(-Use.withdrawn),
    otherYear: rowsOf(-Use.otherYear),
    noDate: rowsOf(-Use.noFilingDate) + rowsOf(-Use.badDate),
    used,
    noLocation: lostTo(NO_LOCATION),
    unlisted: lostTo(UNLISTED),
    noCountry: lostTo(NO_COUNTRY),
    unknown: lost
      .filter(({ code }) => code <= UNKNOWN)
      .map(({ code, n }) => ({ country: places.unknown[UNKNOWN - code], rows: n }))
      .sort((a, b) => b.rows - a.rows || (a.country < b.country ? -1 : 1)),
    patentsWithoutCountry: sums.without,
    patentsWithoutRows: patents - sums.patents,
  };
}
