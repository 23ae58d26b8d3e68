/** Kernels of the core as loops that a bench can time: compiled at bench time with the core's own options. */

import { codesOf, Plan } from '../../packages/core-wasm/assembly/absorb-plan';
import { largeCells, smallCells } from '../../packages/core-wasm/assembly/cells';
import { gramColumns } from '../../packages/core-wasm/assembly/columns';
import { addGram, blockRows } from '../../packages/core-wasm/assembly/matrix';
import { schur } from '../../packages/core-wasm/assembly/schur';
import { expInto, logInto } from '../../packages/core-wasm/assembly/vmath';

export { planCreate, planWeights } from '../../packages/core-wasm/assembly/absorb-plan';
export { alloc } from '../../packages/core-wasm/assembly/memory';

export function repeatExp(times: i32, x: usize, out: usize, n: i32): void {
  for (let i = 0; i < times; i++) expInto(x, out, n);
}
export function repeatLog(times: i32, x: usize, out: usize, n: i32): void {
  for (let i = 0; i < times; i++) logInto(x, out, n);
}
/** Both differences of ψ and ψ′ of n cells. */
export function repeatSmall(times: i32, cells: usize, n: i32, x: usize, d1: usize, d2: usize): void {
  for (let i = 0; i < times; i++) smallCells(cells, n, x, d1, d2);
}
export function repeatLarge(times: i32, cells: usize, n: i32, x: usize, d1: usize, d2: usize): void {
  for (let i = 0; i < times; i++) largeCells(cells, n, x, d1, d2);
}
/** Row-major, as fits use it. */
export function gramRows(x: usize, k: i32, rows: i32, w: usize, scaled: usize, G: usize): void {
  const block = blockRows(k);
  memory.fill(G, 0, (<usize>(k * k)) << 3);
  for (let from = 0; from < rows; from += block)
    addGram(x + ((<usize>from * k) << 3), k, min(block, rows - from), w + ((<usize>from) << 3), scaled, G);
}
/** Column-major, as replicates use it. */
export function gramOfColumns(x: usize, step: usize, k: i32, rows: i32, w: usize, scaled: usize, G: usize): void {
  gramColumns(x, step, k, rows, w, 0, scaled, G, k);
}

export function planStarts(plan: usize): usize {
  return changetype<Plan>(plan).starts;
}
export function planCodes(plan: usize, q: i32): usize {
  return codesOf(changetype<Plan>(plan), q);
}
export function planInverse(plan: usize): usize {
  return changetype<Plan>(plan).baseInverse;
}
/** One conjugate-gradient step's pass over the rows: q = S p for all columns of three factors. */
export function demean(plan: usize): void {
  const p = changetype<Plan>(plan);
  schur(p, p.p, p.q);
}
export function planVector(plan: usize): usize {
  return changetype<Plan>(plan).p;
}
