/** Compensated sum (Neumaier 1974): error of the sum ≤ 2 ulp plus n² ε² whatever the order and the cancellation. */

let high: f64 = 0;
let low: f64 = 0;

export function sumStart(): void {
  high = 0;
  low = 0;
}

// @ts-ignore: decorator
@inline
export function sumAdd(x: f64): void {
  const t = high + x;
  low += abs(high) >= abs(x) ? high - t + x : x - t + high;
  high = t;
}

export function sumEnd(): f64 {
  return high + low;
}
