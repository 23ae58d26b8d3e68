/** Specification tests on fits. */

import type { Kernels } from '@gravpanel/core-wasm';
import { exp } from '@gravpanel/core-wasm';
import { lawOf } from './coeftable.ts';
import { chi2Upper, fUpper, normalUpper } from './distributions.ts';
import { nearestHint, PanelError } from './errors.ts';
import { estimate } from './estimate.ts';
import { display, scientific } from './format.ts';
import { boundaryName, models } from './models/index.ts';
import { quadraticForm, symmetricEigen } from './symmetric.ts';
import type { Design, Fit, Note, TestResult } from './types.ts';

const INTERCEPT = '(Intercept)';

/** Rows and columns `at` of a row-major p × p matrix. */
function block(matrix: number[], p: number, at: number[]): Float64Array {
  return Float64Array.from(at.flatMap((i) => at.map((j) => matrix[i * p + j])));
}

const rowsNote = (a: Fit, b: Fit): Note[] =>
  a.nobs === b.nobs
    ? []
    : [
        {
          code: 'different-rows',
          message: `${a.model} uses ${a.nobs} rows and ${b.model} ${b.nobs}: each model's own sample is compared.`,
        },
      ];

function rankNote(rank: number, k: number): Note[] {
  return rank === k
    ? []
    : [{ code: 'reduced-rank', message: `${k} coefficients are compared in ${rank} independent directions.` }];
}

const COMPARISONS: Record<string, string> = { 'nb-fe/nb-re': 'conditional fixed against random effects' };

/**
 * Hausman (1978) test: (b_a − b_b)'(V_a − V_b)⁺(b_a − b_b) over the slopes that both fits have (constant and auxiliaries
 * excluded), V from the observed information, df = rank of V_a − V_b.
 * @param a consistent under both hypotheses (nb-fe). @param b efficient under H0 (nb-re).
 * @returns no statistic, but the reason, where V_a − V_b has a negative eigenvalue.
 */
export function hausman(a: Fit, b: Fit): TestResult {
  const terms = a.coefficients.map((c) => c.term).filter((t) => t !== INTERCEPT && b.parameterNames.includes(t));
  const what = COMPARISONS[`${a.model}/${b.model}`];
  const base: TestResult = {
    kind: 'hausman',
    title: `Hausman test, ${what ?? `${a.model} against ${b.model}`}`,
    distribution: 'chi2',
    notes: rowsNote(a, b),
  };
  if (terms.length === 0) return { ...base, reason: 'The two fits have no slope in common.' };
  const of = (fit: Fit) => terms.map((term) => fit.parameterNames.indexOf(term));
  const estimates = (fit: Fit) => of(fit).map((j) => fit.coefficients[j].estimate);
  const [ba, bb] = [estimates(a), estimates(b)];
  const va = block(a.covarianceIid, a.parameterNames.length, of(a));
  const vb = block(b.covarianceIid, b.parameterNames.length, of(b));
  const k = terms.length;
  const difference = va.map((v, j) => v - vb[j]);
  const d = ba.map((v, j) => v - bb[j]);
  const smallestEigenvalue = symmetricEigen(k, difference).values[0];
  const compared = terms.map((term, j) => {
    const variance = difference[j * k + j];
    return { term, a: ba[j], b: bb[j], difference: d[j], ...(variance > 0 && { se: Math.sqrt(variance) }) };
  });
  const { value, rank, indefinite } = quadraticForm(
    d,
    difference,
    terms.map((_, j) => Math.sqrt(va[j * k + j])),
  );
  const rest = { ...base, smallestEigenvalue, compared, notes: [...base.notes, ...rankNote(rank, k)] };
  if (indefinite)
    return {
      ...rest,
      reason: `V_FE − V_RE is not positive definite (smallest eigenvalue ${display(scientific(smallestEigenvalue, 2))}): the statistic is not defined.`,
    };
  if (rank === 0) return { ...rest, reason: 'V_FE − V_RE is zero: the two fits are the same.' };
  return { ...rest, statistic: value, df: rank, p: chi2Upper(value, rank) };
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
  const base = { kind: 'wald' as const, title: `Wald test, ${terms.join(', ')} = 0`, notes: rankNote(rank, at.length) };
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
  if (boundary && df === 1) return { ...base, statistic, df, p: statistic === 0 ? 1 : 0.5 * chi2Upper(statistic, 1) };
  return { ...base, statistic, df, p: chi2Upper(statistic, df) };
}

/**
 * Cameron–Trivedi (1990) test of equidispersion against variance μ + αμ²: the t statistic of α in the regression of
 * ((y − μ)² − y)/μ on μ without a constant, μ from the Poisson model of the design; one-sided p.
 */
export function overdispersion(design: Design, kernels: Kernels): TestResult {
  const base: TestResult = {
    kind: 'overdispersion',
    title: 'Overdispersion test (Cameron–Trivedi), variance μ + αμ²',
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
  const mm = mu.reduce((sum, m) => sum + m * m, 0);
  const alpha = mu.reduce((sum, m, i) => sum + m * z[i], 0) / mm;
  const rss = mu.reduce((sum, m, i) => sum + (z[i] - alpha * m) ** 2, 0);
  const statistic = alpha / Math.sqrt(rss / (n - 1) / mm);
  if (!Number.isFinite(statistic)) return { ...base, reason: 'The auxiliary regression has no variation.' };
  return { ...base, statistic, p: normalUpper(statistic) };
}
