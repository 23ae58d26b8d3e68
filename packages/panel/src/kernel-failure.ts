/** What a kernel's status means to a user: code, words and next action. */
import { type KernelFit, type Problem, Status } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { scientific } from './format.ts';
import type { Model } from './models/model.ts';
import type { Design } from './types.ts';

const number = (x: number) => (Number.isFinite(x) ? scientific(x, 1).replace('e+00', '') : 'not finite');

/** A term that is non-zero only where y = 0, so that its coefficient has no finite estimate; undefined if there is none. */
function zeroOnlyTerm({ n, k, x, y, terms }: Design): string | undefined {
  for (let j = 0; j < k; j++) {
    let nonZero = 0;
    let counted = 0;
    for (let i = 0; i < n; i++)
      if (x[i * k + j] !== 0) {
        nonZero++;
        if (y[i] > 0) counted++;
      }
    if (nonZero > 0 && nonZero < n && counted === 0)
      return `${terms[j].name} is non-zero in ${nonZero} ${nonZero === 1 ? 'row' : 'rows'}, all with y = 0: drop it.`;
  }
  return undefined;
}

/** The term, or the offset, with the largest values: the usual cause of an overflowing η. */
function widestTerm({ n, k, x, terms, offset }: Design): string {
  let widest = 0;
  let size = 0;
  for (let j = 0; j < k; j++)
    for (let i = 0; i < n; i++)
      if (Math.abs(x[i * k + j]) > size) {
        size = Math.abs(x[i * k + j]);
        widest = j;
      }
  const largest = (offset ?? new Float64Array()).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest > size) return `The offset reaches ${number(largest)} in size`;
  return k === 0 ? 'A regressor' : `${terms[widest].name} reaches ${number(size)} in size`;
}

function badValue(design: Design, test: (y: number) => boolean): string {
  const i = design.y.findIndex(test);
  return i < 0 ? 'a value' : `${design.y[i]} in data row ${design.rows[i] + 1}`;
}

/** A frontier whose search ran to a limit: no noise, no dispersion, or a truncated normal without a location. */
function frontierLimit(
  { key, kernel, auxiliaries }: Model,
  { coef }: KernelFit,
  error: (code: string, message: string, hint: string) => PanelError,
): PanelError {
  const at = coef.length - auxiliaries.length;
  if (kernel !== 'frontier')
    return error(
      'fit/no-interior-maximum',
      `${key} has no maximum inside: ${auxiliaries[0].shown} runs to 0, so inefficiency alone explains the spread of the counts.`,
      key === 'nb-frontier' ? 'Use poisson-frontier, which is its limit.' : 'Leave the noise out: that is its limit.',
    );
  if (coef[at + auxiliaries.findIndex(({ shown }) => shown === 'sigma_u')] - coef[at] > 5.9)
    return error(
      'fit/no-interior-maximum',
      'frontier has no maximum inside: sigma_v runs to 0, so every deviation from the frontier would be inefficiency.',
      'Look for outliers above the frontier, or a formula that fits nearly exactly; more rows help.',
    );
  return error(
    'fit/no-interior-maximum',
    'frontier has no maximum inside: mu runs off beside sigma_u, where the truncated normal becomes an exponential.',
    'Use --distribution exponential, which is its limit, or half-normal.',
  );
}

/**
 * The error of a failed kernel run. Codes: fit/no-convergence, fit/not-identified, fit/eta-overflow, fit/separated,
 * fit/no-interior-maximum, fit/out-of-memory, data/not-finite, data/not-count.
 */
export function kernelFailure(model: Model, design: Design, problem: Problem, fit: KernelFit, tol: number): PanelError {
  const { key } = model;
  const suspect = zeroOnlyTerm(design);
  const error = (code: string, message: string, hint: string) => new PanelError({ code, message, hint });
  switch (fit.status) {
    case Status.noConvergence:
    case Status.stepFailed:
      return error(
        'fit/no-convergence',
        fit.status === Status.stepFailed
          ? `${key} stopped after ${fit.iterations} iterations: no step improves the log-likelihood, scaled gradient ${number(fit.scaledGradient)} (tolerance ${number(tol)}).`
          : `${key} stopped after ${fit.iterations} iterations, scaled gradient ${number(fit.scaledGradient)} (tolerance ${number(tol)}).`,
        suspect ?? `${widestTerm(design)}: bring the regressors to similar scales, or raise the number of iterations.`,
      );
    case Status.notPositiveDefinite:
      return error(
        'fit/not-identified',
        `${key} has no maximum at the last point: the information matrix is singular, so the data do not identify every coefficient.`,
        suspect ?? 'Leave out terms that hardly vary or move together; gravpanel check shows which.',
      );
    case Status.badInput:
      return error(
        'data/not-finite',
        `A value in y, a regressor, the offset or the weights is not finite (of ${problem.n} rows); numbers were expected.`,
        'Look for log(0), a division by zero or a very large value in the formula.',
      );
    case Status.etaOverflow:
      return error(
        'fit/eta-overflow',
        `${key} met a linear predictor beyond ±700, where exp() is no finite number.`,
        `${widestTerm(design)}: rescale it, or take its logarithm.`,
      );
    case Status.notCount:
      return error(
        'data/not-count',
        model.needs.counts === 'integer'
          ? `${design.depvar} has ${badValue(design, (y) => !(y >= 0 && Number.isInteger(y)))}; ${key} counts, so whole numbers ≥ 0 were expected.`
          : `${design.depvar} has ${badValue(design, (y) => !(y >= 0))}; values ≥ 0 were expected.`,
        model.needs.counts === 'integer'
          ? 'For amounts that are not counts use --model poisson.'
          : 'Use --model ols for values below zero.',
      );
    case Status.separated:
      return error(
        'fit/separated',
        `${key} has no finite maximum: some combination of regressors predicts y = 0 perfectly.`,
        suspect ?? 'Leave out the regressor that is non-zero only where y = 0, or the rows it marks.',
      );
    case Status.noInteriorMaximum:
      if (model.variant) return frontierLimit(model, fit, error);
      return error(
        'fit/no-interior-maximum',
        key === 'nb-re'
          ? 'nb-re has no maximum inside: ln r or ln s grows without bound, as it does where counts within units are no more dispersed than Poisson ones, or where units do not differ beyond the regressors.'
          : `${key} has no maximum inside: the constant, or a combination of terms, grows without bound, as it does where counts within units are no more dispersed than Poisson ones.`,
        key === 'nb-re'
          ? 'Use its limits: poisson-re (Poisson within units), or nb1 (units alike).'
          : 'Use poisson with "| unit", which is its limit.',
      );
    case Status.outOfMemory:
      return error(
        'fit/out-of-memory',
        `${problem.n} rows × ${problem.k} columns do not fit into memory.`,
        'Use fewer columns, or fewer levels after "|".',
      );
    default:
      throw new Error(`kernel status ${fit.status} is not a failure`);
  }
}
