/**
 * Regressors that nearly span each other make Newton's steps huge in coefficients that hardly matter, and cost digits. Such
 * columns are replaced by an orthogonal basis of the same span, x = q R (Gram–Schmidt in column order, every projection done
 * twice); the maps of scale.ts carry R.
 */
import { addGram, cholesky } from './matrix';
import { alloc, allocZeros, mark, reset } from './memory';
import { get, put, Task } from './task';

/** A column of which less than this share of its square is left outside the span of those before it calls for a basis. */
const LEFT: f64 = 1e-4;
/** What is left of a column below this share of its square is rounding: it is spanned, and becomes 0. */
const ROUNDING: f64 = 1e-26;
/** More columns than this are dummies for the most part, and a basis would cost more than the fit. */
const WIDE = 256;
/** Rows beyond this are sampled for the test. */
const MANY: i32 = 1 << 16;

/** Replaces t.x by an orthogonal basis where columns are nearly collinear. False where memory is short. */
export function orthogonalise(t: Task): bool {
  if (t.k < 2 || t.k > WIDE || wellSpread(t)) return true;
  const r = allocZeros(<f64>t.k * t.k);
  if (!r) return false;
  const constant = t.constant;
  if (constant >= 0) addColumn(t, r, constant, -1);
  for (let j = 0; j < t.k; j++) if (j != constant) addColumn(t, r, j, constant);
  t.basis = r;
  return true;
}

/** Whether every column has enough of its own: the pivots of X'X, over a sample of the rows where there are many. */
function wellSpread(t: Task): bool {
  const k = t.k;
  const ld = t.ld;
  const every = t.n > MANY && t.n > 64 * k ? t.n / (MANY / 2) : 1;
  memory.fill(t.G, 0, (<usize>ld * ld) << 3);
  for (let i = 0; i < t.n; i += every * t.block) {
    const rows = min(t.block, t.n - i);
    for (let r = 0; r < rows; r++) put(t.rowW, r, 1);
    addGram(t.x + ((<usize>i * ld) << 3), ld, rows, t.rowW, t.S, t.G);
  }
  const top = mark();
  const a = alloc(<f64>k * k * 8);
  if (!a) return true;
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) put(a, i * k + j, get(t.G, i * ld + j));
  const well = cholesky(a, k, a, LEFT);
  reset(top);
  return well;
}

/** Column j orthogonal to `first` (−1: none) and to the columns before it, with mean square 1; its coordinates into R. */
function addColumn(t: Task, r: usize, j: i32, first: i32): void {
  const k = t.k;
  if (j == t.constant) {
    put(r, j * k + j, 1);
    return;
  }
  const whole = product(t, j, j);
  for (let pass = 0; pass < 2; pass++) {
    if (first >= 0) project(t, r, first, j);
    for (let m = 0; m < j; m++) if (m != first) project(t, r, m, j);
  }
  const left = product(t, j, j);
  const spanned = !(left > ROUNDING * whole);
  const length = spanned ? 1.0 : sqrt(left / <f64>t.n);
  put(r, j * k + j, length);
  const step = <usize>t.ld << 3;
  let at = t.x + (<usize>j << 3);
  for (let i = 0; i < t.n; i++, at += step) store<f64>(at, spanned ? 0.0 : load<f64>(at) / length);
}

/** x_j −= q_m (q_m'x_j)/(q_m'q_m). */
function project(t: Task, r: usize, m: i32, j: i32): void {
  const own = product(t, m, m);
  if (own == 0) return;
  const c = product(t, m, j) / own;
  put(r, m * t.k + j, get(r, m * t.k + j) + c);
  const step = <usize>t.ld << 3;
  let a = t.x + (<usize>m << 3);
  let b = t.x + (<usize>j << 3);
  for (let i = 0; i < t.n; i++, a += step, b += step) store<f64>(b, load<f64>(b) - c * load<f64>(a));
}

function product(t: Task, a: i32, b: i32): f64 {
  const step = <usize>t.ld << 3;
  let u = t.x + (<usize>a << 3);
  let v = t.x + (<usize>b << 3);
  let s: f64 = 0;
  for (let i = 0; i < t.n; i++, u += step, v += step) s += load<f64>(u) * load<f64>(v);
  return s;
}

/** Order of the columns in which R is triangular: the constant first. */
// @ts-ignore: decorator
@inline
function nth(t: Task, place: i32): i32 {
  if (t.constant < 0) return place;
  return place == 0 ? t.constant : place <= t.constant ? place - 1 : place;
}

/** Coefficients of x → of the basis: R b, in place. */
export function toBasis(t: Task, b: usize): void {
  if (!t.basis) return;
  const k = t.k;
  for (let i = 0; i < k; i++) {
    const row = nth(t, i);
    let s: f64 = 0;
    for (let j = i; j < k; j++) s += get(t.basis, row * k + nth(t, j)) * get(b, nth(t, j));
    put(b, row, s);
  }
}

/** Coefficients of the basis → of x: R⁻¹ b, in place. */
export function fromBasis(t: Task, b: usize): void {
  if (!t.basis) return;
  const k = t.k;
  for (let i = k - 1; i >= 0; i--) {
    const row = nth(t, i);
    let s = get(b, row);
    for (let j = i + 1; j < k; j++) s -= get(t.basis, row * k + nth(t, j)) * get(b, nth(t, j));
    put(b, row, s / get(t.basis, row * k + row));
  }
}

/** Gradient by coefficients of the basis → by those of x: R'g, in place. */
export function gradientFromBasis(t: Task, g: usize): void {
  if (!t.basis) return;
  const k = t.k;
  for (let i = k - 1; i >= 0; i--) {
    const column = nth(t, i);
    let s: f64 = 0;
    for (let j = 0; j <= i; j++) s += get(t.basis, nth(t, j) * k + column) * get(g, nth(t, j));
    put(g, column, s);
  }
}

/** Information by coefficients of the basis → by those of x: R'H R with the auxiliaries beside it, p × p, in place. */
export function informationFromBasis(t: Task, h: usize): void {
  const p = t.p;
  for (let turn = 0; turn < 2; turn++) {
    for (let i = 0; i < p; i++) gradientFromBasis(t, h + ((<usize>i * p) << 3));
    for (let i = 0; i < p; i++)
      for (let j = 0; j < i; j++) {
        const u = get(h, i * p + j);
        put(h, i * p + j, get(h, j * p + i));
        put(h, j * p + i, u);
      }
  }
}
