/** 1,000 correct tables give no finding; 1,000 tables with one error that rounding cannot explain give that one. */
import { describe, expect, it } from 'vitest';
import { auditPublished } from '../src/audit.ts';
import { readGrid } from '../src/audit-grid.ts';
import { readLaw, readStars } from '../src/audit-published.ts';
import { readPublished } from '../src/audit-read.ts';
import { gridOf, type MadeTable, makeTable, random, withError } from './audit-made.ts';

function audited(table: MadeTable, stated: boolean) {
  const published = readGrid(gridOf(table), { file: 'made.csv' });
  const stars = readStars(table.scheme.map(([symbol, level]) => `${symbol}=${level}`).join(','));
  return auditPublished({ ...published, stars, ...(stated && { law: readLaw(table.dist) }) });
}

const SEEDS = Array.from({ length: 1000 }, (_, i) => i + 1);

describe('generated tables', () => {
  it('have no finding where they are correct, whatever their digits, stars, law and way of rounding', () => {
    let cells = 0;
    for (const seed of SEEDS) {
      const audit = audited(makeTable(seed), true);
      cells += audit.cells;
      expect(audit.findings, `seed ${seed}`).toEqual([]);
    }
    expect(cells).toBeGreaterThan(14000);
  });

  it('are never inconsistent where the law is not stated and a t law of 8 or more degrees of freedom made them', () => {
    for (const seed of SEEDS) {
      const { findings } = audited(makeTable(seed), false);
      expect(
        findings.filter((f) => f.verdict !== 'only if the p-value came from elsewhere'),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  it('show the error that exceeds rounding, and only that', () => {
    let made = 0;
    let found = 0;
    for (let seed = 1; made < 1000; seed++) {
      const wrong = withError(makeTable(seed), seed);
      if (!wrong) continue;
      made++;
      const { findings } = audited(wrong.table, true);
      const [f] = findings;
      if (
        findings.length === 1 &&
        f.column === `(${wrong.column})` &&
        f.term === wrong.term &&
        f.verdict === 'inconsistent'
      )
        found++;
    }
    expect(found / made).toBeGreaterThanOrEqual(0.99);
  });
});

/** Counts with their total, the largest rows' shares and groups, all consistent. */
function countsYaml(seed: number, spoil?: 'row' | 'total' | 'share' | 'group'): string {
  const u = random(seed);
  const n = 5 + Math.floor(u() * 20);
  const rows = Array.from({ length: n }, (_, i) => ({ name: `Unit ${i + 1}`, count: 1 + Math.floor(u() * u() * 400) }));
  const total = rows.reduce((s, r) => s + r.count, 0);
  const groups = ['A', 'B', 'C'].map((name, g) => ({ name, members: rows.filter((_, i) => i % 3 === g) }));
  const groupSum = (g: (typeof groups)[number]) => g.members.reduce((s, r) => s + r.count, 0);
  const top = [...rows].sort((a, b) => b.count - a.count);
  const share = (part: number) => ((100 * part) / total).toFixed(3);
  const off = 1 + Math.floor(u() * 9);
  const topShare = share(top.slice(0, 4).reduce((s, r) => s + r.count, 0) + (spoil === 'share' ? off : 0));
  return `
table1_units: { ${rows.map((r, i) => `${r.name}: ${r.count + (spoil === 'row' && i === 0 ? off : 0)}`).join(', ')} }
table1_stated: { total: ${total + (spoil === 'total' ? off : 0)}, units_listed: ${n}, shares_percent: { ${top[0].name}: ${share(top[0].count)}, top4: ${topShare} } }
table2_groups: { ${groups.map((g) => `${g.name}: [${g.members.map((m) => m.name).join(', ')}]`).join(', ')} }
figure2_groups: { ${groups.map((g, i) => `${g.name}: ${groupSum(g) + (spoil === 'group' && i === 0 ? off : 0)}`).join(', ')} }
`;
}

describe('generated counts', () => {
  it('have no finding where they add up, and one wherever a row, a total, a share or a group was changed', () => {
    for (let seed = 1; seed <= 60; seed++) {
      expect(auditPublished(readPublished(countsYaml(seed), { file: 'c' })).findings, `seed ${seed}`).toEqual([]);
      for (const [spoil, rule] of [
        ['row', 'sum'],
        ['total', 'sum'],
        ['share', 'share'],
        ['group', 'cross-table'],
      ] as const) {
        const { findings } = auditPublished(readPublished(countsYaml(seed, spoil), { file: 'c' }));
        expect(
          findings.map((f) => f.rule),
          `${spoil}, seed ${seed}`,
        ).toContain(rule);
      }
    }
  });
});
