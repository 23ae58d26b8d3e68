/** Files that were dropped, chosen or pasted: a study with its tables, a table for the study that is open, or a table alone. */
import type { StudyFileMap } from '../../protocol.ts';
import { linked } from '../link.svelte.ts';
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

/** Files that a link waits for, under whatever name they were saved: known by their hash. */
async function linkedFiles(dropped: File[]): Promise<StudyFileMap | undefined> {
  const waiting = linked.others === undefined ? linked.link?.files : undefined;
  if (!waiting || !globalThis.crypto?.subtle) return undefined;
  const found = dropped.map(async (file) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const same = waiting.find((wanted) => wanted.sha256 === sha256);
    return same && ([baseName(same.path), file] as const);
  });
  const known = (await Promise.all(found)).filter((entry) => entry !== undefined);
  return known.length > 0 ? Object.fromEntries(known) : undefined;
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
  const known = await linkedFiles(dropped);
  if (known) return addFiles(known);
  await openTableAlone(files, first.name);
}

/** A table that was copied from a spreadsheet or a page. */
export const openPasted = (text: string): Promise<void> => openDropped([new File([text], 'pasted.csv')]);
