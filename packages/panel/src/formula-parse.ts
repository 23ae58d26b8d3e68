/** The formula grammar: text → tree. The meaning is fixest's where the name is the same. */
import { type SourceText, sourceError, type Token, tokenize } from './expression-lex.ts';
import {
  accept,
  type Cursor,
  expectOp,
  forbidRanges,
  isOp,
  parseInner,
  parsePower,
  peek,
  unexpected,
} from './expression-parse.ts';
import type { Node } from './expression-tree.ts';
import {
  type Factor,
  type FixefItem,
  type FixefTerm,
  type Formula,
  type NameNode,
  type RhsItem,
  type StepName,
  subsets,
} from './formula-tree.ts';

const STEPS = ['sw', 'sw0', 'csw', 'csw0', 'mvsw'];
const ARITHMETIC_HINT = 'Arithmetic goes inside I(), log() or another function: I(x / 2), I(x * y).';

const startsCall = (c: Cursor, names: string[]): boolean => {
  const token = peek(c);
  return token.type === 'name' && !token.quoted && names.includes(token.text) && isOp(c.tokens[c.at + 1], '(');
};

/** l(x, a:b) as one node for each lag; l(x, 0) is x. */
function spreadLags(node: Node): Node[] {
  if (node.type !== 'lag') return [node];
  return Array.from({ length: node.to - node.from + 1 }, (_, i) => {
    const k = node.from + i;
    return k === 0 && node.op !== 'd' ? node.arg : { ...node, from: k, to: k };
  });
}

function parseName(c: Cursor, expected: string): NameNode {
  const token = peek(c);
  if (token.type !== 'name') throw unexpected(c, expected);
  c.at++;
  return { type: 'name', name: token.text, start: token.start, end: token.end };
}

function parseRef(c: Cursor): string {
  const minus = accept(c, '-');
  const token = peek(c);
  if (token.type === 'end' || token.type === 'op' || (minus && token.type !== 'number'))
    throw unexpected(c, 'a value to leave out', 'i(year, ref = 1970)');
  c.at++;
  return token.type === 'number' ? String(minus ? -Number(token.text) : Number(token.text)) : token.text;
}

function parseRefs(c: Cursor): string[] {
  if (!startsCall(c, ['c'])) return [parseRef(c)];
  c.at += 2;
  const refs: string[] = [];
  do refs.push(parseRef(c));
  while (accept(c, ','));
  expectOp(c, ')');
  return refs;
}

function parseDummies(c: Cursor): Factor {
  c.at += 2;
  const variable = parseName(c, 'a column name');
  const factor: Factor = { type: 'i', variable, byFactor: false, refs: [] };
  while (accept(c, ',')) {
    const name = parseName(c, 'a column name or ref =');
    if (accept(c, '=')) {
      if (name.name !== 'ref')
        throw sourceError(c.text, name.start, name.end, {
          code: 'arguments',
          message: `"${name.name}" is not an argument of i().`,
          hint: 'i(v), i(v, x), i(v, ref = value), i(v, x, ref = value)',
        });
      factor.refs = parseRefs(c);
    } else if (factor.by)
      throw sourceError(c.text, name.start, name.end, { code: 'arguments', message: 'i() takes two columns at most.' });
    else {
      const crossed = name.name.startsWith('i.');
      factor.by = crossed ? { ...name, name: name.name.slice(2) } : name;
      factor.byFactor = crossed;
    }
  }
  expectOp(c, ')', '")" or ","');
  return factor;
}

/** cre(x, …): each term and its unit mean. */
function parseMeans(c: Cursor): Factor[] {
  c.at += 2;
  const factors: Factor[] = [];
  do {
    const node = parseInner(c);
    for (const one of spreadLags(node)) {
      forbidRanges(c.text, one);
      factors.push({ type: 'expression', node: one }, { type: 'mean', node: one });
    }
  } while (accept(c, ','));
  expectOp(c, ')', '")" or ","');
  return factors;
}

/** One factor; more than one alternative where a range of lags or cre() stands for several terms. */
function parseFactor(c: Cursor): Factor[] {
  const token = peek(c);
  if (isOp(token, '('))
    throw unexpected(
      c,
      'a term',
      `Write terms without parentheses; ${ARITHMETIC_HINT[0].toLowerCase()}${ARITHMETIC_HINT.slice(1)}`,
    );
  if (token.type === 'number' || token.type === 'string') throw unexpected(c, 'a term', ARITHMETIC_HINT);
  if (startsCall(c, ['i'])) return [parseDummies(c)];
  if (startsCall(c, ['cre'])) return parseMeans(c);
  if (startsCall(c, [...STEPS, 'offset', 'c']))
    throw unexpected(c, 'a term', `${token.text}() cannot be part of an interaction or of a power.`);
  const nodes = spreadLags(parsePower(c));
  for (const node of nodes) forbidRanges(c.text, node);
  return nodes.map((node) => ({ type: 'expression', node }));
}

/** a:b:c as products; several where a factor has alternatives. */
function parseProduct(c: Cursor): Factor[][] {
  let products = parseFactor(c).map((factor) => [factor]);
  while (accept(c, ':')) {
    const next = parseFactor(c);
    products = products.flatMap((left) => next.map((factor) => [...left, factor]));
  }
  return products;
}

function parseTerm(c: Cursor, sign: 1 | -1): RhsItem[] {
  const { start } = peek(c);
  const operands = [parseProduct(c)];
  while (accept(c, '*')) operands.push(parseProduct(c));
  if (operands.length > 6)
    throw sourceError(c.text, start, c.tokens[c.at - 1].end, {
      code: 'too-many-terms',
      message: 'More than six factors are crossed by "*".',
    });
  const { end } = c.tokens[c.at - 1];
  return subsets(operands.length)
    .flatMap((subset) =>
      subset.map((j) => operands[j]).reduce((left, right) => left.flatMap((a) => right.map((b) => [...a, ...b]))),
    )
    .map((factors) => ({ type: 'term', factors, sign, start, end }));
}

function parseStep<T>(
  c: Cursor,
  argument: (c: Cursor) => T,
): { step: StepName; args: T[]; start: number; end: number } {
  const name = c.tokens[c.at];
  c.at += 2;
  const args: T[] = [];
  do args.push(argument(c));
  while (accept(c, ','));
  const close = expectOp(c, ')', '")", "," or "+"');
  if (name.text === 'mvsw' && args.length > 8)
    throw sourceError(c.text, name.start, close.end, {
      code: 'too-many-columns',
      message: `mvsw() of ${args.length} terms is ${2 ** args.length} columns; 8 terms are the limit.`,
    });
  return { step: name.text as StepName, args, start: name.start, end: close.end };
}

function parseConstant(c: Cursor, token: Token, sign: 1 | -1): RhsItem | undefined {
  if (token.type !== 'number' || !['0', '1'].includes(token.text)) return undefined;
  if (['*', '/', '^', ':'].some((op) => isOp(c.tokens[c.at + 1], op))) return undefined;
  c.at++;
  return { type: 'constant', value: token.text === '0' ? 0 : 1, sign, start: token.start, end: token.end };
}

function parseItem(c: Cursor, sign: 1 | -1, inStep: boolean): RhsItem[] {
  const token = peek(c);
  const fixed = parseConstant(c, token, sign);
  if (fixed) return [fixed];
  const stepwise = startsCall(c, STEPS);
  if (sign < 0 && (stepwise || startsCall(c, ['offset'])))
    throw unexpected(c, 'a term to take out', 'Only plain terms and the constant can be taken out.');
  if (stepwise) {
    if (inStep) throw unexpected(c, 'a term', 'A stepwise function cannot stand inside another one.');
    const parsed = parseStep(c, (inner) => parseSum(inner, true));
    return [{ type: 'step', sign, ...parsed }];
  }
  if (startsCall(c, ['offset'])) {
    if (inStep) throw unexpected(c, 'a term', 'An offset cannot be stepwise.');
    c.at += 2;
    const node = parseInner(c);
    forbidRanges(c.text, node);
    const close = expectOp(c, ')');
    return [{ type: 'offset', node, sign, start: token.start, end: close.end }];
  }
  return parseTerm(c, sign);
}

function parseSum(c: Cursor, inStep = false): RhsItem[] {
  const items: RhsItem[] = [];
  let sign: 1 | -1 = accept(c, '-') ? -1 : 1;
  if (sign > 0) accept(c, '+');
  for (;;) {
    items.push(...parseItem(c, sign, inStep));
    if (accept(c, '+')) sign = accept(c, '-') ? -1 : 1;
    else if (accept(c, '-')) sign = -1;
    else return items;
  }
}

function parseFixefTerm(c: Cursor): FixefTerm {
  const { start } = peek(c);
  const names: NameNode[] = [];
  do names.push(parseName(c, 'a column name'));
  while (accept(c, '^'));
  if (isOp(peek(c), '['))
    throw unexpected(c, '"+" or the end', 'Slopes that differ by level (v[x]) are not in this version: use i(v, x).');
  return { names, start, end: c.tokens[c.at - 1].end };
}

function parseFixef(c: Cursor): FixefItem[] {
  const items: FixefItem[] = [];
  do {
    if (startsCall(c, STEPS)) {
      items.push(
        parseStep(c, (inner) => {
          const terms = [parseFixefTerm(inner)];
          while (accept(inner, '+')) terms.push(parseFixefTerm(inner));
          return terms;
        }),
      );
    } else items.push(parseFixefTerm(c));
  } while (accept(c, '+'));
  return items;
}

function parseLhs(c: Cursor): Node[] {
  const nodes: Node[] = [];
  if (isOp(peek(c), '~')) throw unexpected(c, 'a dependent variable', 'outcome ~ term + term');
  if (startsCall(c, ['c'])) {
    c.at += 2;
    do nodes.push(parseInner(c));
    while (accept(c, ','));
    expectOp(c, ')', '")" or ","');
  } else nodes.push(parseInner(c));
  for (const node of nodes) forbidRanges(c.text, node);
  return nodes;
}

/**
 * Parses `lhs ~ rhs | fes`.
 *
 * Terms: names, l() f() d(), functions of the expression language with any arithmetic inside, x^2 (read as I(x^2)),
 * a:b, a*b (= a + b + a:b), i(v), i(v, x), i(v, ref = value), cre(x), offset(e), 0 or −1 (no constant), − term (taken
 * out), and one or more of sw sw0 csw csw0 mvsw; after "|" columns, a^b, and steps.
 * @throws PanelError formula/syntax, /unknown-function, /arguments, /lag-range, … with at.column (1-based), at.source and
 * at.length for a caret.
 */
export function parseFormula(source: string): Formula {
  const text: SourceText = { source, area: 'formula' };
  const c: Cursor = { text, tokens: tokenize(text), at: 0, depth: 0 };
  const lhs = parseLhs(c);
  expectOp(c, '~', '"~" after the dependent variable');
  const rhs = parseSum(c);
  const fixef = accept(c, '|') ? parseFixef(c) : [];
  if (isOp(peek(c), '|'))
    throw unexpected(c, 'the end', 'Instrumental variables (a second "|") are not in this version.');
  if (peek(c).type !== 'end')
    throw unexpected(c, fixef.length > 0 ? '"+", "^" or the end' : '"+", ":", "*", "|" or the end', ARITHMETIC_HINT);
  return { text, lhs, rhs, fixef };
}
