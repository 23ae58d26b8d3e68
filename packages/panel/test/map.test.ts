/** The map: borders simplified once for both sides, places, the lens, and names that touch nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { countryOf } from '../src/countries.ts';
import { describe as describePanel } from '../src/describe.ts';
import { middleLongitude } from '../src/map-projection.ts';
import { countriesOf, middleOf, simplifyLine, type World } from '../src/map-shapes.ts';
import { countryBook } from '../src/regions.ts';
import { keySizes, layoutMap, type MapLayout } from '../src/render/map-layout.ts';
import { renderFigureSvg } from '../src/render/svg.ts';
import type { DescribeSpec } from '../src/study.ts';
import { readTable } from '../src/table-read.ts';
import type { Figure, LonLat, MapPlot } from '../src/types.ts';
import { thrown } from './thrown.ts';

const file = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json');
const world: World = JSON.parse(readFileSync(file, 'utf8'));
const numericCode = (iso3: string) => countryOf(iso3)?.numeric;
const { document } = parseHTML('<!doctype html><html><body></body></html>');

const CSV = `who,code,lat,lon,n
Singapore,SGP,1.3,103.85,539
India,IND,28.67,77.21,189
Israel,ISR,31.78,35.22,93
Russia,RUS,55.75,37.7,90
Malaysia,MYS,3.17,101.7,77
Philippines,PHL,14.62,120.97,32
Thailand,THA,13.73,100.5,25
Bulgaria,BGR,42.72,23.33,1
Mongolia,MNG,47.9,106.87,0
`;
const spec: DescribeSpec = {
  kind: 'map',
  count: 'n',
  by: 'who',
  code: 'code',
  home: 'CHN',
  latitude: 'lat',
  longitude: 'lon',
  top: 7,
};
const figureOf = (csv: string, o: object = {}) =>
  describePanel(
    readTable(csv, { name: 'places.csv' }),
    { ...spec, ...o } as DescribeSpec,
    {},
    { world, countries: countryBook() },
  )[0] as Figure & MapPlot;

describe('simplifyLine', () => {
  it('keeps the ends and what lies further off than the tolerance', () => {
    const line: LonLat[] = [
      [0, 0],
      [1, 0.04],
      [2, 0],
      [3, 1],
      [4, 0],
    ];
    expect(simplifyLine(line, 0.1)).toEqual([
      [0, 0],
      [2, 0],
      [3, 1],
      [4, 0],
    ]);
    expect(simplifyLine(line, 0.01)).toEqual(line);
    expect(simplifyLine(line, 9)).toEqual([
      [0, 0],
      [4, 0],
    ]);
  });
  it('splits a closed line at its farthest point', () => {
    const ring: LonLat[] = [
      [0, 0],
      [5, 0],
      [5, 5],
      [0, 5],
      [0, 0],
    ];
    expect(simplifyLine(ring, 0.1)).toEqual(ring);
  });
});

describe('boundaries', () => {
  it('neighbours keep one border: every point of it is a point of both', () => {
    const countries = countriesOf(world, 0.2);
    const points = (code: string) =>
      new Set(
        countries
          .find((c) => c.id === numericCode(code))!
          .polygons.flat(2)
          .map(String),
      );
    const [czechia, slovakia] = [points('CZE'), points('SVK')];
    const all = (code: string) =>
      countriesOf(world, 0)
        .find((c) => c.id === numericCode(code))!
        .polygons.flat(2)
        .map(String);
    const over = new Set(all('SVK'));
    const shared = new Set(all('CZE').filter((p) => over.has(p)));
    const [kept, other] = [czechia, slovakia].map((set) => [...shared].filter((p) => set.has(p)).sort());
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(shared.size);
    expect(kept).toEqual(other);
  });
  it('has every ISO code of three letters with its number', () => {
    // ISO 3166-1:2020.
    expect(['CHN', 'SGP', 'TLS', 'PSE', 'MKD', 'CZE', 'BRN'].map(numericCode)).toEqual([
      '156',
      '702',
      '626',
      '275',
      '807',
      '203',
      '096',
    ]);
    expect(numericCode('XXX')).toBeUndefined();
  });
  it('joins parts under one id: Australia is not its smallest island', () => {
    const [lon, lat] = middleOf(countriesOf(world, 0).find((c) => c.id === '036')!);
    // Geoscience Australia: 25.61 S 134.35 E.
    expect(Math.abs(lon - 134.35) + Math.abs(lat + 25.61)).toBeLessThan(0.6);
  });
  it('a country is in the middle of its largest part', () => {
    const [lon, lat] = middleOf(countriesOf(world, 0).find((c) => c.id === '826')!);
    // Great Britain's middle is near Whalley, 53.8 N 2.5 W.
    expect(lon).toBeCloseTo(-2.5, 0);
    expect(lat).toBeCloseTo(53.8, 0);
  });
});

describe('the frame', () => {
  it('turns to the middle of the places, away from their widest gap', () => {
    expect(
      middleLongitude([
        [20, 0],
        [120, 0],
      ]),
    ).toBe(70);
    expect(
      middleLongitude([
        [170, 0],
        [-170, 0],
      ]),
    ).toBe(180);
    expect(
      middleLongitude([
        [-100, 0],
        [10, 0],
        [120, 0],
      ]),
    ).toBe(10);
  });
  it('has round sizes in the key', () => {
    expect(keySizes(539)).toEqual([10, 50, 500]);
    expect(keySizes(3)).toEqual([2]);
  });
});

interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

describe('the map of co-patents', () => {
  let figure: Figure & MapPlot;
  beforeAll(() => {
    figure = figureOf(CSV);
  });

  it('says the finding, the shares behind it, and the source of its borders', () => {
    // 539 of 1,046.
    expect(figure.title).toBe('n: 52% are with Singapore');
    expect(figure.subtitle).toContain('8 of 9 partners have any');
    expect(figure.source).toContain('Natural Earth');
  });
  it('gives Singapore, too small to be seen, a lens with its neighbours', () => {
    expect(figure.lens).toMatchObject({ label: 'Singapore', count: 539 });
    expect(figure.lens!.neighbours.map((n) => n.label).sort()).toEqual(['Indonesia', 'Malaysia']);
  });
  it('tells home, partners with and without, and other land apart', () => {
    const role = (code: string) => figure.shapes.find((s) => s.id === numericCode(code))?.role;
    expect(['CHN', 'IND', 'MNG', 'IRN'].map(role)).toEqual(['home', 'partner', 'none', 'other']);
    expect(role('USA') === undefined || role('USA') === 'other').toBe(true);
    expect(role('BRA')).toBeUndefined();
  });

  const circle = (l: MapLayout, name: string) => l.symbols.find((s) => s.label === name)!;
  describe.each([340, 680, 1120])('%i px wide', (width) => {
    let layout: MapLayout;
    beforeAll(() => {
      layout = layoutMap(figure, width);
    });
    it('has circles inside the frame, areas in proportion to counts', () => {
      for (const { x, y } of layout.symbols) {
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(width);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(layout.height);
      }
      const [big, small] = [circle(layout, 'Singapore').r, circle(layout, 'India').r];
      expect((big / small) ** 2).toBeCloseTo(539 / 189, 9);
    });
    it('has a lens and names that touch no circle, no lens and no other name', () => {
      const boxes = layout.names.map(({ label, value, x, y, anchor }): Box => {
        // At least 6 px a letter of the 12.5 px sans.
        const w = (label.length + value.length + 1) * 6;
        const x0 = anchor === 'start' ? x : anchor === 'end' ? x - w : x - w / 2;
        return { x0, y0: y - 7, x1: x0 + w, y1: y + 7 };
      });
      for (const [i, a] of boxes.entries()) {
        for (const b of boxes.slice(i + 1))
          expect(a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1).toBe(false);
        const discs = [
          ...layout.symbols.filter((s) => s.label !== layout.names[i].label),
          ...(layout.lens ? [layout.lens] : []),
        ];
        for (const { x, y, r } of discs) {
          const dx = Math.max(a.x0 - x, 0, x - a.x1);
          const dy = Math.max(a.y0 - y, 0, y - a.y1);
          expect(dx * dx + dy * dy).toBeGreaterThanOrEqual((r - 4) ** 2);
        }
      }
      if (layout.lens)
        for (const { x, y, r } of layout.symbols)
          expect((x - layout.lens.x) ** 2 + (y - layout.lens.y) ** 2).toBeGreaterThan((r + layout.lens.r) ** 2);
    });
  });
  it('names the largest partners on a wide page, the lens naming its own', () => {
    const names = layoutMap(figure, 1120).names.map(({ label }) => label);
    expect(names.sort()).toEqual(['India', 'Israel', 'Malaysia', 'Philippines', 'Russia', 'Thailand']);
  });
  it('draws a small file without NaN, the same twice', () => {
    const svg = renderFigureSvg(figure, { document });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.length).toBeLessThan(220_000);
    expect(svg).toContain('>Singapore</tspan>');
    expect(renderFigureSvg(figure, { document })).toBe(svg);
  });
  it('puts circles on the middle of a country where no place is given', () => {
    const made = figureOf(CSV, { latitude: undefined, longitude: undefined });
    const [lon, lat] = made.partners.find((p) => p.label === 'Bulgaria')!.at;
    expect(Math.abs(lon - 25.2)).toBeLessThan(0.5);
    expect(Math.abs(lat - 42.8)).toBeLessThan(0.5);
  });
  it('holds partners on every continent, and one alone', () => {
    const wide = figureOf('who,code,n\nChile,CHL,3\nNew Zealand,NZL,9\nNorway,NOR,4\nUnited States,USA,20\n', {
      latitude: undefined,
      longitude: undefined,
    });
    expect(renderFigureSvg(wide, { document })).not.toMatch(/NaN/);
    const one = figureOf('who,code,n\nMongolia,MNG,3\n', { latitude: undefined, longitude: undefined });
    expect(renderFigureSvg(one, { document, width: 340 })).not.toMatch(/NaN/);
  });

  const refused = (csv: string, o: object = {}) =>
    thrown(() => figureOf(csv, { latitude: undefined, longitude: undefined, ...o }));
  it('reads countries by name or code, whichever of their spellings the table has', () => {
    const named = figureOf('who,code,n\nA,Russian Federation,3\nB,TMP,1\nC,sg,2\n', {
      latitude: undefined,
      longitude: undefined,
    });
    expect(named.table.body.map((row) => row.cells[0].text)).toEqual(['RUS', 'SGP', 'TLS']);
  });
  it('refuses what is no code, two codes of one partner, a place in no file, and no counts', () => {
    expect(refused('who,code,n\nX,XQQ,1\n')).toMatchObject({ code: 'country/unknown', at: { row: 2 } });
    expect(refused('who,code,n\nX,Korea,1\n')).toMatchObject({ code: 'country/ambiguous', at: { row: 2 } });
    expect(refused('who,code,n\nX,ROU,1\nX,RUS,1\n')).toMatchObject({ code: 'describe/two-codes', at: { row: 3 } });
    expect(refused('who,code,n\nTokelau,TKL,1\n')).toMatchObject({ code: 'describe/no-place', at: { row: 2 } });
    expect(refused('who,code,n\nX,ROU,0\n')).toMatchObject({ code: 'describe/no-counts' });
    const table = readTable(CSV, { name: 'x' });
    expect(thrown(() => describePanel(table, spec, {}, { countries: countryBook() })).code).toBe('describe/no-world');
    expect(thrown(() => describePanel(table, spec, {}, { world })).code).toBe('describe/no-countries');
  });
});
