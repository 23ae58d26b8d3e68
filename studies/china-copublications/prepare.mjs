/**
 * Builds data/panel.csv from the extracts in data/raw: China's co-publications with each partner, joined by (partner, year)
 * and by (country, year − 1) with what gravity models put beside them.
 *
 *   node studies/china-copublications/prepare.mjs             writes data/panel.csv
 *   node studies/china-copublications/prepare.mjs --stdout    prints it instead
 *
 * Rules: a value that no source file holds is an empty cell; numbers are copied as the source writes them, never
 * reformatted (only differences of two whole counts are computed here); every country must be in the table below.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Names of the NCSES tables → ISO 3166-1 alpha-3, the key of CEPII and the World Bank (all 46 have the same code in both). */
const ISO3 = {
  Argentina: 'ARG',
  Australia: 'AUS',
  Austria: 'AUT',
  Belgium: 'BEL',
  Brazil: 'BRA',
  Canada: 'CAN',
  Chile: 'CHL',
  Colombia: 'COL',
  Czechia: 'CZE',
  Denmark: 'DNK',
  Egypt: 'EGY',
  Finland: 'FIN',
  France: 'FRA',
  Germany: 'DEU',
  Greece: 'GRC',
  India: 'IND',
  Indonesia: 'IDN',
  Iran: 'IRN',
  Ireland: 'IRL',
  Israel: 'ISR',
  Italy: 'ITA',
  Japan: 'JPN',
  Malaysia: 'MYS',
  Mexico: 'MEX',
  Netherlands: 'NLD',
  'New Zealand': 'NZL',
  Nigeria: 'NGA',
  Norway: 'NOR',
  Pakistan: 'PAK',
  Poland: 'POL',
  Portugal: 'PRT',
  Russia: 'RUS',
  'Saudi Arabia': 'SAU',
  Singapore: 'SGP',
  'South Africa': 'ZAF',
  'South Korea': 'KOR',
  Spain: 'ESP',
  Sweden: 'SWE',
  Switzerland: 'CHE',
  Taiwan: 'TWN',
  Thailand: 'THA',
  Turkey: 'TUR',
  'United Arab Emirates': 'ARE',
  'United Kingdom': 'GBR',
  'United States': 'USA',
  Vietnam: 'VNM',
};

/** One line of CSV → cells; quotes as in RFC 4180, no line breaks inside cells (none of the extracts has any). */
function cells(line) {
  const out = [];
  for (let i = 0; i <= line.length; i++) {
    let cell = '';
    if (line[i] === '"') {
      for (i++; line[i] !== '"' || line[i + 1] === '"'; i++) {
        if (line[i] === '"') i++;
        cell += line[i];
      }
      i++;
    } else for (; i < line.length && line[i] !== ','; i++) cell += line[i];
    out.push(cell);
  }
  return out;
}

function table(name) {
  const lines = readFileSync(new URL(`data/raw/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map(cells);
  return { head: lines[0], rows: lines.slice(1) };
}

/** Years in the columns → Map of "ISO3 year" → text. */
function wide(name, codeColumn) {
  const { head, rows } = table(name);
  const at = head.indexOf(codeColumn);
  const years = head.flatMap((h, i) => (/^\d{4}$/.test(h) ? [i] : []));
  return new Map(rows.flatMap((r) => years.map((i) => [`${r[at]} ${head[i]}`, r[i]])));
}

/** One row a country and year → the same kind of map. */
const tall = (name, code, year, value) => new Map(table(name).rows.map((r) => [`${r[code]} ${r[year]}`, r[value]]));

const gdp = wide('gdp_const2015.csv', 'Country Code');
const patents = wide('patent_applications_residents.csv', 'Country Code');
const articles = wide('journal_articles.csv', 'country_code');
const population = tall('population.csv', 1, 2, 3);
const oil = Object.fromEntries(
  ['wti', 'brent'].map((k) => [
    k,
    new Map(table(`${k}_year.csv`).rows.map(([date, price]) => [date.slice(0, 4), price])),
  ]),
);
const pairs = table('cepii_dist.csv');
const pair = (iso, column) => {
  const value = pairs.rows.find((r) => r[1] === iso)?.[pairs.head.indexOf(column)];
  return value === '.' ? undefined : value;
};

const columns = {
  partner: (r) => r.partner,
  iso3: (r) => r.iso,
  year: (r) => r.year,
  copubs: (r) => r.copubs,
  intl_china: (r) => r.intlChina,
  intl_partner: (r) => r.intlPartner,
  intl_china_others: (r) => String(Number(r.intlChina) - Number(r.copubs)),
  intl_partner_others: (r) => String(Number(r.intlPartner) - Number(r.copubs)),
  ncses_table: (r) => r.source,
  dist_km: (r) => pair(r.iso, 'dist'),
  distw_km: (r) => pair(r.iso, 'distw'),
  contig: (r) => pair(r.iso, 'contig'),
  comlang_off: (r) => pair(r.iso, 'comlang_off'),
  wti_lag1: (r) => oil.wti.get(r.before),
  brent_lag1: (r) => oil.brent.get(r.before),
  gdp_china_lag1: (r) => gdp.get(`CHN ${r.before}`),
  gdp_partner_lag1: (r) => gdp.get(`${r.iso} ${r.before}`),
  population_partner_lag1: (r) => population.get(`${r.iso} ${r.before}`),
  patents_china_lag1: (r) => patents.get(`CHN ${r.before}`),
  patents_partner_lag1: (r) => patents.get(`${r.iso} ${r.before}`),
  articles_china_lag1: (r) => articles.get(`CHN ${r.before}`),
  articles_partner_lag1: (r) => articles.get(`${r.iso} ${r.before}`),
};

function row([partner, , year, copubs, intlPartner, intlChina, source]) {
  const iso = ISO3[partner];
  if (!iso) throw new Error(`"${partner}" has no ISO code in prepare.mjs`);
  const record = { partner, iso, year, before: String(Number(year) - 1), copubs, intlPartner, intlChina, source };
  return Object.values(columns).map((column) => column(record) ?? '');
}

const out = [Object.keys(columns), ...table('china_copublications.csv').rows.map(row)];
const text = `${out.map((r) => r.join(',')).join('\n')}\n`;
if (process.argv.includes('--stdout')) process.stdout.write(text);
else {
  writeFileSync(new URL('data/panel.csv', import.meta.url), text);
  const empty = out[0].map((name, i) => [name, out.filter((r) => r[i] === '').length]).filter(([, n]) => n > 0);
  console.error(
    `data/panel.csv: ${out.length - 1} rows. Empty cells: ${empty.map(([k, n]) => `${k} ${n}`).join(', ')}.`,
  );
}
