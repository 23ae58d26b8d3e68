/** The study that a first visitor reads, and where studies are. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const FIRST = 'belt-road-copatents';

interface StudyKeys {
  title: string;
  data: { path: string; tables?: Record<string, { path: string }>; join?: { path: string }[] };
}

/** A study's text, its title and the files that it names. */
export function studyIn(folder: string): { title: string; text: string; files: string[] } {
  const text = readFileSync(path.join(folder, 'study.yaml'), 'utf8');
  const { title, data } = parse(text) as StudyKeys;
  const paths = [
    data.path,
    ...Object.values(data.tables ?? {}).map((t) => t.path),
    ...(data.join ?? []).map((j) => j.path),
  ];
  return { title, text, files: [...new Set(paths)] };
}
