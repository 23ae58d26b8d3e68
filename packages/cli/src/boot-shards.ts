/** `boot plan | run-shard | merge | status`: one resampling cut into shards that any machines work on. */
import * as fs from 'node:fs';
import path from 'node:path';
import { loadKernels } from '@gravpanel/core-wasm';
import { checkDraws, finishFit, PanelError, type StartedFit, startFit } from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { type BootFlags, bootColumns, named } from './boot-columns.ts';
import { deliver, printErrors } from './boot-run.ts';
import type { BootResult } from './boot-table.ts';
import { openCheckpoint } from './checkpoint.ts';
import { drawProgress } from './draw-progress.ts';
import type { DrawnColumn } from './draws-file.ts';
import { EXIT } from './exit-codes.ts';
import { checkOutputFile, writeFolder } from './files.ts';
import { jsonText } from './fit-json.ts';
import { numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { onInterrupt } from './interruptible.ts';
import { nodePool, threadsOf } from './node-pool.ts';
import {
  findShards,
  jobOf,
  mergedDraws,
  openPlan,
  type PlanManifest,
  planFiles,
  shardFile,
  shardRange,
  startedOf,
  writeShard,
} from './plan-folder.ts';
import { runJob } from './resample-runner.ts';
import { openPlanned } from './run-folder.ts';
import { terminal, write } from './streams.ts';
import { usageError } from './usage.ts';

interface CommonFlags {
  threads?: number;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

const MOST_SHARDS = 100_000;

async function plan(
  target: string,
  flags: BootFlags & CommonFlags & { shards: number; output: string },
): Promise<void> {
  const t = terminal(flags);
  if (flags.draws !== undefined)
    throw usageError(
      'flag-without-use',
      '--draws does nothing here: a plan draws nothing.',
      'Give it to boot merge.',
      '--draws',
    );
  const kernels = await loadKernels();
  const run = await openPlanned(target);
  const { columns, failures } = bootColumns(run, flags, kernels);
  const started: { model: string; column: number; fit: StartedFit }[] = [];
  for (const { model, column, design } of columns)
    try {
      started.push({ model, column, fit: startFit(design, kernels) });
    } catch (error) {
      if (!(error instanceof PanelError)) throw error;
      failures.push(named(model, column, error.toJSON()));
    }
  // A plan is of the whole: a column that cannot be estimated here will not be on a thousand machines either.
  if (failures.length > 0) {
    const [first, ...others] = failures;
    throw new PanelError({ ...first, ...(others.length > 0 && { details: { others } }) });
  }
  const { files, manifest } = planFiles(run, started, flags.shards);
  writeFolder(
    flags.output,
    files,
    flags.force,
    Object.keys(files).map((name) => name.split('/')[0]),
    'boot-plan/1',
  );
  const what = `${started.length} ${started.length === 1 ? 'column' : 'columns'}`;
  await write(
    process.stdout,
    t.json ? jsonText({ ...manifest, output: flags.output }) : planText(manifest, what, flags.output),
  );
}

/** What was planned, and the ways to make it. */
export function planText({ reps, shards, kind: own }: PlanManifest, what: string, output: string): string {
  const kind = own ?? 'boot';
  return `${reps.toLocaleString('en-US')} replicates of ${what} in ${shards} shards: ${output}
  one machine   gravpanel ${kind} run-shard K ${output}, K from 1 to ${shards}
  Slurm         bash ${path.join(output, 'slurm.sh')}
  hosts         bash ${path.join(output, 'parallel.sh')}
  then          gravpanel ${kind} status ${output}; gravpanel ${kind} merge ${output}
`;
}

export const whole = (flag: string, least: number) =>
  numberOf(flag, `a whole number from ${least}`, `Write ${flag} ${least}.`, (n) => Number.isInteger(n) && n >= least);

/** Into how many parts, and where to. */
export const shardFlags = () => [
  new Option('--shards <s>', 'parts that machines take one by one')
    .argParser(
      numberOf(
        '--shards',
        `a whole number from 1 to ${MOST_SHARDS}`,
        'Write --shards 100.',
        (n) => Number.isInteger(n) && n >= 1 && n <= MOST_SHARDS,
      ),
    )
    .makeOptionMandatory(),
  new Option('-o, --output <plan>', 'folder to write').makeOptionMandatory(),
];

export function planCommand(bootFlags: Option[]): Command {
  const command = new Command('boot plan').argument('<run>', 'folder of a run, or a study file');
  for (const option of [...bootFlags, ...shardFlags(), ...commonFlags()]) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Writes a folder that holds everything a resampling depends on, so that any machine can make any shard of it.',
    usage: 'boot plan RUN -B N --shards S -o PLAN [flags]',
    examples: [
      'gravpanel boot plan out/hhg -B 9999 --seed 1 --shards 8 -o plan',
      'gravpanel boot plan study.yaml --model full --column 6 -B 1000000 --shards 1000 -o plan',
    ],
    after:
      'The folder also holds slurm.sh (a job array and a merge after it) and parallel.sh (GNU parallel over hosts).',
  });
  return command.action(plan);
}

function shardNumber(text: string): number {
  return whole('K', 1)(text);
}

async function runShard(given: string, folder: string, flags: CommonFlags): Promise<void> {
  const t = terminal(flags);
  const k = shardNumber(given);
  const { manifest } = openPlan(folder);
  if (k > manifest.shards)
    throw usageError(
      'wrong-value',
      `K is ${k}; the plan has ${manifest.shards} shards.`,
      `Choose K from 1 to ${manifest.shards}.`,
    );
  const answer = (seconds: number, again: boolean) =>
    t.json
      ? jsonText({ schema: 'boot-shard/1', shard: k, file: shardFile(folder, k), seconds, again })
      : `Shard ${k} of ${manifest.shards}${again ? ' is there already' : ` done in ${seconds} s`}: ${shardFile(folder, k)}\n`;
  if (findShards(folder, manifest, [k]).good.length > 0) return write(process.stdout, answer(0, true));
  const start = performance.now();
  const kernels = await loadKernels();
  const pool = nodePool(threadsOf(flags.threads));
  const progress = drawProgress(process.stderr, { quiet: t.quiet, color: t.color.err });
  const part = `${shardFile(folder, k)}.part`;
  fs.mkdirSync(path.dirname(part), { recursive: true });
  const checkpoint = openCheckpoint(part);
  const restore = onInterrupt(() => {
    const kept = checkpoint.stored();
    checkpoint.close();
    return `Interrupted: ${kept} replicates of shard ${k} are kept. The same command goes on from there.`;
  });
  try {
    const parts = [];
    for (const [i, entry] of manifest.jobs.entries()) {
      const job = jobOf(folder, manifest, i);
      const range = shardRange(manifest, i, k);
      const label = `shard ${k}, ${entry.model} (${entry.column})`;
      const { draws } = await runJob(job, label, { kernels, pool, progress, checkpoint }, range);
      parts.push({ job: i, ...range, draws });
    }
    writeShard(folder, manifest, k, parts);
    checkpoint.remove();
  } finally {
    checkpoint.close();
    progress.end();
    pool.stop();
    restore();
  }
  await write(process.stdout, answer(Math.round(performance.now() - start) / 1000, false));
}

export function shardCommand(name: 'boot' | 'multiverse' = 'boot'): Command {
  const command = new Command(`${name} run-shard`)
    .argument('<k>', 'number of the shard, from 1')
    .argument('<plan>', 'folder of a plan');
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Makes one shard of a plan. Its bits depend on the plan only; a shard that is there already is left alone.',
    usage: `${name} run-shard K PLAN [flags]`,
    examples: [
      `gravpanel ${name} run-shard 1 plan`,
      `gravpanel ${name} run-shard "$SLURM_ARRAY_TASK_ID" plan --threads 1`,
    ],
    after:
      'An interrupted shard goes on where it was. Exit codes: 0 ok, 2 usage, 3 the plan was changed, 130 interrupted.',
  });
  return command.action(runShard);
}

async function merge(folder: string, flags: CommonFlags & { output?: string; draws?: string }): Promise<void> {
  const t = terminal(flags);
  for (const file of [flags.output, flags.draws]) if (file) checkOutputFile(file, flags.force);
  const { manifest } = openPlan(folder, 'boot');
  const columns = manifest.jobs.map((_, i) => startedOf(folder, manifest, i));
  const draws = mergedDraws(
    folder,
    manifest,
    columns.map(({ runs }) => runs!.main),
  );
  const kernels = await loadKernels();
  const pool = nodePool(threadsOf(flags.threads));
  const progress = drawProgress(process.stderr, { quiet: t.quiet, color: t.color.err });
  const results: BootResult[] = [];
  const drawn: DrawnColumn[] = [];
  const errors = [];
  try {
    for (const [i, { model, column }] of manifest.jobs.entries()) {
      const started = columns[i];
      const label = `${model} (${column})`;
      const main = draws[i];
      const { main: job, ...others } = started.runs!;
      const o = { kernels, pool, progress };
      const rest: Record<string, unknown> = {};
      try {
        checkDraws(job, main);
        for (const [name, other] of Object.entries(others))
          rest[name] = (await runJob(other, `${label}, ${name}`, o)).draws;
        results.push({ model, column, fit: finishFit(started, { main, ...rest }, kernels) });
        drawn.push({ column: label, job, draws: main });
      } catch (error) {
        if (!(error instanceof PanelError)) throw error;
        errors.push(named(model, column, error.toJSON()));
      }
    }
  } finally {
    progress.end();
    pool.stop();
  }
  if (results.length === 0) throw new PanelError(errors[0]);
  await printErrors(errors, t);
  await deliver(results, drawn, flags, t, { plan: manifest.planHash, shards: manifest.shards });
  if (errors.length > 0) process.exitCode = EXIT.notConverged;
}

export function mergeCommand(): Command {
  const command = new Command('boot merge').argument('<plan>', 'folder of a plan');
  const more = [
    new Option('--draws <file>', 'write the replicates to a CSV file'),
    new Option('-o, --output <file>', 'write to a .txt or .json file; - is stdout'),
  ];
  for (const option of [...more, ...commonFlags()]) command.addOption(option);
  describeCommand(command, {
    purpose: 'Puts the shards of a plan together: the same table and the same bits as boot RUN on one machine.',
    usage: 'boot merge PLAN [-o FILE] [flags]',
    examples: ['gravpanel boot merge plan', 'gravpanel boot merge plan --json -o boot.json --draws draws.csv'],
    after:
      'Every shard’s hash is checked. Exit codes: 0 ok, 3 the plan was changed, 6 shards are missing, broken or of another plan.',
  });
  return command.action(merge);
}

async function status(folder: string, flags: CommonFlags): Promise<void> {
  const t = terminal(flags);
  const { manifest } = openPlan(folder);
  const { good, missing, broken, foreign } = findShards(folder, manifest);
  const running = missing.filter((k) => fs.existsSync(`${shardFile(folder, k)}.part`));
  const state = {
    schema: 'boot-status/1',
    shards: manifest.shards,
    done: good.length,
    missing,
    started: running,
    broken,
    foreign,
  };
  const listed = (name: string, all: number[]) =>
    all.length === 0
      ? ''
      : `  ${name.padEnd(9)}${all.slice(0, 20).join(', ')}${all.length > 20 ? `, … (${all.length})` : ''}\n`;
  const text = `${good.length} of ${manifest.shards} shards are done.\n${listed('missing', missing)}${listed('started', running)}${listed('broken', broken)}${listed('foreign', foreign)}`;
  await write(process.stdout, t.json ? jsonText(state) : text);
  if (good.length < manifest.shards || foreign.length > 0) process.exitCode = EXIT.incomplete;
}

export function statusCommand(name: 'boot' | 'multiverse' = 'boot'): Command {
  const command = new Command(`${name} status`).argument('<plan>', 'folder of a plan');
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose: 'Says which shards of a plan are there, missing, started, broken or of another plan.',
    usage: `${name} status PLAN [--json]`,
    examples: [`gravpanel ${name} status plan`, `gravpanel ${name} status plan --json`],
    after: 'Exit codes: 0 all shards are there, 3 the plan was changed, 6 not yet.',
  });
  return command.action(status);
}
