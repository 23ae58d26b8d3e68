/** Study → what will be estimated, tested and printed. Pure: no data are read, so an editor can plan on every keystroke. */
import { nearestHint, PanelError } from './errors.ts';
import { DEFAULT_SEED } from './estimate.ts';
import { parseExpression } from './expression-parse.ts';
import { expandFormula, parseFormula } from './formula.ts';
import { frontierOptions } from './frontier-spec.ts';
import { boundaryName, checkOptions, modelOf } from './models/index.ts';
import { type PlannedCurve, planMultiverse } from './multiverse-plan.ts';
import { modelsOfTable, type PlannedTable, planTables } from './plan-tables.ts';
import { bothFilters, vcovOf } from './spec-parts.ts';
import type { DescribeSpec, ModelSpec, Study, TestSpec } from './study.ts';
import type { InfluenceSpec, RollingSpec } from './study-curves.ts';
import { located, placeOf, type StudySource } from './study-places.ts';
import { twinsOf } from './twins.ts';
import type { FitSpec, SplitSpec } from './types.ts';

export interface PlannedModel {
  id: string;
  title?: string;
  spec: FitSpec;
  /** Companion columns are asked for. */
  companions: boolean;
  /** Formulas of the columns, before splits. */
  columns: string[];
}
export interface StudyPlan {
  seed: number;
  level: number;
  models: PlannedModel[];
  /** The tables of the study; one a model where it names none. */
  tables: PlannedTable[];
  tests: TestSpec[];
  describe: DescribeSpec[];
  curves: PlannedCurve[];
  influence: InfluenceSpec[];
  rolling: RollingSpec[];
}

function specOf(study: Study, id: string, model: ModelSpec, seed: number, level: number): FitSpec {
  const { lag, split, offset, exposure, weights } = model;
  const frontier = frontierOptions(model);
  const where = bothFilters(study.sample?.where, model.where);
  return {
    id,
    model: model.model,
    formula: model.formula,
    ...vcovOf(model.vcov ?? study.vcov, study.boot),
    ...(lag && { lag }),
    ...(where && { where }),
    ...(split && { split: split as SplitSpec }),
    ...(offset && { offset }),
    ...(exposure && { exposure }),
    ...(weights && { weights }),
    ...(frontier && { frontier }),
    ...(study.sample?.common !== undefined && { common: study.sample.common }),
    level,
    seed,
  };
}

function planModel(study: Study, id: string, model: ModelSpec, seed: number, level: number, source?: StudySource) {
  const pointer = `/models/${id}`;
  const columns = located(source, `${pointer}/formula`, () => expandFormula(parseFormula(model.formula)));
  if (model.where) located(source, `${pointer}/where`, () => parseExpression(model.where!));
  const spec = located(source, model.vcov ? `${pointer}/vcov` : '/vcov', () => specOf(study, id, model, seed, level));
  located(source, pointer, () => checkOptions(spec));
  if (model.companions && model.model !== 'nb-fe')
    throw new PanelError({
      code: 'study/no-companions',
      message: `models.${id} is ${model.model}; companions stand beside nb-fe only.`,
      hint: 'Leave companions out, or write the other estimator as a model of its own.',
      ...(source && { at: placeOf(source, `${pointer}/companions`) }),
    });
  return {
    id,
    ...(model.title && { title: model.title }),
    spec,
    companions: model.companions ?? false,
    columns: columns.map(formulaText),
  };
}

/** expandFormula gives one-column formulas with their text. */
const formulaText = (column: ReturnType<typeof expandFormula>[number]) => column.text;

function unknownModel(name: string, study: Study, pointer: string, source?: StudySource): PanelError {
  return new PanelError({
    code: 'study/unknown-model',
    message: `"${name}" is not one of the study's models.`,
    hint: nearestHint(name, Object.keys(study.models ?? {})) || 'Define it under models.',
    ...(source && { at: placeOf(source, pointer) }),
  });
}

const isHausman = (study: Study, model: ModelSpec): boolean =>
  expandFormula(parseFormula(model.formula)).some(({ text }) => twinsOf(model.model, text, [study.data.unit].flat()));

/** Why a test cannot be made of a model, judged without data; undefined where it can. */
export function impossible(
  study: Study,
  test: TestSpec,
  model: ModelSpec,
): { message: string; hint: string } | undefined {
  const models = study.models ?? {};
  const listed = (can: (m: ModelSpec) => boolean) =>
    Object.keys(models)
      .filter((id) => can(models[id]))
      .join(', ') || 'none';
  const linear = (m: ModelSpec) => modelOf(m.model).needs.counts === 'any';
  if (test.kind === 'hausman' && !isHausman(study, model))
    return {
      message: `The Hausman test compares effects of units with random ones; ${test.of} is ${model.model} without either.`,
      hint: `It can be made of nb-fe, nb-re, poisson-re, ols-re, and of poisson and ols with the unit after "|"; in this study: ${listed((m) => isHausman(study, m))}.`,
    };
  if (test.kind === 'overdispersion' && linear(model))
    return {
      message: `The overdispersion test is for counts; ${test.of} is ${model.model}.`,
      hint: `Models of counts: ${listed((m) => !linear(m))}.`,
    };
  if (test.kind === 'period' && test.at === undefined && !(model.split && model.split.at !== undefined))
    return {
      message: `The period test of ${test.of} has no period.`,
      hint: 'Add at: the first period of the later part.',
    };
  if (test.kind === 'lr' && test.against === undefined && boundaryName(model.model) === undefined)
    return {
      message: `The likelihood-ratio test of ${test.of} has no other model; ${model.model} has no dispersion to test alone.`,
      hint: 'Add against: the model that is nested in it.',
    };
  return undefined;
}

/** Further tables that descriptive parts name. @throws PanelError study/unknown-table. */
function checkTables(study: Study, source?: StudySource): void {
  const tables = Object.keys(study.data.tables ?? {});
  const check = (name: string | undefined, pointer: string) => {
    if (name === undefined || tables.includes(name)) return;
    throw new PanelError({
      code: 'study/unknown-table',
      message: `"${name}" is not one of the study's tables.`,
      hint: nearestHint(name, tables) || 'Name its file under data.tables.',
      ...(source && { at: placeOf(source, pointer) }),
    });
  };
  (study.describe ?? []).forEach((spec, i) => {
    check(spec.from, `/describe/${i}/from`);
    if (spec.kind === 'shares') check(spec.records?.from, `/describe/${i}/records/from`);
  });
}

/** Marks need names: a simulated join says which columns it gives. @throws PanelError study/simulated-without-take. */
function checkJoins(study: Study, source?: StudySource): void {
  const at = (study.data.join ?? []).findIndex(({ simulated, take }) => simulated && !take);
  if (at < 0) return;
  throw new PanelError({
    code: 'study/simulated-without-take',
    message: 'A joined table is marked as simulated, but its columns are not named.',
    hint: 'List them under take: then each table and figure that rests on them can say so.',
    ...(source && { at: placeOf(source, `/data/join/${at}/simulated`) }),
  });
}

function checkNames(study: Study, source?: StudySource): void {
  const models = study.models ?? {};
  for (const [id, table] of Object.entries(study.tables ?? {}))
    for (const { name, pointer } of modelsOfTable(id, table))
      if (!Object.hasOwn(models, name)) throw unknownModel(name, study, pointer, source);
  (study.tests ?? []).forEach((test, i) => {
    if (!Object.hasOwn(models, test.of)) throw unknownModel(test.of, study, `/tests/${i}/of`, source);
    if ('against' in test && test.against !== undefined && !Object.hasOwn(models, test.against))
      throw unknownModel(test.against, study, `/tests/${i}/against`, source);
  });
  for (const key of ['influence', 'rolling'] as const)
    (study[key] ?? []).forEach(({ of }, i) => {
      if (!Object.hasOwn(models, of)) throw unknownModel(of, study, `/${key}/${i}/of`, source);
    });
  for (const key of Object.keys(study.expected ?? {})) {
    const [id] = key.split('.');
    if (!Object.hasOwn(models, id)) throw unknownModel(id, study, `/expected/${key}`, source);
  }
}

function checkTests(study: Study, source?: StudySource): void {
  (study.tests ?? []).forEach((test, i) => {
    const why = impossible(study, test, study.models![test.of]);
    if (why)
      throw new PanelError({
        code: 'study/test-not-possible',
        ...why,
        ...(source && { at: placeOf(source, `/tests/${i}/of`) }),
      });
  });
}

/**
 * What a study says, with its defaults filled in: FitSpecs by model, tables, tests. Everything that can be judged without
 * data is: names, formulas and filters parse, options that a model cannot use are refused.
 * @throws PanelError formula/…, expression/…, model/…, study/unknown-model, study/test-not-possible, study/simulated-without-take,
 * study/cluster-without-by, study/no-companions, those of planTables; with the place in the study where `source` is given.
 */
export function planStudy(study: Study, source?: StudySource): StudyPlan {
  const seed = study.seed ?? DEFAULT_SEED;
  const level = study.level ?? 0.95;
  if (study.sample?.where) located(source, '/sample/where', () => parseExpression(study.sample!.where!));
  checkNames(study, source);
  checkJoins(study, source);
  checkTables(study, source);
  const models = Object.entries(study.models ?? {}).map(([id, model]) =>
    planModel(study, id, model, seed, level, source),
  );
  checkTests(study, source);
  const describe = (study.describe ?? []).map((spec, i) => {
    if (spec.where) located(source, `/describe/${i}/where`, () => parseExpression(spec.where!));
    // A further table has its own rows: the filter of the sample is about the study's table.
    const where = bothFilters(spec.from === undefined ? study.sample?.where : undefined, spec.where);
    return { ...spec, ...(where && { where }) };
  });
  const tables: PlannedTable[] = study.tables
    ? planTables(study, source)
    : models.map(({ id, title }) => ({ id, models: [id], ...(title && { title }) }));
  const { tests = [], influence = [], rolling = [] } = study;
  const curves = planMultiverse(study, seed, level, source);
  return { seed, level, models, tables, tests, describe, curves, influence, rolling };
}
