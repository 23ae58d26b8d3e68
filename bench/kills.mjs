/**
 * node bench/kills.mjs [--kills 100] [--reps 120000] [--threads 2] [--seed 1] [--record]
 * `gravpanel boot` killed with SIGKILL at random moments of its resampling, started again each time, until it has been killed often
 * enough: is the result the same to the last bit as that of an undisturbed run? --record writes bench/kills.json.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawsOf } from '../test-fixtures/panels.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'packages/cli/bin/gravpanel.mjs');
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    reps: { type: 'string', default: '120000' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
});
const [wanted, reps, threads, seed] = [values.kills, values.reps, values.threads, values.seed].map(Number);
const dir = mkdtempSync(join(tmpdir(), 'gravpanel-kills-'));
const uniform = (() => {
  const draws = drawsOf(seed);
  return () => draws.uniform();
})();

writeFileSync(
  join(dir, 'study.yaml'),
  `version: 1
title: kills
data: { path: ${JSON.stringify(join(root, 'test-fixtures/data/synth45.csv'))}, unit: pair, time: year }
models:
  full: { model: nb-fe, formula: "patents ~ lgdp + lrd + lprox + lcit + lmig + rta" }
`,
);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const checkpointOf = () => readdirSync(dir).find((file) => file.endsWith('.checkpoint'));
const stored = () => {
  const file = checkpointOf();
  return file ? statSync(join(dir, file)).size : 0;
};

/** Starts the same boot; draws go to `out`. */
function boot(out) {
  const args = [bin, 'boot', 'study.yaml', '-B', String(reps), '--threads', String(threads)];
  const child = spawn(process.execPath, [...args, '--json', '--quiet', '--force', '--draws', out], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const ended = new Promise((resolve) => child.on('exit', (code) => resolve({ code, stdout })));
  return { child, ended };
}

/** What a run found, without where and how long it ran. */
function resultOf(stdout) {
  const value = JSON.parse(stdout);
  for (const { resampling } of value.columns) {
    delete resampling.threads;
    delete resampling.seconds;
  }
  return JSON.stringify(value);
}

try {
  const whole = await boot('whole.csv').ended;
  if (whole.code !== 0) throw new Error(`the undisturbed run ended with ${whole.code}`);
  let [kills, finished, starts] = [0, 0, 0];
  const kept = [];
  let same = true;
  while (kills < wanted) {
    const { child, ended } = boot('killed.csv');
    starts++;
    const before = stored();
    // From the moment that the run works on the file again, up to a fifth of a second, or now and then before.
    const early = uniform() < 0.1;
    while (!early && child.exitCode === null && stored() <= before) await pause(2);
    await pause(early ? 400 * uniform() : 150 * uniform());
    child.kill('SIGKILL');
    const { code, stdout } = await ended;
    if (code === null) {
      kills++;
      kept.push(stored());
      if (kills % 10 === 0) console.error(`${kills} kills`);
      continue;
    }
    finished++;
    same &&= resultOf(stdout) === resultOf(whole.stdout);
    same &&= readFileSync(join(dir, 'killed.csv')).equals(readFileSync(join(dir, 'whole.csv')));
  }
  const last = await boot('killed.csv').ended;
  same &&= last.code === 0 && resultOf(last.stdout) === resultOf(whole.stdout);
  same &&= readFileSync(join(dir, 'killed.csv')).equals(readFileSync(join(dir, 'whole.csv')));
  const left = readdirSync(dir).filter((name) => !['study.yaml', 'whole.csv', 'killed.csv'].includes(name));
  const report = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0].model}, Node ${process.version}`,
    reps,
    threads,
    seed,
    kills,
    starts: starts + 1,
    finishedBetween: finished + 1,
    checkpointGrew: kept.filter((size, i) => i > 0 && size > kept[i - 1]).length,
    leftBehind: left,
    identical: same,
  };
  console.log(JSON.stringify(report, null, 2));
  if (values.record) writeFileSync(join(root, 'bench/kills.json'), `${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = same && left.length === 0 ? 0 : 5;
} finally {
  if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
}
