/** The "fit/1" object of interface.md. */
import { type Fit, type FitResult, isFit, PanelError, type StudyRun } from '@gravpanel/panel';

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

/** JSON has no NaN and no infinity: a result never holds one. */
function onlyFinite(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new PanelError({
    code: 'internal/not-finite',
    message: `${key} is ${value}; a finite number was expected.`,
    hint: 'This is a defect of gravpanel: report it with the command and the data.',
  });
}

/** A versioned object, one line a value. */
export const jsonText = (value: object) => `${JSON.stringify(value, onlyFinite, 2)}\n`;

/** One entry of `columns` per estimated column; a failed one has `converged: false` and its error. */
export const fitJson = (results: FitResult[], extra: Record<string, unknown> = {}) =>
  `${JSON.stringify({ schema: 'fit/1', ...extra, columns: results.map(columnOf) }, onlyFinite, 2)}\n`;

/** Without threads and seconds of replicates: the file of a run is the same whenever and wherever it is made. */
function timeless(fit: Fit): Fit {
  if (!fit.resampling) return fit;
  const { threads: _threads, seconds: _seconds, ...resampling } = fit.resampling;
  return { ...fit, resampling };
}

/** fits.json of a run: every column of every model and its companions, with the covariance matrices. */
export function fitsJson({ fits, companions }: StudyRun): string {
  const column = (result: FitResult) => (isFit(result) ? timeless(result) : { ...result, converged: false as const });
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
