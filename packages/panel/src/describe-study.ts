/** The descriptive parts of a study by themselves. */
import { describe } from './describe.ts';
import { PanelError } from './errors.ts';
import { planStudy } from './plan.ts';
import { variablesTable } from './report-tables.ts';
import { deriveStudy } from './run.ts';
import type { Study } from './study.ts';
import { relocate, type StudySource } from './study-places.ts';
import type { Figure, Frame, Table } from './types.ts';

/**
 * What the study's `describe` asks for, then its variables: tables and figures as in the report, without numbers.
 * @throws PanelError of planStudy, derive and describe, with the place in the study; study/nothing-to-describe.
 */
export function describeStudy(study: Study, frame: Frame, source?: StudySource): (Table | Figure)[] {
  const plan = planStudy(study, source);
  const derived = deriveStudy(study, frame, source);
  const described = plan.describe.flatMap((spec, i) => {
    try {
      return describe(derived, spec, study.variables ?? {});
    } catch (error) {
      if (!(error instanceof PanelError) || !source) throw error;
      throw new PanelError(relocate(error.toJSON(), source, error.at?.pointer ?? `/describe/${i}`));
    }
  });
  const variables = variablesTable(study, 'variables');
  const items = [...described, ...(variables ? [variables] : [])];
  if (items.length > 0) return items;
  throw new PanelError({
    code: 'study/nothing-to-describe',
    message: 'The study has no describe and no variables.',
    hint: 'Write describe: [{ kind: summary }].',
  });
}
