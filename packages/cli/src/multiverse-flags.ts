/** Flags of `multiverse` and `multiverse plan`. */
import { curveStudy, type Study } from '@gravpanel/panel';
import { Option } from 'commander';
import { choiceOf, numberOf } from './flag-values.ts';
import { repsFlag } from './resample-flags.ts';

export interface CurveFlags {
  curve?: string;
  reps?: number;
  seed?: number;
  kind?: 'bootstrap' | 'permutation';
}

export const curveFlags = () => [
  new Option('--curve <id>', 'one specification curve of the study (default: all)'),
  new Option('-B, --reps <n>', 'curves under the null (default: joint.reps of the study, or 500)').argParser(
    repsFlag('-B'),
  ),
  new Option('--seed <n>', 'seed of the curves under the null (default: joint.seed, or the study’s, or 1)').argParser(
    numberOf('--seed', 'a whole number from 0', 'Write --seed 1.', (n) => Number.isSafeInteger(n) && n >= 0),
  ),
  new Option('--kind <kind>', 'bootstrap or permutation (default: joint.kind of the study, or bootstrap)').argParser(
    choiceOf('--kind', ['bootstrap', 'permutation'] as const),
  ),
];

/** What the command line says over the study. */
export const overridesOf = ({ reps, seed, kind }: CurveFlags) => ({
  ...(reps !== undefined && { reps }),
  ...(seed !== undefined && { seed }),
  ...(kind !== undefined && { kind }),
});

/** The study's curves alone, as the flags want them. @throws PanelError study/no-multiverse, usage/unknown-curve. */
export const studyOf = (study: Study, flags: CurveFlags): Study =>
  curveStudy(study, flags.curve === undefined ? [] : [flags.curve], overridesOf(flags));
