/** Tree → canonical text, spaced as R deparses: the printed name of a term. */
import type { BinaryOp, Node } from './expression-tree.ts';

const LEVEL: Record<BinaryOp, number> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 8,
};
const TIGHT = ['/', '^'];
const RESERVED = ['and', 'or', 'not', 'NA'];

/** A column name as the language reads it: backticked where it is not a plain name. */
export function printName(name: string): string {
  const plain = /^[\p{L}_][\p{L}\p{M}\p{N}_.]*$/u.test(name) && !RESERVED.includes(name);
  return plain ? name : `\`${name}\``;
}

function level(node: Node): number {
  if (node.type === 'binary') return LEVEL[node.op];
  if (node.type === 'unary') return node.op === 'not' ? 3 : 7;
  if (node.type === 'lag' && node.op !== 'd' && node.from === 0 && node.to === 0) return level(node.arg);
  return 9;
}

function printAtLeast(node: Node, least: number): string {
  return level(node) < least ? `(${printExpression(node)})` : printExpression(node);
}

function printBinary(op: BinaryOp, left: Node, right: Node): string {
  const own = LEVEL[op];
  // ^ groups to the right and takes any unary operand there; comparisons do not chain; the rest group to the left.
  const [l, r] = op === '^' ? [own + 1, 7] : own === 4 ? [own + 1, own + 1] : [own, own + 1];
  const gap = TIGHT.includes(op) ? '' : ' ';
  return `${printAtLeast(left, l)}${gap}${op}${gap}${printAtLeast(right, r)}`;
}

/** Canonical text of a tree; parsing it gives the same tree. Lags print as l(x, 1); l(x, 0) as x; l(x, −1) as f(x, 1). */
export function printExpression(node: Node): string {
  switch (node.type) {
    case 'number':
      return String(node.value);
    case 'string':
      return node.value.includes('"') ? `'${node.value}'` : `"${node.value}"`;
    case 'missing':
      return 'NA';
    case 'name':
      return printName(node.name);
    case 'unary':
      return node.op === 'not' ? `not ${printAtLeast(node.arg, 3)}` : `-${printAtLeast(node.arg, 7)}`;
    case 'binary':
      return printBinary(node.op, node.left, node.right);
    case 'call':
      return `${node.name}(${node.args.map(printExpression).join(', ')})`;
    case 'lag':
      return printLag(node);
  }
}

/** The same as one side of a comparison: in parentheses where it binds more loosely. */
export const printAsOperand = (node: Node): string => printAtLeast(node, LEVEL['+']);

function printLag(node: Node & { type: 'lag' }): string {
  const arg = printExpression(node.arg);
  if (node.from !== node.to) return `${node.op}(${arg}, ${node.from}:${node.to})`;
  if (node.op === 'd') return `d(${arg}, ${node.from})`;
  const back = node.op === 'l' ? node.from : -node.from;
  if (back === 0) return arg;
  return back > 0 ? `l(${arg}, ${back})` : `f(${arg}, ${-back})`;
}
