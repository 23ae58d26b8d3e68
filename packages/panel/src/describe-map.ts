/** Where the joint work is: partners on a map, with a lens for a state too small to be seen. */
import { bookOf, type CountryBook } from './describe-regions.ts';
import { countsOf, numbersOf, someRows, wordsOf } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { amount, count, percent } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import { type MapFrame, mapFrame } from './map-projection.ts';
import { type Country, countriesOf, cutTo, halfPixel, middleOf, sizeOnMap, type World } from './map-shapes.ts';
import type { DescribeSpec } from './study.ts';
import type { Figure, Frame, LonLat, MapPlot, MapShape, Table, TableRow } from './types.ts';

const DEFAULT_TOP = 9;
/** Width for which boundaries are simplified and small states judged. */
const REFERENCE_WIDTH = 1120;
/** A state smaller than this many pixels cannot be seen under its symbol. */
const SMALL = 9;
/** Countries of the lens lie within this many times its own size. */
const LENS_REACH = 4;

type MapSpec = Extract<DescribeSpec, { kind: 'map' }>;

interface Place {
  label: string;
  /** ISO 3166-1: three letters, and three digits as in the boundaries. */
  code: string;
  id: string;
  count: number;
  at: LonLat;
}

interface Partner {
  label: string;
  code: string;
  count: number;
  row: number;
}

function partnersOf(frame: Frame, spec: MapSpec, rows: Int32Array): Partner[] {
  const values = countsOf(frame, spec.count, rows);
  const [label, code] = [spec.by, spec.code].map((name) => wordsOf(frame, name, rows));
  const found = new Map<string, Partner>();
  for (const i of rows) {
    const before = found.get(label(i)) ?? { label: label(i), code: code(i), count: 0, row: i };
    if (before.code !== code(i))
      throw new PanelError({
        code: 'describe/two-codes',
        message: `${label(i)} has the codes ${before.code} and ${code(i)}; one was expected.`,
        hint: `Correct ${spec.code}.`,
        at: { row: frame.line[i], variable: spec.code },
      });
    found.set(label(i), { ...before, count: before.count + (Number.isNaN(values[i]) ? 0 : values[i]) });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

/** Places by their columns, or by the middle of their largest part. @throws PanelError describe/no-place. */
function placesOf(
  frame: Frame,
  spec: MapSpec,
  partners: Partner[],
  countries: Map<string, Country>,
  book: CountryBook,
): Place[] {
  const given = spec.latitude !== undefined && spec.longitude !== undefined;
  const [lat, lon] = given ? [numbersOf(frame, spec.latitude!), numbersOf(frame, spec.longitude!)] : [];
  return partners.map(({ row, ...partner }) => {
    const at = { row: frame.line[row], variable: spec.code };
    const { iso3: code, numeric: id } = book.country(partner.code, at);
    const country = countries.get(id);
    if (lat && lon && !Number.isNaN(lat[row] + lon[row])) return { ...partner, code, id, at: [lon[row], lat[row]] };
    if (country) return { ...partner, code, id, at: middleOf(country) };
    throw new PanelError({
      code: 'describe/no-place',
      message: `${partner.label} (${partner.code}) is not in the boundary file, and has no latitude and longitude.`,
      hint: 'Give their columns as latitude: and longitude:.',
      at,
    });
  });
}

function lensOf(places: Place[], named: number, fine: Country[], frame: MapFrame): MapPlot['lens'] {
  const byId = new Map(fine.map((c) => [c.id, c]));
  const size = (place: Place) => sizeOnMap(byId.get(place.id) ?? { id: '', name: '', polygons: [] }, frame);
  const small = places.slice(0, named).find((p) => p.count > 0 && size(p) > 0 && size(p) < SMALL);
  if (!small) return undefined;
  const state = byId.get(small.id)!;
  const middle = middleOf(state);
  const points = state.polygons.flat(2);
  const reach = (axis: 0 | 1) => Math.max(...points.map((p) => Math.abs(p[axis] - middle[axis])));
  const radius = LENS_REACH * Math.max(reach(0), reach(1));
  const near = (polygon: LonLat[][]) =>
    Math.min(...polygon[0].map((p) => Math.max(Math.abs(p[0] - middle[0]), Math.abs(p[1] - middle[1])))) < radius;
  const around = fine.flatMap((c) => {
    const polygons = c.polygons.filter(near);
    return polygons.length > 0 ? [{ country: c, polygons }] : [];
  });
  return {
    label: small.label,
    count: small.count,
    at: middle,
    shapes: around.map(({ country, polygons }) => ({
      id: country.id,
      role: country.id === state.id ? 'partner' : 'other',
      polygons,
    })),
    neighbours: around
      .filter(({ country }) => country.id !== state.id && country.name)
      .map(({ country, polygons }) => ({ label: country.name, at: middleOf({ ...country, polygons }) })),
  };
}

function tableOf(id: string, title: string, places: Place[], label: string, by: string): Table {
  const row = ({ label: name, code, count: value }: Place): TableRow => ({
    label: name,
    cells: [
      { text: code, kind: 'text' },
      { text: amount(value), value, kind: 'count' },
    ],
    kind: 'only',
  });
  return {
    kind: 'table',
    id: `${id}-data`,
    title,
    spanners: [],
    stub: by,
    columns: [
      { head: 'Code', align: 'left' },
      { head: label, align: 'right' },
    ],
    body: places.map(row),
    foot: [],
    notes: [],
  };
}

/** Who holds a third or more; else how many have any, or who comes first. */
function titleOf(places: Place[], label: string): string {
  const total = places.reduce((sum, p) => sum + p.count, 0);
  const [first] = places;
  if (first.count >= total / 3) return `${label}: ${percent(first.count / total, 0)}% are with ${first.label}`;
  const any = places.filter((p) => p.count > 0).length;
  if (any < places.length) return `${label}: ${count(any)} of ${count(places.length)} partners have any`;
  return `${label}: ${first.label} comes first, with ${percent(first.count / total, 0)}%`;
}

const SOURCE =
  'Equal Earth projection, cut to the partners. Shapes: Natural Earth 1:50m (world-atlas 2.0.2), borders as drawn there.';

/**
 * The sums of `count` by partner as circles (area) and arcs (width) on a world map cut to the partners; the `top` largest
 * named (default 9); a named state of under 9 px gets a lens. Borders are simplified to half a pixel, once for both sides.
 * @param world boundaries of all countries; without it describe/no-world.
 * @throws PanelError data/unknown-column, describe/missing-label, describe/negative-count, describe/no-rows, describe/no-counts,
 * describe/two-codes, describe/unknown-country, describe/no-place, describe/no-world, describe/no-countries; country/….
 */
export function mapFigure(
  frame: Frame,
  spec: MapSpec,
  id: string,
  variables: Variables,
  world?: World,
  book?: CountryBook,
): Figure {
  const countries = bookOf(book);
  if (!world)
    throw new PanelError({
      code: 'describe/no-world',
      message: 'A map needs the boundaries of the countries; none were given.',
      hint: 'Pass them as world: of runStudy (the file countries-50m.json of world-atlas).',
    });
  const rows = someRows(frame, spec.where);
  const partners = partnersOf(frame, spec, rows);
  const label = variableLabel(spec.count, variables);
  if (partners.every((p) => p.count === 0))
    throw new PanelError({
      code: 'describe/no-counts',
      message: `"${spec.count}" is zero or missing in all ${rows.length} rows; a map needs a count.`,
      hint: 'Check the filter and the column.',
      at: { variable: spec.count },
    });
  const fine = countriesOf(world, 0);
  const byId = new Map(fine.map((c) => [c.id, c]));
  const home = byId.get(countries.country(spec.home, { variable: 'home' }).numeric);
  if (!home)
    throw new PanelError({
      code: 'describe/unknown-country',
      message: `${spec.home} is not in the boundary file.`,
      hint: 'Name another home country.',
    });
  const places = placesOf(frame, spec, partners, byId, countries);
  const homeAt = middleOf(home);
  const map = mapFrame([homeAt, ...places.map((p) => p.at)], REFERENCE_WIDTH);
  const named = Math.min(spec.top ?? DEFAULT_TOP, places.filter((p) => p.count > 0).length);
  const counts = new Map(places.map((p) => [p.id, p.count]));
  const roleOf = (code: string): MapShape['role'] => {
    if (code === home.id) return 'home';
    const held = counts.get(code);
    return held === undefined ? 'other' : held > 0 ? 'partner' : 'none';
  };
  const shapes = countriesOf(world, halfPixel(map)).flatMap((country): MapShape[] => {
    const role = roleOf(country.id);
    const polygons = cutTo(country, map, role === 'other' ? 2 : 0.7);
    return polygons.length > 0 ? [{ id: country.id, role, polygons }] : [];
  });
  const title = spec.title ?? titleOf(places, label);
  const any = places.filter((p) => p.count > 0).length;
  const lens = lensOf(places, named, fine, map);
  const source = variables[spec.count]?.source;
  return {
    kind: 'figure',
    plot: 'map',
    id,
    title,
    subtitle: `${label} by partner. Area of the circle and width of the arc follow the count${any < places.length ? `; ${count(any)} of ${count(places.length)} partners have any` : ''}.${spec.where ? ` Rows where ${spec.where}.` : ''}`,
    source: [source && `${source}.`, SOURCE, spec.latitude ? 'Circles sit on the given places.' : '']
      .filter(Boolean)
      .join(' '),
    countLabel: label,
    home: { label: home.name, at: homeAt },
    partners: places.map(({ label: name, id: shape, at, count: value }, i) => ({
      label: name,
      id: shape,
      at,
      count: value,
      named: i < named,
    })),
    shapes,
    ...(lens && { lens }),
    table: tableOf(id, title, places, label, variableLabel(spec.by, variables)),
  };
}
