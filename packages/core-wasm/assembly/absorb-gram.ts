/** x'Wx of a block of rows, two columns by up to eight at a time; rows stay in the first-level cache between the tiles. */

const zero = f64x2.splat(0);

// @ts-ignore: decorator
@inline
function add(at: usize, offset: usize, value: v128): void {
  v128.store(at + offset, f64x2.add(v128.load(at + offset), value));
}

/** gram rows c, c + 1 (at `g`, `bytes` apart), vectors of `wide` pairs from column c. */
// @ts-ignore: decorator
@inline
function tile(x: usize, w: usize, rows: i32, bytes: usize, first: usize, g: usize, wide: i32): void {
  let a0 = zero;
  let a1 = zero;
  let a2 = zero;
  let a3 = zero;
  let b0 = zero;
  let b1 = zero;
  let b2 = zero;
  let b3 = zero;
  let at = x;
  for (let i = 0; i < rows; i++) {
    const weight = v128.load64_splat(w + (<usize>i << 3));
    const p = f64x2.mul(weight, v128.load64_splat(at + first));
    const q = f64x2.mul(weight, v128.load64_splat(at + first, 8));
    const z = at + first;
    const v0 = v128.load(z);
    a0 = f64x2.add(a0, f64x2.mul(p, v0));
    b0 = f64x2.add(b0, f64x2.mul(q, v0));
    if (wide > 1) {
      const v1 = v128.load(z, 16);
      a1 = f64x2.add(a1, f64x2.mul(p, v1));
      b1 = f64x2.add(b1, f64x2.mul(q, v1));
    }
    if (wide > 2) {
      const v2 = v128.load(z, 32);
      a2 = f64x2.add(a2, f64x2.mul(p, v2));
      b2 = f64x2.add(b2, f64x2.mul(q, v2));
    }
    if (wide > 3) {
      const v3 = v128.load(z, 48);
      a3 = f64x2.add(a3, f64x2.mul(p, v3));
      b3 = f64x2.add(b3, f64x2.mul(q, v3));
    }
    at += bytes;
  }
  add(g, 0, a0);
  add(g, bytes, b0);
  if (wide > 1) {
    add(g, 16, a1);
    add(g, bytes + 16, b1);
  }
  if (wide > 2) {
    add(g, 32, a2);
    add(g, bytes + 32, b2);
  }
  if (wide > 3) {
    add(g, 48, a3);
    add(g, bytes + 48, b3);
  }
}

function tile1(x: usize, w: usize, rows: i32, bytes: usize, first: usize, g: usize): void {
  tile(x, w, rows, bytes, first, g, 1);
}
function tile2(x: usize, w: usize, rows: i32, bytes: usize, first: usize, g: usize): void {
  tile(x, w, rows, bytes, first, g, 2);
}
function tile3(x: usize, w: usize, rows: i32, bytes: usize, first: usize, g: usize): void {
  tile(x, w, rows, bytes, first, g, 3);
}
function tile4(x: usize, w: usize, rows: i32, bytes: usize, first: usize, g: usize): void {
  tile(x, w, rows, bytes, first, g, 4);
}

/** Columns c, c + 1 against the pair at column d (a tile away from the diagonal). */
function pairs(x: usize, w: usize, rows: i32, bytes: usize, c: usize, d: usize, g: usize): void {
  let a = zero;
  let b = zero;
  let at = x;
  for (let i = 0; i < rows; i++) {
    const v = f64x2.mul(v128.load64_splat(w + (<usize>i << 3)), v128.load(at + d));
    a = f64x2.add(a, f64x2.mul(v, v128.load64_splat(at + c)));
    b = f64x2.add(b, f64x2.mul(v, v128.load64_splat(at + c, 8)));
    at += bytes;
  }
  add(g, 0, a);
  add(g, bytes, b);
}

/** gram (stride × stride, upper part valid) += x'Wx over `rows` rows of `bytes` each. */
export function addRowsGram(x: usize, w: usize, rows: i32, bytes: usize, gram: usize): void {
  const vectors = <i32>(bytes >> 4);
  for (let pair = 0; pair < vectors; pair++) {
    const first = <usize>pair << 4;
    const g = gram + 2 * <usize>pair * bytes + first;
    const wide = vectors - pair;
    if (wide == 1) tile1(x, w, rows, bytes, first, g);
    else if (wide == 2) tile2(x, w, rows, bytes, first, g);
    else if (wide == 3) tile3(x, w, rows, bytes, first, g);
    else tile4(x, w, rows, bytes, first, g);
    for (let d = first + 64; d < bytes; d += 16) pairs(x, w, rows, bytes, first, d, g + (d - first));
  }
}
