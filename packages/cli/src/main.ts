/** The program: finds the command, runs it, turns what goes wrong into words and an exit code. */
import { setFlagsFromString } from 'node:v8';
import { nearestHint, PanelError, type PanelErrorFields, VERSION } from '@gravpanel/panel';
import { commands } from './commands.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { loadCommand } from './load-command.ts';
import { errorJson, errorText } from './print-error.ts';
import { type ColorChoice, endQuietlyOnClosedPipe, wantsColor, write } from './streams.ts';

const HELP = `gravpanel: count-data gravity panels, from raw tables to the printed page.

Usage: gravpanel COMMAND …

${Object.entries(commands)
  .map(([name, summary]) => `  ${name.padEnd(12)}${summary}`)
  .join('\n')}

Examples:
  gravpanel run studies/hhg-patents/study.yaml -o out/hhg
  gravpanel fit --data panel.csv --panel firm,year --model nb-fe 'patents ~ log(rnd) + l(log(rnd), 1)'

gravpanel COMMAND --help tells a command's flags; gravpanel --version the version.
`;

/** Flags that shape errors too, read before any parser may fail. */
function errorStyle(argv: string[]): { json: boolean; color: ColorChoice } {
  const at = argv.indexOf('--color');
  const given = argv.find((a) => a.startsWith('--color='))?.slice(8) ?? (at >= 0 ? 'always' : 'auto');
  const color = given === 'never' || given === 'auto' ? given : 'always';
  return { json: argv.includes('--json'), color };
}

/** Commands are bundles of their own, each with its own copy of the class. */
const isPanelError = (error: unknown): error is PanelError => error instanceof Error && error.name === 'PanelError';

async function report(error: unknown, argv: string[]): Promise<number> {
  const { json, color } = errorStyle(argv);
  const fields: PanelErrorFields = isPanelError(error)
    ? error.toJSON()
    : {
        code: 'internal/defect',
        message: `A defect of gravpanel: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Report it with the command and, if you can, the data. Set GRAVPANEL_DEBUG=1 for the stack.',
      };
  const on = wantsColor(process.stderr, color);
  await write(
    process.stderr,
    json ? errorJson(fields) : errorText(fields, { color: on, width: process.stderr.columns }),
  );
  if (process.env.GRAVPANEL_DEBUG && error instanceof Error) await write(process.stderr, `${error.stack}\n`);
  return exitCodeOf(fields);
}

function unknownCommand(name: string): PanelError {
  return new PanelError({
    code: 'usage/unknown-command',
    message: `"${name}" is not a command of gravpanel.`,
    hint: `${nearestHint(name, Object.keys(commands))} gravpanel --help lists them.`,
  });
}

async function dispatch(argv: string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = rest[0] !== undefined && Object.hasOwn(commands, rest[0]);
    if (asked) return dispatch([rest[0], '--help']);
    await write(name === undefined ? process.stderr : process.stdout, HELP);
    process.exitCode = name === undefined ? EXIT.usage : EXIT.ok;
    return;
  }
  if (name === '--version' || name === '-V') return write(process.stdout, `${VERSION}\n`);
  if (!Object.hasOwn(commands, name)) throw unknownCommand(name);
  await loadCommand(name).main(rest);
}

// V8 before 11.5 compiles every kernel before the first may run; a fit needs few of them.
if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--wasm-lazy-compilation');

const argv = process.argv.slice(2);
endQuietlyOnClosedPipe();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    process.stderr.write(
      process.stderr.isTTY ? '\u001b[?25h\nStopped. Nothing was written.\n' : 'Stopped. Nothing was written.\n',
    );
    process.exit(signal === 'SIGINT' ? EXIT.interrupted : 143);
  });
dispatch(argv).catch(async (error: unknown) => {
  process.exitCode = await report(error, argv);
});
