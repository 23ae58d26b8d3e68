/** Coefficients in the units people ask for: rate ratios, elasticities, average marginal effects, by the delta method. */
import { exp, type Kernels } from '@gravpanel/core-wasm';
import { criticalValue, lawOf, twoSided } from './coeftable.ts';
import { expandDummies } from './dummies.ts';
import { PanelError } from './errors.ts';
import { parseExpression } from './expression-parse.ts';
import { type Estimation, estimateDesign } from './fit.ts';
import { modelOf } from './models/index.ts';
import { auxiliary, betaEffect } from './predict.ts';
import { rateRatio } from './quantities.ts';
import { efficiencyEffects } from './readings-efficiency.ts';
import type { Design, Failure, Fit, Reading, ReadingKind, Readings } from './types.ts';

const INTERCEPT = '(Intercept)';
const isLinear = ({ model }: Fit) => modelOf(model).needs.counts === 'any';

const notDefined = (message: string, hint: string) => new PanelError({ code: 'readings/not-defined', message, hint });

/** Estimate ± half-width, statistic against 0. */
function row(fit: Fit, term: string, estimate: number, se: number, rule: string): Reading {
  const law = lawOf(fit);
  const half = criticalValue(fit.level, law) * se;
  const statistic = estimate / se;
  return {
    term,
    estimate,
    se,
    statistic,
    p: twoSided(statistic, law),
    lower: estimate - half,
    upper: estimate + half,
    rule,
  };
}

/**
 * Incidence-rate ratios exp(b): the factor of the expected count for one unit of the term. se = exp(b) se(b); the limits are
 * those of b, exponentiated; statistic and p test ratio = 1, which is b = 0.
 * @throws PanelError readings/not-defined for linear models.
 */
export function irr(fit: Fit): Readings {
  if (isLinear(fit))
    throw notDefined(
      `${fit.model} has no rate ratios: exp(b) belongs to a model of exp(xβ).`,
      'Use poisson, or read the coefficients as they are.',
    );
  return {
    kind: 'irr',
    title: 'rate ratio exp(b) for one unit more',
    rows: fit.coefficients.map((c) => ({ term: c.term, ...rateRatio(c), rule: 'exp(b)' })),
    omitted: [],
  };
}

/** The single name behind "x", "l(x, 1)", "log(x)", "l(log(x), 1)"; undefined for other terms. */
function parsed(term: string): { name: string; logged: boolean } | undefined {
  try {
    let { node } = parseExpression(term);
    if (node.type === 'lag') {
      if (node.op === 'd') return undefined;
      node = node.arg;
    }
    if (node.type === 'name') return { name: node.name, logged: false };
    if (node.type !== 'call' || node.name !== 'log') return undefined;
    const [arg] = node.args;
    return arg.type === 'name' ? { name: arg.name, logged: true } : undefined;
  } catch {
    return undefined;
  }
}

/** Periods back of a term that is no product: l(x, 2) 2, f(x, 1) −1, x 0; undefined for a:b. */
function periodsBack(term: string): number | undefined {
  if (/:/.test(term)) return undefined;
  const found = /^([lf])\(.*, ?(-?\d+)\)$/.exec(term);
  return found ? Number(found[2]) * (found[1] === 'l' ? 1 : -1) : 0;
}

/** Why a term has no reading of its own: it is a dummy of a set, a product, or its variable moves other terms too. */
function whyNot(term: string, variables: string[], design: Design): string | undefined {
  if (term === INTERCEPT) return 'it is the constant';
  if (term.includes('::')) return 'it is one of a set of dummies';
  if (variables.length > 1) return 'it is made of several variables';
  if (term.startsWith('mean(')) return undefined;
  const back = periodsBack(term);
  const moved = design.terms.find(({ name, variables: theirs }) => {
    if (name === term || name.startsWith('mean(') || !theirs.some((v) => variables.includes(v))) return false;
    return back === undefined || periodsBack(name) === undefined || periodsBack(name) === back;
  });
  return moved && `${variables[0]} also stands in ${moved.name}`;
}

function weightedMean({ n, weights }: Design, value: (i: number) => number): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const w = weights?.[i] ?? 1;
    sum += w * value(i);
    total += w;
  }
  return sum / total;
}

/**
 * Elasticities, % per 1%: b for a logged regressor, b·x̄ else (at the mean of the rows used); of a linear model in y, b/ȳ and
 * b·x̄/ȳ, and as the others where y is a logarithm. x̄ and ȳ are taken as given: se = |factor| se(b).
 * Logged are terms log(x) and l(log(x), k), and those that `logged` names (derived columns such as lngdp).
 * @param logged names of terms or variables that are logarithms already.
 */
export function elasticity(fit: Fit, design: Design, logged: readonly string[] = []): Readings {
  const rows: Reading[] = [];
  const omitted: Readings['omitted'] = [];
  const level = isLinear(fit) && !/^log\(/.test(fit.depvar) && !logged.includes(fit.depvar);
  const meanY = level ? weightedMean(design, (i) => design.y[i]) : 1;
  design.terms.forEach(({ name, variables }, j) => {
    const inside = parsed(name);
    const isLogged = (inside?.logged ?? false) || logged.includes(name) || variables.some((v) => logged.includes(v));
    const reason =
      whyNot(name, variables, design) ??
      (inside || isLogged ? undefined : 'it is neither a variable nor its logarithm');
    if (reason) {
      omitted.push({ term: name, reason });
      return;
    }
    const c = fit.coefficients[j];
    const factor = (isLogged ? 1 : weightedMean(design, (i) => design.x[i * design.k + j])) / meanY;
    const rule = `b${isLogged ? '' : '·x̄'}${level ? '/ȳ' : ''}`;
    if (factor === 0) omitted.push({ term: name, reason: 'its mean is 0, and so is its elasticity there' });
    else rows.push(row(fit, name, c.estimate * factor, c.se * Math.abs(factor), rule));
  });
  return { kind: 'elasticity', title: 'elasticity, % for 1%', rows, omitted };
}

const isDummy = ({ n, k, x }: Design, j: number) => {
  for (let i = 0; i < n; i++) if (x[i * k + j] !== 0 && x[i * k + j] !== 1) return false;
  return true;
};

/** Effects after "|" written out as regressors, so that the covariance holds them too. */
function withDummyTerms(design: Design, kernels: Kernels): Design {
  if (design.fixef.length === 0) return design;
  const { x, columns } = expandDummies(design, kernels);
  const dummies = Array.from({ length: columns - design.k }, (_, d) => ({ name: `effect::${d}`, variables: [] }));
  return { ...design, x, k: columns, terms: [...design.terms, ...dummies], fixef: [] };
}

/** ∂μ/∂ of the auxiliaries, relative to μ: only nb-re's mean has any. */
function auxiliarySlopes(fit: Fit): number[] {
  const count = fit.parameterNames.length - fit.coefficients.length;
  if (fit.model !== 'nb-re') return new Array(count).fill(0);
  const r = exp(auxiliary(fit, 'ln_r'));
  return [-r / (r - 1), 1];
}

/** Mean over rows of μ(z), and of its gradient in the parameters; z is the row with column j replaced. */
function meanAt({ fit, design, eta }: Estimation, scale: number, j?: number, value = 0) {
  const p = fit.parameterNames.length;
  const k = design.k;
  const gradient = new Float64Array(p);
  const aux = auxiliarySlopes(fit);
  let level = 0;
  let total = 0;
  for (let i = 0; i < design.n; i++) {
    const w = design.weights?.[i] ?? 1;
    const moved = j === undefined ? 0 : value - design.x[i * k + j];
    const mu = w * scale * exp(eta[i] + (j === undefined ? 0 : moved * fit.coefficients[j].estimate));
    level += mu;
    total += w;
    for (let m = 0; m < k; m++) gradient[m] += mu * (m === j ? value : design.x[i * k + m]);
    aux.forEach((slope, a) => {
      gradient[k + a] += mu * slope;
    });
  }
  return { level: level / total, gradient: gradient.map((g) => g / total) };
}

function deltaSe(fit: Fit, gradient: Float64Array): number {
  const p = gradient.length;
  let variance = 0;
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) variance += gradient[a] * fit.covariance[a * p + b] * gradient[b];
  return Math.sqrt(variance);
}

function marginalRow(estimation: Estimation, scale: number, j: number): Reading {
  const { fit, design } = estimation;
  const { term, estimate: b } = fit.coefficients[j];
  if (isDummy(design, j)) {
    const [one, zero] = [meanAt(estimation, scale, j, 1), meanAt(estimation, scale, j, 0)];
    const gradient = one.gradient.map((g, m) => g - zero.gradient[m]);
    return row(fit, term, one.level - zero.level, deltaSe(fit, gradient), 'mean of μ(1) − μ(0)');
  }
  const { level, gradient } = meanAt(estimation, scale);
  const slope = gradient.map((g, m) => b * g + (m === j ? level : 0));
  return row(fit, term, b * level, deltaSe(fit, slope), 'mean of μ·b');
}

function requireMean(design: Design): void {
  const { model } = design.spec;
  if (model !== 'nb-fe') return;
  throw notDefined(
    'nb-fe has no marginal effects on the count: its unit effects, and with them the level, are conditioned out.',
    'Use irr or elasticity, which need no level, or the companions with "| unit".',
  );
}

/**
 * Average marginal effects on E(y) over the rows used: the mean of ∂μ/∂x = μ·b, and for 0/1 columns of μ(1) − μ(0); b in linear
 * models. Delta method with the whole covariance of the fit, effects after "|" included (as dummies, at most 1500 levels):
 * se² = G′VG, G the mean gradient. Random effects stand at their mean. One unit is that of the term: of ln x for log(x).
 * @throws PanelError readings/not-defined (nb-fe; nb-re with r ≤ 1), fit/… of the estimation with dummies.
 */
export function ame(design: Design, kernels: Kernels): Readings {
  requireMean(design);
  const found: Estimation | Failure = estimateDesign(withDummyTerms(design, kernels), kernels);
  if ('failed' in found) throw new PanelError(found.error);
  const { fit } = found;
  const scale = fit.model === 'nb-re' ? betaEffect(fit).first : 1;
  const rows: Reading[] = [];
  const omitted: Readings['omitted'] = [];
  design.terms.forEach(({ name, variables }, j) => {
    const reason = isLinear(fit) && name !== INTERCEPT ? undefined : whyNot(name, variables, design);
    if (reason) omitted.push({ term: name, reason });
    else if (isLinear(fit)) rows.push(row(fit, name, fit.coefficients[j].estimate, fit.coefficients[j].se, 'b'));
    else rows.push(marginalRow(found, scale, j));
  });
  return { kind: 'ame', title: 'average marginal effect on y', rows, omitted };
}

/** The reading of a kind; `design` is the fit's own. @throws PanelError readings/not-defined. */
export function readingsOf(
  kind: ReadingKind,
  fit: Fit,
  design: Design,
  kernels: Kernels,
  o: { logged?: readonly string[] } = {},
): Readings {
  if (kind === 'irr') return irr(fit);
  if (kind === 'efficiency')
    return {
      kind,
      title: 'average marginal effect on inefficiency and on efficiency',
      rows: efficiencyEffects(fit, design, kernels).map((e) => row(fit, e.term, e.estimate, e.se, e.rule)),
      omitted: [],
    };
  return kind === 'elasticity' ? elasticity(fit, design, o.logged) : ame(design, kernels);
}

/** "the dummies of year; a (it is made of several variables)". */
function omittedWords({ omitted }: Readings): string {
  const words = omitted.flatMap(({ term, reason }) => {
    if (term === INTERCEPT) return [];
    return [term.includes('::') ? `the dummies of ${term.slice(0, term.indexOf('::'))}` : `${term} (${reason})`];
  });
  return [...new Set(words)].join('; ');
}

/** The fit with a reading in the place of its coefficients, for tables and plots; terms without one are left out and noted. */
export function withReadings(fit: Fit, readings: Readings): Fit {
  const within = new Map(fit.coefficients.map((c) => [c.term, c.within]));
  const kind = {
    irr: 'Rate ratios exp(b)',
    elasticity: 'Elasticities (% for 1%)',
    ame: 'Average marginal effects on y',
    efficiency:
      'Average marginal effects of the regressors of inefficiency on its mean E(u) and on efficiency E(exp(−u))',
  };
  const why = omittedWords(readings);
  return {
    ...fit,
    coefficients: readings.rows.map(({ rule: _, ...r }) => ({ ...r, within: within.get(r.term) ?? true })),
    notes: [
      {
        code: `readings-${readings.kind}`,
        message: `${kind[readings.kind]}, standard errors by the delta method.${why ? ` Without one: ${why}.` : ''}`,
      },
      ...fit.notes,
    ],
  };
}
