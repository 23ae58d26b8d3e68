/** Files that were dropped or chosen: a study with its tables, or tables for the study that is open. */
import type { StudyFileMap } from '../../protocol.ts';
import { addFiles, openStudy } from '../session.svelte.ts';

const STUDY = /\.(ya?ml|json)$/i;

export async function openDropped(dropped: File[]): Promise<void> {
  if (dropped.length === 0) return;
  const files: StudyFileMap = Object.fromEntries(dropped.map((file) => [file.name, file]));
  const study = dropped.find(({ name }) => STUDY.test(name));
  if (!study) return addFiles(files);
  delete files[study.name];
  await openStudy(study.name.replace(STUDY, ''), await study.text(), files);
}
