/** Horizontal bars of the parts of one total, the largest first, each with its count and share at its end. */
import * as Plot from '@observablehq/plot';
import { amount, percent } from '../format.ts';
import type { BarsPlot, Figure } from '../types.ts';
import {
  type DrawingElement,
  type DrawOptions,
  nameDrawing,
  PLOT_STYLE,
  plotted,
  textWidth,
  wrapPixels,
} from './draw.ts';

type Row = BarsPlot['bars'][number];

const ROW = 30;
/** Labels above their bars on a narrow page. */
const ROW_NARROW = 44;

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawBars(figure: Figure & BarsPlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const { bars, total } = figure;
  const largest = Math.max(...bars.map((b) => (b.together ? 0 : b.value)));
  const words = bars.map((b) => (b.value > 0 ? `${amount(b.value)} · ${percent(b.value / total)}%` : 'none'));
  const beside = narrow ? 0 : Math.min(width * 0.36, Math.max(...bars.map((b) => textWidth(b.label, 13))) + 14);
  const after = Math.max(...words.map((w) => textWidth(w, 13, true))) + 12;
  const row = narrow ? ROW_NARROW : ROW;
  const height = bars.length * row + 8;
  const rows = bars.map((b, i) => ({ ...b, y: i * row + row / 2 + (narrow ? 9 : 0), top: i * row, words: words[i] }));
  const thickness = 15;
  const labels = narrow
    ? rows.map((r) => ({ text: r.label, y: r.top + 10 }))
    : rows.flatMap((r) => {
        const lines = wrapPixels(r.label, beside - 12, 13).slice(0, 2);
        return lines.map((text, k) => ({ text, y: r.y + (k - (lines.length - 1) / 2) * 14 }));
      });
  const svg = plotted({
    document,
    width,
    height,
    marginLeft: beside,
    marginRight: after,
    marginTop: 4,
    marginBottom: 4,
    style: { ...PLOT_STYLE, fontSize: '13px' },
    x: { type: 'linear', domain: [0, largest], axis: null },
    y: { type: 'linear', domain: [height - 8, 0], axis: null },
    marks: [
      Plot.rect(
        rows.filter((r) => r.value > 0 && !r.together),
        {
          x1: () => 0,
          x2: 'value',
          y1: (r: { y: number }) => r.y - thickness / 2,
          y2: (r: { y: number }) => r.y + thickness / 2,
          fill: 'var(--c1)',
        },
      ),
      Plot.ruleX([0], { stroke: 'var(--rule)', strokeWidth: 0.75 }),
      Plot.text(labels, {
        x: () => 0,
        y: 'y',
        text: 'text',
        dx: narrow ? 0 : -beside,
        textAnchor: 'start',
        fill: 'var(--ink)',
      }),
      Plot.text(rows, {
        x: (r: Row) => (r.together ? 0 : r.value),
        y: 'y',
        text: 'words',
        dx: 8,
        textAnchor: 'start',
        fill: (r: Row) => (r.value > 0 && !r.together ? 'var(--ink)' : 'var(--ink3)'),
        fontWeight: 600,
      }),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
