/** Which rows a design uses, and why each other row is left out. */
import { type Reading, State } from './terms.ts';
import type { DropReason, Frame, SampleLog } from './types.ts';

/** Lines listed for one reason. */
const MOST_LINES = 20;

/** Rows and the first reason that each lost row meets, in order of the reasons. */
export interface Waterfall {
  frame: Frame;
  /** By frame row: 0 is used, r is `reasons[r − 1]`. */
  lost: Int32Array;
  reasons: string[];
  /** Labels that a reason names itself (all-zero levels), beside the units that went. */
  labels: Map<string, string[]>;
}

export function waterfall(frame: Frame): Waterfall {
  return { frame, lost: new Int32Array(frame.rows), reasons: [], labels: new Map() };
}

/** A copy that can lose further rows on its own. */
export function fork({ frame, lost, reasons, labels }: Waterfall): Waterfall {
  return { frame, lost: lost.slice(), reasons: [...reasons], labels: new Map(labels) };
}

/** Marks the rows still in use for which `leaves` holds; returns how many went. */
export function lose(w: Waterfall, reason: string, leaves: (row: number) => boolean): number {
  let code = w.reasons.indexOf(reason) + 1;
  if (code === 0) code = w.reasons.push(reason);
  let count = 0;
  for (let row = 0; row < w.lost.length; row++)
    if (w.lost[row] === 0 && leaves(row)) {
      w.lost[row] = code;
      count++;
    }
  return count;
}

/** Loses rows by what a model reads: first all that a lag takes, then missing values, reading by reading. */
export function loseMissing(w: Waterfall, readings: Reading[]): void {
  const lagged = readings.filter(({ state }) => state.includes(State.lag));
  if (lagged.length > 0) lose(w, 'lag', (row) => lagged.some(({ state }) => state[row] === State.lag));
  for (const { label, state } of readings)
    if (state.includes(State.missing)) lose(w, `missing ${label}`, (row) => state[row] === State.missing);
}

/** Rows in use: sorted by (unit, time) in a panel, else in file order. */
export function usedRows({ frame, lost }: Waterfall): Int32Array {
  const order = frame.panel?.order ?? Int32Array.from(lost, (_, row) => row);
  return order.filter((row) => lost[row] === 0);
}

/** Units without a used row, by the reason that took their last one. */
function lostUnits({ frame, lost, reasons }: Waterfall): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (!frame.panel) return found;
  const { unitOf, units } = frame.panel;
  const last = new Int32Array(units.length);
  const alive = new Uint8Array(units.length);
  for (let row = 0; row < lost.length; row++) {
    if (lost[row] === 0) alive[unitOf[row]] = 1;
    last[unitOf[row]] = Math.max(last[unitOf[row]], lost[row]);
  }
  units.forEach((unit, u) => {
    if (alive[u]) return;
    const reason = reasons[last[u] - 1];
    const list = found.get(reason);
    if (list) list.push(unit);
    else found.set(reason, [unit]);
  });
  return found;
}

/** Rows read → used: used plus the rows of all reasons are the rows of the frame. */
export function sampleLog(w: Waterfall): SampleLog {
  const { frame, lost, reasons, labels } = w;
  const units = lostUnits(w);
  const counts = new Int32Array(reasons.length);
  const lines = reasons.map(() => [] as number[]);
  for (let row = 0; row < lost.length; row++) {
    if (lost[row] === 0) continue;
    counts[lost[row] - 1]++;
    if (lines[lost[row] - 1].length < MOST_LINES) lines[lost[row] - 1].push(frame.line[row]);
  }
  const dropped = reasons
    .map((reason, r): DropReason => {
      const groups = labels.get(reason) ?? units.get(reason);
      return { reason, rows: counts[r], ...(groups && { groups }), lines: lines[r] };
    })
    .filter(({ rows }) => rows > 0);
  const used = lost.reduce((sum, code) => sum + (code === 0 ? 1 : 0), 0);
  const gone = [...units.values()].reduce((sum, list) => sum + list.length, 0);
  return {
    rows: frame.rows,
    used,
    ...(frame.panel && { units: frame.panel.units.length, unitsUsed: frame.panel.units.length - gone }),
    dropped,
  };
}
