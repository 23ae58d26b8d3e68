/** Replicates of a resampled fit → histograms with intervals. */
import { criticalValue, lawOf } from './coeftable.ts';
import { capital, count, decimal, fixed } from './format.ts';
import { termLabel, type Variables, variableLabel } from './labels.ts';
import { comparesUnits, isNamed } from './regression-style.ts';
import type { Draws } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import type { BootstrapPlot, Cell, Figure, Fit, Table } from './types.ts';

/** What is drawn of one coefficient. */
export interface BootstrapRecord {
  term: string;
  estimate: number;
  /** The replicates; NaN where one failed. */
  draws: ArrayLike<number>;
  /** By name, that of the replicates first: { percentile: [lo, hi], analytic: [lo, hi] }. */
  intervals: Record<string, readonly [number, number]>;
  /** false: not identified from within-unit variation. */
  within?: boolean;
}

export interface BootstrapFigureOptions {
  id: string;
  title: string;
  subtitle?: string;
  source?: string;
  variables?: Variables;
}

const BINS = 44;
/** The share of the draws at each end that may lie beyond the drawing. */
const BEYOND = 0.001;

type Bins = BootstrapPlot['panels'][number]['bins'];

function histogram(sorted: Float64Array, intervals: (readonly [number, number])[]): Bins {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const lo = Math.min(at(BEYOND), ...intervals.map(([a]) => a));
  const hi = Math.max(at(1 - BEYOND), ...intervals.map(([, b]) => b));
  const width = (hi - lo) / BINS || 1;
  const counts = new Array<number>(BINS).fill(0);
  for (const draw of sorted) counts[Math.min(BINS - 1, Math.max(0, Math.floor((draw - lo) / width)))]++;
  return counts.map((n, b) => ({ from: lo + b * width, to: lo + (b + 1) * width, count: n }));
}

const number = (value: number): Cell => ({ text: decimal(value), value, kind: 'number' });

function tableOf(records: BootstrapRecord[], used: number[], o: BootstrapFigureOptions): Table {
  const names = [...new Set(records.flatMap(({ intervals }) => Object.keys(intervals)))];
  const decimals = ['Estimate', ...names.flatMap((name) => [`${name} from`, `${name} to`])];
  return {
    kind: 'table',
    id: `${o.id}-data`,
    title: `Numbers of “${o.title}”`,
    spanners: [],
    stub: 'Term',
    columns: [{ head: 'Replicates', align: 'right' }, ...decimals.map((head) => ({ head, align: 'decimal' as const }))],
    body: records.map(({ term, estimate, intervals }, i) => ({
      label: termLabel(term, o.variables).label,
      cells: [
        { text: count(used[i]), value: used[i], kind: 'count' },
        number(estimate),
        ...names.flatMap((name): Cell[] =>
          intervals[name]
            ? intervals[name].map(number)
            : [
                { text: '', kind: 'empty' },
                { text: '', kind: 'empty' },
              ],
        ),
      ],
      kind: 'only',
    })),
    foot: [],
    notes: [],
  };
}

/**
 * Small multiples, one a coefficient: the replicates as a histogram, the estimate and the intervals below. Replicates that failed (NaN) are
 * counted in the table and the subtitle, not drawn. Throws RangeError where a coefficient has no replicate.
 */
export function bootstrapFigure(records: BootstrapRecord[], o: BootstrapFigureOptions): Figure {
  const drawn = records.map(({ draws, intervals }) => {
    const sorted = Float64Array.from(draws).filter(Number.isFinite).sort();
    if (sorted.length === 0) throw new RangeError('a bootstrap figure needs replicates of each coefficient');
    return { all: draws.length, used: sorted.length, bins: histogram(sorted, Object.values(intervals)) };
  });
  const [first] = Object.keys(records[0].intervals);
  const others = Object.keys(records[0].intervals).slice(1);
  const most = Math.max(...drawn.map(({ all }) => all));
  const failed = most - Math.min(...drawn.map(({ used }) => used));
  const how = [
    `${count(most)} replicates; ${first} interval in blue, full tone inside it${others.length > 0 ? `; in grey: ${others.join(', ')}` : ''}.`,
    failed > 0
      ? `${count(failed)} ${failed === 1 ? 'replicate' : 'replicates'} failed and ${failed === 1 ? 'is' : 'are'} not drawn.`
      : '',
  ];
  return {
    kind: 'figure',
    plot: 'bootstrap',
    id: o.id,
    title: o.title,
    subtitle: o.subtitle ?? how.filter(Boolean).join(' '),
    source: o.source ?? '',
    panels: records.map(({ term, estimate, intervals, within }, i) => ({
      term,
      label: termLabel(term, o.variables).label,
      within: within ?? true,
      estimate,
      bins: drawn[i].bins,
      intervals: Object.entries(intervals).map(([name, [lo, hi]]) => ({ name, lo, hi })),
    })),
    table: tableOf(
      records,
      drawn.map(({ used }) => used),
      o,
    ),
  };
}

export interface ColumnFigureOptions {
  id: string;
  /** "column (2) of main"; the title asks how sure its estimates are. */
  where: string;
  variables?: Variables;
  /** Terms, or variables with all their levels, that are not drawn. */
  omit?: string[];
}

/** "How sure are the estimates? Patents, column (2) of main". */
export const bootstrapTitle = (fit: Fit, where: string, variables: Variables = {}): string =>
  `How sure are the estimates? ${variableLabel(fit.depvar, variables)}, ${where}`;

function everyOf(estimates: Float64Array, width: number, j: number): Float64Array {
  const out = new Float64Array(estimates.length / width);
  for (let r = 0; r < out.length; r++) out[r] = estimates[r * width + j];
  return out;
}

/**
 * The replicates of a resampled column with their percentile interval, the BCa one where there is one, and that of the observed
 * information; the constant and dummies left out. undefined where the replicates are no estimates of new samples (signs,
 * permutations, the jackknife) or no term is left.
 */
export function columnBootstrapFigure(
  fit: Fit,
  job: ResampleJob,
  draws: Draws,
  o: ColumnFigureOptions,
): Figure | undefined {
  const found = fit.resampling?.intervals;
  if (!found?.percentile) return undefined;
  const { percentile, bca } = found;
  const [width, k] = [job.reported.length, fit.parameterNames.length];
  const half = criticalValue(fit.level, lawOf(fit));
  const records = fit.coefficients.flatMap((c, j): BootstrapRecord[] => {
    if (isNamed(c.term, ['(Intercept)', ...(o.omit ?? [])]) || c.term.includes('::')) return [];
    const iid = half * Math.sqrt(fit.covarianceIid[j * (k + 1)]);
    return [
      {
        term: c.term,
        estimate: c.estimate,
        within: !comparesUnits(fit, c),
        // Asked for once, so that of a million replicates one column is held at a time.
        get draws() {
          return everyOf(draws.estimates, width, j);
        },
        intervals: {
          percentile: percentile[j],
          ...(bca && { BCa: bca[j] }),
          iid: [c.estimate - iid, c.estimate + iid],
        },
      },
    ];
  });
  if (records.length === 0) return undefined;
  const { resampling, vcovInfo, level } = fit;
  const lost = resampling!.failed > 0 ? ' Those without an estimate are not drawn.' : '';
  const others = bca ? 'BCa and, without resampling, iid' : 'iid, without resampling';
  return bootstrapFigure(records, {
    id: o.id,
    title: bootstrapTitle(fit, o.where, o.variables),
    subtitle: `${capital(vcovInfo.resampled!)}. ${fixed(100 * level, 0)}% intervals: percentile in blue, full tone inside it; in grey, from above: ${others}.${lost}`,
    ...(o.variables && { variables: o.variables }),
  });
}
