/** Seeded draws: mulberry32, and the laws that the generator needs. The same seed gives the same draws everywhere. */

/** Uniform on (0, 1): (k + ½)/2³². */
export function uniform(seed) {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

/** Box–Muller, the cosine branch. */
export const normal = (u) => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());

/** Marsaglia, Tsang (2000); below 1 boosted by a power of a uniform. */
export function gamma(u, shape) {
  if (shape < 1) return gamma(u, shape + 1) * u() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(u);
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t ** 3;
    if (Math.log(u()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** `total` things over cells with probabilities from a Dirichlet of the given parameters: the Pólya law. */
export function polya(u, total, parameters) {
  const g = parameters.map((a) => gamma(u, a));
  const sum = g.reduce((a, b) => a + b, 0);
  const counts = parameters.map(() => 0);
  for (let i = 0; i < total; i++) {
    let at = u() * sum;
    let cell = 0;
    while (cell < g.length - 1 && at > g[cell]) at -= g[cell++];
    counts[cell]++;
  }
  return counts;
}

export const choose = (u, list) => list[Math.floor(u() * list.length)];

/** `n` different elements. */
export function sample(u, list, n) {
  const pool = [...list];
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor(u() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j], pool[i]];
  }
  return pool.slice(0, n);
}
