/** The small simulated panel that `gravpanel init` writes where no table is named. */

/** Uniform numbers in (0, 1) from a fixed seed (Lehmer 1951: 48271 mod 2³¹ − 1). */
function uniforms(): () => number {
  let state = 20_190_508;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** 24 partners × 8 years: partner, year, patents, gdp, distance_km, agreement. */
export function starterPanel(): string {
  const draw = uniforms();
  const rows = ['partner,year,patents,gdp,distance_km,agreement'];
  for (let p = 1; p <= 24; p++) {
    const size = 5 + 400 * draw() ** 2;
    const distance = Math.round(800 + 9000 * draw());
    const since = draw() < 0.5 ? 2012 + Math.floor(6 * draw()) : 9999;
    for (let year = 2010; year <= 2017; year++) {
      const gdp = size * (1 + 0.05 * (year - 2010)) * (0.9 + 0.2 * draw());
      const agreement = year >= since ? 1 : 0;
      // Geometric counts: variance μ + μ².
      const mean = (gdp / 40) * (agreement ? 1.6 : 1) * (4000 / (distance + 2000));
      let patents = 0;
      while (draw() < mean / (1 + mean)) patents++;
      rows.push(`P${String(p).padStart(2, '0')},${year},${patents},${gdp.toFixed(3)},${distance},${agreement}`);
    }
  }
  return `${rows.join('\n')}\n`;
}
