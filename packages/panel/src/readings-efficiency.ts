/** What regressors of inefficiency do to it: average marginal effects on E(u) and on E(e⁻ᵘ), by the delta method. */
import { exp, type Kernels } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import type { Design, Fit } from './types.ts';

export interface EfficiencyEffect {
  term: string;
  estimate: number;
  se: number;
  rule: string;
}

const notDefined = (message: string, hint: string) => new PanelError({ code: 'readings/not-defined', message, hint });

/** g and its derivatives in μ and ln σ_u. */
type Slope = [value: number, onMu: number, onLogSigma: number];

/**
 * ∂E(u)/∂μ and ∂E(e⁻ᵘ)/∂μ of u ~ N⁺(μ, σ²), with Λ = μ/σ, a = Λ − σ, and W = ln Φ(z) + z²/2, κ = W′, C = W″:
 * E(u) = σ κ(Λ), so C(Λ) (Wang 2002, eq. 7 at a constant σ); E(e⁻ᵘ) = exp(W(a) − W(Λ)), so E(e⁻ᵘ)(κ(a) − κ(Λ))/σ.
 */
function slopes(mu: Float64Array, sigma: number, kernels: Kernels): { onU: Slope[]; onEfficiency: Slope[] } {
  const ratios = mu.map((m) => m / sigma);
  const moved = ratios.map((z) => z - sigma);
  const of = (z: Float64Array) => (['normalW', 'normalK', 'normalC'] as const).map((f) => kernels.special(f, z));
  const [[w0, k0, c0], [w1, k1, c1]] = [of(ratios), of(moved)];
  const onU = Array.from(ratios, (z, i): Slope => {
    // W‴ = λ(κ² − C), λ = κ − z.
    const third = (k0[i] - z) * (k0[i] * k0[i] - c0[i]);
    return [c0[i], third / sigma, -third * z];
  });
  const onEfficiency = Array.from(ratios, (z, i): Slope => {
    const mean = exp(w1[i] - w0[i]);
    const d = (k1[i] - k0[i]) / sigma;
    const growth = -k1[i] * (z + sigma) + k0[i] * z;
    const bend = (-c1[i] * (z + sigma) + c0[i] * z) / sigma - d;
    return [mean * d, mean * (d * d + (c1[i] - c0[i]) / (sigma * sigma)), mean * (growth * d + bend)];
  });
  return { onU, onEfficiency };
}

/**
 * For each regressor of the location of u, δ times the mean over the rows of ∂E(u)/∂μ, then of ∂E(e⁻ᵘ)/∂μ; standard errors by the delta method
 * with the fit's covariance of (δ, ln σ_u), regressors as given.
 * @throws PanelError readings/not-defined without regressors of inefficiency, or at σ_u = 0.
 */
export function efficiencyEffects(fit: Fit, design: Design, kernels: Kernels): EfficiencyEffect[] {
  if (fit.frontier?.effects === undefined)
    throw notDefined(
      `${fit.model} has no regressors of inefficiency here, so no term of it moves efficiency: it is the same at every x.`,
      'Give --inefficiency-effects (frontier), or read ame: E(exp(−u)) times the effect on the frontier is the effect on y.',
    );
  const { z, zTerms } = design.frontier ?? {};
  const sigma = fit.parameters.find(({ name }) => name === 'sigma_u')?.estimate ?? 0;
  const first = fit.parameterNames.findIndex((name) => name.startsWith('mu:'));
  if (!z || !zTerms || !(sigma > 0) || first < 0)
    throw notDefined('sigma_u = 0: there is no inefficiency for a term to move.', 'Read the coefficients instead.');
  const [n, m, p] = [design.n, zTerms.length, fit.parameterNames.length];
  const delta = zTerms.map((name) => fit.parameters.find((one) => one.name === `mu:${name}`)!.estimate);
  const mu = Float64Array.from({ length: n }, (_, i) => delta.reduce((sum, d, j) => sum + d * z[i * m + j], 0));
  const { onU, onEfficiency } = slopes(mu, sigma, kernels);
  const logSigma = fit.parameterNames.indexOf('ln_sigma_u');
  const effect = (j: number, of: Slope[], what: string): EfficiencyEffect => {
    const gradient = new Float64Array(p);
    let level = 0;
    of.forEach(([value, onMu, onLog], i) => {
      level += value / n;
      gradient[logSigma] += (delta[j] * onLog) / n;
      for (let l = 0; l < m; l++) gradient[first + l] += (delta[j] * onMu * z[i * m + l]) / n;
    });
    gradient[first + j] += level;
    let variance = 0;
    for (let a = 0; a < p; a++)
      for (let b = 0; b < p; b++) variance += gradient[a] * fit.covariance[a * p + b] * gradient[b];
    return {
      term: `${zTerms[j]} on ${what}`,
      estimate: delta[j] * level,
      se: Math.sqrt(variance),
      rule: `mean of δ·∂${what}/∂μ`,
    };
  };
  return zTerms.flatMap((name, j) =>
    name === '(Intercept)' ? [] : [effect(j, onU, 'E(u)'), effect(j, onEfficiency, 'E(exp(−u))')],
  );
}
