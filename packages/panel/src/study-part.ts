/** A study cut down to what one command asks of it. */
import { nearestHint, PanelError } from './errors.ts';
import type { Study } from './study.ts';
import type { JointSpec } from './study-curves.ts';

/** What the command line says over the study's joint tests. */
export type JointOverrides = Pick<JointSpec, 'kind' | 'reps' | 'seed'>;

/**
 * The specification curves alone: all of them, or one by its name.
 * @throws PanelError study/no-multiverse, study/unknown-curve.
 */
export function curveStudy(study: Study, ids: string[], over: JointOverrides = {}): Study {
  const known = Object.keys(study.multiverse ?? {});
  if (known.length === 0)
    throw new PanelError({
      code: 'study/no-multiverse',
      message: 'The study declares no specification curve; a key multiverse was expected.',
      hint: 'Write multiverse: { NAME: { of: TERM, formula: …, estimators: […] } }; docs/study-file.md has an example.',
    });
  const wrong = ids.find((id) => !known.includes(id));
  if (wrong !== undefined)
    throw new PanelError({
      code: 'usage/unknown-curve',
      message: `"${wrong}" is no specification curve of the study.`,
      hint: nearestHint(wrong, known) || `It has ${known.join(', ')}.`,
    });
  const {
    describe: _d,
    models: _m,
    tests: _t,
    tables: _tt,
    expected: _e,
    influence: _i,
    rolling: _r,
    lede: _l,
    multiverse = {},
    ...rest
  } = study;
  const wanted = (ids.length > 0 ? ids : known).map((id) => {
    const spec = multiverse[id];
    const given = Object.keys(over).length > 0;
    const own = spec.joint === undefined || spec.joint === 'none' ? {} : spec.joint;
    if (!given) return [id, spec];
    const { by, move, within, ...joint } = { ...own, ...over };
    // Keys of the other null would do nothing.
    const kept = joint.kind === 'permutation' ? { move, within } : { by };
    return [
      id,
      { ...spec, joint: { ...joint, ...Object.fromEntries(Object.entries(kept).filter(([, v]) => v !== undefined)) } },
    ];
  });
  return { ...rest, multiverse: Object.fromEntries(wanted) };
}
