/** The build: tables → database → co-patents, panel, applicants and fields, with a manifest of every step. */
import * as fs from 'node:fs';
import path from 'node:path';
import { PanelError } from '@gravpanel/panel';
import { countryOf } from '@gravpanel/panel/countries';
import { type Database, openDatabase } from './duckdb.ts';
import { drop, findTable, type Input, missingTable, openTable } from './inputs.ts';
import { type Facts, manifestOf, type PatentManifest } from './manifest.ts';
import { countParties } from './parties.ts';
import { readPatents } from './patents-table.ts';
import { readPlaces } from './places.ts';
import { makeResults, type OutputName, readApplicants, readFields, writeOutput } from './results.ts';
import { type BuildOptions, columnsOf, FIELD_TABLE, PARTY_TABLE, type TableName } from './tables.ts';

/** Before each piece of work: its name, how many are done, and of how many. */
export type OnStep = (label: string, done: number, total: number) => Promise<void>;

/** The files that a build reads, by table. @throws PanelError patents/missing-table, before anything is read. */
export function findTables(o: BuildOptions): Map<TableName, string> {
  const files = new Map<TableName, string>();
  const need = (table: TableName, hint?: string) => {
    const file = findTable(o.dir, table);
    if (!file) throw missingTable(o.dir, table, hint);
    files.set(table, file);
  };
  need('g_location_disambiguated');
  need('g_patent');
  if (o.date === 'application') need('g_application', '--date grant does without it.');
  need(PARTY_TABLE[o.role]);
  if (!o.skip.includes('applicants')) need('g_assignee_disambiguated', '--skip applicants does without it.');
  if (!o.skip.includes('fields')) {
    const table = fieldTable(o);
    if (!table)
      throw missingTable(o.dir, 'g_ipc_at_issue', 'g_cpc_current would do as well; --skip fields does without.');
    need(table, '--skip fields does without it.');
  }
  return files;
}

/** The table of fields: the one asked for, or the first that is there. */
function fieldTable({ dir, fields }: BuildOptions): TableName | undefined {
  const key = fields ?? (['ipc', 'cpc'] as const).find((one) => findTable(dir, FIELD_TABLE[one]));
  return key && FIELD_TABLE[key];
}

function emptyResult(o: BuildOptions, facts: Facts, yearsIn: { first?: number; last?: number }): PanelError {
  const { patents } = facts;
  const span = `${o.years.from}–${o.years.to}`;
  const none = patents.used === 0;
  const home = countryOf(o.home)?.name ?? o.home;
  return new PanelError({
    code: 'patents/empty-result',
    message: none
      ? `No patent of "${o.dir}" is of ${span} and not withdrawn; ${patents.rows} were read.`
      : `No patent of ${span} has ${o.role === 'inventor' ? 'inventors' : 'assignees'} both in ${home} and in one of the ${o.partners.length} partners; ${patents.used} patents were searched.`,
    hint:
      yearsIn.first === undefined
        ? 'Look at withdrawn and the dates of g_patent.'
        : `Patents run from ${yearsIn.first} to ${yearsIn.last}. Check --years, --home and the partners.`,
    at: { file: o.dir },
    details: { patents: patents.used, parties: facts.parties },
  });
}

/** The tables in the order in which they are read; the assignees' table twice where they are the parties too. */
function orderOf(o: BuildOptions, files: Map<TableName, string>): TableName[] {
  const fields = [...files.keys()].filter((table) => Object.values(FIELD_TABLE).includes(table));
  const dates: TableName[] = o.date === 'application' ? ['g_application'] : [];
  const applicants: TableName[] = o.skip.includes('applicants') ? [] : ['g_assignee_disambiguated'];
  return ['g_location_disambiguated', 'g_patent', ...dates, PARTY_TABLE[o.role], ...applicants, ...fields];
}

/**
 * Hands out one table after the other. While the database reads a table the next one is hashed and unpacked; an unpacked copy goes
 * when its table has been read.
 */
function reader(o: BuildOptions, files: Map<TableName, string>, scratch: string, onStep: OnStep) {
  const order = orderOf(o, files);
  const inputs: Input[] = [];
  let at = 0;
  const open = async (i: number) => {
    const folder = path.join(scratch, String(i));
    fs.mkdirSync(folder, { recursive: true });
    return openTable(files.get(order[i])!, order[i], columnsOf(order[i], o), folder);
  };
  let next = open(0);
  return {
    inputs,
    steps: order.length + 1,
    async read<T>(table: TableName, work: (input: Input) => Promise<T>): Promise<T> {
      await onStep(table, at, order.length + 1);
      const input = await next;
      if (input.table !== table) throw new Error(`${table} was to be read, not ${input.table}`);
      if (++at < order.length) {
        next = open(at);
        next.catch(() => {});
      }
      if (!inputs.some((known) => known.table === table)) inputs.push(input);
      try {
        return await work(input);
      } finally {
        drop(input);
      }
    },
    /** Resolves when nothing is being unpacked any more. */
    settle: () => next.then(drop, () => {}),
  };
}

async function steps(
  db: Database,
  o: BuildOptions,
  { inputs, read }: ReturnType<typeof reader>,
): Promise<{ facts: Facts; inputs: Input[] }> {
  const places = await read('g_location_disambiguated', (input) => readPlaces(db, input));
  const patents = await readPatents(db, read, o);
  const parties = await read(PARTY_TABLE[o.role], (input) => countParties(db, input, places));
  const facts: Facts = { places, patents, parties, copatents: await makeResults(db, places, o) };
  if (facts.copatents === 0) throw emptyResult(o, facts, patents);
  if (!o.skip.includes('applicants'))
    facts.applicants = await read('g_assignee_disambiguated', (input) => readApplicants(db, input, places, o));
  if (!o.skip.includes('fields')) {
    const table = fieldTable(o)!;
    facts.fields = await read(table, (input) => readFields(db, input, o));
  }
  return { facts, inputs };
}

async function writeAll(db: Database, { facts }: { facts: Facts }, folder: string, format: BuildOptions['format']) {
  const names: OutputName[] = [
    'copatents',
    'panel',
    ...(facts.applicants ? (['applicants'] as const) : []),
    ...(facts.fields ? (['fields'] as const) : []),
  ];
  const outputs: { name: string; rows: number }[] = [];
  for (const name of names) {
    const file = `${name}.${format}`;
    outputs.push({ name: file, rows: await writeOutput(db, name, path.join(folder, file), format) });
  }
  return outputs;
}

/**
 * Builds the results into `folder`.
 * @throws PanelError usage/needs-duckdb, patents/…, data/….
 */
export async function buildPatents(o: BuildOptions, folder: string, onStep: OnStep): Promise<PatentManifest> {
  const files = findTables(o);
  const scratch = path.join(folder, 'scratch');
  fs.mkdirSync(scratch);
  const db = await openDatabase(scratch, o.threads);
  const tables = reader(o, files, scratch, onStep);
  try {
    const found = await steps(db, o, tables);
    await onStep('results', tables.steps - 1, tables.steps);
    const outputs = await writeAll(db, found, folder, o.format);
    const manifest = manifestOf(o, { ...found, outputs }, folder, db.version);
    fs.writeFileSync(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    await tables.settle();
    db.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
