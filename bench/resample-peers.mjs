/**
 * node bench/resample-peers.mjs [--rounds 3] [--record]
 * Bootstrap refits against R on synth45 (43 informative pairs × 10 years, 7 regressors): CPU time of the loops alone, one thread each,
 * in interleaved rounds; the best of each. Needs Rscript with pglm and fixest.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import * as panel from '../packages/panel/dist/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, record: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const csv = join(root, 'test-fixtures/data/synth45.csv');
const kernels = await loadKernels();
const frame = panel.setPanel(panel.readTable(readFileSync(csv), { name: 'synth45' }), ['pair'], 'year');
const FORMULA = 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta';

/** Seconds of CPU of one replicate, and how many of `reps` failed. */
function ours(model, formula, reps) {
  const spec = { id: 'fit', model, formula, vcov: { type: 'bootstrap', reps, seed: 1 } };
  const [design] = panel.buildDesigns(frame, spec, kernels);
  const open = panel.openJob(panel.startFit(design, kernels).runs.main, kernels);
  open.run(0, Math.min(200, reps));
  const before = process.cpuUsage();
  const { status } = open.run(0, reps);
  const { user, system } = process.cpuUsage(before);
  open.free();
  return { each: (user + system) / 1e6 / reps, failed: status.filter((one) => one !== 0 && one !== 6).length };
}

function theirs(which, reps) {
  const script = join(root, 'bench/peers/resample.R');
  const [seconds, count, failed] = execFileSync('Rscript', [script, csv, which, String(reps)], { encoding: 'utf8' })
    .trim()
    .split(',')
    .map(Number);
  return { each: seconds / count, failed, reps };
}

const OURS = {
  'nb-fe': () => ours('nb-fe', FORMULA, 9999),
  poisson: () => ours('poisson', `${FORMULA} | pair`, 2000),
};
const PEERS = [
  { name: 'pglm, method nr', which: 'pglm', reps: 20, against: 'nb-fe' },
  { name: 'optim, BFGS with gradient, by hand', which: 'optim', reps: 300, against: 'nb-fe' },
  { name: 'nlm with gradient, by hand', which: 'nlm', reps: 300, against: 'nb-fe' },
  { name: 'fixest::fepois, pair effects', which: 'fepois', reps: 100, against: 'poisson' },
];
const best = {};
const keep = (name, one) => {
  if (!best[name] || one.each < best[name].each) best[name] = one;
};
for (let round = 0; round < rounds; round++) {
  for (const { which, reps } of PEERS) keep(which, theirs(which, reps));
  for (const [name, run] of Object.entries(OURS)) keep(name, run());
}
const rate = (name) => Math.round(1 / best[name].each).toLocaleString('en-US');
const tenth = (name) => (1 / best[name].each).toFixed(1);
const versions = execFileSync(
  'Rscript',
  [
    '-e',
    'cat(R.version.string, paste("pglm", packageVersion("pglm")), paste("fixest", packageVersion("fixest")), sep = ", ")',
  ],
  { encoding: 'utf8' },
);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const text = `
## ${new Date().toISOString().slice(0, 10)}: bootstrap refits ÷ R, one thread

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · ${versions} · commit ${commit} · synth45, pairs bootstrap, CPU time of the loops
alone, best of ${rounds} interleaved rounds (\`node bench/resample-peers.mjs\`). gravpanel: nb-fe ${rate('nb-fe')} a second, poisson with pair effects ${rate('poisson')} a second, all exact, none failed: ${
  best['nb-fe'].failed + best.poisson.failed === 0
}.

| in R | a second | failed | gravpanel a second | ratio | limit |
| --- | ---: | ---: | ---: | ---: | ---: |
${PEERS.map(
  ({ name, which, against }) =>
    `| ${name} | ${tenth(which)} | ${best[which].failed} of ${best[which].reps} | ${rate(against)} | **${Math.round(best[which].each / best[against].each).toLocaleString('en-US')}** | ${which === 'pglm' ? '1,000' : ''} |`,
).join('\n')}
`;
console.log(text);
if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
