import { normalCritical, tCritical } from './distributions.ts';
import type { Coefficient, Fit } from './types.ts';

/** Half-width of an interval in standard errors: z for ML; t with the residual degrees of freedom, or clusters − 1, for OLS. */
function critical({ distribution, dofResidual, vcovInfo: { clusters } }: Fit, level: number): number {
  if (distribution === 'z') return normalCritical(level);
  return tCritical(level, clusters && clusters.length > 0 ? Math.min(...clusters) - 1 : dofResidual);
}

/** The 90% and 95% intervals of a coefficient, from the SE shown. */
export function intervals(fit: Fit, { estimate, se }: Coefficient) {
  const [h90, h95] = [critical(fit, 0.9) * se, critical(fit, 0.95) * se];
  return { lo90: estimate - h90, hi90: estimate + h90, lo95: estimate - h95, hi95: estimate + h95 };
}
