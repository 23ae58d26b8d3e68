/**
 * The model that the simulated counts follow: the conditional fixed-effects negative binomial of Hausman, Hall, Griliches
 * (1984). Given a partner's total over its years, its yearly counts are a Pólya (Dirichlet-multinomial) draw with parameters
 * λ_it = exp(x_{i,t−1}β), which is exactly what nb-fe's conditional likelihood says of them.
 */
import { polya } from './random.mjs';

export const TERMS = ['lnpatent1', 'lnpatent2', 'lngd', 'in', 're', 'gdp', 'tig', 'lan'];

/** λ of a year from the covariates of the year before. */
export const rate = (truth, before) =>
  Math.exp(truth.constant + TERMS.reduce((sum, term) => sum + truth[term] * before[term], 0));

/** Counts of one partner over its years; `before[t]` are the covariates a year earlier. */
export const drawCounts = (u, truth, total, before) =>
  polya(
    u,
    total,
    before.map((x) => rate(truth, x)),
  );
