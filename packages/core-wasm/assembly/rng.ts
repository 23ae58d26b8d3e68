/**
 * Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11): a bijection of a 128-bit
 * counter under a 64-bit key. Word i of a stream is word i mod 4 of counter (⌊i/4⌋, stream, replicate lo, replicate hi):
 * nothing is carried from one replicate to the next, and no counter is used twice.
 */

let key0: u32 = 0;
let key1: u32 = 0;
let stream: u32 = 0;
let replicate0: u32 = 0;
let replicate1: u32 = 0;
let block: u32 = 0;
/** Words of the current block still to be handed out. */
let left: i32 = 0;
let word0: u32 = 0;
let word1: u32 = 0;
let word2: u32 = 0;
let word3: u32 = 0;

/** Ten rounds on the current counter into word0 … word3. */
function encrypt(): void {
  let a = block;
  let b = stream;
  let c = replicate0;
  let d = replicate1;
  let k = key0;
  let l = key1;
  for (let round = 0; round < 10; round++) {
    const p = <u64>a * 0xd2511f53;
    const q = <u64>c * 0xcd9e8d57;
    a = <u32>(q >> 32) ^ b ^ k;
    c = <u32>(p >> 32) ^ d ^ l;
    b = <u32>q;
    d = <u32>p;
    k += 0x9e3779b9;
    l += 0xbb67ae85;
  }
  word0 = a;
  word1 = b;
  word2 = c;
  word3 = d;
}

/** Puts the generator at the first word of a stream. */
export function startStream(seedLow: u32, seedHigh: u32, tag: u32, low: u32, high: u32): void {
  key0 = seedLow;
  key1 = seedHigh;
  stream = tag;
  replicate0 = low;
  replicate1 = high;
  block = 0;
  left = 0;
}

function nextWord(): u32 {
  if (left == 0) {
    encrypt();
    block++;
    left = 4;
  }
  left--;
  return left == 3 ? word0 : left == 2 ? word1 : left == 1 ? word2 : word3;
}

/**
 * Uniform on 0 … bound − 1, bound ≥ 1, without bias: the upper half of word × bound, rejected where the lower half falls below
 * 2³² mod bound (Lemire 2019, ACM TOMACS 29(1)).
 */
function nextBelow(bound: u32): u32 {
  let product = <u64>nextWord() * bound;
  if (<u32>product < bound) {
    const floor: u32 = (0 - bound) % bound;
    while (<u32>product < floor) product = <u64>nextWord() * bound;
  }
  return <u32>(product >> 32);
}

/** counts[c] = how often c came up in `clusters` draws from 0 … clusters − 1, at the current place of the stream. */
export function drawCounts(clusters: i32, counts: usize): void {
  memory.fill(counts, 0, <usize>clusters << 2);
  for (let i = 0; i < clusters; i++) {
    const at = counts + (<usize>nextBelow(clusters) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}

/** `count` words into out; a counter (block, stream, low, high) and key as in the head of this file. */
export function philoxInto(
  seedLow: u32, seedHigh: u32, from: u32, tag: u32, low: u32, high: u32, count: i32, out: usize,
): void {
  startStream(seedLow, seedHigh, tag, low, high);
  block = from;
  for (let i = 0; i < count; i++) store<u32>(out + (<usize>i << 2), nextWord());
}
