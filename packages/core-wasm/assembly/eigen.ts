/** Symmetric eigenproblem by cyclic Jacobi rotations (Golub & Van Loan 2013, §8.5): small relative errors, any p. */

// @ts-ignore: decorator
@inline
function at(a: usize, p: i32, i: i32, j: i32): usize {
  return a + ((<usize>i * p + j) << 3);
}

/**
 * a (p × p, destroyed) = V diag(values) V'; eigenvalues ascending, eigenvector j in column j of V.
 * Stops when no off-diagonal entry is above 1e-17 times its diagonal pair, or after 60 sweeps.
 */
export function symEigen(a: usize, p: i32, values: usize, vectors: usize): void {
  memory.fill(vectors, 0, (<usize>p * p) << 3);
  for (let i = 0; i < p; i++) store<f64>(at(vectors, p, i, i), 1);
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let i = 0; i < p - 1; i++)
      for (let j = i + 1; j < p; j++) if (rotate(a, p, i, j, vectors)) rotated = true;
    if (!rotated) break;
  }
  for (let i = 0; i < p; i++) store<f64>(values + (<usize>i << 3), load<f64>(at(a, p, i, i)));
  sortAscending(values, vectors, p);
}

function rotate(a: usize, p: i32, i: i32, j: i32, vectors: usize): bool {
  const off = load<f64>(at(a, p, i, j));
  const di = load<f64>(at(a, p, i, i));
  const dj = load<f64>(at(a, p, j, j));
  if (abs(off) <= 1e-17 * sqrt(abs(di)) * sqrt(abs(dj)) || abs(off) < 1e-300) {
    store<f64>(at(a, p, i, j), 0);
    store<f64>(at(a, p, j, i), 0);
    return false;
  }
  const theta = (dj - di) / (2 * off);
  const t = (theta < 0 ? -1.0 : 1.0) / (abs(theta) + sqrt(theta * theta + 1));
  const c = 1 / sqrt(t * t + 1);
  const s = t * c;
  for (let m = 0; m < p; m++) turn(at(a, p, m, i), at(a, p, m, j), c, s);
  for (let m = 0; m < p; m++) turn(at(a, p, i, m), at(a, p, j, m), c, s);
  store<f64>(at(a, p, i, i), di - t * off);
  store<f64>(at(a, p, j, j), dj + t * off);
  store<f64>(at(a, p, i, j), 0);
  store<f64>(at(a, p, j, i), 0);
  for (let m = 0; m < p; m++) turn(at(vectors, p, m, i), at(vectors, p, m, j), c, s);
  return true;
}

// @ts-ignore: decorator
@inline
function turn(u: usize, v: usize, c: f64, s: f64): void {
  const x = load<f64>(u);
  const y = load<f64>(v);
  store<f64>(u, c * x - s * y);
  store<f64>(v, s * x + c * y);
}

function sortAscending(values: usize, vectors: usize, p: i32): void {
  for (let i = 0; i < p - 1; i++) {
    let least = i;
    for (let j = i + 1; j < p; j++)
      if (load<f64>(values + (<usize>j << 3)) < load<f64>(values + (<usize>least << 3))) least = j;
    if (least == i) continue;
    swap(values + (<usize>i << 3), values + (<usize>least << 3));
    for (let m = 0; m < p; m++) swap(at(vectors, p, m, i), at(vectors, p, m, least));
  }
}

// @ts-ignore: decorator
@inline
function swap(u: usize, v: usize): void {
  const x = load<f64>(u);
  store<f64>(u, load<f64>(v));
  store<f64>(v, x);
}
