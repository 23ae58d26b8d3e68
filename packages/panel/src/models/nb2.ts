import { type Model, meanStart } from './model.ts';

/**
 * Negative binomial with variance μ + αμ² (Cameron, Trivedi 1986), by maximum likelihood over (β, ln α): the SEs of β
 * come from the joint information (MASS glm.nb holds θ = 1/α fixed).
 */
export const nb2: Model = {
  key: 'nb2',
  kernel: 'nb2',
  absorb: 'nb2',
  title: 'negative binomial, NB2',
  summary: 'variance μ + αμ²; Stata: nbreg; at α = 0 the Poisson model, reported as such',
  needs: {
    panel: false,
    counts: 'integer',
    offset: true,
    exposure: true,
    weights: true,
    fixef: true,
    vcov: ['iid', 'hc0', 'hc1', 'cluster'],
    like: ['stata', 'fixest', 'sandwich'],
  },
  auxiliaries: [{ estimated: 'ln_alpha', shown: 'alpha', scale: 'exp' }],
  distribution: 'z',
  starts: 3,
  grouped: false,
  plainStart: (problem) => meanStart(problem, 1),
  leavesSeparated: true,
};
