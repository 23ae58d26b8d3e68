/** A whole report made of the paper's numbers, for looking at and for tests of the page. Yearly lines and shares are placeholders. */
import { coefficientFigure } from '../src/figures.ts';
import { identificationTable } from '../src/identification-table.ts';
import { regressionTable } from '../src/regression-table.ts';
import type { Cell, Figure, Report, Table } from '../src/types.ts';
import { failure, fitOf, paperVariables, table8, table8Fits, table9Fits } from './paper-fits.ts';

const COUNTS: [string, number][] = [
  ['Singapore', 539],
  ['India', 189],
  ['Israel', 93],
  ['Russia', 90],
  ['Malaysia', 77],
  ['Philippines', 32],
  ['Czech Republic', 29],
  ['Poland', 28],
  ['Thailand', 25],
  ['Hungary', 12],
];

function sharesTable(): Table {
  const total = 1204;
  let sum = 0;
  const row = (label: string, n: number, tone?: 'strong' | 'quiet') => {
    sum += n;
    const share = (100 * n) / total;
    const cells: Cell[] = [
      { text: String(n), value: n, kind: 'count' },
      { text: '', kind: 'number', bar: n / 539 },
      { text: share.toFixed(1), value: share, kind: 'number' },
      { text: ((100 * sum) / total).toFixed(1), value: (100 * sum) / total, kind: 'number' },
    ];
    return { label, cells, kind: 'only' as const, ...(tone && { tone }) };
  };
  const body = COUNTS.map(([name, n], i) => row(name, n, i < 4 ? 'strong' : undefined));
  body.push(row('22 others, 1–9 each', 90, 'quiet'));
  const none: Cell[] = [
    { text: '0', value: 0, kind: 'count' },
    { text: '', kind: 'empty' },
    { text: '', kind: 'empty' },
    { text: '', kind: 'empty' },
  ];
  body.push({ label: '33 with none', cells: none, kind: 'only', tone: 'quiet' });
  return {
    kind: 'table',
    id: 'shares',
    number: 'Table 1',
    title: 'Four partners hold three quarters of all co-patents',
    spanners: [],
    stub: 'Partner',
    columns: [
      { head: 'Co-patents', align: 'right' },
      { head: '', align: 'bar' },
      { head: 'Share, %', align: 'right' },
      { head: 'Cumulative', align: 'right' },
    ],
    body,
    foot: [],
    notes: ['Top five 82.1%, Herfindahl 0.243.'],
  };
}

const YEARS = [2008, 2009, 2010, 2011, 2012, 2013, 2014, 2015, 2016, 2017];
const LINES: Record<string, number[]> = {
  'All partners': [25, 38, 34, 49, 71, 83, 131, 156, 196, 218],
  Singapore: [11, 17, 14, 22, 33, 38, 60, 71, 88, 97],
  India: [5, 6, 6, 8, 11, 13, 21, 25, 31, 34],
  Russia: [1, 2, 2, 3, 4, 6, 10, 13, 17, 21],
  Israel: [3, 4, 3, 5, 6, 7, 9, 12, 15, 18],
};

export function seriesFigure(log = true): Figure {
  const names = Object.keys(LINES);
  const table: Table = {
    kind: 'table',
    id: 'series-data',
    title: 'Numbers of Figure 1',
    spanners: [],
    stub: 'Year',
    columns: names.map((head) => ({ head, align: 'right' as const })),
    body: YEARS.map((year, i) => ({
      label: String(year),
      cells: names.map((name) => ({ text: String(LINES[name][i]), value: LINES[name][i], kind: 'count' as const })),
      kind: 'only' as const,
    })),
    foot: [],
    notes: [],
  };
  return {
    kind: 'figure',
    plot: 'series',
    id: 'series',
    number: 'Figure 1',
    title: 'Growth hardly changed between the three stages',
    subtitle:
      'Co-patents of China and 65 partners a year, log scale: a straight line is a constant rate. Compound growth of each stage above.',
    source: 'Rings are the four values printed in the paper; lines are simulated records.',
    log,
    yLabel: 'Co-patents',
    lines: names.map((label, k) => ({
      label,
      points: YEARS.map((x, i) => ({ x, y: LINES[label][i] })),
      ...(k === 0 && { strong: true }),
    })),
    stages: [
      { label: '2008–2011', from: 2008, to: 2011, growth: 0.2515 },
      { label: '2011–2013', from: 2011, to: 2013, growth: 0.3015 },
      { label: '2013–2017', from: 2013, to: 2017, growth: 0.273 },
    ],
    table,
  };
}

export const periodFigure = coefficientFigure(table9Fits, {
  id: 'periods',
  number: 'Figure 2',
  title: 'After 2013 innovation turned positive and relations negative',
  subtitle: 'Coefficients before and after the Belt and Road initiative, with 90% (thick) and 95% intervals.',
  source: 'Estimates and standard errors as printed, Table 9. 225 rows a period.',
  variables: paperVariables,
});

export const mainTable = regressionTable(table8Fits, {
  id: 'main',
  number: 'Table 8',
  title: 'Co-patents and gravity, whole sample. Regressors enter one by one from column (2); all are lagged one year.',
  variables: paperVariables,
});

const share = (variable: string, between: number, time: number, within: number, reading = '') => ({
  variable,
  between,
  time,
  within,
  reading,
});

export const paperReport: Report = {
  title: 'Scientific co-operation of China, a gravity panel',
  question: 'What makes a country along the Belt and Road invent together with China?',
  lede: 'A count model of US patents with inventors on both sides, 45 partners, 2008 to 2017. China’s own patenting goes with more co-patents in every column; distance does not; what border and language do can’t be told apart from who the partners are.',
  facts: [
    { label: 'Partners', value: '45 of 65' },
    { label: 'Years', value: '2008–2017' },
    { label: 'Rows given', value: '450' },
    { label: 'Lost to the lag', value: '45' },
    { label: 'In all-zero groups', value: '144' },
    { label: 'Rows used', value: '261' },
    { label: 'Standard errors', value: 'observed information' },
  ],
  sections: [
    { id: 'main', title: 'Main result', prose: [], items: [mainTable] },
    {
      id: 'identification',
      title: 'What the data can and cannot tell',
      prose: [
        'Share of each variable’s variance between partners, common to all partners in a year, and within partners net of both. Only the last part survives partner and year effects.',
      ],
      items: [
        identificationTable(
          [
            share('lnpatent1', 0, 1, 0, 'Year effects would absorb it'),
            share('lnpatent2', 0.905, 0.085, 0.01),
            share('lngd', 0.58, 0.42, 0, 'Partner and year effects together absorb it'),
            share('in', 0.925, 0.025, 0.05),
            share('re', 0.86, 0.05, 0.09),
            share('gdp', 0.97, 0.005, 0.025),
            share('tig', 1, 0, 0, 'Partner effects would absorb it ‡'),
            share('lan', 1, 0, 0, 'Partner effects would absorb it ‡'),
          ],
          { id: 'ident', units: 'partners', period: 'year', variables: paperVariables },
        ),
      ],
    },
    {
      id: 'robust',
      title: 'Does it hold?',
      prose: ['The same columns before and after 2013, and by other estimators.'],
      items: [
        regressionTable(table9Fits, {
          id: 'periods-table',
          number: 'Table 9',
          title: 'Two periods',
          variables: paperVariables,
        }),
        periodFigure,
        coefficientFigure([table8Fits[5]], {
          id: 'coef',
          number: 'Figure 3',
          title: 'Column (6): which intervals leave zero out',
          variables: paperVariables,
        }),
        regressionTable(
          [table8Fits[0], failure, fitOf(table8[2], { model: 'ols', title: 'least squares', distribution: 't' })],
          { id: 'others', number: 'Table 10', title: 'Other estimators', variables: paperVariables },
        ),
      ],
    },
    { id: 'data', title: 'The data', prose: [], items: [seriesFigure(), sharesTable()] },
  ],
  manifest: {
    schema: 'manifest/1',
    study: 'study.yaml',
    gravpanel: '0.1.0',
    inputs: [{ name: 'panel.csv', sha256: '3b5'.padEnd(64, '0'), bytes: 34567, rows: 450 }],
    seeds: { bootstrap: 20190508 },
    models: [],
    runHash: 'c0ffee'.padEnd(64, '1'),
  },
};
