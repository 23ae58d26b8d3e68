/** How strong the ties of the home country are, beyond the size of the partner; files for programs that draw networks. */
import { countsOf, someRows, wordsOf } from './describe-rows.ts';
import { PanelError } from './errors.ts';
import { count, decimal } from './format.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { DescribeSpec } from './study.ts';
import type { Cell, Figure, Frame, NetworkPlot, Table } from './types.ts';

type NetworkSpec = Extract<DescribeSpec, { kind: 'network' }>;

/** One tie: joint documents c, documents of the two sides. */
export interface Tie {
  label: string;
  joint: number;
  own: number;
  size: number;
}
export interface Strength extends Tie {
  /** c/√(n₁n₂) (Salton, McGill 1983, p. 204). */
  salton: number;
  /** c/(n₁ + n₂ − c) (Jaccard 1901). */
  jaccard: number;
  /** (c/Σc)/(n₂/Σn₂): 1 where joint work follows the partners’ size. */
  affinity: number;
}

/**
 * Strength of each tie of one home country. Affinity is the probabilistic affinity index of Zitt, Bassecoulard, Okubo (2000),
 * observed over expected links, with the expected ones in proportion to the partners' documents.
 */
export function strengths(ties: Tie[]): Strength[] {
  const joint = ties.reduce((sum, t) => sum + t.joint, 0);
  const size = ties.reduce((sum, t) => sum + t.size, 0);
  return ties.map((t) => ({
    ...t,
    salton: t.joint / Math.sqrt(t.own * t.size),
    jaccard: t.joint / (t.own + t.size - t.joint),
    affinity: t.joint / joint / (t.size / size),
  }));
}

/** Sums by partner; the home's documents count once a period, so they are summed over the rows of each partner. */
function tiesOf(frame: Frame, spec: NetworkSpec, rows: Int32Array): Tie[] {
  const [joint, own, size] = [spec.count, spec.own, spec.size].map((name) => countsOf(frame, name, rows));
  const label = wordsOf(frame, spec.by, rows);
  const ties = new Map<string, Tie>();
  for (const i of rows) {
    if ([joint, own, size].some((values) => Number.isNaN(values[i]))) continue;
    const tie = ties.get(label(i)) ?? { label: label(i), joint: 0, own: 0, size: 0 };
    ties.set(label(i), {
      ...tie,
      joint: tie.joint + joint[i],
      own: tie.own + own[i],
      size: tie.size + size[i],
    });
  }
  return [...ties.values()];
}

function checked(ties: Tie[], spec: NetworkSpec): Tie[] {
  const bad = ties.find((t) => t.joint > Math.min(t.own, t.size));
  if (bad)
    throw new PanelError({
      code: 'describe/more-joint-than-own',
      message: `${bad.label} has ${decimal(bad.joint, 1)} of ${spec.count}, more than the ${decimal(Math.min(bad.own, bad.size), 1)} that the smaller side has in all.`,
      hint: `Give the sides' totals of the same documents as own: and size:.`,
    });
  if (ties.some((t) => t.joint > 0)) return ties;
  throw new PanelError({
    code: 'describe/no-counts',
    message: `"${spec.count}" is zero or missing in all rows; a network needs a tie.`,
    hint: 'Check the filter and the column.',
    at: { variable: spec.count },
  });
}

const xml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** GraphML 1.0: the home and its partners as nodes with their documents, ties with the three strengths. */
export function graphml(home: string, ties: Strength[]): string {
  const key = (id: string, of: 'node' | 'edge', type: string) =>
    `  <key id="${id}" for="${of}" attr.name="${id}" attr.type="${type}"/>`;
  const data = (k: string, value: string | number) => `<data key="${k}">${xml(String(value))}</data>`;
  const node = (id: number, label: string, documents: number) =>
    `    <node id="n${id}">${data('label', label)}${data('documents', documents)}</node>`;
  const edge = (t: Strength, i: number) =>
    `    <edge source="n0" target="n${i + 1}">${data('joint', t.joint)}${data('salton', t.salton)}${data('jaccard', t.jaccard)}${data('affinity', t.affinity)}</edge>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    key('label', 'node', 'string'),
    key('documents', 'node', 'double'),
    ...['joint', 'salton', 'jaccard', 'affinity'].map((k) => key(k, 'edge', 'double')),
    '  <graph edgedefault="undirected">',
    node(0, home, Math.max(...ties.map((t) => t.own))),
    ...ties.map((t, i) => node(i + 1, t.label, t.size)),
    ...ties.map(edge),
    '  </graph>',
    '</graphml>',
    '',
  ].join('\n');
}

/** VOSviewer's map file (id, label, weight) and network file (two ids and a strength, no head), tab-separated. */
export function vosviewer(home: string, ties: Strength[]): { map: string; network: string } {
  const clean = (text: string) => text.replace(/[\t\r\n]+/g, ' ');
  const joint = ties.reduce((sum, t) => sum + t.joint, 0);
  const rows = [
    ['id', 'label', 'weight<Links strength>', 'weight<Documents>'],
    ['1', clean(home), String(joint), String(Math.max(...ties.map((t) => t.own)))],
    ...ties.map((t, i) => [String(i + 2), clean(t.label), String(t.joint), String(t.size)]),
  ];
  const lines = (table: string[][]) => `${table.map((row) => row.join('\t')).join('\n')}\n`;
  return { map: lines(rows), network: lines(ties.map((t, i) => ['1', String(i + 2), String(t.joint)])) };
}

const shown = (x: number): Cell => ({ text: decimal(x, 3), value: x, kind: 'number' });
const whole = (x: number): Cell => ({
  text: Number.isInteger(x) ? count(x) : decimal(x, 1),
  value: x,
  kind: 'count',
});

/**
 * Joint documents, the partner's documents and three strengths, by Salton's measure, as a table and a figure. The table carries the network as GraphML and as VOSviewer's two files.
 * @throws PanelError data/unknown-column, describe/missing-label, describe/negative-count, describe/no-rows, describe/no-counts,
 * describe/more-joint-than-own.
 */
export function networkItems(frame: Frame, spec: NetworkSpec, id: string, variables: Variables): [Table, Figure] {
  const rows = someRows(frame, spec.where);
  const found = tiesOf(frame, spec, rows);
  const ties = strengths(checked(found, spec))
    .filter((t) => t.joint > 0)
    .sort((a, b) => b.salton - a.salton || (a.label < b.label ? -1 : 1));
  const top = Math.min(spec.top ?? ties.length, ties.length);
  const [joint, size, by] = [spec.count, spec.size, spec.by].map((name) => variableLabel(name, variables));
  const vos = vosviewer(spec.home, ties);
  const above = ties.filter((t) => t.affinity > 1).length;
  const table: Table = {
    kind: 'table',
    id,
    title:
      spec.title ??
      `Strength of ${spec.home}’s ties: ${count(above)} of ${count(ties.length)} are above what the partner’s size gives`,
    spanners: [],
    stub: by,
    columns: [
      { head: joint, align: 'right' },
      { head: size, align: 'right' },
      { head: 'Salton', align: 'decimal' },
      { head: 'Jaccard', align: 'decimal' },
      { head: 'Affinity', align: 'decimal' },
    ],
    body: ties.slice(0, top).map((t) => ({
      label: t.label,
      cells: [whole(t.joint), whole(t.size), shown(t.salton), shown(t.jaccard), shown(t.affinity)],
      kind: 'only',
      ...(t.affinity > 1 && { tone: 'strong' as const }),
    })),
    foot: [],
    notes: [
      `With c joint, n₁ of ${spec.home}, n₂ of the partner: Salton c/√(n₁n₂), Jaccard c/(n₁ + n₂ − c). Affinity: the partner’s share of c over its share of all partners’ n₂; 1 follows size, above it in bold. Sums over all periods${found.length > ties.length ? `; ${count(found.length - ties.length)} without a tie are left out` : ''}.`,
      ...(top < ties.length ? [`The ${count(top)} strongest of ${count(ties.length)}; the files have all.`] : []),
      ...(spec.where ? [`Rows where ${spec.where}.`] : []),
    ],
    files: {
      [`${id}.graphml`]: graphml(spec.home, ties),
      [`${id}-map.txt`]: vos.map,
      [`${id}-network.txt`]: vos.network,
    },
  };
  const drawn = ties.slice(0, top).map(({ label, joint: c, size: n, salton, affinity }) => ({
    label,
    joint: c,
    size: n,
    salton,
    affinity,
  }));
  const labels = { joint, size };
  return [table, figureOf(table, spec, drawn, labels, variables[spec.count]?.source ?? '')];
}

/** The strongest tie by name, and how far that is from the one with most joint documents. */
function figureOf(
  table: Table,
  { home }: NetworkSpec,
  ties: NetworkPlot['ties'],
  labels: { joint: string; size: string },
  source: string,
): Figure {
  const [first] = ties;
  const most = ties.reduce((a, b) => (b.joint > a.joint ? b : a));
  const { files: _files, ...plain } = table;
  return {
    kind: 'figure',
    plot: 'network',
    id: `${table.id}-ties`,
    title: `${home}’s strongest tie for its size is with ${first.label}${first === most ? '' : `; most joint work is with ${most.label}`}`,
    subtitle: `Width of the line: Salton’s measure. Area of the circle: ${labels.size}. Blue: affinity above 1, more than the partner’s size gives. Beside the name: ${labels.joint}, then affinity.`,
    source,
    home,
    jointLabel: labels.joint,
    sizeLabel: labels.size,
    ties,
    table: { ...plain, id: `${table.id}-ties-data` },
  };
}
