/** Least squares with absorbed effects (Frisch–Waugh–Lovell): y and X net of the effects, then k normal equations. */
import { Status } from './abi.ts';
import type { AbsorbFit, AbsorbOptions, AbsorbProblem } from './abi-absorb.ts';
import { conditionNumber, emptyFit } from './absorb-result.ts';
import type { DenseCodes } from './absorb-sample.ts';
import {
  type AbsorbExports,
  alloc,
  doubles,
  goneBelow,
  gramBlock,
  openWorkspace,
  putColumn,
  takeRows,
  transform,
  type Workspace,
  withinResidual,
} from './absorb-workspace.ts';
import { dot, type Factor, factorise, inverse, solve } from './dense.ts';
import { log } from './elementary.ts';

const ROUNDS = 4;
/** Variance of the rounding of a double relative to its square, ε²/12: what an exact fit leaves (as in assembly/ols.ts). */
const ROUNDED = 4.1e-33;

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

/** Gaussian log-likelihood at σ² = RSS/n over rows of positive weight. */
function gaussian(n: number, rss: number, weights: Float64Array | undefined): number {
  let used = n;
  let logs = 0;
  if (weights) {
    used = 0;
    for (let i = 0; i < n; i++)
      if (weights[i] > 0) {
        used++;
        logs += log(weights[i]);
      }
  }
  return 0.5 * (logs - used * (log((2 * Math.PI * rss) / used) + 1));
}

/** y − offset. */
function response({ n, y, offset }: AbsorbProblem): Float64Array {
  return offset ? Float64Array.from({ length: n }, (_, i) => y[i] - offset[i]) : y;
}

const squares = (y: Float64Array, weights: Float64Array | undefined) =>
  y.reduce((sum, v, i) => sum + (weights?.[i] ?? 1) * v * v, 0);

export function fitAbsorbedOls(
  core: AbsorbExports,
  problem: AbsorbProblem,
  factors: DenseCodes[],
  options: AbsorbOptions,
): AbsorbFit {
  const { n, k, x, y, weights } = problem;
  const ws = openWorkspace(core, { n, k, x, factors, weights }, 1, false);
  if (!ws.squares.every(Number.isFinite)) return emptyFit(Status.badInput, k);
  putColumn(ws, response(problem));
  const { steps, residual, status } = transformTightly(ws, options.withinTol ?? 1e-10);
  const gram = gramBlock(ws, 1);
  const factor = factorise(k, gram, goneBelow(ws));
  if (!factor.full) return { ...emptyFit(Status.notPositiveDefinite, k), keep: factor.keep, effectLevels: ws.levels };
  const solved = regress(ws, factor);
  const rss = Math.max(solved.rss, ROUNDED * squares(response(problem), weights));
  const sigma = Math.sqrt(rss / n);
  return {
    ...emptyFit(status, k),
    iterations: 1,
    coef: solved.coef,
    loglik: gaussian(n, rss, weights),
    vcov: inverse(factor),
    eta: fitted(ws, y),
    scores:
      options.scores === false
        ? new Float64Array(0)
        : takeRows(ws, k, (from, rows) => core.olsScores(ws.plan, ws.x, k, ws.block, from, rows)),
    scaledGradient: sigma > 0 ? solved.length / sigma : 0,
    hessianCondition: conditionNumber(core, factor, gram),
    deviance: rss,
    effectLevels: ws.levels,
    innerIterations: steps,
    withinResidual: residual,
  };
}

/** Coefficients refined until the gradient is rounding error (two passes most often), residuals in column 0. */
function regress(ws: Workspace, factor: Factor): { coef: Float64Array; rss: number; length: number } {
  const { core, k, stride } = ws;
  const room = alloc(core, 2 * stride * 8);
  let step = solve(factor, gramBlock(ws, 0).subarray(1, k + 1));
  const coef = new Float64Array(k);
  let rss = 0;
  let length = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < 4; pass++) {
    const b = doubles(core, room, stride);
    b.fill(0);
    b[0] = 1;
    for (let j = 0; j < k; j++) {
      coef[j] += step[j];
      b[1 + j] = -step[j];
    }
    rss = core.olsResidual(ws.plan, ws.x, room, room + stride * 8);
    const gradient = doubles(core, room + stride * 8 + 8, k).slice();
    step = solve(factor, gradient);
    const before = length;
    length = Math.sqrt(Math.max(dot(gradient, step), 0));
    if (length <= 1e-11 * Math.sqrt(rss) || length > before / 4) break;
  }
  return { coef, rss, length };
}

function fitted(ws: Workspace, y: Float64Array): Float64Array {
  const { core, plan, x, block } = ws;
  return takeRows(ws, 1, (from, rows) => {
    doubles(core, block, rows).set(y.subarray(from, from + rows));
    core.olsFitted(plan, x, block, from, rows);
  });
}
