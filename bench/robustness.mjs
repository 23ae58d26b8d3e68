/**
 * node bench/robustness.mjs [--panels 1000] [--seed 1] [--sample 50] [--threads 2] [--python python3] [--record]
 * Every model on generated panels (test-fixtures/panels.mjs): no hang, no NaN, no convergence without a certificate, no error
 * without a name. A sample of small panels goes to an independent program (peers/robustness.py), which looks for a higher
 * maximum and for the truth of each error. --record writes bench/robustness.json, from which docs/accuracy.md is made.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { MODELS } from '../test-fixtures/robustness.mjs';

const root = new URL('..', import.meta.url).pathname;
const LIMIT_SECONDS = 60;
const { values } = parseArgs({
  options: {
    panels: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    sample: { type: 'string', default: '50' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: 'python3' },
    record: { type: 'boolean', default: false },
  },
});
const [panels, seed, sample, threads] = [values.panels, values.seed, values.sample, values.threads].map(Number);

const ends = [];
const hangs = [];

/** Panels from `from` on, until `to` or a hang; the number of the panel to go on with. */
function work(from, to) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('robustness-worker.mjs', import.meta.url), {
      workerData: { seed, from, to, every: sample > 0 },
    });
    let running;
    let timer;
    worker.on('message', ({ start, end }) => {
      clearTimeout(timer);
      if (end) ends.push(end);
      if (end && end.model === MODELS.at(-1) && end.number % 50 === 49) console.error(`${end.number + 1} panels`);
      if (!start) return;
      running = start;
      timer = setTimeout(async () => {
        hangs.push(running);
        await worker.terminate();
        resolve(running.number + 1);
      }, LIMIT_SECONDS * 1000);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(to);
    });
  });
}

/** The exported fits of `sample` panels spread over all that were small enough. */
function sampled() {
  const numbers = [...new Set(ends.filter(({ out }) => out).map(({ number }) => number))];
  const step = Math.max(1, numbers.length / sample);
  const chosen = new Set(
    Array.from({ length: Math.min(sample, numbers.length) }, (_, i) => numbers[Math.floor(i * step)]),
  );
  return ends.filter(({ number, out }) => out && chosen.has(number));
}

/** One run of the independent program on some of the fits. */
function python(fits, dir, part) {
  const file = join(dir, `sample${part}.json`);
  writeFileSync(file, JSON.stringify(fits.map(({ number, model, out }) => ({ number, model, ...out }))));
  const command = [join(root, 'bench/peers/robustness.py'), file];
  return new Promise((resolve, reject) => {
    execFile(values.python, command, { maxBuffer: 1 << 26 }, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    );
  });
}

async function confirm() {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-'));
  const fits = sampled();
  const parts = Array.from({ length: threads }, (_, t) => fits.filter((_, i) => i % threads === t));
  const found = await Promise.all(parts.map((part, t) => python(part, dir, t)));
  rmSync(dir, { recursive: true });
  const sum = (key) => found.reduce((total, part) => total + part[key], 0);
  const byCode = {};
  for (const part of found)
    for (const [code, count] of Object.entries(part.byCode)) byCode[code] = (byCode[code] ?? 0) + count;
  const wrong = found.flatMap((part) => part.wrong);
  return {
    fits: sum('fits'),
    maxima: sum('maxima'),
    attained: sum('attained'),
    separated: sum('separated'),
    errors: sum('errors'),
    byCode,
    wrong,
  };
}

/** Panels first … last − 1 in one thread; after a hang a new worker goes on behind it. */
async function stretch(first, last) {
  for (let next = first; next < last; ) next = await work(next, last);
}

const edges = Array.from({ length: threads + 1 }, (_, t) => Math.round((t * panels) / threads));
await Promise.all(edges.slice(1).map((last, t) => stretch(edges[t], last)));
ends.sort((a, b) => a.number - b.number || MODELS.indexOf(a.model) - MODELS.indexOf(b.model));
const tally = {};
for (const { model, kind, code } of ends) {
  tally[model] ??= {};
  const key = code ?? kind;
  tally[model][key] = (tally[model][key] ?? 0) + 1;
}
const defects = ends.filter(({ defect }) => defect).map(({ out: _, ...rest }) => rest);
const slowest = ends.reduce((a, b) => (b.seconds > a.seconds ? b : a));
const confirmed = sample > 0 ? await confirm() : undefined;
const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0].model}, Node ${process.version}`,
  ...{ panels, seed, fits: ends.length, hangs, defects, tally },
  slowestSeconds: Number(slowest.seconds.toFixed(1)),
  confirmed,
};
console.log(JSON.stringify(report, null, 2));
if (values.record) writeFileSync(join(root, 'bench/robustness.json'), `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = hangs.length + defects.length + (confirmed?.wrong.length ?? 0) > 0 ? 5 : 0;
