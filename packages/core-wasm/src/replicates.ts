/** What the resamplers share: words of large integers, checks, room, an empty batch. */
import { Status } from './abi.ts';
import type { ReplicateBatch, ReplicateOptions } from './abi-resample.ts';
import type { CoreExports } from './instantiate.ts';

export const TWO32 = 2 ** 32;

/** Low and high 32-bit word of an integer from 0 to 2⁵³ − 1. */
export function words(value: number): [number, number] {
  return [value % TWO32, Math.floor(value / TWO32)];
}

/** Throws a RangeError unless `value` is an integer from 0 to `most`. */
export function requireInteger(name: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new RangeError(`${name} is ${value}: an integer from 0 to ${most} was expected`);
}

/** Thrown while a problem is laid out; resampler() turns it into its status. */
export class Refused extends Error {
  readonly status: Status;
  constructor(status: Status) {
    super(Status[status]);
    this.status = status;
  }
}

export function alloc(core: CoreExports, bytes: number): number {
  const at = core.alloc(bytes) >>> 0;
  if (at === 0) throw new Refused(Status.outOfMemory);
  return at;
}

/** A batch of `count` replicates of p numbers, all still 0. */
export function newBatch(count: number, p: number, options: ReplicateOptions | undefined): ReplicateBatch {
  const batch: ReplicateBatch = {
    coef: new Float64Array(count * p),
    status: new Uint8Array(count),
    fallback: new Uint8Array(count),
    iterations: new Uint8Array(count),
  };
  if (options?.se && options.se !== 'none') batch.se = new Float64Array(count * p);
  return batch;
}

/** Checks the arguments of Resampler.pairs and weighted. */
export function checkPairs(first: number, count: number): void {
  requireInteger('count', count);
  requireInteger('first', first, Number.MAX_SAFE_INTEGER - count);
}
export function checkWeighted(weights: Float64Array, count: number, clusters: number): void {
  requireInteger('count', count);
  if (weights.length !== count * clusters)
    throw new RangeError(`${weights.length} weights: ${count} × ${clusters} were expected`);
}
