/**
 * node bench/scaling.mjs [--rounds N] [--record]
 * Two workers of `gravpanel boot` against one thread, with two processes of the C twin of the refit (native/refit.c) against one beside them, in
 * turn: what two cores give at that moment, caches, clock and other loads included. Limit: 0.9 of the native scaling.
 */
import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { compilerMissing, median, start } from './native.mjs';
import { refitTwin } from './refit.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'packages/cli/bin/gravpanel.mjs');
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, record: { type: 'boolean', default: false } },
});
const missing = compilerMissing();
if (missing) {
  console.error(`Scaling is compared with native processes, and ${missing}.`);
  process.exit(2);
}

const dir = mkdtempSync(join(tmpdir(), 'gravpanel-scaling-'));
writeFileSync(
  join(dir, 'study.yaml'),
  `version: 1
title: scaling
data: { path: ${JSON.stringify(join(root, 'test-fixtures/data/synth45.csv'))}, unit: pair, time: year }
models:
  full: { model: nb-fe, formula: "patents ~ lgdp + lrd + lprox + lcit + lmig + rta" }
`,
);
const run = promisify(execFile);
/** Long enough that starting workers is no part of the question. */
const B = 60_000;

/** Seconds of the replicates alone. */
async function boot(threads) {
  const args = [bin, 'boot', 'study.yaml', '-B', String(B), '--threads', String(threads), '--json', '--quiet'];
  const { stdout } = await run(process.execPath, args, { cwd: dir, maxBuffer: 1 << 26 });
  return JSON.parse(stdout).columns[0].resampling.seconds;
}

try {
  const twin = await refitTwin({ level: 6.7, replicates: 2000 });
  const rounds = Number(values.rounds);
  const peers = [0, 1].map(() => start(twin.program, [twin.file, '1000000']));
  /** Seconds until each of the twins has done its rounds. */
  const native = async (...each) => {
    const begun = performance.now();
    await Promise.all(
      each.map(async (times, i) => {
        for (let k = 0; k < times; k++) await peers[i].ask();
      }),
    );
    return (performance.now() - begun) / 1000;
  };
  // As long as the replicates of boot on one thread.
  const once = await native(8, 0);
  const times = 2 * Math.max(4, Math.ceil((0.5 * (await boot(1)) * 8) / once));
  const all = [];
  for (let i = 0; i < rounds; i++) {
    const [one, nativeOne] = [await boot(1), await native(times, 0)];
    const [two, nativeTwo] = [await boot(2), await native(times / 2, times / 2)];
    all.push({ one, two, nativeOne, nativeTwo });
  }
  for (const peer of peers) peer.stop();
  const scaling = median(all.map(({ one, two }) => one / two));
  const control = median(all.map(({ nativeOne, nativeTwo }) => nativeOne / nativeTwo));
  const least = (key) => Math.min(...all.map((round) => round[key]));
  const best = [least('one') / least('two'), least('nativeOne') / least('nativeTwo')];
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const text = `
## ${new Date().toISOString().slice(0, 10)}: two workers ÷ one thread, beside two native processes ÷ one

${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)} · Node ${process.version} · commit ${commit} · nb-fe, synth45, ${B.toLocaleString('en-US')} replicates; control: C twin of the refit, 45 × 10, 7 regressors · ${rounds} interleaved rounds.

| | median of rounds | least ÷ least |
| --- | ---: | ---: |
| two workers of \`gravpanel boot\` ÷ one thread | ${scaling.toFixed(2)} | ${best[0].toFixed(2)} |
| two processes of the C twin ÷ one | ${control.toFixed(2)} | ${best[1].toFixed(2)} |
| share of the native scaling, limit 0.9 | **${(scaling / control).toFixed(2)}** | **${(best[0] / best[1]).toFixed(2)}** |
`;
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
