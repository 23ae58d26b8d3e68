/** The public names of the panel package, listed by hand. */

export { compareLabels } from './column-read.ts';
export { derive, filterRows } from './derive.ts';
export { buildDesigns } from './design.ts';
export * from './errors.ts';
export { evaluateExpression, parseExpression } from './expression.ts';
export { type CoefficientFigureOptions, coefficientFigure } from './figures.ts';
export { count, decimal, display, fixed, percent, pValue, STAR_LEVELS, scientific, starsOf } from './format.ts';
export { expandFormula, parseFormula } from './formula.ts';
export { setPanel } from './frame.ts';
export { identificationTable } from './identification-table.ts';
export { termLabel, type Variables, variableLabel } from './labels.ts';
export { sampleWords } from './regression-notes.ts';
export { isFit } from './regression-style.ts';
export { type RegressionTableOptions, regressionTable } from './regression-table.ts';
export { type ReadOptions, readTable } from './table-read.ts';
export type * from './types.ts';
