/** What a run of a study takes, says on its way, and gives. */
import type { Consequence } from './consequences.ts';
import type { CountryBook } from './describe-regions.ts';
import type { PanelErrorFields } from './errors.ts';
import type { ResampleRunner } from './fit.ts';
import type { World } from './map-shapes.ts';
import type { JobRunner } from './multiverse.ts';
import type { StudyPlan } from './plan.ts';
import type { CurveParts } from './run-curves.ts';
import type { StudySource } from './study-places.ts';
import type { TestOutcome } from './study-tests.ts';
import type { Figure, FitResult, FitSpec, Frame, Manifest, Report, Table, VariableShares } from './types.ts';

/** The descriptive parts: handed in, so that the browser's first load can do without them and the library behind them. */
export type Describing = Pick<typeof import('./describe.ts'), 'contextOf' | 'describe'>;

/** What happens, one event before each piece of work. `done` of `total` pieces are finished. */
export interface ProgressEvent {
  stage: 'data' | 'describe' | 'model' | 'test' | 'curve' | 'report';
  /** "full", "full · nb2". */
  label: string;
  /** "column 3 of 6". */
  detail?: string;
  done: number;
  total: number;
}
/** One column, as soon as it is there. */
export interface ColumnResult {
  /** "full", "full · Negative binomial …". */
  label: string;
  /** Of a model itself; undefined for a companion's. */
  model?: string;
  /** 1-based. */
  column: number;
  of: number;
  result: FitResult;
}
export type OnProgress = (event: ProgressEvent) => void | Promise<void>;

/** The columns of one companion estimator of a model. */
export interface CompanionFits {
  spec: FitSpec;
  results: FitResult[];
}

/** A column that gave no estimate, with its place in the study. */
export interface ColumnFailure {
  model: string;
  /** 1-based; 0: the joint test of a curve. */
  column: number;
  error: PanelErrorFields;
}

export interface StudyRun extends CurveParts {
  plan: StudyPlan;
  fits: Record<string, FitResult[]>;
  companions: Record<string, CompanionFits[]>;
  described: (Table | Figure)[];
  shares: VariableShares[];
  /** What the shares mean for each model. */
  consequences: Consequence[];
  tests: TestOutcome[];
  failures: ColumnFailure[];
  report: Report;
}

export interface RunOptions {
  /** Places of the study's values, for errors. */
  source?: StudySource;
  /** Name of the study in the report: its path. */
  name?: string;
  /** Hex SHA-256, for the run's hash; without it the hash is left empty. */
  sha256?: (text: string) => string | Promise<string>;
  /** Where the study's file is, from the folder of the run. */
  studyFile?: { path: string; sha256: string };
  /** Versions that the manifest records beside gravpanel's. */
  versions?: Record<string, string>;
  /** The study's further tables by name (data.tables). */
  tables?: Record<string, Frame>;
  /** Boundaries of all countries; asked for only where the study has a map. */
  world?: () => World | Promise<World>;
  /** Names and codes of countries, and region schemes; asked for only where the study has a map or regions. */
  countries?: () => CountryBook | Promise<CountryBook>;
  /** Path from the run's folder to the study's, for the manifest. */
  base?: string;
  /** Gets each column as it is estimated. */
  onColumn?: (column: ColumnResult) => void | Promise<void>;
  /** Runs replicates; without it they run here. */
  runner?: ResampleRunner;
  /** The same for jobs that are no column's covariance: curves, units left out. */
  runJob?: JobRunner;
  /** A part of the study that alone was asked for, and how, for the manifest. */
  part?: Manifest['part'];
}
