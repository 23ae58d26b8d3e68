/** A fitted frontier unit by unit: how much is realised of how much is possible → table and figure, farthest short first. */
import { exp } from '@gravpanel/core-wasm';
import { count, decimal, display, fixed, percent } from './format.ts';
import { lowered, type Variables, variableLabel } from './labels.ts';
import type { Cell, DumbbellPlot, EfficiencyRow, Figure, Fit, Table, TableRow } from './types.ts';

/** One unit of a frontier over its rows. */
export interface UnitReach {
  unit: string;
  rows: number;
  /** Mean of E(e⁻ᵘ | data) over the unit's rows, and the means of their limits. */
  efficiency: number;
  lower: number;
  upper: number;
  /** Counts: sums of y and of the frontier exp(xβ + offset). Else, y a logarithm: geometric means, exp of the means of y and xβ. */
  realised: number;
  potential: number;
  /** realised / potential: noise is part of it, so it may exceed 1. */
  ratio: number;
}

const mean = (rows: EfficiencyRow[], of: (row: EfficiencyRow) => number) =>
  rows.reduce((sum, row) => sum + of(row), 0) / rows.length;

function reachOf(unit: string, rows: EfficiencyRow[], counts: boolean): UnitReach {
  const over = (of: (row: EfficiencyRow) => number) =>
    counts ? rows.reduce((sum, row) => sum + of(row), 0) : exp(mean(rows, of));
  const realised = over((row) => row.outcome);
  const potential = over((row) => row.potential);
  return {
    unit,
    rows: rows.length,
    efficiency: mean(rows, (row) => row.efficiency),
    lower: mean(rows, (row) => row.lower),
    upper: mean(rows, (row) => row.upper),
    realised,
    potential,
    ratio: realised / potential,
  };
}

const isCounts = ({ model }: Fit) => model !== 'frontier';

/**
 * Units by their mean efficiency, the least first; ties by name.
 * @returns none without a panel, and none at the boundary, where every efficiency is 1.
 */
export function frontierRanking(fit: Fit): UnitReach[] {
  const byUnit = new Map<string, EfficiencyRow[]>();
  for (const row of fit.frontier?.efficiencies ?? []) {
    if (row.unit === undefined) continue;
    const rows = byUnit.get(row.unit);
    if (rows) rows.push(row);
    else byUnit.set(row.unit, [row]);
  }
  return [...byUnit]
    .map(([unit, rows]) => reachOf(unit, rows, isCounts(fit)))
    .sort((a, b) => a.efficiency - b.efficiency || (a.unit < b.unit ? -1 : 1));
}

export interface RankingOptions {
  /** Model and its 1-based column. */
  of: string;
  column: number;
  /** Columns that make the panel's unit. */
  unit: string[];
  variables?: Variables;
}

/** Units printed and drawn at most; of more, half of them from each end. */
const MOST_PRINTED = 100;
const MOST_DRAWN = 50;

const ends = (reaches: UnitReach[], most: number) =>
  reaches.length <= most ? reaches : [...reaches.slice(0, most / 2), ...reaches.slice(-most / 2)];

const leftOut = (reaches: UnitReach[], most: number) =>
  reaches.length <= most
    ? []
    : [
        `The ${most / 2} that fall farthest short and the ${most / 2} that fall least, of ${count(reaches.length)}; every row by fit --efficiencies.`,
      ];

const number = (value: number, show: (x: number) => string): Cell => ({ text: show(value), value, kind: 'number' });
const share = (x: number) => decimal(x, 3);
const size = (counts: boolean) => (x: number) => (counts && x >= 100 ? count(Math.round(x)) : display(fixed(x, 1)));

const rowOf = (reach: UnitReach, counts: boolean): TableRow => ({
  label: reach.unit,
  kind: 'only',
  cells: [
    number(reach.efficiency, share),
    number(reach.lower, share),
    number(reach.upper, share),
    counts
      ? { text: count(reach.realised), value: reach.realised, kind: 'count' }
      : number(reach.realised, size(false)),
    number(reach.potential, size(counts)),
    number(reach.ratio, share),
  ],
});

const HEADS = ['Efficiency', 'from', 'to', 'Realised', 'Potential', 'Realised / potential'];

function notesOf(fit: Fit, reaches: UnitReach[], most: number): string[] {
  const level = percent(fit.level, 0);
  const rows = fit.frontier?.inefficiency === 'rows';
  return [
    isCounts(fit)
      ? 'Realised: sum of the counts; potential: sum of the frontier, what is expected without inefficiency.'
      : 'The outcome is read as a logarithm; realised and potential: geometric means of the outcome and of the frontier.',
    rows
      ? `Efficiency: mean of E(exp(−u)) over the rows; from and to: means of the rows’ ${level}% limits, estimates taken as given, wider than an interval of the mean.`
      : `Efficiency: mean of E(exp(−u)) over the rows; from and to: its ${level}% limits, estimates taken as given.`,
    'Realised / potential holds the noise as well, so the two differ and it can exceed 1. What is inefficiency and what is noise is told by the skewness of the distribution alone.',
    ...leftOut(reaches, most),
  ];
}

function tableOf(fit: Fit, reaches: UnitReach[], most: number, rest: Pick<Table, 'id' | 'title' | 'stub'>): Table {
  return {
    kind: 'table',
    spanners: [],
    columns: HEADS.map((head) => ({ head, align: 'right' })),
    body: ends(reaches, most).map((reach) => rowOf(reach, isCounts(fit))),
    foot: [],
    notes: notesOf(fit, reaches, most),
    ...rest,
  };
}

/** Over this ratio of the largest to the smallest the scale is logarithmic. */
const LOG_FROM = 30;

function plotOf(fit: Fit, reaches: UnitReach[], variables: Variables | undefined): DumbbellPlot {
  const drawn = ends(reaches, MOST_DRAWN);
  const positive = drawn.flatMap(({ realised, potential }) => [realised, potential]).filter((x) => x > 0);
  const log = Math.max(...positive) > LOG_FROM * Math.min(...positive);
  return {
    plot: 'dumbbell',
    log,
    xLabel: `${variableLabel(fit.depvar, variables)}${log ? ', log scale' : ''}`,
    rows: drawn.map(({ unit, realised, potential }) => ({ label: unit, realised, potential })),
  };
}

/** Table and figure of one frontier column; none where {@link frontierRanking} has no unit. */
export function frontierItems(fit: Fit, { of, column, unit, variables }: RankingOptions): (Table | Figure)[] {
  const reaches = frontierRanking(fit);
  if (reaches.length === 0) return [];
  const id = `frontier-${of}-${column}`;
  const name = unit.map((one) => variableLabel(one, variables)).join(' × ');
  const where = `${of} (${column})`;
  const [worst] = reaches;
  const best = reaches[reaches.length - 1];
  const finding = `${worst.unit} falls farthest short, with an efficiency of ${decimal(worst.efficiency, 2)}; ${best.unit} least, with ${decimal(best.efficiency, 2)}: ${where}`;
  const table = tableOf(fit, reaches, MOST_PRINTED, {
    id,
    title: `How far each ${lowered(name)} falls short: ${where}`,
    stub: name,
  });
  const figure: Figure = {
    kind: 'figure',
    id: `${id}-reach`,
    title: finding,
    subtitle: `Realised (dot) and potential (ring) of each ${lowered(name)}, the least efficient first.`,
    source: '',
    ...plotOf(fit, reaches, variables),
    table: tableOf(fit, reaches, MOST_DRAWN, {
      id: `${id}-reach-data`,
      title: `Numbers of “${finding}”`,
      stub: name,
    }),
  };
  return [figure, table];
}
