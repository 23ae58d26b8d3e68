import type { VariableSpec } from './study.ts';

/** The variables of a study: label, unit and so on by column name. */
export type Variables = Record<string, VariableSpec>;

/** What a reader sees for a term. */
export interface TermLabel {
  label: string;
  unit?: string;
}

const LAG = /^l\((.+), ?(-?\d+)\)$/;

/** k of "l(x, k)", undefined for any other term. */
export const lagOf = (term: string): number | undefined => {
  const match = LAG.exec(term);
  return match ? Number(match[2]) : undefined;
};

/** "Partner" → "partner"; "GDP" stays. */
export const lowered = (label: string) =>
  /^\p{Lu}\p{Ll}/u.test(label) ? label[0].toLowerCase() + label.slice(1) : label;

/** The label of a column: its own, or the name itself. */
export const variableLabel = (name: string, variables: Variables = {}) => variables[name]?.label ?? name;

/** Label and unit of one term of a fit: "l(lrnd, 1)" → "R&D, lag 1"; "a:b" → "A × B"; "year::1975" → "Year 1975". */
export function termLabel(term: string, variables: Variables = {}, stripLag = false): TermLabel {
  const known = variables[term];
  if (known) return { label: known.label ?? term, ...(known.unit && { unit: known.unit }) };
  if (term === '(Intercept)') return { label: 'Constant' };
  const lag = LAG.exec(term);
  if (lag) {
    const inner = termLabel(lag[1], variables);
    return stripLag ? inner : { ...inner, label: `${inner.label}, lag ${lag[2]}` };
  }
  const level = /^(.+)::(.+)$/.exec(term);
  if (level && !term.includes('(')) return { label: `${variableLabel(level[1], variables)} ${level[2]}` };
  if (/^[^()]+:[^()]+$/.test(term))
    return {
      label: term
        .split(':')
        .map((part) => termLabel(part, variables).label)
        .join(' × '),
    };
  const log = /^log\(([^()]+)\)$/.exec(term);
  if (log && variables[log[1]]?.label) return { label: `ln ${variables[log[1]].label}` };
  return { label: term };
}

/** [0, 1, 2, 4] → "(1)–(3), (5)". */
export function columnRanges(columns: number[]): string {
  const runs: [number, number][] = [];
  for (const c of [...columns].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && c === last[1] + 1) last[1] = c;
    else runs.push([c, c]);
  }
  return runs.map(([a, b]) => (a === b ? `(${a + 1})` : `(${a + 1})${b === a + 1 ? ', ' : '–'}(${b + 1})`)).join(', ');
}
