/**
 * node bench/patents/run.mjs [--scale 0.1] [--rounds 3] [--zip|--gz] [--dir DIR] [--keep] [--record]
 * Generates bulk tables, builds from them, checks the result against the generator's own counts, and compares the time with DuckDB
 * reading the same columns of the plain tables alone. Processes alternate; time is wall clock and CPU, memory the high-water mark.
 * Exit 5 where the counts differ, the median ratio of CPU times is above 2, or memory is above 4 GB.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkTruth } from './check.mjs';
import { generate, pack } from './generate.mjs';

const root = new URL('../..', import.meta.url).pathname;
const { values: o } = parseArgs({
  options: {
    scale: { type: 'string', default: '0.1' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    dir: { type: 'string' },
    zip: { type: 'boolean', default: false },
    gz: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const LIMIT = { ratio: 2, gigabytes: 4 };
const TICKS = 100;
const YEARS = [2008, 2017];

/** Runs a process; its wall time, CPU time (s) and peak memory (GB) as Linux keeps them. */
function measure(args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const last = { cpu: 0, gigabytes: 0 };
    const look = () => {
      try {
        const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        last.cpu = (Number(stat[11]) + Number(stat[12])) / TICKS;
        last.gigabytes =
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1e6 ||
          last.gigabytes;
      } catch {}
    };
    const timer = setInterval(look, 20);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`${args[0]} ended with ${code}`));
      else resolve({ wall: (performance.now() - start) / 1000, ...last });
    });
  });
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const dir = o.dir ?? join(root, 'out/bench-patents', o.scale);
const packed = o.zip ? 'zip' : o.gz ? 'gz' : undefined;
if (!existsSync(join(dir, 'truth.json'))) {
  console.error(`Generating tables at scale ${o.scale} in ${dir} …`);
  generate(dir, { scale: Number(o.scale), seed: Number(o.seed) });
}
const truth = JSON.parse(readFileSync(join(dir, 'truth.json'), 'utf8'));
let source = dir;
if (packed) {
  source = `${dir}-${packed}`;
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source);
  const tables = Object.keys(truth.rows).filter((table) => table !== 'g_application');
  for (const table of tables) execFileSync('cp', [join(dir, `${table}.tsv`), source]);
  await pack(source, tables, packed);
}
const partners = join(dir, 'partners.yaml');
writeFileSync(
  partners,
  '[US, JP, KR, DE, TW, GB, FR, CA, IN, IL, NL, SE, CH, IT, SG, RU, MY, PL, HU, CZ, TR, TH, UA, PH, VN, EG, KZ, PK, LA, BT]\n',
);
const out = `${dir}-out`;
const build = [
  join(root, 'packages/cli/bin/gravpanel.mjs'),
  'patents',
  'build',
  source,
  '--home',
  'CN',
  '--partners',
  partners,
  '--years',
  YEARS.join(':'),
  '-o',
  out,
  '--force',
  '--quiet',
];
const rounds = [];
for (let i = 0; i < Number(o.rounds); i++) {
  const alone = await measure([join(root, 'bench/patents/duckdb-alone.mjs'), dir, 'load']);
  const counting = await measure([join(root, 'bench/patents/duckdb-alone.mjs'), dir, 'count']);
  const ours = await measure(build);
  rounds.push({ alone, counting, ours });
  console.error(
    `round ${i + 1}: build ${ours.wall.toFixed(1)} s (CPU ${ours.cpu.toFixed(1)}), alone ${alone.wall.toFixed(1)} s (CPU ${alone.cpu.toFixed(1)}), ${ours.gigabytes.toFixed(2)} GB`,
  );
}
const checked = checkTruth(out, truth, YEARS);
const { rows } = truth;
const read = Object.entries(rows).reduce((sum, [table, n]) => sum + (table === 'g_application' ? 0 : n), 0);
const of = (f) => median(rounds.map(f));
const figures = {
  wall: of(({ ours }) => ours.wall),
  ratio: of(({ ours, alone }) => ours.wall / alone.wall),
  cpuRatio: of(({ ours, alone }) => ours.cpu / alone.cpu),
  countRatio: of(({ ours, counting }) => ours.wall / counting.wall),
  gigabytes: Math.max(...rounds.map(({ ours }) => ours.gigabytes)),
};
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const dirty = git('status', '--porcelain', '--', 'packages').length > 0 ? ' with uncommitted changes' : '';
const text = `
## ${new Date().toISOString().slice(0, 10)}: \`gravpanel patents build\`, scale ${o.scale}${packed ? `, .tsv.${packed}` : ''}

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · DuckDB 1.5.6 · commit ${git('rev-parse', '--short', 'HEAD')}${dirty} ·
${rows.g_patent.toLocaleString('en-US')} patents, ${rows.g_inventor_disambiguated.toLocaleString('en-US')} inventors, ${read.toLocaleString('en-US')} rows of five tables · ${o.rounds} interleaved pairs, medians · ${checked.toLocaleString('en-US')} cells equal the generator's counts.

| what | figure | limit |
| --- | ---: | ---: |
| rows a second | ${Math.round(read / figures.wall).toLocaleString('en-US')} | |
| wall time, s | ${figures.wall.toFixed(1)} | |
| wall time ÷ DuckDB loading the same columns of the plain tables | **${figures.ratio.toFixed(2)}** | ${packed ? '' : LIMIT.ratio} |
| CPU time ÷ the same | **${figures.cpuRatio.toFixed(2)}** | ${packed ? '' : LIMIT.ratio} |
| wall time ÷ DuckDB only counting the cells of the same columns | ${figures.countRatio.toFixed(2)} | |
| peak memory, GB | **${figures.gigabytes.toFixed(2)}** | ${LIMIT.gigabytes} |
`;
console.log(text);
if (o.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
if (!o.keep && !o.dir) rmSync(dir, { recursive: true, force: true });
rmSync(out, { recursive: true, force: true });
if (packed) rmSync(source, { recursive: true, force: true });
process.exitCode = (!packed && figures.cpuRatio > LIMIT.ratio) || figures.gigabytes > LIMIT.gigabytes ? 5 : 0;
