/** The identification report of the paper's specification, on a panel of its shape, before anything is estimated. */
import { certified, fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { checkStudy } from '../src/check.ts';
import { runStudy } from '../src/run-study.ts';
import type { Table } from '../src/types.ts';
import { kernels, studyOf } from './study-of.ts';

/**
 * synth45 under the paper's names: lnpatent1 is the home country's and the same for all partners of a year; lngd is distance
 * times oil price; tig and lan are dummies of the pair.
 */
const paper = (more = '') =>
  studyOf(
    `version: 1
title: The paper's specification
data: { path: synth45.csv, unit: pair, time: year }
derive:
  lnpatent1: log(1000 + 37 * (year - 2000)^2)
  lnpatent2: lcit
  oil: 20 + 9 * abs(year - 2006)
  lngd: ldist + log(oil)
  in: lrd
  re: lprox
  gdp: lgdp
  tig: contig
  lan: i - 2 * floor(i / 2)
variables: { pair: { label: Partner }, tig: { label: Common border }, lan: { label: Common language } }
models:
  full: { model: nb-fe, formula: "patents ~ lnpatent1 + lnpatent2 + lngd + csw0(in, re, gdp, tig, lan)", companions: true }
${more}`,
    fixtureText('data', 'synth45.csv'),
  );

const check = (more?: string) => {
  const { study, frame, source } = paper(more);
  return checkStudy(study, frame, kernels, source);
};

it('the sample that check shows has lost the separated rows, as the fit will', () => {
  const csv = Array.from({ length: 48 }, (_, i) => [
    i % 6,
    2000 + Math.floor(i / 6),
    i % 6 === 2 && i > 24 ? 0 : 1 + (i % 5),
  ]);
  const { study, frame, source } = studyOf(
    `version: 1
title: A deal that ends all co-operation
data: { path: p.csv, unit: id, time: year }
derive: { deal: "if(id == 2 and year >= 2004, 1, 0)" }
models: { a: { model: poisson, formula: "y ~ year + deal" } }
`,
    `id,year,y\n${csv.map((row) => row.join()).join('\n')}\n`,
  );
  const [column] = checkStudy(study, frame, kernels, source).models[0].columns;
  expect(column).toMatchObject({ collinear: ['deal'], sample: { used: 44, rows: 48 } });
  expect(column.sample?.dropped.map(({ reason, rows }) => [reason, rows])).toEqual([['separated', 4]]);
});

describe('the identification report of the paper’s Table 8', () => {
  const { variables, consequences, tables } = check();
  const of = (name: string) => variables.find((v) => v.variable === name)!;

  it('says that lnpatent1 varies only over time', () => {
    expect(of('lnpatent1')).toEqual({
      variable: 'lnpatent1',
      between: 0,
      time: 1,
      within: 0,
      reading: 'Varies only over year: year effects absorb it',
    });
  });

  it('splits lngd into a part of the unit and a part of time', () => {
    const { between, time, within, reading } = of('lngd');
    expect(within).toBe(0);
    expect(between).toBeGreaterThan(0.05);
    expect(time).toBeGreaterThan(0.05);
    expect(between + time).toBeCloseTo(1, 12);
    expect(reading).toBe('A part of pair and a part of year: pair and year effects together absorb it');
  });

  it('says that tig and lan are constant within units', () => {
    for (const name of ['tig', 'lan'])
      expect(of(name)).toMatchObject({ between: 1, reading: 'Constant within pair: pair effects absorb it' });
  });

  it('says that nb-fe gives them coefficients only because it is not a true within estimator', () => {
    expect(consequences[0]).toEqual({
      model: 'full',
      columns: [5, 6],
      terms: ['tig', 'lan'],
      status: 'between-units',
      why: 'nb-fe is not a true within estimator',
      message:
        'Common border and Common language never change within a unit. full (5), (6) gives them coefficients only because nb-fe is not a true within estimator: they compare units (‡).',
    });
  });

  it('says what the companions leave out, and why', () => {
    expect(consequences.slice(1).map(({ model, terms, status, why }) => ({ model, terms, status, why }))).toEqual(
      ['nb2', 'poisson'].map((model) => ({
        model: `full · ${model}`,
        terms: ['tig', 'lan'],
        status: 'left-out',
        why: 'the effects of pair absorb it',
      })),
    );
  });

  it('stands under the table, in the words of the study', () => {
    const table = tables.find(({ id }) => id === 'identification')!;
    expect(table.notes).toEqual(consequences.map(({ message }) => message));
    const readings = table.body.map((row) => row.cells[2].text);
    expect(readings).toContain('Constant within partner: partner effects absorb it');
  });

  it('leaves lnpatent1 out of a model with effects of years, and lngd out of one with both', () => {
    const more = check(
      '  years: { model: poisson, formula: "patents ~ lnpatent1 + lngd + gdp | year" }\n  both: { model: poisson, formula: "patents ~ lnpatent1 + lngd + gdp | pair + year" }\n  random: { model: nb-re, formula: patents ~ gdp + tig }\n',
    ).consequences.slice(3);
    expect(more.map(({ message }) => message)).toEqual([
      'years leaves lnpatent1 out: the effects of year absorb it.',
      'both leaves lnpatent1 and lngd out: the effects of pair and year absorb them.',
      'Common border never changes within a unit. random gives it a coefficient by comparing units: nb-re takes effects and regressors for unrelated.',
    ]);
  });
});

it('is the same in the report, where the estimates bear it out', async () => {
  const { study, frame, source } = paper();
  const { report, consequences, fits } = await runStudy(study, frame, kernels, undefined, { source });
  expect(consequences).toEqual(check().consequences);
  const section = report.sections.find(({ id }) => id === 'identification')!;
  expect((section.items[0] as Table).notes).toHaveLength(consequences.length);
  const last = fits.full.at(-1)!;
  if ('failed' in last) throw new Error(last.error.message);
  expect(last.coefficients.filter((c) => !c.within && c.term !== '(Intercept)').map((c) => c.term)).toEqual([
    'tig',
    'lan',
  ]);
  expect(certified().synth45.n_used).toBe(last.nobs);
});
