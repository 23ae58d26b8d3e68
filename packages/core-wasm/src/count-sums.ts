/**
 * What the NB2 log-likelihood needs of y and α alone: S₀ = Σ w Σ_{j<y} ln(1 + αj) = Σ w [lnΓ(y + 1/α) − lnΓ(1/α) + y ln α],
 * and its first two derivatives by ln α, S₁ = Σ w Σ αj/(1 + αj), S₂ = Σ w Σ αj/(1 + αj)². Rows share the inner sums: with
 * A_j = the weight of rows with y > j each is one sum over j. Beyond j = LARGE the Euler–Maclaurin formula stands in.
 */
import { log1p } from './elementary.ts';

const LARGE = 1 << 16;

export interface CountSums {
  /** Weight of rows with y > j, j = 0 … */
  above: Float64Array;
  /** Rows beyond the table: count and weight. */
  large: { y: number; weight: number }[];
}

/** y: n integers ≥ 0. */
export function countSums(y: Float64Array, weights: Float64Array | undefined): CountSums {
  let most = 0;
  for (let i = 0; i < y.length; i++) if (y[i] > most) most = y[i];
  const above = new Float64Array(Math.min(most, LARGE) + 1);
  const large: CountSums['large'] = [];
  for (let i = 0; i < y.length; i++) {
    const weight = weights?.[i] ?? 1;
    if (y[i] > LARGE) large.push({ y: y[i], weight });
    above[Math.min(y[i], LARGE)] += weight;
  }
  // above[v] holds the weight at v; shift so that above[j] = weight of y > j
  let sum = 0;
  for (let j = above.length - 1; j >= 0; j--) {
    const here = above[j];
    above[j] = sum;
    sum += here;
  }
  return { above, large };
}

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

/** S₀, S₁, S₂ at α. */
export function sumsAt({ above, large }: CountSums, alpha: number): [number, number, number] {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  for (let j = above.length - 1; j >= 0; j--) {
    if (above[j] === 0) continue;
    const t = alpha * j;
    s0 += above[j] * log1p(t);
    s1 += above[j] * (t / (1 + t));
    s2 += above[j] * (t / (1 + t) / (1 + t));
  }
  for (const { y, weight } of large) {
    const more = beyond(alpha, y);
    s0 += weight * more[0];
    s1 += weight * more[1];
    s2 += weight * more[2];
  }
  return [s0, s1, s2];
}

/** Σ_{j<v} αj/(1 + αj) for v = 0 … the largest count (at most LARGE): one row's share of S₁. */
export function firstSums({ above }: CountSums, alpha: number): Float64Array {
  const prefix = new Float64Array(above.length);
  for (let j = 1; j < above.length; j++) prefix[j] = prefix[j - 1] + (alpha * (j - 1)) / (1 + alpha * (j - 1));
  return prefix;
}
