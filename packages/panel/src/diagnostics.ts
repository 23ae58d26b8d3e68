/** Does the main column fit, and who carries it: observed against expected counts, residuals, influence of single units. */
import type { Kernels } from '@gravpanel/core-wasm';
import { type CountLaw, countLaws, probabilities } from './count-laws.ts';
import { startFit } from './fit.ts';
import type { Design, Fit } from './types.ts';

/** Rows whose count lies in [from, to]; `to` undefined: and more. */
export interface CountBin {
  from: number;
  to?: number;
  observed: number;
  expected: number;
}
export interface ResidualRow {
  /** "370442, 1974". */
  label: string;
  fitted: number;
  residual: number;
}
export interface UnitInfluence {
  unit: string;
  /** One number a coefficient: the change of β̂ in standard errors where the unit is left out. */
  dfbetas: number[];
}
export interface Diagnostics {
  /** Undefined where the model gives no distribution of counts. */
  bins?: CountBin[];
  residuals?: ResidualRow[];
  influence?: UnitInfluence[];
}

/** Bins are this share of their counts wide, at least one count; wider where there would be too many for the rows. */
const WIDTH = 0.25;
/** Share of the rows that the last bin may swallow. */
const TAIL = 0.01;

/** Bins of counts: small ones by themselves, then growing, up to the 99th percentile of y; the last one is open. */
function binEdges(y: Float64Array): number[] {
  const sorted = Float64Array.from(y).sort();
  const last = Math.max(1, sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * (1 - TAIL)))]);
  const most = Math.max(10, 1.2 * Math.sqrt(y.length));
  for (let width = WIDTH; ; width *= 1.25) {
    const edges = [0];
    for (let k = 1; k <= last; k += Math.max(1, Math.round(k * width))) edges.push(k);
    if (edges.length <= most) return edges;
  }
}

/** Rows by count, observed and expected: Σᵢ P(yᵢ = k). */
export function countBins(y: Float64Array, laws: CountLaw[]): CountBin[] {
  const edges = binEdges(y);
  const last = edges[edges.length - 1];
  const bins = edges.map((from, b): CountBin => {
    const next = edges[b + 1];
    return { from, ...(next !== undefined && { to: next - 1 }), observed: 0, expected: 0 };
  });
  const binOf = new Int32Array(last + 1);
  for (let k = 0, b = 0; k <= last; k++) {
    if (b + 1 < edges.length && k >= edges[b + 1]) b++;
    binOf[k] = b;
  }
  for (const count of y) bins[binOf[Math.min(count, last)]].observed++;
  for (const law of laws) {
    const { upTo, more } = probabilities(law, last);
    upTo.forEach((p, k) => {
      bins[binOf[k]].expected += p;
    });
    bins[bins.length - 1].expected += more;
  }
  return bins;
}

const groupOf = ({ groupStart, n }: Design): Int32Array => {
  const out = new Int32Array(n);
  for (let g = 0; g + 1 < groupStart!.length; g++) out.fill(g, groupStart![g], groupStart![g + 1]);
  return out;
};

/** (y − μ)/√V of each row; rows of no variance (all of a unit's count in one row) are left out. */
function residualsOf(design: Design, laws: CountLaw[], periods?: ArrayLike<number>): ResidualRow[] {
  const group = design.groupStart ? groupOf(design) : undefined;
  return laws.flatMap(({ mean, variance }, i) => {
    const residual = (design.y[i] - mean) / Math.sqrt(variance);
    if (!(variance > 0) || !Number.isFinite(residual) || !(mean > 0)) return [];
    const unit = group ? design.groups![group[i]] : `row ${design.rows[i] + 1}`;
    const period = periods?.[design.rows[i]];
    return [{ label: period === undefined ? unit : `${unit}, ${period}`, fitted: mean, residual }];
  });
}

/**
 * One-step change of each coefficient, in the standard errors shown, where a unit is left out: (H⁻¹ Σ of its scores)/se (Pregibon 1981,
 * for units as in Cook and Weisberg 1982; DFBETAS of Belsley, Kuh and Welsch 1980).
 */
function influenceOf(
  design: Design,
  fit: Fit,
  {
    scores,
    vcov,
    coef,
    scoreBy,
  }: { scores: Float64Array; vcov: Float64Array; coef: Float64Array; scoreBy: 'row' | 'group' },
): UnitInfluence[] {
  const p = coef.length;
  const group = groupOf(design);
  const sums = new Float64Array(design.groups!.length * p);
  const rows = scores.length / p;
  for (let i = 0; i < rows; i++) {
    const g = scoreBy === 'group' ? i : group[i];
    for (let j = 0; j < p; j++) sums[g * p + j] += scores[i * p + j];
  }
  return design.groups!.map((unit, g) => ({
    unit,
    dfbetas: fit.coefficients.map(({ se }, a) => {
      let change = 0;
      for (let j = 0; j < p; j++) change += vcov[a * p + j] * sums[g * p + j];
      return change / se;
    }),
  }));
}

/**
 * Diagnostics of one fitted column, from its design: estimates it once more for the rows' predictors and the scores.
 * @param periods time of each frame row, for the names of rows.
 */
export function diagnose(given: Design, fit: Fit, kernels: Kernels, periods?: ArrayLike<number>): Diagnostics {
  const scored: Design = { ...given, spec: { ...given.spec, vcov: { type: 'cluster', by: [] } } };
  const { design, estimated } = startFit(scored, kernels);
  const { fit: found, boundary } = estimated;
  const laws = countLaws(design, fit, found.eta);
  const influential = design.groupStart && design.groups!.length > 2 && !boundary && found.scores.length > 0;
  return {
    ...(laws && { bins: countBins(design.y, laws), residuals: residualsOf(design, laws, periods) }),
    ...(influential && { influence: influenceOf(design, fit, found) }),
  };
}
