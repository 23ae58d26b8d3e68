/** Lists of partners and region schemes; the shipped one against Table 2 of the paper. */
import { describe, expect, test } from 'vitest';
import { readPartners, readScheme, regionsOf, schemeNames, shippedPartners, shippedScheme } from '../src/regions.ts';
import { thrown } from './thrown.ts';

describe('belt-road', () => {
  const scheme = shippedScheme('belt-road');

  test('has the six regions of the paper with 2, 5, 11, 8, 19 and 20 countries', () => {
    expect(schemeNames()).toContain('belt-road');
    expect(scheme.regions.map(({ name, countries }) => [name, countries.length])).toEqual([
      ['North Asia', 2],
      ['Central Asia', 5],
      ['Southeast Asia', 11],
      ['South Asia', 8],
      ['Central and Eastern Europe', 19],
      ['West Asia and the Middle East', 20],
    ]);
    const { partners } = shippedPartners('belt-road');
    expect(new Set(partners.map(({ iso3 }) => iso3)).size).toBe(65);
    expect(partners.find(({ written }) => written === 'Macedonia')?.iso3).toBe('MKD');
  });

  test('reports a country that is in none of them', () => {
    const found = regionsOf(scheme, ['Laos', 'SGP', 'Germany', 'The united Arab emirates']);
    expect(found.regionOf).toEqual({
      LAO: 'Southeast Asia',
      SGP: 'Southeast Asia',
      ARE: 'West Asia and the Middle East',
    });
    expect(found.outside).toEqual(['Germany']);
  });
});

describe('a scheme of the user', () => {
  test('works alike', () => {
    const scheme = readScheme('regions:\n  North: [NO, Sweden]\n  South: [IT]\n', 'mine.yaml');
    expect(scheme.regions.map(({ countries }) => countries.map(({ iso3 }) => iso3))).toEqual([['NOR', 'SWE'], ['ITA']]);
    expect(readPartners('regions: { North: [NO, SE] }', 'mine.yaml').partners).toHaveLength(2);
  });

  test('with a country in two regions is an error that names both and its line', () => {
    const error = thrown(() => readScheme('regions:\n  A: [Laos, India]\n  B:\n    - Nepal\n    - LA\n', 'mine.yaml'));
    expect(error).toMatchObject({ code: 'countries/two-regions', at: { file: 'mine.yaml', line: 5, column: 7 } });
    expect(error.message).toContain('"Laos" in A, "LA" in B');
  });
});

describe('a list of partners', () => {
  test('takes names and codes, YAML or JSON, a shipped scheme by name', () => {
    const codes = (text: string) => readPartners(text, 'p.yaml').partners.map(({ iso3 }) => iso3);
    expect(codes('- Laos\n- NO # Norway\n- IND\n')).toEqual(['LAO', 'NOR', 'IND']);
    expect(codes('["Hongkong", "DE"]')).toEqual(['HKG', 'DEU']);
    expect(codes('belt-road\n')).toHaveLength(65);
  });

  const bad: [what: string, text: string, code: string, line: number, words: RegExp][] = [
    ['a slip', '- Laos\n- Singapor\n', 'country/unknown', 2, /Singapor/],
    ['an ambiguous name', '- Laos\n- India\n- Korea\n', 'country/ambiguous', 3, /KOR .* or PRK/],
    ['a country twice', '- Laos\n- LAO\n', 'countries/twice', 2, /"Laos" and "LAO"/],
    ['nothing', '# none\n', 'countries/empty', 1, /belt-road|regions/],
    ['an empty list', '[]', 'countries/not-a-list', 1, /empty list/],
    ['another text', 'belt-raod', 'countries/not-a-list', 1, /Schemes: belt-road/],
    ['a map without regions', 'partners: [DE]', 'countries/not-a-scheme', 1, /no regions/],
    ['a list in a list', '- [DE]\n', 'countries/not-a-name', 1, /not a text/],
    ['broken YAML', '- [DE\n', 'countries/syntax', 2, /not YAML/],
  ];
  test.each(bad)('with %s is an error with its line', (_, text, code, line, words) => {
    const error = thrown(() => readPartners(text, 'p.yaml'));
    expect(error).toMatchObject({ code, at: { file: 'p.yaml', line } });
    expect(`${error.message} ${error.hint}`).toMatch(words);
  });
});
