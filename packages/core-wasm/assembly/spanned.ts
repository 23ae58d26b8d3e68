/** Replicates whose regressors span each other: a dummy none of whose units was drawn. No search can end there. */
import { idle } from './replicate';
import { alloc, mark, reset } from './memory';
import { rankColumns } from './rank';
import { stride } from './matrix';
import { get, NB_FE, Task } from './task';

/** What a column has of its own below this share of it is rounding. newton.ts gives up at 3e-7 (its pivots are squares). */
const ROUNDING: f64 = 1e-11;

/**
 * Whether the rows that count leave some column of x within the span of the others: the likelihood is then constant along a line,
 * and its maximum, where it has one, is no point. False where memory is short.
 */
export function spanned(t: Task): bool {
  const k = t.k;
  const top = mark();
  const room = alloc(<f64>t.n * stride(k) * 8);
  const keep = alloc(<f64>k);
  const rows = alloc(<f64>t.n);
  if (!room || !keep || !rows) return false;
  const n = markRows(t, rows);
  // rankColumns takes its rows from the end of the room.
  let to = room + ((<usize>(stride(k) - k) * n) << 3);
  for (let i = 0; i < t.n; i++) {
    if (!load<u8>(rows + <usize>i)) continue;
    memory.copy(to, t.x + ((<usize>i * t.ld) << 3), <usize>k << 3);
    to += <usize>k << 3;
  }
  const rank = rankColumns(n, k, room, 0, ROUNDING, keep);
  reset(top);
  return rank >= 0 && rank < k;
}

/** rows[i] = 1 for rows that the likelihood looks at; their number. */
function markRows(t: Task, rows: usize): i32 {
  for (let i = 0; i < t.n; i++) store<u8>(rows + <usize>i, !t.w || get(t.w, i) > 0 ? 1 : 0);
  for (let g = 0; g < t.g && t.model == NB_FE; g++) {
    const from = load<i32>(t.group + (<usize>g << 2));
    const to = load<i32>(t.group + (<usize>g << 2), 4);
    if (idle(t, from, to)) memory.fill(rows + <usize>from, 0, <usize>(to - from));
  }
  let n = 0;
  for (let i = 0; i < t.n; i++) n += load<u8>(rows + <usize>i);
  return n;
}
