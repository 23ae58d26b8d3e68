import { digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { derive } from '../src/derive.ts';
import { describe as describePanel } from '../src/describe.ts';
import { compoundRate } from '../src/describe-series.ts';
import { herfindahl, holdings } from '../src/describe-shares.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Figure, Frame, Table } from '../src/types.ts';

const from = (csv: string, unit = ['who'], time = 'year') =>
  setPanel(readTable(csv, { name: 'small.csv' }), unit, time);
const fixture = (data: string, unit: string): Frame => {
  const table = readTable(fixtureText('data', `${data}.csv`), { name: `${data}.csv` });
  // ships has two service periods a year: the panel's time counts both, the sums are by that time.
  return data === 'ships'
    ? setPanel(derive(table, { t: 'year * 100 + period' }), [unit], 't')
    : setPanel(table, [unit], 'year');
};
const one = <T extends Table | Figure>(items: (Table | Figure)[]) => items[0] as T;

interface SummaryPeer {
  data: string;
  unit: string;
  variable: string;
  stats: number[];
}
interface SharesPeer {
  data: string;
  unit: string;
  count: string;
  total: number;
  herfindahl: number;
  cr3: number;
  none: number;
  years: number[];
  sums: number[];
}
const peers = fixtureJson<{ results: (SummaryPeer | SharesPeer)[] }>('peers', 'describe.json').results;
const summaries = peers.filter((p): p is SummaryPeer => 'stats' in p);
const shares = peers.filter((p): p is SharesPeer => 'count' in p);

describe('summary', () => {
  for (const { data, unit, variable, stats } of summaries)
    it(`${variable} of ${data} has R's mean, SDs (xtsum), extremes and median, 12 digits`, () => {
      const { body } = one<Table>(describePanel(fixture(data, unit), { kind: 'summary', variables: [variable] }));
      const values = body[0].cells.filter((c) => c.kind !== 'text').map((c) => c.value!);
      expect(values).toHaveLength(stats.length);
      stats.forEach((want, j) => {
        expect(digits(values[j], want), `statistic ${j}`).toBeGreaterThan(12);
      });
    });
  it('says which unit and year attain an extreme, or in how many rows it occurs', () => {
    const table = one<Table>(
      describePanel(from('who,year,y\na,2000,1\na,2001,5\nb,2000,1\nb,2001,2\n'), {
        kind: 'summary',
        variables: ['y'],
      }),
    );
    expect(table.body[0].cells.filter((c) => c.kind === 'text').map((c) => c.text)).toEqual(['2 rows', 'a 2001']);
  });
  it('leaves missing values out and counts them in a note', () => {
    const table = one<Table>(
      describePanel(from('who,year,y\na,2000,1\na,2001,NA\nb,2000,3\nb,2001,\n'), {
        kind: 'summary',
        variables: ['y'],
      }),
    );
    expect(table.body[0].cells[0].value).toBe(2);
    expect(table.body[0].cells[1].value).toBe(2);
    expect(table.notes).toContain('y is missing in 2 of 4 rows, which are left out.');
  });
  it('takes every numeric column except the identifiers by default', () => {
    const table = one<Table>(
      describePanel(from('who,year,y,z,word\na,2000,1,2,p\nb,2000,3,4,q\n'), { kind: 'summary' }),
    );
    expect(table.body.map((row) => row.label)).toEqual(['y', 'z']);
  });
  it('names the nearest column for an unknown one, and refuses text', () => {
    const frame = from('who,year,patents,word\na,2000,1,p\nb,2000,3,q\n');
    expect(() => describePanel(frame, { kind: 'summary', variables: ['patent'] })).toThrow(
      expect.objectContaining({ code: 'data/unknown-column', hint: expect.stringContaining('patents') }),
    );
    expect(() => describePanel(frame, { kind: 'summary', variables: ['word'] })).toThrow(
      expect.objectContaining({ code: 'data/not-numeric' }),
    );
  });
});

describe('shares', () => {
  for (const peer of shares)
    it(`${peer.count} of ${peer.data} add up as in R`, () => {
      const table = one<Table>(
        describePanel(fixture(peer.data, peer.unit), { kind: 'shares', count: peer.count, by: peer.unit, top: 3 }),
      );
      expect(table.foot[0].cells[0].value).toBe(peer.total);
      expect(table.body.reduce((sum, row) => sum + row.cells[0].value!, 0)).toBe(peer.total);
      expect(table.body[2].cells[3].value! / 100).toBeCloseTo(peer.cr3, 13);
      expect(table.notes[0]).toContain(`Herfindahl index ${peer.herfindahl.toFixed(3)}`);
      expect(table.body.some((row) => row.label === `${peer.none} with none`)).toBe(peer.none > 0);
    });
  const many = from(`who,year,n\n${[40, 30, 5, 4, 3, 2, 1, 0, 0].map((n, i) => `u${i},2000,${n}`).join('\n')}\n`);
  it('names twice the top, sums the others with their range, and keeps units with none apart', () => {
    const table = one<Table>(describePanel(many, { kind: 'shares', count: 'n', by: 'who', top: 2 }));
    expect(table.body.map((row) => row.label)).toEqual(['u0', 'u1', 'u2', 'u3', '3 others, 1–3 each', '2 with none']);
    expect(table.body.map((row) => row.tone)).toEqual(['strong', 'strong', undefined, undefined, 'quiet', 'quiet']);
    expect(table.title).toBe('n: the top 2 of 9 hold 82.4%');
  });
  it('gives the largest unit the full bar', () => {
    const table = one<Table>(describePanel(many, { kind: 'shares', count: 'n', by: 'who', top: 2 }));
    expect(table.body.map((row) => row.cells[1].bar)).toEqual([1, 0.75, 0.125, 0.1, 0.15, undefined]);
  });
  it('refuses a total of zero and negative counts, with the line', () => {
    expect(() =>
      describePanel(from('who,year,n\na,2000,0\nb,2000,0\n'), { kind: 'shares', count: 'n', by: 'who' }),
    ).toThrow(expect.objectContaining({ code: 'describe/no-counts' }));
    expect(() =>
      describePanel(from('who,year,n\na,2000,1\nb,2000,-1\n'), { kind: 'shares', count: 'n', by: 'who' }),
    ).toThrow(expect.objectContaining({ code: 'describe/negative-count', at: { row: 3, variable: 'n' } }));
  });
  it('herfindahl of k equal holders is 1/k', () => {
    expect(herfindahl(holdings(['a', 'b', 'c', 'd'], [2, 2, 2, 2]))).toBeCloseTo(0.25, 15);
  });
});

describe('series', () => {
  for (const peer of shares.filter((p) => p.data !== 'ships'))
    it(`${peer.count} of ${peer.data} by year sum as in R`, () => {
      const figure = one<Figure>(describePanel(fixture(peer.data, peer.unit), { kind: 'series', count: peer.count }));
      if (figure.plot !== 'series') throw new Error('not a series');
      expect(figure.lines[0].points).toEqual(peer.years.map((x, j) => ({ x, y: peer.sums[j] })));
    });
  const frame = from(
    'who,year,n\na,2000,10\na,2001,14\na,2002,30\nb,2000,2\nb,2001,2\nb,2002,2\nc,2000,0\nc,2001,0\nc,2002,4\n',
  );
  const series = (o: object = {}) => {
    const figure = one<Figure>(describePanel(frame, { kind: 'series', count: 'n', ...o }));
    if (figure.plot !== 'series') throw new Error('not a series');
    return figure;
  };
  it('stages carry the compound yearly rate', () => {
    const { stages } = series({ stages: ['2000:2001', [2001, 2002]] });
    expect(stages.map((s) => s.growth)).toEqual([16 / 12 - 1, 36 / 16 - 1]);
    expect(compoundRate(25, 218, 9)).toBeCloseTo((218 / 25) ** (1 / 9) - 1, 15);
    expect(compoundRate(0, 5, 3)).toBeUndefined();
  });
  it('titles the finding that the totals bear', () => {
    expect(series().title).toBe('n rose from 12 in 2000 to 36 in 2002');
    expect(series({ stages: ['2000:2001', '2001:2002'] }).title).toBe(
      'n: growth was fastest in 2001–2002, 125.0% a year',
    );
    expect(series({ title: 'Mine' }).title).toBe('Mine');
  });
  it('says that growth hardly changed only where the rates are near each other and positive', () => {
    const of = (...totals: number[]) =>
      one<Figure>(
        describePanel(from(`who,year,n\n${totals.map((n, t) => `a,${2000 + t},${n}`).join('\n')}\n`), {
          kind: 'series',
          count: 'n',
          stages: ['2000:2001', '2001:2002'],
        }),
      ).title;
    expect(of(100, 125, 155)).toBe('n: growth hardly changed between the 2 stages');
    expect(of(100, 102, 107)).toBe('n: growth was fastest in 2001–2002, 4.9% a year');
    expect(of(100, 102, 100)).toBe('n: growth was fastest in 2000–2001, 2.0% a year');
    expect(of(100, 98, 95)).toBe('n fell from 100 in 2000 to 95 in 2002');
  });
  it('keeps a neutral title where the units change, and says so', () => {
    const uneven = from('who,year,n\na,2000,1\nb,2001,4\na,2001,5\n');
    const figure = one<Figure>(describePanel(uneven, { kind: 'series', count: 'n' }));
    expect(figure.title).toBe('n by period');
    expect(figure.table.notes[0]).toBe('The number of units differs between periods, so the total does too.');
  });
  it('draws the total and the largest units, on a log scale where stages are given', () => {
    const { lines, log } = series({ top: 1, stages: ['2000:2002'] });
    expect(lines.map((l) => [l.label, l.strong ?? false])).toEqual([
      ['Total', true],
      ['a', false],
    ]);
    expect(log).toBe(true);
    expect(series({ top: 0 }).lines).toHaveLength(1);
  });
  it('refuses a stage beyond the data', () => {
    expect(() => series({ stages: ['1999:2001'] })).toThrow(
      expect.objectContaining({ code: 'describe/stage-outside', hint: 'Periods run from 2000 to 2002.' }),
    );
  });
  it('filters rows and says so', () => {
    expect(series({ where: "who != 'a'" }).lines[0].points.map((p) => p.y)).toEqual([2, 2, 6]);
  });
});
