/** The public names of the panel package, listed by hand. */
export * from './errors.ts';
export { type CoefficientFigureOptions, coefficientFigure } from './figures.ts';
export { count, decimal, display, fixed, percent, pValue, STAR_LEVELS, scientific, starsOf } from './format.ts';
export { identificationTable } from './identification-table.ts';
export { termLabel, type Variables, variableLabel } from './labels.ts';
export { sampleWords } from './regression-notes.ts';
export { isFit } from './regression-style.ts';
export { type RegressionTableOptions, regressionTable } from './regression-table.ts';
export type * from './types.ts';
