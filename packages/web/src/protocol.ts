/** What crosses the worker boundary: plain records only. Errors are data, since comlink keeps no more than their message. */
import type {
  Certificate,
  Figure,
  FindingGroup,
  FitResult,
  FitSpec,
  Note,
  Numbers,
  PanelErrorFields,
  Proof,
  Report,
  SampleLog,
  Study,
  StudyCheck,
  Table,
} from '@gravpanel/panel';

export type Answer<T> = { ok: true; value: T } | { ok: false; error: PanelErrorFields };

/** Files of a study by the paths that it names them with. */
export type StudyFileMap = Record<string, Blob | Uint8Array<ArrayBuffer>>;

/** One column of a table, as the data station lists it. */
export interface ColumnSummary {
  name: string;
  kind: 'number' | 'text';
  missing: number;
  distinct: number;
  /** Numbers: least and greatest. */
  range?: [number, number];
  /** Up to three values as they stand. */
  examples: string[];
  /** Text that is numbers but for these few cells. */
  notNumbers?: string[];
  /** Text that is numbers where they are read as written in one of these ways. */
  numbers?: Numbers[];
  /** Text that is dates. */
  dates?: true;
  /** The only number below zero: −9, −99 and the like mean missing in surveys. */
  code?: string;
  /** What the file itself says of the column. */
  label?: string;
  values?: { value: number; label: string }[];
  /** Missing values of several kinds, with how many rows each has. */
  missingKinds?: { code: string; label?: string; rows: number }[];
}

/** How a table is read where that is not found by itself: keys of a study's `data`. */
export type ReadAs = Partial<Pick<Study['data'], 'encoding' | 'numbers' | 'sheet'>>;

export interface TableSummary {
  name: string;
  rows: number;
  bytes: number;
  sha256?: string;
  columns: ColumnSummary[];
  /** The first rows, as text. */
  preview: string[][];
  /** Sheets of a workbook with several. */
  sheets?: string[];
}

/** Units × periods of the count: the panel map, as large as it is drawn, however many units there are. Largest units first. */
export interface PanelShape {
  units: number;
  /** The unit with the most. */
  first: string;
  periods: number[];
  /** The count that is drawn; undefined where the study has no model yet. */
  count?: string;
  /** Lines of the map: a unit each, or the fullest of several. */
  lines: number;
  /** lines × periods: the count; NaN where it is missing, −1 where there is no row. */
  cells: Float64Array;
  /** Units with gaps. */
  gaps: number;
  /** Where several rows have the same unit and period: positions in `cells`, and how many cells of the panel they are. */
  repeated?: { at: Int32Array; cells: number };
}

/** Which rows of the panel one column leaves out, and why. */
export interface DroppedRows {
  model: string;
  /** 1-based. */
  column: number;
  reasons: {
    reason: string;
    rows: number;
    /** All units that lost every row, or levels that went: as in the sample log. */
    groups?: string[];
    /** Units with the periods they lost, in the order of the map; further ones are only counted. */
    units: { unit: string; periods: number[] }[];
    more: number;
  }[];
  /** Names of the lines of the panel map; '' where a line is several units. */
  lines: string[];
  periods: number[];
  /** lines × periods: 0 is used, r is left out for the r-th reason, 255 has no row. */
  codes: Uint8Array;
}

/** What is known of a study before anything is estimated. Each part is there as far as the work came; `error` is where it ended. */
export interface Inspection {
  study?: Study;
  table?: TableSummary;
  panel?: PanelShape;
  check?: StudyCheck;
  error?: PanelErrorFields;
}

/** What a reader can ask of one estimated column. */
export interface ColumnDetail {
  head: string;
  model: string;
  title: string;
  formula: string;
  sampleName: string;
  sample?: SampleLog;
  certificate?: Certificate;
  iterations?: number;
  /** "clustered by firm (covariance × G/(G−1))". */
  errors?: string;
  clusters?: number[];
  notes: Note[];
  /** Why Stata's output may show other numbers. */
  stata?: string[];
  error?: PanelErrorFields;
}
/** A table without the fits behind it: what the page shows of them stands in `details`, a column each. */
export type TableView = Omit<Table, 'fits'> & { details?: ColumnDetail[] };
export type Item = TableView | Figure;
export interface SectionView {
  id: string;
  title: string;
  prose: string[];
  items: Item[];
}
export type ReportView = Omit<Report, 'sections'> & { sections: SectionView[] };

/** A finished run as the page reads it. */
export interface RunView {
  /** The study it was made from, as text. */
  text: string;
  report: ReportView;
  columns: number;
  failed: number;
  seconds: number;
}

export type RunEvent =
  | { kind: 'step'; stage: string; label: string; detail?: string; done: number; total: number }
  | { kind: 'draws'; label: string; done: number; total: number }
  | { kind: 'column'; label: string; model?: string; column: number; of: number; table?: TableView };

/** Which column is resampled, and how often; how it is drawn is said by the study's `boot`. */
export interface BootRequest {
  model: string;
  /** 1-based. */
  column: number;
  reps: number;
  seed: number;
}
/** Replicates of one coefficient so far. */
export interface LivePanel {
  term: string;
  estimate: number;
  /** The scale that the bars share evenly. */
  from: number;
  to: number;
  /** Percentiles of the replicates so far. */
  interval: [number, number];
  bars: Uint32Array;
}
export interface LiveHistograms {
  panels: LivePanel[];
  level: number;
  /** Replicates without an estimate so far. */
  failed: number;
}
export interface BootEvent {
  done: number;
  total: number;
  /** Replicates a second, and seconds left, as soon as they can be told. */
  rate: number;
  left?: number;
  /** Workers that were started, more than there are cores where one was replaced. */
  workers?: number;
  /** What is drawn so far. */
  live?: LiveHistograms;
}
export interface BootView {
  /** Hash of all that the replicates depend on: data, formula, number and seed. */
  job: string;
  /** SHA-256 of the replicates: the same for the same study, seed and number, wherever and in how many pieces they were drawn. */
  sha256: string;
  table: TableView;
  figure?: Figure;
  formula: string;
  reps: number;
  failed: number;
  threads: number;
  seconds: number;
}

export interface FitRequest {
  /** The table as text. */
  csv: string;
  /** Its name, for messages. */
  name: string;
  unit: string[];
  time: string;
  spec: FitSpec;
}

/** Every model of a study with its companion columns: "full", "full · nb2", … */
export type StudyFits = Record<string, FitResult[]>;

/** What a file of a study is known by. */
export interface Fingerprint {
  path: string;
  sha256: string;
  bytes: number;
  /** Of the study's own table. */
  rows?: number;
}

/** Printed tables, as they were pasted or read from a file. */
export interface AuditRequest {
  text: string;
  /** Name of the file; '' for a paste. */
  name: string;
  /** '***=0.01,**=0.05,*=0.10', in place of what the text says. */
  stars?: string;
  /** normal | t:DF. */
  law?: string;
  /** Tables that the text names as sources. */
  sources?: StudyFileMap;
}

export interface AuditView {
  /** What the text was read as. */
  read: 'tables' | 'grid' | 'paste';
  /** Of a paste: the tables as they were understood, and what to compare with the page. */
  yaml?: string;
  doubts: string[];
  title: string;
  headline: string;
  stars: string;
  unread: string;
  cells: number;
  proofs: Proof[];
  groups: FindingGroup[];
}

/** What is taken away. */
export type TakeRequest =
  | { what: 'item'; item: Item; format: ItemFormat }
  /** Of the study that was run, by its text: computed first where this worker has not run it. */
  | { what: 'audit'; request: AuditRequest; format: 'html' | 'json' | 'yaml' }
  | { what: 'report' | 'study' | 'stata' | 'r' | 'python'; text: string; name: string };
export type ItemFormat = 'docx' | 'tex' | 'html' | 'csv' | 'md' | 'json' | 'txt' | 'typ' | 'svg' | 'png';

/** A file for the reader. A picture comes as a drawing with its letters inside, which the page paints. */
export interface TakenFile {
  name: string;
  type: string;
  content: string | Uint8Array<ArrayBuffer>;
}

/** The calls that the worker answers. */
export interface EngineApi {
  /** The files of the study that is worked on; those of an earlier one are forgotten. */
  setFiles(files: StudyFileMap): Promise<Answer<true>>;
  /** `onPart` gets what is known so far where the rest takes its time. */
  inspect(text: string, onPart?: (found: Inspection) => void): Promise<Answer<Inspection>>;
  /** The rows that a column leaves out, where its waterfall is looked into. */
  dropped(text: string, model: string, column: number): Promise<Answer<DroppedRows>>;
  /** JSON Schema of a study. */
  schema(): Promise<Answer<unknown>>;
  /** A first study for one of the files. */
  starter(file: string, how: ReadAs): Promise<Answer<string>>;
  run(text: string, onEvent: (event: RunEvent) => void): Promise<Answer<RunView>>;
  /** A figure of the last run as SVG with the page's colours. */
  figure(figure: Figure, width: number): Promise<Answer<string>>;
  /** What a request comes to: the hash of its job, and how many of its replicates are kept from before. */
  bootStored(text: string, request: BootRequest): Promise<Answer<{ job: string; stored: number }>>;
  boot(
    text: string,
    request: BootRequest,
    threads: number,
    onEvent: (event: BootEvent) => void,
  ): Promise<Answer<BootView>>;
  /** Holds the bootstrap between two chunks, lets it go on, or ends it; what is finished is kept. */
  bootControl(action: 'pause' | 'resume' | 'cancel'): Promise<Answer<true>>;
  /** One formula on one table, its replicates on `threads` workers. */
  fit(request: FitRequest, threads: number): Promise<Answer<FitResult[]>>;
  /** A file of the last run, or of one table or figure. */
  take(request: TakeRequest): Promise<Answer<TakenFile>>;
  /** Hash and rows of every file of the study that is open, by the path that the study names it with. */
  fingerprints(text: string): Promise<Answer<Fingerprint[]>>;
  /** Printed tables against themselves. */
  audit(request: AuditRequest): Promise<Answer<AuditView>>;
  /** All estimates of a study, for comparisons bit by bit. */
  fits(text: string): Promise<Answer<StudyFits>>;
}
