import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandFormula, formulaNames, parseFormula } from '../src/formula.ts';
import { thrown } from './thrown.ts';

const columns = (source: string) => expandFormula(parseFormula(source));
const texts = (source: string) => columns(source).map(({ text }) => text);
const terms = (source: string) => columns(source)[0].terms.map(({ name }) => name);

describe('parseFormula', () => {
  it('gives the six columns of the paper’s Table 8', () => {
    const start = 'collaboration ~ lnpatent1 + lnpatent2 + lngd';
    const steps = ['in', 're', 'gdp', 'tig', 'lan'];
    expect(texts(`${start} + csw0(in, re, gdp, tig, lan)`)).toEqual(
      [0, 1, 2, 3, 4, 5].map((k) => [start, ...steps.slice(0, k)].join(' + ')),
    );
  });

  it.each<[string, string[]]>([
    ['y ~ a * b', ['a', 'b', 'a:b']],
    ['y ~ a * b * c', ['a', 'b', 'c', 'a:b', 'a:c', 'b:c', 'a:b:c']],
    ['y ~ a * b - a', ['b', 'a:b']],
    ['y ~ a + b:a + a:b', ['a', 'b:a']],
    ['y ~ l(x)', ['l(x, 1)']],
    ['y ~ l(x, 0:2)', ['x', 'l(x, 1)', 'l(x, 2)']],
    ['y ~ l(x, -1:1)', ['f(x, 1)', 'x', 'l(x, 1)']],
    ['y ~ f(x, 2) + d(log(x)) + l(log(x), 1)', ['f(x, 2)', 'd(log(x), 1)', 'l(log(x), 1)']],
    ['y ~ x^2 + I(x^2)', ['I(x^2)']],
    ['y ~ log(x/2) + I(x*z>3)', ['log(x/2)', 'I(x * z > 3)']],
    ['y ~ `GDP (US$)` + größe', ['GDP (US$)', 'größe']],
    ['y ~ cre(x, z)', ['x', 'mean(x)', 'z', 'mean(z)']],
    ['y ~ x + x', ['x']],
    ['y ~ in + re', ['in', 're']],
    ['y ~ l + f + d + i + c', ['l', 'f', 'd', 'i', 'c']],
  ])('%s has the terms %j', (source, expected) => {
    expect(terms(source)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['y ~ sw(a, b + c)', ['y ~ a', 'y ~ b + c']],
    ['y ~ x + sw0(a, b)', ['y ~ x', 'y ~ x + a', 'y ~ x + b']],
    ['y ~ csw(a, b)', ['y ~ a', 'y ~ a + b']],
    ['y ~ csw0(a, b)', ['y ~ 1', 'y ~ a', 'y ~ a + b']],
    ['y ~ mvsw(a, b)', ['y ~ 1', 'y ~ a', 'y ~ b', 'y ~ a + b']],
    ['y ~ sw(a, b) + csw0(z)', ['y ~ a', 'y ~ a + z', 'y ~ b', 'y ~ b + z']],
    ['y ~ x | csw0(id, year)', ['y ~ x', 'y ~ x | id', 'y ~ x | id + year']],
    ['y ~ x | sw(id^year, id + year)', ['y ~ x | id^year', 'y ~ x | id + year']],
    ['y ~ 0 + x', ['y ~ x + 0']],
    ['y ~ x - 1', ['y ~ x + 0']],
    ['log(y) ~ 1', ['log(y) ~ 1']],
    ['y ~ i(year, ref = 1970) + offset(log(p))', ['y ~ i(year, ref = 1970) + offset(log(p))']],
    ['y ~ i(g, x, ref = c("a", -2))', ['y ~ i(g, x, ref = c("a", -2))']],
  ])('%s expands to %j', (source, expected) => {
    expect(texts(source)).toEqual(expected);
  });

  it('orders columns as fixest does: effects, then outcomes, then right-hand sides', () => {
    // summary(feols(c(y1, y2) ~ x1 + csw(x2, x2^2) | sw0(species), base)), vignette "Multiple estimations".
    expect(texts('c(y1, y2) ~ x1 + csw(x2, x2^2) | sw0(species)')).toEqual([
      'y1 ~ x1 + x2',
      'y1 ~ x1 + x2 + I(x2^2)',
      'y2 ~ x1 + x2',
      'y2 ~ x1 + x2 + I(x2^2)',
      'y1 ~ x1 + x2 | species',
      'y1 ~ x1 + x2 + I(x2^2) | species',
      'y2 ~ x1 + x2 | species',
      'y2 ~ x1 + x2 + I(x2^2) | species',
    ]);
  });

  it('has a constant unless 0, −1 or effects take it', () => {
    const intercepts = ['y ~ x', 'y ~ 0 + x', 'y ~ x - 1', 'y ~ -1 + x', 'y ~ x | id', 'y ~ x + 1'];
    expect(intercepts.map((source) => columns(source)[0].intercept)).toEqual([true, false, false, false, false, true]);
  });

  it('lists the names it reads with their places', () => {
    const names = formulaNames(parseFormula('y ~ log(x) + csw(a:b, i(g, h)) + offset(e) | id^t'));
    expect(names.map(({ name, start }) => `${name}@${start}`)).toEqual([
      'y@0',
      'x@8',
      'a@17',
      'b@19',
      'g@24',
      'h@27',
      'e@40',
      'id@45',
      't@48',
    ]);
  });

  it.each([
    ['y ~ x +', 'formula/syntax', 8],
    ['y ~', 'formula/syntax', 4],
    ['~ x', 'formula/syntax', 1],
    ['', 'formula/syntax', 1],
    ['y x', 'formula/syntax', 3],
    ['y ~ x z', 'formula/syntax', 7],
    ['y ~ x / 2', 'formula/syntax', 7],
    ['y ~ 2 * x', 'formula/syntax', 5],
    ['y ~ (a + b)', 'formula/syntax', 5],
    ['y ~ csw0(a', 'formula/syntax', 11],
    ['y ~ csw0(csw(a))', 'formula/syntax', 10],
    ['y ~ a:csw(b)', 'formula/syntax', 7],
    ['y ~ log(csw(a))', 'formula/unknown-function', 9],
    ['y ~ lgo(x)', 'formula/unknown-function', 5],
    ['y ~ i(a, b, c)', 'formula/arguments', 13],
    ['y ~ i(a, reff = 2)', 'formula/arguments', 10],
    ['y ~ l(x, 2:1)', 'formula/lag-range', 5],
    ['y ~ log(l(x, 0:2))', 'formula/lag-range', 9],
    ['y ~ x | id[z]', 'formula/syntax', 11],
    ['y ~ x | id | z ~ w', 'formula/syntax', 12],
    ['y ~ x - csw(a)', 'formula/syntax', 9],
    ['y ~ mvsw(a,b,c,d,e,f,g,h,i)', 'formula/too-many-columns', 5],
    ['y ~ x == 2', 'formula/syntax', 7],
    ['y ~ "x"', 'formula/syntax', 5],
  ])('refuses %j as %s at %i', (source, code, column) => {
    const error = thrown(() => expandFormula(parseFormula(source)));
    expect(error.code).toBe(code);
    expect(error.at).toMatchObject({ column, source });
  });

  it('parses the text of every column to the same column', () => {
    const name = fc.constantFrom('a', 'b', 'x', 'odd name', 'größe');
    const quoted = name.map((n) => (n.includes(' ') ? `\`${n}\`` : n));
    const term = fc.oneof(
      quoted,
      quoted.map((n) => `log(${n} + 1)`),
      fc.tuple(quoted, fc.nat(3)).map(([n, k]) => `l(${n}, ${k}:${k + 1})`),
      quoted.map((n) => `${n}^2`),
      quoted.map((n) => `i(year, ${n}, ref = 1970)`),
      quoted.map((n) => `cre(${n})`),
      fc.tuple(quoted, quoted).map((pair) => pair.join('*')),
      fc.tuple(quoted, quoted).map((pair) => pair.join(':')),
      fc
        .tuple(fc.constantFrom('sw', 'sw0', 'csw', 'csw0', 'mvsw'), fc.array(quoted, { minLength: 1, maxLength: 3 }))
        .map(([f, args]) => `${f}(${args.join(', ')})`),
      fc.constantFrom('0', '-1', 'offset(log(x))'),
    );
    const fixef = fc.constantFrom('', ' | id', ' | id^year + x', ' | csw0(id, year)');
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), fixef, (list, effects) => {
        for (const column of columns(`y ~ ${list.join(' + ')}${effects}`)) {
          const [again, ...rest] = columns(column.text);
          expect(rest).toEqual([]);
          expect(again.text).toBe(column.text);
          expect(again.terms.map(({ name: n }) => n)).toEqual(column.terms.map(({ name: n }) => n));
          expect(again.intercept).toBe(column.intercept);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never fails on any text but with a placed error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'yx~+-*/:^|()[]`"\', 01.=<>!&lcsw0ifd é'), maxLength: 25 }),
        (source) => {
          try {
            expandFormula(parseFormula(source));
          } catch (error) {
            expect((error as { code: string }).code).toMatch(/^formula\//);
            expect((error as { at: { column: number } }).at.column).toBeGreaterThan(0);
            expect((error as { at: { column: number } }).at.column).toBeLessThanOrEqual(source.length + 1);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
