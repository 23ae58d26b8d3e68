/** The studies that ship: what their first words claim is what their numbers say. */
import { readFileSync } from 'node:fs';
import { loadKernels } from '@gravpanel/core-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { setPanel } from '../src/frame.ts';
import { isFit } from '../src/regression-style.ts';
import { runStudy, type StudyRun } from '../src/run.ts';
import { parseStudy } from '../src/study-read.ts';
import { readTable } from '../src/table-read.ts';
import type { Coefficient, Fit, FitResult } from '../src/types.ts';

async function run(name: string) {
  const at = (path: string) => readFileSync(new URL(`../../../studies/${name}/${path}`, import.meta.url), 'utf8');
  const study = parseStudy(at('study.yaml'), { file: 'study.yaml' });
  const frame = setPanel(
    readTable(at(study.data.path), { name: study.data.path }),
    [study.data.unit].flat(),
    study.data.time,
  );
  return { study, run: await runStudy(study, frame, await loadKernels()) };
}

/** A model's columns with those of its companions. */
const withCompanions = ({ fits, companions }: StudyRun, id: string): Fit[] =>
  [...fits[id], ...(companions[id] ?? []).flatMap(({ results }) => results)].filter((r: FitResult): r is Fit =>
    isFit(r),
  );
const coefficients = (fits: Fit[], term: string): Coefficient[] =>
  fits.flatMap((fit) => fit.coefficients.filter((c) => c.term === term));
/** Smallest and largest estimate, to the two decimals of the words. */
const range = (list: Coefficient[]) => [Math.min, Math.max].map((f) => f(...list.map((c) => c.estimate)).toFixed(2));
const words = (text = '') => text.trim().split(/\s+/).length;

describe('hhg-patents', () => {
  let found: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    found = await run('hhg-patents');
  }, 60_000);

  test('estimates every column', () => {
    expect(found.run.failures).toEqual([]);
    expect(words(found.study.lede)).toBeLessThanOrEqual(60);
  });

  test('elasticities are 0.22 to 0.48 across the conditional and firm-effects count models', () => {
    const fits = ['lags', 'base', 'period'].flatMap((id) => withCompanions(found.run, id));
    expect(fits).toHaveLength(27);
    expect(range(coefficients(fits, 'logr'))).toEqual(['0.22', '0.48']);
    expect(found.study.lede).toContain('0.22 to 0.48');
  });

  test('none of the five earlier years is told apart from zero, even at 10%', () => {
    const lags = [1, 2, 3, 4, 5].flatMap((k) => coefficients(withCompanions(found.run, 'lags'), `l(logr, ${k})`));
    expect(lags).toHaveLength(45);
    expect(Math.min(...lags.map(({ p }) => p))).toBeGreaterThan(0.1);
  });

  test('size and sector carry ‡ in every conditional column and none in the companions', () => {
    for (const term of ['logk', 'scisect']) {
      const marked = coefficients(withCompanions(found.run, 'lags'), term);
      expect(marked).toHaveLength(6);
      expect(marked.every(({ within }) => !within)).toBe(true);
    }
  });
});

describe('china-copublications', () => {
  let found: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    found = await run('china-copublications');
  }, 60_000);

  test('estimates every column', () => {
    expect(found.run.failures).toEqual([]);
    expect(words(found.study.lede)).toBeLessThanOrEqual(60);
  });

  test("the partner's publications have an elasticity of 0.75 to 1.17 in every count model of the whole span", () => {
    const fits = ['full', 'parts', 'years'].flatMap((id) => withCompanions(found.run, id));
    const list = coefficients(fits, 'lnown2');
    expect(list).toHaveLength(12 + 6 + 1);
    expect(range(list)).toEqual(['0.75', '1.17']);
    expect(Math.max(...list.map(({ p }) => p))).toBeLessThan(0.01);
  });

  test('distance × oil price and GDP take both signs', () => {
    for (const term of ['lngd', 'lngdp']) {
      const signs = coefficients(
        ['full', 'patents'].flatMap((id) => withCompanions(found.run, id)),
        term,
      ).map(({ estimate }) => Math.sign(estimate));
      expect(new Set(signs)).toEqual(new Set([-1, 1]));
    }
  });

  test('within partners distance × oil price is the oil price alone: the same slope to the last digits', () => {
    for (const { results } of found.run.companions.parts) {
      const [product, parts] = results as Fit[];
      const a = coefficients([product], 'lngd')[0].estimate;
      const b = coefficients([parts], 'lnoil')[0].estimate;
      // Two Newton runs to a scaled gradient of 1e-10 agree to that many standard errors.
      expect(Math.abs(a - b)).toBeLessThan(1e-9);
      expect(parts.collinear).toContain('lndist');
    }
  });

  test("agrees with R's fixest on the partner and year effects: 1.078 and -0.197", () => {
    const [fit] = withCompanions(found.run, 'years');
    // fepois(copubs ~ lnown2 + lngdp | partner + year), fixest 0.14.2, as printed.
    expect(coefficients([fit], 'lnown2')[0].estimate.toFixed(3)).toBe('1.078');
    expect(coefficients([fit], 'lngdp')[0].estimate.toFixed(4)).toBe('-0.1972');
  });
});
