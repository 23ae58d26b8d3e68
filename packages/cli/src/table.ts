/** `gravpanel table`: one table of a finished run in another format. */
import { Command, Option } from 'commander';
import { checkOutputFile, writeFileAtomically } from './files.ts';
import { choiceOf, numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { readRun, tableOf } from './run-read.ts';
import { terminal, write } from './streams.ts';
import { renderedTable, TABLE_FORMATS, type TableFormat } from './table-formats.ts';
import { runCommand, usageError } from './usage.ts';

interface TableFlags {
  format?: TableFormat;
  table?: string;
  output?: string;
  width?: number;
  list?: boolean;
  json: boolean;
  force: boolean;
  color?: 'always' | 'never' | 'auto';
}

/** --format, else --json, else the extension of -o, else text. */
function formatOf({ format, output, json }: TableFlags): TableFormat {
  if (format && json && format !== 'json')
    throw usageError(
      'two-formats',
      `--json and --format ${format} were both given.`,
      'Leave one of them out.',
      '--json',
    );
  if (format || json) return format ?? 'json';
  if (output === undefined || output === '-') return 'txt';
  const extension = /\.([^./]+)$/.exec(output)?.[1].toLowerCase() ?? 'txt';
  const found = TABLE_FORMATS.find((known) => known === (extension === 'htm' ? 'html' : extension));
  if (found) return found;
  throw usageError(
    'unknown-format',
    `.${extension} is not a format of tables.`,
    `Known: ${TABLE_FORMATS.map((known) => `.${known}`).join(', ')}; or name it with --format.`,
  );
}

async function act(dir: string, flags: TableFlags): Promise<void> {
  const t = terminal(flags);
  const format = formatOf(flags);
  const toFile = flags.output !== undefined && flags.output !== '-';
  if (toFile) checkOutputFile(flags.output!, flags.force);
  else if (format === 'docx' && process.stdout.isTTY)
    throw usageError('binary-output', 'A Word document is not text for a terminal.', 'Name a file: -o table.docx.');
  const run = readRun(dir);
  if (flags.list) return write(process.stdout, `${(run.manifest.outputs?.tables ?? []).join('\n')}\n`);
  const table = tableOf(run, flags.table);
  const made = await renderedTable(table, format, { width: flags.width ?? t.width, color: t.color.out && !toFile });
  if (toFile) writeFileAtomically(flags.output!, made, flags.force);
  else await write(process.stdout, made);
}

function define(): Command {
  const command = new Command('table')
    .argument('<run>', 'folder of a finished run')
    .addOption(new Option('--format <name>', TABLE_FORMATS.join(', ')).argParser(choiceOf('--format', TABLE_FORMATS)))
    .addOption(new Option('--table <id>', 'which table (default: the first, the main one)'))
    .addOption(new Option('--list', 'print the ids of the tables'))
    .addOption(
      new Option('--width <n>', 'columns of the text (40 to 400)').argParser(
        numberOf(
          '--width',
          'a whole number from 40 to 400',
          'Write --width 120.',
          (n) => Number.isInteger(n) && n >= 40 && n <= 400,
        ),
      ),
    )
    .addOption(
      new Option('-o, --output <file>', 'write to a file; its extension is the format where --format is left out'),
    );
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose: 'Prints one table of a finished run in another format, without estimating again.',
    usage: 'table RUN [--table ID] [--format FORMAT] [flags]',
    examples: [
      'gravpanel table out/hhg-patents --format tex -o main.tex',
      'gravpanel table out/hhg-patents --table base --format md',
    ],
    after: 'Exit codes: 0 ok, 2 usage, 3 the folder is not a run.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
