/**
 * node bench/boot.mjs [--rounds N] [--merge B] [--record]
 * `gravpanel boot -B 9999` from start to table against its refits alone, wall and CPU time; then what a shard costs beside its
 * replicates, and a merge beside its shards. Ratios of the same run count: rounds are interleaved, the least time of each side says what
 * the code can do, the median ratio what this machine made of it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'packages/cli/bin/gravpanel.mjs');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    merge: { type: 'string', default: '1000000' },
    record: { type: 'boolean', default: false },
  },
});
const B = 9999;
const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const least = (all) => Math.min(...all);
const number = (n) => Math.round(n).toLocaleString('en-US');

const dir = mkdtempSync(join(tmpdir(), 'gravpanel-bench-'));

/** {wall, cpu, peak}: seconds of a command, its MB at most. */
function timed(args) {
  const command = [process.execPath, ...args];
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', ...command], {
    cwd: dir,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  const [wall, user, system, peak] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, peak: peak / 1024 };
}
const gravpanel = (...args) => timed([bin, ...args, '--quiet']);

function studies() {
  mkdirSync(join(dir, 'data'));
  cpSync(join(root, 'test-fixtures/data/synth45.csv'), join(dir, 'synth45.csv'));
  cpSync(join(root, 'studies/belt-road-copatents/data/panel.csv'), join(dir, 'belt-road.csv'));
  const write = (name, unit, formula, more = '') =>
    writeFileSync(
      join(dir, `${name}.yaml`),
      `version: 1\ntitle: bench\ndata: { path: ${name}.csv, unit: ${unit}, time: year }\n${more}models:\n  full: { model: nb-fe, formula: "${formula}"${more && ', lag: 1'} }\n`,
    );
  write('synth45', 'pair', 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta');
  write(
    'belt-road',
    'partner',
    'collaboration ~ lnpatent1 + lnpatent2 + lngd + in + re + gdp',
    'derive: { lnpatent1: log(patent1), lnpatent2: log(patent2), lngd: log(dist_km * wti) }\n',
  );
  return [
    { name: 'synth45', label: 'synth45, 43 units × 10, 7 regressors' },
    { name: 'belt-road', label: 'belt-road-copatents, its seven-regressor column: 29 units × 9' },
  ];
}

function whole({ name, label }, rounds) {
  const study = `${name}.yaml`;
  const boot = (...flags) => gravpanel('boot', study, '-B', String(B), '--json', ...flags);
  const refits = () =>
    JSON.parse(
      execFileSync(process.execPath, [join(root, 'bench/boot-refits.mjs'), join(dir, study), 'full', '1', String(B)], {
        encoding: 'utf8',
      }),
    );
  const sides = { node: [], pure: [], one: [], all: [] };
  boot('--threads', '1');
  for (let i = 0; i < rounds; i++) {
    sides.node.push(timed(['-e', '0']));
    sides.pure.push(refits());
    sides.one.push(boot('--threads', '1'));
    sides.all.push(boot());
  }
  const of = (side, key) => sides[side].map((one) => one[key]);
  const best = (side, key) => least(of(side, key));
  const typical = (side, key) => median(sides[side].map((one, i) => one[key] / sides.pure[i][key]));
  const cell = (side, key) =>
    `${best(side, key).toFixed(2)} s | **${(best(side, key) / best('pure', key)).toFixed(2)}** (${typical(side, key).toFixed(2)})`;
  return `| ${label} | | | | |
| refits alone, one thread | ${best('pure', 'wall').toFixed(2)} s | ${number(B / best('pure', 'wall'))}/s | ${best('pure', 'cpu').toFixed(2)} s | ${number(B / best('pure', 'cpu'))}/s |
| Node alone (\`node -e 0\`) | ${cell('node', 'wall')} | ${cell('node', 'cpu')} |
| \`boot -B ${B} --threads 1\`, start to table | ${cell('one', 'wall')} | ${cell('one', 'cpu')} |
| \`boot -B ${B}\`, all threads | ${cell('all', 'wall')} | ${cell('all', 'cpu')} |
`;
}

/** What a shard and a merge cost, CPU seconds: plans of one replicate a shard, then plans of many replicates in a few shards. */
function shards(most) {
  const plan = (folder, reps, count) => {
    gravpanel('boot', 'plan', 'synth45.yaml', '-B', String(reps), '--shards', String(count), '-o', folder);
    return Array.from({ length: count }, (_, k) =>
      gravpanel('boot', 'run-shard', String(k + 1), folder, '--threads', '1'),
    );
  };
  const merge = (folder, times) => {
    const all = Array.from({ length: times }, () => gravpanel('boot', 'merge', folder, '--json', '--threads', '1'));
    return { cpu: least(all.map(({ cpu }) => cpu)), peak: Math.max(...all.map(({ peak }) => peak)) };
  };
  const made = plan('few', 64, 64);
  plan('fewer', 64, 4);
  const perShard = (merge('few', 5).cpu - merge('fewer', 5).cpu) / 60;
  const sizes = [1000, most / 100, most / 10, most].filter((n, i, all) => n >= 100 && all.indexOf(n) === i);
  const merges = sizes.map((reps) => {
    plan(`plan-${reps}`, reps, 4);
    return { reps, ...merge(`plan-${reps}`, reps > 2e5 ? 2 : 3) };
  });
  return { start: median(made.map(({ cpu }) => cpu)), perShard, merges };
}

try {
  const rounds = Number(values.rounds);
  const tables = studies().map((study) => whole(study, rounds));
  const { start, perShard, merges } = shards(Number(values.merge));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const text = `
## ${new Date().toISOString().slice(0, 10)}: 9,999 replicates from the shell, shards, merges

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · commit ${commit} · nb-fe · ${rounds} interleaved rounds: least time, **least ÷ least of the refits** (median ratio); limit 1.5.

| | wall | ÷ refits | CPU | ÷ refits |
| --- | ---: | ---: | ---: | ---: |
${tables.join('')}
| shards of synth45, CPU time | |
| --- | ---: |
| one shard beside its replicates: start, load, write | ${start.toFixed(3)} s |
| merge, each shard more | ${(perShard * 1000).toFixed(2)} ms |
${merges.map(({ reps, cpu, peak }) => `| merge of ${number(reps)} replicates in 4 shards, start to table | ${cpu.toFixed(2)} s, ${peak.toFixed(0)} MB |`).join('\n')}
`;
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
