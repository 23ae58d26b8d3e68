/** Trees of the expression language. */
import type { SourceText } from './expression-lex.ts';

interface At {
  /** 0-based character offsets in the source; end exclusive. */
  start: number;
  end: number;
}
export type BinaryOp = '+' | '-' | '*' | '/' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';
/** A node of the tree. */
export type Node = At &
  (
    | { type: 'number'; value: number }
    | { type: 'string'; value: string }
    | { type: 'missing' }
    | { type: 'name'; name: string }
    | { type: 'unary'; op: '-' | 'not'; arg: Node }
    | { type: 'binary'; op: BinaryOp; left: Node; right: Node }
    | { type: 'call'; name: string; args: Node[] }
    /** l(x, from:to), f(x, …), d(x, …): value `from` … `to` periods before, after, and the change since. */
    | { type: 'lag'; op: 'l' | 'f' | 'd'; arg: Node; from: number; to: number }
  );

/** A parsed expression with the text its positions point into. */
export interface Expression {
  text: SourceText;
  node: Node;
}

/** Children of a node. */
export function children(node: Node): Node[] {
  if (node.type === 'unary' || node.type === 'lag') return [node.arg];
  if (node.type === 'binary') return [node.left, node.right];
  return node.type === 'call' ? node.args : [];
}

/** Calls `visit` for the node and everything below it, top down. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of children(node)) walk(child, visit);
}

/** Names of the columns that a tree reads, each once, in order of appearance. */
export function namesIn(node: Node): string[] {
  const names = new Set<string>();
  walk(node, (inner) => {
    if (inner.type === 'name') names.add(inner.name);
  });
  return [...names];
}
