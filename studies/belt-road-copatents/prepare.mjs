/**
 * Patent tables + real sources → the tables that study.yaml names (data/*.csv).
 *
 *   node studies/belt-road-copatents/prepare.mjs                    from the simulated records in data/records
 *   node studies/belt-road-copatents/prepare.mjs --records OUT      from OUT of `gravpanel patents build … -o OUT`
 *   … --stdout                                                      prints the tables instead, one after the other
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gdp, inSample, oil, pair, partners, readCsv, YEARS } from './sources.mjs';

const at = process.argv.indexOf('--records');
const folder = at < 0 ? new URL('data/records/', import.meta.url) : pathToFileURL(`${process.argv[at + 1]}/`);
const table = (name) => readCsv(new URL(`${name}.csv`, folder));

const nameOf = new Map(partners.map((p) => [p.iso3, p.partner]));
const named = (iso) => {
  const name = nameOf.get(iso);
  if (!name) throw new Error(`"${iso}" in the patent tables is not a partner of data/raw/partners.csv`);
  return name;
};

const panel = new Map(table('panel').map((r) => [`${r.partner} ${r.year}`, r]));
const copatents = table('copatents');
const simulated = new Map(
  readCsv(new URL('data/simulated.csv', import.meta.url)).map((r) => [`${r.iso3} ${r.year}`, r]),
);

/** The counts are those of the records: summed again, and compared. */
function counted() {
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
counted();

const of = (iso, year) => {
  const row = panel.get(`${iso} ${year}`);
  if (!row) throw new Error(`panel.csv has no row of ${iso} in ${year}`);
  return row;
};

const analysis = inSample.flatMap(({ partner, iso3, region }) =>
  YEARS.map((year) => {
    const { copatents: collaboration, patent1, patent2 } = of(iso3, year);
    const { dist, distcap, distw, contig, comlang_off } = pair(iso3);
    const own = simulated.get(`${iso3} ${year}`);
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
      in: own.in,
      re: own.re,
    };
  }),
);

const all = partners.flatMap(({ partner, iso3, region, latitude, longitude }) =>
  YEARS.map((year) => {
    const { copatents: collaboration, patent1, patent2 } = of(iso3, year);
    return { partner, iso3, region, latitude, longitude, year, collaboration, patent1, patent2 };
  }),
);

const quoted = (value) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
const csv = (rows) =>
  `${[Object.keys(rows[0]), ...rows.map((r) => Object.values(r))].map((r) => r.map(quoted).join(',')).join('\n')}\n`;

const files = {
  'panel.csv': csv(analysis),
  'partners.csv': csv(all),
  'copatents.csv': csv(copatents.map((r) => ({ ...r, partner: named(r.partner) }))),
  'fields.csv': csv(table('fields').map((r) => ({ ...r, partner: named(r.partner) }))),
};

if (process.argv.includes('--stdout')) process.stdout.write(Object.values(files).join(''));
else for (const [name, text] of Object.entries(files)) writeFileSync(new URL(`data/${name}`, import.meta.url), text);
