/** Scales of the drawings: round ticks, clipping of runaway intervals, labels that do not touch. */

/** Round numbers (1, 2 or 5 × 10^k apart) inside [lo, hi], about `wanted` of them. */
export function niceTicks(lo: number, hi: number, wanted = 5): number[] {
  const rough = (hi - lo) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const error = rough / power;
  const step = power * (error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.SQRT2 ? 2 : 1);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(lo / step - 1e-9);
  const last = Math.floor(hi / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(decimals)));
}

/** Ticks 1, 3, 10, 30, … (or 1, 10, 100 over many decades) inside [lo, hi]. */
export function logTicks(lo: number, hi: number): number[] {
  const from = Math.floor(Math.log10(lo));
  const to = Math.ceil(Math.log10(hi));
  const steps = to - from > 4 ? [1] : [1, 3];
  const all = Array.from({ length: to - from + 1 }, (_, i) => steps.map((m) => m * 10 ** (from + i))).flat();
  return all.filter((tick) => tick >= lo * 0.999 && tick <= hi * 1.001);
}

export interface Interval {
  lo: number;
  hi: number;
}

/**
 * The range that intervals are drawn on, zero included. A few (at most one in six) that reach more than twice as far from
 * zero as the next one are left to run off it: the scale is not stretched for them.
 */
export function intervalDomain(intervals: Interval[]): [number, number] {
  const reach = (i: Interval) => Math.max(Math.abs(i.lo), Math.abs(i.hi));
  const sorted = [...intervals].sort((a, b) => reach(b) - reach(a));
  let skip = 0;
  for (let i = 1; i <= Math.floor(sorted.length / 6); i++) if (reach(sorted[i - 1]) > 2 * reach(sorted[i])) skip = i;
  const kept = sorted.slice(skip);
  const lo = Math.min(0, ...kept.map((i) => i.lo));
  const hi = Math.max(0, ...kept.map((i) => i.hi));
  if (lo === hi) return [-1, 1];
  const margin = (hi - lo) * 0.04;
  return [lo - margin, hi + margin];
}

/** Positions as near to the wanted ones as a least distance allows, in the same order (labels moved apart). */
export function spread(wanted: number[], distance: number, lo: number, hi: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  interface Cluster {
    members: number[];
    centre: number;
  }
  const clusters: Cluster[] = [];
  const span = (c: Cluster) => (c.members.length - 1) * distance;
  const clamp = (c: Cluster) => Math.min(Math.max(c.centre, lo + span(c) / 2), hi - span(c) / 2);
  for (const i of order) {
    clusters.push({ members: [i], centre: wanted[i] });
    for (;;) {
      const b = clusters.at(-1);
      const a = clusters.at(-2);
      if (!a || !b || clamp(b) - span(b) / 2 - (clamp(a) + span(a) / 2) >= distance) break;
      const members = [...a.members, ...b.members];
      const mean = members.reduce((sum, m) => sum + wanted[m], 0) / members.length;
      clusters.splice(-2, 2, { members, centre: mean });
    }
  }
  const out = [...wanted];
  for (const c of clusters) for (const [j, m] of c.members.entries()) out[m] = clamp(c) - span(c) / 2 + j * distance;
  return out;
}
