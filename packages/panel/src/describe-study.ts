/** The descriptive parts of a study by themselves. */
import { contextOf, describe } from './describe.ts';
import { variablesTable } from './describe-variables.ts';
import { PanelError } from './errors.ts';
import { planStudy } from './plan.ts';
import { withProvenance } from './provenance.ts';
import { deriveStudy } from './run-designs.ts';
import type { RunOptions } from './run-types.ts';
import type { Study } from './study.ts';
import { relocate } from './study-places.ts';
import type { Figure, Frame, Table } from './types.ts';

/**
 * What the study's `describe` asks for, then its variables: tables and figures as in the report, without numbers of their own.
 * @throws PanelError of planStudy, derive and describe, with the place in the study; study/nothing-to-describe.
 */
export async function describeStudy(
  study: Study,
  frame: Frame,
  o: Pick<RunOptions, 'source' | 'tables' | 'world' | 'countries'> = {},
): Promise<(Table | Figure)[]> {
  const { source } = o;
  const plan = planStudy(study, source);
  const derived = deriveStudy(study, frame, source);
  const context = await contextOf(study, plan.describe, o);
  const described = plan.describe.flatMap((spec, i) => {
    try {
      return describe(derived, spec, study.variables ?? {}, context);
    } catch (error) {
      if (!(error instanceof PanelError) || !source) throw error;
      throw new PanelError(relocate(error.toJSON(), source, error.at?.pointer ?? `/describe/${i}`));
    }
  });
  const shown = plan.describe.some(({ kind }) => kind === 'variables');
  const variables = variablesTable(study, 'variables');
  const items = [...described, ...(shown || variables.body.length === 0 ? [] : [variables])];
  if (items.length === 0)
    throw new PanelError({
      code: 'study/nothing-to-describe',
      message: 'The study has no describe and no variables.',
      hint: 'Write describe: [{ kind: summary }].',
    });
  return withProvenance(study, [{ id: 'data', title: 'The data', prose: [], items }])[0].items;
}
