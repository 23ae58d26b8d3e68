/** Rules about signs and steps: sign, stability. */
import { type Finding, finding, num } from './audit-findings.ts';
import { absolute, intervalOf } from './audit-number.ts';
import {
  type Published,
  type Regression,
  type RegressionCell,
  type RegressionColumn,
  sectionWords,
} from './audit-published.ts';
import { statisticOf } from './audit-stars.ts';

/** Estimates whose sign is opposite to the one that the paper expects, with what their own error says of it. */
function signFindings({ variables, regressions }: Published): Finding[] {
  const expected = new Map(
    variables.flatMap(({ id, variables: list }) =>
      list.flatMap((v) => (v.expected ? [[v.name, { id, sign: v.expected }] as const] : [])),
    ),
  );
  return regressions.flatMap((table) =>
    table.columns.flatMap((column) =>
      column.cells.flatMap((cell): Finding[] => {
        const want = expected.get(cell.term);
        if (!want || table.settings.scale === 'exp') return [];
        const { lo, hi } = intervalOf(cell.estimate);
        if (want.sign === '+' ? hi >= 0 : lo <= 0) return [];
        const z = cell.second && cell.secondKind === 'se' ? cell.estimate.value / cell.second.value : undefined;
        const size =
          z === undefined || !Number.isFinite(z)
            ? ''
            : `, z = ${num(z)}${Math.abs(z) < 1.96 ? ': not told from zero at 5%' : ''}`;
        const found = want.sign === '+' ? '-' : '+';
        return [
          finding('sign', 'caution', table.id, {
            column: column.name,
            term: cell.term,
            printed: found,
            recomputed: want.sign,
            detail: `${cell.estimate.text}, where ${sectionWords(want.id)} expects ${want.sign}${size}`,
          }),
        ];
      }),
    ),
  );
}

const terms = ({ cells }: RegressionColumn) => new Set(cells.map((c) => c.term));

/** The one term that `next` has beside all those of `column`; undefined where it is not such a step. */
function addedTerm(column: RegressionColumn, next: RegressionColumn): RegressionCell | undefined {
  const before = terms(column);
  const after = terms(next);
  if (![...before].every((term) => after.has(term)) || after.size !== before.size + 1) return undefined;
  if (!column.nobs || !next.nobs || column.nobs.value !== next.nobs.value) return undefined;
  return next.cells.find(({ term }) => !before.has(term));
}

/**
 * How far a change may exceed |t|·SE before it is told. In least squares with classical errors a regressor that enters moves
 * another coefficient by at most its own |t| times that coefficient's new standard error (block inverse of X'X: the change is
 * −p·b, and se² = s²/s₀²·se₀² + p²·se_b²); the factor leaves room for robust errors and other likelihoods.
 */
const ROOM = 2.5;

function stepFindings(table: Regression): Finding[] {
  return table.columns.slice(1).flatMap((next, i): Finding[] => {
    const column = table.columns[i];
    const added = addedTerm(column, next);
    if (!added?.second || added.secondKind !== 'se' || (table.settings.second ?? 'se') !== 'se') return [];
    const t = statisticOf({ estimate: added.estimate, second: added.second, stars: '' }, { second: 'se' }).hi;
    return column.cells.flatMap((before): Finding[] => {
      const after = next.cells.find(({ term }) => term === before.term);
      if (!after?.second || after.secondKind !== 'se' || !before.second) return [];
      const a = intervalOf(before.estimate);
      const b = intervalOf(after.estimate);
      const change = absolute({ lo: b.lo - a.hi, hi: b.hi - a.lo }).lo;
      const most = t * intervalOf(after.second).hi;
      if (change <= ROOM * most) return [];
      const moved = after.estimate.value - before.estimate.value;
      return [
        finding('stability', 'caution', table.id, {
          column: next.name,
          term: before.term,
          printed: after.estimate.text,
          recomputed: `within ${num(most, 3)} of ${before.estimate.text}`,
          detail: `${before.estimate.text} → ${after.estimate.text} (${moved > 0 ? '+' : ''}${num(moved, 3)}) when ${added.term} enters with t = ${num(added.estimate.value / added.second!.value)}; a regressor with that t moves it by at most |t|·SE = ${num(most, 3)}`,
        }),
      ];
    });
  });
}

/** A standard error that leaps in one step and falls back in the next, while the others of its column stay. */
function spikeFindings(table: Regression): Finding[] {
  if ((table.settings.second ?? 'se') !== 'se') return [];
  return table.columns.slice(1, -1).flatMap((column, i): Finding[] => {
    const [before, after] = [table.columns[i], table.columns[i + 2]];
    if (!addedTerm(before, column) || !addedTerm(column, after)) return [];
    const se = (c: RegressionColumn, term: string) => {
      const cell = c.cells.find((x) => x.term === term);
      return cell?.secondKind === 'se' ? cell.second : undefined;
    };
    const rise = (term: string) => {
      const [x, y, z] = [before, column, after].map((c) => se(c, term)?.value ?? Number.NaN);
      return Math.min(y / x, y / z);
    };
    const rises = before.cells.map(({ term }) => ({ term, rise: rise(term) })).filter((r) => Number.isFinite(r.rise));
    const spikes = rises.filter((r) => r.rise > 3);
    if (spikes.length !== 1 || rises.length < 3) return [];
    const { term } = spikes[0];
    const texts = [before, column, after].map((c) => se(c, term)!.text);
    return [
      finding('stability', 'caution', table.id, {
        column: column.name,
        term,
        printed: texts[1],
        recomputed: `between ${texts[0]} and ${texts[2]}`,
        detail: `the standard error goes ${texts.join(' → ')} over ${before.name}, ${column.name}, ${after.name} while no other of these columns does so: a regressor that enters cannot raise it ${num(rise(term), 1)} times and the next one take it back`,
      }),
    ];
  });
}

/** sign and stability. */
export const auditSteps = (published: Published): Finding[] => [
  ...signFindings(published),
  ...published.regressions.flatMap((table) => [...stepFindings(table), ...spikeFindings(table)]),
];
