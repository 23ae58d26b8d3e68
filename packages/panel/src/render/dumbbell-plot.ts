/** Realised and potential of each unit: one row a unit, a dot and a ring joined by a line. */
import * as Plot from '@observablehq/plot';
import { amount, display } from '../format.ts';
import type { DumbbellPlot, Figure } from '../types.ts';
import {
  type DrawingElement,
  type DrawOptions,
  nameDrawing,
  PLOT_STYLE,
  plotted,
  textWidth,
  wrapPixels,
} from './draw.ts';
import { logTicks, niceTicks } from './scale.ts';
import { SERIF } from './theme.ts';

const ROW = 20;
const LINE = 15;
const TOP = 34;
const AXIS = 44;
const RIGHT = 20;
const LABEL = 13.5;
const LABEL_SHARE = 0.4;
const SERIF_WIDTH = 1.09;

interface Row {
  lines: string[];
  y: number;
  realised: number;
  potential: number;
}

/** The scale's ends: zero, or a third below the least positive value on a log scale. */
function domainOf({ rows, log }: DumbbellPlot): [number, number] {
  const values = rows.flatMap(({ realised, potential }) => [realised, potential]);
  const most = Math.max(...values);
  if (!log) return [Math.min(0, ...values), most * 1.04];
  return [Math.min(...values.filter((x) => x > 0)) / 1.5, most * 1.3];
}

function rowsOf({ rows }: DumbbellPlot, width: number): { rows: Row[]; left: number; bottom: number } {
  const room = (width * LABEL_SHARE - 16) / SERIF_WIDTH;
  let top = TOP;
  const placed = rows.map(({ label, realised, potential }) => {
    const lines = wrapPixels(label, room, LABEL);
    const height = Math.max(ROW, lines.length * LINE + 5);
    const row = { lines, y: top + height / 2, realised, potential };
    top += height;
    return row;
  });
  const longest = Math.max(...placed.flatMap(({ lines }) => lines.map((l) => textWidth(l, LABEL) * SERIF_WIDTH)));
  return { rows: placed, left: Math.min(width * LABEL_SHARE, longest + 16), bottom: top };
}

/** Powers of ten where there are two of them: the others' labels would touch on a narrow page. */
function sparse(ticks: number[]): number[] {
  const powers = ticks.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9));
  return powers.length > 1 ? powers : ticks;
}

/** Names of the two marks above the first row, apart where they would touch. */
function headMarks([first]: Row[], at: (x: number) => number, back: (px: number) => number, right: number) {
  const y = () => TOP - 14;
  const [a, b] = [at(first.realised), at(first.potential)];
  const [words, widths] = [
    ['Realised', 'Potential'],
    [textWidth('Realised', 12, true), textWidth('Potential', 12, true)],
  ];
  const order = a <= b ? [0, 1] : [1, 0];
  const gap = (widths[0] + widths[1]) / 2 + 10;
  const middle = (a + b) / 2;
  const apart = Math.max(Math.abs(b - a), gap);
  const reach = [widths[order[0]] / 2, widths[order[1]] / 2];
  const start = Math.min(Math.max(middle - apart / 2, at(first.realised) < 0 ? 0 : reach[0]), right - reach[1] - apart);
  return order.map((k, i) =>
    Plot.text([words[k]], {
      x: () => back(start + i * apart),
      y,
      text: String,
      fill: k === 0 ? 'var(--t1)' : 'var(--ink2)',
      fontWeight: 600,
    }),
  );
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawDumbbells(figure: Figure & DumbbellPlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const { rows, left, bottom } = rowsOf(figure, width);
  const [lo, hi] = domainOf(figure);
  const scale = (x: number) => (figure.log ? Math.log10(x) : x);
  const span = scale(hi) - scale(lo);
  const room = width - left - RIGHT;
  const clamp = (x: number) => Math.max(lo, x);
  const at = (x: number) => ((scale(clamp(x)) - scale(lo)) / span) * room;
  const back = (px: number) => {
    const value = scale(lo) + (px / room) * span;
    return figure.log ? 10 ** value : value;
  };
  const ticks = figure.log ? logTicks(lo, hi) : niceTicks(lo, hi, narrow ? 3 : 6);
  const shown = figure.log && narrow ? sparse(ticks) : ticks;
  const zeros = figure.log ? rows.filter(({ realised }) => realised === 0) : [];
  const svg = plotted({
    document,
    width,
    height: bottom + AXIS,
    marginLeft: left,
    marginRight: RIGHT,
    marginTop: 0,
    marginBottom: AXIS,
    style: PLOT_STYLE,
    x: { type: figure.log ? 'log' : 'linear', domain: [lo, hi], axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.ruleX(shown, { y1: TOP - 4, y2: bottom, stroke: 'var(--hair)', strokeWidth: 0.75 }),
      Plot.text(shown, {
        x: (d: number) => d,
        y: bottom + 14,
        text: (d: number) => (d >= 1000 ? amount(d) : display(String(d))),
        fill: 'var(--ink2)',
      }),
      Plot.text([figure.xLabel], { x: () => back(room / 2), y: bottom + 34, text: String, fill: 'var(--ink2)' }),
      ...headMarks(rows, at, back, room),
      Plot.ruleY(rows, {
        y: 'y',
        x1: (d: Row) => clamp(d.realised),
        x2: (d: Row) => clamp(d.potential),
        stroke: 'var(--c1)',
        strokeOpacity: 0.45,
        strokeWidth: 2.4,
      }),
      Plot.dot(rows, {
        x: (d: Row) => clamp(d.potential),
        y: 'y',
        r: 3.8,
        fill: 'var(--paper)',
        stroke: 'var(--ink2)',
        strokeWidth: 1.5,
      }),
      Plot.dot(rows, { x: (d: Row) => clamp(d.realised), y: 'y', r: 3.8, fill: 'var(--c1)' }),
      Plot.text(zeros, { x: () => lo, y: 'y', dx: -7, text: () => '0', textAnchor: 'end', fill: 'var(--ink2)' }),
      ...rows.flatMap(({ lines, y }) =>
        lines.map((line, i) =>
          Plot.text([line], {
            x: () => lo,
            y: () => y + (i - (lines.length - 1) / 2) * LINE,
            dx: -(left - 2),
            textAnchor: 'start',
            text: String,
            fill: 'var(--ink)',
            fontSize: LABEL,
            fontFamily: SERIF,
          }),
        ),
      ),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
