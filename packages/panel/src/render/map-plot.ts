/** A map of partners: land in near tones, arcs under circles, a lens for a small state, names where they touch nothing. */
import { type GeoProjection, geoEqualEarth, geoPath } from 'd3-geo';
import { amount } from '../format.ts';
import type { Figure, LonLat, MapPlot, MapShape } from '../types.ts';
import {
  type Build,
  builder,
  type DrawingElement,
  type DrawOptions,
  NAMESPACE,
  nameDrawing,
  round,
  textWidth,
} from './draw.ts';
import { landPath } from './land-path.ts';
import { type LensPlace, layoutMap, type MapLayout } from './map-layout.ts';
import { SANS, SERIF } from './theme.ts';

const FILL = { home: 'var(--land-home)', partner: 'var(--land-with)', none: 'var(--land)', other: 'var(--land)' };

export const halo = { stroke: 'var(--paper)', 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };

export function landOf(build: Build, shapes: MapShape[], projection: GeoProjection): DrawingElement[] {
  const path = geoPath(projection).digits(1);
  return shapes.flatMap(({ role, polygons }) => {
    const d = path({ type: 'MultiPolygon', coordinates: polygons });
    return d ? [build('path', { d: landPath(d), fill: FILL[role] })] : [];
  });
}

/** From the home country to a partner, bent away from the middle so that arcs of one side fan out. */
function arcPath(home: { x: number; y: number }, to: { x: number; y: number }): string {
  const [dx, dy] = [to.x - home.x, to.y - home.y];
  const bend = dx < 0 ? -0.16 : 0.16;
  const [cx, cy] = [home.x + dx / 2 - dy * -bend, home.y + dy / 2 - dx * bend];
  return `M${round(home.x)},${round(home.y)}Q${round(cx)},${round(cy)} ${round(to.x)},${round(to.y)}`;
}

function arcsOf(build: Build, { symbols, home, width }: MapLayout): DrawingElement {
  const most = Math.max(...symbols.map((s) => s.count));
  const scale = Math.max(0.55, Math.min(1, width / 1120));
  const arcs = symbols
    .filter((s) => s.count > 0)
    .map((s) => {
      const share = Math.sqrt(s.count / most);
      return build('path', {
        d: arcPath(home, s),
        'stroke-width': round((0.6 + 7 * share) * scale),
        'stroke-opacity': round((0.26 + 0.4 * share) * 100) / 100,
      });
    });
  return build('g', { fill: 'none', stroke: 'var(--accent)', 'stroke-linecap': 'round' }, arcs.reverse());
}

function symbolsOf(build: Build, { symbols }: MapLayout): DrawingElement {
  const marks = symbols.flatMap((s) => {
    const [x, y] = [round(s.x), round(s.y)];
    if (s.count === 0) return [build('path', { d: `M${x - 3},${y}h6`, stroke: 'var(--ink3)', 'stroke-width': 1.3 })];
    const ring = build('circle', {
      cx: x,
      cy: y,
      r: round(s.r),
      fill: 'var(--accent)',
      'fill-opacity': s.r < 4 ? 0.85 : 0.2,
      stroke: 'var(--accent)',
      'stroke-width': s.r < 4 ? 0 : 1.3,
    });
    return s.r < 4 ? [ring] : [ring, build('circle', { cx: x, cy: y, r: 1.5, fill: 'var(--accent)' })];
  });
  return build('g', {}, marks);
}

export function nameOf(
  build: Build,
  name: { label: string; value: string; x: number; y: number; anchor: string },
): DrawingElement {
  const bold = build('tspan', { 'font-weight': 600 }, [name.label]);
  const plain = build('tspan', { fill: 'var(--ink2)' }, [`\u00a0${name.value}`]);
  const place = { x: round(name.x), y: round(name.y + 4.3), 'text-anchor': name.anchor };
  return build('text', { ...place, fill: 'var(--ink)', 'font-size': 12.5, ...halo }, [bold, plain]);
}

const degrees = (points: LonLat[], axis: 0 | 1) => {
  const values = points.map((p) => p[axis]);
  return Math.max(...values) - Math.min(...values);
};

/** The projection of the lens: the map's own, enlarged until the state fills two fifths of it. */
function lensProjection(lens: NonNullable<MapPlot['lens']>, layout: MapLayout, place: LensPlace): GeoProjection {
  const state = lens.shapes.find((s) => s.role === 'partner');
  const points = state ? state.polygons.flat(2) : [];
  const size = Math.max(degrees(points, 0), degrees(points, 1), 1e-6);
  const scale = (0.8 * place.r) / ((size * Math.PI) / 180);
  // d3 has no copy of a projection: a new one of the same kind and turn.
  const copy = geoEqualEarth().rotate(layout.projection.rotate()).scale(scale).translate([0, 0]);
  const [x, y] = copy(lens.at)!;
  const r = place.r;
  return copy.translate([place.x - x, place.y - 6 - y]).clipExtent([
    [place.x - r, place.y - r],
    [place.x + r, place.y + r],
  ]);
}

function lensOf(build: Build, figure: MapPlot, layout: MapLayout, id: string): DrawingElement[] {
  const { lens: place } = layout;
  const { lens } = figure;
  if (!lens || !place) return [];
  const projection = lensProjection(lens, layout, place);
  const path = geoPath(projection).digits(1);
  const [sx, sy] = layout.projection(lens.at)!;
  const away = Math.sqrt((sx - place.x) ** 2 + (sy - place.y) ** 2);
  const toward = [place.x + ((sx - place.x) * place.r) / away, place.y + ((sy - place.y) * place.r) / away];
  const land = lens.shapes.flatMap(({ role, polygons }) => {
    const d = path({ type: 'MultiPolygon', coordinates: polygons });
    return d ? [build('path', { d, fill: role === 'partner' ? 'var(--accent)' : 'var(--land-with)' })] : [];
  });
  const bottom = Math.max(
    ...lens.shapes
      .filter((s) => s.role === 'partner')
      .map((s) => path.bounds({ type: 'MultiPolygon', coordinates: s.polygons })[1][1]),
  );
  const label = {
    label: lens.label,
    value: amount(lens.count),
    x: place.x,
    y: Math.min(bottom + 13, place.y + place.r * 0.62),
    anchor: 'middle',
  };
  const circle = { cx: round(place.x), cy: round(place.y), r: place.r };
  return [
    build('path', {
      d: `M${round(toward[0])},${round(toward[1])}L${round(sx)},${round(sy)}`,
      stroke: 'var(--ink2)',
      'stroke-width': 0.9,
      fill: 'none',
    }),
    build('clipPath', { id }, [build('circle', circle)]),
    build('circle', { ...circle, fill: 'var(--sea)' }),
    build('g', { 'clip-path': `url(#${id})`, stroke: 'var(--paper)', 'stroke-width': 0.8 }, land),
    ...neighbourNames(build, lens, place, projection, label.y),
    build('circle', { ...circle, fill: 'none', stroke: 'var(--ink2)', 'stroke-width': 1 }),
    nameOf(build, label),
  ];
}

/** Names of the countries around the state, where the lens shows enough of them. */
function neighbourNames(
  build: Build,
  lens: NonNullable<MapPlot['lens']>,
  place: LensPlace,
  projection: GeoProjection,
  taken: number,
): DrawingElement[] {
  const path = geoPath(projection);
  return lens.neighbours.flatMap(({ label }, k) => {
    const shape = lens.shapes.filter((s) => s.role !== 'partner')[k];
    if (!shape) return [];
    const land = { type: 'MultiPolygon' as const, coordinates: shape.polygons };
    const [x, y] = path.centroid(land);
    const w = textWidth(label, 11);
    const fits = [-1, 1].every((side) => (x + (side * w) / 2 - place.x) ** 2 + (y - place.y) ** 2 < (place.r - 6) ** 2);
    const free = Math.abs(y - taken) > 16 && Math.abs(y - (place.y - 6)) > 14;
    if (!(path.area(land) > 0.05 * Math.PI * place.r ** 2) || !fits || !free) return [];
    return [
      build('text', { x: round(x), y: round(y + 4), 'text-anchor': 'middle', 'font-size': 11, fill: 'var(--ink2)' }, [
        label,
      ]),
    ];
  });
}

function keyOf(build: Build, figure: MapPlot, { key, radius, symbols }: MapLayout): DrawingElement[] {
  const parts = [
    build('text', { x: round(key.x), y: round(key.y + 14), 'font-weight': 600, fill: 'var(--ink)', 'font-size': 12 }, [
      figure.countLabel,
    ]),
  ];
  const base = key.y + key.height - 18;
  let x = key.x;
  for (const size of key.sizes) {
    const r = radius(size);
    const half = Math.max(r, textWidth(amount(size)) / 2);
    parts.push(
      build('circle', {
        cx: round(x + half),
        cy: round(base - r),
        r: round(r),
        fill: 'none',
        stroke: 'var(--accent)',
        'stroke-width': 1.3,
      }),
      build(
        'text',
        { x: round(x + half), y: round(base + 15), 'text-anchor': 'middle', fill: 'var(--ink2)', 'font-size': 12 },
        [amount(size)],
      ),
    );
    x += 2 * half + 20;
  }
  if (symbols.some((s) => s.count === 0))
    parts.push(
      build('path', { d: `M${round(x)},${round(base - 4)}h6`, stroke: 'var(--ink3)', 'stroke-width': 1.3 }),
      build('text', { x: round(x + 12), y: round(base), fill: 'var(--ink2)', 'font-size': 12 }, ['with none']),
    );
  return parts;
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawMap(figure: Figure & MapPlot, { document, width }: DrawOptions): DrawingElement {
  const build = builder(document);
  const layout = layoutMap(figure, width);
  const { projection, height, total, home } = layout;
  const clip = `clip-${figure.id}-${width}`.replace(/[^\w-]/g, '-');
  projection.clipExtent([
    [0, 0],
    [width, height],
  ]);
  const map = build('g', { 'clip-path': `url(#${clip})` }, [
    build('rect', { width, height, fill: 'var(--sea)' }),
    build(
      'g',
      { stroke: 'var(--paper)', 'stroke-width': 0.6, 'stroke-linejoin': 'round' },
      landOf(build, figure.shapes, projection),
    ),
    arcsOf(build, layout),
    symbolsOf(build, layout),
  ]);
  const homeName = build(
    'text',
    {
      x: round(home.x + 8),
      y: round(home.y - 9),
      'font-family': SERIF,
      'font-size': 16,
      'font-style': 'italic',
      fill: 'var(--ink)',
      ...halo,
    },
    [figure.home.label],
  );
  const svg = build(
    'svg',
    {
      xmlns: NAMESPACE,
      width,
      height: total,
      viewBox: `0 0 ${width} ${total}`,
      'font-family': SANS,
      'font-size': 12,
      fill: 'currentColor',
    },
    [
      build('clipPath', { id: clip }, [build('rect', { width, height })]),
      map,
      homeName,
      ...lensOf(build, figure, layout, `${clip}-lens`),
      ...layout.names.map((name) => nameOf(build, name)),
      ...keyOf(build, figure, layout),
    ],
  );
  nameDrawing(svg, document, figure);
  return svg;
}
