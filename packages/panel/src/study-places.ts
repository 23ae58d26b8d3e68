/** Where each value of a study stands in its text, so that every later error can name file, line and column. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { PanelError, type PanelErrorFields, type Place } from './errors.ts';

/** A study's text with the character ranges of its values: [from, to, start of its key]. A plain value. */
export interface StudySource {
  file: string;
  text: string;
  /** By JSON pointer; "" is the whole study. */
  ranges: Record<string, [from: number, to: number, key: number]>;
}

/** JSON pointer of a path (RFC 6901). */
export const pointerOf = (path: readonly PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const rangeOf = (node: Node | null | undefined): [number, number] | undefined =>
  node?.range ? [node.range[0], node.range[1]] : undefined;

const keyText = ({ key }: Pair) => String(isScalar(key) ? key.value : key);

/**
 * Ranges of every value below `root`, by JSON pointer.
 * @throws PanelError study/too-deep beyond `depth` levels.
 */
export function rangesOf(root: Node | null, depth: number, tooDeep: (at: number) => PanelError): StudySource['ranges'] {
  const ranges: StudySource['ranges'] = {};
  const walk = (node: Node | null, path: PropertyKey[], key: number) => {
    const [from, to] = rangeOf(node) ?? [key, key];
    if (path.length > depth) throw tooDeep(from);
    ranges[pointerOf(path)] = [from, to, key];
    if (isMap(node))
      for (const pair of node.items)
        walk(pair.value as Node | null, [...path, keyText(pair)], rangeOf(pair.key as Node)?.[0] ?? from);
    else if (isSeq(node))
      node.items.forEach((item, i) => {
        walk(item as Node, [...path, i], rangeOf(item as Node)?.[0] ?? from);
      });
  };
  if (root && !isAlias(root)) walk(root, [], 0);
  return ranges;
}

/** Line, column and the text of the line of one character offset. */
export function placeAt(source: Pick<StudySource, 'file' | 'text'>, offset: number, length?: number): Place {
  const { file, text } = source;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(0, offset).split('\n').length;
  return {
    file,
    line,
    column: offset - start + 1,
    source: text.slice(start, end < 0 ? undefined : end).replace(/\r$/, ''),
    ...(length && length > 1 && { length }),
  };
}

/** The nearest pointer above (or at) `pointer` that the text holds. */
function known(source: StudySource, pointer: string): string {
  let p = pointer;
  while (p !== '' && !Object.hasOwn(source.ranges, p)) p = p.slice(0, p.lastIndexOf('/'));
  return p;
}

/** The place of a value, or of its key. A value that the text does not hold is placed at its nearest ancestor's key. */
export function placeOf(source: StudySource, pointer: string, part: 'key' | 'value' = 'value'): Place {
  const found = known(source, pointer);
  const range = source.ranges[found] ?? [0, 0, 0];
  const atKey = part === 'key' || found !== pointer;
  const [from, to] = atKey ? [range[2], range[2]] : [range[0], range[1]];
  const firstLine = source.text.slice(from, to).split('\n')[0].trimEnd();
  return { ...placeAt(source, from, firstLine.length), pointer };
}

/**
 * Offset in the text of character `position` (1-based) of a scalar's value: the value is walked along its own spelling,
 * so quotes, escapes of quotes and folded lines are passed over.
 */
function offsetInside(source: StudySource, pointer: string, value: string, position: number): number | undefined {
  const range = source.ranges[pointer];
  if (!range) return undefined;
  let at = range[0];
  const skip = /[\s"'\\>|+-]/;
  for (let i = 0; i < Math.min(position, value.length + 1); i++) {
    const wanted = value[i];
    if (wanted === undefined) return at;
    if (/\s/.test(wanted)) {
      if (!/\s/.test(source.text[at])) return undefined;
      if (i === position - 1) return at;
      while (at < range[1] && /\s/.test(source.text[at])) at++;
      continue;
    }
    while (at < range[1] && source.text[at] !== wanted && skip.test(source.text[at])) at++;
    if (source.text[at] !== wanted) return undefined;
    if (i === position - 1) return at;
    at++;
  }
  return undefined;
}

/**
 * The same error with its place in the study: an error that points into a formula or an expression (at.source is the
 * value of `pointer`) gets the file position of that very character, any other the position of the value.
 */
export function relocate(fields: PanelErrorFields, source: StudySource, pointer: string): PanelErrorFields {
  const { at } = fields;
  const inside = at?.source !== undefined && at.column !== undefined && at.line === undefined;
  const offset = inside ? offsetInside(source, pointer, at.source!, at.column!) : undefined;
  if (at && !inside && (at.row !== undefined || at.line !== undefined)) return fields;
  const place = offset === undefined ? placeOf(source, pointer) : { ...placeAt(source, offset, at?.length), pointer };
  return { ...fields, at: { ...(at?.variable && { variable: at.variable }), ...place } };
}

/** Runs `work`; a PanelError from it leaves with its place in the study. */
export function located<T>(source: StudySource | undefined, pointer: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (source && error instanceof PanelError) throw new PanelError(relocate(error.toJSON(), source, pointer));
    throw error;
  }
}
