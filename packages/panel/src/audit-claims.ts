/** Sentences with numbers: the rule text. */
import { type Finding, finding, num, plain, pWords } from './audit-findings.ts';
import { type Interval, intervalOf, overlap, type Printed, quotient, readPrinted } from './audit-number.ts';
import { belongsTo, type Published, type RegressionCell, sameName, sectionWords } from './audit-published.ts';
import type { Claim } from './audit-schema.ts';
import { statisticOf } from './audit-stars.ts';
import { normalUpper } from './distributions.ts';

type Sectioned = Claim & { section: string };
const printedOf = (value: string | number | undefined): Printed | undefined =>
  value === undefined ? undefined : readPrinted(String(value));
const quoted = (claim: Claim) => (claim.text ? `“${claim.text}”: ` : '');
const scaled = ({ lo, hi }: Interval, by: number) => ({ lo: lo * by, hi: hi * by });
/** A count is exact; other numbers are all that round to them. */
const exactly = (p: Printed): Interval => (p.digits <= 0 ? { lo: p.value, hi: p.value } : intervalOf(p));

const INCREASE =
  /\b(?:increas|rise|rose|risen|gr[eo]w|growth|up)\w*\b[^.]*?\b(?:of|by)\s+[\d.,]+\s*(?:times|fold|-fold)/i;

/** "an increase of 8.72 times": to/from is the ratio; an increase is one less. */
function timesFinding(claim: Sectioned): Finding[] {
  const [from, to, times] = [claim.from, claim.to, claim.times].map(printedOf);
  if (!from || !to || !times || from.value === 0) return [];
  const ratio = quotient(exactly(to), exactly(from));
  const stated = intervalOf(times);
  const increase = { lo: ratio.lo - 1, hi: ratio.hi - 1 };
  const r = to.value / from.value;
  const digits = Math.max(2, times.digits);
  const says = INCREASE.test(claim.text ?? '');
  if (says ? overlap(increase, stated) : overlap(ratio, stated) || overlap(increase, stated)) return [];
  const isRatio = overlap(ratio, stated);
  return [
    finding('text', 'inconsistent', claim.section, {
      term: 'times',
      printed: times.text,
      recomputed: num(says ? r - 1 : r, digits),
      detail: `${quoted(claim)}${to.text}/${from.text} = ${num(r, digits)}${isRatio ? ` is the ratio; the increase is (${to.text} − ${from.text})/${from.text} = ${num(r - 1, digits)} times` : `, an increase of ${num(r - 1, digits)} times`}`,
    }),
  ];
}

function percentFinding(claim: Sectioned): Finding[] {
  const [part, whole, percent] = [claim.part, claim.whole, claim.percent].map(printedOf);
  if (!part || !whole || !percent || whole.value === 0) return [];
  if (overlap(scaled(quotient(exactly(part), exactly(whole)), 100), intervalOf(percent))) return [];
  const own = num((100 * part.value) / whole.value, Math.max(1, percent.digits));
  return [
    finding('text', 'inconsistent', claim.section, {
      term: 'percent',
      printed: `${percent.text}%`,
      recomputed: `${own}%`,
      detail: `${quoted(claim)}${part.text}/${whole.text} = ${own}%`,
    }),
  ];
}

function countFinding(published: Published, claim: Sectioned): Finding[] | undefined {
  const value = printedOf(claim.value);
  if (!claim.of || !claim.row || !value) return undefined;
  const table = [...published.counts, ...published.series].find(({ id }) => belongsTo(id, claim.of!));
  const row = table?.rows.find(({ name }) => sameName(name, claim.row!));
  if (!table || !row) return undefined;
  if (row.count.value === value.value) return [];
  return [
    finding('text', 'inconsistent', claim.section, {
      term: claim.row,
      printed: value.text,
      recomputed: row.count.text,
      detail: `${quoted(claim)}${claim.row} is ${row.count.text} in ${sectionWords(table.id)}, not ${value.text}`,
    }),
  ];
}

/** Cells that a sentence speaks of. */
function cellsOf({ regressions }: Published, claim: Claim) {
  const table = regressions.find(({ id }) => belongsTo(id, claim.table ?? '') || id === claim.table);
  const columns = table?.columns.filter((c) => !claim.columns || claim.columns.includes(c.name)) ?? [];
  return columns.flatMap((column) =>
    column.cells.filter((c) => sameName(c.term, claim.term ?? '')).map((cell) => ({ table: table!, column, cell })),
  );
}

/** Why a cell contradicts a sentence; undefined where it does not. */
function contradiction(claim: Claim, { estimate, second, secondKind }: RegressionCell): string | undefined {
  const [above, below] = [printedOf(claim.above), printedOf(claim.below)];
  const span = intervalOf(estimate);
  if ((above && span.hi < above.value) || (below && span.lo > below.value)) return estimate.text;
  const wanted = SIGNIFICANT.exec(claim.significant ?? '');
  if (!wanted || !second || secondKind !== 'se') return undefined;
  const z = statisticOf({ estimate, second, stars: '' }, { second: 'se' });
  const p = { lo: 2 * normalUpper(z.hi), hi: Math.min(1, 2 * normalUpper(z.lo)) };
  if (wanted[1] ? p.hi >= Number(wanted[2]) : p.lo <= Number(wanted[2])) return undefined;
  const own = estimate.value / second.value;
  return `${estimate.text}/${second.text} = ${num(own)}, p = ${pWords(Math.min(1, 2 * normalUpper(Math.abs(own))))}`;
}

const SIGNIFICANT = /^(not\s+)?(0?\.\d+)$/;

function saidOf({ above, below, significant }: Claim): string {
  if (above !== undefined) return `above ${above}`;
  if (below !== undefined) return `below ${below}`;
  const [, not, level] = SIGNIFICANT.exec(significant ?? '') ?? [];
  return `${not ? 'not ' : ''}significant at ${level}`;
}

/** One finding a sentence, with every cell that contradicts it. */
function cellFindings(published: Published, claim: Sectioned): Finding[] | undefined {
  const cells = claim.table && claim.term ? cellsOf(published, claim) : [];
  const readable = claim.above !== undefined || claim.below !== undefined || SIGNIFICANT.test(claim.significant ?? '');
  if (cells.length === 0 || !readable) return undefined;
  const against = cells.flatMap(({ table, column, cell }) => {
    const why = contradiction(claim, cell);
    return why ? [{ id: table.id, column: column.name, why }] : [];
  });
  if (against.length === 0) return [];
  return [
    finding('text', 'inconsistent', against[0].id, {
      column: against.map((a) => a.column).join(', '),
      term: claim.term,
      printed: saidOf(claim),
      recomputed: `not in ${against.length} of ${cells.length} columns`,
      detail: `${quoted(claim)}${against.map((a) => `${a.column} ${a.why}`).join('; ')}`,
    }),
  ];
}

/** Points of a series that a sentence names must be its points. */
function pointFindings(published: Published, claim: Sectioned): Finding[] {
  const series = published.series.find(({ id }) => id === claim.section);
  const [from, to] = [claim.from, claim.to].map(printedOf);
  if (!series || !from || !to) return [];
  const counts = series.rows.map((r) => r.count.value);
  return [from, to]
    .filter((point) => !counts.includes(point.value))
    .map((point) =>
      finding('text', 'inconsistent', claim.section, {
        term: 'count',
        printed: point.text,
        recomputed: counts.map((n) => plain(n)).join(', '),
        detail: `${quoted(claim)}${point.text} is none of the counts of ${sectionWords(series.id)}`,
      }),
    );
}

/** text over all claims; what cannot be read is listed. */
export function auditClaims(published: Published): Finding[] {
  return published.claims.flatMap((claim, i): Finding[] => {
    const found = [
      claim.times !== undefined ? [...timesFinding(claim), ...pointFindings(published, claim)] : undefined,
      claim.percent !== undefined ? percentFinding(claim) : undefined,
      countFinding(published, claim),
      cellFindings(published, claim),
    ];
    if (found.every((f) => f === undefined)) published.unread.push(`${claim.section} claim ${i + 1}`);
    return found.flatMap((f) => f ?? []);
  });
}
