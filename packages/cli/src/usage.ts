/** commander's complaints → PanelError in the house's words. */
import { nearestHint, PanelError } from '@gravpanel/panel';
import { type Command, CommanderError } from 'commander';

const longNames = (command: Command) => command.options.map((o) => o.long ?? o.short ?? '').concat('--help');

export const usageError = (code: string, message: string, hint: string) =>
  new PanelError({ code: `usage/${code}`, message, hint });

/** The same complaint as a PanelError; undefined where commander only showed help. */
export function fromCommander(error: CommanderError, command: Command): PanelError | undefined {
  const name = `gravpanel ${command.name()}`;
  const quoted = /'([^']+)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.help':
      return undefined;
    case 'commander.unknownOption':
      return usageError('unknown-flag', `${quoted} is not a flag of ${name}.`, nearestHint(quoted, longNames(command)));
    case 'commander.missingMandatoryOptionValue': {
      const flag = quoted.split(' ')[0];
      return usageError('missing-flag', `${flag} is missing.`, `Write ${quoted}; ${name} --help has examples.`);
    }
    case 'commander.optionMissingArgument':
      return usageError('missing-value', `${quoted} was given no value.`, `${name} --help has examples.`);
    case 'commander.missingArgument':
      return usageError('missing-argument', `${name} needs ${quoted.toUpperCase()}.`, `${name} --help has examples.`);
    case 'commander.excessArguments':
      return usageError(
        'too-many-arguments',
        `${name} takes one argument; ${command.args.length} were given: ${command.args.map((a) => `"${a}"`).join(', ')}.`,
        'Put quotes around a formula or a path with spaces.',
      );
    default:
      return usageError('invalid', error.message.replace(/^error: /, ''), `${name} --help has examples.`);
  }
}

/** Parses and runs; help goes to stdout. @throws PanelError usage/… and what the action throws. */
export async function runCommand(command: Command, args: string[]): Promise<void> {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const usage = fromCommander(error, command);
    if (usage) throw usage;
  }
}
