/** Descriptive parts by region: a scheme says which region each country belongs to. */
import { textsOf } from './describe-rows.ts';
import { nearestHint, PanelError, type Place } from './errors.ts';
import type { DescribeSpec } from './study.ts';
import type { Figure, Frame, Table } from './types.ts';

/** A region scheme laid over countries as a table writes them. */
export interface RegionsFound {
  /** The scheme's title, or its name. */
  title: string;
  /** Region by the table's own spelling. */
  regionOf: Record<string, string>;
  /** Spellings that are in no region. */
  outside: string[];
  /** Countries of the scheme that the table does not have, as the scheme writes them. */
  unused: string[];
}

/** Countries and region schemes; injected, so that their tables load only where a part needs them (`countryBook` of regions.ts). */
export interface CountryBook {
  /** Alpha-3 and numeric code of a name or code. @throws PanelError country/ambiguous, country/unknown. */
  country(text: string, at?: Place): { iso3: string; numeric: string };
  /** @throws PanelError countries/…, country/…. */
  regions(scheme: string, given: string[], at?: Place): RegionsFound;
}

/** The book, or why a part cannot do without it. @throws PanelError describe/no-countries. */
export function bookOf(book: CountryBook | undefined): CountryBook {
  if (book) return book;
  throw new PanelError({
    code: 'describe/no-countries',
    message: 'Maps and regions need the names and codes of the countries; none were given.',
    hint: 'Pass them as countries: of runStudy (countryBook of @gravpanel/panel/regions).',
  });
}

export const NO_REGION = 'In no region';
const SHOWN = 20;

const listed = (names: string[]) =>
  names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '');

/** A part that names a scheme. */
type RegionalSpec = Extract<DescribeSpec, { kind: 'series' | 'shares' | 'mapping' | 'crosstab' }>;
export const isRegional = (spec: DescribeSpec): spec is RegionalSpec & { regions: string } =>
  'regions' in spec && spec.regions !== undefined;

/** The column of countries that the regions stand for. @throws PanelError describe/regions-without-by. */
function countriesIn(spec: RegionalSpec, frame: Frame): string {
  if (spec.kind === 'mapping') return spec.unit;
  if (spec.kind === 'crosstab') return spec.columns;
  const by = spec.by ?? (frame.panel?.unit.length === 1 ? frame.panel.unit[0] : undefined);
  if (by !== undefined) return by;
  throw new PanelError({
    code: 'describe/regions-without-by',
    message: `regions is "${spec.regions}", but no column of countries is named.`,
    hint: 'Name it with by:.',
  });
}

/** The same part over a frame with a column of regions, and what has to be said under it. */
export interface Regional {
  frame: Frame;
  spec: DescribeSpec;
  notes: string[];
}

/**
 * Lays a scheme over the part's countries: its groups become regions. A country in no region stands under {@link NO_REGION} and
 * is named; one in two is an error of the scheme.
 * @throws PanelError describe/no-countries, describe/regions-without-by, data/unknown-column, country/…, countries/….
 */
export function byRegion(frame: Frame, spec: RegionalSpec & { regions: string }, given?: CountryBook): Regional {
  const book = bookOf(given);
  const by = countriesIn(spec, frame);
  const text = textsOf(frame, by);
  const texts = Array.from({ length: frame.rows }, (_, i) => text(i));
  const names = [...new Set(texts.filter((t) => t !== undefined))];
  const { title, regionOf, outside, unused } = book.regions(spec.regions, names, { variable: by });
  const free = ['Region', `Region of ${spec.regions}`].find((name) => !Object.hasOwn(frame.columns, name));
  if (free === undefined)
    throw new PanelError({
      code: 'describe/region-column-exists',
      message: `"Region" and "Region of ${spec.regions}" are columns of "${frame.source.name}" already.`,
      hint: nearestHint('Region', Object.keys(frame.columns)),
    });
  const values = texts.map((t) => (t === undefined ? null : (regionOf[t] ?? NO_REGION)));
  const columns = { ...frame.columns, [free]: { kind: 'text' as const, values } };
  const regional: DescribeSpec =
    spec.kind === 'mapping'
      ? { ...spec, group: free }
      : spec.kind === 'crosstab'
        ? { ...spec, columns: free }
        : { ...spec, by: free };
  return {
    frame: { ...frame, columns },
    spec: regional,
    notes: [
      `Regions: ${title}.`,
      ...(outside.length > 0 ? [`In no region: ${listed(outside)}.`] : []),
      ...(spec.kind === 'mapping' && unused.length > 0
        ? [`Of the scheme, but not in the table: ${listed(unused)}.`]
        : []),
    ],
  };
}

/** Adds notes to a table, or to the table behind a figure. */
export const withNotes = (item: Table | Figure, notes: string[]): Table | Figure =>
  item.kind === 'table'
    ? { ...item, notes: [...item.notes, ...notes] }
    : { ...item, table: { ...item.table, notes: [...item.table.notes, ...notes] } };
