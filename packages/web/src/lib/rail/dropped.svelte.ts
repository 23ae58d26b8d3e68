/** The step of a waterfall that is looked into: the rows it took, shown on the panel map and listed. */
import type { DroppedRows, StudyFileMap } from '../../protocol.ts';
import { droppedOf } from '../engine.ts';
import { session } from '../session.svelte.ts';

interface Wanted {
  model: string;
  column: number;
  /** undefined: a line of the map was chosen, no reason yet. */
  reason?: string;
  /** The text and the files that it is of. */
  text: string;
  files: StudyFileMap;
}
let wanted = $state.raw<Wanted>();
let found = $state.raw<DroppedRows>();
let line = $state<number>();

const isNow = (one: Wanted | undefined) =>
  one !== undefined && one.text === session.text && one.files === session.files;

export const dropped = {
  /** Rows of the column that is looked into, while the study is as it was. */
  get rows() {
    return isNow(wanted) ? found : undefined;
  },
  /** The chosen reason with its place among them (from 1). */
  get chosen() {
    const all = isNow(wanted) ? found?.reasons : undefined;
    const at = all?.findIndex(({ reason }) => reason === wanted?.reason) ?? -1;
    return all && at >= 0 ? { ...all[at], at: at + 1 } : undefined;
  },
  /** The line of the map that is asked about. */
  get line() {
    return isNow(wanted) ? line : undefined;
  },
};

/** Looks into a step, or closes it where it was open. */
export async function lookInto(model: string, column: number, reason?: string): Promise<void> {
  const { text, files } = session;
  if (
    reason !== undefined &&
    isNow(wanted) &&
    wanted?.model === model &&
    wanted.column === column &&
    wanted.reason === reason
  ) {
    wanted = undefined;
    found = undefined;
    return;
  }
  const mine: Wanted = { model, column, ...(reason !== undefined && { reason }), text, files };
  const same = isNow(wanted) && found?.model === model && found.column === column;
  wanted = mine;
  if (reason !== undefined) line = undefined;
  if (same) return;
  found = undefined;
  try {
    const rows = await droppedOf(text, model, column);
    if (wanted === mine || (isNow(wanted) && wanted.model === model && wanted.column === column)) found = rows;
  } catch {
    // The station of the study says what is wrong with it.
    if (wanted === mine) wanted = undefined;
  }
}

/** Asks what became of a line of the map in the column that is shown. */
export async function askLine(model: string, column: number, at: number): Promise<void> {
  await lookInto(model, column, undefined);
  line = at;
}
