/** Coefficients in the units people ask for: rate ratios, elasticities, average marginal effects, by the delta method. */
import { exp, type Kernels } from '@gravpanel/core-wasm';
import { criticalValue, lawOf, twoSided } from './coeftable.ts';
import { expandDummies } from './dummies.ts';
import { PanelError } from './errors.ts';
import { parseExpression } from './expression-parse.ts';
import { type Estimation, estimateDesign } from './fit.ts';
import { type ProductOf, productsOf } from './interactions.ts';
import { modelOf } from './models/index.ts';
import { auxiliary, betaEffect } from './predict.ts';
import { deltaSe, rateRatio, slopeAt } from './quantities.ts';
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

const namesOf = (design: Design) => design.terms.map(({ name }) => name);

/**
 * Why a term has no reading of its own: it is a dummy of a set, a product, or its variable moves terms other than its products
 * with other terms, which are part of its reading.
 */
function whyNot(j: number, design: Design): string | undefined {
  const { name: term, variables } = design.terms[j];
  if (term === INTERCEPT) return 'it is the constant';
  if (term.includes('::')) return 'it is one of a set of dummies';
  if (variables.length > 1) return 'it is made of several variables';
  if (term.startsWith('mean(')) return undefined;
  const back = periodsBack(term);
  const products = new Set(productsOf(namesOf(design), j).map(({ at }) => at));
  const moved = design.terms.find(({ name, variables: theirs }, m) => {
    if (products.has(m) || name === term || name.startsWith('mean(') || !theirs.some((v) => variables.includes(v)))
      return false;
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

const columnMean = (design: Design, m: number) => weightedMean(design, (i) => design.x[i * design.k + m]);

/** What one unit of term j adds to η at the means of what it is multiplied by: b, and b(a:z)·z̄ of its products. */
function meanSlope(fit: Fit, design: Design, j: number): { estimate: number; se: number; rule: string } {
  const products = productsOf(namesOf(design), j).map(({ at, by }) => ({ at, times: columnMean(design, by) }));
  return { ...slopeAt(fit, j, products), rule: products.length > 0 ? '(b + b(a:z)·z̄)' : 'b' };
}

/**
 * Elasticities, % per 1%: b for a logged regressor, b·x̄ else (at the mean of the rows used); of a linear model in y, b/ȳ and
 * b·x̄/ȳ, and as the others where y is a logarithm. Of a term that stands in products a:z as well, b is the slope at the mean of
 * z, b + b(a:z)·z̄. x̄, z̄ and ȳ are taken as given: se = |factor| se(b).
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
    const reason = whyNot(j, design) ?? (inside || isLogged ? undefined : 'it is neither a variable nor its logarithm');
    if (reason) {
      omitted.push({ term: name, reason });
      return;
    }
    const { estimate, se, rule } = meanSlope(fit, design, j);
    const factor = (isLogged ? 1 : columnMean(design, j)) / meanY;
    if (factor === 0) omitted.push({ term: name, reason: 'its mean is 0, and so is its elasticity there' });
    else
      rows.push(
        row(fit, name, estimate * factor, se * Math.abs(factor), `${rule}${isLogged ? '' : '·x̄'}${level ? '/ȳ' : ''}`),
      );
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

/** What one unit of term j adds to η in a row: its b, and b·z of its products. */
const slopeIn = ({ fit, design }: Estimation, i: number, j: number, products: ProductOf[]) =>
  products.reduce(
    (sum, { at, by }) => sum + fit.coefficients[at].estimate * design.x[i * design.k + by],
    fit.coefficients[j].estimate,
  );

/** Mean over rows of an effect, and of its gradient in the parameters, by the rows' weights. */
function averaged({ fit, design }: Estimation, effectIn: (i: number, add: (m: number, g: number) => void) => number) {
  const gradient = new Float64Array(fit.parameterNames.length);
  let [effect, total, weight] = [0, 0, 1];
  const add = (m: number, g: number) => {
    gradient[m] += weight * g;
  };
  for (let i = 0; i < design.n; i++) {
    weight = design.weights?.[i] ?? 1;
    effect += weight * effectIn(i, add);
    total += weight;
  }
  return { effect: effect / total, gradient: gradient.map((g) => g / total) };
}

/** Mean of μ where term j is 1, less that where it is 0. */
function dummyEffect(estimation: Estimation, scale: number, j: number, products: ProductOf[]) {
  const { fit, design, eta } = estimation;
  const { k, x } = design;
  const aux = auxiliarySlopes(fit);
  const at = (i: number, value: number, sign: number, add: (m: number, g: number) => void) => {
    const mu = sign * scale * exp(eta[i] + (value - x[i * k + j]) * slopeIn(estimation, i, j, products));
    const row = x.slice(i * k, i * k + k);
    row[j] = value;
    for (const { at: m, by } of products) row[m] = value * row[by];
    row.forEach((z, m) => {
      add(m, mu * z);
    });
    aux.forEach((slope, a) => {
      add(k + a, mu * slope);
    });
    return mu;
  };
  return averaged(estimation, (i, add) => at(i, 1, 1, add) + at(i, 0, -1, add));
}

/** Mean of ∂μ/∂x = μ·slope. */
function slopeEffect(estimation: Estimation, scale: number, j: number, products: ProductOf[]) {
  const { fit, design, eta } = estimation;
  const { k, x } = design;
  const aux = auxiliarySlopes(fit);
  return averaged(estimation, (i, add) => {
    const slope = slopeIn(estimation, i, j, products);
    const mu = scale * exp(eta[i]);
    for (let m = 0; m < k; m++) add(m, mu * slope * x[i * k + m]);
    add(j, mu);
    for (const { at, by } of products) add(at, mu * x[i * k + by]);
    aux.forEach((ratio, a) => {
      add(k + a, mu * slope * ratio);
    });
    return mu * slope;
  });
}

function marginalRow(estimation: Estimation, scale: number, j: number): Reading {
  const { fit, design } = estimation;
  const products = productsOf(namesOf(design), j);
  const dummy = isDummy(design, j);
  const { effect, gradient } = (dummy ? dummyEffect : slopeEffect)(estimation, scale, j, products);
  const slope = products.length > 0 ? '(b + b(a:z)·z)' : 'b';
  const rule = dummy ? 'mean of μ(1) − μ(0)' : `mean of μ·${slope}`;
  return row(fit, design.terms[j].name, effect, deltaSe(fit, gradient), rule);
}

function linearRow({ fit, design }: Estimation, j: number): Reading {
  const { estimate, se, rule } = meanSlope(fit, design, j);
  return row(fit, design.terms[j].name, estimate, se, rule);
}

/** Linear models have a marginal effect of every column of dummies too: its coefficient. */
const whyNoEffect = (fit: Fit, j: number, design: Design) =>
  isLinear(fit) && design.terms[j].name.includes('::') ? undefined : whyNot(j, design);

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
 * models. The slope of a term a that stands in products a:z as well is b + b(a:z)·z, row by row. Delta method with the whole covariance of the fit, effects after "|" included (as dummies, at most 1500 levels):
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
  design.terms.forEach(({ name }, j) => {
    const reason = whyNoEffect(fit, j, design);
    if (reason) omitted.push({ term: name, reason });
    else rows.push(isLinear(fit) ? linearRow(found, j) : marginalRow(found, scale, j));
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
