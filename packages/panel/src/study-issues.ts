/** zod's issues → errors in plain words, with the place in the text and the nearest known key. */
import type { z } from 'zod';
import { nearestHint, nearestNames, PanelError, type PanelErrorFields } from './errors.ts';
import { laterKeys, VERSION } from './later.ts';
import { studySchema } from './study.ts';
import { placeOf, pointerOf, type StudySource } from './study-places.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
// The shape of zod's own definitions, as far as keys are looked up in it.
interface Definition {
  type: string;
  shape?: Record<string, z.core.$ZodType>;
  options?: z.core.$ZodType[];
  innerType?: z.core.$ZodType;
  element?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
}
const definitionOf = (schema: z.core.$ZodType) => schema._zod.def as unknown as Definition;

/** Without optional and unions. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { innerType, options } = definitionOf(schema);
  if (innerType) return unwrapped(innerType);
  return options ? options.flatMap(unwrapped) : [schema];
}

/** Schemas that a path can lead to; a union leads to several. */
function schemasAt(schemas: z.core.$ZodType[], path: Path): z.core.$ZodType[] {
  const open = schemas.flatMap(unwrapped);
  if (path.length === 0) return open;
  const [head, ...rest] = path;
  const next = open.flatMap((schema) => {
    const { shape, element, valueType } = definitionOf(schema);
    const child = shape && Object.hasOwn(shape, head) ? shape[head as string] : (element ?? valueType);
    return child ? [child] : [];
  });
  return schemasAt(next, rest);
}

const keysAt = (path: Path) => [
  ...new Set(schemasAt([studySchema], path).flatMap((schema) => Object.keys(definitionOf(schema).shape ?? {}))),
];

/** "models.full.lag", "describe item 2, kind". */
export function pathWords(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? ` item ${part + 1}` : `${pathJoin(path[i - 1])}${String(part)}`))
    .join('');
}
const pathJoin = (before: PropertyKey | undefined) =>
  before === undefined ? '' : typeof before === 'number' ? ', ' : '.';

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (v, part) => (typeof v === 'object' && v !== null ? (v as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
}

function got(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  if (typeof value === 'string') return `the text "${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
  return `${value}`;
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

/** What was expected, from the issue alone. */
function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small': {
      if (issue.origin === 'array') return `a list of at least ${issue.minimum}`;
      if (issue.origin === 'string') return issue.minimum === 1 ? 'a text that is not empty' : 'a longer text';
      return `a number ${issue.inclusive ? '≥' : '>'} ${issue.minimum}`;
    }
    case 'too_big':
      return issue.origin === 'string'
        ? `a text of at most ${issue.maximum} characters`
        : `a number ${issue.inclusive ? '≤' : '<'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** The branch of a union that the writer meant: one whose top-level type fits. */
function meantBranch(issue: Issue): Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  return issue.errors.find((branch) => branch.length > 0 && branch.every((inner) => !isRootMismatch(inner)));
}
const isRootMismatch = (inner: Issue) =>
  inner.path.length === 0 && inner.code !== 'unrecognized_keys' && inner.code !== 'custom';

interface Context {
  source: StudySource;
  value: unknown;
}

function unknownKey(key: string, path: Path, { source }: Context): PanelErrorFields {
  const where = path.length === 0 ? 'a study' : pathWords(path);
  const at = placeOf(source, pointerOf([...path, key]), 'key');
  at.length = key.length;
  if (path.length === 0 && Object.hasOwn(laterKeys, key))
    return {
      code: 'study/not-in-this-version',
      message: `"${key}" is not in this version (${VERSION}).`,
      hint: laterKeys[key],
      at,
    };
  return {
    code: 'study/unknown-key',
    message: `"${key}" is not a key of ${where}.`,
    // { formula: y ~ csw0(a, b) }: YAML ends the value at the comma.
    hint: /[()~]/.test(key) ? 'Inside { } a text with a comma needs quotes around it.' : nearestHint(key, keysAt(path)),
    at,
  };
}

function wrongValue(issue: Issue, path: Path, { source, value }: Context): PanelErrorFields {
  const pointer = pointerOf(path);
  const found = valueAt(value, path);
  const words = pathWords(path);
  if (found === undefined) {
    const parent = path.slice(0, -1);
    const name = String(path.at(-1));
    return {
      code: 'study/missing-key',
      message: `${parent.length === 0 ? 'The study' : pathWords(parent)} has no ${name}; ${unionWords(issue)} was expected.`,
      hint: `Add "${name}: …".`,
      at: placeOf(source, pointerOf(parent), 'key'),
    };
  }
  const at = placeOf(source, pointer);
  const options = issue.code === 'invalid_value' ? issue.values.map(String) : discriminants(issue);
  const near = typeof found === 'string' ? nearestNames(found, options) : [];
  return {
    code: 'study/wrong-value',
    message: `${words || 'The study'} is ${got(found)}; ${unionWords(issue)} was expected.`,
    ...(near.length > 0 && { hint: `Nearest: ${near.join(', ')}.` }),
    at,
  };
}

const discriminants = (issue: Issue) =>
  issue.code === 'invalid_union' && 'options' in issue ? (issue.options as unknown[]).map(String) : [];

function unionWords(issue: Issue): string {
  const options = discriminants(issue);
  return options.length > 0 ? `one of ${options.join(', ')}` : expected(issue);
}

function errorsOf(issue: Issue, base: Path, context: Context): PanelErrorFields[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, context));
  if (issue.code === 'invalid_key') {
    const message = `"${String(path.at(-1))}" cannot be a name in ${pathWords(path.slice(0, -1))}; ${expected(issue.issues[0])} was expected.`;
    return [{ code: 'study/wrong-name', message, at: placeOf(context.source, pointerOf(path), 'key') }];
  }
  const branch = meantBranch(issue);
  if (branch) return branch.flatMap((inner) => errorsOf(inner, path, context));
  return [wrongValue(issue, path, context)];
}

/** One error for all issues: the first in the order of the text, the others in `details.others`. */
export function schemaError(issues: readonly Issue[], source: StudySource, value: unknown): PanelError {
  const all = issues.flatMap((issue) => errorsOf(issue, [], { source, value }));
  // A mistyped key explains the missing one of the same map, so it is told first.
  const order = ({ code, at }: PanelErrorFields) =>
    (at?.line ?? 0) * 1e5 + (at?.column ?? 0) + (code === 'study/missing-key' ? 1e9 : 0);
  const [first, ...others] = all.sort((a, b) => order(a) - order(b));
  return new PanelError({ ...first, ...(others.length > 0 && { details: { others } }) });
}
