import { type Model, meanStart } from './model.ts';

/**
 * Random-effects Poisson, effects gamma(θ, θ) with mean 1, α = 1/θ (Hausman, Hall, Griliches 1984, eq. 2.5):
 * ℓᵢ = lnΓ(θ+Yᵢ) − lnΓ(θ) + θ lnθ − (θ+Yᵢ) ln(θ+Λᵢ) + Σₜ[yᵢₜ ηᵢₜ − ln yᵢₜ!].
 * ln α is the parameter, as in Stata; α → 0 is the Poisson model, reported as such.
 */
export const poissonRe: Model = {
  key: 'poisson-re',
  kernel: 'poisson-re',
  title: 'Poisson, random effects',
  summary: 'gamma-distributed effects of units, Hausman, Hall, Griliches (1984); Stata: xtpoisson, re',
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
  auxiliaries: [{ estimated: 'ln_alpha', shown: 'lnalpha', scale: 'identity', atBoundary: 'alpha' }],
  distribution: 'z',
  starts: 3,
  grouped: true,
  plainStart: (problem) => meanStart(problem, 1),
};
