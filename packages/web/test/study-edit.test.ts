/** Edits of a study's text: the value changes, all other bytes stay. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { models, planStudy, readStudy, type Study } from '@gravpanel/panel';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { LAWS, MODELS as USES } from '../generated/models.ts';
import { choiceOf, isFrontier, SWITCHES, strayOptions, takesEffects, takesSwitch } from '../src/lib/study/frontier.ts';
import {
  added,
  copied,
  type Loss,
  left,
  nameFault,
  renamed,
  tablesOf,
  without,
} from '../src/lib/study/study-models.ts';
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

const MODELS = `version: 1
title: T
data: { path: panel.csv, unit: id, time: year }
# estimated
models:
  # the one that counts
  full:
    model: nb-fe # conditional
    formula: "y ~ x + csw0(z, w)"
    # not before
    lag: 1
  # beside it
  other: { model: ols, formula: y ~ x } # plain
  third: { model: poisson, formula: y ~ x }
tests:
  # first
  - { kind: hausman, of: full } # of full
  - kind: vuong
    of: other
    against: full
  # last
  - { kind: reset, of: other }
influence: [{ of: full }, { of: third }]
rolling:
  - { of: full, width: 4 }
tables:
  main: { models: [full, other], groups: [{ label: G, columns: 1:3 }], title: Main } # of both
  alone: { models: [full] }
  parts:
    panels: # one under the other
      - { title: A, models: [full] }
      - title: B
        models:
          - other # o
          - full # f
      - { title: C, models: [third] }
  two:
    panels: [{ title: A, models: [full] }, { title: B, models: [other] }]
expected:
  full.1.x: { estimate: 1.0 } # printed
  full.2.l(x, 1): { se: 0.5 }
  other.1.x: { estimate: 2 }
`;
const comments = (text: string) => text.match(/#.*$/gm) ?? [];

describe('the models of a study', () => {
  test('a renamed one is renamed wherever the study names it, and nothing else changes', () => {
    const next = renamed(MODELS, 'full', 'alle');
    const wanted = MODELS.replace(/\bfull\b/g, 'alle')
      .replace('# of alle', '# of full')
      .replace('alle.2.l(x, 1):', '"alle.2.l(x, 1)":');
    expect(next).toBe(wanted);
    expect(parse(next).expected).toEqual({
      'alle.1.x': { estimate: 1 },
      'alle.2.l(x, 1)': { se: 0.5 },
      'other.1.x': { estimate: 2 },
    });
    expect(JSON.stringify(parse(next))).not.toContain('full');
  });

  test('one that is taken out takes all with it that names it, and says what', () => {
    const { text, losses } = without(MODELS, 'full');
    const wanted = parse(MODELS);
    delete wanted.models.full;
    wanted.tests = [wanted.tests[2]];
    wanted.influence = [{ of: 'third' }];
    delete wanted.rolling;
    wanted.tables = {
      main: { models: ['other'], title: 'Main' },
      parts: {
        panels: [
          { title: 'B', models: ['other'] },
          { title: 'C', models: ['third'] },
        ],
      },
      two: { models: ['other'] },
    };
    wanted.expected = { 'other.1.x': { estimate: 2 } };
    expect(parse(text)).toEqual(wanted);
    const told = ({ what, name, n }: Loss) => [what, name, n].filter((part) => part !== '' && part !== 1).join(' ');
    expect(losses.map(told)).toEqual([
      'columns main',
      'groups main',
      'table alone',
      'columns parts',
      'panel parts, A',
      'columns two',
      'panels two',
      'tests hausman',
      'tests vuong',
      'influence',
      'rolling',
      'expected 2',
    ]);
    // Comments of all that stays; those beside what went go with it.
    for (const comment of ['# estimated', '# beside it', '# plain', '# last', '# of both', '# one under', '# o'])
      expect(text).toContain(comment);
    expect(parse(without(text, 'other').text).tables).toEqual({ parts: { models: ['third'] } });
  });

  test('without a table left each model has its own again, and without a model none is written', () => {
    const text =
      'models:\n  a: { model: ols, formula: y ~ x }\n  b: { model: ols, formula: y ~ z }\ntables:\n  t: { models: [a] }\n';
    expect(without(text, 'a').text).toBe('models:\n  b: { model: ols, formula: y ~ z }\n');
    expect(parse(without(without(text, 'a').text, 'b').text)).toEqual({ models: {} });
  });

  test('a copy stands after its model with its layout and comments, in a table of its own', () => {
    const { text, id } = copied(MODELS, 'full');
    expect(id).toBe('full-2');
    const { models, tables } = parse(text);
    expect(Object.keys(models)).toEqual(['full', 'full-2', 'other', 'third']);
    expect(models['full-2']).toEqual(models.full);
    expect(tables['full-2']).toEqual({ models: ['full-2'] });
    expect(comments(text).length).toBe(comments(MODELS).length + 2);
    const again = copied(text, 'full-2');
    expect(again.id).toBe('full-3');
    expect(parse(copied('models: { a: { model: ols, formula: y ~ x } }\n', 'a').text)).toEqual({
      models: { a: { model: 'ols', formula: 'y ~ x' }, 'a-2': { model: 'ols', formula: 'y ~ x' } },
    });
  });

  test('a new one is a study that can be planned, beside others or as the first, in YAML and in JSON', () => {
    for (const text of [
      MODELS,
      'version: 1\ntitle: T\n',
      '{ "version": 1, "models": { "model": { "model": "ols", "formula": "y ~ x" } } }',
    ]) {
      const first = Object.keys(parse(text).models ?? {})[0];
      const next = added(text, 'y', first);
      expect(parse(next.text).models[next.id]).toEqual({ model: 'poisson', formula: 'y ~ 1' });
      for (const comment of comments(text)) expect(next.text).toContain(comment);
    }
  });

  test('goes into tables at their end and out of them, the comments of a list included', () => {
    const places = tablesOf(MODELS, 'third')!;
    expect(places.map(({ table, holds, alone }) => [table, holds, alone])).toEqual([
      ['main', false, false],
      ['alone', false, false],
      ['parts', true, false],
      ['two', false, false],
    ]);
    const into = (table: string, panel = 0) =>
      setValue(MODELS, tablesOf(MODELS, 'third')!.find((one) => one.table === table)!.ends[panel].path, 'third');
    expect(parse(into('main')).tables.main.models).toEqual(['full', 'other', 'third']);
    const parts = into('parts', 1);
    expect(parts).toBe(MODELS.replace('          - full # f\n', '          - full # f\n          - third\n'));
    expect(tablesOf(MODELS, 'full')!.map(({ alone }) => alone)).toEqual([false, true, false, false]);
    expect(parse(left(MODELS, 'alone', 'full').text).tables.alone).toBeUndefined();
    const { text, losses } = left(MODELS, 'main', 'other');
    expect(parse(text).tables.main).toEqual({ models: ['full'], title: 'Main' });
    // The heads over groups of columns, which nobody asked to lose, are told.
    expect(losses).toEqual([{ what: 'groups', name: 'main', n: 1 }]);
    expect(left(MODELS, 'alone', 'full').losses).toEqual([]);
    expect(tablesOf('models: {}\n', 'full')).toBeUndefined();
  });

  test('is edited in JSON as in YAML, and stays JSON', () => {
    const json = JSON.stringify(parse(MODELS), null, 2);
    for (const edited of [(text: string) => renamed(text, 'full', 'all'), (text: string) => without(text, 'full').text])
      expect(JSON.parse(edited(json))).toEqual(parse(edited(MODELS)));
    expect(JSON.parse(copied(json, 'full').text)).toEqual(parse(copied(MODELS, 'full').text));
    expect(JSON.parse(left(json, 'main', 'other').text)).toEqual(parse(left(MODELS, 'main', 'other').text));
  });

  test('has names that are free and that name files', () => {
    expect(nameFault(MODELS, 'models', 'full')).toBe('taken');
    expect(nameFault(MODELS, 'models', 'a b')).toBe('characters');
    expect(nameFault(MODELS, 'models', '')).toBe('characters');
    expect(nameFault(MODELS, 'models', '全部_1')).toBeUndefined();
  });

  const folder = fileURLToPath(new URL('../../../studies', import.meta.url));
  test.each(readdirSync(folder))(
    'of %s: each is renamed, copied and taken out, and the program takes what is left',
    (name) => {
      const text = readFileSync(`${folder}/${name}/study.yaml`, 'utf8');
      const planned = (of: string) => planStudy(readStudy(of, { file: 'study.yaml' }).study);
      const ids = Object.keys(parse(text).models ?? {});
      for (const id of [ids[0], ids.at(-1)!].slice(0, Math.min(2, ids.length))) {
        const [now, other] = [planned(text), planned(renamed(text, id, 'other'))];
        expect(other.models.map((one) => one.id)).toEqual(ids.map((one) => (one === id ? 'other' : one)));
        expect(other.tables.map((table) => table.models)).toEqual(
          now.tables.map((table) => table.models.map((one) => (one === id ? 'other' : one))),
        );
        expect(planned(copied(text, id).text).models.length).toBe(ids.length + 1);
        const rest = planned(without(text, id).text);
        expect(rest.models.map((one) => one.id)).toEqual(ids.filter((one) => one !== id));
      }
    },
  );
});

describe('the options of a frontier', () => {
  type Model = NonNullable<Study['models']>[string];
  const plans = (model: Model) => {
    try {
      planStudy({ version: 1, title: 'T', data: { path: 'p.csv', unit: 'id', time: 'year' }, models: { m: model } });
      return true;
    } catch {
      return false;
    }
  };
  const base = (model: string) => ({ model, formula: 'y ~ x' }) as Model;
  const frontiers = Object.keys(models).filter(isFrontier);

  test.each(frontiers)('of %s: what is offered beside what is chosen is what the program takes', (key) => {
    let compared = 0;
    for (const distribution of [undefined, ...LAWS.distribution])
      for (const inefficiency of [undefined, ...LAWS.inefficiency])
        for (const more of [{}, { inefficiency_effects: 'z' }, { random_effects: true }]) {
          const given = { distribution, inefficiency, ...more };
          const model = { ...base(key), ...JSON.parse(JSON.stringify(given)) } as Model;
          if (!plans(model)) continue;
          for (const option of ['distribution', 'inefficiency'] as const) {
            const taken = LAWS[option].filter((value) => plans({ ...model, [option]: value } as Model));
            expect(choiceOf(model, option)?.values ?? taken).toEqual(taken);
            expect(choiceOf(model, option) === undefined).toBe(taken.length < 2);
            compared++;
          }
          for (const key of SWITCHES) expect(takesSwitch(model, key)).toBe(plans({ ...model, [key]: true } as Model));
          expect(takesEffects(model)).toBe(plans({ ...model, inefficiency_effects: 'z' }));
        }
    expect(compared).toBeGreaterThan(10);
    for (const inefficiency of LAWS.inefficiency)
      for (const vcov of ['iid', 'hc0', 'hc1', 'hc2', 'cluster:id'] as const)
        if (plans({ ...base(key), inefficiency } as Model))
          expect(USES[key].frontier![inefficiency].includes(vcov.split(':')[0])).toBe(
            plans({ ...base(key), inefficiency, vcov } as Model),
          );
  });

  test('go with another estimator where it has none, and stay where it takes them', () => {
    const full = { ...base('frontier'), distribution: 'truncated-normal', inefficiency: 'decay' } as Model;
    for (const estimator of Object.keys(models)) {
      const next = { ...full, model: estimator } as Model;
      for (const key of strayOptions(full, estimator)) delete next[key];
      expect([estimator, plans(next)]).toEqual([estimator, true]);
    }
    expect(strayOptions(full, 'frontier')).toEqual([]);
    expect(strayOptions({ ...full, inefficiency: 'units' } as Model, 'poisson-frontier')).toEqual(['distribution']);
    expect(strayOptions(full, 'ols')).toEqual(['distribution', 'inefficiency']);
  });
});
