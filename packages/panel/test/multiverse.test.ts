/** Specification curves: against single fits, tables changed by hand, and R (peers/multiverse.R: permutations enumerated, draws of its own). */
import { fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { lawOf } from '../src/coeftable.ts';
import { buildDesigns } from '../src/design.ts';
import { curveItems } from '../src/figures-curve.ts';
import { fitDesign, fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { runCurve, startCurve } from '../src/multiverse.ts';
import { deviate } from '../src/multiverse-joint.ts';
import { type PlannedCurve, planCurve } from '../src/multiverse-plan.ts';
import { drawnClusters, openCurve, permutedPlaces, resampledDesign } from '../src/resample-curve.ts';
import type { ResampleJob } from '../src/resample-job.ts';
import type { Study } from '../src/study.ts';
import type { MultiverseSpec } from '../src/study-curves.ts';
import { curveStudy } from '../src/study-part.ts';
import { parseStudy } from '../src/study-read.ts';
import { readTable } from '../src/table-read.ts';
import type { Design, Fit, Frame } from '../src/types.ts';
import { kernels } from './study-of.ts';
import { thrown } from './thrown.ts';

const frameOf = (csv: string, unit: string): Frame =>
  setPanel(readTable(fixtureText('data', csv), { name: csv }), [unit], 'year');
const grunfeld = frameOf('grunfeld.csv', 'firm');
const synth = frameOf('synth45.csv', 'pair');

const study = (unit: string, multiverse: Record<string, MultiverseSpec> = {}): Study => ({
  version: 1,
  title: 'A curve',
  data: { path: 'data.csv', unit, time: 'year' },
  multiverse,
});
const planned = (unit: string, spec: MultiverseSpec): PlannedCurve => planCurve(study(unit), 'c', spec, 1, 0.95);

const SYNTH: MultiverseSpec = {
  of: 'lrd',
  formula: 'patents ~ lrd',
  estimators: ['nb-fe', 'poisson | pair', 'nb2', 'ols'],
  vcov: ['iid', 'cluster:pair'],
  samples: { all: 'all', late: 'year >= 2004' },
  lags: [0, 1],
  zeros: ['keep'],
  controls: ['none', 'lgdp + lprox'],
  joint: 'none',
};

/** Relative difference of two optima of one likelihood: the search's tolerance, 1e-8. */
const CLOSE = 1e-8;
const close = (a: number, b: number, tolerance = CLOSE) =>
  expect(Math.abs(a - b), `${a} and ${b}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b)));

describe('a plan', () => {
  it('crosses every choice, the last fastest, and writes the formulas out', () => {
    const { specifications, dimensions } = planned('pair', SYNTH);
    expect(dimensions.map(({ options }) => options.length)).toEqual([4, 2, 2, 2, 1, 2]);
    expect(specifications).toHaveLength(64);
    expect(specifications[0].spec).toMatchObject({ model: 'nb-fe', formula: 'patents ~ lrd', vcov: { type: 'iid' } });
    expect(specifications[1].spec.formula).toBe('patents ~ lrd + lgdp + lprox');
    const last = specifications[63].spec;
    expect(last).toMatchObject({ formula: 'log(patents + 1) ~ lrd + lgdp + lprox', lag: 1, where: 'year >= 2004' });
    expect(specifications[16].spec.formula).toBe('patents ~ lrd | pair');
  });

  it('takes each optional control in or out, drops zeros, and leaves combinations out', () => {
    const curve = planned('pair', {
      of: 'lrd',
      formula: 'patents ~ lrd',
      estimators: ['poisson', 'ols'],
      zeros: ['keep', 'drop'],
      optional: ['lgdp', 'rta'],
      exclude: [{ estimators: 'ols', zeros: 'keep' }, { optional: ['lgdp', 'rta'] }],
    });
    expect(curve.excluded).toBe(7);
    expect(curve.specifications.map(({ spec }) => [spec.formula, spec.where])).toEqual([
      ['patents ~ lrd', undefined],
      ['patents ~ lrd + lgdp', undefined],
      ['patents ~ lrd + rta', undefined],
      ['patents ~ lrd', 'patents > 0'],
      ['patents ~ lrd + lgdp', 'patents > 0'],
      ['patents ~ lrd + rta', 'patents > 0'],
      ['log(patents) ~ lrd', 'patents > 0'],
      ['log(patents) ~ lrd + lgdp', 'patents > 0'],
      ['log(patents) ~ lrd + rta', 'patents > 0'],
    ]);
  });

  const base: MultiverseSpec = { of: 'lrd', formula: 'patents ~ lrd', estimators: ['nb2'] };
  it.each<[string, Partial<MultiverseSpec>, string, RegExp]>([
    ['a term that is not in the formula', { of: 'lrds' }, 'study/wrong-multiverse', /"lrds" is not a term/],
    ['several columns', { formula: 'patents ~ csw(lrd, lgdp)' }, 'study/wrong-multiverse', /gives 2 columns/],
    ['an estimator that is none', { estimators: ['nb3'] }, 'model/unknown', /"nb3" is not a model/],
    ['one choice twice', { lags: [1, 1] }, 'study/wrong-multiverse', /"1" stands twice among lags/],
    ['an exclusion of nothing', { exclude: [{ estimators: 'ols' }] }, 'study/wrong-multiverse', /names "ols"/],
    ['an exclusion of another kind', { exclude: [{ lags: 1 }] }, 'study/wrong-multiverse', /which is no choice/],
    ['an exclusion of everything', { exclude: [{ estimators: 'nb2' }] }, 'study/wrong-multiverse', /leaves no spec/],
    [
      'keys that the other null has',
      { joint: { by: 'pair', kind: 'permutation' } },
      'study/wrong-multiverse',
      /by does n/,
    ],
    ['a filter that does not parse', { samples: ['year >'] }, 'expression/syntax', /./],
    [
      'more than can be estimated',
      { optional: 'abcdefghijkl'.split(''), lags: [0, 1, 2] },
      'study/wrong-multiverse',
      /12288 specifications/,
    ],
  ])('refuses %s', (_, change, code, message) => {
    const error = thrown(() => planned('pair', { ...base, ...change }));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.hint).toMatch(/./);
  });

  it('refuses the study’s resampled errors, and says so with the place', () => {
    const text =
      'version: 1\ntitle: T\ndata: { path: a.csv, unit: pair, time: year }\nvcov: bootstrap\nmultiverse:\n  c: { of: x, formula: y ~ x, estimators: [ols] }\n';
    const error = thrown(() => planCurve(parseStudy(text, { file: 's' }), 'c', { ...base }, 1, 0.95));
    expect(error.message).toContain("The study's vcov is bootstrap");
  });

  it('is cut down to one curve, with the command line’s words over it', () => {
    const joint = { kind: 'bootstrap' as const, by: 'pair', reps: 9 };
    const whole = study('pair', { a: { ...base, joint }, b: base });
    const cut = curveStudy(whole, ['a'], { kind: 'permutation', seed: 4 });
    expect(cut.multiverse).toEqual({ a: { ...base, joint: { kind: 'permutation', reps: 9, seed: 4 } } });
    expect(thrown(() => curveStudy(whole, ['c'])).code).toBe('usage/unknown-curve');
    expect(thrown(() => curveStudy(study('pair'), [])).code).toBe('study/no-multiverse');
  });
});

describe('a specification', () => {
  it('is the single fit to the last bit, and a failure keeps its place with its error', async () => {
    const curve = planned('pair', { ...SYNTH, vcov: ['iid', 'cluster:pair', 'hc1'] });
    const found = await runCurve(synth, curve, kernels);
    expect(found.specifications).toHaveLength(96);
    found.specifications.forEach((one, i) => {
      const { spec } = curve.specifications[i];
      if (spec.model === 'nb-fe' && spec.vcov.type === 'hc1') {
        expect(one.error?.code).toBe('model/option-not-supported');
        expect(one.estimate).toBeUndefined();
        return;
      }
      const [fit] = fitSpec(synth, spec, kernels) as Fit[];
      const { estimate, se, statistic, p, lower, upper } = fit.coefficients.find(({ term }) => term === 'lrd')!;
      expect(one).toMatchObject({ estimate, se, statistic, p, lower, upper, nobs: fit.nobs });
    });
    const [figure, table] = curveItems(found);
    expect(figure.kind === 'figure' && figure.plot === 'curve' && figure.points).toHaveLength(88);
    expect(table.kind === 'table' && table.body).toHaveLength(96);
    expect(table.kind === 'table' && table.notes.at(-1)).toMatch(/^Specifications 17, 18, .* failed, model\/option/);
  });

  it('without the term has an error of its own; without any estimate the curve is refused', async () => {
    const curve = planned('pair', { ...SYNTH, of: 'ldist', formula: 'patents ~ ldist', lags: [0], samples: ['all'] });
    const { specifications } = await runCurve(synth, curve, kernels);
    const failed = specifications.filter(({ error }) => error);
    expect(failed.map(({ formula }) => formula)).toEqual(Array(4).fill(expect.stringContaining('| pair')));
    expect([...new Set(failed.map(({ error }) => error!.code))]).toEqual([
      'data/all-collinear',
      'multiverse/term-left-out',
    ]);
    const none = planned('pair', { ...SYNTH, of: 'ldist', formula: 'patents ~ ldist', estimators: ['poisson | pair'] });
    await expect(runCurve(synth, none, kernels)).rejects.toThrow(/No specification of c has an estimate/);
    const wrong = planned('pair', { ...SYNTH, controls: ['none', 'lgpd'] });
    await expect(runCurve(synth, wrong, kernels)).rejects.toThrow(/"lgpd" is not a column/);
  });
});

async function jobOf(frame: Frame, unit: string, spec: MultiverseSpec) {
  const { job, result } = await startCurve(frame, planned(unit, spec), kernels);
  return { job: job!, result };
}

function run(job: ResampleJob, first: number, count: number) {
  const open = openCurve(job, kernels);
  const draws = open.run(first, count);
  open.free();
  return draws;
}

describe('a curve under the null', () => {
  const bootstrap: MultiverseSpec = { ...SYNTH, lags: [0], joint: { reps: 30, seed: 5 } };

  it('is made of the same bits in whatever chunks it comes', async () => {
    const { job } = await jobOf(synth, 'pair', bootstrap);
    const whole = run(job, 0, 10);
    const parts = [run(job, 0, 3), run(job, 3, 7)];
    expect([...parts[0].estimates, ...parts[1].estimates]).toEqual([...whole.estimates]);
    expect([...parts[0].extra!, ...parts[1].extra!]).toEqual([...whole.extra!]);
  });

  it('drawn inside the core is each specification’s own fit of the drawn rows', async () => {
    const curve = planned('pair', bootstrap);
    const { job, result } = await startCurve(synth, curve, kernels);
    const [r, K] = [2, job!.curve!.parts.length];
    const draws = run(job!, r, 1);
    const master = drawnClusters(kernels, 5, r, job!.curve!.drawn!);
    expect(master.reduce((a, b) => a + b)).toBe(45);
    expect(draws.estimates.every(Number.isFinite)).toBe(true);
    for (let s = 0; s < K; s++) {
      const part = job!.curve!.parts[s];
      const { spec } = curve.specifications[s];
      const [design] = buildDesigns(synth, spec, kernels) as Design[];
      const { codes, of } = part.clusters!;
      const drawn = resampledDesign(
        design,
        codes,
        Array.from(of, (c) => master[c]),
      );
      const fit = fitDesign(drawn, kernels) as Fit;
      const own = fit.coefficients.find(({ term }) => term === 'lrd')!;
      const b = own.estimate - result.specifications[s].estimate!;
      close(draws.estimates[s], b, 1e-7);
      // Least squares and effects: the factor is the sample's in a replicate, the drawn rows' own in a fit of them.
      const same = part.refit!.factor === fit.vcovInfo.factor;
      close(draws.extra![s], b / own.se, same ? 1e-6 : 0.05);
    }
  });

  it('of least squares is the regression of what is left of y without the effect', async () => {
    const spec: MultiverseSpec = {
      of: 'value',
      formula: 'inv ~ value + capital',
      estimators: ['ols'],
      joint: { reps: 9 },
    };
    const { job, result } = await jobOf(grunfeld, 'firm', spec);
    const [design] = buildDesigns(grunfeld, planned('firm', spec).specifications[0].spec, kernels);
    const plain = design as Design;
    const b = result.specifications[0].estimate!;
    const y = plain.y.map((one, i) => one - b * plain.x[i * plain.k + 1]);
    const { codes, of } = job.curve!.parts[0].clusters!;
    const draws = run(job, 0, 5);
    for (let r = 0; r < 5; r++) {
      const master = drawnClusters(kernels, 1, r, 10);
      const fit = fitDesign(
        resampledDesign(
          { ...plain, y },
          codes,
          Array.from(of, (c) => master[c]),
        ),
        kernels,
      ) as Fit;
      const own = fit.coefficients[1];
      close(draws.estimates[r], own.estimate, 1e-9);
      close(draws.extra![r], own.statistic, 1e-7);
    }
  });

  it.each(['histories', 'rows'] as const)(
    'permuted (%s) is the fit of a table whose column was permuted',
    async (move) => {
      const spec: MultiverseSpec = {
        ...SYNTH,
        vcov: ['iid', 'cluster:pair'],
        samples: ['all'],
        controls: ['lgdp'],
        joint: { kind: 'permutation', move, reps: 9, seed: 3 },
      };
      const curve = planned('pair', spec);
      const { job } = await startCurve(synth, curve, kernels);
      const { moved, parts } = job!.curve!;
      const [r, K] = [4, parts.length];
      const draws = run(job!, r, 1);
      const places = permutedPlaces(moved!, kernels, 3, r);
      expect([...places].sort((a, b) => a - b)).toEqual(Array.from(places, (_, i) => i));
      // Places are rows of the frame in (unit, time) order: synth45 is written so.
      const values = (synth.columns.lrd as { values: Float64Array }).values;
      expect([...moved!.values].sort((a, b) => a - b)).toEqual([...values].sort((a, b) => a - b));
      const rowOf = move === 'histories' ? Array.from(places, (_, i) => i) : rowsByPeriod();
      const changed = values.slice();
      rowOf.forEach((row, i) => {
        changed[row] = moved!.values[places[i]];
      });
      const other = { ...synth, columns: { ...synth.columns, lrd: { kind: 'number' as const, values: changed } } };
      for (let s = 0; s < K; s++) {
        const [fit] = fitSpec(other, curve.specifications[s].spec, kernels) as Fit[];
        const own = fit.coefficients.find(({ term }) => term === 'lrd')!;
        close(draws.estimates[s], own.estimate, 1e-7);
        close(draws.extra![s], own.statistic, 1e-6);
      }
    },
  );

  /** synth45 is balanced: classes of rows are periods, units in order. */
  const rowsByPeriod = () => {
    const { timeOf } = synth.panel!;
    return [...new Set(timeOf)].flatMap((t) => Array.from(timeOf).flatMap((one, row) => (one === t ? [row] : [])));
  };

  it.each<[string, MultiverseSpec, RegExp]>([
    [
      'a regressor that is the same in all units',
      { ...SYNTH, of: 'year', formula: 'patents ~ year', lags: [0], joint: { kind: 'permutation' } },
      /No two units have the same periods and another history of year/,
    ],
    [
      'a term that is no column',
      { ...SYNTH, of: 'lrd:rta', formula: 'patents ~ lrd:rta', joint: { kind: 'permutation' } },
      /lrd:rta is made of several things/,
    ],
    ['two dimensions', { ...SYNTH, joint: { by: ['pair', 'year'] } }, /names two dimensions/],
    ['clusters that cut units', { ...SYNTH, joint: { by: 'year' } }, /has rows in several clusters of year/],
  ])('refuses %s, and keeps the curve', async (_, spec, message) => {
    const { jointError, specifications } = await runCurve(synth, planned('pair', spec), kernels);
    expect(jointError?.message).toMatch(message);
    expect(specifications.some(({ estimate }) => estimate !== undefined)).toBe(true);
  });
});

interface Peer {
  curve: {
    controls: number[];
    vcov: string[];
    effects: boolean[];
    estimate: number[];
    se: number[];
    observed: number[];
    permutations: number;
    exact: number[];
    reps: number;
    bootstrap: number[];
  };
}
const { curve: peer } = fixtureJson<Peer>('peers', 'multiverse.json');

describe('R', () => {
  const GRUNFELD: MultiverseSpec = {
    of: 'value',
    formula: 'inv ~ value',
    estimators: ['ols', 'ols | firm'],
    vcov: ['iid', 'cluster:firm'],
    controls: ['none', 'capital'],
    where: 'firm <= 6',
  };
  const REPS = 2000;

  it('has the same curve: eight specifications and their three statistics', async () => {
    const { specifications, joint } = await runCurve(
      grunfeld,
      planned('firm', { ...GRUNFELD, joint: { reps: 9 } }),
      kernels,
    );
    specifications.forEach((one, s) => {
      close(one.estimate!, peer.estimate[s], 1e-9);
      close(one.se!, peer.se[s], 1e-9);
    });
    joint!.statistics.forEach(({ observed }, j) => {
      close(observed, peer.observed[j], 1e-9);
    });
  });

  it('enumerates every permutation of the histories: p within four Monte Carlo errors of the exact one', async () => {
    const spec = { ...GRUNFELD, joint: { kind: 'permutation' as const, reps: 1000, seed: 1 } };
    const { joint } = await runCurve(grunfeld, planned('firm', spec), kernels);
    expect(peer.permutations).toBe(720);
    joint!.statistics.forEach(({ p, monteCarlo }, j) => {
      expect(monteCarlo).toBeCloseTo(Math.sqrt((p * (1 - p)) / 1000), 12);
      expect(Math.abs(p - peer.exact[j]), joint!.statistics[j].kind).toBeLessThanOrEqual(
        4 * Math.max(monteCarlo, 1 / 1000),
      );
    });
  });

  it('draws its own bootstrap under the null: p within four Monte Carlo errors of both', async () => {
    const spec = { ...GRUNFELD, joint: { reps: REPS, seed: 2 } };
    const { joint } = await runCurve(grunfeld, planned('firm', spec), kernels);
    joint!.statistics.forEach(({ p, monteCarlo }, j) => {
      const theirs = peer.bootstrap[j];
      const error = Math.sqrt(monteCarlo ** 2 + (theirs * (1 - theirs)) / peer.reps);
      expect(Math.abs(p - theirs), joint!.statistics[j].kind).toBeLessThanOrEqual(4 * Math.max(error, 1 / REPS));
    });
  });

  it('turns a t into the normal deviate of the same p', () => {
    // qnorm(pt(-2.5, 5)) of R 4.2.2.
    const law = lawOf({ distribution: 't', dofResidual: 5, vcovInfo: { type: 'iid', factor: 1, factorRule: 'none' } });
    expect(deviate(2.5, law)).toBeCloseTo(1.9229199861, 9);
    expect(deviate(-2.5, law)).toBe(-deviate(2.5, law));
  });
});
