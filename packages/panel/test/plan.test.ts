/** The plan is a pure reading of the study: defaults, merged filters, expanded columns, refusals. */
import { describe, expect, it } from 'vitest';
import { PanelError } from '../src/errors.ts';
import { planStudy } from '../src/plan.ts';
import { vcovOf } from '../src/spec-parts.ts';
import { readStudy } from '../src/study-read.ts';
import { shippedStudy } from './study-of.ts';

const HEAD = 'version: 1\ntitle: A\ndata: { path: a.csv, unit: id, time: year }\n';
const plan = (text: string) => {
  const { study, source } = readStudy(HEAD + text, { file: 's.yaml' });
  return planStudy(study, source);
};
const refusal = (text: string) => {
  try {
    plan(text);
  } catch (error) {
    if (error instanceof PanelError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('planStudy', () => {
  it('fills in the defaults', () => {
    const { models, seed, level } = plan('models:\n  a: { model: nb2, formula: y ~ x }\n');
    expect(models[0].spec).toEqual({
      id: 'a',
      model: 'nb2',
      formula: 'y ~ x',
      vcov: { type: 'iid' },
      level: 0.95,
      seed: 1,
    });
    expect([seed, level]).toEqual([1, 0.95]);
  });

  it('joins the filters of the sample and the model, and lets the model choose its covariance', () => {
    const text = `sample: { where: a or b, common: true }
vcov: { type: cluster, by: [id, "o^d"], like: stata }
models:
  m: { model: ols, formula: y ~ x, where: c }
  n: { model: ols, formula: y ~ x, vcov: hc1 }
`;
    const { models } = plan(text);
    expect(models[0].spec).toMatchObject({
      where: '(a or b) and (c)',
      vcov: { type: 'cluster', by: [['id'], ['o', 'd']] },
      like: 'stata',
      common: true,
    });
    expect(models[1].spec).toMatchObject({ where: 'a or b', vcov: { type: 'hc1' } });
  });

  it.each([
    ['cluster:a', [['a']]],
    ['cluster:a+b', [['a'], ['b']]],
    ['cluster:a^b+c', [['a', 'b'], ['c']]],
  ])('reads %s', (text, by) => {
    expect(vcovOf(text)).toEqual({ vcov: { type: 'cluster', by } });
  });

  it('expands a formula into its columns, of several outcomes too', () => {
    const { models } = plan('models:\n  m: { model: ols, formula: "c(y, log(y)) ~ x + csw0(a, b)" }\n');
    expect(models[0].columns).toHaveLength(6);
    expect(models[0].columns[1]).toBe('y ~ x + a');
  });

  it('makes one table a model where the study names none', () => {
    const { tables } = plan(
      'models:\n  a: { model: ols, formula: y ~ x, title: T }\n  b: { model: ols, formula: y ~ z }\n',
    );
    expect(tables).toEqual([
      { id: 'a', models: ['a'], title: 'T' },
      { id: 'b', models: ['b'] },
    ]);
  });

  it.each<[text: string, code: string, place: string]>([
    ['models:\n  a: { model: ols, formula: y ~ (x }\n', 'formula/syntax', '5:33'],
    ['models:\n  a: { model: ols, formula: y ~ x, where: x > }\n', 'expression/syntax', '5:46'],
    ['sample: { where: ">" }\n', 'expression/syntax', '4:19'],
    ['models:\n  a: { model: nb-fe, formula: y ~ x, vcov: hc1 }\n', 'model/option-not-supported', '5:6'],
    ['models:\n  a: { model: ols, formula: y ~ x, companions: true }\n', 'study/no-companions', '5:48'],
    ['vcov: { type: cluster }\nmodels:\n  a: { model: ols, formula: y ~ x }\n', 'study/cluster-without-by', '4:7'],
    ['expected: { b.1.x: { estimate: 1 } }\n', 'study/unknown-model', '4:20'],
  ])('refuses %j with its place', (text, code, place) => {
    const { code: found, at } = refusal(text);
    expect(found).toBe(code);
    expect(`${at?.line}:${at?.column}`).toBe(place);
    expect(at?.file).toBe('s.yaml');
  });

  it.each(['hhg-patents', 'china-copublications', 'belt-road-copatents'])('plans the shipped study %s', (name) => {
    const { study } = shippedStudy(name);
    const { models, tables, tests } = planStudy(study);
    const shape = {
      models: models.map(
        ({ id, spec, columns, companions }) =>
          `${id}: ${spec.model}, ${columns.length} columns${companions ? ', companions' : ''}`,
      ),
      tables: tables.map(({ id, models: of }) => `${id}: ${of.join(', ')}`),
      tests: tests.map(({ kind, of }) => `${kind} of ${of}`),
    };
    expect(shape).toMatchSnapshot();
  });
});
