/**
 * The Hausman test with a resampled covariance, and the bootstrap of ols-re, against loops over plm and over likelihoods written by
 * hand in R (peers/hausman-bootstrap.R, 2,000 draws of its own): four Monte Carlo standard errors of both sides together.
 */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { testStudy } from '../src/run.ts';
import type { Study } from '../src/study.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, ModelKey, TestResult } from '../src/types.ts';

interface Numbers {
  terms: string[];
  se: number[];
  mcse: number[];
}
interface Peer extends Numbers {
  reps: number;
  failed: number;
  a: number[];
  b: number[];
  statistic: number;
  re?: Numbers & { estimate: number[] };
}
const peers = fixtureJson<Record<'ols' | 'nb' | 'poisson', Peer>>('peers', 'hausman-bootstrap.json');
const REPS = 1500;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const frameOf = (csv: string, unit: string) =>
  setPanel(readTable(fixtureText('data', csv), { name: csv }), [unit], 'year');

/** SE of the other side's draws: its own Monte Carlo error and ours, from fewer draws. */
const bound = (mcse: number) => 4 * mcse * Math.sqrt(1 + 2000 / REPS);

const EMPLOYMENT = 'log(emp) ~ log(wage) + log(capital) + log(output)';
const PATENTS = 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta';
const CASES: Record<keyof typeof peers, [csv: string, unit: string, model: ModelKey, formula: string]> = {
  ols: ['empluk.csv', 'firm', 'ols', `${EMPLOYMENT} | firm`],
  nb: ['synth45.csv', 'pair', 'nb-fe', PATENTS],
  poisson: ['synth45.csv', 'pair', 'poisson', `${PATENTS} | pair`],
};

async function tests(name: keyof typeof peers, more: Partial<Study> = {}): Promise<TestResult[]> {
  const [csv, unit, model, formula] = CASES[name];
  const study: Study = {
    version: 1,
    title: 'T',
    data: { path: csv, unit, time: 'year' },
    models: { m: { model, formula } },
    tests: [{ kind: 'hausman', of: 'm', reps: REPS, seed: 3 }],
    ...more,
  };
  const { tests: outcomes } = await testStudy(study, frameOf(csv, unit), kernels);
  return outcomes.map(({ result }) => result);
}

describe('the Hausman test with a resampled covariance, against R', () => {
  it.each(['ols', 'nb', 'poisson'] as const)(
    '%s',
    async (name) => {
      const peer = peers[name];
      const test = (await tests(name)).find(({ form }) => form === 'bootstrap')!;
      expect(test.compared!.map(({ term }) => term)).toEqual(peer.terms);
      // optim's estimates: six digits.
      test.compared!.forEach(({ a, b, se }, j) => {
        expect(digits(a, peer.a[j])).toBeGreaterThan(6);
        expect(digits(b, peer.b[j])).toBeGreaterThan(6);
        expect(Math.abs(se! - peer.se[j])).toBeLessThan(bound(peer.mcse[j]));
      });
      // d'V⁻¹d of a Wishart matrix from R draws has relative variance 2/R.
      const error = Math.sqrt(2 / peer.reps + 2 / REPS);
      expect(Math.abs(test.statistic! / peer.statistic - 1)).toBeLessThan(4 * error);
      expect(test.df).toBe(peer.terms.length);
      expect(test.notes.at(-1)!.message).toMatch(/^Covariance of the difference over 1,500 draws of \d+ clusters/);
    },
    30_000,
  );
});

describe('where the draws come from', () => {
  const boot = { reps: 60, seed: 9 };
  const drawn = async (more: Partial<Study>) =>
    (await tests('nb', more)).find(({ form }) => form === 'bootstrap')!.notes.at(-1)!.message;
  it('the test, then the study’s boot, then 999 and the study’s seed', async () => {
    const plain = [{ kind: 'hausman' as const, of: 'm' }];
    expect(await drawn({ boot, tests: plain })).toContain('60 draws of 45 clusters (pair), seed 9');
    expect(await drawn({ boot, tests: [{ ...plain[0], reps: 70 }] })).toContain(
      '70 draws of 45 clusters (pair), seed 9',
    );
    expect(await drawn({ tests: plain, seed: 4 })).toContain('999 draws of 45 clusters (pair), seed 4');
  });
  it('clusters of the study’s boot', async () => {
    expect(await drawn({ boot: { ...boot, by: 'i' } })).toMatch(/clusters \(i\), seed 3/);
  });
  it('a cluster that cuts units is the reason why there is none', async () => {
    const [, , third] = await tests('nb', { boot: { ...boot, by: 'year' } });
    expect(third.reason).toMatch(/^vcov\/split-unit: Unit 1 has rows in several clusters of year/);
  });
});

it('the bootstrap of ols-re spreads as a loop over plm', () => {
  const { re } = peers.ols;
  const vcov = { type: 'bootstrap', reps: REPS, seed: 5 } as const;
  const spec = { id: 'fit', model: 'ols-re', formula: EMPLOYMENT, vcov } as const;
  const [fit] = fitSpec(frameOf('empluk.csv', 'firm'), spec, kernels) as Fit[];
  fit.coefficients.forEach(({ estimate, se }, j) => {
    expect(digits(estimate, re!.estimate[j])).toBeGreaterThan(9);
    expect(Math.abs(se - re!.se[j])).toBeLessThan(bound(re!.mcse[j]));
  });
  expect(fit.resampling).toMatchObject({ clusters: 140, failed: 0 });
}, 30_000);
