/**
 * Child of absorb.mjs: times absorbed fits on one generated panel, data in memory, in this process only.
 * Usage: node absorb-ours.mjs FILE REPEATS CASE… → one JSON line a case {name, first, best, status, coef, design, memory}.
 * `memory`: linear memory of the kernels plus the arrays they return, in bytes; `design`: y, X and codes.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { loadKernels } from '../packages/core-wasm/dist/index.js';

/** Numeric CSV → columns, in pieces (a file of 4e8 bytes is longer than a string may be). */
export function readNumbers(file) {
  const handle = openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 24);
  let rest = '';
  let head;
  const columns = [];
  for (let got = readSync(handle, buffer); got > 0; got = readSync(handle, buffer)) {
    const lines = (rest + buffer.toString('latin1', 0, got)).split('\n');
    rest = lines.pop();
    if (!head) {
      head = lines.shift().split(',');
      for (const _ of head) columns.push([]);
    }
    for (const line of lines) {
      const cells = line.split(',');
      for (let j = 0; j < cells.length; j++) columns[j].push(Number(cells[j]));
    }
  }
  closeSync(handle);
  return Object.fromEntries(head.map((name, j) => [name, Float64Array.from(columns[j])]));
}

/** Codes of the combination of two columns of small integers. */
function combine(a, b) {
  const width = b.reduce((x, y) => Math.max(x, y), 0) + 1;
  return Int32Array.from(a, (value, i) => value * width + b[i]);
}

function factorsOf(data) {
  if ('e' in data) return [combine(data.e, data.t), combine(data.m, data.t), combine(data.e, data.m)];
  return ['w', 'f', 't'].filter((name) => name in data).map((name) => Int32Array.from(data[name]));
}

function designOf(data, name) {
  const [call, effects] = name.split(' ');
  const all = factorsOf(data);
  const regressors = Object.keys(data).filter((column) => /^x\d/.test(column));
  const n = data.y.length;
  // Without effects there is a constant, after the regressors, so that coefficients keep their places.
  const k = regressors.length + (effects === '0' ? 1 : 0);
  const x = new Float64Array(n * k).fill(1);
  regressors.forEach((column, j) => {
    for (let i = 0; i < n; i++) x[i * k + j] = data[column][i];
  });
  const model = { feols: 'ols', fepois: 'poisson', fenegbin: 'nb2' }[call];
  const y = model === 'ols' ? data.y.map(Math.log1p) : data.y;
  return { model, problem: { n, k, x, y, factors: all.slice(0, Number(effects)) } };
}

/** Drops the rows of all-zero levels as the peer does inside its call; timed with the fit. */
function fitPruned(kernels, model, problem, scores) {
  if (problem.factors.length === 0) return { fit: kernels.fit(model, problem, { scores }), n: problem.n };
  if (model === 'ols') return { fit: kernels.absorbFit(model, problem, { scores }), n: problem.n };
  const { reason, allZero } = kernels.prune(problem.n, problem.factors, { singletons: false, y: problem.y });
  let used = problem;
  if (allZero > 0) {
    const rows = new Int32Array(problem.n - allZero);
    for (let i = 0, at = 0; i < problem.n; i++) if (reason[i] === 0) rows[at++] = i;
    const { k } = problem;
    const x = new Float64Array(rows.length * k);
    for (let i = 0; i < rows.length; i++) for (let j = 0; j < k; j++) x[i * k + j] = problem.x[rows[i] * k + j];
    const y = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) y[i] = problem.y[rows[i]];
    const factors = problem.factors.map((codes) => {
      const out = new Int32Array(rows.length);
      for (let i = 0; i < rows.length; i++) out[i] = codes[rows[i]];
      return out;
    });
    used = { n: rows.length, k, x, y, factors };
  }
  return { fit: kernels.absorbFit(model, used, { scores }), n: used.n };
}

const [file, repeats, ...names] = process.argv.slice(2);
const data = readNumbers(file);
for (const name of names) {
  const { model, problem } = designOf(data, name);
  const kernels = await loadKernels();
  const times = [];
  let last;
  for (let r = 0; r < Number(repeats); r++) {
    const start = performance.now();
    last = fitPruned(kernels, model, problem, true);
    times.push((performance.now() - start) / 1e3);
  }
  const { fit, n } = last;
  const design = 8 * n * (1 + problem.k) + 4 * n * problem.factors.length;
  const memory = kernels.memoryBytes?.() ?? 0;
  const returned = fit.eta.byteLength + fit.scores.byteLength;
  const facts = { status: fit.status, coef: [...fit.coef], n, design, memory, returned };
  console.log(
    JSON.stringify({
      name,
      first: times[0],
      best: Math.min(...times),
      iterations: fit.iterations,
      inner: fit.innerIterations,
      ...facts,
    }),
  );
}
