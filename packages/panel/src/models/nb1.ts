import { type Model, meanStart } from './model.ts';

/** Negative binomial with variance μ(1 + δ) (Cameron, Trivedi 1986), by maximum likelihood over (β, ln δ). */
export const nb1: Model = {
  key: 'nb1',
  kernel: 'nb1',
  title: 'negative binomial, NB1',
  summary: 'variance μ(1 + δ); Stata: nbreg, dispersion(constant)',
  needs: {
    panel: false,
    counts: 'integer',
    offset: true,
    exposure: true,
    weights: true,
    fixef: true,
    vcov: ['iid', 'hc0', 'hc1', 'cluster'],
    like: ['stata'],
  },
  auxiliaries: [{ estimated: 'ln_delta', shown: 'delta', scale: 'exp' }],
  distribution: 'z',
  starts: 3,
  grouped: false,
  plainStart: (problem) => meanStart(problem, 1),
  leavesSeparated: true,
};
