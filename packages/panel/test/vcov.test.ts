import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { certified, digits, fixtureJson } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { PanelError } from '../src/errors.ts';
import { fitDesign } from '../src/fit.ts';
import type { Fit, FitResult, Like, ModelKey, VcovSpec } from '../src/types.ts';
import { computeVcov, type VcovInput, vcovName } from '../src/vcov.ts';
import { designOf } from './design-of.ts';

/** One result of an R tool (test-fixtures/peers/presets.R). */
interface Peer {
  data: string;
  tool: string;
  model: ModelKey;
  vcov: string;
  formula: string;
  terms: string[];
  coef: number[];
  se: (number | null)[];
  loglik: number | null;
}

const LIKE: Record<string, Like | undefined> = {
  sandwich: 'sandwich',
  feols: 'fixest',
  fepois: 'fixest',
  fenegbin: 'fixest',
};
/**
 * Digits of the SEs of each tool: lm, glm and sandwich invert once more after the last step (cond(X) costs up to 5 of 16 digits);
 * fixest takes its Poisson weights from the step before the last one, so its SEs carry 6.5 digits where it stops early.
 */
const BUDGET: Record<string, number> = { fepois: 6.5, glm: 9, feols: 10, fenegbin: 10, lm: 12, sandwich: 9 };
const TOOLS = Object.keys(BUDGET);
/**
 * fenegbin stops early with effects (4 digits), and the repair of an indefinite two-way matrix depends on θ being written as 1/α
 * there and as ln α here (2 digits are common; one-way clusters prove the factor, where one parameter more or less shows at 2.9).
 */
const NEGBIN = { coef: 4.5, se: 4, repaired: 2 };

const peers = ['presets.json', 'presets-more.json'].flatMap((file) =>
  fixtureJson<{ results: Peer[] }>('peers', file).results.filter(
    (p) => TOOLS.includes(p.tool) && !(p.tool === 'sandwich' && p.model === 'nb2'),
  ),
);

const vcovOf = (text: string): VcovSpec =>
  text.startsWith('cluster:')
    ? {
        type: 'cluster',
        by: text
          .slice(8)
          .split('+')
          .map((name) => name.split('^')),
      }
    : { type: text as 'iid' };

function asFit(result: FitResult): Fit {
  if ('failed' in result) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result;
}

function fitAs({ data, model, vcov, formula, tool }: Peer, kernels: Kernels): Fit {
  const spec = vcovOf(vcov);
  const fixef = (formula.split('|')[1] ?? '')
    .split('+')
    .map((name) => name.trim())
    .filter(Boolean);
  const clusters = spec.type === 'cluster' ? spec.by.map((names) => names.join('^')) : [];
  return asFit(fitDesign(designOf(data, model, { vcov: spec, like: LIKE[tool], fixef, clusters }), kernels));
}

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

describe('R tools, data set × model × vcov', () => {
  it('cover all tools', () => expect(new Set(peers.map((p) => p.tool))).toEqual(new Set(TOOLS)));
  for (const peer of peers)
    it(`${peer.tool} ${peer.model} ${peer.vcov} on ${peer.data}${peer.formula.includes('|') ? ` with effects of ${peer.formula.split('|')[1].trim()}` : ''}`, () => {
      const fit = fitAs(peer, kernels);
      const at = fit.coefficients.map((c) => peer.terms.indexOf(c.term));
      fit.coefficients.forEach((c, j) => {
        expect(digits(c.estimate, peer.coef[at[j]]), c.term).toBeGreaterThan(
          peer.tool === 'fenegbin' ? NEGBIN.coef : 9,
        );
      });
      if (peer.loglik !== null) expect(digits(fit.loglik, peer.loglik)).toBeGreaterThan(12);
      // vcovCL gives NA where its multiway matrix is not positive semi-definite; here the repaired matrix is shown and named.
      if (peer.se.includes(null)) expect(fit.vcovInfo.repaired).toBe(true);
      else
        fit.coefficients.forEach((c, j) => {
          expect(digits(c.se, peer.se[at[j]]!), c.term).toBeGreaterThan(
            peer.tool !== 'fenegbin' ? BUDGET[peer.tool] : fit.vcovInfo.repaired ? NEGBIN.repaired : NEGBIN.se,
          );
        });
    });
});

describe('sandwich on glm.nb', () => {
  // glm.nb takes θ for known, so its errors are 2 digits from the joint ones; the factor that --like applies is vcovCL's.
  const nb2 = fixtureJson<{ results: Peer[] }>('peers', 'presets-more.json').results.filter((p) => p.model === 'nb2');
  const of = (vcov: string) => nb2.find((p) => p.tool === 'sandwich' && p.vcov === vcov)!;
  it('has its cluster factor', () => {
    const [raw, corrected] = [of('cluster:pair, no factor'), of('cluster:pair')];
    const like = fitAs(corrected, kernels);
    const plain = fitAs({ ...corrected, tool: 'none' }, kernels);
    like.coefficients.forEach((c, j) => {
      const factor = (c.se / plain.coefficients[j].se) ** 2;
      expect(digits(factor, (corrected.se[j]! / raw.se[j]!) ** 2)).toBeGreaterThan(10);
    });
  });
});

describe('gravpanel’s own rules', () => {
  const cluster = (name: string): VcovSpec => ({ type: 'cluster', by: [[name]] });
  const on = (model: ModelKey, vcov: VcovSpec, like?: Like) =>
    asFit(
      fitDesign(designOf('synth45', model, { vcov, like, clusters: vcov.type === 'cluster' ? ['pair'] : [] }), kernels),
    );

  it('puts no factor on clustered ML errors and names that', () => {
    const { vcovInfo } = on('nb-fe', cluster('pair'));
    expect(vcovInfo).toEqual({ type: 'cluster:pair', clusters: [43], factor: 1, factorRule: 'none' });
  });
  it('puts G/(G−1)·(n−1)/(n−k) on clustered least squares', () => {
    const { vcovInfo } = on('ols', cluster('pair'));
    expect(vcovInfo.factor).toBeCloseTo((45 / 44) * (449 / 443), 14);
    expect(vcovInfo.factorRule).toBe('G/(G−1)·(n−1)/(n−k)');
  });
  it.each([
    ['nb-fe', cluster('pair'), 43 / 42],
    ['poisson', cluster('pair'), 45 / 44],
    ['poisson', { type: 'hc1' }, 450 / 449],
    ['nb2', { type: 'hc1' }, 450 / 449],
    ['ols', { type: 'hc1' }, 450 / 443],
    ['ols', cluster('pair'), (45 / 44) * (449 / 443)],
    ['poisson', { type: 'iid' }, 1],
  ] as [ModelKey, VcovSpec, number][])('like Stata: %s %o has the factor %s', (model, vcov, factor) => {
    const fit = on(model, vcov, 'stata');
    const plain = on(model, vcov.type === 'hc1' ? { type: 'hc0' } : vcov);
    expect(fit.vcovInfo.factor).toBeCloseTo(factor, 14);
    expect((fit.coefficients[1].se / plain.coefficients[1].se) ** 2 * plain.vcovInfo.factor).toBeCloseTo(factor, 12);
  });
  it('hc0 of ML models is the row sandwich of the certified values', () => {
    for (const [key, model] of [
      ['pois', 'poisson'],
      ['nb2', 'nb2'],
      ['nb1', 'nb1'],
    ] as const) {
      const want = certified().synth45[key].se_hc0!;
      on(model, { type: 'hc0' }).coefficients.forEach((c, j) => {
        expect(digits(c.se, want[j])).toBeGreaterThan(10);
      });
    }
  });
  it('notes few clusters', () => {
    const design = designOf('synth45', 'ols', { vcov: cluster('year'), clusters: ['year'] });
    expect(asFit(fitDesign(design, kernels)).notes).toContainEqual({
      code: 'few-clusters',
      message: '10 clusters. Standard errors from so few are often too small.',
    });
  });
  it('refuses clusters that split a unit of nb-fe, naming it', () => {
    const result = fitDesign(designOf('synth45', 'nb-fe', { vcov: cluster('year'), clusters: ['year'] }), kernels);
    expect(result).toMatchObject({
      failed: true,
      error: { code: 'vcov/split-unit', message: expect.stringContaining('Unit 1 ') },
    });
  });
  it('refuses a single cluster', () => {
    const design = designOf('synth45', 'poisson', { vcov: cluster('one'), clusters: [] });
    const clusters = [{ name: 'one', codes: new Int32Array(design.n), count: 1 }];
    expect(fitDesign({ ...design, clusters }, kernels)).toMatchObject({ error: { code: 'vcov/one-cluster' } });
  });
  it('names a row of leverage one instead of dividing by zero', () => {
    const design = designOf('synth45', 'ols', { vcov: { type: 'hc3' } });
    for (let i = 0; i < design.n; i++) design.x[i * design.k + 1] = i === 7 ? 1 : 0;
    expect(fitDesign(design, kernels)).toMatchObject({ error: { code: 'vcov/leverage-one' } });
  });
  it('two dimensions with the same clusters equal one', () => {
    const design = designOf('synth45', 'ols', {
      vcov: { type: 'cluster', by: [['a'], ['b']] },
      clusters: ['pair', 'pair'],
    });
    const one = on('ols', cluster('pair'));
    asFit(fitDesign(design, kernels)).coefficients.forEach((c, j) => {
      expect(digits(c.se, one.coefficients[j].se)).toBeGreaterThan(12);
    });
  });
  it('keeps the written name of combined columns', () => {
    expect(vcovName({ type: 'cluster', by: [['a', 'b'], ['c']] })).toBe('cluster:a^b+c');
  });
  it('is a covariance of the parameters that are reported only', () => {
    const fit = asFit(fitDesign(designOf('synth45', 'nb2', { fixef: ['pair'] }), kernels));
    expect(fit.parameterNames).toEqual([...certified().synth45.fe_poisson_regressors!, 'ln_alpha']);
    expect(fit.covariance).toHaveLength(fit.parameterNames.length ** 2);
  });
});

it('computeVcov throws PanelError, never a plain error, for user mistakes', () => {
  const input = {
    spec: { type: 'cluster', by: [['g']] },
    p: 1,
    n: 2,
    dof: 1,
    dofNested: 1,
    ols: false,
    reported: Int32Array.of(0),
    bread: Float64Array.of(1),
    scores: Float64Array.of(1, -1),
    scoreBy: 'row',
    sigma2: 1,
    x: Float64Array.of(1, 1),
    design: { clusters: [{ name: 'g', codes: Int32Array.of(3, 3), count: 1 }], rows: Int32Array.of(0, 1) },
  } as VcovInput;
  expect(() => computeVcov(input, kernels)).toThrow(PanelError);
});
