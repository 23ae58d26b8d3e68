/** A plan as a Slurm job array, for real: a task is stopped and requeued, and the merge after it has the bits of one machine. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, count, goodStudy, noise, panelCsv, type Workspace, workspace } from './program.ts';
import { missingParts, startCluster, until } from './slurm-cluster.ts';

const missing = missingParts();
if (missing.length > 0) {
  const words = `${missing.join(', ')} missing: shards as a Slurm job array were NOT tested (apt install slurm-wlm munge).`;
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
}

const SHARDS = 8;

describe.runIf(missing.length === 0)('a plan on Slurm', () => {
  let w: Workspace;
  let cluster: Awaited<ReturnType<typeof startCluster>>;

  beforeAll(async () => {
    w = workspace({
      'panel.csv': panelCsv(40, 8, (i, t) => ({
        y: count(i, t),
        x: noise(i, t, 1).toFixed(6),
        z: noise(i, t, 2).toFixed(6),
      })),
      'study.yaml': goodStudy('  a: { model: nb-fe, formula: "y ~ x + z" }'),
      'curve.yaml': goodStudy(
        '  a: { model: nb-fe, formula: "y ~ x + z" }',
        'multiverse:\n  main: { of: x, formula: y ~ x, estimators: [nb-fe, poisson | id], vcov: [iid], optional: [z] }\n',
      ),
      gravpanel: `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`,
    });
    cluster = await startCluster();
  }, 120_000);

  afterAll(async () => {
    await cluster?.stop();
    w?.remove();
  }, 60_000);

  /** Submits a plan, requeues one of its tasks while it runs, and waits for the merge after the last shard: its object. */
  async function submitted(plan: string, result: string) {
    cluster.env.GRAVPANEL = `sh ${w.path('gravpanel')}`;
    const sent = cluster.run('bash', ['slurm.sh'], w.path(plan));
    expect(sent.stderr).toBe('');
    const array = /array (\d+)/.exec(sent.stdout)![1];
    const merge = /merge (\d+)/.exec(sent.stdout)![1];
    const queue = () => cluster.run('squeue', ['--noheader', '--array', '--format=%F %K %T']).stdout;
    const task = await until(
      'a running task',
      60,
      () => new RegExp(`^${array} (\\d+) RUNNING`, 'm').exec(queue())?.[1],
    );
    const requeued = cluster.run('scontrol', ['requeue', `${array}_${task}`]);
    expect([requeued.status, requeued.stderr]).toEqual([0, '']);
    // A requeued task may begin again only after a pause that Slurm makes; it need not here.
    await until('the requeued task', 60, () => {
      cluster.run('scontrol', ['update', `JobId=${array}_${task}`, 'StartTime=now']);
      return existsSync(w.path(`${plan}/shards/shard-${task}.bin`));
    });
    expect(cluster.run('scontrol', ['show', 'job', `${array}_${task}`]).stdout).toMatch(/Restarts=1/);
    await until('the merge', 120, () => !queue().includes(merge) && existsSync(w.path(`${plan}/${result}`)));
    return JSON.parse(readFileSync(w.path(`${plan}/${result}`), 'utf8'));
  }

  it('runs as an array, survives a requeue, and merges after the last shard', async () => {
    const settings = ['study.yaml', '-B', '8000', '--seed', '11'];
    expect(w.run(['boot', 'plan', ...settings, '--shards', String(SHARDS), '-o', 'plan']).code).toBe(0);
    const merged = await submitted('plan', 'boot.json');
    expect(merged.shards).toBe(SHARDS);
    const here = JSON.parse(w.run(['boot', ...settings, '--json', '--quiet']).stdout);
    for (const { columns } of [merged, here])
      for (const { resampling } of columns) {
        delete resampling.threads;
        delete resampling.seconds;
      }
    expect(merged.columns).toEqual(here.columns);
  }, 240_000);

  it('does the same with a specification curve', async () => {
    const settings = ['curve.yaml', '-B', '1600', '--seed', '3'];
    expect(w.run(['multiverse', 'plan', ...settings, '--shards', String(SHARDS), '-o', 'curves']).code).toBe(0);
    const merged = await submitted('curves', 'multiverse.json');
    const here = w.run(['multiverse', ...settings, '--json', '--quiet']);
    expect(merged.curves).toEqual(JSON.parse(here.stdout).curves);
  }, 240_000);
});
