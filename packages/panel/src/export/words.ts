/** Expressions in the words of another tool. */
import type { Node } from '../expression-tree.ts';

/** How one language writes what the expression language knows. */
export interface Words {
  number(value: number): string;
  text(value: string): string;
  missing: string;
  name(name: string): string;
  not: string;
  operators: Record<string, string>;
  call(name: string, args: string[]): string;
  /** The value `k` periods before (k < 0: after). */
  lag(inner: string, k: number): string;
}

/** The node in the words of `w`, every operation in parentheses. */
export function write(w: Words, node: Node): string {
  switch (node.type) {
    case 'number':
      return node.value < 0 ? `(${w.number(node.value)})` : w.number(node.value);
    case 'string':
      return w.text(node.value);
    case 'missing':
      return w.missing;
    case 'name':
      return w.name(node.name);
    case 'unary':
      return `(${node.op === 'not' ? w.not : '-'}${write(w, node.arg)})`;
    case 'binary': {
      const op = w.operators[node.op] ?? node.op;
      const [left, right] = [write(w, node.left), write(w, node.right)];
      return `(${left} ${op} ${right})`;
    }
    case 'call':
      return w.call(
        node.name,
        node.args.map((arg) => write(w, arg)),
      );
    case 'lag': {
      const inner = write(w, node.arg);
      if (node.op === 'd') return `(${inner} - ${w.lag(inner, node.from)})`;
      return w.lag(inner, node.op === 'f' ? -node.from : node.from);
    }
  }
}

/** The same, `shift` periods before. */
export const writeShifted = (w: Words, node: Node, shift: number) =>
  shift === 0 ? write(w, node) : w.lag(write(w, node), shift);
