/** Models that a tool has no estimator for. */
import type { ExportColumn, Tool } from './column.ts';

const PYTHON: Record<string, string> = {
  'nb-fe': 'no conditional fixed-effects negative binomial',
  'nb-re': 'no beta random-effects negative binomial',
  'poisson-re': 'no gamma random-effects Poisson',
  frontier: 'no stochastic frontier',
  'poisson-frontier': 'no stochastic frontier for counts',
  'nb-frontier': 'no stochastic frontier for counts',
};

const RANDOM: Record<Tool, string> = {
  r: "R's frontier and sfaR have no stochastic frontier with a random effect of the unit, nor have the other tools' own commands",
  stata:
    "Stata's own commands have no stochastic frontier with a random effect of the unit; sfpanel, model(tre) of Belotti et al. (2013) simulates its likelihood",
  python: 'statsmodels and pyfixest have no stochastic frontier with a random effect of the unit, nor have R and Stata',
};

/** "statsmodels and pyfixest have no …; models.R and models.do estimate it"; undefined where the tool has the model. */
export function lackingReason(tool: Tool, { model, frontier }: ExportColumn): string | undefined {
  if (model === 'frontier' && frontier!.random) return RANDOM[tool];
  const counts = model === 'poisson-frontier' || model === 'nb-frontier';
  if (tool === 'python') {
    const what = PYTHON[model];
    return (
      what &&
      `statsmodels and pyfixest have ${what}${counts ? ', nor have R and Stata' : '; models.R and models.do estimate it'}`
    );
  }
  if (counts) return `${tool === 'r' ? 'R' : 'Stata'} has no stochastic frontier for counts, nor have the other tools`;
  if (tool === 'stata' && model === 'frontier' && frontier!.law === 'exponential' && frontier!.inefficiency !== 'rows')
    return "Stata's xtfrontier has no exponential inefficiency of a unit; models.R estimates it";
  return undefined;
}
