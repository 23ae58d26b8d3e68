/** Names and codes against the World Bank's and CEPII's own lists of name and code, and the spellings of the paper. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countries, countryOf, readCountry, resolveCountry } from '../src/countries.ts';
import { normalName, SEVERAL, SPELLINGS } from '../src/country-names.ts';
import { thrown } from './thrown.ts';

const data = (name: string) => readFileSync(new URL(`../../../test-fixtures/data/${name}`, import.meta.url), 'utf8');
const pairs = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t') as [name: string, code: string]);

describe('codes', () => {
  test('of every country lead back to it, alpha-2 and alpha-3, in any case', () => {
    const all = countries();
    expect(all.length).toBeGreaterThan(245);
    for (const { iso2, iso3 } of all)
      for (const code of [iso2, iso3, iso2.toLowerCase(), ` ${iso3} `])
        expect(resolveCountry(code).iso3, code).toBe(iso3);
  });

  test('that were renamed lead to their successor, those of divided states to none', () => {
    const renamed = { ROM: 'ROU', TMP: 'TLS', ZAR: 'COD', BUR: 'MMR', DDR: 'DEU', EL: 'GRC', UK: 'GBR', XK: 'XKX' };
    for (const [old, now] of Object.entries(renamed)) expect(resolveCountry(old).iso3).toBe(now);
    for (const code of ['SU', 'YU', 'YUG', 'CS', 'AN', 'SCG'])
      expect(thrown(() => resolveCountry(code)).code, code).toBe('country/ambiguous');
  });

  test('of the tables of spellings are codes, and hide no code of ISO 3166', () => {
    for (const code of [...Object.values(SPELLINGS), ...Object.values(SEVERAL).flat()])
      expect(countryOf(code)).toBeDefined();
    const codes = new Set(countries().flatMap(({ iso2, iso3 }) => [iso2, iso3]));
    for (const key of [...Object.keys(SPELLINGS), ...Object.keys(SEVERAL)]) {
      expect(normalName(key)).toBe(key);
      if (!['xk', 'xkx'].includes(key)) expect(codes.has(key.toUpperCase()), key).toBe(false);
    }
  });
});

describe('names', () => {
  test.each(['wdi', 'cepii'])('as %s writes them lead to the code it gives', (source) => {
    const list = pairs(data(`countries/${source}.tsv`));
    expect(list.length).toBeGreaterThan(190);
    for (const [name, code] of list) expect(readCountry(name), name).toMatchObject({ country: { iso3: code } });
  });

  test('of our own list lead back', () => {
    for (const { name, iso3 } of countries()) expect(resolveCountry(name).iso3).toBe(iso3);
  });

  test('of the paper', () => {
    const spelled: Record<string, string> = {
      Laos: 'LAO',
      'East Timor': 'TLS',
      Macedonia: 'MKD',
      Palestine: 'PSE',
      Hongkong: 'HKG',
      'Czech republic': 'CZE',
      'The united Arab emirates': 'ARE',
      Uae: 'ARE',
      bahrain: 'BHR',
      'the Philippines': 'PHL',
      America: 'USA',
      Brunei: 'BRN',
      Syria: 'SYR',
      Moldova: 'MDA',
      Kyrgyzstan: 'KGZ',
    };
    for (const [name, code] of Object.entries(spelled)) expect(resolveCountry(name).iso3, name).toBe(code);
  });

  test('that several countries bear are errors that name them', () => {
    const cases: [string, string[]][] = [
      ['Korea', ['KOR', 'PRK']],
      ['Congo', ['COG', 'COD']],
      ['Virgin Islands', ['VGB', 'VIR']],
      ['Czechoslovakia', ['CZE', 'SVK']],
    ];
    for (const [name, candidates] of cases) {
      const error = thrown(() => resolveCountry(name, { file: 'partners.yaml', line: 3 }));
      expect(error).toMatchObject({ code: 'country/ambiguous', at: { line: 3 }, details: { candidates } });
      for (const code of candidates) expect(error.hint).toContain(code);
    }
  });

  test('that are not ambiguous although longer names hold them resolve', () => {
    const exact = {
      Guinea: 'GIN',
      Niger: 'NER',
      Dominica: 'DMA',
      Samoa: 'WSM',
      Sudan: 'SDN',
      Ireland: 'IRL',
      Oman: 'OMN',
    };
    for (const [name, code] of Object.entries(exact)) expect(resolveCountry(name).iso3).toBe(code);
  });

  test('with a slip are errors with the nearest', () => {
    expect(thrown(() => resolveCountry('Singapor'))).toMatchObject({
      code: 'country/unknown',
      hint: expect.stringContaining('SGP (Singapore)'),
    });
    expect(thrown(() => resolveCountry('Germny')).hint).toContain('DEU');
    for (const none of ['', '  ', 'World', 'Arab World', 'ZZ', 'EU', 'Atlantis', '12'])
      expect(thrown(() => resolveCountry(none)).code, none).toBe('country/unknown');
  });
});
