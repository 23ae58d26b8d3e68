/** `gravpanel patents build`: bulk patent tables → co-patent records and panel. */
import { availableParallelism } from 'node:os';
import { PanelError } from '@gravpanel/panel';
import { resolveCountry } from '@gravpanel/panel/countries';
import { type PartnerList, readPartners, schemeNames, shippedPartners } from '@gravpanel/panel/regions';
import { Command, Option } from 'commander';
import { checkOutputFolder, fillFolder, readBytes } from './files.ts';
import { choiceOf, numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { buildPatents, findTables } from './patents/build.ts';
import type { PatentManifest } from './patents/manifest.ts';
import type { BuildOptions } from './patents/tables.ts';
import { progressOn } from './progress.ts';
import { terminal, write } from './streams.ts';
import { runCommand, usageError } from './usage.ts';

interface PatentFlags {
  home: BuildOptions['home'];
  partners: string;
  years: BuildOptions['years'];
  count: BuildOptions['count'];
  date: BuildOptions['date'];
  role: BuildOptions['role'];
  fields?: BuildOptions['fields'];
  skip: BuildOptions['skip'];
  badDates: BuildOptions['badDates'];
  format: BuildOptions['format'];
  output: string;
  threads?: number;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

/** Everything a build may write, so that --force leaves nothing of the one before. */
const OUTPUT_FILES = [
  ...['copatents', 'panel', 'applicants', 'fields'].flatMap((name) => [`${name}.csv`, `${name}.parquet`]),
  'manifest.json',
];

function homeFlag(text: string): string {
  return resolveCountry(text, { file: '--home' }).iso3;
}

/** 2008:2017. */
function yearsFlag(text: string): BuildOptions['years'] {
  const [, from, to = from] = /^(\d{4})(?::(\d{4}))?$/.exec(text.trim()) ?? [];
  if (from !== undefined && Number(from) <= Number(to)) return { from: Number(from), to: Number(to) };
  throw usageError(
    'wrong-value',
    `--years is "${text}"; FROM:TO with FROM ≤ TO was expected.`,
    'Write --years 2008:2017.',
    '--years',
  );
}

const PARTS = ['applicants', 'fields'] as const;
const skipFlag = (text: string) => text.split(',').map((part) => choiceOf('--skip', PARTS)(part.trim()));

/** The partners of a file or of a scheme that ships. */
function partnersOf(file: string): PartnerList {
  if (schemeNames().includes(file)) return shippedPartners(file);
  const { name, bytes } = readBytes(file, 'list of partners');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PanelError({
      code: 'countries/not-text',
      message: `"${name}" is not UTF-8 text; a YAML list of countries was expected.`,
      hint: 'Save it as UTF-8.',
      at: { file: name },
    });
  }
  return readPartners(text, name);
}

function checkHome({ partners }: PartnerList, home: string, file: string): void {
  const same = partners.find(({ iso3 }) => iso3 === home);
  if (!same) return;
  throw new PanelError({
    code: 'patents/partner-is-home',
    message: `"${same.written}" is the home country ${home}; a partner is another country.`,
    hint: `Take it out of ${file}, or name another --home.`,
    at: same.at,
  });
}

function optionsOf(dir: string, f: PatentFlags): BuildOptions {
  const list = partnersOf(f.partners);
  checkHome(list, f.home, f.partners);
  const region = new Map(
    list.scheme?.regions.flatMap(({ name, countries }) => countries.map((c) => [c.iso3, name] as const)),
  );
  return {
    dir,
    home: f.home,
    partners: list.partners.map(({ iso3, written }) => ({ iso3, written, region: region.get(iso3) })),
    years: f.years,
    count: f.count,
    date: f.date,
    role: f.role,
    fields: f.fields,
    skip: f.skip,
    badDates: f.badDates,
    format: f.format,
    threads: f.threads ?? availableParallelism(),
  };
}

const whole = (n: number) => n.toLocaleString('en-US');

function summaryText({ steps, outputs, inputs }: PatentManifest, dir: string): string {
  const copatents = steps.find(({ step }) => step === 'co-patents')!;
  const lines = steps.flatMap(({ step, read, used, dropped, notes = [] }) => [
    `  ${step.padEnd(12)}${whole(used).padStart(12)} of ${whole(read)}`,
    ...[...dropped, ...notes].map(({ reason, rows, examples = [] }) => {
      const some =
        examples.length > 0 ? ` (${examples.slice(0, 5).join(', ')}${examples.length > 5 ? ', …' : ''})` : '';
      return `  ${''.padEnd(12)}${whole(rows).padStart(12)} ${reason}${some}`;
    }),
  ]);
  const files = outputs.map(({ file, rows }) => `${file} (${whole(rows)})`).join(', ');
  const read = inputs.reduce((sum, { rows }) => sum + rows, 0);
  return `${whole(copatents.used)} co-patents from ${whole(read)} rows of ${inputs.length} tables.\n${lines.join('\n')}\n  written     ${dir}: ${files}, manifest.json\n`;
}

async function build(dir: string, flags: PatentFlags): Promise<void> {
  const t = terminal(flags);
  const start = performance.now();
  const options = optionsOf(dir, flags);
  const { output, force } = flags;
  checkOutputFolder(output, force, OUTPUT_FILES, 'patents/1');
  findTables(options);
  const progress = progressOn(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  let manifest: PatentManifest;
  try {
    manifest = await fillFolder(output, { names: OUTPUT_FILES, schema: 'patents/1', force }, (part) =>
      buildPatents(options, part, async (label, done, total) => progress.step({ stage: 'data', label, done, total })),
    );
  } finally {
    progress.end();
  }
  const seconds = Math.round(performance.now() - start) / 1000;
  const json = `${JSON.stringify({ ...manifest, output, seconds }, null, 2)}\n`;
  await write(process.stdout, t.json ? json : summaryText(manifest, output));
}

function flags(): Option[] {
  const choice = <T extends string>(flag: string, words: string, choices: readonly T[], preset: T) =>
    new Option(`--${flag} <word>`, words).argParser(choiceOf(`--${flag}`, choices)).default(preset);
  return [
    new Option('--home <country>', 'home country: ISO code or name').argParser(homeFlag).makeOptionMandatory(),
    new Option(
      '--partners <file>',
      `YAML list of countries, a region scheme, or ${schemeNames().join(', ')}`,
    ).makeOptionMandatory(),
    new Option('--years <from:to>', 'first and last year').argParser(yearsFlag).makeOptionMandatory(),
    choice(
      'count',
      'whole: a patent counts 1 for each country; fractional: each country’s share of its inventors',
      ['whole', 'fractional'],
      'whole',
    ),
    choice('date', 'year of the grant, or of the application (g_application)', ['grant', 'application'], 'grant'),
    choice('role', 'countries of the inventors, or of the assignees', ['inventor', 'assignee'], 'inventor'),
    new Option('--fields <table>', 'ipc (g_ipc_at_issue) or cpc (g_cpc_current); ipc where both are there').argParser(
      choiceOf('--fields', ['ipc', 'cpc']),
    ),
    new Option('--skip <parts>', 'leave out applicants, fields or both').argParser(skipFlag).default([], 'neither'),
    choice('bad-dates', 'a date that cannot be: an error, or drop the patent and count it', ['error', 'drop'], 'error'),
    choice('format', 'csv or parquet', ['csv', 'parquet'], 'csv'),
    new Option('-o, --output <dir>', 'folder to write; it may not exist yet').makeOptionMandatory(),
    new Option('--threads <n>', 'threads (default: all cores)').argParser(
      numberOf(
        '--threads',
        'a whole number from 1',
        'Leave it out to use all cores.',
        (n) => Number.isInteger(n) && n >= 1,
      ),
    ),
  ];
}

const EXAMPLES = [
  'gravpanel patents build ~/patentsview --home CN --partners belt-road --years 2008:2017 -o out/copatents',
  'gravpanel patents build tables --home "South Korea" --partners partners.yaml --years 1990:2020 --count fractional --date application -o out/korea',
];

function define(): Command {
  const command = new Command('patents build').argument('<dir>', 'folder with the tables');
  for (const option of [...flags(), ...commonFlags().filter(({ long }) => long !== '--threads')])
    command.addOption(option);
  describeCommand(command, {
    purpose:
      'Reads the bulk tables of PatentsView (g_patent, g_inventor_disambiguated, g_location_disambiguated, g_assignee_disambiguated, g_ipc_at_issue or g_cpc_current; .tsv, .tsv.zip or .tsv.gz) and writes copatents, panel, applicants, fields and manifest.json. A co-patent has at least one inventor at home and one in a partner country.',
    usage: 'patents build DIR --home COUNTRY --partners FILE --years FROM:TO -o OUT [flags]',
    examples: EXAMPLES,
    after: 'Needs the optional dependency @duckdb/node-api. Exit codes: 0 ok, 2 usage, 3 data, 130 interrupted.',
  });
  return command.action(build);
}

export async function main(args: string[]): Promise<void> {
  const [part, ...rest] = args;
  if (part === 'build') return runCommand(define(), rest);
  if (part === '--help' || part === '-h') return runCommand(define(), ['--help']);
  throw usageError(
    part === undefined ? 'missing-argument' : 'unknown-command',
    part === undefined
      ? 'gravpanel patents needs to be told what to do.'
      : `"${part}" is not a part of gravpanel patents.`,
    'It has one: gravpanel patents build DIR …; --help has examples.',
  );
}
