/** A formula's parts in the form, against the parser of the core: what is moved must mean what the form shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expandFormula, parseFormula } from '@gravpanel/panel';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  addTerm,
  formulaParts,
  formulaText,
  isStep,
  lagged,
  lagOf,
  moveTerm,
  setStep,
  setTerm,
  switchTerm,
  termAt,
  variableOf,
  withQuotes,
} from '../src/lib/formula-parts.ts';
import { vcovOf, vcovParts } from '../src/lib/study/vcov.ts';

const TABLE8 = 'collaboration ~ lnpatent1 + lnpatent2 + lngd + csw0(in, re, gdp, tig, lan)';
/** The right-hand terms of each column, as the core reads the formula. */
const columns = (formula: string) =>
  expandFormula(parseFormula(formula)).map(({ terms, intercept }) => [
    ...(intercept ? ['(Intercept)'] : []),
    ...terms.map(({ name }) => name),
  ]);

describe('formulaParts', () => {
  const studies = fileURLToPath(new URL('../../../studies', import.meta.url));
  const shipped = readdirSync(studies).flatMap((name) => {
    const { models = {} } = parse(readFileSync(`${studies}/${name}/study.yaml`, 'utf8')) as {
      models?: Record<string, { formula: string }>;
    };
    return Object.values(models).map(({ formula }) => formula);
  });
  test.each([
    ...shipped,
    TABLE8,
    'y ~ x + l(x, 1:3) - 1',
    'c(y, log(1 + y)) ~ a:b + a*c - a | firm^year + sw(a, b)',
    'y ~ `a + b` + I(x == "a ~ b" or x > -2) + x^-2',
    'y ~ i(year, ref = 1970) + sw0(a, b) + mvsw(c, d)',
  ])('gives %s back as it was, to the core', (formula) => {
    const text = formulaText(formulaParts(formula));
    expect(columns(text)).toEqual(columns(formula));
    expect(formulaText(formulaParts(text))).toBe(text);
  });

  test('tells terms of all columns from those that are added in turn, and effects from both', () => {
    const { left, right, effects } = formulaParts('y ~ a + csw0(b, log(c, d)) - 1 | u^v + w');
    expect([left, effects]).toEqual(['y', ['u^v', 'w']]);
    expect(right).toEqual([
      { sign: '+', term: 'a' },
      { sign: '+', step: 'csw0', terms: ['b', 'log(c, d)'] },
      { sign: '-', term: '1' },
    ]);
  });

  test('reads what is half written without an error', () => {
    for (const text of ['', 'y', 'y ~', '~ x', 'y ~ x + ', 'y ~ csw0(', 'y ~ `a', 'y ~ a ~ b'])
      expect(typeof formulaText(formulaParts(text))).toBe('string');
  });
});

describe('edits of the right-hand side', () => {
  const start = formulaParts(TABLE8);
  const said = (parts: typeof start) => columns(formulaText(parts));

  test('adds a term before the steps, and takes one out', () => {
    expect(said(addTerm(start, 'contig'))[0]).toEqual(['(Intercept)', 'lnpatent1', 'lnpatent2', 'lngd', 'contig']);
    expect(said(setTerm(start, { part: 1 }, ''))[5]).toEqual(columns(TABLE8)[5].filter((name) => name !== 'lnpatent2'));
    expect(formulaText(addTerm(formulaParts('y ~ 1'), 'x'))).toBe('y ~ x');
    expect(formulaText(setTerm(formulaParts('y ~ x'), { part: 0 }, ''))).toBe('y ~ 1');
  });

  test('moves a term into the steps and out of them', () => {
    const stepped = switchTerm(start, { part: 2 });
    expect(formulaText(stepped)).toBe('collaboration ~ lnpatent1 + lnpatent2 + csw0(in, re, gdp, tig, lan, lngd)');
    expect(said(stepped)).toHaveLength(7);
    expect(formulaText(switchTerm(start, { part: 3, term: 2 }))).toBe(
      'collaboration ~ lnpatent1 + lnpatent2 + lngd + gdp + csw0(in, re, tig, lan)',
    );
    expect(formulaText(switchTerm(formulaParts('y ~ a + b'), { part: 1 }))).toBe('y ~ a + csw0(b)');
    // The last term of a step takes the step with it.
    expect(formulaText(switchTerm(formulaParts('y ~ a + csw0(b)'), { part: 1, term: 0 }))).toBe('y ~ a + b');
  });

  test('changes the order within its kind alone, and the kind of the steps', () => {
    expect(formulaText(moveTerm(start, { part: 3, term: 1 }, -1))).toContain('csw0(re, in, gdp, tig, lan)');
    expect(formulaText(moveTerm(start, { part: 0 }, 1))).toContain('~ lnpatent2 + lnpatent1 + lngd');
    for (const place of [{ part: 3, term: 0 }, { part: 0 }]) expect(moveTerm(start, place, -1)).toEqual(start);
    expect(said(setStep(start, 3, 'sw')).map((names) => names.length)).toEqual([5, 5, 5, 5, 5]);
    expect(start.right.filter(isStep)).toHaveLength(1);
    expect(termAt(start, { part: 3, term: 4 })).toBe('lan');
  });

  test('puts lags on and takes them off', () => {
    expect(lagOf('l(lrnd, 2)')).toEqual({ inner: 'lrnd', lag: 2 });
    expect(lagOf('l(x, 1:3)')).toEqual({ inner: 'l(x, 1:3)', lag: 0 });
    expect([lagged('x', 0), lagged('x', 2)]).toEqual(['x', 'l(x, 2)']);
  });

  test('finds the variable that a term is labelled by', () => {
    const known = { x: {}, year: {}, 'a:b': {} };
    expect(
      ['x', 'l(x, 1)', 'i(year)', 'i(year, ref = 1)', 'year::3', 'a:b', 'log(z)', '`odd name`'].map((t) =>
        variableOf(t, known),
      ),
    ).toEqual(['x', 'x', 'year', 'year', 'year', 'a:b', 'log(z)', 'odd name']);
  });
});

test('puts backticks around a column that needs them, and around nothing else', () => {
  const parts = addTerm(addTerm(formulaParts('y ~ Größe + csw0(`a b`)')!, 'Investition (Mio €)'), 'log(x)');
  const columns = ['y', 'Größe', 'a b', 'Investition (Mio €)', 'x'];
  const text = formulaText(withQuotes({ ...parts, effects: ['a b'] }, columns));
  expect(text).toBe('y ~ Größe + `Investition (Mio €)` + log(x) + csw0(`a b`) | `a b`');
  expect(() => parseFormula(text)).not.toThrow();
});

describe('vcovParts', () => {
  test.each([
    'iid',
    'hc1',
    'cluster:partner',
    'cluster:partner+year',
    'bootstrap',
    { type: 'cluster', by: ['a^b'], like: 'stata' },
    { type: 'bootstrap', reps: 999, seed: 3, by: ['a'], kind: 'wild', points: 'webb' },
    { type: 'hc1', like: 'stata' },
  ] as const)('%j comes back as it was', (vcov) => {
    expect(vcovOf(vcovParts(vcov as never))).toEqual(vcov);
  });
  test('writes the short form of what a map says without need', () => {
    expect(vcovOf(vcovParts({ type: 'cluster', by: ['a', 'b'] }))).toBe('cluster:a+b');
    expect(vcovOf(vcovParts({ type: 'iid' }))).toBe('iid');
  });
});
