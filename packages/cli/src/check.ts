/** `gravpanel check`: study, data and samples, without estimating. */
import { loadKernels } from '@gravpanel/core-wasm';
import { checkStudy, type StudyCheck } from '@gravpanel/panel';
import { renderText } from '@gravpanel/panel/report';
import { Command } from 'commander';
import { exitCodeOfAll } from './exit-codes.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { errorJson, errorText } from './print-error.ts';
import { type Terminal, terminal, write } from './streams.ts';
import { openData, openStudy, openTables } from './study-file.ts';
import { runCommand } from './usage.ts';

interface CheckFlags {
  json: boolean;
  quiet: boolean;
  force: boolean;
  color?: 'always' | 'never' | 'auto';
}

function checkText({ facts, notes, tables }: StudyCheck, t: Terminal): string {
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2;
  return [
    ...facts.map(({ label, value }) => `${label.padEnd(width)}${value}`),
    ...notes.map(({ message }) => `note: ${message}`),
    '',
    ...tables.map((table) => renderText(table, { width: t.width, color: t.color.out })),
  ].join('\n');
}

async function act(file: string, flags: CheckFlags): Promise<void> {
  const t = terminal(flags);
  const opened = openStudy(file);
  const frame = await openData(opened);
  await openTables(opened);
  const check = checkStudy(opened.study, frame, await loadKernels(), opened.source);
  const errors = check.models.flatMap(({ columns }) => columns.flatMap(({ error }) => (error ? [error] : [])));
  for (const error of errors)
    await write(process.stderr, t.json ? errorJson(error) : errorText(error, { color: t.color.err }));
  const { tables: _tables, ...plain } = check;
  const json = { schema: 'check/1', study: file, ok: errors.length === 0, ...plain };
  await write(process.stdout, t.json ? `${JSON.stringify(json, null, 2)}\n` : checkText(check, t));
  process.exitCode = exitCodeOfAll(errors);
}

function define(): Command {
  const command = new Command('check').argument('<study>', 'study file (YAML or JSON); - is stdin');
  for (const option of commonFlags('json', 'quiet', 'color', 'threads')) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Checks a study and its data without estimating: schema, cells, duplicates, gaps, each column’s sample, and what of each variable varies between units, over time and within.',
    usage: 'check STUDY [flags]',
    examples: ['gravpanel check studies/hhg-patents/study.yaml', 'gravpanel check study.yaml --json'],
    after: 'Exit codes: 0 ok, 2 usage, 3 data or study.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
