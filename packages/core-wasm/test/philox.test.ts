/** Philox4x32-10 against the known answers of Random123 (D. E. Shaw Research, kat_vectors of release 1.14), and its use. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Kernels, loadKernels } from '../src/index.ts';
import { type CoreExports, decodeBase64, instantiate } from '../src/instantiate.ts';
import { wasmBase64 } from '../src/wasm.generated.ts';

let kernels: Kernels;
let core: CoreExports;
beforeAll(async () => {
  kernels = await loadKernels();
  core = (await instantiate(decodeBase64(wasmBase64))).exports;
});

/** Counter (block, stream, replicate lo, replicate hi), key (lo, hi) → four words. */
const KNOWN: [string, number[], number[], number[]][] = [
  ['zeros', [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [
    'ones',
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    'digits of π',
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

/** The same generator in BigInt arithmetic. */
function reference(counter: bigint[], key: bigint[]): number[] {
  const mask = 0xffffffffn;
  let [a, b, c, d] = counter;
  let [k, l] = key;
  for (let round = 0; round < 10; round++) {
    const p = a * 0xd2511f53n;
    const q = c * 0xcd9e8d57n;
    [a, b, c, d] = [(q >> 32n) ^ b ^ k, q & mask, (p >> 32n) ^ d ^ l, p & mask];
    k = (k + 0x9e3779b9n) & mask;
    l = (l + 0xbb67ae85n) & mask;
  }
  return [a, b, c, d].map(Number);
}

describe('philox', () => {
  it.each(KNOWN)('gives the known answer for %s', (_, counter, key, words) => {
    const at = core.alloc(16);
    const [block, stream, low, high] = counter;
    core.philoxInto(key[0], key[1], block, stream, low, high, 4, at);
    expect([...new Uint32Array(core.memory.buffer, at, 4)]).toEqual(words);
  });

  it('takes seed, stream and replicate as key and counter words, at any length', () => {
    for (const [seed, replicate, stream] of [
      [0, 0, 0],
      [12345, 7, 3],
      [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 32 - 1],
      [2 ** 32, 2 ** 40 + 5, 300],
    ]) {
      const words = kernels.philox(seed, replicate, stream, 11);
      const split = (v: number) => [BigInt(v) & 0xffffffffn, BigInt(v) >> 32n];
      const all = [0n, 1n, 2n].flatMap((block) => reference([block, BigInt(stream), ...split(replicate)], split(seed)));
      expect([...words]).toEqual(all.slice(0, 11));
    }
  });

  it.each([
    [-1, 0, 0, 1],
    [0.5, 0, 0, 1],
    [2 ** 53, 0, 0, 1],
    [0, Number.NaN, 0, 1],
    [0, 0, 2 ** 32, 1],
    [0, 0, 0, -1],
  ])('refuses philox(%s, %s, %s, %s)', (seed, replicate, stream, count) => {
    expect(() => kernels.philox(seed, replicate, stream, count)).toThrow(RangeError);
  });
});
