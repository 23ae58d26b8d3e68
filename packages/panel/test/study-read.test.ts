/** What is wrong with a study is told with file, line, column and what to do. The cases are the ones people write. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PanelError, type PanelErrorFields } from '../src/errors.ts';
import { placeOf, relocate } from '../src/study-places.ts';
import { parseStudy, readStudy } from '../src/study-read.ts';

const studies = new URL('../../../studies/', import.meta.url);
const HEAD = 'version: 1\ntitle: A\ndata: { path: a.csv, unit: id, time: year }\n';

function fault(text: string): PanelErrorFields {
  try {
    parseStudy(text, { file: 's.yaml' });
  } catch (error) {
    if (error instanceof PanelError) return error.toJSON();
    throw error;
  }
  throw new Error('no error');
}

describe('parseStudy', () => {
  const shipped = readdirSync(studies).filter((name) => existsSync(new URL(`${name}/study.yaml`, studies)));
  it.each(shipped)('reads the shipped study %s', (name) => {
    const study = parseStudy(readFileSync(new URL(`${name}/study.yaml`, studies), 'utf8'), { file: name });
    expect(Object.keys(study.models ?? {}).length + (study.describe ?? []).length).toBeGreaterThan(2);
  });

  it('reads JSON with tabs', () => {
    const json = JSON.stringify(
      { version: 1, title: 'A', data: { path: 'a.csv', unit: ['id'], time: 'year' } },
      null,
      '\t',
    );
    expect(parseStudy(json, { file: 's.json' }).data.unit).toEqual(['id']);
  });

  it.each<[text: string, code: string, place: string, words: RegExp, hint: RegExp]>([
    ['# nothing\n', 'study/empty', ':', /a study was expected/, /version: 1/],
    ['- a\n', 'study/not-a-map', '1:1', /not a map/, /version: 1/],
    ['title: x\n', 'study/no-version', '1:1', /no version/, /first line/],
    ['version: 2\n', 'study/unknown-version', '1:10', /Version 2/, /version: 1/],
    [`${HEAD}modles: {}\n`, 'study/unknown-key', '4:1', /"modles" is not a key of a study/, /Nearest: models/],
    [
      `${HEAD}models:\n  full:\n    modle: nb-fe\n    formula: y ~ x\n`,
      'study/unknown-key',
      '6:5',
      /"modle" is not a key of models\.full/,
      /Nearest: model/,
    ],
    [
      `${HEAD}models:\n  a: { model: nbfe, formula: y ~ x }\n`,
      'study/wrong-value',
      '5:15',
      /"nbfe".*one of ols/,
      /nb-fe/,
    ],
    [`${HEAD}models:\n  a: { formula: y ~ x }\n`, 'study/missing-key', '5:3', /models\.a has no model/, /Add "model/],
    [
      `${HEAD}models:\n  a: { model: frontier, distribution: normal, formula: y ~ x }\n`,
      'study/wrong-value',
      '5:39',
      /distribution is the text "normal"; one of half-normal/,
      /half-normal/,
    ],
    [
      `${HEAD}models:\n  a: { model: ols, formula: y ~ csw(x, z) }\n`,
      'study/unknown-key',
      '5:40',
      /"z\)" is not a key/,
      /quotes/,
    ],
    [`${HEAD}audit: { reps: 9 }\n`, 'study/not-in-this-version', '4:1', /"audit"/, /Leave it out/],
    [
      `${HEAD}multiverse:\n  m: { off: x, formula: y ~ x, estimators: [nb2] }\n`,
      'study/unknown-key',
      '5:8',
      /"off" is not a key of multiverse\.m/,
      /of/,
    ],
    [
      `${HEAD}multiverse:\n  m: { of: x, formula: y ~ x, estimators: nb2 }\n`,
      'study/wrong-value',
      '5:43',
      /a list of estimators/,
      /^/,
    ],
    [`${HEAD}boot: { rep: 9 }\n`, 'study/unknown-key', '4:9', /"rep" is not a key of boot/, /reps/],
    [`${HEAD}boot: { reps: 1 }\n`, 'study/wrong-value', '4:15', /boot\.reps is 1/, /^/],
    [`${HEAD}vcov: { type: bootstrap, rep: 9 }\n`, 'study/unknown-key', '4:26', /"rep" is not a key of vcov/, /reps/],
    [`${HEAD}vcov: { type: bootstrp }\n`, 'study/wrong-value', '4:15', /"bootstrp"/, /bootstrap/],
    [`${HEAD}title: B\n`, 'study/duplicate-key', '4:1', /"title" is written twice/, /Keep one/],
    [`${HEAD}a: &x 1\nb: *x\n`, 'study/alias', '4:7', /no anchors/, /out/],
    [
      `${HEAD}tests: [{ kind: hausman, of: m }\nseed: 1\n`,
      'study/syntax',
      '5:1',
      /"\[" before this line is not closed/,
      /"\]"/,
    ],
    [`${HEAD}\tx: 1\n`, 'study/syntax', '4:1', /tab/, /spaces/],
    [`${HEAD}seed: !!js/function "x"\n`, 'study/syntax', '4:7', /tag/, /Check/],
    [`${HEAD}---\nversion: 1\n`, 'study/several-documents', '4:1', /2 YAML documents/, /own/],
    [`${HEAD}vcov: robust\n`, 'study/wrong-value', '4:7', /"robust"; iid, hc0/, /^/],
    [`${HEAD}describe:\n  - { kind: sumary }\n`, 'study/wrong-value', '5:13', /describe item 1, kind/, /summary/],
    [`${HEAD}level: 2\n`, 'study/wrong-value', '4:8', /a number < 1/, /^/],
  ])('says what is wrong with %j', (text, code, place, words, hint) => {
    const error = fault(text);
    expect(error.code).toBe(code);
    expect(`${error.at?.line ?? ''}:${error.at?.column ?? ''}`).toBe(place);
    expect(error.at?.file).toBe('s.yaml');
    expect(error.message).toMatch(words);
    expect(error.hint ?? '').toMatch(hint);
  });

  it('tells further mistakes beside the first', () => {
    const error = fault(`${HEAD}models:\n  a: { modle: ols, formula: y ~ x, lag: -1 }\n`);
    expect(error.message).toMatch(/modle/);
    const { others } = error.details as { others: PanelErrorFields[] };
    expect(others.map((o) => o.code)).toEqual(['study/wrong-value', 'study/missing-key']);
  });

  it.each([
    ['brackets', `${HEAD}models: ${'['.repeat(50_000)}`],
    ['maps', `${HEAD}models:\n${Array.from({ length: 60 }, (_, i) => `${' '.repeat(i + 1)}a:\n`).join('')}`],
  ])('refuses deep %s without running out of stack', (_, text) => {
    expect(fault(text).code).toBe('study/too-deep');
  });

  it('refuses a file of more than a million characters', () => {
    expect(fault(`${HEAD}# ${'x'.repeat(1e6)}\n`).code).toBe('study/too-long');
  });
});

describe('relocate', () => {
  const formula = 'y ~ a + "b' as const;
  it.each([
    ['plain', 'models:\n  m: { model: ols, formula: y ~ aa + bb }\n', 'y ~ aa + bb', 10, [5, 38]],
    ['quoted', 'models:\n  m: { model: ols, formula: "y ~ aa + bb" }\n', 'y ~ aa + bb', 10, [5, 39]],
    ['folded', 'models:\n  m:\n    model: ols\n    formula: >-\n      y ~ aa +\n      bb\n', 'y ~ aa + bb', 10, [9, 7]],
    ['escaped', `models:\n  m: { model: ols, formula: 'y ~ a + "b' }\n`, formula, 10, [5, 39]],
  ] as const)('puts a position of a %s formula into the file', (_, models, text, position, [line, column]) => {
    const { study, source } = readStudy(HEAD + models, { file: 's.yaml' });
    expect(study.models!.m.formula).toBe(text);
    const fields = { code: 'formula/x', message: 'm', at: { file: 'formula', column: position, source: text } };
    const { at } = relocate(fields, source, '/models/m/formula');
    expect([at?.line, at?.column]).toEqual([line, column]);
    expect(at?.source?.slice(column - 1, column)).toBe(text[position - 1]);
  });

  it('keeps a place in the data', () => {
    const { source } = readStudy(HEAD, { file: 's.yaml' });
    const fields = { code: 'data/x', message: 'm', at: { file: 'a.csv', row: 17 } };
    expect(relocate(fields, source, '/data')).toEqual(fields);
  });

  it('places what the text does not hold at its parent', () => {
    const { source } = readStudy(HEAD, { file: 's.yaml' });
    expect(placeOf(source, '/data/delimiter')).toMatchObject({ line: 3, column: 1 });
  });
});
