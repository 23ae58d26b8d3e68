/** A bulk table as plain UTF-8 text on disk: hashed, inflated and checked in one pass of chunks, never held in memory. */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { finished, type Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { invalidUtf8At, PanelError } from '@gravpanel/panel';
import { type ZipEntry, zipEntry } from './zip.ts';

export interface Unpacked {
  /** As the user's folder has it. */
  file: string;
  /** The plain text; the file itself where it is not compressed. */
  plain: string;
  sha256: string;
  /** Of the file. */
  bytes: number;
}

const CHUNK = 1 << 18;

const broken = (file: string, why: string) =>
  new PanelError({
    code: 'patents/broken-archive',
    message: `"${file}" ${why}.`,
    hint: 'Download it again: the transfer may have stopped early.',
    at: { file },
  });

const empty = (file: string) =>
  new PanelError({
    code: 'data/empty',
    message: `"${file}" is empty; a header and rows were expected.`,
    hint: 'Check whether the download had ended.',
    at: { file },
  });

/** zlib's complaints in words. */
function inflateError(file: string, error: NodeJS.ErrnoException): PanelError {
  if (error instanceof PanelError) return error;
  if (error.code === 'Z_BUF_ERROR' || /unexpected end/.test(error.message))
    return broken(file, 'ends in the middle of its compressed data');
  if (error.code?.startsWith('Z_')) return broken(file, `is damaged: ${error.message}`);
  if (error.code === 'ENOSPC')
    return new PanelError({
      code: 'output/not-written',
      message: `The disk is full: there is no room to unpack "${file}".`,
      hint: 'Choose another disk with -o: tables are unpacked beside the output.',
      at: { file },
    });
  return new PanelError({
    code: 'data/file-not-read',
    message: `"${file}" cannot be read: ${error.message}.`,
    at: { file },
  });
}

interface Source {
  /** Plain text. */
  text: Readable;
  /** The bytes of the file where they are not the text: for the hash. */
  raw?: Readable;
  entry?: ZipEntry;
}

function inflated(from: fs.ReadStream, inflate: Transform): Readable {
  from.on('error', (error) => inflate.destroy(error));
  return from.pipe(inflate);
}

function open(file: string, table: string): Source {
  const raw = fs.createReadStream(file, { highWaterMark: CHUNK });
  if (file.endsWith('.gz')) return { raw, text: inflated(raw, zlib.createGunzip({ chunkSize: CHUNK })) };
  if (!file.endsWith('.zip')) return { text: raw };
  const entry = zipEntry(file, table);
  if (entry.compressed === 0) throw empty(file);
  const end = entry.offset + entry.compressed - 1;
  const packed = fs.createReadStream(file, { start: entry.offset, end, highWaterMark: CHUNK });
  const text = entry.method === 0 ? packed : inflated(packed, zlib.createInflateRaw({ chunkSize: CHUNK }));
  return { raw, text, entry };
}

/** Bytes at the end of a chunk that begin a character which the next chunk completes. */
function openTail(chunk: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const b = chunk[chunk.length - back];
    if ((b & 0xc0) === 0x80) continue;
    const length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** 1-based line of a byte of the text. */
async function lineAt(file: string, table: string, offset: number): Promise<number> {
  let line = 1;
  let before = 0;
  for await (const chunk of open(file, table).text as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, offset - before);
    for (let i = part.indexOf(10); i >= 0; i = part.indexOf(10, i + 1)) line++;
    before += chunk.length;
    if (before >= offset) break;
  }
  return line;
}

async function notUtf8(file: string, table: string, bytes: Uint8Array, start: number): Promise<PanelError> {
  const at = Math.max(0, invalidUtf8At(bytes));
  const line = await lineAt(file, table, start + at);
  return new PanelError({
    code: 'data/encoding',
    message: `"${file}" is not UTF-8: byte 0x${bytes[at].toString(16)} on line ${line} is not valid there.`,
    hint: 'It may be Latin-1 or Windows-1252. Convert it: iconv -f WINDOWS-1252 -t UTF-8 IN > OUT',
    at: { file, line, row: line },
  });
}

const isUtf16 = (b: Uint8Array) =>
  b.length > 1 && ((b[0] === 0xff && b[1] === 0xfe) || (b[0] === 0xfe && b[1] === 0xff));

/** Sends the text on, chunk by chunk, and checks it on the way. @returns its size and CRC-32. */
async function pass(file: string, table: string, { text, entry }: Source, take: (chunk: Buffer) => void) {
  let size = 0;
  let crc = 0;
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of text as AsyncIterable<Buffer>) {
    if (size === 0 && isUtf16(chunk))
      throw new PanelError({
        code: 'data/not-text',
        message: `"${file}" is UTF-16 text; tab-separated text in UTF-8 was expected.`,
        hint: 'Convert it: iconv -f UTF-16 -t UTF-8 IN > OUT',
        at: { file, line: 1 },
      });
    take(chunk);
    const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
    const whole = bytes.subarray(0, bytes.length - openTail(bytes));
    if (!isUtf8(whole)) throw await notUtf8(file, table, whole, size - carry.length);
    size += chunk.length;
    if (entry) crc = zlib.crc32(chunk, crc);
    carry = Buffer.from(bytes.subarray(whole.length));
  }
  if (carry.length > 0) throw await notUtf8(file, table, carry, size - carry.length);
  return { size, crc };
}

async function hashInto(hash: Hash, raw: Readable): Promise<void> {
  raw.on('data', (chunk: Buffer) => hash.update(chunk));
  await new Promise<void>((resolve, reject) => {
    finished(raw, { writable: false }, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Reads a table once: SHA-256 of the file's bytes, the text inflated into `folder` where it is compressed, checked as UTF-8 on
 * the way.
 * @throws PanelError patents/broken-archive (cut off, checksum), data/encoding, data/not-text, data/empty, data/file-not-read.
 */
export async function unpack(file: string, table: string, folder: string): Promise<Unpacked> {
  const hash = createHash('sha256');
  const packed = /\.(gz|zip)$/.test(file);
  const plain = packed ? path.join(folder, `${table}.tsv`) : file;
  const out = packed ? fs.openSync(plain, 'w') : undefined;
  try {
    const source = open(file, table);
    const { raw, entry } = source;
    const hashed = raw ? hashInto(hash, raw) : Promise.resolve();
    hashed.catch(() => {});
    const { size, crc } = await pass(file, table, source, (chunk) => {
      if (out === undefined) hash.update(chunk);
      else fs.writeSync(out, chunk);
    });
    await hashed;
    if (entry && (size !== entry.size || crc !== entry.crc32))
      throw broken(file, `is damaged: ${entry.name} does not match its checksum`);
    if (size === 0) throw empty(file);
  } catch (error) {
    throw inflateError(file, error as NodeJS.ErrnoException);
  } finally {
    if (out !== undefined) fs.closeSync(out);
  }
  return { file, plain, sha256: hash.digest('hex'), bytes: fs.statSync(file).size };
}
