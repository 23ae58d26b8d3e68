/** What a build read, dropped and wrote: inputs with hashes, rows at each step, and why rows were left out. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { VERSION } from '@gravpanel/panel';
import type { Input } from './inputs.ts';
import type { PartyCounts } from './parties.ts';
import type { PatentCounts } from './patents-table.ts';
import type { Places } from './places.ts';
import type { ApplicantCounts, FieldCounts } from './results.ts';
import { type BuildOptions, PARTY_TABLE } from './tables.ts';

export interface Facts {
  places: Places;
  patents: PatentCounts;
  parties: PartyCounts;
  /** Distinct co-patents. */
  copatents: number;
  applicants?: ApplicantCounts;
  fields?: FieldCounts;
}

export interface Step {
  /** "patents", "inventors", … */
  step: string;
  table?: string;
  read: number;
  used: number;
  /** read = used + the sum of these. */
  dropped: { reason: string; rows: number; examples?: string[] }[];
  /** Used rows that cannot be placed in a country, and patents that lack something. */
  notes?: { reason: string; rows: number; examples?: string[] }[];
}

export interface PatentManifest {
  schema: 'patents/1';
  gravpanel: string;
  duckdb: string;
  options: Record<string, unknown>;
  partners: { iso3: string; written: string; region?: string }[];
  inputs: { table: string; file: string; sha256: string; bytes: number; rows: number }[];
  steps: Step[];
  outputs: { file: string; rows: number; sha256: string }[];
}

const present = <T extends { rows: number }>(list: T[]) => list.filter(({ rows }) => rows > 0);

function patentStep({ patents }: Facts, o: BuildOptions): Step {
  return {
    step: 'patents',
    table: 'g_patent',
    read: patents.rows,
    used: patents.used,
    dropped: present([
      { reason: 'withdrawn patent', rows: patents.withdrawn },
      { reason: `outside ${o.years.from}–${o.years.to}`, rows: patents.otherYear },
      { reason: 'no filing date in g_application', rows: patents.noFilingDate },
      { reason: 'date that is none', rows: patents.badDate },
    ]),
  };
}

function partyStep({ parties }: Facts, o: BuildOptions): Step {
  const unknown = parties.unknown.reduce((sum, { rows }) => sum + rows, 0);
  return {
    step: `${o.role}s`,
    table: PARTY_TABLE[o.role],
    read: parties.rows,
    used: parties.used - parties.noLocation - parties.unlisted - parties.noCountry - unknown,
    dropped: present([
      { reason: 'of a withdrawn patent', rows: parties.withdrawn },
      { reason: `of a patent outside ${o.years.from}–${o.years.to}`, rows: parties.otherYear },
      { reason: 'of a patent without a date', rows: parties.noDate },
      { reason: 'of a patent that g_patent does not list', rows: parties.orphans },
      { reason: 'no location', rows: parties.noLocation },
      { reason: 'location that the location table does not list', rows: parties.unlisted },
      { reason: 'location without a country', rows: parties.noCountry },
      {
        reason: 'unknown country',
        rows: unknown,
        examples: parties.unknown.slice(0, 20).map(({ country, rows }) => `${country}: ${rows}`),
      },
    ]),
    notes: present([
      { reason: `used patents without any ${o.role} row`, rows: parties.patentsWithoutRows },
      { reason: `used patents whose ${o.role}s have no known country`, rows: parties.patentsWithoutCountry },
    ]),
  };
}

function applicantStep({ applicants }: Facts): Step[] {
  if (!applicants) return [];
  return [
    {
      step: 'applicants',
      table: 'g_assignee_disambiguated',
      read: applicants.rows,
      used: applicants.used - applicants.unnamed,
      dropped: present([
        { reason: 'of another patent than a co-patent', rows: applicants.rows - applicants.used },
        { reason: 'without a name', rows: applicants.unnamed },
      ]),
      notes: present([{ reason: 'co-patents without an assignee', rows: applicants.patentsWithout }]),
    },
  ];
}

function fieldStep({ fields }: Facts, inputs: Input[]): Step[] {
  if (!fields) return [];
  const table = inputs.find(({ table: name }) => name === 'g_ipc_at_issue' || name === 'g_cpc_current')!.table;
  return [
    {
      step: 'fields',
      table,
      read: fields.rows,
      used: fields.used - fields.empty,
      dropped: present([
        { reason: 'of another patent than a co-patent', rows: fields.rows - fields.used },
        { reason: 'without a complete subclass', rows: fields.empty },
      ]),
      notes: present([{ reason: 'co-patents without a subclass', rows: fields.patentsWithout }]),
    },
  ];
}

const hashOf = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** Rows read of each input. */
function rowsOf(
  table: Input['table'],
  { places, patents, parties, applicants, fields }: Facts,
  role: BuildOptions['role'],
): number {
  if (table === 'g_location_disambiguated') return places.rows;
  if (table === 'g_patent') return patents.rows;
  if (table === 'g_application') return patents.applications ?? 0;
  if (table === PARTY_TABLE[role]) return parties.rows;
  return (table === 'g_assignee_disambiguated' ? applicants?.rows : fields?.rows) ?? 0;
}

export function manifestOf(
  o: BuildOptions,
  result: { facts: Facts; inputs: Input[]; outputs: { name: string; rows: number }[] },
  folder: string,
  duckdb: string,
): PatentManifest {
  const { facts, inputs, outputs } = result;
  const { places, copatents } = facts;
  return {
    schema: 'patents/1',
    gravpanel: VERSION,
    duckdb,
    options: {
      home: o.home,
      years: `${o.years.from}:${o.years.to}`,
      count: o.count,
      date: o.date,
      role: o.role,
      badDates: o.badDates,
      skip: o.skip,
      format: o.format,
    },
    partners: o.partners.map(({ iso3, written, region }) => ({ iso3, written, ...(region && { region }) })),
    inputs: inputs.map(({ table, file, sha256, bytes }) => ({
      table,
      file: path.basename(file),
      sha256,
      bytes,
      rows: rowsOf(table, facts, o.role),
    })),
    steps: [
      {
        step: 'locations',
        table: 'g_location_disambiguated',
        read: places.rows,
        used: places.rows,
        dropped: [],
        notes: present([
          {
            reason: 'spellings that are no country',
            rows: places.unknown.length,
            examples: places.unknown.slice(0, 20),
          },
        ]),
      },
      patentStep(facts, o),
      partyStep(facts, o),
      {
        step: 'co-patents',
        read: facts.patents.used,
        used: copatents,
        dropped: present([{ reason: 'not of the home country and a partner', rows: facts.patents.used - copatents }]),
      },
      ...applicantStep(facts),
      ...fieldStep(facts, inputs),
    ],
    outputs: outputs.map(({ name, rows }) => ({ file: name, rows, sha256: hashOf(path.join(folder, name)) })),
  };
}
