/**
 * A build's files against the counts that the generator kept:
 * node bench/patents/check.mjs OUT TRUTH.JSON FROM:TO [--count whole|fractional] [--date grant|application]
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOME } from './generate.mjs';

const require = createRequire(new URL('../../packages/panel/package.json', import.meta.url));
const iso = require('i18n-iso-countries');
const Papa = require('papaparse');

const table = (dir, name) =>
  Papa.parse(readFileSync(join(dir, name), 'utf8'), { header: true, skipEmptyLines: true }).data;

/**
 * Compares copatents, panel, applicants and fields with the truth; sums of shares to 1e-12 of their size (the order of adding differs), counts exactly.
 * @returns the number of cells compared. @throws Error at the first difference.
 */
export function checkTruth(dir, truth, [from, to], { count = 'whole', date = 'grant' } = {}) {
  const ledger = truth[date === 'grant' ? 'grant' : 'filing'];
  const [totals, pairs] = count === 'whole' ? [ledger.whole, ledger.copatents] : [ledger.share, ledger.weights];
  let cells = 0;
  const same = (what, got, expected) => {
    cells++;
    const near =
      count === 'whole' ? Number(got) === expected : Math.abs(got - expected) <= 1e-12 * Math.max(1000, expected);
    if (!near) throw new Error(`${what} is ${got}; ${expected} was expected`);
  };
  const code = (iso3) => iso.alpha3ToAlpha2(iso3);
  const panel = table(dir, 'panel.csv');
  const partners = new Set(panel.map(({ partner }) => partner));
  if (panel.length !== partners.size * (to - from + 1)) throw new Error('a partner × year is missing');
  for (const { partner, year, copatents, patent1, patent2 } of panel) {
    same(`copatents ${partner} ${year}`, copatents, pairs[`${code(partner)} ${year}`] ?? 0);
    same(`patent1 ${year}`, patent1, totals[`${HOME} ${year}`] ?? 0);
    same(`patent2 ${partner} ${year}`, patent2, totals[`${code(partner)} ${year}`] ?? 0);
  }
  const sums = {};
  const seen = new Set();
  for (const { patent_id, partner, year, weight } of table(dir, 'copatents.csv')) {
    if (seen.has(`${patent_id} ${partner}`)) throw new Error(`${patent_id} stands twice for ${partner}`);
    seen.add(`${patent_id} ${partner}`);
    sums[`${code(partner)} ${year}`] = (sums[`${code(partner)} ${year}`] ?? 0) + Number(weight);
  }
  for (const [key, sum] of Object.entries(sums)) same(`weights ${key}`, sum, pairs[key]);
  if (count !== 'whole' || date !== 'grant') return cells;
  const inYears = (map) => {
    const total = {};
    for (const [key, n] of Object.entries(map)) {
      const year = Number(key.slice(-4));
      if (year >= from && year <= to) total[key.slice(0, -5)] = (total[key.slice(0, -5)] ?? 0) + n;
    }
    return total;
  };
  const applicants = inYears(truth.applicants);
  const listed = table(dir, 'applicants.csv');
  if (listed.length !== Object.keys(applicants).length)
    throw new Error(`${listed.length} applicants; ${Object.keys(applicants).length} expected`);
  for (const { assignee, patents } of listed) same(`applicant ${assignee}`, patents, applicants[assignee]);
  const fields = Object.fromEntries(
    Object.entries(inYears(truth.fields)).filter(([key]) => partners.has(iso.alpha2ToAlpha3(key.split(' ')[1]))),
  );
  const classes = table(dir, 'fields.csv');
  if (classes.length !== Object.keys(fields).length)
    throw new Error(`${classes.length} fields; ${Object.keys(fields).length} expected`);
  for (const { field, partner, patents } of classes)
    same(`field ${field} ${partner}`, patents, fields[`${field} ${code(partner)}`]);
  return cells;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: 'string' }, date: { type: 'string' } },
  });
  const [dir, truth, years] = positionals;
  console.log(checkTruth(dir, JSON.parse(readFileSync(truth, 'utf8')), years.split(':').map(Number), values));
}
