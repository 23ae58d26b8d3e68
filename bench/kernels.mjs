/** Kernels of the core against C twins of the same algorithm and layout, in alternating rounds; ns of CPU time a unit. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { compare, compile, cpuTime, folder, start, uniforms, widths } from './native.mjs';

const root = new URL('..', import.meta.url).pathname;
const N = 4096;
const ROWS = 200_000;
const FLOWS = 1_000_000;
const [BASE, SECOND, THIRD, COLUMNS] = [1000, 1000, 10, 8];

/** bench/assembly/kernels.ts, compiled as the core is, instantiated. */
function load() {
  const out = join(folder, 'kernels.wasm');
  const core = join(root, 'packages/core-wasm');
  const args = [
    join(root, 'bench/assembly/kernels.ts'),
    '--config',
    join(core, 'asconfig.json'),
    '--baseDir',
    root,
    '-o',
    out,
  ];
  execFileSync(join(core, 'node_modules/.bin/asc'), args, { stdio: ['ignore', 2, 2] });
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(out)), {}).exports;
}

/** Data as native/kernels.c draws it, in linear memory, and a call of `times` rounds by kernel. */
function prepare(wasm) {
  const uniform = uniforms(3);
  const put = (values) => {
    const at = wasm.alloc(values.byteLength) >>> 0;
    new values.constructor(wasm.memory.buffer, at, values.length).set(values);
    return at;
  };
  const room = (count) => put(new Float64Array(count));
  const x = put(Float64Array.from({ length: N }, () => -5 + 10 * uniform()));
  const z = put(Float64Array.from({ length: N }, () => Math.exp(-3 + 6 * uniform())));
  const cells = put(
    Int32Array.from({ length: 2 * N }, (_, i) =>
      i % 2 ? 1 + Math.floor(((i >> 1) * 10) / N) : 8 * ((Math.imul(i >> 1, 2654435761) >>> 0) % N),
    ),
  );
  const [d1, d2, G, scaled] = [room(N), room(N), room(256), room(32 * 256)];
  const X = put(Float64Array.from({ length: ROWS * 17 }, () => uniform() - 0.5));
  const w = put(Float64Array.from({ length: FLOWS }, uniform));
  const plan = wasm.planCreate(FLOWS, 3, COLUMNS, BASE, SECOND + THIRD, SECOND);
  const integers = (at, count) => new Int32Array(wasm.memory.buffer, at, count);
  const doubles = (at, count) => new Float64Array(wasm.memory.buffer, at, count);
  integers(wasm.planStarts(plan), BASE + 1).forEach((_, i, all) => {
    all[i] = i * (FLOWS / BASE);
  });
  const weights = doubles(wasm.planWeights(plan), FLOWS);
  weights.set(doubles(w, FLOWS));
  const [second, third] = [1, 2].map((q) => integers(wasm.planCodes(plan, q), FLOWS));
  for (let i = 0; i < FLOWS; i++) {
    second[i] = Math.floor(SECOND * uniform());
    third[i] = SECOND + Math.floor(THIRD * uniform());
  }
  const inverse = doubles(wasm.planInverse(plan), BASE);
  for (let i = 0; i < BASE; i++) inverse[i] = 1 / weights.subarray(i * 1000, (i + 1) * 1000).reduce((a, b) => a + b, 0);
  const vector = doubles(wasm.planVector(plan), (SECOND + THIRD) * COLUMNS);
  for (let i = 0; i < vector.length; i++) vector[i] = uniform() - 0.5;
  const repeat = (body) => (times) => {
    for (let i = 0; i < times; i++) body();
  };
  return {
    exp: (times) => wasm.repeatExp(times, x, d1, N),
    log: (times) => wasm.repeatLog(times, z, d1, N),
    differences: (times) => wasm.repeatSmall(times, cells, N, z, d1, d2),
    rows8: repeat(() => wasm.gramRows(X, 8, ROWS, w, scaled, G)),
    rows16: repeat(() => wasm.gramRows(X, 16, ROWS, w, scaled, G)),
    columns8: repeat(() => wasm.gramOfColumns(X, ROWS * 8, 8, ROWS, w, scaled, G)),
    columns16: repeat(() => wasm.gramOfColumns(X, ROWS * 8, 16, ROWS, w, scaled, G)),
    demean: repeat(() => wasm.demean(plan)),
  };
}

/** Unit count and repetitions of one round (about 10 ms), and limits of the ratio to C128. */
const KERNELS = [
  { key: 'exp', title: 'exp, a number', size: N, times: 800, limit: 1.4 },
  { key: 'log', title: 'log, a number', size: N, times: 500, limit: 1.4 },
  { key: 'differences', title: 'differences of ψ and ψ′, y = 1 … 10, a cell', size: N, times: 400, limit: 1.6 },
  { key: 'rows8', title: 'Gram of rows, k = 8, a row', size: ROWS, times: 3, limit: 1.2 },
  { key: 'rows16', title: 'Gram of rows, k = 16, a row', size: ROWS, times: 2, limit: 1.4 },
  { key: 'columns8', title: 'Gram of columns, k = 8, a row', size: ROWS, times: 3, limit: 1.2 },
  { key: 'columns16', title: 'Gram of columns, k = 16, a row', size: ROWS, times: 2, limit: 1.4 },
  { key: 'demean', title: 'demeaning step, 8 columns, 1000 × 1000 × 10, a row', size: FLOWS, times: 1, limit: 1.15 },
];

/** → [{title, ours, twins: [{name, time, ratio}], limit}] */
export async function benchKernels(rounds, only) {
  const all = widths();
  const peers = all.map((width) => start(compile('kernels', width), []));
  const ours = prepare(load());
  const rows = [];
  for (const { key, title, size, times, limit } of KERNELS.filter(({ key }) => !only || key.startsWith(only))) {
    const pairs = [];
    // time for the optimising compiler, which works in the background
    for (let warm = 0; warm < 4; warm++) {
      ours[key](times);
      await setTimeout(100);
    }
    for (let round = -1; round < rounds; round++) {
      const own = (cpuTime(() => ours[key](times)) * 1e3) / times / size;
      const answers = [];
      for (const peer of peers) answers.push((await peer.ask(`${key} ${times}`))[0]);
      if (round >= 0) pairs.push({ own, answers });
    }
    rows.push({
      title,
      limit,
      ours: Math.min(...pairs.map(({ own }) => own)),
      twins: all.map(({ name }, i) => ({ name, ...compare(pairs.map(({ own, answers }) => [own, answers[i]])) })),
    });
  }
  for (const peer of peers) peer.stop();
  return rows;
}
