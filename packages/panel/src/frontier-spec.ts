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
  const { distribution, inefficiency, effects, noise } = options;
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
