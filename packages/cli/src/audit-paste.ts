/** `gravpanel audit paste`: a table copied from a PDF or a web page → the YAML for checking. */
import { pasteYaml, readPaste } from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { readText } from './audit.ts';
import { checkOutputFile, writeFileAtomically } from './files.ts';
import { describeCommand } from './help.ts';
import { write } from './streams.ts';

interface PasteFlags {
  output?: string;
  force: boolean;
}

async function act(file: string | undefined, { output, force }: PasteFlags): Promise<void> {
  if (output && output !== '-') checkOutputFile(output, force);
  const table = readPaste(readText(file ?? '-', 'pasted table').text);
  const yaml = pasteYaml(table);
  if (output && output !== '-') writeFileAtomically(output, yaml, force);
  else await write(process.stdout, yaml);
  const cells = table.rows.reduce((sum, row) => sum + row.cells.filter(Boolean).length, 0);
  await write(
    process.stderr,
    `${cells} cells in ${table.columns.length} ${table.columns.length === 1 ? 'column' : 'columns'}${table.doubts.length > 0 ? `; ${table.doubts.length} to check: ${table.doubts.slice(0, 3).join('; ')}` : ''}.\n`,
  );
}

export function pasteCommand(): Command {
  const command = new Command('paste')
    .argument('[file]', 'text of the table; stdin without it')
    .addOption(new Option('-o, --output <file>', 'write the YAML here'))
    .addOption(new Option('--force', 'replace an output that exists').default(false));
  describeCommand(command, {
    purpose:
      'Reads a regression table pasted as text: standard errors in brackets under or beside the estimates, stars, superscripts, Unicode minus signs, several columns, the notes’ star levels.',
    usage: 'audit paste [FILE] [-o OUT.yaml]',
    examples: [
      'gravpanel audit paste table8.txt -o table8.yaml',
      'gravpanel audit paste < table8.txt | gravpanel audit -',
    ],
    after: 'The YAML begins with what to compare with the page.\nExit codes: 0 ok, 2 usage, 3 no table found.',
  });
  return command.action(act);
}
