/**
 * Dense kernels. Data matrices are row-major with a row stride of `ld` doubles, a multiple of 4 whose padding is zero;
 * small square matrices are row-major with stride p.
 */

/** Row stride for k columns. */
export function stride(k: i32): i32 {
  return (k + 3) & ~3;
}

/** Rows per block, so that a block and its scaled copy stay in the first cache levels. */
export function blockRows(ld: i32): i32 {
  const rows = (2048 / ld) & ~3;
  return max(16, min(256, rows));
}

// @ts-ignore: decorator
@inline
function axpy2(acc: v128, a: v128, at: usize, offset: usize): v128 {
  return f64x2.add(acc, f64x2.mul(a, v128.load(at + offset)));
}

/** a'b over ld doubles (ld a multiple of 4). */
export function dot(a: usize, b: usize, ld: i32): f64 {
  let s = f64x2.splat(0);
  let t = s;
  const end = a + (<usize>ld << 3);
  for (; a < end; a += 32, b += 32) {
    s = f64x2.add(s, f64x2.mul(v128.load(a), v128.load(b)));
    t = f64x2.add(t, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
  }
  s = f64x2.add(s, t);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** a'b over p doubles, any p. */
export function dotSmall(a: usize, b: usize, p: i32): f64 {
  let s: f64 = 0;
  for (let i: usize = 0; i < <usize>p << 3; i += 8) s += load<f64>(a + i) * load<f64>(b + i);
  return s;
}

/** out[r] = x[r]'b for `rows` rows. */
export function gemvInto(x: usize, ld: i32, rows: i32, b: usize, out: usize): void {
  const step = <usize>ld << 3;
  for (let r = 0; r < rows; r++, x += step) store<f64>(out + (<usize>r << 3), dot(x, b, ld));
}

/** g[j] += Σ_r e[r] x[r][j]. */
export function addTZe(x: usize, ld: i32, rows: i32, e: usize, g: usize): void {
  const step = <usize>ld << 3;
  for (let j: usize = 0; j < step; j += 32) {
    let at = x + j;
    let a = v128.load(g + j);
    let b = v128.load(g + j, 16);
    for (let r = 0; r < rows; r++, at += step) {
      const w = v128.load64_splat(e + (<usize>r << 3));
      a = axpy2(a, w, at, 0);
      b = axpy2(b, w, at, 16);
    }
    v128.store(g + j, a);
    v128.store(g + j, b, 16);
  }
}

/** out[j] += a·x[j] over ld doubles. */
export function axpyInto(a: f64, x: usize, out: usize, ld: i32): void {
  const w = f64x2.splat(a);
  const end = x + (<usize>ld << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, axpy2(v128.load(out), w, x, 0));
}

/**
 * G (ld × ld, 4 × 4 tiles on and below the diagonal) += Σ_r w[r] x[r] x[r]'; `scaled` is room for rows × ld doubles.
 * Weights may be negative.
 */
export function addGram(x: usize, ld: i32, rows: i32, w: usize, scaled: usize, G: usize): void {
  const step = <usize>ld << 3;
  let from = x;
  let to = scaled;
  for (let r = 0; r < rows; r++) {
    const a = v128.load64_splat(w + (<usize>r << 3));
    for (let j: usize = 0; j < step; j += 32, from += 32, to += 32) {
      v128.store(to, f64x2.mul(a, v128.load(from)));
      v128.store(to, f64x2.mul(a, v128.load(from, 16)), 16);
    }
  }
  for (let i: usize = 0; i < step; i += 32)
    for (let j: usize = 0; j <= i; j += 32) gramTile(scaled + i, x + j, step, rows, G + (i >> 3) * step + j);
}

/** One 4 × 4 tile: out += S' X over the rows. */
function gramTile(s: usize, x: usize, step: usize, rows: i32, out: usize): void {
  let a0 = v128.load(out);
  let b0 = v128.load(out, 16);
  let a1 = v128.load(out + step);
  let b1 = v128.load(out + step, 16);
  let a2 = v128.load(out + 2 * step);
  let b2 = v128.load(out + 2 * step, 16);
  let a3 = v128.load(out + 3 * step);
  let b3 = v128.load(out + 3 * step, 16);
  for (let r = 0; r < rows; r++, s += step, x += step) {
    const u = v128.load(x);
    const v = v128.load(x, 16);
    const s0 = v128.load64_splat(s);
    a0 = f64x2.add(a0, f64x2.mul(s0, u));
    b0 = f64x2.add(b0, f64x2.mul(s0, v));
    const s1 = v128.load64_splat(s, 8);
    a1 = f64x2.add(a1, f64x2.mul(s1, u));
    b1 = f64x2.add(b1, f64x2.mul(s1, v));
    const s2 = v128.load64_splat(s, 16);
    a2 = f64x2.add(a2, f64x2.mul(s2, u));
    b2 = f64x2.add(b2, f64x2.mul(s2, v));
    const s3 = v128.load64_splat(s, 24);
    a3 = f64x2.add(a3, f64x2.mul(s3, u));
    b3 = f64x2.add(b3, f64x2.mul(s3, v));
  }
  v128.store(out, a0);
  v128.store(out, b0, 16);
  v128.store(out + step, a1);
  v128.store(out + step, b1, 16);
  v128.store(out + 2 * step, a2);
  v128.store(out + 2 * step, b2, 16);
  v128.store(out + 3 * step, a3);
  v128.store(out + 3 * step, b3, 16);
}

/** G (lower triangle, stride ld) += a b' + b a'. */
export function addSymmetricOuter(a: usize, b: usize, ld: i32, G: usize): void {
  for (let i = 0; i < ld; i++) {
    const ai = v128.load64_splat(a + (<usize>i << 3));
    const bi = v128.load64_splat(b + (<usize>i << 3));
    const row = G + ((<usize>i * ld) << 3);
    const end = (<usize>(i + 2) & ~1) << 3;
    for (let j: usize = 0; j < end; j += 16) {
      const t = f64x2.add(f64x2.mul(ai, v128.load(b + j)), f64x2.mul(bi, v128.load(a + j)));
      v128.store(row + j, f64x2.add(v128.load(row + j), t));
    }
  }
}

// @ts-ignore: decorator
@inline
function at(a: usize, p: i32, i: i32, j: i32): usize {
  return a + ((<usize>i * p + j) << 3);
}

/** L (lower, p × p) of a = L L'; false where a pivot is not above `tolerance` times its diagonal entry. `l` may be `a`. */
export function cholesky(a: usize, p: i32, l: usize, tolerance: f64): bool {
  for (let i = 0; i < p; i++) {
    const li = at(l, p, i, 0);
    for (let j = 0; j <= i; j++) {
      const lj = at(l, p, j, 0);
      const whole = load<f64>(at(a, p, i, j));
      let s = whole;
      for (let m: usize = 0; m < <usize>j << 3; m += 8) s -= load<f64>(li + m) * load<f64>(lj + m);
      if (j < i) store<f64>(at(l, p, i, j), s / load<f64>(at(l, p, j, j)));
      else {
        if (!(s > tolerance * whole) || !(s > 0)) return false;
        store<f64>(at(l, p, i, i), sqrt(s));
      }
    }
  }
  return true;
}

/** Solves L L' x = b; x may be b. */
export function choleskySolve(l: usize, p: i32, b: usize, x: usize): void {
  for (let i = 0; i < p; i++) {
    let s = load<f64>(b + (<usize>i << 3));
    for (let j = 0; j < i; j++) s -= load<f64>(at(l, p, i, j)) * load<f64>(x + (<usize>j << 3));
    store<f64>(x + (<usize>i << 3), s / load<f64>(at(l, p, i, i)));
  }
  for (let i = p - 1; i >= 0; i--) {
    let s = load<f64>(x + (<usize>i << 3));
    for (let j = i + 1; j < p; j++) s -= load<f64>(at(l, p, j, i)) * load<f64>(x + (<usize>j << 3));
    store<f64>(x + (<usize>i << 3), s / load<f64>(at(l, p, i, i)));
  }
}

/** out = (L L')⁻¹, full symmetric; `l` is destroyed (it holds L⁻¹ afterwards). */
export function choleskyInverse(l: usize, p: i32, out: usize): void {
  for (let j = 0; j < p; j++) {
    const d = 1 / load<f64>(at(l, p, j, j));
    store<f64>(at(l, p, j, j), d);
    for (let i = j + 1; i < p; i++) {
      let s: f64 = 0;
      for (let m = j; m < i; m++) s -= load<f64>(at(l, p, i, m)) * load<f64>(at(l, p, m, j));
      store<f64>(at(l, p, i, j), s / load<f64>(at(l, p, i, i)));
    }
  }
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      let s: f64 = 0;
      for (let m = i; m < p; m++) s += load<f64>(at(l, p, m, i)) * load<f64>(at(l, p, m, j));
      store<f64>(at(out, p, i, j), s);
      store<f64>(at(out, p, j, i), s);
    }
}
