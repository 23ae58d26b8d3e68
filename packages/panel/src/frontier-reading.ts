/** What a fitted frontier says beyond its coefficients: skewness, the test of no inefficiency, efficiencies. */
import { exp, type Kernels, LN_BOUNDARY, type Problem, Status } from '@gravpanel/core-wasm';
import { chi2Upper, normalUpper } from './distributions.ts';
import { PanelError } from './errors.ts';
import type { Estimated } from './maximise.ts';
import type { Design, EfficiencyRow, FrontierReading, Note } from './types.ts';

/** b₁ = m₃/m₂^{3/2} of residuals, and its z under normality, b₁ √(n/6) (Coelli 1995, M3T). */
function skewnessOf(residuals: Float64Array): NonNullable<FrontierReading['skewness']> {
  const n = residuals.length;
  const mean = residuals.reduce((sum, e) => sum + e, 0) / n;
  let [two, three] = [0, 0];
  for (const e of residuals) {
    const d = e - mean;
    two += (d * d) / n;
    three += (d * d * d) / n;
  }
  const value = three / (two * Math.sqrt(two));
  const statistic = value * Math.sqrt(n / 6);
  return { value, statistic, p: normalUpper(-statistic) };
}

/** The model without inefficiency, with the noise or the random effects where there are some; undefined where it has no maximum of its own. */
function baseFit({ model, problem }: Estimated, kernels: Kernels) {
  if (problem.frontier?.noise || problem.frontier?.random) {
    const frontier = { ...problem.frontier, baseOnly: true };
    const fit = kernels.fit(model.kernel, { ...problem, frontier }, { scores: false });
    return fit.status === Status.poissonBoundary ? fit : undefined;
  }
  const { frontier: _frontier, groupStart: _groups, ...plain }: Problem = problem;
  const kernel = model.kernel === 'frontier' ? 'ols' : model.kernel === 'poisson-frontier' ? 'poisson' : 'nb2';
  const fit = kernels.fit(kernel, plain, { scores: false });
  return fit.status === Status.ok || fit.status === Status.poissonBoundary ? fit : undefined;
}

/**
 * LR of no inefficiency. σ_u = 0 is on the edge of its space: ½χ²₀ + ½χ²₁ (Coelli 1995); with q further parameters that are free,
 * ½χ²_q + ½χ²_{q+1} (Kodde, Palm 1986). A second spread (α, σ_v of noise, or σ_w of random effects) is inside its space in both models and changes nothing.
 */
function noInefficiency(loglik: number, base: number, free: number): NonNullable<FrontierReading['test']> {
  const statistic = Math.max(0, 2 * (loglik - base));
  const below = free === 0 ? (statistic > 0 ? 0 : 1) : chi2Upper(statistic, free);
  const p = statistic > 0 ? 0.5 * below + 0.5 * chi2Upper(statistic, free + 1) : 1;
  return { statistic, p, rule: `½χ²(${free}) + ½χ²(${free + 1})`, loglik: base };
}

function summaryOf(rows: EfficiencyRow[]): NonNullable<FrontierReading['summary']> {
  const sorted = rows.map(({ efficiency }) => efficiency).sort((a, b) => a - b);
  const n = sorted.length;
  const middle = 0.5 * (sorted[(n - 1) >> 1] + sorted[n >> 1]);
  return { mean: sorted.reduce((sum, e) => sum + e, 0) / n, least: sorted[0], median: middle, most: sorted[n - 1] };
}

function efficiencyRows(design: Design, estimated: Estimated, kernels: Kernels, level: number): EfficiencyRow[] {
  const { model, problem, fit } = estimated;
  const found = kernels.efficiency(model.kernel, problem, fit.coef, level);
  if (!found)
    throw new PanelError({
      code: 'internal/no-efficiency',
      message: 'The efficiencies could not be computed at the estimates.',
      hint: 'This is a defect of gravpanel: report it with the data.',
    });
  const { groupStart, groups, times, lines, y } = design;
  const unitOf = new Int32Array(design.n);
  for (let g = 0; g + 1 < (groupStart?.length ?? 0); g++) unitOf.fill(g, groupStart![g], groupStart![g + 1]);
  const effect = (i: number) => (problem.frontier?.random ? found[4 * design.n + i] : 0);
  return Array.from(y, (outcome, i) => ({
    line: lines![i],
    ...(groups && { unit: groups[unitOf[i]] }),
    ...(times && { time: times[i] }),
    outcome,
    potential: model.kernel === 'frontier' ? fit.eta[i] + effect(i) : exp(fit.eta[i]),
    ...(problem.frontier?.random && { effect: effect(i) }),
    inefficiency: found[4 * i],
    efficiency: found[4 * i + 1],
    lower: found[4 * i + 2],
    upper: found[4 * i + 3],
  }));
}

/** undefined for models without a frontier. */
export function frontierReading(
  design: Design,
  estimated: Estimated,
  kernels: Kernels,
  level: number,
): FrontierReading | undefined {
  const { model, problem, fit, boundary, auxiliaryAt } = estimated;
  if (!model.variant) return undefined;
  const { inefficiency = 'rows', effects, noise, random } = design.spec.frontier ?? {};
  const base = baseFit(estimated, kernels);
  const continuous = model.kernel === 'frontier';
  const free = model.auxiliaries.length - (model.base ?? 0) - 1;
  // with effects of units residuals are not independent, and its law is not that of the table
  const skewness = continuous && !random && base && skewnessOf(problem.y.map((value, i) => value - base.eta[i]));
  const squares = (name: string) =>
    exp(2 * fit.coef[auxiliaryAt + model.auxiliaries.findIndex(({ shown }) => shown === name)]);
  const efficiencies = boundary ? [] : efficiencyRows(design, estimated, kernels, level);
  return {
    distribution: problem.frontier!.law,
    inefficiency,
    ...(effects !== undefined && { effects }),
    ...(noise && { noise }),
    ...(random && { random }),
    ...(skewness && { skewness }),
    ...(base && { test: noInefficiency(fit.loglik, base.loglik, free) }),
    ...(continuous && { gamma: boundary ? 0 : squares('sigma_u') / (squares('sigma_v') + squares('sigma_u')) }),
    ...(efficiencies.length > 0 && { summary: summaryOf(efficiencies) }),
    efficiencies,
  };
}

/** Why there is no test of no inefficiency, where there is none. */
export const untested = ({ test, noise }: FrontierReading): Note[] =>
  test
    ? []
    : [
        {
          code: 'no-inefficiency-test',
          message: noise
            ? 'The model without inefficiency has no maximum inside (its noise runs to 0): no test of no inefficiency is made.'
            : 'The model without inefficiency could not be estimated: no test of no inefficiency is made.',
        },
      ];

const BASE = { frontier: 'least squares', 'poisson-frontier': 'the Poisson model', 'nb-frontier': 'nb2' };
const OF = { rows: 'one a row', units: 'one a unit', decay: 'one a unit, as exp(−η(t − T))' };

/** Random effects: what they take, and their own boundary. */
function effectNotes({ fit, problem, auxiliaryAt }: Estimated): Note[] {
  if (!problem.frontier?.random) return [];
  const none = fit.coef[auxiliaryAt + 1] === LN_BOUNDARY;
  return [
    {
      code: 'random-effects',
      message:
        'A normal effect w of each unit stands beside v and u ("true" random effects, Greene 2005): whatever of a unit does not change over time, lasting inefficiency included, is w. The frontier that a row is held against is xβ + E(w | data).',
    },
    ...(none
      ? [
          {
            code: 'no-unit-variance',
            message:
              'sigma_w = 0: rows of a unit are no more alike than those of others beyond the regressors, so this is the frontier of rows; sigma_w has no standard error (0 is written).',
          },
        ]
      : []),
  ];
}

/** What a frontier, its boundary, the quadrature, or effects as dummies or random ones ask to be said. */
export function frontierNotes(design: Design, estimated: Estimated): Note[] {
  const { model, problem, boundary, certificate } = estimated;
  if (!model.variant) return [];
  const { inefficiency = 'rows', random } = design.spec.frontier ?? {};
  const notes: Note[] = [
    {
      code: 'frontier',
      message: `Inefficiency u is ${problem.frontier!.law.replace('-', ' ')}, ${OF[inefficiency]}; efficiency is the mean of exp(−u) given the data. How far counts or values fall short is told from noise by the shape of the distribution alone.`,
    },
  ];
  notes.push(...effectNotes(estimated));
  const plain = random ? 'the normal random-effects model' : BASE[model.kernel as keyof typeof BASE];
  const limit = problem.frontier?.noise ? `${plain} with normal noise` : plain;
  if (model.kernel === 'nb-frontier' && inefficiency === 'rows' && !boundary)
    notes.push({
      code: 'weak-identification',
      message:
        'alpha and sigma_u both spread the counts of a row and are hardly told apart: with 450 rows sigma_u came out near 1 whatever the truth below it (Monte Carlo, docs/methods.md). Read the slopes, not sigma_u, the level of the frontier or efficiencies, unless the rows are many.',
    });
  if (boundary)
    notes.push({
      code: 'no-inefficiency',
      message:
        model.kernel === 'frontier'
          ? `sigma_u = 0: the residuals are not skewed to the left${random ? ' within units' : ''}, so ${model.key} is ${limit} here and every efficiency is 1. Check the sign of the outcome and the terms, or try another distribution; sigma_u has no standard error (0 is written).`
          : `sigma_u = 0: counts fall no further below their means than ${limit} has them, so ${model.key} is ${limit} here and every efficiency is 1. sigma_u has no standard error (0 is written).`,
    });
  if ((certificate.quadratureError ?? 0) > 1e-9)
    notes.push({
      code: 'quadrature',
      message: `Twice the ${certificate.nodes} nodes move the log-likelihood by ${certificate.quadratureError!.toExponential(1)}.`,
    });
  if (design.fixef.length > 0)
    notes.push({
      code: 'incidental-parameters',
      message:
        'Effects are dummies beside the inefficiency ("true" fixed effects, Greene 2005): with few rows a level the variances are biased.',
    });
  return notes;
}
