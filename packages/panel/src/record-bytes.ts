/** Plain records with typed arrays as bytes, for files that other machines read: JSON with the arrays behind it, little-endian. */
import { PanelError } from './errors.ts';

const ARRAYS = { f64: Float64Array, i32: Int32Array, u8: Uint8Array } as const;
type Kind = keyof typeof ARRAYS;
type Bulk = Float64Array | Int32Array | Uint8Array;

const MAGIC = 'GPREC1\n\0';
const HEAD = 16;
const pad = (bytes: number) => (bytes + 7) & ~7;
const encoder = new TextEncoder();

const kindOf = (value: unknown): Kind | undefined =>
  (Object.keys(ARRAYS) as Kind[]).find((kind) => value instanceof ARRAYS[kind]);

/** Magic (8 bytes), length of the JSON (u32), 4 zero bytes, JSON, arrays, each from a multiple of 8. Same record, same bytes. */
export function packRecord(record: unknown): Uint8Array {
  const bulk: Bulk[] = [];
  let at = 0;
  const json = JSON.stringify(record, (_, value: unknown) => {
    const kind = kindOf(value);
    if (!kind) return value;
    const array = value as Bulk;
    const place = { $array: kind, at, length: array.length };
    bulk.push(array);
    at += pad(array.byteLength);
    return place;
  });
  const text = encoder.encode(json);
  const start = HEAD + pad(text.length);
  const out = new Uint8Array(start + at);
  out.set(encoder.encode(MAGIC));
  new DataView(out.buffer).setUint32(8, text.length, true);
  out.set(text, HEAD);
  let to = start;
  for (const array of bulk) {
    writeArray(out, to, array);
    to += pad(array.byteLength);
  }
  return out;
}

const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function writeArray(out: Uint8Array, at: number, array: Bulk): void {
  if (LITTLE || array instanceof Uint8Array) {
    out.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    return;
  }
  const view = new DataView(out.buffer);
  for (let i = 0; i < array.length; i++)
    if (array instanceof Float64Array) view.setFloat64(at + 8 * i, array[i], true);
    else view.setInt32(at + 4 * i, array[i], true);
}

function readArray(bytes: Uint8Array, kind: Kind, at: number, length: number): Bulk {
  const size = ARRAYS[kind].BYTES_PER_ELEMENT;
  if (!(at >= 0 && length >= 0 && at + size * length <= bytes.length)) throw broken();
  const copy = bytes.slice(at, at + size * length);
  if (LITTLE || kind === 'u8') return new ARRAYS[kind](copy.buffer, 0, length);
  const view = new DataView(copy.buffer);
  return kind === 'f64'
    ? Float64Array.from({ length }, (_, i) => view.getFloat64(8 * i, true))
    : Int32Array.from({ length }, (_, i) => view.getInt32(4 * i, true));
}

const broken = () =>
  new PanelError({
    code: 'record/broken',
    message: 'The bytes are no record of gravpanel, or they are cut short.',
    hint: 'Make the file again.',
  });

/** The record behind {@link packRecord}. @throws PanelError record/broken. */
export function unpackRecord<T>(given: Uint8Array): T {
  // Node's Buffer has a slice of its own, which copies nothing.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length < HEAD || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw broken();
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const start = HEAD + pad(length);
  if (start > bytes.length) throw broken();
  const text = new TextDecoder().decode(bytes.subarray(HEAD, HEAD + length));
  const arrays = bytes.subarray(start);
  return JSON.parse(text, (_, value) => {
    if (value === null || typeof value !== 'object' || !('$array' in value)) return value;
    const { $array, at, length: count } = value as { $array: Kind; at: number; length: number };
    if (!Object.hasOwn(ARRAYS, $array)) throw broken();
    return readArray(arrays, $array, at, count);
  }) as T;
}
