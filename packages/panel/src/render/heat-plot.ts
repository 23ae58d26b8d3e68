/** Shares by unit and period as shades: a row a unit, a column a period, the number in the cell where it has room. */
import { display, fixed } from '../format.ts';
import type { Figure, HeatPlot } from '../types.ts';
import {
  builder,
  type DrawingElement,
  type DrawOptions,
  NAMESPACE,
  nameDrawing,
  round,
  textWidth,
  wrapPixels,
} from './draw.ts';
import { SANS, SERIF } from './theme.ts';

const ROW = 20;
const LINE = 15;
const TOP = 22;
const LABEL = 13.5;
const SERIF_WIDTH = 1.09;
/** A cell this wide holds "0.00". */
const ROOM = 30;
const WIDEST = 76;
const [PALEST, FULL] = [0.06, 0.92];
/** From this opacity on numbers are in the colour of the page. */
const REVERSED = 0.5;

const opacityOf = (share: number) => PALEST + (FULL - PALEST) * Math.min(1, Math.max(0, share));
const shareText = (share: number) => display(fixed(share, share < 9.995 ? 2 : 0));

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawHeat(figure: Figure & HeatPlot, { document, width }: DrawOptions): DrawingElement {
  const build = builder(document);
  const room = width * 0.4 - 12;
  const labels = figure.rows.map(({ label }) => wrapPixels(label, room / SERIF_WIDTH, LABEL));
  const longest = Math.max(...labels.flat().map((line) => textWidth(line, LABEL) * SERIF_WIDTH));
  const left = Math.min(width * 0.4, longest + 12);
  const cell = Math.min(WIDEST, (width - left) / figure.columns.length);
  const parts: DrawingElement[] = [];
  const text = (content: string, x: number, y: number, rest: Record<string, string | number>) =>
    parts.push(build('text', { x: round(x), y: round(y), ...rest }, [content]));
  const widest = Math.max(...figure.columns.map((head) => textWidth(head)));
  const every = Math.ceil((widest + 8) / cell);
  figure.columns.forEach((head, c) => {
    if (c % every === 0) text(head, left + (c + 0.5) * cell, TOP - 8, { 'text-anchor': 'middle', fill: 'var(--ink2)' });
  });
  let y = TOP;
  figure.rows.forEach(({ cells }, r) => {
    const lines = labels[r];
    const height = Math.max(ROW, lines.length * LINE + 5);
    lines.forEach((line, i) => {
      const at = y + height / 2 + 4.5 + (i - (lines.length - 1) / 2) * LINE;
      text(line, 0, at, { 'font-family': SERIF, 'font-size': LABEL, fill: 'var(--ink)' });
    });
    cells.forEach((share, c) => {
      const x = left + c * cell;
      if (share === undefined) {
        parts.push(
          build('path', { d: `M${round(x + cell / 2 - 3)},${round(y + height / 2)}h6`, stroke: 'var(--ink3)' }),
        );
        return;
      }
      const opacity = opacityOf(share);
      const box = { x: round(x + 0.5), y: round(y + 0.5), width: round(cell - 1), height: round(height - 1) };
      parts.push(build('rect', { ...box, fill: 'var(--c1)', 'fill-opacity': Math.round(opacity * 100) / 100 }));
      if (cell >= ROOM)
        text(shareText(share), x + cell / 2, y + height / 2 + 4, {
          'text-anchor': 'middle',
          'font-size': 11.5,
          fill: opacity > REVERSED ? 'var(--paper)' : 'var(--ink)',
        });
    });
    y += height;
  });
  const svg = build(
    'svg',
    {
      xmlns: NAMESPACE,
      width,
      height: y + 4,
      viewBox: `0 0 ${width} ${y + 4}`,
      'font-family': SANS,
      'font-size': 12,
      fill: 'currentColor',
    },
    parts,
  );
  nameDrawing(svg, document, figure);
  return svg;
}
