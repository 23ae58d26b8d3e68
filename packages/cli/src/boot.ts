/** `gravpanel boot`: resampling of a run, here or as shards for a cluster. */
import { Command, Option } from 'commander';
import { bootRun } from './boot-run.ts';
import { mergeCommand, planCommand, shardCommand, statusCommand } from './boot-shards.ts';
import { numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { repsFlag, resampleFlags } from './resample-flags.ts';
import { runCommand } from './usage.ts';

const KINDS = ['pairs', 'block', 'two-way', 'wild', 'score', 'parametric', 'permutation'] as const;

/** Flags of `boot RUN` and `boot plan`. */
export const bootFlags = () => [
  new Option('-B, --reps <n>', 'replicates (default: boot.reps of the study, or 999)').argParser(repsFlag('-B')),
  new Option('--seed <n>', 'seed of the replicates (default: boot.seed of the study, or its seed, or 1)').argParser(
    numberOf('--seed', 'a whole number from 0', 'Write --seed 1.', (n) => Number.isSafeInteger(n) && n >= 0),
  ),
  new Option('--model <id>', 'one model of the study (default: all)'),
  new Option('--column <k>', 'one column of each model').argParser(
    numberOf('--column', 'a whole number from 1', 'Write --column 1.', (n) => Number.isInteger(n) && n >= 1),
  ),
  ...resampleFlags(KINDS),
  new Option('--permute <term>', 'permutation: the term whose values move'),
  new Option('--strata <col>', 'permutation: within its values (default: within periods)'),
];

function define(): Command {
  const command = new Command('boot').argument('<run>', 'folder of a run, or a study file');
  const more = [
    new Option(
      '--checkpoint <file>',
      'where finished replicates are kept until the end (default: in the run’s folder)',
    ),
    new Option('-o, --output <file>', 'write to a .txt or .json file; - is stdout'),
  ];
  for (const option of [...bootFlags(), ...more, ...commonFlags()]) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Resamples the columns of a run: standard errors, percentile, basic and BCa intervals, p values, and how far each figure would move under another seed.',
    usage: 'boot RUN [-B N] [flags]\n       gravpanel boot plan | run-shard | merge | status …',
    examples: [
      'gravpanel boot out/hhg -B 9999 --seed 1',
      'gravpanel boot plan out/hhg -B 1000000 --shards 200 -o plan',
    ],
    after:
      'An interrupted run keeps what it has: the same command goes on from there. The numbers depend on the data, -B and --seed only.\nboot plan makes a folder that any number of machines work on: boot run-shard K PLAN, boot status PLAN, boot merge PLAN.\nExit codes: 0 ok, 2 usage, 3 data, 4 not converged, 6 shards missing, 130 interrupted.',
  });
  return command.action(bootRun);
}

const PARTS: Record<string, () => Command> = {
  plan: () => planCommand(bootFlags()),
  'run-shard': () => shardCommand(),
  merge: mergeCommand,
  status: () => statusCommand(),
};

export const main = (args: string[]) =>
  Object.hasOwn(PARTS, args[0] ?? '') ? runCommand(PARTS[args[0]](), args.slice(1)) : runCommand(define(), args);
