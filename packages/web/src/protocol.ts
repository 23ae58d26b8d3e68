/** What crosses the worker boundary: plain records only. Errors are data, since comlink keeps no more than their message. */
import type { FitResult, FitSpec, PanelErrorFields, RegressionTableOptions, Table } from '@gravpanel/panel';

export type Answer<T> = { ok: true; value: T } | { ok: false; error: PanelErrorFields };

export interface FitRequest {
  /** The table as text. */
  csv: string;
  /** Its name, for messages. */
  name: string;
  unit: string[];
  time: string;
  spec: FitSpec;
  /** Title, labels and omitted terms of the table. */
  style?: Pick<RegressionTableOptions, 'title' | 'variables' | 'omit'>;
}
export interface FitAnswer {
  results: FitResult[];
  table: Table;
  rows: number;
  /** Reading and indexing the table; designs, estimation and covariance: milliseconds. */
  milliseconds: { read: number; fit: number };
}

/** Every model of a study with its companion columns: "full", "full · nb2", … */
export type StudyFits = Record<string, FitResult[]>;

/** The calls that the worker answers. */
export interface WorkerApi {
  fit(request: FitRequest): Promise<Answer<FitAnswer>>;
  runStudyText(studyYaml: string, csv: string): Promise<Answer<StudyFits>>;
}
