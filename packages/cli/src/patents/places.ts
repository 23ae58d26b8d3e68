/** Locations → countries: a small table in the database, and what could not be resolved. */

import { PanelError } from '@gravpanel/panel';
import { readCountry } from '@gravpanel/panel/countries';
import { csvError } from './csv-error.ts';
import { type Database, quoted } from './duckdb.ts';
import { type Input, scan } from './inputs.ts';
import { linesOf } from './locate.ts';

/** What a party's location leads to, beside the codes of countries (from 0). */
export const NO_LOCATION = -1;
/** Named by the party, but not in the location table. */
export const UNLISTED = -2;
/** In the location table, without a country. */
export const NO_COUNTRY = -3;
/** The k-th unresolved spelling has code UNKNOWN − k. */
export const UNKNOWN = -10;

export interface Places {
  rows: number;
  /** Alpha-3 by code. */
  iso3: string[];
  /** Spellings of the table that are no country, by UNKNOWN − code. */
  unknown: string[];
}

async function checkIds(db: Database, input: Input): Promise<void> {
  const twice = await db.rows<{ id: string }>(
    'SELECT location_id AS id FROM location GROUP BY location_id HAVING count(*) > 1 ORDER BY 1 LIMIT 3',
  );
  if (twice.length === 0) return;
  const ids = new Set(twice.map(({ id }) => id ?? ''));
  const lines = linesOf(input.plain, input.columns.indexOf('location_id'), ids, 4);
  throw new PanelError({
    code: 'patents/duplicate-location',
    message: `location_id "${lines[0]?.value ?? twice[0].id}" stands on more than one line of "${input.file}": ${lines.map(({ line }) => line).join(', ')}.`,
    hint: 'Keep one line a location.',
    at: { file: input.file, row: lines[1]?.line, variable: 'location_id' },
  });
}

/**
 * Reads the location table and resolves its countries: `place(location_id, code)`.
 * A spelling that is no country of ISO 3166, or could be several, gets a code of its own, so that what it costs is counted.
 * @throws PanelError patents/duplicate-location, data/….
 */
export async function readPlaces(db: Database, input: Input): Promise<Places> {
  try {
    await db.run(
      `CREATE TABLE location AS SELECT coalesce(location_id, '') AS location_id, trim(coalesce(disambig_country, '')) AS country FROM ${scan(input)}`,
    );
  } catch (error) {
    throw csvError(error, input);
  }
  await checkIds(db, input);
  const found = await db.rows<{ country: string }>('SELECT DISTINCT country FROM location ORDER BY 1');
  const codes = new Map<string, number>();
  const unknown: string[] = [];
  const values = found.map(({ country }) => {
    if (country === '') return `('', ${NO_COUNTRY})`;
    const reading = readCountry(country);
    if ('country' in reading) {
      const { iso3 } = reading.country;
      if (!codes.has(iso3)) codes.set(iso3, codes.size);
      return `(${quoted(country)}, ${codes.get(iso3)})`;
    }
    unknown.push(country);
    return `(${quoted(country)}, ${UNKNOWN - (unknown.length - 1)})`;
  });
  await db.run(
    `CREATE TABLE spelling AS SELECT country, code::SMALLINT AS code FROM (VALUES ${values.join(', ')}) v(country, code)`,
  );
  await db.run('CREATE TABLE place AS SELECT location_id, code FROM location JOIN spelling USING (country)');
  const [{ rows }] = await db.rows<{ rows: number }>('SELECT count(*) AS rows FROM place');
  return { rows, iso3: [...codes.keys()], unknown };
}
