/** Correct tables made from a seed, rounded as different tools round, and errors put into them. Test code only. */
import { normalUpper, tUpper } from '../src/distributions.ts';
import { fixed } from '../src/format.ts';

/** A generator of uniform numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const SCHEMES: [string, number][][] = [
  [
    ['*', 0.1],
    ['**', 0.05],
    ['***', 0.01],
  ],
  [
    ['*', 0.05],
    ['**', 0.01],
    ['***', 0.001],
  ],
  [
    ['+', 0.1],
    ['*', 0.05],
    ['**', 0.01],
    ['***', 0.001],
  ],
  [['*', 0.05]],
];

export interface MadeCell {
  term: string;
  estimate: string;
  se: string;
  stars: string;
}
export interface MadeTable {
  columns: MadeCell[][];
  scheme: [string, number][];
  dist: string;
}

/** Half away from zero, as Excel and Stata's round print; ties to even is `fixed`. */
const halfUp = (x: number, digits: number) => {
  const size = Math.floor(Math.abs(x) * 10 ** digits + 0.5 + 1e-9);
  return fixed((Math.sign(x) * size) / 10 ** digits, digits);
};

export const starsFor = (p: number, scheme: [string, number][]) =>
  [...scheme].sort((a, b) => a[1] - b[1]).find(([, level]) => p < level)?.[0] ?? '';

export const pOf = (z: number, df: number | undefined) =>
  Math.min(1, 2 * (df === undefined ? normalUpper(Math.abs(z)) : tUpper(Math.abs(z), df)));

export function makeTable(seed: number): MadeTable {
  const u = random(seed);
  const scheme = SCHEMES[Math.floor(u() * SCHEMES.length)];
  const digits = 1 + Math.floor(u() * 4);
  const df = u() < 0.5 ? undefined : 8 + Math.floor(u() * 400);
  const round = u() < 0.5 ? fixed : halfUp;
  const columns = Array.from({ length: 1 + Math.floor(u() * 5) }, () =>
    Array.from({ length: 2 + Math.floor(u() * 7) }, (_, i) => {
      const se = Math.exp(-4 + 6 * u());
      const z = 5 * (u() - 0.5) * 1.6;
      return {
        term: `x${i + 1}`,
        estimate: round(z * se, digits),
        se: round(se, digits),
        stars: starsFor(pOf(z, df), scheme),
      };
    }),
  );
  return { columns, scheme, dist: df === undefined ? 'normal' : `t:${df}` };
}

export function gridOf({ columns }: MadeTable): string {
  const rows = columns.flatMap((cells, j) =>
    cells.map((c) => ['made', `(${j + 1})`, c.term, c.estimate, c.se, c.stars].join(',')),
  );
  return `table,column,term,estimate,se,stars\n${rows.join('\n')}\n`;
}

const corners = ({ estimate, se }: MadeCell): [number, number] => {
  const half = 0.5 * 10 ** -(estimate.split('.')[1]?.length ?? 0);
  const [b, s] = [Math.abs(Number(estimate)), Number(se)];
  return [Math.max(0, b - half) / (s + half), s - half <= 0 ? Number.POSITIVE_INFINITY : (b + half) / (s - half)];
};

/**
 * The table with one cell whose stars no rounding explains: other stars, or a standard error with a slipped decimal point, so that
 * at the corners of the rounding box, and hence inside it, p stays on one side of every level that would earn them.
 * undefined where the table has no cell that an error of this kind would exceed rounding in.
 */
export function withError(
  table: MadeTable,
  seed: number,
): { table: MadeTable; column: number; term: string } | undefined {
  const u = random(seed * 7919 + 1);
  const df = table.dist === 'normal' ? undefined : Number(table.dist.slice(2));
  const symbols = ['', ...table.scheme.map(([symbol]) => symbol)];
  const level = (symbol: string) => table.scheme.find(([s]) => s === symbol)?.[1] ?? 1;
  const exceeds = (cell: MadeCell) => {
    const [low, high] = corners(cell);
    const possible = symbols.filter((symbol) => {
      const next = Math.max(0, ...table.scheme.filter(([, l]) => l < level(symbol)).map(([, l]) => l));
      const [pHigh, pLow] = [pOf(low, df), high === Number.POSITIVE_INFINITY ? 0 : pOf(high, df)];
      return pLow <= level(symbol) * (1 + 1e-6) && pHigh >= next * (1 - 1e-6);
    });
    return !possible.includes(cell.stars);
  };
  for (let tries = 0; tries < 200; tries++) {
    const column = Math.floor(u() * table.columns.length);
    const i = Math.floor(u() * table.columns[column].length);
    const cell = table.columns[column][i];
    const slipped = Number(cell.se) * (u() < 0.5 ? 10 : 0.1);
    const digits = cell.se.split('.')[1]?.length ?? 0;
    const changed: MadeCell =
      u() < 0.7
        ? { ...cell, stars: symbols[Math.floor(u() * symbols.length)] }
        : { ...cell, se: fixed(slipped, digits) };
    if (!exceeds(changed)) continue;
    const columns = table.columns.map((cells, j) =>
      j === column ? cells.map((c, k) => (k === i ? changed : c)) : cells,
    );
    return { table: { ...table, columns }, column: column + 1, term: cell.term };
  }
  return undefined;
}
