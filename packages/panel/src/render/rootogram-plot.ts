/** Observed rows hang from the expected ones, on a square-root scale (hanging rootogram). */
import * as Plot from '@observablehq/plot';
import { count, display } from '../format.ts';
import type { Figure, RootogramPlot } from '../types.ts';
import { type DrawingElement, type DrawOptions, nameDrawing, PLOT_STYLE, plotted, textWidth } from './draw.ts';

type Bin = RootogramPlot['bins'][number] & { k: number };

const TOP = 14;
const BOTTOM = 44;

/** Round counts whose square roots are spread over the axis. */
function ticksOf(most: number): number[] {
  const all = [
    0, 1, 4, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1e6,
  ];
  const inside = all.filter((t) => t <= most * 1.1);
  const kept = [inside[inside.length - 1] ?? 0];
  const least = Math.sqrt(most) / 7;
  for (const t of inside.toReversed()) if (Math.sqrt(kept[kept.length - 1]) - Math.sqrt(t) >= least) kept.push(t);
  return kept.reverse();
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawRootogram(
  figure: Figure & RootogramPlot,
  { document, width, narrow }: DrawOptions,
): DrawingElement {
  const bins = figure.bins.map((bin, k): Bin => ({ ...bin, k }));
  const most = Math.max(...bins.map((b) => Math.max(b.expected, b.observed)));
  const foot = (b: Bin) => Math.sqrt(b.expected) - Math.sqrt(b.observed);
  const lo = Math.min(0, ...bins.map(foot)) * 1.08;
  const hi = Math.sqrt(Math.max(...bins.map((b) => b.expected))) * 1.06 || 1;
  const ticks = ticksOf(Math.min(most, hi * hi));
  const left = Math.max(...ticks.map((t) => textWidth(count(t)))) + 14;
  const each = (width - left - 8) / bins.length;
  const widest = Math.max(...bins.map((b) => textWidth(b.label))) + 8;
  const step = Math.max(1, Math.ceil(widest / each));
  const height = narrow ? 260 : 320;
  const bar = Math.max(1, each * 0.36);
  const unit = (bar / (width - left - 8)) * bins.length;
  const svg = plotted({
    document,
    width,
    height,
    marginLeft: left,
    marginRight: 8,
    marginTop: TOP,
    marginBottom: BOTTOM,
    style: PLOT_STYLE,
    x: { type: 'linear', domain: [-0.5, bins.length - 0.5], axis: null },
    y: { type: 'linear', domain: [lo, hi], axis: null },
    marks: [
      Plot.ruleY(
        ticks.filter((t) => t > 0),
        { y: (t: number) => Math.sqrt(t), stroke: 'var(--hair)', strokeWidth: 0.75 },
      ),
      Plot.text(ticks, {
        x: () => -0.5,
        y: (t: number) => Math.sqrt(t),
        text: (t: number) => count(t),
        dx: -8,
        textAnchor: 'end',
        fill: 'var(--ink2)',
      }),
      Plot.rect(bins, {
        x1: (b: Bin) => b.k - unit,
        x2: (b: Bin) => b.k + unit,
        y1: foot,
        y2: (b: Bin) => Math.sqrt(b.expected),
        fill: 'var(--c6)',
        fillOpacity: 0.55,
      }),
      Plot.ruleY([0], { stroke: 'var(--ink2)', strokeWidth: 1 }),
      Plot.line(bins, { x: 'k', y: (b: Bin) => Math.sqrt(b.expected), stroke: 'var(--c1)', strokeWidth: 2 }),
      Plot.dot(bins, {
        x: 'k',
        y: (b: Bin) => Math.sqrt(b.expected),
        r: 3,
        fill: 'var(--paper)',
        stroke: 'var(--c1)',
        strokeWidth: 1.6,
      }),
      Plot.text(
        bins.filter((b) => b.k % step === 0),
        { x: 'k', frameAnchor: 'bottom', dy: 16, text: (b: Bin) => display(b.label), fill: 'var(--ink2)' },
      ),
      Plot.text([figure.xLabel], { frameAnchor: 'bottom', dy: 34, text: String, fill: 'var(--ink2)' }),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
