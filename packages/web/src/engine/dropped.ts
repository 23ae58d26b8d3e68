/** The rows that a column leaves out: by reason, and as cells of the panel map. */
import type { Kernels } from '@gravpanel/core-wasm';
import { type Frame, PanelError } from '@gravpanel/panel';
import type { DroppedRows } from '../protocol.ts';
import { columnDesign, type OpenedStudy } from './boot.ts';
import { countOf, linesOf } from './inspect.ts';

/** Units listed for one reason: more are counted. */
const MOST_UNITS = 500;
const NO_ROW = 255;

/** Frame rows by unit, the units in the order of the map. */
function lostUnits({ panel }: Frame, codes: Int32Array, reason: number, order: number[]) {
  const { units, unitOf, timeOf } = panel!;
  const periods = new Map<number, number[]>();
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] !== reason) continue;
    const own = periods.get(unitOf[row]);
    if (own) own.push(timeOf[row]);
    else periods.set(unitOf[row], [timeOf[row]]);
  }
  const all = order.filter((unit) => periods.has(unit));
  return {
    units: all.slice(0, MOST_UNITS).map((unit) => ({
      unit: units[unit],
      periods: periods.get(unit)!.sort((a, b) => a - b),
    })),
    more: Math.max(0, all.length - MOST_UNITS),
  };
}

/** @throws PanelError study/…, fit/…; data/no-panel where the table has no units and periods. */
export function droppedRows(opened: OpenedStudy, model: string, column: number, kernels: Kernels): DroppedRows {
  const { frame, study } = opened;
  const { panel } = frame;
  if (!panel) throw new PanelError({ code: 'data/no-panel', message: 'The table has no units and periods.' });
  const { lost, sample } = columnDesign(opened, model, column, kernels);
  const { codes, reasons } = lost!;
  const { order, lineOf, lines } = linesOf(frame, countOf(study));
  const kept = sample.dropped.filter(({ rows }) => rows > 0);
  const place = new Map(kept.map(({ reason }, r) => [reasons.indexOf(reason) + 1, r + 1]));
  const at = new Map(panel.periods.map((period, p) => [period, p]));
  const cells = new Uint8Array(lines * panel.periods.length).fill(NO_ROW);
  for (let row = 0; row < codes.length; row++) {
    const cell = lineOf[panel.unitOf[row]] * panel.periods.length + at.get(panel.timeOf[row])!;
    const code = place.get(codes[row]) ?? 0;
    if (cells[cell] === NO_ROW || code > cells[cell]) cells[cell] = code;
  }
  return {
    model,
    column,
    reasons: kept.map(({ reason, rows, groups }) => ({
      reason,
      rows,
      ...(groups && { groups }),
      ...lostUnits(frame, codes, reasons.indexOf(reason) + 1, order),
    })),
    lines: lines === panel.units.length ? order.map((unit) => panel.units[unit]) : new Array<string>(lines).fill(''),
    periods: panel.periods,
    codes: cells,
  };
}
