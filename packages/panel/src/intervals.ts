import { criticalValue, lawOf } from './coeftable.ts';
import type { Coefficient, Fit } from './types.ts';

/** The 90% and 95% intervals of a coefficient, from the SE shown (z, or t as the fit's law says). */
export function intervals(fit: Fit, { estimate, se }: Coefficient) {
  const [h90, h95] = [0.9, 0.95].map((level) => criticalValue(level, lawOf(fit)) * se);
  return { lo90: estimate - h90, hi90: estimate + h90, lo95: estimate - h95, hi95: estimate + h95 };
}
