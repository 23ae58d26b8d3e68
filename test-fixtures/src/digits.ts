/** How close two numbers are. */

/**
 * Correct significant digits of `actual` against `expected`: −log10 of the relative error (of the absolute error where
 * `expected` is 0), capped at 17; 0 when `actual` is not finite. NIST calls this the LRE.
 */
export function digits(actual: number, expected: number): number {
  if (actual === expected) return 17;
  const error = expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / Math.abs(expected);
  return Number.isFinite(error) ? Math.max(0, Math.min(17, -Math.log10(error))) : 0;
}
