import type { FrontierSpec } from '../types.ts';
import { isOfUnits, SIGMA_U } from './frontier.ts';
import { type Auxiliary, type Model, meanStart } from './model.ts';

const NOISE: Auxiliary = { estimated: 'ln_sigma_v', shown: 'sigma_v', scale: 'exp' };

/** What the options of a count frontier change in its entry: noise, and one u a unit. */
export const countVariant =
  (own: readonly Auxiliary[], needs: Model['needs']) =>
  (spec: FrontierSpec): Partial<Model> => ({
    auxiliaries: [...own, ...(spec.noise ? [NOISE] : []), SIGMA_U],
    base: own.length + (spec.noise ? 1 : 0),
    ...(isOfUnits(spec) && { grouped: true, needs: { ...needs, panel: true, vcov: ['iid', 'cluster'] } }),
  });

export const COUNT_NEEDS: Model['needs'] = {
  panel: false,
  counts: 'integer',
  offset: true,
  exposure: true,
  weights: false,
  fixef: true,
  vcov: ['iid', 'hc0', 'hc1', 'cluster'],
  like: [],
};

/**
 * Count frontier, y ~ Poisson(exp(xβ + offset + v − u)), u ≥ 0 half-normal or exponential, of each row or of each unit; v normal where
 * it is asked for (Fé, Hofler 2013). Zeros stay in. At σ_u = 0 it is the Poisson model, reported as such.
 */
export const poissonFrontier: Model = {
  key: 'poisson-frontier',
  kernel: 'poisson-frontier',
  title: 'Poisson frontier',
  summary:
    'y ~ Poisson(exp(xβ − u)), u half-normal or exponential; Fé, Hofler (2013), by quadrature with its error in the certificate',
  needs: COUNT_NEEDS,
  auxiliaries: [SIGMA_U],
  base: 0,
  variant: countVariant([], COUNT_NEEDS),
  distribution: 'z',
  starts: 3,
  grouped: false,
  plainStart: (problem) => meanStart(problem, problem.frontier?.noise ? 2 : 1),
};
