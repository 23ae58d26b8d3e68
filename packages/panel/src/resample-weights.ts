/** Cluster weights of the resampling schemes, by replicate. */
import type { Kernels } from '@gravpanel/core-wasm';
import type { ResampleJob } from './resample-job.ts';

/** Streams of the generator, one a use (below 256: the core's, whose pairs are 0). */
export const STREAM = { pairs: 0, first: 256, second: 257, signs: 258, data: 1024 } as const;

/** A word as an index below `count`: ⌊word·count/2³²⌋. */
export const indexBelow = (word: number, count: number): number => Math.floor((word / 2 ** 32) * count);

/** Draws of `count` of `count` with replacement: how often each came. */
function drawn(kernels: Kernels, seed: number, replicate: number, stream: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (const word of kernels.philox(seed, replicate, stream, count)) out[indexBelow(word, count)]++;
  return out;
}

/**
 * How often each of `count` clusters is drawn in a pairs replicate: the core's own draws, from its stream, with words that would
 * favour some clusters rejected (Lemire 2019).
 */
export function pairsWeights(kernels: Kernels, seed: number, replicate: number, count: number): Float64Array {
  const out = new Float64Array(count);
  const floor = 2 ** 32 % count;
  let words = new Uint32Array(0) as ReturnType<Kernels['philox']>;
  for (let [have, next] = [0, 0]; have < count; next++) {
    if (next === words.length) words = kernels.philox(seed, replicate, STREAM.pairs, next + count + 16);
    const product = words[next] * count;
    if (product % 2 ** 32 < floor) continue;
    out[Math.floor(product / 2 ** 32)]++;
    have++;
  }
  return out;
}

/** Pairs draws of another job's clusters: weights of those that this job has. */
export function sharedWeights({ seed, shared }: ResampleJob, kernels: Kernels) {
  const { count, of } = shared!;
  return (replicate: number) => {
    const all = pairsWeights(kernels, seed, replicate, count);
    return Float64Array.from(of, (cluster) => all[cluster]);
  };
}

/** Replicate r leaves cluster r out. */
export const jackknifeWeights = (count: number) => (r: number) => {
  const out = new Float64Array(count).fill(1);
  out[r] = 0;
  return out;
};

/** Moving blocks (Künsch 1989): ⌈T/L⌉ blocks of L consecutive periods from random starts, the last one cut so that T are drawn. */
export function blockWeights({ seed, periods }: ResampleJob, kernels: Kernels) {
  const { count, length } = periods!;
  const blocks = Math.ceil(count / length);
  return (replicate: number) => {
    const out = new Float64Array(count);
    kernels.philox(seed, replicate, STREAM.first, blocks).forEach((word, b) => {
      const start = indexBelow(word, count - length + 1);
      for (let t = 0; t < length && b * length + t < count; t++) out[start + t]++;
    });
    return out;
  };
}

/** Two factors drawn independently; a row has the product of its levels' weights (Owen 2007, the pigeonhole bootstrap). */
export function twoWayWeights({ seed, clusters: [a, b] }: ResampleJob, kernels: Kernels) {
  const cellOf = new Map<number, number>();
  const codes = a.codes.map((code, i) => {
    const key = code * b.count + b.codes[i];
    const known = cellOf.get(key);
    if (known !== undefined) return known;
    cellOf.set(key, cellOf.size);
    return cellOf.size - 1;
  });
  const cells = { codes, count: cellOf.size };
  const keys = [...cellOf.keys()];
  const weightsOf = (replicate: number) => {
    const wa = drawn(kernels, seed, replicate, STREAM.first, a.count);
    const wb = drawn(kernels, seed, replicate, STREAM.second, b.count);
    return Float64Array.from(keys, (key) => wa[Math.floor(key / b.count)] * wb[key % b.count]);
  };
  return { cells, weightsOf };
}

const WEBB = [-Math.sqrt(1.5), -1, -Math.sqrt(0.5), Math.sqrt(0.5), 1, Math.sqrt(1.5)];

/**
 * Weights of wild and score replicates: ±1 with equal chances, or Webb's (2023) six points; all 2^g sign vectors in order
 * where a job has exactly that many replicates.
 */
export function signsOf({ seed, points, reps, clusters: [{ count }] }: ResampleJob, kernels: Kernels) {
  const all = points === 'rademacher' && count < 31 && reps === 2 ** count;
  return (replicate: number): Float64Array => {
    if (all) return Float64Array.from({ length: count }, (_, g) => ((replicate >> g) & 1 ? -1 : 1));
    const words = kernels.philox(seed, replicate, STREAM.signs, count);
    return Float64Array.from(words, (word) => (points === 'webb' ? WEBB[indexBelow(word, 6)] : word >>> 31 ? -1 : 1));
  };
}
