/** A specification curve as the study declares it → every specification of it. Pure: no data are read. */
import { nearestHint, PanelError } from './errors.ts';
import { parseExpression } from './expression-parse.ts';
import { printExpression } from './expression-print.ts';
import { type ColumnFormula, expandFormula, parseFormula } from './formula.ts';
import { modelOf } from './models/index.ts';
import { isResampled } from './resample-job.ts';
import { bothFilters, vcovOf } from './spec-parts.ts';
import type { Study } from './study.ts';
import type { JointSpec, MultiverseSpec } from './study-curves.ts';
import { located, type StudySource } from './study-places.ts';
import type { FitSpec } from './types.ts';

export const DEFAULT_CURVE_REPS = 500;
/** Specifications of one curve. */
const MOST = 10_000;

/** One kind of choice. A specification takes one option of it, or of `any` each independently. */
export interface Dimension {
  key: 'estimators' | 'vcov' | 'samples' | 'lags' | 'zeros' | 'controls' | 'optional';
  /** As a table heads it: "Estimator". */
  title: string;
  options: string[];
  any?: true;
}

export interface Specification {
  /** By dimension, the indexes of the options taken. */
  choices: number[][];
  spec: FitSpec;
}

export interface PlannedCurve {
  id: string;
  title?: string;
  /** The term that the curve is about. */
  of: string;
  sign?: '+' | '-';
  /** Of the formula. */
  outcome: string;
  dimensions: Dimension[];
  /** The last dimension varies fastest. */
  specifications: Specification[];
  /** Combinations that `exclude` leaves out. */
  excluded: number;
  joint?: Required<Pick<JointSpec, 'kind' | 'reps' | 'seed' | 'alpha' | 'move'>> & { by?: string[][]; within?: string };
  level: number;
}

const TITLES: Record<Dimension['key'], string> = {
  estimators: 'Estimator',
  vcov: 'Standard errors',
  samples: 'Sample',
  lags: 'Lag',
  zeros: 'Zeros',
  controls: 'Controls',
  optional: 'Optional control',
};

/** [name, value] of each choice. */
const entries = (given: string[] | Record<string, string>): [string, string][] =>
  Array.isArray(given) ? given.map((one) => [one.trim() === '' ? 'none' : one, one]) : Object.entries(given);

interface Choice {
  label: string;
  /** Changes of the specification that it stands for. */
  estimator?: { model: FitSpec['model']; effects: string };
  vcov?: string;
  where?: string;
  lag?: number;
  zeros?: 'keep' | 'drop';
  terms?: string;
}

const wrong = (message: string, hint: string) => new PanelError({ code: 'study/wrong-multiverse', message, hint });

/** "poisson | partner + year". @throws PanelError model/unknown. */
function estimatorOf(text: string): NonNullable<Choice['estimator']> {
  const bar = text.indexOf('|');
  const key = (bar < 0 ? text : text.slice(0, bar)).trim();
  return { model: modelOf(key).key, effects: bar < 0 ? '' : text.slice(bar + 1).trim() };
}

const isNone = (text: string) => text.trim() === '' || text.trim() === 'none';
const isAll = (text: string) => text.trim() === 'all';

/** The choices of each dimension that is declared, in order. */
function choicesOf(spec: MultiverseSpec): { key: Dimension['key']; choices: Choice[] }[] {
  const all: { key: Dimension['key']; choices: Choice[] }[] = [
    {
      key: 'estimators',
      choices: entries(spec.estimators).map(([label, text]) => ({ label, estimator: estimatorOf(text) })),
    },
    { key: 'vcov', choices: entries(spec.vcov ?? []).map(([label, vcov]) => ({ label, vcov })) },
    {
      key: 'samples',
      choices: entries(spec.samples ?? []).map(([label, where]) => ({ label, ...(!isAll(where) && { where }) })),
    },
    { key: 'lags', choices: (spec.lags ?? []).map((lag) => ({ label: String(lag), lag })) },
    { key: 'zeros', choices: (spec.zeros ?? []).map((zeros) => ({ label: zeros, zeros })) },
    {
      key: 'controls',
      choices: entries(spec.controls ?? []).map(([label, terms]) => ({ label, ...(!isNone(terms) && { terms }) })),
    },
  ];
  return all.filter(({ choices }) => choices.length > 0);
}

/** The base formula's one column, with the term in it. @throws PanelError study/wrong-multiverse. */
function baseOf(spec: MultiverseSpec): ColumnFormula {
  const columns = expandFormula(parseFormula(spec.formula));
  if (columns.length !== 1)
    throw wrong(
      `The formula gives ${columns.length} columns; one was expected.`,
      'Choices belong into estimators, samples, controls and optional.',
    );
  const [base] = columns;
  const names = base.terms.map(({ name }) => name);
  if (!names.includes(spec.of))
    throw wrong(
      `"${spec.of}" is not a term of ${spec.formula}; the term that the curve is about was expected in it.`,
      nearestHint(spec.of, names) || `Its terms: ${names.join(', ') || 'none'}.`,
    );
  return base;
}

/** The formula of one specification; least squares takes logarithms where a zero rule is declared. */
function formulaOf(base: ColumnFormula, taken: Choice[], optional: string[], linear: boolean): string {
  const zeros = taken.find((one) => one.zeros)?.zeros;
  const plain = printExpression(base.lhs);
  const lhs = !linear || !zeros ? plain : zeros === 'keep' ? `log(${plain} + 1)` : `log(${plain})`;
  const terms = [
    ...base.terms.map(({ text }) => text),
    ...taken.flatMap(({ terms: more }) => (more ? [more] : [])),
    ...optional,
    ...base.offsets.map((node) => `offset(${printExpression(node)})`),
    ...(base.intercept || base.fixef.length > 0 ? [] : ['0']),
  ];
  const own = base.fixef.map(({ names }) => names.map(({ name }) => name).join('^'));
  const effects = [...own, taken[0].estimator!.effects].filter(Boolean);
  const text = `${lhs} ~ ${terms.join(' + ')}${effects.length > 0 ? ` | ${effects.join(' + ')}` : ''}`;
  const columns = expandFormula(parseFormula(text));
  if (columns.length === 1) return columns[0].text;
  throw wrong(`${text} gives ${columns.length} columns; one was expected.`, 'Write each set of controls as an entry.');
}

type Excluded = NonNullable<MultiverseSpec['exclude']>[number];

/** @throws PanelError study/wrong-multiverse for names that no choice has. */
function checkExclusions(exclude: Excluded[], dimensions: Dimension[]): void {
  for (const rule of exclude)
    for (const [key, given] of Object.entries(rule)) {
      const found = dimensions.find((one) => one.key === key);
      const keys = dimensions.map((one) => one.key);
      if (!found)
        throw wrong(
          `exclude names ${key}, which is no choice of this curve.`,
          nearestHint(key, keys) || `Its choices: ${keys.join(', ')}.`,
        );
      for (const label of [given].flat().map(String))
        if (!found.options.includes(label))
          throw wrong(
            `exclude names "${label}", which is not among ${key}.`,
            nearestHint(label, found.options) || `There are ${found.options.join(', ')}.`,
          );
    }
}

const meets = (rule: Excluded, dimensions: Dimension[], choices: number[][]): boolean =>
  Object.entries(rule).every(([key, given]) => {
    const d = dimensions.findIndex((one) => one.key === key);
    const wanted = [given].flat().map(String);
    const taken = choices[d].map((c) => dimensions[d].options[c]);
    return dimensions[d].any ? wanted.every((one) => taken.includes(one)) : wanted.some((one) => taken.includes(one));
  });

function product(dimensions: Dimension[]): number[][][] {
  const options = dimensions.map(({ options: all, any }) =>
    any
      ? Array.from({ length: 2 ** all.length }, (_, set) => all.flatMap((__, i) => ((set >> i) & 1 ? [i] : [])))
      : all.map((__, i) => [i]),
  );
  const total = options.reduce((sum, some) => sum * some.length, 1);
  if (total > MOST)
    throw wrong(
      `${total} specifications are declared; at most ${MOST} are estimated.`,
      'Take some choices out, or leave combinations out by exclude.',
    );
  return options.reduce<number[][][]>((left, right) => left.flatMap((a) => right.map((b) => [...a, b])), [[]]);
}

function jointOf(spec: MultiverseSpec, seed: number): PlannedCurve['joint'] {
  if (spec.joint === 'none') return undefined;
  const { by, within, ...given } = spec.joint ?? {};
  const kind = given.kind ?? 'bootstrap';
  const useless = kind === 'bootstrap' ? (['move', 'within'] as const) : (['by'] as const);
  for (const key of useless)
    if (spec.joint?.[key] !== undefined)
      throw wrong(`joint.${key} does nothing with kind: ${kind}.`, `Leave it out, or choose the other kind.`);
  return {
    kind,
    reps: given.reps ?? DEFAULT_CURVE_REPS,
    seed: given.seed ?? seed,
    alpha: given.alpha ?? 0.05,
    move: given.move ?? 'histories',
    ...(by && { by: [by].flat().map((columns) => columns.split('^')) }),
    ...(within !== undefined && { within }),
  };
}

function specificationOf(
  study: Study,
  id: string,
  spec: MultiverseSpec,
  base: ColumnFormula,
  taken: Choice[],
  optional: string[],
  seed: number,
  level: number,
): FitSpec {
  const { model } = taken[0].estimator!;
  const linear = modelOf(model).needs.counts === 'any';
  const covariance = vcovOf((taken.find((one) => one.vcov)?.vcov as Study['vcov']) ?? study.vcov, study.boot);
  if (isResampled(covariance.vcov))
    throw wrong(
      `The study's vcov is ${covariance.vcov.type}; a curve resamples itself and needs standard errors by formula.`,
      'Add vcov: [iid] or vcov: ["cluster:COLUMN"] to the curve.',
    );
  const lag = taken.find((one) => one.lag !== undefined)?.lag;
  const zeros = taken.find((one) => one.zeros)?.zeros;
  const filters = [
    study.sample?.where,
    spec.where,
    taken.find((one) => one.where)?.where,
    zeros === 'drop' ? `${printExpression(base.lhs)} > 0` : undefined,
  ];
  const where = filters.reduce<string | undefined>(bothFilters, undefined);
  const { offset, exposure, weights } = spec;
  return {
    id,
    model,
    formula: formulaOf(base, taken, optional, linear),
    ...covariance,
    ...(lag && { lag }),
    ...(where && { where }),
    ...(offset && { offset }),
    ...(exposure && { exposure }),
    ...(weights && { weights }),
    level,
    seed,
  };
}

/**
 * Every specification of a curve.
 * @throws PanelError study/wrong-multiverse, model/unknown, formula/…, expression/…
 */
export function planCurve(study: Study, id: string, spec: MultiverseSpec, seed: number, level: number): PlannedCurve {
  const base = baseOf(spec);
  const declared = choicesOf(spec);
  const optional = spec.optional ?? [];
  const dimensions: Dimension[] = [
    ...declared.map(({ key, choices }) => ({ key, title: TITLES[key], options: choices.map(({ label }) => label) })),
    ...(optional.length > 0
      ? [{ key: 'optional' as const, title: TITLES.optional, options: optional, any: true as const }]
      : []),
  ];
  for (const { key, options } of dimensions)
    options.forEach((label, i) => {
      if (options.indexOf(label) < i) throw wrong(`"${label}" stands twice among ${key}.`, 'Write each choice once.');
    });
  for (const text of [spec.where, ...entries(spec.samples ?? []).map(([, where]) => where)])
    if (text !== undefined && !isAll(text)) parseExpression(text);
  checkExclusions(spec.exclude ?? [], dimensions);
  const combinations = product(dimensions);
  const kept = combinations.filter((choices) => !(spec.exclude ?? []).some((rule) => meets(rule, dimensions, choices)));
  if (kept.length === 0) throw wrong('exclude leaves no specification.', 'Take a rule out.');
  const sign = spec.sign ?? study.variables?.[spec.of]?.expected;
  const joint = jointOf(spec, seed);
  return {
    id,
    ...(spec.title && { title: spec.title }),
    of: spec.of,
    ...((sign === '+' || sign === '-') && { sign }),
    outcome: printExpression(base.lhs),
    dimensions,
    specifications: kept.map((choices) => {
      const taken = declared.map(({ choices: all }, d) => all[choices[d][0]]);
      const more = optional.length > 0 ? choices.at(-1)!.map((i) => optional[i]) : [];
      return { choices, spec: specificationOf(study, id, spec, base, taken, more, seed, level) };
    }),
    excluded: combinations.length - kept.length,
    ...(joint && { joint }),
    level,
  };
}

/** The curves of a study. @throws PanelError as {@link planCurve}, with the place in the study. */
export const planMultiverse = (study: Study, seed: number, level: number, source?: StudySource): PlannedCurve[] =>
  Object.entries(study.multiverse ?? {}).map(([id, spec]) =>
    located(source, `/multiverse/${id}`, () => planCurve(study, id, spec, seed, level)),
  );
