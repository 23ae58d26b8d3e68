/**
 * Exact nb-fe refits of pairs bootstrap replicates, one thread: the core against its C twin on the same panel (45 groups × 10
 * periods, 7 regressors, by default), the same draws and the same tolerance, in alternating rounds.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import { compare, compile, cpuTime, folder, start, uniforms, widths } from './native.mjs';

const REPLICATES = 2000;

/** Counts with group effects and overdispersion around `level`; k regressors, the first constant. */
export function panel({ groups, periods, k, level, seed }) {
  const uniform = uniforms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const poisson = (mu) => {
    if (mu > 500) return Math.max(0, Math.round(mu + Math.sqrt(mu) * normal()));
    let count = 0;
    for (let product = uniform(); product > Math.exp(-mu); count++) product *= uniform();
    return count;
  };
  const n = groups * periods;
  const x = new Float64Array(n * k);
  const y = new Float64Array(n);
  for (let g = 0; g < groups; g++) {
    const effect = 0.6 * normal();
    for (let t = 0; t < periods; t++) {
      const i = g * periods + t;
      let eta = Math.log(level) + effect;
      for (let j = 0; j < k; j++) {
        x[i * k + j] = j === 0 ? 1 : normal() + 0.4 * effect;
        if (j > 0) eta += (j % 2 ? 0.15 : -0.1) * x[i * k + j];
      }
      y[i] = poisson(Math.exp(eta - 0.3) * Math.exp(0.4 * normal()));
    }
  }
  const groupStart = Int32Array.from({ length: groups + 1 }, (_, g) => g * periods);
  const codes = Int32Array.from({ length: n }, (_, i) => Math.floor(i / periods));
  return { problem: { n, k, x, y, groupStart }, clusters: { codes, count: groups } };
}

/** x in the scale that the core works in: centred, divided by a power of two near the spread. */
function standardised({ n, k, x }) {
  const out = x.slice();
  for (let j = 1; j < k; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += x[i * k + j] / n;
    let variance = 0;
    for (let i = 0; i < n; i++) variance += (x[i * k + j] - mean) ** 2 / n;
    const scale = 2 ** Math.floor(Math.log2(Math.sqrt(variance)));
    for (let i = 0; i < n; i++) out[i * k + j] = (x[i * k + j] - mean) / scale;
  }
  return out;
}

/** The C twin on a panel of its own and draws of the core, compiled for 128 bits: {program, file}; start(program, [file, rounds]). */
export async function refitTwin({ level, replicates, groups = 45, periods = 10, k = 7 }) {
  const kernels = await loadKernels();
  const { problem, clusters } = panel({ groups, periods, k, level, seed: 7 });
  const x = standardised(problem);
  const { coef } = kernels.fit('nb-fe', { ...problem, x });
  const resampler = kernels.resampler({ model: 'nb-fe', problem: { ...problem, x }, coef, clusters, seed: 1 });
  const draws = new Int32Array(replicates * groups);
  for (let r = 0; r < replicates; r++) draws.set(resampler.drawWeights(r), r * groups);
  const [width] = widths();
  const program = compile('refit', width, [`GROUPS=${groups}`, `PERIODS=${periods}`, `K=${k}`]);
  const file = join(folder, `refit-twin-${level}.bin`);
  const parts = [x, coef, Float64Array.of(1e-12, replicates), Int32Array.from(problem.y), draws];
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part.buffer))));
  return { program, file };
}

/** → {label, ours, rate, failed, fallback, evaluations, agree, twins}: best times in µs a replicate, twins as in {@link compare}. */
export async function benchRefit({ level, rounds, groups = 45, periods = 10, k = 7 }) {
  const kernels = await loadKernels();
  const { problem, clusters } = panel({ groups, periods, k, level, seed: 7 });
  const { status } = kernels.fit('nb-fe', problem);
  if (status !== 0) throw new Error(`nb-fe on the panel at level ${level}: status ${status}`);
  const tol = 1e-12;
  const open = (values, x) => {
    const made = kernels.resampler({
      model: 'nb-fe',
      problem: { ...problem, x },
      coef: values,
      clusters,
      seed: 1,
      tol,
    });
    if (!('pairs' in made)) throw new Error(`resampler: status ${made.status}`);
    return made;
  };
  const x = standardised(problem);
  const inner = kernels.fit('nb-fe', { ...problem, x }).coef;
  const resampler = open(inner, x);
  const draws = new Int32Array(REPLICATES * groups);
  for (let r = 0; r < REPLICATES; r++) draws.set(resampler.drawWeights(r), r * groups);
  const file = join(folder, `refit-${level}.bin`);
  const parts = [x, inner, Float64Array.of(tol, REPLICATES), Int32Array.from(problem.y), draws];
  const twins = widths().map((width) => ({
    name: width.name,
    program: compile('refit', width, [`GROUPS=${groups}`, `PERIODS=${periods}`, `K=${k}`]),
  }));
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part.buffer))));
  const peers = twins.map(({ program }) => start(program, [file, `${rounds + 1}`]));
  const pairs = [];
  for (let round = 0; round <= rounds; round++) {
    let batch;
    const ours =
      cpuTime(() => {
        batch = resampler.pairs(0, REPLICATES);
      }) / REPLICATES;
    const answers = [];
    for (const peer of peers) answers.push(await peer.ask());
    const sum = batch.coef.reduce((s, v) => s + v, 0);
    if (round > 0) pairs.push({ ours, batch, sum, answers });
  }
  for (const peer of peers) peer.stop();
  const { batch, sum, answers } = pairs[0];
  const ours = Math.min(...pairs.map((one) => one.ours));
  const failed = batch.status.reduce((s, v) => s + (v > 0 ? 1 : 0), 0);
  return {
    label: `${groups} × ${periods}, k = ${k}, mean y ${(problem.y.reduce((s, v) => s + v, 0) / problem.n).toFixed(1)}`,
    ours,
    rate: 1e6 / ours,
    failed,
    fallback: batch.fallback.reduce((s, v) => s + v, 0),
    evaluations: batch.iterations.reduce((s, v) => s + v, 0) / REPLICATES,
    // the twin gives up where the core goes the damped way
    agree: answers[0][2] === 0 ? Math.abs(sum / answers[0][1] - 1) : undefined,
    twins: twins.map(({ name }, i) => ({
      name,
      evaluations: answers[i][3] / REPLICATES,
      ...compare(pairs.map((one) => [one.ours, one.answers[i][0] / 1e3])),
    })),
  };
}
