/**
 * node bench/random-frontier.mjs [--samples 50,10] [--seed 1] [--record]
 * Frontiers with a normal effect of the unit: what they recover, and how long they take. Samples of y = 1 + 0.5 x₁ − 0.3 x₂ + w + v − u with
 * σ_v = 0.3, u half-normal of each row, 50 units × 8 and 200 units × 8, estimated as `fit` does it; beside them the frontier of rows on
 * the same samples. --record appends the tables to bench/RESULTS.md.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { LN_BOUNDARY, loadKernels, Status } from '../packages/core-wasm/dist/index.js';
import { estimateFrontier } from '../packages/panel/dist/frontier-fit.js';
import { modelFor } from '../packages/panel/dist/models/index.js';
import { drawsOf } from '../test-fixtures/panels.mjs';

const BETA = [1, 0.5, -0.3];
const [K, YEARS, SIGMA_V, Z] = [BETA.length, 8, 0.3, 1.959963984540054];
const SIZES = [50, 200];
const CELLS = [
  [0, 0],
  [0, 0.8],
  [0.5, 0],
  [0.5, 0.4],
  [0.5, 0.8],
];
const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '50,10' },
    seed: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
});
const kernels = await loadKernels();
const random = modelFor({ model: 'frontier', frontier: { random: true } });
const rows = modelFor({ model: 'frontier' });

function sampleOf(seed, units, w, u) {
  const d = drawsOf(seed);
  const n = units * YEARS;
  const [x, y, truth] = [new Float64Array(n * K), new Float64Array(n), new Float64Array(n)];
  for (let g = 0; g < units; g++) {
    const effect = w * d.normal();
    for (let i = g * YEARS; i < (g + 1) * YEARS; i++) {
      x.set([1, d.normal(), d.normal()], i * K);
      truth[i] = u * Math.abs(d.normal());
      y[i] = BETA.reduce((sum, b, j) => sum + b * x[i * K + j], effect + SIGMA_V * d.normal() - truth[i]);
    }
  }
  const groupStart = Int32Array.from({ length: units + 1 }, (_, g) => g * YEARS);
  return { problem: { n, k: K, x, y, groupStart, frontier: { law: 'half-normal', random: true } }, truth };
}

function spearman(a, b) {
  const rank = (of) => {
    const order = [...of.keys()].sort((i, j) => of[i] - of[j]);
    const out = new Float64Array(of.length);
    order.forEach((i, r) => {
      out[i] = r - (of.length - 1) / 2;
    });
    return out;
  };
  const [p, q] = [rank(a), rank(b)];
  return p.reduce((sum, v, i) => sum + v * q[i], 0) / p.reduce((sum, v) => sum + v * v, 0);
}

/** CPU seconds of `work`, and what it returns. */
function timed(work) {
  const from = process.cpuUsage();
  const found = work();
  const { user, system } = process.cpuUsage(from);
  return [found, (user + system) / 1e6];
}

const rankOf = (model, problem, coef, truth) => {
  const found = kernels.efficiency(model.kernel, problem, coef, 0.95);
  return spearman(
    truth.map((_, i) => found[4 * i]),
    truth,
  );
};

function replicate(seed, units, w, u) {
  const { problem: drawn, truth } = sampleOf(seed, units, w, u);
  const [{ fit, problem, certificate }, seconds] = timed(() => estimateFrontier(random, drawn, kernels, {}));
  const noInefficiency = fit.status === Status.poissonBoundary;
  if (fit.status !== Status.ok && !noInefficiency) return { failed: Status[fit.status], seconds };
  const p = fit.coef.length;
  const sigma = (at) => (fit.coef[at] === LN_BOUNDARY ? 0 : Math.exp(fit.coef[at]));
  const se = (at) => Math.sqrt(fit.vcov[at * p + at]);
  const covers = (at, value) => (Math.abs(fit.coef[at] - value) <= Z * se(at) ? 1 : 0);
  const pooled = estimateFrontier(rows, { ...drawn, frontier: { law: 'half-normal' } }, kernels, {});
  return {
    seconds,
    quadratureError: certificate.quadratureError,
    sigmaW: sigma(K + 1),
    sigmaU: sigma(K + 2),
    slope: fit.coef[1] - BETA[1],
    covered: covers(1, BETA[1]),
    ...(w > 0 && sigma(K + 1) > 0 && { coversW: covers(K + 1, Math.log(w)) }),
    ...(u > 0 &&
      !noInefficiency && { coversU: covers(K + 2, Math.log(u)), rank: rankOf(random, problem, fit.coef, truth) }),
    pooledU: pooled.fit.status === Status.ok ? Math.exp(pooled.fit.coef[K + 1]) : 0,
    ...(u > 0 &&
      pooled.fit.status === Status.ok && { pooledRank: rankOf(rows, pooled.problem, pooled.fit.coef, truth) }),
  };
}

const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;
const share = (list) => (list.length > 0 ? `${(100 * mean(list)).toFixed(0)}%` : '–');
const quartiles = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const [low, mid, high] = [1, 2, 3].map((q) => sorted[(q * sorted.length) >> 2].toFixed(2));
  return `${mid} (${low}–${high})`;
};
const number = (list, digits) => (list.length > 0 ? mean(list).toFixed(digits) : '–');

function rowOf(units, [w, u], samples, c) {
  const all = Array.from({ length: samples }, (_, r) =>
    replicate(Number(values.seed) * 1e6 + c * 1e4 + r, units, w, u),
  );
  const good = all.filter(({ failed }) => failed === undefined);
  const names = all.flatMap((one) => one.failed ?? []);
  const failed = [...new Set(names)].map((name) => `${names.filter((one) => one === name).length} ${name}`).join(', ');
  const of = (name) => good.map((one) => one[name]).filter((v) => v !== undefined);
  const worst = Math.max(...of('quadratureError'));
  if (worst > 1e-9) throw new Error(`quadrature error ${worst}`);
  console.error(`${units} units, σ_w ${w}, σ_u ${u}`);
  return `| ${units} × ${YEARS} | ${samples} | ${w} | ${u} | ${failed || '0'} | ${share(of('sigmaW').map((s) => (s === 0 ? 1 : 0)))} | ${share(of('sigmaU').map((s) => (s === 0 ? 1 : 0)))} | ${quartiles(of('sigmaW'))} | ${share(of('coversW'))} | ${quartiles(of('sigmaU'))} | ${share(of('coversU'))} | ${number(of('slope'), 3)} | ${share(of('covered'))} | ${number(of('rank'), 2)} | ${quartiles(of('pooledU'))} | ${number(of('pooledRank'), 2)} |`;
}

/** Median CPU milliseconds of a fit with six starts, of frontiers of rows and with random effects. */
function timesOf(name, drawn) {
  const median = (model, problem) =>
    Array.from({ length: 7 }, () => timed(() => estimateFrontier(model, problem, kernels, {}))[1]).sort(
      (a, b) => a - b,
    )[3] * 1000;
  const plain = median(rows, { ...drawn, frontier: { law: 'half-normal' } });
  const ours = median(random, drawn);
  return `| ${name} | ${ours.toFixed(0)} | ${plain.toFixed(1)} | ${(ours / plain).toFixed(0)} |`;
}

function rice() {
  const lines = readFileSync(new URL('../test-fixtures/data/rice.csv', import.meta.url), 'utf8')
    .trim()
    .split(/\r?\n/);
  const table = lines.slice(1).map((line) => line.split(',').map(Number));
  const n = table.length;
  const y = Float64Array.from(table, (row) => Math.log(row[2]));
  const x = Float64Array.from(table.flatMap((row) => [1, ...row.slice(3, 6).map(Math.log)]));
  const groupStart = Int32Array.from(
    [...table.keys()].filter((i) => i === 0 || table[i][1] !== table[i - 1][1]).concat(n),
  );
  return { n, k: 4, y, x, groupStart, frontier: { law: 'half-normal', random: true } };
}

const samples = values.samples.split(',').map(Number);
const times = [
  timesOf('rice, 43 units × 8', rice()),
  timesOf('450 rows, 45 units × 10', regroup(sampleOf(9, 60, 0.5, 0.8).problem)),
];
/** The first 450 rows in units of ten. */
function regroup(problem) {
  const n = 450;
  const groupStart = Int32Array.from({ length: 46 }, (_, g) => 10 * g);
  return { ...problem, n, y: problem.y.slice(0, n), x: problem.x.slice(0, n * K), groupStart };
}
const table = SIZES.flatMap((units, s) => CELLS.map((cell, c) => rowOf(units, cell, samples[s], s * CELLS.length + c)));
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const text = `
## ${new Date().toISOString().slice(0, 10)}: frontiers with a random effect of the unit

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · commit ${commit} · seed ${values.seed} · CPU time, one thread, six starts, nodes doubled as needed.

| fit | ms | frontier of rows, ms | ratio |
| --- | ---: | ---: | ---: |
${times.join('\n')}

y = 1 + 0.5 x₁ − 0.3 x₂ + w + v − u, σ_v = 0.3, u half-normal of each row. Quartiles count estimates at 0; coverage of 95% intervals by \`iid\` errors, of σ on the logarithm among samples
inside. Slope: of x₁. Rank: Spearman's correlation of E(u | y) with u. Last two columns: the frontier of rows on the same samples, for which w is noise or inefficiency.

| panel | samples | σ_w | σ_u | without an estimate | σ̂_w = 0 | σ̂_u = 0 | σ̂_w: median (quartiles) | covered | σ̂_u: median (quartiles) | covered | slope: bias | covered | rank | σ̂_u of rows | rank of rows |
| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${table.join('\n')}
`;
console.log(text);
if (values.record) appendFileSync(new URL('RESULTS.md', import.meta.url), text);
