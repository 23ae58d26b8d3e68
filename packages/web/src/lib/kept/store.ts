/** The study that is worked on, in IndexedDB of this browser: its text, its files and its last run. Nothing of it goes anywhere else. */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { RunView, StudyFileMap } from '../../protocol.ts';

export interface KeptStudy {
  name: string;
  text: string;
  /** The data are those of a study that ships: not kept, fetched again. */
  shipped?: string;
  run?: RunView;
  /** The build that made the run: another one may read it otherwise. */
  build: string;
}

interface Schema extends DBSchema {
  study: { key: 'now'; value: KeptStudy };
  files: { key: 'now'; value: StudyFileMap };
}

const NAME = 'gravpanel-study';
/** Replicates that are kept: engine/draw-store.ts. */
const DRAWS = 'gravpanel';
let opened: Promise<IDBPDatabase<Schema>> | undefined;
const database = () => {
  opened ??= openDB<Schema>(NAME, 1, {
    upgrade(db) {
      db.createObjectStore('study');
      db.createObjectStore('files');
    },
    // Another tab starts afresh: this one must not hold it up.
    blocking: () => void close(),
  });
  return opened;
};
async function close(): Promise<void> {
  const db = await opened?.catch(() => undefined);
  opened = undefined;
  db?.close();
}

const NONE: StudyFileMap = {};
/** The files as they were written: many megabytes are not written again for an edit of the text. */
let written: StudyFileMap | undefined;

/** Writes the study, and its files where they changed. @throws DOMException where the browser keeps nothing or has no room. */
export async function keep(study: KeptStudy, files: StudyFileMap): Promise<void> {
  const db = await database();
  const wanted = study.shipped === undefined ? files : NONE;
  const change = db.transaction(['study', 'files'], 'readwrite');
  await Promise.all([
    change.objectStore('study').put(study, 'now'),
    ...(wanted === written ? [] : [change.objectStore('files').put(wanted, 'now')]),
    change.done,
  ]);
  written = wanted;
}

export async function kept(): Promise<{ study: KeptStudy; files: StudyFileMap } | undefined> {
  const db = await database();
  const [study, files] = await Promise.all([db.get('study', 'now'), db.get('files', 'now')]);
  if (!study) return undefined;
  written = study.shipped === undefined ? (files ?? NONE) : NONE;
  return { study, files: written };
}

/** Nothing of the study is left, nor of the replicates that were drawn. */
export async function forgetAll(): Promise<void> {
  await close();
  written = undefined;
  await Promise.all([deleteDB(NAME), deleteDB(DRAWS)]);
}
