/** A study file and the table it names. */
import path from 'node:path';
import {
  type Frame,
  PanelError,
  type PanelErrorFields,
  readStudy,
  relocate,
  type Study,
  type StudySource,
} from '@gravpanel/panel';
import { readBytes } from './files.ts';
import { sha256 } from './hash.ts';
import { joinTables } from './joins.ts';
import { loadFrame } from './load.ts';

export interface StudyFile {
  study: Study;
  source: StudySource;
  /** Short name: the file's, or its folder's where it is called study. */
  name: string;
  /** The study as the user named it. */
  path: string;
  /** Hex SHA-256 of its bytes. */
  sha256: string;
}

function shortName(file: string): string {
  if (file === '-') return 'study';
  const full = path.resolve(file);
  const stem = path.basename(full).replace(/\.(ya?ml|json)$/i, '');
  return stem === 'study' ? path.basename(path.dirname(full)) : stem;
}

/** Reads a study ("-": stdin). @throws PanelError study/…, data/file-missing. */
export function openStudy(file: string): StudyFile {
  const { name, bytes } = readBytes(file, 'study');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PanelError({
      code: 'study/not-text',
      message: `"${name}" is not UTF-8 text; a study in YAML or JSON was expected.`,
      hint: 'Name the study file, not the data file.',
      at: { file: name },
    });
  }
  return { ...readStudy(text, { file: name }), name: shortName(file), path: file, sha256: sha256(bytes) };
}

/** The part of `data` that an error is about. */
function pointerOf({ code, at }: PanelErrorFields, study: Study): string {
  if (code === 'data/file-missing' || code === 'data/file-not-read') return '/data/path';
  const units = [study.data.unit].flat();
  if (at?.variable === study.data.time) return '/data/time';
  if (at?.variable !== undefined && units.includes(at.variable)) return '/data/unit';
  return '/data';
}

/** The table of a study with its panel and what is joined to it; paths count from the study file. @throws PanelError data/…, join/… */
export function openData(opened: Pick<StudyFile, 'study' | 'source' | 'path'>): Frame {
  const frame = openPanel(opened);
  const { study, source, path: file } = opened;
  const base = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
  return study.data.join ? joinTables(frame, study.data.join, base, source) : frame;
}

function openPanel({ study, source, path: file }: Pick<StudyFile, 'study' | 'source' | 'path'>): Frame {
  const { data } = study;
  const base = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
  const full = path.resolve(base, data.path);
  const shown = path.relative(process.cwd(), full);
  const panel = { unit: [data.unit].flat(), time: data.time };
  try {
    const frame = loadFrame(shown.startsWith('..') ? full : shown, {
      panel,
      delimiter: data.delimiter,
      missing: data.missing,
      hash: sha256,
    });
    checkHash(frame, data.sha256);
    return { ...frame, source: { ...frame.source, name: data.path } };
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    const fields = error.toJSON();
    if (fields.at?.row !== undefined || fields.at?.line !== undefined) throw error;
    throw new PanelError(relocate(fields, source, fields.at?.pointer ?? pointerOf(fields, study)));
  }
}

/** The study's further tables by name; their paths count from the study file. @throws PanelError data/… */
export function openTables({ study, source, path: file }: StudyFile): Record<string, Frame> {
  const base = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
  const tables = Object.entries(study.data.tables ?? {});
  return Object.fromEntries(
    tables.map(([name, { path: given, sha256, delimiter, missing }]) => {
      const full = path.resolve(base, given);
      const shown = path.relative(process.cwd(), full);
      const pointer = `/data/tables/${name}`;
      try {
        const frame = loadFrame(shown.startsWith('..') ? full : shown, { delimiter, missing });
        checkHash(frame, sha256, `${pointer}/sha256`);
        return [name, { ...frame, source: { ...frame.source, name: given } }];
      } catch (error) {
        if (!(error instanceof PanelError)) throw error;
        const fields = error.toJSON();
        if (fields.at?.row !== undefined || fields.at?.line !== undefined) throw error;
        throw new PanelError(relocate(fields, source, fields.at?.pointer ?? `${pointer}/path`));
      }
    }),
  );
}

function checkHash({ source }: Frame, wanted: string | undefined, pointer = '/data/sha256'): void {
  if (wanted === undefined || source.sha256 === wanted.toLowerCase()) return;
  throw new PanelError({
    code: 'data/changed',
    message: `"${source.name}" has SHA-256 ${source.sha256?.slice(0, 12)}…; the study expects ${wanted.slice(0, 12)}….`,
    hint: 'Bring the file back that the study was written for, or put the new hash under sha256.',
    at: { pointer },
  });
}
