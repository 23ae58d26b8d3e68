/** Edits of a study's text in their place: whatever is not edited keeps its bytes, comments and layout included. */
import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';

export type Path = (string | number)[];

const flow = (value: unknown): string =>
  value !== null && typeof value === 'object'
    ? stringify(value, { lineWidth: 0, collectionStyle: 'flow', flowCollectionPadding: true })
        .trimEnd()
        .replace(/\n\s*/g, ' ')
    : stringify(value, { lineWidth: 0 }).trimEnd();

const keyOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key);
const startOf = (pair: Pair) => (pair.key as Node).range![0];
const endOf = (pair: Pair) => ((pair.value ?? pair.key) as Node).range![1];
const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number) => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** A new pair: in braces at their end, else after the last line that is one pair. */
function inserted(text: string, map: YAMLMap, key: string, value: unknown): string {
  const pair = `${flow(key)}: ${flow(value)}`;
  const [from, to] = map.range!;
  if (map.flow) {
    const inner = text.slice(from + 1, to - 1).trim();
    return `${text.slice(0, to - 1).trimEnd()}${inner && !inner.endsWith(',') ? ', ' : ' '}${pair} ${text.slice(to - 1)}`;
  }
  const single = map.items.findLast(
    (item) => isScalar(item.value) && !text.slice(startOf(item), endOf(item)).includes('\n'),
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
  if (map.items.length === 1) return `${text.slice(0, from)}{}${text.slice(map.flow ? to : endOf(map.items[0]))}`;
  const next = map.items[i + 1];
  if (map.flow) {
    if (next) return text.slice(0, startOf(map.items[i])) + text.slice(startOf(next));
    return text.slice(0, endOf(map.items[i - 1])) + text.slice(endOf(map.items[i]));
  }
  const start = startOf(map.items[i]);
  if (next) return text.slice(0, start) + text.slice(startOf(next));
  const end = lineEnd(text, Math.max(start, endOf(map.items[i]) - 1));
  return text.slice(0, lineStart(text, start)).replace(/\n$/, '') + text.slice(end);
}

const nested = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => ({ [String(key)]: inner }), value);

/** The text with `value` at `path`; undefined takes the key away. Parents that are missing are made. A broken text stays as it is. */
export function setValue(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) return text;
  const node = document.getIn(path, true) as Node | undefined;
  if (value !== undefined && node?.range) {
    const [from, to] = node.range;
    const block = (isMap(node) || isSeq(node)) && !node.flow;
    const end = block ? text.slice(0, to).trimEnd().length : to;
    const literal = isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL');
    return `${text.slice(0, from)}${flow(value)}${literal ? '\n' : ''}${text.slice(end)}`;
  }
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const parent = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (!isMap(parent) || !parent.range) continue;
    if (value === undefined) return depth === path.length - 1 ? removed(text, parent, String(path[depth])) : text;
    if (parent.items.length === 0) {
      const [from, to] = parent.range;
      return `${text.slice(0, from)}${flow(nested(path.slice(depth), value))}${text.slice(to)}`;
    }
    return inserted(text, parent, String(path[depth]), nested(path.slice(depth + 1), value));
  }
  return text;
}
