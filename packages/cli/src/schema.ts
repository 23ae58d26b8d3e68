/** `gravpanel schema`: the JSON Schema of a study, for editors and other tools. */
import { studyJsonSchema } from '@gravpanel/panel';
import { Command } from 'commander';
import { checkOutputFile, writeFileAtomically } from './files.ts';
import { commonFlags, outputFlag } from './flags.ts';
import { describeCommand } from './help.ts';
import { write } from './streams.ts';
import { runCommand } from './usage.ts';

interface SchemaFlags {
  output?: string;
  force: boolean;
}

async function act({ output, force }: SchemaFlags): Promise<void> {
  const text = `${JSON.stringify(studyJsonSchema(), null, 2)}\n`;
  if (output === undefined || output === '-') return write(process.stdout, text);
  checkOutputFile(output, force);
  writeFileAtomically(output, text, force);
}

function define(): Command {
  const command = new Command('schema').addOption(outputFlag('write to a file; - is stdout'));
  for (const option of commonFlags('force', 'json', 'quiet', 'color')) command.addOption(option);
  describeCommand(command, {
    purpose: 'Prints the JSON Schema of a study file, for completion and checks in an editor.',
    usage: 'schema [-o FILE]',
    examples: ['gravpanel schema -o study.schema.json', 'gravpanel schema | jq .properties.models'],
    after: 'In the study: # yaml-language-server: $schema=./study.schema.json\nExit codes: 0 ok, 2 usage.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
