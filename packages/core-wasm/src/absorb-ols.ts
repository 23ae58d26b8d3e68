/** Least squares with absorbed effects (Frisch–Waugh–Lovell): y and X net of the effects, then k normal equations. */
import { type KernelFit, Status } from './abi.ts';
import type { AbsorbFit, AbsorbOptions, AbsorbProblem } from './abi-absorb.ts';
import { conditionNumber, emptyFit } from './absorb-result.ts';
import type { AbsorbExports } from './absorb-workspace.ts';
import { alloc, doubles, openWorkspace, transform, type Workspace, withinResidual } from './absorb-workspace.ts';
import { dot, factorise, inverse, solve } from './dense.ts';

const ROUNDS = 4;

/** Transforms until the certificate holds or gets no better; conjugate-gradient steps and the certificate. */
export function transformTightly(ws: Workspace, tol: number): { steps: number; residual: number; status: Status } {
  let steps = 0;
  let residual = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const taken = transform(ws, tol, 0);
    steps += Math.abs(taken);
    const now = withinResidual(ws, 0);
    const done = now <= 10 * tol || now > residual / 2;
    residual = Math.min(now, residual);
    if (done) break;
  }
  return { steps, residual, status: residual <= 1e-6 ? Status.ok : Status.noConvergence };
}

function fillWeights(ws: Workspace, weights: Float64Array | undefined): void {
  const w = doubles(ws.core, ws.core.planWeights(ws.plan), ws.n);
  if (weights) for (let i = 0; i < ws.n; i++) w[i] = weights[ws.order ? ws.order[i] : i];
  else w.fill(1);
}

/** A workspace of `columns` (n × m) at the given weights, for transforms without a response. */
export function openColumns(
  core: AbsorbExports,
  n: number,
  m: number,
  columns: Float64Array,
  factors: AbsorbProblem['factors'],
  weights: Float64Array | undefined,
): Workspace {
  const ws = openWorkspace(core, { n, k: m, x: columns, factors }, 0, false);
  fillWeights(ws, weights);
  return ws;
}

function putResponse(ws: Workspace, { y, offset }: AbsorbProblem): void {
  const x = doubles(ws.core, ws.x, ws.n * ws.stride);
  for (let i = 0; i < ws.n; i++) {
    const row = ws.order ? ws.order[i] : i;
    x[i * ws.stride] = offset ? y[row] - offset[row] : y[row];
  }
}

/** x'Wx without its first `from` rows and columns. */
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

/** Gaussian log-likelihood at σ² = RSS/n over rows of positive weight. */
function gaussian(n: number, rss: number, weights: Float64Array | undefined): number {
  let used = n;
  let logs = 0;
  if (weights) {
    used = 0;
    for (let i = 0; i < n; i++)
      if (weights[i] > 0) {
        used++;
        logs += Math.log(weights[i]);
      }
  }
  return 0.5 * (logs - used * (Math.log((2 * Math.PI * rss) / used) + 1));
}

export function fitAbsorbedOls(core: AbsorbExports, problem: AbsorbProblem, options: AbsorbOptions): AbsorbFit {
  const { n, k } = problem;
  const ws = openWorkspace(core, { ...problem, y: undefined, weights: undefined, offset: undefined }, 1, false);
  fillWeights(ws, problem.weights);
  putResponse(ws, problem);
  const { steps, residual, status } = transformTightly(ws, options.withinTol ?? 1e-10);
  const factor = factorise(k, gramBlock(ws, 1));
  if (!factor.full) return { ...emptyFit(Status.notPositiveDefinite, k), keep: factor.keep, effectLevels: ws.levels };
  const gram = gramBlock(ws, 0);
  const room = alloc(core, 2 * (k + 1) * 8);
  const coef = solve(factor, gram.subarray(1, k + 1));
  let rss = subtract(ws, coef, room);
  const more = solve(factor, doubles(core, room + (k + 1) * 8, k).slice());
  for (let j = 0; j < k; j++) coef[j] += more[j];
  rss = subtract(ws, more, room);
  const gradient = doubles(core, room + (k + 1) * 8, k).slice();
  const sigma = Math.sqrt(rss / n);
  const fit: Partial<KernelFit> = {
    status,
    iterations: 1,
    coef,
    loglik: gaussian(n, rss, problem.weights),
    vcov: inverse(factor),
    eta: fitted(ws, problem),
    scores: options.scores === false ? new Float64Array(0) : scores(ws),
    scaledGradient: sigma > 0 ? Math.sqrt(Math.max(dot(gradient, solve(factor, gradient)), 0)) / sigma : 0,
    hessianCondition: conditionNumber(core, factor, gramBlock(ws, 1)),
  };
  return {
    ...emptyFit(Status.ok, k),
    ...fit,
    deviance: rss,
    effectLevels: ws.levels,
    innerIterations: steps,
    withinResidual: residual,
  };
}

/** Takes Xβ off column 0; the gradient of what is left stands at room + (k + 1)·8. Returns the weighted sum of squares. */
function subtract(ws: Workspace, beta: Float64Array, room: number): number {
  doubles(ws.core, room, ws.k).set(beta);
  return ws.core.olsResidual(ws.plan, ws.x, ws.k, room, room + (ws.k + 1) * 8);
}

function fitted(ws: Workspace, { y }: AbsorbProblem): Float64Array {
  const x = doubles(ws.core, ws.x, ws.n * ws.stride);
  const out = new Float64Array(ws.n);
  for (let i = 0; i < ws.n; i++) {
    const row = ws.order ? ws.order[i] : i;
    out[row] = y[row] - x[i * ws.stride];
  }
  return out;
}

function scores(ws: Workspace): Float64Array {
  const { core, n, k, stride } = ws;
  const x = doubles(core, ws.x, n * stride);
  const w = doubles(core, core.planWeights(ws.plan), n);
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const to = (ws.order ? ws.order[i] : i) * k;
    const weighted = w[i] * x[i * stride];
    for (let j = 0; j < k; j++) out[to + j] = weighted * x[i * stride + 1 + j];
  }
  return out;
}
