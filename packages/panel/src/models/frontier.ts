import { type Kernels, log, type Problem } from '@gravpanel/core-wasm';
import type { FrontierSpec } from '../types.ts';
import { type Auxiliary, constantColumn, type Model } from './model.ts';

const SIGMA_V: Auxiliary = { estimated: 'ln_sigma_v', shown: 'sigma_v', scale: 'exp' };
export const SIGMA_U: Auxiliary = { estimated: 'ln_sigma_u', shown: 'sigma_u', scale: 'exp' };
const SIGMA_W: Auxiliary = { estimated: 'ln_sigma_w', shown: 'sigma_w', scale: 'exp' };
const same = (name: string): Auxiliary => ({ estimated: name, shown: name, scale: 'identity' });

/** Whether rows of a unit are one observation of the likelihood: they share one u, or a random effect. */
export const isOfUnits = ({ inefficiency = 'rows', random = false }: FrontierSpec) => inefficiency !== 'rows' || random;

/** What a frontier's options change in its entry; zTerms: names of the regressors of μ. */
export function frontierVariant(spec: FrontierSpec, zTerms: readonly string[] = []): Partial<Model> {
  const location = spec.effects !== undefined ? zTerms.map((name) => same(`mu:${name}`)) : [same('mu')];
  return {
    auxiliaries: [
      SIGMA_V,
      ...(spec.random ? [SIGMA_W] : []),
      SIGMA_U,
      ...(spec.distribution === 'truncated-normal' || spec.effects !== undefined ? location : []),
      ...(spec.inefficiency === 'decay' ? [same('eta')] : []),
    ],
    ...(spec.random && { base: 2, furtherStarts: randomStarts }),
    ...unitVariant(spec),
  };
}

/**
 * Starts of a frontier with random effects: the frontier of rows with the effect that its residuals say (large: most of the noise; small);
 * and the model without inefficiency with some.
 */
function randomStarts(problem: Problem, kernels: Kernels): Float64Array[] {
  const { k, frontier: shape } = problem;
  const { random: _random, ...rows } = shape!;
  const pooled = kernels.fit('frontier', { ...problem, frontier: rows }, { scores: false }).coef;
  const base = kernels.fit('frontier', { ...problem, frontier: { ...shape!, baseOnly: true } }, { scores: false }).coef;
  const from = (coef: Float64Array, w: number, u: number) =>
    Float64Array.from([...coef.subarray(0, k + 1), coef[k] + w, coef[k] + u]);
  const u = Math.max(pooled[k + 1] - pooled[k], -1);
  return [from(pooled, 1, u), from(pooled, -2, u), from(base, Math.max(base[k + 1] - base[k], -2), 0)];
}

/** One u, or one effect, a unit: rows of a unit are one observation of the likelihood. */
const unitVariant = (spec: FrontierSpec): Partial<Model> =>
  isOfUnits(spec) ? { grouped: true, needs: { ...frontier.needs, panel: true, vcov: ['iid', 'cluster'] } } : {};

/**
 * Stochastic frontier, y = xβ + v − u, v ~ N(0, σ_v²), u ≥ 0 half-normal, exponential or truncated normal (Aigner, Lovell, Schmidt 1977;
 * Stevenson 1980), of each row, of each unit (Pitt, Lee 1981) or decaying over time (Battese, Coelli 1992), its location a regression
 * (Battese, Coelli 1995); beside a u of each row a normal effect of the unit (Greene 2005). y is a logarithm for e⁻ᵘ to be realised over potential. At σ_u = 0 it is least squares, reported as such.
 */
export const frontier: Model = {
  key: 'frontier',
  kernel: 'frontier',
  title: 'stochastic frontier',
  summary:
    'y = xβ + v − u on a logarithm; u half-normal, exponential or truncated normal; R: frontier, sfaR; Stata: frontier',
  needs: {
    panel: false,
    counts: 'any',
    offset: true,
    exposure: false,
    weights: false,
    fixef: true,
    vcov: ['iid', 'hc0', 'hc1', 'cluster'],
    like: [],
  },
  auxiliaries: [SIGMA_V, SIGMA_U],
  base: 1,
  variant: frontierVariant,
  distribution: 'z',
  starts: 3,
  grouped: false,
  /** The mean of y, no slopes, and half of its variance to either error. */
  plainStart(problem) {
    const { n, k, y, frontier: shape } = problem;
    const p =
      k +
      2 +
      (shape?.random ? 1 : 0) +
      (shape?.law === 'truncated-normal' ? (shape.m ?? 0) : 0) +
      (shape?.decay ? 1 : 0);
    const start = new Float64Array(p);
    const mean = y.reduce((sum, value) => sum + value, 0) / n;
    const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    const constant = constantColumn(problem);
    if (constant >= 0) start[constant] = mean + Math.sqrt(variance) / 2;
    start[k] = start[k + 1] = log(variance > 0 ? variance / 2 : 1) / 2;
    if (shape?.random) start[k + 2] = start[k];
    return start;
  },
};
