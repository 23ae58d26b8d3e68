/** A finished run's folder, or a study file, as the study with its data. */
import * as fs from 'node:fs';
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
import { readBytes } from './files.ts';
import { openData, openStudy } from './study-file.ts';

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

const notRun = (dir: string, why: string) =>
  new PanelError({
    code: 'run/not-a-run',
    message: `"${dir}" is no run of gravpanel: ${why}.`,
    hint: 'Name the folder that gravpanel run wrote, or a study file.',
    at: { file: dir },
  });

function manifestOf(dir: string): Manifest {
  const file = path.join(dir, 'manifest.json');
  if (!fs.existsSync(file)) throw notRun(dir, 'it has no manifest.json');
  try {
    const manifest = JSON.parse(new TextDecoder().decode(readBytes(file, 'manifest').bytes));
    if (manifest.schema === 'manifest/1' && typeof manifest.base === 'string') return manifest;
  } catch {}
  throw notRun(dir, 'its manifest.json is not one that this version reads');
}

function isFolder(file: string): boolean {
  return file !== '-' && (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** @throws PanelError run/not-a-run, data/changed, study/…, data/… */
export async function openRun(target: string): Promise<OpenedRun> {
  if (!isFolder(target)) {
    const opened = openStudy(target);
    const frame = await openData(opened);
    const { study, source, name } = opened;
    return { study, source, name, plan: planStudy(study, source), frame: deriveStudy(study, frame, source) };
  }
  const manifest = manifestOf(target);
  const file = path.join(target, 'study.yaml');
  const text = new TextDecoder().decode(readBytes(file, 'study').bytes);
  const { study, source } = readStudy(text, { file });
  const base = path.resolve(target, manifest.base!);
  const frame = await openData({ study, source, path: path.join(base, 'study.yaml') });
  const wanted = manifest.inputs[0]?.sha256;
  if (wanted && frame.source.sha256 !== wanted)
    throw new PanelError({
      code: 'data/changed',
      message: `"${path.join(base, study.data.path)}" has SHA-256 ${frame.source.sha256?.slice(0, 12)}…; the run was made from ${wanted.slice(0, 12)}….`,
      hint: 'Run the study again, or bring the file back that it was run on.',
      at: { file: path.join(base, study.data.path) },
    });
  const name = path.basename(path.resolve(target));
  return { study, source, name, dir: target, plan: planStudy(study, source), frame: deriveStudy(study, frame, source) };
}
