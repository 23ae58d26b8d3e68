/** Resampling through the program: the same bits whatever runs, stops or kills it; nothing lost, no part shown as the whole. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, count, goodStudy, noise, panelCsv, type Workspace, workspace } from './program.ts';

const PARALLEL = spawnSync('sh', ['-c', 'command -v parallel']).status === 0;
if (!PARALLEL) {
  const words = 'GNU parallel is missing: shards over hosts were NOT tested (apt install parallel).';
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
}

let w: Workspace;
const panel = (shift = 0) =>
  panelCsv(30, 8, (i, t) => ({
    y: count(i, t + shift),
    x: noise(i, t, 1).toFixed(6),
    z: noise(i, t, 2).toFixed(6),
    region: i % 3,
    half: (i + t) % 2,
    one: 1,
  }));

beforeAll(() => {
  w = workspace({
    'panel.csv': panel(),
    'study.yaml': goodStudy(
      '  a: { model: nb-fe, formula: "y ~ x + z" }\n  b: { model: nb2, formula: "y ~ csw0(x, z)" }',
    ),
  });
  expect(w.run(['run', 'study.yaml', '-o', 'run', '--quiet']).code).toBe(0);
}, 60_000);
afterAll(() => w.remove());

const FIT = ['fit', '--data', 'panel.csv', '--panel', 'id,year', '--model', 'nb-fe', 'y ~ x + z'];

/** A boot/1 object without what is no part of the result. */
function result(text: string) {
  const value = JSON.parse(text);
  for (const key of ['plan', 'shards']) delete value[key];
  for (const { resampling } of value.columns) {
    delete resampling.threads;
    delete resampling.seconds;
  }
  return value;
}

const boot = (...args: string[]) => w.run(['boot', 'run', '--model', 'a', '--json', '--quiet', ...args]);

describe('fit --vcov bootstrap', () => {
  it('shows the replicates’ standard errors, with intervals, and writes the draws', () => {
    const { code, stdout } = w.run([
      ...FIT,
      '--vcov',
      'bootstrap',
      '--reps',
      '199',
      '--seed',
      '7',
      '--json',
      '--draws',
      'd.csv',
    ]);
    expect(code).toBe(0);
    const [column] = JSON.parse(stdout).columns;
    expect(column.vcov).toBe('bootstrap');
    expect(column.resampling).toMatchObject({
      kind: 'bootstrap',
      reps: 199,
      failed: 0,
      seed: 7,
      by: 'id',
      clusters: 28,
    });
    expect(column.resampling.intervals.percentile).toHaveLength(3);
    expect(column.resampling.intervals.bca).toHaveLength(3);
    const [head, ...rows] = readFileSync(w.path('d.csv'), 'utf8').trim().split('\n');
    expect(head).toBe('replicate,(Intercept),x,z,status');
    expect(rows).toHaveLength(199);
    const draws = rows.map((row) => Number(row.split(',')[2]));
    const mean = draws.reduce((a, b) => a + b) / 199;
    const sd = Math.sqrt(draws.reduce((sum, b) => sum + (b - mean) ** 2, 0) / 198);
    // The same sum in another order: 14 digits.
    expect(column.coefficients[1].se / sd).toBeCloseTo(1, 12);
    expect(column.coefficients[1].statistic).toBeCloseTo(column.coefficients[1].estimate / sd, 10);
  });

  it('names clusters, replicates and seed under the table', () => {
    const { stdout } = w.run([...FIT, '--vcov', 'bootstrap', '--reps', '99']);
    expect(stdout.replace(/\s+/g, ' ')).toContain('from the bootstrap of 28 clusters (id), 99 replicates, seed 1.');
    const jackknife = w.run([...FIT, '--vcov', 'jackknife']).stdout.replace(/\s+/g, ' ');
    expect(jackknife).toContain('from the jackknife, leaving out one of 28 clusters (id) at a time.');
  });

  it.each([
    ['--reps 0', ['--vcov', 'bootstrap', '--reps', '0'], 2, /--reps is "0"; a whole number of replicates from 2/],
    [
      'so many that no memory holds them',
      ['--vcov', 'bootstrap', '--reps', '1e12'],
      3,
      /take 2\.60e\+4 GB; at most 4\.3 GB/,
    ],
    ['one cluster', ['--vcov', 'bootstrap', '--by', 'one'], 3, /one has one cluster in the rows used/],
    [
      'clusters that cut units',
      ['--vcov', 'bootstrap', '--by', 'half'],
      3,
      /Unit 1 has rows in several clusters of half/,
    ],
    [
      'a cluster that is no column',
      ['--vcov', 'bootstrap', '--by', 'regoin'],
      3,
      /"regoin" \(cluster\) is not a column/,
    ],
    [
      'blocks of a likelihood by unit',
      ['--vcov', 'bootstrap', '--boot-kind', 'block'],
      3,
      /Blocks of periods cut units apart/,
    ],
    ['wild without residuals', ['--vcov', 'bootstrap', '--boot-kind', 'wild'], 3, /wild is not defined for nb-fe/],
    ['--reps without a bootstrap', ['--reps', '99'], 2, /--reps belongs to resampled standard errors/],
    ['a seed below zero', ['--vcov', 'bootstrap', '--seed', '-1'], 3, /The seed is -1; a whole number from 0/],
    ['--reps of a jackknife', ['--vcov', 'jackknife', '--reps', '9'], 2, /--reps does nothing here/],
  ])('refuses %s', (_, args, code, message) => {
    const run = w.run([...FIT, ...args]);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toMatch(/ hint: ./);
  });
});

describe('memory', () => {
  it('is said before the start where it is much, and the run can be stopped then', async () => {
    const child = w.start([...FIT, '--vcov', 'bootstrap', '--reps', '5000000', '--threads', '1']);
    const said = await new Promise<string>((resolve) => child.stderr.once('data', (chunk) => resolve(String(chunk))));
    child.kill('SIGKILL');
    expect(said).toMatch(/5,000,000 replicates take 130 MB of memory/);
  });

  it('that the machine has not is refused', () => {
    w.write('poor.cjs', 'process.availableMemory = () => 1e6;');
    const env = { NODE_OPTIONS: `--require ${w.path('poor.cjs')}` };
    const { code, stdout, stderr } = w.run([...FIT, '--vcov', 'bootstrap', '--reps', '90000'], { env });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/90,000 replicates take 0\.00234 GB of memory; 0\.00100 GB are free/);
    expect(stderr).toMatch(/hint: Use fewer \(-B\): 30,769 fit/);
  });
});

describe('a study', () => {
  it('takes vcov bootstrap and the defaults of boot', () => {
    w.write(
      'boot.yaml',
      goodStudy(
        '  a: { model: nb2, formula: "y ~ x" }',
        'vcov: { type: bootstrap, reps: 50 }\nboot: { reps: 99, seed: 3, by: region }\n',
      ),
    );
    expect(w.run(['run', 'boot.yaml', '-o', 'booted', '--quiet']).code).toBe(0);
    const [fit] = JSON.parse(readFileSync(w.path('booted/fits.json'), 'utf8')).models.a.columns;
    expect(fit.resampling).toMatchObject({ reps: 50, seed: 3, by: 'region', clusters: 3 });
    expect(Object.keys(fit.resampling)).not.toContain('seconds');
  });
});

describe('boot', () => {
  it('gives the same bits for 1, 2, 3 and 7 threads, and others for another seed', () => {
    const one = boot('-B', '4000', '--threads', '1');
    expect(one.code).toBe(0);
    for (const threads of ['2', '3', '7']) {
      const many = boot('-B', '4000', '--threads', threads);
      expect(result(many.stdout)).toEqual(result(one.stdout));
    }
    expect(result(boot('-B', '200', '--seed', '2').stdout)).not.toEqual(result(boot('-B', '200').stdout));
    expect(checkpoints()).toEqual([]);
  }, 60_000);

  it('resamples every column of a run, and needs the data it was run on', () => {
    const { code, stdout } = w.run(['boot', 'run', '-B', '50', '--json', '--quiet']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).columns.map((c: { id: string; column: number }) => [c.id, c.column])).toEqual([
      ['a', 1],
      ['b', 1],
      ['b', 2],
      ['b', 3],
    ]);
    w.write('changed/panel.csv', panel());
    w.write('changed/study.yaml', readFileSync(w.path('study.yaml'), 'utf8'));
    expect(w.run(['run', 'changed/study.yaml', '-o', 'changed/run', '--quiet']).code).toBe(0);
    w.write('changed/panel.csv', panel(1));
    const other = w.run(['boot', 'changed/run', '-B', '50']);
    expect([other.code, other.stdout]).toEqual([3, '']);
    expect(other.stderr).toMatch(/has changed since the run in "changed\/run": its SHA-256 is [0-9a-f]{12}…/);
  });

  it.each([
    ['a folder that is no run', ['boot', '.', '-B', '9'], 3, /has no manifest\.json of a run/],
    ['a model that is not there', ['boot', 'run', '--model', 'c'], 2, /--model is "c"/],
    ['a column that is not there', ['boot', 'run', '--model', 'a', '--column', '9'], 2, /--column is 9; a has 1/],
    ['-B 0', ['boot', 'run', '-B', '0'], 2, /-B is "0"/],
  ])('refuses %s', (_, args, code, message) => {
    const run = w.run(args);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(message);
  });

  it('keeps the distribution of each column in the run’s folder, for plot; a study with vcov bootstrap has it in its report', () => {
    expect(boot('-B', '99').code).toBe(0);
    expect(w.run(['plot', 'run', '--list']).stdout.split('\n')).toContain('boot-a-1');
    const svg = w.run(['plot', 'run', '--figure', 'boot-a-1']);
    expect([svg.code, svg.stdout.includes('99 replicates, seed 1')]).toEqual([0, true]);
    expect(w.run(['plot', 'booted', '--list']).stdout.split('\n')).toContain('a-bootstrap');
  });

  it('tests a term by permutation within periods', () => {
    const { code, stdout } = w.run([
      'boot',
      'run',
      '--model',
      'a',
      '-B',
      '199',
      '--boot-kind',
      'permutation',
      '--permute',
      'x',
      '--json',
    ]);
    expect(code).toBe(0);
    const [{ resampling }] = JSON.parse(stdout).columns;
    expect(resampling).toMatchObject({ scheme: 'permutation', by: 'year', reps: 199 });
    expect(resampling.test.term).toBe('x');
    expect(resampling.test.p).toBeGreaterThan(0);
  });
});

const checkpoints = () => readdirSync(w.path('run')).filter((name) => name.includes('checkpoint'));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a boot, ends it by `signal` `ms` after its checkpoint is there, and gives its exit code, stderr and how long the end took. */
async function ended(args: string[], ms: number, signal: NodeJS.Signals) {
  const resumed = checkpoints().length > 0;
  const child = w.start(args);
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout.resume();
  const ready = () => (resumed && !args.includes('--quiet') ? stderr.includes('Going on') : checkpoints().length > 0);
  while (child.exitCode === null && !ready()) await pause(10);
  await pause(ms);
  const start = performance.now();
  child.kill(signal);
  const code = await exit;
  return { code, stderr, took: performance.now() - start };
}

const LONG = ['boot', 'run', '--model', 'a', '-B', '40000', '--json', '--threads', '2'];

describe('an end before the end', () => {
  let whole: unknown;
  beforeAll(() => {
    whole = result(w.run([...LONG, '--quiet']).stdout);
  }, 60_000);

  it('keeps finished replicates at SIGINT, SIGTERM and a closed terminal, and goes on from them', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const stopped = await ended(LONG, 200, signal);
      if (stopped.code === 0) continue;
      expect(stopped.code).toBe(code);
      expect(stopped.took).toBeLessThan(1000);
      expect(stopped.stderr).toMatch(
        /Interrupted: \d+ replicates are kept in run\/boot-[0-9a-f]+\.checkpoint|before any replicate/,
      );
    }
    const again = w.run(LONG);
    expect(again.code).toBe(0);
    expect(result(again.stdout)).toEqual(whole);
    expect(checkpoints()).toEqual([]);
  }, 60_000);

  it('gives the same bits after a dozen kills at random points', async () => {
    let kills = 0;
    for (let i = 0; i < 12; i++) {
      const { code } = await ended(
        [...LONG, '--quiet'],
        200 + Math.floor(noise(i, Date.now() % 1000) * 600),
        'SIGKILL',
      );
      if (code === null) kills++;
    }
    expect(kills).toBeGreaterThan(2);
    const { code, stdout } = w.run([...LONG, '--quiet']);
    expect(code).toBe(0);
    expect(result(stdout)).toEqual(whole);
  }, 90_000);

  it('drops a record that was cut or changed, and what is behind it', async () => {
    await ended([...LONG, '--quiet'], 300, 'SIGKILL');
    const [name] = checkpoints();
    if (name) {
      const bytes = readFileSync(w.path(`run/${name}`));
      bytes[Math.floor(bytes.length * 0.7)] ^= 1;
      writeFileSync(w.path(`run/${name}`), bytes.subarray(0, bytes.length - 3));
    }
    expect(result(w.run([...LONG, '--quiet']).stdout)).toEqual(whole);
  }, 60_000);

  it('is not moved by a clock that jumps', () => {
    w.write('jump.cjs', 'const now = Date.now; let jumps = 0; Date.now = () => now() + (jumps++ % 2 ? -1 : 1) * 1e10;');
    const { code, stdout } = w.run([...LONG, '--quiet'], { env: { NODE_OPTIONS: `--require ${w.path('jump.cjs')}` } });
    expect(code).toBe(0);
    expect(result(stdout)).toEqual(whole);
  }, 60_000);

  it('says that the disk is full, and shows no part as the whole', () => {
    const full = w.run([...LONG, '--quiet', '--checkpoint', '/dev/full']);
    expect([full.code, full.stdout]).toEqual([2, '']);
    expect(JSON.parse(full.stderr).error).toMatchObject({
      code: 'output/not-written',
      message: expect.stringMatching(/disk is full/),
    });
  });
});

describe('shards', () => {
  const B = ['-B', '500', '--seed', '5', '--model', 'b'];
  let here: unknown;
  const plan = (name: string, shards: number, ...more: string[]) =>
    w.run(['boot', 'plan', 'run', ...B, '--shards', String(shards), '-o', name, ...more]);
  const shard = (k: number, name: string) => w.run(['boot', 'run-shard', String(k), name, '--quiet', '--threads', '1']);

  beforeAll(() => {
    here = result(w.run(['boot', 'run', ...B, '--json', '--quiet']).stdout);
  });

  it.each([1, 4, 9])(
    'of %i give the bits of one machine',
    (shards) => {
      const name = `plan-${shards}`;
      expect(plan(name, shards).code).toBe(0);
      for (let k = shards; k >= 1; k--) expect(shard(k, name).code).toBe(0);
      expect(w.run(['boot', 'status', name]).code).toBe(0);
      const merged = w.run(['boot', 'merge', name, '--json', '--quiet']);
      expect(merged.code).toBe(0);
      expect(result(merged.stdout)).toEqual(here);
    },
    60_000,
  );

  it('are told apart as missing, broken and of another plan: exit 6', () => {
    w.write('other/panel.csv', panel(1));
    w.write('other/study.yaml', readFileSync(w.path('study.yaml'), 'utf8'));
    expect(w.run(['boot', 'plan', 'other/study.yaml', ...B, '--shards', '4', '-o', 'foreign']).code).toBe(0);
    expect(shard(3, 'foreign').code).toBe(0);
    expect(plan('holes', 4).code).toBe(0);
    for (const k of [1, 2, 3]) expect(shard(k, 'holes').code).toBe(0);
    const bytes = readFileSync(w.path('holes/shards/shard-2.bin'));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(w.path('holes/shards/shard-2.bin'), bytes);
    cpSync(w.path('foreign/shards/shard-3.bin'), w.path('holes/shards/shard-3.bin'));
    const merged = w.run(['boot', 'merge', 'holes', '--json']);
    expect([merged.code, merged.stdout]).toEqual([6, '']);
    expect(JSON.parse(merged.stderr).error).toMatchObject({
      code: 'shards/incomplete',
      details: { missing: [4], broken: [2], foreign: [3] },
    });
    const status = w.run(['boot', 'status', 'holes', '--json']);
    expect(status.code).toBe(6);
    expect(JSON.parse(status.stdout)).toMatchObject({
      schema: 'boot-status/1',
      done: 1,
      missing: [4],
      broken: [2],
      foreign: [3],
    });
  }, 60_000);

  it('belong to a plan that nobody changed', () => {
    const manifest = readFileSync(w.path('plan-4/manifest.json'), 'utf8');
    w.write('plan-4/manifest.json', manifest.replace('"reps": 500', '"reps": 499'));
    for (const args of [
      ['merge', 'plan-4'],
      ['status', 'plan-4'],
      ['run-shard', '1', 'plan-4'],
    ]) {
      const run = w.run(['boot', ...args]);
      expect([run.code, run.stdout]).toEqual([3, '']);
      expect(run.stderr).toMatch(/was changed by hand/);
    }
    w.write('plan-4/manifest.json', manifest);
    const job = readFileSync(w.path('plan-4/jobs/1.bin'));
    job[job.length - 9] ^= 1;
    writeFileSync(w.path('plan-4/jobs/1.bin'), job);
    expect(w.run(['boot', 'merge', 'plan-4']).stderr).toMatch(/is not the file that the plan was made with/);
  });

  it.each([
    ['a shard beyond the plan', ['run-shard', '10', 'plan-9'], 2, /K is 10; the plan has 9 shards/],
    ['a shard that is no number', ['run-shard', 'x', 'plan-9'], 2, /K is "x"/],
    ['a folder that is no plan', ['merge', 'run'], 3, /is no plan of gravpanel/],
    ['a plan that is there', ['plan', 'run', ...B, '--shards', '4', '-o', 'plan-9'], 2, /exists already/],
  ])('refuse %s', (_, args, code, message) => {
    const run = w.run(['boot', ...args]);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(message);
  });

  it.runIf(PARALLEL)(
    'run through GNU parallel, which goes on where it was',
    () => {
      expect(plan('hosts', 6).code).toBe(0);
      const command = join(w.dir, 'gravpanel');
      writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, { mode: 0o755 });
      const run = () =>
        spawnSync('bash', [w.path('hosts/parallel.sh')], {
          encoding: 'utf8',
          env: { ...process.env, GRAVPANEL: command },
        });
      expect(run().status).toBe(0);
      expect(result(readFileSync(w.path('hosts/boot.json'), 'utf8'))).toEqual(here);
      rmSync(w.path('hosts/boot.json'));
      expect(run().status).toBe(0);
      expect(result(readFileSync(w.path('hosts/boot.json'), 'utf8'))).toEqual(here);
    },
    60_000,
  );

  it('can be made again without harm', () => {
    const before = readFileSync(w.path('plan-9/shards/shard-5.bin'));
    expect(w.run(['boot', 'run-shard', '5', 'plan-9', '--json']).stdout).toContain('"again": true');
    expect(readFileSync(w.path('plan-9/shards/shard-5.bin')).equals(before)).toBe(true);
    expect(existsSync(w.path('plan-9/shards/shard-5.bin.part'))).toBe(false);
  });
});
