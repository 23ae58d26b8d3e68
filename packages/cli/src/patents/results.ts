/** Co-patents, panel, applicants and fields as tables of the database, each in a fixed order. */
import { csvError } from './csv-error.ts';
import { type Database, quoted } from './duckdb.ts';
import { type Input, scan } from './inputs.ts';
import type { Places } from './places.ts';
import type { BuildOptions } from './tables.ts';

/** Codes of the countries of a build: of the home country and, in their order, of the partners. */
async function nameCountries(db: Database, places: Places, { home, partners }: BuildOptions): Promise<void> {
  const code = (iso3: string) => {
    const found = places.iso3.indexOf(iso3);
    return found < 0 ? 'NULL' : String(found);
  };
  const rows = partners.map(({ iso3 }, i) => `(${i}, ${quoted(iso3)}, ${code(iso3)})`);
  await db.run(
    `CREATE TABLE partner AS SELECT place::INTEGER AS place, partner, code::SMALLINT AS code FROM (VALUES ${rows.join(', ')}) v(place, partner, code)`,
  );
  await db.run(`CREATE TABLE home AS SELECT ${code(home)}::SMALLINT AS code`);
}

/** A sum of shares n/size in one fixed order, so that it has the same bits whatever the threads did. */
const shares = (rows: string) => `sum(${rows} * n / size ORDER BY size, n)`;

/**
 * `copatent(id, patent_id, partner, year, n, size, weight)`: patents with a party at home and one in the partner.
 * Whole counting: weight 1. Fractional: the partner's share of the patent's parties, n/size; parties without a known country count in size.
 */
async function findCopatents(db: Database, { count }: BuildOptions): Promise<void> {
  const weight = count === 'whole' ? '1' : 'b.n / size';
  await db.run(
    `CREATE TABLE copatent AS SELECT a.id, patent.patent_id, partner.partner, partner.place, patent.year, b.n, size.size, ${weight} AS weight FROM party a JOIN home ON a.code = home.code JOIN party b ON b.id = a.id JOIN partner ON partner.code = b.code JOIN patent ON patent.rowid = a.id JOIN size ON size.id = a.id`,
  );
}

/** Patents of each country and year: distinct patents, or the sum of the country's shares. */
async function countTotals(db: Database, { count }: BuildOptions): Promise<void> {
  if (count === 'whole') {
    await db.run(
      'CREATE TABLE total AS SELECT code, year, count(*) AS patents FROM party JOIN patent ON patent.rowid = party.id WHERE code >= 0 GROUP BY ALL',
    );
    return;
  }
  await db.run(
    `CREATE TABLE total AS SELECT code, year, ${shares('c')} AS patents FROM (SELECT code, year, n, size, count(*) AS c FROM party JOIN patent ON patent.rowid = party.id JOIN size USING (id) WHERE code >= 0 GROUP BY ALL) GROUP BY code, year`,
  );
}

const sumOfWeights = ({ count }: BuildOptions) => (count === 'whole' ? 'count(*)' : shares('1'));

async function makePanel(db: Database, o: BuildOptions): Promise<void> {
  const zero = o.count === 'whole' ? '0' : '0.0';
  const value = (column: string) => `coalesce(${column}, ${zero})`;
  await db.run(
    `CREATE TABLE panel AS WITH found AS (SELECT partner, year, ${sumOfWeights(o)} AS copatents FROM copatent GROUP BY ALL) SELECT partner.place, partner.partner, years.year, ${value('found.copatents')} AS copatents, ${value('mine.patents')} AS patent1, ${value('theirs.patents')} AS patent2 FROM partner CROSS JOIN (SELECT unnest(range(${o.years.from}, ${o.years.to + 1}))::SMALLINT AS year) years CROSS JOIN home LEFT JOIN found ON found.partner = partner.partner AND found.year = years.year LEFT JOIN total mine ON mine.code = home.code AND mine.year = years.year LEFT JOIN total theirs ON theirs.code = partner.code AND theirs.year = years.year`,
  );
}

/** @returns the co-patents found. */
export async function makeResults(db: Database, places: Places, o: BuildOptions): Promise<number> {
  await nameCountries(db, places, o);
  await findCopatents(db, o);
  const [{ n }] = await db.rows<{ n: number }>('SELECT count(DISTINCT id) AS n FROM copatent');
  if (n === 0) return 0;
  await countTotals(db, o);
  await makePanel(db, o);
  return n;
}

/** PatentsView's codes of assignees; a 1 before them is a part interest. */
const TYPES = [
  [1, 'unassigned'],
  [2, 'US company'],
  [3, 'foreign company'],
  [4, 'US individual'],
  [5, 'foreign individual'],
  [6, 'US federal government'],
  [7, 'foreign government'],
  [8, 'US county government'],
  [9, 'US state government'],
] as const;
const typeWords = `CASE regexp_replace(trim(coalesce(assignee_type, '')), '\\.0$', '') ${TYPES.flatMap(
  ([code, words]) => [
    `WHEN '${code}' THEN '${words}'`,
    ...(code > 1 ? [`WHEN '1${code}' THEN '${words}, part interest'`] : []),
  ],
).join(' ')} ELSE trim(coalesce(assignee_type, '')) END`;

export interface ApplicantCounts {
  /** Rows of co-patents. */
  used: number;
  rows: number;
  unnamed: number;
  patentsWithout: number;
}

/**
 * `applicant(assignee, type, country, patents)`: assignees of the co-patents by name, type and country those of most rows.
 * `patents`: distinct co-patents; fractional: the sum of their weights over partners.
 */
export async function readApplicants(
  db: Database,
  input: Input,
  places: Places,
  o: BuildOptions,
): Promise<ApplicantCounts> {
  const name = `CASE WHEN trim(coalesce(disambig_assignee_organization, '')) <> '' THEN trim(disambig_assignee_organization) ELSE trim(coalesce(disambig_assignee_individual_name_first, '') || ' ' || coalesce(disambig_assignee_individual_name_last, '')) END`;
  const iso3 = places.iso3.map((code, i) => `(${i}, ${quoted(code)})`).join(', ');
  try {
    await db.stream(
      `CREATE TABLE assignment AS SELECT co.id, CASE WHEN co.id IS NOT NULL THEN ${name} END AS assignee, CASE WHEN co.id IS NOT NULL THEN ${typeWords} END AS type, coalesce(names.iso3, '') AS country, count(*) AS n FROM (SELECT * FROM ${scan(input)}) a LEFT JOIN (SELECT DISTINCT id, patent_id FROM copatent) co ON co.patent_id = a.patent_id LEFT JOIN place ON place.location_id = CASE WHEN co.id IS NOT NULL THEN a.location_id END LEFT JOIN (VALUES ${iso3}) names(code, iso3) ON names.code = place.code GROUP BY ALL`,
    );
  } catch (error) {
    throw csvError(error, input);
  }
  const most = (column: string) =>
    `(SELECT assignee, first(${column} ORDER BY n DESC, ${column}) AS ${column} FROM (SELECT assignee, ${column}, sum(n) AS n FROM named WHERE ${column} <> '' GROUP BY ALL) GROUP BY assignee)`;
  const patents = o.count === 'whole' ? 'count(*)' : shares('1');
  const weights = o.count === 'whole' ? '1 AS n, 1 AS size' : 'sum(n) AS n, any_value(size) AS size';
  await db.run("CREATE TABLE named AS SELECT * FROM assignment WHERE id IS NOT NULL AND assignee <> ''");
  await db.run(
    `CREATE TABLE applicant AS SELECT assignee, coalesce(type, '') AS type, coalesce(country, '') AS country, patents FROM (SELECT assignee, ${patents} AS patents FROM (SELECT DISTINCT assignee, id FROM named) JOIN (SELECT id, ${weights} FROM copatent GROUP BY id) USING (id) GROUP BY assignee) LEFT JOIN ${most('type')} USING (assignee) LEFT JOIN ${most('country')} USING (assignee)`,
  );
  const [counts] = await db.rows<{ rows: number; used: number; unnamed: number }>(
    `SELECT coalesce(sum(n), 0) AS rows, coalesce(sum(n) FILTER (id IS NOT NULL), 0) AS used, coalesce(sum(n) FILTER (id IS NOT NULL AND assignee = ''), 0) AS unnamed FROM assignment`,
  );
  const [{ without }] = await db.rows<{ without: number }>(
    'SELECT count(DISTINCT id) AS without FROM copatent WHERE id NOT IN (SELECT id FROM named)',
  );
  await db.run('DROP TABLE assignment');
  await db.run('DROP TABLE named');
  return { ...counts, patentsWithout: without };
}

export interface FieldCounts {
  rows: number;
  used: number;
  empty: number;
  patentsWithout: number;
}

/** `field(field, partner, patents)`: co-patents by IPC or CPC subclass ("G06F") and partner. A patent counts once in each of its subclasses. */
export async function readFields(db: Database, input: Input, o: BuildOptions): Promise<FieldCounts> {
  const part = (column: string) => `trim(coalesce(${column}, ''))`;
  const ipc = `CASE WHEN ${part('section')} <> '' AND ${part('ipc_class')} <> '' AND ${part('subclass')} <> '' THEN upper(${part('section')} || lpad(${part('ipc_class')}, 2, '0') || ${part('subclass')}) ELSE '' END`;
  const field = input.table === 'g_ipc_at_issue' ? ipc : `upper(${part('cpc_subclass')})`;
  try {
    await db.stream(
      `CREATE TABLE class AS SELECT co.id, CASE WHEN co.id IS NOT NULL THEN ${field} END AS field, count(*) AS n FROM (SELECT * FROM ${scan(input)}) c LEFT JOIN (SELECT DISTINCT id, patent_id FROM copatent) co ON co.patent_id = c.patent_id GROUP BY ALL`,
    );
  } catch (error) {
    throw csvError(error, input);
  }
  await db.run(
    `CREATE TABLE field AS SELECT field, partner, ${sumOfWeights(o)} AS patents FROM (SELECT id, field FROM class WHERE field <> '') JOIN copatent USING (id) GROUP BY ALL`,
  );
  const [counts] = await db.rows<{ rows: number; used: number; empty: number }>(
    `SELECT coalesce(sum(n), 0) AS rows, coalesce(sum(n) FILTER (id IS NOT NULL), 0) AS used, coalesce(sum(n) FILTER (id IS NOT NULL AND field = ''), 0) AS empty FROM class`,
  );
  const [{ without }] = await db.rows<{ without: number }>(
    "SELECT count(DISTINCT id) AS without FROM copatent WHERE id NOT IN (SELECT id FROM class WHERE id IS NOT NULL AND field <> '')",
  );
  await db.run('DROP TABLE class');
  return { ...counts, patentsWithout: without };
}

/** Output tables in their order of rows. */
export const SELECTIONS = {
  copatents: 'SELECT patent_id, partner, year, weight FROM copatent ORDER BY year, patent_id, place',
  panel: 'SELECT partner, year, copatents, patent1, patent2 FROM panel ORDER BY place, year',
  applicants:
    "SELECT assignee, nullif(type, '') AS type, nullif(country, '') AS country, patents FROM applicant ORDER BY patents DESC, assignee",
  fields: 'SELECT field, partner, patents FROM field ORDER BY field, partner',
} as const;

export type OutputName = keyof typeof SELECTIONS;

/** Writes one output. @returns its rows. */
export async function writeOutput(
  db: Database,
  name: OutputName,
  file: string,
  format: BuildOptions['format'],
): Promise<number> {
  const options = format === 'csv' ? "FORMAT csv, HEADER, DELIMITER ','" : 'FORMAT parquet';
  await db.run(`COPY (${SELECTIONS[name]}) TO ${quoted(file)} (${options})`);
  const [{ n }] = await db.rows<{ n: number }>(`SELECT count(*) AS n FROM (${SELECTIONS[name]})`);
  return n;
}
