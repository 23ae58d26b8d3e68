/** A study from its text to its report. Numbers against the certified values; the rest against what the study says. */
import { certified, digits, fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { PanelError } from '../src/errors.ts';
import { isFit } from '../src/regression-style.ts';
import { runStudy } from '../src/run-study.ts';
import type { ProgressEvent } from '../src/run-types.ts';
import type { Report, Table } from '../src/types.ts';
import { kernels, shippedStudy, studyOf } from './study-of.ts';

const itemsOf = ({ sections }: Report) => sections.flatMap(({ items }) => items);
const tableOf = (report: Report, id: string) => itemsOf(report).find((item) => item.id === id) as Table;
const wordsIn = (text: string) => text.split(/\s+/).filter(Boolean).length;

const data = certified().patents_rdus;
const rdus = (rest: string) =>
  studyOf(
    `version: 1
title: Patents
data: { path: patents_rdus.csv, unit: id, time: year }
variables: { logr: { label: R&D spending } }
models:
  fe: { model: nb-fe, formula: "patents ~ ${data.regressors.join(' + ')}", companions: true }
${rest}`,
    fixtureText('data', 'patents_rdus.csv'),
  );

describe('runStudy', () => {
  it('tests nb-fe against its nb-re twin with the certified result', async () => {
    const { study, frame } = rdus('tests: [ { kind: hausman, of: fe } ]\n');
    const { tests, report } = await runStudy(study, frame, kernels);
    const { chi2, df, min_eig } = data.hausman_fe_re.slopes;
    const [{ result, column }] = tests;
    expect([column, result.df]).toEqual([1, df]);
    // The statistic is a difference of nearly equal covariances: eight digits of it are what double precision keeps.
    expect(digits(result.statistic!, chi2)).toBeGreaterThan(8);
    expect(digits(result.smallestEigenvalue!, min_eig)).toBeGreaterThan(6);
    expect(tableOf(report, 'tests').body[0].cells[1].text).toBe('208.33');
    expect(tableOf(report, 'hausman-1').body).toHaveLength(df);
  });

  it('puts the companions of a single column beside it', async () => {
    const { study, frame } = rdus('');
    const { report, companions, fits } = await runStudy(study, frame, kernels);
    expect(companions.fe.map(({ spec }) => spec.model)).toEqual(['nb2', 'poisson']);
    const [main] = report.sections[0].items as Table[];
    expect(main.columns).toHaveLength(3);
    expect(main.fits?.map((fit) => fit.model)).toEqual(['nb-fe', 'nb2', 'poisson']);
    // FE Poisson by dummies and the certified conditional estimate are the same (Cameron, Trivedi 2013, section 9.3).
    const poisson = companions.fe[1].results[0];
    if (!isFit(poisson)) throw new Error(poisson.error.message);
    const reference = data.fe_pois!;
    for (const { term, estimate } of poisson.coefficients)
      expect(digits(estimate, reference.coef[reference.params.indexOf(term)]), term).toBeGreaterThan(9);
    expect(fits.fe).toHaveLength(1);
  });

  it('keeps a failed model in its place and lets the others proceed', async () => {
    const { study, source, frame } = rdus(
      '  bad: { model: nb2, formula: "patents ~ l(logr, 40)" }\n  good: { model: ols, formula: patents ~ logr }\ntables: { all: { models: [bad, good] } }\n',
    );
    const { fits, failures, report } = await runStudy(study, frame, kernels, undefined, { source });
    expect(isFit(fits.bad[0])).toBe(false);
    expect(isFit(fits.good[0])).toBe(true);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      model: 'bad',
      column: 1,
      error: { code: expect.stringMatching(/^(data|fit)\//) },
    });
    const cells = tableOf(report, 'all').body.flatMap((row) => row.cells);
    expect(cells.filter(({ kind }) => kind === 'failure').map(({ text }) => text)).toEqual([failures[0].error.code]);
    expect(report.manifest.models.find(({ id }) => id === 'bad')?.status).toBe(failures[0].error.code);
  });

  it('stops before estimating where the study names what is not there', async () => {
    const { study, source, frame } = rdus('  bad: { model: nb2, formula: patents ~ lgor }\n');
    const seen: ProgressEvent[] = [];
    const run = runStudy(study, frame, kernels, (event) => void seen.push(event), { source });
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(PanelError);
    const { code, hint, at } = error as PanelError;
    expect(code).toBe('formula/unknown-variable');
    expect(hint).toMatch(/logr/);
    expect(at).toMatchObject({ file: 'study.yaml', line: 7, column: 41, length: 4 });
    expect(seen.filter(({ stage }) => stage === 'model')).toEqual([]);
  });

  it('tells its progress: from 0 to its total, in order', async () => {
    const { study, frame } = rdus('tests: [ { kind: overdispersion, of: fe } ]\n');
    const seen: ProgressEvent[] = [];
    await runStudy(study, frame, kernels, (event) => void seen.push({ ...event }));
    expect(seen.map(({ done }) => done)).toEqual(seen.map((_, i) => i));
    expect(seen.at(-1)!.total - seen.at(-1)!.done).toBeLessThanOrEqual(2);
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(['data', 'model', 'test', 'report']));
  });

  it('gives the same report twice, and another hash for another question', async () => {
    const sha256 = (text: string) => `${text.length}:${[...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) | 0, 7)}`;
    const run = async (rest: string) => {
      const { study, frame } = rdus(rest);
      return (await runStudy(study, frame, kernels, undefined, { sha256 })).report;
    };
    const first = await run('');
    expect(JSON.stringify(await run(''))).toBe(JSON.stringify(first));
    expect((await run('level: 0.9\n')).manifest.runHash).not.toBe(first.manifest.runHash);
  });
});

describe.each(['hhg-patents', 'china-copublications', 'belt-road-copatents'])('the report of %s', async (name) => {
  const { study, source, frame, options } = shippedStudy(name);
  const { report, failures, fits } = await runStudy(study, frame, kernels, undefined, { source, ...options });

  it('has its sections in reading order', () => {
    const order = [
      'results',
      'identification',
      'robustness',
      'frontier',
      'multiverse',
      'data',
      'tests',
      'sample',
      'certificates',
      'expected',
    ];
    const ids = report.sections.map(({ id }) => id);
    expect(ids).toEqual(order.filter((id) => ids.includes(id)));
    expect(ids).toEqual(
      expect.arrayContaining(order.filter((id) => !['frontier', 'multiverse'].includes(id)).slice(0, 7)),
    );
  });

  it('answers in at most 60 words', () => {
    expect(wordsIn(report.lede)).toBeGreaterThan(10);
    expect(wordsIn(report.lede)).toBeLessThanOrEqual(60);
  });

  it('numbers tables and figures in reading order and leaves no reference open', () => {
    for (const kind of ['table', 'figure'] as const) {
      const found = itemsOf(report).filter((item) => item.kind === kind);
      const word = kind === 'table' ? 'Table' : 'Figure';
      expect(found.map(({ number }) => number)).toEqual(found.map((_, i) => `${word} ${i + 1}`));
    }
    expect(JSON.stringify(report)).not.toMatch(/\\u0001|undefined|NaN|Infinity/);
    const ids = itemsOf(report).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('estimates every column, at a certified maximum of at most 0 for counts', () => {
    expect(failures).toEqual([]);
    for (const fit of Object.values(fits).flat().filter(isFit)) {
      expect(fit.certificate.scaledGradient).toBeLessThan(1e-7);
      // A start of a frontier may end nowhere; none may end at another maximum.
      expect(fit.certificate.agreeing).toBeGreaterThanOrEqual(fit.frontier ? 2 : fit.certificate.starts);
      expect(fit.notes.map(({ code }) => code)).not.toContain('several-optima');
      if (fit.model !== 'ols') expect(fit.loglik).toBeLessThanOrEqual(0);
    }
  });

  it('accounts for every row: given less dropped is used', () => {
    for (const { sample } of Object.values(fits).flat().filter(isFit))
      expect(sample.rows - sample.dropped.reduce((sum, { rows }) => sum + rows, 0)).toBe(sample.used);
  });

  it('agrees with the numbers that the study expects', () => {
    const expected = itemsOf(report).find(({ id }) => id === 'expected') as Table | undefined;
    expect(expected === undefined).toBe(study.expected === undefined);
    const verdicts = expected?.body.map((row) => row.cells.at(-1)!.text) ?? [];
    expect(verdicts.filter((verdict) => verdict !== 'agrees')).toEqual([]);
  });
});

describe('a lede that the study does not write', () => {
  it('speaks of values where the outcome is no count', async () => {
    const { study, frame } = rdus('tables: { t: { models: [fe] } }\n');
    const { report } = await runStudy(
      { ...study, models: { fe: { ...study.models!.fe, model: 'ols', formula: 'logk ~ logr', companions: false } } },
      frame,
      kernels,
    );
    expect(report.lede).toMatch(/R&D spending goes with higher values/);
  });

  it('says what goes with what, from the fullest column, in at most 60 words', async () => {
    const { study, frame } = rdus('tables: { t: { models: [fe] } }\n');
    const { report } = await runStudy(
      { ...study, models: { fe: { ...study.models!.fe, formula: 'patents ~ logr + scisect' } } },
      frame,
      kernels,
    );
    expect(report.lede).toMatch(/^conditional negative binomial, unit effects of patents, 338 units, 1970–1979\./i);
    expect(report.lede).toMatch(/R&D spending goes with higher counts/);
    expect(report.lede).toMatch(/Scisect compares units with each other/);
    expect(wordsIn(report.lede)).toBeLessThanOrEqual(60);
  });
});
