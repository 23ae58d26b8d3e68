/** Gauss–Legendre rules, and the window of a log-concave integrand that they are laid over. */
import { get, put } from './task';

/** Positions (n) and weights (n) on [−1, 1] of the current rule. */
export let positions: usize = 0;
export let shares: usize = 0;
let order: i32 = 0;

/** cos x for 0 ≤ x ≤ π/2 to 1e-7: a place to start from. */
function cosine(x: f64): f64 {
  const y = x * x;
  return 1 - y * (0.5 - y * (1.0 / 24 - y * (1.0 / 720 - y * (1.0 / 40320 - y / 3628800))));
}

/**
 * The n-point rule into `at` (2n doubles): roots of P_n by Newton's method from cos(π(i + ¾)/(n + ½)), weights 2/((1 − x²) P′²)
 * (Davis, Rabinowitz 1984, 2.7).
 */
function legendreInto(n: i32, at: usize): void {
  for (let i = 0; i < (n + 1) >> 1; i++) {
    let x = cosine((3.141592653589793 * (<f64>i + 0.75)) / (<f64>n + 0.5));
    let slope: f64 = 1;
    for (let round = 0; round < 8; round++) {
      let before: f64 = 0;
      let now: f64 = 1;
      for (let j = 1; j <= n; j++) {
        const next = ((2 * <f64>j - 1) * x * now - (<f64>j - 1) * before) / <f64>j;
        before = now;
        now = next;
      }
      slope = (<f64>n * (x * now - before)) / (x * x - 1);
      const step = now / slope;
      x -= step;
      if (abs(step) < 1e-16) break;
    }
    const share = 2 / ((1 - x * x) * slope * slope);
    put(at, i, -x);
    put(at, n - 1 - i, x);
    put(at, n + i, share);
    put(at, n + n - 1 - i, share);
  }
}

/** Room that outlives every task. */
const MOST = 512;
const kept = memory.data(8192, 16);

/** Makes the n-point rule current; n even, at most 512. */
export function useRule(n: i32): void {
  n = min(n, MOST);
  if (n == order) return;
  legendreInto(n, kept);
  positions = kept;
  shares = kept + (<usize>n << 3);
  order = n;
}
