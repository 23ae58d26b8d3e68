/**
 * Names and codes of countries → ISO 3166-1, never by a guess. A module of its own (`@gravpanel/panel/countries`): its
 * tables are loaded only where countries are resolved.
 */
import { countryToAlpha2 } from 'country-to-iso';
// The package itself registers the names of seventy languages where Node loads it.
import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import { normalName, SEVERAL, SPELLINGS } from './country-names.ts';
import { nearestNames, PanelError, type Place } from './errors.ts';

/** ISO 3166-1, and the user-assigned XK/XKX for Kosovo, as the World Bank and the EU write it. */
export interface Country {
  iso2: string;
  iso3: string;
  /** Three digits, by which boundary files name countries. */
  numeric: string;
  /** Short English name. */
  name: string;
}

/** How a text was read: one country, several that it may mean (alpha-3), or none. */
export type CountryReading = { country: Country } | { several: string[] } | { unknown: true };

const names = (english as { countries: Record<string, string | string[]> }).countries;
/** The short names that people use where the list's first one is long. */
const SHORT: Record<string, string> = {
  BO: 'Bolivia',
  CD: 'Democratic Republic of the Congo',
  CG: 'Republic of the Congo',
  CI: "Côte d'Ivoire",
  CN: 'China',
  CZ: 'Czechia',
  FM: 'Micronesia',
  GM: 'Gambia',
  IR: 'Iran',
  KP: 'North Korea',
  KR: 'South Korea',
  LA: 'Laos',
  MD: 'Moldova',
  MK: 'North Macedonia',
  PS: 'Palestine',
  RU: 'Russia',
  SY: 'Syria',
  TW: 'Taiwan',
  TZ: 'Tanzania',
  US: 'United States',
  VE: 'Venezuela',
  VN: 'Vietnam',
};

interface Book {
  /** By alpha-3. */
  all: Map<string, Country>;
  byAlpha2: Map<string, Country>;
  byName: Map<string, Country>;
}

function makeBook(): Book {
  const codesOf = new Map((codes as string[][]).map(([two, three, numeric]) => [two, { three, numeric }]));
  const list = Object.entries(names).map(([iso2, name]): Country => {
    const { three, numeric } = codesOf.get(iso2)!;
    return { iso2, iso3: iso2 === 'XK' ? 'XKX' : three, numeric, name: SHORT[iso2] ?? [name].flat()[0] };
  });
  return {
    all: new Map(list.map((country) => [country.iso3, country])),
    byAlpha2: new Map(list.map((country) => [country.iso2, country])),
    byName: new Map(
      list.flatMap((country) =>
        [country.name, names[country.iso2]].flat().map((name) => [normalName(name), country] as const),
      ),
    ),
  };
}

let made: Book | undefined;
/** Made where the first country is asked for: most commands ask for none. */
function book(): Book {
  made ??= makeBook();
  return made;
}

/** Every country, by alpha-3. */
export const countries = (): Country[] => [...book().all.values()].sort((a, b) => (a.iso3 < b.iso3 ? -1 : 1));

/** The country of an alpha-3 code; undefined where it is none. */
export const countryOf = (iso3: string): Country | undefined => book().all.get(iso3);

/** Reads a name or a code (alpha-2, alpha-3; any case, accents and punctuation). */
export function readCountry(text: string): CountryReading {
  const { all, byAlpha2, byName } = book();
  const key = normalName(text);
  if (Object.hasOwn(SEVERAL, key)) return { several: SEVERAL[key] };
  if (Object.hasOwn(SPELLINGS, key)) return { country: all.get(SPELLINGS[key])! };
  const code = key.toUpperCase();
  const found = byAlpha2.get(code) ?? all.get(code) ?? byName.get(key);
  if (found) return { country: found };
  const alpha2 = countryToAlpha2(text.trim());
  const other = alpha2 ? byAlpha2.get(alpha2) : undefined;
  return other ? { country: other } : { unknown: true };
}

const withCode = (iso3: string) => `${iso3} (${countryOf(iso3)!.name})`;

function suggestions(text: string): string {
  const { all, byName } = book();
  const key = normalName(text);
  const near = nearestNames(key, key.length <= 3 ? [...all.keys()].map((c) => c.toLowerCase()) : byName.keys());
  const codes = near.map((name) => (all.get(name.toUpperCase()) ?? byName.get(name))!.iso3);
  return codes.length > 0
    ? `Nearest: ${[...new Set(codes)].map(withCode).join(', ')}.`
    : 'Write its ISO 3166 code, such as SGP, or its English name.';
}

/**
 * The country of a name or code.
 * @throws PanelError country/ambiguous (with what it may mean), country/unknown (with the nearest).
 */
export function resolveCountry(text: string, at?: Place): Country {
  const reading = readCountry(text);
  if ('country' in reading) return reading.country;
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  if ('several' in reading)
    throw new PanelError({
      code: 'country/ambiguous',
      message: `"${shown}" is not one country of ISO 3166; a name or code of one country was expected.`,
      hint: `It may mean ${reading.several.map(withCode).join(' or ')}: write the code.`,
      ...(at && { at }),
      details: { candidates: reading.several },
    });
  throw new PanelError({
    code: 'country/unknown',
    message: `"${shown}" is not a country of ISO 3166.`,
    hint: suggestions(text),
    ...(at && { at }),
  });
}
