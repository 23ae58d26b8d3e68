/** `gravpanel replicate`: recomputed numbers against those that the study expects. */
import { loadKernels } from '@gravpanel/core-wasm';
import { expectedTable, PanelError, replicatedCells, runStudy } from '@gravpanel/panel';
import { renderText } from '@gravpanel/panel/report';
import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { progressOn } from './progress.ts';
import { terminal, write } from './streams.ts';
import { openData, openStudy } from './study-file.ts';
import { runCommand } from './usage.ts';

interface ReplicateFlags {
  json: boolean;
  quiet: boolean;
  force: boolean;
  color?: 'always' | 'never' | 'auto';
}

async function act(file: string, flags: ReplicateFlags): Promise<void> {
  const t = terminal(flags);
  const kernels = loadKernels();
  const { study, source, ...opened } = openStudy(file);
  if (Object.keys(study.expected ?? {}).length === 0)
    throw new PanelError({
      code: 'study/nothing-expected',
      message: `${source.file} has no expected numbers.`,
      hint: 'Write expected: { "main.1.x": { estimate: 1.023, se: 0.150 } }, digits as printed.',
      at: { file: source.file },
    });
  const frame = await openData({ study, source, ...opened });
  const progress = progressOn(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  // Only what is compared is computed: neither descriptions nor tests nor companions.
  const models = Object.fromEntries(
    Object.entries(study.models ?? {})
      .filter(([id]) => Object.keys(study.expected!).some((key) => key.startsWith(`${id}.`)))
      .map(([id, model]) => [id, { ...model, companions: false }]),
  );
  const { describe: _describe, tests: _tests, tables: _tables, ...rest } = study;
  const reduced = { ...rest, models: Object.keys(models).length > 0 ? models : (study.models ?? {}) };
  const run = await runStudy(reduced, frame, await kernels, progress.step, { source }).finally(() => progress.end());
  const cells = replicatedCells(study, run.fits, source);
  const differences = cells.filter((c) => !c.agrees).length;
  const json = { schema: 'replicate/1', study: file, cells, differences };
  const words =
    differences === 0
      ? `All ${cells.length} expected numbers are recomputed.`
      : `${differences} of ${cells.length} expected numbers differ.`;
  const text = () =>
    `${renderText(expectedTable(study, run.fits, 'expected', source)!, { width: t.width, color: t.color.out })}${words}\n`;
  await write(process.stdout, t.json ? `${JSON.stringify(json, null, 2)}\n` : text());
  process.exitCode = differences > 0 ? EXIT.differences : EXIT.ok;
}

function define(): Command {
  const command = new Command('replicate').argument('<study>', 'study file (YAML or JSON); - is stdin');
  for (const option of commonFlags().filter(({ long }) => long !== '--force')) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Recomputes the numbers that a study expects and compares each with its printed digits: it agrees where it rounds to them, or differs by no more than tol.',
    usage: 'replicate STUDY [flags]',
    examples: ['gravpanel replicate studies/hhg-patents/study.yaml', 'gravpanel replicate study.yaml --json'],
    after: 'Exit codes: 0 all agree, 2 usage, 3 data or study, 5 some differ.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
