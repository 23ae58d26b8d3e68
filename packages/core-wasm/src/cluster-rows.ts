/** The rows of a resampling problem sorted by cluster: each cluster a run of rows and, in group models, of groups. */
import type { FrontierShape, Problem } from './abi.ts';
import type { ResampleProblem } from './abi-resample.ts';
import { isFrontier, scoresByGroup, unitsOf } from './models.ts';

export interface ClusterRows {
  problem: Problem;
  /** count + 1 row offsets. */
  rowStart: Int32Array;
  /** count + 1 group offsets, for group models. */
  clusterGroups?: Int32Array;
}

/** Counting sort of `codes`: offsets of the codes and the order of the positions, stable. */
function sortCodes(codes: Int32Array, count: number): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(count + 1);
  for (const code of codes) start[code + 1]++;
  for (let c = 0; c < count; c++) start[c + 1] += start[c];
  const next = start.slice(0, count);
  const order = new Int32Array(codes.length);
  codes.forEach((code, i) => {
    order[next[code]++] = i;
  });
  return { start, order };
}

/** Codes of n rows, each of 0 … count − 1 and every one of them used. */
function validCodes(codes: Int32Array, n: number, count: number): boolean {
  if (codes.length !== n || !Number.isInteger(count) || count < 1 || count > n) return false;
  const seen = new Uint8Array(count);
  for (const code of codes) {
    if (code < 0 || code >= count) return false;
    seen[code] = 1;
  }
  return seen.every((flag) => flag === 1);
}

/** Boundaries from 0 to n that never fall. */
function validGroups(groupStart: Int32Array, n: number): boolean {
  const last = groupStart.length - 1;
  if (last < 1 || groupStart[0] !== 0 || groupStart[last] !== n) return false;
  for (let g = 0; g < last; g++) if (groupStart[g + 1] < groupStart[g]) return false;
  return true;
}

/** Groups sorted by the cluster of their rows, empty ones left out; undefined where a group is split between clusters. */
function sortGroups(groupStart: Int32Array, codes: Int32Array, count: number) {
  const groups: number[] = [];
  for (let g = 0; g + 1 < groupStart.length; g++) {
    if (groupStart[g] === groupStart[g + 1]) continue;
    for (let i = groupStart[g] + 1; i < groupStart[g + 1]; i++) if (codes[i] !== codes[groupStart[g]]) return undefined;
    groups.push(g);
  }
  const { start, order } = sortCodes(
    Int32Array.from(groups, (g) => codes[groupStart[g]]),
    count,
  );
  const rows = new Int32Array(codes.length);
  const sortedStart = new Int32Array(groups.length + 1);
  let at = 0;
  order.forEach((index, place) => {
    const g = groups[index];
    for (let i = groupStart[g]; i < groupStart[g + 1]; i++) rows[at++] = i;
    sortedStart[place + 1] = at;
  });
  const rowStart = Int32Array.from(start, (group) => sortedStart[group]);
  return { rows, rowStart, groupStart: sortedStart, clusterGroups: start };
}

/** The columns of a frontier in another order of the rows. */
function sortShape(shape: FrontierShape, rows: Int32Array): FrontierShape {
  const { z, m = 0, decay } = shape;
  const sorted = z && new Float64Array(rows.length * m);
  if (z && sorted)
    rows.forEach((row, i) => {
      for (let j = 0; j < m; j++) sorted[i * m + j] = z[row * m + j];
    });
  return { ...shape, ...(sorted && { z: sorted }), ...(decay && { decay: Float64Array.from(rows, (i) => decay[i]) }) };
}

/** undefined for shapes, codes or groups that no kernel takes; the numbers themselves are checked by the core. */
export function sortByCluster({ model, problem, clusters, coef }: ResampleProblem): ClusterRows | undefined {
  const { n, k, y, x, offset, weights, frontier } = problem;
  const groupStart = unitsOf(model, problem);
  const shapes = n >= 1 && k >= 1 && coef.length >= k && y.length >= n && x.length >= n * k;
  const columns = (offset?.length ?? n) >= n && (weights?.length ?? n) >= n;
  if (!shapes || !columns || !validCodes(clusters.codes, n, clusters.count)) return undefined;
  const grouped = scoresByGroup(model);
  if (grouped && !(groupStart && validGroups(groupStart, n))) return undefined;
  let rows: Int32Array;
  let starts: Pick<ClusterRows, 'rowStart' | 'clusterGroups'> & { groupStart?: Int32Array };
  if (grouped && groupStart) {
    const sorted = sortGroups(groupStart, clusters.codes, clusters.count);
    if (!sorted) return undefined;
    ({ rows, ...starts } = sorted);
  } else {
    const { start, order } = sortCodes(clusters.codes, clusters.count);
    rows = order;
    starts = { rowStart: start };
  }
  const pick = (values: Float64Array | undefined) => values && Float64Array.from(rows, (i) => values[i]);
  const sortedX = new Float64Array(n * k);
  rows.forEach((row, i) => {
    for (let j = 0; j < k; j++) sortedX[i * k + j] = x[row * k + j];
  });
  return {
    problem: {
      n,
      k,
      y: Float64Array.from(rows, (i) => y[i]),
      x: sortedX,
      offset: pick(offset),
      weights: pick(weights),
      groupStart: starts.groupStart,
      ...(isFrontier(model) && frontier && { frontier: sortShape(frontier, rows) }),
    },
    rowStart: starts.rowStart,
    clusterGroups: starts.clusterGroups,
  };
}
