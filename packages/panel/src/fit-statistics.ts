/** Sums of squares and measures of fit. */
import type { KernelFit } from '@gravpanel/core-wasm';
import type { Model } from './models/index.ts';
import { panelR2 } from './swamy-arora.ts';
import type { Design } from './types.ts';

/** Variance of the rounding of a double relative to its square, ε²/12. */
const ROUNDED = 4.1e-33;

/**
 * RSS and the total sum of squares that R² compares it with (about the mean where the model has a constant). y is a double, so
 * RSS is at least its rounding; `exact` says that hardly more is left.
 */
export function sumsOfSquares({ n, y, weights, hasIntercept, fixef }: Design, eta: Float64Array) {
  let w = 0;
  let wy = 0;
  for (let i = 0; i < n; i++) {
    w += weights?.[i] ?? 1;
    wy += (weights?.[i] ?? 1) * y[i];
  }
  const centre = hasIntercept || fixef.length > 0 ? wy / w : 0;
  let rss = 0;
  let tss = 0;
  let whole = 0;
  for (let i = 0; i < n; i++) {
    rss += (weights?.[i] ?? 1) * (y[i] - eta[i]) ** 2;
    tss += (weights?.[i] ?? 1) * (y[i] - centre) ** 2;
    whole += (weights?.[i] ?? 1) * y[i] ** 2;
  }
  rss = Math.max(rss, ROUNDED * whole);
  const exact = rss <= 1e-20 * tss || rss <= 100 * ROUNDED * whole;
  return { rss, tss, exact, centred: hasIntercept || fixef.length > 0 };
}

/** Named measures of fit: R² and adjusted R² of least squares, three R² of random effects, McFadden's pseudo-R² (1974) 1 − ℓ/ℓ₀ of ML models. */
export function fitStatistics(
  design: Design,
  { key }: Model,
  fit: KernelFit,
  dofResidual: number,
  nullloglik?: number,
): Record<string, number> {
  if (key === 'ols') {
    const { rss, tss, centred } = sumsOfSquares(design, fit.eta);
    if (!(tss > 0)) return {};
    const R2 = 1 - rss / tss;
    return { R2, adjR2: 1 - ((1 - R2) * (design.n - (centred ? 1 : 0))) / dofResidual };
  }
  if (key === 'ols-re') return panelR2(design, fit.eta);
  return nullloglik !== undefined && nullloglik < 0 ? { McFadden: 1 - fit.loglik / nullloglik } : {};
}
