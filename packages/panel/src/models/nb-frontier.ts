import { SIGMA_U } from './frontier.ts';
import { type Auxiliary, type Model, meanStart } from './model.ts';
import { COUNT_NEEDS, countVariant } from './poisson-frontier.ts';

const ALPHA: Auxiliary = { estimated: 'ln_alpha', shown: 'alpha', scale: 'exp' };

/** Count frontier, y ~ NB2 with mean exp(xβ + offset − u) and dispersion α: as poisson-frontier, with room for other overdispersion. */
export const nbFrontier: Model = {
  key: 'nb-frontier',
  kernel: 'nb-frontier',
  title: 'negative binomial frontier',
  summary:
    'y ~ NB2 with mean exp(xβ − u), u half-normal or exponential; inefficiency apart from overdispersion by its skewness alone',
  needs: COUNT_NEEDS,
  auxiliaries: [ALPHA, SIGMA_U],
  base: 1,
  variant: countVariant([ALPHA], COUNT_NEEDS),
  distribution: 'z',
  starts: 3,
  grouped: false,
  plainStart: (problem) => meanStart(problem, problem.frontier?.noise ? 3 : 2),
};
