/** Estimates along time with 90% and 95% intervals: zero is the darkest line, the reference period an open ring on it. */
import * as Plot from '@observablehq/plot';
import { display } from '../format.ts';
import type { Figure, LagPlot } from '../types.ts';
import { type DrawingElement, type DrawOptions, nameDrawing, PLOT_STYLE, plotted, textWidth } from './draw.ts';
import { intervalDomain, niceTicks, spread } from './scale.ts';
import { seriesColour } from './theme.ts';

type Point = LagPlot['series'][number]['points'][number];
interface Mark extends Point {
  k: number;
  /** Place on the axis, series moved apart. */
  at: number;
  colour: string;
}

const TOP = 14;
const BOTTOM = 44;
/** Series of one position stand this far apart, px. */
const APART = 11;

function xTicks(xs: number[], width: number): number[] {
  const room = Math.max(2, Math.floor(width / 34));
  const step = Math.ceil(xs.length / room);
  const zero = Math.max(0, xs.indexOf(0));
  return xs.filter((_, i) => (i - zero) % step === 0);
}

/** Text of names at the right, moved apart where they would touch. */
function names(
  marks: Mark[],
  figure: LagPlot,
  x: number,
  toPixel: (v: number) => number,
  height: number,
): Plot.Markish[] {
  if (figure.series.length < 2) return [];
  const ends = figure.series.map((_, k) => toPixel(marks.findLast((m) => m.k === k)!.estimate));
  const at = spread(ends, 15, TOP + 4, height - BOTTOM);
  return figure.series.map(({ label }, k) =>
    Plot.text([label], {
      x: () => x,
      frameAnchor: 'top',
      lineAnchor: 'middle',
      dy: at[k] - TOP,
      dx: 12,
      textAnchor: 'start',
      fill: seriesColour(k).text,
      fontWeight: 600,
    }),
  );
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawLags(figure: Figure & LagPlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const points = figure.series.flatMap((s) => s.points);
  const [lo, hi] = intervalDomain(points.map((p) => ({ lo: p.lo95, hi: p.hi95 })));
  const clamp = (v: number) => Math.min(hi, Math.max(lo, v));
  const xs = [
    ...new Set([...points.map((p) => p.x), ...(figure.reference === undefined ? [] : [figure.reference])]),
  ].sort((a, b) => a - b);
  const several = figure.series.length > 1;
  const right = several
    ? Math.min(width * 0.34, Math.max(...figure.series.map(({ label }) => textWidth(label, 12, true))) + 16)
    : 16;
  const ticks = niceTicks(lo, hi, narrow ? 4 : 6);
  const left = Math.max(...ticks.map((t) => textWidth(display(String(t))))) + 14;
  const height = narrow ? 260 : 320;
  const [first, last] = [xs[0] - 0.5, xs[xs.length - 1] + 0.5];
  const perPixel = (last - first) / (width - left - right);
  const offset = (k: number) => (k - (figure.series.length - 1) / 2) * APART * perPixel;
  const marks = figure.series.flatMap((s, k) =>
    s.points.map((p): Mark => ({ ...p, k, at: p.x + offset(k), colour: seriesColour(k).mark })),
  );
  const toPixel = (v: number) => height - BOTTOM - ((clamp(v) - lo) / (hi - lo)) * (height - BOTTOM - TOP);
  const bar = (from: 'lo90' | 'lo95', to: 'hi90' | 'hi95', strokeWidth: number) =>
    Plot.ruleX(marks, {
      x: 'at',
      y1: (m: Mark) => clamp(m[from]),
      y2: (m: Mark) => clamp(m[to]),
      stroke: 'colour',
      strokeWidth,
    });
  const ring = { r: 4.1, fill: 'var(--paper)', strokeWidth: 1.7 };
  const reference = figure.reference;
  const svg = plotted({
    document,
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: TOP,
    marginBottom: BOTTOM,
    style: PLOT_STYLE,
    x: { type: 'linear', domain: [first, last], axis: null },
    y: { type: 'linear', domain: [lo, hi], axis: null },
    marks: [
      Plot.ruleY(
        ticks.filter((t) => t !== 0),
        { stroke: 'var(--hair)', strokeWidth: 0.75 },
      ),
      Plot.ruleY([0], { stroke: 'var(--ink2)', strokeWidth: 1 }),
      Plot.text(ticks, {
        x: () => first,
        y: (d: number) => d,
        text: (d: number) => display(String(d)),
        dx: -8,
        textAnchor: 'end',
        fill: 'var(--ink2)',
      }),
      Plot.text(xTicks(xs, width - left - right), {
        x: (d: number) => d,
        frameAnchor: 'bottom',
        dy: 16,
        text: (d: number) => display(String(d)),
        fill: 'var(--ink2)',
      }),
      Plot.text([figure.xLabel], { frameAnchor: 'bottom', dy: 34, text: String, fill: 'var(--ink2)' }),
      ...figure.series.flatMap((_, k) => {
        const own = marks.filter((m) => m.k === k && m.estimate >= lo && m.estimate <= hi);
        return [
          Plot.line(own, {
            x: 'at',
            y: 'estimate',
            stroke: seriesColour(k).mark,
            strokeWidth: 0.75,
            strokeOpacity: 0.45,
          }),
        ];
      }),
      bar('lo95', 'hi95', 1.5),
      bar('lo90', 'hi90', 3.2),
      Plot.dot(
        marks.filter((m) => m.estimate >= lo && m.estimate <= hi),
        { x: 'at', y: 'estimate', stroke: 'colour', ...ring },
      ),
      ...(reference === undefined
        ? []
        : [Plot.dot([reference], { x: (d: number) => d, y: () => 0, stroke: 'var(--ink2)', ...ring })]),
      ...names(marks, figure, last, toPixel, height),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
