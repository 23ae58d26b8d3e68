/** What each unit does to each coefficient: one row a coefficient, one dot a unit, the strongest by name. */
import * as Plot from '@observablehq/plot';
import { display } from '../format.ts';
import type { Figure, InfluencePlot } from '../types.ts';
import {
  type DrawingElement,
  type DrawOptions,
  nameDrawing,
  PLOT_STYLE,
  plotted,
  textWidth,
  wrapPixels,
} from './draw.ts';
import { niceTicks } from './scale.ts';
import { SERIF } from './theme.ts';

const ROW = 46;
const TOP = 14;
const AXIS = 44;
const LABEL = 14.5;
const SERIF_WIDTH = 1.09;

type Row = InfluencePlot['rows'][number];
interface Dot {
  unit: string;
  change: number;
  y: number;
}

/** The farthest unit on each side, where it stands out of the crowd. */
function namedUnits(dots: Dot[]): Dot[] {
  const ends = [Math.min, Math.max].map((pick) => dots.find((d) => d.change === pick(...dots.map((o) => o.change)))!);
  const most = Math.max(...dots.map((d) => Math.abs(d.change)));
  return [...new Set(ends)].filter((d) => Math.abs(d.change) >= most * 0.4);
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawInfluence(
  figure: Figure & InfluencePlot,
  { document, width, narrow }: DrawOptions,
): DrawingElement {
  const labelled = figure.rows.map((row) => ({
    row,
    lines: wrapPixels(row.label, (narrow ? width - 16 : width * 0.36) / SERIF_WIDTH, LABEL),
  }));
  const above = (lines: string[]) => (narrow ? lines.length * 17 + 4 : 0);
  let top = TOP;
  const rows = labelled.map(({ row, lines }) => {
    const height = above(lines) + Math.max(ROW, narrow ? 0 : lines.length * 17 + 10);
    const placed = { row, lines, top, y: top + above(lines) + (height - above(lines)) / 2 };
    top += height;
    return placed;
  });
  const changes = figure.rows.flatMap((r: Row) => r.points.map((p) => p.change));
  const reach = Math.max(0.05, ...changes.map(Math.abs)) * 1.12;
  const longest = Math.max(...labelled.flatMap(({ lines }) => lines.map((l) => textWidth(l, LABEL) * SERIF_WIDTH)));
  const left = narrow ? 8 : Math.min(width * 0.38, longest + 16);
  const perPixel = (2 * reach) / (width - left - 16);
  const dots = rows.flatMap(({ row, y }) => row.points.map((p): Dot => ({ ...p, y })));
  const names = rows.flatMap(({ row, y }) => namedUnits(row.points.map((p) => ({ ...p, y }))));
  const ticks = niceTicks(-reach, reach, narrow ? 4 : 6);
  const bounds = { y1: TOP - 6, y2: top };
  const svg = plotted({
    document,
    width,
    height: top + AXIS,
    marginLeft: left,
    marginRight: 16,
    marginTop: 0,
    marginBottom: AXIS,
    style: PLOT_STYLE,
    x: { type: 'linear', domain: [-reach, reach], axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.ruleX(
        ticks.filter((t) => t !== 0),
        { ...bounds, stroke: 'var(--hair)', strokeWidth: 0.75 },
      ),
      Plot.ruleX([0], { ...bounds, stroke: 'var(--ink2)', strokeWidth: 1 }),
      Plot.text(ticks, {
        x: (d: number) => d,
        y: top + 14,
        text: (d: number) => display(String(d)),
        fill: 'var(--ink2)',
      }),
      Plot.text(['Standard errors'], { x: () => 0, y: top + 34, text: String, fill: 'var(--ink2)' }),
      Plot.dot(dots, { x: 'change', y: 'y', r: 3.2, fill: 'var(--c1)', fillOpacity: 0.28 }),
      Plot.text(names, {
        x: 'change',
        y: (d: Dot) => d.y - 13,
        text: 'unit',
        fill: 'var(--ink)',
        stroke: 'var(--paper)',
        strokeWidth: 3,
      }),
      ...rows.flatMap(({ lines, top: from, y }) =>
        lines.map((line, i) =>
          Plot.text([line], {
            x: () => -reach - (narrow ? 0 : (left - 0.5) * perPixel),
            y: () => (narrow ? from + 12 + i * 17 : y + (i - (lines.length - 1) / 2) * 17),
            textAnchor: 'start',
            text: String,
            fill: 'var(--ink)',
            fontSize: LABEL,
            fontFamily: SERIF,
            ...(narrow && { stroke: 'var(--paper)', strokeWidth: 4 }),
          }),
        ),
      ),
    ],
  });
  nameDrawing(svg, document, figure);
  return svg;
}
