/** A fitted frontier by unit and period: realised / potential → a table of shares and the same as shades. */
import { exp } from '@gravpanel/core-wasm';
import { count, decimal, percent } from './format.ts';
import { frontierRanking } from './frontier-ranking.ts';
import { lowered, type Variables, variableLabel } from './labels.ts';
import type { Cell, EfficiencyRow, Figure, Fit, Table, TableRow } from './types.ts';

/** Units printed and drawn at most, half of them from each end; periods. */
const MOST_UNITS = 60;
const MOST_PERIODS = 40;

/** One unit: its share in each period, undefined where it has no row. */
export interface UnitYears {
  unit: string;
  shares: (number | undefined)[];
}
export interface Years {
  periods: string[];
  units: UnitYears[];
  /** All units together: sums of y over sums of the frontier (counts), else the ratio of geometric means. */
  total: (number | undefined)[];
}

function shareOf(rows: EfficiencyRow[], counts: boolean): number | undefined {
  if (rows.length === 0) return undefined;
  const sum = (of: (row: EfficiencyRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  return counts
    ? sum((row) => row.outcome) / sum((row) => row.potential)
    : exp(sum((row) => row.outcome - row.potential) / rows.length);
}

/**
 * y / exp(xβ + offset) of each unit and period (of frontier, whose y is a logarithm, exp(y − xβ)), units in the order of
 * {@link frontierRanking}, periods in theirs; undefined without a panel, at the boundary, and where there is one period.
 */
export function frontierYears(fit: Fit): Years | undefined {
  const rows = (fit.frontier?.efficiencies ?? []).filter(({ unit, time }) => unit !== undefined && time !== undefined);
  const times = [...new Set(rows.map(({ time }) => time!))].sort((a, b) => a - b);
  if (times.length < 2) return undefined;
  const counts = fit.model !== 'frontier';
  const at = (time: number, unit?: string) =>
    shareOf(
      rows.filter((row) => row.time === time && (unit === undefined || row.unit === unit)),
      counts,
    );
  return {
    periods: times.map(String),
    units: frontierRanking(fit).map(({ unit }) => ({ unit, shares: times.map((time) => at(time, unit)) })),
    total: times.map((time) => at(time)),
  };
}

const cellOf = (share: number | undefined): Cell =>
  share === undefined
    ? { text: '–', kind: 'empty' }
    : { text: decimal(share, share < 10 ? 2 : 0), value: share, kind: 'number' };
const rowOf = (label: string, shares: (number | undefined)[]): TableRow => ({
  label,
  kind: 'only',
  cells: shares.map(cellOf),
});

const ends = (units: UnitYears[]) =>
  units.length <= MOST_UNITS ? units : [...units.slice(0, MOST_UNITS / 2), ...units.slice(-MOST_UNITS / 2)];

/** "From 2000 to 2020 the share of the potential that is realised rises from 40% to 60%". */
function findingOf({ periods, total }: Years): string {
  const [from, to] = [total[0]!, total[total.length - 1]!];
  const [a, b] = [percent(from, 0), percent(to, 0)];
  const ends = `${periods[0]} and ${periods[periods.length - 1]}`;
  if (a === b) return `Together they realise ${a}% of their potential in both ${ends}`;
  return `Together they realise ${a}% of their potential in ${periods[0]} and ${b}% in ${periods[periods.length - 1]}`;
}

export interface YearsOptions {
  of: string;
  column: number;
  unit: string[];
  variables?: Variables;
}

/** Figure of shades and the table of the same shares; none where {@link frontierYears} has none, or more periods than a page holds. */
export function frontierYearsItems(fit: Fit, { of, column, unit, variables }: YearsOptions): (Table | Figure)[] {
  const years = frontierYears(fit);
  if (!years || years.periods.length > MOST_PERIODS) return [];
  const shown = ends(years.units);
  const id = `frontier-${of}-${column}-periods`;
  const name = unit.map((one) => variableLabel(one, variables)).join(' × ');
  const title = `${findingOf(years)}: ${of} (${column})`;
  const left = years.units.length - shown.length;
  const notes = [
    fit.model === 'frontier'
      ? 'exp(y − frontier) of each period; all together: the ratio of geometric means.'
      : 'Count over the frontier exp(xβ) of the period; all together: sum of the counts over sum of the frontiers.',
    'Above 1: more than the frontier, which is the mean without inefficiency: noise is part of every share.',
    ...(left > 0 ? [`${count(left)} units between the two ends are left out.`] : []),
  ];
  const table: Table = {
    kind: 'table',
    id,
    title: `Realised / potential by ${lowered(name)} and period: ${of} (${column})`,
    spanners: [],
    stub: name,
    columns: years.periods.map((head) => ({ head, align: 'right' })),
    body: shown.map(({ unit: label, shares }) => rowOf(label, shares)),
    foot: [rowOf('All together', years.total)],
    notes,
  };
  const figure: Figure = {
    kind: 'figure',
    plot: 'heat',
    id: `${id}-shades`,
    title,
    subtitle: `Realised / potential of each ${lowered(name)} in each period, the least efficient first. The darker, the more is realised; full tone from 1 on.`,
    source: '',
    columns: years.periods,
    rows: shown.map(({ unit: label, shares }) => ({ label, cells: shares })),
    table: { ...table, id: `${id}-shades-data`, title: `Numbers of “${title}”` },
  };
  return [figure, table];
}
