/** Files that were dropped, chosen or pasted: a study with its tables, a table for the study that is open, or a table alone. */
import type { StudyFileMap } from '../../protocol.ts';
import { addFiles, openStudy, openTableAlone, session } from '../session.svelte.ts';

const STUDY = /\.(ya?ml|json)$/i;
const baseName = (path: string) => path.split('/').at(-1)!;

/** Files that the study names, by their last part. One that ships has its own: a newcomer's panel.csv is no part of it. */
function wantedNames(): string[] {
  const { data } = session.inspection.study ?? {};
  if (!data || session.shipped) return [];
  const paths = [data.path, ...Object.values(data.tables ?? {}).map((table) => table.path)];
  return [...paths, ...(data.join ?? []).map((join) => join.path)].map(baseName);
}

export async function openDropped(dropped: File[]): Promise<void> {
  const [first] = dropped;
  if (!first) return;
  const files: StudyFileMap = Object.fromEntries(dropped.map((file) => [file.name, file]));
  const study = dropped.find(({ name }) => STUDY.test(name));
  if (study) {
    delete files[study.name];
    await openStudy(study.name.replace(STUDY, ''), await study.text(), files);
    return;
  }
  const wanted = wantedNames();
  if (dropped.some(({ name }) => wanted.includes(name))) return addFiles(files);
  await openTableAlone(files, first.name);
}

/** A table that was copied from a spreadsheet or a page. */
export const openPasted = (text: string): Promise<void> => openDropped([new File([text], 'pasted.csv')]);
