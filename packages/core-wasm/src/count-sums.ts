/**
 * What the NB2 log-likelihood needs of y and α alone: S₀ = Σ w Σ_{j<y} ln(1 + αj) = Σ w [lnΓ(y + 1/α) − lnΓ(1/α) + y ln α],
 * and its first two derivatives by ln α, S₁ = Σ w Σ αj/(1 + αj), S₂ = Σ w Σ αj/(1 + αj)². Rows share the inner sums: with
 * A_j = the weight of rows with y > j each is one sum over j. Beyond j = LARGE the Euler–Maclaurin formula stands in.
 *
 * S₀ of a count of 10⁹ is about 10¹⁰, and all but a few units of it is taken off again by what depends on μ: with it go the
 * digits of the rest. Where α is not small against the counts they are centred: S₁ less Σ w y, and S₀ of rows beyond the table less
 * y ln(1 + αy) − y, which are given back where μ is known (nb2Mean and countScores in assembly/).
 */
import { log1p } from './elementary.ts';

/** Counts above this are outside the table. As in assembly/absorb-rows.ts. */
const LARGE = 1 << 16;

export interface CountSums {
  /** Weight of rows with y > j, j = 0 … */
  above: Float64Array;
  /** The same of the rows beyond the table, at every j of it. */
  rest: number;
  /** Σ w y² / Σ w y: the size of the counts that matter. */
  size: number;
  /** Rows beyond the table: count and weight. */
  large: { y: number; weight: number }[];
}

/** y: n integers ≥ 0. */
export function countSums(y: Float64Array, weights: Float64Array | undefined): CountSums {
  let most = 0;
  for (let i = 0; i < y.length; i++) if (y[i] > most) most = y[i];
  const above = new Float64Array(Math.min(most, LARGE) + 1);
  const large: CountSums['large'] = [];
  let [rest, first, second] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    const weight = weights?.[i] ?? 1;
    first += weight * y[i];
    second += weight * y[i] * y[i];
    above[Math.min(y[i], LARGE)] += weight;
    if (y[i] <= LARGE) continue;
    large.push({ y: y[i], weight });
    rest += weight;
  }
  // above[v] holds the weight at v; shift so that above[j] = weight of y > j
  let sum = 0;
  for (let j = above.length - 1; j >= 0; j--) {
    const here = above[j];
    above[j] = sum;
    sum += here;
  }
  return { above, rest, size: first > 0 ? second / first : 0, large };
}

/** Whether the counts are centred at α. */
export const isCentred = ({ size }: CountSums, alpha: number): boolean => alpha * size >= 1;

/** ∫, value, slope of the three summands at j. */
function summands(alpha: number, j: number): [number, number, number][] {
  const t = alpha * j;
  const up = 1 + t;
  const log = log1p(t);
  return [
    [up * (log / alpha) - j, log, alpha / up],
    [j - log / alpha, t / up, alpha / (up * up)],
    [(log - t / up) / alpha, t / (up * up), (alpha * (1 - t)) / (up * up * up)],
  ];
}

/** Σ_{LARGE ≤ j < y} of the three summands. */
function beyond(alpha: number, y: number): [number, number, number] {
  const a = summands(alpha, LARGE);
  const b = summands(alpha, y);
  const sum = (s: number) => b[s][0] - a[s][0] - (b[s][1] - a[s][1]) / 2 + (b[s][2] - a[s][2]) / 12;
  return [sum(0), sum(1), sum(2)];
}

/** Σ_{j<LARGE} ln(1 + αj) less ∫₀, summed as its differences from the integral, which are small; and what Euler–Maclaurin has at LARGE. */
function headOfLogs(alpha: number): number {
  let sum = log1p(alpha * LARGE) / 2 - alpha / (1 + alpha * LARGE) / 12;
  for (let j = LARGE - 1; j >= 0; j--) {
    const q = alpha / (1 + alpha * j);
    sum += 1 - ((1 + q) * log1p(q)) / q;
  }
  return sum;
}

/** What Euler–Maclaurin has at LARGE for Σ −1/(1 + αj). */
function edge(alpha: number): number {
  const up = 1 + alpha * LARGE;
  return log1p(alpha * LARGE) / alpha - 1 / (2 * up) - alpha / (12 * up * up);
}

/** S₀, S₁, S₂ at α, centred or not. */
export function sumsAt({ above, rest, large }: CountSums, alpha: number, centred: boolean): [number, number, number] {
  const off = centred ? rest : 0;
  let s0 = off > 0 ? off * headOfLogs(alpha) : 0;
  let s1 = off > 0 ? off * edge(alpha) : 0;
  let s2 = 0;
  for (let j = above.length - 1; j >= 0; j--) {
    if (above[j] === 0) continue;
    const t = alpha * j;
    if (above[j] > off) s0 += (above[j] - off) * log1p(t);
    s1 += above[j] * ((centred ? -1 : t) / (1 + t));
    s2 += above[j] * (t / (1 + t) / (1 + t));
  }
  for (const { y, weight } of large) {
    const more = beyond(alpha, y);
    s2 += weight * more[2];
    if (centred) continue;
    s0 += weight * more[0];
    s1 += weight * more[1];
  }
  return [s0, s1, s2];
}

/**
 * One row's share of S₁ for a count of 0 … the largest (at most LARGE), and last what a row beyond has more, centred; NaN in its
 * place where they are not centred.
 */
export function scoreSums({ above }: CountSums, alpha: number, centred: boolean): Float64Array {
  const sums = new Float64Array(above.length + 1);
  for (let j = 1; j < above.length; j++) {
    const t = alpha * (j - 1);
    sums[j] = sums[j - 1] + (centred ? -1 : t) / (1 + t);
  }
  sums[above.length] = centred ? edge(alpha) : Number.NaN;
  return sums;
}
