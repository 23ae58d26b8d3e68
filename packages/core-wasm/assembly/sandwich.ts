/** V M V, M the sum over clusters of w⁻¹ s s' with s the weighted score of a cluster (so a cluster of weight m counts m times). */
import { alloc } from './memory';
import { Draw } from './replicate';
import { offsetAt } from './resample-cache';
import { get, put } from './task';

let total: usize = 0;
let meat: usize = 0;
let half: usize = 0;

/** Room for p parameters; false where memory is short. */
export function sandwichRoom(p: i32): bool {
  total = alloc(<f64>p * 8);
  meat = alloc(<f64>p * p * 8);
  half = alloc(<f64>p * p * 8);
  return total != 0 && meat != 0 && half != 0;
}

/** `scores`: rows (groups) of the draw × p, weights included. V is replaced by V M V. */
export function clusterCovariance(p: i32, scores: usize, d: Draw, V: usize): void {
  memory.fill(meat, 0, (<usize>p * p) << 3);
  for (let a = 0; a < d.count; a++) {
    memory.fill(total, 0, <usize>p << 3);
    for (let u = offsetAt(d.bounds, a); u < offsetAt(d.bounds, a + 1); u++)
      for (let j = 0; j < p; j++) put(total, j, get(total, j) + get(scores, u * p + j));
    const inverse = 1 / get(d.weights, a);
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++)
        put(meat, i * p + j, get(meat, i * p + j) + inverse * get(total, i) * get(total, j));
  }
  multiply(p, V, meat, half);
  multiply(p, half, V, meat);
  memory.copy(V, meat, (<usize>p * p) << 3);
}

function multiply(p: i32, a: usize, b: usize, out: usize): void {
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      let s: f64 = 0;
      for (let m = 0; m < p; m++) s += get(a, i * p + m) * get(b, m * p + j);
      put(out, i * p + j, s);
    }
}
