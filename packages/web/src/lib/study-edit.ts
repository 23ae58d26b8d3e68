/** Edits of a study's text in their place: whatever is not edited keeps its bytes, comments and layout included. */
import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export type Path = (string | number)[];

/** How a value is written: inside of braces commas and brackets need quotes, and a study in JSON stays JSON. */
interface Manner {
  inFlow?: boolean;
  json?: boolean;
  /** The quotes of the string that it replaces. */
  quotes?: 'QUOTE_DOUBLE' | 'QUOTE_SINGLE';
}

function written(value: unknown, { inFlow = false, json = false, quotes }: Manner = {}): string {
  if (json) return JSON.stringify(value);
  const options = { lineWidth: 0, collectionStyle: 'flow', ...(quotes && { defaultStringType: quotes }) } as const;
  const oneLine = (text: string) => text.trimEnd().replace(/\n\s*/g, ' ');
  if (value !== null && typeof value === 'object')
    return oneLine(stringify(value, { ...options, defaultKeyType: 'PLAIN', flowCollectionPadding: true }));
  if (!inFlow) return stringify(value, options).trimEnd();
  return oneLine(stringify([value], { ...options, flowCollectionPadding: false })).slice(1, -1);
}

const keyOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key);
const startOf = (pair: Pair) => (pair.key as Node).range![0];
const endOf = (pair: Pair) => ((pair.value ?? pair.key) as Node).range![1];
const isJson = (text: string) => /^\s*\{\s*"/.test(text);
const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number) => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** Where what ends at `to` ends without the blank lines that are counted to it. */
const contentEnd = (text: string, to: number) => text.slice(0, to).trimEnd().length;

/** A new pair: in braces at their end, else after the last line that is one pair. */
function inserted(text: string, map: YAMLMap, key: string, value: unknown): string {
  const manner = { inFlow: map.flow === true, json: isJson(text) };
  const pair = `${written(key, manner)}: ${written(value, manner)}`;
  const [from, to] = map.range!;
  if (map.flow) {
    const inner = text.slice(from + 1, to - 1).trim();
    return `${text.slice(0, to - 1).trimEnd()}${inner && !inner.endsWith(',') ? ', ' : ' '}${pair} ${text.slice(to - 1)}`;
  }
  const single = map.items.findLast(
    (item) => item.value !== null && !text.slice(startOf(item), endOf(item)).trimEnd().includes('\n'),
  );
  const first = startOf(map.items[0]);
  const indent = ' '.repeat(first - lineStart(text, first));
  if (!single) return `${text.slice(0, first)}${pair}\n${indent}${text.slice(first)}`;
  const at = lineEnd(text, endOf(single));
  return `${text.slice(0, at)}\n${indent}${pair}${text.slice(at)}`;
}

/** Without one pair of a map; a map that is empty then is `{}`. */
function removed(text: string, map: YAMLMap, key: string): string {
  const i = map.items.findIndex((pair) => keyOf(pair) === key);
  if (i < 0) return text;
  const [from, to] = map.range!;
  if (map.items.length === 1)
    return `${text.slice(0, from)}{}${text.slice(map.flow ? to : contentEnd(text, endOf(map.items[0])))}`;
  const next = map.items[i + 1];
  if (map.flow) {
    if (next) return text.slice(0, startOf(map.items[i])) + text.slice(startOf(next));
    return text.slice(0, endOf(map.items[i - 1])) + text.slice(endOf(map.items[i]));
  }
  const start = startOf(map.items[i]);
  const line = lineStart(text, start);
  const alone = text.slice(line, start).trim() === '';
  // "- a: 1" keeps its dash.
  if (!alone && next) return text.slice(0, start) + text.slice(startOf(next));
  const last = contentEnd(text, Math.max(start + 1, endOf(map.items[i]))) - 1;
  const end = lineEnd(text, last);
  return next ? text.slice(0, line) + text.slice(end + 1) : text.slice(0, line).replace(/\n$/, '') + text.slice(end);
}

/** Without one item of a list. */
function withoutItem(text: string, list: YAMLSeq, at: number): string {
  const items = list.items as Node[];
  const [from, to] = items[at].range!;
  if (items.length === 1)
    return `${text.slice(0, list.range![0])}[]${text.slice(list.flow ? list.range![1] : contentEnd(text, to))}`;
  if (list.flow) {
    const next = items[at + 1];
    if (next) return text.slice(0, from) + text.slice(next.range![0]);
    return text.slice(0, items[at - 1].range![1]) + text.slice(to);
  }
  const last = contentEnd(text, to) - 1;
  const end = lineEnd(text, last);
  return text.slice(0, lineStart(text, from)) + text.slice(end + 1);
}

/** With one more item at the end of a list. */
function withItem(text: string, list: YAMLSeq, value: unknown): string {
  const json = isJson(text);
  const item = written(value, { inFlow: list.flow === true, json });
  const [from, to] = list.range!;
  const last = list.items.at(-1) as Node | undefined;
  if (!last) return `${text.slice(0, from)}[${item}]${text.slice(to)}`;
  const end = contentEnd(text, last.range![1]);
  if (list.flow) return `${text.slice(0, end)}, ${item}${text.slice(end)}`;
  const at = lineEnd(text, end - 1);
  const dash = text.slice(lineStart(text, last.range![0]), last.range![0]).replace(/[^\s-]/g, ' ');
  return `${text.slice(0, at)}\n${dash}${item}${text.slice(at)}`;
}

/** The map that holds a key, and the place of the key in it. */
function placed(text: string, path: Path): { map: YAMLMap; at: number } | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(map)) return undefined;
  const at = map.items.findIndex((pair) => keyOf(pair) === String(path.at(-1)));
  return at < 0 ? undefined : { map, at };
}

/** The text with another key for the value at a path. */
export function renameKey(text: string, path: Path, name: string): string {
  const { map, at } = placed(text, path) ?? {};
  if (!map) return text;
  const [from, to] = (map.items[at!].key as Node).range!;
  return text.slice(0, from) + written(name, { inFlow: map.flow === true, json: isJson(text) }) + text.slice(to);
}

/** The text with a copy of the pair at a path right after it, layout and comments included, or with `value` there. */
export function pairAfter(text: string, path: Path, name: string, value?: unknown): string {
  const { map, at } = placed(text, path) ?? {};
  if (!map) return text;
  const pair = map.items[at!];
  const manner = { inFlow: map.flow === true, json: isJson(text) };
  const key = written(name, manner);
  const keyEnd = (pair.key as Node).range![1];
  const end = contentEnd(text, endOf(pair));
  const own = value === undefined;
  const copy = (to: number) => (own ? text.slice(keyEnd, to) : `: ${written(value, manner)}`);
  if (map.flow) return `${text.slice(0, end)}, ${key}${copy(end)}${text.slice(end)}`;
  const last = lineEnd(text, end - 1);
  const indent = ' '.repeat(startOf(pair) - lineStart(text, startOf(pair)));
  return `${text.slice(0, last)}\n${indent}${key}${copy(last)}${text.slice(last)}`;
}

const nested = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => ({ [String(key)]: inner }), value);

/**
 * The text with `value` at `path`; undefined takes the key, or the item of a list, away, and an index beyond a list's end adds to it.
 * Parents that are missing are made. A broken text stays as it is.
 */
export function setValue(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) return text;
  const json = isJson(text);
  const node = document.getIn(path, true) as Node | undefined;
  if (value !== undefined && node?.range) {
    const [from, to] = node.range;
    const above = document.getIn(path.slice(0, -1), true);
    const inFlow = (isMap(above) || isSeq(above)) && above.flow === true;
    const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') && node.type;
    const block = (isMap(node) || isSeq(node)) && !node.flow;
    const end = block ? contentEnd(text, to) : to;
    const literal = isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL');
    // "key:" alone has its value right after the colon.
    const space = from === to && text[from - 1] === ':' ? ' ' : '';
    const after = from === to && /\S/.test(text[to] ?? '') ? ' ' : '';
    const next = written(value, { inFlow, json, ...(quoted && { quotes: quoted }) });
    return `${text.slice(0, from)}${space}${next}${literal ? '\n' : after}${text.slice(end)}`;
  }
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const parent = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isSeq(parent) && parent.range && depth === path.length - 1) {
      if (value !== undefined) return withItem(text, parent, value);
      return node ? withoutItem(text, parent, Number(path[depth])) : text;
    }
    if (!isMap(parent) || !parent.range) continue;
    if (value === undefined) return depth === path.length - 1 ? removed(text, parent, String(path[depth])) : text;
    if (parent.items.length === 0) {
      const [from, to] = parent.range;
      return `${text.slice(0, from)}${written(nested(path.slice(depth), value), { json })}${text.slice(to)}`;
    }
    // A key without a value: what is new is its value.
    if (parent.has(path[depth]) && depth < path.length - 1)
      return setValue(text, path.slice(0, depth + 1), nested(path.slice(depth + 1), value));
    return inserted(text, parent, String(path[depth]), nested(path.slice(depth + 1), value));
  }
  return text;
}

/** First and last line (from 1) of what stands at a path, key included; of its nearest parent where it is not written. */
export function linesOf(text: string, path: Path): [from: number, to: number] | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const lineAt = (at: number) => text.slice(0, at).split('\n').length;
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const pair = isMap(parent) ? parent.items.find((item) => keyOf(item) === String(path[depth - 1])) : undefined;
    if (pair) return [lineAt(startOf(pair)), lineAt(contentEnd(text, endOf(pair)))];
  }
  return undefined;
}
