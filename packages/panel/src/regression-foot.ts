/** The rows under a regression table's coefficients, in the order of interface.md. */
import { capital, count, display, fixed, pairDecimals, pValue, shown } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import { spread } from './regression-rows.ts';
import { clusterWords, isFit, type RegressionTableStyle, type Statistic } from './regression-style.ts';
import type { Cell, Fit, FitResult, TableRow } from './types.ts';

const EMPTY: Cell = { text: '', kind: 'empty' };
/** A dispersion of zero is the boundary of its space: it has no standard error. */
const BOUNDARY: Cell = { text: 'boundary', kind: 'text' };

function row(label: string, results: FitResult[], cellOf: (fit: Fit) => Cell | undefined): TableRow[] {
  const cells = results.map((result) => (isFit(result) ? (cellOf(result) ?? EMPTY) : EMPTY));
  return cells.every((cell) => cell.kind === 'empty') ? [] : [{ label, cells, kind: 'only' }];
}

const SHORT: Record<string, string> = { hc0: 'HC0', hc1: 'HC1', hc2: 'HC2', hc3: 'HC3' };

/** "observed" (information), "classical", "HC1", "by id". */
function shortVcov(fit: Fit, variables: Variables): string {
  const type = fit.vcovInfo.type;
  if (fit.vcovInfo.resampled) return fit.resampling!.kind;
  if (type === 'iid') return fit.distribution === 't' ? 'classical' : 'observed';
  return type.startsWith('cluster:') ? `by ${clusterWords(type, variables)}` : (SHORT[type] ?? type);
}

/** Dummies of a variable, i(year), that the table leaves out of its rows. */
export const hasLevels = (fit: Fit, name: string) => fit.coefficients.some((c) => c.term.startsWith(`${name}::`));

function fixedEffects(results: FitResult[], style: RegressionTableStyle): TableRow[] {
  const fits = results.filter(isFit);
  const dummies = style.omit.filter((name) => fits.some((fit) => hasLevels(fit, name)));
  const names = [...new Set([...fits.flatMap((fit) => fit.fixef.map((f) => f.name)), ...dummies])];
  return names.flatMap((name) => {
    const label = name.split('^').map((part) => variableLabel(part, style.variables));
    return row(`${capital(label.join(' × '))} effects`, results, (fit) => ({
      text: hasLevels(fit, name) || fit.fixef.some((f) => f.name === name) ? 'Yes' : 'No',
      kind: 'text',
    }));
  });
}

function groups(fit: Fit): Cell | undefined {
  const { units, unitsUsed } = fit.sample;
  const used = fit.ngroups ?? unitsUsed;
  if (used === undefined) return undefined;
  const dropped = units === undefined ? undefined : units - used;
  return {
    text: count(used),
    value: used,
    ...(dropped !== undefined && { quiet: `/${count(dropped)}` }),
    kind: 'count',
  };
}

const PARAMETERS: Record<string, string> = {
  alpha: 'Dispersion α',
  lnalpha: 'Dispersion ln α',
  delta: 'Dispersion δ',
  ln_r: 'Beta shape ln r',
  ln_s: 'Beta shape ln s',
  sigma_u: 'SD of unit effects σᵤ',
  sigma_e: 'SD of the rest σₑ',
  sigma_v: 'SD of noise σᵥ',
  sigma_w: 'SD of unit effects σ_w',
  mu: 'Location of inefficiency μ',
  eta: 'Decay of inefficiency η',
  theta: 'Share of unit means taken out θ',
  theta_min: 'Least θ of a unit',
  theta_max: 'Largest θ of a unit',
};

const ofFrontiers = (results: FitResult[]) =>
  results.every((result) => !isFit(result) || result.frontier !== undefined);

/** sigma_u is of unit effects in one model, of inefficiency in others. */
function parameterLabel(name: string, results: FitResult[]): string {
  if (name === 'sigma_u' && ofFrontiers(results)) return 'Inefficiency σᵤ';
  return name.startsWith('mu:') ? `Inefficiency: ${name.slice(3)}` : (PARAMETERS[name] ?? name);
}

/** Mean efficiency, and the test that there is no inefficiency. */
const frontierRows = (results: FitResult[]): TableRow[] => [
  ...row('Mean efficiency', results, ({ frontier }) => frontier?.summary && number(frontier.summary.mean, 3)),
  ...row('No inefficiency: LR', results, ({ frontier }) => frontier?.test && number(frontier.test.statistic, 2)),
  ...row(
    'No inefficiency: p',
    results,
    ({ frontier }) => frontier?.test && { text: pValue(frontier.test.p), value: frontier.test.p, kind: 'number' },
  ),
];

function parameterRows(results: FitResult[], digits: number): TableRow[] {
  const names = [...new Set(results.filter(isFit).flatMap((fit) => fit.parameters.map((p) => p.name)))];
  return names.flatMap((name): TableRow[] => {
    const pairs = results.map((result): [Cell, Cell] => {
      const p = isFit(result) ? result.parameters.find((parameter) => parameter.name === name) : undefined;
      if (!p) return [EMPTY, EMPTY];
      if (p.se === undefined) return [number(p.estimate, digits), EMPTY];
      const decimals = pairDecimals(p.estimate, p.se, digits);
      return [
        { text: shown(p.estimate, decimals.estimate, digits), value: p.estimate, kind: 'estimate' },
        p.se > 0 ? { text: `(${shown(p.se, decimals.se, digits)})`, value: p.se, kind: 'se' } : BOUNDARY,
      ];
    });
    const term = `/${name}`;
    if (pairs.every(([, second]) => second.kind === 'empty'))
      return [
        {
          label: parameterLabel(name, results),
          cells: pairs.map(([a]) => a),
          kind: 'only',
          term,
          statistic: 'estimate',
        },
      ];
    return [
      {
        label: parameterLabel(name, results),
        cells: pairs.map(([a]) => a),
        kind: 'first',
        term,
        statistic: 'estimate',
      },
      { label: '', cells: pairs.map(([, b]) => b), kind: 'second', term, statistic: 'se' },
    ];
  });
}

const LABELS: Record<string, string> = {
  R2: 'R²',
  adjR2: 'Adjusted R²',
  withinR2: 'Within R²',
  betweenR2: 'Between R²',
  overallR2: 'Overall R²',
};
const statisticLabel = (name: string) => LABELS[name] ?? (/r2|R²/i.test(name) ? name : `Pseudo-R² (${name})`);

const number = (value: number, decimals: number): Cell => ({
  text: display(fixed(value, decimals)),
  value,
  kind: 'number',
});

const clusters = ({ vcovInfo }: Fit): Cell | undefined =>
  vcovInfo.clusters && vcovInfo.clusters.length > 0
    ? {
        text: vcovInfo.clusters.map(count).join(', '),
        ...(vcovInfo.clusters.length === 1 && { value: vcovInfo.clusters[0] }),
        kind: 'count',
      }
    : undefined;

const rowsUsed = ({ nobs, sample }: Fit): Cell => ({
  text: count(nobs),
  value: nobs,
  quiet: `/${count(sample.rows)}`,
  kind: 'count',
});

/** One function a key of {@link Statistic}. */
function statisticRows(results: FitResult[], style: RegressionTableStyle): Record<Statistic, () => TableRow[]> {
  const fits = results.filter(isFit);
  const same = fits.every((fit) => fit.vcovInfo.factor === 1);
  const names = [...new Set(fits.flatMap((fit) => Object.keys(fit.fitStatistics)))];
  const statistic = (name: string) => (fit: Fit) =>
    name in fit.fitStatistics ? number(fit.fitStatistics[name], 3) : undefined;
  return {
    effects: () => fixedEffects(results, style),
    se: () => row('Standard errors', results, (fit) => ({ text: shortVcov(fit, style.variables), kind: 'text' })),
    clusters: () => row('Clusters', results, clusters),
    factor: () => row('Small-sample factor', results, (fit) => (same ? undefined : number(fit.vcovInfo.factor, 4))),
    rows: () => row('Rows used / given', results, rowsUsed),
    groups: () => row('Groups used / dropped', results, groups),
    loglik: () => row('Log-likelihood', results, (fit) => number(fit.loglik, 2)),
    dispersion: () => [...parameterRows(results, style.digits), ...frontierRows(results)],
    r2: () => names.flatMap((name) => row(statisticLabel(name), results, statistic(name))),
    aic: () => row('AIC', results, (fit) => number(fit.aic, 1)),
    bic: () => row('BIC', results, (fit) => number(fit.bic, 1)),
  };
}

/** Fixed effects, SE type, clusters and factor, rows, groups, log-likelihood, dispersion, pseudo-R², AIC and BIC; or what `stats` asks for. */
export function regressionFoot(results: FitResult[], style: RegressionTableStyle): TableRow[] {
  const all = statisticRows(results, style);
  return style.stats.flatMap((key) => all[key]()).map((one) => ({ ...one, cells: spread(one.cells, style) }));
}
