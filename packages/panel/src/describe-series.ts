/** Counts over time: the total and the largest units, with stages of growth. */
import { pow } from '@gravpanel/core-wasm';
import { op, table } from 'arquero';
import { assertAddsUp, type Clock, clockOf, countsOf, describedRows, labelsOf, missingNote } from './describe-rows.ts';
import { holdings } from './describe-shares.ts';
import { PanelError } from './errors.ts';
import { amount, count, fixed, percent } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Figure, Frame, SeriesPlot, Table, TableRow } from './types.ts';

const DEFAULT_TOP = 4;
/** Yearly rates that differ by less than this share of the largest count as the same growth. */
const SAME_GROWTH = 0.2;

type Point = { x: number; y: number };
type Stage = SeriesPlot['stages'][number];

const rate = (growth: number) => `${percent(growth)}%`;

/** Sum by period; every period of the rows appears. */
function sumByPeriod(periods: number[], counts: number[]): Point[] {
  const sums = table({ x: periods, count: counts })
    .groupby('x')
    .rollup({ y: op.sum('count') })
    .orderby('x')
    .objects() as unknown as { x: number; y: number | undefined }[];
  return sums.map(({ x, y }) => ({ x, y: y ?? 0 }));
}

/** (last/first)^(1/years) − 1; undefined where an end is zero. */
export function compoundRate(first: number, last: number, periods: number): number | undefined {
  return first > 0 && last > 0 && periods > 0 ? pow(last / first, 1 / periods) - 1 : undefined;
}

const bounds = (stage: string | [number, number]): [number, number] =>
  typeof stage === 'string' ? (stage.split(':').map(Number) as [number, number]) : stage;

/** @throws PanelError describe/stage-outside. */
function stagesOf(total: Point[], stages: (string | [number, number])[], label: string): Stage[] {
  const at = new Map(total.map(({ x, y }) => [x, y]));
  return stages.map((stage) => {
    const [from, to] = bounds(stage);
    const outside = [from, to].find((x) => !at.has(x));
    if (outside !== undefined || from >= to)
      throw new PanelError({
        code: 'describe/stage-outside',
        message:
          outside !== undefined
            ? `Stage ${from}:${to} of ${label}: there are no rows in ${outside}.`
            : `Stage ${from}:${to} of ${label} does not end after it starts.`,
        hint: `Periods run from ${total[0]?.x} to ${total.at(-1)?.x}.`,
      });
    const growth = compoundRate(at.get(from)!, at.get(to)!, to - from);
    return { label: `${from}–${to}`, from, to, ...(growth !== undefined && { growth }) };
  });
}

/** Every unit in every period: only then does a change of the total say something about growth. */
function steady(clock: Clock, unit: (i: number) => string, rows: Int32Array): boolean {
  const units = new Map<number, Set<string>>();
  for (const i of rows) {
    const there = units.get(clock.at(i)) ?? new Set();
    units.set(clock.at(i), there.add(unit(i)));
  }
  const sizes = [...units.values()].map((u) => u.size);
  return sizes.every((size) => size === sizes[0]);
}

/** The finding where the numbers bear it: growth of the stages, or first and last total; neutral otherwise. */
function titleOf(label: string, total: Point[], stages: Stage[], comparable: boolean): string {
  const [first, last] = [total[0], total[total.length - 1]];
  if (!comparable || total.length < 2) return `${label} by period`;
  const rates = stages.flatMap((s) => (s.growth === undefined ? [] : [s.growth]));
  if (rates.length === stages.length && rates.length > 1) {
    const [least, most] = [Math.min(...rates), Math.max(...rates)];
    if (least > 0 && most - least <= SAME_GROWTH * most)
      return `${label}: growth hardly changed between the ${rates.length} stages`;
    const fastest = stages[rates.indexOf(most)];
    if (most > 0) return `${label}: growth was fastest in ${fastest.label}, ${rate(most)} a year`;
  }
  if (last.y === first.y) return `${label}: ${amount(first.y)} in ${first.x} and in ${last.x}`;
  return `${label} ${last.y > first.y ? 'rose' : 'fell'} from ${amount(first.y)} in ${first.x} to ${amount(last.y)} in ${last.x}`;
}

const number = (value: number | undefined): Cell =>
  value === undefined ? { text: '', kind: 'empty' } : { text: amount(value), value, kind: 'count' };

function growthRow(stage: Stage, lines: SeriesPlot['lines']): TableRow {
  const cells = lines.map(({ points }): Cell => {
    const [from, to] = [stage.from, stage.to].map((x) => points.find((p) => p.x === x)?.y ?? 0);
    const growth = compoundRate(from, to, stage.to - stage.from);
    if (growth === undefined) return { text: '', kind: 'empty' };
    return { text: `×${fixed(to / from, 2)}, ${rate(growth)}`, value: growth, kind: 'text' };
  });
  return { label: `${stage.label}, ratio and yearly rate`, cells, kind: 'only' };
}

/** Counts of the periods of a stage, both ends included, and their share of the line's whole. */
function sumRow(stage: Stage, lines: SeriesPlot['lines']): TableRow {
  const cells = lines.map(({ points }): Cell => {
    const all = points.reduce((sum, p) => sum + p.y, 0);
    const part = points.reduce((sum, p) => sum + (p.x >= stage.from && p.x <= stage.to ? p.y : 0), 0);
    if (all === 0) return { text: '', kind: 'empty' };
    return { text: `${amount(part)}, ${percent(part / all)}%`, value: part, kind: 'text' };
  });
  return { label: `${stage.label}, sum and share of all`, cells, kind: 'only' };
}

/** The stages, and the whole span where they do not say it themselves. */
function footOf(lines: SeriesPlot['lines'], stages: Stage[]): TableRow[] {
  const { points } = lines[0];
  const [from, to] = [points[0].x, points[points.length - 1].x];
  const whole = stages.some((s) => s.from === from && s.to === to) || from === to;
  const spans = whole || stages.length === 0 ? stages : [...stages, { label: `${from}–${to}`, from, to }];
  return [
    ...spans.map((stage) => growthRow(stage, lines)),
    ...stages.filter((s) => s.from !== from || s.to !== to).map((stage) => sumRow(stage, lines)),
  ];
}

function tableOf(
  id: string,
  title: string,
  period: string,
  lines: SeriesPlot['lines'],
  stages: Stage[],
  notes: string[],
): Table {
  return {
    kind: 'table',
    id: `${id}-data`,
    title,
    spanners: [],
    stub: period,
    columns: lines.map(({ label }) => ({ head: label, align: 'right' as const })),
    body: lines[0].points.map(({ x }, j) => ({
      label: String(x),
      cells: lines.map(({ points }) => number(points[j]?.x === x ? points[j].y : points.find((p) => p.x === x)?.y)),
      kind: 'only' as const,
    })),
    foot: footOf(lines, stages),
    notes,
  };
}

/**
 * Total per period and the `top` largest units, with the compound growth of each stage of the total.
 * Log scale by default where stages are given. Units' sums are checked against the total.
 * @throws PanelError describe/needs-panel, describe/stage-outside, describe/negative-count, data/unknown-column.
 */
export function seriesFigure(
  frame: Frame,
  spec: Extract<DescribeSpec, { kind: 'series' }>,
  id: string,
  variables: Variables,
): Figure {
  const rows = describedRows(frame, spec.where);
  const clock = clockOf(frame, rows, spec.time);
  const values = countsOf(frame, spec.count, rows);
  const { labels, name } = labelsOf(frame, spec.by);
  const label = variableLabel(spec.count, variables);
  if (rows.length === 0)
    throw new PanelError({
      code: 'describe/no-counts',
      message: `No row is left for the series of "${spec.count}".`,
      hint: 'Check the filter.',
    });
  const of = (part: Int32Array) =>
    sumByPeriod(
      Array.from(part, clock.at),
      Array.from(part, (i) => values[i]),
    );
  const held = holdings(
    Array.from(rows, labels),
    Array.from(rows, (i) => values[i]),
  );
  const total = of(rows);
  const sum = total.reduce((s, p) => s + p.y, 0);
  assertAddsUp(
    held.map((h) => h.total),
    sum,
    'series',
  );
  const top = held.filter((h) => h.total > 0).slice(0, spec.top ?? DEFAULT_TOP);
  const stages = stagesOf(total, spec.stages ?? [], label);
  const lines: SeriesPlot['lines'] = [
    { label: 'Total', points: total, strong: true },
    ...top.map((h) => ({ label: h.label, points: of(rows.filter((i) => labels(i) === h.label)) })),
  ];
  const log = (spec.log ?? stages.length > 0) && sum > 0;
  const comparable = steady(clock, frame.panel ? labelsOf(frame, undefined).labels : labels, rows);
  const title = spec.title ?? titleOf(label, total, stages, comparable);
  const notes = [
    ...(comparable ? [] : ['The number of units differs between periods, so the total does too.']),
    ...(spec.where ? [`Rows where ${spec.where}.`] : []),
    ...missingNote(values, rows, label),
  ];
  const who = `${label} by ${variableLabel(name, variables)} and ${variableLabel(clock.name, variables)}`;
  const subtitle = [
    `${who}${top.length > 0 && top.length < held.length ? `: the total and the ${top.length === 1 ? 'largest' : `${top.length} largest`} of ${count(held.length)}` : ''}${log ? ', log scale: a straight line is a constant rate' : ''}.`,
    ...(stages.some((s) => s.growth !== undefined) ? ['Compound growth of each stage above.'] : []),
    ...notes,
  ].join(' ');
  return {
    kind: 'figure',
    plot: 'series',
    id,
    title,
    subtitle,
    source: variables[spec.count]?.source ?? frame.source.name,
    log,
    yLabel: label,
    lines,
    stages,
    table: tableOf(id, title, variableLabel(clock.name, variables), lines, stages, notes),
  };
}
