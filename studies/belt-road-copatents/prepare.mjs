/**
 * What `gravpanel patents build` wrote, and the real sources → the tables that study.yaml names.
 *
 *   node studies/belt-road-copatents/prepare.mjs --stdout     prints those of data/records, one after the other
 *
 * build.mjs runs it as the last step of the chain. Needs the packages built.
 */
import { pathToFileURL } from 'node:url';
import { countryOf } from '../../packages/panel/dist/countries.js';
import { gdp, inSample, oil, pair, partners, readCsv, YEARS } from './sources.mjs';

const here = (name) => new URL(name, import.meta.url);
const nameOf = new Map(partners.map((p) => [p.iso3, p.partner]));
const named = (iso) => {
  const name = nameOf.get(iso);
  if (!name) throw new Error(`"${iso}" in the patent tables is not a partner of data/raw/partners.csv`);
  return name;
};

/** The counts are those of the records: summed again, and compared. */
function checkCounts(panel, copatents) {
  const sums = new Map();
  for (const { partner, year, weight } of copatents) {
    const key = `${partner} ${year}`;
    sums.set(key, (sums.get(key) ?? 0) + Number(weight));
  }
  for (const [key, { copatents: n }] of panel)
    if (Math.abs((sums.get(key) ?? 0) - Number(n)) > 1e-9)
      throw new Error(`${key}: ${n} co-patents in panel.csv, ${sums.get(key) ?? 0} in copatents.csv`);
  for (const key of sums.keys()) if (!panel.has(key)) throw new Error(`${key} is in copatents.csv, not in panel.csv`);
}

const UNIVERSITY = /universit|college|institute? of technology|academy of sciences/i;
/** The tables know companies, governments and persons: what a name says is a university counts as one. */
function typeOf({ assignee, type }) {
  if (UNIVERSITY.test(assignee)) return 'University';
  if (/company/.test(type)) return 'Company';
  if (/individual/.test(type)) return 'Person';
  return /government/.test(type) ? 'Government' : 'Unknown';
}

const applicant = (row) => ({
  assignee: row.assignee,
  type: typeOf(row),
  country: countryOf(row.country)?.name ?? 'Unknown',
  patents: row.patents,
});

function analysisRow({ partner, iso3, region }, year, own, index) {
  const { copatents: collaboration, patent1, patent2 } = own;
  const { dist, distcap, distw, contig, comlang_off } = pair(iso3);
  return {
    partner,
    iso3,
    region,
    year,
    collaboration,
    patent1,
    patent2,
    dist_km: dist,
    distcap_km: distcap,
    distw_km: distw,
    wti: oil(year),
    gdp: Number(gdp(iso3, year).toPrecision(10)),
    tig: contig,
    lan: comlang_off,
    in: index.in,
    re: index.re,
  };
}

const quoted = (value) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
const csv = (rows) =>
  `${[Object.keys(rows[0]), ...rows.map((r) => Object.values(r))].map((r) => r.map(quoted).join(',')).join('\n')}\n`;

/** The study's tables by file name. `records`: URL of a folder that `patents build -o` wrote, ending in "/". */
export function prepare(records) {
  const table = (name) => readCsv(new URL(`${name}.csv`, records));
  const panel = new Map(table('panel').map((r) => [`${r.partner} ${r.year}`, r]));
  const copatents = table('copatents');
  checkCounts(panel, copatents);
  const of = (iso, year) => {
    const row = panel.get(`${iso} ${year}`);
    if (!row) throw new Error(`panel.csv has no row of ${iso} in ${year}`);
    return row;
  };
  const indices = new Map(readCsv(here('data/simulated.csv')).map((r) => [`${r.iso3} ${r.year}`, r]));
  const all = partners.flatMap(({ partner, iso3, region, latitude, longitude }) =>
    YEARS.map((year) => {
      const { copatents: collaboration, patent1, patent2 } = of(iso3, year);
      return { partner, iso3, region, latitude, longitude, year, collaboration, patent1, patent2 };
    }),
  );
  return {
    'panel.csv': csv(
      inSample.flatMap((p) => YEARS.map((y) => analysisRow(p, y, of(p.iso3, y), indices.get(`${p.iso3} ${y}`)))),
    ),
    'partners.csv': csv(all),
    'copatents.csv': csv(copatents.map((r) => ({ ...r, partner: named(r.partner) }))),
    'applicants.csv': csv(table('applicants').map(applicant)),
    'fields.csv': csv(table('fields').map((r) => ({ ...r, partner: named(r.partner) }))),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!process.argv.includes('--stdout')) throw new Error('build.mjs writes the tables; --stdout prints them.');
  process.stdout.write(Object.values(prepare(here('data/records/'))).join(''));
}
