/**
 * The rows of one replicate: those of clusters with positive weight, moved together into a task of their own whose weights are the
 * problem's times the replicate's. Everything that works on a task works on it.
 */
import { Clusters, offsetAt } from './resample-cache';
import { alloc } from './memory';
import { byGroup, get, NB_FE, newTask, put, Task } from './task';

/** Clusters of positive weight: which, their weights, their cached derivatives, and where each begins in the gathered task. */
// @ts-ignore: decorator
@unmanaged
export class Draw {
  count: i32 = 0;
  list: usize = 0;
  weights: usize = 0;
  rows: usize = 0;
  /** count + 1 offsets of rows (groups). */
  bounds: usize = 0;
}

/** Room for a draw of at most `clusters`; null where memory is short. */
export function newDraw(clusters: i32): Draw | null {
  const at = alloc(<f64>offsetof<Draw>());
  if (!at) return null;
  const d = changetype<Draw>(at);
  const count = <f64>clusters;
  d.count = 0;
  d.list = alloc(count * 4);
  d.weights = alloc(count * 8);
  d.rows = alloc(count * 4);
  d.bounds = alloc(count * 4 + 4);
  return d.list != 0 && d.weights != 0 && d.rows != 0 && d.bounds != 0 ? d : null;
}

/** A task with room for all rows of t, in the same scale; null where memory is short. */
export function roomLike(t: Task): Task | null {
  const c = newTask(t.model, t.n, t.k);
  if (!c) return null;
  c.y = alloc(<f64>t.n * 8);
  c.x = alloc(<f64>t.n * t.ld * 8);
  c.w = alloc(<f64>t.n * 8);
  if (t.offset) c.offset = alloc(<f64>t.n * 8);
  if (byGroup(t.model)) c.group = alloc(<f64>t.g * 4 + 4);
  if (t.m) c.z = alloc(<f64>t.n * t.m * 8);
  if (t.decay) c.decay = alloc(<f64>t.n * 8);
  c.center = t.center;
  c.scale = t.scale;
  c.basis = t.basis;
  c.constant = t.constant;
  return c.y != 0 && c.x != 0 && c.w != 0 && (!t.offset || c.offset != 0) && (!t.group || c.group != 0) && (!t.m || c.z != 0) && (!t.decay || c.decay != 0) ? c : null;
}

/** Copies the rows of drawn clusters with their weights. Groups that give nothing to nb-fe are left out. */
export function gather(t: Task, c: Task, s: Clusters, d: Draw): void {
  c.n = 0;
  c.g = 0;
  for (let a = 0; a < d.count; a++) {
    const cluster = offsetAt(d.list, a);
    const w = get(d.weights, a);
    store<i32>(d.bounds + (<usize>a << 2), byGroup(t.model) ? c.g : c.n);
    if (!byGroup(t.model)) gatherRows(t, c, offsetAt(s.row, cluster), offsetAt(s.row, cluster + 1), w);
    else
      for (let g = offsetAt(s.group, cluster); g < offsetAt(s.group, cluster + 1); g++) {
        const from = offsetAt(t.group, g);
        const to = offsetAt(t.group, g + 1);
        if (t.model == NB_FE && idle(t, from, to)) continue;
        store<i32>(c.group + (<usize>c.g << 2), c.n);
        c.g++;
        gatherRows(t, c, from, to, w);
      }
  }
  store<i32>(d.bounds + (<usize>d.count << 2), byGroup(t.model) ? c.g : c.n);
  if (byGroup(t.model)) store<i32>(c.group + (<usize>c.g << 2), c.n);
}

export function idle(t: Task, from: i32, to: i32): bool {
  if (to - from < 2) return true;
  for (let i = from; i < to; i++) if (get(t.y, i) > 0) return false;
  return true;
}

function gatherRows(t: Task, c: Task, from: i32, to: i32, w: f64): void {
  const rows = <usize>(to - from);
  const at = <usize>c.n << 3;
  const source = <usize>from << 3;
  memory.copy(c.y + at, t.y + source, rows << 3);
  memory.copy(c.x + at * t.ld, t.x + source * t.ld, (rows << 3) * t.ld);
  if (t.offset) memory.copy(c.offset + at, t.offset + source, rows << 3);
  if (t.m) memory.copy(c.z + at * t.m, t.z + source * t.m, (rows << 3) * t.m);
  if (t.decay) memory.copy(c.decay + at, t.decay + source, rows << 3);
  for (let i = from; i < to; i++) put(c.w, c.n + i - from, t.w ? w * get(t.w, i) : w);
  c.n += to - from;
}
