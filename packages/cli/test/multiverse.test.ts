/** Specification curves through the program: single fits' numbers, the same bits for any threads and shards, nothing half-written. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { count, goodStudy, noise, panelCsv, type Workspace, workspace } from './program.ts';

const panel = (shift = 0) =>
  panelCsv(24, 8, (i, t) => ({
    y: count(i, t + shift),
    x: noise(i, t, 1).toFixed(6),
    z: noise(i, t, 2).toFixed(6),
    w: noise(i, t, 3).toFixed(6),
  }));

const CURVE = `multiverse:
  main:
    of: x
    formula: y ~ x
    estimators: [nb-fe, poisson | id, nb2]
    vcov: [iid, "cluster:id"]
    samples: { all: all, late: year >= 2003 }
    lags: [0, 1]
    zeros: [keep, drop]
    optional: [z]
    joint: { reps: 20, seed: 3 }
`;
/** Eight specifications. */
const SMALL = `multiverse:
  main:
    of: x
    formula: y ~ x
    estimators: [nb-fe, poisson | id]
    vcov: [iid, "cluster:id"]
    optional: [z]
`;
const MODELS = '  a: { model: nb2, formula: "y ~ x" }';

let w: Workspace;
beforeAll(() => {
  w = workspace({
    'panel.csv': panel(),
    'study.yaml': goodStudy(MODELS, CURVE),
    'small.yaml': goodStudy(MODELS, SMALL),
    'failing.yaml': goodStudy(
      MODELS,
      CURVE.replace('[iid, "cluster:id"]', '[iid, hc1]').replace('reps: 20', 'kind: permutation, reps: 20'),
    ),
  });
});
afterAll(() => w.remove());

const json = (...args: string[]) => {
  const { code, stdout, stderr } = w.run(['multiverse', ...args, '--json', '--quiet']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};
const curvesOf = (...args: string[]) => json(...args).curves;
const checkpoints = () => readdirSync(w.dir).filter((name) => name.includes('checkpoint'));

describe('multiverse STUDY', () => {
  it('has the number of every single fit, to the last bit', () => {
    const { schema, curves } = json('study.yaml');
    expect(schema).toBe('multiverse/1');
    const [curve] = curves;
    expect(curve.specifications).toHaveLength(96);
    expect(curve.joint.statistics.map(({ kind }: { kind: string }) => kind)).toEqual(['median', 'share', 'stouffer']);
    const wanted = [
      [
        { estimators: 'nb-fe', vcov: 'cluster:id', samples: 'late', lags: '1', zeros: 'keep', optional: ['z'] },
        'y ~ x + z',
      ],
      [
        { estimators: 'poisson | id', vcov: 'iid', samples: 'all', lags: '0', zeros: 'drop', optional: [] },
        'y ~ x | id',
      ],
      [
        { estimators: 'nb2', vcov: 'cluster:id', samples: 'late', lags: '0', zeros: 'drop', optional: ['z'] },
        'y ~ x + z',
      ],
    ] as const;
    for (const [choices, formula] of wanted) {
      const found = curve.specifications.find(
        (one: { choices: unknown }) => JSON.stringify(one.choices) === JSON.stringify(choices),
      );
      const filters = [choices.samples === 'late' && 'year >= 2003', choices.zeros === 'drop' && 'y > 0'].filter(
        Boolean,
      );
      const fit = w.run([
        'fit',
        '--data',
        'panel.csv',
        '--panel',
        'id,year',
        '--model',
        choices.estimators.split(' ')[0],
        '--vcov',
        choices.vcov,
        '--lag',
        choices.lags,
        ...(filters.length > 0 ? ['--where', filters.join(' and ')] : []),
        formula,
        '--json',
      ]);
      expect(fit.code, fit.stderr).toBe(0);
      const [column] = JSON.parse(fit.stdout).columns;
      const { term: _, ...own } = column.coefficients.find(({ term }: { term: string }) => term === 'x');
      expect(found).toMatchObject({ ...own, nobs: column.nobs, status: 'ok' });
    }
  }, 60_000);

  it('prints joint test and specifications, and keeps nothing', () => {
    const { code, stdout } = w.run(['multiverse', 'study.yaml', '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toContain('Stouffer’s Z of all of them');
    expect(stdout.match(/poisson \| id/g)).toHaveLength(32);
    expect(checkpoints()).toEqual([]);
  });

  it('keeps a failed specification in the table, says why, and ends with 3', { timeout: 120_000 }, () => {
    const { code, stdout } = w.run(['multiverse', 'failing.yaml', '--quiet', '--json']);
    expect(code).toBe(3);
    const [{ specifications, joint }] = JSON.parse(stdout).curves;
    expect(specifications).toHaveLength(96);
    const failed = specifications.filter(({ status }: { status: string }) => status === 'failed');
    expect(failed.map(({ error }: { error: { code: string } }) => error.code)).toEqual(
      Array(16).fill('model/option-not-supported'),
    );
    expect(joint).toMatchObject({ kind: 'permutation', by: 'histories of id', reps: 20 });
    const { stderr } = w.run(['multiverse', 'failing.yaml', '--quiet', '-B', '2']);
    expect(stderr).toMatch(/multiverse\.main, specification 17: nb-fe cannot use hc1 standard errors/);
    expect(stderr).toMatch(/at: failing\.yaml:8:5/);
  });

  it('writes a folder like a run, refuses to overwrite it, and verify finds it equal', () => {
    const { code, stdout } = w.run(['multiverse', 'study.yaml', '-o', 'out', '--quiet']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^x: .* of 96 specifications; median/)]);
    const files = readdirSync(w.path('out')).sort();
    expect(files).toEqual(
      ['figures', 'fits.json', 'manifest.json', 'multiverse.json', 'report.html', 'study.yaml', 'tables'].sort(),
    );
    expect(readdirSync(w.path('out/tables'))).toContain('main-specifications.tex');
    expect(readFileSync(w.path('out/report.html'), 'utf8')).toContain('Every declared choice');
    const manifest = JSON.parse(readFileSync(w.path('out/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ seeds: { 'multiverse.main': 3 }, part: { multiverse: { curves: [] } } });
    const verified = w.run(['verify', 'out', '--quiet']);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('Verified')]);
    const again = w.run(['multiverse', 'study.yaml', '-o', 'out']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
  }, 120_000);

  it('stands in the report of run', () => {
    expect(w.run(['run', 'study.yaml', '-o', 'whole', '--quiet']).code).toBe(0);
    const curve = JSON.parse(readFileSync(w.path('whole/figures/main-curve.json'), 'utf8'));
    expect(curve.points).toHaveLength(96);
    const joint = (dir: string) => readFileSync(w.path(`${dir}/tables/main-joint.json`), 'utf8');
    expect(JSON.parse(joint('whole')).body).toEqual(JSON.parse(joint('out')).body);
  });

  it.each([
    ['a study without a curve', ['none.yaml'], 3, /declares no specification curve/],
    ['a curve that is not there', ['study.yaml', '--curve', 'mein'], 2, /"mein" is no specification curve/],
    ['-B 0', ['study.yaml', '-B', '0'], 2, /-B is "0"/],
    ['a kind that is none', ['study.yaml', '--kind', 'shuffle'], 2, /one of bootstrap, permutation/],
    ['-o -', ['study.yaml', '-o', '-'], 2, /a folder was expected/],
    ['a plan that is none', ['study.yaml', '--from', '.'], 3, /is no plan of gravpanel/],
  ])('refuses %s', (_, args, code, message) => {
    w.write('none.yaml', goodStudy(MODELS));
    const run = w.run(['multiverse', ...args]);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(message);
  });
});

describe('the same bits', () => {
  const settings = ['small.yaml', '-B', '600', '--seed', '5'];
  let local: unknown;
  beforeAll(() => {
    local = curvesOf(...settings, '--threads', '1');
  }, 60_000);

  it('for 1, 2 and 7 threads; others for another seed', () => {
    for (const threads of ['2', '7']) expect(curvesOf(...settings, '--threads', threads)).toEqual(local);
    expect(curvesOf('small.yaml', '-B', '600', '--seed', '6')).not.toEqual(local);
  }, 120_000);

  it.each([1, 4, 9])(
    'for %i shards',
    (shards) => {
      const plan = `plan${shards}`;
      expect(w.run(['multiverse', 'plan', ...settings, '--shards', String(shards), '-o', plan]).code).toBe(0);
      const make = (k: number) => w.run(['multiverse', 'run-shard', String(k), plan, '--quiet', '--threads', '1']).code;
      for (let k = 2; k <= shards; k++) expect(make(k)).toBe(0);
      if (shards === 4) {
        const early = w.run(['multiverse', 'merge', plan]);
        expect([early.code, early.stdout]).toEqual([6, '']);
        expect(early.stderr).toContain(`gravpanel multiverse run-shard 1 ${plan}`);
        expect(w.run(['multiverse', 'status', plan]).code).toBe(6);
      }
      expect(make(1)).toBe(0);
      const merged = w.run(['multiverse', 'merge', plan, '--json']);
      expect(merged.code).toBe(0);
      expect(JSON.parse(merged.stdout).curves).toEqual(local);
    },
    180_000,
  );

  it('in the folder that is made from a plan; a plan of other settings is refused', () => {
    const made = w.run(['multiverse', ...settings, '--from', 'plan4', '-o', 'fromplan', '--quiet']);
    expect(made.code, made.stderr).toBe(0);
    expect(JSON.parse(readFileSync(w.path('fromplan/multiverse.json'), 'utf8')).curves).toEqual(local);
    const other = w.run(['multiverse', 'small.yaml', '-B', '60', '--from', 'plan4']);
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('has no replicates of main')]);
    const boot = w.run(['boot', 'merge', 'plan4']);
    expect([boot.code, boot.stderr]).toEqual([3, expect.stringContaining('is a plan of gravpanel multiverse')]);
    expect(readFileSync(w.path('plan4/slurm.sh'), 'utf8')).toContain('multiverse.json');
    expect(readFileSync(w.path('plan4/shard.sbatch'), 'utf8')).toContain('multiverse run-shard');
  }, 60_000);

  it('after a SIGKILL: the same command goes on from its checkpoint', async () => {
    const args = ['multiverse', 'small.yaml', '-B', '600', '--seed', '5', '--threads', '1', '--json', '--quiet'];
    const child = w.start(args);
    const file = () => checkpoints().map((name) => join(w.dir, name))[0];
    for (let i = 0; i < 2000 && !(file() && readFileSync(file()).length > 4000); i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(existsSync(file())).toBe(true);
    const resumed = w.run(args.filter((arg) => arg !== '--quiet'));
    expect(resumed.stderr).toMatch(/Going on from \d+ curves/);
    expect(JSON.parse(resumed.stdout).curves).toEqual(local);
    expect(checkpoints()).toEqual([]);
  }, 60_000);
});
