/** Which kind of section a value is: by the end of its name, else by its shape. */
import { readPrinted } from './audit-number.ts';
import type { SectionKind } from './audit-schema.ts';

type Map = Record<string, unknown>;
const isMap = (v: unknown): v is Map => typeof v === 'object' && v !== null && !Array.isArray(v);
const isNumber = (v: unknown) => typeof v === 'number' || (typeof v === 'string' && readPrinted(v) !== undefined);
const values = (v: unknown) => (isMap(v) ? Object.values(v) : []);
const some = (v: unknown, test: (inner: unknown) => boolean) => values(v).some(test);
const every = (v: unknown, test: (inner: unknown) => boolean) => values(v).length > 0 && values(v).every(test);

const isCell = (v: unknown): boolean =>
  Array.isArray(v) ? v.length > 0 && isNumber(v[0]) : isMap(v) && Object.hasOwn(v, 'estimate');
const isNumbers = (v: unknown): boolean => Array.isArray(v) && v.length >= 3 && v.every(isNumber);

/** undefined: no kind fits. */
export function kindOf(name: string, value: unknown): SectionKind | undefined {
  if (/_nobs$/.test(name)) return 'nobs';
  if (/_settings$/.test(name)) return 'settings';
  if (/_stated(_percent)?$/.test(name)) return 'stated';
  if (Array.isArray(value)) return value.length > 0 && value.every(Array.isArray) ? 'list' : undefined;
  if (!isMap(value)) return undefined;
  if (isMap(value.counts)) return 'series';
  if (isNumber(value.statistic) && isNumber(value.p)) return 'test';
  if (every(value, isMap) && some(value, (v) => isMap(v) && isMap(v.partners))) return 'nested';
  const describes = (v: unknown) => isMap(v) && ['meaning', 'expected', 'role', 'varies'].some((k) => k in v);
  if (every(value, isMap) && some(value, describes)) return 'variables';
  if (every(value, isNumbers)) return 'descriptives';
  if (/descript|summary/i.test(name) && every(value, Array.isArray)) return 'descriptives';
  if (some(value, isCell) || (every(value, isMap) && some(value, (v) => some(v, isCell)))) return 'regression';
  if (every(value, (v) => Array.isArray(v) && v.every((m) => typeof m === 'string'))) return 'groups';
  return every(value, isNumber) ? 'counts' : undefined;
}

/** Rows of a column that are not coefficients. */
export const isRowsOfSample = (term: string) =>
  /^(n|nobs|obs\.?|observations|number of observations|num\.? ?obs\.?|rows)$/i.test(term.trim());
