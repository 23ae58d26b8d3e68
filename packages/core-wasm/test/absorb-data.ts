/** Random designs with fixed effects, and the same problem with dummy columns. Test code only. */
import type { AbsorbModel, AbsorbProblem, Kernels, Problem } from '../src/index.ts';
import { byRows, normals, poisson, uniforms } from './random.ts';

export interface EffectShape {
  seed: number;
  n: number;
  /** Levels of each factor. */
  levels: number[];
  k: number;
  weights?: boolean;
  offset?: boolean;
  /** Number of blocks of levels that share no row. Default 1. */
  components?: number;
  /** Mean count. Default 8. */
  level?: number;
}

/** y: counts (poisson, nb2) or their logarithm plus noise (ols). */
export function randomEffects(model: AbsorbModel, shape: EffectShape): AbsorbProblem {
  const { n, k, components = 1, level = 8 } = shape;
  const uniform = uniforms(shape.seed);
  const normal = normals(uniform);
  const effects = shape.levels.map((levels) => Array.from({ length: levels }, () => 0.5 * normal()));
  const factors = shape.levels.map(() => new Int32Array(n));
  const columns = Array.from({ length: k }, () => new Float64Array(n));
  const y = new Float64Array(n);
  const offset = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const block = Math.floor(uniform() * components);
    let eta = 0;
    shape.levels.forEach((levels, q) => {
      const size = Math.floor(levels / components);
      factors[q][i] = block * size + Math.floor(uniform() * size);
      eta += effects[q][factors[q][i]];
    });
    const effect = eta;
    columns.forEach((column, j) => {
      column[i] = normal() + 0.5 * effect;
      eta += (j % 2 === 0 ? 0.3 : -0.2) * column[i];
    });
    offset[i] = shape.offset ? 0.3 * normal() : 0;
    weights[i] = 0.2 + 2 * uniform();
    const mu = level * Math.exp(0.6 * eta + offset[i]);
    y[i] = model === 'ols' ? Math.log(mu) + normal() : poisson(mu * (0.5 + uniform()), uniform);
  }
  return {
    n,
    k,
    x: k > 0 ? byRows(columns).x : new Float64Array(0),
    y,
    factors,
    offset: shape.offset ? offset : undefined,
    weights: shape.weights ? weights : undefined,
  };
}

/** The rows of a problem whose `reason` is 0. */
export function keepRows(problem: AbsorbProblem, reason: Uint8Array): AbsorbProblem {
  const rows = Int32Array.from([...reason.keys()].filter((i) => reason[i] === 0));
  const pick = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]);
  const { k, x } = problem;
  return {
    n: rows.length,
    k,
    y: pick(problem.y),
    x: Float64Array.from({ length: rows.length * k }, (_, at) => x[rows[Math.floor(at / k)] * k + (at % k)]),
    offset: problem.offset && pick(problem.offset),
    weights: problem.weights && pick(problem.weights),
    factors: problem.factors.map((codes) => Int32Array.from(rows, (i) => codes[i])),
  };
}

/** The dummies of every level of every factor, one after another. */
export function dummyColumns({ n, factors }: AbsorbProblem): Float64Array[] {
  return factors.flatMap((codes) => {
    const levels = Math.max(...codes) + 1;
    return Array.from({ length: levels }, (_, l) =>
      Float64Array.from({ length: n }, (_, i) => (codes[i] === l ? 1 : 0)),
    );
  });
}

/** The problem with dummies for its factors after the regressors; dummies that earlier columns span are left out. */
export function withDummies(kernels: Kernels, problem: AbsorbProblem): Problem {
  const { n, k, x, y, offset, weights } = problem;
  const own = Array.from({ length: k }, (_, j) => Float64Array.from({ length: n }, (_, i) => x[i * k + j]));
  const all = [...own, ...dummyColumns(problem)];
  const { keep } = kernels.rank(n, all.length, byRows(all).x, weights);
  return { ...byRows(all.filter((_, j) => keep[j] === 1)), y, offset, weights };
}
