/** Periods in words. */

/** 2008, 2009, 2010, 2012 → "2008–2010, 2012": runs of those that follow each other among `all`. */
export function spansOf(periods: number[], all: number[]): string {
  const at = new Map(all.map((period, i) => [period, i]));
  const runs: [number, number][] = [];
  for (const period of periods) {
    const last = runs.at(-1);
    if (last && at.get(period) === (at.get(last[1]) ?? -2) + 1) last[1] = period;
    else runs.push([period, period]);
  }
  return runs.map(([a, b]) => (a === b ? String(a) : `${a}–${b}`)).join(', ');
}
