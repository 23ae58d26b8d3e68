/** Tables, and the report with its manifest. */
import type { Figure } from './types-figure.ts';
import type { Certificate, FitResult } from './types-fit.ts';

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
