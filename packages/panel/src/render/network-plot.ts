/** Ties of one home country: a line to each partner, its width the strength, and the partner's circle the size. */
import { amount, decimal } from '../format.ts';
import type { Figure, NetworkPlot } from '../types.ts';
import {
  type Build,
  builder,
  type DrawingElement,
  type DrawOptions,
  NAMESPACE,
  nameDrawing,
  round,
  textWidth,
} from './draw.ts';
import { SANS, SERIF } from './theme.ts';

const ROW = 28;
const HEAD = 24;
const RADIUS = 11;
/** Widest line: just under a row, so that two that arrive side by side stay apart. */
const WIDEST = 16;
const THINNEST = 0.8;

type Tie = NetworkPlot['ties'][number];
interface Row extends Tie {
  y: number;
  r: number;
  width: number;
  strong: boolean;
}

function rowsOf(ties: Tie[]): Row[] {
  const most = (f: (t: Tie) => number) => Math.max(...ties.map(f));
  const [salton, size] = [most((t) => t.salton), most((t) => t.size)];
  return ties.map((t, i) => ({
    ...t,
    y: HEAD + i * ROW + ROW / 2,
    r: Math.max(1.6, RADIUS * Math.sqrt(t.size / size)),
    width: Math.max(THINNEST, (WIDEST * t.salton) / salton),
    strong: t.affinity > 1,
  }));
}

/** From the home to a partner: level at both ends. */
function lineOf(build: Build, from: { x: number; y: number }, x: number, row: Row): DrawingElement {
  const middle = round(from.x + (x - from.x) * 0.55);
  return build('path', {
    d: `M${round(from.x)},${round(from.y)}C${middle},${round(from.y)} ${middle},${round(row.y)} ${round(x)},${round(row.y)}`,
    fill: 'none',
    stroke: row.strong ? 'var(--accent)' : 'var(--border)',
    'stroke-width': round(row.width),
    'stroke-opacity': row.strong ? 0.5 : 0.42,
  });
}

function circleOf(build: Build, x: number, { y, r, strong }: Row): DrawingElement {
  const colour = strong ? 'var(--accent)' : 'var(--border)';
  return build('circle', {
    cx: round(x),
    cy: round(y),
    r: round(r),
    fill: colour,
    stroke: 'var(--paper)',
    'stroke-width': 1,
  });
}

interface Columns {
  /** Middle of the circles, start of the names and their room, right ends of the numbers. */
  circle: number;
  name: number;
  names: number;
  joint: number;
  affinity: number;
}

/** Names and numbers keep the room they need on the right; the lines get what is left. */
function columnsOf(rows: Row[], width: number, heads: string[]): Columns {
  const joint = Math.max(textWidth(heads[0], 12), ...rows.map((r) => textWidth(amount(r.joint), 13)));
  const affinity = Math.max(textWidth(heads[1], 12), ...rows.map((r) => textWidth(decimal(r.affinity, 2), 13)));
  const names = Math.min(width * 0.44, Math.max(...rows.map((r) => textWidth(r.label, 13, true))));
  const name = width - affinity - 16 - joint - 16 - names;
  return { circle: name - RADIUS - 8, name, names: names + 8, joint: width - affinity - 16, affinity: width };
}

function textOf(build: Build, x: number, y: number, words: string, o: Record<string, string | number>): DrawingElement {
  return build('text', { x: round(x), y: round(y), 'font-size': 13, fill: 'var(--ink)', ...o }, [words]);
}

function shortened(label: string, room: number): string {
  if (textWidth(label, 13, true) <= room) return label;
  let end = label.length;
  while (end > 1 && textWidth(`${label.slice(0, end)}…`, 13, true) > room) end--;
  return `${label.slice(0, end).trimEnd()}…`;
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawNetwork(figure: Figure & NetworkPlot, { document, width }: DrawOptions): DrawingElement {
  const build = builder(document);
  const rows = rowsOf(figure.ties);
  const height = HEAD + rows.length * ROW + 6;
  const heads = ['Joint', 'Affinity'];
  const at = columnsOf(rows, width, heads);
  const home = { x: 8, y: HEAD + (rows.length * ROW) / 2 };
  const end = { 'text-anchor': 'end' };
  const quiet = { ...end, fill: 'var(--ink3)', 'font-size': 12 };
  const lines = rows.toReversed().map((row) => lineOf(build, home, at.circle, row));
  const halo = { stroke: 'var(--paper)', 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };
  const svg = build(
    'svg',
    {
      xmlns: NAMESPACE,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': SANS,
      'font-size': 13,
      fill: 'currentColor',
    },
    [
      textOf(build, at.joint, 12, heads[0], quiet),
      textOf(build, at.affinity, 12, heads[1], quiet),
      ...lines,
      ...rows.flatMap((row) => [
        circleOf(build, at.circle, row),
        textOf(build, at.name, row.y + 4.5, shortened(row.label, at.names), { 'font-weight': 600 }),
        textOf(build, at.joint, row.y + 4.5, amount(row.joint), end),
        textOf(build, at.affinity, row.y + 4.5, decimal(row.affinity, 2), end),
      ]),
      build('circle', { cx: home.x, cy: round(home.y), r: 6, fill: 'var(--ink)' }),
      textOf(build, home.x - 8, home.y - 14, figure.home, {
        'font-family': SERIF,
        'font-size': 16,
        'font-style': 'italic',
        ...halo,
      }),
    ],
  );
  nameDrawing(svg, document, figure);
  return svg;
}
