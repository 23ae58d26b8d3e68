/** Trees of formulas. */
import type { SourceText } from './expression-lex.ts';
import { type Node, walk } from './expression-tree.ts';

interface At {
  start: number;
  end: number;
}
export type NameNode = Node & { type: 'name' };
/** One side of an interaction. */
export type Factor =
  | { type: 'expression'; node: Node }
  /** Dummies of each value of v; times the number `by`, or crossed with the values of `by` (byFactor: i.x or text). */
  | { type: 'i'; variable: NameNode; by?: NameNode; byFactor: boolean; refs: string[] }
  /** The unit mean of a term (cre). */
  | { type: 'mean'; node: Node };
export type StepName = 'sw' | 'sw0' | 'csw' | 'csw0' | 'mvsw';
/** One signed part of the right-hand side. */
export type RhsItem = At & { sign: 1 | -1 } & (
    | { type: 'constant'; value: 0 | 1 }
    | { type: 'term'; factors: Factor[] }
    | { type: 'offset'; node: Node }
    | { type: 'step'; step: StepName; args: RhsItem[][] }
  );
/** One factor after "|": a column or a combination a^b. */
export interface FixefTerm extends At {
  names: NameNode[];
}
export type FixefItem = FixefTerm | (At & { step: StepName; args: FixefTerm[][] });

/** A parsed formula; positions point into `text.source`. */
export interface Formula {
  text: SourceText;
  lhs: Node[];
  rhs: RhsItem[];
  fixef: FixefItem[];
}

function factorNodes(factor: Factor): Node[] {
  if (factor.type !== 'i') return [factor.node];
  return factor.by ? [factor.variable, factor.by] : [factor.variable];
}

/** Every name that a formula reads, with its place, in the order of the text. */
export function formulaNames({ lhs, rhs, fixef }: Formula): NameNode[] {
  const names: NameNode[] = [];
  const visit = (node: Node) =>
    walk(node, (inner) => {
      if (inner.type === 'name') names.push(inner);
    });
  const item = (one: RhsItem): void => {
    if (one.type === 'term') one.factors.flatMap(factorNodes).forEach(visit);
    else if (one.type === 'offset') visit(one.node);
    else if (one.type === 'step') for (const arg of one.args) arg.forEach(item);
  };
  lhs.forEach(visit);
  rhs.forEach(item);
  for (const one of fixef) for (const { names: found } of 'step' in one ? one.args.flat() : [one]) names.push(...found);
  return names;
}

/** Subsets of 0 … n−1 except the empty one, by size, then in order. */
export function subsets(n: number): number[][] {
  const all = Array.from({ length: 2 ** n - 1 }, (_, i) =>
    Array.from({ length: n }, (_, j) => j).filter((j) => ((i + 1) >> j) & 1),
  );
  const before = (a: number[], b: number[]): number => {
    const at = a.findIndex((v, i) => v !== b[i]);
    return a.length - b.length || (at < 0 ? 0 : a[at] - b[at]);
  };
  return all.sort(before);
}
