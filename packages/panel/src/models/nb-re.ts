import { type Model, unitStart } from './model.ts';

/**
 * Random-effects negative binomial, 1/(1 + δᵢ) ~ beta(r, s) (Hausman, Hall, Griliches 1984, eq. 3.5):
 * ℓᵢ = lnΓ(r+s) + lnΓ(r+Λᵢ) + lnΓ(s+Yᵢ) − lnΓ(r) − lnΓ(s) − lnΓ(r+s+Λᵢ+Yᵢ) + Σₜ[lnΓ(λᵢₜ+yᵢₜ) − lnΓ(λᵢₜ) − lnΓ(yᵢₜ+1)].
 */
export const nbRe: Model = {
  key: 'nb-re',
  kernel: 'nb-re',
  title: 'negative binomial, random effects',
  summary: 'beta-distributed dispersion, Hausman, Hall, Griliches (1984); Stata: xtnbreg, re',
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
  auxiliaries: [
    { estimated: 'ln_r', shown: 'ln_r', scale: 'identity' },
    { estimated: 'ln_s', shown: 'ln_s', scale: 'identity' },
  ],
  distribution: 'z',
  starts: 3,
  grouped: true,
  plainStart: (problem) => unitStart(problem, 2),
};
