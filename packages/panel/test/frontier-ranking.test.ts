/** Units of a frontier: means and sums by hand, and against the rows of a fit. */
import { loadKernels } from '@gravpanel/core-wasm';
import { fixtureText } from '@gravpanel/test-fixtures';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { efficiencyMap } from '../src/frontier-map.ts';
import { frontierOrderItems, frontierOrders, midRanks } from '../src/frontier-orders.ts';
import { frontierItems, frontierRanking } from '../src/frontier-ranking.ts';
import { frontierYears, frontierYearsItems } from '../src/frontier-years.ts';
import { renderFigureSvg } from '../src/render/svg.ts';
import { runStudy } from '../src/run-study.ts';
import { readTable } from '../src/table-read.ts';
import type { EfficiencyRow, Figure, Fit, MapPlot, Table } from '../src/types.ts';
import { studyOf } from './study-of.ts';

const rowOf = (
  unit: string,
  outcome: number,
  potential: number,
  [efficiency, lower, upper]: number[],
): EfficiencyRow => ({
  line: 2,
  unit,
  outcome,
  potential,
  inefficiency: 1,
  efficiency,
  lower,
  upper,
});
const made = (model: 'poisson-frontier' | 'frontier', efficiencies: EfficiencyRow[]) =>
  ({
    model,
    depvar: 'y',
    level: 0.95,
    frontier: { distribution: 'half-normal', inefficiency: 'rows', efficiencies },
  }) as unknown as Fit;

const counts = made('poisson-frontier', [
  rowOf('B', 30, 40, [0.8, 0.6, 0.9]),
  rowOf('B', 10, 40, [0.4, 0.2, 0.7]),
  rowOf('C', 0, 2, [0.25, 0.125, 0.5]),
  rowOf('A', 9, 8, [0.6, 0.4, 0.8]),
]);
const options = { of: 'm', column: 1, unit: ['partner'], variables: { partner: { label: 'Partner' } } };
const [figure, table] = frontierItems(counts, options) as [Figure & { plot: 'dumbbell' }, Table];
const { document } = parseHTML('<html><body></body></html>');
const drawn = (one: Figure, width = 640) =>
  parseHTML(`<html><body>${renderFigureSvg(one, { document, theme: 'page', width })}</body></html>`).document;

describe('the ranking of counts', () => {
  it('has sums of counts and of the frontier, means of efficiency and of its limits, the least first', () => {
    const close = (x: number) => expect.closeTo(x, 14);
    expect(frontierRanking(counts)).toEqual([
      { unit: 'C', rows: 1, efficiency: 0.25, lower: 0.125, upper: 0.5, realised: 0, potential: 2, ratio: 0 },
      // Both have 0.6: by name.
      { unit: 'A', rows: 1, efficiency: 0.6, lower: 0.4, upper: 0.8, realised: 9, potential: 8, ratio: 1.125 },
      {
        unit: 'B',
        rows: 2,
        efficiency: close((0.8 + 0.4) / 2),
        lower: close((0.6 + 0.2) / 2),
        upper: close((0.9 + 0.7) / 2),
        realised: 40,
        potential: 80,
        ratio: 0.5,
      },
    ]);
  });

  it('prints them as a table that says what its limits are', () => {
    expect(table.title).toBe('How far each partner falls short: m (1)');
    expect(table.body.map(({ label, cells }) => [label, ...cells.map((c) => c.text)])).toEqual([
      ['C', '0.250', '0.125', '0.500', '0', '2.0', '0.000'],
      ['A', '0.600', '0.400', '0.800', '9', '8.0', '1.125'],
      ['B', '0.600', '0.400', '0.800', '40', '80.0', '0.500'],
    ]);
    expect(table.notes.join(' ')).toMatch(/means of the rows’ 95% limits/);
    expect(table.notes.join(' ')).toMatch(/skewness/);
  });

  it('says how many units are left out where there are many', () => {
    const many = Array.from({ length: 130 }, (_, i) => rowOf(`U${i}`, i, 2 * i + 1, [(i + 1) / 200, 0, 1]));
    const [, cut] = frontierItems(made('poisson-frontier', many), options) as [Figure, Table];
    expect(cut.body).toHaveLength(100);
    expect([cut.body[0].label, cut.body[49].label, cut.body[50].label, cut.body[99].label]).toEqual([
      'U0',
      'U49',
      'U80',
      'U129',
    ]);
    expect(cut.notes.join(' ')).toContain('of 130');
  });
});

it('takes the outcome of frontier as a logarithm: geometric means', () => {
  const [reach] = frontierRanking(
    made('frontier', [
      rowOf('A', Math.log(2), Math.log(3), [0.5, 0.2, 0.9]),
      rowOf('A', Math.log(8), Math.log(27), [0.5, 0.2, 0.9]),
    ]),
  );
  expect(reach.realised).toBeCloseTo(4, 12);
  expect(reach.potential).toBeCloseTo(9, 12);
  expect(reach.ratio).toBeCloseTo(4 / 9, 12);
});

it('has no items at the boundary or without a panel', () => {
  expect(frontierItems(made('poisson-frontier', []), options)).toEqual([]);
  const { unit: _, ...row } = rowOf('A', 1, 2, [0.5, 0.2, 0.9]);
  expect(frontierItems(made('poisson-frontier', [row]), options)).toEqual([]);
});

describe('the dumbbells', () => {
  it('join a dot and a ring of each unit, with its name, on a linear scale', () => {
    expect(figure.log).toBe(true);
    const near = frontierItems(
      made('poisson-frontier', [rowOf('A', 5, 10, [0.5, 0.2, 0.9]), rowOf('B', 8, 9, [0.9, 0.8, 1])]),
      options,
    );
    const [plot] = near as [Figure & { plot: 'dumbbell' }];
    expect(plot.log).toBe(false);
    for (const width of [640, 340]) {
      const svg = drawn(plot, width);
      const dots = [...svg.querySelectorAll('circle')].map((c) => Number(c.getAttribute('cx')));
      // Rings first, then dots; A is the first row: (10 − 5) : (9 − 8) apart.
      expect((dots[0] - dots[2]) / (dots[1] - dots[3])).toBeCloseTo(5, 1);
      const texts = [...svg.querySelectorAll('text')].map((t) => t.textContent);
      expect(texts).toEqual(expect.arrayContaining(['A', 'B', 'Realised', 'Potential']));
    }
  });

  it('put a zero at the left edge of a logarithmic scale, and write it', () => {
    const svg = drawn(figure);
    const dots = [...svg.querySelectorAll('circle')].map((c) => Number(c.getAttribute('cx')));
    expect(Math.min(...dots)).toBe(dots[3]);
    expect([...svg.querySelectorAll('text')].map((t) => t.textContent)).toContain('0');
  });
});

it('agrees with the rows of a fit, in the report too', async () => {
  const csv = fixtureText('data', 'rice.csv');
  const kernels = await loadKernels();
  const formula = 'log(PROD) ~ log(AREA) + log(LABOR) + log(NPK)';
  const frame = setPanel(readTable(csv, { name: 'rice.csv' }), ['FMERCODE'], 'YEARDUM');
  const [fit] = fitSpec(
    frame,
    { id: 'm', model: 'frontier', formula, vcov: { type: 'iid' }, frontier: { inefficiency: 'units' } },
    kernels,
  ) as Fit[];
  const rows = fit.frontier!.efficiencies;
  const ranking = frontierRanking(fit);
  expect(ranking).toHaveLength(43);
  for (const reach of ranking) {
    const own = rows.filter(({ unit }) => unit === reach.unit);
    // One u a unit: every row has the unit's efficiency and its limits.
    for (const row of own) {
      expect(reach.efficiency).toBeCloseTo(row.efficiency, 12);
      expect(reach.lower).toBeCloseTo(row.lower, 12);
      expect(reach.upper).toBeCloseTo(row.upper, 12);
    }
    const gap = own.reduce((sum, row) => sum + row.outcome - row.potential, 0) / own.length;
    expect(Math.log(reach.ratio)).toBeCloseTo(gap, 12);
  }
  expect(ranking.map((r) => r.efficiency)).toEqual(ranking.map((r) => r.efficiency).sort((a, b) => a - b));
  const study = studyOf(
    `version: 1\ntitle: Rice\ndata: { path: rice.csv, unit: FMERCODE, time: YEARDUM }\nmodels:\n  m: { model: frontier, formula: "${formula}", inefficiency: units }\n`,
    csv,
  );
  const { report } = await runStudy(study.study, study.frame, kernels);
  const section = report.sections.find(({ id }) => id === 'frontier')!;
  const printed = section.items.find(({ kind }) => kind === 'table') as Table;
  expect(printed.body.map(({ label }) => label)).toEqual(ranking.map(({ unit }) => unit));
  expect(printed.body[0].cells[0].value).toBe(ranking[0].efficiency);
  expect(section.items.map(({ kind }) => kind)).toEqual(['figure', 'table', 'figure', 'table']);
}, 20_000);

describe('periods', () => {
  const at = (unit: string, time: number, outcome: number, potential: number, e: number): EfficiencyRow => ({
    ...rowOf(unit, outcome, potential, [e, 0, 1]),
    time,
  });
  const rows = [at('B', 2000, 3, 4, 0.8), at('B', 2001, 1, 4, 0.8), at('A', 2001, 6, 5, 0.5), at('A', 2003, 0, 2, 0.5)];

  it('are shares of each unit and of all together, the least efficient unit first', () => {
    expect(frontierYears(made('poisson-frontier', rows))).toEqual({
      periods: ['2000', '2001', '2003'],
      units: [
        { unit: 'A', shares: [undefined, 6 / 5, 0] },
        { unit: 'B', shares: [3 / 4, 1 / 4, undefined] },
      ],
      total: [3 / 4, 7 / 9, 0],
    });
    const logs = frontierYears(made('frontier', [at('A', 1, Math.log(2), Math.log(8), 1), at('A', 2, 0, 0, 1)]))!;
    expect(logs.units[0].shares[0]).toBeCloseTo(1 / 4, 14);
    expect(frontierYears(made('poisson-frontier', rows.slice(0, 1)))).toBeUndefined();
  });

  it('are drawn as a cell each, the darker the larger, with their number where it has room', () => {
    const [heat, printed] = frontierYearsItems(made('poisson-frontier', rows), options) as [Figure, Table];
    expect(printed.body.map(({ cells }) => cells.map(({ text }) => text))).toEqual([
      ['–', '1.20', '0.00'],
      ['0.75', '0.25', '–'],
    ]);
    expect(heat.title).toBe('Together they realise 75% of their potential in 2000 and 0% in 2003: m (1)');
    const svg = drawn(heat);
    const tones = [...svg.querySelectorAll('rect')].map((cell) => Number(cell.getAttribute('fill-opacity')));
    expect(tones).toHaveLength(4);
    expect(tones[0]).toBeGreaterThan(tones[2]);
    expect(tones[2]).toBeGreaterThan(tones[3]);
    expect(tones[3]).toBeGreaterThan(tones[1]);
    expect([...svg.querySelectorAll('text')].map((t) => t.textContent)).toEqual(
      expect.arrayContaining(['1.20', '0.75', 'A', '2003']),
    );
  });
});

describe('orders', () => {
  const ranked = (law: 'half-normal' | 'exponential', efficiencies: number[]) => {
    const fit = made(
      'poisson-frontier',
      efficiencies.map((e, i) => rowOf('ABCDE'[i], 1, 2, [e, 0, 1])),
    );
    return { ...fit, frontier: { ...fit.frontier!, distribution: law } } as Fit;
  };
  const fits = [ranked('half-normal', [0.1, 0.2, 0.3, 0.4, 0.5]), ranked('exponential', [0.2, 0.1, 0.5, 0.3, 0.4])];

  it('correlate as Spearman has it, ties at their mean rank', () => {
    const { ranks, correlations } = frontierOrders(fits)!;
    expect(ranks[1]).toEqual([2, 1, 5, 3, 4]);
    // 1 − 6Σd²/(n(n² − 1)), d = 1, 1, 2, 1, 1 (Spearman 1904).
    expect(correlations[0][1]).toBeCloseTo(0.6, 14);
    expect(midRanks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
    expect(frontierOrders(fits.slice(0, 1))).toBeUndefined();
  });

  it('are drawn as a line a unit, and printed with their correlations', () => {
    const [lines, printed] = frontierOrderItems(fits, { of: 't', unit: ['partner'], heads: ['(1)', '(2)'] }) as [
      Figure,
      Table,
    ];
    expect(lines.title).toBe('Across laws of inefficiency ranks correlate at 0.60; C moves most, by 2 places');
    expect(printed.spanners.map(({ label }) => label)).toEqual([
      '(1) Poisson, half-normal, by row',
      '(2) Poisson, exponential, by row',
    ]);
    expect(printed.foot[0].cells.map(({ text }) => text)).toEqual(['', '', '0.60', '']);
    for (const width of [640, 340]) {
      const svg = drawn(lines, width);
      expect([...svg.querySelectorAll('path[fill="none"]')]).toHaveLength(5);
      expect(svg.querySelectorAll('circle')).toHaveLength(10);
    }
  });
});

it('shades the units that the map of the study has, in fifths, the others grey', () => {
  const square = (lon: number): [number, number][][][] => [
    [
      [
        [lon, 0],
        [lon, 8],
        [lon + 8, 8],
        [lon + 8, 0],
        [lon, 0],
      ],
    ],
  ];
  const place = (label: string, id: string, lon: number) => ({
    ...{ label, id, at: [lon + 4, 4] as [number, number], count: 1, named: true },
  });
  const map = {
    plot: 'map',
    home: { label: 'Home', at: [54, 4] },
    partners: [place('A', '1', 0), place('B', '2', 10), place('C', '3', 20), place('Z', '4', 30)],
    shapes: [0, 10, 20, 30, 50].map((lon, i) => ({
      id: String(i + 1),
      role: i === 4 ? 'home' : 'partner',
      polygons: square(lon),
    })),
  } as unknown as Figure & MapPlot;
  const fit = made('poisson-frontier', [
    rowOf('A', 1, 2, [0.95, 0, 1]),
    rowOf('B', 1, 2, [0.1, 0, 1]),
    rowOf('C', 1, 2, [0.5, 0, 1]),
    rowOf('Y', 1, 2, [0.5, 0, 1]),
  ]);
  const figure = efficiencyMap(fit, map, options)!;
  expect(figure.title).toBe('1 of 3 reach less than two fifths of what they could: m (1)');
  expect(figure.subtitle).toContain('one of the 1 that the study’s map leaves out');
  const svg = drawn(figure, 680);
  const uses = [...svg.querySelectorAll('use[fill="var(--accent)"]')];
  for (const use of uses) expect(svg.querySelector(`path[id="${use.getAttribute('href')!.slice(1)}"]`)).not.toBeNull();
  const shaded = uses.map((use) => use.getAttribute('fill-opacity'));
  // In the order of the shapes: A in the fifth fifth, B in the first, C in the third.
  expect(shaded).toEqual(['1', '0.2', '0.58']);
  expect([...svg.querySelectorAll('path[fill="var(--land)"]')]).toHaveLength(1);
  expect(efficiencyMap(fit, { ...map, partners: map.partners.slice(0, 2) }, options)).toBeUndefined();
});
