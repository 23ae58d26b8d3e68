/**
 * npm run bench [-- PART …] [--rounds N] [--install-peers] [--record]; parts: kernels (core against C twins), fits (processes
 * against R); default: both. Prints the ratios; --record also appends them to bench/RESULTS.md with date, machine and commit. Exit 5 where a limit is missed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCore } from './core.mjs';
import { peerMissing, run } from './fit-vs-fixest.mjs';

const root = new URL('..', import.meta.url).pathname;
const PARTS = ['kernels', 'fits'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    'install-peers': { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((part) => !PARTS.includes(part));
if (unknown) {
  console.error(`"${unknown}" is not a part of the bench; one of ${PARTS.join(', ')} was expected.`);
  process.exit(2);
}
const wanted = (part) => positionals.length === 0 || positionals.includes(part);
const report = (text) => {
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
};
if (wanted('kernels')) {
  const { text, missed, absent } = await benchCore((line) => console.error(line));
  if (text) report(text);
  else console.error(`The kernels are compared with C twins, and ${absent}.`);
  if (missed > 0 || absent) process.exitCode = absent ? 2 : 5;
}
if (!wanted('fits')) process.exit();

const own = join(root, 'out/rlib');
const libraries = [process.env.R_LIBS, existsSync('/opt/rlib') && '/opt/rlib', own].filter(Boolean).join(delimiter);
const env = { ...process.env, R_LIBS: libraries, NO_COLOR: '1' };

if (values['install-peers'] && peerMissing(env)) {
  mkdirSync(own, { recursive: true });
  console.error(`Installing fixest from CRAN into ${own} (some minutes) …`);
  const install = `install.packages("fixest", lib = "${own}", repos = "https://cloud.r-project.org")`;
  spawnSync('Rscript', ['-e', install], { env, stdio: ['ignore', 2, 2] });
}
const missing = peerMissing(env);
if (missing) {
  console.error(`The bench compares with R's fixest, and ${missing}.`);
  process.exit(2);
}

const results = run(Number(values.rounds), env, (line) => console.error(line));
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const r = execFileSync(
  'Rscript',
  ['-e', 'cat(R.version$major, ".", R.version$minor, ", fixest ", as.character(packageVersion("fixest")), sep = "")'],
  {
    env,
    encoding: 'utf8',
  },
);
const today = new Date().toISOString().slice(0, 10);
const dirty = git('status', '--porcelain', '--', 'packages').length > 0 ? ' with uncommitted changes' : '';
const text = `
## ${today}: whole processes, \`gravpanel fit\` ÷ Rscript + fixest

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · R ${r} · commit ${git('rev-parse', '--short', 'HEAD')}${dirty} ·
\`patents_rdus.csv\`, 3,460 rows (nb-fe uses 3,380) · median of ${values.rounds} interleaved pairs after a warm run.

| fit | gravpanel, s | R, s | ratio | limit |
| --- | ---: | ---: | ---: | ---: |
${results.map((x) => `| ${x.name} | ${x.ours.toFixed(3)} | ${x.peer.toFixed(3)} | **${x.ratio.toFixed(2)}** | ${x.limit ?? ''} |`).join('\n')}
`;
report(text);
if (results.some((x) => x.limit !== undefined && x.ratio > x.limit)) process.exitCode = 5;
