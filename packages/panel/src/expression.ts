/** The expression language of derive, filters and terms: text → tree → values. */
export { evaluateExpression, evaluateNumbers } from './expression-eval.ts';
export { parseExpression } from './expression-parse.ts';
export { printExpression, printName } from './expression-print.ts';
export { type Expression, namesIn } from './expression-tree.ts';
