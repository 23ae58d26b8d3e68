/** The files that a study names, held in memory by path, and what reading them needs. */
import { type CountryCode, PanelError, type Study, type StudyFiles } from '@gravpanel/panel';
import { FORMATS } from '@gravpanel/panel/formats';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { StudyFileMap } from '../protocol.ts';

/** Of text, as UTF-8, or of bytes. */
export const hashOf = (data: Uint8Array | string): string =>
  bytesToHex(sha256(typeof data === 'string' ? new TextEncoder().encode(data) : data));

async function countryCode(): Promise<CountryCode> {
  const { resolveCountry } = await import('@gravpanel/panel/countries');
  return (text, at) => {
    try {
      return { iso3: resolveCountry(text, at).iso3 };
    } catch (error) {
      if (error instanceof PanelError) return { error: error.toJSON() };
      throw error;
    }
  };
}

const baseName = (path: string) => path.split('/').at(-1)!;

/** By its path, or by its name alone where only one file has it: a dropped file has no folder. */
function find(files: StudyFileMap, path: string): Blob | Uint8Array<ArrayBuffer> | undefined {
  if (Object.hasOwn(files, path)) return files[path];
  const same = Object.keys(files).filter((name) => baseName(name) === baseName(path));
  return same.length === 1 ? files[same[0]] : undefined;
}

/** Reading and hashing for the engine; each file is read once. */
export function memoryFiles(files: StudyFileMap): StudyFiles {
  const read = new Map<string, Promise<Uint8Array>>();
  const hashes = new WeakMap<Uint8Array, string>();
  const bytesOf = async (path: string) => {
    const file = find(files, path);
    if (!file)
      throw new PanelError({
        code: 'data/file-missing',
        message: `The file "${path}" is not open; the study needs it.`,
        hint: `Drop ${baseName(path)} anywhere on the page, or choose it under Data.`,
        at: { file: path },
      });
    try {
      return file instanceof Uint8Array ? file : new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      throw new PanelError({
        code: 'data/file-not-read',
        message: `"${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'It may have been moved or changed since it was chosen: choose it again.',
        at: { file: path },
      });
    }
  };
  return {
    async read(path) {
      if (!read.has(path)) {
        const bytes = bytesOf(path);
        bytes.catch(() => read.delete(path));
        read.set(path, bytes);
      }
      return { name: path, bytes: await read.get(path)! };
    },
    formats: FORMATS,
    sha256(bytes) {
      if (!hashes.has(bytes)) hashes.set(bytes, hashOf(bytes));
      return hashes.get(bytes)!;
    },
    countryCode,
  };
}

/** Every file that a study names. */
export const namedFiles = ({ data, describe = [] }: Study): string[] => [
  ...new Set([
    data.path,
    ...Object.values(data.tables ?? {}).map(({ path }) => path),
    ...(data.join ?? []).map(({ path }) => path),
    // Region schemes that ship go by a name alone.
    ...describe.flatMap((part) =>
      'regions' in part && typeof part.regions === 'string' && /\.ya?ml$/i.test(part.regions) ? [part.regions] : [],
    ),
  ]),
];
