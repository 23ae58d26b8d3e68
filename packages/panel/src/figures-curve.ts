/** A specification curve → its figure and tables. */
import { count, decimal, display, fixed, pValue } from './format.ts';
import { termLabel, type Variables, variableLabel } from './labels.ts';
import type { CurveResult, SpecificationResult } from './multiverse.ts';
import type { JointStatistic, JointTest } from './multiverse-joint.ts';
import { median } from './multiverse-joint.ts';
import type { Cell, Figure, Table, TableRow } from './types.ts';

const text = (value: string): Cell => (value ? { text: value, kind: 'text' } : { text: '', kind: 'empty' });
const number = (value: number, kind: Cell['kind'] = 'number'): Cell => ({ text: decimal(value), value, kind });
const whole = (value: number): Cell => ({ text: count(value), value, kind: 'count' });

type Good = SpecificationResult &
  Required<Pick<SpecificationResult, 'estimate' | 'se' | 'p' | 'lower' | 'upper' | 'nobs'>>;
const isGood = (one: SpecificationResult): one is Good => one.estimate !== undefined;

/** Smallest estimate first; those that failed have no place in it. */
export const sortedSpecifications = ({ specifications }: CurveResult): Good[] =>
  specifications.filter(isGood).sort((a, b) => a.estimate - b.estimate || a.number - b.number);

const labelOf = ({ of }: CurveResult, variables: Variables | undefined) => termLabel(of, variables).label;
const plural = (n: number, one: string) => `${count(n)} ${one}${n === 1 ? '' : 's'}`;
const atLevel = (alpha: number) => `${decimal(100 * alpha, alpha * 100 < 1 ? 1 : 0)}%`;

function titleOf(curve: CurveResult, good: Good[], variables: Variables | undefined): string {
  const label = labelOf(curve, variables);
  const clear = good.filter(({ p }) => p < curve.alpha);
  const above = clear.filter(({ estimate }) => estimate > 0).length;
  const below = clear.length - above;
  const of = plural(good.length, 'specification');
  if (above > 0 && below > 0)
    return `${label}: clearly above zero in ${count(above)} and below it in ${count(below)} of ${of}`;
  if (clear.length > 0)
    return `${label}: clearly ${above > 0 ? 'above' : 'below'} zero in ${count(clear.length)} of ${of}`;
  return `${label}: told apart from zero in none of ${of}`;
}

const STATISTICS: Record<JointStatistic['kind'], string> = {
  median: 'Median estimate',
  share: 'Share clear in one direction',
  stouffer: 'Stouffer’s Z of all of them',
};

const NULLS: Record<JointTest['kind'], (test: JointTest) => string> = {
  bootstrap: ({ count: n, by }) =>
    `Null: each estimate centred on its own over draws of ${count(n)} clusters (${by}), the same ones in every specification`,
  permutation: ({ by }) => `Null: ${by} of the regressor change places, the same ones in every specification`,
};

const SIDES: Record<JointTest['side'], string> = {
  '+': 'one-sided towards the expected plus',
  '-': 'one-sided towards the expected minus',
  both: 'two-sided: no sign was expected',
};

function jointNotes(test: JointTest, K: number): string[] {
  const { reps, seed, side, alpha, lost, failed } = test;
  const notes = [
    `${NULLS[test.kind](test)}; ${count(reps)} curves, seed ${seed}. p: share of them at least as far, the sample’s own counted; ${SIDES[side]}. MC error: how far p would move under another seed. Clear: at ${atLevel(alpha)}.`,
  ];
  if (test.kind === 'permutation' && test.count > 0)
    notes.push(
      `${plural(test.count, 'row')} of the regressor ${test.count === 1 ? 'has' : 'have'} no other to change places with.`,
    );
  if (failed > 0)
    notes.push(
      `${count(failed)} of ${count(reps * K)} estimates under the null could not be made and are left out of their curves${lost > 0 ? `; ${plural(lost, 'curve')} had none at all` : ''}.`,
    );
  return notes;
}

/** The joint test: one row a statistic. */
export function jointTable(curve: CurveResult, variables?: Variables): Table | undefined {
  const { joint, jointError, id } = curve;
  if (!joint && !jointError) return undefined;
  const statistic = (kind: JointStatistic['kind'], value: number): Cell =>
    kind === 'share' ? { text: `${display(fixed(100 * value, 1))}%`, value, kind: 'number' } : number(value);
  return {
    kind: 'table',
    id: `${id}-joint`,
    title: `Is the curve of ${labelOf(curve, variables)} more than chance?`,
    spanners: [],
    stub: 'Statistic',
    columns: ['Observed', 'Median under the null', 'p', 'MC error of p'].map((head) => ({ head, align: 'right' })),
    body: (joint?.statistics ?? []).map(({ kind, observed, expected, p, monteCarlo }) => ({
      label: STATISTICS[kind],
      kind: 'only',
      cells: [
        statistic(kind, observed),
        statistic(kind, expected),
        { text: pValue(p), value: p, kind: 'number' },
        { text: decimal(monteCarlo, 4), value: monteCarlo, kind: 'number' },
      ],
    })),
    foot: [],
    notes: joint
      ? jointNotes(joint, sortedSpecifications(curve).length)
      : [`No joint test, ${jointError!.code}: ${jointError!.message}`],
  };
}

/** Dimensions in which specifications differ. */
const variedDimensions = ({ dimensions }: CurveResult): number[] =>
  dimensions.map((_, d) => d).filter((d) => dimensions[d].any || dimensions[d].options.length > 1);

/** The option of each dimension in words. */
const choiceCells = (curve: CurveResult, { choices }: SpecificationResult): Cell[] =>
  variedDimensions(curve).map((d) => {
    const { options, any } = curve.dimensions[d];
    const taken = choices[d].map((c) => options[c]);
    return text(any ? taken.join(' + ') || 'none' : taken[0]);
  });

/** Why specifications failed: each message once, with their numbers. */
function failureNotes({ specifications }: CurveResult): string[] {
  const said = new Map<string, number[]>();
  for (const { number: n, error } of specifications)
    if (error) said.set(`${error.code}: ${error.message}`, [...(said.get(`${error.code}: ${error.message}`) ?? []), n]);
  return [...said].map(
    ([words, numbers]) =>
      `${numbers.length === 1 ? 'Specification' : 'Specifications'} ${numbers.join(', ')} failed, ${words}`,
  );
}

/** All specifications, in the order of the curve; those that failed follow with their errors. */
export function specificationsTable(curve: CurveResult, variables?: Variables): Table {
  const good = sortedSpecifications(curve);
  const failed = curve.specifications.filter((one) => !isGood(one));
  const row = (one: SpecificationResult, cells: Cell[], mark?: string): TableRow => ({
    label: String(one.number),
    ...(mark && { mark }),
    kind: 'only',
    cells: [...cells.slice(0, -1), ...choiceCells(curve, one), cells[cells.length - 1]],
  });
  const empty = text('');
  const marked = good.some(({ within }) => within === false);
  const same = curve.dimensions.filter(({ any, options }) => !any && options.length === 1);
  return {
    kind: 'table',
    id: `${curve.id}-specifications`,
    title: `Every specification of ${labelOf(curve, variables)}, ${variableLabel(curve.outcome, variables)}`,
    spanners: [],
    stub: 'No.',
    columns: [
      { head: 'Estimate', align: 'decimal' },
      { head: 'SE', align: 'decimal' },
      { head: 'p', align: 'right' },
      { head: 'Rows', align: 'right' },
      ...variedDimensions(curve).map((d) => ({ head: curve.dimensions[d].title, align: 'left' as const })),
      { head: 'Status', align: 'left' },
    ],
    body: [
      ...good.map((one) =>
        row(
          one,
          [
            number(one.estimate, 'estimate'),
            number(one.se, 'number'),
            { text: pValue(one.p), value: one.p, kind: 'number' },
            whole(one.nobs),
            text('ok'),
          ],
          one.within === false ? '‡' : undefined,
        ),
      ),
      ...failed.map((one) => row(one, [empty, empty, empty, empty, text(one.error!.code)])),
    ],
    foot: [],
    notes: [
      'In the order of the estimates; No. is the order of the declaration.',
      ...same.map(({ title, options }) => `${title} of all: ${options[0]}.`),
      ...(marked ? ['‡ Not identified from change within units.'] : []),
      ...(curve.excluded > 0 ? [`${plural(curve.excluded, 'combination')} left out by exclude.`] : []),
      ...failureNotes(curve),
    ],
    landscape: true,
  };
}

function summaryTable(id: string, title: string, curve: CurveResult, good: Good[]): Table {
  const rows = curve.dimensions.flatMap(({ title: dimension, options }, d) =>
    options.flatMap((option, o): TableRow[] => {
      const own = good.filter(({ choices }) => choices[d].includes(o));
      if (own.length === 0) return [];
      const clear = own.filter(({ p }) => p < curve.alpha);
      const above = clear.filter(({ estimate }) => estimate > 0).length;
      return [
        {
          label: `${dimension}: ${option}`,
          kind: 'only',
          cells: [
            whole(own.length),
            number(own[0].estimate),
            number(median(own.map(({ estimate }) => estimate))),
            number(own[own.length - 1].estimate),
            whole(above),
            whole(clear.length - above),
          ],
        },
      ];
    }),
  );
  return {
    kind: 'table',
    id: `${id}-data`,
    title: `Numbers of “${title}”`,
    spanners: [],
    stub: 'Choice',
    columns: [
      { head: 'Specifications', align: 'right' },
      ...['Lowest', 'Median', 'Highest'].map((head) => ({ head, align: 'decimal' as const })),
      { head: 'Clearly above zero', align: 'right' },
      { head: 'Clearly below zero', align: 'right' },
    ],
    body: rows,
    foot: [],
    notes: [],
  };
}

/** Specifications drawn, at most. */
const MOST_DRAWN = 600;

/** The curve above, the choices below (Simonsohn, Simmons and Nelson 2020, figure 2). */
export function curveFigure(curve: CurveResult, variables?: Variables): Figure {
  const good = sortedSpecifications(curve);
  const step = Math.ceil(good.length / MOST_DRAWN);
  const drawn = good.filter((_, i) => i % step === 0 || i === good.length - 1);
  const shown = variedDimensions(curve);
  const title = curve.title ?? titleOf(curve, good, variables);
  const failed = curve.specifications.length - good.length;
  const level = `${decimal(100 * curve.level, 0)}%`;
  const p = curve.joint?.statistics.map((one) => `${pValue(one.p)}`);
  const subtitle = [
    `Each place across is one specification: above its estimate with the ${level} interval, below the choices behind it. Dark: told apart from zero at ${atLevel(curve.alpha)}. Dashed: the median, ${decimal(median(good.map((one) => one.estimate)))}.`,
    step > 1 ? `One in ${step} is drawn.` : '',
    failed > 0
      ? `${plural(failed, 'specification')} failed and ${failed === 1 ? 'is' : 'are'} named in the table.`
      : '',
    p ? `Joint p of the median ${p[0]}, of the share ${p[1]}, of all together ${p[2]}.` : '',
  ];
  const id = `${curve.id}-curve`;
  return {
    kind: 'figure',
    plot: 'curve',
    id,
    title,
    subtitle: subtitle.filter(Boolean).join(' '),
    source: '',
    label: labelOf(curve, variables),
    level,
    median: median(good.map((one) => one.estimate)),
    points: drawn.map(({ estimate, lower, upper, p: own, choices }) => ({
      estimate,
      lo: lower,
      hi: upper,
      clear: own < curve.alpha,
      choices: shown.map((d) => choices[d]),
    })),
    dimensions: shown.map((d) => ({ title: curve.dimensions[d].title, options: curve.dimensions[d].options })),
    table: summaryTable(id, title, curve, good),
  };
}

/** Figure, joint test and every specification, in reading order. */
export function curveItems(curve: CurveResult, variables?: Variables): (Table | Figure)[] {
  const joint = jointTable(curve, variables);
  return [curveFigure(curve, variables), ...(joint ? [joint] : []), specificationsTable(curve, variables)];
}

/** "GDP, 48 specifications: median 0.31, clear in 35; joint p 0.002 (median), …". */
export function curveSentence(curve: CurveResult, variables?: Variables): string {
  const good = sortedSpecifications(curve);
  const p = curve.joint?.statistics.map((one) => pValue(one.p));
  const joint = p ? ` Joint p: median ${p[0]}, share ${p[1]}, all together ${p[2]}.` : '';
  return `${titleOf(curve, good, variables)}; median ${decimal(median(good.map((one) => one.estimate)))}.${joint}`;
}
