/** Options of the frontiers, and which of them do not go together. */
import { PanelError } from './errors.ts';
import type { Model } from './models/model.ts';
import type { FitSpec, FrontierSpec, ModelKey } from './types.ts';

/** The options of a frontier among a model's keys. */
export function frontierOptions(keys: FrontierKeys): FrontierSpec | undefined {
  const { distribution, inefficiency, inefficiency_effects: effects, noise, random_effects: random } = keys;
  const given = Object.entries({ distribution, inefficiency, effects, noise, random }).filter(
    ([, value]) => value !== undefined,
  );
  return given.length > 0 ? (Object.fromEntries(given) as FrontierSpec) : undefined;
}
type FrontierKeys = Omit<FrontierSpec, 'effects' | 'random'> & {
  inefficiency_effects?: string;
  random_effects?: boolean;
};

/** The options as readers call them. */
const WORDS: Record<keyof FrontierSpec, string> = {
  distribution: 'a distribution of inefficiency',
  inefficiency: 'a choice of what inefficiency is of',
  effects: 'inefficiency effects',
  noise: 'noise beside inefficiency',
  random: 'random effects beside inefficiency',
};

interface Fault {
  message: string;
  hint: string;
}

/** Why options do not go with a frontier, or with each other; undefined where they do. */
export function frontierFault(
  key: ModelKey,
  { distribution, inefficiency, effects, noise, random }: FrontierSpec,
): Fault | undefined {
  const counts = key !== 'frontier';
  if (counts && distribution === 'truncated-normal')
    return {
      message: `${key} cannot use a truncated normal: its location cannot be told from the constant of a count.`,
      hint: 'Use half-normal or exponential.',
    };
  if (counts && inefficiency === 'decay')
    return {
      message: `${key} cannot use decay: its u is of rows or of units.`,
      hint: 'Use --inefficiency units, or frontier.',
    };
  if (counts && effects !== undefined)
    return {
      message: `${key} cannot use regressors of inefficiency.`,
      hint: 'Use frontier on a logarithm, or put them into the formula.',
    };
  if (counts && random)
    return {
      message: `${key} cannot use random effects beside a u of each row.`,
      hint: 'Use --inefficiency units --noise: u and a normal effect of the same unit; or frontier on a logarithm.',
    };
  if (random && (distribution === 'truncated-normal' || effects !== undefined))
    return {
      message:
        'Random effects beside a truncated normal are not estimated: its location is hardly told from the constant, less so with an effect of each unit.',
      hint: 'Use half-normal or exponential.',
    };
  if (random && inefficiency !== undefined && inefficiency !== 'rows')
    return {
      message: `Random effects stand beside a u of each row (Greene 2005); inefficiency of ${inefficiency} has one u a unit.`,
      hint: 'Leave --inefficiency out, or --random-effects.',
    };
  if (!counts && noise)
    return {
      message: 'frontier has noise v in any case; the option is for counts.',
      hint: 'Leave --noise out.',
    };
  if (effects !== undefined && distribution !== undefined && distribution !== 'truncated-normal')
    return {
      message: `Regressors of inefficiency move the location of a truncated normal; ${distribution} has none.`,
      hint: 'Use --distribution truncated-normal, or leave it out.',
    };
  if (effects !== undefined && inefficiency !== undefined && inefficiency !== 'rows')
    return {
      message: `Regressors of inefficiency are of rows (Battese, Coelli 1995); inefficiency of ${inefficiency} has one u a unit.`,
      hint: 'Leave --inefficiency out.',
    };
  return undefined;
}

/** @throws PanelError model/option-not-supported for options that the model, or another option, excludes. */
export function checkFrontier({ frontier: options, model: key }: FitSpec, model: Model): void {
  if (options === undefined || Object.keys(options).length === 0) return;
  const fault = model.variant
    ? frontierFault(key, options)
    : {
        message: `${key} cannot use ${(Object.keys(options) as (keyof FrontierSpec)[]).map((name) => WORDS[name]).join(', ')}: it has no inefficiency.`,
        hint: 'Use frontier, poisson-frontier or nb-frontier, or leave the option out.',
      };
  if (fault) throw new PanelError({ code: 'model/option-not-supported', ...fault });
}
