/**
 * Rows in and out of the sorted layout: JavaScript hands over contiguous blocks, the kernels put every row at its place. The
 * room of the weights (n doubles) is the scratch room of the first calls.
 */
import { Plan, codesOf } from './absorb-plan';
import { centredSlope, logDeficit } from './absorb-rows';
import { log1p } from './special';

// @ts-ignore: decorator
@inline
function placeOf(plan: Plan, i: i32): usize {
  return plan.place ? <usize>load<i32>(plan.place + (<usize>i << 2)) : <usize>i;
}

/**
 * From n base codes in the scratch room: level boundaries, and the place of each row when rows are sorted by base level (stable).
 * `place` is room for n integers, kept only where the rows were not sorted already: returns whether it is.
 */
export function arrange(plan: Plan, place: usize): bool {
  const n = plan.n;
  const starts = plan.starts;
  memory.fill(starts, 0, <usize>(plan.base + 1) << 2);
  let sorted = true;
  let last = 0;
  for (let i = 0; i < n; i++) {
    const code = load<i32>(plan.w + (<usize>i << 2));
    if (code < last) sorted = false;
    last = code;
    const at = starts + (<usize>code << 2);
    store<i32>(at, load<i32>(at, 4) + 1, 4);
  }
  for (let l = 0; l < plan.base; l++) {
    const at = starts + (<usize>l << 2);
    store<i32>(at, load<i32>(at, 4) + load<i32>(at), 4);
  }
  plan.place = 0;
  if (sorted) return false;
  plan.place = place;
  const next = plan.baseInverse;
  memory.copy(next, starts, <usize>plan.base << 2);
  for (let i = 0; i < n; i++) {
    const at = next + (<usize>load<i32>(plan.w + (<usize>i << 2)) << 2);
    const to = load<i32>(at);
    store<i32>(at, to + 1);
    store<i32>(place + (<usize>i << 2), to);
  }
  return true;
}

/** One level that holds every row: no factors. */
export function arrangeNone(plan: Plan): void {
  plan.place = 0;
  store<i32>(plan.starts, 0);
  store<i32>(plan.starts, plan.n, 4);
}

/** Codes of factor q (from 1) out of the scratch room, as rest-level numbers from `shift`. */
export function scatterCodes(plan: Plan, q: i32, shift: i32): void {
  const to = codesOf(plan, q);
  for (let i = 0; i < plan.n; i++)
    store<i32>(to + (placeOf(plan, i) << 2), load<i32>(plan.w + (<usize>i << 2)) + shift);
}

/** n doubles out of the scratch room. */
export function scatterDoubles(plan: Plan, to: usize): void {
  for (let i = 0; i < plan.n; i++) store<f64>(to + (placeOf(plan, i) << 3), load<f64>(plan.w + (<usize>i << 3)));
}

/** w ← prior, or 1. */
export function fillWeights(plan: Plan, prior: usize): void {
  if (prior) memory.copy(plan.w, prior, <usize>plan.n << 3);
  else for (let i = 0; i < plan.n; i++) store<f64>(plan.w + (<usize>i << 3), 1);
}

/** n doubles out of the scratch room into column 0 of x. */
export function scatterColumn(plan: Plan, x: usize): void {
  const bytes = <usize>plan.stride << 3;
  for (let i = 0; i < plan.n; i++) store<f64>(x + placeOf(plan, i) * bytes, load<f64>(plan.w + (<usize>i << 3)));
}

/**
 * Problem rows from … from + rows − 1, each `width` doubles in `block`, into columns first … of x; other columns become 0.
 * Adds the squares by column to `squares` (width).
 */
export function scatterRows(
  plan: Plan, x: usize, first: i32, block: usize, from: i32, rows: i32, width: i32, squares: usize,
): void {
  const bytes = <usize>plan.stride << 3;
  const wide = <usize>width << 3;
  let source = block;
  for (let i = 0; i < rows; i++) {
    const at = x + placeOf(plan, from + i) * bytes;
    for (let j: usize = 0; j < bytes; j += 16) v128.store(at + j, f64x2.splat(0));
    const to = at + (<usize>first << 3);
    for (let j: usize = 0; j < wide; j += 8) {
      const value = load<f64>(source + j);
      store<f64>(to + j, value);
      store<f64>(squares + j, load<f64>(squares + j) + value * value);
    }
    source += wide;
  }
}

/** Columns first … first + width − 1 of x for problem rows from …, into `block`. */
export function gatherRows(plan: Plan, x: usize, first: i32, block: usize, from: i32, rows: i32, width: i32): void {
  const bytes = <usize>plan.stride << 3;
  const wide = <usize>width << 3;
  let to = block;
  for (let i = 0; i < rows; i++) {
    const at = x + placeOf(plan, from + i) * bytes + (<usize>first << 3);
    for (let j: usize = 0; j < wide; j += 8) store<f64>(to + j, load<f64>(at + j));
    to += wide;
  }
}

/** n sorted doubles for problem rows from …, into `block`. */
export function gatherDoubles(plan: Plan, values: usize, block: usize, from: i32, rows: i32): void {
  for (let i = 0; i < rows; i++)
    store<f64>(block + (<usize>i << 3), load<f64>(values + (placeOf(plan, from + i) << 3)));
}

/** block (y of problem rows from … on entry) less the residual in column 0: fitted values. */
export function olsFitted(plan: Plan, x: usize, block: usize, from: i32, rows: i32): void {
  const bytes = <usize>plan.stride << 3;
  for (let i = 0; i < rows; i++) {
    const at = block + (<usize>i << 3);
    store<f64>(at, load<f64>(at) - load<f64>(x + placeOf(plan, from + i) * bytes));
  }
}

/** Least-squares scores w e x_{1 + j} of problem rows from …, e in column 0: rows × k into `block`. */
export function olsScores(plan: Plan, x: usize, k: i32, block: usize, from: i32, rows: i32): void {
  const bytes = <usize>plan.stride << 3;
  let to = block;
  for (let i = 0; i < rows; i++) {
    const row = placeOf(plan, from + i);
    const at = x + row * bytes;
    const weighted = load<f64>(plan.w + (row << 3)) * load<f64>(at);
    for (let j = 0; j < k; j++, to += 8) store<f64>(to, weighted * load<f64>(at + (<usize>(1 + j) << 3)));
  }
}

/**
 * Scores of problem rows from … at μ (in the weights), rows × p into `block`, added up in `total` (p): x̃ (y − μ)/(1 + αμ), and
 * with α > 0 the score of ln α net of the effects (column 1 of x: what apply() took off c). `sums`: scoreSums of
 * src/count-sums.ts, of counts to `large`.
 */
export function countScores(
  plan: Plan, x: usize, first: i32, k: i32, y: usize, prior: usize, alpha: f64, sums: usize, large: i32, block: usize,
  from: i32, rows: i32, total: usize,
): void {
  const bytes = <usize>plan.stride << 3;
  let to = block;
  for (let i = 0; i < rows; i++) {
    const row = placeOf(plan, from + i);
    const at = x + row * bytes;
    const mu = load<f64>(plan.w + (row << 3));
    const yi = load<f64>(y + (row << 3));
    const w: f64 = prior ? load<f64>(prior + (row << 3)) : 1;
    const t = alpha * mu;
    const score = (w * (yi - mu)) / (1 + t);
    for (let j = 0; j < k; j++, to += 8) {
      const s = score * load<f64>(at + (<usize>(first + j) << 3));
      store<f64>(to, s);
      const sum = total + (<usize>j << 3);
      store<f64>(sum, load<f64>(sum) + s);
    }
    if (!sums) continue;
    const own = slopeOf(alpha, yi, mu, sums, large);
    const s = w * own + load<f64>(at, 8) * score;
    store<f64>(to, s);
    to += 8;
    const sum = total + (<usize>k << 3);
    store<f64>(sum, load<f64>(sum) + s);
  }
}

/** Derivative by ln α of one row's log-likelihood. */
function slopeOf(alpha: f64, y: f64, mu: f64, sums: usize, large: i32): f64 {
  const most = <f64>large;
  const inner = load<f64>(sums + (<usize>min(y, most) << 3));
  const edge = load<f64>(sums + (<usize>large << 3), 8);
  const centred = edge == edge;
  if (centred && y > most) return inner + edge + centredSlope(alpha, y, mu);
  const t = alpha * mu;
  const up = 1 + t;
  const log = log1p(t);
  const gap = t > 1 ? log / t - 1 / up : t / up - logDeficit(t, log);
  if (centred) return inner + mu * gap + y / up;
  return inner + (y > most ? beyond(alpha, most, y) : 0) + mu * gap - (y * t) / up;
}

/** Σ_{a ≤ j < b} αj/(1 + αj) for large a by Euler–Maclaurin. */
function beyond(alpha: f64, a: f64, b: f64): f64 {
  const up = 1 + alpha * a;
  const end = 1 + alpha * b;
  return (
    b - a - (log1p(alpha * b) - log1p(alpha * a)) / alpha - ((alpha * b) / end - (alpha * a) / up) / 2 +
    (alpha / (end * end) - alpha / (up * up)) / 12
  );
}
