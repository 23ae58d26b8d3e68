/** Bytes → text, and the delimiter of a text table. */
import { PanelError } from './errors.ts';

/** How the bytes of a text table are letters; UTF-8 where a study says nothing. */
export const ENCODINGS = ['utf-8', 'windows-1252', 'gb18030', 'utf-16'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Offset of the first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates), or −1. */
export function invalidUtf8At(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i];
    const more = b < 0x80 ? 0 : b < 0xc2 ? -1 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : b < 0xf5 ? 3 : -1;
    if (more < 0) return i;
    for (let j = 1; j <= more; j++) if ((bytes[i + j] & 0xc0) !== 0x80) return i;
    const second = bytes[i + 1];
    if (
      (b === 0xe0 && second < 0xa0) ||
      (b === 0xed && second > 0x9f) ||
      (b === 0xf0 && second < 0x90) ||
      (b === 0xf4 && second > 0x8f)
    )
      return i;
    i += more + 1;
  }
  return -1;
}

const UTF16 = 'UTF-16 text';
const SIGNATURES: [string, number[]][] = [
  ['an Excel or zip file', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip file', [0x1f, 0x8b]],
  ['an old Excel file', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a Stata file', [0x3c, 0x73, 0x74, 0x61, 0x74, 0x61, 0x5f, 0x64, 0x74, 0x61, 0x3e]],
  [UTF16, [0xff, 0xfe]],
  [UTF16, [0xfe, 0xff]],
];

function notText(name: string, what: string): PanelError {
  return new PanelError({
    code: 'data/not-text',
    message: `"${name}" is ${what}; a CSV or TSV file in UTF-8 was expected.`,
    hint:
      what === UTF16
        ? 'Write encoding: utf-16 under data of a study, or save it as CSV (UTF-8).'
        : 'Save or export it as CSV (UTF-8).',
    at: { file: name },
    ...(what === UTF16 && { details: { encoding: 'utf-16' } }),
  });
}

/** The letters of Windows-1252 from 0x80 to 0x9f (WHATWG Encoding Standard). */
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** @throws PanelError data/encoding, data/not-text. */
function decodeAs(bytes: Uint8Array, encoding: Exclude<Encoding, 'utf-8'>, name: string): string {
  const big = bytes[0] === 0xfe && bytes[1] === 0xff;
  const fault = () =>
    new PanelError({
      code: 'data/encoding',
      message: `"${name}" is not ${encoding}, which the study says it is.`,
      hint: `Write another encoding under data, or none for UTF-8: ${ENCODINGS.join(', ')}.`,
      at: { file: name },
    });
  try {
    const label = encoding === 'utf-16' ? (big ? 'utf-16be' : 'utf-16le') : encoding;
    const decoded = new TextDecoder(label, { fatal: true }).decode(bytes);
    // Node leaves these as they are, browsers do not.
    const text =
      encoding === 'windows-1252' ? decoded.replace(/[\x80-\x9f]/g, (c) => C1[c.charCodeAt(0) - 128]) : decoded;
    if (!text.includes('\0')) return text;
  } catch {
    throw fault();
  }
  throw notText(name, 'a binary file');
}

/**
 * Bytes → text without a byte order mark.
 * @throws PanelError data/not-text (other formats, zero bytes), data/encoding (with offset and line of the first bad byte).
 */
export function decodeText(bytes: Uint8Array, name: string, encoding: Encoding = 'utf-8'): string {
  if (encoding !== 'utf-8') return decodeAs(bytes, encoding, name);
  const kind = SIGNATURES.find(([, signature]) => signature.every((b, i) => bytes[i] === b));
  if (kind) throw notText(name, kind[0]);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw notText(name, 'a binary file');
    return text;
  } catch (error) {
    if (error instanceof PanelError) throw error;
    const offset = invalidUtf8At(bytes);
    let line = 1;
    for (let i = 0; i < offset; i++) if (bytes[i] === 10) line++;
    throw new PanelError({
      code: 'data/encoding',
      message: `"${name}" is not UTF-8: byte ${offset} (0x${bytes[offset]?.toString(16)}) on line ${line} is not valid there.`,
      hint: `It may be Windows-1252 (Latin-1): write encoding: windows-1252 under data of a study, or convert it: iconv -f WINDOWS-1252 -t UTF-8 "${name}" > utf8.csv`,
      at: { file: name, line },
      details: { offset },
    });
  }
}

/** Delimiters that are found by themselves. */
export const DELIMITERS = [',', '\t', ';', '|'];
const SNIFFED = 20;

/** The first lines of a text as logical rows: line ends inside quotes do not count. */
function firstRows(text: string, most: number): string[] {
  const rows: string[] = [];
  let inside = false;
  let from = 0;
  for (let i = 0; i <= text.length && rows.length < most; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) inside = !inside;
    const ends = i === text.length || ((c === 10 || c === 13) && !inside);
    if (!ends) continue;
    if (i > from) rows.push(text.slice(from, i));
    from = i + 1;
    if (i > 200_000) break;
  }
  return rows;
}

/** Number of fields that a delimiter cuts a row into; quoted stretches count as text. */
function fieldsOf(row: string, delimiter: string): number {
  if (!row.includes('"')) return row.split(delimiter).length;
  let inside = false;
  let fields = 1;
  for (let i = 0; i < row.length; i++) {
    if (row[i] === '"') inside = !inside;
    else if (!inside && row[i] === delimiter) fields++;
  }
  return fields;
}

/** How well a delimiter fits: fields of the header, and the share of the first rows with as many. */
function fitOf(rows: string[], delimiter: string) {
  const header = fieldsOf(rows[0], delimiter);
  const same = rows.filter((row) => fieldsOf(row, delimiter) === header).length;
  return { delimiter, header, agree: same / rows.length };
}

/** The delimiter of a table by its header and first rows: the one that cuts them most evenly; "," where none does. */
export function sniffDelimiter(text: string): string {
  const rows = firstRows(text, SNIFFED);
  if (rows.length === 0) return ',';
  const [best] = DELIMITERS.map((delimiter) => fitOf(rows, delimiter))
    .filter(({ header }) => header > 1)
    .sort((a, b) => b.agree - a.agree || b.header - a.header);
  return best?.delimiter ?? ',';
}

const NAMES: Record<string, string> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
  ' ': 'space',
  ':': 'colon',
};
const named = (delimiter: string) => NAMES[delimiter] ?? `"${delimiter}"`;

/**
 * Where `used` leaves the header or the first row in one piece although another character plainly cuts it.
 * @throws PanelError data/wrong-delimiter, naming both.
 */
export function checkDelimiter(text: string, used: string, name: string): void {
  const rows = firstRows(text, SNIFFED);
  if (rows.length === 0) return;
  const header = fieldsOf(rows[0], used);
  const body = rows.slice(1);
  const rival = [...DELIMITERS, ' ', ':'].find((other) => {
    if (other === used) return false;
    const inHeader = fieldsOf(rows[0], other);
    const inBody = body.length > 0 && body.every((row) => fieldsOf(row, other) === fieldsOf(body[0], other));
    const bodyFields = body.length > 0 ? fieldsOf(body[0], other) : inHeader;
    if (header === 1) return inHeader > 1 && inBody && bodyFields === inHeader;
    // Header and body are cut by different characters.
    return body.every((row) => fieldsOf(row, used) === 1) && inBody && bodyFields === header;
  });
  if (rival === undefined) return;
  throw new PanelError({
    code: 'data/wrong-delimiter',
    message: `"${name}" was read with ${named(used)} as delimiter, but ${header === 1 ? 'its lines are' : 'the lines below its header are'} cut by ${named(rival)}.`,
    hint: `Set data.delimiter, or save the file with one delimiter throughout: comma, tab, semicolon or bar.`,
    at: { file: name, line: header === 1 ? 1 : 2 },
    details: { used, found: rival },
  });
}
