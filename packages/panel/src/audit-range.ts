/** Printed minima and maxima against what the named sources allow: the rule range. */

import { type Finding, finding, num } from './audit-findings.ts';
import { intervalOf, type Printed } from './audit-number.ts';
import { nameKey, type Published } from './audit-published.ts';
import type { SourceSpec } from './audit-schema.ts';
import { textColumn } from './audit-source.ts';
import { derive } from './derive.ts';
import { PanelError } from './errors.ts';
import type { Frame } from './types.ts';

interface Extreme {
  value: number;
  unit: string;
  time: string;
  expression: string;
}

/** Smallest and largest value of each reading over the units and periods of the sample. */
function extremes(
  published: Published,
  name: string,
  spec: SourceSpec,
  frame: Frame,
): { min: Extreme; max: Extreme; units: number } {
  const used = new Set((published.sample.used ?? []).map(nameKey));
  const units = textColumn(frame, spec.unit);
  const times = textColumn(frame, spec.time);
  const inside = (row: number) => {
    const time = Number(times[row]);
    const [from, to] = published.period ?? [-Infinity, Infinity];
    return (used.size === 0 || used.has(nameKey(units[row]))) && time >= from - (published.lag ?? 0) && time <= to;
  };
  const rows = units.map((_, row) => row).filter(inside);
  const all = [spec.value].flat().flatMap((expression, k): Extreme[] => {
    const column = derive(frame, { [`reading ${k + 1}`]: expression }).columns[`reading ${k + 1}`];
    const values = column.kind === 'number' ? column.values : [];
    return rows
      .filter((row) => !Number.isNaN(values[row] ?? Number.NaN))
      .map((row) => ({ value: values[row] as number, unit: units[row], time: times[row], expression }));
  });
  if (all.length === 0)
    throw new PanelError({
      code: 'audit/source-empty',
      message: `The source of ${name}, "${spec.file}", has no value for any unit and period of the sample.`,
      hint: 'Write its units as sample.used writes them, and its periods within meta.period.',
    });
  const by = (better: (a: number, b: number) => boolean) =>
    all.reduce((best, one) => (better(one.value, best.value) ? one : best));
  const present = new Set(rows.map((row) => nameKey(units[row])));
  return { min: by((a, b) => a < b), max: by((a, b) => a > b), units: present.size };
}

const where = ({ unit, time }: Extreme) => `${unit} ${time}`;

/** Findings for one described variable. */
function outOfReach(
  id: string,
  name: string,
  what: 'min' | 'max',
  printed: Printed,
  best: Extreme,
  units: number,
): Finding[] {
  const { lo, hi } = intervalOf(printed);
  if (what === 'max' ? lo <= best.value : hi >= best.value) return [];
  const digits = Math.max(3, printed.digits);
  return [
    finding('range', 'impossible', id, {
      column: what,
      term: name,
      printed: printed.text,
      recomputed: num(best.value, digits),
      detail: `${what === 'max' ? 'maximum' : 'minimum'} ${printed.text} is out of reach: the ${what === 'max' ? 'largest' : 'smallest'} value of ${best.expression} over the ${units} listed units is ${num(best.value, digits)} (${where(best)})`,
    }),
  ];
}

/** range over all described variables that have a source. Frames by the source's file. */
export function auditRanges(published: Published, frames: Record<string, Frame>): Finding[] {
  return Object.entries(published.sources).flatMap(([name, spec]) => {
    const frame = frames[spec.file];
    const described = published.descriptions.filter((d) => d.name === name);
    if (!frame || described.length === 0) {
      published.unread.push(`sources.${name}`);
      return [];
    }
    const { min, max, units } = extremes(published, name, spec, frame);
    return described.flatMap((d) => [
      ...(d.max ? outOfReach(d.id, name, 'max', d.max, max, units) : []),
      ...(d.min ? outOfReach(d.id, name, 'min', d.min, min, units) : []),
    ]);
  });
}
