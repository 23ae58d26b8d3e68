/** The maximum of a frontier: for counts, and beside random effects, with as many nodes as the log-likelihood needs. */
import { type FrontierShape, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { DEFAULT_MAX_ITER, DEFAULT_TOL, type Estimate, type EstimateOptions, estimate } from './estimate.ts';
import type { Model } from './models/model.ts';
import type { Design } from './types.ts';

/** Nodes at first and at most; twice as many may move the log-likelihood by this much, relative where it is large. */
const FIRST_NODES = 32;
const MOST_NODES = 256;
/** Nodes with which a search beside random effects must have failed to have failed. */
const ENOUGH_NODES = 128;
const MOVE = 1e-9;
const ROUNDING = 1e-13;

/** What the core needs to know of a design's frontier. */
export function frontierShape({ spec, frontier }: Design): FrontierShape {
  const { distribution, inefficiency = 'rows', effects, noise, random } = spec.frontier ?? {};
  const { z, zTerms, decay } = frontier ?? {};
  return {
    law: effects !== undefined ? 'truncated-normal' : (distribution ?? 'half-normal'),
    units: inefficiency !== 'rows',
    ...(z && { z, m: zTerms!.length }),
    ...(decay && { decay }),
    ...(noise && { noise }),
    ...(random && { random }),
  };
}

const withNodes = (problem: Problem, nodes: number): Problem => ({
  ...problem,
  frontier: { ...problem.frontier!, nodes },
});

/** @throws PanelError data/one-row-units. */
function checkUnits({ groupStart }: Problem): void {
  if (groupStart!.some((from, g) => g + 1 < groupStart!.length && groupStart![g + 1] - from > 1)) return;
  throw new PanelError({
    code: 'data/one-row-units',
    message: `Each of the ${groupStart!.length - 1} units has one row; units of several rows were expected: a random effect is told from noise by rows of the same unit.`,
    hint: 'Leave --random-effects out, or name the unit that the rows share: --panel ID,TIME.',
  });
}

/**
 * {@link estimate}; for counts, and beside random effects, the quadrature gets twice as many nodes, and the search goes on, until that moves the log-likelihood at the
 * optimum by less than 1e-9.
 * @throws PanelError data/one-row-units.
 * @returns the estimate, and the problem with the nodes it was made with.
 */
export function estimateFrontier(
  model: Model,
  problem: Problem,
  kernels: Kernels,
  options: EstimateOptions,
): Estimate & { problem: Problem } {
  const random = problem.frontier?.random;
  if (model.kernel === 'frontier' && !random) return { ...estimate(model, problem, kernels, options), problem };
  if (random) checkUnits(problem);
  let nodes = FIRST_NODES;
  let found = estimate(model, withNodes(problem, nodes), kernels, options);
  while (true) {
    const now = withNodes(problem, nodes);
    const noisy = problem.frontier?.noise || random;
    if (found.fit.status !== Status.ok && !(found.fit.status === Status.poissonBoundary && noisy)) {
      if (!random || nodes >= ENOUGH_NODES) return { ...found, problem: now };
      // few nodes see little of an effect beside a small σ_v: the failure may be theirs
      nodes = ENOUGH_NODES;
      found = estimate(model, withNodes(problem, nodes), kernels, options);
      continue;
    }
    const finer = withNodes(problem, 2 * nodes);
    const { loglik } = kernels.evaluate(model.kernel, finer, found.fit.coef);
    const quadratureError = Math.abs(loglik - found.fit.loglik);
    const certificate = { ...found.certificate, nodes, quadratureError };
    if (quadratureError <= MOVE + ROUNDING * Math.abs(loglik) || nodes >= MOST_NODES)
      return { ...found, certificate, problem: now };
    nodes *= 2;
    const { tol = DEFAULT_TOL, maxIter = DEFAULT_MAX_ITER, scores = false } = options;
    const start = found.fit.status === Status.ok ? { start: found.fit.coef } : {};
    const fit = kernels.fit(model.kernel, finer, { tol, maxIter, scores, ...start });
    const { scaledGradient, hessianCondition } = fit;
    found = { ...found, fit, certificate: { ...found.certificate, scaledGradient, hessianCondition } };
  }
}
