/** Seeded numbers and small panels. Test code only. */
import type { Problem } from '../src/index.ts';

/** Uniform numbers in (0, 1), mulberry32. */
export function uniforms(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296 + 1e-10;
  };
}

/** Standard normal numbers, Box–Muller. */
export function normals(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** One Poisson count: products of uniforms, a rounded normal from 500 on. */
export function poisson(mu: number, uniform: () => number): number {
  if (mu > 500) return Math.max(0, Math.round(mu + Math.sqrt(mu) * normals(uniform)()));
  let count = 0;
  for (let product = uniform(); product > Math.exp(-mu); count++) product *= uniform();
  return count;
}

/** Columns → n × k row-major. */
export function byRows(columns: ArrayLike<number>[]): { n: number; k: number; x: Float64Array } {
  const n = columns[0].length;
  const k = columns.length;
  const x = new Float64Array(n * k);
  for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) x[i * k + j] = columns[j][i];
  return { n, k, x };
}

export interface PanelShape {
  seed: number;
  groups: number;
  constant: boolean;
  offset: boolean;
  /** Mean count. */
  level: number;
}

/** An unbalanced panel (1 to 6 rows a group) of overdispersed counts with two regressors. */
export function randomPanel(shape: PanelShape): Problem & { groupStart: Int32Array } {
  const uniform = uniforms(shape.seed);
  const normal = normals(uniform);
  const starts = [0];
  const a: number[] = [];
  const b: number[] = [];
  const y: number[] = [];
  const offset: number[] = [];
  for (let g = 0; g < shape.groups; g++) {
    const rows = 1 + Math.floor(6 * uniform());
    const effect = 0.5 * normal();
    for (let t = 0; t < rows; t++) {
      a.push(normal());
      b.push(g % 3 === 0 ? 1 : 0);
      offset.push(shape.offset ? 0.3 * normal() : 0);
      const last = a.length - 1;
      y.push(poisson(shape.level * Math.exp(effect + 0.4 * a[last] + offset[last] + 0.4 * normal()), uniform));
    }
    starts.push(a.length);
  }
  const columns = shape.constant ? [a.map(() => 1), a, b] : [a, b];
  const problem = { ...byRows(columns), y: Float64Array.from(y), groupStart: Int32Array.from(starts) };
  return shape.offset ? { ...problem, offset: Float64Array.from(offset) } : problem;
}
