/** Rate ratios, elasticities, marginal effects, fitted values and residuals against R (test-fixtures/peers/readings.R). */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { certified, digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { derive } from '../src/derive.ts';
import { buildDesigns } from '../src/design.ts';
import { type Estimation, estimateDesign, fitDesign } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { fitted, moments, pearsonDispersion, predict, residuals } from '../src/predict.ts';
import { quantityOf } from '../src/quantities.ts';
import { ame, elasticity, irr, withReadings } from '../src/readings.ts';
import { readTable } from '../src/table-read.ts';
import type { Design, FitSpec, Frame } from '../src/types.ts';
import { thrown } from './thrown.ts';

interface Peer {
  name: string;
  terms: string[];
  irr: number[];
  irr_se: number[];
  xbar: number[];
  ame: number[];
  ame_se: number[];
  pick: number[];
  fitted: number[];
  response: number[];
  pearson: number[];
  deviance: number[];
}
const peer = fixtureJson<{ results: Peer[]; alpha: number; predict_link: number[]; predict_response: number[] }>(
  'peers',
  'readings.json',
);

let kernels: Kernels;
let frame: Frame;
beforeAll(async () => {
  kernels = await loadKernels();
  const table = readTable(fixtureText('data', 'synth45.csv'), { name: 'synth45.csv' });
  // The weights of readings.R: 1 + row mod 3.
  table.columns.row = { kind: 'number', values: Float64Array.from({ length: table.rows }, (_, i) => i + 1) };
  frame = setPanel(derive(table, { w: '1 + row - 3 * floor(row / 3)' }), ['pair'], 'year');
});

const X = 'patents ~ lgdp + lrd + lprox + lcit + lmig + rta';
const SPECS: Record<string, Partial<FitSpec>> = {
  poisson: {},
  'poisson clustered': { vcov: { type: 'cluster', by: [['pair']] } },
  nb2: { model: 'nb2' },
  'poisson | pair': { formula: `${X} | pair` },
  'poisson | pair clustered': { formula: `${X} | pair`, vcov: { type: 'cluster', by: [['pair']] } },
  'poisson weighted': { weights: 'w' },
  ols: { model: 'ols' },
};
function designFor(o: Partial<FitSpec>, of = frame): Design {
  const [design] = buildDesigns(of, { id: 'fit', model: 'poisson', formula: X, vcov: { type: 'iid' }, ...o }, kernels);
  if ('failed' in design) throw new Error(design.error.message);
  return design;
}
function estimate(o: Partial<FitSpec>): Estimation {
  const found = estimateDesign(designFor(o), kernels);
  if ('failed' in found) throw new Error(found.error.message);
  return found;
}

describe.each(peer.results.map((p) => [p.name, p] as const))('%s as R', (name, want) => {
  const at = (rows: { term: string }[], term: string) => rows.findIndex((r) => r.term === term);
  it('rate ratios', () => {
    const { fit } = estimate(SPECS[name]);
    if (name === 'ols') {
      expect(thrown(() => irr(fit)).code).toBe('readings/not-defined');
      return;
    }
    const { rows } = irr(fit);
    want.terms.forEach((term, j) => {
      const r = rows[at(rows, term)];
      expect(digits(r.estimate, want.irr[j])).toBeGreaterThan(9);
      // glm takes its weights from the step before the last; glm.nb holds theta fixed (1 digit from the joint information).
      expect(digits(r.se, want.irr_se[j])).toBeGreaterThan(name === 'nb2' ? 1 : 7);
      expect(r.p).toBe(fit.coefficients.find((c) => c.term === term)!.p);
    });
  });
  it('elasticities: b·x̄ at R’s means, b where the regressor is named as logged', () => {
    const { fit, design } = estimate(SPECS[name]);
    if (name.includes('weighted')) return;
    const { rows } = elasticity(fit, design, ['lgdp']);
    const mean = design.y.reduce((s, v) => s + v, 0) / design.n;
    want.terms.forEach((term, j) => {
      const c = fit.coefficients.find((x) => x.term === term)!;
      const factor = (term === 'lgdp' ? 1 : want.xbar[j]) / (name === 'ols' ? mean : 1);
      expect(digits(rows[at(rows, term)].estimate, c.estimate * factor)).toBeGreaterThan(12);
      expect(digits(rows[at(rows, term)].se, c.se * Math.abs(factor))).toBeGreaterThan(12);
    });
  });
  it('average marginal effects with delta-method SEs', () => {
    const { rows } = ame(designFor(SPECS[name]), kernels);
    want.terms.forEach((term, j) => {
      const r = rows[at(rows, term)];
      // numDeriv's Jacobian carries about 9 digits; the SEs of the weighted fit are those of the unweighted mean in R.
      if (name === 'poisson weighted') return;
      expect(digits(r.estimate, want.ame[j]), term).toBeGreaterThan(8);
      expect(digits(r.se, want.ame_se[j]), term).toBeGreaterThan(name === 'nb2' ? 0.8 : 7);
    });
  });
  it('fitted values and residuals', () => {
    const found = estimate(SPECS[name]);
    for (const [k, row] of want.pick.entries()) {
      const close = (values: Float64Array, x: number) => expect(digits(values[row - 1], x)).toBeGreaterThan(7);
      close(fitted(found), want.fitted[k]);
      close(residuals(found, 'response'), want.response[k]);
      close(residuals(found, 'pearson'), want.pearson[k]);
      close(residuals(found, 'deviance'), want.deviance[k]);
    }
  });
});

describe('predict', () => {
  it('is R’s predict(newdata) on the link and the response scale', () => {
    const { fit } = estimate({});
    const moved = derive(frame, { bigger: 'lgdp + 1' });
    moved.columns.lgdp = moved.columns.bigger;
    const design = designFor({ where: 'row <= 20' }, moved);
    peer.predict_link.forEach((x, i) => {
      expect(digits(predict(fit, design, 'link')[i], x)).toBeGreaterThan(10);
      expect(digits(predict(fit, design)[i], peer.predict_response[i])).toBeGreaterThan(9);
    });
  });
  it('gives the fit’s own rows back', () => {
    const found = estimate({ model: 'nb1', offset: 'lmig' });
    predict(found.fit, found.design, 'link').forEach((x, i) => {
      expect(Math.abs(x - found.eta[i])).toBeLessThan(1e-12);
    });
  });
  it('refuses effects and missing terms by name', () => {
    const fe = estimate({ formula: `${X} | pair` });
    expect(thrown(() => predict(fe.fit, fe.design)).code).toBe('predict/no-effects');
    expect(thrown(() => predict(estimate({}).fit, designFor({ formula: 'patents ~ lgdp' }))).code).toBe(
      'predict/missing-term',
    );
  });
});

describe('moments by brute force over the distribution', () => {
  /** P(y = 0, 1, 2, …) of one row from the core's likelihood of a unit of that row. */
  const probabilities = (model: 'nb1' | 'nb2' | 'nb-re' | 'poisson-re', eta: number, aux: number[]) =>
    Array.from({ length: 4000 }, (_, y) => {
      const problem = { n: 1, k: 1, y: Float64Array.of(y), x: Float64Array.of(1), groupStart: Int32Array.of(0, 1) };
      return Math.exp(kernels.evaluate(model, problem, Float64Array.of(eta, ...aux)).loglik);
    });
  const sums = (p: number[]) => {
    const mean = p.reduce((s, v, y) => s + y * v, 0);
    return { mean, variance: p.reduce((s, v, y) => s + (y - mean) ** 2 * v, 0) };
  };
  it.each([
    ['nb1', [Math.log(0.7)], { delta: 0.7 }],
    ['nb2', [Math.log(0.4)], { alpha: 0.4 }],
    ['poisson-re', [Math.log(0.3)], { lnalpha: Math.log(0.3) }],
    ['nb-re', [Math.log(9), Math.log(3)], { ln_r: Math.log(9), ln_s: Math.log(3) }],
  ] as const)('%s', (model, aux, named) => {
    const { fit, design } = estimate({ model: 'poisson' });
    const eta = new Float64Array(design.n).fill(1.2);
    const parameters = Object.entries(named).map(([name, estimate]) => ({ name, estimate, se: 1 }));
    const { mean, variance } = moments({ fit: { ...fit, model, parameters }, design, eta });
    const want = sums(probabilities(model, 1.2, [...aux]));
    expect(digits(mean[0], want.mean)).toBeGreaterThan(8);
    // The tail beyond 4000 of the beta negative binomial (r = 9) carries the rest.
    expect(digits(variance[0], want.variance)).toBeGreaterThan(6);
  });
  it('nb-fe: given the unit’s total, its fitted values add up to it', () => {
    const found = estimate({ model: 'nb-fe' });
    const { mean } = moments(found);
    const { groupStart, y } = found.design;
    for (let g = 0; g + 1 < groupStart!.length; g++) {
      const [from, to] = [groupStart![g], groupStart![g + 1]];
      const sum = (v: Float64Array) => v.subarray(from, to).reduce((a, b) => a + b, 0);
      expect(digits(sum(mean), sum(y))).toBeGreaterThan(12);
    }
    // Two rows, total 3: the conditional distribution by its definition, from the core.
    const pair = (a: number) =>
      Math.exp(
        kernels.evaluate(
          'nb-fe',
          { n: 2, k: 1, y: Float64Array.of(a, 3 - a), x: Float64Array.of(1, 0), groupStart: Int32Array.of(0, 2) },
          Float64Array.of(0.5),
        ).loglik,
      );
    const p = [0, 1, 2, 3].map(pair);
    const design = { ...found.design, n: 2, y: Float64Array.of(1, 2), groupStart: Int32Array.of(0, 2) };
    const m = moments({ fit: found.fit, design, eta: Float64Array.of(0.5, 0) });
    expect(digits(m.mean[0], sums(p).mean)).toBeGreaterThan(12);
    expect(digits(m.variance[0], sums(p).variance)).toBeGreaterThan(12);
  });
});

interface InteractionPeer {
  model: 'poisson' | 'ols';
  terms: string[];
  ame: number[];
  ame_se: number[];
  slope: number[];
  slope_se: number[];
  means: number[];
}
const interactions = fixtureJson<{ formula: string; results: InteractionPeer[] }>('peers', 'interactions.json');

describe.each(interactions.results)('terms of products: $model as R, which moves the data', (want) => {
  const o = { model: want.model, formula: 'patents ~ lgdp + lrd * rta + lrd:lcit + lcit + lprox' };
  // R’s differences of predictions carry 7 digits, of their gradients 6; glm’s errors have the weights of the step before (7).
  const close = (ours: number, theirs: number, least: number, what: string) =>
    expect(digits(ours, theirs), what).toBeGreaterThan(least);
  it('marginal effects', () => {
    const { rows } = ame(designFor(o), kernels);
    want.terms.forEach((term, t) => {
      const r = rows.find((one) => one.term === term)!;
      close(r.estimate, want.ame[t], 6, term);
      close(r.se, want.ame_se[t], 5.5, term);
    });
    expect(rows.map(({ term }) => term)).not.toContain('lrd:rta');
  });
  it('elasticities at the means, in readings and in tables', () => {
    const { fit, design } = estimate(o);
    const { rows } = elasticity(fit, design, ['lgdp']);
    const mean = want.model === 'ols' ? design.y.reduce((s, v) => s + v, 0) / design.n : 1;
    want.terms.forEach((term, t) => {
      const factor = (term === 'lgdp' ? 1 : want.means[t]) / mean;
      const r = rows.find((one) => one.term === term)!;
      close(r.estimate, want.slope[t] * factor, 8, term);
      close(r.se, want.slope_se[t] * Math.abs(factor), 6.5, term);
      if (want.model === 'ols') return;
      const c = fit.coefficients.find((one) => one.term === term)!;
      const shown = quantityOf(fit, c, 'elasticity', ['lgdp'])!;
      expect([shown.estimate, shown.se, shown.p]).toEqual([r.estimate, r.se, r.p].map((v) => expect.closeTo(v, 12)));
    });
  });
});

describe('what has no reading says why', () => {
  it('nb-fe has no marginal effects, but rate ratios of the certified coefficients', () => {
    const design = designFor({ model: 'nb-fe' });
    expect(thrown(() => ame(design, kernels))).toMatchObject({ code: 'readings/not-defined' });
    const fit = fitDesign(design, kernels);
    if ('failed' in fit) throw new Error('failed');
    irr(fit).rows.forEach((r, j) => {
      expect(digits(r.estimate, Math.exp(certified().synth45.fe_nb.coef[j]))).toBeGreaterThan(9);
    });
  });
  it('powers, products and dummies of a set are left out, lags are not', () => {
    const { omitted, rows } = ame(
      designFor({ formula: 'patents ~ lgdp + lgdp^2 + lrd * rta + lcit + l(lcit, 1) + i(year)' }),
      kernels,
    );
    expect(rows.map((r) => r.term)).toEqual(['lrd', 'rta', 'lcit', 'l(lcit, 1)']);
    expect(omitted.find((o) => o.term === 'lgdp')?.reason).toBe('lgdp also stands in I(lgdp^2)');
    expect(omitted.find((o) => o.term === 'lrd:rta')?.reason).toBe('it is made of several variables');
    expect(omitted.some((o) => o.term.startsWith('year::'))).toBe(true);
  });
  it('log(x) needs no telling', () => {
    const o = { formula: 'patents ~ log(lgdp) + l(log(lgdp), 1) + rta' };
    const { fit, design } = estimate(o);
    expect(elasticity(fit, design).rows.map((r) => r.rule)).toEqual(['b', 'b', 'b·x̄']);
  });
  it('a table of readings carries them in the place of the coefficients', () => {
    const { fit } = estimate({});
    const shown = withReadings(fit, irr(fit));
    expect(shown.coefficients[1].estimate).toBe(irr(fit).rows[1].estimate);
    expect(shown.notes[0]).toEqual({
      code: 'readings-irr',
      message: 'Rate ratios exp(b), standard errors by the delta method.',
    });
  });
  it('nb1 and models of units have no deviance residuals', () => {
    for (const model of ['nb1', 'nb-re', 'poisson-re', 'nb-fe'] as const)
      expect(thrown(() => residuals(estimate({ model }), 'deviance')).code).toBe('residuals/not-defined');
  });
});

it('the Pearson dispersion of glm is Σe²/(n − k)', () => {
  const found = estimate({});
  const e = residuals(found, 'pearson');
  expect(digits(pearsonDispersion(found), e.reduce((s, v) => s + v * v, 0) / (450 - 7))).toBeGreaterThan(14);
});
