/**
 * Generated count panels for the robustness tests: units 5–500, periods 2–30, mean counts 0.05–10⁵, regressor scales
 * 10⁻⁶–10⁶; balanced or not, collinear, separated, near-Poisson, underdispersed, overdispersed in three ways. Panel `number`
 * of seed `seed` is always the same.
 */

function mulberry32(seed) {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

/** Draws from the usual laws out of one uniform stream. */
export function drawsOf(seed) {
  const uniform = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const logUniform = (low, high) => low * (high / low) ** uniform();
  const whole = (low, high) => low + Math.floor(uniform() * (high - low + 1));
  /** Marsaglia & Tsang (2000). */
  const gamma = (shape) => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = (mu) => {
    if (mu > 500) return Math.max(0, Math.round(mu + Math.sqrt(mu) * normal()));
    let count = 0;
    for (let left = mu; left > 0; left -= 20) {
      const limit = Math.exp(-Math.min(left, 20));
      for (let product = uniform(); product > limit; product *= uniform()) count++;
    }
    return count;
  };
  return { uniform, normal, logUniform, whole, gamma, poisson };
}

const NOISES = ['poisson', 'nb2', 'nb1', 'hhg', 'underdispersed', 'near-poisson'];
const DEFECTS = ['none', 'none', 'none', 'collinear', 'nearly collinear', 'separated', 'nearly separated'];

/** One regressor by rows, of mean about 0 and size about 1: from units, periods or both. */
function shapeOf(d, unitOf, periodOf, units, periods) {
  const kind = d.whole(0, 6);
  const byUnit = Array.from({ length: units }, d.normal);
  const byPeriod = Array.from({ length: periods }, d.normal);
  const rows = unitOf.map((u, i) => {
    const t = periodOf[i];
    if (kind === 0) return d.normal();
    if (kind === 1) return byUnit[u] + 0.3 * d.normal();
    if (kind === 2) return t / periods - 0.5;
    if (kind === 3) return d.uniform() < 0.2 ? 1 : 0;
    if (kind === 4) return byUnit[u];
    if (kind === 5) return Math.exp(d.normal()) - 1.6;
    return 0.7 * byPeriod[t] + 0.3 * d.normal();
  });
  return { kind, rows };
}

/** λ → count with the noise of a panel; `unitDispersion` is HHG's. */
function countOf(d, noise, dispersion, mu, unitDispersion) {
  if (mu <= 0) return 0;
  if (noise === 'nb2') return d.poisson(mu * (d.gamma(1 / dispersion) * dispersion));
  if (noise === 'nb1') return d.poisson(d.gamma(mu / dispersion) * dispersion);
  if (noise === 'hhg') return d.poisson(d.gamma(mu / unitDispersion) * unitDispersion);
  if (noise === 'near-poisson') return d.poisson(mu * (1 + 0.02 * d.normal()) ** 2);
  if (noise === 'underdispersed') return Math.floor(mu + d.uniform());
  return d.poisson(mu);
}

function addDefect(d, defect, columns, y) {
  const n = y.length;
  const base = columns[d.whole(0, columns.length - 1)];
  const other = columns[d.whole(0, columns.length - 1)];
  if (defect === 'collinear') columns.push(base.map((v, i) => 2 * v - other[i] + 1));
  if (defect === 'nearly collinear') {
    const size = d.logUniform(1e-7, 1e-2) * Math.max(...base.map(Math.abs));
    columns.push(base.map((v) => v + size * d.normal()));
  }
  if (defect === 'separated') {
    const share = d.uniform();
    columns.push(Array.from({ length: n }, (_, i) => (y[i] === 0 && d.uniform() < share ? 1 : 0)));
  }
  if (defect === 'nearly separated') {
    const flag = Array.from({ length: n }, (_, i) => (y[i] === 0 && d.uniform() < 0.5 ? 1 : 0));
    const positive = y.findIndex((v) => v > 0);
    if (positive >= 0) flag[positive] = 1;
    columns.push(flag);
  }
}

/**
 * Panel `number` (0, 1, …): rows sorted by unit, then period.
 * @returns {{number, noise, defect, mean, units, unitOf, periodOf, y, columns, offset, names}}
 */
export function panelOf(seed, number, limits = {}) {
  const d = drawsOf(seed * 1000003 + number * 7919);
  const units = Math.round(d.logUniform(5, limits.units ?? 500));
  const periods = Math.round(d.logUniform(2, limits.periods ?? 30));
  const mean = d.logUniform(0.05, 1e5);
  const noise = NOISES[number % NOISES.length];
  const defect = DEFECTS[d.whole(0, DEFECTS.length - 1)];
  const gaps = d.uniform() < 0.5 ? 0 : 0.4 * d.uniform();
  const unitOf = [];
  const periodOf = [];
  for (let u = 0; u < units; u++)
    for (let t = 0; t < periods; t++)
      if (t === 0 || d.uniform() >= gaps) {
        unitOf.push(u);
        periodOf.push(t);
      }
  const n = unitOf.length;
  const k = d.whole(1, 5);
  const shapes = Array.from({ length: k }, () => shapeOf(d, unitOf, periodOf, units, periods));
  const spread = 2 * d.uniform() ** 2;
  const effects = Array.from({ length: units }, () => spread * d.normal());
  const slopes = shapes.map(() => 0.6 * d.normal());
  const offset = d.uniform() < 0.2 ? Array.from({ length: n }, () => 0.5 * d.normal()) : undefined;
  const eta = unitOf.map(
    (u, i) => effects[u] + shapes.reduce((sum, { rows }, j) => sum + slopes[j] * rows[i], 0) + (offset?.[i] ?? 0),
  );
  const level = Math.log(mean / (eta.reduce((sum, v) => sum + Math.exp(Math.min(v, 12)), 0) / n));
  const dispersion = d.logUniform(1e-3, 10);
  const own = Array.from({ length: units }, () => d.gamma(1 + 3 * d.uniform()) / d.gamma(1 + 3 * d.uniform()) + 1e-3);
  const y = eta.map((v, i) => countOf(d, noise, dispersion, Math.exp(Math.min(level + v, 18)), own[unitOf[i]]));
  const columns = shapes.map(({ kind, rows }) => {
    const scale = kind === 3 ? 1 : d.logUniform(1e-6, 1e6);
    const origin = kind === 3 ? 0 : d.uniform() < 0.3 ? 100 * d.normal() : 0;
    return rows.map((v) => (v + origin) * scale);
  });
  addDefect(d, defect, columns, y);
  return {
    number,
    noise,
    defect,
    mean,
    units,
    unitOf: Int32Array.from(unitOf),
    periodOf: Int32Array.from(periodOf),
    y: Float64Array.from(y),
    columns: columns.map((column) => Float64Array.from(column)),
    offset: offset && Float64Array.from(offset),
    names: columns.map((_, j) => `x${j + 1}`),
  };
}

/** The panel as CSV: id, year, y, x1 …, and off where there is an offset. */
export function panelCsv({ unitOf, periodOf, y, columns, offset, names }) {
  const head = ['id', 'year', 'y', ...names, ...(offset ? ['off'] : [])];
  const lines = [head.join()];
  for (let i = 0; i < y.length; i++)
    lines.push(
      [unitOf[i] + 1, 2000 + periodOf[i], y[i], ...columns.map((c) => c[i]), ...(offset ? [offset[i]] : [])].join(),
    );
  return `${lines.join('\n')}\n`;
}
