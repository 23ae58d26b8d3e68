/** The little of WebAssembly that this package uses, declared here so that neither DOM nor Node types are needed. */
import type { AbsorbExports } from './absorb-workspace.ts';
import type { ResampleExports } from './resample.ts';

/** Functions of assembly/index.ts; pointers are byte offsets, 0 where absent. */
export interface CoreExports extends AbsorbExports, ResampleExports {
  memory: { readonly buffer: ArrayBuffer };
  mark(): number;
  reset(top: number): void;
  alloc(bytes: number): number;
  stride(k: number): number;
  prepare(
    model: number,
    n: number,
    k: number,
    g: number,
    y: number,
    x: number,
    offset: number,
    w: number,
    group: number,
  ): number;
  fit(
    start: number,
    tol: number,
    maxIter: number,
    theta: number,
    vcov: number,
    scores: number,
    eta: number,
    scalars: number,
  ): number;
  frontierShape(
    law: number,
    m: number,
    z: number,
    decay: number,
    noise: number,
    random: number,
    nodes: number,
    baseOnly: number,
  ): void;
  efficiency(theta: number, level: number, out: number): number;
  evaluate(theta: number, gradient: number, hessian: number, scalars: number): number;
  rankColumns(n: number, k: number, x: number, w: number, tol: number, keep: number): number;
  crossprod(n: number, k: number, x: number, w: number, out: number): number;
  inverse(k: number, a: number, out: number): number;
  symEigen(k: number, a: number, values: number, vectors: number): void;
  special(which: number, n: number, x: number, out: number): void;
  gammaDifference(order: number, n: number, x: number, y: number, out: number): void;
}

/** A compiled module; opaque here. */
export type CoreModule = object;

interface WebAssemblyLike {
  compile(bytes: Uint8Array): Promise<CoreModule>;
  instantiate(module: CoreModule, imports: object): Promise<{ exports: unknown }>;
  Instance: new (module: CoreModule, imports: object) => { exports: unknown };
}

const host = () => (globalThis as unknown as { WebAssembly: WebAssemblyLike }).WebAssembly;

/** Compiles bytes (or takes a compiled module) and instantiates without imports. */
export async function instantiate(
  source: Uint8Array | CoreModule,
): Promise<{ module: CoreModule; exports: CoreExports }> {
  const module = source instanceof Uint8Array ? await host().compile(source) : source;
  const instance = await host().instantiate(module, {});
  return { module, exports: instance.exports as CoreExports };
}

/** Another instance of a compiled module with its own linear memory. */
export function instantiateAgain(module: CoreModule): CoreExports {
  return new (host().Instance)(module, {}).exports as CoreExports;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 (RFC 4648, padded) to bytes: by the host's own Buffer where there is one, a tenth of the time in a cold process. */
export function decodeBase64(text: string): Uint8Array {
  const { Buffer } = globalThis as { Buffer?: { from(text: string, encoding: 'base64'): Uint8Array } };
  return Buffer ? Buffer.from(text, 'base64') : decodePlainly(text);
}

function decodePlainly(text: string): Uint8Array {
  const code = new Uint8Array(128);
  for (let i = 0; i < 64; i++) code[ALPHABET.charCodeAt(i)] = i;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const word =
      (code[text.charCodeAt(i)] << 18) |
      (code[text.charCodeAt(i + 1)] << 12) |
      (code[text.charCodeAt(i + 2)] << 6) |
      code[text.charCodeAt(i + 3)];
    bytes[at++] = word >> 16;
    if (at < bytes.length) bytes[at++] = (word >> 8) & 255;
    if (at < bytes.length) bytes[at++] = word & 255;
  }
  return bytes;
}
