/**
 * node bench/million.mjs [--reps 1000000] [--threads 2] [--record]
 * Many replicates of nb-fe on synth45 through `gravpanel boot`: time, and what the process holds along the way (resident, V8's heap, array
 * buffers) beside the draws, which are its one part that grows with B and are there in full from the start.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'packages/cli/bin/gravpanel.mjs');
const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '1000000' },
    threads: { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
  },
});
const dir = mkdtempSync(join(tmpdir(), 'gravpanel-million-'));
writeFileSync(
  join(dir, 'study.yaml'),
  `version: 1
title: million
data: { path: ${JSON.stringify(join(root, 'test-fixtures/data/synth45.csv'))}, unit: pair, time: year }
models:
  full: { model: nb-fe, formula: "patents ~ lgdp + lrd + lprox + lcit + lmig + rta" }
`,
);
/** Loaded before the program: a line of process.memoryUsage() every half second, from the main thread. */
writeFileSync(
  join(dir, 'sampler.cjs'),
  `const { isMainThread } = require('node:worker_threads');
const { appendFileSync } = require('node:fs');
if (isMainThread) {
  const sample = () => {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    appendFileSync(process.env.GRAVPANEL_BENCH_SAMPLES, JSON.stringify({ ms: performance.now(), rss, heapUsed, external, arrayBuffers }) + '\\n');
  };
  setInterval(sample, 500).unref();
  process.on('exit', sample);
}
`,
);

/** Seconds of the whole and of the replicates; samples along the way, and the peak that the kernel saw. */
async function run(reps) {
  const samples = join(dir, `samples-${reps}.jsonl`);
  const start = performance.now();
  const args = ['--require', join(dir, 'sampler.cjs'), bin, 'boot', 'study.yaml', '-B', String(reps)];
  const child = spawn(
    '/usr/bin/time',
    ['-f', '%M', process.execPath, ...args, '--threads', values.threads, '--json', '--quiet'],
    { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, GRAVPANEL_BENCH_SAMPLES: samples } },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`boot ended with ${code}: ${stderr}`);
  const [{ resampling }] = JSON.parse(stdout).columns;
  const memory = readFileSync(samples, 'utf8').trim().split('\n').map(JSON.parse);
  const total = (performance.now() - start) / 1000;
  const peak = Number(stderr.trim().split('\n').at(-1)) / 1024;
  return { total, draws: resampling.seconds, failed: resampling.failed, memory, peak };
}

try {
  const small = await run(1000);
  const reps = Number(values.reps);
  const large = await run(reps);
  const mb = (bytes) => Math.round(bytes / 2 ** 20);
  const shares = [0.05, 0.2, 0.4, 0.6, 0.8, 1];
  // The replicates end before the process does; the last sample is that of its end.
  const drawing = large.memory.filter(({ ms }) => ms < (large.draws + small.total - small.draws) * 1000);
  const rows = [
    ...shares.map((share) => [
      `${Math.round(100 * share)}% of the replicates`,
      drawing[Math.floor(share * (drawing.length - 1))],
    ]),
    ['end', large.memory.at(-1)],
  ];
  const summary = large.total - large.draws - (small.total - small.draws);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const number = (n) => n.toLocaleString('en-US');
  const text = `
## ${new Date().toISOString().slice(0, 10)}: ${number(reps)} replicates through \`gravpanel boot\`

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · commit ${commit} · nb-fe, synth45, 43 units × 10, 7 regressors · ${values.threads} threads
(\`node bench/million.mjs\`). The draws themselves are ${mb(reps * 58)} MB (7 numbers and two bytes each), there in full from the start. From start to table ${large.total.toFixed(1)} s, ${number(Math.round(reps / large.draws))} replicates a second,
${number(reps - large.failed)} with an estimate; ${summary.toFixed(1)} s after the last replicate for covariance, intervals, BCa and table.

| MB | resident | array buffers | V8's heap |
| --- | ---: | ---: | ---: |
${rows.map(([name, at]) => `| ${name} | ${mb(at.rss)} | ${mb(at.arrayBuffers)} | ${mb(at.heapUsed)} |`).join('\n')}
| peak | **${Math.round(large.peak)}** | | |
| peak with 1,000 replicates | ${Math.round(small.peak)} | | |
`;
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
