/** What the columns of a specification read, by frame row. */
import { type Coded, codeColumn, columnOf, combineCodes } from './column-read.ts';
import type { FixefReading } from './drops.ts';
import { parseExpression } from './expression.ts';
import type { ColumnFormula } from './formula-expand.ts';
import { clusterColumns } from './resample-job.ts';
import { type Reading, State, type TermReader, type TermReading } from './terms.ts';
import type { FitSpec, Frame } from './types.ts';

/** Everything that one column reads, by frame row. */
export interface ColumnReading {
  column: ColumnFormula;
  y: Float64Array;
  terms: TermReading[];
  fixef: FixefReading[];
  offset?: Float64Array;
  exposure?: Float64Array;
  weights?: Float64Array;
  clusters: FixefReading[];
  /** In the order in which rows are lost. */
  readings: Reading[];
}

const codedReading = ({ name, coded }: FixefReading): Reading => ({
  label: name,
  state: Uint8Array.from(coded.codes, (code) => (code < 0 ? State.missing : State.present)),
});

function codedBy(frame: Frame, names: string[], use: string): FixefReading {
  const parts: Coded[] = names.map((name) => codeColumn(columnOf(frame, name, use)));
  return { name: names.join('^'), coded: combineCodes(parts, '^') };
}

/** The sum of some arrays; undefined where there is none. */
export function sumOf(parts: Float64Array[]): Float64Array | undefined {
  if (parts.length === 0) return undefined;
  return parts.reduce((left, right) => left.map((v, i) => v + right[i]));
}

/** A column or expression named by an option (offset, exposure, weights). */
function optionReading(frame: Frame, reader: TermReader, source: string, role: string) {
  if (Object.hasOwn(frame.columns, source))
    return reader.numbers({ type: 'name', name: source, start: 0, end: source.length });
  const { node, text } = parseExpression(source, { file: `--${role}` });
  return reader.numbers(node, text);
}

/**
 * Reads one column.
 * @throws PanelError data/…, formula/… for what is wrong with this column alone.
 */
export function readColumn(frame: Frame, spec: FitSpec, column: ColumnFormula, reader: TermReader): ColumnReading {
  const outcome = reader.numbers(column.lhs);
  const terms = column.terms.map((term) => ({ term, factors: term.factors.map((factor) => reader.factor(factor)) }));
  const offsets = column.offsets.map((node) => reader.numbers(node));
  if (spec.offset !== undefined) offsets.push(optionReading(frame, reader, spec.offset, 'offset'));
  const exposure = spec.exposure === undefined ? undefined : optionReading(frame, reader, spec.exposure, 'exposure');
  const weights = spec.weights === undefined ? undefined : optionReading(frame, reader, spec.weights, 'weights');
  const fixef = column.fixef.map(({ names }) =>
    codedBy(
      frame,
      names.map(({ name }) => name),
      'effects',
    ),
  );
  const clusters = clusterColumns(spec.vcov).map((by) => codedBy(frame, by, 'cluster'));
  const single = [...offsets, ...[exposure, weights].filter((r) => r !== undefined)];
  return {
    column,
    y: outcome.values,
    terms,
    fixef,
    offset: sumOf(offsets.map(({ values }) => values)),
    exposure: exposure?.values,
    weights: weights?.values,
    clusters,
    readings: [
      outcome,
      ...terms.flatMap(({ factors }) => factors),
      ...single,
      ...[...fixef, ...clusters].map(codedReading),
    ],
  };
}
