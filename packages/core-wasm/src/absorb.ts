/** Typed calls of the absorption kernels: checks, memory, and the dispatch by model. */
import { type RankResult, Status } from './abi.ts';
import type {
  AbsorbFit,
  AbsorbKernels,
  AbsorbModel,
  AbsorbOptions,
  AbsorbProblem,
  Factors,
  SeparationResult,
  WithinResult,
} from './abi-absorb.ts';
import { DropCode } from './abi-absorb.ts';
import { fitAbsorbedCounts } from './absorb-counts.ts';
import { fitAbsorbedOls, transformTightly } from './absorb-ols.ts';
import { emptyFit } from './absorb-result.ts';
import { type DenseCodes, denseFactors, pruneRows, rankOf } from './absorb-sample.ts';
import { rectify } from './absorb-separation.ts';
import { type AbsorbExports, alloc, doubles, OutOfMemory, openWorkspace, takeColumns } from './absorb-workspace.ts';

const MAX_FACTORS = 16;
const RANK_TOLERANCE = 1e-9;

function allFinite(values: Float64Array | undefined, length: number, least = Number.NEGATIVE_INFINITY): boolean {
  if (!values) return true;
  if (values.length < length) return false;
  // x − x is 0 for finite numbers only
  for (let i = 0; i < length; i++) if (values[i] - values[i] !== 0 || values[i] < least) return false;
  return true;
}

function checkNumbers(model: AbsorbModel, { n, k, x, y, offset, weights }: AbsorbProblem): Status {
  if (x.length < n * k || !allFinite(y, n) || !allFinite(offset, n) || !allFinite(weights, n, 0))
    return Status.badInput;
  if (model === 'ols') return Status.ok;
  for (let i = 0; i < n; i++) {
    if (y[i] < 0 || (model === 'nb2' && y[i] !== Math.floor(y[i]))) return Status.notCount;
    if (offset && Math.abs(offset[i]) > 700) return Status.etaOverflow;
  }
  return Status.ok;
}

/** Dense codes, or undefined for numbers that no kernel takes. */
function checkFactors(core: AbsorbExports, n: number, factors: Factors): DenseCodes[] | undefined {
  return n >= 1 && factors.length <= MAX_FACTORS ? denseFactors(core, n, factors) : undefined;
}

/** Runs `body`, frees all it allocated in linear memory, and turns a lack of memory into a result. */
function scoped<T>(core: AbsorbExports, body: () => T, short: () => T): T {
  const top = core.mark();
  try {
    return body();
  } catch (error) {
    if (error instanceof OutOfMemory) return short();
    throw error;
  } finally {
    core.reset(top);
  }
}

function auxiliaries(model: AbsorbModel): number {
  return model === 'nb2' ? 1 : 0;
}

function absorbFit(core: AbsorbExports, model: AbsorbModel, problem: AbsorbProblem, options: AbsorbOptions): AbsorbFit {
  const { n, k, y, weights } = problem;
  const p = k + auxiliaries(model);
  const factors = checkFactors(core, n, problem.factors);
  const checked = factors ? checkNumbers(model, problem) : Status.badInput;
  if (!factors || checked !== Status.ok) return emptyFit(checked, p);
  if (model !== 'ols' && factors.length > 0) {
    const { allZero, reason } = pruneRows(n, factors, { singletons: false, y, weights });
    if (allZero > 0)
      return { ...emptyFit(Status.separated, p), separated: reason.map((code) => (code === DropCode.allZero ? 1 : 0)) };
  }
  const fit = scoped(
    core,
    () =>
      model === 'ols'
        ? fitAbsorbedOls(core, problem, factors, options)
        : fitAbsorbedCounts(core, model, problem, factors, options),
    () => emptyFit(Status.outOfMemory, p),
  );
  const lost =
    fit.status === Status.stepFailed ||
    fit.status === Status.noConvergence ||
    fit.status === Status.notPositiveDefinite;
  // what the fit's own means did not give away: every row with y = 0 is a candidate
  const separated = lost && model !== 'ols' && options.separation !== false ? rectifyAll(core, problem) : undefined;
  const status = separated ? Status.separated : fit.status;
  return { ...fit, status, ...(separated && { separated }), effectsRank: rankOf(core, n, factors) };
}

function within(
  core: AbsorbExports,
  n: number,
  m: number,
  columns: Float64Array,
  factors: Factors,
  weights: Float64Array | undefined,
  tol: number,
): WithinResult {
  const failed = (status: Status): WithinResult => ({
    status,
    columns: new Float64Array(0),
    iterations: 0,
    withinResidual: Number.POSITIVE_INFINITY,
  });
  const dense = checkFactors(core, n, factors);
  if (!dense || m < 1 || !allFinite(columns, n * m) || !allFinite(weights, n, 0)) return failed(Status.badInput);
  return scoped(
    core,
    () => {
      const ws = openWorkspace(core, { n, k: m, x: columns, factors: dense, weights }, 0, false);
      const { steps, residual, status } = transformTightly(ws, tol);
      return { status, columns: takeColumns(ws, 0, m), iterations: steps, withinResidual: residual };
    },
    () => failed(Status.outOfMemory),
  );
}

/** Weighted length of each of the m columns. */
function lengths(n: number, m: number, columns: Float64Array, weights: Float64Array | undefined): Float64Array {
  const out = new Float64Array(m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) out[j] += (weights?.[i] ?? 1) * columns[i * m + j] * columns[i * m + j];
  return out.map(Math.sqrt);
}

function absorbedRank(
  core: AbsorbExports,
  n: number,
  k: number,
  x: Float64Array,
  factors: Factors,
  weights: Float64Array | undefined,
  tol: number,
): RankResult {
  const net = within(core, n, k, x, factors, weights, 1e-10);
  if (net.status !== Status.ok) throw new RangeError(`within transform of ${n} × ${k}: status ${net.status}`);
  const before = lengths(n, k, x, weights);
  const after = lengths(n, k, net.columns, weights);
  for (let j = 0; j < k; j++) if (!(after[j] > tol * before[j])) for (let i = 0; i < n; i++) net.columns[i * k + j] = 0;
  return scoped(
    core,
    () => {
      const room = core.stride(k) * n;
      const at = alloc(core, room * 8);
      doubles(core, at + (room - n * k) * 8, n * k).set(net.columns);
      const weightsAt = weights ? alloc(core, n * 8) : 0;
      if (weights) doubles(core, weightsAt, n).set(weights.subarray(0, n));
      const keep = alloc(core, k);
      const rank = core.rankColumns(n, k, at, weightsAt, tol, keep);
      return { rank, keep: new Uint8Array(core.memory.buffer, keep, k).slice() };
    },
    () => {
      throw new RangeError(`no memory for the rank of ${n} × ${k}`);
    },
  );
}

/** The rows of a problem whose flag is 0, with the columns whose keep flag is 1; and where they came from. */
function subset(
  problem: AbsorbProblem,
  dropped: Uint8Array,
  keep: Uint8Array,
): { part: AbsorbProblem; rows: Int32Array } {
  const { n, k, y, x, offset, weights, factors } = problem;
  const rows = new Int32Array(n - dropped.reduce((sum, flag) => sum + flag, 0));
  for (let i = 0, at = 0; i < n; i++) if (!dropped[i]) rows[at++] = i;
  const columns = [...keep.keys()].filter((j) => keep[j] === 1);
  const pick = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]);
  const out = new Float64Array(rows.length * columns.length);
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      out[i * columns.length + j] = x[row * k + column];
    });
  });
  const part: AbsorbProblem = {
    n: rows.length,
    k: columns.length,
    y: pick(y),
    x: out,
    offset: offset && pick(offset),
    weights: weights && pick(weights),
    factors: factors.map((codes) => Int32Array.from(rows, (i) => codes[i])),
  };
  return { part, rows };
}

/** The rectifier on all y = 0 rows: what is left where a fit of the rest neither converges nor proposes rows. */
function rectifyAll(core: AbsorbExports, problem: AbsorbProblem): Uint8Array | undefined {
  return scoped(
    core,
    () => {
      const factors = denseFactors(core, problem.n, problem.factors) ?? [];
      const ws = openWorkspace(core, { ...problem, factors }, 1, false);
      const y = doubles(core, ws.y, ws.n);
      return rectify(
        ws,
        Uint8Array.from(y, (value) => (value === 0 ? 1 : 0)),
      );
    },
    () => undefined,
  );
}

function separation(core: AbsorbExports, problem: AbsorbProblem): SeparationResult {
  const separated = new Uint8Array(problem.n);
  const result = (status: Status): SeparationResult => ({
    status,
    separated,
    count: separated.reduce((sum, flag) => sum + flag, 0),
  });
  const good = checkFactors(core, problem.n, problem.factors);
  const checked = good ? checkNumbers('poisson', problem) : Status.badInput;
  if (checked !== Status.ok) return result(checked);
  for (;;) {
    const rowsLeft = problem.n - result(Status.ok).count;
    if (rowsLeft === 0) return result(Status.ok);
    const all = subset(problem, separated, new Uint8Array(problem.k).fill(1)).part;
    const { n, k, x, factors, weights } = all;
    const keep = k > 0 ? absorbedRank(core, n, k, x, factors, weights, RANK_TOLERANCE).keep : new Uint8Array(0);
    const { part, rows } = subset(problem, separated, keep);
    const fit = absorbFit(core, 'poisson', part, { scores: false });
    const more = fit.status === Status.ok ? undefined : (fit.separated ?? rectifyAll(core, part));
    if (!more) return result(fit.status);
    more.forEach((flag, i) => {
      if (flag) separated[rows[i]] = 1;
    });
  }
}

/** Codes of a call that has no status to return. */
function requireFactors(core: AbsorbExports, n: number, factors: Factors): DenseCodes[] {
  const dense = checkFactors(core, n, factors);
  if (!dense) throw new RangeError(`codes of ${n} rows: expected at most ${MAX_FACTORS} arrays of integers ≥ 0`);
  return dense;
}

/** The absorption calls on one core instance. */
export function absorbKernels(core: AbsorbExports): AbsorbKernels {
  return {
    absorbFit: (model, problem, options) => absorbFit(core, model, problem, options ?? {}),
    within: (n, m, columns, factors, weights, tol) => within(core, n, m, columns, factors, weights, tol ?? 1e-10),
    absorbedRank: (n, k, x, factors, weights, tol) =>
      absorbedRank(core, n, k, x, factors, weights, tol ?? RANK_TOLERANCE),
    effectsRank: (n, factors) => rankOf(core, n, requireFactors(core, n, factors)),
    prune: (n, factors, options) => pruneRows(n, requireFactors(core, n, factors), options),
    separation: (problem) => separation(core, problem),
  };
}
