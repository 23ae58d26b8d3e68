/** What came out: fits, failures, tests, readings. */
import type { PanelErrorFields } from './errors.ts';
import type { BootKind, FrontierSpec, ModelKey, Note, ReplicateMethod, SampleLog } from './types-spec.ts';

/** One row of a coefficient table. */
export interface Coefficient {
  term: string;
  estimate: number;
  se: number;
  /** z for ML, t for OLS. */
  statistic: number;
  p: number;
  lower: number;
  upper: number;
  /** false: not identified from within-unit variation (‡). */
  within: boolean;
}

/** An auxiliary parameter, on the scale people read: alpha, delta, ln_r, ln_s, lnalpha; sigma_u, sigma_e, theta. */
export interface Parameter {
  name: string;
  estimate: number;
  /** Left out where none is defined (variance components); 0 at a boundary. */
  se?: number;
}

/** Evidence that the estimate is the maximum. */
export interface Certificate {
  scaledGradient: number;
  hessianCondition: number;
  starts: number;
  agreeing: number;
  /** Count frontiers, and random effects beside inefficiency: nodes of the quadrature, and by how much twice as many move the log-likelihood. */
  nodes?: number;
  quadratureError?: number;
}

/** What the standard errors are. */
export interface VcovInfo {
  /** "iid", "hc1", "cluster:id", "cluster:a+b". */
  type: string;
  /** Number of clusters per dimension. */
  clusters?: number[];
  /** The small-sample factor that multiplies the covariance (1: none), and its formula in words. */
  factor: number;
  factorRule: string;
  /** Set when a multiway covariance had negative eigenvalues that were put to 0. */
  repaired?: boolean;
  /** What was resampled, in words: "pairs of cusip, 999 replicates, seed 1". */
  resampled?: string;
}

/** Lower and upper limit. */
export type Interval = [lower: number, upper: number];

/** What replicates say about the coefficients (in their order), beside their covariance. */
export interface Resampling {
  kind: 'bootstrap' | 'jackknife';
  scheme: BootKind | 'jackknife';
  /** What was drawn: "cusip", "rows", "id × year". */
  by: string;
  clusters: number;
  /** Replicates asked for (all 2^g sign vectors where those are fewer). */
  reps: number;
  /** Replicates without an estimate. */
  failed: number;
  seed: number;
  method: ReplicateMethod;
  /** Where and how long they ran: no part of the result. */
  threads?: number;
  seconds?: number;
  /** permutation: the term moved, its t, and the share of permutations that reach it. */
  test?: { term: string; statistic: number; p: number };
  /** By construction; one interval a coefficient. */
  intervals: Partial<Record<'percentile' | 'basic' | 'bca' | 'studentised' | 'inverted', Interval[]>>;
  /** Two-sided p of a zero coefficient by inversion of an interval or test; undefined where there is none. */
  p?: number[];
  /** Which one: "percentile", "wild t, null imposed", … */
  pRule?: string;
  /** Mean of the replicates less the estimate. */
  bias: number[];
  /** Standard deviations of the figures over other seeds. */
  monteCarlo: { se: number[]; percentile?: Interval[]; p?: number[] };
  /** The first 100 of the failed replicates. */
  failures: { replicate: number; status: string }[];
  /** Replicates that left the fast path for the damped one. */
  fallback: number;
  /** Error of an approximation against exact refits of the first replicates, in standard errors. */
  approximation?: { replicates: number; medianError: number; maxError: number; seRatio: number[] };
}

/** Inefficiency of one row given its data. */
export interface EfficiencyRow {
  /** 1-based line of the file. */
  line: number;
  unit?: string;
  time?: number;
  /** y, and the frontier it is held against: exp(xβ + offset) of counts, xβ + offset else, with E(w | data) of a random effect. */
  outcome: number;
  potential: number;
  /** E(w | data), the random effect of the row's unit. */
  effect?: number;
  /** E(u | data), E(e⁻ᵘ | data), and the limits between which e⁻ᵘ lies at the fit's level, estimates taken as given. */
  inefficiency: number;
  efficiency: number;
  lower: number;
  upper: number;
}

/** What a frontier says beyond its coefficients. */
export interface FrontierReading {
  distribution: NonNullable<FrontierSpec['distribution']>;
  inefficiency: NonNullable<FrontierSpec['inefficiency']>;
  effects?: string;
  noise?: boolean;
  random?: boolean;
  /** frontier: skewness of the least squares residuals, negative where there is inefficiency; its z (Coelli 1995) and P(Z < z). */
  skewness?: { value: number; statistic: number; p: number };
  /** LR test of no inefficiency against the mixture of χ² in `rule`. */
  test?: { statistic: number; p: number; rule: string; loglik: number };
  /** σ_u²/(σ_u² + σ_v²), parameters of the errors before truncation. */
  gamma?: number;
  /** Of E(e⁻ᵘ | data) over the rows. */
  summary?: { mean: number; least: number; median: number; most: number };
  /** Rows in the order of the design; none at the boundary, where every efficiency is 1. */
  efficiencies: EfficiencyRow[];
}

/** One estimated column: the JSON of interface.md ("columns" entry), plus the covariance matrix. */
export interface Fit {
  id: string;
  model: ModelKey;
  title: string;
  formula: string;
  depvar: string;
  /** "": whole sample. */
  sampleName: string;
  /** Periods by which FitSpec.lag set every right-hand variable back; term names do not repeat it. */
  lag?: number;
  vcov: string;
  vcovInfo: VcovInfo;
  level: number;
  nobs: number;
  ngroups?: number;
  iterations: number;
  converged: true;
  loglik: number;
  nullloglik?: number;
  aic: number;
  bic: number;
  dof: number;
  dofResidual: number;
  /** "z" or "t" with dofResidual (clusters − 1 for OLS with clusters). */
  distribution: 'z' | 't';
  coefficients: Coefficient[];
  parameters: Parameter[];
  /** Named pseudo-R²: { "R2": 0.4 } or { "McFadden": 0.1 }. */
  fitStatistics: Record<string, number>;
  fixef: { name: string; levels: number }[];
  collinear: string[];
  sample: SampleLog;
  certificate: Certificate;
  notes: Note[];
  /** p × p covariance of (coefficients, auxiliaries on their estimation scale), row-major; the type `vcov` says. */
  covariance: number[];
  /** The same from the observed information (for Hausman and LR). */
  covarianceIid: number[];
  /** Names of the p parameters of `covariance`. */
  parameterNames: string[];
  /** Where the covariance comes from replicates. */
  resampling?: Resampling;
  /** Mean of each coefficient's column in the rows used (1 for the constant): where elasticities are taken. */
  means?: number[];
  /** Frontiers. */
  frontier?: FrontierReading;
  /** The coefficients read another way, where that was asked for. */
  readings?: Readings;
}

/** One coefficient read another way; p tests the coefficient's own hypothesis. */
export interface Reading {
  term: string;
  estimate: number;
  se: number;
  statistic: number;
  p: number;
  lower: number;
  upper: number;
  /** What was computed: "exp(b)", "b", "b·x̄", "mean of μ·b", "mean of μ(1) − μ(0)". */
  rule: string;
}
export type ReadingKind = 'irr' | 'elasticity' | 'ame' | 'efficiency';
export interface Readings {
  kind: ReadingKind;
  /** What one number means. */
  title: string;
  rows: Reading[];
  /** Terms that have none, and why. */
  omitted: { term: string; reason: string }[];
}

/** A model that did not give a column. Its error keeps its place in the table. */
export interface Failure {
  id: string;
  model: ModelKey;
  title: string;
  formula: string;
  depvar: string;
  sampleName: string;
  failed: true;
  error: PanelErrorFields;
}

export type FitResult = Fit | Failure;

/** A specification test. */
export interface TestResult {
  kind: 'hausman' | 'wald' | 'lr' | 'overdispersion' | 'reset' | 'period' | 'vuong';
  /** Which of several forms of one test: Hausman's four, the two of overdispersion. */
  form?: 'classic' | 'common-scale' | 'bootstrap' | 'mundlak' | 'nb1' | 'nb2';
  title: string;
  /** undefined with `reason` where the statistic is not defined. */
  statistic?: number;
  df?: number;
  /** F: denominator degrees of freedom. */
  df2?: number;
  p?: number;
  reason?: string;
  distribution: 'chi2' | 'F' | 'z';
  /** Hausman: smallest eigenvalue of V_FE − V_RE, and the coefficients compared. */
  smallestEigenvalue?: number;
  compared?: { term: string; a: number; b: number; difference: number; se?: number }[];
  /** The numbers that the statistic is made of, in the order of the arithmetic. */
  steps?: { name: string; value: number }[];
  notes: Note[];
}

/** Variance shares of one variable (identification report): between units, common to a period, within net of both. */
export interface VariableShares {
  variable: string;
  between: number;
  time: number;
  within: number;
  /** "Varies only over year: year effects absorb it", … empty when nothing does. */
  reading: string;
}
