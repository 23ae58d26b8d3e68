/** The study that is worked on, in IndexedDB of this browser: its text, its files and its last run. Nothing of it goes anywhere else. */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { RunView, StudyFileMap } from '../../protocol.ts';
import type { FinishedBoot } from '../boot/finished.ts';

export interface KeptStudy {
  name: string;
  text: string;
  /** The data are those of a study that ships: not kept, fetched again. */
  shipped?: string;
  /** Whether it is the reader's work, and not a study as it ships. */
  own: boolean;
  run?: RunView;
  /** The run came with the page. */
  builtIn?: boolean;
  /** Other files took the place of those of the run. */
  otherData?: boolean;
  /** Bootstraps that were finished, newest first. */
  boots?: FinishedBoot[];
  /** The build that made the run: another one may read it otherwise. */
  build: string;
}

/** The study that is open, and the reader's own that was open before another was opened. */
export type Slot = 'now' | 'before';
interface Schema extends DBSchema {
  study: { key: Slot; value: KeptStudy };
  files: { key: Slot; value: StudyFileMap };
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

/**
 * Writes the study, and its files where they changed; one of the reader's own that a freshly opened study takes the place of moves
 * aside first. @throws DOMException where the browser keeps nothing or has no room.
 */
export async function keep(study: KeptStudy, files: StudyFileMap, fresh: boolean): Promise<void> {
  const db = await database();
  const wanted = study.shipped === undefined ? files : NONE;
  const change = db.transaction(['study', 'files'], 'readwrite');
  const [studies, all] = [change.objectStore('study'), change.objectStore('files')];
  const old = fresh ? await studies.get('now') : undefined;
  if (old?.own && (old.name !== study.name || old.text !== study.text)) {
    await all.put((await all.get('now')) ?? NONE, 'before');
    await studies.put(old, 'before');
  }
  await Promise.all([studies.put(study, 'now'), ...(wanted === written ? [] : [all.put(wanted, 'now')]), change.done]);
  written = wanted;
}

export async function kept(slot: Slot = 'now'): Promise<{ study: KeptStudy; files: StudyFileMap } | undefined> {
  const db = await database();
  const [study, files] = await Promise.all([db.get('study', slot), db.get('files', slot)]);
  if (!study) return undefined;
  const found = study.shipped === undefined ? (files ?? NONE) : NONE;
  if (slot === 'now') written = found;
  return { study, files: found };
}

/** The reader's own study that is not the open one. */
export async function setAside(openIsKept: boolean): Promise<{ slot: Slot; name: string } | undefined> {
  const db = await database();
  for (const slot of openIsKept ? (['before'] as const) : (['now', 'before'] as const)) {
    const study = await db.get('study', slot);
    if (study?.own) return { slot, name: study.name };
  }
  return undefined;
}

/** Nothing of the study is left, nor of the replicates that were drawn. */
export async function forgetAll(): Promise<void> {
  await close();
  written = undefined;
  await Promise.all([deleteDB(NAME), deleteDB(DRAWS)]);
}
