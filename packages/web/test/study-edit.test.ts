/** Edits of a study's text: the value changes, all other bytes stay. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { linesOf, type Path, setValue } from '../src/lib/study-edit.ts';

const TEXT = `version: 1 # first
title: A study
data: { path: panel.csv, unit: [a, b], time: year } # the table
# what is estimated
models:
  main:
    model: nb-fe
    formula: "y ~ x + csw0(z, w)" # stepped
    lag: 1
  other: { model: ols, formula: y ~ x }
notes:
  - one
`;

function expectOnly(path: Path, value: unknown): string {
  const next = setValue(TEXT, path, value);
  const wanted = parse(TEXT);
  let at = wanted;
  for (const key of path.slice(0, -1)) at = at[key] ??= {};
  const last = path.at(-1)!;
  if (value === undefined) delete at[last];
  else at[last] = value;
  expect(parse(next)).toEqual(wanted);
  return next;
}

describe('setValue', () => {
  test('replaces a scalar and leaves every other byte', () => {
    expect(expectOnly(['models', 'main', 'lag'], 2)).toBe(TEXT.replace('lag: 1', 'lag: 2'));
    expect(expectOnly(['models', 'main', 'model'], 'poisson')).toBe(TEXT.replace('nb-fe', 'poisson'));
  });

  test.each<[Path, unknown]>([
    [['data', 'duplicates'], 'first'],
    [
      ['data', 'missing'],
      ['n/a', '-9'],
    ],
    [['models', 'main', 'vcov'], 'cluster:a'],
    [['models', 'other', 'lag'], 1],
    [['sample', 'common'], true],
    [['derive', 'lnx'], 'log(x)'],
    [['models', 'main', 'formula'], 'y ~ a : b # not a comment'],
    [['title'], 'yes: no'],
  ])('sets %j and keeps all comments', (path, value) => {
    const next = expectOnly(path, value);
    for (const comment of ['# first', '# the table', '# what is estimated']) expect(next).toContain(comment);
  });

  test.each<[Path]>([
    [['models', 'main', 'lag']],
    [['models', 'main', 'model']],
    [['data', 'time']],
    [['data', 'path']],
    [['models', 'other', 'formula']],
    [['notes']],
    [['version']],
  ])('takes %j away', (path) => {
    expectOnly(path, undefined);
  });

  test('takes the only key of a map away, and a key that is not there not at all', () => {
    expect(parse(setValue('a:\n  b: 1\nc: 2\n', ['a', 'b'], undefined))).toEqual({ a: {}, c: 2 });
    expect(setValue(TEXT, ['data', 'sheet'], undefined)).toBe(TEXT);
    expect(setValue(TEXT, ['sample', 'where'], undefined)).toBe(TEXT);
  });

  test('quotes in braces what would end them there, and keeps the quotes that stood', () => {
    const text =
      'models:\n  a: { model: nb2, formula: y ~ x }\n  b:\n    formula: "y ~ x"\nvariables:\n  x: { label: X }\n';
    const formula = 'y ~ csw0(a, b) + `odd, name`';
    for (const id of ['a', 'b']) {
      const next = setValue(text, ['models', id, 'formula'], formula);
      expect(parse(next).models[id].formula).toBe(formula);
    }
    expect(setValue(text, ['models', 'b', 'formula'], formula)).toContain(`    formula: "${formula}"\n`);
    expect(parse(setValue(text, ['variables', 'x', 'unit'], 'km, US$')).variables.x).toEqual({
      label: 'X',
      unit: 'km, US$',
    });
    expect(parse(setValue(text, ['variables', 'x', 'label'], '{a}: [b]')).variables.x.label).toBe('{a}: [b]');
  });

  test('keeps a study in JSON in JSON', () => {
    const text = '{ "version": 1, "models": { "a": { "model": "ols", "formula": "y ~ x" } } }';
    const next = setValue(setValue(text, ['models', 'a', 'lag'], 1), ['models', 'a', 'formula'], 'y ~ z, "w"');
    expect(JSON.parse(next).models.a).toEqual({ model: 'ols', formula: 'y ~ z, "w"', lag: 1 });
  });

  test('gives a key without a value its first, and leaves the comment of the key after one that goes', () => {
    const text = 'variables:\n  x: # none yet\n  y:\nmodels:\n  a:\n    lag: 1\n    # errors\n    vcov: iid\n';
    const named = setValue(text, ['variables', 'y', 'label'], 'Y');
    expect(parse(named).variables).toEqual({ x: null, y: { label: 'Y' } });
    expect(parse(setValue(text, ['variables', 'x', 'label'], 'X')).variables).toEqual({ x: { label: 'X' }, y: null });
    const without = setValue(text, ['models', 'a', 'lag'], undefined);
    expect(without).toBe(text.replace('    lag: 1\n', ''));
  });

  test('finds the lines of a value, or of what would hold it', () => {
    const line = (path: Path) => linesOf(TEXT, path)?.map((n) => TEXT.split('\n')[n - 1].trim());
    expect(line(['models', 'main', 'lag'])).toEqual(['lag: 1', 'lag: 1']);
    expect(line(['models', 'main'])).toEqual(['main:', 'lag: 1']);
    expect(line(['models', 'main', 'vcov'])).toEqual(['main:', 'lag: 1']);
    expect(linesOf(TEXT, ['variables', 'x'])).toBeUndefined();
  });

  test('leaves a text that is no YAML as it is', () => {
    expect(setValue('a: [1', ['a'], 2)).toBe('a: [1');
  });

  const studies = fileURLToPath(new URL('../../../studies', import.meta.url));
  test.each(readdirSync(studies))('edits %s where it is', (name) => {
    const text = readFileSync(`${studies}/${name}/study.yaml`, 'utf8');
    for (const [path, value] of [
      [['data', 'duplicates'], 'sum'],
      [['data', 'sha256'], undefined],
      [['lede'], 'Another one.'],
      [['seed'], 7],
    ] as [Path, unknown][]) {
      const wanted = parse(text);
      const parent = path.length === 1 ? wanted : wanted[path[0]];
      if (value === undefined) delete parent[path.at(-1)!];
      else parent[path.at(-1)!] = value;
      expect(parse(setValue(text, path, value))).toEqual(wanted);
    }
  });
});
