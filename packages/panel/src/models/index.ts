/** The registry of models: the one place to add an estimator. */
import { nearestHint, PanelError } from '../errors.ts';
import { checkFrontier } from '../frontier-spec.ts';
import type { Design, FitSpec, ModelKey } from '../types.ts';
import { frontier } from './frontier.ts';
import type { Model } from './model.ts';
import { nbFe } from './nb-fe.ts';
import { nbFrontier } from './nb-frontier.ts';
import { nbRe } from './nb-re.ts';
import { nb1 } from './nb1.ts';
import { nb2 } from './nb2.ts';
import { ols } from './ols.ts';
import { olsRe } from './ols-re.ts';
import { poisson } from './poisson.ts';
import { poissonFrontier } from './poisson-frontier.ts';
import { poissonRe } from './poisson-re.ts';

export { type Auxiliary, type Model, type ModelNeeds, reportedAuxiliaries } from './model.ts';

export const models: Record<ModelKey, Model> = {
  ols,
  poisson,
  nb1,
  nb2,
  'nb-fe': nbFe,
  'nb-re': nbRe,
  'poisson-re': poissonRe,
  'ols-re': olsRe,
  frontier,
  'poisson-frontier': poissonFrontier,
  'nb-frontier': nbFrontier,
};

/** The registry entry of a key; model/unknown with the nearest keys otherwise. */
export function modelOf(key: string): Model {
  if (Object.hasOwn(models, key)) return models[key as ModelKey];
  throw new PanelError({
    code: 'model/unknown',
    message: `"${key}" is not a model.`,
    hint: nearestHint(key, Object.keys(models)),
  });
}

/** The entry of a specification: that of its key, with what the options of a frontier change. */
export function modelFor(spec: Pick<FitSpec, 'model' | 'frontier'>, zTerms?: readonly string[]): Model {
  const model = modelOf(spec.model);
  return model.variant ? { ...model, ...model.variant(spec.frontier ?? {}, zTerms) } : model;
}

/** The entry of a design. */
export const modelOfDesign = ({ spec, frontier }: Pick<Design, 'spec' | 'frontier'>): Model =>
  modelFor(spec, frontier?.zTerms);

/** The dispersion of a model whose limit at 0 is the Poisson model: "alpha", "delta"; undefined for other models. */
export function boundaryName(key: ModelKey): string | undefined {
  const [first] = models[key].auxiliaries;
  if (models[key].variant) return undefined;
  return first && (first.atBoundary ?? (first.scale === 'exp' ? first.shown : undefined));
}

const keysThat = (can: (model: Model) => boolean) =>
  Object.values(models)
    .filter(can)
    .map((model) => model.key)
    .join(', ');

function unsupported(model: Model, option: string, why: string, hint: string): PanelError {
  return new PanelError({
    code: 'model/option-not-supported',
    message: `${model.key} cannot use ${option}: ${why}.`,
    hint,
  });
}

const WHY_NO_WEIGHTS = 'rows of one unit are estimated together, and a row weight has no meaning in that';
const WHY_NO_FRONTIER_WEIGHTS =
  'a row of weight 2 would be two rows with the same inefficiency, which the data do not say';
const WHY_NO_ROBUST = {
  grouped: 'rows of one unit are not independent in it, so a row-wise sandwich would be wrong',
  rows: 'hat values exist for least squares only',
};

/**
 * Refuses every option of a spec that its model would ignore.
 * @throws PanelError model/unknown, model/option-not-supported.
 */
export function checkOptions(spec: FitSpec): void {
  const model = modelFor(spec);
  const { needs } = model;
  checkFrontier(spec, model);
  if (spec.weights !== undefined && !needs.weights)
    throw unsupported(
      model,
      'weights',
      model.variant ? WHY_NO_FRONTIER_WEIGHTS : WHY_NO_WEIGHTS,
      `Models with weights: ${keysThat((m) => m.needs.weights)}.`,
    );
  if (spec.offset !== undefined && !needs.offset)
    throw unsupported(model, 'an offset', 'it has none', `Models with one: ${keysThat((m) => m.needs.offset)}.`);
  if (spec.exposure !== undefined && !needs.exposure)
    throw unsupported(
      model,
      'an exposure',
      'the logarithm of an exposure belongs to a model of exp(xβ)',
      `Use --offset for a term with coefficient 1, or one of ${keysThat((m) => m.needs.exposure)}.`,
    );
  const type = spec.vcov.type;
  // Replicates ask nothing of the model but its fit; what a scheme needs beyond that, resample-job.ts checks.
  if (type !== 'bootstrap' && type !== 'jackknife' && !needs.vcov.includes(type))
    throw unsupported(
      model,
      `${type} standard errors`,
      model.grouped ? WHY_NO_ROBUST.grouped : WHY_NO_ROBUST.rows,
      model.grouped ? 'Use cluster: with the unit, e.g. --vcov cluster:id.' : `Use ${needs.vcov.join(', ')}.`,
    );
  if (spec.like !== undefined && !needs.like.includes(spec.like))
    throw unsupported(
      model,
      `the small-sample rules of ${spec.like}`,
      `${spec.like} has no estimator of this kind`,
      needs.like.length === 0 ? 'Leave --like out.' : `Leave --like out, or use ${needs.like.join(', ')}.`,
    );
}
