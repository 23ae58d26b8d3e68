/** The panel index of a table: units, periods, duplicates and gaps. */
import { codeColumn, columnOf, combineCodes, numbersOf, rowPlace } from './column-read.ts';
import { mergeDuplicates } from './duplicates.ts';
import { PanelError } from './errors.ts';
import type { DuplicateRule, Frame, PanelIndex } from './types.ts';

/** Joins the labels of several unit columns. */
export const UNIT_SEPARATOR = ' × ';
const SHOWN = 5;
/** Lines that a message lists of one unit and period. */
const MOST_LINES = 8;
/** Missing periods listed for one unit. */
const MOST_MISSING = 1000;

function missingCell(frame: Frame, name: string, row: number, role: string): PanelError {
  const at = rowPlace(frame, row, name);
  return new PanelError({
    code: 'data/missing-index',
    message: `${name} (${role} of the panel) is missing on line ${at.row} of "${at.file}"; every row needs one.`,
    hint: 'Fill the cell or remove the row. Cells that are empty, "NA" or "." count as missing.',
    at,
  });
}

function unitCodes(frame: Frame, unit: string[]) {
  const parts = unit.map((name) => {
    const coded = codeColumn(columnOf(frame, name, 'unit'));
    const row = coded.codes.indexOf(-1);
    if (row >= 0) throw missingCell(frame, name, row, 'unit');
    return coded;
  });
  return combineCodes(parts, UNIT_SEPARATOR);
}

function timeCodes(frame: Frame, time: string): Float64Array {
  const column = columnOf(frame, time, 'time');
  if (column.kind === 'text') {
    const numeric = column.values.some((value) => value !== null && Number.isFinite(Number(value)));
    if (!numeric)
      throw new PanelError({
        code: 'data/time-not-integer',
        message: `${time} (time of the panel) is text, for example "${column.values.find((v) => v !== null)}"; whole numbers were expected.`,
        hint: 'Add a column with whole periods, such as 2008, 2009, … or 1, 2, …; of a date, under data of a study: derive: { year: year(date) }, time: year.',
        at: rowPlace(
          frame,
          column.values.findIndex((v) => v !== null),
          time,
        ),
      });
  }
  const values = numbersOf(frame, time, 'time');
  const absent = values.findIndex(Number.isNaN);
  if (absent >= 0) throw missingCell(frame, time, absent, 'time');
  const odd = values.findIndex((value) => !Number.isSafeInteger(value));
  if (odd >= 0)
    throw new PanelError({
      code: 'data/time-not-integer',
      message: `${time} (time of the panel) is ${values[odd]} on line ${frame.line[odd]}; a whole number was expected.`,
      hint: `Derive whole periods, e.g. floor(${time}), or 4 × year + quarter.`,
      at: rowPlace(frame, odd, time),
    });
  return values;
}

/** Row numbers sorted by (unit, time): a counting sort by unit, then a sort by time within it where needed. */
function sortRows(unitOf: Int32Array, timeOf: Float64Array, units: number): Int32Array {
  const start = new Int32Array(units + 1);
  for (const unit of unitOf) start[unit + 1]++;
  for (let u = 0; u < units; u++) start[u + 1] += start[u];
  const next = start.slice();
  const order = new Int32Array(unitOf.length);
  for (let row = 0; row < order.length; row++) order[next[unitOf[row]]++] = row;
  for (let u = 0; u < units; u++) {
    const rows = order.subarray(start[u], start[u + 1]);
    for (let i = 1; i < rows.length; i++)
      if (timeOf[rows[i]] < timeOf[rows[i - 1]]) {
        rows.sort((a, b) => timeOf[a] - timeOf[b] || a - b);
        break;
      }
  }
  return order;
}

function checkDuplicates(frame: Frame, index: Omit<PanelIndex, 'gaps' | 'balanced'>): void {
  const { order, unitOf, timeOf, units } = index;
  const same = (a: number, b: number) => unitOf[a] === unitOf[b] && timeOf[a] === timeOf[b];
  const found: { unit: string; time: number; lines: number[] }[] = [];
  let rows = 0;
  for (let i = 1; i < order.length; i++) {
    if (!same(order[i], order[i - 1])) continue;
    const previous = found.at(-1);
    const unit = units[unitOf[order[i]]];
    const time = timeOf[order[i]];
    if (previous && i > 1 && same(order[i - 1], order[i - 2])) previous.lines.push(frame.line[order[i]]);
    else found.push({ unit, time, lines: [frame.line[order[i - 1]], frame.line[order[i]]] });
    rows++;
  }
  if (found.length === 0) return;
  const some = (lines: number[]) =>
    `${lines.slice(0, MOST_LINES).join(', ')}${lines.length > MOST_LINES ? `, … ${lines.length} in all` : ''}`;
  const list = found
    .slice(0, SHOWN)
    .map(({ unit, time, lines }) => `${unit}, ${time} (lines ${some(lines)})`)
    .join('; ');
  const more = found.length > SHOWN ? `; … ${found.length} in all` : '';
  const [first] = found;
  throw new PanelError({
    code: 'data/duplicate-rows',
    message: `${found.length} (${index.unit.join(' × ')}, ${index.time}) ${found.length === 1 ? 'pair has' : 'pairs have'} more than one row in "${frame.source.name}": ${list}${more}.`,
    hint: 'Name every column that makes a unit (--panel A+B,TIME), or say under data of a study which row counts: duplicates: first, last or sum.',
    at: { file: frame.source.name, row: first.lines[1] },
    details: { pairs: found.length, extraRows: rows, duplicates: found.slice(0, 100) },
  });
}

/** Distance between periods: the greatest common divisor of their differences, so 5 in a five-yearly panel. */
function stepOf(periods: number[]): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return periods.slice(1).reduce((step, period, i) => gcd(period - periods[i], step), 0);
}

/** Periods without a row between the first and the last one of each unit. */
function findGaps({ order, unitOf, timeOf, units, periods }: Omit<PanelIndex, 'gaps' | 'balanced'>) {
  const step = stepOf(periods);
  const gaps: PanelIndex['gaps'] = [];
  for (let i = 1; i < order.length; i++) {
    const to = timeOf[order[i]];
    const from = timeOf[order[i - 1]];
    if (unitOf[order[i]] !== unitOf[order[i - 1]] || to - from <= step) continue;
    const unit = units[unitOf[order[i]]];
    if (gaps.at(-1)?.unit !== unit) gaps.push({ unit, missing: [] });
    for (let t = from + step; t < to && gaps.at(-1)!.missing.length < MOST_MISSING; t += step)
      gaps.at(-1)!.missing.push(t);
  }
  return gaps;
}

/**
 * The frame with its panel index: `unit` one or several columns (a pair), `time` whole numbers.
 * Units sort in numeric order where their column is numeric, else by code point.
 * Gaps are periods between a unit's first and last one, in steps of the panel's own distance between periods.
 * Rows that repeat unit and period are an error unless `duplicates` says which counts.
 * @throws PanelError data/unknown-column, data/missing-index, data/time-not-integer, data/text-in-number,
 * data/duplicates-differ, data/duplicate-rows (details: the pairs with their lines).
 */
export function setPanel(frame: Frame, unit: string[], time: string, o: { duplicates?: DuplicateRule } = {}): Frame {
  if (unit.length === 0)
    throw new PanelError({ code: 'data/no-unit', message: 'No unit column was named; one or more were expected.' });
  const { codes: unitOf, levels: units } = unitCodes(frame, unit);
  const timeOf = timeCodes(frame, time);
  const periods = Float64Array.from(new Set(timeOf)).sort();
  const order = sortRows(unitOf, timeOf, units.length);
  if (o.duplicates !== undefined) {
    const same = (a: number, b: number) => unitOf[a] === unitOf[b] && timeOf[a] === timeOf[b];
    const merged = mergeDuplicates(frame, order, same, o.duplicates);
    if (merged !== frame) return setPanel(merged, unit, time);
  }
  const index = { unit, time, units, unitOf, timeOf, periods: Array.from(periods), order };
  checkDuplicates(frame, index);
  const panel: PanelIndex = {
    ...index,
    gaps: findGaps(index),
    balanced: frame.rows === units.length * periods.length,
  };
  return { ...frame, panel };
}
