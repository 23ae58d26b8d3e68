/** Fitted values, residuals and predictions. */
import { exp, log } from '@gravpanel/core-wasm';
import { normalUpper } from './distributions.ts';
import { PanelError } from './errors.ts';
import type { Estimation } from './fit.ts';
import type { Design, Fit } from './types.ts';

/** Mean and variance function of each row: E(y) and V, in the units of y and y². */
export interface Moments {
  mean: Float64Array;
  variance: Float64Array;
}

/** An auxiliary of a fit on the scale it is read on; α and δ are 0 at the Poisson boundary. */
export function auxiliary(fit: Fit, name: string): number {
  const found = fit.parameters.find((p) => p.name === name);
  return found ? found.estimate : 0;
}

const notDefined = (message: string, hint: string) => new PanelError({ code: 'fitted/not-defined', message, hint });

/** Unit totals of y and λ in each row. */
function unitTotals({ groupStart, n }: Design, y: Float64Array, lambda: Float64Array) {
  const [totalY, totalL] = [new Float64Array(n), new Float64Array(n)];
  for (let g = 0; g + 1 < groupStart!.length; g++) {
    let [a, b] = [0, 0];
    for (let i = groupStart![g]; i < groupStart![g + 1]; i++) {
      a += y[i];
      b += lambda[i];
    }
    totalY.fill(a, groupStart![g], groupStart![g + 1]);
    totalL.fill(b, groupStart![g], groupStart![g + 1]);
  }
  return { totalY, totalL };
}

/** E(δ) and E(δ²) of δ = (1 − z)/z, z ~ beta(r, s). @throws PanelError fitted/not-defined where E(δ) is infinite. */
export function betaEffect(fit: Fit): { first: number; second: number } {
  const [r, s] = [exp(auxiliary(fit, 'ln_r')), exp(auxiliary(fit, 'ln_s'))];
  if (!(r > 1))
    throw notDefined(
      `nb-re has no finite mean where r ≤ 1 (r = ${r.toPrecision(4)}): its unit effects have none.`,
      'Use nb-fe, poisson-re or nb2 for fitted values.',
    );
  return { first: s / (r - 1), second: r > 2 ? (s * (s + 1)) / ((r - 1) * (r - 2)) : Number.POSITIVE_INFINITY };
}

/** E(e^(−r u)) (r ≥ 0), u half-normal or exponential, with e^(r v) of normal noise. */
function meanOfPower(fit: Fit, r: number): number {
  const [u, v] = [auxiliary(fit, 'sigma_u'), auxiliary(fit, 'sigma_v')];
  const noise = exp((r * r * v * v) / 2);
  if (fit.frontier!.distribution === 'exponential') return noise / (1 + r * u);
  return noise * 2 * exp((r * r * u * u) / 2) * normalUpper(r * u);
}

/** Over the law of u (and v): xβ − E(u) and its variance, or λ E(e⁻ᵘ) and the variance of a mixed count. */
function frontierMoments(fit: Fit, lambda: Float64Array, eta: Float64Array): Moments {
  const { distribution } = fit.frontier!;
  if (fit.model !== 'frontier') {
    const [first, second] = [meanOfPower(fit, 1), meanOfPower(fit, 2)];
    const alpha = auxiliary(fit, 'alpha');
    const mean = lambda.map((m) => m * first);
    return { mean, variance: lambda.map((m) => m * first + m * m * (second * (1 + alpha) - first * first)) };
  }
  if (distribution === 'truncated-normal')
    throw notDefined('A truncated normal frontier has no fitted values here.', 'Use its efficiencies, or half-normal.');
  const [u, v] = [auxiliary(fit, 'sigma_u'), auxiliary(fit, 'sigma_v')];
  const half = distribution === 'half-normal';
  const mean = half ? u * ROOT_2_PI : u;
  const w = auxiliary(fit, 'sigma_w');
  const variance = w * w + v * v + u * u * (half ? 1 - ROOT_2_PI * ROOT_2_PI : 1);
  return { mean: eta.map((value) => value - mean), variance: eta.map(() => variance) };
}

const ROOT_2_PI = Math.sqrt(2 / Math.PI);

/**
 * Mean and variance function of each row.
 * ols, ols-re: η and 1. poisson: λ, λ. nb1: λ, λ(1 + δ). nb2: λ, λ + αλ². poisson-re: λ, λ + αλ² (over the gamma effects).
 * nb-re: λ E(δ), λ(E(δ) + E(δ²)) + λ² Var(δ) (over the beta effects). nb-fe: given the unit's total Y, Yp and
 * Yp(1 − p)(Y + Λ)/(1 + Λ), p = λ/Λ (the Dirichlet–multinomial that its likelihood is).
 * @throws PanelError fitted/not-defined.
 */
export function moments({ fit, design, eta }: Estimation): Moments {
  const { n, y } = design;
  if (fit.model === 'ols' || fit.model === 'ols-re') return { mean: eta, variance: new Float64Array(n).fill(1) };
  const lambda = eta.map(exp);
  switch (fit.model) {
    case 'poisson':
      return { mean: lambda, variance: lambda };
    case 'nb1': {
      const delta = auxiliary(fit, 'delta');
      return { mean: lambda, variance: lambda.map((m) => m * (1 + delta)) };
    }
    case 'nb2': {
      const alpha = auxiliary(fit, 'alpha');
      return { mean: lambda, variance: lambda.map((m) => m + alpha * m * m) };
    }
    case 'poisson-re': {
      const logged = fit.parameters.find((p) => p.name === 'lnalpha');
      const alpha = logged ? exp(logged.estimate) : 0;
      return { mean: lambda, variance: lambda.map((m) => m + alpha * m * m) };
    }
    case 'nb-re': {
      const { first, second } = betaEffect(fit);
      return {
        mean: lambda.map((m) => m * first),
        variance: lambda.map((m) => m * (first + second) + m * m * (second - first * first)),
      };
    }
    case 'frontier':
    case 'poisson-frontier':
    case 'nb-frontier':
      return frontierMoments(fit, lambda, eta);
    case 'nb-fe': {
      const { totalY, totalL } = unitTotals(design, y, lambda);
      const share = (i: number) => lambda[i] / totalL[i];
      return {
        mean: lambda.map((_, i) => totalY[i] * share(i)),
        variance: lambda.map(
          (_, i) => (totalY[i] * share(i) * (1 - share(i)) * (totalY[i] + totalL[i])) / (1 + totalL[i]),
        ),
      };
    }
  }
}

/** Fitted means: see {@link moments}. @throws PanelError fitted/not-defined. */
export const fitted = (estimation: Estimation): Float64Array => moments(estimation).mean;

export type ResidualType = 'response' | 'pearson' | 'deviance';

/** y ln(y/μ), 0 at y = 0. */
const yLogRatio = (y: number, mu: number) => (y === 0 ? 0 : y * log(y / mu));

/** Twice the log-likelihood lost by μ against y, of one row. */
function unitDeviance(y: number, mu: number, alpha: number): number {
  if (alpha === 0) return 2 * (yLogRatio(y, mu) - (y - mu));
  return 2 * (yLogRatio(y, mu) - (y + 1 / alpha) * log((1 + alpha * y) / (1 + alpha * mu)));
}

/**
 * Residuals of each row, as R's residuals(type = …): response y − μ; Pearson (y − μ)√w/√V(μ), V the variance function of
 * {@link moments}; deviance sign(y − μ)√(w d), d the unit deviance of Poisson and NB2 (α held at its estimate), of least
 * squares (y − μ)². nb1 and the models of units have no deviance of rows.
 * @throws PanelError fitted/not-defined, residuals/not-defined.
 */
export function residuals(estimation: Estimation, type: ResidualType): Float64Array {
  const { fit, design } = estimation;
  const { y, weights } = design;
  const { mean, variance } = moments(estimation);
  const root = (i: number) => (weights ? Math.sqrt(weights[i]) : 1);
  if (type === 'response') return y.map((v, i) => v - mean[i]);
  if (type === 'pearson') {
    if (variance.some((v) => !Number.isFinite(v)))
      throw notDefined('nb-re has no finite variance where r ≤ 2.', 'Use response residuals.');
    return y.map((v, i) => (variance[i] > 0 ? ((v - mean[i]) * root(i)) / Math.sqrt(variance[i]) : 0));
  }
  if (fit.model === 'ols' || fit.model === 'ols-re') return y.map((v, i) => (v - mean[i]) * root(i));
  if (fit.model !== 'poisson' && fit.model !== 'nb2')
    throw new PanelError({
      code: 'residuals/not-defined',
      message: `${fit.model} has no deviance residuals: its rows have no saturated likelihood of their own.`,
      hint: 'Use Pearson residuals.',
    });
  const alpha = fit.model === 'nb2' ? auxiliary(fit, 'alpha') : 0;
  return y.map((v, i) => (v < mean[i] ? -1 : 1) * root(i) * Math.sqrt(Math.max(0, unitDeviance(v, mean[i], alpha))));
}

/** Pearson statistic over n − k: 1 where the variance function holds. @throws PanelError fitted/not-defined. */
export function pearsonDispersion(estimation: Estimation): number {
  const square = residuals(estimation, 'pearson').reduce((sum, e) => sum + e * e, 0);
  return square / estimation.fit.dofResidual;
}

/**
 * xβ + offset ('link') or its mean ('response') for the rows of any design with the fit's terms: other periods, other units,
 * a changed column. Random effects stand at their mean.
 * @throws PanelError predict/no-effects for fits with effects after "|" and nb-fe's means; predict/missing-term.
 */
export function predict(fit: Fit, design: Design, type: 'link' | 'response' = 'response'): Float64Array {
  if (fit.fixef.length > 0 || (fit.model === 'nb-fe' && type === 'response'))
    throw new PanelError({
      code: 'predict/no-effects',
      message: `${fit.formula} (${fit.model}) has effects without a value for other rows; a fit without them was expected.`,
      hint: 'Use the fitted values of its own rows, or write the effects as i(…) terms.',
    });
  const at = fit.coefficients.map(({ term }) => {
    const j = design.terms.findIndex(({ name }) => name === term);
    if (j >= 0) return j;
    throw new PanelError({
      code: 'predict/missing-term',
      message: `The rows have no ${term}, a term of ${fit.formula}.`,
      hint: 'Build the design with the formula of the fit.',
    });
  });
  const eta = Float64Array.from({ length: design.n }, (_, i) =>
    fit.coefficients.reduce(
      (sum, { estimate }, c) => sum + estimate * design.x[i * design.k + at[c]],
      design.offset?.[i] ?? 0,
    ),
  );
  return type === 'link' ? eta : moments({ fit, design, eta }).mean;
}
