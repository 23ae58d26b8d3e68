/** A study file and the table it names. */
import path from 'node:path';
import {
  type CountryCode,
  type Frame,
  openFurtherTables,
  openStudyPanel,
  openStudyTable,
  PanelError,
  readStudy,
  type Study,
  type StudyFiles,
  type StudySource,
} from '@gravpanel/panel';
import { resolveCountry } from '@gravpanel/panel/countries';
import { readBytes } from './files.ts';
import { sha256 } from './hash.ts';
import { FORMATS } from './load.ts';

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

const countryCode: CountryCode = (text, at) => {
  try {
    return { iso3: resolveCountry(text, at).iso3 };
  } catch (error) {
    if (error instanceof PanelError) return { error: error.toJSON() };
    throw error;
  }
};

type Opened = Pick<StudyFile, 'study' | 'source' | 'path'>;

/** Files on the disk; their paths count from the study file. */
function studyFiles(file: string): StudyFiles {
  const base = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
  return {
    read(given, what) {
      const full = path.resolve(base, given);
      const shown = path.relative(process.cwd(), full);
      return readBytes(shown.startsWith('..') ? full : shown, what);
    },
    sha256,
    countryCode: () => countryCode,
    formats: FORMATS,
  };
}

/** The table of a study with its panel and what is joined to it. @throws PanelError data/…, join/… */
export async function openData({ study, source, path: file }: Opened): Promise<Frame> {
  const files = studyFiles(file);
  return openStudyPanel(study, source, await openStudyTable(study, source, files), files);
}

/** The study's further tables by name. @throws PanelError data/… */
export const openTables = ({ study, source, path: file }: Opened): Promise<Record<string, Frame>> =>
  openFurtherTables(study, source, studyFiles(file));
