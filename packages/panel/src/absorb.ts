/** What is left of a column after the effects of several factors are taken out. */

/** Codes 0 … count − 1 of each row. */
export interface Effects {
  codes: Int32Array;
  count: number;
}

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** Euclidean norm. */
export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/**
 * x − D(D'D)⁺D'x for the dummies D of all factors: the within transform for one factor, the k-way one for more, balanced
 * or not. Conjugate gradients on the least-squares problem with columns scaled to unit length (CGLS, Björck 1996, §7.4):
 * exact after one step for one factor, relative accuracy about 1e-14 else. Ends where what is left of the effects is rounding:
 * at 1e-15 of x, or below 1e-12 where a step leaves no less of it (long columns do not come to 1e-15); after 2000 steps at the latest.
 */
export function residualise(x: Float64Array, factors: Effects[]): Float64Array {
  const starts = factors.map((_, f) => factors.slice(0, f).reduce((sum, { count }) => sum + count, 0));
  const size = factors.reduce((sum, { count }) => sum + count, 0);
  const scale = new Float64Array(size);
  factors.forEach(({ codes }, f) => {
    for (const code of codes) scale[starts[f] + code]++;
  });
  for (let j = 0; j < size; j++) scale[j] = scale[j] > 0 ? 1 / Math.sqrt(scale[j]) : 0;
  const gather = (r: Float64Array) => {
    const s = new Float64Array(size);
    factors.forEach(({ codes }, f) => {
      for (let i = 0; i < r.length; i++) s[starts[f] + codes[i]] += r[i];
    });
    for (let j = 0; j < size; j++) s[j] *= scale[j];
    return s;
  };
  const spread = (p: Float64Array) => {
    const q = new Float64Array(x.length);
    factors.forEach(({ codes }, f) => {
      for (let i = 0; i < q.length; i++) q[i] += p[starts[f] + codes[i]] * scale[starts[f] + codes[i]];
    });
    return q;
  };
  const r = x.slice();
  let s = gather(r);
  let p = s;
  let gamma = dot(s, s);
  const small = (1e-15 * norm(x)) ** 2;
  const near = (1e-12 * norm(x)) ** 2;
  for (let step = 0; step < 2000 && gamma > small; step++) {
    const q = spread(p);
    const qq = dot(q, q);
    if (qq === 0) break;
    const alpha = gamma / qq;
    for (let i = 0; i < r.length; i++) r[i] -= alpha * q[i];
    s = gather(r);
    const next = dot(s, s);
    if (next >= gamma && gamma <= near) break;
    const beta = next / gamma;
    p = s.map((v, j) => v + beta * p[j]);
    gamma = next;
  }
  return r;
}
