/** A problem laid out in linear memory for the absorption kernels: sorted rows, working columns, plan. */
import type { Factors } from './abi-absorb.ts';
import { type DenseCodes, denseCodes } from './absorb-sample.ts';

/** Functions of assembly/{absorb-plan,demean,project,absorb-rows}.ts; pointers are byte offsets, 0 where absent. */
export interface AbsorbExports {
  memory: { readonly buffer: ArrayBuffer };
  mark(): number;
  reset(top: number): void;
  alloc(bytes: number): number;
  stride(k: number): number;
  symEigen(k: number, a: number, values: number, vectors: number): void;
  rankColumns(n: number, k: number, x: number, w: number, tol: number, keep: number): number;
  planCreate(n: number, factors: number, stride: number, base: number, rest: number, second: number): number;
  planStarts(plan: number): number;
  planCodes(plan: number, q: number): number;
  planWeights(plan: number): number;
  centre(plan: number, x: number): void;
  apply(plan: number, x: number, gram: number, columns: number, keep: number): void;
  remaining(plan: number, x: number, out: number): void;
  project(plan: number, tol: number, maxSteps: number, patience: number): number;
  proportionalFit(plan: number, y: number, prior: number, eta: number, sweeps: number): void;
  poissonMean(plan: number, y: number, prior: number, eta: number): number;
  poissonWork(plan: number, y: number, prior: number, x: number): void;
  poissonSummary(plan: number, y: number, prior: number, eta: number, out: number): void;
  nb2Mean(plan: number, y: number, prior: number, eta: number, alpha: number, out: number): void;
  nb2Work(plan: number, y: number, prior: number, x: number, alpha: number, out: number): void;
  nb2Summary(plan: number, y: number, prior: number, eta: number, alpha: number, out: number): void;
  takeStep(
    plan: number,
    x: number,
    eta: number,
    first: number,
    k: number,
    delta: number,
    extra: number,
    out: number,
  ): void;
  moveBack(plan: number, x: number, eta: number, factor: number): void;
  olsResidual(plan: number, x: number, k: number, beta: number, gradient: number): number;
}

/** Thrown where linear memory cannot grow; the calls of absorb.ts turn it into Status.outOfMemory. */
export class OutOfMemory extends Error {}

export interface Workspace {
  core: AbsorbExports;
  plan: number;
  n: number;
  k: number;
  /** Working columns before the regressors. */
  first: number;
  stride: number;
  /** n × stride. */
  x: number;
  /** n each, in the sorted order; 0 where not asked for. */
  y: number;
  eta: number;
  prior: number;
  /** stride × stride, stride, and 8 doubles of room. */
  gram: number;
  tol: number;
  small: number;
  /** Problem row of each sorted row; undefined where they were sorted already. */
  order?: Int32Array;
  levels: number[];
  /** Levels of all factors but the base together. */
  rest: number;
}

export function alloc(core: AbsorbExports, bytes: number): number {
  const at = core.alloc(bytes);
  if (at === 0) throw new OutOfMemory();
  return at;
}

/** A view; made anew after every kernel call that may allocate, since growing memory detaches older ones. */
export function doubles(core: AbsorbExports, at: number, length: number): Float64Array {
  return new Float64Array(core.memory.buffer, at, length);
}

function countingOrder(codes: Int32Array, levels: number, before: Int32Array | undefined): Int32Array {
  const n = codes.length;
  const start = new Int32Array(levels + 1);
  for (let i = 0; i < n; i++) start[codes[i] + 1]++;
  for (let l = 0; l < levels; l++) start[l + 1] += start[l];
  const order = new Int32Array(n);
  if (before) for (let i = 0; i < n; i++) order[start[codes[before[i]]]++] = before[i];
  else for (let i = 0; i < n; i++) order[start[codes[i]]++] = i;
  return order;
}

function isSorted(n: number, a: Int32Array, b: Int32Array | undefined): boolean {
  for (let i = 1; i < n; i++) {
    if (a[i] < a[i - 1]) return false;
    if (b && a[i] === a[i - 1] && b[i] < b[i - 1]) return false;
  }
  return true;
}

/** Row order by the factor with most levels, then by the second; factors in order of their levels. */
function arrange(n: number, factors: Factors): { dense: DenseCodes[]; order?: Int32Array; rank: number[] } {
  const all = factors.map((codes) => denseCodes(codes.length === n ? codes : codes.subarray(0, n), n));
  const rank = all.map((_, q) => q).sort((a, b) => all[b].levels - all[a].levels || a - b);
  const dense = rank.map((q) => all[q]);
  if (dense.length === 0 || isSorted(n, dense[0].codes, dense[1]?.codes)) return { dense, rank };
  const bySecond = dense[1] && countingOrder(dense[1].codes, dense[1].levels, undefined);
  return { dense, rank, order: countingOrder(dense[0].codes, dense[0].levels, bySecond) };
}

function fillStarts(core: AbsorbExports, plan: number, n: number, base: DenseCodes | undefined): void {
  const starts = new Int32Array(core.memory.buffer, core.planStarts(plan), (base?.levels ?? 1) + 1);
  starts.fill(0);
  if (!base) {
    starts[1] = n;
    return;
  }
  for (let i = 0; i < n; i++) starts[base.codes[i] + 1]++;
  for (let l = 0; l < base.levels; l++) starts[l + 1] += starts[l];
}

/** Room for a vector of n doubles, filled with `values` in sorted order. */
export function putSorted(ws: Pick<Workspace, 'core' | 'n' | 'order'>, values: Float64Array): number {
  const at = alloc(ws.core, ws.n * 8);
  const out = doubles(ws.core, at, ws.n);
  const { order, n } = ws;
  if (order) for (let i = 0; i < n; i++) out[i] = values[order[i]];
  else out.set(values.length === n ? values : values.subarray(0, n));
  return at;
}

/**
 * Lays out n rows of k regressors with `first` working columns before them. y, weights and eta (set to the offset, or 0) are
 * optional. Everything stays allocated until the caller resets the arena.
 */
export function openWorkspace(
  core: AbsorbExports,
  problem: {
    n: number;
    k: number;
    x: Float64Array;
    factors: Factors;
    y?: Float64Array;
    weights?: Float64Array;
    offset?: Float64Array;
  },
  first: number,
  withEta: boolean,
): Workspace {
  const { n, k, x, factors, y, weights, offset } = problem;
  const { dense, order, rank } = arrange(n, factors);
  const stride = (first + k + 1) & ~1;
  const rest = dense.slice(1).reduce((sum, { levels }) => sum + levels, 0);
  const plan = core.planCreate(n, dense.length, stride, dense[0]?.levels ?? 1, rest, dense[1]?.levels ?? 0);
  if (plan === 0) throw new OutOfMemory();
  fillStarts(core, plan, n, dense[0]);
  for (let q = 1, shift = 0; q < dense.length; shift += dense[q].levels, q++) {
    const out = new Int32Array(core.memory.buffer, core.planCodes(plan, q), n);
    const { codes } = dense[q];
    for (let i = 0; i < n; i++) out[i] = codes[order ? order[i] : i] + shift;
  }
  const ws: Workspace = {
    core,
    plan,
    n,
    k,
    first,
    stride,
    order,
    x: alloc(core, n * stride * 8),
    y: 0,
    eta: 0,
    prior: 0,
    gram: alloc(core, stride * stride * 8),
    tol: alloc(core, stride * 8),
    small: alloc(core, 2 * stride * 8 + 64),
    levels: [],
    rest,
  };
  rank.forEach((q, at) => {
    ws.levels[q] = dense[at].levels;
  });
  fillColumns(ws, x);
  if (y) ws.y = putSorted(ws, y);
  if (weights) ws.prior = putSorted(ws, weights);
  if (withEta) ws.eta = offset ? putSorted(ws, offset) : zeros(core, n);
  return ws;
}

function zeros(core: AbsorbExports, n: number): number {
  const at = alloc(core, n * 8);
  doubles(core, at, n).fill(0);
  return at;
}

function fillColumns({ core, n, k, first, stride, order, x: at }: Workspace, x: Float64Array): void {
  const out = doubles(core, at, n * stride);
  for (let i = 0; i < n; i++) {
    const from = (order ? order[i] : i) * k;
    const to = i * stride;
    for (let j = 0; j < first; j++) out[to + j] = 0;
    for (let j = 0; j < k; j++) out[to + first + j] = x[from + j];
    for (let j = first + k; j < stride; j++) out[to + j] = 0;
  }
}

/** Column 0 of x in the problem's row order. */
export function takeUnsorted(ws: Workspace, at: number): Float64Array {
  const values = doubles(ws.core, at, ws.n);
  const { order, n } = ws;
  if (!order) return values.slice();
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[order[i]] = values[i];
  return out;
}

/** Steps of conjugate gradients after which a slow rate calls for the Laplacian preconditioner; and their limit. */
const PATIENCE = 10;
const MAX_STEPS = 10_000;
/** Exact arithmetic would end after as many steps as there are rest levels; rounding may take some times that. */
const STEPS_PER_LEVEL = 4;

/**
 * One within transform in place at the weights now in the plan; gram = x'Wx of the first + k columns after it. The first `keep`
 * columns end as what was taken off. Returns the conjugate-gradient steps, negative where they did not suffice.
 */
export function transform(ws: Workspace, tol: number, keep: number): number {
  const { core, plan, x, stride } = ws;
  core.centre(plan, x);
  doubles(core, ws.tol, stride).fill(tol);
  const limit = Math.min(MAX_STEPS, 100 + STEPS_PER_LEVEL * ws.rest);
  const steps = core.project(plan, ws.tol, limit, PATIENCE);
  doubles(core, ws.gram, stride * stride).fill(0);
  core.apply(plan, x, ws.gram, ws.first + ws.k, keep);
  return steps;
}

/** Largest relative remaining group mean over the columns `from` … first + k − 1 (0 for a column that is all gone). */
export function withinResidual(ws: Workspace, from: number): number {
  ws.core.remaining(ws.plan, ws.x, ws.small);
  const out = doubles(ws.core, ws.small, 2 * ws.stride);
  let worst = 0;
  for (let c = from; c < ws.first + ws.k; c++)
    if (out[ws.stride + c] > 0) worst = Math.max(worst, Math.sqrt(out[c] / out[ws.stride + c]));
  return worst;
}
