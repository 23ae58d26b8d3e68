/** Flags of resampled standard errors. */
import { type BootKind, DEFAULT_REPS, type ReplicateMethod, type ResampleSpec } from '@gravpanel/panel';
import { Option } from 'commander';
import { choiceOf, numberOf } from './flag-values.ts';
import { usageError } from './usage.ts';

export interface ResampleFlags {
  reps?: number;
  by?: string[][];
  bootKind?: BootKind;
  approximate?: ReplicateMethod;
  points?: 'rademacher' | 'webb';
  block?: number;
  studentise?: boolean;
  draws?: string;
}

const KINDS = ['pairs', 'block', 'two-way', 'wild', 'score', 'parametric'] as const;

/** At least two replicates; a spread of one is none. */
export const repsFlag = (flag: string) =>
  numberOf(
    flag,
    'a whole number of replicates from 2',
    'Standard errors need about 200, 95% intervals 999.',
    (n) => Number.isInteger(n) && n >= 2,
  );

/** a | a^b | a+b. */
export function byFlag(text: string): string[][] {
  const by = text.split('+').map((dimension) => dimension.split('^'));
  if (by.flat().every((column) => column !== '')) return by;
  throw usageError('wrong-value', `--by is "${text}"; COLUMN was expected.`, 'a^b combines two columns.', '--by');
}

export const resampleFlags = (kinds: readonly BootKind[] = KINDS) => [
  new Option('--by <col>', 'what is drawn whole (default: the unit, or the row without a panel)').argParser(byFlag),
  new Option('--boot-kind <kind>', `${kinds.join(', ')} (default pairs)`).argParser(choiceOf('--boot-kind', kinds)),
  new Option('--approximate <how>', 'one-step or second-order replicates, compared with 200 exact ones').argParser(
    choiceOf('--approximate', ['one-step', 'second-order'] as const),
  ),
  new Option('--points <law>', 'draws of wild and score: rademacher (default) or webb').argParser(
    choiceOf('--points', ['rademacher', 'webb'] as const),
  ),
  new Option('--block <n>', 'periods in a block (default: the cube root of their number)').argParser(
    numberOf('--block', 'a whole number of periods from 1', 'Write --block 2.', (n) => Number.isInteger(n) && n >= 1),
  ),
  new Option('--studentise', 'a standard error of each replicate, for studentised intervals'),
  new Option('--draws <file>', 'write the replicates to a CSV file'),
];

const NAMES: Record<keyof ResampleFlags, string> = {
  reps: '--reps',
  by: '--by',
  bootKind: '--boot-kind',
  approximate: '--approximate',
  points: '--points',
  block: '--block',
  studentise: '--studentise',
  draws: '--draws',
};

/** A flag that would do nothing is an error. */
export function refuseResampleFlags(flags: ResampleFlags): void {
  const given = (Object.keys(NAMES) as (keyof ResampleFlags)[]).find((key) => flags[key] !== undefined);
  if (given)
    throw usageError(
      'flag-without-use',
      `${NAMES[given]} belongs to resampled standard errors; they were not asked for.`,
      'Add --vcov bootstrap or --vcov jackknife.',
      NAMES[given],
    );
}

/** The flags as a covariance. @throws PanelError usage/flag-without-use. */
export function resampleSpecOf(
  type: ResampleSpec['type'],
  flags: ResampleFlags,
  seed: number | undefined,
): ResampleSpec {
  const { reps, by, bootKind: kind, approximate: method, points, block, studentise } = flags;
  const useless = (name: string, why: string) => {
    throw usageError('flag-without-use', `${name} does nothing here: ${why}.`, `Leave ${name} out.`, name);
  };
  if (type === 'jackknife')
    for (const key of ['reps', 'bootKind', 'approximate', 'points', 'block', 'studentise'] as const)
      if (flags[key] !== undefined) useless(NAMES[key], 'the jackknife leaves out each cluster once');
  if (points && kind !== 'wild' && kind !== 'score') useless('--points', 'only wild and score draw signs');
  if (block && kind !== 'block') useless('--block', 'only --boot-kind block draws blocks');
  if (studentise && (kind === 'wild' || kind === 'score')) useless('--studentise', `${kind} is studentised already`);
  if (by && (kind === 'block' || kind === 'parametric')) useless('--by', `${kind} draws no clusters`);
  return {
    type,
    ...(kind && { kind }),
    ...(by && { by }),
    ...(type === 'bootstrap' && { reps: reps ?? DEFAULT_REPS }),
    ...(seed !== undefined && { seed }),
    ...(method && { method }),
    ...(points && { points }),
    ...(block && { block }),
    ...(studentise && { studentise }),
  };
}
