/** A problem laid out in linear memory for the absorption kernels: sorted rows, working columns, plan. */
import type { DenseCodes } from './absorb-sample.ts';

/** Functions of assembly/{absorb-plan,absorb-arrange,demean,project,absorb-rows}.ts; pointers are byte offsets, 0 where absent. */
export interface AbsorbExports {
  memory: { readonly buffer: ArrayBuffer };
  mark(): number;
  reset(top: number): void;
  alloc(bytes: number): number;
  stride(k: number): number;
  symEigen(k: number, a: number, values: number, vectors: number): void;
  rankColumns(n: number, k: number, x: number, w: number, tol: number, keep: number): number;
  planCreate(n: number, factors: number, stride: number, base: number, rest: number, second: number): number;
  planWeights(plan: number): number;
  planLaplace(plan: number): number;
  /** 1 where `place` is in use, 0 where the rows were sorted. */
  arrange(plan: number, place: number): number;
  arrangeNone(plan: number): void;
  scatterCodes(plan: number, q: number, shift: number): void;
  scatterDoubles(plan: number, to: number): void;
  fillWeights(plan: number, prior: number): void;
  scatterRows(
    plan: number,
    x: number,
    first: number,
    block: number,
    from: number,
    rows: number,
    width: number,
    squares: number,
  ): void;
  scatterColumn(plan: number, x: number): void;
  denseCodes(codes: number, n: number): number;
  components(n: number, a: number, levelsA: number, b: number, levelsB: number, parent: number): void;
  olsFitted(plan: number, x: number, block: number, from: number, rows: number): void;
  gatherRows(plan: number, x: number, first: number, block: number, from: number, rows: number, width: number): void;
  gatherDoubles(plan: number, values: number, block: number, from: number, rows: number): void;
  olsScores(plan: number, x: number, k: number, block: number, from: number, rows: number): void;
  countScores(
    plan: number,
    x: number,
    first: number,
    k: number,
    y: number,
    prior: number,
    alpha: number,
    sums: number,
    large: number,
    block: number,
    from: number,
    rows: number,
    total: number,
  ): void;
  centre(plan: number, x: number): void;
  apply(plan: number, x: number, gram: number, keep: number): void;
  remaining(plan: number, x: number, out: number): void;
  project(plan: number, tol: number, maxSteps: number, patience: number): number;
  proportionalFit(plan: number, y: number, prior: number, eta: number, sweeps: number): void;
  poissonMean(plan: number, y: number, prior: number, eta: number): number;
  poissonWork(plan: number, y: number, prior: number, x: number): void;
  poissonSummary(plan: number, y: number, prior: number, eta: number, out: number): void;
  nb2Mean(plan: number, y: number, prior: number, eta: number, alpha: number, centred: number, out: number): void;
  nb2Work(plan: number, y: number, prior: number, x: number, alpha: number, out: number): void;
  nb2Summary(plan: number, y: number, prior: number, eta: number, alpha: number, out: number): void;
  takeStep(plan: number, x: number, eta: number, b: number, out: number): void;
  moveBack(plan: number, x: number, eta: number, factor: number): void;
  olsResidual(plan: number, x: number, b: number, gradient: number): number;
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
  /** stride × stride; stride; two times stride + 8; BLOCK × (first + k) doubles of room. */
  gram: number;
  tol: number;
  small: number;
  block: number;
  /** Sums of squares of the k regressors before any transform. */
  squares: Float64Array;
  /** Levels by factor, in the problem's order, and of all but the largest together. */
  levels: number[];
  rest: number;
}

/** Rows handed over at a time. */
const BLOCK = 4096;

export function alloc(core: AbsorbExports, bytes: number): number {
  const at = core.alloc(bytes);
  if (at === 0) throw new OutOfMemory();
  return at;
}

/** A view; made anew after every kernel call that may allocate, since growing memory detaches older ones. */
export function doubles(core: AbsorbExports, at: number, length: number): Float64Array {
  return new Float64Array(core.memory.buffer, at, length);
}

/** What a workspace is made of. */
export interface Parts {
  n: number;
  k: number;
  x: Float64Array;
  factors: DenseCodes[];
  y?: Float64Array;
  weights?: Float64Array;
  offset?: Float64Array;
}

/** Room for n doubles, filled with `values` in sorted order (0 where there are none). Overwrites the weights. */
function putSorted(core: AbsorbExports, plan: number, n: number, values: Float64Array | undefined): number {
  const at = alloc(core, n * 8);
  if (!values) doubles(core, at, n).fill(0);
  else {
    doubles(core, core.planWeights(plan), n).set(values.length === n ? values : values.subarray(0, n));
    core.scatterDoubles(plan, at);
  }
  return at;
}

/** Sorts the rows by the factor with most levels and lays out the codes of the others. */
function layFactors(core: AbsorbExports, plan: number, n: number, sorted: DenseCodes[]): void {
  if (sorted.length === 0) {
    core.arrangeNone(plan);
    return;
  }
  const top = core.mark();
  const place = alloc(core, n * 4);
  let shift = 0;
  sorted.forEach(({ codes, levels }, q) => {
    new Int32Array(core.memory.buffer, core.planWeights(plan), n).set(
      codes.length === n ? codes : codes.subarray(0, n),
    );
    if (q === 0) {
      if (core.arrange(plan, place) === 0) core.reset(top);
    } else {
      core.scatterCodes(plan, q, shift);
      shift += levels;
    }
  });
}

/**
 * Lays out n rows of k regressors with `first` working columns before them. y, weights (w and prior) and eta (set to the offset,
 * or 0) are optional. Everything stays allocated until the caller resets the arena.
 */
export function openWorkspace(core: AbsorbExports, parts: Parts, first: number, withEta: boolean): Workspace {
  const { n, k, x, factors, y, weights, offset } = parts;
  const sorted = [...factors].sort((a, b) => b.levels - a.levels);
  const stride = (first + k + 1) & ~1;
  const rest = sorted.slice(1).reduce((sum, { levels }) => sum + levels, 0);
  const plan = core.planCreate(n, sorted.length, stride, sorted[0]?.levels ?? 1, rest, sorted[1]?.levels ?? 0);
  if (plan === 0) throw new OutOfMemory();
  layFactors(core, plan, n, sorted);
  const ws: Workspace = {
    core,
    plan,
    n,
    k,
    first,
    stride,
    x: alloc(core, n * stride * 8),
    y: y ? putSorted(core, plan, n, y) : 0,
    eta: withEta ? putSorted(core, plan, n, offset) : 0,
    prior: weights ? putSorted(core, plan, n, weights) : 0,
    gram: alloc(core, stride * stride * 8),
    tol: alloc(core, stride * 8),
    small: alloc(core, 2 * stride * 8 + 64),
    block: alloc(core, BLOCK * Math.max(stride, 1) * 8),
    squares: new Float64Array(k),
    levels: factors.map(({ levels }) => levels),
    rest,
  };
  fillRegressors(ws, x);
  core.fillWeights(plan, ws.prior);
  return ws;
}

function fillRegressors(ws: Workspace, x: Float64Array): void {
  const { core, n, k } = ws;
  doubles(core, ws.small, k).fill(0);
  inBlocks(n, (from, rows) => {
    doubles(core, ws.block, rows * k).set(x.subarray(from * k, (from + rows) * k));
    core.scatterRows(ws.plan, ws.x, ws.first, ws.block, from, rows, k, ws.small);
  });
  ws.squares = doubles(core, ws.small, k).slice();
}

/** `values` (n) into column 0 of x, and the weights after it, whose room it needs. */
export function putColumn(ws: Workspace, values: Float64Array): void {
  const { core, plan, n } = ws;
  doubles(core, core.planWeights(plan), n).set(values.length === n ? values : values.subarray(0, n));
  core.scatterColumn(plan, ws.x);
  core.fillWeights(plan, ws.prior);
}

/** A column shorter than this share of what it was before the transform is gone: the effects span it. */
const GONE = 1e-9;

/**
 * Squared lengths below which the k regressors count as spanned by the effects, by their sums of squares before
 * any transform and the weights now in the plan.
 */
export function goneBelow({ core, plan, n, squares }: Workspace): Float64Array {
  const w = doubles(core, core.planWeights(plan), n);
  let total = 0;
  for (let i = 0; i < n; i++) total += w[i];
  return squares.map((square) => GONE * GONE * square * (total / n));
}

/** Calls `each` with consecutive ranges of problem rows. */
export function inBlocks(n: number, each: (from: number, rows: number) => void): void {
  for (let from = 0; from < n; from += BLOCK) each(from, Math.min(BLOCK, n - from));
}

/** n × width numbers in the problem's row order; `fill` puts rows from … into the block. */
export function takeRows(ws: Workspace, width: number, fill: (from: number, rows: number) => void): Float64Array {
  const out = new Float64Array(ws.n * width);
  inBlocks(ws.n, (from, rows) => {
    fill(from, rows);
    out.set(doubles(ws.core, ws.block, rows * width), from * width);
  });
  return out;
}

/** Columns first … first + width − 1 of x. */
export function takeColumns(ws: Workspace, first: number, width: number): Float64Array {
  const { core, plan, x, block } = ws;
  return takeRows(ws, width, (from, rows) => core.gatherRows(plan, x, first, block, from, rows, width));
}

/** A vector of n sorted doubles. */
export function takeVector(ws: Workspace, at: number): Float64Array {
  return takeRows(ws, 1, (from, rows) => ws.core.gatherDoubles(ws.plan, at, ws.block, from, rows));
}

/** Steps of conjugate gradients after which a slow rate calls for the Laplacian preconditioner; and their limit. */
const PATIENCE = 10;
const MAX_STEPS = 10_000;
/** Exact arithmetic would end after as many steps as there are rest levels; rounding may take some times that. */
const STEPS_PER_LEVEL = 4;

/**
 * One within transform in place at the weights now in the plan; gram = x'Wx after it. The first `keep` columns end as what was
 * taken off. Returns the conjugate-gradient steps, negative where they did not suffice.
 */
export function transform(ws: Workspace, tol: number, keep: number): number {
  const { core, plan, x, stride } = ws;
  core.centre(plan, x);
  doubles(core, ws.tol, stride).fill(tol);
  const limit = Math.min(MAX_STEPS, 100 + STEPS_PER_LEVEL * ws.rest);
  const steps = core.project(plan, ws.tol, limit, PATIENCE);
  doubles(core, ws.gram, stride * stride).fill(0);
  core.apply(plan, x, ws.gram, keep);
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

/** x'Wx without its first `from` rows and columns, as the last transform left it. */
export function gramBlock(ws: Workspace, from: number): Float64Array {
  const gram = doubles(ws.core, ws.gram, ws.stride * ws.stride);
  const k = ws.first + ws.k - from;
  const out = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = i; j < k; j++) {
      const value = gram[(from + i) * ws.stride + from + j];
      out[i * k + j] = value;
      out[j * k + i] = value;
    }
  return out;
}
