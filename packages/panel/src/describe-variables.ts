/** What each variable is: meaning, unit, source, expected sign, and whether it was measured or simulated. */
import { nearestHint, PanelError } from './errors.ts';
import { simulatedColumns } from './provenance.ts';
import type { DescribeSpec, Study } from './study.ts';
import type { Cell, Table } from './types.ts';

const text = (words: string): Cell => ({ text: words, kind: words ? 'text' : 'empty' });

function unknown(name: string, study: Study): PanelError {
  return new PanelError({
    code: 'study/unknown-variable',
    message: `"${name}" is not described under variables.`,
    hint: nearestHint(name, Object.keys(study.variables ?? {})),
    at: { variable: name },
  });
}

/**
 * Meaning (or the derivation), unit, expected sign and source of the study's variables, with their role where one is given;
 * in a study with simulated parts also which are real. Without `names`: every variable that has any of these.
 * @throws PanelError study/unknown-variable.
 */
export function variablesTable(study: Study, id: string, spec?: Extract<DescribeSpec, { kind: 'variables' }>): Table {
  const all = study.variables ?? {};
  const names =
    spec?.variables ??
    Object.keys(all).filter((n) => all[n].meaning || all[n].source || all[n].expected || all[n].unit);
  const missing = names.find((n) => !Object.hasOwn(all, n));
  if (missing !== undefined) throw unknown(missing, study);
  const roles = names.some((n) => all[n].role);
  const simulated = simulatedColumns(study);
  const optional = (there: boolean, head: string) => (there ? [{ head, align: 'left' as const }] : []);
  return {
    kind: 'table',
    id,
    title: spec?.title ?? 'Variables',
    spanners: [],
    stub: 'Variable',
    columns: [
      ...optional(roles, 'Role'),
      { head: 'Meaning', align: 'left' },
      { head: 'Unit', align: 'left' },
      { head: 'Expected', align: 'left' },
      { head: 'Source', align: 'left' },
      ...optional(simulated.size > 0, 'Data'),
    ],
    body: names.map((name) => {
      const { label, unit, meaning, source, expected, role } = all[name];
      const derived = study.derive?.[name];
      const words = meaning ?? (derived === undefined ? (label ? name : '') : `${name} = ${derived}`);
      return {
        label: label ?? name,
        cells: [
          ...(roles ? [text(role ?? '')] : []),
          text(words),
          text(unit ?? ''),
          text(expected === '-' ? '−' : (expected ?? '')),
          text(source ?? ''),
          ...(simulated.size > 0 ? [text(simulated.has(name) ? 'simulated' : 'real')] : []),
        ],
        kind: 'only' as const,
      };
    }),
    foot: [],
    notes: [],
    ...(simulated.size > 0 && { provenance: 'The last column says which variables are simulated.' }),
  };
}
