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
import { unpack } from './unpack.ts';

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
    const wanted = o.fields ?? (['ipc', 'cpc'] as const).find((key) => findTable(o.dir, FIELD_TABLE[key]));
    if (!wanted)
      throw missingTable(o.dir, 'g_ipc_at_issue', 'g_cpc_current would do as well; --skip fields does without.');
    need(FIELD_TABLE[wanted], '--skip fields does without it.');
  }
  return files;
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

/** Reads one table after the other; an unpacked copy lives only while its table is read. */
function reader(o: BuildOptions, files: Map<TableName, string>, scratch: string) {
  const inputs: Input[] = [];
  return {
    inputs,
    async read<T>(table: TableName, work: (input: Input) => Promise<T>): Promise<T> {
      const known = inputs.find((input) => input.table === table);
      const input = known ?? (await openTable(files.get(table)!, table, columnsOf(table, o), scratch));
      if (!known) inputs.push(input);
      else if (input.plain !== input.file) await unpack(input.file, table, scratch);
      try {
        return await work(input);
      } finally {
        drop(input);
      }
    },
  };
}

async function steps(
  db: Database,
  o: BuildOptions,
  files: Map<TableName, string>,
  folder: string,
  scratch: string,
  onStep: OnStep,
) {
  const total = files.size + 1;
  let done = 0;
  const { inputs, read } = reader(o, files, scratch);
  const step = async <T>(table: TableName, work: (input: Input) => Promise<T>): Promise<T> => {
    await onStep(table, done++, total);
    return read(table, work);
  };
  const places = await step('g_location_disambiguated', (input) => readPlaces(db, input));
  const filedTable = async (granted: Input) =>
    o.date === 'application'
      ? step('g_application', (filed) => readPatents(db, granted, filed, o))
      : readPatents(db, granted, undefined, o);
  const patents = await step('g_patent', filedTable);
  const parties = await step(PARTY_TABLE[o.role], (input) => countParties(db, input, places));
  const facts: Facts = { places, patents, parties, copatents: await makeResults(db, places, o) };
  if (facts.copatents === 0) throw emptyResult(o, facts, patents);
  const names: OutputName[] = ['copatents', 'panel'];
  if (!o.skip.includes('applicants')) {
    facts.applicants = await step('g_assignee_disambiguated', (input) => readApplicants(db, input, places, o));
    names.push('applicants');
  }
  const fieldTable = [...files.keys()].find((table) => Object.values(FIELD_TABLE).includes(table));
  if (fieldTable) {
    facts.fields = await step(fieldTable, (input) => readFields(db, input, o));
    names.push('fields');
  }
  await onStep('results', done, total);
  const outputs: { name: string; rows: number }[] = [];
  for (const name of names) {
    const file = `${name}.${o.format}`;
    outputs.push({ name: file, rows: await writeOutput(db, name, path.join(folder, file), o.format) });
  }
  return { facts, inputs, outputs };
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
  let result: Awaited<ReturnType<typeof steps>>;
  try {
    result = await steps(db, o, files, folder, scratch, onStep);
  } finally {
    db.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  const manifest = manifestOf(o, result, folder, db.version);
  fs.writeFileSync(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
