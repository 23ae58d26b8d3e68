/** Covariance matrices of estimates: observed information, heteroskedasticity-robust, one-way and multiway clusters. */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError } from './errors.ts';
import { isResampled } from './resample-job.ts';
import { type FactorInput, smallSampleFactor } from './small-sample.ts';
import type { Design, Like, Note, VcovInfo, VcovSpec } from './types.ts';

/** What a fit hands over for its covariance. p parameters were estimated, r of them are reported. */
export interface VcovInput {
  spec: VcovSpec;
  like?: Like;
  ols: boolean;
  n: number;
  /** Estimated parameters for degrees of freedom (k of the factors). */
  dof: number;
  /** As fixest counts them for this covariance. */
  dofNested: number;
  p: number;
  /** Positions of the r reported parameters among the p. */
  reported: Int32Array;
  /** p × p inverse of the negative Hessian (OLS: (X'WX)⁻¹). */
  bread: Float64Array;
  /** rows × p. */
  scores: Float64Array;
  scoreBy: 'row' | 'group';
  /** OLS: RSS/(n − k). */
  sigma2: number;
  /** OLS, hc2 and hc3: n × p regressors and weights for hat values. */
  x: Float64Array;
  weights?: Float64Array;
  design: Pick<Design, 'clusters' | 'groupStart' | 'groups' | 'rows'>;
}

export interface Vcov {
  /** r × r, row-major. */
  covariance: Float64Array;
  info: VcovInfo;
  notes: Note[];
}

/** "iid", "hc1", "cluster:id", "cluster:a^b+c": the spec as written on the command line. */
export function vcovName(spec: VcovSpec): string {
  return spec.type === 'cluster' ? `cluster:${spec.by.map((columns) => columns.join('^')).join('+')}` : spec.type;
}

/** rows × r influence values: scores times the reported rows of the bread. */
function influence({ scores, bread, p, reported }: VcovInput): Float64Array {
  const rows = scores.length / p;
  const r = reported.length;
  const out = new Float64Array(rows * r);
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < r; a++) {
      const from = reported[a] * p;
      let sum = 0;
      for (let j = 0; j < p; j++) sum += scores[i * p + j] * bread[from + j];
      out[i * r + a] = sum;
    }
  return out;
}

/** U'U of a rows × r matrix, each row times `scale`. */
function outer(u: Float64Array, r: number, scale?: Float64Array): Float64Array {
  const out = new Float64Array(r * r);
  const rows = r === 0 ? 0 : u.length / r;
  for (let i = 0; i < rows; i++) {
    const w = scale ? scale[i] : 1;
    for (let a = 0; a < r; a++) {
      const ua = w * u[i * r + a];
      for (let b = 0; b <= a; b++) out[a * r + b] += ua * u[i * r + b];
    }
  }
  for (let a = 0; a < r; a++) for (let b = 0; b < a; b++) out[b * r + a] = out[a * r + b];
  return out;
}

/** Weighted hat values wᵢ xᵢ'(X'WX)⁻¹xᵢ. @throws PanelError vcov/leverage-one. */
function hatValues({ x, n, p, bread, weights, design }: VcovInput, type: string): Float64Array {
  const h = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let a = 0; a < p; a++) {
      const xa = x[i * p + a];
      if (xa === 0) continue;
      let inner = 0;
      for (let b = 0; b < p; b++) inner += bread[a * p + b] * x[i * p + b];
      sum += xa * inner;
    }
    h[i] = sum * (weights ? weights[i] : 1);
    if (h[i] > 1 - 1e-10)
      throw new PanelError({
        code: 'vcov/leverage-one',
        message: `Data row ${design.rows[i] + 1} is fitted exactly whatever its value (leverage 1), so ${type} is not defined.`,
        hint: 'Some regressor or effect has this row alone: leave it out, or use hc1.',
      });
  }
  return h;
}

function robust(input: VcovInput, type: 'hc0' | 'hc1' | 'hc2' | 'hc3'): Float64Array {
  const u = influence(input);
  const r = input.reported.length;
  if (type === 'hc0' || type === 'hc1') return outer(u, r);
  return outer(
    u,
    r,
    hatValues(input, type).map((h) => (type === 'hc2' ? 1 / (1 - h) : 1 / (1 - h) ** 2)),
  );
}

/** Codes 0 … count − 1 in order of first appearance. */
function recode(codes: ArrayLike<number | string>): { codes: Int32Array; count: number } {
  const seen = new Map<number | string, number>();
  const out = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = seen.get(codes[i]) ?? seen.size;
    seen.set(codes[i], code);
    out[i] = code;
  }
  return { codes: out, count: seen.size };
}

/** Cluster of each unit. @throws PanelError vcov/split-unit where a unit lies in several clusters. */
function unitCodes({ design: { groupStart, groups } }: VcovInput, name: string, codes: Int32Array): Int32Array {
  const start = groupStart!;
  return Int32Array.from({ length: start.length - 1 }, (_, g) => {
    for (let i = start[g] + 1; i < start[g + 1]; i++)
      if (codes[i] !== codes[start[g]])
        throw new PanelError({
          code: 'vcov/split-unit',
          message: `Unit ${groups?.[g] ?? g + 1} has rows in several clusters of ${name}; the likelihood does not come apart within a unit.`,
          hint: 'Cluster by the unit, or by something that contains whole units.',
        });
    return codes[start[g]];
  });
}

function sumByCluster(u: Float64Array, r: number, codes: Int32Array, count: number): Float64Array {
  const out = new Float64Array(count * r);
  for (let i = 0; i < codes.length; i++) for (let a = 0; a < r; a++) out[codes[i] * r + a] += u[i * r + a];
  return out;
}

/** Clusters that several dimensions make together. */
function intersect(dimensions: { codes: Int32Array; count: number }[]) {
  return dimensions.reduce((a, b) => recode(Array.from(a.codes, (code, i) => code * b.count + b.codes[i])));
}

/** Puts negative eigenvalues to zero (Cameron, Gelbach, Miller 2011, section 2.3). */
function repair(
  covariance: Float64Array,
  r: number,
  kernels: Kernels,
): { covariance: Float64Array; repaired: boolean } {
  const { values, vectors } = kernels.symEigen(r, covariance);
  if (!(values[0] < -1e-12 * Math.abs(values[r - 1]))) return { covariance, repaired: false };
  const out = new Float64Array(r * r);
  for (let a = 0; a < r; a++)
    for (let b = 0; b < r; b++)
      for (let j = 0; j < r; j++) out[a * r + b] += Math.max(0, values[j]) * vectors[a * r + j] * vectors[b * r + j];
  return { covariance: out, repaired: true };
}

interface Clustered {
  covariance: Float64Array;
  counts: number[];
}

/**
 * Σ over non-empty sets S of dimensions of (−1)^(|S|+1) V_S (Cameron, Gelbach, Miller 2011, eq. 2.13), without factors,
 * or with each component's own G/(G − 1) where `own` (sandwich::vcovCL).
 */
function clustered(input: VcovInput, own: boolean): Clustered {
  const r = input.reported.length;
  const u = influence(input);
  const dimensions = input.design.clusters.map(({ name, codes }) =>
    recode(input.scoreBy === 'group' ? unitCodes(input, name, codes) : codes),
  );
  dimensions.forEach(({ count }, d) => {
    if (count < 2)
      throw new PanelError({
        code: 'vcov/one-cluster',
        message: `${input.design.clusters[d].name} has one cluster in the rows used; at least two were expected.`,
        hint: 'Cluster by a finer variable, or use --vcov iid.',
      });
  });
  const covariance = new Float64Array(r * r);
  for (let set = 1; set < 1 << dimensions.length; set++) {
    const members = dimensions.filter((_, d) => (set >> d) & 1);
    const { codes, count } = intersect(members);
    const sign = (members.length % 2 === 1 ? 1 : -1) * (own ? count / (count - 1) : 1);
    outer(sumByCluster(u, r, codes, count), r).forEach((v, j) => {
      covariance[j] += sign * v;
    });
  }
  return { covariance, counts: dimensions.map(({ count }) => count) };
}

export const fewClusters = (counts: number[]): Note[] => {
  const fewest = Math.min(...counts);
  return fewest >= 30
    ? []
    : [{ code: 'few-clusters', message: `${fewest} clusters. Standard errors from so few are often too small.` }];
};

function clusterVcov(input: VcovInput, kernels: Kernels): Vcov {
  const r = input.reported.length;
  const own = input.like === 'sandwich' && input.design.clusters.length > 1;
  const { covariance: plain, counts } = clustered(input, own);
  const g = Math.min(...counts);
  const { factor, rule } = smallSampleFactor(factorInput(input, g));
  const scale = own ? factor / (g / (g - 1)) : factor;
  const scaled = plain.map((v) => v * scale);
  const fixed = counts.length > 1 ? repair(scaled, r, kernels) : { covariance: scaled, repaired: false };
  const notes = fewClusters(counts);
  if (fixed.repaired)
    notes.push({
      code: 'vcov-repaired',
      message: 'The multiway covariance was not positive semi-definite; its negative eigenvalues are put to zero.',
    });
  return {
    covariance: fixed.covariance,
    info: {
      type: vcovName(input.spec),
      clusters: counts,
      factor,
      factorRule: own
        ? `${rule}, each component with its own G`
        : counts.length > 1 && factor !== 1
          ? `${rule}, G = ${g}`
          : rule,
      ...(fixed.repaired && { repaired: true }),
    },
    notes,
  };
}

const factorInput = ({ spec, like, ols, n, dof, dofNested }: VcovInput, g?: number): FactorInput => ({
  type: spec.type,
  like,
  ols,
  n,
  k: dof,
  kNested: dofNested,
  g,
});

/** r × r block of the bread, times σ² for OLS. */
export function iidCovariance({ bread, p, reported, ols, sigma2 }: VcovInput): Float64Array {
  const r = reported.length;
  const out = new Float64Array(r * r);
  for (let a = 0; a < r; a++)
    for (let b = 0; b < r; b++) out[a * r + b] = bread[reported[a] * p + reported[b]] * (ols ? sigma2 : 1);
  return out;
}

/**
 * Covariance of the reported parameters: iid H⁻¹ (OLS σ²(X'WX)⁻¹); hc0–hc3 (MacKinnon, White 1985); clusters
 * H⁻¹(Σ_c s_c s_c')H⁻¹, several dimensions by inclusion and exclusion. Scores of grouped likelihoods are per unit.
 * @throws PanelError vcov/split-unit, vcov/one-cluster, vcov/leverage-one.
 */
export function computeVcov(input: VcovInput, kernels: Kernels): Vcov {
  const { spec } = input;
  if (spec.type === 'cluster') return clusterVcov(input, kernels);
  const { factor, rule } = smallSampleFactor(factorInput(input));
  const plain = spec.type === 'iid' || isResampled(spec) ? iidCovariance(input) : robust(input, spec.type);
  return {
    covariance: plain.map((v) => v * factor),
    info: { type: spec.type, factor, factorRule: rule },
    notes: [],
  };
}
