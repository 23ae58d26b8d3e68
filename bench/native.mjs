/** C twins: compiled with gcc at bench time, run as processes that wait for each other so that both sides share the machine's mood. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = new URL('..', import.meta.url).pathname;
export const folder = join(root, 'out/bench');

/** Why no twin can be compiled here, or undefined. */
export function compilerMissing() {
  return spawnSync('gcc', ['--version']).error ? 'gcc is not on the PATH (Debian: gcc)' : undefined;
}

/** 128 bits without FMA (what WebAssembly SIMD has), and all that the machine has. */
export function widths() {
  const flags = readFileSync('/proc/cpuinfo', 'utf8');
  const lanes = flags.includes(' avx512dq') ? 8 : flags.includes(' avx2') ? 4 : 2;
  return [
    { name: 'C128', flags: ['-mavx', '-mno-fma', '-ffp-contract=off', '-DLANES=2'] },
    {
      name: `C${64 * lanes}`,
      flags: ['-march=native', `-mprefer-vector-width=${Math.max(128, 64 * lanes)}`, `-DLANES=${lanes}`],
    },
  ];
}

/** Compiles native/<name>.c; returns the program's path. */
export function compile(name, { name: width, flags }, defines = []) {
  mkdirSync(folder, { recursive: true });
  const out = join(folder, `${[name, width, ...defines].join('-').replaceAll('=', '')}`);
  const source = join(root, 'bench/native', `${name}.c`);
  execFileSync('gcc', ['-O3', ...flags, ...defines.map((d) => `-D${d}`), source, '-lm', '-o', out], {
    stdio: 'inherit',
  });
  return out;
}

/** A running twin: ask() lets it do one round and resolves to the numbers of its line. */
export function start(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line = '') {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended early`);
      return value.split(' ').map(Number);
    },
    stop: () => child.stdin.end(),
  };
}

/** Microseconds of CPU time that `body` takes in this process. */
export function cpuTime(body) {
  const before = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Uniform numbers in (0, 1), mulberry32. */
export function uniforms(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296 + 1e-10;
  };
}

/**
 * Rounds of [ours, theirs] → their best time, the median of the rounds' ratios, and best ÷ best. On a shared machine the last says
 * what the code can do: other loads slow a round of one side more than the other's.
 */
export function compare(pairs) {
  const least = (side) => Math.min(...pairs.map((pair) => pair[side]));
  return { time: least(1), ratio: median(pairs.map(([a, b]) => a / b)), best: least(0) / least(1) };
}

export const median = (values) => {
  const s = [...values].sort((a, b) => a - b);
  return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
};
