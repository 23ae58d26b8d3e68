/** Codes and shapes of the estimators, as assembly/task.ts has them. */
import type { FrontierShape, KernelModel, Problem } from './abi.ts';
import type { CoreExports } from './instantiate.ts';

/** Order = model codes of assembly/task.ts. */
const MODELS: readonly KernelModel[] = [
  'ols',
  'poisson',
  'nb1',
  'nb2',
  'nb-fe',
  'nb-re',
  'poisson-re',
  'frontier',
  'poisson-frontier',
  'nb-frontier',
];
const AUXILIARIES: readonly number[] = [0, 0, 1, 1, 0, 2, 1];
const FIRST_GROUPED = 4;
const FIRST_FRONTIER = 7;
/** Order = codes of assembly/composed.ts. */
const LAWS: readonly FrontierShape['law'][] = ['half-normal', 'exponential', 'truncated-normal'];

export const DEFAULT_NODES = 32;
/** The most that a rule of quadrature.ts has. */
export const MOST_NODES = 512;

export const modelCode = (name: KernelModel): number => MODELS.indexOf(name);

export const isFrontier = (name: KernelModel): boolean => modelCode(name) >= FIRST_FRONTIER;

/** Whether the core sums over groups of rows: a frontier without units has groups of one row. */
export const scoresByGroup = (name: KernelModel): boolean => modelCode(name) >= FIRST_GROUPED;

/** Parameters that stay at σ_u = 0: ln σ_v and ln σ_w of an effect; ln α and ln σ_v of noise. */
const baseAuxiliaries = (name: KernelModel, { noise, random }: FrontierShape) =>
  name === 'frontier' ? (random ? 2 : 1) : (name === 'nb-frontier' ? 1 : 0) + (noise ? 1 : 0);

const shapeOf = ({ frontier }: Problem): FrontierShape => frontier ?? { law: 'half-normal' };

/** Number of parameters beside the k coefficients. */
export function auxiliariesOf(name: KernelModel, problem: Problem): number {
  if (!isFrontier(name)) return AUXILIARIES[modelCode(name)];
  const shape = shapeOf(problem);
  const location = shape.law === 'truncated-normal' ? (shape.m ?? 0) : 0;
  return baseAuxiliaries(name, shape) + 1 + (name === 'frontier' ? location + (shape.decay ? 1 : 0) : 0);
}

/** Places of the parameters that are LN_BOUNDARY at a boundary; none for models without one. */
export function boundariesAt(name: KernelModel, problem: Problem): number[] {
  const { k } = problem;
  if (!isFrontier(name)) return AUXILIARIES[modelCode(name)] === 1 ? [k] : [];
  const shape = shapeOf(problem);
  return [k + baseAuxiliaries(name, shape), ...(shape.random ? [k + 1] : [])];
}

/** Whether rows of a unit are one observation of the likelihood. */
export const isOfUnits = ({ frontier }: Problem): boolean => frontier?.units === true || frontier?.random === true;

/** Offsets of the groups that the likelihood is a sum over; each row its own in a frontier without units. */
export function unitsOf(name: KernelModel, problem: Problem): Int32Array | undefined {
  if (!scoresByGroup(name)) return undefined;
  if (!isFrontier(name) || isOfUnits(problem)) return problem.groupStart;
  return Int32Array.from({ length: problem.n + 1 }, (_, i) => i);
}

const allFinite = (values: Float64Array | undefined) => values?.every(Number.isFinite) ?? true;

/** Hands the shape of a frontier to the core; false where it is none that `name` can have. */
export function putShape(
  core: CoreExports,
  name: KernelModel,
  problem: Problem,
  put: (values: Float64Array) => number,
): boolean {
  const { law, z, m = 0, decay, noise, random, nodes = DEFAULT_NODES, baseOnly } = shapeOf(problem);
  const truncated = law === 'truncated-normal';
  if (random && (name !== 'frontier' || truncated || decay || shapeOf(problem).units)) return false;
  const sizes = truncated ? m > 0 && z !== undefined && z.length >= problem.n * m : m === 0;
  if (!sizes || (decay && decay.length < problem.n) || !allFinite(z) || !allFinite(decay)) return false;
  if (!(nodes >= 2 && nodes <= MOST_NODES && nodes % 4 === 0)) return false;
  core.frontierShape(
    LAWS.indexOf(law),
    m,
    z ? put(z) : 0,
    decay ? put(decay) : 0,
    noise ? 1 : 0,
    random ? 1 : 0,
    nodes,
    baseOnly ? 1 : 0,
  );
  return true;
}
