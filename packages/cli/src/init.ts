/** `gravpanel init`: a first study file for a table. */
import path from 'node:path';
import { guessStarter, openTable, parseStudy, type Starter, starterYaml } from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { checkOutputFile, readBytes, writeFileAtomically } from './files.ts';
import { commonFlags, outputFlag, type PanelFlag, panelFlag } from './flags.ts';
import { describeCommand } from './help.ts';
import { FORMATS } from './load.ts';
import { starterPanel } from './starter-panel.ts';
import { write } from './streams.ts';
import { runCommand, usageError } from './usage.ts';

interface InitFlags {
  from?: string;
  output?: string;
  panel?: PanelFlag;
  count?: string;
  force: boolean;
  json: boolean;
}

const words = ({ unit, time, count, regressors }: Starter) =>
  [
    `Unit        ${unit.join(' × ')}`,
    `Time        ${time}`,
    `Count       ${count}`,
    `Regressors  ${regressors.map(({ column, log }) => (log ? `log(${column})` : column)).join(', ') || 'none'}`,
  ].join('\n');

/** The table to start from: the user's, or a small simulated one written beside the study. */
function tableOf({ from, force }: InitFlags, folder: string): { file: string; bytes: Uint8Array; write?: () => void } {
  if (from === '-')
    throw usageError('wrong-value', '--from is stdin; a file was expected.', 'A study names its table.', '--from');
  if (from !== undefined) return { file: from, bytes: readBytes(from).bytes };
  const file = path.join(folder, 'panel.csv');
  const text = starterPanel();
  checkOutputFile(file, force);
  return { file, bytes: new TextEncoder().encode(text), write: () => writeFileAtomically(file, text, force) };
}

async function act(flags: InitFlags): Promise<void> {
  const { output = 'study.yaml', panel, count, force, json } = flags;
  if (output === '-' && flags.from === undefined)
    throw usageError('missing-flag', '-o - needs --from.', 'Name your table: --from panel.csv.', '--from');
  const folder = output === '-' ? '.' : path.dirname(output);
  if (output !== '-') checkOutputFile(output, force);
  const table = tableOf(flags, folder);
  const frame = await openTable(table.bytes, { name: table.file }, FORMATS);
  const starter = guessStarter(frame, { ...panel, ...(count !== undefined && { count }) });
  const yaml = starterYaml(
    starter,
    path.relative(path.resolve(folder), path.resolve(table.file)).split(path.sep).join('/'),
  );
  parseStudy(yaml, { file: output });
  if (output === '-') return write(process.stdout, yaml);
  table.write?.();
  writeFileAtomically(output, yaml, force);
  if (json)
    return write(
      process.stdout,
      `${JSON.stringify({ schema: 'init/1', study: output, data: table.file, ...starter }, null, 2)}\n`,
    );
  const made = table.write ? `${table.file} holds simulated counts: put your own table in its place.\n` : '';
  await write(
    process.stdout,
    `${words(starter)}\n\n${made}Wrote ${output}. Next:\n  gravpanel check ${output}\n  gravpanel run ${output}\n`,
  );
}

function define(): Command {
  const command = new Command('init')
    .addOption(new Option('--from <file>', 'your table: CSV or TSV; without it a small simulated panel is written too'))
    .addOption(new Option('--panel <id,time>', 'unit and time columns, where the guess is wrong').argParser(panelFlag))
    .addOption(new Option('--count <col>', 'the count to explain, where the guess is wrong'))
    .addOption(outputFlag('study file to write (default study.yaml); - is stdout'));
  for (const option of commonFlags('json', 'force', 'quiet', 'color')) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Writes a first study file for a table: guesses unit, time, count and regressors, and says what it guessed.',
    usage: 'init [--from FILE] [-o STUDY]',
    examples: [
      'gravpanel init --from panel.csv',
      'gravpanel init --from trade.csv --panel origin+destination,year --count trade',
    ],
    after: 'Exit codes: 0 ok, 2 usage, 3 data.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
