/** The two columns that belong beside a conditional NB: NB2 with unit dummies and fixed-effects Poisson. */
import type { FitSpec, Frame } from './types.ts';

/** Position of the "|" that starts the effects, outside parentheses and backticks; −1 without one. */
function barOf(formula: string): number {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < formula.length; i++) {
    const c = formula[i];
    if (c === '`') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === '|' && depth === 0) return i;
  }
  return -1;
}

const quoted = (name: string) => (/^[\p{L}_.][\p{L}\p{N}_.]*$/u.test(name) ? name : `\`${name}\``);

/** "y ~ x" → "y ~ x | id"; "y ~ x | year" → "y ~ x | id + year". */
export function withUnitEffects(formula: string, unit: string[]): string {
  const effect = unit.map(quoted).join('^');
  const bar = barOf(formula);
  if (bar < 0) return `${formula.trim()} | ${effect}`;
  return `${formula.slice(0, bar).trim()} | ${effect} + ${formula.slice(bar + 1).trim()}`;
}

/**
 * Specs of the companions of an nb-fe spec: nb2 and poisson with "| unit", all else equal. Both lose the all-zero units
 * that nb-fe loses. The NB2 with dummies carries the incidental-parameters bias (Allison, Waterman 2002); the Poisson one
 * does not, and takes units' effects fully out. Empty for other models and without a panel.
 */
export function companionSpecs(spec: FitSpec, frame: Frame): FitSpec[] {
  if (spec.model !== 'nb-fe' || !frame.panel) return [];
  const formula = withUnitEffects(spec.formula, frame.panel.unit);
  return (['nb2', 'poisson'] as const).map((model) => ({ ...spec, id: `${spec.id}.${model}`, model, formula }));
}
