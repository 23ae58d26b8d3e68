/** Countries shaded by a share in fifths, small ones as discs, the named with their value, the key below. */
import { geoPath } from 'd3-geo';
import { decimal } from '../format.ts';
import { mapFrame } from '../map-projection.ts';
import type { Figure, ShadesPlot } from '../types.ts';
import { builder, type DrawingElement, type DrawOptions, NAMESPACE, nameDrawing, round, textWidth } from './draw.ts';
import { landPath } from './land-path.ts';
import { type Box, type Symbol as Mark, namesFor } from './map-layout.ts';
import { halo, landOf, nameOf } from './map-plot.ts';
import { SANS, SERIF } from './theme.ts';

/** Opacities of the fifths, over the paper. */
const TONES = [0.2, 0.38, 0.58, 0.78, 1];
/** A country of fewer pixels than this across is drawn as a disc too. */
const SMALL = 10;
const DISC = 4.5;
const KEY = 46;

export const fifthOf = (share: number) => Math.min(TONES.length - 1, Math.max(0, Math.floor(share * TONES.length)));

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawShades(figure: Figure & ShadesPlot, { document, width }: DrawOptions): DrawingElement {
  const build = builder(document);
  const { projection, height } = mapFrame([figure.home.at, ...figure.places.map(({ at }) => at)], width);
  const clip = `clip-${figure.id}-${width}`.replace(/[^\w-]/g, '-');
  projection.clipExtent([
    [0, 0],
    [width, height],
  ]);
  const path = geoPath(projection).digits(1);
  const values = new Map(figure.places.map(({ id, value }) => [id, value]));
  const others = figure.shapes.filter(({ role }) => role !== 'partner');
  const sizes = new Map<string, number>();
  const shaded = figure.shapes
    .filter(({ role }) => role === 'partner')
    .flatMap(({ id, polygons }) => {
      const land = { type: 'MultiPolygon' as const, coordinates: polygons };
      const outline = path(land);
      if (!outline) return [];
      const d = landPath(outline);
      const [[x0, y0], [x1, y1]] = path.bounds(land);
      sizes.set(id, Math.max(x1 - x0, y1 - y0));
      const outlineId = `${clip}-${id}`;
      const tone = TONES[fifthOf(values.get(id) ?? 0)];
      return [
        build('g', { fill: 'var(--paper)' }, [build('path', { d, id: outlineId })]),
        build('use', { href: `#${outlineId}`, fill: 'var(--accent)', 'fill-opacity': tone }),
      ];
    });
  const symbols = figure.places.map(({ label, at, value, named }): Mark => {
    const [x, y] = projection(at)!;
    return { label, count: value, named, x, y, r: DISC };
  });
  const discs = figure.places.flatMap(({ id, value }, i) => {
    if ((sizes.get(id) ?? 0) >= SMALL) return [];
    const place = { cx: round(symbols[i].x), cy: round(symbols[i].y), r: DISC };
    return [
      build('circle', { ...place, fill: 'var(--paper)', stroke: 'var(--ink2)', 'stroke-width': 0.9 }),
      build('circle', { ...place, fill: 'var(--accent)', 'fill-opacity': TONES[fifthOf(value)] }),
    ];
  });
  const [hx, hy] = projection(figure.home.at)!;
  const homeBox: Box = [hx - 4, hy - 12, hx + textWidth(figure.home.label, 16) + 4, hy + 8];
  const show = (value: number) => decimal(value, 2);
  const lone = symbols.filter(({ named }) => named);
  const names = namesFor(lone, [homeBox], [], width, height, undefined, show);
  const home = build(
    'text',
    {
      x: round(hx),
      y: round(hy),
      'font-family': SERIF,
      'font-size': 16,
      'font-style': 'italic',
      fill: 'var(--ink)',
      ...halo,
    },
    [figure.home.label],
  );
  const total = height + KEY;
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
      build('g', { 'clip-path': `url(#${clip})` }, [
        build('rect', { width, height, fill: 'var(--sea)' }),
        build('g', { stroke: 'var(--paper)', 'stroke-width': 0.6, 'stroke-linejoin': 'round' }, [
          build('g', { opacity: 0.6 }, landOf(build, others, projection)),
          ...shaded,
        ]),
        build('g', {}, discs),
      ]),
      home,
      ...names.map((name) => nameOf(build, name)),
      ...keyOf(build, figure.label, height),
    ],
  );
  nameDrawing(svg, document, figure);
  return svg;
}

function keyOf(build: ReturnType<typeof builder>, label: string, top: number): DrawingElement[] {
  const from = textWidth(label, 12, true) + 14;
  const box = 44;
  const y = top + 12;
  const heads = ['0', ...TONES.map((_, k) => decimal((k + 1) / TONES.length, 1))];
  return [
    build('text', { x: 0, y: y + 11, 'font-weight': 600, fill: 'var(--ink)' }, [label]),
    ...TONES.map((tone, k) =>
      build('rect', {
        ...{ x: round(from + k * box), y, width: box - 1, height: 13, fill: 'var(--accent)', 'fill-opacity': tone },
        ...{ stroke: 'var(--ink3)', 'stroke-width': 0.5 },
      }),
    ),
    ...heads.map((head, k) =>
      build('text', { x: round(from + k * box), y: y + 28, 'text-anchor': 'middle', fill: 'var(--ink2)' }, [head]),
    ),
  ];
}
