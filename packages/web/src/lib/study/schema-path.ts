/** Where in a study the cursor is, and what its schema says of that place: for completion while a text is not whole. */

/** The part of JSON Schema that a study's schema uses. */
export interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  type?: string;
}

export interface CursorPlace {
  /** Keys from the top; '*' for an item of a list. */
  path: string[];
  /** What is being written: a key, or the value of the last key of the path. */
  kind: 'key' | 'value';
  /** From where the word begins. */
  from: number;
}

const KEY = /^(\s*)((?:- )*)([\p{L}\p{N}_.-]+)\s*:(?=\s|$)/u;
const indentOf = (line: string) => /^\s*/.exec(line)![0].length;

/** Keys above a line: of each smaller indentation, the nearest. */
function parents(lines: string[], n: number, indent: number): string[] {
  const path: string[] = [];
  let least = indent;
  for (let i = n - 1; i >= 0 && least > 0; i--) {
    const line = lines[i];
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const own = indentOf(line);
    if (own >= least) continue;
    const match = KEY.exec(line);
    if (/^\s*- /.test(line)) path.unshift('*');
    if (match) {
      const at = match[1].length + match[2].length;
      if (at < least && !/^\s*- /.test(line)) path.unshift(match[3]);
    }
    least = own;
  }
  return path;
}

/** Keys that are open in braces before the cursor: "data: { path: x, un" is inside data. */
function inFlow(before: string): { keys: string[]; segment: string } {
  const keys: string[] = [];
  let segment = '';
  let quote = '';
  for (const c of before) {
    if (quote) {
      if (c === quote) quote = '';
      segment += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      segment += c;
    } else if (c === '{') {
      const [, key, list] = /([\p{L}\p{N}_.-]+)\s*:\s*(\[?)\s*$/u.exec(segment) ?? [];
      keys.push(list ? `${key}/*` : (key ?? ''));
      segment = '';
    } else if (c === '}') {
      keys.pop();
      segment = '';
    } else if (c === ',') segment = '';
    else segment += c;
  }
  return { keys, segment };
}

/** The place of the character `at` in a study's text. */
export function placeAt(text: string, at: number): CursorPlace {
  const lines = text.slice(0, at).split('\n');
  const n = lines.length - 1;
  const before = lines[n];
  const indent = indentOf(before);
  const path = parents(lines, n, indent);
  const body = before.trimStart();
  const item = /^(?:- )+/.exec(body)?.[0];
  if (item) path.push('*');
  const { keys, segment } = inFlow(item ? body.slice(item.length) : body);
  path.push(...keys.flatMap((key) => key.split('/')).filter(Boolean));
  const [key, value] = [/^\s*(?:- )*([\p{L}\p{N}_.-]+)\s*:\s/u.exec(`${segment} `)?.[1], /:\s/.test(segment)];
  const word = /[\p{L}\p{N}_.:^-]*$/u.exec(before)![0];
  return { path: value && key ? [...path, key] : path, kind: value ? 'value' : 'key', from: at - word.length };
}

const options = (schema: Schema): Schema[] =>
  [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((s) => (s === schema ? [s] : options(s)));

/** Every schema that a path can mean. */
export function schemasAt(schema: Schema, path: string[]): Schema[] {
  return path
    .reduce<Schema[]>(
      (all, key) =>
        all.flatMap(options).flatMap((s) => {
          if (key === '*') return s.items ? [s.items] : [];
          if (s.properties && Object.hasOwn(s.properties, key)) return [s.properties[key]];
          return typeof s.additionalProperties === 'object' ? [s.additionalProperties] : [];
        }),
      [schema],
    )
    .flatMap(options);
}

/** Keys and values that may stand at a place. */
export function suggestions(schema: Schema, { path, kind }: CursorPlace): string[] {
  const all = schemasAt(schema, path);
  const words =
    kind === 'key'
      ? all.flatMap((s) => Object.keys(s.properties ?? {}))
      : all.flatMap((s) => [...(s.enum ?? []), ...(s.const === undefined ? [] : [s.const])].map(String));
  return [...new Set(words)];
}
