/**
 * node bench/million.mjs [--reps 1000000] [--threads 2] [--record]
 * 10⁶ replicates of nb-fe on synth45 through `gravpanel boot`: time, resident memory along the way (Linux), and what the summary takes after
 * the last replicate.
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

/** Seconds of the whole, seconds of the replicates, and MB resident every half second. */
async function run(reps) {
  const start = performance.now();
  const args = [bin, 'boot', 'study.yaml', '-B', String(reps), '--threads', values.threads, '--json', '--quiet'];
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const memory = [];
  const timer = setInterval(() => {
    try {
      memory.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024);
    } catch {}
  }, 500);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`boot ended with ${code}`);
  const [{ resampling }] = JSON.parse(stdout).columns;
  return { total: (performance.now() - start) / 1000, draws: resampling.seconds, failed: resampling.failed, memory };
}

try {
  const small = await run(1000);
  const reps = Number(values.reps);
  const large = await run(reps);
  const at = (share) => Math.round(large.memory[Math.floor(share * (large.memory.length - 1))]);
  const summary = large.total - large.draws - (small.total - small.draws);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const number = (n) => n.toLocaleString('en-US');
  const text = `
## ${new Date().toISOString().slice(0, 10)}: ${number(reps)} replicates through \`gravpanel boot\`

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · commit ${commit} · nb-fe, synth45, 43 units × 10, 7 regressors · ${values.threads} threads
(\`node bench/million.mjs\`). The draws themselves are ${Math.round((reps * 58) / 1e6)} MB (7 numbers and two bytes each).

| | |
| --- | ---: |
| from start to table | ${large.total.toFixed(1)} s |
| replicates with an estimate | ${number(reps - large.failed)} |
| replicates a second | ${number(Math.round(reps / large.draws))} |
| after the last replicate: covariance, intervals, BCa, table | ${summary.toFixed(1)} s |
| resident memory at 10, 30, 50, 70, 90% of the time, MB | ${[0.1, 0.3, 0.5, 0.7, 0.9].map(at).join(', ')} |
| peak | ${Math.round(Math.max(...large.memory))} MB |
`;
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
