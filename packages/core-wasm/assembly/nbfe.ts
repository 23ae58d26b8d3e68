/**
 * Score and −Hessian of the conditional negative binomial of a replicate, without its likelihood, at the speed of the machine. With
 * λ = exp(η), D, D′ the differences of ψ and ψ′ over y steps, A, A′ those of the group's sums (Λ, Y), and w the weight:
 *   u = wλ(D − A),  v = u + wλ²D′,  score Σ u x,  −Hessian −Σ v x x' + Σ_groups w A′ m m',  m = Σ λ x.
 * The groups' m are appended to the rows, so that one Gram gives all. It is as good as groups.ts in score, not in the Hessian's
 * flat direction at λ ≫ y; beyond {@link FLAT} the caller takes groups.ts.
 */
import { dotColumns, gramColumns, gramScaledLength, linearColumns } from './columns';
import { largeCells, smallCells } from './cells';
import { Layout } from './nbfe-layout';
import { alloc } from './memory';
import { ETA_OVERFLOW, get, OK, put, Task } from './task';
import { expInto } from './vmath';

/** |η| up to which products of λ stay finite. */
const WIDEST: f64 = 300;

let gram: usize = 0;
let scaled: usize = 0;
let ld: i32 = 0;

/** Room for k regressors; false where memory is short. */
export function nbfeRoom(k: i32): bool {
  ld = (k + 7) & ~3;
  gram = alloc(<f64>ld * ld * 8);
  scaled = alloc(<f64>gramScaledLength(k) * 8);
  return gram != 0 && scaled != 0;
}

/** λ of all rows, Λ of all groups; ETA_OVERFLOW where some λ leaves the range that the differences take. */
function means(s: Layout, b: usize): i32 {
  linearColumns(s.x, s.step, s.k, b, s.offset, s.rows, s.lambda);
  if (s.rows & 1) put(s.lambda, s.rows, 0);
  const end = s.lambda + (<usize>((s.rows + 1) & ~1) << 3);
  let widest = f64x2.splat(0);
  for (let at = s.lambda; at < end; at += 16) {
    const eta = v128.load(at);
    widest = f64x2.pmax(f64x2.mul(eta, eta), widest);
  }
  if (!(max(f64x2.extract_lane(widest, 0), f64x2.extract_lane(widest, 1)) <= WIDEST * WIDEST)) return ETA_OVERFLOW;
  expInto(s.lambda, s.lambda, (s.rows + 1) & ~1);
  let at = s.lambda;
  let flat = false;
  for (let g = 0; g < s.groups; g++) {
    const rows = load<i32>(s.rowsOf + (<usize>g << 2));
    let sum: f64 = 0;
    for (let r = 0; r < rows; r++, at += 8) sum += load<f64>(at);
    put(s.lambdaOf, g, sum);
    flat = flat || sum > get(s.flatAt, g);
  }
  return flat ? ETA_OVERFLOW : OK;
}

/** Differences of all cells: rows and groups share one array of λ, and of results. */
function differences(s: Layout, second: bool): void {
  const d2 = second ? s.d2 : 0;
  smallCells(s.small, s.smallCount, s.lambdaOf, s.d1, d2);
  largeCells(s.large, s.largeCount, s.lambdaOf, s.d1, d2);
}

/** u (and −v) of all rows, the groups' m and weights below them. */
function rowTerms(s: Layout, second: bool): void {
  let at: usize = 0;
  const one = s.first;
  for (let g = 0; g < s.groups; g++) {
    const rows = load<i32>(s.rowsOf + (<usize>g << 2));
    const w = get(s.weight, g);
    const a1 = f64x2.splat(get(s.d1, g));
    const vw = f64x2.splat(w);
    const end = at + (<usize>rows << 3);
    // the half pair at the end of an odd group is written again by the next one
    for (let i = at; i < end; i += 16) {
      const l = v128.load(s.lambda + i);
      const wl = f64x2.mul(vw, l);
      const u = f64x2.mul(wl, f64x2.sub(v128.load(s.d1 + one + i), a1));
      v128.store(s.u + i, u);
      if (second) {
        const v = f64x2.add(u, f64x2.mul(f64x2.mul(wl, l), v128.load(s.d2 + one + i)));
        v128.store(s.v + i, f64x2.neg(v));
      }
    }
    if (second) {
      dotColumns(s.lambda + at, s.x + at, s.step, s.k, rows, s.x + (<usize>(s.rows + g) << 3), s.step);
    }
    at = end;
  }
  if (!second) {
    store<f64>(s.u + at, 0);
    return;
  }
  for (let g = 0; g < s.groups; g++, at += 8) {
    store<f64>(s.u + at, 0);
    store<f64>(s.v + at, get(s.weight, g) * get(s.d2, g));
  }
  store<f64>(s.u + at, 0);
  store<f64>(s.v + at, 0);
}

/** Score into c.grad and −Hessian into c.neg (lower triangle) at internal theta. */
export function nbfeDerivatives(c: Task, s: Layout, theta: usize): i32 {
  const status = means(s, theta);
  if (status) return status;
  differences(s, true);
  rowTerms(s, true);
  const k = s.k;
  const all = s.rows + s.groups;
  for (let j = 0; j <= k; j++) store<f64>(s.x + <usize>j * s.step + (<usize>all << 3), 0);
  const joint = (k & 3) != 0;
  gramColumns(s.x, s.step, k, all, s.v, joint ? s.u : 0, scaled, gram, ld);
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) put(c.neg, i * k + j, get(gram, i * ld + j));
  if (joint) memory.copy(c.grad, gram + ((<usize>k * ld) << 3), <usize>k << 3);
  else dotColumns(s.u, s.x, s.step, k, s.rows, c.grad, 8);
  return OK;
}

/** Score alone. */
export function nbfeScore(c: Task, s: Layout, theta: usize): i32 {
  const status = means(s, theta);
  if (status) return status;
  differences(s, false);
  rowTerms(s, false);
  dotColumns(s.u, s.x, s.step, s.k, s.rows, c.grad, 8);
  return OK;
}
