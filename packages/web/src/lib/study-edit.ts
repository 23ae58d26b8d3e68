/** Edits of a study's text: a value that stands there is replaced in its place, so that comments and layout stay. */
import { type Document, isScalar, type Node, parseDocument, stringify } from 'yaml';

export type Path = (string | number)[];

const flow = (value: unknown) => stringify(value, { lineWidth: 0, collectionStyle: 'flow' }).trimEnd();

function written(document: Document, width: number): string {
  return document.toString({ lineWidth: width, flowCollectionPadding: true });
}

/** Columns of the longest line: what is written anew is folded no earlier. */
const widthOf = (text: string) => Math.max(80, ...text.split('\n').map((line) => line.length));

/** The text with `value` at `path`; undefined takes the key away. Parents that are missing are made. */
export function setValue(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) return text;
  const node = document.getIn(path, true) as Node | undefined;
  const plain = value === null || typeof value !== 'object';
  if (value !== undefined && plain && isScalar(node) && node.range) {
    const [from, to] = node.range;
    return text.slice(0, from) + flow(value) + text.slice(to);
  }
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, plain ? value : document.createNode(value, { flow: true }));
  return written(document, widthOf(text));
}
