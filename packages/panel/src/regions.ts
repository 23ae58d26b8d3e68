/** Lists of countries and region schemes, from YAML or JSON: the partners of a study, and which region each belongs to. */
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { type Country, resolveCountry } from './countries.ts';
import type { CountryBook, RegionsFound } from './describe-regions.ts';
import { nearestHint, PanelError, type Place } from './errors.ts';
import { REGION_SCHEMES } from './regions.generated.ts';
import { placeAt } from './study-places.ts';

/** A country as a list names it. */
export interface ListedCountry extends Country {
  /** The list's own spelling, and where it stands. */
  written: string;
  at: Place;
}
export interface Region {
  name: string;
  countries: ListedCountry[];
}
export interface RegionScheme {
  /** "belt-road", or the file. */
  name: string;
  title?: string;
  regions: Region[];
}

/** Names of the schemes that ship. */
export const schemeNames = (): string[] => Object.keys(REGION_SCHEMES);

interface Text {
  file: string;
  text: string;
}

function fault(source: Text, node: Node | null | undefined, fields: { code: string; message: string; hint: string }) {
  return new PanelError({ ...fields, at: placeAt(source, node?.range?.[0] ?? 0) });
}

const EXPECTED = 'a list of countries, the name of a shipped scheme, or a map with "regions"';
const HINT = 'Write one country a line: "- Singapore", or: regions: { South Asia: [India, Nepal] }.';

function contentsOf(source: Text): Node | null {
  const document = parseDocument(source.text.replace(/^\ufeff/, ''), { prettyErrors: false, version: '1.2' });
  const [problem] = document.errors;
  if (problem)
    throw new PanelError({
      code: 'countries/syntax',
      message: `${source.file} is not YAML: ${problem.message.replace(/ at line \d+.*$/s, '').replace(/[.:]?$/, '.')}`,
      hint: HINT,
      at: placeAt(source, problem.pos[0]),
    });
  return document.contents as Node | null;
}

function listOf(source: Text, node: Node | null | undefined, what: string): ListedCountry[] {
  if (!isSeq(node) || node.items.length === 0)
    throw fault(source, node as Node, {
      code: 'countries/not-a-list',
      message: `${what} is ${isSeq(node) ? 'an empty list' : 'not a list'}; a list of countries was expected.`,
      hint: HINT,
    });
  return node.items.map((item) => {
    if (!isScalar(item) || item.value === null || typeof item.value === 'object')
      throw fault(source, item as Node, {
        code: 'countries/not-a-name',
        message: `An entry of ${what} is not a text; a country was expected.`,
        hint: HINT,
      });
    // The spelling of the file, so that unquoted codes never turn into another type.
    const written = typeof item.value === 'string' ? item.value : (item.source ?? String(item.value));
    const at = placeAt(source, item.range?.[0] ?? 0, written.length);
    return { ...resolveCountry(written, at), written, at };
  });
}

/** @throws PanelError countries/twice where a country stands in two places. */
function checkOnce(regions: Region[]): void {
  const seen = new Map<string, { region: string; written: string }>();
  for (const { name, countries } of regions)
    for (const { iso3, written, at } of countries) {
      const before = seen.get(iso3);
      if (before) {
        const apart = before.region !== name;
        throw new PanelError({
          code: apart ? 'countries/two-regions' : 'countries/twice',
          message: apart
            ? `${iso3} stands in two regions: "${before.written}" in ${before.region}, "${written}" in ${name}.`
            : `${iso3} stands twice in the list: "${before.written}" and "${written}".`,
          hint: 'Keep one of the two.',
          at,
        });
      }
      seen.set(iso3, { region: name, written });
    }
}

function schemeOf(source: Text, contents: Node | null): RegionScheme {
  if (!isMap(contents) || !contents.has('regions'))
    throw fault(source, contents, {
      code: 'countries/not-a-scheme',
      message: `${source.file} has no regions; ${EXPECTED} was expected.`,
      hint: HINT,
    });
  const regions = contents.get('regions', true) as Node | undefined;
  if (!isMap(regions) || regions.items.length === 0)
    throw fault(source, regions, {
      code: 'countries/not-a-scheme',
      message: `regions of ${source.file} is not a map; names of regions, each with a list of countries, were expected.`,
      hint: HINT,
    });
  const title = contents.get('title');
  const read = regions.items.map((pair) => {
    const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
    return { name, countries: listOf(source, pair.value as Node, name) };
  });
  checkOnce(read);
  return { name: source.file, ...(typeof title === 'string' && { title }), regions: read };
}

/** A scheme that ships. @throws PanelError countries/unknown-scheme. */
export function shippedScheme(name: string): RegionScheme {
  if (!Object.hasOwn(REGION_SCHEMES, name))
    throw new PanelError({
      code: 'countries/unknown-scheme',
      message: `"${name}" is not a scheme that ships.`,
      hint: nearestHint(name, schemeNames()),
    });
  const source = { file: `regions/${name}.yaml`, text: REGION_SCHEMES[name] };
  return { ...schemeOf(source, contentsOf(source)), name };
}

/**
 * Reads a region scheme: `regions:` with a list of countries a region, names or codes.
 * @throws PanelError countries/… and country/…, each with its line.
 */
export const readScheme = (text: string, file: string): RegionScheme =>
  schemeOf({ file, text }, contentsOf({ file, text }));

/** Partners: a plain list, or a scheme with its regions. */
export interface PartnerList {
  partners: ListedCountry[];
  scheme?: RegionScheme;
}

const fromScheme = (scheme: RegionScheme): PartnerList => ({
  partners: scheme.regions.flatMap(({ countries }) => countries),
  scheme,
});

/** The partners of a scheme that ships. */
export const shippedPartners = (name: string): PartnerList => fromScheme(shippedScheme(name));

/**
 * Reads a file of partners: a list of country names or codes, the name of a shipped scheme, or a scheme.
 * @throws PanelError countries/… (no list, twice, unknown scheme), country/ambiguous, country/unknown; each with its line.
 */
export function readPartners(text: string, file: string): PartnerList {
  const source = { file, text };
  const contents = contentsOf(source);
  if (contents === null)
    throw fault(source, contents, {
      code: 'countries/empty',
      message: `${file} is empty; ${EXPECTED} was expected.`,
      hint: HINT,
    });
  if (isScalar(contents)) {
    const name = String(contents.value);
    if (Object.hasOwn(REGION_SCHEMES, name)) return shippedPartners(name);
    throw fault(source, contents, {
      code: 'countries/not-a-list',
      message: `${file} holds the text "${name.length > 40 ? `${name.slice(0, 37)}…` : name}"; ${EXPECTED} was expected.`,
      hint: `${HINT} Schemes: ${schemeNames().join(', ')}.`,
    });
  }
  if (!isSeq(contents)) return fromScheme(schemeOf(source, contents));
  const partners = listOf(source, contents, file);
  checkOnce([{ name: '', countries: partners }]);
  return { partners };
}

/** Which region each country belongs to. */
export interface RegionsOf {
  /** Alpha-3 → region. */
  regionOf: Record<string, string>;
  /** Countries in no region of the scheme, as they were given. */
  outside: string[];
}

/**
 * Regions of countries given by name or code; those in none are listed, not dropped.
 * @throws PanelError country/ambiguous, country/unknown.
 */
export function regionsOf(scheme: RegionScheme, given: string[], at?: Place): RegionsOf {
  const known = new Map(scheme.regions.flatMap(({ name, countries }) => countries.map((c) => [c.iso3, name] as const)));
  const result: RegionsOf = { regionOf: {}, outside: [] };
  for (const text of given) {
    const { iso3 } = resolveCountry(text, at);
    const region = known.get(iso3);
    if (region === undefined) result.outside.push(text);
    else result.regionOf[iso3] = region;
  }
  return result;
}

/** A scheme laid over a table's countries. @throws PanelError country/ambiguous, country/unknown. */
export function regionsFound(scheme: RegionScheme, given: string[], at?: Place): RegionsFound {
  const { regionOf, outside } = regionsOf(scheme, given, at);
  const codes = given.map((text) => resolveCountry(text, at).iso3);
  const all = scheme.regions.flatMap(({ countries }) => countries);
  return {
    title: scheme.title ?? scheme.name,
    regionOf: Object.fromEntries(given.flatMap((text, i) => (regionOf[codes[i]] ? [[text, regionOf[codes[i]]]] : []))),
    outside,
    unused: all.filter(({ iso3 }) => !codes.includes(iso3)).map(({ written }) => written),
  };
}

/** What maps and regions of a study look up. `schemeAt`: a scheme by the name or path that the study writes. */
export const countryBook = (schemeAt: (name: string) => RegionScheme = shippedScheme): CountryBook => ({
  country: resolveCountry,
  regions: (name, given, at) => regionsFound(schemeAt(name), given, at),
});
