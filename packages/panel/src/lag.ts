/** Lags as joins on (unit, time − k): a gap gives no row, never the previous one. */
import type { PanelIndex } from './types.ts';

const cache = new WeakMap<PanelIndex, Map<number, Int32Array>>();

function join(panel: PanelIndex, k: number): Int32Array {
  const { order, unitOf, timeOf } = panel;
  const found = new Int32Array(order.length).fill(-1);
  let candidate = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    const wanted = timeOf[row] - k;
    const before = (r: number) => unitOf[r] < unitOf[row] || (unitOf[r] === unitOf[row] && timeOf[r] < wanted);
    while (candidate < order.length && before(order[candidate])) candidate++;
    if (candidate === order.length) break;
    const match = order[candidate];
    if (unitOf[match] === unitOf[row] && timeOf[match] === wanted) found[row] = match;
  }
  return found;
}

/**
 * For each row the row of the same unit k periods before (k < 0: after), −1 where there is none.
 * One merge pass over rows in (unit, time) order; kept per panel and k.
 */
export function lagRows(panel: PanelIndex, k: number): Int32Array {
  const byLag = cache.get(panel) ?? new Map<number, Int32Array>();
  cache.set(panel, byLag);
  const rows = byLag.get(k) ?? join(panel, k);
  byLag.set(k, rows);
  return rows;
}
