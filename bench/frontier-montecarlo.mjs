/**
 * node bench/frontier-montecarlo.mjs [--poisson 200,100] [--nb 100,20] [--seed 1] [--threads 2] [--record]
 * Bias, coverage of 95% intervals, samples estimated at σ_u = 0, and rank correlation of estimated with true efficiency, of the count
 * frontiers with one half-normal u a row, at σ_u of 0 to 1.5: `--poisson` and `--nb` are numbers of samples of 450 and of 4,500 rows. Each sample is
 * estimated as `fit` does it: three starts, nodes doubled as needed. Sample r of a cell is the same whatever else runs.
 * --record writes bench/frontier-montecarlo.json, from which the table in docs/methods.md is written (packages/panel/test/frontier-montecarlo.test.ts);
 * cells of 0 samples keep the rows recorded before, each with its date and commit.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { loadKernels, Status } from '../packages/core-wasm/dist/index.js';
import { estimateFrontier } from '../packages/panel/dist/frontier-fit.js';
import { nbFrontier } from '../packages/panel/dist/models/nb-frontier.js';
import { poissonFrontier } from '../packages/panel/dist/models/poisson-frontier.js';
import { drawsOf } from '../test-fixtures/panels.mjs';

const SIGMAS = [0, 0.3, 0.7, 1.5];
const SIZES = [450, 4500];
const BETA = [1.5, 0.5, -0.3];
const TERMS = ['(Intercept)', 'x1', 'x2'];
const [K, ALPHA, Z, CHUNK] = [BETA.length, 0.5, 1.959963984540054, 5];
const MODELS = { 'poisson-frontier': [poissonFrontier, 'poisson'], 'nb-frontier': [nbFrontier, 'nb2'] };
const AT_ZERO = 'σ_u = 0';

function sampleOf(d, model, n, sigma) {
  const [x, y, truth] = [new Float64Array(n * K), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    x.set([1, d.normal(), d.normal()], i * K);
    const u = sigma * Math.abs(d.normal());
    const mu = Math.exp(BETA.reduce((sum, b, j) => sum + b * x[i * K + j], -u));
    y[i] = d.poisson(model === 'nb-frontier' ? mu * ALPHA * d.gamma(1 / ALPHA) : mu);
    truth[i] = Math.exp(-u);
  }
  return { problem: { n, k: K, x, y, frontier: { law: 'half-normal' } }, truth };
}

/** Mid-ranks. */
function ranks(of) {
  const order = [...of.keys()].sort((a, b) => of[a] - of[b]);
  const rank = new Float64Array(of.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && of[order[to]] === of[order[from]]) to++;
    for (let at = from; at < to; at++) rank[order[at]] = (from + to - 1) / 2;
  }
  return rank;
}

function spearman(a, b) {
  const [p, q] = [ranks(a), ranks(b)];
  const middle = (p.length - 1) / 2;
  let [pq, pp, qq] = [0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    pq += (p[i] - middle) * (q[i] - middle);
    pp += (p[i] - middle) ** 2;
    qq += (q[i] - middle) ** 2;
  }
  return pq / Math.sqrt(pp * qq);
}

/** One sample: its outcome, estimates with their standard errors where there are any, and how well it ranks the rows. */
function replicate(kernels, { model, n, sigma }, seed) {
  const { problem: drawn, truth } = sampleOf(drawsOf(seed), model, n, sigma);
  const [entry, base] = MODELS[model];
  const { fit, certificate, others, problem } = estimateFrontier(entry, drawn, kernels, {});
  const boundary = fit.status === Status.poissonBoundary;
  if (fit.status !== Status.ok && !boundary) return { outcome: Status[fit.status] };
  const p = fit.coef.length;
  const found = {
    outcome: boundary ? AT_ZERO : 'maximum',
    beta: Array.from(fit.coef.subarray(0, K)),
    se: BETA.map((_, j) => Math.sqrt(fit.vcov[j * p + j])),
    sigma: boundary ? 0 : Math.exp(fit.coef[p - 1]),
    seLn: Math.sqrt(fit.vcov[p * p - 1]),
    apart: others.length > 0,
    belowBase: fit.loglik < kernels.fit(base, drawn, { scores: false }).loglik - 1e-6,
    quadratureError: certificate.quadratureError ?? 0,
  };
  if (boundary || sigma === 0) return found;
  const own = [...BETA, ...(model === 'nb-frontier' ? [Math.log(ALPHA)] : []), Math.log(sigma)];
  const rankAt = (theta) => {
    const rows = kernels.efficiency(model, problem, theta, 0.95);
    return spearman(
      truth.map((_, i) => rows[i * 4 + 1]),
      truth,
    );
  };
  return { ...found, rank: rankAt(fit.coef), best: rankAt(Float64Array.from(own)) };
}

async function work() {
  const kernels = await loadKernels();
  parentPort.on('message', ({ at, cell, seeds }) =>
    parentPort.postMessage({ at, found: seeds.map((seed) => replicate(kernels, cell, seed)) }),
  );
  parentPort.postMessage({});
}

const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;
const digits = (v) => (Number.isFinite(v) ? Number(v.toFixed(4)) : null);

function termOf(used, j) {
  const b = used.map(({ beta }) => beta[j]);
  const centre = mean(b);
  const covers = ({ beta, se }) => (Math.abs(beta[j] - BETA[j]) <= Z * se[j] ? 1 : 0);
  return {
    term: TERMS[j],
    bias: digits(centre - BETA[j]),
    sd: digits(Math.sqrt(b.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (b.length - 1))),
    se: digits(mean(used.map(({ se }) => se[j]))),
    cover: digits(mean(used.map(covers))),
  };
}

/** Every fit that ends in an estimate counts, at σ_u = 0 too; the others are counted by name. */
function summary(cell, all) {
  const outcomes = {};
  for (const { outcome } of all) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const used = all.filter(({ beta }) => beta);
  const inside = used.filter(({ outcome }) => outcome !== AT_ZERO);
  const ranked = inside.filter(({ rank }) => rank !== undefined);
  const covers = (one) => (Math.abs(Math.log(one.sigma / cell.sigma)) <= Z * one.seLn ? 1 : 0);
  const sigmas = used.map((one) => one.sigma).sort((a, b) => a - b);
  return {
    ...{ ...cell, samples: all.length, failed: all.length - used.length, outcomes },
    terms: BETA.map((_, j) => termOf(used, j)),
    atZero: digits(1 - inside.length / used.length),
    sigmaBias: digits(mean(sigmas) - cell.sigma),
    sigmaQuartiles: [1, 2, 3].map((q) => digits(sigmas[(q * sigmas.length) >> 2])),
    // of ln σ_u, among samples with an interval: those at 0 have none
    sigmaCover: cell.sigma > 0 ? digits(mean(inside.map(covers))) : null,
    rank: digits(mean(ranked.map(({ rank }) => rank))),
    rankAtTruth: digits(mean(ranked.map(({ best }) => best))),
    startsApart: used.filter(({ apart }) => apart).length,
    belowBase: used.filter(({ belowBase }) => belowBase).length,
    quadratureError: Math.max(0, ...used.map(({ quadratureError }) => quadratureError)),
  };
}

const cellsOf = () =>
  Object.keys(MODELS).flatMap((model) => SIZES.flatMap((n) => SIGMAS.map((sigma) => ({ model, n, sigma }))));

/** All cells, by `threads` workers that take a few samples at a time. */
function study(samples, seed, threads) {
  const began = Date.now();
  const cells = cellsOf().map((cell) => ({ cell, count: samples[cell.model][SIZES.indexOf(cell.n)], found: [] }));
  const jobs = cells.flatMap(({ cell, count }, c) =>
    Array.from({ length: Math.ceil(count / CHUNK) }, (_, part) => ({
      ...{ at: { c, from: part * CHUNK }, cell },
      seeds: Array.from(
        { length: Math.min(CHUNK, count - part * CHUNK) },
        (_, r) => seed * 1e6 + c * 1e4 + part * CHUNK + r,
      ),
    })),
  );
  const take = ({ at, found }) => {
    const { cell, count, found: all } = cells[at.c];
    found.forEach((one, r) => {
      all[at.from + r] = one;
    });
    if (Object.keys(all).length === count)
      console.error(`${Math.round((Date.now() - began) / 1000)} s: ${Object.values(cell).join(', ')}`);
  };
  const run = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url));
      worker.on('error', reject);
      worker.on('exit', resolve);
      worker.on('message', (message) => {
        if (message.at) take(message);
        const next = jobs.shift();
        if (next) worker.postMessage(next);
        else worker.terminate();
      });
    });
  return Promise.all(Array.from({ length: threads }, run)).then(() => ({
    rows: cells.filter(({ count }) => count > 0).map(({ cell, found }) => summary(cell, found)),
    seconds: Math.round((Date.now() - began) / 1000),
  }));
}

async function main() {
  const { values } = parseArgs({
    options: {
      poisson: { type: 'string', default: '200,100' },
      nb: { type: 'string', default: '100,20' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: '2' },
      record: { type: 'boolean', default: false },
    },
  });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const numbers = (list) => list.split(',').map(Number);
  const samples = { 'poisson-frontier': numbers(values.poisson), 'nb-frontier': numbers(values.nb) };
  const { rows, seconds } = await study(samples, Number(values.seed), Number(values.threads));
  console.table(
    rows.map(({ outcomes, terms: [constant, x1, x2], sigmaQuartiles, quadratureError, model, ...rest }) => ({
      ...{ model: model.replace('-frontier', ''), ...rest, biasC: constant.bias, coverC: constant.cover },
      ...{ bias1: x1.bias, cover1: x1.cover, bias2: x2.bias, cover2: x2.cover },
    })),
  );
  if (!values.record) return;
  const file = new URL('frontier-montecarlo.json', import.meta.url);
  const date = new Date().toISOString().slice(0, 10);
  const same = (a) => (b) => a.model === b.model && a.n === b.n && a.sigma === b.sigma;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
  const report = {
    ...{ cpu: cpus()[0].model, node: process.version },
    settings: {
      ...{ seed: Number(values.seed), beta: BETA, alpha: ALPHA, law: 'half-normal', inefficiency: 'rows' },
      ...{ regressors: 'independent standard normal', starts: 3 },
    },
    rows: cellsOf().flatMap((cell) => {
      const now = rows.find(same(cell));
      return now ? [{ ...now, date, commit }] : before.filter(same(cell));
    }),
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.error(`${seconds} s`);
}

await (isMainThread ? main() : work());
