import { type Model, meanStart } from './model.ts';

/**
 * Random-effects least squares, y = xβ + uᵢ + eᵢₜ, by feasible GLS with the variances of Swamy, Arora (1972), in unbalanced
 * panels as Baltagi, Chang (1994): see swamy-arora.ts. The same numbers as R's plm(model = "random", random.method = "swar").
 */
export const olsRe: Model = {
  key: 'ols-re',
  kernel: 'ols',
  title: 'least squares, random effects',
  summary: 'y = xβ + u + e, feasible GLS with Swamy–Arora variances; R: plm, swar; Stata: xtreg, re sa',
  needs: {
    panel: true,
    counts: 'any',
    offset: true,
    exposure: false,
    weights: false,
    fixef: true,
    vcov: ['iid', 'cluster'],
    like: [],
  },
  auxiliaries: [],
  distribution: 'z',
  starts: 1,
  grouped: true,
  plainStart: (problem) => meanStart({ ...problem, y: new Float64Array(problem.n).fill(1), offset: undefined }, 0),
};
