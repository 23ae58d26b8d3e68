/** A folder that `gravpanel run` wrote: its manifest, and the study it was made from. */
import path from 'node:path';
import {
  deriveStudy,
  type Frame,
  type Manifest,
  PanelError,
  planStudy,
  readStudy,
  type Study,
  type StudyPlan,
  type StudySource,
} from '@gravpanel/panel';
import { exists, isFolder, readBytes } from './files.ts';
import { openData, openStudy, type StudyFile } from './study-file.ts';

/** The path of a file from a folder, with forward slashes. */
export const pathFrom = (dir: string, file: string) =>
  path.relative(path.resolve(dir), path.resolve(file)).split(path.sep).join('/');

const runError = (code: string, message: string, hint: string, file: string) =>
  new PanelError({ code: `run/${code}`, message, hint, at: { file } });

/** @throws PanelError run/not-a-run. */
export function manifestOf(dir: string): Manifest {
  const file = path.join(dir, 'manifest.json');
  const notARun = () =>
    runError(
      'not-a-run',
      `"${dir}" has no manifest.json of a run; a folder written by gravpanel run was expected.`,
      'Name the folder that gravpanel run wrote, or the study file.',
      dir,
    );
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(readBytes(file, 'manifest').bytes)) as Manifest;
  } catch {
    throw notARun();
  }
  if (manifest?.schema !== 'manifest/1' || !Array.isArray(manifest.inputs)) throw notARun();
  return manifest;
}

/** A study with its table, from the study's file or from the folder of a run. */
export interface OpenedStudy {
  opened: StudyFile;
  frame: Frame;
  /** The manifest of the run. */
  manifest?: Manifest;
}

/**
 * Opens a study file ("-": stdin), or the study of a run, whose study and data must be the ones it was made from.
 * @throws PanelError run/not-a-run, run/study-unknown, run/study-missing, run/study-changed, run/data-changed; study/…, data/….
 */
export async function openRunOrStudy(target: string): Promise<OpenedStudy> {
  if (target === '-' || !isFolder(target)) {
    const opened = openStudy(target);
    return { opened, frame: await openData(opened) };
  }
  const manifest = manifestOf(target);
  const { studyFile } = manifest;
  if (!studyFile)
    throw runError(
      'study-unknown',
      `The run in "${target}" does not say where its study is: it came from stdin, or from an earlier version.`,
      'Name the study file instead of the folder.',
      target,
    );
  const file = fromHere(path.resolve(target, studyFile.path));
  const opened = reopened(file, target);
  if (opened.sha256 !== studyFile.sha256)
    throw runError(
      'study-changed',
      `"${file}" is not the study that the run in "${target}" was made from: its SHA-256 is ${opened.sha256.slice(0, 12)}…, the run has ${studyFile.sha256.slice(0, 12)}….`,
      'Run it again with gravpanel run, or name the study file instead of the folder.',
      file,
    );
  const frame = await openData(opened);
  checkInputs(frame, manifest, target);
  return { opened, frame, manifest };
}

/** @throws PanelError run/data-changed. */
function checkInputs(frame: Frame, manifest: Manifest, target: string): void {
  for (const [i, { name, sha256 }] of [frame.source, ...(frame.joins ?? [])].entries()) {
    const before = manifest.inputs[i]?.sha256;
    if (before === undefined || before === sha256) continue;
    throw runError(
      'data-changed',
      `"${name}" has changed since the run in "${target}": its SHA-256 is ${sha256?.slice(0, 12)}…, the run has ${before.slice(0, 12)}….`,
      'Bring the data back, or run the study again with gravpanel run.',
      name,
    );
  }
}

/** A study ready to be estimated again. */
export interface OpenedRun {
  study: Study;
  source: StudySource;
  plan: StudyPlan;
  /** With derived columns. */
  frame: Frame;
  /** The folder of the run; undefined for a study file. */
  dir?: string;
  /** Short name, for files. */
  name: string;
}

/**
 * A study file, or a run by the copy of the study that it holds: what was run, also where the study was edited since or came from stdin.
 * @throws PanelError run/not-a-run, run/data-changed, study/…, data/….
 */
export async function openPlanned(target: string): Promise<OpenedRun> {
  const folder = target !== '-' && isFolder(target);
  const { study, source, name, frame } = await (folder ? ownCopy(target) : fromFile(target));
  return {
    study,
    source,
    name,
    ...(folder && { dir: target }),
    plan: planStudy(study, source),
    frame: deriveStudy(study, frame, source),
  };
}

async function fromFile(target: string) {
  const opened = openStudy(target);
  return { ...opened, frame: await openData(opened) };
}

async function ownCopy(dir: string) {
  const manifest = manifestOf(dir);
  if (manifest.base === undefined)
    throw runError(
      'not-a-run',
      `"${dir}" was written by a version that this one does not read: its manifest does not say where the data are.`,
      'Run the study again with gravpanel run, or name the study file.',
      dir,
    );
  const file = path.join(dir, 'study.yaml');
  const { study, source } = readStudy(new TextDecoder().decode(readBytes(file, 'study').bytes), { file });
  const frame = await openData({ study, source, path: path.join(path.resolve(dir, manifest.base), 'study.yaml') });
  checkInputs(frame, manifest, dir);
  return { study, source, frame, name: path.basename(path.resolve(dir)) };
}

/** A finished run and where its study is. */
export interface RunFolder {
  dir: string;
  manifest: Manifest;
  /** The study file, as it can be opened from here. */
  study: string;
}

/** The run in `dir` without its data; `study` overrides the path that the run recorded. @throws PanelError run/not-a-run, run/study-missing. */
export function openRun(dir: string, study?: string): RunFolder {
  const manifest = manifestOf(dir);
  const found = study ?? studyPath(manifest, dir);
  if (found !== undefined) return { dir, manifest, study: found };
  throw runError(
    'study-missing',
    `The study of this run, "${manifest.study}", is not where the run was made from.`,
    'Name it: --study FILE.',
    dir,
  );
}

const fromHere = (full: string) => {
  const shown = path.relative(process.cwd(), full);
  return shown.startsWith('..') ? full : shown;
};

/** By the path recorded from the run's folder; a run that was moved is looked for by its study's name, from here and from above. */
function studyPath({ study, studyFile }: Manifest, dir: string): string | undefined {
  const bases = [process.cwd()];
  for (let base = path.resolve(dir); ; base = path.dirname(base)) {
    bases.push(base);
    if (base === path.dirname(base)) break;
  }
  const recorded = studyFile ? [path.resolve(dir, studyFile.path)] : [];
  const found = [...recorded, ...bases.map((base) => path.resolve(base, study))].find(exists);
  return found && fromHere(found);
}

function reopened(file: string, target: string): StudyFile {
  try {
    return openStudy(file);
  } catch (error) {
    if (!(error instanceof PanelError) || error.code !== 'data/file-missing') throw error;
    throw runError(
      'study-missing',
      `The study of the run in "${target}" is not at "${file}" any more.`,
      'Bring it back, or name the study file where it is now.',
      file,
    );
  }
}
