/** Which columns of a run are resampled, and how. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  type Design,
  designsOf,
  type FitSpec,
  nearestHint,
  PanelError,
  type PanelErrorFields,
  placedError,
  type ResampleSpec,
  resampleSpecOf as studyResampleSpec,
} from '@gravpanel/panel';
import { type ResampleFlags, resampleSpecOf } from './resample-flags.ts';
import type { OpenedRun } from './run-folder.ts';
import { usageError } from './usage.ts';

export interface BootFlags extends ResampleFlags {
  model?: string;
  column?: number;
  seed?: number;
  permute?: string;
  strata?: string;
}

/** One column to resample, its covariance already the resampled one. */
export interface BootColumn {
  model: string;
  /** 1-based, of the model. */
  column: number;
  design: Design;
}

/** The study's boot, then the flags. */
function specOf(run: OpenedRun, flags: BootFlags): ResampleSpec {
  const given = resampleSpecOf('bootstrap', flags, flags.seed);
  const { reps: _reps, type: _, ...set } = given;
  const { type, ...boot } = studyResampleSpec({ type: 'bootstrap' }, run.study.boot);
  return {
    type,
    ...boot,
    ...set,
    ...(flags.reps !== undefined && { reps: flags.reps }),
    ...(flags.permute !== undefined && { permute: flags.permute }),
    ...(flags.strata !== undefined && { strata: flags.strata }),
  };
}

function modelsOf({ plan }: OpenedRun, wanted: string | undefined) {
  if (wanted === undefined) return plan.models;
  const found = plan.models.filter(({ id }) => id === wanted);
  if (found.length > 0) return found;
  const known = plan.models.map(({ id }) => id);
  throw usageError(
    'wrong-value',
    `--model is "${wanted}"; a model of the study was expected.`,
    nearestHint(wanted, known),
    '--model',
  );
}

/** The columns asked for; those whose design fails are told apart. @throws PanelError usage/…, study/… */
export function bootColumns(
  run: OpenedRun,
  flags: BootFlags,
  kernels: Kernels,
): { columns: BootColumn[]; failures: PanelErrorFields[] } {
  const models = modelsOf(run, flags.model);
  const vcov = specOf(run, flags);
  const columns: BootColumn[] = [];
  const failures: PanelErrorFields[] = [];
  if (models.length === 0)
    throw new PanelError({
      code: 'study/no-models',
      message: 'The study has no models to resample.',
      hint: 'Add models.',
    });
  for (const { id, spec } of models) {
    const resampled: FitSpec = { ...spec, vcov };
    delete resampled.like;
    const designs = designsOf(run.study, run.frame, resampled, kernels, run.source);
    if (flags.column !== undefined && flags.column > designs.length)
      throw usageError(
        'wrong-value',
        `--column is ${flags.column}; ${id} has ${designs.length}.`,
        `Choose a column from 1 to ${designs.length}.`,
        '--column',
      );
    designs.forEach((design, i) => {
      if (flags.column !== undefined && flags.column !== i + 1) return;
      if ('failed' in design) failures.push(named(id, i + 1, placedError(design.error, id, run.study, run.source)));
      else columns.push({ model: id, column: i + 1, design });
    });
  }
  return { columns, failures };
}

export const named = (model: string, column: number, error: PanelErrorFields): PanelErrorFields => ({
  ...error,
  message: `${model}, column ${column}: ${error.message}`,
});
