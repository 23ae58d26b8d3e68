/** The tables that a study names → frames, whatever holds the files: a disk, a dropped folder, an archive. */
import { derive } from './derive.ts';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { setPanel } from './frame.ts';
import { type CountryCode, joinFrame } from './join.ts';
import type { Study } from './study.ts';
import { relocate, type StudySource } from './study-places.ts';
import { type FormatReaders, openTable } from './table-open.ts';
import type { Frame } from './types.ts';

/** What opening a study's tables needs of the world. */
export interface StudyFiles {
  /**
   * The bytes of a file, by its path as the study writes it, and its name for messages. `what` is what it is to the study.
   * @throws PanelError data/file-missing, data/file-not-read.
   */
  read(path: string, what: string): Promise<FileContent> | FileContent;
  /** Hex SHA-256. */
  sha256(bytes: Uint8Array): Promise<string> | string;
  /** Resolves countries; asked for only where a join has country keys. */
  countryCode(): Promise<CountryCode> | CountryCode;
  /** Readers of the binary formats. */
  formats: FormatReaders;
}

export interface FileContent {
  bytes: Uint8Array;
  name: string;
}

export interface StudyData {
  /** The panel with its index and its joins. */
  frame: Frame;
  /** data.tables by name. */
  tables: Record<string, Frame>;
}

type Data = Study['data'];
type Join = NonNullable<Data['join']>[number];
type TableKeys = Pick<Data, 'path' | 'sha256' | 'delimiter' | 'encoding' | 'numbers' | 'missing' | 'sheet'> & {
  skip?: number;
};

async function tableOf(keys: TableKeys, files: StudyFiles, what: string): Promise<Frame> {
  const { path, sha256, delimiter, encoding, numbers, missing, sheet, skip } = keys;
  const { bytes, name } = await files.read(path, what);
  const hash = await files.sha256(bytes);
  if (sha256 !== undefined && sha256.toLowerCase() !== hash)
    throw new PanelError({
      code: 'data/changed',
      message: `"${path}" has SHA-256 ${hash.slice(0, 12)}…; the study expects ${sha256.slice(0, 12)}….`,
      hint: 'Bring the file back that the study was written for, or put the new hash under sha256.',
      details: { sha256: hash },
    });
  const options = { name, sha256: hash, delimiter, encoding, numbers, missing, sheet, skip };
  return openTable(bytes, options, files.formats);
}

/** The frame under the name that the study gives its file. */
const named = (frame: Frame, name: string): Frame => ({ ...frame, source: { ...frame.source, name } });

/** Errors of a table's own cells stand where they are; all others leave with their place in the study. */
async function placed<T>(
  source: StudySource,
  pointer: (fields: PanelErrorFields) => string,
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    const fields = error.toJSON();
    const { at } = fields;
    if ((at?.row !== undefined || at?.line !== undefined) && at.source === undefined) throw error;
    throw new PanelError(relocate(fields, source, pointer(fields)));
  }
}

/** Keys that errors of any table are about. */
const DATA_KEY: Record<string, string> = {
  'data/file-missing': 'path',
  'data/file-not-read': 'path',
  'data/not-read': 'path',
  'data/changed': 'sha256',
  'data/no-sheet': 'sheet',
};

/** The part of `data` that an error is about. */
function dataPointer({ code, at }: PanelErrorFields, { unit, time }: Data): string {
  const [base, key] = ['/data', DATA_KEY[code]];
  if (at?.pointer?.startsWith('/derive')) return `${base}${at.pointer}`;
  if (key) return `${base}/${key}`;
  if (at?.variable === time) return '/data/time';
  if (at?.variable !== undefined && [unit].flat().includes(at.variable)) return '/data/unit';
  return '/data';
}

const JOIN_KEY: Record<string, string> = {
  ...DATA_KEY,
  'join/country-not-a-key': 'country',
  'join/not-wide': 'wide',
  'join/column-exists': 'take',
  'join/key-types': 'on',
  'join/no-match': 'on',
};

/** The part of a join that an error is about. */
function joinPointer({ code, message, at }: PanelErrorFields, i: number): string {
  const base = `/data/join/${i}`;
  if (at?.pointer?.startsWith('/derive')) return `${base}${at.pointer}`;
  if (at?.file === 'where') return `${base}/where`;
  if (code === 'data/unknown-column') return message.includes('(taken by the join)') ? `${base}/take` : `${base}/on`;
  return JOIN_KEY[code] ? `${base}/${JOIN_KEY[code]}` : base;
}

async function joined(frame: Frame, join: Join, i: number, source: StudySource, files: StudyFiles): Promise<Frame> {
  return placed(
    source,
    (fields) => joinPointer(fields, i),
    async () => {
      const {
        path: _path,
        sha256: _hash,
        delimiter: _delimiter,
        encoding: _encoding,
        numbers: _numbers,
        missing: _missing,
        skip: _skip,
        simulated: _simulated,
        sheet: _sheet,
        ...spec
      } = join;
      const right = named(await tableOf(join, files, 'joined table'), join.path);
      return joinFrame(frame, right, spec, await files.countryCode());
    },
  );
}

/**
 * The study's own table, before its panel is declared.
 * @throws PanelError data/…, with its place in the study.
 */
export const openStudyTable = ({ data }: Study, source: StudySource, files: StudyFiles): Promise<Frame> =>
  placed(
    source,
    (fields) => dataPointer(fields, data),
    () => tableOf(data, files, 'data file'),
  );

/**
 * The panel index of a study's table and what is joined to it, in the order of the list.
 * @throws PanelError data/…, join/…, country/…, with the place in the study or in the table.
 */
export async function openStudyPanel(study: Study, source: StudySource, table: Frame, files: StudyFiles) {
  const { data } = study;
  let frame = await placed(
    source,
    (fields) => dataPointer(fields, data),
    () =>
      setPanel(data.derive ? derive(table, data.derive) : table, [data.unit].flat(), data.time, {
        duplicates: data.duplicates,
      }),
  );
  frame = named(frame, data.path);
  for (const [i, join] of (data.join ?? []).entries()) frame = await joined(frame, join, i, source, files);
  return frame;
}

/** data.tables by name. @throws PanelError data/… */
export async function openFurtherTables({ data }: Study, source: StudySource, files: StudyFiles) {
  const tables: Record<string, Frame> = {};
  for (const [name, keys] of Object.entries(data.tables ?? {}))
    tables[name] = named(
      await placed(
        source,
        ({ code }) => `/data/tables/${name}/${DATA_KEY[code] ?? 'path'}`,
        () => tableOf(keys, files, 'data file'),
      ),
      keys.path,
    );
  return tables;
}

/** Every table of a study. @throws PanelError as its parts. */
export async function openStudyData(study: Study, source: StudySource, files: StudyFiles): Promise<StudyData> {
  const table = await openStudyTable(study, source, files);
  return {
    frame: await openStudyPanel(study, source, table, files),
    tables: await openFurtherTables(study, source, files),
  };
}
