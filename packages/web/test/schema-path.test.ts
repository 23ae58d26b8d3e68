/** Completion: the place of the cursor in a text that is being written, and what the schema allows there. */
import { studyJsonSchema } from '@gravpanel/panel';
import { describe, expect, test } from 'vitest';
import { placeAt, type Schema, suggestions } from '../src/lib/study/schema-path.ts';

const schema = studyJsonSchema() as Schema;
/** The text up to the bar. */
const at = (text: string) => placeAt(text.replace('|', ''), text.indexOf('|'));
const words = (text: string) => suggestions(schema, at(text));

describe('placeAt', () => {
  test.each<[string, string[], 'key' | 'value']>([
    ['ti|', [], 'key'],
    ['data:\n  pa|', ['data'], 'key'],
    ['data: { path: a.csv, un|', ['data'], 'key'],
    ['models:\n  main:\n    model: nb|', ['models', 'main', 'model'], 'value'],
    ['models:\n  main: { model: p|', ['models', 'main', 'model'], 'value'],
    ['describe:\n  - { kind: su|', ['describe', '*', 'kind'], 'value'],
    ['describe:\n  - kind: series\n    co|', ['describe', '*'], 'key'],
    ['tests:\n  - ki|', ['tests', '*'], 'key'],
  ])('%j', (text, path, kind) => {
    expect(at(text)).toMatchObject({ path, kind });
  });
});

describe('suggestions', () => {
  test('are the keys of the schema', () => {
    expect(words('da|')).toContain('describe');
    expect(words('data:\n  |')).toEqual(expect.arrayContaining(['path', 'unit', 'time', 'duplicates']));
    expect(words('models:\n  a:\n    |')).toEqual(expect.arrayContaining(['model', 'formula', 'lag', 'vcov']));
    expect(words('models:\n  |')).toEqual([]);
  });
  test('are the values that a key can have', () => {
    expect(words('models:\n  a:\n    model: |')).toEqual(expect.arrayContaining(['ols', 'nb-fe', 'poisson-re']));
    expect(words('data: { duplicates: |')).toEqual(['first', 'last', 'sum']);
    expect(words('vcov: |')).toEqual(expect.arrayContaining(['iid', 'hc1', 'bootstrap']));
    expect(words('describe:\n  - { kind: |')).toEqual(expect.arrayContaining(['series', 'shares', 'map']));
  });
});
