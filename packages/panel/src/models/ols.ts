import { type Model, meanStart } from './model.ts';

/** Least squares: min Σ w(y − xβ)². The log-likelihood is the Gaussian one at σ² = RSS/n; SEs use RSS/(n − k), as R's lm. */
export const ols: Model = {
  key: 'ols',
  kernel: 'ols',
  absorb: 'ols',
  title: 'least squares',
  summary: 'y = xβ + e; effects after "|" absorbed; weights multiply squared residuals',
  needs: {
    panel: false,
    counts: 'any',
    offset: true,
    exposure: false,
    weights: true,
    fixef: true,
    vcov: ['iid', 'hc0', 'hc1', 'hc2', 'hc3', 'cluster'],
    like: ['stata', 'fixest', 'sandwich'],
  },
  auxiliaries: [],
  distribution: 't',
  starts: 1,
  grouped: false,
  plainStart: (problem) => meanStart({ ...problem, y: new Float64Array(problem.n).fill(1), offset: undefined }, 0),
};
