/** `gravpanel plot`: one figure of a finished run as SVG or PNG. */
import { type FigureOptions, renderFigureSvg } from '@gravpanel/panel/report';
import { Command, Option } from 'commander';
import { checkOutputFile, writeFileAtomically } from './files.ts';
import { choiceOf, numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { pngOf } from './picture.ts';
import { drawingDocument } from './run-files.ts';
import { figureIds, figureOf, readRun } from './run-read.ts';
import { write } from './streams.ts';
import { runCommand, usageError } from './usage.ts';

const FORMATS = ['svg', 'png'] as const;
type Format = (typeof FORMATS)[number];

interface PlotFlags {
  format?: Format;
  figure?: string;
  theme?: 'light' | 'dark';
  width?: number;
  output?: string;
  list?: boolean;
  force: boolean;
}

function formatOf({ format, output }: PlotFlags): Format {
  if (format) return format;
  if (output === undefined || output === '-') return 'svg';
  const extension = /\.([^./]+)$/.exec(output)?.[1].toLowerCase();
  const found = FORMATS.find((known) => known === extension);
  if (found) return found;
  throw usageError(
    'unknown-format',
    `"${output}" ends in no format of figures.`,
    'Known: .svg, .png; or name it with --format.',
  );
}

async function act(dir: string, flags: PlotFlags): Promise<void> {
  const format = formatOf(flags);
  const toFile = flags.output !== undefined && flags.output !== '-';
  if (toFile) checkOutputFile(flags.output!, flags.force);
  else if (format === 'png' && process.stdout.isTTY)
    throw usageError('binary-output', 'A picture is not text for a terminal.', 'Name a file: -o figure.png.');
  const run = readRun(dir);
  if (flags.list) return write(process.stdout, `${figureIds(run).join('\n')}\n`);
  const figure = figureOf(run, flags.figure);
  const { theme = 'light', width } = flags;
  const options: FigureOptions = { document: drawingDocument(), theme, ...(width && { width }) };
  const svg = renderFigureSvg(figure, options);
  const made = format === 'png' ? pngOf(svg) : svg;
  if (toFile) writeFileAtomically(flags.output!, made, flags.force);
  else await write(process.stdout, made);
}

function define(): Command {
  const command = new Command('plot')
    .argument('<run>', 'folder of a finished run')
    .addOption(new Option('--figure <id>', 'which figure (default: the first)'))
    .addOption(new Option('--list', 'print the ids of the figures'))
    .addOption(new Option('--format <name>', FORMATS.join(', ')).argParser(choiceOf('--format', FORMATS)))
    .addOption(
      new Option('--theme <name>', 'light (default) or dark').argParser(
        choiceOf('--theme', ['light', 'dark'] as const),
      ),
    )
    .addOption(
      new Option('--width <px>', 'width of the drawing, pixels (default 640)').argParser(
        numberOf(
          '--width',
          'a whole number from 280 to 2000',
          'Write --width 640.',
          (n) => Number.isInteger(n) && n >= 280 && n <= 2000,
        ),
      ),
    )
    .addOption(
      new Option('-o, --output <file>', 'write to a file; its extension is the format where --format is left out'),
    );
  for (const option of commonFlags().filter(({ long }) => long !== '--json')) command.addOption(option);
  describeCommand(command, {
    purpose: 'Draws one figure of a finished run as SVG or PNG, without estimating again.',
    usage: 'plot RUN [--figure ID] [--format svg|png] [flags]',
    examples: [
      'gravpanel plot out/hhg-patents -o main.svg',
      'gravpanel plot out/hhg-patents --figure series-patents --theme dark -o series.png',
    ],
    after: 'Exit codes: 0 ok, 2 usage, 3 the folder is not a run.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
