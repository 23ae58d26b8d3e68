/** Frame × FitSpec → the numbers of each estimation, with every lost row and column named. */
import type { Kernels } from '@gravpanel/core-wasm';
import { dropCollinear, packed } from './collinear.ts';
import { type Coded, codeColumn, codesAt, columnOf, combineCodes } from './column-read.ts';
import { filterStates, Keep } from './derive.ts';
import { type FixefReading, loseUninformative, requireGroups, requireRows } from './drops.ts';
import { nearestHint, PanelError } from './errors.ts';
import { parseExpression } from './expression.ts';
import { sourceError } from './expression-lex.ts';
import { walk } from './expression-parse.ts';
import { type ColumnFormula, expandFormula, fixefName } from './formula-expand.ts';
import { type Formula, formulaNames, parseFormula } from './formula-parse.ts';
import { modelOf } from './models/index.ts';
import { checkOutcome, checkPositive } from './outcome.ts';
import { fork, lose, loseMissing, sampleLog, usedRows, type Waterfall, waterfall } from './sample.ts';
import { type Part, splitParts } from './sample-split.ts';
import {
  columnsOfTerm,
  type Reading,
  State,
  type TermColumn,
  type TermReader,
  type TermReading,
  termReader,
} from './terms.ts';
import type { Design, Failure, FitSpec, FixefFactor, Frame, Note, TermInfo } from './types.ts';

/** Everything that one column reads, by frame row. */
interface ColumnReading {
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

/** @throws PanelError formula/unknown-variable at the first name that is no column, formula/no-panel at a lag without one. */
function checkNames(frame: Frame, formula: Formula): void {
  const names = Object.keys(frame.columns);
  for (const { name, start, end } of formulaNames(formula))
    if (!Object.hasOwn(frame.columns, name))
      throw sourceError(formula.text, start, end, {
        code: 'unknown-variable',
        message: `"${name}" is not a column of "${frame.source.name}".`,
        hint: nearestHint(name, names),
      });
}

function needsPanel(frame: Frame, spec: FitSpec, formula: Formula): void {
  if (frame.panel) return;
  const missing = (message: string) =>
    new PanelError({ code: 'model/needs-panel', message, hint: 'Name the unit and the time column: --panel ID,TIME.' });
  if (modelOf(spec.model).needs.panel) throw missing(`${spec.model} needs a panel; none was declared.`);
  if (spec.lag) throw missing(`A lag of ${spec.lag} needs a panel; none was declared.`);
  for (const item of formula.rhs.flatMap((one) => (one.type === 'step' ? one.args.flat() : [one])))
    if (item.type === 'term')
      for (const factor of item.factors) {
        if (factor.type === 'mean') throw missing('cre() needs a panel; none was declared.');
        if (factor.type === 'expression')
          walk(factor.node, (node) => {
            if (node.type === 'lag')
              throw sourceError(formula.text, node.start, node.end, {
                code: 'no-panel',
                message: `${node.op}() needs a panel: lags are joins on (unit, time).`,
                hint: 'Name the unit and the time column: --panel ID,TIME.',
              });
          });
      }
}

/** nb-fe and nb-re have unit effects already. @throws PanelError model/effects-of-units with the place. */
function checkUnitEffects(frame: Frame, spec: FitSpec, column: ColumnFormula): void {
  if (!modelOf(spec.model).grouped) return;
  const unit = [...frame.panel!.unit].sort().join('^');
  const found = column.fixef.find(
    ({ names }) =>
      names
        .map(({ name }) => name)
        .sort()
        .join('^') === unit,
  );
  if (!found) return;
  throw new PanelError({
    ...sourceError(column.source, found.start, found.end, { code: 'x', message: '' }).toJSON(),
    code: 'model/effects-of-units',
    message: `${spec.model} already has an effect of each unit; "| ${fixefName(found)}" would add a second one.`,
    hint: `Leave "| ${fixefName(found)}" out, or use nb2 or poisson with it.`,
  });
}

function sumOf(parts: Float64Array[]): Float64Array | undefined {
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

function readColumn(frame: Frame, spec: FitSpec, column: ColumnFormula, reader: TermReader): ColumnReading {
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
  const clusters = spec.vcov.type === 'cluster' ? spec.vcov.by.map((by) => codedBy(frame, by, 'cluster')) : [];
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

function factorAt({ name, coded }: FixefReading, rows: Int32Array): FixefFactor {
  const { codes, levels } = codesAt(coded, rows);
  return { name, codes, levels };
}

/** Group boundaries and unit labels of rows sorted by unit. */
function groupsOf(frame: Frame, rows: Int32Array): { groupStart?: Int32Array; groups?: string[] } {
  if (!frame.panel) return {};
  const { unitOf, units } = frame.panel;
  const starts: number[] = [];
  for (let i = 0; i < rows.length; i++) if (i === 0 || unitOf[rows[i]] !== unitOf[rows[i - 1]]) starts.push(i);
  return {
    groupStart: Int32Array.from([...starts, rows.length]),
    groups: starts.map((i) => units[unitOf[rows[i]]]),
  };
}

/** Whether a column varies within at least one group. */
function variesWithin(values: Float64Array, groupStart: Int32Array): boolean {
  for (let g = 0; g + 1 < groupStart.length; g++)
    for (let i = groupStart[g] + 1; i < groupStart[g + 1]; i++) if (values[i] !== values[i - 1]) return true;
  return false;
}

function termInfo({ name, variables, values }: TermColumn, groupStart: Int32Array | undefined): TermInfo {
  return { name, variables, ...(groupStart && { within: variesWithin(values, groupStart) }) };
}

const at = (values: Float64Array | undefined, rows: Int32Array) =>
  values && Float64Array.from(rows, (row) => values[row]);

/** Offset plus the logarithm of the exposure. */
function offsetAt({ offset, exposure }: ColumnReading, rows: Int32Array): Float64Array | undefined {
  const logged = at(exposure, rows)?.map(Math.log);
  return sumOf([at(offset, rows), logged].filter((part) => part !== undefined));
}

function requireRegressors(reading: ColumnReading, kept: { columns: TermColumn[]; notes: Note[] }): void {
  if (reading.terms.length === 0 || kept.columns.length > 0) return;
  throw new PanelError({
    code: 'data/all-collinear',
    message: `No regressor is left: ${kept.notes.map(({ message }) => message).join(' ')}`,
    hint: 'A regressor must vary in the rows used, and not be a combination of the others or of the effects.',
    at: { file: 'formula', source: reading.column.source.source, column: 1 },
  });
}

function requireMoreRows(n: number, k: number): void {
  if (n > k) return;
  throw new PanelError({
    code: 'data/too-few-rows',
    message: `${n} row${n === 1 ? ' is' : 's are'} used for ${k} coefficient${k === 1 ? '' : 's'}; more rows than coefficients were expected.`,
    hint: 'Use fewer terms, or a wider sample.',
  });
}

/** The design of one column once its rows are decided; loses what the model cannot use first. */
function assemble(spec: FitSpec, reading: ColumnReading, part: Part, w: Waterfall, kernels: Kernels): Design {
  const { frame } = w;
  const { column, y } = reading;
  requireRows(w, part.name);
  const usable = usedRows(w);
  if (reading.weights) {
    checkPositive(frame, 'weight', spec.weights!, reading.weights, usable);
    lose(w, 'zero weight', (row) => reading.weights![row] === 0);
    requireRows(w, part.name);
  }
  if (reading.exposure) checkPositive(frame, 'exposure', spec.exposure!, reading.exposure, usable);
  checkOutcome(frame, spec, column.depvar, y, usedRows(w));
  loseUninformative(w, spec, y, reading.fixef);
  requireGroups(w, spec, column.depvar);
  const rows = usedRows(w);
  const n = rows.length;
  const fixef = reading.fixef.map((factor) => factorAt(factor, rows));
  const weights = at(reading.weights, rows);
  const all = reading.terms.flatMap((term) => columnsOfTerm(term, rows, frame.panel));
  const kept = dropCollinear(all, fixef, column.intercept, n, kernels, weights);
  requireRegressors(reading, kept);
  const groups = groupsOf(frame, rows);
  const constant: TermColumn[] = column.intercept
    ? [{ name: '(Intercept)', variables: [], values: new Float64Array(n).fill(1), baseline: false }]
    : [];
  const columns = [...constant, ...kept.columns];
  requireMoreRows(n, columns.length);
  const offset = offsetAt(reading, rows);
  return {
    spec,
    formula: column.text,
    depvar: column.depvar,
    sampleName: part.name,
    n,
    k: columns.length,
    y: at(y, rows)!,
    x: packed(
      columns.map(({ values }) => values),
      n,
    ),
    terms: columns.map((one) => termInfo(one, groups.groupStart)),
    collinear: kept.collinear,
    hasIntercept: column.intercept,
    ...(offset && { offset }),
    ...(weights && { weights }),
    fixef,
    rows,
    ...groups,
    clusters: reading.clusters.map((cluster) => {
      const { name, codes, levels } = factorAt(cluster, rows);
      return { name, codes, count: levels.length };
    }),
    sample: sampleLog(w),
    notes: kept.notes,
  };
}

function failure(spec: FitSpec, column: ColumnFormula, sampleName: string, error: PanelError): Failure {
  return {
    id: spec.id,
    model: spec.model,
    title: modelOf(spec.model).title,
    formula: column.text,
    depvar: column.depvar,
    sampleName,
    failed: true,
    error: error.toJSON(),
  };
}

/** What a function gives, or its PanelError. */
function attempt<T>(f: () => T): T | PanelError {
  try {
    return f();
  } catch (error) {
    if (error instanceof PanelError) return error;
    throw error;
  }
}

function filterOf(frame: Frame, spec: FitSpec): { w: Waterfall; mask: Uint8Array | undefined } {
  const w = waterfall(frame);
  if (spec.where === undefined) return { w, mask: undefined };
  const states = filterStates(frame, spec.where);
  lose(w, 'filter', (row) => states[row] === Keep.no);
  lose(w, 'missing filter value', (row) => states[row] === Keep.missing);
  return { w, mask: states.map((state) => (state === Keep.yes ? 1 : 0)) };
}

/** The rows of one part of the sample: rows of the others leave first. */
function partOf(whole: Waterfall, part: Part, spec: FitSpec, parts: Part[]): Waterfall {
  const w = fork(whole);
  if (part.name === '') return w;
  lose(w, `missing ${spec.split!.by}`, (row) => !parts.some((one) => one.includes(row)));
  lose(w, `outside ${part.name}`, (row) => !part.includes(row));
  return w;
}

/**
 * The designs of a specification, in order: parts of the split slowest, then effects, outcomes and right-hand sides as in
 * {@link expandFormula}.
 *
 * Values: every term is evaluated over the full panel; lags are joins on (unit, time − k). `spec.lag` lags every
 * right-hand variable, those in i() too; the unit and time columns themselves, offset, exposure, weights, effects and
 * clusters are not lagged. The filter comes after the lags.
 *
 * Rows leave in this order, each under its first reason: "filter", "outside <part>", "lag" (there is no row k periods
 * before), "missing <variable>" (outcome, terms, offset, exposure, weights, effects, clusters), "zero weight", then what
 * the model cannot use: nb-fe "one-row group", "all-zero group"; count models with effects "all-zero fixed effect" (one-row
 * levels stay). With `spec.common` the columns of one part share the rows that all of them can use.
 *
 * Columns that the effects, the constant or earlier columns span are left out and named (`collinear`, and a note).
 * With effects there is no constant among the terms (`hasIntercept` false): a model adds all levels of the first factor
 * and the levels of the others that are not redundant.
 *
 * What is wrong with one column becomes its Failure; what is wrong with the specification is thrown.
 * @throws PanelError formula/…, expression/…, data/unknown-column, model/unknown, model/needs-panel, model/effects-of-units.
 */
export function buildDesigns(frame: Frame, spec: FitSpec, kernels: Kernels): (Design | Failure)[] {
  modelOf(spec.model);
  const formula = parseFormula(spec.formula);
  checkNames(frame, formula);
  needsPanel(frame, spec, formula);
  const columns = expandFormula(formula);
  for (const column of columns) checkUnitEffects(frame, spec, column);
  checkOptionNames(frame, spec);
  const { w: whole, mask } = filterOf(frame, spec);
  const parts = splitParts(frame, spec.split, (row) => whole.lost[row] === 0);
  const reader = termReader(frame, formula.text, spec.lag ?? 0, mask);
  const read = columns.map((column) => attempt(() => readColumn(frame, spec, column, reader)));
  const shared = spec.common ? read.flatMap((one) => (one instanceof PanelError ? [] : one.readings)) : [];
  return parts.flatMap((part) =>
    read.map((reading, c) => {
      const result = attempt(() => {
        if (reading instanceof PanelError) throw reading;
        const w = partOf(whole, part, spec, parts);
        loseMissing(w, [...reading.readings, ...shared]);
        return assemble(spec, reading, part, w, kernels);
      });
      return result instanceof PanelError ? failure(spec, columns[c], part.name, result) : result;
    }),
  );
}

/** @throws PanelError data/unknown-column, expression/… for the columns that options name. */
function checkOptionNames(frame: Frame, { offset, exposure, weights, vcov, split }: FitSpec): void {
  for (const [role, source] of Object.entries({ offset, exposure, weights })) {
    if (source === undefined || Object.hasOwn(frame.columns, source)) continue;
    if (/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(source)) columnOf(frame, source, role);
    parseExpression(source, { file: `--${role}` });
  }
  if (vcov.type === 'cluster') for (const name of vcov.by.flat()) columnOf(frame, name, 'cluster');
  if (split) columnOf(frame, split.by, 'split');
}
