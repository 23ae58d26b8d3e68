/** Frame × FitSpec → the numbers of each estimation, with every lost row and column named. */

import type { Kernels } from '@gravpanel/core-wasm';
import { log } from '@gravpanel/core-wasm';
import { dropCollinear, packed } from './collinear.ts';
import { codeColumn, codesAt, columnOf } from './column-read.ts';
import { type ColumnReading, readColumn, sumOf } from './column-reading.ts';
import { filterStates, Keep } from './derive.ts';
import { type FixefReading, loseUninformative, requireGroups, requireRows } from './drops.ts';
import { PanelError } from './errors.ts';
import { count } from './format.ts';
import { type ColumnFormula, expandFormula } from './formula-expand.ts';
import { parseFormula } from './formula-parse.ts';
import { frontierColumns, readEffects } from './frontier-design.ts';
import { modelOf } from './models/index.ts';
import { checkOutcome, checkPositive } from './outcome.ts';
import { isResampled } from './resample-job.ts';
import { fork, lose, loseMissing, sampleLog, usedRows, type Waterfall, waterfall } from './sample.ts';
import { type Part, splitParts } from './sample-split.ts';
import { checkSpec } from './spec-checks.ts';
import { columnsOfTerm, type TermColumn, termReader } from './terms.ts';
import type { Design, Failure, FitSpec, FixefFactor, Frame, Note, ResampleSpec, TermInfo } from './types.ts';

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

/** A column as a design describes it. */
export function termInfo({ name, variables, values }: TermColumn, groupStart: Int32Array | undefined): TermInfo {
  return { name, variables, ...(groupStart && { within: variesWithin(values, groupStart) }) };
}

const at = (values: Float64Array | undefined, rows: Int32Array) =>
  values && Float64Array.from(rows, (row) => values[row]);

/** Offset plus the logarithm of the exposure. */
function offsetAt({ offset, exposure }: ColumnReading, rows: Int32Array): Float64Array | undefined {
  const logged = at(exposure, rows)?.map(log);
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

/** Levels of one row stay, as in fixest: they say nothing about the slopes, but count as rows and clusters. */
function singletons(fixef: FixefFactor[]): Note[] {
  return fixef.flatMap(({ name, codes, levels }) => {
    const rows = new Int32Array(levels.length);
    for (const code of codes) rows[code]++;
    const single = rows.reduce((sum, n) => sum + (n === 1 ? 1 : 0), 0);
    if (single === 0) return [];
    const message = `${count(single)} of ${count(levels.length)} levels of ${name} ${single === 1 ? 'has' : 'have'} one row: such rows are kept but say nothing about the slopes.`;
    return [{ code: 'singletons', message }];
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

/** The period of each row, and the strata within which a permutation stays: the column named, else the period. */
function resampleColumns(
  frame: Frame,
  spec: ResampleSpec,
  rows: Int32Array,
): Pick<Design, 'unit' | 'times' | 'strata'> {
  const { panel } = frame;
  const found = panel && {
    unit: panel.unit.join(' × '),
    times: Float64Array.from(rows, (row) => panel.timeOf[row]),
  };
  const name = spec.kind === 'permutation' ? (spec.strata ?? panel?.time) : undefined;
  if (name === undefined) return { ...found };
  const { codes, levels } = codesAt(codeColumn(columnOf(frame, name, 'strata')), rows);
  return { ...found, strata: { name, codes, count: levels.length } };
}

/** What a frontier adds: regressors of μ, distances in time, and the periods. */
function frontierPart(
  frame: Frame,
  spec: FitSpec,
  effects: ColumnReading | undefined,
  rows: Int32Array,
  groupStart: Int32Array | undefined,
): Pick<Design, 'frontier' | 'times'> {
  if (!modelOf(spec.model).variant) return {};
  const { panel } = frame;
  return {
    frontier: frontierColumns(frame, spec, effects, rows, groupStart),
    ...(panel && { times: Float64Array.from(rows, (row) => panel.timeOf[row]) }),
  };
}

/** The design of one column once its rows are decided; loses what the model cannot use first. */
function assemble(
  spec: FitSpec,
  reading: ColumnReading,
  part: Part,
  w: Waterfall,
  kernels: Kernels,
  effects?: ColumnReading,
): Design {
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
    ...(kept.leftOut.length > 0 && { leftOut: kept.leftOut }),
    hasIntercept: column.intercept,
    ...(offset && { offset }),
    ...(weights && { weights }),
    fixef,
    rows,
    lines: Int32Array.from(rows, (row) => frame.line[row]),
    ...groups,
    clusters: reading.clusters.map((cluster) => {
      const { name, codes, levels } = factorAt(cluster, rows);
      return { name, codes, count: levels.length };
    }),
    ...frontierPart(frame, spec, effects, rows, groups.groupStart),
    ...(isResampled(spec.vcov) && resampleColumns(frame, spec.vcov, rows)),
    lost: { codes: w.lost, reasons: w.reasons },
    sample: sampleLog(w),
    notes: [...kept.notes, ...singletons(fixef)],
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
 * levels stay). Separated rows are found by the fit (separated.ts). With `spec.common` the columns of one part share the rows that all of them can use.
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
  const columns = expandFormula(formula);
  checkSpec(frame, spec, formula, columns);
  const { w: whole, mask } = filterOf(frame, spec);
  const parts = splitParts(frame, spec.split, (row) => whole.lost[row] === 0);
  const reader = termReader(frame, formula.text, spec.lag ?? 0, mask);
  const read = columns.map((column) => attempt(() => readColumn(frame, spec, column, reader)));
  const beside =
    spec.common && spec.commonWith !== undefined
      ? expandFormula(parseFormula(spec.commonWith)).map((column) =>
          attempt(() => readColumn(frame, spec, column, reader)),
        )
      : [];
  const shared = spec.common
    ? [...read, ...beside].flatMap((one) => (one instanceof PanelError ? [] : one.readings))
    : [];
  return parts.flatMap((part) =>
    read.map((reading, c) => {
      const result = attempt(() => {
        if (reading instanceof PanelError) throw reading;
        const w = partOf(whole, part, spec, parts);
        const effects = readEffects(frame, spec, reading.column.depvar, reader);
        loseMissing(w, [...reading.readings, ...(effects?.readings ?? []), ...shared]);
        return assemble(spec, reading, part, w, kernels, effects);
      });
      return result instanceof PanelError ? failure(spec, columns[c], part.name, result) : result;
    }),
  );
}
