/** The core with frontiers: all calls of index.ts, and a second module of bytes that other models need not load. */
import type { Kernels } from './abi.ts';
import { kernelsOf } from './core.ts';
import { type CoreModule, decodeBase64, instantiate } from './instantiate.ts';
import { wasmFrontierBase64 } from './wasm-frontier.generated.ts';

let compiled: Promise<CoreModule> | undefined;

/** As loadKernels, with frontier, poisson-frontier and nb-frontier. */
export async function loadFrontierKernels(): Promise<Kernels> {
  const { module, exports } = await instantiate(compiled ? await compiled : decodeBase64(wasmFrontierBase64));
  compiled ??= Promise.resolve(module);
  return kernelsOf(module, exports, true);
}
