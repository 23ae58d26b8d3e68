/** Rules about counts, beyond one table: groups against members, parts against wholes, series, numbers of rows. */
import { type CountsContext, isPrinted, positiveRows, rowOf, total } from './audit-counts.ts';
import { type Finding, finding, plain } from './audit-findings.ts';
import { halfUnit } from './audit-number.ts';
import { belongsTo, nameKey, type Published, sameName, sectionWords } from './audit-published.ts';

/** A table of groups, counts of its members and counts of the groups: the members must add up. */
export function groupFindings({ groups, counts }: Published): Finding[] {
  return groups.flatMap(({ id, groups: list }) => {
    const keys = new Map(list.flatMap(({ name, members }) => members.map((m) => [nameKey(m), name] as const)));
    const byMember = counts.find(
      ({ rows }) => rows.length > 0 && rows.filter((r) => keys.has(nameKey(r.name))).length > rows.length / 2,
    );
    const byGroup = counts.find(
      (c) => c !== byMember && c.rows.length > 0 && c.rows.every((r) => list.some((g) => sameName(g.name, r.name))),
    );
    if (!byMember || !byGroup) return [];
    return byGroup.rows.flatMap(({ name, count }): Finding[] => {
      const members = byMember.rows.filter((r) => sameName(keys.get(nameKey(r.name)) ?? '', name));
      const sum = total(members);
      if (sum === count.value) return [];
      return [
        finding('cross-table', 'inconsistent', byGroup.id, {
          term: name,
          printed: count.text,
          recomputed: plain(sum),
          detail: `${name}: ${count.text} in ${sectionWords(byGroup.id)}; its ${members.length} rows of ${sectionWords(byMember.id)} (grouped by ${sectionWords(id)}) sum to ${plain(sum)}`,
        }),
      ];
    });
  });
}

/** A part by field and partner cannot be larger than the partner's count. */
export function nestedFindings({ nested, counts }: Published): Finding[] {
  return nested.flatMap(({ id, key, rows }) =>
    rows.flatMap(({ name, count }): Finding[] => {
      const holder = counts.find((c) => rowOf(c, name) && rows.every((r) => rowOf(c, r.name)));
      const whole = holder && rowOf(holder, name);
      if (!whole || count.value <= whole.count.value) return [];
      return [
        finding('cross-table', 'impossible', id, {
          column: key,
          term: name,
          printed: count.text,
          recomputed: `at most ${whole.count.text}`,
          detail: `${key}: ${name} ${count.text}, more than all ${whole.count.text} of ${sectionWords(holder!.id)}`,
        }),
      ];
    }),
  );
}

/** A series with all its periods adds up to its total; with some of them it stays below. */
export function seriesFindings({ series, period }: Published): Finding[] {
  return series.flatMap(({ id, rows, total: stated }): Finding[] => {
    if (!stated || rows.length === 0) return [];
    const years = rows.map(({ name }) => Number(name));
    const wanted = period ? period[1] - period[0] + 1 : Math.max(...years) - Math.min(...years) + 1;
    const complete = rows.length === wanted;
    const sum = total(rows);
    const slack = complete ? rows.reduce((s, { count }) => s + (count.digits > 0 ? halfUnit(count) : 0), 0) : 0;
    const off = complete ? Math.abs(sum - stated.value) > slack + 1e-9 : sum > stated.value;
    if (!off) return [];
    return [
      finding('sum', 'inconsistent', id, {
        term: 'total',
        printed: stated.text,
        recomputed: plain(sum),
        detail: `${rows.length} of ${wanted} periods sum to ${plain(sum)}; the total printed is ${stated.text}`,
      }),
    ];
  });
}

/** Numbers of rows: "countries_total", "countries_cooperating", "countries_not_cooperating"; a list's own noun. */
export function numberFindings(published: Published, { counts, numbers }: CountsContext): Finding[] {
  const noun = counts.id.split('_').slice(1).join('_');
  const ofNoun = numbers.filter(({ key }) => noun !== '' && (key === noun || key.startsWith(`${noun}_`)));
  const universe = ofNoun.find(({ key }) => key === `${noun}_total`)?.value;
  const rows = positiveRows(counts);
  return ofNoun.flatMap(({ key, value, section }): Finding[] => {
    const rest = key.slice(noun.length + 1);
    const make = (recomputed: number, words: string) =>
      recomputed === value.value
        ? []
        : [
            finding('text', 'inconsistent', section, {
              term: key,
              printed: value.text,
              recomputed: plain(recomputed),
              detail: `${key.replaceAll('_', ' ')}: ${value.text} in the text; ${words}`,
            }),
          ];
    if (rest === 'total') {
      const members = published.groups.find((g) => g.groups.length > 0);
      const sum = members?.groups.reduce((s, g) => s + g.members.length, 0);
      return sum === undefined ? [] : make(sum, `${sectionWords(members!.id)} lists ${sum}`);
    }
    if (/^(not|without|no|zero)(_|$)/.test(rest)) {
      if (!universe) return [];
      const said = ofNoun.find((o) => o.key !== key && o.key !== `${noun}_total`)?.value.value;
      if (said !== undefined && universe.value - said === value.value) return [];
      return make(
        universe.value - rows,
        `${universe.text} less the ${rows} rows of ${sectionWords(counts.id)} above zero are ${plain(universe.value - rows)}`,
      );
    }
    return make(
      rows,
      `${sectionWords(counts.id)} has ${rows} rows above zero, which sum to ${plain(total(counts.rows))}`,
    );
  });
}

/** Lists: "table3_stated: { applicants: 16 }" counts the rows of table3_applicants. */
export function listFindings({ lists, stated, unread }: Published): Finding[] {
  return lists.flatMap(({ id, rows }) => {
    const noun = id.split('_').slice(1).join('_');
    return stated
      .filter(({ of }) => belongsTo(id, of))
      .flatMap((one) =>
        Object.entries(one.entries).flatMap(([key, value]): Finding[] => {
          if (!isPrinted(value)) return [];
          if (key !== noun) {
            unread.push(`${one.id}.${key}`);
            return [];
          }
          if (value.value === rows.length) return [];
          return [
            finding('text', 'inconsistent', one.id, {
              term: key,
              printed: value.text,
              recomputed: String(rows.length),
              detail: `${sectionWords(id)} has ${rows.length} rows; the text says ${value.text}`,
            }),
          ];
        }),
      );
  });
}
