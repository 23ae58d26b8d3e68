/** `multiverse plan | merge`: the joint tests of specification curves cut into shards that any machines work on. */
import { loadKernels } from '@gravpanel/core-wasm';
import { deriveStudy, finishCurve, PanelError, planMultiverse, planStudy, startCurve } from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { planText, shardFlags } from './boot-shards.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { checkOutputFile, checkOutputFolder, writeFileAtomically, writeFolder } from './files.ts';
import { jsonText } from './fit-json.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { type CurveFlags, curveFlags, studyOf } from './multiverse-flags.ts';
import { curvesJson, curvesText } from './multiverse-json.ts';
import { curveOf, curvePlanFiles, mergedDraws, openPlan, type PlanCurve } from './plan-folder.ts';
import { openRunOrStudy } from './run-folder.ts';
import { terminal, write } from './streams.ts';
import { usageError } from './usage.ts';

interface CommonFlags {
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

const TEXT_WIDTH = 120;
const PLAN_FILES = ['jobs', 'slurm.sh', 'shard.sbatch', 'merge.sbatch', 'parallel.sh', 'manifest.json'];

async function plan(target: string, flags: CurveFlags & CommonFlags & { shards: number; output: string }) {
  const t = terminal(flags);
  checkOutputFolder(flags.output, flags.force, PLAN_FILES, 'boot-plan/1');
  const kernels = await loadKernels();
  const { opened, frame } = await openRunOrStudy(target);
  const { source } = opened;
  const study = studyOf(opened.study, flags);
  const { seed, level } = planStudy(study, source);
  const derived = deriveStudy(study, frame, source);
  const curves: PlanCurve[] = [];
  for (const curve of planMultiverse(study, seed, level, source)) {
    const started = await startCurve(derived, curve, kernels, { source });
    if (started.result.jointError) throw new PanelError(started.result.jointError);
    const { job } = started;
    if (job) curves.push({ started: { ...started, job }, joint: curve.joint! });
  }
  if (curves.length === 0)
    throw new PanelError({
      code: 'study/no-joint-test',
      message: 'No curve of the study has a joint test: there is nothing to cut into shards.',
      hint: 'Take joint: none out, or run gravpanel multiverse here.',
    });
  const { files, manifest } = curvePlanFiles({ study, frame }, curves, flags.shards);
  writeFolder(flags.output, files, flags.force, PLAN_FILES, 'boot-plan/1');
  const what = `${curves.length} ${curves.length === 1 ? 'curve' : 'curves'}`;
  await write(
    process.stdout,
    t.json ? jsonText({ ...manifest, output: flags.output }) : planText(manifest, what, flags.output),
  );
}

export function curvePlanCommand(): Command {
  const command = new Command('multiverse plan').argument('<study>', 'study file, or folder of a run');
  for (const option of [...curveFlags(), ...shardFlags(), ...commonFlags('json', 'force', 'quiet', 'color')])
    command.addOption(option);
  describeCommand(command, {
    purpose:
      'Estimates every specification here, and writes a folder from which any machine can make any shard of the curves under the null.',
    usage: 'multiverse plan STUDY --shards S -o PLAN [flags]',
    examples: [
      'gravpanel multiverse plan study.yaml --shards 8 -o plan',
      'gravpanel multiverse plan study.yaml --curve gdp -B 100000 --seed 1 --shards 500 -o plan',
    ],
    after:
      'The folder also holds slurm.sh (a job array and a merge after it) and parallel.sh (GNU parallel over hosts).\nmultiverse STUDY --from PLAN -o DIR makes the report from finished shards.',
  });
  return command.action(plan);
}

async function merge(folder: string, flags: CommonFlags & { output?: string }): Promise<void> {
  const t = terminal(flags);
  const { output } = flags;
  const toFile = output !== undefined && output !== '-';
  if (toFile && !/\.(json|txt)$/i.test(output))
    throw usageError('unknown-format', `"${output}" is no .txt or .json file.`, 'Write -o multiverse.json.', '-o');
  if (toFile) checkOutputFile(output, flags.force);
  const { manifest } = openPlan(folder, 'multiverse');
  const curves = manifest.jobs.map((_, i) => curveOf(folder, manifest, i));
  const draws = mergedDraws(
    folder,
    manifest,
    curves.map(({ started }) => started.job),
  );
  const results = curves.map(({ started, joint }, i) => finishCurve(started, draws[i], joint));
  const asJson = t.json || (toFile && /\.json$/i.test(output));
  const text = asJson
    ? curvesJson(results, { plan: manifest.planHash, shards: manifest.shards })
    : curvesText(results, {}, toFile ? TEXT_WIDTH : t.width, t.color.out && !toFile);
  if (toFile) writeFileAtomically(output, text, flags.force);
  else await write(process.stdout, text);
  process.exitCode = exitCodeOfAll(results.flatMap(({ jointError }) => (jointError ? [jointError] : [])));
}

export function curveMergeCommand(): Command {
  const command = new Command('multiverse merge').argument('<plan>', 'folder of a plan');
  command.addOption(new Option('-o, --output <file>', 'write to a .txt or .json file; - is stdout'));
  for (const option of commonFlags('json', 'force', 'quiet', 'color')) command.addOption(option);
  describeCommand(command, {
    purpose: 'Puts the shards of a plan together: the same numbers and bits as multiverse STUDY on one machine.',
    usage: 'multiverse merge PLAN [-o FILE] [flags]',
    examples: ['gravpanel multiverse merge plan', 'gravpanel multiverse merge plan --json -o multiverse.json'],
    after:
      'Every shard’s hash is checked. Exit codes: 0 ok, 3 the plan was changed, 6 shards are missing, broken or of another plan.',
  });
  return command.action(merge);
}
