/** Options of the frontiers that do not go together. */
import { PanelError } from './errors.ts';
import type { Model } from './models/model.ts';
import type { FitSpec } from './types.ts';

const refuse = (message: string, hint: string) => new PanelError({ code: 'model/option-not-supported', message, hint });

/** @throws PanelError model/option-not-supported for options that the model, or another option, excludes. */
export function checkFrontier({ frontier: options, model: key }: FitSpec, model: Model): void {
  if (options === undefined || Object.keys(options).length === 0) return;
  if (!model.variant)
    throw refuse(
      `${key} cannot use ${Object.keys(options).join(', ')}: it has no inefficiency.`,
      'Use frontier, poisson-frontier or nb-frontier, or leave the option out.',
    );
  const { distribution, inefficiency, effects, noise, random } = options;
  const counts = key !== 'frontier';
  if (counts && distribution === 'truncated-normal')
    throw refuse(
      `${key} cannot use a truncated normal: its location cannot be told from the constant of a count.`,
      'Use half-normal or exponential.',
    );
  if (counts && inefficiency === 'decay')
    throw refuse(`${key} cannot use decay: its u is of rows or of units.`, 'Use --inefficiency units, or frontier.');
  if (counts && effects !== undefined)
    throw refuse(
      `${key} cannot use regressors of inefficiency.`,
      'Use frontier on a logarithm, or put them into the formula.',
    );
  if (counts && random)
    throw refuse(
      `${key} cannot use random effects beside a u of each row.`,
      'Use --inefficiency units --noise: u and a normal effect of the same unit; or frontier on a logarithm.',
    );
  if (random && (distribution === 'truncated-normal' || effects !== undefined))
    throw refuse(
      'Random effects beside a truncated normal are not estimated: its location is hardly told from the constant, less so with an effect of each unit.',
      'Use half-normal or exponential.',
    );
  if (random && inefficiency !== undefined && inefficiency !== 'rows')
    throw refuse(
      `Random effects stand beside a u of each row (Greene 2005); inefficiency of ${inefficiency} has one u a unit.`,
      'Leave --inefficiency out, or --random-effects.',
    );
  if (!counts && noise)
    throw refuse('frontier has noise v in any case; the option is for counts.', 'Leave --noise out.');
  if (effects !== undefined && distribution !== undefined && distribution !== 'truncated-normal')
    throw refuse(
      `Regressors of inefficiency move the location of a truncated normal; ${distribution} has none.`,
      'Use --distribution truncated-normal, or leave it out.',
    );
  if (effects !== undefined && inefficiency !== undefined && inefficiency !== 'rows')
    throw refuse(
      `Regressors of inefficiency are of rows (Battese, Coelli 1995); inefficiency of ${inefficiency} has one u a unit.`,
      'Leave --inefficiency out.',
    );
}
