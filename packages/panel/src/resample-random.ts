/** Random numbers of given laws from Philox words, with the same bits in every engine. */
import { exp, type Kernels, log } from '@gravpanel/core-wasm';
import { STREAM } from './resample-weights.ts';

const BLOCK = 256;

/** A source of random numbers of one replicate: blocks of words from streams 1024, 1025, … */
export interface Source {
  /** Uniform in (0, 1), 53 bits. */
  uniform(): number;
  word(): number;
}

export function sourceOf(kernels: Kernels, seed: number, replicate: number): Source {
  let words: Uint32Array = new Uint32Array(0);
  let [at, stream] = [0, STREAM.data as number];
  const word = () => {
    if (at === words.length) {
      words = kernels.philox(seed, replicate, stream++, BLOCK);
      at = 0;
    }
    return words[at++];
  };
  return { word, uniform: () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6) + 0.5) / 2 ** 53 };
}

/** Standard normal: polar method (Marsaglia & Bray 1964), one of the pair. */
export function normal({ uniform }: Source): number {
  for (;;) {
    const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
  }
}

/** ln of a gamma variate of the given shape > 0 and scale 1 (Marsaglia & Tsang 2000; shapes below 1 by their boost, in logs so that tiny shapes do not underflow). */
export function logGammaVariate(source: Source, shape: number): number {
  if (shape < 1) return logGammaVariate(source, shape + 1) + log(source.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(source);
    const v = 1 + c * x;
    if (v <= 0) continue;
    const cube = v * v * v;
    if (log(source.uniform()) < 0.5 * x * x + d - d * cube + d * log(cube)) return log(d * cube);
  }
}

/** Binomial(n, q) by its definition for small n, by the median of a beta variate and halves for large n (Ahrens & Dieter 1974). */
export function binomial(source: Source, n: number, q: number): number {
  let [count, left, chance] = [0, n, q];
  while (left > 40) {
    const a = Math.floor(left / 2) + 1;
    const [x, y] = [logGammaVariate(source, a), logGammaVariate(source, left + 1 - a)];
    const beta = 1 / (1 + exp(y - x));
    if (beta <= chance) {
      count += a;
      left -= a;
      chance = beta < 1 ? (chance - beta) / (1 - beta) : 0;
    } else {
      left = a - 1;
      chance /= beta;
    }
  }
  for (let i = 0; i < left; i++) if (source.uniform() < chance) count++;
  return count;
}

/** Poisson(mean): products of uniforms for small means; above 30 by the gamma reduction of Ahrens & Dieter (1974). */
export function poisson(source: Source, mean: number): number {
  let [count, left] = [0, mean];
  while (left > 30) {
    const m = Math.floor((7 * left) / 8);
    const x = exp(logGammaVariate(source, m));
    if (x > left) return count + binomial(source, m - 1, left / x);
    count += m;
    left -= x;
  }
  const limit = exp(-left);
  let product = source.uniform();
  while (product > limit) {
    count++;
    product *= source.uniform();
  }
  return count;
}

/** Counts of `total` balls in cells of chances proportional to exp(logs): conditional binomials. */
export function multinomial(source: Source, total: number, logs: Float64Array): Float64Array {
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logs.map((one) => exp(one - most));
  let rest = weights.reduce((sum, w) => sum + w, 0);
  let left = total;
  return weights.map((w, t) => {
    const last = t === weights.length - 1;
    const drawn = last || w >= rest ? left : left > 0 ? binomial(source, left, w / rest) : 0;
    rest -= w;
    left -= drawn;
    return drawn;
  });
}
