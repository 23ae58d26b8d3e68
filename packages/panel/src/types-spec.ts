/** What is estimated: a specification and the design made from it. */

/** A model key: file name under models/, value of --model, anchor in the docs. */
export type ModelKey =
  | 'ols'
  | 'poisson'
  | 'nb1'
  | 'nb2'
  | 'nb-fe'
  | 'nb-re'
  | 'poisson-re'
  | 'ols-re'
  | 'frontier'
  | 'poisson-frontier'
  | 'nb-frontier';

/** Options of the frontiers. */
export interface FrontierSpec {
  /** Law of u; default half-normal. truncated-normal: frontier only. */
  distribution?: 'half-normal' | 'exponential' | 'truncated-normal';
  /** One u a row (default), one a unit, or one a unit that decays over time (Battese, Coelli 1992; frontier only). */
  inefficiency?: 'rows' | 'units' | 'decay';
  /** frontier: right-hand side whose value is the location μ of the truncated normal (Battese, Coelli 1995). */
  effects?: string;
  /** Count frontiers: normal noise v beside u. */
  noise?: boolean;
  /** frontier: a normal effect of the unit beside v and u of each row ("true" random effects, Greene 2005). */
  random?: boolean;
}

/** How standard errors are computed. */
export type VcovSpec =
  | { type: 'iid' }
  | { type: 'hc0' | 'hc1' | 'hc2' | 'hc3' }
  /** `by`: one entry per clustering dimension; an entry of several columns (A^B) is their combination. */
  | { type: 'cluster'; by: string[][] }
  | ResampleSpec;

/**
 * What a bootstrap draws: whole clusters with replacement (pairs), blocks of consecutive periods (block), two factors at
 * once (two-way), signs of cluster residuals or scores (wild, score), outcomes from the fitted model (parametric), or one
 * regressor's values within strata (permutation).
 */
export type BootKind = 'pairs' | 'block' | 'two-way' | 'wild' | 'score' | 'parametric' | 'permutation';

/** How a replicate is estimated: to the maximum, or by a named approximation of it. */
export type ReplicateMethod = 'exact' | 'second-order' | 'one-step';

/** Standard errors from replicates. */
export interface ResampleSpec {
  type: 'bootstrap' | 'jackknife';
  /** Default pairs. */
  kind?: BootKind;
  /** Clusters; two entries for two-way. Default: the units of the panel, the rows without one. */
  by?: string[][];
  /** Replicates; default 999. The jackknife has one a cluster. */
  reps?: number;
  /** Seed of the draws; default: that of the specification. */
  seed?: number;
  method?: ReplicateMethod;
  /** Draws of wild and score: signs, or Webb's six points. Default rademacher. */
  points?: 'rademacher' | 'webb';
  /** Periods in a block. */
  block?: number;
  /** The term that a permutation moves, and the column within whose values it stays (default: the period). */
  permute?: string;
  strata?: string;
  /** Whether each replicate gets a standard error of its own, for studentised intervals. */
  studentise?: boolean;
}

/** Whose small-sample factors are reproduced; undefined: gravpanel's own defaults (docs/methods.md). */
export type Like = 'stata' | 'fixest' | 'sandwich';

/** What the sample is split by: each value of a column, or before/after a period. */
export type SplitSpec = { by: string } | { by: string; at: number };

/** Everything that one estimation command says; one FitSpec can expand to several columns (csw0, split, several outcomes). */
export interface FitSpec {
  /** Name in the study (`full`), or `fit`. */
  id: string;
  model: ModelKey;
  /** As the user wrote it; see formula.ts for the grammar. */
  formula: string;
  vcov: VcovSpec;
  like?: Like;
  /** Lag of every right-hand variable, in periods. Default 0. */
  lag?: number;
  /** Row filter in the expression language; applied after lags. */
  where?: string;
  split?: SplitSpec;
  offset?: string;
  exposure?: string;
  weights?: string;
  /** Level of confidence intervals. Default 0.95. */
  level?: number;
  /** Options of a frontier. */
  frontier?: FrontierSpec;
  tol?: number;
  maxIter?: number;
  seed?: number;
  /** All columns of the spec use the rows that every column can use. */
  common?: boolean;
  /** With `common`: a formula whose columns count among them without being estimated (the twins of a test). */
  commonWith?: string;
}

/** One right-hand-side column of a design. */
export interface TermInfo {
  /** As printed: "(Intercept)", "lrnd", "l(lrnd, 1)", "year::1975", "a:b". */
  name: string;
  /** The variables it reads. */
  variables: string[];
  /** Whether it varies within at least one used unit over time (undefined without a panel). */
  within?: boolean;
}

/** One absorbed or dummy-coded factor after "|". */
export interface FixefFactor {
  /** "year", "origin^year". */
  name: string;
  /** n level codes. */
  codes: Int32Array;
  levels: string[];
}

/** Rows read → used, by reason. */
export interface SampleLog {
  rows: number;
  used: number;
  units?: number;
  unitsUsed?: number;
  dropped: DropReason[];
}
export interface DropReason {
  /** "filter", "missing lrnd", "lag", "one-row group", "all-zero group", "separated", … */
  reason: string;
  rows: number;
  /** Unit labels, where whole units went. */
  groups?: string[];
  /** File lines of up to 20 of the rows; of all rows that are separated. */
  lines?: number[];
}

/** A legal but notable fact, printed under the table. */
export interface Note {
  /** "few-clusters", "collinear", "poisson-boundary", … */
  code: string;
  message: string;
}

/** The numbers of one estimation. Rows are sorted by (unit, time) when there is a panel. */
export interface Design {
  spec: FitSpec;
  /** The formula of this one column, e.g. after csw0 has been expanded. */
  formula: string;
  depvar: string;
  /** "", "2008–2012": which part of a split. */
  sampleName: string;
  n: number;
  k: number;
  y: Float64Array;
  /** n × k row-major, collinear columns already removed; FE dummies are NOT included (see fixef). */
  x: Float64Array;
  /** k. */
  terms: TermInfo[];
  /** Terms left out because effects or earlier ones span them, and which of the two. */
  collinear: string[];
  leftOut?: { term: string; why: string }[];
  hasIntercept: boolean;
  offset?: Float64Array;
  weights?: Float64Array;
  fixef: FixefFactor[];
  /** Frame row of each design row, and its 1-based file line. */
  rows: Int32Array;
  lines: Int32Array;
  /** g + 1 group boundaries and g unit labels, when the frame has a panel. */
  groupStart?: Int32Array;
  groups?: string[];
  /** One code array (n) per clustering dimension asked for by spec.vcov. */
  clusters: { name: string; codes: Int32Array; count: number }[];
  /** With a resampled covariance, and `times` with a frontier: the unit's columns ("i × j"), the period of each row, and the strata of a permutation. */
  unit?: string;
  times?: Float64Array;
  strata?: { name: string; codes: Int32Array; count: number };
  /** Frontiers: n × m regressors of μ with their names (the constant among them), and t − T of each row. */
  frontier?: { z?: Float64Array; zTerms?: string[]; decay?: Float64Array };
  /** By frame row: 0 is used, r is left out for `reasons[r − 1]`. */
  lost?: { codes: Int32Array; reasons: string[] };
  sample: SampleLog;
  notes: Note[];
}
