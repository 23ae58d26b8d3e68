/** The tables of a folder: found, unpacked, their headers checked, and named to DuckDB. */
import * as fs from 'node:fs';
import path from 'node:path';
import { checkDelimiter, nearestHint, nearestNames, PanelError } from '@gravpanel/panel';
import { quoted } from './duckdb.ts';
import type { TableName } from './tables.ts';
import { type Unpacked, unpack } from './unpack.ts';

export interface Input extends Unpacked {
  table: TableName;
  /** The header. */
  columns: string[];
}

const ENDINGS = ['.tsv', '.tsv.zip', '.tsv.gz', '.zip'];
const HEAD = 1 << 16;

function namesIn(dir: string): string[] {
  try {
    return fs.readdirSync(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is a file' : 'cannot be read';
    throw new PanelError({
      code: code === 'ENOENT' ? 'data/file-missing' : 'data/file-not-read',
      message: `The folder of patent tables "${dir}" ${why}; a folder with g_patent.tsv and its companions was expected.`,
      hint: `Paths are taken from ${process.cwd()}.`,
      at: { file: dir },
    });
  }
}

/** The file of a table; undefined where the folder has none. @throws PanelError data/file-missing. */
export function findTable(dir: string, table: TableName): string | undefined {
  const names = namesIn(dir);
  const found = ENDINGS.map((ending) => `${table}${ending}`).find((name) => names.includes(name));
  return found && path.join(dir, found);
}

export function missingTable(dir: string, table: TableName, hint?: string): PanelError {
  const names = namesIn(dir);
  const stems = names.map((name) => name.replace(/\.(tsv|txt|csv)?(\.zip|\.gz)?$/, ''));
  const near = nearestNames(table, stems).map((stem) => names[stems.indexOf(stem)]);
  const there = near.length > 0 ? `Nearest: ${near.join(', ')}.` : nearestHint(table, names);
  return new PanelError({
    code: 'patents/missing-table',
    message: `"${dir}" has no ${table}.tsv (nor .tsv.zip, .tsv.gz).`,
    hint: [there, hint].filter(Boolean).join(' ') || 'The folder is empty.',
    at: { file: path.join(dir, `${table}.tsv`) },
  });
}

function headOf(plain: string): string {
  const fd = fs.openSync(plain, 'r');
  try {
    const buffer = Buffer.alloc(HEAD);
    const text = buffer.toString('utf8', 0, fs.readSync(fd, buffer, 0, HEAD, 0));
    return text.replace(/^\ufeff/, '');
  } finally {
    fs.closeSync(fd);
  }
}

function checkTabs(text: string, file: string): void {
  const whole = text.includes('\n') ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  try {
    checkDelimiter(whole.replaceAll('\r', ''), '\t', file);
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    throw new PanelError({
      ...error.toJSON(),
      hint: 'The tables of PatentsView are separated by tabs: save the file so.',
    });
  }
}

function checkColumns(columns: string[], needed: string[], file: string): void {
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined)
    throw new PanelError({
      code: 'data/duplicate-column',
      message: `"${twice}" names two columns of "${file}"; names must differ.`,
      hint: 'Rename one of them.',
      at: { file, line: 1, variable: twice },
    });
  const missing = needed.find((name) => !columns.includes(name));
  if (missing === undefined) return;
  throw new PanelError({
    code: 'patents/missing-column',
    message: `"${file}" has no column "${missing}".`,
    hint: nearestHint(missing, columns.filter(Boolean)),
    at: { file, line: 1, variable: missing },
  });
}

/** Unpacks a table into `folder` and checks its header. @throws PanelError patents/…, data/…. */
export async function openTable(file: string, table: TableName, needed: string[], folder: string): Promise<Input> {
  const unpacked = await unpack(file, table, folder);
  const head = headOf(unpacked.plain);
  const first = head.split(/\r?\n/, 1)[0];
  const columns = first.split('\t').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  if (!needed.every((name) => columns.includes(name))) checkTabs(head, file);
  checkColumns(columns, needed, file);
  if (head.replace(/^[^\n]*\n?/, '').trim() === '')
    throw new PanelError({
      code: 'data/header-only',
      message: `"${file}" has a header and no rows.`,
      hint: 'Check whether the download had ended.',
      at: { file, line: 1 },
    });
  return { ...unpacked, table, columns };
}

/** read_csv(…) with every column as text: no guess about types, quotes as in RFC 4180. */
export function scan({ plain, columns }: Input): string {
  const types = columns.map((name) => `${quoted(name)}: 'VARCHAR'`).join(', ');
  const options = `delim='\\t', quote='"', escape='"', header=true, auto_detect=false, strict_mode=true`;
  return `read_csv(${quoted(plain)}, ${options}, columns={${types}})`;
}

/** Removes the unpacked copy, where there is one. */
export function drop({ file, plain }: Input): void {
  if (plain !== file) fs.rmSync(plain, { force: true });
}
