/** `gravpanel boot RUN`: replicates of a run's columns on this machine. */
import * as fs from 'node:fs';
import path from 'node:path';
import { loadKernels } from '@gravpanel/core-wasm';
import { columnBootstrapFigure, fitDesignWith, isFit, PanelError, type PanelErrorFields } from '@gravpanel/panel';
import { renderFigureJson, renderText } from '@gravpanel/panel/report';
import { type BootColumn, type BootFlags, bootColumns, named } from './boot-columns.ts';
import { type BootResult, bootJson, bootTable } from './boot-table.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { drawProgress } from './draw-progress.ts';
import { type DrawnColumn, drawsCsv } from './draws-file.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { BOOT_FOLDER, checkOutputFile, writeFileAtomically, writeFiles } from './files.ts';
import { sha256 } from './hash.ts';
import { onInterrupt } from './interruptible.ts';
import { nodePool, threadsOf } from './node-pool.ts';
import { errorJson, errorText } from './print-error.ts';
import { resampleRunner } from './resample-runner.ts';
import { type OpenedRun, openPlanned } from './run-folder.ts';
import { type Terminal, terminal, write } from './streams.ts';
import { usageError } from './usage.ts';

export interface RunFlags extends BootFlags {
  output?: string;
  checkpoint?: string;
  threads?: number;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

/** Width of a .txt file. */
const TEXT_WIDTH = 120;

const tablesText = (results: BootResult[], width: number, color: boolean) =>
  results.map((result) => renderText(bootTable(result), { width, color })).join('\n');

/** Beside the run, named after what is asked: another question has another file. */
function checkpointFile({ dir, name, study, frame }: OpenedRun, columns: BootColumn[], flags: RunFlags): string {
  if (flags.checkpoint) return flags.checkpoint;
  const asked = columns.map(({ design: { spec, formula, sampleName } }) => [spec, formula, sampleName]);
  const key = sha256(JSON.stringify([asked, frame.source.sha256, study.derive])).slice(0, 12);
  return path.join(dir ?? '.', `${dir ? '' : `${name}.`}boot-${key}.checkpoint`);
}

/** A folder that cannot be written to is no reason not to compute; the run is then not resumable, and says so. */
async function checkpointFor(file: string, flags: RunFlags): Promise<Checkpoint | undefined> {
  try {
    return openCheckpoint(file);
  } catch (error) {
    if (!(error instanceof PanelError) || flags.checkpoint) throw error;
    await write(process.stderr, `No checkpoint is kept: ${error.message}\n`);
    return undefined;
  }
}

export async function printErrors(errors: PanelErrorFields[], t: Terminal): Promise<void> {
  for (const error of errors)
    await write(process.stderr, t.json ? errorJson(error) : errorText(error, { color: t.color.err }));
}

/** Results and draws to where they were asked for. */
export async function deliver(
  results: BootResult[],
  drawn: DrawnColumn[],
  flags: Pick<RunFlags, 'output' | 'draws' | 'force'>,
  t: Terminal,
  extra: Record<string, unknown> = {},
): Promise<void> {
  const toFile = flags.output !== undefined && flags.output !== '-';
  const asJson = t.json || (toFile && /\.json$/i.test(flags.output!));
  const text = asJson
    ? bootJson(results, extra)
    : tablesText(results, toFile ? TEXT_WIDTH : t.width, t.color.out && !toFile);
  if (flags.draws) writeFileAtomically(flags.draws, drawsCsv(drawn), flags.force);
  if (toFile) writeFileAtomically(flags.output!, text, flags.force);
  else await write(process.stdout, text);
}

/** The distributions into the run's folder, from where `plot` draws them; one that cannot be written to is said, not an error. */
async function keepFigures({ dir, study }: OpenedRun, results: BootResult[], drawn: DrawnColumn[]): Promise<void> {
  const { variables } = study;
  const files: Record<string, string> = {};
  try {
    for (const [i, { model, column, fit }] of results.entries()) {
      const { job, draws } = drawn[i];
      const where = `column (${column}) of ${model}`;
      const id = `boot-${model}-${column}`;
      const figure = columnBootstrapFigure(fit, job, draws, { id, where, ...(variables && { variables }) });
      if (figure) files[`${id}.json`] = renderFigureJson(figure);
    }
    if (Object.keys(files).length > 0) writeFiles(path.join(dir!, BOOT_FOLDER), files, true);
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    await write(process.stderr, `No figures are kept: ${error.message}\n`);
  }
}

export async function bootRun(target: string, flags: RunFlags): Promise<void> {
  const t = terminal(flags);
  for (const file of [flags.output, flags.draws]) if (file) checkOutputFile(file, flags.force);
  if (flags.output && flags.output !== '-' && !/\.(json|txt)$/i.test(flags.output))
    throw usageError('unknown-format', `"${flags.output}" is no .txt or .json file.`, 'Write -o boot.json.', '-o');
  const kernels = await loadKernels();
  const run = await openPlanned(target);
  const { columns, failures: errors } = bootColumns(run, flags, kernels);
  const file = checkpointFile(run, columns, flags);
  const resumed = fs.existsSync(file);
  const checkpoint = columns.length > 0 ? await checkpointFor(file, flags) : undefined;
  const had = checkpoint?.stored() ?? 0;
  if (resumed && had > 0 && !t.quiet) await write(process.stderr, `Going on from ${had} replicates in ${file}.\n`);
  const pool = nodePool(threadsOf(flags.threads));
  const progress = drawProgress(process.stderr, { quiet: t.quiet, color: t.color.err });
  const restore = onInterrupt(() => {
    const kept = checkpoint?.stored() ?? 0;
    checkpoint?.close();
    return kept > 0
      ? `Interrupted: ${kept} replicates are kept in ${file}. The same command goes on from there.`
      : 'Interrupted before any replicate was kept.';
  });
  const results: BootResult[] = [];
  const drawn: DrawnColumn[] = [];
  try {
    for (const { model, column, design } of columns) {
      const label = `${model} (${column})`;
      const fit = await fitDesignWith(
        design,
        kernels,
        resampleRunner({
          kernels,
          pool,
          progress,
          label,
          ...(checkpoint && { checkpoint }),
          ...(!t.quiet && { say: (text) => process.stderr.write(text) }),
          onDone: (job, draws) => drawn.push({ column: label, job, draws }),
        }),
      );
      if (isFit(fit)) results.push({ model, column, fit });
      else errors.push(named(model, column, fit.error));
    }
  } catch (error) {
    checkpoint?.close();
    throw error;
  } finally {
    progress.end();
    pool.stop();
    restore();
  }
  // A checkpoint that could not be written, a job that could not be opened: not this column's fault alone.
  const fatal = errors.find(({ code }) => code.startsWith('output/'));
  if (results.length === 0 || fatal) {
    checkpoint?.close();
    const [first, ...others] = fatal ? [fatal] : errors;
    throw new PanelError({ ...first, ...(others.length > 0 && { details: { others } }) });
  }
  await printErrors(errors, t);
  await deliver(results, drawn, flags, t);
  if (run.dir) await keepFigures(run, results, drawn);
  checkpoint?.remove();
  process.exitCode = exitCodeOfAll(errors);
}
