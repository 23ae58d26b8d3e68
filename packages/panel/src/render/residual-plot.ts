/** Residuals along the fitted count: a band, its middle, and the rows far out. */
import * as Plot from '@observablehq/plot';
import { display, separated } from '../format.ts';
import type { Figure, ResidualPlot } from '../types.ts';
import { type DrawingElement, type DrawOptions, nameDrawing, PLOT_STYLE, plotted, textWidth } from './draw.ts';
import { logTicks, niceTicks } from './scale.ts';

const TOP = 14;
const BOTTOM = 44;
const NAMED = 4;

type Outlier = ResidualPlot['outliers'][number];
type Bin = ResidualPlot['bins'][number];

/** Names of the farthest rows; one that would stand on another is left out. */
function named(outliers: Outlier[], toX: (v: number) => number, toY: (v: number) => number, width: number) {
  const kept: (Outlier & { side: 1 | -1 })[] = [];
  for (const o of outliers) {
    if (kept.length === NAMED) break;
    const side = toX(o.x) + textWidth(o.label) + 10 > width ? -1 : 1;
    if (
      kept.every((k) => Math.abs(toY(k.y) - toY(o.y)) > 14 || Math.abs(toX(k.x) - toX(o.x)) > textWidth(o.label) + 40)
    )
      kept.push({ ...o, side });
  }
  return kept;
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawResiduals(figure: Figure & ResidualPlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const { bins, outliers } = figure;
  const xs = [...bins.flatMap((b) => [b.from, b.to]), ...outliers.map((o) => o.x)].filter((x) => x > 0);
  const [from, to] = [Math.min(...xs) / 1.1, Math.max(...xs) * 1.1];
  const ys = [-3, 3, ...bins.flatMap((b) => [b.lo, b.hi]), ...outliers.map((o) => o.y)];
  const [lo, hi] = [Math.min(...ys) - 0.4, Math.max(...ys) + 0.6];
  const ticks = niceTicks(lo, hi, narrow ? 4 : 6);
  const left = Math.max(...ticks.map((t) => textWidth(display(String(t))))) + 14;
  const height = narrow ? 260 : 320;
  const toX = (v: number) => left + (Math.log(v / from) / Math.log(to / from)) * (width - left - 8);
  const toY = (v: number) => height - BOTTOM - ((v - lo) / (hi - lo)) * (height - BOTTOM - TOP);
  const labels = named(outliers, toX, toY, width);
  const text = (side: 1 | -1) =>
    Plot.text(
      labels.filter((l) => l.side === side),
      {
        x: 'x',
        y: 'y',
        text: 'label',
        dx: 7 * side,
        textAnchor: side > 0 ? 'start' : 'end',
        fill: 'var(--ink)',
        stroke: 'var(--paper)',
        strokeWidth: 3,
      },
    );
  const svg = plotted({
    document,
    width,
    height,
    marginLeft: left,
    marginRight: 8,
    marginTop: TOP,
    marginBottom: BOTTOM,
    style: PLOT_STYLE,
    x: { type: 'log', domain: [from, to], axis: null },
    y: { type: 'linear', domain: [lo, hi], axis: null },
    marks: [
      Plot.rect(bins, {
        x1: (b: Bin) => Math.max(b.from, from),
        x2: (b: Bin) => Math.max(b.to, b.from * 1.001),
        y1: 'lo',
        y2: 'hi',
        fill: 'var(--c6)',
        fillOpacity: 0.28,
      }),
      Plot.ruleY(
        ticks.filter((t) => t !== 0),
        { stroke: 'var(--hair)', strokeWidth: 0.75 },
      ),
      Plot.ruleY([-3, 3], { stroke: 'var(--rule)', strokeDasharray: '2 3' }),
      Plot.ruleY([0], { stroke: 'var(--ink2)', strokeWidth: 1 }),
      Plot.text(ticks, {
        x: () => from,
        y: (d: number) => d,
        text: (d: number) => display(String(d)),
        dx: -8,
        textAnchor: 'end',
        fill: 'var(--ink2)',
      }),
      Plot.text(
        logTicks(from, to).filter((_, i, all) => all.length < 9 || i % 2 === 0),
        {
          x: (d: number) => d,
          frameAnchor: 'bottom',
          dy: 16,
          text: (d: number) => separated(String(Number(d.toPrecision(3)))),
          fill: 'var(--ink2)',
        },
      ),
      Plot.text([figure.xLabel], { frameAnchor: 'bottom', dy: 34, text: String, fill: 'var(--ink2)' }),
      Plot.dot(outliers, { x: 'x', y: 'y', r: 2, fill: 'var(--c1)', fillOpacity: 0.6 }),
      Plot.dot(bins, { x: 'x', y: 'middle', r: 3.6, fill: 'var(--paper)', stroke: 'var(--c1)', strokeWidth: 1.6 }),
      text(1),
      text(-1),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
