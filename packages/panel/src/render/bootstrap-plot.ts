/** Small multiples of replicates: full tone inside the first interval, faded outside; the intervals below; dashed zero. */
import * as Plot from '@observablehq/plot';
import { display, fixed } from '../format.ts';
import type { BootstrapPlot, Figure } from '../types.ts';
import { type DrawingElement, type DrawOptions, nameDrawing, PLOT_STYLE, plotted, textWidth } from './draw.ts';
import { SERIF } from './theme.ts';

type Panel = BootstrapPlot['panels'][number];

/** A panel without its gap, px. */
const WIDTH = 226;
const HEIGHT = 118;
const HISTOGRAM = 74;
const GAP = 40;
const HEAD = 30;

interface Place {
  panel: Panel;
  left: number;
  top: number;
  width: number;
}

function placesOf({ panels }: BootstrapPlot, width: number): Place[] {
  const columns = Math.max(1, Math.floor((width + GAP) / (WIDTH + GAP)));
  const each = (width - (columns - 1) * GAP) / columns;
  return panels.map((panel, i) => ({
    panel,
    left: (i % columns) * (each + GAP),
    top: Math.floor(i / columns) * (HEAD + HEIGHT + 26),
    width: each,
  }));
}

const decimals = (span: number) => Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(span))));

function panelMarks({ panel, left, top, width }: Place): Plot.Markish[] {
  const { bins, intervals, estimate, label, within } = panel;
  const [from, to] = [bins[0].from, bins[bins.length - 1].to];
  const lo = Math.min(from, estimate);
  const hi = Math.max(to, estimate);
  const x = (v: number) => left + ((v - lo) / (hi - lo)) * width;
  const base = top + HEAD + HISTOGRAM;
  const most = Math.max(...bins.map((b) => b.count));
  const [main, ...others] = intervals;
  const inside = (b: Panel['bins'][number]) => (b.from + b.to) / 2 >= main.lo && (b.from + b.to) / 2 <= main.hi;
  const digits = decimals(main.hi - main.lo);
  const words = `${display(fixed(main.lo, digits))} to ${display(fixed(main.hi, digits))}`;
  const start = { textAnchor: 'start', lineAnchor: 'bottom' } as const;
  const name = label + (within ? '' : '\u00a0‡');
  const room = width - textWidth(words) - 10;
  const long = textWidth(name, 14.5) * 1.09 > room;
  const zero = lo <= 0 && hi >= 0;
  return [
    Plot.text([name], {
      x: () => left,
      y: () => top + (long ? 4 : 18),
      ...start,
      text: String,
      fill: 'var(--ink)',
      fontFamily: SERIF,
      fontSize: 14.5,
    }),
    Plot.text([words], {
      x: () => left + width,
      y: () => top + 18,
      textAnchor: 'end',
      lineAnchor: 'bottom',
      text: String,
      fill: 'var(--ink2)',
    }),
    Plot.rect(
      bins.filter((b) => b.count > 0),
      {
        x1: (b: Panel['bins'][number]) => x(b.from) + 0.5,
        x2: (b: Panel['bins'][number]) => x(b.to) - 0.5,
        y1: base,
        y2: (b: Panel['bins'][number]) => base - (b.count / most) * HISTOGRAM,
        fill: 'var(--accent)',
        fillOpacity: (b: Panel['bins'][number]) => (inside(b) ? 0.85 : 0.32),
      },
    ),
    Plot.ruleY([base], { x1: left, x2: left + width, stroke: 'var(--rule)', strokeWidth: 0.75 }),
    Plot.ruleY([base + 9], {
      x1: x(Math.max(lo, main.lo)),
      x2: x(Math.min(hi, main.hi)),
      stroke: 'var(--accent)',
      strokeWidth: 2.6,
    }),
    ...others.map((other, k) =>
      Plot.ruleY([base + 18 + 8 * k], {
        x1: x(Math.max(lo, other.lo)),
        x2: x(Math.min(hi, other.hi)),
        stroke: 'var(--c7)',
        strokeWidth: 1.8,
      }),
    ),
    Plot.dot([estimate], {
      x: x(estimate),
      y: base + 9,
      r: 3.4,
      fill: 'var(--paper)',
      stroke: 'var(--accent)',
      strokeWidth: 1.5,
    }),
    ...(zero
      ? [
          Plot.ruleX([x(0)], {
            y1: top + HEAD - 4,
            y2: base + 26,
            stroke: 'var(--ink2)',
            strokeDasharray: '2 3',
            strokeWidth: 1,
          }),
          Plot.text(['0'], { x: () => x(0), y: () => base + 38, text: String, fill: 'var(--ink2)' }),
        ]
      : []),
  ];
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawBootstrap(figure: Figure & BootstrapPlot, { document, width }: DrawOptions): DrawingElement {
  const places = placesOf(figure, width);
  const height = Math.max(...places.map(({ top }) => top)) + HEAD + HEIGHT;
  const svg = plotted({
    document,
    width,
    height,
    margin: 0,
    style: PLOT_STYLE,
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: places.flatMap(panelMarks),
  });
  nameDrawing(svg, document, figure);
  return svg;
}
