import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpression, parseExpression, printExpression } from '../src/expression.ts';
import type { Node } from '../src/expression-tree.ts';
import { csvOf, frameOf, panelOf } from './make-frame.ts';
import { thrown } from './thrown.ts';

const csv = 'id,year,x,y,country\n1,1,0,2,DE\n1,2,1,,FR\n1,4,4,-3,\n';
const valuesOf = (source: string, text = csv) => [...evaluateExpression(panelOf(text), parseExpression(source)).values];
const NA = Number.NaN;

describe('evaluateExpression', () => {
  it.each<[string, (number | string | null)[]]>([
    ['x + 2 * y', [4, NA, -2]],
    ['-x^2', [-0, -1, -16]],
    ['2^3^2 - x', [512, 511, 508]],
    ['2^-1', [0.5, 0.5, 0.5]],
    ['(x − 1) × 3 ÷ 2', [-1.5, 0, 4.5]],
    ['x >= 1 and y < 0', [0, NA, 1]],
    ['x == 0 or y < 0', [1, NA, 1]],
    ['x ≠ 1 && !(x > 3)', [1, 0, 0]],
    ['not x', [1, 0, 0]],
    ["country == 'DE'", [1, 0, NA]],
    ['country != "DE"', [0, 1, NA]],
    ['if(x > 0, log(x), 0)', [0, 0, Math.log(4)]],
    ['if(x > 0, log(x), NA)', [NA, 0, Math.log(4)]],
    ['x > 0 and log(x) > 1', [0, 0, 1]],
    ['x == 0 or 1/x < 0.5', [1, 0, 1]],
    ['min(x, 2, year)', [0, 1, 2]],
    ['max(x, y)', [2, NA, 4]],
    ['missing(y)', [0, 1, 0]],
    ['round(x + 0.5)', [0, 2, 4]],
    ['floor(-0.5)', [-1, -1, -1]],
    ['l(x)', [NA, 0, NA]],
    ['f(x, 1)', [1, NA, NA]],
    ['d(x)', [NA, 1, NA]],
    ['l(x, 2) + 1', [NA, NA, 2]],
    ['if(year > 1, l(x), 7)', [7, 0, NA]],
    ['if(x > 0, "some", "none")', ['none', 'some', 'some']],
    ['`x` + I(1)', [1, 2, 5]],
    ['sqrt(abs(x)) + exp(0) + log1p(0)', [1, 2, 3]],
  ])('%s', (source, expected) => {
    expect(valuesOf(source)).toEqual(expected);
  });

  it.each([
    ['log(x)', 'x = 0', 2],
    ['1 / x', 'x = 0', 2],
    ['sqrt(y)', 'y = -3', 4],
    ['exp(1000 * x)', 'x = 1', 3],
    ['l(log(x), 1) + y', 'x = 0', 2],
    ['log1p(-1 - x)', 'x = 0', 2],
  ])('refuses %s, naming row and values', (source, value, row) => {
    const error = thrown(() => valuesOf(source));
    expect(error.code).toBe('data/not-finite-result');
    expect(error.message).toContain(value);
    expect(error.at?.row).toBe(row);
    expect(error.at?.source).toBe(source);
    expect(error.hint).toContain('if(');
  });

  it.each([
    ['log(x - 1)', 'if(x - 1 > 0, log(x - 1), 0)'],
    ['1 / (x - 1)', 'if(x - 1 != 0, 1/(x - 1), 0)'],
    ['sqrt(y)', 'if(y >= 0, sqrt(y), 0)'],
  ])('%s hints at a definition that holds: %s', (source, repaired) => {
    expect(thrown(() => valuesOf(source)).hint).toContain(repaired);
    expect(valuesOf(repaired)).not.toContain(Number.POSITIVE_INFINITY);
  });

  it('raises errors only for rows that are wanted', () => {
    const column = evaluateExpression(panelOf(csv), parseExpression('log(x)'), Uint8Array.from([0, 1, 1]));
    expect([...column.values].slice(1)).toEqual([0, Math.log(4)]);
  });

  it.each([
    ['x +', 'expression/syntax', 4],
    ['x y', 'expression/syntax', 3],
    ['x = 1', 'expression/syntax', 3],
    ['1 < x < 2', 'expression/syntax', 7],
    ['(x', 'expression/syntax', 3],
    ["'abc", 'expression/syntax', 1],
    ['x # 1', 'expression/syntax', 3],
    ['2x', 'expression/syntax', 1],
    ['lgo(x)', 'expression/unknown-function', 1],
    ['log(x, 2)', 'expression/arguments', 1],
    ['if(x, 1)', 'expression/arguments', 1],
    ['x + yy', 'expression/unknown-column', 5],
    ['l(x, 0:2)', 'expression/lag-range', 1],
    ['d(x, 0)', 'expression/lag-range', 1],
    ['country < "DE"', 'expression/type', 1],
    ['log(country == "DE") + country', 'data/not-finite-result', 1],
    ['x == "DE"', 'expression/type', 1],
    ['', 'expression/syntax', 1],
    [`${'('.repeat(300)}x${')'.repeat(300)}`, 'expression/too-deep', 101],
    [`${'-'.repeat(300)}x`, 'expression/too-deep', 101],
    ['x+'.repeat(6000), 'expression/too-long', 10001],
  ])('refuses %.40s as %s with its position', (source, code, column) => {
    const error = thrown(() => valuesOf(source));
    expect(error.code).toBe(code);
    expect(error.at?.column).toBe(column);
  });

  it('needs a panel for lags', () => {
    expect(thrown(() => evaluateExpression(frameOf(csv), parseExpression('l(x)'))).code).toBe('expression/no-panel');
  });

  it('takes text as a number only with an error that names the cell', () => {
    const error = thrown(() => valuesOf('country + 1'));
    expect(error.code).toBe('data/text-in-number');
    expect(error.at).toEqual({ file: 'data.csv', row: 2, variable: 'country' });
  });
});

type Made = { text: string; js: (x: number, y: number) => number };
const leaf: fc.Arbitrary<Made> = fc.oneof(
  fc.constant<Made>({ text: 'x', js: (x) => x }),
  fc.constant<Made>({ text: 'y', js: (_, y) => y }),
  fc.double({ min: 0, max: 9, noNaN: true }).map((v) => ({ text: String(v), js: () => v })),
);
const made = fc.letrec<{ e: Made }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie('e'), tie('e'), fc.constantFrom('+', '-', '*', '/')).map(([a, b, op]): Made => {
      const f = {
        '+': (p: number, q: number) => p + q,
        '-': (p: number, q: number) => p - q,
        '*': (p: number, q: number) => p * q,
        '/': (p: number, q: number) => p / q,
      }[op]!;
      return { text: `(${a.text} ${op} ${b.text})`, js: (x, y) => f(a.js(x, y), b.js(x, y)) };
    }),
    fc.tuple(tie('e'), tie('e'), tie('e')).map(
      ([c, a, b]): Made => ({
        text: `if(${c.text} > 1, ${a.text}, ${b.text})`,
        js: (x, y) => (c.js(x, y) > 1 ? a.js(x, y) : b.js(x, y)),
      }),
    ),
    tie('e').map((a): Made => ({ text: `-abs(${a.text})`, js: (x, y) => -Math.abs(a.js(x, y)) })),
    fc
      .tuple(tie('e'), tie('e'))
      .map(([a, b]): Made => ({ text: `max(${a.text}, ${b.text})`, js: (x, y) => Math.max(a.js(x, y), b.js(x, y)) })),
  ),
})).e;

it('computes what JavaScript computes, or names the operation that is not finite', () => {
  const value = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(
    fc.property(made, value, value, ({ text, js }, x, y) => {
      const frame = frameOf(csvOf(['x', 'y'], [[x, y]]));
      const [px, py] = [frame.columns.x.values[0] as number, frame.columns.y.values[0] as number];
      try {
        expect(evaluateExpression(frame, parseExpression(text)).values[0]).toBe(js(px, py));
      } catch (error) {
        if ((error as { code?: string }).code !== 'data/not-finite-result') throw error;
        expect(text).toContain('/');
      }
    }),
  );
});

const bare = (node: Node): unknown =>
  JSON.parse(JSON.stringify(node, (key, value) => (key === 'start' || key === 'end' ? undefined : value)));

const name = fc.constantFrom('x', 'GDP (US$)', 'größe', 'log.y', 'not', 'NA', 'if');
const anyNode: fc.Arbitrary<Node> = fc.letrec<{ n: Node }>((tie) => ({
  n: fc.oneof(
    { maxDepth: 5 },
    name.map((n): Node => ({ type: 'name', name: n, start: 0, end: 0 })),
    fc
      .double({ min: 0, noNaN: true, noDefaultInfinity: true })
      .map((value): Node => ({ type: 'number', value: value + 0, start: 0, end: 0 })),
    fc.constantFrom('DE', "l'été", 'say "x"').map((value): Node => ({ type: 'string', value, start: 0, end: 0 })),
    fc.constant<Node>({ type: 'missing', start: 0, end: 0 }),
    fc
      .tuple(fc.constantFrom('-' as const, 'not' as const), tie('n'))
      .map(([op, arg]): Node => ({ type: 'unary', op, arg, start: 0, end: 0 })),
    fc
      .tuple(
        fc.constantFrom('+', '-', '*', '/', '^', '==', '!=', '<', '<=', '>', '>=', 'and', 'or'),
        tie('n'),
        tie('n'),
      )
      .map(([op, left, right]): Node => ({ type: 'binary', op: op as '+', left, right, start: 0, end: 0 })),
    tie('n').map((arg): Node => ({ type: 'call', name: 'log', args: [arg], start: 0, end: 0 })),
    fc.tuple(tie('n'), tie('n')).map((args): Node => ({ type: 'call', name: 'max', args, start: 0, end: 0 })),
    fc
      .tuple(tie('n'), fc.integer({ min: 1, max: 9 }))
      .map(([arg, k]): Node => ({ type: 'lag', op: 'l', arg, from: k, to: k, start: 0, end: 0 })),
  ),
})).n;

it('parses its own print to the same tree', () => {
  fc.assert(
    fc.property(anyNode, (node) => {
      expect(bare(parseExpression(printExpression(node)).node)).toEqual(bare(node));
    }),
    { numRuns: 300 },
  );
});
