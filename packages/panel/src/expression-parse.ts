/** The closed expression language of derive, --where and formulas: tokens → tree. No code runs. */
import type { Place } from './errors.ts';
import { nearestHint } from './errors.ts';
import { type SourceText, sourceError, type Token, tokenize } from './expression-lex.ts';
import { type BinaryOp, type Expression, type Node, walk } from './expression-tree.ts';

/** Functions and how many arguments they take (from, to). */
export const FUNCTIONS: Record<string, [number, number]> = {
  log: [1, 1],
  log1p: [1, 1],
  exp: [1, 1],
  sqrt: [1, 1],
  abs: [1, 1],
  floor: [1, 1],
  round: [1, 1],
  min: [1, 99],
  max: [1, 99],
  if: [3, 3],
  missing: [1, 1],
  year: [1, 1],
  I: [1, 1],
};
const FORMULA_FUNCTIONS = ['i', 'offset', 'cre', 'sw', 'sw0', 'csw', 'csw0', 'mvsw'];
const LAGS = ['l', 'f', 'd'];
const MAX_DEPTH = 100;

/** Where a parser stands in its tokens. */
export interface Cursor {
  text: SourceText;
  tokens: Token[];
  at: number;
  depth: number;
}

export const peek = (c: Cursor): Token => c.tokens[c.at];
export const isOp = (token: Token, op: string) => token.type === 'op' && token.text === op;
/** Takes the next token where it is the operator `op`. */
export function accept(c: Cursor, op: string): Token | undefined {
  return isOp(peek(c), op) ? c.tokens[c.at++] : undefined;
}

function shown(token: Token): string {
  return token.type === 'end' ? 'the end' : token.type === 'string' ? `the text "${token.text}"` : `"${token.text}"`;
}

const EXAMPLES = {
  formula: 'A formula reads like y ~ log(x) + l(z, 1) | country.',
  expression: 'An expression reads like log(gdp / 1e9), a filter like year >= 2008 and gdp > 0.',
};

/** The syntax error "found X, expected Y" at the next token. */
export function unexpected(c: Cursor, expected: string, hint?: string) {
  const token = peek(c);
  return sourceError(c.text, token.start, token.end, {
    code: 'syntax',
    message: `Found ${shown(token)}, expected ${expected}.`,
    hint: hint ?? EXAMPLES[c.text.area],
  });
}

export function expectOp(c: Cursor, op: string, expected = `"${op}"`): Token {
  const token = accept(c, op);
  if (!token) throw unexpected(c, expected);
  return token;
}

const isWord = (token: Token, word: string) =>
  (token.type === 'name' && !token.quoted && token.text === word) || isOp(token, word);
const acceptWord = (c: Cursor, word: string) => (isWord(peek(c), word) ? c.tokens[c.at++] : undefined);

const binary = (op: BinaryOp, left: Node, right: Node): Node => ({
  type: 'binary',
  op,
  left,
  right,
  start: left.start,
  end: right.end,
});

/** Runs `parse` one level deeper; the depth is capped so that no input exhausts the stack. */
function deeper(c: Cursor, parse: (c: Cursor) => Node): Node {
  if (++c.depth > MAX_DEPTH) {
    const { start, end } = peek(c);
    throw sourceError(c.text, start, end, {
      code: 'too-deep',
      message: `The text nests more than ${MAX_DEPTH} levels deep.`,
    });
  }
  const node = parse(c);
  c.depth--;
  return node;
}

function parseOr(c: Cursor): Node {
  let left = parseAnd(c);
  while (acceptWord(c, 'or') || accept(c, '|')) left = binary('or', left, parseAnd(c));
  return left;
}

function parseAnd(c: Cursor): Node {
  let left = parseNot(c);
  while (acceptWord(c, 'and')) left = binary('and', left, parseNot(c));
  return left;
}

function parseNot(c: Cursor): Node {
  const token = acceptWord(c, 'not') ?? accept(c, '!');
  if (!token) return parseComparison(c);
  const arg = deeper(c, parseNot);
  return { type: 'unary', op: 'not', arg, start: token.start, end: arg.end };
}

function parseComparison(c: Cursor): Node {
  const left = parseSum(c);
  const token = peek(c);
  if (isOp(token, '=')) throw unexpected(c, 'the end or an operator', 'Two equal signs compare: ==.');
  if (token.type !== 'op' || !['==', '!=', '<', '<=', '>', '>='].includes(token.text)) return left;
  c.at++;
  const node = binary(token.text as BinaryOp, left, parseSum(c));
  if (peek(c).type === 'op' && ['==', '!=', '<', '<=', '>', '>='].includes(peek(c).text))
    throw unexpected(c, 'one comparison', 'Join two comparisons by and: 2008 <= year and year <= 2012.');
  return node;
}

function parseSum(c: Cursor): Node {
  let left = parseProduct(c);
  for (let op = accept(c, '+') ?? accept(c, '-'); op; op = accept(c, '+') ?? accept(c, '-'))
    left = binary(op.text as BinaryOp, left, parseProduct(c));
  return left;
}

function parseProduct(c: Cursor): Node {
  let left = parseUnary(c);
  for (let op = accept(c, '*') ?? accept(c, '/'); op; op = accept(c, '*') ?? accept(c, '/'))
    left = binary(op.text as BinaryOp, left, parseUnary(c));
  return left;
}

function parseUnary(c: Cursor): Node {
  const plus = accept(c, '+');
  const minus = plus ? undefined : accept(c, '-');
  if (plus) return deeper(c, parseUnary);
  if (!minus) return parsePower(c);
  const arg = deeper(c, parseUnary);
  return { type: 'unary', op: '-', arg, start: minus.start, end: arg.end };
}

/** Right-associative; binds tighter than a minus on its left, not than one on its right: −x^−2. */
export function parsePower(c: Cursor): Node {
  const base = parsePrimary(c);
  return accept(c, '^') ? binary('^', base, deeper(c, parseUnary)) : base;
}

/** A number, text, name, call or parenthesis. */
export function parsePrimary(c: Cursor): Node {
  const token = peek(c);
  const { start, end } = token;
  if (token.type === 'number') {
    c.at++;
    return { type: 'number', value: Number(token.text), start, end };
  }
  if (token.type === 'string') {
    c.at++;
    return { type: 'string', value: token.text, start, end };
  }
  if (token.type === 'name' && (token.quoted || !['and', 'or', 'not'].includes(token.text))) {
    c.at++;
    if (!token.quoted && isOp(peek(c), '(')) return parseCall(c, token);
    if (!token.quoted && token.text === 'NA') return { type: 'missing', start, end };
    return { type: 'name', name: token.text, start, end };
  }
  if (accept(c, '(')) {
    const inner = deeper(c, parseOr);
    expectOp(c, ')', '")" or an operator');
    return inner;
  }
  throw unexpected(c, 'a number, a name, a function or "("');
}

function parseCall(c: Cursor, name: Token): Node {
  c.at++;
  if (LAGS.includes(name.text)) return parseLag(c, name);
  const arity = FUNCTIONS[name.text];
  if (!arity)
    throw sourceError(c.text, name.start, name.end, {
      code: 'unknown-function',
      message: `"${name.text}" is not a function of this language.`,
      hint: nearestHint(name.text, [
        ...Object.keys(FUNCTIONS),
        ...LAGS,
        ...(c.text.area === 'formula' ? FORMULA_FUNCTIONS : []),
      ]),
    });
  const args: Node[] = [];
  if (!isOp(peek(c), ')'))
    do args.push(deeper(c, parseOr));
    while (accept(c, ','));
  const close = expectOp(c, ')', '")", "," or an operator');
  if (args.length < arity[0] || args.length > arity[1])
    throw sourceError(c.text, name.start, close.end, {
      code: 'arguments',
      message: `${name.text}() was given ${args.length} argument${args.length === 1 ? '' : 's'}, ${arity[0]} ${arity[1] > arity[0] ? 'or more were' : arity[0] === 1 ? 'was' : 'were'} expected.`,
      ...(name.text === 'if' && { hint: 'if(condition, value where true, value where false)' }),
    });
  return { type: 'call', name: name.text, args, start: name.start, end: close.end };
}

/** A whole number with an optional minus. */
function parseInteger(c: Cursor): number {
  const minus = accept(c, '-');
  const token = peek(c);
  if (token.type !== 'number' || !/^\d{1,6}$/.test(token.text))
    throw unexpected(c, 'a whole number of periods', 'l(x, 1), l(x, 0:2)');
  c.at++;
  return minus && token.text !== '0' ? -Number(token.text) : Number(token.text);
}

function parseLag(c: Cursor, name: Token): Node {
  const arg = deeper(c, parseOr);
  let from = 1;
  let to = 1;
  if (accept(c, ',')) {
    from = parseInteger(c);
    to = accept(c, ':') ? parseInteger(c) : from;
  }
  const close = expectOp(c, ')', '")"');
  const node: Node = { type: 'lag', op: name.text as 'l', arg, from, to, start: name.start, end: close.end };
  if (to < from)
    throw sourceError(c.text, node.start, node.end, {
      code: 'lag-range',
      message: `${from}:${to} runs backwards; the smaller number was expected first.`,
    });
  if (node.op === 'd' && from <= 0 && to >= 0)
    throw sourceError(c.text, node.start, node.end, {
      code: 'lag-range',
      message: 'd(x, 0) is 0 in every row; a distance other than 0 was expected.',
    });
  return node;
}

/** An expression inside another grammar: parses from the cursor up to what cannot belong to it. */
export const parseInner = (c: Cursor): Node => deeper(c, parseOr);

/**
 * Text → tree. Grammar, loosest first: or, and, not, comparison (== != < <= > >=), + −, × ÷, unary minus, ^, then
 * numbers, "text", names, `odd names`, NA, log exp sqrt abs log1p floor round min max if missing I, l f d, parentheses.
 * @param place what stands around the text (study pointer, flag name); positions are added.
 * @throws PanelError expression/syntax, /unknown-function, /arguments, /lag-range, /too-deep, /too-long; at.column is 1-based.
 */
export function parseExpression(source: string, place?: Place): Expression {
  const text: SourceText = { source, area: 'expression', ...(place && { place }) };
  const c: Cursor = { text, tokens: tokenize(text), at: 0, depth: 0 };
  if (peek(c).type === 'end')
    throw sourceError(text, 0, 1, { code: 'syntax', message: 'The expression is empty.', hint: 'Example: log(gdp)' });
  const node = parseInner(c);
  if (peek(c).type !== 'end') throw unexpected(c, 'an operator or the end');
  forbidRanges(text, node);
  return { text, node };
}

/** @throws where l(x, a:b) stands for several columns, which only a term of a formula may. */
export function forbidRanges(text: SourceText, node: Node): void {
  walk(node, (inner) => {
    if (inner.type === 'lag' && inner.from !== inner.to)
      throw sourceError(text, inner.start, inner.end, {
        code: 'lag-range',
        message: `${inner.op}(…, ${inner.from}:${inner.to}) is several columns; one was expected here.`,
        hint: 'A range of lags may only be a whole term of a formula.',
      });
  });
}
