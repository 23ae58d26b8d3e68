/** Rows that repeat unit and period, made one by the rule that a study declares. */
import { PanelError } from './errors.ts';
import { count } from './format.ts';
import type { Column, DuplicateLog, DuplicateRule, Frame, Note } from './types.ts';

const SHOWN = 20;

/** Rows of the same unit and period, in the order of the panel; only where there are several. */
function repeated(order: Int32Array, same: (a: number, b: number) => boolean): number[][] {
  const groups: number[][] = [];
  for (let i = 1; i < order.length; i++) {
    if (!same(order[i], order[i - 1])) continue;
    const last = groups.at(-1);
    if (last && last.at(-1) === order[i - 1]) last.push(order[i]);
    else groups.push([order[i - 1], order[i]]);
  }
  return groups;
}

const equal = (a: unknown, b: unknown) => Object.is(a, b);

function differ(frame: Frame, name: string, rows: number[]): PanelError {
  const values = [...new Set(rows.map((row) => frame.columns[name].values[row] ?? 'missing'))];
  const lines = rows.map((row) => frame.line[row]);
  return new PanelError({
    code: 'data/duplicates-differ',
    message: `${name} is ${values.map((v) => `"${v}"`).join(' and ')} on lines ${lines.join(', ')} of "${frame.source.name}", which are one unit and period; only numbers can be added up.`,
    hint: 'Write duplicates: first or last, or make the texts the same.',
    at: { file: frame.source.name, row: lines[1], variable: name },
  });
}

/** The sum of each number that differs, in the first of the rows; a missing part makes it missing. @throws PanelError data/duplicates-differ. */
function addUp(frame: Frame, groups: number[][]): { columns: Record<string, Column>; added: string[] } {
  const columns: Record<string, Column> = {};
  const added: string[] = [];
  for (const [name, column] of Object.entries(frame.columns)) {
    const differing = groups.filter((rows) => rows.some((row) => !equal(column.values[row], column.values[rows[0]])));
    if (differing.length > 0 && column.kind === 'text') throw differ(frame, name, differing[0]);
    columns[name] = column;
    if (differing.length === 0 || column.kind === 'text') continue;
    const values = column.values.slice();
    for (const rows of differing) values[rows[0]] = rows.reduce((sum, row) => sum + column.values[row], 0);
    columns[name] = { kind: 'number', values };
    added.push(name);
  }
  return { columns, added };
}

function take({ columns }: { columns: Record<string, Column> }, kept: Int32Array): Record<string, Column> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]): [string, Column] => [
      name,
      column.kind === 'number'
        ? { kind: 'number', values: Float64Array.from(kept, (row) => column.values[row]) }
        : { kind: 'text', values: Array.from(kept, (row) => column.values[row]) },
    ]),
  );
}

/**
 * The frame with one row a unit and period. first, last: of the file; sum: numbers that differ are added up, all else must be
 * the same.
 * @param order rows sorted by (unit, time), those of the same cell in the order of the file.
 * @returns the frame as it is where nothing repeats.
 * @throws PanelError data/duplicates-differ.
 */
export function mergeDuplicates(
  frame: Frame,
  order: Int32Array,
  same: (a: number, b: number) => boolean,
  rule: DuplicateRule,
): Frame {
  const groups = repeated(order, same);
  if (groups.length === 0) return frame;
  const dropped = new Set(groups.flatMap((rows) => (rule === 'last' ? rows.slice(0, -1) : rows.slice(1))));
  const { columns, added } = rule === 'sum' ? addUp(frame, groups) : { columns: frame.columns, added: [] };
  const kept = Int32Array.from(Array.from({ length: frame.rows }, (_, row) => row).filter((row) => !dropped.has(row)));
  const log: DuplicateLog = {
    rule,
    pairs: groups.length,
    rows: dropped.size,
    lines: groups.slice(0, SHOWN).map((rows) => rows.map((row) => frame.line[row])),
    ...(rule === 'sum' && { added }),
  };
  return {
    ...frame,
    rows: kept.length,
    columns: take({ columns }, kept),
    line: Int32Array.from(kept, (row) => frame.line[row]),
    duplicates: log,
  };
}

const RULES: Record<DuplicateRule, string> = {
  first: 'the first row of each was kept',
  last: 'the last row of each was kept',
  sum: 'they were added up',
};

/** What the rule did, in one line; "none" where nothing repeats. */
export function duplicateWords({ duplicates }: Frame): string {
  if (!duplicates) return 'none';
  const { pairs, rows, rule } = duplicates;
  return `${count(rows)} extra ${rows === 1 ? 'row' : 'rows'} in ${count(pairs)} ${pairs === 1 ? 'cell' : 'cells'}: ${RULES[rule]}`;
}

/** A note where rows were merged. */
export function duplicateNotes(frame: Frame): Note[] {
  const { duplicates } = frame;
  if (!duplicates) return [];
  const lines = duplicates.lines.slice(0, 5).map((list) => list.join(', '));
  const more = duplicates.pairs > lines.length ? '; …' : '';
  const added = duplicates.added ? ` Added: ${duplicates.added.join(', ') || 'nothing, all values are the same'}.` : '';
  return [
    {
      code: 'duplicates',
      message: `Rows that repeat unit and period: ${duplicateWords(frame)} (lines ${lines.join('; ')}${more}).${added}`,
    },
  ];
}
