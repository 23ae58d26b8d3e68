/**
 * node bench/absorb.mjs [--small | --slow] [--rounds N] [--record]: fits with absorbed effects, and Poisson without, against R's
 * fixest, one thread each, on generated panels of 1e5 and 1e6 rows (--small: 1e5 only; --slow: also those that take fixest minutes). Both sides time the estimation inside their process, data already in
 * memory as columns and integer codes; processes alternate, and `first` is the first call of a process (no warm-up), `best` the
 * best of its calls. Exit 5 where a limit on `best` is missed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, peerMissing } from './fit-vs-fixest.mjs';

const root = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    slow: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    record: { type: 'boolean', default: false },
  },
});
const libraries = [process.env.R_LIBS, existsSync('/opt/rlib') && '/opt/rlib', join(root, 'out/rlib')];
const env = { ...process.env, R_LIBS: libraries.filter(Boolean).join(delimiter) };
const missing = peerMissing(env);
if (missing) {
  console.error(`The bench compares with R's fixest, and ${missing}.`);
  process.exit(2);
}

const GRAVITY = ['feols 2', 'feols 3', 'fepois 2', 'fepois 3', 'fenegbin 2'];
/** limit: of our time over the peer's. The peer's repeats are few where it is slow. */
const PANELS = [
  {
    label: 'gravity 1e5',
    args: ['gravity', '100', '100', '10'],
    cases: GRAVITY,
    peerRepeats: 3,
    rounds: Number(values.rounds),
  },
  {
    label: 'gravity 1e6',
    args: ['gravity', '250', '200', '20'],
    cases: GRAVITY.slice(0, 4),
    peerRepeats: 2,
    rounds: 2,
  },
  { label: 'gravity 1e6', args: ['gravity', '250', '200', '20'], cases: ['fenegbin 2'], peerRepeats: 1, rounds: 1 },
  { label: 'plain 1e6 × 8', args: ['plain', '1000000', '8'], cases: ['fepois 0'], peerRepeats: 2, rounds: 3 },
  { label: 'akm 1e6', args: ['akm', '1000000'], cases: ['feols 2'], peerRepeats: 1, rounds: 1 },
  { label: 'akm 1e6', args: ['akm', '1000000'], cases: ['feols 3', 'fepois 2'], peerRepeats: 1, rounds: 1, slow: true },
]
  .filter(({ slow }) => !slow || values.slow)
  .slice(0, values.small ? 1 : undefined);
const LIMITS = { feols: 1, fepois: 1, fenegbin: 0.25 };
function limitOf(label, name) {
  if (label.startsWith('akm')) return 0.1;
  return label.startsWith('plain') ? 0.5 : LIMITS[name.split(' ')[0]];
}

function generated([kind, ...sizes]) {
  const folder = join(root, 'out/bench');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${[kind, ...sizes].join('-')}.csv`);
  if (!existsSync(file)) execFileSync(process.execPath, [join(root, 'test-fixtures/gen.mjs'), kind, file, ...sizes]);
  return file;
}

function lines(command, args) {
  const done = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} → ${done.status}\n${done.stderr}`);
  return done.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const digits = (a, b) => Math.min(...b.map((want, j) => (a[j] === want ? 17 : -Math.log10(Math.abs(a[j] / want - 1)))));

function compare({ label, args, cases, peerRepeats, rounds }) {
  const file = generated(args);
  const ours = [];
  const peers = [];
  for (let round = 0; round < rounds; round++) {
    console.error(`${label}, ${cases.join(', ')}: round ${round + 1} of ${rounds}`);
    ours.push(
      ...cases.flatMap((name) => lines(process.execPath, [join(root, 'bench/absorb-ours.mjs'), file, '4', name])),
    );
    peers.push(
      ...cases.flatMap((name) => lines('Rscript', [join(root, 'bench/peers/absorb.R'), file, `${peerRepeats}`, name])),
    );
  }
  return cases.map((name) => {
    const a = ours.filter((one) => one.name === name);
    const b = peers.filter((one) => one.name === name);
    if (a.some((one) => one.status !== 0)) throw new Error(`${name} on ${label}: status ${a[0].status}`);
    const of = (list, key) => median(list.map((one) => one[key]));
    return {
      label,
      name,
      first: of(a, 'first'),
      best: of(a, 'best'),
      peerFirst: of(b, 'first'),
      peerBest: of(b, 'best'),
      agree: digits(a[0].coef, b[0].coef),
      memory: (a[0].memory + a[0].returned) / a[0].design,
      plain: (a[0].memory + 8 * a[0].n) / a[0].design,
      limit: limitOf(label, name),
    };
  });
}

const results = PANELS.flatMap(compare);
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const row = (x) =>
  `| ${x.label} | ${x.name} | ${x.first.toFixed(3)} | ${x.best.toFixed(3)} | ${x.peerFirst.toFixed(3)} | ${x.peerBest.toFixed(3)} | ${(x.first / x.peerFirst).toFixed(2)} | **${(x.best / x.peerBest).toFixed(2)}** | ${x.limit} | ${x.agree.toFixed(1)} | ${x.plain.toFixed(1)} / ${x.memory.toFixed(1)} |`;
const text = `
## ${new Date().toISOString().slice(0, 10)}: absorbed effects, gravpanel ÷ fixest, one thread, inside the process

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · commit ${git('rev-parse', '--short', 'HEAD')} · data in memory on both sides, estimation
only (ours with dropping of all-zero levels, separation check, row scores and rank of the effects) · first: first call of a process, best: best call; seconds.
Digits: agreement of coefficients (fixest at its default tolerances). Memory: linear memory and results over the design (y, X, codes), without / with row scores.

| panel | fit | first | best | fixest first | best | ratio first | best | limit | digits | memory |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${results.map(row).join('\n')}
`;
console.log(text);
if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
process.exitCode = results.some((x) => x.best / x.peerBest > x.limit) ? 5 : 0;
