/** `gravpanel multiverse STUDY`: the specification curves of a study, here. */
import * as fs from 'node:fs';
import path from 'node:path';
import { loadKernels } from '@gravpanel/core-wasm';
import { type CurveResult, curveSentence, PanelError, runStudy, type StudyRun } from '@gravpanel/panel';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { jobRunner, plannedRunner } from './curve-jobs.ts';
import { drawProgress } from './draw-progress.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { checkOutputFolder, type Files, writeFolder } from './files.ts';
import { sha256 } from './hash.ts';
import { onInterrupt } from './interruptible.ts';
import { type CurveFlags, overridesOf, studyOf } from './multiverse-flags.ts';
import { curvesJson, curvesText } from './multiverse-json.ts';
import { nodePool, threadsOf } from './node-pool.ts';
import { progressOn } from './progress.ts';
import { printFailures } from './run-failures.ts';
import { filesOf } from './run-files.ts';
import { openRunOrStudy, pathFrom } from './run-folder.ts';
import { terminal, write } from './streams.ts';
import type { StudyFile } from './study-file.ts';
import { usageError } from './usage.ts';

export interface MultiverseFlags extends CurveFlags {
  output?: string;
  from?: string;
  checkpoint?: string;
  threads?: number;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

const CURVE_FILES = ['report.html', 'tables', 'figures', 'fits.json', 'multiverse.json', 'study.yaml', 'manifest.json'];

function checkFlags({ output, from, checkpoint }: MultiverseFlags, force: boolean): void {
  if (output === '-' || output === '')
    throw usageError('wrong-value', `-o is "${output}"; a folder was expected.`, 'Name a folder.', '-o');
  if (from !== undefined && checkpoint !== undefined)
    throw usageError('flag-without-use', '--checkpoint does nothing with --from.', 'Leave it out.', '--checkpoint');
  if (output) checkOutputFolder(output, force, CURVE_FILES);
}

/** Where the replicates are kept: beside the run, or here. */
function checkpointFile(target: string, opened: StudyFile, flags: MultiverseFlags): string {
  if (flags.checkpoint) return flags.checkpoint;
  const key = sha256(JSON.stringify([opened.sha256, flags.curve, overridesOf(flags)])).slice(0, 12);
  const inRun = target !== '-' && fs.statSync(target, { throwIfNoEntry: false })?.isDirectory();
  return path.join(inRun ? target : '.', `${inRun ? '' : `${opened.name}.`}multiverse-${key}.checkpoint`);
}

/** A folder that cannot be written to is no reason not to compute; the run is then not resumable, and says so. */
async function checkpointFor(file: string, asked: boolean): Promise<Checkpoint | undefined> {
  try {
    return openCheckpoint(file);
  } catch (error) {
    if (!(error instanceof PanelError) || asked) throw error;
    await write(process.stderr, `No checkpoint is kept: ${error.message}\n`);
    return undefined;
  }
}

function folderText({ curves }: StudyRun, variables: Parameters<typeof curveSentence>[1], dir: string): string {
  const places = [
    ['report', 'report.html'],
    ['numbers', 'multiverse.json'],
    ['tables', `tables${path.sep}`],
    ['figures', `figures${path.sep}`],
  ];
  return `${[
    ...curves.map((curve: CurveResult) => curveSentence(curve, variables)),
    ...places.map(([name, file]) => `  ${name.padEnd(8)}${path.join(dir, file)}`),
  ].join('\n')}\n`;
}

export async function multiverseRun(target: string, flags: MultiverseFlags): Promise<void> {
  const t = terminal(flags);
  const begun = performance.now();
  checkFlags(flags, flags.force);
  const kernels = await loadKernels();
  const { opened, frame } = await openRunOrStudy(target);
  const study = studyOf(opened.study, flags);
  const { output } = flags;
  const planned = flags.from === undefined ? undefined : plannedRunner(flags.from);
  const file = checkpointFile(target, opened, flags);
  const had = fs.existsSync(file);
  const checkpoint = planned ? undefined : await checkpointFor(file, flags.checkpoint !== undefined);
  const stored = checkpoint?.stored() ?? 0;
  if (had && stored > 0 && !t.quiet) await write(process.stderr, `Going on from ${stored} curves in ${file}.\n`);
  const progress = progressOn(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  const draws = drawProgress(process.stderr, { quiet: t.quiet, color: t.color.err });
  const pool = nodePool(threadsOf(flags.threads));
  const restore = onInterrupt(() => {
    const kept = checkpoint?.stored() ?? 0;
    checkpoint?.close();
    if (kept > 0)
      return `Interrupted: ${kept} curves under the null are kept in ${file}. The same command goes on from there.`;
    checkpoint?.remove();
    return 'Interrupted before any curve under the null was kept.';
  });
  const joint = overridesOf(flags);
  let run: StudyRun;
  let files: Files | undefined;
  try {
    run = await runStudy(study, frame, kernels, progress.step, {
      source: opened.source,
      name: opened.source.file,
      sha256,
      versions: { node: process.versions.node },
      part: {
        multiverse: {
          curves: flags.curve === undefined ? [] : [flags.curve],
          ...(Object.keys(joint).length > 0 && { joint }),
        },
      },
      ...(output !== undefined && {
        ...(opened.path !== '-' && { studyFile: { path: pathFrom(output, opened.path), sha256: opened.sha256 } }),
        base: path.relative(
          path.resolve(output),
          opened.path === '-' ? process.cwd() : path.dirname(path.resolve(opened.path)),
        ),
      }),
      runJob:
        planned ??
        jobRunner({
          kernels,
          pool,
          progress: draws,
          ...(checkpoint && { checkpoint }),
          ...(!t.quiet && { say: (text) => process.stderr.write(text) }),
        }),
    });
    if (output !== undefined)
      files = { ...(await filesOf(run, opened.source.text)), 'multiverse.json': curvesJson(run.curves) };
  } catch (error) {
    checkpoint?.close();
    throw error;
  } finally {
    progress.end();
    draws.end();
    pool.stop();
    restore();
  }
  if (files) writeFolder(output!, files, flags.force, CURVE_FILES);
  checkpoint?.remove();
  await printFailures(run, t);
  const seconds = Math.round(performance.now() - begun) / 1000;
  const extra = { study: opened.path, ...(output !== undefined && { output }), seconds };
  await write(
    process.stdout,
    t.json
      ? curvesJson(run.curves, extra)
      : output !== undefined
        ? folderText(run, study.variables, output)
        : curvesText(run.curves, study, t.width, t.color.out),
  );
  process.exitCode = exitCodeOfAll(run.failures.map(({ error }) => error));
}
