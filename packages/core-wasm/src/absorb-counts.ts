/**
 * Poisson (PPML) and NB2 with absorbed effects: Newton steps on coefficients, effects and ln α together. Each step projects the
 * working residual on the effects and regressors at the current weights (Correia, Guimarães & Zylkin 2020, Stata Journal 20(1)):
 * the regressors stay transformed from step to step, and the tolerance of the projection follows the size of the step, so
 * that the total cost is a few tight transforms. The last step is tight, and its weights are those of the covariance.
 */

import { Status } from './abi.ts';
import type { AbsorbFit, AbsorbOptions, AbsorbProblem } from './abi-absorb.ts';
import { conditionNumber, emptyFit } from './absorb-result.ts';
import type { DenseCodes } from './absorb-sample.ts';
import { findSeparated } from './absorb-separation.ts';
import {
  type AbsorbExports,
  alloc,
  doubles,
  goneBelow,
  gramBlock,
  inBlocks,
  openWorkspace,
  type Parts,
  takeRows,
  takeVector,
  transform,
  type Workspace,
  withinResidual,
} from './absorb-workspace.ts';
import { type CountSums, countSums, isCentred, scoreSums, sumsAt } from './count-sums.ts';
import { dot, type Factor, factorise, inverse, solve } from './dense.ts';
import { exp, log } from './elementary.ts';

/** ln α (nb2) of a fit at the Poisson boundary, as in index.ts. */
const LN_BOUNDARY = -40;
/** Below this ln α the boundary is looked at. */
const SUSPECT = -14;
const HALVINGS = 30;
/** A step (root mean square in η) this small is the last; one up to COARSE too, unless one more can still sharpen the weights. */
const FINE = 1e-10;
const COARSE = 1e-8;
/** Iterations between looks at separation. */
const LOOK = 8;

/** State of the ascent. `objective` is the log-likelihood up to a constant. */
interface Ascent {
  ws: Workspace;
  beta: Float64Array;
  /** NB2 only. */
  lnAlpha: number;
  counts?: CountSums;
  /** Whether counts are centred: the objective has another constant then. */
  centred: boolean;
  objective: number;
  /** Root mean square of the last step in η, by working weight. */
  step: number;
  iterations: number;
  inner: number;
  /** Derivatives by ln α at the current point, and Σ w c u, Σ w c². */
  slope: number;
  curve: number;
}

function evaluate(a: Ascent): number {
  const { core, plan, y, prior, eta, small } = a.ws;
  if (!a.counts) return core.poissonMean(plan, y, prior, eta);
  const alpha = exp(a.lnAlpha);
  core.nb2Mean(plan, y, prior, eta, alpha, a.centred ? 1 : 0, small);
  const [objective, slope, curve] = doubles(core, small, 3);
  const sums = sumsAt(a.counts, alpha, a.centred);
  a.slope = slope + sums[1];
  a.curve = curve + sums[2];
  return objective + sums[0];
}

/** The working columns and weights at the current point, and their within transform. */
function project(a: Ascent, tol: number): { cu: number; cc: number } {
  const { core, plan, y, prior, x, small } = a.ws;
  let cu = 0;
  let cc = 0;
  if (a.counts) {
    core.nb2Work(plan, y, prior, x, exp(a.lnAlpha), small);
    [cu, cc] = doubles(core, small, 2);
  } else core.poissonWork(plan, y, prior, x);
  a.inner += Math.abs(transform(a.ws, tol, a.ws.first));
  return { cu, cc };
}

interface Direction {
  delta: Float64Array;
  extra: number;
  factor: Factor;
  /** p × p observed information with the effects concentrated out. */
  information: Float64Array;
}

/** Newton direction: regressors by the normal equations, ln α by its profile (a bounded uphill step where that is convex). */
function direction(a: Ascent, cu: number, cc: number): Direction {
  const { first, k } = a.ws;
  const floor = a.iterations === 0 ? goneBelow(a.ws) : undefined;
  const factor = factorise(k, gramBlock(a.ws, first), floor);
  const all = gramBlock(a.ws, 0);
  const width = first + k;
  const delta = solve(factor, all.subarray(first, width));
  if (!a.counts) return { delta, extra: 0, factor, information: gramBlock(a.ws, first) };
  const onC = all.subarray(width + first, 2 * width);
  const part = solve(factor, onC);
  const slope = a.slope + cu - all[1] + dot(onC, delta);
  const effects = a.curve + cc - all[width + 1];
  const profile = effects + dot(onC, part);
  const extra = Math.max(-1.5, Math.min(1.5, profile < 0 ? -slope / profile : Math.sign(slope)));
  for (let j = 0; j < k; j++) delta[j] += part[j] * extra;
  const information = new Float64Array((k + 1) * (k + 1));
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) information[i * (k + 1) + j] = all[(first + i) * width + first + j];
    information[i * (k + 1) + k] = -onC[i];
    information[k * (k + 1) + i] = -onC[i];
  }
  information[k * (k + 1) + k] = -effects;
  return { delta, extra, factor, information };
}

/** Moves along d, halving until the objective does not fall. False where no fraction of the step is uphill. */
function advance(a: Ascent, d: Direction, free: boolean): boolean {
  const { core, plan, x, eta, first, k, small } = a.ws;
  // gram is free between transforms: it carries the step
  const b = doubles(core, a.ws.gram, a.ws.stride);
  b.fill(0);
  b.set(first > 1 ? [1, d.extra] : [1]);
  b.set(d.delta, first);
  core.takeStep(plan, x, eta, a.ws.gram, small);
  const [squares, weights] = doubles(core, small, 2);
  const before = { beta: a.beta.slice(), lnAlpha: a.lnAlpha };
  let t = 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    for (let j = 0; j < k; j++) a.beta[j] = before.beta[j] + t * d.delta[j];
    a.lnAlpha = before.lnAlpha + t * d.extra;
    const objective = evaluate(a);
    if (free || objective >= a.objective - 1e-11 * (Math.abs(a.objective) + 1)) {
      a.objective = objective;
      a.step = t * Math.sqrt(squares / weights) + Math.abs(t * d.extra) * (a.counts ? 1 : 0);
      return Number.isFinite(objective);
    }
    t /= 2;
    core.moveBack(plan, x, eta, -t);
  }
  return false;
}

/** Tolerance of the next projection: Newton's next error is about the square of the last step. */
function tolerance(step: number, last: number): number {
  return Math.max(last, Math.min(1e-2, 0.1 * step * step));
}

function begin(ws: Workspace, counts: CountSums | undefined, start: AbsorbOptions['start']): Ascent {
  const { core, plan, y, prior, eta } = ws;
  const a: Ascent = {
    ws,
    beta: new Float64Array(ws.k),
    lnAlpha: Number.NaN,
    centred: false,
    objective: Number.NEGATIVE_INFINITY,
    step: 1,
    iterations: 0,
    inner: 0,
    slope: 0,
    curve: 0,
  };
  if (start) a.beta.set(start.coef.subarray(0, ws.k));
  else if (ws.levels.length === 0) firstStep(a);
  else core.proportionalFit(plan, y, prior, eta, 2);
  a.objective = core.poissonMean(plan, y, prior, eta);
  if (counts) {
    const given = start?.coef[ws.k] ?? Number.NaN;
    a.lnAlpha = given > SUSPECT ? given : startDispersion(ws);
    a.counts = counts;
    a.centred = isCentred(counts, exp(a.lnAlpha));
    a.objective = evaluate(a);
  }
  return a;
}

/** Without effects: one weighted least-squares pass from μ = (y + ȳ)/2, as in R's glm. */
function firstStep(a: Ascent): void {
  const { core, plan, n, stride } = a.ws;
  const x = doubles(core, a.ws.x, n * stride);
  const w = doubles(core, core.planWeights(plan), n);
  const y = doubles(core, a.ws.y, n);
  const eta = doubles(core, a.ws.eta, n);
  const prior = a.ws.prior ? doubles(core, a.ws.prior, n) : undefined;
  const mean = dot(y, prior ?? new Float64Array(n).fill(1)) / (prior ? dot(prior, new Float64Array(n).fill(1)) : n);
  for (let i = 0; i < n; i++) {
    const mu = 0.5 * (y[i] + mean);
    w[i] = mu * (prior?.[i] ?? 1);
    x[i * stride] = log(mu) - eta[i] + (y[i] - mu) / mu;
  }
  transform(a.ws, 1e-2, a.ws.first);
  advance(a, direction(a, 0, 0), true);
}

/** ln α by moments at the fitted means, within [e⁻⁴, e⁶]. */
function startDispersion(ws: Workspace): number {
  const { core, n } = ws;
  const y = doubles(core, ws.y, n);
  const mu = doubles(core, core.planWeights(ws.plan), n);
  const prior = ws.prior ? doubles(core, ws.prior, n) : undefined;
  let above = 0;
  let below = 0;
  for (let i = 0; i < n; i++) {
    const w = prior?.[i] ?? 1;
    above += w * ((y[i] - mu[i]) ** 2 - mu[i]);
    below += w * mu[i] * mu[i];
  }
  return above > 0 ? Math.min(Math.max(log(above / below), -4), 6) : -2;
}

/** Whether α = 0 is a local maximum: Σ w[(y − μ)² − y] ≤ 0 at the Poisson fit. */
function atBoundary(poisson: Workspace): boolean {
  const { core, n } = poisson;
  const y = doubles(core, poisson.y, n);
  const mu = doubles(core, core.planWeights(poisson.plan), n);
  const prior = poisson.prior ? doubles(core, poisson.prior, n) : undefined;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (prior?.[i] ?? 1) * ((y[i] - mu[i]) ** 2 - y[i]);
  return sum <= 0;
}

interface Ended {
  status: Status;
  direction?: Direction;
  separated?: Uint8Array;
}

function climb(a: Ascent, options: AbsorbOptions): Ended {
  const last = options.withinTol ?? 1e-10;
  const maxIter = options.maxIter ?? 100;
  const guard = options.separation !== false;
  while (a.iterations < maxIter) {
    const separated = guard && a.iterations % LOOK === LOOK - 1 ? separatedNow(a) : undefined;
    if (separated) return { status: Status.separated, separated };
    if (a.counts && isCentred(a.counts, exp(a.lnAlpha)) !== a.centred) {
      a.centred = !a.centred;
      a.objective = evaluate(a);
    }
    const final = a.step <= 1e-5;
    const least = a.step <= COARSE ? COARSE : FINE;
    const { cu, cc } = project(a, final ? last : tolerance(a.step, last));
    const d = direction(a, cu, cc);
    a.iterations++;
    if (!d.factor.full || !advance(a, d, false)) return stuck(a, d, guard);
    if (final && a.step <= least) return { status: Status.ok, direction: d };
    if (a.counts && a.lnAlpha < SUSPECT) return { status: Status.poissonBoundary };
  }
  return { status: Status.noConvergence };
}

/** A separated fit runs on (each step lowers η of the rows by 1) until the equations break down: it is looked for meanwhile. */
function separatedNow(a: Ascent): Uint8Array | undefined {
  const { core, plan, y, prior, eta } = a.ws;
  core.poissonMean(plan, y, prior, eta);
  const separated = findSeparated(a.ws, 1e-3);
  if (!separated) evaluate(a);
  return separated;
}

function stuck(a: Ascent, d: Direction, guard: boolean): Ended {
  const separated = guard ? separatedNow(a) : undefined;
  if (separated) return { status: Status.separated, separated };
  return { status: d.factor.full ? Status.stepFailed : Status.notPositiveDefinite, direction: d };
}

/** Scores (n × p, problem order) and their sum, from x and μ as the last step left them. */
function scoresOf(a: Ascent, wanted: boolean): { scores: Float64Array; gradient: Float64Array } {
  const { core, plan, n, k, first, x, y, prior, block } = a.ws;
  const p = k + (a.counts ? 1 : 0);
  const alpha = a.counts ? exp(a.lnAlpha) : 0;
  const sums = a.counts ? scoreSums(a.counts, alpha, a.centred) : new Float64Array(0);
  const total = alloc(core, p * 8);
  doubles(core, total, p).fill(0);
  const sumsAt = a.counts ? alloc(core, sums.length * 8) : 0;
  doubles(core, sumsAt, sums.length).set(sums);
  const fill = (from: number, rows: number) =>
    core.countScores(plan, x, first, k, y, prior, alpha, sumsAt, sums.length - 2, block, from, rows, total);
  let scores: Float64Array = new Float64Array(0);
  if (wanted) scores = takeRows(a.ws, p, fill);
  else inBlocks(n, fill);
  return { scores, gradient: doubles(core, total, p).slice() };
}

/** η begins at the offset, or at the start's. */
function startingParts(problem: AbsorbProblem, factors: DenseCodes[], { start }: AbsorbOptions): Parts {
  return { ...problem, factors, offset: start?.eta ?? problem.offset };
}

/** Fits poisson or nb2; the caller has checked the numbers. */
export function fitAbsorbedCounts(
  core: AbsorbExports,
  model: 'poisson' | 'nb2',
  problem: AbsorbProblem,
  factors: DenseCodes[],
  options: AbsorbOptions,
): AbsorbFit {
  const counts = model === 'nb2' ? countSums(problem.y, problem.weights) : undefined;
  const ws = openWorkspace(core, startingParts(problem, factors, options), counts ? 2 : 1, true);
  if (!ws.squares.every(Number.isFinite)) return emptyFit(Status.badInput, ws.k + (counts ? 1 : 0));
  const a = begin(ws, counts, options.start);
  const ended = climb(a, options);
  return ended.status === Status.poissonBoundary
    ? boundaryFit(core, problem, factors, options)
    : finish(a, ended, options);
}

/** The Poisson fit with ln α at its floor where α = 0 is the maximum. */
function boundaryFit(
  core: AbsorbExports,
  problem: AbsorbProblem,
  factors: DenseCodes[],
  options: AbsorbOptions,
): AbsorbFit {
  const ws = openWorkspace(core, startingParts(problem, factors, options), 1, true);
  const a = begin(ws, undefined, options.start);
  const fit = finish(a, climb(a, options), { ...options, scores: false });
  if (fit.status !== Status.ok) return fit;
  if (!atBoundary(ws)) return { ...emptyFit(Status.noConvergence, ws.k + 1), effectLevels: ws.levels };
  const { k } = ws;
  const coef = new Float64Array(k + 1);
  coef.set(fit.coef);
  coef[k] = LN_BOUNDARY;
  const vcov = new Float64Array((k + 1) * (k + 1));
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) vcov[i * (k + 1) + j] = fit.vcov[i * k + j];
  return { ...fit, status: Status.poissonBoundary, coef, vcov };
}

function finish(a: Ascent, ended: Ended, options: AbsorbOptions): AbsorbFit {
  const { ws } = a;
  const { core, plan, k } = ws;
  const p = k + (a.counts ? 1 : 0);
  const early = {
    ...emptyFit(ended.status, p),
    iterations: a.iterations,
    innerIterations: a.inner,
    effectLevels: ws.levels,
  };
  if (ended.separated) return { ...early, separated: ended.separated };
  if (ended.status !== Status.ok || !ended.direction) return { ...early, keep: ended.direction?.factor.keep };
  const alpha = exp(a.lnAlpha);
  const out = alloc(core, 16);
  if (a.counts) core.nb2Summary(plan, ws.y, ws.prior, ws.eta, alpha, out);
  else core.poissonSummary(plan, ws.y, ws.prior, ws.eta, out);
  const [loglik, deviance] = doubles(core, out, 2);
  const { scores, gradient } = scoresOf(a, options.scores !== false);
  if (a.counts) core.nb2Work(plan, ws.y, ws.prior, ws.x, alpha, ws.small);
  else core.poissonWork(plan, ws.y, ws.prior, ws.x);
  const factor = factorise(p, ended.direction.information);
  const fit: AbsorbFit = {
    ...early,
    coef: a.counts ? Float64Array.of(...a.beta, a.lnAlpha) : a.beta,
    loglik,
    deviance,
    vcov: inverse(factor),
    scores,
    eta: takeVector(ws, ws.eta),
    scaledGradient: Math.sqrt(Math.max(dot(gradient, solve(factor, gradient)), 0)),
    hessianCondition: conditionNumber(core, factor, ended.direction.information),
    withinResidual: withinResidual(ws, ws.first),
  };
  if (!factor.full) return { ...early, status: Status.notPositiveDefinite };
  core.poissonMean(plan, ws.y, ws.prior, ws.eta);
  const separated = options.separation === false ? undefined : findSeparated(ws, 1e-7);
  return separated ? { ...early, status: Status.separated, separated } : fit;
}
