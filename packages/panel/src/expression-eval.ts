/** Trees over frames: values by row, missing propagated, nothing that is not finite without an error. */
import { exp, log, log1p, pow } from '@gravpanel/core-wasm';
import { columnOf, numbersOf, rowPlace } from './column-read.ts';
import { nearestHint, PanelError } from './errors.ts';
import { type SourceText, sourceError } from './expression-lex.ts';
import { printAsOperand, printExpression } from './expression-print.ts';
import { type BinaryOp, type Expression, type Node, namesIn } from './expression-tree.ts';
import { lagRows } from './lag.ts';
import type { Column, Frame } from './types.ts';

/** Rows for which a value is wanted (1); undefined: all. Errors are raised for those rows only. */
export type Mask = Uint8Array | undefined;
type Text = (string | null)[];
type Value = { kind: 'number'; values: Float64Array } | { kind: 'text'; values: Text };

interface Context {
  frame: Frame;
  text: SourceText;
}

const wanted = (mask: Mask, row: number) => mask === undefined || mask[row] === 1;
const missing = Number.isNaN;

/** Names and values behind a row, "x = 0, y = NA". */
function operands(frame: Frame, node: Node, row: number): string {
  return namesIn(node)
    .map((name) => {
      const value = columnOf(frame, name).values[row];
      return `${name} = ${value === null || missing(value as number) ? 'NA' : value}`;
    })
    .join(', ');
}

/** The condition under which an operation is defined, as a reader would write it. */
function condition(node: Node): string {
  const of = (part: Node, test: string) => `${printAsOperand(part)} ${test}`;
  if (node.type === 'binary' && node.op === '/') return of(node.right, '!= 0');
  if (node.type !== 'call') return `${namesIn(node)[0] ?? 'x'} > 0`;
  const bound = { sqrt: '>= 0', log1p: '> -1', exp: '< 700' }[node.name] ?? '> 0';
  return of(node.args[0], bound);
}

function notFinite(c: Context, node: Node, row: number, why: string): PanelError {
  const printed = printExpression(node);
  const values = operands(c.frame, node, row);
  const error = sourceError(c.text, node.start, node.end, {
    code: 'not-finite-result',
    message: `${printed} is ${why} on line ${c.frame.line[row]} of "${c.frame.source.name}"${values ? `, where ${values}` : ''}.`,
    hint: `Use if(${condition(node)}, ${printed}, 0), or NA in place of 0 to leave such rows out, or filter them (--where).`,
  });
  const place = rowPlace(c.frame, row);
  const at = c.text.area === 'expression' && c.text.place ? { ...place, ...error.at } : { ...error.at, ...place };
  return new PanelError({ ...error.toJSON(), code: 'data/not-finite-result', at });
}

function typeError(c: Context, node: Node, message: string, hint?: string): PanelError {
  return sourceError(c.text, node.start, node.end, { code: 'type', message, hint });
}

function constant(c: Context, value: number): Value {
  return { kind: 'number', values: new Float64Array(c.frame.rows).fill(value) };
}

function numbers(c: Context, node: Node, mask: Mask): Float64Array {
  if (node.type === 'name') return numbersOf(c.frame, checkedName(c, node));
  const value = evaluate(c, node, mask);
  if (value.kind === 'text')
    throw typeError(
      c,
      node,
      `${printExpression(node)} is text; a number was expected.`,
      'Text can be compared: x == "text".',
    );
  return value.values;
}

function checkedName(c: Context, node: Node & { type: 'name' }): string {
  if (Object.hasOwn(c.frame.columns, node.name)) return node.name;
  throw sourceError(c.text, node.start, node.end, {
    code: c.text.area === 'formula' ? 'unknown-variable' : 'unknown-column',
    message: `"${node.name}" is not a column of "${c.frame.source.name}".`,
    hint: nearestHint(node.name, Object.keys(c.frame.columns)),
  });
}

/** Applies f to rows without missing operands and refuses results that are not finite. */
function map(c: Context, node: Node, mask: Mask, args: Float64Array[], f: (row: number) => number, why: string): Value {
  const values = new Float64Array(c.frame.rows);
  rows: for (let i = 0; i < values.length; i++) {
    for (const arg of args)
      if (missing(arg[i])) {
        values[i] = Number.NaN;
        continue rows;
      }
    const value = f(i);
    if (Number.isFinite(value)) values[i] = value;
    else if (wanted(mask, i)) throw notFinite(c, node, i, why);
    else values[i] = Number.NaN;
  }
  return { kind: 'number', values };
}

const UNARY: Record<string, [(x: number) => number, string]> = {
  log: [log, 'not defined (the logarithm needs a number above 0)'],
  log1p: [log1p, 'not defined (log1p needs a number above -1)'],
  exp: [exp, 'beyond the largest double'],
  sqrt: [Math.sqrt, 'not defined (the root of a negative number)'],
  abs: [Math.abs, 'not finite'],
  floor: [Math.floor, 'not finite'],
  /** Halves to even, as R and C's rint. */
  round: [(x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)), 'not finite'],
};

const ARITHMETIC: Record<string, [(a: number, b: number) => number, string]> = {
  '+': [(a, b) => a + b, 'beyond the largest double'],
  '-': [(a, b) => a - b, 'beyond the largest double'],
  '*': [(a, b) => a * b, 'beyond the largest double'],
  '/': [(a, b) => a / b, 'not defined (division by 0) or beyond the largest double'],
  '^': [pow, 'not defined or beyond the largest double'],
};

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const isText = (c: Context, node: Node): boolean => {
  if (node.type === 'string') return true;
  if (node.type === 'name') return columnOf(c.frame, checkedName(c, node)).kind === 'text';
  if (node.type === 'lag') return isText(c, node.arg);
  if (node.type === 'call' && node.name === 'I') return isText(c, node.args[0]);
  return node.type === 'call' && node.name === 'if' && (isText(c, node.args[1]) || isText(c, node.args[2]));
};

function compare(c: Context, node: Node & { type: 'binary' }, mask: Mask): Value {
  const { op, left, right } = node;
  const literal = left.type === 'string' || right.type === 'string';
  if (!literal && !(isText(c, left) && isText(c, right))) {
    const [a, b] = [numbers(c, left, mask), numbers(c, right, mask)];
    return map(c, node, mask, [a, b], (i) => (COMPARE[op](a[i], b[i]) ? 1 : 0), '');
  }
  if (op !== '==' && op !== '!=')
    throw typeError(c, node, `"${op}" compares numbers; text can only be equal (==) or not (!=).`);
  const [a, b] = [texts(c, left, mask), texts(c, right, mask)];
  const values = Float64Array.from(a, (text, i) =>
    text === null || b[i] === null ? Number.NaN : (text === b[i]) === (op === '==') ? 1 : 0,
  );
  return { kind: 'number', values };
}

function texts(c: Context, node: Node, mask: Mask): Text {
  const value = evaluate(c, node, mask);
  if (value.kind === 'number' && node.type !== 'missing')
    throw typeError(
      c,
      node,
      `${printExpression(node)} is a number; it was compared with text.`,
      'Write the number without quotes.',
    );
  return value.kind === 'text' ? value.values : new Array<null>(c.frame.rows).fill(null);
}

/** Three-valued and/or; the right side is evaluated only where the left one does not decide. */
function logical(c: Context, node: Node & { type: 'binary' }, mask: Mask): Value {
  const decides = node.op === 'and' ? 0 : 1;
  const a = numbers(c, node.left, mask);
  const open = Uint8Array.from(a, (v, i) => (wanted(mask, i) && (missing(v) || (v !== 0 ? 1 : 0) !== decides) ? 1 : 0));
  const b = numbers(c, node.right, open);
  const truth = (v: number) => (missing(v) ? v : v !== 0 ? 1 : 0);
  const values = a.map((left, i) => {
    const [x, y] = [truth(left), truth(b[i])];
    if (x === decides || (open[i] === 1 && y === decides)) return decides;
    return missing(x) || missing(y) ? Number.NaN : 1 - decides;
  });
  return { kind: 'number', values };
}

/** if(condition, a, b): each branch is evaluated only where it is taken. */
function choose(c: Context, [condition, yes, no]: Node[], mask: Mask): Value {
  const test = numbers(c, condition, mask);
  const where = (taken: boolean) =>
    Uint8Array.from(test, (v, i) => (wanted(mask, i) && !missing(v) && (v !== 0) === taken ? 1 : 0));
  if (isText(c, yes) || isText(c, no)) {
    const [a, b] = [texts(c, yes, where(true)), texts(c, no, where(false))];
    return { kind: 'text', values: Array.from(test, (v, i) => (missing(v) ? null : v !== 0 ? a[i] : b[i])) };
  }
  const [a, b] = [numbers(c, yes, where(true)), numbers(c, no, where(false))];
  return { kind: 'number', values: test.map((v, i) => (missing(v) ? v : v !== 0 ? a[i] : b[i])) };
}

/** The year of a date that starts or ends with it: "2008-06-30", "2008/6/30", "2008", "30.6.2008", "6/30/2008". */
const DATE = /^(?:(\d{4})(?:[-/.].*)?|\d{1,2}[./-]\d{1,2}[./-](\d{4}))$/;

/** year(date): dates as text, or years as numbers. */
function yearOf(c: Context, node: Node & { type: 'call' }, mask: Mask): Value {
  const value = evaluate(c, node.args[0], mask);
  if (value.kind === 'number') return value;
  const bad = value.values.findIndex((text, i) => text !== null && wanted(mask, i) && !DATE.test(text.trim()));
  if (bad >= 0)
    throw typeError(
      c,
      node,
      `${printExpression(node)} is "${value.values[bad]}" on line ${c.frame.line[bad]} of "${c.frame.source.name}"; a date as YYYY-MM-DD was expected.`,
      'year() reads dates that start or end with a year of four digits.',
    );
  return {
    kind: 'number',
    values: Float64Array.from(value.values, (text) => {
      const found = DATE.exec(text?.trim() ?? '');
      return Number(found?.[1] ?? found?.[2] ?? Number.NaN);
    }),
  };
}

function call(c: Context, node: Node & { type: 'call' }, mask: Mask): Value {
  const { name, args } = node;
  if (name === 'I') return evaluate(c, args[0], mask);
  if (name === 'if') return choose(c, args, mask);
  if (name === 'year') return yearOf(c, node, mask);
  if (name === 'missing') {
    const value = evaluate(c, args[0], mask);
    return {
      kind: 'number',
      values: Float64Array.from(value.values as Text, (v) => (v === null || missing(v as never) ? 1 : 0)),
    };
  }
  const values = args.map((arg) => numbers(c, arg, mask));
  if (name === 'min' || name === 'max') {
    const pick = Math[name];
    return map(c, node, mask, values, (i) => values.reduce((best, v) => pick(best, v[i]), values[0][i]), 'not finite');
  }
  const [f, why] = UNARY[name];
  return map(c, node, mask, values, (i) => f(values[0][i]), why);
}

function lagged(c: Context, node: Node & { type: 'lag' }, mask: Mask): Value {
  const { panel } = c.frame;
  if (!panel)
    throw sourceError(c.text, node.start, node.end, {
      code: 'no-panel',
      message: `${printExpression(node)} needs a panel: lags are joins on (unit, time).`,
      hint: 'Name the unit and the time column: --panel ID,TIME.',
    });
  const from = lagRows(panel, node.op === 'f' ? -node.from : node.from);
  const needed = mask && maskThrough(from, mask);
  if (needed && node.op === 'd') for (let i = 0; i < needed.length; i++) if (mask[i] === 1) needed[i] = 1;
  const value = evaluate(c, node.arg, needed);
  if (value.kind === 'text') {
    if (node.op === 'd') throw typeError(c, node, `${printExpression(node.arg)} is text; d() needs numbers.`);
    return { kind: 'text', values: Array.from(from, (row) => (row < 0 ? null : value.values[row])) };
  }
  const shifted = Float64Array.from(from, (row) => (row < 0 ? Number.NaN : value.values[row]));
  if (node.op !== 'd') return { kind: 'number', values: shifted };
  return map(c, node, mask, [value.values, shifted], (i) => value.values[i] - shifted[i], 'beyond the largest double');
}

/** The rows that stand behind the wanted ones. */
export function maskThrough(from: Int32Array, mask: Uint8Array): Uint8Array {
  const needed = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1 && from[i] >= 0) needed[from[i]] = 1;
  return needed;
}

function evaluate(c: Context, node: Node, mask: Mask): Value {
  switch (node.type) {
    case 'number':
      if (!Number.isFinite(node.value)) throw typeError(c, node, 'This number is beyond the largest double.');
      return constant(c, node.value);
    case 'missing':
      return constant(c, Number.NaN);
    case 'string':
      return { kind: 'text', values: new Array<string>(c.frame.rows).fill(node.value) };
    case 'name':
      return columnOf(c.frame, checkedName(c, node));
    case 'unary': {
      const arg = numbers(c, node.arg, mask);
      return {
        kind: 'number',
        values: arg.map(node.op === '-' ? (v) => -v : (v) => (missing(v) ? v : v === 0 ? 1 : 0)),
      };
    }
    case 'binary':
      return binary(c, node, mask);
    case 'call':
      return call(c, node, mask);
    case 'lag':
      return lagged(c, node, mask);
  }
}

function binary(c: Context, node: Node & { type: 'binary' }, mask: Mask): Value {
  const op: BinaryOp = node.op;
  if (op === 'and' || op === 'or') return logical(c, node, mask);
  if (op in COMPARE) return compare(c, node, mask);
  const [f, why] = ARITHMETIC[op];
  const [a, b] = [numbers(c, node.left, mask), numbers(c, node.right, mask)];
  return map(c, node, mask, [a, b], (i) => f(a[i], b[i]), why);
}

/**
 * Value of an expression in every row. Missing propagates (and/or are three-valued); `if`, `and` and `or` evaluate a
 * branch only in the rows that take it. With a mask only its rows are computed for sure; others may be missing.
 * @throws PanelError expression/unknown-column, /type, /no-panel, data/text-in-number, data/not-finite, and
 * data/not-finite-result (log of 0, division by 0, overflow) with row and operands. A result is never silently NaN.
 */
export function evaluateExpression(frame: Frame, expression: Expression, mask?: Uint8Array): Column {
  const c = { frame, text: expression.text };
  const { node } = expression;
  return evaluate(c, node, mask);
}

/** Numbers of an expression. @throws as evaluateExpression, and where the result is text. */
export function evaluateNumbers(frame: Frame, { text, node }: Expression, mask?: Uint8Array): Float64Array {
  return numbers({ frame, text }, node, mask);
}
