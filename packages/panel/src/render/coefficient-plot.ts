/** Coefficients with 90% and 95% intervals: one row a term, one ring a series. */
import * as Plot from '@observablehq/plot';
import { decimalsFor, display, fixed } from '../format.ts';
import type { CoefficientPlot, Figure } from '../types.ts';
import {
  type DrawingElement,
  type DrawOptions,
  nameDrawing,
  PLOT_STYLE,
  plotted,
  textWidth,
  wrapPixels,
} from './draw.ts';
import { intervalDomain, niceTicks } from './scale.ts';
import { SERIF, seriesColour } from './theme.ts';

const GROUP = 17;
const ROW = 50;
const TOP = 18;
const AXIS = 26;
const RIGHT = 16;
const LABEL = 14.5;
const KEY = 17;
/** Most of the width that labels take. */
const LABEL_SHARE = 0.38;
const SERIF_WIDTH = 1.09;
const HALO = { stroke: 'var(--paper)', strokeWidth: 4 };

type Point = CoefficientPlot['series'][number]['points'][number];
interface Row {
  lines: string[];
  unit?: string;
  /** The unit has a line of its own under the label. */
  unitBelow: boolean;
  points: { point: Point; series: number }[];
  /** Upper edge of the row and middle of its intervals, px. */
  top: number;
  y: number;
}
interface Mark extends Point {
  y: number;
  colour: string;
  text: string;
  series: number;
}
interface Geometry {
  /** Upper edge of the rows, px. */
  top: number;
  /** Names of the series stand above the rows, where there is no room beside their first intervals. */
  keyed: boolean;
  domain: [number, number];
  rows: Row[];
  marks: Mark[];
  left: number;
  bottom: number;
  width: number;
  narrow: boolean;
  unitsPerPixel: number;
}

/** One series is blue; of two, the first is ochre and the last blue, so that the later one is the darker. */
const colourOrder = (count: number) => (count === 2 ? [3, 0] : Array.from({ length: count }, (_, k) => k));

/**
 * Rows in the order in which the series name their terms. A row is 50 px high, or as high as its series need; on a narrow page its
 * label stands above it.
 */
function rowsOf({ series }: CoefficientPlot, width: number, narrow: boolean, from: number): Row[] {
  const terms = [...new Set(series.flatMap((s) => s.points.map((p) => p.term)))];
  let top = from;
  return terms.map((term) => {
    const points = series.flatMap((s, k) =>
      s.points.filter((p) => p.term === term).map((point) => ({ point, series: k })),
    );
    const { label, unit } = points[0].point;
    const within = points.every(({ point }) => point.within);
    const text = label + (within ? '' : '\u00a0‡');
    const lines = wrapPixels(text, (narrow ? width - 16 : width * LABEL_SHARE - 12) / SERIF_WIDTH, LABEL);
    const beyond = serifWidth(lines[lines.length - 1]) + 9 + textWidth(unit ?? '') > width - 16;
    const unitBelow = unit !== undefined && (!narrow || beyond);
    const above = narrow ? (lines.length + (unitBelow ? 1 : 0)) * 17 + 5 : 0;
    const beside = narrow ? 0 : lines.length * 17 + (unit ? 15 : 0) + 10;
    const height = above + Math.max(ROW, GROUP * (points.length - 1) + 33, beside);
    const row = { lines, unit, unitBelow, points, top, y: top + above + (height - above) / 2 };
    top += height;
    return row;
  });
}

function marksOf(rows: Row[], count: number): Mark[] {
  const order = colourOrder(count);
  return rows.flatMap((row) =>
    row.points.map(({ point, series }, i): Mark => {
      const { mark, text } = seriesColour(order[series]);
      const grey = !point.within && count === 1;
      const y = row.y + (i - (row.points.length - 1) / 2) * GROUP;
      return { ...point, y, colour: grey ? 'var(--c7)' : mark, text: grey ? 'var(--t7)' : text, series };
    }),
  );
}

/** Serif letters are wider than the sans that textWidth knows. */
const serifWidth = (text: string) => textWidth(text, LABEL) * SERIF_WIDTH;

/** Where the name of a series stands beside its first interval; undefined where neither side has the room. */
function besideFirst(label: string, { lo95, hi95 }: Mark, { domain, unitsPerPixel }: Geometry) {
  const [end, start] = [Math.min(hi95, domain[1]), Math.max(lo95, domain[0])];
  const room = (units: number) => units / unitsPerPixel > textWidth(label, 12, true) + 10;
  if (room(domain[1] - end)) return { x: end, dx: 8, textAnchor: 'start' } as const;
  return room(start - domain[0]) ? ({ x: start, dx: -8, textAnchor: 'end' } as const) : undefined;
}
const firstOf = ({ marks }: Geometry, k: number) => marks.find((m) => m.series === k);

function geometryOf(figure: CoefficientPlot, width: number, narrow: boolean, keyed = false): Geometry {
  const { series } = figure;
  const domain = intervalDomain(series.flatMap((s) => s.points.map((p) => ({ lo: p.lo95, hi: p.hi95 }))));
  const top = TOP + (keyed ? KEY * series.length + 4 : 0);
  const rows = rowsOf(figure, width, narrow, top);
  const longest = Math.max(...rows.flatMap((r) => [...r.lines.map(serifWidth), textWidth(r.unit ?? '')]));
  const left = narrow ? 8 : Math.min(width * LABEL_SHARE, longest + 16);
  const unitsPerPixel = (domain[1] - domain[0]) / (width - left - RIGHT);
  const marks = marksOf(rows, series.length);
  const lowest = Math.max(...marks.map((m) => m.y));
  const made = { domain, rows, marks, left, top, keyed, bottom: lowest + ROW / 2, width, narrow, unitsPerPixel };
  const crowded = series.some(({ label }, k) => {
    const first = firstOf(made, k);
    return first && !besideFirst(label, first, made);
  });
  return crowded && series.length > 1 && !keyed ? geometryOf(figure, width, narrow, true) : made;
}

function axisMarks({ domain, top, bottom, narrow }: Geometry): Plot.Markish[] {
  const ticks = niceTicks(domain[0], domain[1], narrow ? 4 : 6);
  const height = { y1: top - 8, y2: bottom };
  const label = (d: number) => display(String(d));
  return [
    Plot.ruleX(
      ticks.filter((t) => t !== 0),
      { ...height, stroke: 'var(--hair)', strokeWidth: 0.75 },
    ),
    Plot.ruleX([0], { ...height, stroke: 'var(--ink2)', strokeWidth: 1 }),
    Plot.text(ticks, { x: (d: number) => d, y: bottom + 16, text: label, fill: 'var(--ink2)' }),
  ];
}

/** Small arrow at the end of an interval that leaves the scale. */
function arrow(mark: Mark, side: -1 | 1, { domain, unitsPerPixel }: Geometry) {
  const x = side < 0 ? domain[0] : domain[1];
  const back = x - side * 5 * unitsPerPixel;
  const z = `${mark.term} ${mark.series} ${side}`;
  return [
    { x: back, y: mark.y - 4, z, colour: mark.colour },
    { x, y: mark.y, z, colour: mark.colour },
    { x: back, y: mark.y + 4, z, colour: mark.colour },
  ];
}

/** "−8.9 to 9.0": enough decimals to tell the limits apart. */
function limits({ lo95, hi95 }: Mark): string {
  const few = (x: number) => (Math.abs(x) >= 10 ? 0 : 1);
  const width = hi95 - lo95;
  const number = (x: number) => display(fixed(x, width < 1 ? decimalsFor(width, 2) : few(x)));
  return `${number(lo95)} to ${number(hi95)}`;
}

/** Arrows, and the numbers in words: the scale is never stretched for an interval. */
function clippedMarks(geometry: Geometry): Plot.Markish[] {
  const [lo, hi] = geometry.domain;
  const left = geometry.marks.filter((m) => m.lo95 < lo);
  const right = geometry.marks.filter((m) => m.hi95 > hi);
  const arrows = [...left.flatMap((m) => arrow(m, -1, geometry)), ...right.flatMap((m) => arrow(m, 1, geometry))];
  const words = (m: Mark) => `${limits(m)}, runs off the scale`;
  const text = { y: (m: Mark) => m.y + 12, text: words, fill: 'var(--ink2)', fontSize: 11.5, ...HALO };
  const onlyLeft = left.filter((m) => m.hi95 <= hi);
  return [
    Plot.line(arrows, { x: 'x', y: 'y', z: 'z', stroke: 'colour', strokeWidth: 1.6 }),
    Plot.text(right, { ...text, x: () => hi, textAnchor: 'end' }),
    Plot.text(onlyLeft, { ...text, x: () => lo, textAnchor: 'start' }),
  ];
}

function intervalMarks({ marks, domain: [lo, hi] }: Geometry): Plot.Markish[] {
  const clamp = (x: number) => Math.min(hi, Math.max(lo, x));
  const bar = (from: (m: Mark) => number, to: (m: Mark) => number, strokeWidth: number) =>
    Plot.ruleY(marks, {
      y: 'y',
      x1: (m: Mark) => clamp(from(m)),
      x2: (m: Mark) => clamp(to(m)),
      stroke: 'colour',
      strokeWidth,
    });
  const inside = marks.filter((m) => m.estimate >= lo && m.estimate <= hi);
  const ring = { r: 4.1, fill: 'var(--paper)', stroke: 'colour', strokeWidth: 1.7 };
  return [
    bar(
      (m) => m.lo95,
      (m) => m.hi95,
      1.5,
    ),
    bar(
      (m) => m.lo90,
      (m) => m.hi90,
      3.2,
    ),
    Plot.dot(inside, { x: 'estimate', y: 'y', ...ring }),
  ];
}

/** Names of the series: beside their first intervals, or as a key with a ring each. */
function seriesLabels({ series }: CoefficientPlot, geometry: Geometry): Plot.Markish[] {
  if (series.length < 2) return [];
  const { keyed, narrow, left, domain, unitsPerPixel } = geometry;
  return series.flatMap(({ label }, k) => {
    const first = firstOf(geometry, k);
    if (!first) return [];
    const bold = { fill: first.text, fontWeight: 600, ...HALO };
    const place = keyed ? undefined : besideFirst(label, first, geometry);
    if (place) return [Plot.text([label], { ...bold, ...place, x: () => place.x, y: () => first.y })];
    const [x, y] = [() => domain[0] - (narrow ? 0 : (left - 0.5) * unitsPerPixel), () => 8 + k * KEY];
    const ring = { r: 4.1, fill: 'var(--paper)', stroke: first.colour, strokeWidth: 1.7, dx: 5 };
    return [Plot.dot([label], { x, y, ...ring }), Plot.text([label], { ...bold, x, y, dx: 16, textAnchor: 'start' })];
  });
}

/** A row's label in serif with its unit in small sans under it: beside the row, or above it on a narrow page. */
function labelMarks(row: Row, { narrow, left, domain, unitsPerPixel }: Geometry): Plot.Markish[] {
  const { lines, unit, unitBelow } = row;
  const x = () => domain[0] - (narrow ? 0 : (left - 0.5) * unitsPerPixel);
  const first = narrow ? row.top + 12 : row.y - (lines.length - 1) * 8.5 - (unit ? 7 : 0);
  const start = { x, textAnchor: 'start', ...(narrow && HALO) } as const;
  const texts = lines.map((line, i) =>
    Plot.text([line], { ...start, y: () => first + i * 17, fill: 'var(--ink)', fontSize: LABEL, fontFamily: SERIF }),
  );
  if (!unit) return texts;
  const last = first + (lines.length - 1) * 17;
  const place = unitBelow ? { y: () => last + 16 } : { y: () => last, dx: serifWidth(lines[lines.length - 1]) + 9 };
  return [...texts, Plot.text([unit], { ...start, ...place, fill: 'var(--ink3)' })];
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawCoefficients(figure: Figure & CoefficientPlot, o: DrawOptions): DrawingElement {
  const geometry = geometryOf(figure, o.width, o.narrow);
  const svg = plotted({
    document: o.document,
    width: o.width,
    height: geometry.bottom + AXIS,
    marginLeft: geometry.left,
    marginRight: RIGHT,
    marginTop: 0,
    marginBottom: AXIS,
    style: PLOT_STYLE,
    x: { type: 'linear', domain: geometry.domain, axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      ...axisMarks(geometry),
      ...intervalMarks(geometry),
      ...clippedMarks(geometry),
      ...seriesLabels(figure, geometry),
      ...geometry.rows.flatMap((row) => labelMarks(row, geometry)),
    ],
  });
  nameDrawing(svg, o.document, figure);
  return svg;
}
