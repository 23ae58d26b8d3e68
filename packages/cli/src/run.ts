/** `gravpanel run`: a whole study into one folder. */
import path from 'node:path';
import { loadKernels } from '@gravpanel/core-wasm';
import { runStudy, type StudyRun } from '@gravpanel/panel';
import { RUN_FORMATS } from '@gravpanel/panel/report';
import { Command, Option } from 'commander';
import { bookOfStudy } from './country-book.ts';
import { jobRunner } from './curve-jobs.ts';
import { drawProgress } from './draw-progress.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { checkOutputFolder, type Files, RUN_FILES, writeFolder } from './files.ts';
import { commonFlags } from './flags.ts';
import { sha256 } from './hash.ts';
import { describeCommand } from './help.ts';
import { nodePool, threadsOf } from './node-pool.ts';
import { progressOn } from './progress.ts';
import { resampleRunner } from './resample-runner.ts';
import { printFailures } from './run-failures.ts';
import { filesOf } from './run-files.ts';
import { pathFrom } from './run-folder.ts';
import { terminal, write } from './streams.ts';
import { openData, openStudy, openTables } from './study-file.ts';
import { runCommand, usageError } from './usage.ts';
import { loadWorld } from './world.ts';

interface RunFlags {
  output?: string;
  json: boolean;
  force: boolean;
  quiet: boolean;
  threads?: number;
  color?: 'always' | 'never' | 'auto';
}

function folderOf({ output }: RunFlags, name: string): string {
  if (output === undefined) return path.join('out', name);
  if (output === '-' || output === '')
    throw usageError(
      'wrong-value',
      `-o is "${output}"; a folder was expected.`,
      'A run writes many files: name a folder.',
    );
  return output;
}

const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

function summaryText(run: StudyRun, dir: string, files: Files): string {
  const items = run.report.sections.flatMap(({ items: all }) => all);
  const tables = items.filter(({ kind }) => kind === 'table').length;
  const columns = run.report.manifest.models.length;
  const failed = run.failures.filter(({ model }) => Object.hasOwn(run.fits, model)).length;
  const pictures = Object.keys(files).some((name) => name.endsWith('.png'))
    ? 'svg, png, json'
    : 'svg, json; no png: @resvg/resvg-js is not installed';
  const lines = [
    ['report', path.join(dir, 'report.html')],
    ['tables', `${path.join(dir, 'tables')}${path.sep} (${counted(tables, 'table')}: ${RUN_FORMATS.join(', ')})`],
    ...(items.length > tables
      ? [
          [
            'figures',
            `${path.join(dir, 'figures')}${path.sep} (${counted(items.length - tables, 'figure')}: ${pictures})`,
          ],
        ]
      : []),
    ['numbers', `${path.join(dir, 'fits.json')}, ${path.join(dir, 'manifest.json')}`],
  ];
  const head = `${run.report.title}: ${counted(columns - failed, 'column')} estimated${failed > 0 ? `, ${failed} failed` : ''}.`;
  return `${[head, ...lines.map(([name, value]) => `  ${name.padEnd(8)}${value}`)].join('\n')}\n`;
}

function summaryJson(run: StudyRun, dir: string, files: Files, study: string, seconds: number): string {
  const { manifest } = run.report;
  const errors = run.failures.map(({ model, column, error }) => ({ model, column, error }));
  const value = {
    schema: 'run/1',
    study,
    output: dir,
    files: Object.keys(files),
    columns: manifest.models,
    failures: errors,
    runHash: manifest.runHash,
    seconds,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function act(file: string, flags: RunFlags): Promise<void> {
  const t = terminal(flags);
  const start = performance.now();
  const kernels = loadKernels();
  const opened = openStudy(file);
  const dir = folderOf(flags, opened.name);
  checkOutputFolder(dir, flags.force, RUN_FILES);
  const frame = await openData(opened);
  const tables = await openTables(opened);
  const progress = progressOn(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  const draws = drawProgress(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  const pool = nodePool(threadsOf(flags.threads));
  let run: StudyRun;
  let files: Files;
  try {
    run = await runStudy(opened.study, frame, await kernels, progress.step, {
      source: opened.source,
      name: opened.source.file,
      sha256,
      versions: { node: process.versions.node },
      ...(file !== '-' && { studyFile: { path: pathFrom(dir, file), sha256: opened.sha256 } }),
      tables,
      world: loadWorld,
      countries: bookOfStudy(file),
      base: path.relative(path.resolve(dir), file === '-' ? process.cwd() : path.dirname(path.resolve(file))),
      runner: resampleRunner({ kernels: await kernels, pool, progress: draws }),
      runJob: jobRunner({ kernels: await kernels, pool, progress: draws }),
    });
    files = await filesOf(run, opened.source.text);
  } finally {
    progress.end();
    draws.end();
    pool.stop();
  }
  writeFolder(dir, files, flags.force);
  await printFailures(run, t);
  const seconds = Math.round(performance.now() - start) / 1000;
  await write(process.stdout, t.json ? summaryJson(run, dir, files, file, seconds) : summaryText(run, dir, files));
  process.exitCode = exitCodeOfAll(run.failures.map(({ error }) => error));
}

function define(): Command {
  const command = new Command('run')
    .argument('<study>', 'study file (YAML or JSON); - is stdin')
    .addOption(new Option('-o, --output <dir>', 'folder to write; it may not exist yet (default out/NAME)'));
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Runs a whole study: every table and figure, one self-contained report.html, each table also as md, tex, docx, csv, json, html and txt, each figure as svg and png, fits.json and manifest.json.',
    usage: 'run STUDY [-o DIR] [flags]',
    examples: ['gravpanel run studies/hhg-patents/study.yaml', 'gravpanel run study.yaml -o out/second-try --force'],
    after:
      'Without -o the folder is out/NAME, NAME being the file’s name, or its folder’s where the file is called study.yaml.\nExit codes: 0 ok, 2 usage, 3 data or study, 4 some column did not converge (the rest is written), 130 interrupted.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
