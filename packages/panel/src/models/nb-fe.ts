import { type Model, unitStart } from './model.ts';

/**
 * Conditional fixed-effects negative binomial (Hausman, Hall, Griliches 1984, eq. 3.4):
 * ℓᵢ = lnΓ(Λᵢ) + lnΓ(Yᵢ+1) − lnΓ(Λᵢ+Yᵢ) + Σₜ[lnΓ(λᵢₜ+yᵢₜ) − lnΓ(λᵢₜ) − lnΓ(yᵢₜ+1)], λ = exp(xβ + offset).
 * The constant stays: it and time-invariant terms are identified by the distribution only (Allison, Waterman 2002).
 */
export const nbFe: Model = {
  key: 'nb-fe',
  kernel: 'nb-fe',
  title: 'conditional negative binomial, unit effects',
  summary: 'Hausman, Hall, Griliches (1984); Stata: xtnbreg, fe',
  needs: {
    panel: true,
    counts: 'integer',
    offset: true,
    exposure: true,
    weights: false,
    fixef: true,
    vcov: ['iid', 'cluster'],
    like: ['stata'],
  },
  auxiliaries: [],
  distribution: 'z',
  starts: 3,
  grouped: true,
  plainStart: (problem) => unitStart(problem, 0),
};
