/**
 * The units in which the core searches a frontier on a continuous outcome: y, offset and μ over a power of two near the spread of y, and
 * the regressors z of μ centred and scaled. Multiplying by powers of two costs no digit.
 */
import type { KernelFit, KernelModel, Kernels, Problem } from './abi.ts';
import type { ReplicateBatch, Resampler } from './abi-resample.ts';
import { log } from './elementary.ts';

/** As in index.ts. */
const LN_BOUNDARY = -40;

type Derivatives = ReturnType<Kernels['evaluate']>;

export interface FrontierScale {
  problem: Problem;
  /** p parameters of the user → of the core. */
  toCore(theta: Float64Array): Float64Array;
  fitToUser(fit: KernelFit): KernelFit;
  derivativesToUser(found: Derivatives): Derivatives;
  /** The same replicates with the user's coefficients. */
  resamplerToUser(resampler: Resampler): Resampler;
}

/** The power of two at or below x; 1 for 0 and what is out of range. */
function powerOfTwo(x: number): number {
  if (!(x > 1e-150 && x < 1e150)) return 1;
  let power = 1;
  while (power > x) power /= 2;
  while (power * 2 <= x) power *= 2;
  return power;
}

/** Mean and standard deviation of column j of n × m values. */
function moments(values: Float64Array, n: number, m: number, j: number): [number, number] {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i * m + j];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i * m + j] - mean) ** 2;
  return [mean, Math.sqrt(squares / n)];
}

interface Located {
  z: Float64Array;
  /** Place of the constant, or −1; centres and scales of the m columns. */
  constant: number;
  center: number[];
  size: number[];
}

function locate(z: Float64Array, n: number, m: number): Located {
  const found = Array.from({ length: m }, (_, j) => moments(z, n, m, j));
  const constant = found.findIndex(([mean, sd]) => mean === 1 && sd === 0);
  const center = found.map(([mean], j) => (constant < 0 || j === constant ? 0 : mean));
  const size = found.map(([mean, sd], j) => (j === constant ? 1 : powerOfTwo(sd > 0 ? sd : Math.abs(mean))));
  return { z: z.map((value, at) => (value - center[at % m]) / size[at % m]), constant, center, size };
}

/** undefined for the models that need no units of their own. */
export function frontierScale(name: KernelModel, problem: Problem): FrontierScale | undefined {
  if (name !== 'frontier') return undefined;
  const { n, k, y, offset, weights, frontier } = problem;
  const unit = powerOfTwo(moments(y.subarray(0, n), n, 1, 0)[1]);
  const m = frontier?.law === 'truncated-normal' ? (frontier.m ?? 0) : 0;
  const usable =
    m > 0 && frontier!.z !== undefined && frontier!.z.length >= n * m && frontier!.z.every(Number.isFinite);
  const located = usable ? locate(frontier!.z!, n, m) : undefined;
  /** ln σ_v, ln σ_u, and with an effect ln σ_w between them. */
  const scales = frontier?.random ? [k, k + 1, k + 2] : [k, k + 1];
  const first = k + 2;
  const ln = log(unit);
  /** ∂(user)/∂(core) of parameter j, the shear of the centred z apart. */
  const share = (j: number) => {
    if (j < k) return unit;
    return located && j >= first && j < first + m ? unit / located.size[j - first] : 1;
  };
  const sheared = located !== undefined && located.constant >= 0;
  const constant = sheared ? first + located.constant : -1;
  /** One p-vector of changes, in place. */
  const forwards = (v: Float64Array, from: number, p: number) => {
    for (let j = 0; j < p; j++) v[from + j] *= share(j);
    if (sheared) for (let j = 0; j < m; j++) v[from + constant] -= v[from + first + j] * located.center[j];
  };
  /** One gradient, in place. */
  const gradient = (v: Float64Array, from: number, p: number) => {
    for (let j = 0; j < p; j++) v[from + j] /= share(j);
    if (sheared)
      for (let j = 0; j < m; j++)
        if (first + j !== constant) v[from + first + j] += v[from + constant] * located.center[j];
  };
  const bothSides = (a: Float64Array, p: number, map: typeof forwards) => {
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i < p; i++) map(a, i * p, p);
      for (let i = 0; i < p; i++)
        for (let j = 0; j < i; j++) [a[i * p + j], a[j * p + i]] = [a[j * p + i], a[i * p + j]];
    }
  };
  const coefToUser = (coef: Float64Array, from = 0, p = coef.length) => {
    forwards(coef, from, p);
    for (const j of scales) if (coef[from + j] !== LN_BOUNDARY) coef[from + j] += ln;
  };
  let total = 0;
  for (let i = 0; i < n; i++) total += weights ? weights[i] : 1;
  const shift = -total * ln;
  return {
    problem: {
      ...problem,
      y: y.map((value) => value / unit),
      ...(offset && { offset: offset.map((value) => value / unit) }),
      ...(frontier && { frontier: { ...frontier, ...(located && { z: located.z }) } }),
    },
    toCore(theta) {
      const out = theta.slice();
      if (sheared)
        for (let j = 0; j < m; j++) if (first + j !== constant) out[constant] += out[first + j] * located.center[j];
      for (let j = 0; j < out.length; j++) out[j] /= share(j);
      for (const j of scales) if (out[j] !== LN_BOUNDARY) out[j] -= ln;
      return out;
    },
    fitToUser(fit) {
      const p = fit.coef.length;
      coefToUser(fit.coef);
      bothSides(fit.vcov, p, forwards);
      for (let i = 0; i < fit.scores.length; i += p) gradient(fit.scores, i, p);
      return { ...fit, loglik: fit.loglik + shift, eta: fit.eta.map((value) => value * unit) };
    },
    derivativesToUser(found) {
      const p = found.gradient.length;
      gradient(found.gradient, 0, p);
      bothSides(found.hessian, p, gradient);
      return { ...found, loglik: found.loglik + shift };
    },
    resamplerToUser(resampler) {
      const back = (batch: ReplicateBatch): ReplicateBatch => {
        const p = batch.coef.length / batch.status.length;
        for (let from = 0; from < batch.coef.length; from += p) coefToUser(batch.coef, from, p);
        if (batch.se && sheared)
          throw new RangeError('standard errors of replicates are not made with regressors of μ');
        if (batch.se) for (let at = 0; at < batch.se.length; at++) batch.se[at] *= share(at % p);
        return batch;
      };
      return {
        pairs: (from, count, options) => back(resampler.pairs(from, count, options)),
        weighted: (given, count, options) => back(resampler.weighted(given, count, options)),
        drawWeights: (replicate) => resampler.drawWeights(replicate),
        memoryBytes: () => resampler.memoryBytes(),
        free: () => resampler.free(),
      };
    },
  };
}
