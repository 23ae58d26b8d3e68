/** One question, several laws of inefficiency: how the order of the units moves → figure and table with rank correlations. */
import { decimal } from './format.ts';
import { frontierRanking } from './frontier-ranking.ts';
import { lowered, type Variables, variableLabel } from './labels.ts';
import type { Cell, Figure, Fit, Table, TableRow } from './types.ts';

/** Units drawn at most, and the lines in colour. */
const MOST_DRAWN = 60;
const STRONG = 5;

export interface Orders {
  /** Units that every fit has, in the order of the first. */
  units: string[];
  /** By fit: efficiency and rank (1: the least efficient; ties share their mean) of each unit. */
  efficiencies: number[][];
  ranks: number[][];
  /** Spearman's rank correlations between the fits. */
  correlations: number[][];
}

/** Mid-ranks from 1. */
export function midRanks(values: number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let at = from; at < to; at++) ranks[order[at]] = (from + to + 1) / 2;
  }
  return ranks;
}

/** Pearson's correlation; NaN where one side does not vary. */
function correlation(a: number[], b: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - ma) * (b[i] - mb);
    aa += (value - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

/** Orders of the units that all fits rank; undefined of fewer than two fits or three units. */
export function frontierOrders(fits: Fit[]): Orders | undefined {
  const rankings = fits.map((fit) => new Map(frontierRanking(fit).map(({ unit, efficiency }) => [unit, efficiency])));
  if (rankings.length < 2) return undefined;
  const units = [...rankings[0].keys()].filter((unit) => rankings.every((ranking) => ranking.has(unit)));
  if (units.length < 3) return undefined;
  const efficiencies = rankings.map((ranking) => units.map((unit) => ranking.get(unit)!));
  const ranks = efficiencies.map(midRanks);
  return { units, efficiencies, ranks, correlations: ranks.map((a) => ranks.map((b) => correlation(a, b))) };
}

const LAWS = { 'half-normal': 'half-normal', exponential: 'exponential', 'truncated-normal': 'truncated normal' };
const KINDS = { frontier: 'normal', 'poisson-frontier': 'Poisson', 'nb-frontier': 'NB' };

/** "Poisson, exponential", "normal, half-normal, decaying", "NB, half-normal, by row". */
export function lawWords({ model, frontier }: Fit): string {
  const { distribution, inefficiency, noise, random, effects } = frontier!;
  return [
    KINDS[model as keyof typeof KINDS],
    LAWS[distribution],
    ...(inefficiency === 'rows' ? ['by row'] : []),
    ...(inefficiency === 'decay' ? ['decaying'] : []),
    ...(noise ? ['with noise'] : []),
    ...(random ? ['with random effects'] : []),
    ...(effects !== undefined ? ['with effects'] : []),
  ].join(', ');
}

export interface OrdersOptions {
  /** The table whose columns they are. */
  of: string;
  unit: string[];
  variables?: Variables;
  /** "(1)" of each fit in that table. */
  heads: string[];
}

const rankText = (rank: number) => (Number.isInteger(rank) ? String(rank) : decimal(rank, 1));
const number = (value: number, text: string): Cell => ({ text, value, kind: 'number' });

function tableOf(fits: Fit[], orders: Orders, heads: string[], rest: Pick<Table, 'id' | 'title' | 'stub'>): Table {
  const { units, efficiencies, ranks, correlations } = orders;
  const body = units.map(
    (label, u): TableRow => ({
      label,
      kind: 'only',
      cells: fits.flatMap((_, f) => [
        number(efficiencies[f][u], decimal(efficiencies[f][u], 3)),
        number(ranks[f][u], rankText(ranks[f][u])),
      ]),
    }),
  );
  const foot = heads.slice(0, -1).map(
    (head, g): TableRow => ({
      label: `Rank correlation with ${head}`,
      kind: 'only',
      cells: fits.flatMap((_, f) => [
        f > g ? number(correlations[g][f], decimal(correlations[g][f], 2)) : ({ text: '', kind: 'empty' } as const),
        { text: '', kind: 'empty' } as const,
      ]),
    }),
  );
  return {
    kind: 'table',
    spanners: fits.map((fit, f) => ({ label: `${heads[f]} ${lawWords(fit)}`, from: 2 * f, to: 2 * f + 1 })),
    columns: fits.flatMap(() => [
      { head: 'Efficiency', align: 'right' as const },
      { head: 'Rank', align: 'right' as const },
    ]),
    body,
    foot,
    notes: [
      'Efficiency: mean of E(exp(−u)) over the rows. Rank 1 falls farthest short; equal efficiencies share theirs.',
    ],
    ...rest,
  };
}

/** Figure and table of how the fits order the units; none where {@link frontierOrders} has none. */
export function frontierOrderItems(fits: Fit[], o: OrdersOptions): (Table | Figure)[] {
  const orders = frontierOrders(fits);
  if (!orders) return [];
  const { units, ranks, correlations } = orders;
  const name = lowered(o.unit.map((one) => variableLabel(one, o.variables)).join(' × '));
  const pairs = correlations.flatMap((row, a) => row.slice(a + 1));
  const [least, most] = [Math.min(...pairs), Math.max(...pairs)].map((value) => decimal(value, 2));
  const spans = units.map((_, u) => {
    const own = ranks.map((of) => of[u]);
    return Math.max(...own) - Math.min(...own);
  });
  const top = spans.indexOf(Math.max(...spans));
  const title = `Across laws of inefficiency ranks correlate at ${least === most ? least : `${least} to ${most}`}; ${units[top]} moves most, by ${rankText(spans[top])} places`;
  const id = `frontier-${o.of}-orders`;
  const table = tableOf(fits, orders, o.heads, {
    id,
    title: `How each law of inefficiency orders each ${name}: ${o.of}`,
    stub: o.unit.map((one) => variableLabel(one, o.variables)).join(' × '),
  });
  if (units.length > MOST_DRAWN) return [table];
  const bar = [...spans].sort((a, b) => b - a)[Math.min(STRONG, spans.length) - 1];
  const figure: Figure = {
    kind: 'figure',
    plot: 'ranks',
    id: `${id}-lines`,
    title,
    subtitle: `Rank of each ${name} by its efficiency, 1 at the top the farthest short; in colour those that move most. ${fits.map((fit, f) => `${o.heads[f]} ${lawWords(fit)}`).join('; ')}.`,
    source: '',
    columns: fits.map((fit, f) => ({ head: o.heads[f], detail: lawWords(fit) })),
    rows: units.map((label, u) => ({
      label,
      ranks: ranks.map((of) => of[u]),
      strong: spans[u] >= Math.max(1, bar),
    })),
    table: { ...table, id: `${id}-lines-data`, title: `Numbers of “${title}”` },
  };
  return [figure, table];
}
