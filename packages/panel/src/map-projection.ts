/** The projection of a map: Equal Earth (Šavrič, Patterson, Jenny 2018), turned to the middle of the places and cut to them. */
import { type GeoProjection, geoEqualEarth } from 'd3-geo';
import type { LonLat } from './types.ts';

/** Share of the frame that stays free around the outermost places. */
const MARGIN = 0.055;
const LEAST_HEIGHT = 0.46;
/** A narrow page has room below for the lens, not beside. */
const NARROW_HEIGHT = 0.82;
const NARROW = 480;
const MOST_HEIGHT = 0.62;

/** The meridian opposite to the middle of the widest empty span of longitudes. */
export function middleLongitude(places: LonLat[]): number {
  const sorted = places.map(([lon]) => lon).sort((a, b) => a - b);
  let widest = sorted[0] + 360 - sorted[sorted.length - 1];
  let middle = (sorted[0] + sorted[sorted.length - 1]) / 2;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i] - sorted[i - 1];
    if (gap <= widest) continue;
    widest = gap;
    middle = (sorted[i] + sorted[i - 1]) / 2 + 180;
  }
  return middle > 180 ? middle - 360 : middle;
}

export interface MapFrame {
  projection: GeoProjection;
  width: number;
  height: number;
}

/** A frame `width` wide that holds the places; its height follows from their extent, within bounds. */
export function mapFrame(places: LonLat[], width: number): MapFrame {
  const points = { type: 'MultiPoint' as const, coordinates: places };
  const turned = () =>
    geoEqualEarth()
      .rotate([-middleLongitude(places), 0])
      .precision(0.3);
  const trial = turned().scale(1).translate([0, 0]);
  const projected = places.map((place) => trial(place)!);
  const extent = (axis: 0 | 1) => {
    const values = projected.map((p) => p[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  const ratio = extent(0) > 0 ? extent(1) / extent(0) : 1;
  const height = Math.round(
    width * (width < NARROW ? NARROW_HEIGHT : Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, ratio * 1.12))),
  );
  const pad = Math.max(16, MARGIN * width);
  const projection = turned().fitExtent(
    [
      [pad, pad],
      [width - pad, height - pad],
    ],
    points,
  );
  if (!(projection.scale() < width * 40)) projection.scale(width * 40);
  return { projection, width, height };
}

/** Pixels above and below a frame that a narrow page shows beside it, at the frame's own scale. */
export const slackOf = ({ width, height }: MapFrame) => Math.max(0, (NARROW_HEIGHT * width - height) / 2);

/** Pixels of one degree near the middle of the map. */
export const pixelsPerDegree = ({ projection }: MapFrame) => (projection.scale() * Math.PI) / 180;
