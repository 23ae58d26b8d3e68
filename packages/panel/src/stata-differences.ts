/** Why Stata's output for the same column may show other numbers: factors of standard errors, groups left out, marks. */
import { count, decimal } from './format.ts';
import type { Fit, ModelKey } from './types.ts';

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
  frontier: 'frontier',
};

/** What Stata multiplies the covariance by, where it has that kind of error for the command. */
function stataFactor({ model, vcov, vcovInfo, nobs, dof }: Fit): { factor: number; rule: string } | undefined {
  const ols = model === 'ols';
  const [g] = vcovInfo.clusters ?? [];
  if (vcov === 'iid') return { factor: 1, rule: 'none' };
  if (vcov === 'hc0' || vcov === 'hc1')
    return ols ? { factor: nobs / (nobs - dof), rule: 'n/(n−k)' } : { factor: nobs / (nobs - 1), rule: 'n/(n−1)' };
  if (vcov.startsWith('cluster:') && vcovInfo.clusters?.length === 1)
    return ols
      ? { factor: ((g / (g - 1)) * (nobs - 1)) / (nobs - dof), rule: 'G/(G−1)·(n−1)/(n−k)' }
      : { factor: g / (g - 1), rule: 'G/(G−1)' };
  return undefined;
}

function errorWords(fit: Fit): string {
  const { model, vcov, vcovInfo, fixef } = fit;
  if (fit.resampling)
    return 'Standard errors are from replicates: Stata draws others from the same seed, so its figures differ by chance.';
  if ((model === 'nb-fe' || model === 'nb-re') && vcov !== 'iid')
    return 'xtnbreg has no robust or clustered standard errors: it shows those of the observed information.';
  const theirs = stataFactor(fit);
  if (!theirs || (model === 'ols' && fixef.length > 0))
    return `Stata has no command with exactly these standard errors (${vcov}); reghdfe and ppmlhdfe come near.`;
  const ratio = Math.sqrt(theirs.factor / vcovInfo.factor);
  if (Math.abs(ratio - 1) < 5e-5) return 'Standard errors are those of Stata.';
  return `Stata multiplies the covariance by ${theirs.rule}, here ${vcovInfo.factorRule === 'none' ? 'nothing is' : `it is ${vcovInfo.factorRule}`}: its standard errors are ${decimal(ratio, 4)} times these. vcov with like: stata shows Stata's.`;
}

function sampleWords({ model, sample }: Fit): string[] {
  return sample.dropped.flatMap(({ reason, rows, groups }) => {
    const units = groups ? `${count(groups.length)} units, ` : '';
    if (reason === 'all-zero group' || reason === 'one-row group')
      return [
        model === 'nb-fe' || model === 'poisson'
          ? `${units}${count(rows)} rows (${reason}s) add nothing to the likelihood: Stata leaves them out as well, and says so above its table.`
          : `${units}${count(rows)} rows (${reason}s) are left out.`,
      ];
    if (reason === 'lag' && rows > 0)
      return [
        `${count(rows)} rows have no lag. Stata's L. operator leaves the same rows out; x[_n-1] does not: it takes the row before across a gap.`,
      ];
    if (reason.startsWith('separated') && rows > 0)
      return [
        `${count(rows)} separated rows are left out: ppmlhdfe does so too, poisson keeps them and need not converge.`,
      ];
    return [];
  });
}

/** One sentence a difference; the first names the command. */
export function stataDifferences(fit: Fit): string[] {
  const marked = fit.coefficients.some(({ within }) => !within) && fit.model === 'nb-fe';
  return [
    COMMANDS[fit.model] ? `The same estimator is ${COMMANDS[fit.model]}.` : 'Stata has no command for this estimator.',
    errorWords(fit),
    ...sampleWords(fit),
    ...(marked ? ['Stata prints the coefficients marked ‡ without a mark.'] : []),
    ...(fit.collinear.length > 0
      ? [`Stata omits ${fit.collinear.join(', ')} too, or another term of the same set.`]
      : []),
  ];
}
