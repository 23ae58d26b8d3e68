/** `gravpanel describe`: the descriptive parts of a study, without estimating. */
import { describeStudy, type Figure, type Table } from '@gravpanel/panel';
import { renderFigureJson, renderJson, renderText } from '@gravpanel/panel/report';
import { Command, Option } from 'commander';
import { bookOfStudy } from './country-book.ts';
import { checkOutputFolder, writeFolder } from './files.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { itemFiles } from './run-files.ts';
import { type Terminal, terminal, write } from './streams.ts';
import { openData, openStudy, openTables } from './study-file.ts';
import { runCommand, usageError } from './usage.ts';
import { loadWorld } from './world.ts';

interface DescribeFlags {
  output?: string;
  json: boolean;
  quiet: boolean;
  force: boolean;
  color?: 'always' | 'never' | 'auto';
}

const NAMES = ['tables', 'figures'];

function textOf(items: (Table | Figure)[], t: Terminal): string {
  const options = { width: t.width, color: t.color.out };
  return items
    .map((item) => renderText(item.kind === 'table' ? item : { ...item.table, title: item.title }, options))
    .join('\n');
}

const jsonOf = (items: (Table | Figure)[], study: string) => {
  const values = items.map((item) => JSON.parse(item.kind === 'table' ? renderJson(item) : renderFigureJson(item)));
  return `${JSON.stringify({ schema: 'describe/1', study, items: values }, null, 2)}\n`;
};

async function act(file: string, flags: DescribeFlags): Promise<void> {
  const t = terminal(flags);
  const dir = flags.output;
  if (dir === '-' || dir === '')
    throw usageError('wrong-value', `-o is "${dir}"; a folder was expected.`, 'Leave -o out to print the tables.');
  if (dir) checkOutputFolder(dir, flags.force, NAMES);
  const opened = openStudy(file);
  const items = await describeStudy(opened.study, await openData(opened), {
    source: opened.source,
    tables: await openTables(opened),
    world: loadWorld,
    countries: bookOfStudy(file),
  });
  if (dir) writeFolder(dir, await itemFiles(items), flags.force);
  await write(process.stdout, t.json ? jsonOf(items, file) : dir ? `${dir}\n` : textOf(items, t));
}

function define(): Command {
  const command = new Command('describe')
    .argument('<study>', 'study file (YAML or JSON); - is stdin')
    .addOption(new Option('-o, --output <dir>', 'write every table and figure as files of a folder instead'));
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose: 'Prints the descriptive parts of a study (summary, series, shares, variables) without estimating.',
    usage: 'describe STUDY [-o DIR] [flags]',
    examples: ['gravpanel describe studies/hhg-patents/study.yaml', 'gravpanel describe study.yaml -o out/described'],
    after: 'Exit codes: 0 ok, 2 usage, 3 data or study.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
