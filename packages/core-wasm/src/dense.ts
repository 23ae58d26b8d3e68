/** Small symmetric systems for the absorbed fits: k regressors, never rows. */

/** Pivots below this share of their diagonal are taken for 0. */
const PIVOT = 1e-13;

export interface Factor {
  k: number;
  /** k × k lower Cholesky factor of the scaled matrix; rows of dropped columns are 0. */
  l: Float64Array;
  /** 1/√diagonal. */
  scale: Float64Array;
  /** 0 for a column that earlier ones span. */
  keep: Uint8Array;
  full: boolean;
}

/**
 * Cholesky of symmetric a (k × k; the upper part is read) after scaling to a unit diagonal; columns that earlier ones span, and
 * columns whose diagonal is not above `floor`, are left out.
 */
export function factorise(k: number, a: Float64Array, floor?: Float64Array): Factor {
  const l = new Float64Array(k * k);
  const scale = new Float64Array(k);
  const keep = new Uint8Array(k);
  for (let j = 0; j < k; j++) scale[j] = a[j * k + j] > (floor?.[j] ?? 0) ? 1 / Math.sqrt(a[j * k + j]) : 0;
  for (let j = 0; j < k; j++) {
    let pivot = scale[j] > 0 && Number.isFinite(scale[j]) ? 1 : 0;
    for (let m = 0; m < j; m++) {
      let sum = a[m * k + j] * scale[m] * scale[j];
      for (let q = 0; q < m; q++) sum -= l[m * k + q] * l[j * k + q];
      l[j * k + m] = keep[m] ? sum / l[m * k + m] : 0;
      pivot -= l[j * k + m] * l[j * k + m];
    }
    keep[j] = pivot > PIVOT ? 1 : 0;
    if (keep[j]) l[j * k + j] = Math.sqrt(pivot);
    else l.fill(0, j * k, j * k + j + 1);
  }
  return { k, l, scale, keep, full: keep.every((flag) => flag === 1) };
}

/** Solves a z = b; entries of dropped columns are 0. */
export function solve({ k, l, scale, keep }: Factor, b: ArrayLike<number>): Float64Array {
  const z = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    if (!keep[j]) continue;
    let sum = b[j] * scale[j];
    for (let m = 0; m < j; m++) sum -= l[j * k + m] * z[m];
    z[j] = sum / l[j * k + j];
  }
  for (let j = k - 1; j >= 0; j--) {
    if (!keep[j]) continue;
    let sum = z[j];
    for (let m = j + 1; m < k; m++) sum -= l[m * k + j] * z[m];
    z[j] = sum / l[j * k + j];
  }
  for (let j = 0; j < k; j++) z[j] *= scale[j];
  return z;
}

/** a⁻¹ (k × k, symmetric). */
export function inverse(factor: Factor): Float64Array {
  const { k } = factor;
  const out = new Float64Array(k * k);
  const unit = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    unit.fill(0);
    unit[j] = 1;
    out.set(solve(factor, unit), j * k);
  }
  for (let i = 0; i < k; i++)
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (out[i * k + j] + out[j * k + i]);
      out[i * k + j] = mean;
      out[j * k + i] = mean;
    }
  return out;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
