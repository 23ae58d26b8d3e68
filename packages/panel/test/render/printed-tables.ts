/** Tables that every printed format is tried on: the paper's, and what is hard about tables. */
import { panelTable, regressionTable } from '../../src/regression-table.ts';
import type { Cell, Table } from '../../src/types.ts';
import { failure, paperVariables, table8Fits, table9Fits } from '../paper-fits.ts';

export const HOSTILE =
  '=1+1 <b>&amp; 100% _x_ #1 $5 \\textbf{a} ~^ {y} [z] "q" \'s\' --- 中国的专利 Ñandú Łódź Škoda ąęđðþ ‡†−×≥χ² 🙂 a label that goes on and on and on';

const words = 'Applications of residents at the own office of the partner, not patents granted in the United States';
const text = (value: string): Cell => ({ text: value, kind: 'text' });

/** Sixty rows of words and numbers: more than a page. */
const long: Table = {
  kind: 'table',
  id: 'long',
  title: 'A table over several pages',
  spanners: [],
  stub: 'Variable',
  columns: [
    { head: 'Meaning', align: 'left' },
    { head: 'Number of rows', align: 'right' },
  ],
  body: Array.from({ length: 60 }, (_, i) => ({
    label: `Variable ${i + 1}`,
    cells: [text(words), { text: `1,${100 + i}`, value: 1100 + i, kind: 'count' as const }],
    kind: 'only' as const,
  })),
  foot: [],
  notes: [],
};

export const printedTables: Record<string, Table> = {
  main: regressionTable(table8Fits, {
    id: 'main',
    number: 'Table 8',
    title: 'Co-patents and gravity, whole sample',
    variables: paperVariables,
  }),
  hostile: regressionTable([table8Fits[0], failure, table8Fits[5]], {
    id: 'h_&%',
    title: HOSTILE,
    variables: { ...paperVariables, lngd: { label: HOSTILE, unit: HOSTILE } },
    notes: [HOSTILE, '[in brackets] and *starred'],
    groups: [{ label: HOSTILE, from: 1, to: 2 }],
  }),
  beside: regressionTable(table8Fits.slice(3), {
    id: 'beside',
    title: 'Standard errors beside',
    variables: paperVariables,
    layout: 'beside',
    groups: [{ label: 'Last two', from: 2, to: 3 }],
  }),
  ratios: regressionTable(table8Fits.slice(4), {
    id: 'ratios',
    title: 'Ratios',
    variables: paperVariables,
    as: ['estimate', 'irr'],
    show: 'ci',
  }),
  panels: panelTable(
    [
      { title: 'Panel A. Whole sample', results: table8Fits.slice(3) },
      { title: 'Panel B. Periods', results: table9Fits },
    ],
    { id: 'panels', title: 'Two panels', variables: paperVariables, stats: ['rows', 'loglik'] },
  ),
  wide: regressionTable([...table8Fits, ...table8Fits.slice(2)], {
    id: 'wide',
    title: 'Ten columns',
    variables: paperVariables,
  }),
  /** Units, groups, a failed column, ‡, a spreadsheet's formula, Chinese, and every character that a format takes for its own. */
  rich: regressionTable([...table8Fits.slice(2), failure], {
    id: 'rich',
    number: 'Table 8',
    title: 'Co-patents 合作专利 & gravity: <b>50%</b> of $x_1$ #2 \\textbf{a}',
    variables: { ...paperVariables, lngd: { label: '=Distance × oil price, 中国 to the partner', unit: 'ln km·US$' } },
    groups: [
      { label: 'First', from: 1, to: 2 },
      { label: 'Last', from: 3, to: 5 },
    ],
    notes: ['Sources: CEPII, EIA, World Bank. [1] *one* ~two~ ^three^ `four`'],
  }),
  long,
};
