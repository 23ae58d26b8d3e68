/** Rules about counts: sum, share, cross-table. */
import { type Finding, finding, num, plain } from './audit-findings.ts';
import { contains, intervalOf, type Printed } from './audit-number.ts';
import { belongsTo, type Counts, type Published, type Stated, sameName, sectionWords } from './audit-published.ts';

export const total = (rows: Counts['rows']) => rows.reduce((sum, { count }) => sum + count.value, 0);
export const positiveRows = ({ rows }: Counts) => rows.filter(({ count }) => count.value > 0).length;
export const rowOf = ({ rows }: Counts, name: string) => rows.find((row) => sameName(row.name, name));

/** "top5", "top_5", "top 5". */
const topOf = (key: string) => Number(/^top[ _-]?(\d+)$/i.exec(key)?.[1] ?? 0);

export const isPrinted = (entry: Printed | Record<string, Printed>): entry is Printed => typeof entry.text === 'string';

/** The statements about one table of counts. */
export interface CountsContext {
  counts: Counts;
  /** Shares in percent, by row or "topN". */
  shares: { key: string; share: Printed; section: string }[];
  /** Counts that the text gives for its rows. */
  values: { name: string; value: Printed; section: string; key: string }[];
  /** Single numbers: numbers of rows, totals. */
  numbers: { key: string; value: Printed; section: string }[];
}

function split(stated: Stated, into: CountsContext): void {
  const shares = (entries: Record<string, Printed>) => {
    for (const [key, share] of Object.entries(entries)) into.shares.push({ key, share, section: stated.id });
  };
  for (const [key, entry] of Object.entries(stated.entries)) {
    if (!isPrinted(entry)) {
      const map = entry;
      if (stated.percent || /percent|share/i.test(key)) shares(map);
      else for (const [name, value] of Object.entries(map)) into.values.push({ name, value, section: stated.id, key });
    } else if (stated.percent) shares({ [key]: entry });
    else into.numbers.push({ key, value: entry, section: stated.id });
  }
}

/** Every table of counts with what is stated of it (sections whose names begin alike). */
export function countsContexts({ counts, stated }: Published): CountsContext[] {
  return counts.map((table) => {
    const context: CountsContext = { counts: table, shares: [], values: [], numbers: [] };
    for (const one of stated.filter(({ of }) => belongsTo(table.id, of))) split(one, context);
    return context;
  });
}

/** Wholes that a share of a known count leaves: count/share. */
function impliedWholes({ counts, shares, values }: CountsContext): Map<number, string> {
  const wholes = new Map<number, { votes: number; words: string }>();
  for (const { key, share } of shares) {
    const known = [
      rowOf(counts, key)?.count.value,
      ...values.filter((v) => sameName(v.name, key)).map((v) => v.value.value),
    ];
    for (const count of new Set(known.filter((n) => n !== undefined && n > 0) as number[])) {
      const { lo, hi } = intervalOf(share);
      if (lo <= 0) continue;
      for (let n = Math.ceil((100 * count) / hi); n <= (100 * count) / lo && n < (100 * count) / hi + 20; n++) {
        const before = wholes.get(n);
        wholes.set(n, {
          votes: (before?.votes ?? 0) + 1,
          words: before?.words ?? `${key} ${count} = ${share.text}%`,
        });
      }
    }
  }
  const most = Math.max(0, ...[...wholes.values()].map((w) => w.votes));
  return new Map([...wholes].filter(([, w]) => w.votes === most).map(([n, w]) => [n, w.words]));
}

/** The total that the paper counts with: stated for the section, of a series that the shares agree with, or implied by the shares. */
function wholeOf(published: Published, context: CountsContext): { whole: number; words: string } | undefined {
  const named = context.counts.settings.whole;
  const totals = published.series.flatMap((s) => (s.total ? [{ id: s.id, value: s.total.value }] : []));
  const chosen = named ? totals.find(({ id }) => belongsTo(id, named)) : undefined;
  if (chosen) return { whole: chosen.value, words: `the total of ${sectionWords(chosen.id)}` };
  const stated = context.numbers.find(({ key }) => /^(total|sum|all)$/i.test(key));
  if (stated) return { whole: stated.value.value, words: `the total stated (${stated.section})` };
  const implied = impliedWholes(context);
  const agreed = totals.find(({ value }) => implied.has(value));
  if (agreed)
    return {
      whole: agreed.value,
      words: `the total of ${sectionWords(agreed.id)}, which the shares use too (${implied.get(agreed.value)})`,
    };
  const [only] = implied;
  return implied.size === 1 ? { whole: only[0], words: `the whole that the shares imply (${only[1]})` } : undefined;
}

function sumFinding(context: CountsContext, whole: { whole: number; words: string }): Finding[] {
  const { counts } = context;
  const sum = total(counts.rows);
  if (sum === whole.whole) return [];
  const over = `${counts.rows.length} rows`;
  return [
    finding('sum', 'inconsistent', counts.id, {
      term: 'total',
      printed: plain(whole.whole),
      recomputed: plain(sum),
      detail: `${sectionWords(counts.id)} sums to ${plain(sum)} over ${over}; ${whole.words} is ${plain(whole.whole)}: ${plain(Math.abs(sum - whole.whole))} ${sum < whole.whole ? 'missing' : 'too many'}`,
    }),
  ];
}

/** Sums of the N largest rows, each row with the printed counts that it has anywhere. */
function topSums({ counts, values }: CountsContext, n: number): number[] {
  const options = counts.rows.map(({ name, count }) => [
    ...new Set([count.value, ...values.filter((v) => sameName(v.name, name)).map((v) => v.value.value)]),
  ]);
  const best = (pick: (o: number[]) => number) =>
    options
      .map(pick)
      .sort((a, b) => b - a)
      .slice(0, n)
      .reduce((a, b) => a + b, 0);
  return [...new Set([best((o) => Math.max(...o)), best((o) => Math.min(...o)), best((o) => o[0])])];
}

function shareFindings(context: CountsContext, whole: { whole: number; words: string } | undefined): Finding[] {
  const { counts, shares, values } = context;
  const sum = total(counts.rows);
  const wholes = [...new Set([...(whole ? [whole.whole] : []), sum])];
  return shares.flatMap(({ key, share, section }): Finding[] => {
    const interval = intervalOf(share);
    const n = topOf(key);
    const row = rowOf(counts, key);
    const parts =
      n > 0
        ? topSums(context, n)
        : row
          ? [row.count.value, ...values.filter((v) => sameName(v.name, key)).map((v) => v.value.value)]
          : [];
    const fits = parts.some((part) => wholes.some((w) => contains(interval, (100 * part) / w)));
    if (fits) return [];
    const [w] = wholes;
    const counted = Math.ceil((interval.lo / 100) * w - 1e-9);
    const isCount = counted <= (interval.hi / 100) * w + 1e-9;
    const tries = parts.map((part) => `${plain(part)}/${plain(w)} = ${num((100 * part) / w, share.digits)}%`);
    const product = `${share.text}% × ${plain(w)} = ${num((share.value / 100) * w, 2)}`;
    const at = { term: key, printed: `${share.text}%` };
    if (!isCount)
      return [
        finding('share', 'impossible', section, {
          ...at,
          recomputed: tries[0]?.split(' = ')[1] ?? '',
          detail: `${product}, not a whole number${tries.length > 0 ? `; ${tries.join(', ')}` : ''}`,
        }),
      ];
    if (parts.length === 0) return [];
    const what = n > 0 ? `the ${n} largest rows` : key;
    return [
      finding('share', 'inconsistent', section, {
        ...at,
        recomputed: `${num((100 * parts[0]) / w, share.digits)}%`,
        detail: `${product}, but no printed counts of ${what} give ${plain(counted)}: ${tries.join(', ')}`,
      }),
    ];
  });
}

/** A count in the text against the same count in the table. */
function valueFindings({ counts, values, shares }: CountsContext, whole: number | undefined): Finding[] {
  return values.flatMap(({ name, value, section }): Finding[] => {
    const row = rowOf(counts, name);
    if (!row) {
      if (topOf(name) > 0) return [];
      return [
        finding('cross-table', 'inconsistent', counts.id, {
          term: name,
          printed: value.text,
          recomputed: 'no row',
          detail: `${section} gives ${name} ${value.text}; ${sectionWords(counts.id)} has no such row`,
        }),
      ];
    }
    if (row.count.value === value.value) return [];
    const share = shares.find(({ key }) => sameName(key, name))?.share;
    const fits =
      share && whole ? [row.count, value].filter((n) => contains(intervalOf(share), (100 * n.value) / whole)) : [];
    const judge = fits.length === 1 ? `; the share ${share!.text}% of ${plain(whole!)} is ${fits[0].text}` : '';
    return [
      finding('cross-table', 'inconsistent', counts.id, {
        term: name,
        printed: value.text,
        recomputed: row.count.text,
        detail: `${name}: ${row.count.text} in ${sectionWords(counts.id)}, ${value.text} in the text${judge}`,
      }),
    ];
  });
}

/** sum, share and cross-table of one table. */
export function contextFindings(published: Published, context: CountsContext): Finding[] {
  const whole = wholeOf(published, context);
  return [
    ...(whole ? sumFinding(context, whole) : []),
    ...valueFindings(context, whole?.whole),
    ...shareFindings(context, whole),
  ];
}
