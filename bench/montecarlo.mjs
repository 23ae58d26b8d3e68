/**
 * node bench/montecarlo.mjs [--reps 2000] [--seed 1] [--boot 399] [--boot-reps 500] [--record]
 * Bias, and coverage of 95% intervals, of nb-fe and its neighbours on 45 units × 10 years: under the model of nb-fe itself, and
 * under an NB2 whose effects of units move with the regressor. The first --boot-reps replications also get percentile intervals of
 * a pairs bootstrap of units with --boot exact refits. --record writes bench/montecarlo.json, from which
 * docs/accuracy.md is made.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isResampler, loadKernels, Status } from '../packages/core-wasm/dist/index.js';
import { drawsOf } from '../test-fixtures/panels.mjs';

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    boot: { type: 'string', default: '399' },
    'boot-reps': { type: 'string', default: '500' },
    record: { type: 'boolean', default: false },
  },
});
const [reps, seed, draws, bootReps] = [values.reps, values.seed, values.boot, values['boot-reps']].map(Number);
const [UNITS, YEARS, Z] = [45, 10, 1.959963984540054];
const SLOPE = 0.5;
const kernels = await loadKernels();

/** x varies over time around a level of its unit; z never changes within a unit, follows that level, and has no effect. */
const designs = {
  own: {
    title: 'the model of nb-fe: λ = exp(1 + 0.5 x), dispersion δ of each unit, ln δ = −0.5 + 0.5 · level + 0.5 · noise',
    count: (d, x, u) => {
      const delta = u.delta;
      return d.poisson(d.gamma(Math.exp(1 + SLOPE * x)) * delta);
    },
  },
  nb2: {
    title: 'NB2, α = 0.5, mean exp(1 + 0.5 x + effect), effect = 0.8 · level + 0.5 · noise',
    count: (d, x, u) => d.poisson((Math.exp(1 + SLOPE * x + u.effect) * d.gamma(2)) / 2),
  },
};

function drawPanel(d, design) {
  const [y, x, z] = [[], [], []];
  for (let i = 0; i < UNITS; i++) {
    const level = d.normal();
    const u = { delta: Math.exp(-0.5 + 0.5 * level + 0.5 * d.normal()), effect: 0.8 * level + 0.5 * d.normal() };
    const fixed = 0.7 * level + 0.7 * d.normal();
    for (let t = 0; t < YEARS; t++) {
      x.push(level + d.normal());
      z.push(fixed);
      y.push(design.count(d, x.at(-1), u));
    }
  }
  return { y: Float64Array.from(y), x, z };
}

const byRows = (columns) => {
  const [n, k] = [columns[0].length, columns.length];
  return { n, k, x: Float64Array.from({ length: n * k }, (_, at) => columns[at % k][Math.floor(at / k)]) };
};
const groupStart = Int32Array.from({ length: UNITS + 1 }, (_, g) => g * YEARS);
const codes = Int32Array.from({ length: UNITS * YEARS }, (_, i) => Math.floor(i / YEARS));

/** Standard errors under iid and under clusters of units, no small-sample factor, of the first `k` parameters. */
function standardErrors({ vcov, scores, scoreBy, coef }, unitOf, k) {
  const p = coef.length;
  const sums = new Float64Array(UNITS * p);
  for (let i = 0; i < scores.length; i++) {
    const row = Math.floor(i / p);
    sums[(scoreBy === 'group' ? row : unitOf[row]) * p + (i % p)] += scores[i];
  }
  return Array.from({ length: k }, (_, j) => {
    let meat = 0;
    for (let g = 0; g < UNITS; g++) {
      let u = 0;
      for (let l = 0; l < p; l++) u += vcov[j * p + l] * sums[g * p + l];
      meat += u * u;
    }
    return { iid: Math.sqrt(vcov[j * p + j]), cluster: Math.sqrt(meat) };
  });
}

/** All-zero units leave before effects are absorbed. */
function absorbed(model, { y, x }) {
  const { reason } = kernels.prune(y.length, [codes], { singletons: false, y });
  const rows = [...reason.keys()].filter((i) => reason[i] === 0);
  const unitOf = Int32Array.from(rows, (i) => codes[i]);
  const pick = (column) => Float64Array.from(rows, (i) => column[i]);
  const problem = { n: rows.length, k: 1, y: pick(y), x: pick(x), factors: [unitOf] };
  return { model, problem, fit: kernels.absorbFit(model, problem), unitOf, at: { x: 0 } };
}

/**
 * 95% percentile intervals of the first p parameters: order statistics (B + 1)·2.5% and (B + 1)·97.5% of the replicates that have
 * an estimate. Units are drawn; codes are those of the rows.
 */
function percentiles({ model, problem, fit, unitOf }, draw) {
  const used = [...new Set(unitOf)];
  const number = new Map(used.map((unit, code) => [unit, code]));
  const clusters = { codes: Int32Array.from(unitOf, (unit) => number.get(unit)), count: used.length };
  const opened = kernels.resampler({ model, problem, coef: fit.coef, clusters, seed: draw, method: 'exact' });
  if (!isResampler(opened)) throw new Error(`${model}: ${Status[opened.status]}`);
  const p = fit.coef.length;
  const { coef, status } = opened.pairs(0, draws);
  opened.free();
  return Array.from({ length: p }, (_, j) => {
    const values = Array.from({ length: draws }, (_, r) => (status[r] === Status.ok ? coef[r * p + j] : Number.NaN));
    const sorted = Float64Array.from(values.filter((v) => !Number.isNaN(v))).sort();
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length + 1)) - 1))];
    return [at(0.025), at(0.975)];
  });
}

const ones = new Array(UNITS * YEARS).fill(1);
const grouped =
  (model) =>
  ({ y, x, z }) => {
    const problem = { ...byRows([ones, x, z]), y, groupStart };
    return { model, problem, fit: kernels.fit(model, problem), unitOf: codes, at: { x: 1, z: 2 } };
  };
const estimators = {
  'nb-fe': grouped('nb-fe'),
  'nb-re': grouped('nb-re'),
  'poisson | unit': (panel) => absorbed('poisson', panel),
  'nb2 | unit': (panel) => absorbed('nb2', panel),
};
const truth = { x: SLOPE, z: 0 };

function study(design, number) {
  const tallies = {};
  for (let r = 0; r < reps; r++) {
    const panel = drawPanel(drawsOf(seed * 1e6 + number * 5e5 + r), design);
    for (const [estimator, estimate] of Object.entries(estimators)) {
      const found = estimate(panel);
      const { fit, unitOf, at } = found;
      const good = fit.status === Status.ok;
      const limits = good && r < bootReps ? percentiles(found, r + 1) : undefined;
      const se = good ? standardErrors(fit, unitOf, Math.max(...Object.values(at)) + 1) : [];
      for (const [term, j] of Object.entries(at)) {
        const key = `${estimator}: ${term}`;
        tallies[key] ??= { failed: 0, b: [], iid: 0, cluster: 0, seIid: 0, seCluster: 0, booted: 0, boot: 0 };
        const tally = tallies[key];
        if (!good) {
          tally.failed++;
          continue;
        }
        const error = Math.abs(fit.coef[j] - truth[term]);
        tally.b.push(fit.coef[j]);
        tally.iid += error <= Z * se[j].iid;
        tally.cluster += error <= Z * se[j].cluster;
        tally.seIid += se[j].iid;
        tally.seCluster += se[j].cluster;
        if (!limits) continue;
        tally.booted++;
        tally.boot += limits[j][0] <= truth[term] && truth[term] <= limits[j][1];
      }
    }
    if (r % 200 === 199) console.error(`${design.title.slice(0, 12)}… ${r + 1}`);
  }
  return Object.entries(tallies).map(([key, { failed, b, iid, cluster, seIid, seCluster, booted, boot }]) => {
    const [estimator, term] = key.split(': ');
    const used = b.length;
    const mean = b.reduce((sum, v) => sum + v, 0) / used;
    const sd = Math.sqrt(b.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (used - 1));
    const digits = (v) => Number(v.toFixed(4));
    return {
      ...{ estimator, term, truth: truth[term], used, failed },
      ...{
        bias: digits(mean - truth[term]),
        sd: digits(sd),
        seIid: digits(seIid / used),
        seCluster: digits(seCluster / used),
      },
      ...{ coverIid: digits(iid / used), coverCluster: digits(cluster / used) },
      ...(booted > 0 && { coverBootstrap: digits(boot / booted) }),
    };
  });
}

const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0].model}, Node ${process.version}`,
  ...{ reps, seed, units: UNITS, years: YEARS, draws, bootReps },
  designs: Object.entries(designs).map(([name, design], number) => ({
    name,
    title: design.title,
    rows: study(design, number),
  })),
};
console.log(JSON.stringify(report, null, 2));
if (values.record) writeFileSync(new URL('montecarlo.json', import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
