/** npm run bench -- kernels: the core's kernels and its exact refits against C twins, as a section of RESULTS.md. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { benchKernels } from './kernels.mjs';
import { compilerMissing, median } from './native.mjs';
import { benchRefit } from './refit.mjs';

const root = new URL('..', import.meta.url).pathname;
const LEVELS = [2, 7, 80];
/** Of the ratio to C128, best ÷ best. */
const REFIT_LIMIT = 1.4;

const twinCells = ({ twins }) =>
  twins.map(({ time, ratio, best }) => `${time.toFixed(2)} | **${best.toFixed(2)}** (${ratio.toFixed(2)})`).join(' | ');

/** Bytes of the core, gzipped, and the median of 50 instantiations in ms. */
function size() {
  const bytes = readFileSync(join(root, 'packages/core-wasm/build/core.wasm'));
  const module = new WebAssembly.Module(bytes);
  const times = Array.from({ length: 50 }, () => {
    const before = performance.now();
    new WebAssembly.Instance(module, {});
    return performance.now() - before;
  });
  return { gzip: gzipSync(bytes, { level: 9 }).length, instantiate: median(times) };
}

/** → {text, missed}: the section, and how many limits were missed; or {absent}: why it cannot run here. */
export async function benchCore(log) {
  const absent = compilerMissing();
  if (absent) return { absent };
  log('kernels against their C twins');
  const kernels = await benchKernels(31);
  const refits = [];
  for (const level of LEVELS) {
    log(`exact refits, level ${level}`);
    refits.push(await benchRefit({ level, rounds: 15 }));
  }
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const gcc = execFileSync('gcc', ['-dumpfullversion'], { encoding: 'utf8' }).trim();
  const dirty = git('status', '--porcelain', '--', 'packages').length > 0 ? ' with uncommitted changes' : '';
  const { gzip, instantiate } = size();
  const names = kernels[0].twins.map(({ name }) => `${name} | ratio`).join(' | ');
  const text = `
## ${new Date().toISOString().slice(0, 10)}: kernels and exact refits ÷ C twins, one thread

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · gcc ${gcc} · commit ${git('rev-parse', '--short', 'HEAD')}${dirty} · CPU time of
alternating rounds (31 for kernels, 15 of 2,000 replicates for refits). Same algorithm and layout, refits on the same data and draws; the C twins know all sizes at compile time. C128: the
instructions that WebAssembly SIMD has; the other: all the machine has. Times: best round. Ratio: **best ÷ best** (median of the rounds' ratios); limits are for C128.
The core: ${(gzip / 1e3).toFixed(1)} kB gzipped (limit 60), instantiated in ${instantiate.toFixed(2)} ms (limit 1).

| kernel, ns a unit | core | ${names} | limit |
| --- | ---: | ${kernels[0].twins.map(() => '---: | ---:').join(' | ')} | ---: |
${kernels.map((x) => `| ${x.title} | ${x.ours.toFixed(2)} | ${twinCells(x)} | ${x.limit} |`).join('\n')}

| exact nb-fe refits, µs a replicate | core | a second | ${names} | limit | evaluations | damped | agreement |
| --- | ---: | ---: | ${kernels[0].twins.map(() => '---: | ---:').join(' | ')} | ---: | ---: | ---: | ---: |
${refits.map((x) => `| ${x.label} | ${x.ours.toFixed(2)} | ${Math.round(x.rate).toLocaleString('en')} | ${twinCells(x)} | ${REFIT_LIMIT} | ${x.evaluations.toFixed(2)} | ${x.fallback} | ${x.agree === undefined ? '' : x.agree.toExponential(0)} |`).join('\n')}
`;
  const missed =
    (gzip > 60e3 || instantiate > 1 ? 1 : 0) +
    kernels.filter((x) => x.twins[0].best > x.limit).length +
    refits.filter((x) => x.twins[0].best > REFIT_LIMIT).length;
  return { text, missed };
}
