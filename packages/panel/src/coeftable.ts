/** Estimates with standard errors, tests and confidence limits. */

import { exp, LN_BOUNDARY } from '@gravpanel/core-wasm';
import { normalCritical, normalUpper, tCritical, tUpper } from './distributions.ts';
import { PanelError } from './errors.ts';
import type { Auxiliary } from './models/model.ts';
import type { Coefficient, Fit, Parameter, TermInfo } from './types.ts';

/** The law of a fit's test statistics; df is undefined for the normal law. */
export interface Law {
  distribution: 'z' | 't';
  df?: number;
}

/** z for ML; t with dofResidual, or with (fewest clusters − 1) where the covariance is clustered. */
export function lawOf(fit: Pick<Fit, 'distribution' | 'dofResidual' | 'vcovInfo'>): Law {
  if (fit.distribution === 'z') return { distribution: 'z' };
  const { clusters } = fit.vcovInfo;
  return { distribution: 't', df: clusters ? Math.min(...clusters) - 1 : fit.dofResidual };
}

/** Two-sided p of a statistic. */
export function twoSided(statistic: number, { distribution, df }: Law): number {
  const size = Math.abs(statistic);
  return Math.min(1, 2 * (distribution === 'z' ? normalUpper(size) : tUpper(size, df!)));
}

/** Critical values found so far: a table asks for the same few in every row. */
const found = new Map<string, number>();

/** Half-width of a two-sided interval in standard errors. */
export function criticalValue(level: number, { distribution, df }: Law): number {
  const key = distribution === 'z' ? `${level}` : `${level} ${df}`;
  let value = found.get(key);
  if (value === undefined) {
    value = distribution === 'z' ? normalCritical(level) : tCritical(level, df!);
    found.set(key, value);
  }
  return value;
}

/** [lower, upper] of every coefficient at a level, e.g. the 90% intervals of a plot. */
export function confint(fit: Fit, level: number): [number, number][] {
  const half = criticalValue(level, lawOf(fit));
  return fit.coefficients.map(({ estimate, se }) => [estimate - half * se, estimate + half * se]);
}

function standardError(variance: number, name: string): number {
  const se = Math.sqrt(variance);
  if (se > 0 && Number.isFinite(se)) return se;
  throw new PanelError({
    code: 'vcov/no-standard-error',
    message: `${name} has a variance of ${variance}; a positive number was expected.`,
    hint: 'The model fits exactly, or there are too few clusters for so many coefficients: use fewer terms or --vcov iid.',
  });
}

/**
 * One row per term: estimate, SE, statistic, two-sided p, limits at `level`.
 * @throws PanelError vcov/no-standard-error.
 */
export function coeftable(
  terms: TermInfo[],
  estimates: Float64Array,
  covariance: Float64Array,
  law: Law,
  level: number,
): Coefficient[] {
  const r = estimates.length;
  const half = criticalValue(level, law);
  return terms.map(({ name, within }, j) => {
    const estimate = estimates[j];
    const se = standardError(covariance[j * r + j], name);
    const statistic = estimate / se;
    return {
      term: name,
      estimate,
      se,
      statistic,
      p: twoSided(statistic, law),
      lower: estimate - half * se,
      upper: estimate + half * se,
      within: within ?? true,
    };
  });
}

/** Auxiliary parameters on the scale people read, SEs by the delta method: se(exp θ) = exp(θ) se(θ). At their boundary both are 0. */
export function auxiliaryTable(
  auxiliaries: readonly Auxiliary[],
  estimates: Float64Array,
  covariance: Float64Array,
): Parameter[] {
  const r = estimates.length;
  return auxiliaries.map(({ shown, scale }, a) => {
    const j = r - auxiliaries.length + a;
    if (scale === 'exp' && estimates[j] === LN_BOUNDARY) return { name: shown, estimate: 0, se: 0 };
    const se = standardError(covariance[j * r + j], shown);
    const factor = scale === 'exp' ? exp(estimates[j]) : 1;
    return { name: shown, estimate: scale === 'exp' ? factor : estimates[j], se: factor * se };
  });
}
