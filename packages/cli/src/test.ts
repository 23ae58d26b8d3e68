/** `gravpanel test`: specification tests of a run or a study. */
import { loadKernels } from '@gravpanel/core-wasm';
import { type StudyTests, type TestOutcome, type TestSpec, testStudy, testsTable } from '@gravpanel/panel';
import { renderText } from '@gravpanel/panel/report';
import { Command, Option } from 'commander';
import { drawProgress } from './draw-progress.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { checkOutputFile, writeFileAtomically } from './files.ts';
import { numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { nodePool, threadsOf } from './node-pool.ts';
import { errorJson, errorText } from './print-error.ts';
import { progressOn } from './progress.ts';
import { repsFlag } from './resample-flags.ts';
import { resampleRunner } from './resample-runner.ts';
import { openRunOrStudy } from './run-folder.ts';
import { type Terminal, terminal, write } from './streams.ts';
import { kindsOf, type Skipped, type TestFlags, testsFor } from './test-specs.ts';
import { runCommand, usageError } from './usage.ts';

interface Flags extends TestFlags {
  output?: string;
  threads?: number;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

const plain = ({ spec, column, result }: TestOutcome) => {
  const { kind, form, ...rest } = result;
  return { kind, ...(form && { form }), of: spec.of, column, ...rest };
};

function testsJson(target: string, study: string, { tests, failures }: StudyTests, skipped: Skipped[]): string {
  const value = {
    schema: 'test/1',
    target,
    study,
    tests: tests.map(plain),
    skipped,
    failures: failures.map(({ model, column, error }) => ({ model, column, error })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

const number = (x: number) =>
  Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(6))).replace('-', '\u2212');

/** What each statistic is made of. */
function stepsText(tests: TestOutcome[]): string {
  const lines = tests.flatMap(({ result, spec, column }) =>
    result.steps
      ? [
          `${result.title} (${spec.of} (${column})): ${result.steps.map((s) => `${s.name} ${number(s.value)}`).join('; ')}`,
        ]
      : [],
  );
  return lines.length > 0 ? `\nMade of:\n${lines.map((line) => `  ${line}`).join('\n')}\n` : '';
}

function testsText({ tests }: StudyTests, skipped: Skipped[], t: Terminal, color: boolean): string {
  const table = testsTable(tests, 'tests')!;
  const left = skipped.map(({ kind, of, reason }) => `  ${kind} of ${of}: ${reason}`);
  return [
    renderText(table, { width: t.width, color }),
    stepsText(tests),
    ...(left.length > 0 ? [`\nNot made:\n${left.join('\n')}\n`] : []),
  ].join('');
}

function asked(study: Parameters<typeof testsFor>[0], kinds: string | undefined, flags: Flags) {
  if (kinds !== undefined) return testsFor(study, kindsOf(kinds), flags);
  const own: TestSpec[] = study.tests ?? [];
  if (own.length > 0) return { tests: own, skipped: [] };
  throw usageError(
    'missing-argument',
    'The study has no tests of its own, and none was named.',
    'Write gravpanel test RUN hausman,dispersion,reset.',
  );
}

async function act(target: string, kinds: string | undefined, flags: Flags): Promise<void> {
  const t = terminal(flags);
  if (flags.output) checkOutputFile(flags.output, flags.force);
  const kernels = loadKernels();
  const { opened, frame } = await openRunOrStudy(target);
  const { tests, skipped } = asked(opened.study, kinds, flags);
  const study = { ...opened.study, tests };
  const progress = progressOn(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  const draws = drawProgress(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  const pool = nodePool(threadsOf(flags.threads));
  const o = {
    // Tests of the command line have no place in the study: errors about them are not placed in it.
    ...(kinds === undefined && { source: opened.source }),
    runner: resampleRunner({ kernels: await kernels, pool, progress: draws }),
  };
  let done: StudyTests;
  try {
    done = await testStudy(study, frame, await kernels, progress.step, o);
  } finally {
    progress.end();
    draws.end();
    pool.stop();
  }
  for (const { model, column, error } of done.failures) {
    const fields = { ...error, message: `${model}, column ${column}: ${error.message}` };
    await write(process.stderr, t.json ? errorJson(fields) : errorText(fields, { color: t.color.err }));
  }
  const toFile = flags.output !== undefined && flags.output !== '-';
  const text = t.json
    ? testsJson(target, opened.path, done, skipped)
    : testsText(done, skipped, t, t.color.out && !toFile);
  if (toFile) writeFileAtomically(flags.output!, text, flags.force);
  else await write(process.stdout, text);
  process.exitCode = exitCodeOfAll(done.failures.map(({ error }) => error));
}

const whole = (flag: string) =>
  numberOf(flag, 'a whole number from 1', `Write ${flag} 1.`, (n) => Number.isInteger(n) && n >= 1);
const listOf = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

function powersOf(text: string): number[] {
  const read = numberOf(
    '--powers',
    'whole numbers from 2 to 5',
    'Write --powers 2,3.',
    (n) => Number.isInteger(n) && n >= 2 && n <= 5,
  );
  return text.split(',').map(read);
}

function define(): Command {
  const command = new Command('test')
    .argument('<run>', 'folder that gravpanel run wrote, or a study file; - is a study on stdin')
    .argument('[tests]', 'hausman, wald, lr, dispersion, reset, period, vuong, separated by commas')
    .addOption(new Option('--of <model>', 'one model (default: every model that can have the test)'))
    .addOption(new Option('--column <n>', 'which column of the model (default: its last)').argParser(whole('--column')))
    .addOption(new Option('--against <model>', 'lr, vuong: the other model'))
    .addOption(
      new Option('--against-column <n>', 'its column (default: the last)').argParser(whole('--against-column')),
    )
    .addOption(new Option('--terms <a,b>', 'wald: terms that are all zero').argParser(listOf))
    .addOption(new Option('--powers <2,3>', 'reset: powers of the linear predictor').argParser(powersOf))
    .addOption(
      new Option('--at <period>', 'period: first period of the later part').argParser(
        numberOf('--at', 'a period', 'Write --at 2013.', () => true),
      ),
    )
    .addOption(
      new Option(
        '-B, --reps <n>',
        'hausman: draws of its resampled form (default: boot.reps of the study, or 999)',
      ).argParser(repsFlag('-B')),
    )
    .addOption(
      new Option(
        '--seed <n>',
        'hausman: seed of those draws (default: boot.seed of the study, or its seed, or 1)',
      ).argParser(
        numberOf('--seed', 'a whole number from 0', 'Write --seed 1.', (n) => Number.isSafeInteger(n) && n >= 0),
      ),
    )
    .addOption(new Option('-o, --output <file>', 'write to a file; - is stdout'));
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Specification tests of a finished run or of a study. Without names: the tests that the study itself asks for.',
    usage: 'test RUN [TESTS] [flags]',
    examples: [
      'gravpanel test out/hhg-patents hausman,dispersion,reset',
      'gravpanel test study.yaml vuong --of main --against other --json',
    ],
    after:
      'The run’s study and data must be those it was made from.\nExit codes: 0 ok, 2 usage, 3 data, study or run, 4 a column that is tested did not converge.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
