/** The frame and the designs of a study, with each error at its place in it. */
import type { Kernels } from '@gravpanel/core-wasm';
import { derive } from './derive.ts';
import { buildDesigns } from './design.ts';
import { PanelError, type PanelErrorFields } from './errors.ts';
import type { Study } from './study.ts';
import { relocate, type StudySource } from './study-places.ts';
import type { Design, Failure, FitSpec, Frame } from './types.ts';

/** Error areas that mean the study itself is wrong: nothing is estimated then. */
const WRONG_STUDY = /^(formula|expression|derive|study)\/|^data\/unknown-|^model\//;

/** The part of a model that an error of its design is about. */
function pointerFor(id: string, { at, code }: PanelErrorFields, study: Study): string {
  const model = study.models?.[id];
  const expression =
    at?.file === '--where' || at?.file === 'where' || (code.startsWith('expression/') && at?.file !== 'formula');
  if (expression) return model?.where ? `/models/${id}/where` : '/sample/where';
  for (const key of ['offset', 'exposure', 'weights'] as const)
    if (at?.variable !== undefined && model?.[key] === at.variable) return `/models/${id}/${key}`;
  return `/models/${id}/formula`;
}

export const placedError = (
  error: PanelErrorFields,
  id: string,
  study: Study,
  source?: StudySource,
): PanelErrorFields => (source ? relocate(error, source, error.at?.pointer ?? pointerFor(id, error, study)) : error);

/** The frame with its derived columns. @throws PanelError with the place in the study. */
export function deriveStudy(study: Study, frame: Frame, source?: StudySource): Frame {
  try {
    return study.derive ? derive(frame, study.derive, { pointer: '/derive' }) : frame;
  } catch (error) {
    if (!(error instanceof PanelError) || !source) throw error;
    throw new PanelError(relocate(error.toJSON(), source, error.at?.pointer ?? '/derive'));
  }
}

/** The designs of a model's columns; an error of the study itself is thrown with its place. */
export function designsOf(study: Study, frame: Frame, spec: FitSpec, kernels: Kernels, source?: StudySource) {
  const fail = (error: PanelErrorFields) => {
    throw new PanelError(placedError(error, spec.id, study, source));
  };
  let designs: (Design | Failure)[] = [];
  try {
    designs = buildDesigns(frame, spec, kernels);
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    fail(error.toJSON());
  }
  for (const design of designs) if ('failed' in design && WRONG_STUDY.test(design.error.code)) fail(design.error);
  return designs;
}

/** Variables of all designs, in the order they appear, the constant and dummies left out. */
export function variablesOf(designs: (Design | Failure)[]): string[] {
  const names = designs.flatMap((design) =>
    'failed' in design
      ? []
      : design.terms.filter(({ name }) => !name.includes('::')).flatMap(({ variables }) => variables),
  );
  return [...new Set(names)];
}
