/**
 * Kernels on column-major data: column j begins at x + j·step bytes; row counts may be odd, but rows up to an even count must be
 * readable, and zero where sums run over them. Columns are taken four (two) at a time so that sums stay in registers.
 */

/** Rows per block of {@link gramColumns}: a block of scaled and plain columns stays in the first cache level. */
const BLOCK = 128;

// @ts-ignore: decorator
@inline
function term(acc: v128, a: v128, at: usize, offset: usize): v128 {
  return f64x2.add(acc, f64x2.mul(a, v128.load(at + offset)));
}
// @ts-ignore: decorator
@inline
function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** out = (offset or 0) + Σⱼ bⱼ xⱼ over `rows` rows (rounded up to even). */
export function linearColumns(x: usize, step: usize, k: i32, b: usize, offset: usize, rows: i32, out: usize): void {
  const end = <usize>((rows + 1) & ~1) << 3;
  if (offset) memory.copy(out, offset, end);
  let first = offset == 0;
  while (k > 0) {
    const b0 = v128.load64_splat(b);
    const y = x + step;
    const z = y + step;
    const w = z + step;
    if (k >= 4) {
      const b1 = v128.load64_splat(b, 8);
      const b2 = v128.load64_splat(b, 16);
      const b3 = v128.load64_splat(b, 24);
      for (let i: usize = 0; i < end; i += 16) {
        const s = first ? f64x2.mul(b0, v128.load(x + i)) : term(v128.load(out + i), b0, x, i);
        v128.store(out + i, term(term(term(s, b1, y, i), b2, z, i), b3, w, i));
      }
    } else if (k == 3) {
      const b1 = v128.load64_splat(b, 8);
      const b2 = v128.load64_splat(b, 16);
      for (let i: usize = 0; i < end; i += 16) {
        const s = first ? f64x2.mul(b0, v128.load(x + i)) : term(v128.load(out + i), b0, x, i);
        v128.store(out + i, term(term(s, b1, y, i), b2, z, i));
      }
    } else if (k == 2) {
      const b1 = v128.load64_splat(b, 8);
      for (let i: usize = 0; i < end; i += 16) {
        const s = first ? f64x2.mul(b0, v128.load(x + i)) : term(v128.load(out + i), b0, x, i);
        v128.store(out + i, term(s, b1, y, i));
      }
    } else
      for (let i: usize = 0; i < end; i += 16)
        v128.store(out + i, first ? f64x2.mul(b0, v128.load(x + i)) : term(v128.load(out + i), b0, x, i));
    x = w + step;
    b += 32;
    k -= 4;
    first = false;
  }
}

/** out[j·outStep] = Σ a x_j over `rows` rows, for k columns; a may end in a half pair, x need not. */
export function dotColumns(a: usize, x: usize, step: usize, k: i32, rows: i32, out: usize, outStep: usize): void {
  const pairs = <usize>(rows & ~1) << 3;
  const odd = (rows & 1) != 0;
  const last = odd ? load<f64>(a + pairs) : 0;
  while (k >= 4) {
    const y = x + step;
    const z = y + step;
    const w = z + step;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let i: usize = 0; i < pairs; i += 16) {
      const v = v128.load(a + i);
      s0 = term(s0, v, x, i);
      s1 = term(s1, v, y, i);
      s2 = term(s2, v, z, i);
      s3 = term(s3, v, w, i);
    }
    let t0 = lanes(s0);
    let t1 = lanes(s1);
    let t2 = lanes(s2);
    let t3 = lanes(s3);
    if (odd) {
      t0 += last * load<f64>(x + pairs);
      t1 += last * load<f64>(y + pairs);
      t2 += last * load<f64>(z + pairs);
      t3 += last * load<f64>(w + pairs);
    }
    store<f64>(out, t0);
    store<f64>(out + outStep, t1);
    store<f64>(out + 2 * outStep, t2);
    store<f64>(out + 3 * outStep, t3);
    x = w + step;
    out += 4 * outStep;
    k -= 4;
  }
  for (; k > 0; k--) {
    let s = f64x2.splat(0);
    for (let i: usize = 0; i < pairs; i += 16) s = term(s, v128.load(a + i), x, i);
    let t = lanes(s);
    if (odd) t += last * load<f64>(x + pairs);
    store<f64>(out, t);
    x += step;
    out += outStep;
  }
}

/** Rows of scaled columns that {@link gramColumns} needs room for. */
export function gramScaledLength(k: i32): i32 {
  return ((k + 4) & ~3) * BLOCK;
}

/**
 * G (row stride `ld` doubles, at least k rounded up to 4 plus 4 rows) = Σᵣ v[r] xᵣ xᵣ' on and below the diagonal (whole 4 × 2
 * tiles), and, where `u` is given, row k of it = Σᵣ u[r] xᵣ. k + 1 columns must be readable. Rows are counted to even.
 */
export function gramColumns(
  x: usize, step: usize, k: i32, rows: i32, v: usize, u: usize, scaled: usize, G: usize, ld: i32,
): void {
  const height = u ? k + 1 : k;
  const line = <usize>ld << 3;
  memory.fill(G, 0, <usize>((height + 3) & ~3) * line);
  const whole = <usize>((rows + 1) & ~1) << 3;
  for (let from: usize = 0; from < whole; from += BLOCK << 3) {
    const bytes = min(<usize>BLOCK << 3, whole - from);
    const block = x + from;
    scaleColumns(block, step, k, v + from, bytes, scaled);
    if (u) memory.copy(scaled + <usize>k * (BLOCK << 3), u + from, bytes);
    for (let i = 0; i < height; i += 4) {
      const s = scaled + <usize>i * (BLOCK << 3);
      const width = min(i + 4, k);
      for (let j = 0; j < width; j += 2)
        tile(s, block + <usize>j * step, step, bytes, G + <usize>i * line + (<usize>j << 3), line);
    }
  }
}

function scaleColumns(x: usize, step: usize, k: i32, v: usize, bytes: usize, scaled: usize): void {
  for (let j = 0; j < k; j++, x += step, scaled += BLOCK << 3)
    for (let i: usize = 0; i < bytes; i += 16) v128.store(scaled + i, f64x2.mul(v128.load(v + i), v128.load(x + i)));
}

// @ts-ignore: decorator
@inline
function addPair(at: usize, a: v128, b: v128): void {
  const sum = f64x2.add(i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(at, f64x2.add(v128.load(at), sum));
}

/** out (4 × 2) += four scaled columns' products with the columns x and x + step. */
function tile(s: usize, x: usize, step: usize, bytes: usize, out: usize, line: usize): void {
  const y = x + step;
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const x0 = v128.load(x + i);
    const x1 = v128.load(y + i);
    const at = s + i;
    const t0 = v128.load(at);
    a0 = f64x2.add(a0, f64x2.mul(t0, x0));
    a1 = f64x2.add(a1, f64x2.mul(t0, x1));
    const t1 = v128.load(at, BLOCK << 3);
    b0 = f64x2.add(b0, f64x2.mul(t1, x0));
    b1 = f64x2.add(b1, f64x2.mul(t1, x1));
    const t2 = v128.load(at, BLOCK << 4);
    c0 = f64x2.add(c0, f64x2.mul(t2, x0));
    c1 = f64x2.add(c1, f64x2.mul(t2, x1));
    const t3 = v128.load(at, 3 * (BLOCK << 3));
    d0 = f64x2.add(d0, f64x2.mul(t3, x0));
    d1 = f64x2.add(d1, f64x2.mul(t3, x1));
  }
  addPair(out, a0, a1);
  addPair(out + line, b0, b1);
  addPair(out + 2 * line, c0, c1);
  addPair(out + 3 * line, d0, d1);
}
