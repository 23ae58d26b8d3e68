/** Which unit belongs to which group: the region scheme of a study. */
import { someRows, wordsOf } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { count } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Frame, Table } from './types.ts';

/** Members by group, both in the order of the rows. @throws PanelError describe/unit-in-two-groups. */
export function membersByGroup(
  rows: Int32Array,
  unit: (i: number) => string,
  group: (i: number) => string,
  place: (i: number) => { row: number; variable: string },
): Map<string, string[]> {
  const groupOf = new Map<string, string>();
  const members = new Map<string, string[]>();
  for (const i of rows) {
    const [who, where] = [unit(i), group(i)];
    const before = groupOf.get(who);
    if (before === where) continue;
    if (before !== undefined)
      throw new PanelError({
        code: 'describe/unit-in-two-groups',
        message: `${who} is in ${before} and in ${where}; every unit belongs to one group.`,
        hint: 'Keep one of the two.',
        at: place(i),
      });
    groupOf.set(who, where);
    members.set(where, [...(members.get(where) ?? []), who]);
  }
  return members;
}

/** A group a row with its size and its members. @throws PanelError describe/unit-in-two-groups, describe/missing-label, describe/no-rows, describe/mapping-without-group. */
export function mappingTable(
  frame: Frame,
  spec: Extract<DescribeSpec, { kind: 'mapping' }>,
  id: string,
  variables: Variables,
): Table {
  const { group: column } = spec;
  if (column === undefined)
    throw new PanelError({
      code: 'describe/mapping-without-group',
      message: 'A mapping needs the column of groups, or a region scheme.',
      hint: 'Write group: COLUMN, or regions: belt-road.',
    });
  const rows = someRows(frame, spec.where);
  const members = membersByGroup(rows, wordsOf(frame, spec.unit, rows), wordsOf(frame, column, rows), (i) => ({
    row: frame.line[i],
    variable: spec.unit,
  }));
  const sizes = [...members.values()].map((list) => list.length);
  const total = sizes.reduce((a, b) => a + b, 0);
  const [unit, group] = [spec.unit, column].map((name) => variableLabel(name, variables));
  return {
    kind: 'table',
    id,
    title: spec.title ?? `${unit} by ${group}`,
    spanners: [],
    stub: group,
    columns: [
      { head: 'Number', align: 'right' },
      { head: unit, align: 'left' },
    ],
    body: [...members].map(([label, list]) => ({
      label,
      cells: [
        { text: count(list.length), value: list.length, kind: 'count' },
        { text: list.join(', '), kind: 'text' },
      ],
      kind: 'only',
    })),
    foot: [
      {
        label: 'All',
        cells: [
          { text: count(total), value: total, kind: 'count' },
          { text: '', kind: 'empty' },
        ],
        kind: 'only',
      },
    ],
    notes: spec.where ? [`Rows where ${spec.where}.`] : [],
  };
}
