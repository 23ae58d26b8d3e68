/** Replicates in IndexedDB, chunk by chunk, so that a run that was stopped, or a page that was closed, goes on where it was. */
import type { Draws, Range, ResampleJob } from '@gravpanel/panel';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { jobKey } from './job-key.ts';
import type { DrawStore } from './pool.ts';

interface Schema extends DBSchema {
  draws: { key: [job: string, first: number]; value: Draws };
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;
const database = () => {
  opened ??= openDB<Schema>('gravpanel', 1, { upgrade: (db) => void db.createObjectStore('draws') });
  return opened;
};

const rangeOf = (key: string) => IDBKeyRange.bound([key, 0], [key, Number.MAX_SAFE_INTEGER]);

/** Without a database (a private window) nothing is kept, and the run goes on without. */
async function quietly<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}

export const drawStore = (): DrawStore => ({
  begin: (job, onDraws) =>
    quietly(async () => {
      const ranges: Range[] = [];
      const db = await database();
      for (
        let cursor = await db.transaction('draws').store.openCursor(rangeOf(jobKey(job)));
        cursor;
        cursor = await cursor.continue()
      ) {
        const [, first] = cursor.key;
        onDraws(first, cursor.value);
        ranges.push({ first, count: cursor.value.count });
      }
      return ranges;
    }, []),
  add: (job, first, draws) =>
    void quietly(async () => (await database()).put('draws', draws, [jobKey(job), first]), undefined),
  remove: (job) => quietly(async () => (await database()).delete('draws', rangeOf(jobKey(job))), undefined),
});

/** Replicates of a job that are kept. */
export const storedOf = (job: ResampleJob): Promise<number> =>
  quietly(async () => {
    let stored = 0;
    const db = await database();
    for (
      let cursor = await db.transaction('draws').store.openCursor(rangeOf(jobKey(job)));
      cursor;
      cursor = await cursor.continue()
    )
      stored += cursor.value.count;
    return stored;
  }, 0);
