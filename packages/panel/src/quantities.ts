/** What a table shows of a coefficient: the estimate, the incidence-rate ratio or an elasticity, each with its standard error. */
import { exp } from '@gravpanel/core-wasm';
import { criticalValue, lawOf, twoSided } from './coeftable.ts';
import { productsOf } from './interactions.ts';
import { lagOf } from './labels.ts';
import { modelOf } from './models/index.ts';
import type { Quantity } from './regression-style.ts';
import type { Coefficient, Fit } from './types.ts';

/** A number with the standard error, limits and test that belong to it. */
export type Shown = Pick<Coefficient, 'estimate' | 'se' | 'statistic' | 'p' | 'lower' | 'upper'>;

/** Column heads where a fit has several. */
export const QUANTITY_HEADS: Record<Quantity, string> = { estimate: 'b', irr: 'IRR', elasticity: 'Elasticity' };

/** "l(lrnd, 1)" → "lrnd". */
const variableOf = (term: string) => (lagOf(term) === undefined ? term : term.slice(2, term.lastIndexOf(',')));

const isLog = (term: string, logs: string[]) => /^log\(.+\)$/.test(variableOf(term)) || logs.includes(variableOf(term));

/** Levels of a factor, products and the constant have no elasticity of their own. */
const hasElasticity = (term: string) => term !== '(Intercept)' && !term.includes(':');

function scaled(c: Shown, factor: number): Shown {
  const [a, b] = [c.lower * factor, c.upper * factor];
  return {
    ...c,
    estimate: c.estimate * factor,
    se: c.se * Math.abs(factor),
    lower: Math.min(a, b),
    upper: Math.max(a, b),
  };
}

/** exp(b) with the delta-method standard error exp(b)·se(b) and the limits exp(lower), exp(upper); the test stays that of b = 0. */
export function rateRatio({ estimate, se, statistic, p, lower, upper }: Shown): Shown {
  const ratio = exp(estimate);
  return { estimate: ratio, se: ratio * se, statistic, p, lower: exp(lower), upper: exp(upper) };
}

/** Standard error of a combination of the parameters: √(G′VG). @param gradient p. */
export function deltaSe(fit: Fit, gradient: ArrayLike<number>): number {
  const p = gradient.length;
  let variance = 0;
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) variance += gradient[a] * fit.covariance[a * p + b] * gradient[b];
  return Math.sqrt(variance);
}

/** b of term j plus b·z of its products, with its standard error. @param products their positions, and z. */
export function slopeAt(
  fit: Fit,
  j: number,
  products: { at: number; times: number }[],
): { estimate: number; se: number } {
  const { estimate, se } = fit.coefficients[j];
  if (products.length === 0) return { estimate, se };
  const gradient = new Float64Array(fit.parameterNames.length);
  gradient[j] = 1;
  for (const { at, times } of products) gradient[at] = times;
  const sum = products.reduce((total, { at, times }) => total + fit.coefficients[at].estimate * times, estimate);
  return { estimate: sum, se: deltaSe(fit, gradient) };
}

/** The coefficient as a slope at the means of what its term is multiplied by; itself where it stands in no product. */
function meanSlope(fit: Fit, c: Coefficient): Shown | undefined {
  const j = fit.coefficients.indexOf(c);
  const products = productsOf(
    fit.coefficients.map(({ term }) => term),
    j,
  );
  if (products.length === 0) return c;
  if (!fit.means) return undefined;
  const { estimate, se } = slopeAt(
    fit,
    j,
    products.map(({ at, by }) => ({ at, times: fit.means![by] })),
  );
  const law = lawOf(fit);
  const half = criticalValue(fit.level, law) * se;
  const statistic = estimate / se;
  return { estimate, se, statistic, p: twoSided(statistic, law), lower: estimate - half, upper: estimate + half };
}

/**
 * `irr`: exp(b) with the delta-method standard error exp(b)·se(b) and the limits exp(lower), exp(upper).
 * `elasticity` of the expected count: b for a logarithm, b·x̄ else, x̄ the mean of the column's sample taken as fixed (Cameron and
 * Trivedi 2013, section 3.5), and b + b(a:z)·z̄ in the place of b for a term a of products. The test stays that of b = 0. Undefined where the fit has no such number: least squares, and for
 * elasticities the constant, levels of factors and products.
 */
export function quantityOf(fit: Fit, c: Coefficient, quantity: Quantity, logs: string[]): Shown | undefined {
  if (quantity === 'estimate') return c;
  if (modelOf(fit.model).needs.counts === 'any') return undefined;
  if (quantity === 'irr') return rateRatio(c);
  if (!hasElasticity(c.term)) return undefined;
  const slope = meanSlope(fit, c);
  if (!slope || isLog(c.term, logs)) return slope;
  const mean = fit.means?.[fit.coefficients.indexOf(c)];
  return mean === undefined ? undefined : scaled(slope, mean);
}

/** Sentences of the note. */
export const QUANTITY_NOTES: Record<Quantity, string> = {
  estimate: '',
  irr: 'IRR: exp(b), with delta-method standard errors; stars are those of b.',
  elasticity: 'Elasticity: of the expected count, at the means of the column’s sample; b itself for a logarithm.',
};
