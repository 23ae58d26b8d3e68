/**
 * node bench/boot.mjs [--rounds N] [--record]
 * The bootstrap from the shell against the refits alone, two workers against two processes, and what a shard costs beside its replicates.
 * Ratios of the same run count; each is the median of interleaved rounds.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'packages/cli/bin/gravpanel.mjs');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    record: { type: 'boolean', default: false },
    // One part of the pure refits, in a process of its own.
    refits: { type: 'string' },
  },
});
const FORMULA = 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta';
const B = 9999;

/** Replicates first … first + count − 1 of the belt-road-sized model, nothing else: seconds of the refits. */
async function refits(first, count) {
  const { loadKernels } = await import('../packages/core-wasm/dist/index.js');
  const panel = await import('../packages/panel/dist/index.js');
  const { readFileSync } = await import('node:fs');
  const kernels = await loadKernels();
  const csv = readFileSync(join(root, 'test-fixtures/data/synth45.csv'));
  const frame = panel.setPanel(panel.readTable(csv, { name: 'synth45' }), ['pair'], 'year');
  const spec = { id: 'fit', model: 'nb-fe', formula: FORMULA, vcov: { type: 'bootstrap', reps: B, seed: 1 } };
  const [design] = panel.buildDesigns(frame, spec, kernels);
  const open = panel.openJob(panel.startFit(design, kernels).runs.main, kernels);
  open.run(0, 200);
  const start = performance.now();
  open.run(first, count);
  return (performance.now() - start) / 1000;
}

if (values.refits) {
  const [first, count] = values.refits.split(',').map(Number);
  console.log(await refits(first, count));
  process.exit(0);
}

const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];

/** Seconds of a command, and what it printed. */
const timed = (command, args, cwd) =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('exit', (code) =>
      code === 0
        ? resolve({ seconds: (performance.now() - start) / 1000, stdout })
        : reject(new Error(`${args.join(' ')}: ${code}`)),
    );
  });
const node = (args, cwd) => timed(process.execPath, args, cwd);
const self = fileURLToPath(import.meta.url);
const part = async (first, count) => Number((await node([self, '--refits', `${first},${count}`])).stdout);

/** Seconds of CPU of one call. */
async function cpu(args, cwd) {
  const { stdout } = await timed(
    'bash',
    ['-c', `TIMEFORMAT='%U %S'; { time "$0" "$@" >/dev/null; } 2>&1`, process.execPath, ...args],
    cwd,
  );
  return stdout
    .trim()
    .split(/\s+/)
    .slice(-2)
    .map(Number)
    .reduce((a, b) => a + b);
}

const dir = mkdtempSync(join(tmpdir(), 'gravpanel-bench-'));
try {
  writeFileSync(
    join(dir, 'study.yaml'),
    `version: 1
title: bench
data: { path: ${JSON.stringify(join(root, 'test-fixtures/data/synth45.csv'))}, unit: pair, time: year }
models:
  full: { model: nb-fe, formula: "${FORMULA}" }
`,
  );
  const boot = (threads, reps = B) =>
    node([bin, 'boot', 'study.yaml', '-B', String(reps), '--threads', String(threads), '--json', '--quiet'], dir);
  const rounds = Number(values.rounds);
  const [pure, whole, two, natives, ones] = [[], [], [], [], []];
  await boot(1);
  for (let i = 0; i < rounds; i++) {
    pure.push(await part(0, B));
    whole.push((await boot(1)).seconds);
    // Long enough that starting workers is no part of the question.
    const long = 4 * B;
    const seconds = async (threads) => JSON.parse((await boot(threads, long)).stdout).columns[0].resampling.seconds;
    const single = await seconds(1);
    two.push(single / (await seconds(2)));
    const one = await part(0, long);
    ones.push(one);
    natives.push(one / Math.max(...(await Promise.all([part(0, long / 2), part(long / 2, long / 2)]))));
  }
  // What a shard costs: 64 shards of one replicate, of which eight are made here, and the merge of all.
  const shards = 64;
  await node([bin, 'boot', 'plan', 'study.yaml', '-B', String(shards), '--shards', String(shards), '-o', 'plan'], dir);
  const shard = [];
  for (let k = 1; k <= shards; k++) {
    const seconds = await cpu([bin, 'boot', 'run-shard', String(k), 'plan', '--threads', '1', '--quiet'], dir);
    if (k <= 16) shard.push(seconds);
  }
  const merge = [];
  for (let i = 0; i < 5; i++) merge.push(await cpu([bin, 'boot', 'merge', 'plan', '--json', '--quiet'], dir));
  const base = await cpu([bin, 'boot', 'study.yaml', '-B', String(shards), '--threads', '1', '--json', '--quiet'], dir);

  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const share = median(two) / median(natives);
  const text = `
## ${new Date().toISOString().slice(0, 10)}: 9,999 replicates from the shell, two workers, shards

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · commit ${commit} · nb-fe, synth45, 43 units × 10, 7 regressors ·
medians of ${rounds} interleaved rounds.

| | | ratio | limit |
| --- | ---: | ---: | ---: |
| refits alone, one thread | ${median(pure).toFixed(2)} s (${Math.round(B / median(pure)).toLocaleString('en-US')}/s) | | |
| \`boot -B 9999 --threads 1\`, start to table ÷ refits alone | ${median(whole).toFixed(2)} s | **${(median(whole) / median(pure)).toFixed(2)}** | 1.5 |
| two workers ÷ one, inside the program | | ${median(two).toFixed(2)} | |
| two processes ÷ one, refits alone | | ${median(natives).toFixed(2)} | |
| share of the processes' scaling | | **${share.toFixed(2)}** | 0.9 |
| one shard beside its replicates: start, load, write (CPU) | ${median(shard).toFixed(3)} s | | |
| merge of ${shards} shards (CPU) less the same without a plan | ${(((median(merge) - base) / shards) * 1000).toFixed(2)} ms a shard | | |
`;
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
