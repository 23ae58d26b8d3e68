/** `gravpanel multiverse`: specification curves with their joint test, here or as shards for a cluster. */
import { Command, Option } from 'commander';
import { shardCommand, statusCommand } from './boot-shards.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { curveFlags } from './multiverse-flags.ts';
import { multiverseRun } from './multiverse-run.ts';
import { curveMergeCommand, curvePlanCommand } from './multiverse-shards.ts';
import { runCommand } from './usage.ts';

function define(): Command {
  const command = new Command('multiverse').argument('<study>', 'study file, or folder of a run; - is stdin');
  const more = [
    new Option('--from <plan>', 'take the curves under the null from the finished shards of a plan'),
    new Option('--checkpoint <file>', 'where finished curves are kept until the end (default: here, or in the run)'),
    new Option('-o, --output <dir>', 'write report, tables, figures and manifest to a folder'),
  ];
  for (const option of [...curveFlags(), ...more, ...commonFlags()]) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Estimates every specification that the study declares under multiverse (estimator × standard errors × sample × lag × zeros × controls), and asks whether their curve as a whole is more than chance (Simonsohn, Simmons and Nelson 2020).',
    usage: 'multiverse STUDY [-o DIR] [flags]\n       gravpanel multiverse plan | run-shard | merge | status …',
    examples: [
      'gravpanel multiverse studies/china-copublications/study.yaml -o out/curve',
      'gravpanel multiverse study.yaml --curve gdp -B 5000 --kind permutation --json',
    ],
    after:
      'A specification that fails keeps its place in the table with its error. An interrupted run keeps what it has: the same command goes on from there.\nmultiverse plan makes a folder that any number of machines work on: multiverse run-shard K PLAN, status PLAN, merge PLAN.\nExit codes: 0 ok, 2 usage, 3 data or study, 4 some specification did not converge (the rest is written), 6 shards missing, 130 interrupted.',
  });
  return command.action(multiverseRun);
}

const PARTS: Record<string, () => Command> = {
  plan: curvePlanCommand,
  'run-shard': () => shardCommand('multiverse'),
  merge: curveMergeCommand,
  status: () => statusCommand('multiverse'),
};

export const main = (args: string[]) =>
  Object.hasOwn(PARTS, args[0] ?? '') ? runCommand(PARTS[args[0]](), args.slice(1)) : runCommand(define(), args);
