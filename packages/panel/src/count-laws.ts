/** The distribution that a fitted count model gives each row: its mean, its variance and the probability of every count. */
import { exp, log, log1p } from '@gravpanel/core-wasm';
import type { Design, Fit } from './types.ts';

/** P(0) = exp(logZero), P(k + 1) = P(k)·step(k). */
export interface CountLaw {
  mean: number;
  variance: number;
  logZero: number;
  step(k: number): number;
}

/** Σ over rows of their unit's total beyond which the conditional law would take too long. */
const MOST_WORK = 5e7;

/** lnΓ(x), x > 0: Stirling's series after shifting x above 12 (Abramowitz and Stegun 6.1.41), to about 1e-13. */
function lnGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 12; z++) shift += log(z);
  const i = 1 / (z * z);
  const series = (1 / 12 - i * (1 / 360 - i * (1 / 1260 - i / 1680))) / z;
  return (z - 0.5) * log(z) - z + 0.9189385332046727 + series - shift;
}

const poissonLaw = (mu: number): CountLaw => ({
  mean: mu,
  variance: mu,
  logZero: -mu,
  step: (k) => mu / (k + 1),
});

/** Negative binomial of mean μ and variance μ + αμ². */
function nbLaw(mu: number, alpha: number): CountLaw {
  if (!(alpha > 0)) return poissonLaw(mu);
  const share = (alpha * mu) / (1 + alpha * mu);
  return {
    mean: mu,
    variance: mu + alpha * mu * mu,
    logZero: -log1p(alpha * mu) / alpha,
    step: (k) => ((k + 1 / alpha) / (k + 1)) * share,
  };
}

/** Given its unit's total n: beta-binomial, P(k) ∝ C(λ + k − 1, k) C(Λ − λ + n − k − 1, n − k) (Hausman, Hall, Griliches 1984). */
function conditionalLaw(lambda: number, others: number, n: number): CountLaw {
  const all = lambda + others;
  const p = lambda / all;
  let logZero = 0;
  let product = 1;
  for (let j = 0; j < n; j++) {
    product *= (others + j) / (all + j);
    if (product < 1e-250) {
      logZero += log(product);
      product = 1;
    }
  }
  return {
    mean: n * p,
    variance: (n * p * (1 - p) * (all + n)) / (all + 1),
    logZero: logZero + log(product),
    step: (k) => (k >= n ? 0 : ((n - k) * (lambda + k)) / ((k + 1) * (others + n - k - 1))),
  };
}

/** Over the beta-distributed effects of nb-re: beta negative binomial, P(k) = Γ(λ + k)/(Γ(λ)k!) B(r + λ, s + k)/B(r, s). */
function betaLaw(lambda: number, r: number, s: number): CountLaw {
  const first = s / (r - 1);
  const second = (s * (s + 1)) / ((r - 1) * (r - 2));
  return {
    mean: r > 1 ? lambda * first : Number.POSITIVE_INFINITY,
    variance: r > 2 ? lambda * (first + second) + lambda * lambda * (second - first * first) : Number.POSITIVE_INFINITY,
    logZero: lnGamma(r + lambda) + lnGamma(r + s) - lnGamma(r) - lnGamma(r + lambda + s),
    step: (k) => ((lambda + k) * (s + k)) / ((k + 1) * (r + lambda + s + k)),
  };
}

function conditionalLaws({ groupStart, y }: Design, lambda: Float64Array): CountLaw[] | undefined {
  const start = groupStart!;
  const sums = (of: Float64Array, g: number) => of.subarray(start[g], start[g + 1]).reduce((a, b) => a + b, 0);
  const laws: CountLaw[] = [];
  let work = 0;
  for (let g = 0; g + 1 < start.length; g++) {
    const [total, all] = [sums(y, g), sums(lambda, g)];
    work += total * (start[g + 1] - start[g]);
    if (work > MOST_WORK) return undefined;
    for (let i = start[g]; i < start[g + 1]; i++) laws.push(conditionalLaw(lambda[i], all - lambda[i], total));
  }
  return laws;
}

/**
 * The law of each row, eta being its linear predictor (offset and effects included): poisson; nb1 with variance μ(1 + δ); nb2 and
 * poisson-re with μ + αμ²; nb-fe given the total of its unit; nb-re over its effects. Undefined for other models, with weights, and
 * where the units' totals are too large.
 */
export function countLaws(design: Design, fit: Fit, eta: Float64Array): CountLaw[] | undefined {
  if (design.weights) return undefined;
  const parameter = (name: string) => fit.parameters.find((p) => p.name === name)?.estimate ?? 0;
  const lambda = eta.map(exp);
  const each = (law: (mu: number) => CountLaw) => Array.from(lambda, law);
  switch (fit.model) {
    case 'poisson':
      return each(poissonLaw);
    case 'nb1':
      return each((mu) => nbLaw(mu, parameter('delta') / mu));
    case 'nb2':
      return each((mu) => nbLaw(mu, parameter('alpha')));
    case 'poisson-re':
      return each((mu) => nbLaw(mu, exp(parameter('lnalpha'))));
    case 'nb-fe':
      return conditionalLaws(design, lambda);
    case 'nb-re':
      return each((mu) => betaLaw(mu, exp(parameter('ln_r')), exp(parameter('ln_s'))));
    default:
      return undefined;
  }
}

/** Probabilities of 0 … most, and of more. */
export function probabilities({ logZero, step }: CountLaw, most: number): { upTo: Float64Array; more: number } {
  const upTo = new Float64Array(most + 1);
  let scale = logZero;
  let p = 1;
  let factor = exp(scale);
  let sum = 0;
  for (let k = 0; k <= most; k++) {
    upTo[k] = p * factor;
    sum += upTo[k];
    p *= step(k);
    if (p > 1e150 || (p < 1e-150 && p > 0)) {
      scale += log(p);
      p = 1;
      factor = exp(scale);
    }
  }
  return { upTo, more: Math.max(0, 1 - sum) };
}
