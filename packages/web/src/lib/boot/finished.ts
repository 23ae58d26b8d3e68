/** Bootstraps that were finished, as they are kept over a reload: the newest of one study, within bounds. */
import type { BootRequest, BootView } from '../../protocol.ts';

export interface FinishedBoot {
  request: BootRequest;
  /** The study that it was drawn of, as text. */
  text: string;
  view: BootView;
}

export const MOST_FINISHED = 12;
/** Of all together. */
export const MOST_BYTES = 2_000_000;

export const sameRequest = (a: BootRequest, b: BootRequest): boolean =>
  a.model === b.model && a.column === b.column && a.reps === b.reps && a.seed === b.seed;

export const bytesOf = (one: FinishedBoot): number => JSON.stringify(one).length;

/** The first of them, as many as there is room for; the very first in any case. */
export function bounded(all: FinishedBoot[]): FinishedBoot[] {
  let bytes = 0;
  return all.slice(0, MOST_FINISHED).filter((one, i) => {
    bytes += bytesOf(one);
    return i === 0 || bytes <= MOST_BYTES;
  });
}
