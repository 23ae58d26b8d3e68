/** `gravpanel export`: the models of a run as scripts for Stata, R and Python. */
import path from 'node:path';
import {
  deriveStudy,
  exportPlan,
  exportPython,
  exportR,
  exportStata,
  type FitResult,
  frameCsv,
  PanelError,
  planStudy,
  writesPanel,
} from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { checkNewFiles, readBytes, writeFiles } from './files.ts';
import { choiceOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { openRun } from './run-folder.ts';
import { terminal, write } from './streams.ts';
import { openData, openStudy } from './study-file.ts';
import { runCommand, usageError } from './usage.ts';

const TOOLS = {
  stata: { file: 'models.do', write: exportStata },
  r: { file: 'models.R', write: exportR },
  python: { file: 'models.py', write: exportPython },
} as const;
type Tool = keyof typeof TOOLS;

interface ExportFlags {
  to: Tool[];
  output?: string;
  study?: string;
  json: boolean;
  quiet: boolean;
  force: boolean;
  color?: 'always' | 'never' | 'auto';
}

function toolsFlag(text: string): Tool[] {
  const one = choiceOf('--to', Object.keys(TOOLS) as Tool[]);
  return [...new Set(text.split(',').map((part) => one(part.trim().toLowerCase())))];
}

interface FitsFile {
  models: Record<string, { columns: FitResult[]; companions: { columns: FitResult[] }[] }>;
}

/** Fits of fits.json by model, and those of its companions. */
function readFits(dir: string): { fits: Record<string, FitResult[]>; companions: Record<string, FitResult[][]> } {
  const { bytes } = readBytes(path.join(dir, 'fits.json'), 'file of the run');
  const models = Object.entries((JSON.parse(new TextDecoder().decode(bytes)) as FitsFile).models);
  return {
    fits: Object.fromEntries(models.map(([id, { columns }]) => [id, columns])),
    companions: Object.fromEntries(models.map(([id, { companions }]) => [id, companions.map((c) => c.columns)])),
  };
}

/** The panel with its joined columns, beside the scripts. */
const JOINED = 'panel-joined.csv';

async function act(dir: string, flags: ExportFlags): Promise<void> {
  const t = terminal(flags);
  if (flags.output === '-' || flags.output === '')
    throw usageError('wrong-value', '-o must name a folder.', 'Several files are written.', '-o');
  const target = flags.output ?? path.join(dir, 'export');
  const { manifest, study } = openRun(dir, flags.study);
  const opened = openStudy(study);
  const made = manifest.studyFile?.sha256;
  if (flags.study === undefined && made !== undefined && opened.sha256 !== made)
    throw new PanelError({
      code: 'run/study-changed',
      message: `"${study}" is not the study that the run in "${dir}" was made from; its scripts would mix the two.`,
      hint: 'Run it again with gravpanel run, then export.',
      at: { file: study },
    });
  const panel = await openData(opened);
  const joined = writesPanel(opened.study, panel);
  const files = [...flags.to.map((tool) => TOOLS[tool].file), ...(joined ? [JOINED] : [])].map((name) =>
    path.join(target, name),
  );
  checkNewFiles(files, flags.force);
  const frame = deriveStudy(opened.study, panel, opened.source);
  const { fits, companions } = readFits(dir);
  const plan = exportPlan(opened.study, planStudy(opened.study, opened.source), frame, fits, companions, {
    gravpanel: manifest.gravpanel,
    runHash: manifest.runHash,
  });
  const table = path.resolve(path.dirname(path.resolve(study)), opened.study.data.path);
  const data = joined ? JOINED : path.relative(path.resolve(target), table).split(path.sep).join('/');
  const scripts = Object.fromEntries(flags.to.map((tool) => [TOOLS[tool].file, TOOLS[tool].write(plan, data)]));
  writeFiles(target, { ...scripts, ...(joined && { [JOINED]: frameCsv(panel) }) }, flags.force);
  const json = {
    schema: 'export/1',
    run: dir,
    output: target,
    files: files.map((file) => path.basename(file)),
    columns: plan.columns.length,
    failed: plan.failed,
    lacking: plan.lacking.filter(({ tool }) => flags.to.includes(tool)),
  };
  if (!t.quiet)
    for (const { tool, column, reason } of json.lacking)
      process.stderr.write(`${TOOLS[tool].file}: ${column} is not estimated there: ${reason}.\n`);
  await write(
    process.stdout,
    t.json ? `${JSON.stringify(json, null, 2)}\n` : `${plan.columns.length} columns: ${files.join(', ')}\n`,
  );
}

function define(): Command {
  const command = new Command('export')
    .argument('<run>', 'folder that gravpanel run wrote')
    .addOption(
      new Option('--to <tools>', 'stata, r, python, separated by commas')
        .argParser(toolsFlag)
        .default(['stata', 'r', 'python'], 'all three'),
    )
    .addOption(new Option('-o, --output <dir>', 'folder for the scripts (default RUN/export)'))
    .addOption(new Option('--study <file>', 'the study, where it is not at the path that the manifest records'));
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Writes the models of a run as scripts for other tools: the same rows, lags, effects and standard errors, gravpanel’s numbers beside them, and a remark where a tool cannot do the same. The R script needs base R only.',
    usage: 'export RUN [--to stata,r,python] [-o DIR]',
    examples: ['gravpanel export out/hhg-patents --to r -o out/r', 'gravpanel export out/hhg-patents'],
    after: 'Exit codes: 0 ok, 2 usage, 3 no run or no study.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
