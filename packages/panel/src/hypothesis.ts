/** Specification tests on fits. */

import type { Kernels } from '@gravpanel/core-wasm';
import { exp } from '@gravpanel/core-wasm';
import { lawOf } from './coeftable.ts';
import { chi2Upper, fUpper, normalUpper } from './distributions.ts';
import { nearestHint, PanelError } from './errors.ts';
import { estimate } from './estimate.ts';
import { boundaryName, models } from './models/index.ts';
import { quadraticForm } from './symmetric.ts';
import type { Design, Fit, Note, TestResult } from './types.ts';

/** Rows and columns `at` of a row-major p × p matrix. */
export function block(matrix: ArrayLike<number>, p: number, at: number[]): Float64Array {
  return Float64Array.from(at.flatMap((i) => at.map((j) => matrix[i * p + j])));
}

export function rankNote(rank: number, k: number): Note[] {
  return rank === k
    ? []
    : [{ code: 'reduced-rank', message: `${k} coefficients are compared in ${rank} independent directions.` }];
}

/** A Wald test with clusters is as good as their number: it cannot have more directions than clusters less one. */
function clusterNotes(fit: Fit, rank: number): Note[] {
  const { clusters } = fit.vcovInfo;
  if (!clusters) return [];
  const g = Math.min(...clusters);
  if (rank >= g)
    return [
      {
        code: 'few-clusters',
        message: `${rank} directions are tested with ${g} clusters, whose covariance has no more than ${g - 1}.`,
      },
    ];
  return fit.notes.filter(({ code }) => code === 'few-clusters');
}

/**
 * Wald test that all `terms` are zero: b'V⁺b, V as shown in the table; χ² for ML, F = b'V⁺b/q for OLS.
 * @throws PanelError test/unknown-term.
 */
export function wald(fit: Fit, terms: string[]): TestResult {
  const at = terms.map((term) => {
    const j = fit.coefficients.findIndex((c) => c.term === term);
    if (j >= 0) return j;
    const known = fit.coefficients.map((c) => c.term);
    throw new PanelError({
      code: 'test/unknown-term',
      message: `"${term}" is not a term of ${fit.formula}.`,
      hint: nearestHint(term, known),
    });
  });
  const b = at.map((j) => fit.coefficients[j].estimate);
  const { value, rank } = quadraticForm(
    b,
    block(fit.covariance, fit.parameterNames.length, at),
    at.map((j) => fit.coefficients[j].se),
  );
  const base = {
    kind: 'wald' as const,
    title: `Wald test, ${terms.join(', ')} = 0`,
    notes: [...rankNote(rank, at.length), ...clusterNotes(fit, rank)],
  };
  const law = lawOf(fit);
  if (rank === 0) return { ...base, distribution: 'chi2', reason: 'No term has a variance above zero.' };
  if (law.distribution === 'z')
    return { ...base, distribution: 'chi2', statistic: value, df: rank, p: chi2Upper(value, rank) };
  return {
    ...base,
    distribution: 'F',
    statistic: value / rank,
    df: rank,
    df2: law.df,
    p: fUpper(value / rank, rank, law.df!),
  };
}

/**
 * Likelihood-ratio test 2(ℓ_full − ℓ_restricted). Poisson within NB1, NB2 or random-effects Poisson puts α = 0 on the boundary: half of χ²(0) and
 * half of χ²(1) (Chernoff 1954; Self, Liang 1987).
 */
export function likelihoodRatio(restricted: Fit, full: Fit): TestResult {
  const dispersion = restricted.model === 'poisson' ? boundaryName(full.model) : undefined;
  const boundary = dispersion !== undefined;
  const base: TestResult = {
    kind: 'lr',
    title: boundary
      ? `Likelihood-ratio test, ${dispersion} = 0`
      : `Likelihood-ratio test, ${restricted.formula} within ${full.formula}`,
    distribution: 'chi2',
    notes: boundary
      ? [
          {
            code: 'chi-bar-squared',
            message: 'The value tested is on the boundary: p is half of the upper tail of χ²(1).',
          },
        ]
      : [],
  };
  if (restricted.nobs !== full.nobs || restricted.depvar !== full.depvar)
    return {
      ...base,
      reason: `The fits use different rows (${restricted.nobs} and ${full.nobs}): their likelihoods do not compare.`,
    };
  if (restricted.model === 'ols-re' || full.model === 'ols-re')
    return { ...base, reason: 'ols-re is not estimated by maximum likelihood: use a Wald test.' };
  if (!boundary && restricted.model !== full.model)
    return { ...base, reason: `${restricted.model} is not a special case of ${full.model}.` };
  const df = full.dof - restricted.dof;
  const names = new Set(full.coefficients.map((c) => c.term));
  const stray = restricted.coefficients.find((c) => !names.has(c.term) && full.fixef.length === 0);
  if (stray || df < 1)
    return {
      ...base,
      reason: `${stray ? `${stray.term} is not in the larger model` : 'The second fit has no more parameters'}.`,
    };
  const statistic = Math.max(0, 2 * (full.loglik - restricted.loglik));
  const steps = [
    { name: 'log-likelihood, restricted', value: restricted.loglik },
    { name: 'log-likelihood, full', value: full.loglik },
    { name: 'parameters, restricted', value: restricted.dof },
    { name: 'parameters, full', value: full.dof },
  ];
  if (boundary && df === 1)
    return { ...base, statistic, df, p: statistic === 0 ? 1 : 0.5 * chi2Upper(statistic, 1), steps };
  return { ...base, statistic, df, p: chi2Upper(statistic, df), steps };
}

const VARIANCES = { nb1: 'μ(1 + α)', nb2: 'μ + αμ²' };

/**
 * Cameron–Trivedi (1990) test of equidispersion against variance μ + αμ² (nb2) or μ(1 + α) (nb1): the t statistic of α in the
 * regression of ((y − μ)² − y)/μ on μ, or on 1, without a constant, μ from the Poisson model of the design; one-sided p.
 */
export function overdispersion(design: Design, kernels: Kernels, form: 'nb1' | 'nb2' = 'nb2'): TestResult {
  const base: TestResult = {
    kind: 'overdispersion',
    form,
    title: `Overdispersion (Cameron–Trivedi), ${VARIANCES[form]}`,
    distribution: 'z',
    notes: [],
  };
  if (design.weights || design.fixef.length > 0)
    return { ...base, reason: 'The test is for a Poisson model without weights and effects after "|".' };
  const { n, k, y, x, offset } = design;
  const { fit } = estimate(models.poisson, { n, k, y, x, ...(offset && { offset }) }, kernels, { single: true });
  if (fit.status !== 0) return { ...base, reason: 'The Poisson model behind the test has no estimate.' };
  const mu = fit.eta.map(exp);
  const z = mu.map((m, i) => ((y[i] - m) ** 2 - y[i]) / m);
  const by = form === 'nb2' ? mu : new Float64Array(n).fill(1);
  const square = by.reduce((sum, m) => sum + m * m, 0);
  const alpha = by.reduce((sum, m, i) => sum + m * z[i], 0) / square;
  const rss = by.reduce((sum, m, i) => sum + (z[i] - alpha * m) ** 2, 0);
  const se = Math.sqrt(rss / (n - 1) / square);
  const statistic = alpha / se;
  if (!Number.isFinite(statistic)) return { ...base, reason: 'The auxiliary regression has no variation.' };
  const steps = [
    { name: 'α', value: alpha },
    { name: 'standard error', value: se },
  ];
  return { ...base, statistic, p: normalUpper(statistic), steps };
}
