/** The "fit/1" object of interface.md. */
import { type Fit, type FitResult, isFit, PanelError, type StudyRun } from '@gravpanel/panel';

function fitColumn(fit: Fit) {
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

/** JSON has no NaN and no infinity: a result never holds one. */
function onlyFinite(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new PanelError({
    code: 'internal/not-finite',
    message: `${key} is ${value}; a finite number was expected.`,
    hint: 'This is a defect of gravpanel: report it with the command and the data.',
  });
}

/** One entry of `columns` per estimated column; a failed one has `converged: false` and its error. */
export const fitJson = (results: FitResult[], extra: Record<string, unknown> = {}) =>
  `${JSON.stringify({ schema: 'fit/1', ...extra, columns: results.map(columnOf) }, onlyFinite, 2)}\n`;

/** fits.json of a run: every column of every model and its companions, with the covariance matrices. */
export function fitsJson({ fits, companions }: StudyRun): string {
  const column = (result: FitResult) => (isFit(result) ? result : { ...result, converged: false as const });
  const all = Object.fromEntries(
    Object.entries(fits).map(([id, results]) => [
      id,
      {
        columns: results.map(column),
        companions: (companions[id] ?? []).map(({ spec, results: beside }) => ({
          model: spec.model,
          columns: beside.map(column),
        })),
      },
    ]),
  );
  return `${JSON.stringify({ schema: 'fits/1', models: all }, onlyFinite, 2)}\n`;
}
