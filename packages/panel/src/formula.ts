/** Formulas: text → tree (formula-parse.ts) → one formula for each column (formula-expand.ts). */
export { type ColumnFormula, expandFormula, type Term } from './formula-expand.ts';
export { type Formula, formulaNames, parseFormula } from './formula-parse.ts';
