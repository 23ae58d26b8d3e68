#!/usr/bin/env node
/** npm run demo | test | build | dev | bench: all the set-up a fresh clone needs, then the job. Only Node and npm are assumed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeParts, parts } from './parts.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const PNPM = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager;
const ENV = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', npm_config_update_notifier: 'false' };
const NPX = process.platform === 'win32' ? 'npx.cmd' : 'npx';
const STUDIES = ['hhg-patents', 'china-copublications'];

const say = (line = '') => process.stdout.write(`${line}\n`);
const step = (line) => say(`\n▸ ${line}`);

/** Runs a command; its output is shown, or kept and shown only when it fails. Returns whether it ended well. */
function run(command, args, { quiet = false, cwd = ROOT, env = ENV } = {}) {
  const done = spawnSync(command, args, { cwd, env, stdio: quiet ? 'pipe' : 'inherit', encoding: 'utf8' });
  if (done.status === 0) return true;
  if (quiet) process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  if (done.error) process.stderr.write(`${command}: ${done.error.message}\n`);
  return false;
}

/** As run, but ends the program with what failed. */
function must(what, command, args, options) {
  if (run(command, args, options)) return;
  process.stderr.write(`\nStopped: ${what} failed. What it said is above.\n`);
  process.exit(1);
}

const pnpm = (what, args, options) => must(what, NPX, ['--yes', PNPM, ...args], options);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`Node ${process.versions.node} is too old: gravpanel needs 20.19 or newer.\n`);
  process.exit(1);
}

/** Whether what is installed is at least as new as the lock file. */
function installed() {
  const mark = join(ROOT, 'node_modules', '.modules.yaml');
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(join(ROOT, 'pnpm-lock.yaml')).mtimeMs;
}

function install() {
  if (installed()) return;
  step(`Installing the packages that the lock file names (${PNPM}; half a minute on a fresh machine)`);
  pnpm('installing packages', ['install', '--frozen-lockfile', '--reporter=append-only'], { quiet: true });
}

function build() {
  install();
  step('Building: numeric core to WebAssembly, packages, command line, page');
  pnpm('the build', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], { quiet: true });
}

function demo() {
  build();
  const cli = join(ROOT, 'packages', 'cli', 'bin', 'gravpanel.mjs');
  const reports = STUDIES.map((study) => {
    step(`gravpanel run studies/${study}`);
    const out = join(ROOT, 'demo-report', study);
    must(`the study ${study}`, process.execPath, [
      cli,
      'run',
      join('studies', study, 'study.yaml'),
      '-o',
      out,
      '--force',
    ]);
    return join(out, 'report.html');
  });
  say('\nReports, to open in a browser:');
  for (const report of reports) say(`  ${relative(process.cwd(), report)}`);
}

/** Test counts of every package, from vitest's JSON. */
function counts() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const file = join(ROOT, 'packages', name, '.vitest.json');
    if (!existsSync(file)) continue;
    const result = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += result.numPassedTests;
    total.failed += result.numFailedTests + (result.numFailedTests === 0 && !result.success ? 1 : 0);
    total.skipped += result.numPendingTests + result.numTodoTests;
  }
  return total;
}

/** Under CI a part that tests use must be there. */
function checkParts(found) {
  say('Optional parts on this machine:');
  for (const line of describeParts(found)) say(line);
  const missing = found.filter(({ used, path }) => used && !path).map(({ name }) => name);
  if (missing.length === 0) return missing;
  if (process.env.CI) {
    process.stderr.write(`\nStopped: CI is set and ${missing.join(' and ')} is missing; .ci/run installs it.\n`);
    process.exit(1);
  }
  say(`Without ${missing.join(' and ')}, the tests that need it are not run.`);
  return missing;
}

function test(args) {
  const missing = checkParts(parts());
  build();
  for (const name of readdirSync(join(ROOT, 'packages')))
    rmSync(join(ROOT, 'packages', name, '.vitest.json'), { force: true });
  step('Checking format, lint and types');
  const clean = run(NPX, ['--yes', PNPM, 'exec', 'biome', 'check', '--error-on-warnings', '.']);
  const typed = run(
    NPX,
    ['--yes', PNPM, 'exec', 'turbo', 'run', 'typecheck', '--output-logs=errors-only'],
    { quiet: true },
  );
  step('Running the tests of every package');
  const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=.vitest.json'];
  const tested = run(NPX, [
    ...[
      '--yes',
      PNPM,
      'exec',
      'turbo',
      'run',
      'test',
      '--no-daemon',
      '--concurrency=1',
      '--continue',
      '--output-logs=full',
    ],
    ...['--log-prefix=none', '--', ...reporters, ...args],
  ]);
  const { passed, failed, skipped } = counts();
  say();
  if (!clean) say('Format or lint: see above.');
  if (!typed) say('Types: see above.');
  if (missing.length > 0) say(`Not run: the tests that need ${missing.join(' and ')}.`);
  const bad = failed + (clean ? 0 : 1) + (typed ? 0 : 1) + (!tested && failed === 0 ? 1 : 0);
  say(`${passed} passed, ${bad} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(bad === 0 ? 0 : 1);
}

function bench(args) {
  build();
  must('the bench', process.execPath, [join(ROOT, 'bench', 'run.mjs'), ...args]);
}

function dev() {
  build();
  pnpm('the page', ['--filter', '@gravpanel/web', 'dev']);
}

const jobs = { demo, test, build, bench, dev };
const [job, ...args] = process.argv.slice(2);
checkNode();
if (!Object.hasOwn(jobs, job ?? '')) {
  process.stderr.write(`usage: node scripts/dev.mjs ${Object.keys(jobs).join('|')}\n`);
  process.exit(2);
}
jobs[job](args);
