/** The largest names over a threshold, their spellings merged by a stated rule. */
import { assertAddsUp, countsOf, someRows, textsOf, wordsOf } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { amount, count } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Frame, Table, TableRow } from './types.ts';

type TopSpec = Extract<DescribeSpec, { kind: 'top' }>;

/** Legal forms of companies, as they end a name in capitals. */
const FORMS = new Set(
  'AB AG AS ASA BV CO COMPANY CORP CORPORATION GMBH INC INCORPORATED KG KGAA KK LIMITED LLC LLP LP LTD LTDA MBH NV OY OYJ PLC PTE PTY PVT SA SARL SAS SE SL SPA SRL'.split(
    ' ',
  ),
);

/**
 * The key under which spellings of a company are one name: accents and punctuation dropped, "&" read as AND, capitals, legal
 * forms at the end and THE at the start left out. "Huawei Technologies Co., Ltd." → "HUAWEI TECHNOLOGIES". A name of nothing
 * but legal forms keeps them.
 */
export function companyKey(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('&', ' and ')
    .replace(/\b(\p{L})\.(?=\p{L}\b)/gu, '$1')
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const kept = words[0] === 'THE' ? words.slice(1) : [...words];
  while (kept.length > 1 && FORMS.has(kept[kept.length - 1])) kept.pop();
  return (kept.length > 0 ? kept : words).join(' ') || name;
}

interface Merged {
  label: string;
  total: number;
  spellings: string[];
  /** One of the rows of the label's spelling. */
  row: number;
}

interface Spelling {
  total: number;
  row: number;
}

/** The most counted spelling names the group, ties by code point. */
function mergeNames(
  rows: Int32Array,
  names: (i: number) => string,
  values: Float64Array,
  keyOf: (n: string) => string,
) {
  const groups = new Map<string, Map<string, Spelling>>();
  for (const i of rows) {
    const name = names(i);
    const group = groups.get(keyOf(name)) ?? new Map<string, Spelling>();
    const { total = 0, row = i } = group.get(name) ?? {};
    group.set(name, { total: total + (Number.isNaN(values[i]) ? 0 : values[i]), row });
    groups.set(keyOf(name), group);
  }
  return [...groups.values()]
    .map((group): Merged => {
      const spelled = [...group].sort(([a, x], [b, y]) => y.total - x.total || (a < b ? -1 : 1));
      const total = spelled.reduce((sum, [, s]) => sum + s.total, 0);
      return { label: spelled[0][0], total, spellings: spelled.map(([name]) => name), row: spelled[0][1].row };
    })
    .sort((a, b) => b.total - a.total || (a.label < b.label ? -1 : 1));
}

const EMPTY: Cell = { text: '', kind: 'empty' };

const RULE =
  'Spellings that differ only in capitals, accents, punctuation, “The” or the legal form at the end (Co., Ltd., Inc., …) count as one name; the most frequent is shown.';

function mergedNote(merged: Merged[]): string[] {
  const several = merged.filter(({ spellings }) => spellings.length > 1);
  if (several.length === 0) return [];
  const spellings = several.reduce((sum, m) => sum + m.spellings.length, 0);
  return [`${count(spellings)} spellings stand for ${count(several.length)} of the ${count(merged.length)} names.`];
}

/**
 * Names whose count is above `over` (default 0), largest first, with further columns of their rows; spellings are merged by
 * {@link companyKey} unless `merge: exact`. The rest is summed in the foot, and the parts are checked against the total.
 * @throws PanelError data/unknown-column, describe/missing-label, describe/negative-count, describe/no-rows, describe/none-over.
 */
export function topTable(frame: Frame, spec: TopSpec, id: string, variables: Variables): Table {
  const rows = someRows(frame, spec.where);
  const values = countsOf(frame, spec.count, rows);
  const names = wordsOf(frame, spec.name, rows);
  const exact = spec.merge === 'exact';
  const merged = mergeNames(rows, names, values, exact ? (name) => name : companyKey);
  const over = spec.over ?? 0;
  const shown = merged.filter(({ total }) => total > over);
  if (shown.length === 0)
    throw new PanelError({
      code: 'describe/none-over',
      message: `No ${spec.name} has a ${spec.count} over ${over}; the largest is ${amount(merged[0].total)} (${merged[0].label}).`,
      hint: 'Lower over:.',
    });
  const extra = spec.show ?? [];
  const words = extra.map((name) => textsOf(frame, name));
  const total = merged.reduce((sum, m) => sum + m.total, 0);
  const rest = merged.slice(shown.length);
  const body = shown.map(
    (m): TableRow => ({
      label: m.label,
      cells: [
        { text: amount(m.total), value: m.total, kind: 'count' },
        ...words.map((word): Cell => ({ text: word(m.row) ?? '', kind: 'text' })),
      ],
      kind: 'only',
    }),
  );
  const sumRow = (label: string, value: number): TableRow => ({
    label,
    cells: [{ text: amount(value), value, kind: 'count' }, ...extra.map(() => EMPTY)],
    kind: 'only',
    tone: 'quiet',
  });
  const restSum = rest.reduce((sum, m) => sum + m.total, 0);
  assertAddsUp([...shown.map((m) => m.total), restSum], total, 'top');
  const [label, name] = [spec.count, spec.name].map((n) => variableLabel(n, variables));
  return {
    kind: 'table',
    id,
    title:
      spec.title ??
      `${label} by ${name}: ${count(shown.length)} of ${count(merged.length)} have more than ${amount(over)}`,
    spanners: [],
    stub: name,
    columns: [
      { head: label, align: 'right' },
      ...extra.map((head) => ({ head: variableLabel(head, variables), align: 'left' as const })),
    ],
    body,
    foot: rest.length > 0 ? [sumRow(`${count(rest.length)} others, at most ${amount(over)} each`, restSum)] : [],
    notes: [...(exact ? [] : [RULE, ...mergedNote(merged)]), ...(spec.where ? [`Rows where ${spec.where}.`] : [])],
  };
}
