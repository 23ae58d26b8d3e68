/** Typed calls of the resampling kernels. */
import type { ResampleKernels } from './abi-resample.ts';
import type { CoreExports, CoreModule } from './instantiate.ts';

/** Functions of assembly/{rng,resample}.ts; pointers are byte offsets. */
export interface ResampleExports {
  philoxInto(
    seedLow: number,
    seedHigh: number,
    from: number,
    stream: number,
    low: number,
    high: number,
    count: number,
    out: number,
  ): void;
}

const TWO32 = 2 ** 32;

/** Low and high 32-bit word of an integer from 0 to 2⁵³ − 1. */
function words(value: number): [number, number] {
  return [value % TWO32, Math.floor(value / TWO32)];
}

/** Throws a RangeError unless `value` is an integer from 0 to `most`. */
function requireInteger(name: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new RangeError(`${name} is ${value}: an integer from 0 to ${most} was expected`);
}

function philox(core: CoreExports, seed: number, replicate: number, stream: number, count: number): Uint32Array {
  requireInteger('seed', seed);
  requireInteger('replicate', replicate);
  requireInteger('stream', stream, TWO32 - 1);
  requireInteger('count', count, TWO32 / 16);
  const top = core.mark();
  const at = core.alloc(count * 4) >>> 0;
  if (at === 0) throw new RangeError(`no memory for ${count} random words`);
  core.philoxInto(...words(seed), 0, stream, ...words(replicate), count, at);
  const out = new Uint32Array(core.memory.buffer, at, count).slice();
  core.reset(top);
  return out;
}

/** The resampling calls; each resampler gets an instance of `module` of its own. */
export function resampleKernels(_module: CoreModule, core: CoreExports): ResampleKernels {
  return {
    resampler: () => {
      throw new Error('resampler is not built yet');
    },
    philox: (seed, replicate, stream, count) => philox(core, seed, replicate, stream, count),
  };
}
