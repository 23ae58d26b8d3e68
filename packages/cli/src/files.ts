/** The only place that touches the file system. */
import * as fs from 'node:fs';
import path from 'node:path';
import { PanelError } from '@gravpanel/panel';

export interface FileBytes {
  /** As the user wrote it; "stdin" for "-". */
  name: string;
  bytes: Uint8Array;
}

const WHY: Record<string, string> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder; a file was expected',
  ENOTDIR: 'has a file where a folder was expected in its path',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: not permitted',
};

function neighbours(file: string): string {
  try {
    const base = path.basename(file).toLowerCase();
    const names = fs.readdirSync(path.dirname(file) || '.');
    const near = names.filter((n) => n.toLowerCase().startsWith(base.slice(0, 3)) || n.toLowerCase() === base);
    return near.length > 0 ? ` Nearby: ${near.slice(0, 3).join(', ')}.` : '';
  } catch {
    return '';
  }
}

/** Bytes of a file, or of stdin for "-". @throws PanelError data/file-not-read. */
export function readBytes(file: string, what = 'data file'): FileBytes {
  try {
    const bytes = file === '-' ? fs.readFileSync(0) : fs.readFileSync(file);
    return { name: file === '-' ? 'stdin' : file, bytes };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT';
    throw new PanelError({
      code: missing ? 'data/file-missing' : 'data/file-not-read',
      message: `The ${what} ${file === '-' ? 'stdin' : `"${file}"`} ${WHY[code] ?? `cannot be read: ${message}`}.`,
      hint: missing
        ? `Paths are taken from ${process.cwd()}.${neighbours(file)}`
        : 'Name a file that this user can read, or - for stdin.',
      at: { file },
    });
  }
}

/** Of temporary neighbours; they are opened with "wx", so a clash is an error and never a lost file. */
const suffix = () => `.gravpanel-${process.pid}-${process.hrtime.bigint().toString(36)}`;

/** What stands at a path; undefined where nothing does. @throws PanelError output/not-written. */
function entry(target: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(target, { throwIfNoEntry: false });
  } catch (error) {
    outputError(target, error);
  }
}

export const exists = (target: string) => entry(target) !== undefined;

/** Whether a path is a folder (or a link to one). */
export const isFolder = (target: string): boolean =>
  fs.statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false;

const existsError = (target: string, hint: string) =>
  new PanelError({ code: 'output/exists', message: `"${target}" exists already.`, hint, at: { file: target } });

function outputError(target: string, error: unknown): never {
  if (error instanceof PanelError) throw error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why: Record<string, string> = {
    ENOENT: 'its folder does not exist',
    ENOTDIR: 'a file stands where a folder was expected',
    EACCES: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota of the disk is used up',
    EFBIG: 'a file may not grow that large here',
    EISDIR: 'it is a folder',
  };
  throw new PanelError({
    code: 'output/not-written',
    message: `"${target}" cannot be written: ${why[code] ?? message}.`,
    hint: full(code) ? 'Make room, or choose another place with -o.' : 'Choose another place with -o.',
    at: { file: target },
  });
}

const full = (code: string) => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);

/** The code of a system error that says that there is no more room, in whatever words a library wrapped it. */
export function noRoom(error: unknown): string | undefined {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  if (full(code)) return code;
  if (/no space left on device|disk is full/i.test(message)) return 'ENOSPC';
  if (/disk quota exceeded/i.test(message)) return 'EDQUOT';
  return /file too large|file size limit/i.test(message) ? 'EFBIG' : undefined;
}

/** Refuses now what writing would refuse later. @throws PanelError output/exists, output/not-written. */
export function checkOutputFile(target: string, force: boolean): void {
  if (target === '-') return;
  const found = entry(target);
  if (found?.isDirectory()) throw existsError(target, 'It is a folder: name a file.');
  if (found && !force) throw existsError(target, 'Add --force to replace it, or choose another name.');
  if (!exists(path.dirname(target))) outputError(target, { code: 'ENOENT' });
}

/** Writes a file by way of a temporary neighbour, so that readers see the old or the new one, never a part. */
export function writeFileAtomically(target: string, text: string | Uint8Array, force: boolean): void {
  const part = path.join(path.dirname(target), `.${path.basename(target)}${suffix()}`);
  try {
    checkOutputFile(target, force);
    fs.writeFileSync(part, text, { flag: 'wx' });
    if (force) fs.renameSync(part, target);
    else fs.linkSync(part, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw existsError(target, 'Add --force to replace it, or choose another name.');
    outputError(target, error);
  } finally {
    fs.rmSync(part, { force: true });
  }
}

/** Refuses files that are there, unless `force`. @throws PanelError output/exists. */
export function checkNewFiles(targets: string[], force: boolean): void {
  const taken = targets.find((target) => entry(target)?.isDirectory() || (!force && exists(target)));
  if (taken) throw existsError(taken, 'Add --force to replace it, or choose another folder with -o.');
}

/** Writes files into a folder, which is made where it is missing; each by way of a temporary neighbour. */
export function writeFiles(dir: string, files: Files, force: boolean): void {
  try {
    fs.mkdirSync(dir, { recursive: true });
  } catch (error) {
    outputError(dir, error);
  }
  for (const [name, text] of Object.entries(files)) writeFileAtomically(path.join(dir, name), text, force);
}

/** Files of a run by their path inside the folder. */
export type Files = Record<string, string | Uint8Array>;

const topLevel = (files: Files) => [...new Set(Object.keys(files).map((name) => name.split('/')[0]))];

/** Schema of the manifest in a folder: a run, co-patents, or a plan of shards. */
type FolderSchema = 'manifest/1' | 'patents/1' | 'boot-plan/1';

function isOurs(dir: string, schema: FolderSchema): boolean {
  try {
    return JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8')).schema === schema;
  } catch {
    return false;
  }
}

/**
 * Refuses an output folder that is there, unless `force`; with it, one whose files of the same names are not a run's.
 * @throws PanelError output/exists, output/not-a-run.
 */
export function checkOutputFolder(
  dir: string,
  force: boolean,
  names: string[] = [],
  schema: FolderSchema = 'manifest/1',
): void {
  const found = entry(dir);
  if (!found) return;
  if (!force) throw existsError(dir, 'Add --force to replace the run in it, or choose another folder with -o.');
  if (!fs.statSync(dir).isDirectory()) throw existsError(dir, 'It is a file: choose a folder with -o.');
  const taken = names.filter((name) => exists(path.join(dir, name)));
  if (taken.length > 0 && !isOurs(dir, schema))
    throw new PanelError({
      code: 'output/not-a-run',
      message: `"${dir}" holds ${taken.join(', ')}, and no run of gravpanel wrote ${taken.length === 1 ? 'it' : 'them'}.`,
      hint: 'Choose another folder with -o.',
      at: { file: dir },
    });
}

/** Files below a folder, by their path in it with "/". */
export function listFiles(dir: string): string[] {
  const entries = fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return entries.map((e) => path.relative(dir, path.join(e.parentPath, e.name)).split(path.sep).join('/')).sort();
}

/** The temporary folder of a run that is being written; removed by {@link discardParts}. */
const parts = new Set<string>();

/** Removes what an unfinished write left; also when the process ends early. */
function discardParts(): void {
  for (const part of parts) fs.rmSync(part, { recursive: true, force: true });
  parts.clear();
}

function moveInto(part: string, dir: string, names: string[]): void {
  const old = path.join(path.dirname(part), `${path.basename(part)}-old`);
  const moved: string[] = [];
  fs.mkdirSync(old);
  try {
    for (const name of names) {
      if (exists(path.join(dir, name))) fs.renameSync(path.join(dir, name), path.join(old, name));
      moved.push(name);
      if (exists(path.join(part, name))) fs.renameSync(path.join(part, name), path.join(dir, name));
    }
  } catch (error) {
    for (const name of moved) {
      fs.rmSync(path.join(dir, name), { recursive: true, force: true });
      if (exists(path.join(old, name))) fs.renameSync(path.join(old, name), path.join(dir, name));
    }
    throw error;
  } finally {
    fs.rmSync(old, { recursive: true, force: true });
  }
}

/** Everything a run may write, so that --force leaves nothing of the run before. */
export const RUN_FILES = [
  'report.html',
  'tables',
  'figures',
  'networks',
  'boot',
  'fits.json',
  'study.yaml',
  'manifest.json',
];

/** Figures of `boot` in a run's folder: no part of the run itself. */
export const BOOT_FOLDER = 'boot';

/**
 * Writes a folder of files: into a temporary sibling first, then by rename. With `force` the files of an earlier run are
 * replaced and other files in the folder stay. @throws PanelError output/exists, output/not-a-run, output/not-written.
 */
export function writeFolder(
  dir: string,
  files: Files,
  force: boolean,
  known: string[] = RUN_FILES,
  schema: FolderSchema = 'manifest/1',
): void {
  const target = path.resolve(dir);
  const part = path.join(path.dirname(target), `.${path.basename(target)}${suffix()}`);
  try {
    checkOutputFolder(dir, force, known, schema);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    parts.add(part);
    process.once('exit', discardParts);
    fs.mkdirSync(part);
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(part, name)), { recursive: true });
      fs.writeFileSync(path.join(part, name), text);
    }
    if (exists(target)) moveInto(part, target, [...new Set([...known, ...topLevel(files)])]);
    else fs.renameSync(part, target);
  } catch (error) {
    outputError(dir, error);
  } finally {
    discardParts();
    process.off('exit', discardParts);
  }
}

/**
 * A folder whose files `fill` makes in place, by streaming: in a temporary sibling first, then by rename, as {@link writeFolder}.
 * @param names what an earlier result of this kind may hold, replaced with `force`.
 * @throws PanelError output/exists, output/not-a-run, output/not-written, and what `fill` throws; the temporary folder is gone then.
 */
export async function fillFolder<T>(
  dir: string,
  o: { names: string[]; schema: 'patents/1'; force: boolean },
  fill: (part: string) => Promise<T>,
): Promise<T> {
  const target = path.resolve(dir);
  const part = path.join(path.dirname(target), `.${path.basename(target)}${suffix()}`);
  checkOutputFolder(dir, o.force, o.names, o.schema);
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    parts.add(part);
    process.once('exit', discardParts);
    fs.mkdirSync(part);
  } catch (error) {
    outputError(dir, error);
  }
  try {
    const result = await fill(part).catch((error: unknown): never => {
      const code = error instanceof PanelError ? undefined : noRoom(error);
      if (code) outputError(dir, { code });
      throw error;
    });
    try {
      checkOutputFolder(dir, o.force, o.names, o.schema);
      if (exists(target)) moveInto(part, target, o.names);
      else fs.renameSync(part, target);
    } catch (error) {
      outputError(dir, error);
    }
    return result;
  } finally {
    discardParts();
    process.off('exit', discardParts);
  }
}
