/**
 * What the simulation draws: covariates without a public source, and the co-patents of each partner and year. tables.mjs writes
 * them as bulk tables of patents; targets.mjs has what they are calibrated to. Nothing here is measured.
 */
import { drawCounts } from './model.mjs';
import { normal, uniform } from './random.mjs';
import { gdp, inSample, lngd, pair, partners, readCsv, YEARS } from './sources.mjs';
import { RANGES, TOTALS, TRUTH } from './targets.mjs';

const SEED = 20190508;
const BEFORE = [2007, ...YEARS];
/** The one stream of draws; tables.mjs goes on with it. */
export const u = uniform(SEED);

const shape = new Map(readCsv(new URL('data/raw/shape.csv', import.meta.url)).map((r) => [`${r.iso3} ${r.year}`, r]));

/** China's patents: the growth of the real fractional series (NCSES), stretched to the range of Table 6. */
function patentsOfChina() {
  const ln = (year) => Math.log(Number(shape.get(`MNG ${year}`).uspto_china_fractional));
  const [low, high] = RANGES.lnpatent1;
  const of = (year) => low + ((ln(year) - ln(2008)) / (ln(2017) - ln(2008))) * (high - low);
  return new Map(BEFORE.map((year) => [year, Math.round(Math.exp(of(year)))]));
}

/** Partners' patents: ordered by the real PCT applications (NCSES), with noise, the largest as in Table 6. */
function patentsOfPartners() {
  const rough = new Map();
  for (const { iso3 } of partners) {
    const known = BEFORE.map((year) => Number(shape.get(`${iso3} ${year}`)?.pct_applications || 0));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const growth = 0.04 + 0.03 * normal(u);
    BEFORE.forEach((year, t) => {
      const level = 0.5 * (known[t] + mean) * Math.exp(growth * (t - 5) + 0.08 * normal(u));
      rough.set(`${iso3} ${year}`, level);
    });
  }
  const scale = Math.exp(RANGES.lnpatent2[1]) / Math.max(...rough.values());
  const floor = (iso) => (TOTALS[iso] ? Math.ceil(TOTALS[iso] / 2) + 1 : 1);
  return new Map([...rough].map(([key, v]) => [key, Math.max(floor(key.slice(0, 3)), Math.round(v * scale))]));
}

/** Innovation index: higher where more PCT applications are, a slow rise, small shocks; the range of Table 6. */
function innovation() {
  const rough = new Map();
  for (const { iso3 } of inSample) {
    const known = BEFORE.map((year) => Number(shape.get(`${iso3} ${year}`).pct_applications || 0));
    const base = 0.28 * Math.log(1 + known.reduce((a, b) => a + b, 0) / known.length) + 0.25 * normal(u);
    let shock = 0;
    for (const year of BEFORE) {
      shock = 0.6 * shock + 0.1 * normal(u);
      rough.set(`${iso3} ${year}`, base + 0.015 * (year - 2007) + shock);
    }
  }
  const own = [...rough].filter(([key]) => !key.endsWith('2007')).map(([, v]) => v);
  const [low, high] = [Math.min(...own), Math.max(...own)];
  const [to, top] = RANGES.in;
  const scaled = (v) => Math.min(top, Math.max(to, to + ((v - low) / (high - low)) * (top - to)));
  return new Map([...rough].map(([key, v]) => [key, Number(scaled(v).toFixed(2))]));
}

/** Relation level 0, 1, 2: starts low, never falls, an upgrade in about one year of fourteen. */
function relations() {
  const levels = new Map();
  for (const { iso3 } of inSample) {
    const start = u();
    let level = start < 0.6 ? 0 : start < 0.92 ? 1 : 2;
    for (const year of BEFORE) {
      if (year > 2007 && level < 2 && u() < 0.07) level++;
      levels.set(`${iso3} ${year}`, level);
    }
  }
  return levels;
}

/** Patents of China by year; of a partner ("SGP 2008"); innovation index and relation level likewise. */
export const china = patentsOfChina();
export const theirs = patentsOfPartners();
export const index = innovation();
export const relation = relations();

/** Covariates of a partner and year, as a study reads them back from the files. */
const covariates = (iso, year) => ({
  lnpatent1: Math.log(china.get(year)),
  lnpatent2: Math.log(theirs.get(`${iso} ${year}`)),
  lngd: lngd(iso, year),
  in: index.get(`${iso} ${year}`),
  re: relation.get(`${iso} ${year}`),
  gdp: gdp(iso, year),
  tig: Number(pair(iso).contig),
  lan: Number(pair(iso).comlang_off),
});

const sampled = new Set(inSample.map((p) => p.iso3));
/** Three partners of Table 1 are outside the sample: their years follow China's patents alone. */
const outside = (year) => ({ ...covariates('BGR', year), in: 3, re: 0, gdp: 1, tig: 0, lan: 0 });

/** Co-patents by partner and year. */
export const counts = new Map();
for (const { iso3 } of partners) {
  const total = TOTALS[iso3] ?? 0;
  const before = YEARS.map((year) => (sampled.has(iso3) ? covariates(iso3, year - 1) : outside(year - 1)));
  drawCounts(u, TRUTH, total, before).forEach((n, t) => {
    if (n > theirs.get(`${iso3} ${YEARS[t]}`)) throw new Error(`${iso3} ${YEARS[t]}: more co-patents than patents`);
    counts.set(`${iso3} ${YEARS[t]}`, n);
  });
}

/** One patent a count; a few have inventors in two partners and stand in two rows. */
