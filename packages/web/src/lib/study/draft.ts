/** What a form reads of a study's text as it stands: loose, since a text that is being written need not be whole. */
import type { ModelSpec, Study, VariableSpec } from '@gravpanel/panel';
import { parse } from 'yaml';

export interface Draft {
  data: Partial<Study['data']>;
  derived: string[];
  variables: Record<string, VariableSpec>;
  models: Record<string, ModelSpec>;
  vcov?: Study['vcov'];
  common: boolean;
}

type Loose = Record<string, unknown>;
const isMap = (value: unknown): value is Loose => value !== null && typeof value === 'object' && !Array.isArray(value);
const mapOf = (value: unknown): Loose => (isMap(value) ? value : {});
const only = <T>(value: unknown, is: (item: Loose) => boolean) =>
  Object.fromEntries(Object.entries(mapOf(value)).filter(([, item]) => isMap(item) && is(item))) as Record<string, T>;

/** undefined where the text is no YAML map, aliases (which a study may not have) included. */
export function draftOf(text: string): Draft | undefined {
  let study: unknown;
  try {
    study = parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
  if (!isMap(study)) return undefined;
  return {
    data: mapOf(study.data) as Draft['data'],
    derived: Object.keys(mapOf(study.derive)),
    variables: only<VariableSpec>(study.variables, () => true),
    models: only<ModelSpec>(study.models, ({ formula }) => typeof formula === 'string'),
    ...(study.vcov !== undefined && { vcov: study.vcov as Study['vcov'] }),
    common: mapOf(study.sample).common === true,
  };
}
