/** Whatever a user types as a formula gives columns, or a PanelError with a place inside the text. */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { buildDesigns } from '../src/design.ts';
import { PanelError } from '../src/errors.ts';
import { expandFormula, parseFormula } from '../src/formula.ts';
import type { Frame } from '../src/types.ts';
import { csvOf, panelOf } from './make-frame.ts';

/** The error, checked: a code, words, and a place that the text has. */
function checkError(error: unknown, source: string): void {
  expect(error).toBeInstanceOf(PanelError);
  const { code, message, at } = error as PanelError;
  expect(code).toMatch(/^(formula|expression)\/[a-z-]+$/);
  expect(message.length).toBeGreaterThan(10);
  expect(at?.source).toBe(source);
  const [column, length] = [at!.column!, at!.length ?? 1];
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual(source.length + 1);
  expect(column - 1 + length).toBeLessThanOrEqual(Math.max(source.length, column));
}

function parses(source: string): void {
  try {
    expandFormula(parseFormula(source));
  } catch (error) {
    checkError(error, source);
  }
}

const VALID = [
  'collaboration ~ lnpatent1 + lnpatent2 + lngd + csw0(in, re, gdp, tig, lan)',
  'log(y) ~ x*z:w + l(x, 0:3) - 1 | id^year + csw0(a, b)',
  'c(y, I(y/2)) ~ i(g, x, ref = c("a", -2)) + offset(log(`odd name`)) + cre(x, l(z, 1))',
  'y ~ mvsw(a, b, c) + if(x > 2 and not missing(z), 1, 0) + I(größe^2)',
];
const piece = fc.constantFrom(
  ...'~|+-*/^:(),.=<>!&"`[]{}#\\\n\t 019aé\u{1f600}\u0000'.split(''),
  'csw0(',
  'l(x,',
  'i(',
  'cre(',
  'offset(',
  'I(',
  'if(',
  '1e999',
  '1e',
  '::',
  '~~',
  '))',
  'sw(csw(',
);

it('never fails on a damaged formula but with a placed error', () => {
  const edit = fc.tuple(fc.nat(90), fc.nat(4), fc.array(piece, { maxLength: 3 }));
  fc.assert(
    fc.property(fc.constantFrom(...VALID), fc.array(edit, { minLength: 1, maxLength: 4 }), (source, edits) => {
      const damaged = edits.reduce(
        (text, [at, cut, put]) => text.slice(0, at) + put.join('') + text.slice(at + cut),
        source,
      );
      parses(damaged);
    }),
    { numRuns: 1000 },
  );
});

it('never fails on any text at all', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), parses), { numRuns: 600 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (list) => parses(list.join(''))),
    { numRuns: 1000 },
  );
});

it('takes nesting of any depth as an error, not as an overflow', () => {
  for (const [open, close] of [
    ['log(', ')'],
    ['I(-', ')'],
    ['(', ')'],
    ['sw(', ')'],
    ['l(', ')'],
    ['-', ''],
  ])
    for (const depth of [50, 5000, 100_000]) parses(`y ~ ${open.repeat(depth)}x${close.repeat(depth)}`);
  parses(`y ~ ${Array.from({ length: 20_000 }, (_, i) => `x${i}`).join(' + ')}`);
  parses(`y ~ ${'a*'.repeat(5000)}a`);
  parses(`y ~ ${'sw(a, b) + '.repeat(200)}c`);
});

let kernels: Kernels;
let frame: Frame;
beforeAll(async () => {
  kernels = await loadKernels();
  const rows = [1, 2, 3].flatMap((id) => [1, 2, 3, 4].map((t) => [id, t, (id * t) % 5, t - id, 2 + id, 'ab'[t % 2]]));
  frame = panelOf(csvOf(['id', 'year', 'y', 'x', 'z', 'g'], rows));
});

it('what parses gives designs, failures with a code, or a placed error', () => {
  const name = fc.constantFrom('x', 'z', 'y', 'g', 'id', 'year', 'nobody');
  const term = fc.oneof(
    name,
    name.map((n) => `log(${n})`),
    name.map((n) => `l(${n}, 1)`),
    name.map((n) => `cre(${n})`),
    name.map((n) => `i(${n})`),
    fc.tuple(name, name).map(([a, b]) => `${a}:${b}`),
    fc.tuple(name, name).map(([a, b]) => `I(${a} / ${b})`),
    name.map((n) => `i(g, ${n}, ref = "a")`),
    fc.constantFrom('csw0(x, z)', 'offset(x)', '0', 'I(g == "a")', 'sqrt(x)', 'd(z)'),
  );
  const effects = fc.constantFrom('', ' | id', ' | id^year', ' | g + year', ' | nobody');
  fc.assert(
    fc.property(
      fc.array(term, { minLength: 1, maxLength: 4 }),
      effects,
      fc.constantFrom('ols', 'poisson', 'nb-fe'),
      (list, fe, model) => {
        const source = `y ~ ${list.join(' + ')}${fe}`;
        try {
          const designs = buildDesigns(
            frame,
            { id: 'f', model: model as 'ols', formula: source, vcov: { type: 'iid' } },
            kernels,
          );
          for (const d of designs) {
            if ('failed' in d) expect(d.error.code).toMatch(/^[a-z]+\/[a-z-]+$/);
            else expect(d.x.every(Number.isFinite)).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(PanelError);
          const { code, at } = error as PanelError;
          expect(code).toMatch(/^(formula|expression|data|model)\//);
          if (at?.source === source) expect(at.column).toBeLessThanOrEqual(source.length + 1);
        }
      },
    ),
    { numRuns: 200 },
  );
});
