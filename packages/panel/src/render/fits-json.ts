/** fits.json of a run, and the JSON that every file of numbers is written in. */
import { PanelError } from '../errors.ts';
import { isFit } from '../regression-style.ts';
import type { StudyRun } from '../run-types.ts';
import type { Fit, FitResult } from '../types.ts';

/** JSON has no NaN and no infinity: a result never holds one. */
function onlyFinite(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new PanelError({
    code: 'internal/not-finite',
    message: `${key} is ${value}; a finite number was expected.`,
    hint: 'This is a defect of gravpanel: report it with the command and the data.',
  });
}

/** A versioned object, one line a value. @throws PanelError internal/not-finite. */
export const jsonText = (value: object) => `${JSON.stringify(value, onlyFinite, 2)}\n`;

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
  return jsonText({ schema: 'fits/1', models: all });
}
