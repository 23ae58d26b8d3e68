/**
 * node duckdb-alone.mjs DIR load|count: DuckDB reads the columns that a build needs from the plain tables, one table after the other,
 * and nothing else: into a table of its own (load), or only counting what is not empty (count), which keeps no value.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../packages/cli/package.json', import.meta.url));
const { DuckDBInstance } = require('@duckdb/node-api');

/** Header of each table, and the columns that a build reads. */
export const TABLES = {
  g_location_disambiguated: [
    'location_id disambig_city disambig_state disambig_country latitude longitude county state_fips county_fips',
    'location_id disambig_country',
  ],
  g_patent: [
    'patent_id patent_type patent_date patent_title wipo_kind num_claims withdrawn filename',
    'patent_id patent_date withdrawn',
  ],
  g_inventor_disambiguated: [
    'patent_id inventor_sequence inventor_id disambig_inventor_name_first disambig_inventor_name_last gender_code location_id',
    'patent_id location_id',
  ],
  g_assignee_disambiguated: [
    'patent_id assignee_sequence assignee_id disambig_assignee_individual_name_first disambig_assignee_individual_name_last disambig_assignee_organization assignee_type location_id',
    'patent_id disambig_assignee_individual_name_first disambig_assignee_individual_name_last disambig_assignee_organization assignee_type location_id',
  ],
  g_ipc_at_issue: [
    'patent_id ipc_sequence classification_level section ipc_class subclass main_group subgroup classification_value classification_status classification_data_source action_date ipc_version_indicator',
    'patent_id section ipc_class subclass',
  ],
};

const [, , dir, how] = process.argv;
const settings = { memory_limit: '2500MB', preserve_insertion_order: 'false' };
const db = await (await DuckDBInstance.create(':memory:', settings)).connect();
for (const [table, [header, needed]] of Object.entries(TABLES)) {
  const types = header
    .split(' ')
    .map((name) => `'${name}': 'VARCHAR'`)
    .join(', ');
  const file = join(dir, `${table}.tsv`);
  const scan = `read_csv('${file}', delim='\\t', quote='"', escape='"', header=true, auto_detect=false, strict_mode=true, columns={${types}})`;
  const columns = needed.split(' ');
  if (how === 'count') await db.run(`SELECT ${columns.map((name) => `count(${name})`).join(', ')} FROM ${scan}`);
  else await db.run(`CREATE OR REPLACE TABLE loaded AS SELECT ${columns.join(', ')} FROM ${scan}`);
}
