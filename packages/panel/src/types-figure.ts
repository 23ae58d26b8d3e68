/** Figures as data. */
import type { Table, Uses } from './types-report.ts';

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
  | HeatPlot
  | RanksPlot
  | ShadesPlot
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
  /** `together`: of several parts, in words beside the bars of single ones. */
  bars: { label: string; value: number; together?: true }[];
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
  partners: { label: string; id: string; at: LonLat; count: number; named: boolean }[];
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

/** Shares of a whole, a row a unit and a column a period; full tone from 1 on. */
export interface HeatPlot {
  plot: 'heat';
  columns: string[];
  rows: { label: string; cells: (number | undefined)[] }[];
}

/** Units in several orders, from the first: a line each, those that move most in colour. */
export interface RanksPlot {
  plot: 'ranks';
  columns: { head: string; detail: string }[];
  rows: { label: string; ranks: number[]; strong: boolean }[];
}

/** Countries shaded by a share between 0 and 1, in fifths. */
export interface ShadesPlot {
  plot: 'shades';
  label: string;
  home: { label: string; at: LonLat };
  shapes: MapShape[];
  /** `id` is that of a shape. */
  places: { label: string; id: string; at: LonLat; value: number; named: boolean }[];
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
