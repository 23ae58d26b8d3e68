/** The maximum of one design: effects absorbed where the core can, as dummy columns else. */
import { type AbsorbModel, type KernelFit, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import { expandDummies } from './dummies.ts';
import { PanelError } from './errors.ts';
import { DEFAULT_MAX_ITER, DEFAULT_TOL, type Estimate, estimate } from './estimate.ts';
import { estimateFrontier, frontierShape } from './frontier-fit.ts';
import { kernelFailure } from './kernel-failure.ts';
import type { Model } from './models/index.ts';
import { isResampled } from './resample-job.ts';
import { type Components, fitRandomEffects } from './swamy-arora.ts';
import type { Design } from './types.ts';

/** What is left of the group means by the within transform, relative to the column: 12 digits of the coefficients. */
const WITHIN_TOL = 1e-13;

export interface Estimated extends Estimate {
  model: Model;
  /** The problem as the core saw it: with dummies, or without the absorbed effects. */
  problem: Problem;
  /** Estimated effects: dummy columns, or the rank of the absorbed ones. */
  effects: number;
  /** Position of the first auxiliary among the p parameters of the fit. */
  auxiliaryAt: number;
  /** α or δ ran to 0: the fit is the Poisson one, the auxiliary is reported as 0. */
  boundary: boolean;
  /** ols-re: variances, and that of the quasi-demeaned regression. */
  components?: Components;
  sigma2?: number;
}

/** A model's own problem with regressors x. */
function problemOf(design: Design, model: Model, x: Float64Array, k: number): Problem {
  const { n, y, offset, weights, groupStart } = design;
  return {
    n,
    k,
    y,
    x,
    ...(offset && { offset }),
    ...(weights && { weights }),
    ...(model.grouped && { groupStart }),
    ...(model.variant && { frontier: frontierShape(design) }),
  };
}

function checkRows(design: Design, parameters: number): void {
  if (design.n > parameters) return;
  throw new PanelError({
    code: 'data/too-few-rows',
    message: `${design.n} rows are used for ${parameters} parameters; more rows than parameters were expected.`,
    hint: 'Use fewer terms or effects, or a wider sample.',
  });
}

/** @throws PanelError fit/…, data/… for every status that is no estimate; fit/impossible-likelihood. */
function accept(design: Design, model: Model, problem: Problem, fit: KernelFit): void {
  if (fit.status !== Status.ok && fit.status !== Status.poissonBoundary)
    throw kernelFailure(model, design, problem, fit, design.spec.tol ?? DEFAULT_TOL);
  if (model.needs.counts === 'integer' && !design.weights && fit.loglik > 0)
    throw new PanelError({
      code: 'fit/impossible-likelihood',
      message: `${model.key} ended at a log-likelihood of ${fit.loglik}; that of counts is never above 0.`,
      hint: 'This is a defect of gravpanel: report it with the data.',
    });
}

/** hc2 and hc3 need hat values, and those need the dummies. */
const needsDummies = ({ spec: { vcov } }: Design) => vcov.type === 'hc2' || vcov.type === 'hc3';

const wantsScores = ({ spec: { vcov } }: Design) => vcov.type !== 'iid' && !isResampled(vcov);

function withDummies(design: Design, model: Model, kernels: Kernels, start?: Float64Array): Estimated {
  const { tol, maxIter, seed } = design.spec;
  const { x, columns } = expandDummies(design, kernels);
  checkRows(design, columns + model.auxiliaries.length);
  const given = problemOf(design, model, x, columns);
  const single = design.fixef.length > 0 && !model.grouped;
  const near = start?.length === columns + model.auxiliaries.length ? start : undefined;
  const options = { tol, maxIter, seed, single, scores: wantsScores(design), ...(near && { near }) };
  const { problem, ...found } = model.variant
    ? estimateFrontier(model, given, kernels, options)
    : { ...estimate(model, given, kernels, options), problem: given };
  accept(design, model, problem, found.fit);
  const boundary = found.fit.status === Status.poissonBoundary;
  return { ...found, model, problem, effects: columns - design.k, auxiliaryAt: columns, boundary };
}

function absorbed(design: Design, model: Model, absorb: AbsorbModel, kernels: Kernels): Estimated {
  const { spec, n, k, y, x, offset, weights, fixef } = design;
  const scores = wantsScores(design);
  const factors = fixef.map(({ codes }) => codes);
  const effects = kernels.effectsRank(n, factors);
  checkRows(design, k + effects + model.auxiliaries.length);
  const problem = problemOf(design, model, x, k);
  const task = { n, k, y, x, factors, ...(offset && { offset }), ...(weights && { weights }) };
  const options = {
    tol: spec.tol ?? DEFAULT_TOL,
    maxIter: spec.maxIter ?? DEFAULT_MAX_ITER,
    withinTol: WITHIN_TOL,
    scores,
  };
  const fit = kernels.absorbFit(absorb, task, options);
  accept(design, model, problem, fit);
  const boundary = fit.status === Status.poissonBoundary;
  // The core gives no scores at the boundary: those of the Poisson model are the ones.
  const final = boundary && scores ? kernels.absorbFit('poisson', task, options) : fit;
  const { scaledGradient, hessianCondition } = final;
  const certificate = { scaledGradient, hessianCondition, starts: 1, agreeing: 1 };
  return { fit: final, certificate, others: [], model, problem, effects, auxiliaryAt: k, boundary };
}

function randomEffects(design: Design, model: Model, kernels: Kernels): Estimated {
  checkRows(design, design.k);
  const { fit, components, sigma2, x, k } = fitRandomEffects(design, kernels);
  checkRows(design, k);
  const { scaledGradient, hessianCondition } = fit;
  return {
    fit,
    certificate: { scaledGradient, hessianCondition, starts: 1, agreeing: 1 },
    others: [],
    model,
    problem: problemOf(design, model, x, k),
    effects: k - design.k,
    auxiliaryAt: k,
    boundary: false,
    components,
    sigma2,
  };
}

/**
 * The maximum with its certificate; where the dispersion of NB1 or NB2 is at its boundary the core gives the Poisson one.
 * @param near p parameters close to it, from which the search is made first, and alone where it succeeds (replicates).
 * @throws PanelError fit/…, data/too-few-rows, data/too-few-units, data/not-finite, data/not-count.
 */
export function maximise(design: Design, model: Model, kernels: Kernels, near?: Float64Array): Estimated {
  if (model.key === 'ols-re') return randomEffects(design, model, kernels);
  return design.fixef.length > 0 && model.absorb && !needsDummies(design)
    ? absorbed(design, model, model.absorb, kernels)
    : withDummies(design, model, kernels, near);
}

/** Log-likelihood of the constant-only model of the same family; undefined without a constant or where it has no maximum. */
export function nullLoglik(design: Design, { model, problem }: Estimated, kernels: Kernels): number | undefined {
  if (model.key === 'ols-re' || model.variant || (!design.hasIntercept && design.fixef.length === 0)) return undefined;
  const constant: Problem = { ...problem, k: 1, x: new Float64Array(problem.n).fill(1) };
  const { fit } = estimate(model, constant, kernels, { single: true });
  return fit.status === Status.ok || fit.status === Status.poissonBoundary ? fit.loglik : undefined;
}
