/** Yearly counts as lines, on a log scale where growth is the point, with stages as flat bands and labels at the line ends. */
import * as Plot from '@observablehq/plot';
import { count, display, fixed } from '../format.ts';
import type { Figure, SeriesPlot } from '../types.ts';
import { type DrawingElement, type DrawOptions, nameDrawing, PLOT_STYLE, plotted, textWidth } from './draw.ts';
import { logTicks, niceTicks, spread } from './scale.ts';
import { seriesColour } from './theme.ts';

type Line = SeriesPlot['lines'][number];
interface Drawn {
  line: Line;
  colour: string;
  text: string;
}

const TOP_WITH_STAGES = 44;
const BOTTOM = 26;

/** Strong lines (totals) are ink; the others take the categorical colours in order. */
function coloured(lines: Line[]): Drawn[] {
  let k = 0;
  return lines.map((line) => {
    if (line.strong) return { line, colour: 'var(--ink)', text: 'var(--ink)' };
    const { mark, text } = seriesColour(k++);
    return { line, colour: mark, text };
  });
}

interface YScale {
  type: 'log' | 'linear';
  domain: [number, number];
  ticks: { value: number; label: string }[];
  /** Where a count of zero stands on a log scale: a tick of its own under the least positive one. */
  floor: (y: number) => number;
}

function yScale({ lines, log }: SeriesPlot): YScale {
  const values = lines.flatMap((line) => line.points.map((p) => p.y));
  const most = Math.max(...values);
  if (!log || most <= 0) {
    const ticks = niceTicks(Math.min(0, ...values), most || 1, 5);
    const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
    const top = Math.ceil(most / step - 1e-9) * step || 1;
    return {
      type: 'linear',
      domain: [Math.min(0, ...values), top],
      ticks: niceTicks(Math.min(0, ...values), top, 5).map(tick),
      floor: (y) => y,
    };
  }
  const least = Math.min(...values.filter((y) => y > 0));
  const zeros = values.some((y) => y <= 0);
  const zero = least / 2;
  const low = zeros ? zero : least / 1.15;
  const next = logTicks(most, most * 1.6)[0];
  const high = next ? next * 1.06 : most * 1.25;
  const ticks = logTicks(least * 0.9, high).map(tick);
  return {
    type: 'log',
    domain: [low, high],
    ticks: zeros ? [{ value: zero, label: '0' }, ...ticks] : ticks,
    floor: (y) => (y > 0 ? y : zero),
  };
}

const tick = (value: number) => ({ value, label: value >= 1000 ? count(value) : display(String(value)) });

/** Years to label: the ends and the stage borders, then round ones where there is room. */
function xTicks({ lines, stages }: SeriesPlot, room: number): number[] {
  const years = [...new Set(lines.flatMap((line) => line.points.map((p) => p.x)))].sort((a, b) => a - b);
  const [first, last] = [years[0], years[years.length - 1]];
  const must = [...new Set([first, last, ...stages.flatMap((s) => [s.from, s.to])])];
  if (must.length > 2) return must.sort((a, b) => a - b);
  return years.length * 40 <= room
    ? years
    : [...new Set([first, ...niceTicks(first, last, 4).filter(Number.isInteger), last])];
}

const growth = (rate: number) => `${display(fixed(rate * 100, Math.abs(rate) < 0.1 ? 1 : 0))}%`;
const shortSpan = ({ from, to }: { from: number; to: number }) => `${from}–${String(to).slice(-2)}`;

/** Values printed beside rings: the strong line at the stage borders, or at its two ends. */
function ringed(drawn: Drawn[], { stages }: SeriesPlot) {
  const strong = drawn.find((d) => d.line.strong) ?? drawn[0];
  const points = strong.line.points;
  const borders = new Set(stages.length > 0 ? stages.flatMap((s) => [s.from, s.to]) : [points[0]?.x, points.at(-1)?.x]);
  return points.filter((p) => borders.has(p.x)).map((p) => ({ ...p, colour: strong.colour }));
}

interface Geometry {
  drawn: Drawn[];
  y: YScale;
  first: number;
  last: number;
  margin: { top: number; right: number; left: number };
  width: number;
  height: number;
}

function geometryOf(figure: SeriesPlot, width: number, narrow: boolean): Geometry {
  const drawn = coloured(figure.lines.filter((line) => line.points.length > 0));
  const y = yScale(figure);
  const xs = drawn.flatMap((d) => d.line.points.map((p) => p.x));
  const top = figure.stages.length > 0 ? TOP_WITH_STAGES : 20;
  const right = Math.min(width * 0.34, Math.max(...drawn.map((d) => textWidth(d.line.label, 12, true))) + 16);
  const left = Math.max(...y.ticks.map((t) => textWidth(t.label))) + 12;
  const height = top + BOTTOM + (narrow ? 240 : 300);
  return { drawn, y, first: Math.min(...xs), last: Math.max(...xs), margin: { top, right, left }, width, height };
}

const middle = ({ from, to }: { from: number; to: number }) => (from + to) / 2;
/** Text placed by pixels from the top or the bottom of the frame. */
const fromTop = { frameAnchor: 'top', lineAnchor: 'middle' } as const;
const fromBottom = { frameAnchor: 'bottom', lineAnchor: 'middle' } as const;

function stageMarks({ stages }: SeriesPlot, { y }: Geometry, narrow: boolean): Plot.Markish[] {
  const rates = stages.filter((s) => s.growth !== undefined);
  const rate = (s: { growth?: number }, i: number) => growth(s.growth ?? 0) + (i === 0 && !narrow ? ' a year' : '');
  const tone = (_: unknown, i: number) => (i % 2 === 1 ? 'var(--sunken)' : 'var(--surface)');
  return [
    Plot.rect(stages, { x1: 'from', x2: 'to', y1: () => y.domain[0], y2: () => y.domain[1], fill: tone }),
    Plot.text(stages, { x: middle, ...fromTop, dy: -32, text: shortSpan, fill: 'var(--ink2)' }),
    Plot.text(rates, { x: middle, ...fromTop, dy: -15, text: rate, fill: 'var(--ink)', fontWeight: 600 }),
  ];
}

function axisMarks(figure: SeriesPlot, { y, first, width, margin }: Geometry): Plot.Markish[] {
  const years = xTicks(figure, width - margin.left - margin.right);
  return [
    Plot.ruleY(y.ticks, { y: 'value', stroke: 'var(--hair)', strokeWidth: 0.75 }),
    Plot.text(y.ticks, { x: () => first, y: 'value', text: 'label', dx: -10, textAnchor: 'end', fill: 'var(--ink2)' }),
    Plot.text(years, { x: (d: number) => d, ...fromBottom, dy: 18, text: String, fill: 'var(--ink2)' }),
  ];
}

function ringMarks(figure: SeriesPlot, { drawn, y, first }: Geometry): Plot.Markish[] {
  const rings = ringed(drawn, figure).map((p) => ({ ...p, at: y.floor(p.y), text: count(p.y) }));
  const label = (points: typeof rings, dx: number, textAnchor: 'start' | 'middle') =>
    Plot.text(points, {
      x: 'x',
      y: 'at',
      dx,
      dy: -13,
      textAnchor,
      text: 'text',
      fill: 'var(--ink)',
      fontWeight: 600,
      stroke: 'var(--paper)',
      strokeWidth: 3,
    });
  return [
    Plot.dot(rings, { x: 'x', y: 'at', r: 4, fill: 'var(--paper)', stroke: 'colour', strokeWidth: 1.7 }),
    label(
      rings.filter((p) => p.x === first),
      -2,
      'start',
    ),
    label(
      rings.filter((p) => p.x !== first),
      -5,
      'middle',
    ),
  ];
}

/** Names at the line ends, moved apart where they would touch. */
function endLabels({ drawn, y, last, margin, height }: Geometry): Plot.Markish[] {
  const toPixel = pixelScale(y, margin.top, height - BOTTOM);
  const ends = drawn.map((d) => toPixel(y.floor(d.line.points.at(-1)?.y ?? 0)));
  const at = spread(ends, 15, margin.top + 4, height - BOTTOM - 2);
  return drawn.map(({ line, text }, k) =>
    Plot.text([line.label], {
      x: () => last,
      ...fromTop,
      dy: at[k] - margin.top,
      dx: 10,
      textAnchor: 'start',
      fill: text,
      fontWeight: 600,
    }),
  );
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawSeries(figure: Figure & SeriesPlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const geometry = geometryOf(figure, width, narrow);
  const { drawn, y, first, last, margin, height } = geometry;
  const points = drawn.flatMap((d, k) =>
    d.line.points.map((p) => ({ x: p.x, y: y.floor(p.y), k, colour: d.colour, strong: !!d.line.strong })),
  );
  const svg = plotted({
    document,
    width,
    height,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: margin.top,
    marginBottom: BOTTOM,
    style: PLOT_STYLE,
    x: { type: 'linear', domain: [first, last === first ? first + 1 : last], axis: null },
    y: { type: y.type, domain: y.domain, axis: null },
    marks: [
      ...stageMarks(figure, geometry, narrow),
      ...axisMarks(figure, geometry),
      ...strokes(points),
      ...ringMarks(figure, geometry),
      ...endLabels(geometry),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}

interface StrokePoint {
  x: number;
  y: number;
  k: number;
  colour: string;
  strong: boolean;
}

/** Thin lines first, the strong ones over them; where colours repeat also dashed. */
function strokes(points: StrokePoint[]) {
  const dash = (k: number) => (k >= 6 ? (k % 2 === 0 ? '5 3' : '2 3') : undefined);
  const keys = [...new Set(points.map((p) => p.k))];
  const line = (k: number) => {
    const own = points.filter((p) => p.k === k);
    const { colour, strong } = own[0];
    const dashes = strong ? undefined : dash(k);
    return Plot.line(own, {
      x: 'x',
      y: 'y',
      stroke: colour,
      strokeWidth: strong ? 2.2 : 1.5,
      ...(dashes && { strokeDasharray: dashes }),
    });
  };
  const strong = (k: number) => points.some((p) => p.k === k && p.strong);
  return [...keys.filter((k) => !strong(k)), ...keys.filter(strong)].map(line);
}

function pixelScale({ type, domain: [lo, hi] }: YScale, top: number, bottom: number) {
  const f = type === 'log' ? Math.log : (v: number) => v;
  return (v: number) => bottom - ((f(v) - f(lo)) / (f(hi) - f(lo))) * (bottom - top);
}
