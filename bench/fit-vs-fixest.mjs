/**
 * Whole processes: `gravpanel fit` against Rscript + fixest, one fit each on the same file, interleaved A B A B.
 * The ratio of a pair of runs is taken first and its median reported, so that load on the machine hits both sides.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const data = join(root, 'studies/hhg-patents/data/patents_rdus.csv');
const bin = join(root, 'packages/cli/bin/gravpanel.mjs');
const script = join(root, 'bench/peers/fixest.R');

/** What is timed: our model and formula, fixest's function and formula. */
export const CASES = [
  {
    name: 'nb-fe against fepois with firm effects',
    ours: ['--model', 'nb-fe', 'patents ~ logr + i(year)'],
    peer: ['patents ~ logr + i(year) | id', 'fepois'],
    limit: 0.35,
  },
  {
    name: 'poisson against fepois, no effects',
    ours: ['--model', 'poisson', 'patents ~ logr + i(year)'],
    peer: ['patents ~ logr + i(year)', 'fepois'],
  },
  {
    name: 'poisson against fepois, firm effects',
    ours: ['--model', 'poisson', 'patents ~ logr + i(year) | id'],
    peer: ['patents ~ logr + i(year) | id', 'fepois'],
  },
  {
    name: 'nb2 against fenegbin, no effects',
    ours: ['--model', 'nb2', 'patents ~ logr + i(year)'],
    peer: ['patents ~ logr + i(year)', 'fenegbin'],
  },
];

/** Seconds of one whole process; throws with its stderr where it fails. */
function seconds(command, args, env) {
  const start = process.hrtime.bigint();
  const done = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
  const time = Number(process.hrtime.bigint() - start) / 1e9;
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} → ${done.status}\n${done.stderr}`);
  return time;
}

export const median = (values) => {
  const s = [...values].sort((a, b) => a - b);
  return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
};

/** Why the peer cannot run here, or undefined. */
export function peerMissing(env) {
  const found = spawnSync('Rscript', ['-e', 'cat(as.character(packageVersion("fixest")))'], { env, encoding: 'utf8' });
  if (found.error) return 'Rscript is not on the PATH (Debian: r-base-core)';
  if (found.status !== 0) return 'the R package fixest is not installed; --install-peers puts it into out/rlib';
  return undefined;
}

/** Times every case `rounds` times (after one warm run each) → rows of medians. */
export function run(rounds, env, log) {
  if (!existsSync(bin)) throw new Error(`${bin} is missing: build first (npm run build)`);
  return CASES.map(({ name, ours, peer, limit }) => {
    const a = () => seconds(process.execPath, [bin, 'fit', '--data', data, '--panel', 'id,year', ...ours], env);
    const b = () => seconds('Rscript', [script, data, ...peer], env);
    log(`${name}: ${rounds} rounds`);
    a();
    b();
    const pairs = Array.from({ length: rounds }, () => [a(), b()]);
    const ratio = median(pairs.map(([x, y]) => x / y));
    return { name, ours: median(pairs.map((p) => p[0])), peer: median(pairs.map((p) => p[1])), ratio, limit };
  });
}
