/** A fitted column as every exporter needs it: what is read, which rows are used, what came out. */

import { companionSpecs } from '../companions.ts';
import { parseExpression } from '../expression-parse.ts';
import type { Expression, Node } from '../expression-tree.ts';
import { namesIn } from '../expression-tree.ts';
import { type ColumnFormula, expandFormula, expressionName, type Term } from '../formula-expand.ts';
import { parseFormula } from '../formula-parse.ts';
import type { Factor } from '../formula-tree.ts';
import type { StudyPlan } from '../plan.ts';
import { isFit } from '../regression-style.ts';
import type { Study } from '../study.ts';
import type { Fit, FitResult, FitSpec, Frame } from '../types.ts';
import { lackingReason } from './lacking.ts';

export const TOOLS = ['stata', 'r', 'python'] as const;
export type Tool = (typeof TOOLS)[number];

/** One factor of a regressor. `shift`: periods by which the specification lags it. */
export type ExportFactor =
  | { kind: 'value'; node: Node; shift: number }
  | { kind: 'level'; variable: string; level: string | number; shift: number }
  /** Mean over the used rows of the unit. */
  | { kind: 'mean'; node: Node; shift: number };
export interface ExportTerm {
  name: string;
  factors: ExportFactor[];
}
/** Something that a row needs, to be used. */
export interface Need {
  node: Node;
  shift: number;
}
export interface ExportColumn {
  id: string;
  column: number;
  spec: FitSpec;
  fit: Fit;
  y: Node;
  intercept: boolean;
  terms: ExportTerm[];
  offsets: Node[];
  exposure?: string;
  weights?: string;
  fixef: string[][];
  clusters: string[][];
  where?: Node;
  part?: { by: string; op: '<' | '>=' | '=='; value: string | number };
  needs: Need[];
  /** What the scripts estimate: at a boundary the model that it is there (Poisson; of frontiers least squares, Poisson or nb2). */
  model: string;
  /** Frontiers: law and kind of the inefficiency, the regressors of its location, auxiliaries to two digits for a start. */
  frontier?: {
    law: string;
    inefficiency: string;
    random?: boolean;
    intercept: boolean;
    effects: ExportTerm[];
    start: number[];
  };
}
/** Everything that a script says. */
export interface ExportPlan {
  title: string;
  gravpanel: string;
  runHash: string;
  unit: string[];
  time: string;
  /** Columns of the file, in its order, and whether they are numbers. */
  file: { name: string; number: boolean }[];
  missing: string[];
  delimiter: string;
  derive: { name: string; node: Node }[];
  columns: ExportColumn[];
  /** Columns that a tool has no estimator for, and why: they stand in its script as a message. */
  lacking: { tool: Tool; column: string; reason: string }[];
  /** Columns of the run that gave no estimate. */
  failed: string[];
}

const nameNode = (name: string): Node => ({ type: 'name', name, start: 0, end: 0 });
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const levelOf = (frame: Frame, variable: string, text: string): string | number =>
  frame.columns[variable]?.kind === 'number' ? Number(text) : text;

/** Pattern of the printed names of a term's columns; a group for each level. */
function patternOf({ factors }: Term): RegExp {
  const parts = factors.map((f) => {
    if (f.type === 'expression') return escaped(expressionName(f.node));
    if (f.type === 'mean') return escaped(`mean(${expressionName(f.node)})`);
    const by = !f.by ? '' : f.byFactor ? `:${escaped(f.by.name)}::(.+?)` : `:${escaped(f.by.name)}(?:::(.+?))?`;
    return `${escaped(f.variable.name)}::(.+?)${by}`;
  });
  return new RegExp(`^${parts.join(':')}$`);
}

function factorsOf(
  term: Term,
  match: RegExpExecArray,
  frame: Frame,
  shift: (names: string[]) => number,
): ExportFactor[] {
  const levels = match.slice(1);
  return term.factors.flatMap((f: Factor): ExportFactor[] => {
    if (f.type === 'expression') return [{ kind: 'value', node: f.node, shift: shift(namesIn(f.node)) }];
    if (f.type === 'mean') return [{ kind: 'mean', node: f.node, shift: shift(namesIn(f.node)) }];
    const { name } = f.variable;
    const main: ExportFactor = {
      kind: 'level',
      variable: name,
      level: levelOf(frame, name, levels.shift()!),
      shift: shift([name]),
    };
    if (!f.by) return [main];
    const second = levels.shift();
    const by = f.by.name;
    return [
      main,
      second === undefined
        ? { kind: 'value', node: f.by, shift: shift([by]) }
        : { kind: 'level', variable: by, level: levelOf(frame, by, second), shift: shift([by]) },
    ];
  });
}

function partOf({ split }: FitSpec, sampleName: string, frame: Frame): ExportColumn['part'] {
  if (!split || sampleName === '') return undefined;
  if (!('at' in split) || split.at === undefined)
    return { by: split.by, op: '==', value: levelOf(frame, split.by, sampleName) };
  const first = Number(/^-?\d+(?:\.\d+)?/.exec(sampleName)?.[0]);
  return { by: split.by, op: first < split.at ? '<' : '>=', value: split.at };
}

const termNeeds = (formula: ColumnFormula, shift: (names: string[]) => number) =>
  formula.terms.flatMap((term) =>
    term.factors.flatMap((f): Need[] =>
      f.type === 'i'
        ? [f.variable, ...(f.by ? [f.by] : [])].map((node) => ({ node, shift: shift([node.name]) }))
        : [{ node: f.node, shift: shift(namesIn(f.node)) }],
    ),
  );

function needsOf(fit: Fit, spec: FitSpec, shift: (names: string[]) => number): Need[] {
  const [formula] = expandFormula(parseFormula(fit.formula));
  const plain = (names: string[]) => names.map((name): Need => ({ node: nameNode(name), shift: 0 }));
  const terms = termNeeds(formula, shift);
  const columns = [spec.exposure, spec.weights].filter((name) => name !== undefined);
  const clusters = spec.vcov.type === 'cluster' ? spec.vcov.by.flat() : [];
  const effects = fit.frontier?.effects;
  return [
    { node: formula.lhs, shift: 0 },
    ...terms,
    ...(effects === undefined ? [] : termNeeds(effectsFormula(fit, effects), shift)),
    ...formula.offsets.map((node) => ({ node, shift: 0 })),
    ...plain([...columns, ...formula.fixef.flatMap(({ names }) => names.map((n) => n.name)), ...clusters]),
    ...(spec.offset ? [{ node: parseExpression(spec.offset).node, shift: 0 }] : []),
  ];
}

const node = <T extends object>(given: T) => ({ ...given, start: 0, end: 0 });
const binary = (op: 'and' | 'or' | '==', left: Node, right: Node): Node =>
  node({ type: 'binary' as const, op, left, right });

/** "not (unit == u and time == t)" for each separated row, which other tools would keep. */
function notSeparated({ sample }: Fit, frame: Frame): Node[] {
  const lines = new Set(sample.dropped.find(({ reason }) => reason === 'separated')?.lines);
  if (lines.size === 0 || !frame.panel) return [];
  const keys = [...frame.panel.unit, frame.panel.time];
  return [...frame.line.keys()].flatMap((row) => {
    if (!lines.has(frame.line[row])) return [];
    const same = keys.map((name): Node => {
      const { kind, values } = frame.columns[name];
      const value: Node =
        kind === 'number'
          ? node({ type: 'number' as const, value: values[row] as number })
          : node({ type: 'string' as const, value: String(values[row]) });
      return binary('==', node({ type: 'name' as const, name }), value);
    });
    const arg = same.reduce((left, right) => binary('and', left, right));
    return [node({ type: 'unary' as const, op: 'not' as const, arg })];
  });
}

/** Exported terms of the printed names, by the formula they come from. */
function termsOf(
  names: string[],
  formula: ColumnFormula,
  frame: Frame,
  shift: (names: string[]) => number,
  text: string,
) {
  const patterns = formula.terms.map((term) => ({ term, pattern: patternOf(term) }));
  return names.map((name): ExportTerm => {
    for (const { term, pattern } of patterns) {
      const match = pattern.exec(name);
      if (match) return { name, factors: factorsOf(term, match, frame, shift) };
    }
    throw new Error(`no term of ${text} prints as ${name}`);
  });
}

const effectsFormula = (fit: Fit, effects: string) => expandFormula(parseFormula(`${fit.depvar} ~ ${effects}`))[0];

/** Two significant digits. */
const rough = (x: number) => Number(x.toPrecision(2));

function frontierOf(fit: Fit, frame: Frame, shift: (names: string[]) => number): ExportColumn['frontier'] {
  if (!fit.frontier) return undefined;
  const { distribution: law, inefficiency, effects, random } = fit.frontier;
  const of = (name: string) => fit.parameters.find((p) => p.name === name)?.estimate;
  const located = fit.parameters.flatMap(({ name }) => (name.startsWith('mu:') ? [name.slice(3)] : []));
  const names = located.filter((name) => name !== '(Intercept)');
  const terms = effects === undefined ? [] : termsOf(names, effectsFormula(fit, effects), frame, shift, effects);
  const location = ['mu', ...located.map((name) => `mu:${name}`), 'eta'].map(of).filter((x) => x !== undefined);
  const scales = ['sigma_v', 'sigma_u'].map((name) => Math.max(of(name) ?? 0, 1e-6));
  const intercept = effects === undefined ? law === 'truncated-normal' : located.includes('(Intercept)');
  const start = [...scales, ...location].map(rough);
  return { law, inefficiency, ...(random && { random }), intercept, effects: terms, start };
}

/** What a column is where it ended at a boundary. */
function modelOf(fit: Fit): string {
  const codes = fit.notes.map(({ code }) => code);
  if (codes.includes('poisson-boundary')) return 'poisson';
  if (!codes.includes('no-inefficiency') || fit.frontier?.noise || fit.frontier?.random) return fit.model;
  return { frontier: 'ols', 'poisson-frontier': 'poisson', 'nb-frontier': 'nb2' }[fit.model as string] ?? fit.model;
}

function columnOf(spec: FitSpec, fit: Fit, column: number, frame: Frame, shared: Need[]): ExportColumn {
  const index = frame.panel ? [...frame.panel.unit, frame.panel.time] : [];
  const shift = (names: string[]) => (names.every((name) => index.includes(name)) ? 0 : (spec.lag ?? 0));
  const [formula] = expandFormula(parseFormula(fit.formula));
  const names = fit.coefficients.map((c) => c.term).filter((name) => name !== '(Intercept)');
  const terms = termsOf(names, formula, frame, shift, fit.formula);
  const frontier = frontierOf(fit, frame, shift);
  const part = partOf(spec, fit.sampleName, frame);
  const where = [...(spec.where ? [parseExpression(spec.where).node] : []), ...notSeparated(fit, frame)];
  return {
    id: spec.id,
    column,
    spec,
    fit,
    y: formula.lhs,
    intercept: fit.coefficients.some((c) => c.term === '(Intercept)'),
    terms,
    offsets: [...formula.offsets, ...(spec.offset ? [parseExpression(spec.offset).node] : [])],
    ...(spec.exposure && { exposure: spec.exposure }),
    ...(spec.weights && { weights: spec.weights }),
    fixef: formula.fixef.map(({ names: of }) => of.map((n) => n.name)),
    clusters: spec.vcov.type === 'cluster' ? spec.vcov.by : [],
    ...(where.length > 0 && { where: where.reduce((left, right) => binary('and', left, right)) }),
    ...(part && { part }),
    needs: [...needsOf(fit, spec, shift), ...shared],
    model: modelOf(fit),
    ...(frontier && { frontier }),
  };
}

/** What multiplies the covariance: the fit's own factor; of a frontier that is least squares also (n − k)/n, its variance being RSS/n. */
export function factorOf({ fit, model, spec }: ExportColumn): number {
  const rows = model === 'ols' && fit.frontier && spec.vcov.type === 'iid';
  return fit.vcovInfo.factor * (rows ? (fit.nobs - fit.coefficients.length) / fit.nobs : 1);
}

/** Whether the panel is written beside the scripts: what a study joins, merges, derives or decodes stands in no text that all tools read. */
export const writesPanel = ({ data }: Study, { source }: Frame): boolean =>
  source.delimiter === '' ||
  [data.join, data.duplicates, data.derive, data.encoding, data.numbers].some((key) => key !== undefined);

/** What the scripts of a run say, from its study, plan, table and fits. */
export function exportPlan(
  study: Study,
  plan: StudyPlan,
  frame: Frame,
  fits: Record<string, FitResult[]>,
  companions: Record<string, FitResult[][]>,
  run: { gravpanel: string; runHash: string },
): ExportPlan {
  const failed: string[] = [];
  const index = frame.panel ? [...frame.panel.unit, frame.panel.time] : [];
  const columnsOf = (spec: FitSpec, all: FitResult[]) => {
    const shift = (names: string[]) => (names.every((name) => index.includes(name)) ? 0 : (spec.lag ?? 0));
    const shared = spec.common ? all.filter(isFit).flatMap((fit) => needsOf(fit, spec, shift)) : [];
    return all.flatMap((fit, i) => {
      if (isFit(fit)) return [columnOf(spec, fit, i + 1, frame, shared)];
      failed.push(`${spec.id} (${i + 1}): ${fit.error.code}`);
      return [];
    });
  };
  const columns = plan.models.flatMap(({ id, spec, companions: wanted }) => [
    ...columnsOf(spec, fits[id] ?? []),
    ...(wanted ? companionSpecs(spec, frame) : []).flatMap((one, k) => columnsOf(one, companions[id]?.[k] ?? [])),
  ]);
  const derived = Object.keys(study.derive ?? {});
  return {
    title: study.title,
    ...run,
    unit: [study.data.unit].flat(),
    time: study.data.time,
    file: Object.entries(frame.columns)
      .filter(([name]) => !derived.includes(name))
      .map(([name, { kind }]) => ({ name, number: kind === 'number' })),
    missing: ['', 'NA', '.', ...(study.data.missing ?? [])],
    delimiter: writesPanel(study, frame) ? ',' : frame.source.delimiter,
    derive: Object.entries(study.derive ?? {}).map(([name, value]) => ({
      name,
      node:
        typeof value === 'number'
          ? ({ type: 'number', value, start: 0, end: 0 } as Node)
          : (parseExpression(value) as Expression).node,
    })),
    columns,
    lacking: TOOLS.flatMap((tool) =>
      columns.flatMap((c) => {
        const reason = lackingReason(tool, c);
        return reason === undefined ? [] : [{ tool, column: `${c.id} (${c.column})`, reason }];
      }),
    ),
    failed,
  };
}
