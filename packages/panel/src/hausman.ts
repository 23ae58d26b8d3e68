/** The Hausman test in four forms: classic, on one scale, with a resampled covariance, and Mundlak's. */
import type { Kernels } from '@gravpanel/core-wasm';
import { listed, withUnitMeans } from './augment.ts';
import { chi2Upper } from './distributions.ts';
import { type Estimation, fitDesign } from './fit.ts';
import { count, display, scientific } from './format.ts';
import { block, rankNote, wald } from './hypothesis.ts';
import { modelOf } from './models/index.ts';
import { auxiliary, moments, pearsonDispersion } from './predict.ts';
import type { DifferenceDraws } from './resample-joint.ts';
import { quadraticForm, symmetricEigen } from './symmetric.ts';
import type { Design, Fit, Note, TestResult } from './types.ts';

const INTERCEPT = '(Intercept)';

const rowsNote = (a: Fit, b: Fit): Note[] =>
  a.nobs === b.nobs
    ? []
    : [
        {
          code: 'different-rows',
          message: `${a.model} uses ${a.nobs} rows and ${b.model} ${b.nobs}: each model's own sample is compared.`,
        },
      ];

const COMPARISONS: Record<string, string> = {
  'nb-fe/nb-re': 'conditional fixed against random effects',
  'poisson/poisson-re': 'fixed against random effects',
  'ols/ols-re': 'fixed against random effects',
};

const titleOf = (a: Fit, b: Fit) =>
  `Hausman test, ${COMPARISONS[`${a.model}/${b.model}`] ?? `${a.model} against ${b.model}`}`;

/** Slopes that both fits have, their estimates and their covariances from the observed information. */
interface Contrast {
  terms: string[];
  a: number[];
  b: number[];
  va: Float64Array;
  vb: Float64Array;
}

function contrastOf(a: Fit, b: Fit): Contrast {
  const terms = a.coefficients.map((c) => c.term).filter((t) => t !== INTERCEPT && b.parameterNames.includes(t));
  const at = (fit: Fit) => terms.map((term) => fit.parameterNames.indexOf(term));
  const estimates = (fit: Fit) => at(fit).map((j) => fit.coefficients[j].estimate);
  const covariance = (fit: Fit) => block(fit.covarianceIid, fit.parameterNames.length, at(fit));
  return { terms, a: estimates(a), b: estimates(b), va: covariance(a), vb: covariance(b) };
}

/** d'V⁺d for the covariance V of the difference; rank and signs are judged on the scale of the first fit's errors. */
function quadratic(base: TestResult, { terms, a, b, va }: Contrast, v: Float64Array, what: string): TestResult {
  const k = terms.length;
  const d = a.map((x, j) => x - b[j]);
  const smallestEigenvalue = symmetricEigen(k, v).values[0];
  const compared = terms.map((term, j) => {
    const variance = v[j * k + j];
    return { term, a: a[j], b: b[j], difference: d[j], ...(variance > 0 && { se: Math.sqrt(variance) }) };
  });
  const scale = terms.map((_, j) => Math.sqrt(va[j * k + j]));
  const { value, rank, indefinite } = quadraticForm(d, v, scale);
  const rest = { ...base, smallestEigenvalue, compared, notes: [...base.notes, ...rankNote(rank, k)] };
  if (indefinite)
    return {
      ...rest,
      reason: `${what} is not positive definite (smallest eigenvalue ${display(scientific(smallestEigenvalue, 2))}): the statistic is not defined.`,
    };
  if (rank === 0) return { ...rest, reason: `${what} is zero: the two fits are the same.` };
  return { ...rest, statistic: value, df: rank, p: chi2Upper(value, rank) };
}

const NO_SLOPE = 'The two fits have no slope in common.';

/**
 * Hausman (1978) test: (b_a − b_b)'(V_a − V_b)⁺(b_a − b_b) over the slopes that both fits have (constant and auxiliaries
 * excluded), V from the observed information, df = rank of V_a − V_b.
 * @param a consistent under both hypotheses (nb-fe, poisson | unit, ols | unit). @param b efficient under H0 (its random-effects twin).
 * @returns no statistic, but the reason, where V_a − V_b has a negative eigenvalue.
 */
export function hausman(a: Fit, b: Fit): TestResult {
  const base: TestResult = {
    kind: 'hausman',
    form: 'classic',
    title: titleOf(a, b),
    distribution: 'chi2',
    notes: rowsNote(a, b),
  };
  const contrast = contrastOf(a, b);
  if (contrast.terms.length === 0) return { ...base, reason: NO_SLOPE };
  return quadratic(
    base,
    contrast,
    contrast.va.map((v, j) => v - contrast.vb[j]),
    'V_FE − V_RE',
  );
}

/** Residual variance of a linear fit: RSS/(n − k); with random effects that of the quasi-demeaned regression. */
function residualVariance({ fit, design, eta }: Estimation): number {
  const { y, weights, groupStart } = design;
  const e = y.map((v, i) => v - eta[i]);
  if (fit.model === 'ols') return e.reduce((sum, v, i) => sum + (weights?.[i] ?? 1) * v * v, 0) / fit.dofResidual;
  const [u2, e2] = ['sigma_u', 'sigma_e'].map((name) => auxiliary(fit, name) ** 2);
  let rss = 0;
  for (let g = 0; g + 1 < groupStart!.length; g++) {
    const own = e.subarray(groupStart![g], groupStart![g + 1]);
    const theta = 1 - Math.sqrt(e2 / (own.length * u2 + e2));
    const mean = own.reduce((sum, v) => sum + v, 0) / own.length;
    for (const v of own) rss += (v - theta * mean) ** 2;
  }
  return rss / fit.dofResidual;
}

/** Pearson's statistic over its degrees of freedom: over the effects of poisson-re, given the totals of units for nb-re. */
function dispersionOf(b: Estimation): { phi: number; what: string } {
  if (b.fit.model !== 'nb-re') return { phi: pearsonDispersion(b), what: b.fit.model };
  const { y, groupStart } = b.design;
  const { mean, variance } = moments({ ...b, fit: { ...b.fit, model: 'nb-fe' } });
  let square = 0;
  let df = -b.fit.coefficients.length;
  for (let g = 0; g + 1 < groupStart!.length; g++) {
    const [from, to] = [groupStart![g], groupStart![g + 1]];
    if (!(mean[from] > 0)) continue;
    df += to - from - 1;
    for (let i = from; i < to; i++) if (variance[i] > 0) square += (y[i] - mean[i]) ** 2 / variance[i];
  }
  return { phi: square / df, what: 'nb-re given the totals of units (its mean over the effects need not exist)' };
}

/**
 * The classic test with both covariances on one scale, that of the efficient fit b (Stata's sigmamore). Linear models: V_FE
 * times s_b²/s_a², s² the residual variances, so that V_FE − V_RE cannot be indefinite. Count models: both covariances times
 * b's Pearson statistic over its degrees of freedom (for nb-re that given the totals of units), so the statistic is the classic
 * one over that number, and as (un)defined.
 */
export function hausmanCommonScale(a: Estimation, b: Estimation): TestResult {
  const base: TestResult = {
    kind: 'hausman',
    form: 'common-scale',
    title: 'Hausman test, one scale',
    distribution: 'chi2',
    notes: [],
  };
  const contrast = contrastOf(a.fit, b.fit);
  if (contrast.terms.length === 0) return { ...base, reason: NO_SLOPE };
  if (modelOf(b.fit.model).needs.counts === 'any') {
    const [sa, sb] = [residualVariance(a), residualVariance(b)];
    const test = quadratic(
      base,
      contrast,
      contrast.va.map((v, j) => (v * sb) / sa - contrast.vb[j]),
      'V_FE − V_RE',
    );
    const steps = [
      { name: `residual variance, ${a.fit.model}`, value: sa },
      { name: `residual variance, ${b.fit.model}`, value: sb },
    ];
    const message = `Both covariances use the residual variance of ${b.fit.model}.`;
    return { ...test, steps, notes: [...test.notes, { code: 'common-scale', message }] };
  }
  const { phi, what } = dispersionOf(b);
  const difference = contrast.va.map((v, j) => phi * (v - contrast.vb[j]));
  const message = `Both covariances are multiplied by the Pearson dispersion of ${what}.`;
  const test = quadratic(base, contrast, difference, 'V_FE − V_RE');
  const notes = [...test.notes, { code: 'common-scale', message }];
  return { ...test, steps: [{ name: `Pearson dispersion, ${b.fit.model}`, value: phi }], notes };
}

/** The note under the test: what was drawn, and what is left out. */
function drawnNote({ reps, failed, seed, by, clusters }: DifferenceDraws): Note {
  const lost = failed > 0 ? ` ${count(failed)} of them lack an estimate of one model and are left out.` : '';
  const message = `Covariance of the difference over ${count(reps)} draws of ${count(clusters)} clusters (${by}), seed ${seed}, both models refitted in each.${lost}`;
  return { code: 'resampled-covariance', message };
}

/**
 * The Hausman test with the covariance of the difference from refitting both models under the same draws of clusters: it holds
 * under clustering, needs no efficient model, and never is indefinite (Cameron, Miller 2015, section VI.B).
 * @param drawn {@link DifferenceDraws}, or why there are none.
 */
export function hausmanResampled(a: Fit, b: Fit, drawn: DifferenceDraws | string): TestResult {
  const base: TestResult = {
    kind: 'hausman',
    form: 'bootstrap',
    title: 'Hausman test, resampled covariance',
    distribution: 'chi2',
    notes: [],
  };
  const contrast = contrastOf(a, b);
  if (contrast.terms.length === 0) return { ...base, reason: NO_SLOPE };
  if (typeof drawn === 'string') return { ...base, reason: drawn };
  const at = contrast.terms.map((term) => drawn.terms.indexOf(term));
  const lost = contrast.terms.find((_, j) => at[j] < 0);
  if (lost !== undefined) return { ...base, reason: `The resampled models do not have ${lost}.` };
  const v = block(drawn.covariance, drawn.terms.length, at);
  const test = quadratic(base, contrast, v, 'The resampled covariance');
  return { ...test, notes: [...test.notes, drawnNote(drawn)] };
}

/**
 * Mundlak's (1978) form: unit means of the regressors that change within units join the random-effects model, and a Wald test
 * asks whether they matter, with the standard errors of the study where that model has them. It holds under clustering.
 * @param design of the random-effects model.
 */
export function hausmanMundlak(design: Design, kernels: Kernels): TestResult {
  const base: TestResult = {
    kind: 'hausman',
    form: 'mundlak',
    title: 'Hausman test, unit means (Mundlak)',
    distribution: 'chi2',
    notes: [],
  };
  const { design: wide, added, spanned } = withUnitMeans(design, kernels);
  if (added.length === 0)
    return { ...base, reason: 'No regressor changes within units, so there are no means to add.' };
  const fit = fitDesign(wide, kernels);
  if ('failed' in fit) return { ...base, reason: `${design.spec.model} with unit means failed: ${fit.error.message}` };
  const { kind: _, title: __, ...test } = wald(fit, added);
  const left =
    spanned.length === 0
      ? []
      : [{ code: 'spanned-means', message: `Other terms span ${listed(spanned)}, which are left out.` }];
  return {
    ...base,
    ...test,
    steps: added.map((term) => ({ name: term, value: fit.coefficients.find((c) => c.term === term)!.estimate })),
    notes: [{ code: 'standard-errors', message: `Standard errors: ${fit.vcov}.` }, ...left, ...test.notes],
  };
}

/** All four, in the order classic, common scale, resampled, Mundlak. */
export function hausmanForms(
  a: Estimation,
  b: Estimation,
  kernels: Kernels,
  o: { drawn?: DifferenceDraws | string; mundlak?: Design } = {},
): TestResult[] {
  return [
    hausman(a.fit, b.fit),
    hausmanCommonScale(a, b),
    hausmanResampled(a.fit, b.fit, o.drawn ?? 'No draws of both models were given.'),
    hausmanMundlak(o.mundlak ?? b.design, kernels),
  ];
}
