/**
 * Writes the SIMULATED parts of the study: bulk tables of patents in the layout of PatentsView, and the two covariates without a
 * public source. Nothing here is measured; targets.mjs has what it is calibrated to.
 *
 *   node studies/belt-road-copatents/simulate.mjs DIR         g_patent.tsv and its companions into DIR
 *   node studies/belt-road-copatents/simulate.mjs --stdout    prints the covariates (data/simulated.csv)
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { index, relation } from './draw.mjs';
import { inSample, YEARS } from './sources.mjs';
import { bulkTables } from './tables.mjs';

/** Innovation index and relation level, a row a partner and year. */
export function covariatesCsv() {
  const rows = inSample.flatMap(({ iso3 }) =>
    YEARS.map((year) => [iso3, year, index.get(`${iso3} ${year}`), relation.get(`${iso3} ${year}`)]),
  );
  return `${['iso3,year,in,re', ...rows.map((row) => row.join(','))].join('\n')}\n`;
}

/** Writes the bulk tables into a folder. */
export function writeTables(dir) {
  mkdirSync(dir, { recursive: true });
  for (const [table, text] of Object.entries(bulkTables())) writeFileSync(join(dir, `${table}.tsv`), text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what] = process.argv.slice(2);
  if (what === '--stdout') process.stdout.write(covariatesCsv());
  else if (what) writeTables(what);
  else throw new Error('Name the folder for the tables: simulate.mjs DIR');
}
