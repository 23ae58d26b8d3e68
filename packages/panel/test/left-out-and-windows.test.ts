/** Units left out and moving windows: against separate fits, and fepois and glm.nb in R (peers/multiverse.R). */
import { fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitSpec } from '../src/fit.ts';
import { runStudy } from '../src/run-study.ts';
import type { StudyRun } from '../src/run-types.ts';
import type { Figure, Fit, Table } from '../src/types.ts';
import { kernels, studyOf } from './study-of.ts';

interface Peer {
  left_out: { pair: number[]; estimate: number[][]; whole: number[]; se: number[]; nb_pair: number[]; nb: number[][] };
  windows: { from: number; n: number; estimate: number[]; se: number[] }[];
}
const peer = fixtureJson<Peer>('peers', 'multiverse.json');

const TEXT = `version: 1
title: Left out
data: { path: synth45.csv, unit: pair, time: year }
variables: { lrd: { label: Research }, year: { label: Year } }
models:
  fe: { model: poisson, formula: patents ~ lgdp + lrd + lprox | pair, vcov: "cluster:pair" }
  nb: { model: nb2, formula: "patents ~ csw(lgdp, lrd)" }
  re: { model: ols-re, formula: patents ~ lgdp }
influence:
  - { of: fe }
  - { of: nb, column: 2, terms: [lrd] }
  - { of: fe, by: i }
rolling:
  - { of: fe, width: 4 }
  - { of: nb, column: 1, width: 3, step: 3, terms: [lgdp] }
`;

/** R's fixed effects stop at 1e-11: 8 digits of the estimates. */
const close = (a: number, b: number, tolerance = 1e-8) =>
  expect(Math.abs(a - b), `${a} and ${b}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b)));

const study = (text: string) => studyOf(text, fixtureText('data', 'synth45.csv'));
const runOf = (text: string) => {
  const { study: plan, frame, source } = study(text);
  return runStudy(plan, frame, kernels, undefined, { source });
};

describe('a study with units left out and windows', () => {
  let run: StudyRun;
  beforeAll(async () => {
    run = await runOf(TEXT);
  }, 60_000);

  it('has every leave-one-out estimate of fepois and glm.nb', () => {
    const [fe, nb] = run.influence.map(({ result }) => result);
    // Two pairs have no count at all: they are in no sample, and leaving them out changes nothing in R either.
    expect(fe.leftOut).toHaveLength(43);
    const used = fe.leftOut.map(({ unit }) => Number(unit));
    const others = peer.left_out.pair.filter((pair) => !used.includes(pair));
    expect(others).toHaveLength(2);
    for (const pair of others)
      peer.left_out.estimate[peer.left_out.pair.indexOf(pair)].forEach((one, j) => {
        close(one, peer.left_out.whole[j]);
      });
    expect(fe.by).toBe('pair');
    fe.leftOut.forEach(({ unit, estimates }) => {
      const i = peer.left_out.pair.indexOf(Number(unit));
      estimates.forEach((one, j) => {
        close(one, peer.left_out.estimate[i][j]);
      });
    });
    peer.left_out.nb_pair.forEach((pair, i) => {
      const found = nb.leftOut.find(({ unit }) => unit === String(pair))!;
      // glm.nb alternates between mean and dispersion: 6 digits.
      close(found.estimates[0], peer.left_out.nb[i][2], 1e-6);
    });
  });

  it('names the units that move each coefficient most', () => {
    const { result } = run.influence[0];
    const column = 1;
    const all = peer.left_out.estimate.map((one) => one[column]);
    const { lowest, highest, otherSign, term } = result.terms[column];
    expect(term).toBe('lrd');
    expect(lowest.without).toBe(String(peer.left_out.pair[all.indexOf(Math.min(...all))]));
    expect(highest.without).toBe(String(peer.left_out.pair[all.indexOf(Math.max(...all))]));
    expect(otherSign).toHaveLength(all.filter((one) => one * peer.left_out.whole[column] < 0).length);
    expect(run.influence[2].result.leftOut.length).toBeLessThan(43);
  });

  it('draws them, changes in standard errors as R has them', () => {
    const items = run.report.sections.flatMap((s) => s.items);
    const figure = items.find(({ id }) => id === 'left-out-fe-1-influence') as Figure & { plot: 'influence' };
    const { label, points } = figure.rows[1];
    expect(label).toBe('Research');
    expect(figure.title).toMatch(/^Without .* moves by/);
    const clustered = (run.fits.fe[0] as Fit).coefficients[1].se;
    const i = peer.left_out.pair.indexOf(Number(points[0].unit));
    close(points[0].change, (peer.left_out.estimate[i][1] - peer.left_out.whole[1]) / clustered, 1e-6);
    const table = items.find(({ id }) => id === 'influence-fe-1') as Table;
    expect(table.body).toHaveLength(3);
    expect(items.filter(({ id }) => id.startsWith('influence-fe-1'))).toHaveLength(2);
  });

  it('has each window’s estimates and clustered errors of fepois, and the bits of a single fit', () => {
    const [fe, nb] = run.rolling;
    expect(fe.windows.map(({ from, to }) => [from, to])).toEqual(peer.windows.map(({ from }) => [from, from + 3]));
    const { frame } = study(TEXT);
    fe.windows.forEach(({ fit, where }, w) => {
      const { n, estimate, se } = peer.windows[w];
      expect(fit!.nobs).toBe(n);
      fit!.coefficients.forEach((c, j) => {
        close(c.estimate, estimate[j]);
        close(c.se, se[j], 1e-7);
      });
      const { spec } = run.plan.models[0];
      expect(fit!.coefficients).toEqual((fitSpec(frame, { ...spec, where }, kernels)[0] as Fit).coefficients);
    });
    expect(nb.windows.map(({ from, to }) => [from, to])).toEqual([
      [2001, 2003],
      [2004, 2006],
      [2007, 2009],
    ]);
    expect(nb.formula).toBe('patents ~ lgdp');
  });

  it('shows windows as a figure a term and a table', () => {
    const items = run.report.sections.find(({ id }) => id === 'robustness')!.items;
    const figure = items.find(({ id }) => id === 'rolling-fe-1-course-2') as Figure & { plot: 'lags' };
    expect(figure.title).toMatch(/^Research: .* 7 windows of 4 periods$/);
    expect(figure.xLabel).toBe('Last year of the window');
    const table = items.find(({ id }) => id === 'rolling-fe-1') as Table;
    expect(table.body.filter(({ kind }) => kind === 'heading')).toHaveLength(3);
    expect(table.body).toHaveLength(3 * 8);
  });
});

describe('what cannot be', () => {
  const HEAD = TEXT.slice(0, TEXT.indexOf('influence:'));
  it.each([
    ['a model that is not there', 'influence: [{ of: fee }]', 'study/unknown-model', /"fee"/],
    ['a column that is not there', 'rolling: [{ of: nb, column: 3, width: 4 }]', 'study/no-such-column', /column 3/],
    ['a term that is not there', 'influence: [{ of: fe, terms: [lrdd] }]', 'study/unknown-term', /"lrdd"/],
    ['a term of the windows', 'rolling: [{ of: fe, width: 4, terms: [lrdd] }]', 'study/wrong-rolling', /"lrdd"/],
    ['windows as wide as the panel', 'rolling: [{ of: fe, width: 10 }]', 'study/wrong-rolling', /10 periods wide/],
    ['windows without width', 'rolling: [{ of: fe }]', 'study/missing-key', /has no width/],
  ])('%s is refused with its place', async (_, more, code, message) => {
    const error = await (async () => runOf(`${HEAD}${more}\n`))().catch((e) => e);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.at).toMatchObject({ file: 'study.yaml', line: 9 });
  });

  it('a column that failed has nothing to leave out, and the run says why', async () => {
    const run = await runOf(
      `${HEAD.replace('models:', 'models:\n  bad: { model: poisson, formula: patents ~ ldist | pair }')}influence: [{ of: bad }]\n`,
    );
    expect(run.influence[0].result.error?.code).toBe('data/all-collinear');
    expect(run.failures.map(({ model, error }) => [model, error.code])).toEqual(
      Array(2).fill(['bad', 'data/all-collinear']),
    );
  });
});
