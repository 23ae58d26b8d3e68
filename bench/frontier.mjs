/**
 * node bench/frontier.mjs [--record] [--first: the first model alone]
 * Time of whole frontier fits on one thread: 450 rows from three starts as `fit` makes them, 10⁵ rows from one, and pairs cluster
 * replicates at 450 rows. Medians of CPU time of the process (the machine is shared); beside each the same fit by the model without inefficiency, in the same run.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import { drawsOf } from '../test-fixtures/panels.mjs';

const kernels = await loadKernels();
const normalOf = (d) => d.normal();

function panel(units, years, seed) {
  const d = drawsOf(seed);
  const n = units * years;
  const k = 4;
  const x = new Float64Array(n * k);
  const y = new Float64Array(n);
  const line = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    x.set([1, normalOf(d), normalOf(d), normalOf(d)], i * k);
    const eta = 1.5 + 0.5 * x[i * k + 1] - 0.3 * x[i * k + 2] + 0.2 * x[i * k + 3] - Math.abs(0.8 * normalOf(d));
    y[i] = d.poisson(Math.exp(eta));
    line[i] = eta + 0.3 * normalOf(d);
  }
  const groupStart = Int32Array.from({ length: units + 1 }, (_, g) => g * years);
  return { n, k, x, y, line, groupStart };
}

function median(runs, work) {
  const times = [];
  for (let r = 0; r < runs; r++) {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}

const MODELS = [
  ['poisson-frontier', 'poisson', { law: 'half-normal' }],
  ['poisson-frontier', 'poisson', { law: 'exponential' }],
  ['poisson-frontier', 'poisson', { law: 'half-normal', units: true }],
  ['nb-frontier', 'nb2', { law: 'half-normal' }],
  ['poisson-frontier', 'poisson', { law: 'half-normal', noise: true }],
  ['frontier', 'ols', { law: 'half-normal' }],
];
const small = panel(45, 10, 1);
const large = panel(10_000, 10, 2);
const only = process.argv.indexOf('--first') > 0 ? 1 : MODELS.length;
const rows = MODELS.slice(0, only).map(([model, base, frontier]) => {
  const problemOf = (p, y) => ({
    n: p.n,
    k: p.k,
    x: p.x,
    y,
    groupStart: p.groupStart,
    frontier: { ...frontier, nodes: 32 },
  });
  const a = problemOf(small, model === 'frontier' ? small.line : small.y);
  const b = problemOf(large, model === 'frontier' ? large.line : large.y);
  const first = kernels.fit(model, a);
  const starts = [undefined, first.coef.map((c) => 0.8 * c), first.coef.map((c) => 1.2 * c)];
  const fits = () => starts.map((start) => kernels.fit(model, a, { scores: false, ...(start && { start }) }));
  const ms450 = median(7, fits);
  const base450 = median(7, () => starts.map(() => kernels.fit(base, a, { scores: false })));
  const s100k = frontier.noise ? undefined : median(1, () => kernels.fit(model, b, { scores: false })) / 1000;
  const base100k = frontier.noise ? undefined : median(3, () => kernels.fit(base, b, { scores: false })) / 1000;
  const clusters = { codes: Int32Array.from({ length: small.n }, (_, i) => Math.floor(i / 10)), count: 45 };
  const resampler = kernels.resampler({ model, problem: a, coef: first.coef, clusters, seed: 1 });
  const reps = 100;
  let failed = 0;
  const seconds =
    median(1, () => {
      const batch = resampler.pairs(0, reps);
      failed = batch.status.filter((s) => s !== 0 && s !== 6).length;
    }) / 1000;
  return {
    model,
    ...frontier,
    status: first.status,
    ms450,
    base450,
    s100k,
    base100k,
    replicatesPerSecond: reps / seconds,
    failed,
  };
});
console.table(rows);
if (process.argv.includes('--record')) {
  const record = { date: new Date().toISOString().slice(0, 10), cpu: cpus()[0].model, node: process.version, rows };
  writeFileSync(new URL('frontier.json', import.meta.url), `${JSON.stringify(record, null, 2)}\n`);
}
