/** A world of boundaries (TopoJSON) → the countries that a map shows, simplified along shared lines and cut to its frame. */
import { geoArea, geoCentroid } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { type MapFrame, pixelsPerDegree, slackOf } from './map-projection.ts';
import type { LonLat } from './types.ts';

/** Boundaries of all countries: TopoJSON with an object `countries`, ids ISO 3166-1 numeric, as in the package world-atlas. */
export type World = Topology<{ countries: GeometryCollection<{ name?: string }> }>;

export interface Country {
  /** ISO 3166-1 numeric, or "" where the boundary file has none. */
  id: string;
  name: string;
  polygons: LonLat[][][];
}

/** Distance of p from the line a–b, squared. */
function offLine([x, y]: LonLat, [ax, ay]: LonLat, [bx, by]: LonLat): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  const [ex, ey] = [x - ax - t * dx, y - ay - t * dy];
  return ex * ex + ey * ey;
}

/** Points of a line that lie further than `tolerance` from what is kept (Douglas, Peucker 1973); both ends stay. */
export function simplifyLine(line: LonLat[], tolerance: number): LonLat[] {
  const keep = new Uint8Array(line.length);
  keep[0] = 1;
  keep[line.length - 1] = 1;
  // A closed line has one point as both ends: the farthest point splits it first.
  const open: [number, number][] = [[0, line.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let far = 0;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const d = offLine(line[i], line[from], line[to]);
      if (d > far) [far, at] = [d, i];
    }
    if (at < 0 || far <= tolerance * tolerance) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  return line.filter((_, i) => keep[i] === 1);
}

/** The topology with absolute positions, each arc simplified once, so that neighbours keep one border. */
function simplified(world: World, tolerance: number): World {
  const { scale, translate } = world.transform ?? { scale: [1, 1], translate: [0, 0] };
  const absolute = world.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): LonLat => {
      [x, y] = world.transform ? [x + dx, y + dy] : [dx, dy];
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const { transform: _, ...rest } = world;
  return { ...rest, arcs: tolerance > 0 ? absolute.map((arc) => simplifyLine(arc, tolerance)) : absolute };
}

/** Countries with their boundaries simplified to `tolerance` degrees; polygons that vanish are left out, parts of one id joined. */
export function countriesOf(world: World, tolerance: number): Country[] {
  const { features } = feature(simplified(world, tolerance), world.objects.countries);
  const byId = new Map<string, Country>();
  features.forEach(({ id, properties, geometry }, k) => {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : [];
    const all = geometry.type === 'MultiPolygon' ? geometry.coordinates : polygons;
    const kept = (all as LonLat[][][])
      .map((rings) => rings.filter((ring) => ring.length >= 4))
      .filter((rings) => rings.length > 0);
    const key = id === undefined ? `#${k}` : String(id);
    const before = byId.get(key);
    const name = properties?.name ?? '';
    // A dependency under the id of its country (Ashmore and Cartier under Australia) has the fewer points.
    const points = (list: LonLat[][][]) => list.flat(2).length;
    const named = before && points(before.polygons) >= points(kept) ? before.name : name;
    byId.set(key, {
      id: id === undefined ? '' : String(id),
      name: named,
      polygons: [...(before?.polygons ?? []), ...kept],
    });
  });
  return [...byId.values()];
}

/** Middle of the largest polygon. */
export function middleOf({ polygons }: Country): LonLat {
  const areas = polygons.map((coordinates) => geoArea({ type: 'Polygon', coordinates }));
  const largest = polygons[areas.indexOf(Math.max(...areas))];
  return geoCentroid({ type: 'Polygon', coordinates: largest });
}

/** Projected extent of a polygon's outer ring; undefined where a point has no image. */
function extentOf([outer]: LonLat[][], frame: MapFrame): [number, number, number, number] | undefined {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of outer) {
    const p = frame.projection(point);
    if (!p) return undefined;
    box[0] = Math.min(box[0], p[0]);
    box[1] = Math.min(box[1], p[1]);
    box[2] = Math.max(box[2], p[0]);
    box[3] = Math.max(box[3], p[1]);
  }
  return box;
}

/** Larger side of a country's largest part on the map, in pixels. */
export function sizeOnMap({ polygons }: Country, frame: MapFrame): number {
  const sides = polygons.flatMap((polygon) => {
    const box = extentOf(polygon, frame);
    return box ? [Math.max(box[2] - box[0], box[3] - box[1])] : [];
  });
  return Math.max(0, ...sides);
}

/** Parts of the country that the frame shows and that are larger than `least` pixels. */
export function cutTo(country: Country, frame: MapFrame, least: number): LonLat[][][] {
  return country.polygons.filter((polygon) => {
    const box = extentOf(polygon, frame);
    if (!box) return true;
    const [left, top, right, bottom] = box;
    const slack = slackOf(frame);
    const inside = right >= 0 && left <= frame.width && bottom >= -slack && top <= frame.height + slack;
    return inside && Math.max(right - left, bottom - top) >= least;
  });
}

/** Tolerance in degrees that is half a pixel of the map. */
export const halfPixel = (frame: MapFrame) => 0.5 / pixelsPerDegree(frame);
