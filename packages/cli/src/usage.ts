/** commander's complaints → PanelError in the house's words. */
import { nearestHint, PanelError } from '@gravpanel/panel';
import { type Command, CommanderError } from 'commander';

const longNames = (command: Command) => command.options.map((o) => o.long ?? o.short ?? '').concat('--help');

export const usageError = (code: string, message: string, hint: string, flag?: string) =>
  new PanelError({ code: `usage/${code}`, message, hint, ...(flag && { at: { file: flag } }) });

function unknownFlag(flag: string, command: Command): PanelError {
  const hint = nearestHint(flag, longNames(command));
  return usageError('unknown-flag', `${flag} is not a flag of gravpanel ${command.name()}.`, hint, flag);
}

/** commander looks for missing flags before unknown ones, but a mistyped flag is the cause of a missing one. */
function checkFlags(command: Command, args: string[]): void {
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    const [flag, value] = args[i].split('=', 2);
    if (!/^-(-|[a-zA-Z]$)/.test(flag) || flag === '--help' || flag === '-h') continue;
    const option = command.options.find(({ long, short }) => flag === long || flag === short);
    if (!option) throw unknownFlag(flag, command);
    if (option.required && value === undefined) i++;
  }
}

/** The same complaint as a PanelError; undefined where commander only showed help. */
export function fromCommander(error: CommanderError, command: Command): PanelError | undefined {
  const name = `gravpanel ${command.name()}`;
  const quoted = /'([^']+)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.help':
      return undefined;
    case 'commander.unknownOption':
      return unknownFlag(quoted, command);
    case 'commander.missingMandatoryOptionValue': {
      const flag = quoted.split(' ')[0];
      return usageError('missing-flag', `${flag} is missing.`, `Write ${quoted}; ${name} --help has examples.`, flag);
    }
    case 'commander.optionMissingArgument':
      return usageError(
        'missing-value',
        `${quoted} was given no value.`,
        `${name} --help has examples.`,
        quoted.split(' ')[0].replace(',', ''),
      );
    case 'commander.missingArgument':
      return usageError('missing-argument', `${name} needs ${quoted.toUpperCase()}.`, `${name} --help has examples.`);
    case 'commander.excessArguments': {
      const most = command.registeredArguments.length;
      return usageError(
        'too-many-arguments',
        `${name} takes ${['no argument', 'one argument'][most] ?? `${most} arguments`}; given: ${command.args.map((a) => `"${a}"`).join(', ')}.`,
        most === 0
          ? `It has flags only: ${name} --help has examples.`
          : 'Put quotes around a formula or a path with spaces.',
      );
    }
    default:
      return usageError('invalid', error.message.replace(/^error: /, ''), `${name} --help has examples.`);
  }
}

/** Parses and runs; help goes to stdout. @throws PanelError usage/… and what the action throws. */
export async function runCommand(command: Command, args: string[]): Promise<void> {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  checkFlags(command, args);
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const usage = fromCommander(error, command);
    if (usage) throw usage;
  }
}
