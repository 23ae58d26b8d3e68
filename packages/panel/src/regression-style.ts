/** What the rows, the foot and the notes of a regression table share. */
import { lowered, type Variables, variableLabel } from './labels.ts';
import type { Coefficient, Fit, FitResult } from './types.ts';

/** What stands for a coefficient: itself, exp(b), or an elasticity at the means of the column's sample. */
export type Quantity = 'estimate' | 'irr' | 'elasticity';

/** Rows of the foot, by the keys of a study. */
export const STATISTICS = [
  'effects',
  'se',
  'clusters',
  'factor',
  'rows',
  'groups',
  'loglik',
  'dispersion',
  'r2',
  'aic',
  'bic',
] as const;
export type Statistic = (typeof STATISTICS)[number];

/** A table request with its defaults filled in. */
export interface RegressionTableStyle {
  stars: number[];
  digits: number;
  show: 'se' | 't' | 'p' | 'ci';
  /** Where what is shown stands: under its estimate, or in a column of its own. */
  layout: 'below' | 'beside';
  /** One column each, for every fit. */
  as: Quantity[];
  stats: readonly Statistic[];
  omit: string[];
  /** Terms, or variables with all their levels, that come first. */
  order: string[];
  /** Variables that are logarithms: their coefficients are elasticities already. */
  logs: string[];
  variables: Variables;
  /** Every term but the constant has this lag, so labels leave it out and a note says it. */
  commonLag?: number;
}

/** Whether a term is named, or is a level of a variable that is named ("year" names "year::1975"). */
export const isNamed = (term: string, names: string[]) =>
  names.some((name) => term === name || term.startsWith(`${name}::`));

/** "cluster:firm+year" → "firm and year" by their labels, in lower case. */
export function clusterWords(type: string, variables: Variables): string {
  const dimension = (name: string) => name.split('^').map((part) => lowered(variableLabel(part, variables)));
  const names = type.slice('cluster:'.length).split('+');
  return names.map((name) => dimension(name).join(' × ')).join(' and ');
}

export const isFit = (result: FitResult): result is Fit => !('failed' in result);

/** Whether nb-fe gives this coefficient a value that change within units does not identify. */
export const comparesUnits = (fit: Fit, c: Coefficient) => fit.model === 'nb-fe' && !c.within;
