/** The tables of a study: what can be judged without data, and what needs the columns of the models. */
import { nearestHint, PanelError } from './errors.ts';
import { modelOf } from './models/index.ts';
import { isNamed } from './regression-style.ts';
import type { Study, TableSpec } from './study.ts';
import { placeOf, type StudySource } from './study-places.ts';
import type { Design, Failure, ModelKey } from './types.ts';

export interface PlannedTable extends Omit<TableSpec, 'models'> {
  id: string;
  /** Of all panels, in their order. */
  models: string[];
}

/** Models that a table names, with where it names them. */
export function modelsOfTable(id: string, { models, panels }: TableSpec): { name: string; pointer: string }[] {
  const listed = (names: string[], at: string) =>
    names.map((name, i) => ({ name, pointer: `/tables/${id}/${at}/${i}` }));
  return panels
    ? panels.flatMap((panel, p) => listed(panel.models, `panels/${p}/models`))
    : listed(models ?? [], 'models');
}

/** Least squares: the coefficients are those of the mean itself. */
const isLinear = (model?: ModelKey) => model !== undefined && modelOf(model).needs.counts === 'any';

function tableError(code: string, message: string, hint: string, pointer: string, source?: StudySource): PanelError {
  return new PanelError({ code: `study/${code}`, message, hint, ...(source && { at: placeOf(source, pointer) }) });
}

/**
 * The tables as planned. @throws PanelError study/models-and-panels, study/no-models, study/no-ratio, study/hidden-column.
 */
export function planTables(study: Study, source?: StudySource): PlannedTable[] {
  return Object.entries(study.tables ?? {}).map(([id, table]) => {
    const pointer = `/tables/${id}`;
    if (table.models && table.panels)
      throw tableError(
        'models-and-panels',
        `tables.${id} has models and panels; one of them was expected.`,
        'Panels name their own models.',
        `${pointer}/panels`,
        source,
      );
    if (!table.models && !table.panels)
      throw tableError(
        'no-models',
        `tables.${id} names no models.`,
        'Write models: [NAME], or panels.',
        pointer,
        source,
      );
    const named = modelsOfTable(id, table);
    const ratio = table.as?.find((quantity) => quantity !== 'estimate');
    const linear = ratio && named.find(({ name }) => isLinear(study.models?.[name]?.model));
    if (linear)
      throw tableError(
        'no-ratio',
        `tables.${id} shows ${ratio === 'irr' ? 'incidence-rate ratios' : 'elasticities'}; ${linear.name} is ${study.models![linear.name].model}, whose coefficients are not of a logarithm of the mean.`,
        'Put least squares into a table of its own.',
        `${pointer}/as`,
        source,
      );
    return { ...table, id, models: named.map(({ name }) => name) };
  });
}

const spanOf = (columns: number | string | [number, number]): [number, number] =>
  typeof columns === 'number'
    ? [columns, columns]
    : typeof columns === 'string'
      ? (columns.split(':').map(Number) as [number, number])
      : columns;

/** Groups of columns with their ends. */
export const groupsOf = ({ groups = [] }: Pick<PlannedTable, 'groups'>) =>
  groups.map(({ label, columns }) => {
    const [from, to] = spanOf(columns);
    return { label, from, to };
  });

function checkGroups(table: PlannedTable, columns: number, source?: StudySource): void {
  const groups = groupsOf(table);
  groups.forEach(({ label, from, to }, i) => {
    const over = groups.slice(0, i).find((other) => other.from <= to && from <= other.to);
    if (from >= 1 && from <= to && to <= columns && !over) return;
    const what = over ? `shares columns with "${over.label}"` : `covers columns ${from} to ${to}`;
    throw tableError(
      'wrong-group',
      `The group "${label}" of tables.${table.id} ${what}; ${over ? 'groups apart' : `columns from 1 to ${columns}`} were expected.`,
      'Columns are counted as the table numbers them.',
      `/tables/${table.id}/groups/${i}/columns`,
      source,
    );
  });
}

/**
 * What a table asks of its columns: names under order, omit and labels are terms (or variables of levels) of its models, groups lie
 * within its columns. A table with a column that has no design is not checked by names.
 * @param columns designs by model; `beside` counts the companion columns.
 * @throws PanelError study/unknown-term, study/wrong-group.
 */
export function checkRequest(
  table: PlannedTable,
  designs: Record<string, (Design | Failure)[]>,
  beside: Record<string, number>,
  source?: StudySource,
): void {
  const own = table.models.flatMap((model) => designs[model] ?? []);
  const companions = table.models.reduce((sum, model) => sum + (beside[model] ?? 0), 0);
  checkGroups(table, own.length + companions, source);
  if (own.some((design) => 'failed' in design)) return;
  const terms = own.flatMap((design) =>
    'failed' in design ? [] : [...design.terms, ...design.fixef].map(({ name }) => name).concat(design.collinear),
  );
  const check = (name: string, pointer: string) => {
    if (terms.some((term) => isNamed(term, [name]))) return;
    throw tableError(
      'unknown-term',
      `"${name}" is not a term of the models in tables.${table.id}.`,
      nearestHint(name, terms) || `Its terms are ${[...new Set(terms)].slice(0, 8).join(', ')}.`,
      pointer,
      source,
    );
  };
  for (const key of ['order', 'omit'] as const)
    (table[key] ?? []).forEach((name, i) => {
      check(name, `/tables/${table.id}/${key}/${i}`);
    });
  for (const name of Object.keys(table.labels ?? {})) check(name, `/tables/${table.id}/labels`);
}
