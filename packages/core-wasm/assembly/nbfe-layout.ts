/**
 * The groups of one nb-fe replicate, laid out for nbfe.ts: columns of the rows of drawn groups one after another, and lists of the
 * cells (rows with y > 0, and group sums) in ascending order of y. All groups' data is kept once; {@link Layout.gather}
 * takes what a replicate drew.
 */
import { SMALL_COUNT } from './cells';
import { Draw } from './replicate';
import { Clusters, offsetAt } from './resample-cache';
import { alloc, mark, reset } from './memory';
import { get, put, Task } from './task';

/** λ above this multiple of y: for groups.ts, whose Hessian keeps its digits there. */
export const FLAT: f64 = 1e5;
/** Largest count that a cell can hold. */
const LARGEST: f64 = 2147483647;

// @ts-ignore: decorator
@unmanaged
export class Layout {
  k: i32 = 0;
  /** Used groups and rows of the whole problem; their columns by group (k, and the offset), sums and first rows. */
  allGroups: i32 = 0;
  allRows: i32 = 0;
  blocks: usize = 0;
  blockOf: usize = 0;
  rowsOfAll: usize = 0;
  flatOfAll: usize = 0;
  weightOfAll: usize = 0;
  /** First used group of each cluster; clusters + 1. */
  firstOf: usize = 0;
  /** Sorted cells {group, byte in group or −1 for its sum, y}: small ones first. */
  cells: usize = 0;
  cellCount: i32 = 0;
  smallCells: i32 = 0;
  /** Byte offsets of λ by group: of its rows, of its sum; −1 where it was not drawn. */
  rowPlace: usize = 0;
  sumPlace: usize = 0;

  /** The replicate: groups, rows, columns of x (stride `step` bytes), offset (or 0), weights and flat limits of groups. */
  groups: i32 = 0;
  rows: i32 = 0;
  x: usize = 0;
  step: usize = 0;
  offset: usize = 0;
  rowsOf: usize = 0;
  flatAt: usize = 0;
  weight: usize = 0;
  /** Cells {byte offset from lambdaOf, y}; counts are even. */
  small: usize = 0;
  smallCount: i32 = 0;
  large: usize = 0;
  largeCount: i32 = 0;
  /** Λ by group, then (`first` bytes on) λ by row; differences in the same places. */
  lambdaOf: usize = 0;
  lambda: usize = 0;
  first: usize = 0;
  d1: usize = 0;
  d2: usize = 0;
  u: usize = 0;
  v: usize = 0;
}

/** Lays out task t (nb-fe, sorted by cluster); null where memory is short or a count is too large for the cells. */
export function layOut(t: Task, clusters: Clusters): Layout | null {
  const at = alloc(<f64>offsetof<Layout>());
  if (!at) return null;
  memory.fill(at, 0, offsetof<Layout>());
  const s = changetype<Layout>(at);
  s.k = t.k;
  if (!allocate(t, clusters, s)) return null;
  let row: i32 = 0;
  for (let c = 0; c < clusters.count; c++) {
    store<i32>(s.firstOf + (<usize>c << 2), s.allGroups);
    for (let g = offsetAt(clusters.group, c); g < offsetAt(clusters.group, c + 1); g++) {
      const from = offsetAt(t.group, g);
      const to = offsetAt(t.group, g + 1);
      let Y: f64 = 0;
      for (let i = from; i < to; i++) Y += get(t.y, i);
      if (to - from < 2 || Y == 0) continue;
      if (Y > LARGEST) return null;
      keepGroup(t, s, from, to, Y);
    }
  }
  store<i32>(s.firstOf + (<usize>clusters.count << 2), s.allGroups);
  return sortCells(s) ? s : null;
}

function allocate(t: Task, clusters: Clusters, s: Layout): bool {
  const n = <f64>t.n;
  const g = <f64>t.g;
  const width = <f64>(t.k + (t.offset ? 1 : 0));
  // a pair more than needed, so that the half pair of an odd end may be touched
  const rows = n + g + 4;
  s.step = (<usize>rows << 3) + 63 & ~63;
  const column = <f64>s.step;
  s.blocks = alloc((n * width + 2) * 8);
  s.blockOf = alloc(g * 4 + 4);
  s.rowsOfAll = alloc(g * 4);
  s.flatOfAll = alloc(g * 8);
  s.weightOfAll = alloc(g * 8);
  s.firstOf = alloc(<f64>clusters.count * 4 + 4);
  s.cells = alloc((n + g) * 16);
  s.rowPlace = alloc(g * 4);
  s.sumPlace = alloc(g * 4);
  s.x = alloc((<f64>t.k + 1) * column);
  s.offset = t.offset ? alloc(column) : 0;
  s.rowsOf = alloc(g * 4);
  s.flatAt = alloc(g * 8);
  s.weight = alloc(g * 8);
  s.small = alloc((n + g + 2) * 8);
  s.large = alloc((n + g + 2) * 8);
  s.first = (<usize>g << 3) + 15 & ~15;
  s.lambdaOf = alloc(<f64>s.first + column);
  s.lambda = s.lambdaOf + s.first;
  s.d1 = alloc(<f64>s.first + column);
  s.d2 = alloc(<f64>s.first + column);
  s.u = alloc(column);
  s.v = alloc(column);
  if (!s.blocks || !s.blockOf || !s.rowsOfAll || !s.flatOfAll || !s.weightOfAll || !s.firstOf || !s.cells) return false;
  if (!s.rowPlace || !s.sumPlace || !s.x || !s.rowsOf || !s.flatAt || !s.weight || !s.small || !s.large) return false;
  if (!s.lambdaOf || !s.d1 || !s.d2 || !s.u || !s.v || (t.offset && !s.offset)) return false;
  memory.fill(s.x, 0, <usize>((<f64>t.k + 1) * column));
  return true;
}

/** Columns of one group, its sums, and its cells (unsorted). */
function keepGroup(t: Task, s: Layout, from: i32, to: i32, Y: f64): void {
  const g = s.allGroups;
  const rows = to - from;
  const width = t.k + (t.offset ? 1 : 0);
  const at = s.blocks + ((<usize>s.allRows * width) << 3);
  store<u32>(s.blockOf + (<usize>g << 2), <u32>at);
  store<i32>(s.rowsOfAll + (<usize>g << 2), rows);
  put(s.flatOfAll, g, FLAT * Y);
  put(s.weightOfAll, g, t.w ? get(t.w, from) : 1.0);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < t.k; j++) put(at, j * rows + r, get(t.x, (from + r) * t.ld + j));
    if (t.offset) put(at, t.k * rows + r, get(t.offset, from + r));
    if (get(t.y, from + r) > 0) addCell(s, g, r << 3, get(t.y, from + r));
  }
  addCell(s, g, -1, Y);
  s.allGroups++;
  s.allRows += rows;
}

function addCell(s: Layout, g: i32, byte: i32, y: f64): void {
  const at = s.cells + (<usize>s.cellCount << 4);
  store<i32>(at, g);
  store<i32>(at, byte, 4);
  store<i32>(at, <i32>y, 8);
  s.cellCount++;
}

/** Small cells first, in ascending order of y (counting sort, stable); large ones after them in their order. */
function sortCells(s: Layout): bool {
  let to = s.cells;
  const bytes = <usize>s.cellCount << 4;
  const top = mark();
  const copy = alloc(<f64>bytes);
  if (!copy) return false;
  memory.copy(copy, s.cells, bytes);
  for (let y = 1; y <= SMALL_COUNT + 1; y++) {
    if (y > SMALL_COUNT) s.smallCells = <i32>((to - s.cells) >> 4);
    for (let at = copy; at < copy + bytes; at += 16) {
      const own = load<i32>(at, 8);
      if (y > SMALL_COUNT ? own >= y : own == y) {
        v128.store(to, v128.load(at));
        to += 16;
      }
    }
  }
  reset(top);
  return true;
}

/** Takes the groups of drawn clusters with their weights. */
export function gatherLayout(s: Layout, d: Draw): void {
  memory.fill(s.rowPlace, 0xff, <usize>s.allGroups << 2);
  memory.fill(s.sumPlace, 0xff, <usize>s.allGroups << 2);
  s.groups = 0;
  s.rows = 0;
  for (let a = 0; a < d.count; a++) {
    const cluster = offsetAt(d.list, a);
    const w = get(d.weights, a);
    for (let g = offsetAt(s.firstOf, cluster); g < offsetAt(s.firstOf, cluster + 1); g++) {
      const own = w * get(s.weightOfAll, g);
      if (own > 0) gatherGroup(s, g, own);
    }
  }
  const bytes = s.first + (<usize>(s.rows + 1) << 3);
  memory.fill(s.d1, 0, bytes);
  memory.fill(s.d2, 0, bytes);
  s.smallCount = gatherCells(s, s.cells, s.smallCells, s.small);
  s.largeCount = gatherCells(s, s.cells + (<usize>s.smallCells << 4), s.cellCount - s.smallCells, s.large);
}

function gatherGroup(s: Layout, g: i32, w: f64): void {
  const rows = offsetAt(s.rowsOfAll, g);
  const pairs = <usize>((rows + 1) & ~1) << 3;
  const bytes = <usize>rows << 3;
  const place = <usize>s.rows << 3;
  let from = <usize>load<u32>(s.blockOf + (<usize>g << 2));
  let to = s.x + place;
  // the half pair of an odd end is overwritten by the next group
  for (let j = 0; j < s.k; j++, from += bytes, to += s.step)
    for (let i: usize = 0; i < pairs; i += 16) v128.store(to + i, v128.load(from + i));
  if (s.offset) memory.copy(s.offset + place, from, bytes);
  store<i32>(s.rowPlace + (<usize>g << 2), <i32>(s.first + place));
  store<i32>(s.sumPlace + (<usize>g << 2), s.groups << 3);
  store<i32>(s.rowsOf + (<usize>s.groups << 2), rows);
  put(s.flatAt, s.groups, get(s.flatOfAll, g));
  put(s.weight, s.groups, w);
  s.groups++;
  s.rows += rows;
}

/** Copies the cells of drawn groups; an odd number is made even by the last one again. */
function gatherCells(s: Layout, from: usize, count: i32, to: usize): i32 {
  const first = to;
  for (const end = from + (<usize>count << 4); from < end; from += 16) {
    const group = <usize>load<u32>(from) << 2;
    const byte = load<i32>(from, 4);
    const place = byte < 0 ? load<i32>(s.sumPlace + group) : load<i32>(s.rowPlace + group) + byte;
    store<i32>(to, place);
    store<i32>(to, load<i32>(from, 8), 4);
    to += <usize>(load<i32>(s.sumPlace + group) >= 0) << 3;
  }
  let taken = <i32>((to - first) >> 3);
  if (taken & 1) {
    store<u64>(to, load<u64>(to - 8));
    taken++;
  }
  return taken;
}
