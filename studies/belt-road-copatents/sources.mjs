/** The raw extracts, read: no computing but the link of two GDP vintages and the logarithm of distance × oil price. */
import { readFileSync } from 'node:fs';

export const YEARS = Array.from({ length: 10 }, (_, k) => 2008 + k);

const cells = (line) =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, line.endsWith(',') ? undefined : -1)
    .map(([, c]) => c.replace(/^"|"$/g, '').replaceAll('""', '"'));

/** A CSV file as records. */
export function readCsv(url) {
  const [head, ...lines] = readFileSync(url, 'utf8').trimEnd().split('\n');
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((value, i) => [names[i], value])));
}

const raw = (name) => readCsv(new URL(`data/raw/${name}`, import.meta.url));
const byCode = (rows) => new Map(rows.map((r) => [r['Country Code'], r]));

export const partners = raw('partners.csv');
export const inSample = partners.filter((p) => p.in_sample === '1');
const distances = new Map(raw('cepii_dist.csv').map((r) => [r.iso_d, r]));
const gdp2015 = byCode(raw('gdp_const2015.csv'));
const gdp2010 = byCode(raw('gdp_const2010.csv'));
const wti = new Map(raw('wti_year.csv').map((r) => [r.Date.slice(0, 4), Number(r.Price)]));

/** Partners of the sample have the same code in CEPII. */
export const pair = (iso) => distances.get(iso);
export const oil = (year) => wti.get(String(year));

/** GDP in 100 bn US$ of 2010: the complete series in US$ of 2015, scaled to the older one at 2010. */
export function gdp(iso, year) {
  const value = Number(gdp2015.get(iso)[year]);
  return (value * Number(gdp2010.get(iso)[2010])) / Number(gdp2015.get(iso)[2010]) / 1e11;
}

export const lngd = (iso, year) => Math.log(Number(pair(iso).dist) * oil(year));
