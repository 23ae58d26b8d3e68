/**
 * The shared values of gravpanel: Study → Plan → Frame → Design → Fit → Report.
 * All of them are plain records (no classes, no methods), so they cross a worker boundary and serialise to JSON.
 */
import type { PanelErrorFields } from './errors.ts';

// ───────────────────────────────────────────────────────────── data

/** One column of a table. Missing is NaN in numbers and null in text. */
export type Column = { kind: 'number'; values: Float64Array } | { kind: 'text'; values: (string | null)[] };

/** Where a table came from. */
export interface SourceInfo {
  /** Path or name as the user gave it. */
  name: string;
  /** Hex SHA-256 of the bytes, where the loader computed it. */
  sha256?: string;
  bytes: number;
  delimiter: string;
}

/** Position of the rows in units × periods. */
export interface PanelIndex {
  /** The column or columns that make a unit. */
  unit: string[];
  /** The time column. */
  time: string;
  /** Labels of the units, sorted; several columns are joined with " × ". */
  units: string[];
  /** Unit code of each row (index into `units`). */
  unitOf: Int32Array;
  /** Period of each row (an integer). */
  timeOf: Float64Array;
  /** Distinct periods, ascending. */
  periods: number[];
  /** Row numbers sorted by (unit, time). */
  order: Int32Array;
  /** Units with a hole between their first and last period, and the missing periods. */
  gaps: { unit: string; missing: number[] }[];
  /** Whether every unit has every period. */
  balanced: boolean;
}

/** What one join of another table did. */
export interface JoinLog {
  name: string;
  sha256?: string;
  bytes: number;
  /** Of the other table, as it was read. */
  rows: number;
  /** "partner = iso3, year". */
  on: string;
  /** Columns taken. */
  columns: string[];
  /** Rows of the panel with and without a match. */
  matched: number;
  unmatched: number;
  /** Up to 20 keys without a match. */
  unmatchedKeys: { key: string; rows: number }[];
  /** Up to 20 spellings of the other table that are no country, where a key holds countries. */
  unresolved: string[];
}

/** How rows that repeat unit and period become one. */
export type DuplicateRule = 'first' | 'last' | 'sum';
/** What that did. */
export interface DuplicateLog {
  rule: DuplicateRule;
  /** Cells of the panel that had several rows, and rows that went. */
  pairs: number;
  rows: number;
  /** File lines of the first of these cells. */
  lines: number[][];
  /** sum: the columns in which numbers were added. */
  added?: string[];
}

/** What a file says of a column beside its values. */
export interface ColumnMeta {
  label?: string;
  /** Words for single values. */
  values?: { value: number; label: string }[];
  /** Missing values of several kinds (Stata's .a to .z), each with its rows (0-based) and, where there is one, its word. */
  missing?: { code: string; label?: string; rows: number[] }[];
}

/** A table in memory, with its panel index once one has been declared. */
export interface Frame {
  rows: number;
  /** In file order; derived columns after. */
  columns: Record<string, Column>;
  /** 1-based file line of each row, for messages. */
  line: Int32Array;
  source: SourceInfo;
  panel?: PanelIndex;
  /** Joins in the order in which they were made. */
  joins?: JoinLog[];
  /** Where rows were merged by data.duplicates. */
  duplicates?: DuplicateLog;
  /** Labels that the file brought with it, by column. */
  meta?: Record<string, ColumnMeta>;
}

// ───────────────────────────────────────────────────────────── specification

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
  /** File lines of up to 20 of the rows. */
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
  /** Frame row of each design row. */
  rows: Int32Array;
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
  /** Frontiers: 1-based file line of each row. */
  lines?: Int32Array;
  sample: SampleLog;
  notes: Note[];
}

// ───────────────────────────────────────────────────────────── results

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
  /** Count frontiers: nodes of the quadrature, and by how much twice as many move the log-likelihood. */
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
  /** y, and the frontier it is held against: exp(xβ + offset) of counts, xβ + offset else. */
  outcome: number;
  potential: number;
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
export type ReadingKind = 'irr' | 'elasticity' | 'ame';
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

// ───────────────────────────────────────────────────────────── report

/** One cell of a table, already formatted. */
export interface Cell {
  /** What is printed, with a true minus (U+2212); '' for an empty cell. */
  text: string;
  /** The number behind the text, full precision, for CSV/JSON. */
  value?: number;
  /** Hangs right of the number: "***". */
  stars?: string;
  /** Quieter continuation, e.g. "/450" in "261/450". */
  quiet?: string;
  kind: 'estimate' | 'se' | 'number' | 'count' | 'text' | 'failure' | 'empty';
  /** Share of a bar drawn in the cell (0–1). */
  bar?: number;
  /** A bar of several parts (shares of one), in the order of the table's `parts`. */
  parts?: number[];
  /** exp(b): its stars are those of b, whose test the printed ratio and its error do not give. */
  ratio?: true;
  /** Columns that the cell covers; the cells after it that it covers are empty. Default 1. */
  span?: number;
  /** What the interval strip draws beside the row; `between`: it compares units with each other. */
  interval?: { lo90: number; hi90: number; lo95: number; hi95: number; between?: true };
}
export interface TableRow {
  label: string;
  /** Small unit under the label. */
  unit?: string;
  /** ‡ after the label. */
  mark?: string;
  cells: Cell[];
  /** 'second' rows (SE) belong to the row before them and never part from it; a 'heading' opens a panel and has no cells. */
  kind: 'first' | 'second' | 'only' | 'heading';
  /** Regression tables: the term of the row, and what its cells are. */
  term?: string;
  statistic?: 'estimate' | 'se' | 'statistic' | 'p' | 'ci';
  /** A quieter row ("33 with none"), or a strong one (top n). */
  tone?: 'strong' | 'quiet';
  /** The records behind the row: what they are, and their ids. */
  opens?: { label: string; ids: string[] };
}
export interface TableColumn {
  /** "(1)", "Share, %". */
  head: string;
  align: 'left' | 'right' | 'decimal' | 'bar';
  /** Columns with the same key share the scale of the interval strip. */
  scale?: string;
}
/** A table of the report: regression or descriptive; renderers know nothing else. */
export interface Table {
  kind: 'table';
  id: string;
  /** "Table 2". */
  number?: string;
  title: string;
  /** Heads above groups of columns, 0-based inclusive; `level` 0 (default) is the topmost row of heads. */
  spanners: { label: string; from: number; to: number; level?: number }[];
  /** Head of the label column. */
  stub: string;
  columns: TableColumn[];
  body: TableRow[];
  foot: TableRow[];
  notes: string[];
  /** Names of the parts of the cells' stacked bars, for the legend. */
  parts?: string[];
  /** Coefficients above, statistics of the fits in the foot. */
  regression?: true;
  /** On a page of its own across in print, LaTeX and Word; default where there are more than seven columns. */
  landscape?: boolean;
  /** Fits behind a regression table. */
  fits?: FitResult[];
  /** Of a table of panels: the fits behind each, in the order of the headings. */
  panelFits?: FitResult[][];
  uses?: Uses;
  /** Which parts of it are simulated or real, in words; only in a study that has simulated parts. */
  provenance?: string;
  /** Files for other programs that go with the table: name → text. */
  files?: Record<string, string>;
}

/** What a descriptive part reads: columns of the study's table, or of one of its further tables. */
export interface Uses {
  table?: string;
  columns: string[];
}

/** A figure as data; render/svg draws it. */
export type Figure = {
  kind: 'figure';
  id: string;
  number?: string;
  title: string;
  subtitle: string;
  source: string;
  /** The numbers drawn, as a table for screen readers and export. */
  table: Table;
  uses?: Uses;
  provenance?: string;
} & (
  | CoefficientPlot
  | SeriesPlot
  | BarsPlot
  | MapPlot
  | NetworkPlot
  | LagPlot
  | BootstrapPlot
  | RootogramPlot
  | ResidualPlot
  | InfluencePlot
  | DumbbellPlot
  | CurvePlot
);
export interface CoefficientPlot {
  plot: 'coefficients';
  series: {
    label: string;
    points: {
      term: string;
      label: string;
      unit?: string;
      within: boolean;
      estimate: number;
      lo90: number;
      hi90: number;
      lo95: number;
      hi95: number;
    }[];
  }[];
}
export interface SeriesPlot {
  plot: 'series';
  log: boolean;
  yLabel: string;
  lines: { label: string; points: { x: number; y: number }[]; strong?: boolean }[];
  stages: { label: string; from: number; to: number; growth?: number }[];
}

/** Horizontal bars: parts of one total. */
export interface BarsPlot {
  plot: 'bars';
  total: number;
  bars: { label: string; value: number }[];
}

/** Degrees. */
export type LonLat = [longitude: number, latitude: number];
/** A country of the map: polygons of rings of points. */
export interface MapShape {
  /** ISO 3166-1 alpha-3, or the boundary file's own number. */
  id: string;
  role: 'home' | 'partner' | 'none' | 'other';
  polygons: LonLat[][][];
}
export interface MapPlot {
  plot: 'map';
  countLabel: string;
  home: { label: string; at: LonLat };
  /** Partners with their counts, largest first. */
  partners: { label: string; at: LonLat; count: number; named: boolean }[];
  shapes: MapShape[];
  /** A state too small to be seen at the map's scale, drawn in a lens with its surroundings in full detail. */
  lens?: { label: string; count: number; at: LonLat; shapes: MapShape[]; neighbours: { label: string; at: LonLat }[] };
}
/** Ties of one home, strongest first: a line each, from the home to its partner. */
export interface NetworkPlot {
  plot: 'network';
  home: string;
  jointLabel: string;
  sizeLabel: string;
  ties: { label: string; joint: number; size: number; salton: number; affinity: number }[];
}
/** Estimates along time: lags and leads of a variable, or periods around an event. */
export interface LagPlot {
  plot: 'lags';
  xLabel: string;
  series: {
    label: string;
    points: { x: number; estimate: number; lo90: number; hi90: number; lo95: number; hi95: number }[];
  }[];
  /** The period that the others are compared with, drawn at zero. */
  reference?: number;
}
/** Replicates of each coefficient as a histogram, with intervals. */
export interface BootstrapPlot {
  plot: 'bootstrap';
  panels: {
    term: string;
    label: string;
    within: boolean;
    estimate: number;
    bins: { from: number; to: number; count: number }[];
    /** The first is that of the replicates: full tone inside, faded outside. */
    intervals: { name: string; lo: number; hi: number }[];
  }[];
}
/** Observed counts hanging from the expected ones, on a square-root scale. */
export interface RootogramPlot {
  plot: 'rootogram';
  xLabel: string;
  bins: { label: string; observed: number; expected: number }[];
}
/** Standardised residuals against fitted counts: their middle by bins of the fitted count, and the rows far out by name. */
export interface ResidualPlot {
  plot: 'residuals';
  xLabel: string;
  bins: { from: number; to: number; x: number; lo: number; middle: number; hi: number; rows: number }[];
  outliers: { label: string; x: number; y: number }[];
}
/** What each unit does to each coefficient: its change in standard errors where the unit is left out. */
export interface InfluencePlot {
  plot: 'influence';
  rows: {
    term: string;
    label: string;
    points: { unit: string; change: number }[];
  }[];
}

/** One row a unit, from what is realised to what is possible. */
export interface DumbbellPlot {
  plot: 'dumbbell';
  /** Zeros stand at the left edge then. */
  log: boolean;
  xLabel: string;
  rows: { label: string; realised: number; potential: number }[];
}

/** A specification curve: estimates in order with their intervals, and below each the choices behind it. */
export interface CurvePlot {
  plot: 'curve';
  /** What the estimates are of. */
  label: string;
  /** "95%". */
  level: string;
  median: number;
  /** In order of their estimates. `clear`: told apart from zero. `choices`: by row of `dimensions`, the options taken. */
  points: { estimate: number; lo: number; hi: number; clear: boolean; choices: number[][] }[];
  dimensions: { title: string; options: string[] }[];
}

/** A part of the report, in reading order. */
export interface Section {
  id: string;
  title: string;
  /** Plain paragraphs. */
  prose: string[];
  items: (Table | Figure)[];
}
export interface Report {
  title: string;
  question?: string;
  /** Answer in ≤ 60 words. */
  lede: string;
  /** Sample box: label and value. */
  facts: { label: string; value: string }[];
  /** What is simulated and what is real; empty in a study of real data only. */
  provenance?: string[];
  sections: Section[];
  manifest: Manifest;
}
export interface Manifest {
  schema: 'manifest/1';
  study: string;
  gravpanel: string;
  inputs: { name: string; sha256?: string; bytes: number; rows: number }[];
  seeds: Record<string, number>;
  models: { id: string; column: number; formula: string; status: string; certificate?: Certificate; loglik?: number }[];
  /** Ids of tables and figures in reading order: the names of their files. */
  outputs?: { tables: string[]; figures: string[] };
  /** The study's file, from the folder of the run, and its SHA-256: where `gravpanel test RUN` finds it again. Not part of the hash. */
  studyFile?: { path: string; sha256: string };
  /** Path from the run's folder to the folder that the study's paths count from. Not part of the hash. */
  base?: string;
  /** Where the run is of one part of the study only, and what the command line said over the study. Not part of the hash. */
  part?: { multiverse: { curves: string[]; joint?: Record<string, string | number> } };
  /** Versions beside gravpanel's own: the runtime. Not part of the hash. */
  versions?: Record<string, string>;
  /** Hash of the question: the study, the bytes of the data, seeds, columns and gravpanel's version. */
  runHash: string;
}
