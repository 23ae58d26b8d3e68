/** The "fit/1" object of interface.md. */
import { type Fit, type FitResult, isFit } from '@gravpanel/panel';
import { jsonText } from '@gravpanel/panel/report';

export { jsonText };

export function fitColumn(fit: Fit) {
  const {
    covariance: _covariance,
    covarianceIid: _iid,
    parameterNames: _names,
    means: _means,
    id: _id,
    sample,
    ...rest
  } = fit;
  const dropped = sample.dropped.map((reason) => ({ ...reason, groups: reason.groups ?? [] }));
  return { ...rest, sample: { ...sample, dropped } };
}

const columnOf = (result: FitResult) => (isFit(result) ? fitColumn(result) : { ...result, converged: false as const });

/** One entry of `columns` per estimated column; a failed one has `converged: false` and its error. */
export const fitJson = (results: FitResult[], extra: Record<string, unknown> = {}) =>
  jsonText({ schema: 'fit/1', ...extra, columns: results.map(columnOf) });
