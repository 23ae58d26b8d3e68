/** A specification curve: estimates with intervals above, the choices behind each of them as dots below. */
import * as Plot from '@observablehq/plot';
import { display } from '../format.ts';
import type { CurvePlot, Figure } from '../types.ts';
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

const TOP = 14;
const CURVE = 230;
const NARROW_CURVE = 190;
const ROW = 17;
const LINE = 14;
const HEAD = 22;
/** Space between the curve and the choices. */
const GAP = 16;
const RIGHT = 10;

/** The text, cut to a width in px. */
function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

interface OptionRow {
  d: number;
  option: number;
  /** One or two. */
  lines: string[];
  y: number;
}

/** At most two lines. */
function labelLines(label: string, width: number): string[] {
  const [first, ...rest] = wrapPixels(label, width);
  return rest.length === 0 ? [cut(first, width)] : [cut(first, width), cut(rest.join(' '), width)];
}

/** Headings and rows of the choices, with their heights. */
function layout({ dimensions }: CurvePlot, from: number, labelWidth: number) {
  const heads: { label: string; y: number }[] = [];
  const rows: OptionRow[] = [];
  let y = from;
  dimensions.forEach(({ title, options }, d) => {
    heads.push({ label: title, y: y + HEAD / 2 + 2 });
    y += HEAD;
    options.forEach((label, option) => {
      const lines = labelLines(label, labelWidth);
      const height = ROW + (lines.length - 1) * LINE;
      rows.push({ d, option, lines, y: y + height / 2 });
      y += height;
    });
  });
  return { heads, rows, bottom: y + 8 };
}

const between = (value: number, lo: number, hi: number) => Math.min(hi, Math.max(lo, value));

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawCurve(figure: Figure & CurvePlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const { points } = figure;
  const curve = narrow ? NARROW_CURVE : CURVE;
  const [lo, hi] = intervalDomain(points);
  const ticks = niceTicks(lo, hi, narrow ? 4 : 5);
  const tickWidth = Math.max(...ticks.map((t) => textWidth(display(String(t))))) + 14;
  const longest = Math.max(0, ...figure.dimensions.flatMap(({ options }) => options.map((label) => textWidth(label))));
  const left = Math.max(tickWidth, Math.min(longest + 22, width * (narrow ? 0.42 : 0.34)));
  const { heads, rows, bottom } = layout(figure, TOP + curve + GAP, left - 22);
  const step = (width - left - RIGHT) / points.length;
  const x = (i: number) => left + (i + 0.5) * step;
  const y = (v: number) => TOP + curve - ((between(v, lo, hi) - lo) / (hi - lo)) * curve;
  const marks = points.map((p, i) => ({ ...p, x: x(i), colour: p.clear ? 'var(--c1)' : 'var(--c7)' }));
  const dots = rows.flatMap(({ d, option, y: at }) =>
    marks
      .filter(({ choices }) => choices[d].includes(option))
      .map(({ x: place, colour }) => ({ x: place, y: at, colour })),
  );
  const inside = marks.filter(({ estimate }) => estimate >= lo && estimate <= hi);
  const at = (value: number) => () => value;
  const rule = (values: { y: number }[], stroke: string, strokeWidth: number, more = {}) =>
    Plot.ruleY(values, { y: 'y', x1: at(left), x2: at(width - RIGHT), stroke, strokeWidth, ...more });
  const svg = plotted({
    document,
    width,
    height: bottom,
    margin: 0,
    style: PLOT_STYLE,
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      rule(
        ticks.filter((t) => t !== 0).map((t) => ({ y: y(t) })),
        'var(--hair)',
        0.75,
      ),
      rule([{ y: y(0) }], 'var(--ink2)', 1),
      Plot.text(ticks, {
        x: at(left - 8),
        y: (t: number) => y(t),
        text: (t: number) => display(String(t)),
        textAnchor: 'end',
        fill: 'var(--ink2)',
      }),
      Plot.ruleX(marks, {
        x: 'x',
        y1: (m: { lo: number }) => y(m.lo),
        y2: (m: { hi: number }) => y(m.hi),
        stroke: 'colour',
        strokeOpacity: 0.55,
        strokeWidth: between(step * 0.4, 0.5, 2),
      }),
      rule([{ y: y(figure.median) }], 'var(--ink2)', 1, { strokeDasharray: '3 3' }),
      Plot.dot(inside, {
        x: 'x',
        y: (m: { estimate: number }) => y(m.estimate),
        r: between(step * 0.34, 1, 3.4),
        fill: 'colour',
      }),
      rule(
        rows.map(({ y: row }) => ({ y: row })),
        'var(--hair)',
        0.75,
      ),
      Plot.text(heads, {
        x: at(0),
        y: 'y',
        text: (h: { label: string }) => cut(h.label, width - 8),
        textAnchor: 'start',
        fontWeight: 600,
        fill: 'var(--ink)',
      }),
      Plot.text(
        rows.flatMap(({ lines, y: row }) =>
          lines.map((line, i) => ({ line, y: row + (i - (lines.length - 1) / 2) * LINE })),
        ),
        { x: at(8), y: 'y', text: 'line', textAnchor: 'start', fill: 'var(--ink2)' },
      ),
      Plot.dot(dots, { x: 'x', y: 'y', r: between(step * 0.36, 0.9, 3.2), fill: 'colour' }),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
