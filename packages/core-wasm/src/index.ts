/** Typed calls of the WebAssembly core. The bytes are part of the module, so one import works in Node, workers and browsers. */
import type { Kernels } from './abi.ts';
import { kernelsOf } from './core.ts';
import { type CoreModule, decodeBase64, instantiate } from './instantiate.ts';
import { wasmBase64 } from './wasm.generated.ts';

export * from './abi.ts';
export * from './abi-absorb.ts';
export * from './abi-resample.ts';
export { RANK_TOLERANCE } from './core.ts';
export { exp, log, log1p, pow } from './elementary.ts';
export { isFrontier } from './models.ts';

/**
 * ln α (nb2, poisson-re), ln δ (nb1) or ln σ_u (frontiers) that a fit with {@link Status.poissonBoundary} carries (α = 4e-18).
 */
export const LN_BOUNDARY = -40;

let compiled: Promise<CoreModule> | undefined;

/**
 * Compiles the core (once per thread) and gives a fresh instance with its own linear memory.
 * Needs WebAssembly with SIMD (Node ≥ 20, any browser since 2023); rejects with a CompileError elsewhere.
 */
export async function loadKernels(): Promise<Kernels> {
  const { module, exports } = await instantiate(compiled ? await compiled : decodeBase64(wasmBase64));
  compiled ??= Promise.resolve(module);
  return kernelsOf(module, exports);
}
