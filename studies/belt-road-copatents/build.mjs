/**
 * The whole chain: bulk tables of patents → `gravpanel patents build` → the study's tables.
 *
 *   node studies/belt-road-copatents/build.mjs                        simulated tables, into this folder
 *   node studies/belt-road-copatents/build.mjs -o DIR                 the same, as a copy of the study in DIR
 *   node studies/belt-road-copatents/build.mjs --tables BULK -o DIR   the real tables of PatentsView in BULK: the real study in DIR
 *
 * Needs the packages built, and @duckdb/node-api.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './prepare.mjs';
import { realStudy } from './real-study.mjs';
import { covariatesCsv, writeTables } from './simulate.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const program = here('../../packages/cli/bin/gravpanel.mjs');
const FILES = ['study.yaml', 'data/raw', 'data/simulated.csv'];

const { values: o } = parseArgs({
  options: { tables: { type: 'string' }, output: { type: 'string', short: 'o' } },
});
const to = resolve(o.output ?? here('.'));
const own = to === resolve(here('.'));
if (o.tables && own) throw new Error('Name another folder for the real study: --tables BULK -o DIR.');
if (!own && existsSync(join(to, 'study.yaml'))) throw new Error(`${to} holds a study; name a new folder.`);

/** Records → the study's tables, and the study file with their hash. */
function finish(records) {
  const files = prepare(pathToFileURL(`${records}/`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(to, 'data', name), text);
  const study = join(to, 'study.yaml');
  const hash = createHash('sha256').update(files['panel.csv']).digest('hex');
  const text = readFileSync(study, 'utf8').replace(/sha256: [0-9a-f]{64}/, `sha256: ${hash}`);
  writeFileSync(study, o.tables ? realStudy(text, files['panel.csv']) : text);
  process.stdout.write(`${study}: run it with gravpanel run.\n`);
}

const scratch = mkdtempSync(join(tmpdir(), 'gravpanel-tables-'));
try {
  const tables = o.tables ?? scratch;
  if (!o.tables) writeTables(scratch);
  mkdirSync(join(to, 'data'), { recursive: true });
  if (!o.tables) writeFileSync(here('data/simulated.csv'), covariatesCsv());
  if (!own) for (const name of FILES) cpSync(here(name), join(to, name), { recursive: true });
  const records = join(to, 'data/records');
  const { status } = spawnSync(
    process.execPath,
    [
      ...[program, 'patents', 'build', tables, '--home', 'CN', '--partners', 'belt-road', '--years', '2008:2017'],
      ...['-o', records, '--force', '--quiet'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status === 0) finish(records);
  else process.exitCode = status ?? 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
