/** Replicates as they come, as histograms: counts only, so that what crosses to the page is small however many there are. */
import type { Draws, ResampleJob } from '@gravpanel/panel';
import type { LiveHistograms, LivePanel } from '../protocol.ts';

/** Bars of a drawing, as in the finished figure. */
export const BARS = 44;
/** Finer cells within a bar, for the interval. */
const FINE = 16;
const CELLS = BARS * FINE;
/** Drawings at most: more are not looked at while they grow. */
const MOST = 12;
/** Replicates from which the scales are set first, and the share beyond a scale that sets it anew. */
const FIRST = 60;
const BEYOND = 0.01;
/** Room beside what is there, in shares of it: replicates that come will go further. */
const ROOM = 0.25;

interface Tally {
  /** Position among the reported numbers. */
  j: number;
  term: string;
  estimate: number;
  lo: number;
  hi: number;
  cells: Uint32Array;
  beyond: number;
  drawn: number;
}

/** The value below which a share of the counted draws lies. */
function quantile({ cells, lo, hi, drawn, beyond }: Tally, share: number): number {
  const wanted = share * (drawn - beyond);
  const width = (hi - lo) / CELLS;
  let below = 0;
  for (let c = 0; c < CELLS; c++) {
    if (below + cells[c] >= wanted && cells[c] > 0) return lo + (c + (wanted - below) / cells[c]) * width;
    below += cells[c];
  }
  return hi;
}

export interface LiveDraws {
  /** Counts a chunk; `all` has every replicate so far, NaN where there is none. */
  add(chunk: Draws, all: Draws): void;
  /** undefined while there are too few to draw. */
  now(): LiveHistograms | undefined;
}

/** @param shown which of the job's reported numbers are drawn. */
export function liveDraws(job: ResampleJob, shown: (name: string) => boolean, level: number): LiveDraws {
  const r = job.reported.length;
  const tallies = job.names
    .flatMap((term, j): Tally[] => {
      const estimate = job.coef[job.reported[j]];
      return shown(term)
        ? [{ j, term, estimate, lo: 0, hi: 0, cells: new Uint32Array(CELLS), beyond: 0, drawn: 0 }]
        : [];
    })
    .slice(0, MOST);
  let scaled = false;
  let [done, failed] = [0, 0];

  function count(tally: Tally, { count: n, estimates }: Draws): void {
    const { j, lo, hi, cells } = tally;
    const each = CELLS / (hi - lo || 1);
    for (let i = 0; i < n; i++) {
      const value = estimates[i * r + j];
      if (Number.isNaN(value)) continue;
      tally.drawn++;
      const cell = Math.floor((value - lo) * each);
      if (cell >= 0 && cell < CELLS) cells[cell]++;
      else tally.beyond++;
    }
  }

  /** Sets the scale by all replicates so far, without the last thousandth at each end, and counts them again. */
  function scale(tally: Tally, all: Draws): void {
    const values = Float64Array.from({ length: all.count }, (_, i) => all.estimates[i * r + tally.j])
      .filter((value) => !Number.isNaN(value))
      .sort();
    if (values.length === 0) return;
    const at = (share: number) => values[Math.round(share * (values.length - 1))];
    const [least, most] = [Math.min(at(0.001), tally.estimate), Math.max(at(0.999), tally.estimate)];
    const room = ROOM * (most - least) || 1;
    Object.assign(tally, { lo: least - room, hi: most + room, cells: new Uint32Array(CELLS), beyond: 0, drawn: 0 });
    count(tally, all);
  }

  const panelOf = (tally: Tally): LivePanel => ({
    term: tally.term,
    estimate: tally.estimate,
    from: tally.lo,
    to: tally.hi,
    interval: [quantile(tally, (1 - level) / 2), quantile(tally, (1 + level) / 2)],
    bars: Uint32Array.from({ length: BARS }, (_, b) =>
      tally.cells.subarray(b * FINE, (b + 1) * FINE).reduce((sum, n) => sum + n, 0),
    ),
  });

  return {
    add(chunk, all) {
      done += chunk.count;
      for (let i = 0; i < chunk.count; i++) if (Number.isNaN(chunk.estimates[i * r])) failed++;
      for (const tally of tallies) {
        if (scaled) count(tally, chunk);
        if ((!scaled && done >= FIRST) || tally.beyond > BEYOND * tally.drawn) scale(tally, all);
      }
      scaled ||= done >= FIRST;
    },
    now: () =>
      scaled && tallies.length > 0
        ? { panels: tallies.filter(({ drawn }) => drawn > 0).map(panelOf), level, failed }
        : undefined,
  };
}
