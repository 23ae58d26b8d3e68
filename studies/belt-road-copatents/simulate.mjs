/**
 * Writes the SIMULATED parts of the study: patent tables as `gravpanel patents build` writes them (data/records) and the two
 * covariates without a public source (data/simulated.csv). Nothing here is measured; targets.mjs has what it is calibrated to.
 *
 *   node studies/belt-road-copatents/simulate.mjs            writes the files
 *   node studies/belt-road-copatents/simulate.mjs --stdout   prints them instead, one after the other
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { drawCounts } from './model.mjs';
import { choose, normal, sample, uniform } from './random.mjs';
import { gdp, inSample, lngd, pair, partners, readCsv, YEARS } from './sources.mjs';
import { APPLICANTS, FIELDS, OTHER_FIELDS, RANGES, TOTALS, TRUTH } from './targets.mjs';

const SEED = 20190508;
const BEFORE = [2007, ...YEARS];
const u = uniform(SEED);

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

const china = patentsOfChina();
const theirs = patentsOfPartners();
const index = innovation();
const relation = relations();

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

const counts = new Map();
for (const { iso3 } of partners) {
  const total = TOTALS[iso3] ?? 0;
  const before = YEARS.map((year) => (sampled.has(iso3) ? covariates(iso3, year - 1) : outside(year - 1)));
  drawCounts(u, TRUTH, total, before).forEach((n, t) => {
    if (n > theirs.get(`${iso3} ${YEARS[t]}`)) throw new Error(`${iso3} ${YEARS[t]}: more co-patents than patents`);
    counts.set(`${iso3} ${YEARS[t]}`, n);
  });
}

/** One patent a count; a few have inventors in two partners and stand in two rows. */
function records() {
  const rows = [];
  let id = 0;
  for (const year of YEARS)
    for (const { iso3 } of partners)
      for (let k = 0; k < counts.get(`${iso3} ${year}`); k++)
        rows.push({ patent_id: `SIM${String(++id).padStart(5, '0')}`, partner: iso3, year, weight: 1 });
  for (const row of rows.filter((r) => r.partner === 'MYS' && u() < 0.12)) {
    const other = choose(
      u,
      rows.filter((r) => r.partner === 'SGP' && r.year === row.year),
    );
    row.patent_id = other.patent_id;
  }
  const seen = new Set();
  return rows.filter((r) => {
    const key = `${r.patent_id} ${r.partner}`;
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    return seen.add(key);
  });
}

/** Fields of every record: Table 4's counts on random patents of the partner, others for what is left. */
function fieldsOf(rows) {
  const held = new Map();
  const add = (field, iso) => held.set(`${field} ${iso}`, (held.get(`${field} ${iso}`) ?? 0) + 1);
  const others = sample(u, OTHER_FIELDS, OTHER_FIELDS.length);
  let next = 0;
  for (const { iso3 } of partners) {
    const own = rows.filter((r) => r.partner === iso3);
    const placed = new Set();
    for (const [field, by] of Object.entries(FIELDS))
      for (const row of sample(u, own, by[iso3] ?? 0)) {
        placed.add(row);
        add(field, iso3);
      }
    for (const row of own) if (!placed.has(row)) add(others[next++ % others.length], iso3);
  }
  return [...held]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, patents]) => ({ field: key.slice(0, 4), partner: key.slice(5), patents }));
}

/** Applicants of every patent: Table 3 by name, the others numbered, each with ten at most. */
function applicants(rows) {
  const out = [];
  for (const [spellings, total, type, country] of APPLICANTS) {
    const parts = spellings.map((_, k) => (k === 0 ? 0 : Math.max(1, Math.floor((total * (0.15 + 0.2 * u())) / k))));
    parts[0] = total - parts.reduce((a, b) => a + b, 0);
    out.push(...spellings.map((assignee, k) => ({ assignee, type, country, patents: parts[k] })));
  }
  let left = new Set(rows.map((r) => r.patent_id)).size - out.reduce((sum, a) => sum + a.patents, 0);
  for (let k = 1; left > 0; k++) {
    const patents = Math.min(left, 1 + Math.floor(10 * u() ** 3));
    const type = u() < 0.8 ? 'Company' : 'University';
    out.push({
      assignee: `Simulated applicant ${String(k).padStart(3, '0')}`,
      type,
      country: choose(u, ['China', 'Singapore', 'India', 'United States']),
      patents,
    });
    left -= patents;
  }
  return out;
}

const quoted = (value) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
const csv = (rows) =>
  `${[Object.keys(rows[0]), ...rows.map((r) => Object.values(r))].map((r) => r.map(quoted).join(',')).join('\n')}\n`;

const copatents = records();
const files = {
  'data/records/copatents.csv': csv(copatents),
  'data/records/panel.csv': csv(
    partners.flatMap(({ iso3 }) =>
      YEARS.map((year) => ({
        partner: iso3,
        year,
        copatents: counts.get(`${iso3} ${year}`),
        patent1: china.get(year),
        patent2: theirs.get(`${iso3} ${year}`),
      })),
    ),
  ),
  'data/records/fields.csv': csv(fieldsOf(copatents)),
  'data/records/applicants.csv': csv(applicants(copatents)),
  'data/simulated.csv': csv(
    inSample.flatMap(({ iso3 }) =>
      YEARS.map((year) => ({ iso3, year, in: index.get(`${iso3} ${year}`), re: relation.get(`${iso3} ${year}`) })),
    ),
  ),
};

if (process.argv.includes('--stdout')) process.stdout.write(Object.values(files).join(''));
else
  for (const [name, text] of Object.entries(files)) {
    const url = new URL(name, import.meta.url);
    mkdirSync(new URL('.', url), { recursive: true });
    writeFileSync(url, text);
  }
