/**
 * Finished replicates on disk while a run goes on: records are appended, each with its hash, so that whatever ends the run
 * leaves whole records, and the next run of the same jobs starts where this one was.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { type Draws, PanelError, packRecord, type Range, type ResampleJob, unpackRecord } from '@gravpanel/panel';

export interface Checkpoint {
  file: string;
  /** Turns to a job: hands over its stored replicates and says which they are. */
  begin(job: ResampleJob, onDraws: (first: number, draws: Draws) => void): Range[];
  /** Stores replicates of the job begun last. @throws PanelError output/not-written. */
  add(first: number, draws: Draws): void;
  /** Replicates that this file holds, over all jobs. */
  stored(): number;
  close(): void;
  remove(): void;
}

interface Stored {
  job: string;
  first: number;
  draws: Draws;
}

const HASH = 32;
const HEAD = 4 + HASH;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** The identity of a job: the hash of everything that its replicates depend on. */
export const jobHash = (job: ResampleJob): string => sha256(packRecord(job)).toString('hex');

function notWritten(file: string, error: unknown, stored: number): PanelError {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota of the disk is used up',
    EFBIG: 'a file may not grow that large here',
    EACCES: 'permission denied',
  };
  const why = words[code ?? ''] ?? message;
  return new PanelError({
    code: 'output/not-written',
    message: `The checkpoint "${file}" cannot be written: ${why}.`,
    hint:
      stored > 0
        ? `${stored} replicates are kept in it: make room and give the same command again to go on from there.`
        : 'Make room, or name another place with --checkpoint.',
    at: { file },
  });
}

/** Whole records from the start of the file; `onRecord` gets each. @returns bytes up to the first that is not whole. */
function replay(fd: number, onRecord: (at: number, length: number, bytes: () => Uint8Array) => void): number {
  const { size } = fs.fstatSync(fd);
  const head = Buffer.alloc(HEAD);
  let at = 0;
  while (at + HEAD <= size) {
    fs.readSync(fd, head, 0, HEAD, at);
    const length = head.readUInt32LE(0);
    if (at + HEAD + length > size) break;
    const bytes = Buffer.alloc(length);
    fs.readSync(fd, bytes, 0, length, at + HEAD);
    if (!sha256(bytes).equals(head.subarray(4))) break;
    onRecord(at + HEAD, length, () => bytes);
    at += HEAD + length;
  }
  return at;
}

/** Writes all of it: a full disk takes a part and says so only at the next byte. */
function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const wrote = fs.writeSync(fd, bytes, done, bytes.length - done, at + done);
    if (wrote === 0) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    done += wrote;
  }
}

/** @throws PanelError output/not-written. */
export function openCheckpoint(file: string): Checkpoint {
  let stored = 0;
  const places = new Map<string, { at: number; length: number }[]>();
  let fd = -1;
  let end = 0;
  try {
    fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    end = replay(fd, (at, length, bytes) => {
      const { job, draws } = unpackRecord<Stored>(bytes());
      places.set(job, [...(places.get(job) ?? []), { at, length }]);
      stored += draws.count;
    });
    if (fs.fstatSync(fd).size > end) fs.ftruncateSync(fd, end);
  } catch (error) {
    throw notWritten(file, error, 0);
  }
  let current = '';
  return {
    file,
    begin(job, onDraws) {
      current = jobHash(job);
      return (places.get(current) ?? []).map(({ at, length }) => {
        const bytes = Buffer.alloc(length);
        fs.readSync(fd, bytes, 0, length, at);
        const { first, draws } = unpackRecord<Stored>(bytes);
        onDraws(first, draws);
        return { first, count: draws.count };
      });
    },
    add(first, draws) {
      const bytes = packRecord({ job: current, first, draws } satisfies Stored);
      const head = Buffer.alloc(HEAD);
      head.writeUInt32LE(bytes.length, 0);
      sha256(bytes).copy(head, 4);
      try {
        writeAll(fd, head, end);
        writeAll(fd, bytes, end + HEAD);
      } catch (error) {
        throw notWritten(file, error, stored);
      }
      end += HEAD + bytes.length;
      stored += draws.count;
    },
    stored: () => stored,
    close() {
      if (fd < 0) return;
      fs.closeSync(fd);
      fd = -1;
    },
    remove() {
      this.close();
      fs.rmSync(file, { force: true });
    },
  };
}
