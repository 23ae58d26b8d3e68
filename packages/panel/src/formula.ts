/** Formulas: text → tree (formula-parse.ts) → one formula for each column (formula-expand.ts). */
export { type ColumnFormula, expandFormula, type Term } from './formula-expand.ts';
export { parseFormula } from './formula-parse.ts';
export { type Formula, formulaNames } from './formula-tree.ts';
