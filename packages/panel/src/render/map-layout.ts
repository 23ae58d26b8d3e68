/** Where things stand on a map: circles, the lens, the key, and names that touch nothing. */
import { amount } from '../format.ts';
import { type MapFrame, mapFrame } from '../map-projection.ts';
import type { LonLat, MapPlot } from '../types.ts';
import { textWidth } from './draw.ts';

export type Box = [left: number, top: number, right: number, bottom: number];

export interface Symbol {
  label: string;
  count: number;
  named: boolean;
  x: number;
  y: number;
  r: number;
}
export interface Name {
  label: string;
  value: string;
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
}
export interface LensPlace {
  x: number;
  y: number;
  r: number;
}
export interface MapLayout extends MapFrame {
  home: { x: number; y: number };
  symbols: Symbol[];
  names: Name[];
  lens?: LensPlace;
  /** Top left corner of the key. */
  key: { x: number; y: number; width: number; height: number; sizes: number[] };
  /** Radius of a count. */
  radius: (value: number) => number;
  /** Height of the whole drawing: more than the map's where the key stands below it. */
  total: number;
}

const LEAST_RADIUS = 2.6;
const NAME = 12.5;
const LINE = 15;

const overlap = (a: Box, b: Box) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
const circleBox = ({ x, y, r }: { x: number; y: number; r: number }): Box => [x - r, y - r, x + r, y + r];

/** Whether a box touches a disc. */
function touches([left, top, right, bottom]: Box, { x, y, r }: { x: number; y: number; r: number }): boolean {
  const dx = Math.max(left - x, 0, x - right);
  const dy = Math.max(top - y, 0, y - bottom);
  return dx * dx + dy * dy < r * r;
}

/** Round counts for the key: about a hundredth, a tenth and the whole of the largest. */
export function keySizes(largest: number): number[] {
  const round = (x: number) => {
    const power = 10 ** Math.floor(Math.log10(x));
    return [5, 2, 1].map((m) => m * power).find((v) => v <= x) ?? power;
  };
  const sizes = [largest, largest / 7, largest / 50].filter((x) => x >= 1).map(round);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

export function namesFor(
  symbols: Symbol[],
  taken: Box[],
  discs: LensPlace[],
  width: number,
  height: number,
  skip?: string,
  show: (count: number) => string = amount,
): Name[] {
  const boxes = [...taken];
  const names: Name[] = [];
  for (const s of symbols.filter((one) => one.named && one.label !== skip)) {
    const value = show(s.count);
    const w = textWidth(s.label, NAME, true) + textWidth(` ${value}`, NAME) + 5;
    const gap = s.r + 5;
    const at = (x: number, y: number, anchor: Name['anchor']): { name: Name; box: Box } => {
      const left = anchor === 'start' ? x : anchor === 'end' ? x - w : x - w / 2;
      return {
        name: { label: s.label, value, x, y, anchor },
        box: [left - 2, y - LINE / 2, left + w + 2, y + LINE / 2],
      };
    };
    const d = gap * 0.75;
    const tries = [
      at(s.x + gap, s.y, 'start'),
      at(s.x - gap, s.y, 'end'),
      at(s.x, s.y - gap - 6, 'middle'),
      at(s.x, s.y + gap + 6, 'middle'),
      at(s.x + d, s.y - d - 5, 'start'),
      at(s.x - d, s.y - d - 5, 'end'),
      at(s.x + d, s.y + d + 5, 'start'),
      at(s.x - d, s.y + d + 5, 'end'),
      at(s.x - d - 8, s.y - d - 20, 'end'),
      at(s.x + d + 8, s.y - d - 20, 'start'),
      at(s.x, s.y - gap - 22, 'middle'),
      at(s.x, s.y + gap + 22, 'middle'),
    ];
    const free = tries.find(
      ({ box }) =>
        box[0] >= 2 &&
        box[2] <= width - 2 &&
        box[1] >= 2 &&
        box[3] <= height - 2 &&
        !boxes.some((b) => overlap(b, box)) &&
        !discs.some((disc) => touches(box, disc)) &&
        !symbols.some((o) => o !== s && touches(box, { ...o, r: Math.max(o.r, 3) })),
    );
    if (!free) continue;
    boxes.push(free.box);
    names.push(free.name);
  }
  return names;
}

/** Points of a disc, its middle first. */
const DISC: LonLat[] = [
  [0, 0],
  ...Array.from({ length: 8 }, (_, k): LonLat => turn(k / 8)),
  ...Array.from({ length: 6 }, (_, k): LonLat => [turn(k / 6)[0] * 0.55, turn(k / 6)[1] * 0.55]),
];

function turn(share: number): LonLat {
  return [Math.cos(2 * Math.PI * share), Math.sin(2 * Math.PI * share)];
}

interface Ring {
  box: Box;
  points: LonLat[];
}

/** Outer rings and holes of the land in pixels, with their boxes. */
function ringsOf(figure: MapPlot, { projection }: MapFrame): Ring[] {
  return figure.shapes.flatMap(({ polygons }) =>
    polygons.flat().map((ring): Ring => {
      const points = ring.map((point) => projection(point)!);
      const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
      return { box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], points };
    }),
  );
}

/** Whether a point is inside an odd number of rings. */
function isLand(x: number, y: number, rings: Ring[]): boolean {
  let inside = false;
  for (const { box, points } of rings) {
    if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue;
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const [[ax, ay], [bx, by]] = [points[i], points[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

/** Share of a disc that is land. */
const landShare = (x: number, y: number, r: number, rings: Ring[]) =>
  DISC.filter(([dx, dy]) => isLand(x + dx * r, y + dy * r, rings)).length / DISC.length;

/** A place for the lens over empty sea, near its state, that covers no symbol; undefined where there is none. */
function placeLens(
  figure: MapPlot,
  frame: MapFrame,
  symbols: Symbol[],
  home: { x: number; y: number },
): LensPlace | undefined {
  if (!figure.lens) return undefined;
  const { width, height } = frame;
  const r = Math.round(Math.max(46, Math.min(88, width * 0.078)));
  const [sx, sy] = frame.projection(figure.lens.at)!;
  const candidates: (LensPlace & { cost: number })[] = [];
  for (let x = r + 4; x <= width - r - 4; x += r / 5)
    for (let y = r + 4; y <= height - r - 4; y += r / 5) {
      const box = { x, y, r: r + 8 };
      const apart = (o: { x: number; y: number; r: number }) => (o.x - x) ** 2 + (o.y - y) ** 2 > (o.r + r + 8) ** 2;
      if (!symbols.every(apart) || !apart({ ...home, r: 24 })) continue;
      const far = Math.sqrt((sx - x) ** 2 + (sy - y) ** 2);
      candidates.push({ ...box, r, cost: far });
    }
  const near = candidates.sort((a, b) => a.cost - b.cost).slice(0, 80);
  const rings = ringsOf(figure, frame);
  const judged = near.map((c) => ({ ...c, cost: c.cost + 0.5 * width * landShare(c.x, c.y, r, rings) }));
  const [best] = judged.sort((a, b) => a.cost - b.cost);
  return best && { x: best.x, y: best.y, r };
}

function placeKey(width: number, height: number, sizes: number[], radius: (v: number) => number, taken: Box[]) {
  const circles = sizes.reduce((sum, v) => sum + 2 * radius(v) + 22, 0);
  const w = circles + 112;
  const h = 2 * radius(sizes[sizes.length - 1]) + 44;
  const corners: [number, number][] = [
    [14, height - h - 8],
    [width - w - 14, height - h - 8],
    [14, 10],
    [width - w - 14, 10],
  ];
  const free = corners.find(([x, y]) => w < width * 0.45 && !taken.some((b) => overlap(b, [x, y, x + w, y + h])));
  const [x, y] = free ?? [0, height + 10];
  return { x, y, width: w, height: h, sizes, below: !free };
}

/** Everything placed for one width. */
export function layoutMap(figure: MapPlot, width: number): MapLayout {
  const frame = mapFrame([figure.home.at, ...figure.partners.map((p) => p.at)], width);
  const most = Math.max(...figure.partners.map((p) => p.count));
  const full = Math.max(15, Math.min(38, width * 0.033));
  const radius = (value: number) => (value > 0 ? Math.max(LEAST_RADIUS, full * Math.sqrt(value / most)) : 0);
  const [hx, hy] = frame.projection(figure.home.at)!;
  const home = { x: hx, y: hy };
  const symbols = figure.partners.map((p): Symbol => {
    const [x, y] = frame.projection(p.at)!;
    return { label: p.label, count: p.count, named: p.named, x, y, r: radius(p.count) };
  });
  const lens = placeLens(figure, frame, symbols, home);
  const homeBox: Box = [hx + 4, hy - 26, hx + 12 + textWidth(figure.home.label, 16), hy - 4];
  const key = placeKey(width, frame.height, keySizes(most), radius, [
    ...symbols.map((s) => circleBox({ ...s, r: Math.max(s.r, 5) })),
    ...(lens ? [circleBox({ ...lens, r: lens.r + 6 })] : []),
    homeBox,
  ]);
  const taken: Box[] = [homeBox, ...(key.below ? [] : [[key.x, key.y, key.x + key.width, key.y + key.height] as Box])];
  const names = namesFor(
    symbols,
    taken,
    lens ? [{ ...lens, r: lens.r + 3 }] : [],
    width,
    frame.height,
    lens && figure.lens?.label,
  );
  const total = key.below ? frame.height + key.height + 12 : frame.height;
  return { ...frame, home, symbols, names, ...(lens && { lens }), key, radius, total };
}
