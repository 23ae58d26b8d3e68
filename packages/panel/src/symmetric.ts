/** Small symmetric matrices: eigenvalues and rank-revealing quadratic forms. */

/** Eigenvalues ascending and eigenvectors (column j of a row-major k × k) by cyclic Jacobi rotations. */
export function symmetricEigen(k: number, matrix: ArrayLike<number>): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(k * k);
  for (let i = 0; i < k; i++) v[i * k + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < k; p++)
      for (let q = p + 1; q < k; q++) {
        off += Math.abs(a[p * k + q]);
        if (a[p * k + q] !== 0) rotate(k, a, v, p, q);
      }
    if (off === 0) break;
  }
  const order = Array.from({ length: k }, (_, j) => j).sort((i, j) => a[i * k + i] - a[j * k + j]);
  const vectors = new Float64Array(k * k);
  order.forEach((from, to) => {
    for (let i = 0; i < k; i++) vectors[i * k + to] = v[i * k + from];
  });
  return { values: Float64Array.from(order, (j) => a[j * k + j]), vectors };
}

/** One rotation that puts a[p, q] to zero (Golub, Van Loan 2013, 8.5.2). */
function rotate(k: number, a: Float64Array, v: Float64Array, p: number, q: number): void {
  const apq = a[p * k + q];
  const tau = (a[q * k + q] - a[p * k + p]) / (2 * apq);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let i = 0; i < k; i++) {
    const [aip, aiq] = [a[i * k + p], a[i * k + q]];
    a[i * k + p] = c * aip - s * aiq;
    a[i * k + q] = s * aip + c * aiq;
    const [vip, viq] = [v[i * k + p], v[i * k + q]];
    v[i * k + p] = c * vip - s * viq;
    v[i * k + q] = s * vip + c * viq;
  }
  for (let i = 0; i < k; i++) {
    const [api, aqi] = [a[p * k + i], a[q * k + i]];
    a[p * k + i] = c * api - s * aqi;
    a[q * k + i] = s * api + c * aqi;
  }
  a[p * k + q] = 0;
  a[q * k + p] = 0;
}

/** d'M⁺d with its rank, after scaling rows and columns by `scale` (so that units do not decide the rank). */
export interface QuadraticForm {
  value: number;
  rank: number;
  /** A scaled eigenvalue is below −tol. */
  indefinite: boolean;
}

/** Generalised inverse form; scaled eigenvalues within ±tol count as zero. */
export function quadraticForm(
  d: ArrayLike<number>,
  matrix: ArrayLike<number>,
  scale: ArrayLike<number>,
  tol = 1e-9,
): QuadraticForm {
  const k = d.length;
  const scaled = Float64Array.from({ length: k * k }, (_, j) => matrix[j] / (scale[Math.floor(j / k)] * scale[j % k]));
  const { values, vectors } = symmetricEigen(k, scaled);
  let value = 0;
  let rank = 0;
  for (let j = 0; j < k; j++) {
    if (Math.abs(values[j]) <= tol) continue;
    let projection = 0;
    for (let i = 0; i < k; i++) projection += (vectors[i * k + j] * d[i]) / scale[i];
    value += (projection * projection) / values[j];
    rank++;
  }
  return { value, rank, indefinite: values.length > 0 && values[0] < -tol };
}
