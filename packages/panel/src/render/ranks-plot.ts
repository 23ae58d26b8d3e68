/** Units in several orders: a column an order, a line a unit, names at the left, ranks at the right. */
import type { Figure, RanksPlot } from '../types.ts';
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
import { SANS, SERIF, seriesColour } from './theme.ts';

const ROW = 18;
const LABEL = 13;
const HEAD = 15;
const SERIF_WIDTH = 1.09;
const LABEL_SHARE = 0.38;

/** The name, shortened with a full stop for what is left out where there is no room. */
function fitted(label: string, room: number): string {
  if (textWidth(label, LABEL) * SERIF_WIDTH <= room) return label;
  let cut = label;
  while (cut.length > 3 && textWidth(`${cut}…`, LABEL) * SERIF_WIDTH > room) cut = cut.slice(0, -1).trimEnd();
  return `${cut}…`;
}

/** The drawing as an SVG element of the injected document, coloured by CSS variables. */
export function drawRanks(figure: Figure & RanksPlot, { document, width, narrow }: DrawOptions): DrawingElement {
  const build = builder(document);
  const { columns, rows } = figure;
  const most = (narrow ? LABEL_SHARE : 0.3) * width;
  const longest = Math.max(...rows.map(({ label }) => textWidth(label, LABEL) * SERIF_WIDTH));
  const names = Math.min(most, longest);
  const left = names + 34;
  const right = narrow ? 30 : Math.min(names + 34, 0.28 * width);
  const step = (width - left - right) / Math.max(1, columns.length - 1);
  const wraps = columns.map(({ detail }) => wrapPixels(detail, step - 8, 12));
  const fits = wraps.flat().every((line) => textWidth(line) <= step - 6);
  const heads = columns.map(({ head }, c) => [head, ...(fits ? wraps[c] : [])]);
  const top = Math.max(...heads.map((lines) => lines.length)) * HEAD + 14;
  const x = (c: number) => left + c * step;
  const y = (rank: number) => top + (rank - 0.5) * ROW;
  const parts: DrawingElement[] = [];
  const text = (content: string, at: [number, number], rest: Record<string, string | number>) =>
    parts.push(build('text', { x: round(at[0]), y: round(at[1]), ...rest }, [content]));
  columns.forEach((_, c) => {
    parts.push(
      build('path', { d: `M${round(x(c))},${top - 4}V${round(y(rows.length) + ROW / 2)}`, stroke: 'var(--hair)' }),
    );
    heads[c].forEach((line, i) => {
      const down = top - 14 - (heads[c].length - 1 - i) * HEAD;
      text(line, [x(c), down], { 'text-anchor': 'middle', fill: 'var(--ink2)', 'font-weight': i === 0 ? 600 : 400 });
    });
  });
  let colour = 0;
  const order = [...rows].sort((a, b) => Number(a.strong) - Number(b.strong));
  for (const { label, ranks, strong } of order) {
    const tone = strong ? seriesColour(colour++) : { mark: 'var(--c7)', text: 'var(--ink)' };
    const d = ranks.map((rank, c) => `${c === 0 ? 'M' : 'L'}${round(x(c))},${round(y(rank))}`).join('');
    parts.push(
      build('path', {
        ...{ d, fill: 'none', stroke: tone.mark, 'stroke-width': strong ? 2.2 : 1.1 },
        ...{ 'stroke-opacity': strong ? 1 : 0.55, 'stroke-linejoin': 'round' },
      }),
    );
    ranks.forEach((rank, c) => {
      parts.push(build('circle', { cx: round(x(c)), cy: round(y(rank)), r: strong ? 3.2 : 2.2, fill: tone.mark }));
    });
    const style = { 'font-family': SERIF, 'font-size': LABEL, fill: tone.text, 'font-weight': strong ? 600 : 400 };
    const [first, last] = [ranks[0], ranks[ranks.length - 1]];
    text(fitted(label, names), [left - 34, y(first) + 4.5], { ...style, 'text-anchor': 'end' });
    text(String(first), [left - 8, y(first) + 4], { 'text-anchor': 'end', fill: 'var(--ink3)', 'font-size': 11 });
    const end = x(columns.length - 1);
    text(String(last), [end + 8, y(last) + 4], { fill: 'var(--ink3)', 'font-size': 11 });
    if (!narrow) text(fitted(label, right - 34), [end + 32, y(last) + 4.5], style);
  }
  const height = Math.round(top + rows.length * ROW + 6);
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const svg = build(
    'svg',
    { xmlns: NAMESPACE, ...size, 'font-family': SANS, 'font-size': 12, fill: 'currentColor' },
    parts,
  );
  nameDrawing(svg, document, figure);
  return svg;
}
