/** Why Stata's output for the same column may show other numbers: factors of standard errors, groups left out, marks. */
import { count, decimal } from './format.ts';
import { modelOf } from './models/index.ts';
import type { DropReason, Fit, ModelKey } from './types.ts';

/** Stata's command for the same likelihood or estimator; the count frontiers have none. */
const COMMANDS: Partial<Record<ModelKey, string>> = {
  ols: 'regress',
  poisson: 'poisson',
  nb1: 'nbreg, dispersion(constant)',
  nb2: 'nbreg, dispersion(mean)',
  'nb-fe': 'xtnbreg, fe',
  'nb-re': 'xtnbreg, re',
  'poisson-re': 'xtpoisson, re',
  'ols-re': 'xtreg, re',
};
const DISTRIBUTIONS = { 'half-normal': 'hnormal', exponential: 'exponential', 'truncated-normal': 'tnormal' };

/** xtfrontier knows the truncated normal alone; with its location held at 0 it is the half-normal. */
function frontierCommand(frontier: NonNullable<Fit['frontier']>): string | undefined {
  const { distribution, inefficiency, effects, random } = frontier;
  if (random) return undefined;
  if (inefficiency === 'rows')
    return `frontier, distribution(${DISTRIBUTIONS[distribution]})${effects === undefined ? '' : ' with cm()'}`;
  if (distribution === 'exponential' || effects !== undefined) return undefined;
  const command = `xtfrontier, ${inefficiency === 'units' ? 'ti' : 'tvd'}`;
  return distribution === 'half-normal' ? `${command} with the constraint [mu]_cons = 0` : command;
}

function commandOf({ model, fixef, frontier }: Fit): string | undefined {
  if (model === 'frontier' && frontier) return frontierCommand(frontier);
  const command = COMMANDS[model];
  if (fixef.length === 0 || command === undefined) return command;
  const dummies = fixef.map(({ name }) => `i.${name}`).join(' ');
  if (model === 'ols') return fixef.length === 1 ? `areg, absorb(${fixef[0].name})` : 'reghdfe';
  return model === 'poisson' ? `poisson with ${dummies}, or ppmlhdfe` : `${command} with ${dummies}`;
}

interface Factor {
  factor: number;
  rule: string;
}
const NONE: Factor = { factor: 1, rule: 'none' };

/** What Stata multiplies the covariance by, or why there is nothing to compare. */
function stataFactor({ model, vcov, vcovInfo, nobs, dof, fixef }: Fit): Factor | string {
  const clusters = vcovInfo.clusters ?? [];
  const [g] = clusters;
  if (vcov === 'iid') return NONE;
  if (model === 'nb-fe' || model === 'nb-re')
    return 'xtnbreg has no robust or clustered standard errors: it shows those of the observed information.';
  if (clusters.length > 1 || (model === 'ols' && fixef.length > 1))
    return `None of Stata's own commands has these standard errors (${vcov}); reghdfe and ppmlhdfe come near.`;
  if (model === 'ols') {
    if (vcov === 'hc0' || vcov === 'hc1') return { factor: nobs / (nobs - dof), rule: 'n/(n−k)' };
    if (clusters.length === 1)
      return { factor: ((g / (g - 1)) * (nobs - 1)) / (nobs - dof), rule: 'G/(G−1)·(n−1)/(n−k)' };
    return fixef.length === 0 ? NONE : `areg has no ${vcov}.`;
  }
  if (model === 'ols-re' || model === 'frontier')
    return `Stata may multiply this covariance (${vcov}) by a factor of its own, which is not compared here.`;
  return clusters.length === 1
    ? { factor: g / (g - 1), rule: 'G/(G−1)' }
    : { factor: nobs / (nobs - 1), rule: 'n/(n−1)' };
}

function errorWords(fit: Fit): string[] {
  const { model, vcovInfo, fixef } = fit;
  if (fit.resampling)
    return [
      'Standard errors are from replicates: Stata draws others from the same seed, so its figures differ by chance.',
    ];
  const theirs = stataFactor(fit);
  if (typeof theirs === 'string') return [theirs];
  const ratio = Math.sqrt(theirs.factor / vcovInfo.factor);
  const nested =
    model === 'ols' && fixef.length === 1 && vcovInfo.clusters
      ? [
          'xtreg, fe and reghdfe do not count effects within which all rows share a cluster as parameters: their standard errors are smaller.',
        ]
      : [];
  if (Math.abs(ratio - 1) < 5e-5)
    return [
      `Standard errors are those of Stata${theirs.rule === 'none' ? '' : ` (covariance × ${theirs.rule})`}.`,
      ...nested,
    ];
  const ours = vcovInfo.factorRule === 'none' ? 'by nothing' : `by ${vcovInfo.factorRule}`;
  const preset = modelOf(model).needs.like.includes('stata')
    ? ` ${fit.vcov === 'hc0' ? 'hc1' : 'vcov'} with like: stata gives them.`
    : '';
  return [
    `Stata multiplies the covariance by ${theirs.rule === 'none' ? 'nothing' : theirs.rule}, gravpanel ${ours}: Stata's standard errors are ${decimal(ratio, 4)} times these.${preset}`,
    ...nested,
  ];
}

const units = (groups: string[] | undefined, word: string) =>
  groups ? `${count(groups.length)} ${word}${groups.length === 1 ? '' : 's'}, ` : '';
const rowsOf = (n: number) => `${count(n)} ${n === 1 ? 'row' : 'rows'}`;

function dropWords({ reason, rows, groups }: DropReason): string[] {
  if (rows === 0) return [];
  if (reason === 'one-row group')
    return [
      `${units(groups, 'unit')}${rowsOf(rows)}: a unit of one row adds nothing to the likelihood. Stata leaves them out as well, and says so above its table.`,
    ];
  if (reason === 'all-zero group')
    return [
      `${units(groups, 'unit')}${rowsOf(rows)}: a unit without any count adds nothing to the likelihood. Stata leaves them out as well, and says so above its table.`,
    ];
  if (reason === 'all-zero fixed effect')
    return [
      `${units(groups, 'level')}${rowsOf(rows)} of a fixed effect without any count are left out: the effect would be −∞. ppmlhdfe leaves them out too; with dummies Stata keeps them among its observations, and their effects run off without moving the rest.`,
    ];
  if (reason === 'separated')
    return [
      `${rowsOf(rows)} ${rows === 1 ? 'is' : 'are'} separated and left out: ppmlhdfe does so too; poisson and nbreg keep such rows, let a coefficient run off, and need not converge.`,
    ];
  if (reason === 'lag')
    return [
      `${rowsOf(rows)} ${rows === 1 ? 'has' : 'have'} no lag. Stata's L. operator leaves the same rows out; x[_n-1] does not: it takes the row before across a gap.`,
    ];
  return [];
}

/** One sentence a difference; the first names the command. */
export function stataDifferences(fit: Fit): string[] {
  const command = commandOf(fit);
  const marked = fit.coefficients.some(({ within }) => !within) && fit.model === 'nb-fe';
  return [
    command ? `The same estimator is ${command}.` : 'Stata has no command for this estimator.',
    ...(command ? errorWords(fit) : []),
    ...fit.sample.dropped.flatMap(dropWords),
    ...(fit.model === 'ols-re'
      ? [
          'On an unbalanced panel xtreg, re takes other variance components by default; xtreg, re sa has these (Baltagi and Chang 1994).',
        ]
      : []),
    ...(marked ? ['Stata prints the coefficients marked ‡ without a mark.'] : []),
    ...(fit.collinear.length > 0
      ? [`Stata omits ${fit.collinear.join(', ')} too, or another term of the same set.`]
      : []),
  ];
}
