/** Edits of a study's text: the value changes, all other bytes stay. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Path, setValue } from '../src/lib/study-edit.ts';

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
