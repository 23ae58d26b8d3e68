import { type Model, meanStart } from './model.ts';

/**
 * Poisson regression (PPML): ℓ = Σ w[yη − exp(η) − lnΓ(y + 1)], any y ≥ 0. With "| unit" the log-likelihood printed is
 * that of the model with dummies; the conditional one differs by a constant of the data.
 */
export const poisson: Model = {
  key: 'poisson',
  kernel: 'poisson',
  absorb: 'poisson',
  title: 'Poisson',
  summary: 'E(y) = exp(xβ + offset); any y ≥ 0; concave, so one start suffices',
  needs: {
    panel: false,
    counts: 'nonnegative',
    offset: true,
    exposure: true,
    weights: true,
    fixef: true,
    vcov: ['iid', 'hc0', 'hc1', 'cluster'],
    like: ['stata', 'fixest', 'sandwich'],
  },
  auxiliaries: [],
  distribution: 'z',
  starts: 1,
  grouped: false,
  plainStart: (problem) => meanStart(problem, 0),
  leavesSeparated: true,
};
