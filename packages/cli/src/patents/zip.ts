/** The one table inside a .zip, as PatentsView distributes them: the directory is read here, Node's zlib inflates. */
import * as fs from 'node:fs';
import { PanelError } from '@gravpanel/panel';

/** Where the compressed bytes of an entry stand. */
export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  offset: number;
  compressed: number;
  size: number;
  crc32: number;
}

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const MOST_COMMENT = 0xffff;

function fault(file: string, message: string): PanelError {
  return new PanelError({
    code: 'patents/broken-archive',
    message: `"${file}" ${message}.`,
    hint: 'Download it again: the transfer may have stopped early.',
    at: { file },
  });
}

function read(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const got = fs.readSync(fd, buffer, 0, length, position);
  return buffer.subarray(0, got);
}

/** Offset and number of the entries of the central directory, zip64 included. */
function directory(fd: number, size: number, file: string): { offset: number; entries: number } {
  const from = Math.max(0, size - END_SIZE - MOST_COMMENT);
  const tail = read(fd, from, size - from);
  let at = tail.length - END_SIZE;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
  if (at < 0) throw fault(file, 'has no directory at its end: it is cut off, or no zip archive');
  const offset = tail.readUInt32LE(at + 16);
  const entries = tail.readUInt16LE(at + 10);
  if (offset !== 0xffffffff && entries !== 0xffff) return { offset, entries };
  const locator = at - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== END64_LOCATOR) throw fault(file, 'has a broken zip64 directory');
  const end = read(fd, Number(tail.readBigUInt64LE(locator + 8)), 56);
  return { offset: Number(end.readBigUInt64LE(48)), entries: Number(end.readBigUInt64LE(32)) };
}

/** Sizes and offset beyond 4 GB stand in the extra field 1, in this order, each only where the short one is full. */
function wide(extra: Buffer, shorts: number[]): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    return shorts.map((short) => {
      if (short !== 0xffffffff) return short;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    });
  }
  return shorts;
}

function entriesOf(fd: number, size: number, file: string): ZipEntry[] {
  const { offset, entries } = directory(fd, size, file);
  const bytes = read(fd, offset, size - offset);
  const list: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < entries; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) throw fault(file, 'has a broken directory');
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const shorts = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
    const [full, compressed, local] = wide(extra, shorts);
    const head = read(fd, local, 30);
    if (head.length < 30 || head.readUInt32LE(0) !== LOCAL)
      throw fault(file, `has no entry where "${name}" should start`);
    const start = local + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    list.push({
      name,
      method: bytes.readUInt16LE(at + 10),
      offset: start,
      compressed,
      size: full,
      crc32: bytes.readUInt32LE(at + 16),
    });
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
  return list.filter(({ name }) => !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(name));
}

/** The entry that holds the table. @throws PanelError patents/broken-archive, patents/archive-entry. */
export function zipEntry(file: string, table: string): ZipEntry {
  const fd = fs.openSync(file, 'r');
  try {
    const entries = entriesOf(fd, fs.fstatSync(fd).size, file);
    const found = entries.find(({ name }) => name.split('/').at(-1) === `${table}.tsv`) ?? entries[0];
    if (!found || (entries.length > 1 && !found.name.endsWith(`${table}.tsv`)))
      throw new PanelError({
        code: 'patents/archive-entry',
        message: `"${file}" holds ${entries.length === 0 ? 'no file' : entries.map(({ name }) => name).join(', ')}; ${table}.tsv was expected.`,
        hint: `Put ${table}.tsv alone into the archive.`,
        at: { file },
      });
    if (found.method !== 0 && found.method !== 8)
      throw fault(
        file,
        `holds ${found.name} in a compression (method ${found.method}) that is not read; deflate was expected`,
      );
    return found;
  } finally {
    fs.closeSync(fd);
  }
}
