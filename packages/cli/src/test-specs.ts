/** Names of tests on the command line → the tests of a study. */
import {
  impossible,
  type ModelSpec,
  nearestHint,
  PanelError,
  planStudy,
  type Study,
  type TestSpec,
} from '@gravpanel/panel';
import { usageError } from './usage.ts';

type Kind = TestSpec['kind'];
export const KINDS: readonly Kind[] = ['hausman', 'wald', 'lr', 'overdispersion', 'reset', 'period', 'vuong'];
const OTHER_NAMES: Record<string, Kind> = { dispersion: 'overdispersion', 'likelihood-ratio': 'lr' };

export interface TestFlags {
  of?: string;
  column?: number;
  against?: string;
  againstColumn?: number;
  terms?: string[];
  powers?: number[];
  at?: number;
  reps?: number;
  seed?: number;
}

/** A test that a model cannot have. */
export interface Skipped {
  kind: Kind;
  of: string;
  reason: string;
}

/** hausman,dispersion,reset → kinds. @throws PanelError usage/wrong-value. */
export function kindsOf(text: string): Kind[] {
  const kinds = text.split(',').map((word): Kind => {
    const name = word.trim();
    if (Object.hasOwn(OTHER_NAMES, name)) return OTHER_NAMES[name];
    if ((KINDS as readonly string[]).includes(name)) return name as Kind;
    const known = [...KINDS, 'dispersion'];
    throw usageError(
      'wrong-value',
      `"${name}" is not a test; one of ${known.join(', ')} was expected.`,
      nearestHint(name, known),
    );
  });
  return [...new Set(kinds)];
}

const USED_BY: Record<Exclude<keyof TestFlags, 'of' | 'column'>, { flag: string; kinds: Kind[]; needed: Kind[] }> = {
  against: { flag: '--against', kinds: ['lr', 'vuong'], needed: ['vuong'] },
  againstColumn: { flag: '--against-column', kinds: ['lr', 'vuong'], needed: [] },
  terms: { flag: '--terms', kinds: ['wald'], needed: ['wald'] },
  powers: { flag: '--powers', kinds: ['reset'], needed: [] },
  at: { flag: '--at', kinds: ['period'], needed: [] },
  reps: { flag: '--reps', kinds: ['hausman'], needed: [] },
  seed: { flag: '--seed', kinds: ['hausman'], needed: [] },
};

/** @throws PanelError usage/unused-flag, usage/missing-flag. */
function checkFlags(kinds: Kind[], flags: TestFlags): void {
  for (const [name, { flag, kinds: users, needed }] of Object.entries(USED_BY)) {
    const given = flags[name as keyof TestFlags] !== undefined;
    if (given && !kinds.some((kind) => users.includes(kind)))
      throw usageError(
        'unused-flag',
        `${flag} is for ${users.join(' and ')}; none was asked for.`,
        `Leave ${flag} out.`,
        flag,
      );
    const lacks = kinds.find((kind) => needed.includes(kind));
    if (!given && lacks)
      throw usageError(
        'missing-flag',
        `${lacks} needs ${flag}.`,
        `Write ${flag}; gravpanel test --help has examples.`,
        flag,
      );
  }
}

function specFor(kind: Kind, of: string, f: TestFlags): TestSpec {
  const base = { of, ...(f.column !== undefined && { column: f.column }) };
  const other = f.againstColumn !== undefined && { againstColumn: f.againstColumn };
  switch (kind) {
    case 'wald':
      return { kind, ...base, terms: f.terms! };
    case 'lr':
      return { kind, ...base, ...(f.against !== undefined && { against: f.against, ...other }) };
    case 'vuong':
      return { kind, ...base, against: f.against!, ...other };
    case 'reset':
      return { kind, ...base, ...(f.powers && { powers: f.powers }) };
    case 'period':
      return { kind, ...base, ...(f.at !== undefined && { at: f.at }) };
    case 'hausman':
      return {
        kind,
        ...base,
        ...(f.reps !== undefined && { reps: f.reps }),
        ...(f.seed !== undefined && { seed: f.seed }),
      };
    default:
      return { kind, ...base };
  }
}

function modelsOf(study: Study, of: string | undefined): [string, ModelSpec][] {
  const all = Object.entries(study.models ?? {});
  if (all.length === 0)
    throw new PanelError({ code: 'study/no-models', message: 'The study has no models to test.', hint: 'Add models.' });
  if (of === undefined) return all;
  const found = all.find(([id]) => id === of);
  if (found) return [found];
  const names = all.map(([id]) => id);
  throw usageError(
    'wrong-value',
    `--of is "${of}"; one of ${names.join(', ')} was expected.`,
    nearestHint(of, names),
    '--of',
  );
}

/**
 * The tests of these kinds for one model, or for every model that can have them.
 * @throws PanelError usage/…, study/test-not-possible where no model can.
 */
export function testsFor(study: Study, kinds: Kind[], flags: TestFlags): { tests: TestSpec[]; skipped: Skipped[] } {
  checkFlags(kinds, flags);
  planStudy({ ...study, tests: [] });
  const tests: TestSpec[] = [];
  const skipped: Skipped[] = [];
  let hint: string | undefined;
  for (const kind of kinds)
    for (const [id, model] of modelsOf(study, flags.of)) {
      if (id === flags.against && flags.of === undefined) continue;
      const test = specFor(kind, id, flags);
      const why = impossible(study, test, model);
      if (why) skipped.push({ kind, of: id, reason: why.message });
      else tests.push(test);
      hint ??= why?.hint;
    }
  if (tests.length > 0) return { tests, skipped };
  throw new PanelError({
    code: 'study/test-not-possible',
    message: skipped.map(({ reason }) => reason).join(' '),
    ...(hint && { hint }),
  });
}
