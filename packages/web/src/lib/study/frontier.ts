/** The options of a frontier as a form offers them: what the rules of the models allow beside what is chosen already. */
import { type FrontierSpec, frontierFault, frontierOptions, type ModelKey, type ModelSpec } from '@gravpanel/panel';
import { LAWS, MODELS } from '../../../generated/models.ts';

export const FRONTIER_KEYS = [
  'distribution',
  'inefficiency',
  'inefficiency_effects',
  'noise',
  'random_effects',
] as const;
export type FrontierKey = (typeof FRONTIER_KEYS)[number];

export const isFrontier = (model: string): boolean => MODELS[model]?.frontier !== undefined;

const optionsOf = (model: Partial<ModelSpec>): FrontierSpec => frontierOptions(model) ?? {};
const goes = (model: ModelSpec, change: Partial<ModelSpec>) =>
  frontierFault(model.model as ModelKey, optionsOf({ ...model, ...change })) === undefined;

export interface Choice {
  /** The default of the model as it stands first. */
  values: string[];
  chosen: string;
}
/** undefined where there is nothing to choose. */
export function choiceOf(model: ModelSpec, key: 'distribution' | 'inefficiency'): Choice | undefined {
  const values: string[] = LAWS[key].filter((value) => goes(model, { [key]: value }));
  const chosen = model[key] ?? values[0];
  // What the text says is shown, be it refused.
  if (chosen !== undefined && !values.includes(chosen)) values.push(chosen);
  return values.length > 1 && chosen !== undefined ? { values, chosen } : undefined;
}

/** Options that are on or off. */
export const SWITCHES = ['noise', 'random_effects'] as const;
export const takesSwitch = (model: ModelSpec, key: (typeof SWITCHES)[number]): boolean =>
  model[key] !== undefined || goes(model, { [key]: true });
export const takesEffects = (model: ModelSpec): boolean =>
  model.inefficiency_effects !== undefined || goes(model, { inefficiency_effects: 'x' });

/** Options that a model with another estimator cannot have. */
export function strayOptions(model: ModelSpec, estimator: string): FrontierKey[] {
  const kept: ModelSpec = { ...model, model: estimator as ModelKey };
  for (const key of FRONTIER_KEYS) delete kept[key];
  return FRONTIER_KEYS.filter((key) => {
    if (model[key] === undefined) return false;
    if (!isFrontier(estimator) || !goes(kept, { [key]: model[key] })) return true;
    Object.assign(kept, { [key]: model[key] });
    return false;
  });
}
