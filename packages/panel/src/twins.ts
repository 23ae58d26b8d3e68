/** The fixed-effects and the random-effects model that a Hausman test compares, from either of them. */
import { type ColumnFormula, expandFormula, withEffects } from './formula-expand.ts';
import { parseFormula } from './formula-parse.ts';
import type { FitSpec, ModelKey } from './types.ts';

const RANDOM: Partial<Record<ModelKey, ModelKey>> = { 'nb-fe': 'nb-re', poisson: 'poisson-re', ols: 'ols-re' };
const FIXED = Object.fromEntries(Object.entries(RANDOM).map(([fe, re]) => [re, fe])) as Partial<
  Record<ModelKey, ModelKey>
>;

const namesOf = ({ fixef }: ColumnFormula) => fixef.map(({ names }) => names.map(({ name }) => name));
const isUnit = (names: string[], unit: string[]) => [...names].sort().join('^') === [...unit].sort().join('^');

/** Model and formula of both sides. */
export interface Twins {
  fixed: { model: ModelKey; formula: string };
  random: { model: ModelKey; formula: string };
}

/**
 * nb-fe and nb-re share a formula; poisson and ols with "| unit" stand against poisson-re and ols-re without it.
 * @param formula of one column. @param unit columns that make a unit.
 * @returns undefined where the model is none of these.
 */
export function twinsOf(model: ModelKey, formula: string, unit: string[]): Twins | undefined {
  if (model === 'nb-fe' || model === 'nb-re')
    return { fixed: { model: 'nb-fe', formula }, random: { model: 'nb-re', formula } };
  const [column] = expandFormula(parseFormula(formula));
  const effects = namesOf(column);
  const random = RANDOM[model];
  if (random) {
    const others = effects.filter((names) => !isUnit(names, unit));
    if (others.length === effects.length) return undefined;
    return { fixed: { model, formula }, random: { model: random, formula: withEffects(column, others) } };
  }
  const fixed = FIXED[model];
  if (!fixed) return undefined;
  return { fixed: { model: fixed, formula: withEffects(column, [unit, ...effects]) }, random: { model, formula } };
}

/** The spec of one side, all else as in `spec`; rows that the spec's columns have in common stay so. */
export function twinSpec(spec: FitSpec, twin: Twins['fixed']): FitSpec {
  const { like: _, ...rest } = spec;
  return { ...rest, ...twin, vcov: { type: 'iid' }, ...(spec.common && { commonWith: spec.formula }) };
}
