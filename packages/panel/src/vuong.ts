/** Vuong's test of two models that are not nested. */
import { type Kernels, log } from '@gravpanel/core-wasm';
import { normalUpper } from './distributions.ts';
import type { Estimation } from './fit.ts';
import { boundaryName, modelOf } from './models/index.ts';
import type { Fit, Note, TestResult } from './types.ts';

const LN_2PI = 1.8378770664093453;

/** The auxiliaries of a fit on the scale of estimation. */
const estimatedAuxiliaries = (fit: Fit) =>
  modelOf(fit.model).auxiliaries.map(({ shown, scale }) => {
    const value = fit.parameters.find((p) => p.name === shown)!.estimate;
    return scale === 'exp' ? log(value) : value;
  });

/** A fit at its Poisson boundary is the Poisson model. */
const likelihoodModel = (fit: Fit) => {
  const boundary = boundaryName(fit.model);
  return boundary && fit.parameters.some((p) => p.name === boundary && p.estimate === 0) ? 'poisson' : fit.model;
};

/** Log-likelihood of each row, or of each unit where the model has units. */
export function contributions({ fit, design, eta }: Estimation, kernels: Kernels): Float64Array {
  const { n, y, weights, groupStart } = design;
  if (fit.model === 'ols') {
    const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
    const rss = y.reduce((sum, v, i) => sum + (weights?.[i] ?? 1) * (v - eta[i]) ** 2, 0);
    const s2 = rss / total;
    return y.map((v, i) => (-(weights?.[i] ?? 1) / 2) * (LN_2PI + log(s2) + (v - eta[i]) ** 2 / s2));
  }
  const model = likelihoodModel(fit);
  const grouped = modelOf(model).grouped;
  const theta = Float64Array.of(0, ...(model === fit.model ? estimatedAuxiliaries(fit) : []));
  const start = grouped ? groupStart! : Int32Array.from({ length: n + 1 }, (_, i) => i);
  return Float64Array.from({ length: start.length - 1 }, (_, g) => {
    const [from, to] = [start[g], start[g + 1]];
    const problem = {
      n: to - from,
      k: 1,
      y: y.subarray(from, to),
      x: new Float64Array(to - from).fill(1),
      offset: eta.subarray(from, to),
      ...(weights && { weights: weights.subarray(from, to) }),
      groupStart: Int32Array.of(0, to - from),
    };
    return kernels.evaluate(modelOf(model).kernel as 'nb2', problem, theta).loglik;
  });
}

/** Sums of row contributions by unit. */
function byUnit(values: Float64Array, start: Int32Array): Float64Array {
  return Float64Array.from({ length: start.length - 1 }, (_, g) =>
    values.subarray(start[g], start[g + 1]).reduce((sum, v) => sum + v, 0),
  );
}

/** Why two fits cannot be compared; undefined where they can. */
function whyNot(a: Estimation, b: Estimation): string | undefined {
  const [fa, fb] = [a.fit, b.fit];
  const same = a.design.n === b.design.n && a.design.rows.every((row, i) => row === b.design.rows[i]);
  if (fa.depvar !== fb.depvar || !same)
    return `The fits use different outcomes or rows (${fa.nobs} and ${fb.nobs}): their likelihoods do not compare.`;
  const kinds = [fa, fb].map((fit) => {
    if (fit.model === 'ols-re') return 'no';
    if (fit.model === 'nb-fe') return 'conditional';
    return fit.model === 'ols' ? 'density' : 'probability';
  });
  if (kinds.includes('no')) return 'ols-re is not estimated by maximum likelihood.';
  if (kinds[0] !== kinds[1])
    return `The likelihoods of ${fa.model} and ${fb.model} are of different things (a density, counts, or counts given the units' totals) and do not compare.`;
  const nested = [
    [fa, fb],
    [fb, fa],
  ].find(([small, large]) => isNested(small, large));
  if (!nested) return undefined;
  const [small, large] = nested;
  const boundary = small.model !== large.model;
  return `${small.model === large.model ? 'One fit' : small.model} is a special case of ${boundary ? large.model : 'the other'}${boundary ? ', on the boundary of its parameters' : ''}: Vuong's law does not hold (Wilson 2015). Use the likelihood-ratio test.`;
}

function isNested(small: Fit, large: Fit): boolean {
  const terms = new Set(large.coefficients.map((c) => c.term));
  const effects = new Set(large.fixef.map((f) => f.name));
  const inside =
    small.coefficients.every((c) => terms.has(c.term) || (c.term === '(Intercept)' && effects.size > 0)) &&
    small.fixef.every((f) => effects.has(f.name));
  if (!inside) return false;
  return small.model === large.model || (small.model === 'poisson' && boundaryName(large.model) !== undefined);
}

/**
 * Vuong (1989) test of two models that are not nested: z = √N m̄/s(m), m the differences of the log-likelihoods of rows, or of
 * units where one of the models has unit effects in its likelihood; two-sided p. The steps hold the statistics corrected by
 * AIC and BIC too (m̄ less (p_a − p_b)/N, or ln N/2 times it).
 */
export function vuong(a: Estimation, b: Estimation, kernels: Kernels): TestResult {
  const base: TestResult = {
    kind: 'vuong',
    title: `Vuong test, ${a.fit.model} (${a.fit.formula}) against ${b.fit.model} (${b.fit.formula})`,
    distribution: 'z',
    notes: [],
  };
  const reason = whyNot(a, b);
  if (reason) return { ...base, reason };
  const grouped = [a, b].some(({ fit }) => modelOf(fit.model).grouped);
  const [la, lb] = [a, b].map((one) => {
    const own = contributions(one, kernels);
    return grouped && !modelOf(likelihoodModel(one.fit)).grouped ? byUnit(own, one.design.groupStart!) : own;
  });
  const n = la.length;
  const m = la.map((v, i) => v - lb[i]);
  const mean = m.reduce((sum, v) => sum + v, 0) / n;
  const sd = Math.sqrt(m.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  if (!(sd > 1e-12 * Math.max(1, Math.abs(a.fit.loglik) / n)))
    return { ...base, reason: 'The two models give every row the same likelihood.' };
  const z = (shift: number) => (Math.sqrt(n) * (mean - shift / n)) / sd;
  const more = a.fit.dof - b.fit.dof;
  const statistic = z(0);
  return {
    ...base,
    statistic,
    p: Math.min(1, 2 * normalUpper(Math.abs(statistic))),
    steps: [
      { name: `log-likelihood, ${a.fit.model}`, value: a.fit.loglik },
      { name: `log-likelihood, ${b.fit.model}`, value: b.fit.loglik },
      { name: grouped ? 'units' : 'rows', value: n },
      { name: 'standard deviation of the differences', value: sd },
      { name: 'z, corrected by AIC', value: z(more) },
      { name: 'z, corrected by BIC', value: z((more * log(n)) / 2) },
    ],
    notes: directionNote(a.fit, b.fit, statistic),
  };
}

const directionNote = (a: Fit, b: Fit, z: number): Note[] => [
  {
    code: 'direction',
    message: `A positive statistic favours ${a.model} (${a.formula}), a negative one ${b.model} (${b.formula}); here ${z > 0 ? 'the first' : 'the second'} is nearer to the data.`,
  },
];
