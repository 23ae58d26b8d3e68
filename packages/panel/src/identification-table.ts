/** What the data can and cannot tell: each variable's variance between units, common to a period, within net of both. */
import { percent } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { Table, VariableShares } from './types.ts';

/** One stacked bar a variable, its within share as a number, and the reading in words. */
export function identificationTable(
  shares: VariableShares[],
  o: {
    id: string;
    number?: string;
    title?: string;
    units?: string;
    period?: string;
    variables?: Variables;
    notes?: string[];
  },
): Table {
  return {
    kind: 'table',
    id: o.id,
    ...(o.number && { number: o.number }),
    title: o.title ?? 'Share of each variable’s variance, by where it comes from',
    spanners: [],
    stub: 'Variable',
    columns: [
      { head: 'Shares', align: 'bar' },
      { head: 'within, %', align: 'right' },
      { head: 'Reading', align: 'left' },
    ],
    parts: [`between ${o.units ?? 'units'}`, `common to a ${o.period ?? 'period'}`, 'within'],
    body: shares.map(({ variable, between, time, within, reading }) => ({
      label: variableLabel(variable, o.variables),
      cells: [
        { text: '', kind: 'number', parts: [between, time, within] },
        { text: percent(within), value: within * 100, kind: 'number' },
        { text: reading, kind: 'text' },
      ],
      kind: 'only',
    })),
    foot: [],
    notes: o.notes ?? [],
  };
}
