/** One formula → one formula for each column: stepwise functions, several outcomes, several sets of effects. */
import { type SourceText, sourceError } from './expression-lex.ts';
import { printExpression, printName } from './expression-print.ts';
import { type Node, namesIn } from './expression-tree.ts';
import { type Factor, type FixefTerm, type Formula, type RhsItem, type StepName, subsets } from './formula-tree.ts';

/** A term of one column. */
export interface Term {
  factors: Factor[];
  /** As printed, where the term is one column: "log(x)", "a:b"; i() adds "::value". */
  name: string;
  /** As written back into a formula. */
  text: string;
  variables: string[];
}

/** The formula of one column. */
export interface ColumnFormula {
  /** Canonical text; parsing it gives the same column. */
  text: string;
  source: SourceText;
  lhs: Node;
  /** As printed. */
  depvar: string;
  intercept: boolean;
  terms: Term[];
  offsets: Node[];
  fixef: FixefTerm[];
}

/** Columns that one formula may give. */
const MOST_COLUMNS = 1000;

/** Printed name of an expression: plain names without backticks, x^2 as I(x^2), as fixest does. */
export function expressionName(node: Node): string {
  if (node.type === 'name') return node.name;
  return node.type === 'binary' ? `I(${printExpression(node)})` : printExpression(node);
}

function factorName(factor: Factor): string {
  if (factor.type === 'expression') return expressionName(factor.node);
  if (factor.type === 'mean') return `mean(${expressionName(factor.node)})`;
  return factor.by ? `${factor.variable.name}:${factor.by.name}` : factor.variable.name;
}

function factorText(factor: Factor): string {
  if (factor.type === 'expression')
    return factor.node.type === 'binary' ? `I(${printExpression(factor.node)})` : printExpression(factor.node);
  if (factor.type === 'mean') return `cre(${printExpression(factor.node)})`;
  const refs = factor.refs.map((ref) =>
    Number.isFinite(Number(ref)) && ref.trim() !== '' ? ref : JSON.stringify(ref),
  );
  const ref = refs.length === 0 ? [] : [`ref = ${refs.length === 1 ? refs[0] : `c(${refs.join(', ')})`}`];
  const by = factor.by ? [`${factor.byFactor ? 'i.' : ''}${printName(factor.by.name)}`] : [];
  return `i(${[printName(factor.variable.name), ...by, ...ref].join(', ')})`;
}

function factorVariables(factor: Factor): string[] {
  if (factor.type !== 'i') return namesIn(factor.node);
  return factor.by ? [factor.variable.name, factor.by.name] : [factor.variable.name];
}

function termOf(factors: Factor[]): Term {
  return {
    factors,
    name: factors.map(factorName).join(':'),
    text: factors.map(factorText).join(':'),
    variables: [...new Set(factors.flatMap(factorVariables))],
  };
}

/** a:b and b:a are one term. */
const termKey = ({ factors }: Term) =>
  factors
    .map((f) => `${f.type} ${factorText(f)}`)
    .sort()
    .join(':');

/** The alternatives that a stepwise function stands for. */
function alternatives<T>(step: StepName, args: T[][]): T[][] {
  switch (step) {
    case 'sw':
      return args;
    case 'sw0':
      return [[], ...args];
    case 'csw':
      return args.map((_, i) => args.slice(0, i + 1).flat());
    case 'csw0':
      return [[], ...args.map((_, i) => args.slice(0, i + 1).flat())];
    case 'mvsw':
      return [[], ...subsets(args.length).map((subset) => subset.flatMap((j) => args[j]))];
  }
}

/** All combinations of one choice from each list; the first list varies slowest. */
function combinations<T>(choices: T[][][], limit: () => void): T[][] {
  return choices.reduce<T[][]>(
    (left, right) => {
      if (left.length * right.length > MOST_COLUMNS) limit();
      return left.flatMap((a) => right.map((b) => [...a, ...b]));
    },
    [[]],
  );
}

function termsOf(items: RhsItem[], fixed: boolean) {
  const terms = new Map<string, Term>();
  const offsets: Node[] = [];
  let intercept = true;
  for (const item of items) {
    if (item.type === 'constant') intercept = (item.value === 1) === (item.sign === 1);
    else if (item.type === 'offset') offsets.push(item.node);
    else if (item.type === 'term') {
      const term = termOf(item.factors);
      if (item.sign > 0 && !terms.has(termKey(term))) terms.set(termKey(term), term);
    }
  }
  // Taking out holds wherever it stands, as in R.
  for (const item of items) if (item.type === 'term' && item.sign < 0) terms.delete(termKey(termOf(item.factors)));
  return { terms: [...terms.values()], offsets, intercept: intercept && !fixed };
}

/** "a^b". */
export const fixefName = ({ names }: FixefTerm) => names.map(({ name }) => name).join('^');

function columnText(lhs: Node, constant: boolean, terms: Term[], offsets: Node[], fixef: FixefTerm[]): string {
  const parts = [...terms.map(({ text }) => text), ...offsets.map((node) => `offset(${printExpression(node)})`)];
  if (!constant) parts.push('0');
  else if (terms.length === 0) parts.unshift('1');
  const effects = fixef.map(({ names }) => names.map(({ name }) => printName(name)).join('^'));
  return `${printExpression(lhs)} ~ ${parts.join(' + ')}${effects.length > 0 ? ` | ${effects.join(' + ')}` : ''}`;
}

/** The text of a column with other effects after "|"; each is a column name or several to be combined. */
export function withEffects({ lhs, intercept, fixef, terms, offsets }: ColumnFormula, effects: string[][]): string {
  const constant = intercept || fixef.length > 0 || effects.length > 0;
  const made = effects.map(
    (names): FixefTerm => ({
      names: names.map((name) => ({ type: 'name', name, start: 0, end: 0 })),
      start: 0,
      end: 0,
    }),
  );
  return columnText(lhs, constant, terms, offsets, made);
}

/**
 * The columns of a formula, in fixest's order: effects slowest, then outcomes, then right-hand sides (several stepwise
 * functions multiply out, the first slowest). Duplicate terms collapse; with effects there is no constant.
 * @throws PanelError formula/too-many-columns.
 */
export function expandFormula(formula: Formula): ColumnFormula[] {
  const { text, lhs, rhs, fixef } = formula;
  const limit = () => {
    throw sourceError(text, 0, text.source.length, {
      code: 'too-many-columns',
      message: `The formula gives more than ${MOST_COLUMNS} columns.`,
    });
  };
  const rightSides = combinations(
    rhs.map((item) => (item.type === 'step' ? alternatives(item.step, item.args) : [[item]])),
    limit,
  );
  const effects = combinations(
    fixef.map((item) => ('step' in item ? alternatives(item.step, item.args) : [[item]])),
    limit,
  );
  if (rightSides.length * effects.length * lhs.length > MOST_COLUMNS) limit();
  return effects.flatMap((some) => {
    const unique = some.filter((term, i) => some.findIndex((other) => fixefName(other) === fixefName(term)) === i);
    return lhs.flatMap((node) =>
      rightSides.map((items): ColumnFormula => {
        const { terms, offsets, intercept } = termsOf(items, unique.length > 0);
        return {
          text: columnText(node, intercept || unique.length > 0, terms, offsets, unique),
          source: text,
          lhs: node,
          depvar: expressionName(node).replace(/^I\((.*)\)$/, '$1'),
          intercept,
          terms,
          offsets,
          fixef: unique,
        };
      }),
    );
  });
}
